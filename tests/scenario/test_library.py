"""The library of tactics and channels, and the ready-made strategies made of it.

Tests: ``scenario/strategy_templates.py``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

import ladsim
from ladsim.errors import ScenarioError
from ladsim.scenario.check import warnings
from ladsim.scenario.currency import PER_EURO
from ladsim.scenario.library import KINDS, ROLES, laid_item, library, roles_of
from ladsim.scenario.load import loads, validated
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategy_templates import LABELS, READY
from tests.scenario.texts import with_end

ITEMS = [(key, name) for key in KINDS for name in library()[key]]
GUIDE = ["understand_needs", "personal_experience", "surprise", "ease", "feedback", "reward", "transparency", "community"]
WHEEL = ["attraction", "onboarding", "engagement", "reward", "feedback", "repurchase"]
LADDER: list[dict[str, Any]] = [
    {"name": "lead", "share": 0.5},
    {"name": "new", "share": 0.2, "orders_per_month": 1.0},
    {"name": "second", "share": 0.1, "orders_per_month": 1.0},
    {"name": "true", "share": 0.1, "orders_per_month": 1.0},
    {"name": "friend", "share": 0.1, "orders_per_month": 1.0},
    {"name": "gone", "off_ladder": "lapsed"},
]


NAMES = [rung["name"] for rung in LADDER]
STEPS = [
    *({"from": one, "to": above, "monthly": 0.1} for one, above in pairwise(NAMES)),
    {"from": "true", "to": "gone", "monthly": 0.1},
    {"from": "gone", "to": "new", "monthly": 0.1},
    {"from": "lead", "to": "new", "trigger": "message", "probability": 0.1},
]


def market(**more: Any) -> dict[str, Any]:
    """Five rungs, and those who are gone."""
    return {"schema": 1, "name": "five", "months": 12, "market_size": 1000, "rungs": LADDER, **more}


def test_all_that_the_guide_and_the_wheel_name() -> None:
    """The eight tactics of the guide, the six spokes, those for the top rungs, the five channels."""
    tactics = set(library()["tactics"])
    assert (
        set(GUIDE) | set(WHEEL) | {"customer_groups", "customer_events", "welcome_series", "personal_offers", "win_back"}
        <= tactics
    )
    assert set(library()["channels"]) == {"search", "social_media", "newsletter", "personal_email", "events"}
    assert {item["spoke"] for items in library().values() for item in items.values()} == set(WHEEL)


@pytest.mark.parametrize(("key", "name"), ITEMS)
def test_every_item_is_whole(key: str, name: str) -> None:
    """Words in three languages, a spoke, rungs it fits, and a source for every number."""
    item = library()[key][name]
    for words in ("label", "description", "touchpoints"):
        assert set(item[words]) == {"en", "da", "nb"}
        assert all(item[words].values())
    assert set(item["fits"]) <= set(ROLES)
    means = item["means"]
    for source in (means["source"], means["response"]["source"], *(effect["source"] for effect in means["effects"])):
        assert source == "assumption" or (set(source) == {"en", "da", "nb"} and any(char.isdigit() for char in source["da"]))
    for effect in means["effects"]:
        assert set(effect["per_role"]) <= set(ROLES)
    assert any(set(item["fits"]) & set(effect["per_role"]) for effect in means["effects"]), "does nothing where it fits"


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_a_campaign_may_name_any_item(language: str) -> None:
    """A file that defines nothing and names everything is a scenario; all its numbers of levers have a source."""
    named = [{KINDS[key]: name, "monthly_spend": 10.0} for key, name in ITEMS]
    talk = [{"layer": "friends", "graph": {"kind": "everyone"}, "messages_per_month": {"friend": 1.0}}]
    felt = {"engagement": {"decay_per_month": 0.1}, "satisfaction": {}}
    scenario = validated(market(campaigns=named, language=language, steps=STEPS, word_of_mouth=talk, **felt))
    assert [(t.name, t.label) for t in scenario.tactics] == [(n, i["label"][language]) for n, i in library()["tactics"].items()]
    assert not [w for w in warnings(scenario) if w.place.startswith(("campaigns", "tactics", "channels"))]
    offers = next(t for t in scenario.tactics if t.name == "personal_offers")
    assert offers.effects[0].per_rung == {"new": 0.05, "second": 0.25, "true": 0.08}


def test_own_definition_goes_before_the_library() -> None:
    """What the file defines under a name of the library stays as it is."""
    own = {"name": "win_back", "response": {"half_at": 7.0}, "effects": [{"on": "orders", "full": 0.5}]}
    scenario = validated(market(tactics=[own], campaigns=[{"tactic": "win_back"}]))
    assert [t.response.half_at for t in scenario.tactics if t.response] == [7.0]


def test_roles() -> None:
    """By role, by name, by place; with five customer rungs the middle ones are returning."""
    by_place = {
        "lead": "potential",
        "new": "first_time",
        "second": "returning",
        "true": "loyal",
        "friend": "ambassador",
        "gone": "lapsed",
    }
    assert roles_of(LADDER) == by_place
    said = [LADDER[0], LADDER[1] | {"role": "loyal"}, *LADDER[2:]]
    assert roles_of(said) == by_place | {"new": "loyal"}
    named = [LADDER[0], LADDER[1] | {"name": "ambassador"}, {"name": "outside", "off_ladder": True}]
    assert roles_of(named) == {"lead": "potential", "ambassador": "ambassador"}
    assert list(roles_of([*LADDER[:2], *LADDER[1:5]]).values()).count("returning") >= 1


def test_in_the_currency_of_the_file() -> None:
    """Half of the effect costs 7.5 times as many kroner as euro."""
    euro, kroner = (laid_item("tactics", "ease", {"a": "potential"}, "en", currency) for currency in ("EUR", "DKK"))
    assert kroner["response"]["half_at"] == pytest.approx(PER_EURO["DKK"] * euro["response"]["half_at"])


@pytest.mark.parametrize("name", READY)
def test_ready_strategies_spend_their_budget(name: str) -> None:
    """The campaigns of each add up to the budget, on rungs that there are; twice read is the same."""
    scenario = validated(market(strategies={"mine": {"ready": name, "monthly_budget": 900.0}}))
    mine = scenario.strategies["mine"]
    assert sum(campaign.monthly_spend for campaign in mine.campaigns) == pytest.approx(900.0)
    assert mine.label == LABELS[name]["en"]
    again = validated(scenario.model_dump(by_alias=True, exclude_unset=True))
    assert again == scenario


def test_by_rung_gives_each_rung_what_fits_it() -> None:
    """Visibility, onboarding, personal offers, recognition, thanks."""
    scenario = ladsim.ready_strategies(validated(market()), 1000.0)
    assert list(scenario.strategies) == list(READY)
    found = {campaign.to: campaign.tactic for campaign in scenario.strategies["by_rung"].campaigns}
    assert found == {
        ("lead",): "attraction", ("new",): "onboarding", ("second",): "personal_offers", ("true",): "recognition",
        ("friend",): "referral_thanks",
    }  # fmt: skip
    assert isinstance(scenario, Scenario)


def test_campaigns_of_ready_strategies_are_called_like_their_tactics() -> None:
    """In the file's language; a tactic that the file defines itself has the file's label, one without a label none."""
    strategies = {"mine": {"ready": "by_rung", "monthly_budget": 900.0}}
    effects = [{"on": "orders", "full": 0.1}]
    own = [
        {"name": "onboarding", "label": "Goddag", "response": {"half_at": 1.0}, "effects": effects},
        {"name": "recognition", "response": {"half_at": 1.0}, "effects": effects},
    ]
    scenario = validated(market(strategies=strategies, language="da", tactics=own))
    labels = {campaign.tactic: campaign.label for campaign in scenario.strategies["mine"].campaigns}
    assert labels == {
        "attraction": "Synlighed", "onboarding": "Goddag", "personal_offers": "Personlige tilbud", "recognition": "",
        "referral_thanks": "Tak for anbefalinger",
    }  # fmt: skip


def test_ready_without_budget_is_refused() -> None:
    """Each of the two keys asks for the other."""
    with pytest.raises(ScenarioError, match=r"strategies\.a\.monthly_budget.*must be given with ready"):
        loads(with_end('[strategies.a]\nready = "by_rung"'))


def test_malformed_files_are_answered_as_before() -> None:
    """Lists that hold no tables are told of, and do not stop the library."""
    with pytest.raises(ScenarioError, match="campaigns"):
        loads('campaigns = [3]\ntactics = ["win_back"]\nname = "x"')


@pytest.mark.parametrize("name", [{"name": "ads"}, ["ads"], 7, True])
def test_a_name_that_is_none(name: Any) -> None:
    """A tactic or channel whose name is a table or a list (`name.name = …`) is refused at its place, also where campaigns name others."""
    effects = [{"on": "orders", "full": 0.1}]
    for key, what in KINDS.items():
        data = market(
            **{key: [{"name": name, "response": {"half_at": 1.0}, "effects": effects}]},
            campaigns=[{what: next(iter(library()[key]))}],
        )
        with pytest.raises(ScenarioError) as caught:
            validated(data)
        assert any(problem.place.endswith("name") for problem in caught.value.problems), caught.value
