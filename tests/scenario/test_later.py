"""What a later version will simulate has its place in the schema, and is refused by name: never ignored, never "unknown"."""

from __future__ import annotations

import json

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario.edit import schema_json
from ladsim.scenario.load import loads
from tests.scenario.texts import spoiled, with_end, with_top

PROGRAM = '[[programs]]\nkind = "{}"\nname = "p"\njoins = {{ on = "customer", probability = 0.4 }}\n{}'
SEARCH = '[[channels]]\nname = "search"\nresponse = { half_at = 1.0 }\n'
CAMPAIGN = SEARCH + '[[campaigns]]\nchannel = "search"\nmonthly_spend = 10\n'

# text, place, words
LATER: dict[str, tuple[str, str, str]] = {
    "points": (with_end(PROGRAM.format("points", "points_per_unit = 1\nreward_at = 500\nexpires_after_months = 12")), "programs", "programmes"),
    "tiers": (with_end(PROGRAM.format("tiers", 'levels = [{ name = "gold", spend = 500, factors = { orders = 1.1 } }]')), "programs", "programmes"),
    "club": (with_end(PROGRAM.format("club", "fee = 49\nrenewal_beta = [2.0, 1.0]")), "programs", "programmes"),
    "cashback": (with_end(PROGRAM.format("cashback", "share_of_order = 0.05")), "programs", "programmes"),
    "discount": (with_end(PROGRAM.format("discount", "share_of_order = 0.1")), "programs", "programmes"),
    "referral reward": (with_end(PROGRAM.format("referral_reward", 'reward = "free_month"')), "programs", "programmes"),
    "a key nobody thought of": (with_end(PROGRAM.format("points", "moon_phase = 3")), "programs", "programmes"),
    "programmes of a strategy": (with_end('[strategies.a]\nprograms = [{ kind = "points" }]'), "strategies.a.programs", "programmes"),
    "satisfaction": (with_end("[satisfaction]\nlearning = 0.3\nadaptation = { low = 0.1, high = 0.3 }"), "satisfaction", "satisfaction"),
    "recommendation": (with_end("[recommendation]\nbase = 1.0\nper_satisfaction = 0.8"), "recommendation", "satisfaction"),
    "survey": (with_end("[survey]\npeople = 500\nresponse_share = 0.2"), "survey", "satisfaction"),
    "effect of satisfaction": (
        spoiled("monthly = 0.05", "monthly = 0.05\nsatisfaction_effect = 0.2"), "steps.lead.customer.time.satisfaction_effect", "satisfaction",
    ),
    "own part of a rung": (
        spoiled("orders_per_month = 0.5", "orders_per_month = 0.5\nrecommendation = 0.5"), "rungs.customer.recommendation", "satisfaction",
    ),
    "detractors": (
        with_end('[[word_of_mouth]]\nlayer = "reviews"\ngraph = { kind = "everyone" }\ndetractor_factor = 2.0'),
        "word_of_mouth.reviews.detractor_factor", "satisfaction",
    ),
    "price": (with_end("[price]\nchange = 0.05\nper_rung = { customer = -1.2 }"), "price", "price"),
    "contacts": (with_end("[contacts]\nconsent_share = 0.6"), "contacts", "consent"),
    "triggered": (with_end(CAMPAIGN + 'after = "first_order"'), "campaigns.search.after", "triggered"),
    "delay": (with_end(CAMPAIGN + "delay_days = 7"), "campaigns.search.delay_days", "triggered"),
    "wrong rung": (with_end(CAMPAIGN + "wrong_rung_share = 0.15"), "campaigns.search.wrong_rung_share", "believed rungs"),
    "test group": (with_end(CAMPAIGN + "test_group_share = 0.1"), "campaigns.search.test_group_share", "test groups"),
    "double points": (with_end(CAMPAIGN + "points_factor = 2.0"), "campaigns.search.points_factor", "programmes"),
    "in a strategy": (
        with_end(SEARCH + '[strategies.a]\ncampaigns = [{ channel = "search", delay_days = 7 }]'),
        "strategies.a.campaigns.search.delay_days", "triggered",
    ),
    "tactic for satisfaction": (
        with_end('[[tactics]]\nname = "care"\neffects = [{ on = "satisfaction", full = 0.1 }]'),
        "tactics.care.effects.satisfaction.on", "satisfaction",
    ),
    "another word": (with_top("nps = 30"), "nps", "satisfaction"),
    "another word below": (with_end(CAMPAIGN + "consent_share = 0.5"), "campaigns.search.consent_share", "consent"),
    "season": (with_top("seasonality = [1.0, 0.9]"), "seasonality", "shock"),
}  # fmt: skip


@pytest.mark.parametrize("case", LATER)
def test_refused_by_name(case: str) -> None:
    """It is said at its place that it cannot be simulated yet, with what it comes, and nothing else is said there."""
    text, place, words = LATER[case]
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    here = [str(problem) for problem in caught.value.problems if problem.place == place]
    assert len(here) == 1, f"at {place}: {caught.value}"
    assert "cannot be simulated yet" in here[0]
    assert words in here[0]
    assert "unknown" not in str(caught.value)


def test_editors_know_these_keys() -> None:
    """The JSON Schema offers programmes with their kinds, satisfaction, price and the rest."""
    schema = json.loads(schema_json())
    assert {"satisfaction", "recommendation", "survey", "programs", "price", "contacts"} <= set(schema["properties"])
    assert "referral_reward" in schema["$defs"]["Program"]["properties"]["kind"]["enum"]
    assert {"after", "delay_days", "wrong_rung_share", "test_group_share"} <= set(schema["$defs"]["Campaign"]["properties"])


def test_wrong_values_are_told_too() -> None:
    """A kind of programme that is none is answered with the kinds there are."""
    with pytest.raises(ScenarioError, match="did you mean 'points'"):
        loads(with_end('[[programs]]\nkind = "pionts"'))
