"""Strategies at the same money, programmes included: the number each names is found, on the luck of the comparison."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ladsim
from ladsim.errors import ScenarioError, StudyError
from ladsim.i18n.problems import error_told, told
from ladsim.planning.compare import Comparison, compare
from ladsim.planning.extra import money_spent
from ladsim.planning.measure_table import by_future
from ladsim.planning.output import tables_of, write_study
from ladsim.planning.same_budget import cost_in_all, same_budget
from ladsim.scenario.check import warnings
from ladsim.scenario.load import validated

POINTS = {
    "kind": "points", "joins": {"probability": 0.5}, "points_per_unit": 1.0, "reward_at": 50.0, "reward_cost": 4.0, "goal_gradient": 0.2,
}  # fmt: skip
SEARCH = {"channel": "search", "monthly_spend": 500.0}
GOES_TO = "campaigns.search.monthly_spend"


def shop(**strategies: Any) -> dict[str, Any]:
    """A small shop on the net."""
    return {
        "name": "shop", "months": 6.0, "market_size": 800, "basket": {"mean": 30.0}, "money": {"margin": 0.5},
        "rungs": [{"name": "visitor", "share": 0.9}, {"name": "customer", "share": 0.1, "orders_per_month": 0.6}],
        "steps": [{"from": "visitor", "to": "customer", "monthly": 0.01, "is_order": True}],
        "channels": [{"name": "search", "response": {"half_at": 1.0}, "effects": [{"on": "climbing", "full": 2.0}]}],
        "strategies": strategies,
    }  # fmt: skip


def duel(budget: float | None, more: dict[str, Any] | None = None, **strategies: Any) -> Comparison:
    """Four futures of each strategy at one budget."""
    return compare(validated(shop(**strategies) | (more or {})), replications=4, processes=1, same_budget=budget)


def test_every_strategy_costs_as_much() -> None:
    """Spend alone, a programme with the rest on a campaign, a campaign after an event: 6,000 in the mean over the same futures."""
    mail = {"tactic": "mail", "after": "order", "cost_per_contact": 0.5, "running_cost_per_month": 10.0}
    tactics = [{"name": "mail", "effects": [{"on": "orders", "full": 0.1}]}]
    study = duel(
        6_000.0,
        {"tactics": tactics},
        search={"campaigns": [SEARCH]},
        points={"campaigns": [SEARCH], "programs": [POINTS]},
        mail={"campaigns": [mail, SEARCH]},
        setup={"campaigns": [SEARCH | {"setup_cost": 1_500.0, "from_month": 2.0}]},
    )
    for name in ("search", "points", "mail", "setup"):
        run = study.runs[name]
        assert cost_in_all(run) == pytest.approx(6_000.0, rel=5e-4), name
        assert cost_in_all(run) == pytest.approx(float(money_spent(run).mean()))
    assert cost_in_all(study.runs["base"]) == 0.0
    found = study.setting.overrides
    assert found["strategies.search.campaigns.search.monthly_spend"] == pytest.approx(1_000.0)
    assert found["strategies.setup.campaigns.search.monthly_spend"] == pytest.approx(4_500.0 / 4.0)
    assert 0.0 < found["strategies.points.campaigns.search.monthly_spend"] < 1_000.0
    said = [note for note in study.notes if "Same budget: " in note]
    assert len(said) == 4
    assert said[0].replace("\u00a0", " ").endswith("is EUR 1,000; all of it costs EUR 6,000.")
    by_hand = compare(study.scenario, list(study.runs), replications=4, processes=1, overrides=found)
    assert not any("Same budget: " in note for note in by_hand.notes)
    assert not any("budgets differ" in note for note in study.notes)


def test_a_strategy_against_itself_differs_by_nothing() -> None:
    """The same strategy under two names gets the same number, and every future is the same."""
    twin = {"campaigns": [SEARCH], "programs": [POINTS]}
    study = duel(5_000.0, one=twin, two=twin)
    assert np.array_equal(*(by_future(study.runs[name], "profit") for name in ("one", "two")))
    assert study.setting.overrides["strategies.one." + GOES_TO] == study.setting.overrides["strategies.two." + GOES_TO]
    assert np.array_equal(*(money_spent(study.runs[name]) for name in ("one", "two")))


def test_a_programme_that_costs_more_alone_is_said_to() -> None:
    """Nothing is left for the campaign; the others have the budget."""
    dear = {"campaigns": [SEARCH], "programs": [POINTS | {"running_cost_per_month": 900.0}]}
    study = duel(3_000.0, dear=dear, search={"campaigns": [SEARCH]})
    assert study.setting.overrides["strategies.dear.campaigns.search.monthly_spend"] == 0.0
    assert cost_in_all(study.runs["dear"]) > 5_400.0
    assert cost_in_all(study.runs["search"]) == pytest.approx(3_000.0)
    assert [note for note in study.notes if note.startswith("“Dear” costs EUR 5,") and "more than the budget" in note]


def test_a_number_that_is_no_spend() -> None:
    """A term of the programme, or a number of the file that the strategy sets: what it names is what moves."""
    study = duel(
        1_500.0,
        reward={"programs": [POINTS], "budget_goes_to": "programs.points.reward_cost"},
        cost={"programs": [POINTS], "budget_goes_to": "programs.points.running_cost_per_month"},
    )
    for name in ("reward", "cost"):
        assert cost_in_all(study.runs[name]) == pytest.approx(1_500.0, rel=5e-4)
    assert study.setting.overrides["strategies.reward.programs.points.reward_cost"] > 4.0
    base = {"programs": [POINTS], "campaigns": []}
    own = validated(
        shop(better={"set": {"basket.mean": 31.0}, "budget_goes_to": "programs.points.running_cost_per_month"}) | base
    )
    found = same_budget(own, ["better"], 2_000.0, replications=2, processes=1)
    assert list(found) == ["strategies.better.set.programs.points.running_cost_per_month"]
    again = compare(own, ["better"], replications=2, processes=1, overrides=found)
    assert cost_in_all(again.runs["better"]) == pytest.approx(2_000.0, rel=5e-4)


@pytest.mark.parametrize(
    ("strategy", "budget", "words"),
    [
        ({"programs": [POINTS]}, 100.0, "one.budget_goes_to: found nothing and 0 campaigns with a spend, must name the number"),
        ({"campaigns": [SEARCH, SEARCH | {"name": "more"}]}, 100.0, "found nothing and 2 campaigns"),
        ({"campaigns": [SEARCH], "budget_goes_to": "programs.points.joins.probability", "programs": [POINTS | {"reward_cost": 0.0}]}, 9e3,
         "found a number that costs nothing"),
        ({"campaigns": [SEARCH]}, 0.0, "same_budget: found 0.0, must be an amount above 0"),
        ({"campaigns": [SEARCH]}, float("nan"), "same_budget: found nan"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(strategy: dict[str, Any], budget: float, words: str) -> None:
    """In words, with what to write."""
    with pytest.raises(StudyError, match=words.replace(".", r"\.")):
        duel(budget, one=strategy)


def test_a_number_that_is_not_there_is_refused_by_check() -> None:
    """With the nearest; and a spend of nothing is not odd where the rest of a budget goes there."""
    with pytest.raises(ScenarioError) as caught:
        validated(shop(one={"campaigns": [SEARCH], "budget_goes_to": "campaigns.serch.monthly_spend"}))
    assert [(p.place, p.nearest) for p in caught.value.problems] == [("strategies.one.budget_goes_to", GOES_TO)]
    bare = {"campaigns": [{"channel": "search"}]}
    said = [[w.place for w in warnings(validated(shop(one=bare | more)))] for more in ({}, {"budget_goes_to": GOES_TO})]
    assert f"strategies.one.{GOES_TO}" in said[0]
    assert f"strategies.one.{GOES_TO}" not in said[1]


def test_it_is_made_again_from_its_manifest(tmp_path: Any) -> None:
    """The numbers found stand among the values set, so the same study comes out, notes and all."""
    study = duel(4_000.0, search={"campaigns": [SEARCH]}, points={"campaigns": [SEARCH], "programs": [POINTS]})
    folder = write_study(tmp_path / "study", study, command="ladsim compare")
    result = ladsim.again(folder, processes=1)
    assert result.identical
    assert isinstance(result.study, Comparison)
    assert result.study.notes == study.notes
    assert {name: table.shape for name, table in tables_of(study).items()} == {
        name: table.shape for name, table in tables_of(result.study).items()
    }


def test_all_strategies_without_a_number_are_told_at_once() -> None:
    """A line each, in the file's language, with what can take the rest where events set all campaigns off."""
    letters = {"channel": "search", "after": "first_order", "cost_per_contact": 5.0}
    with pytest.raises(StudyError) as caught:
        duel(100.0, one={"campaigns": [letters]}, two={"programs": [POINTS]}, three={"campaigns": [SEARCH]})
    first, second = str(caught.value).split("\n")
    assert first.startswith("strategies.one.budget_goes_to: found nothing and 0 campaigns with a spend, must name the number")
    assert first.endswith(
        '; a campaign set off by events has none that buys more: { channel = "search", monthly_spend = 0 } can take the rest'
    )
    assert second.startswith("strategies.two.budget_goes_to: ") and "events" not in second
    told = error_told(str(caught.value), "da").split("\n")
    assert told[0].startswith("strategies.one.budget_goes_to: fandt intet og 0 kampagner med et forbrug, skal nævne det tal")
    assert '{ channel = "search", monthly_spend = 0 } kan tage resten' in told[0]
    assert told[1].startswith("strategies.two.budget_goes_to: fandt intet og 0 kampagner")
    costs = "strategies.a.campaigns.b.monthly_spend: found no value with which a costs 900 (1: 10, 2: 1,000); name another number"
    assert error_told(costs, "nb").endswith("fant ingen verdi der a koster 900 (1: 10, 2: 1\u00a0000), nevn et annet tall")


def test_the_rest_that_goes_to_a_cost_alone_is_warned_of() -> None:
    """It would be spent and move nobody."""
    letters = {"channel": "search", "after": "first_order", "cost_per_contact": 5.0}
    places = []
    for wanted in ("campaigns.search.cost_per_contact", "campaigns.more.monthly_spend"):
        one = {"campaigns": [letters, SEARCH | {"name": "more"}], "budget_goes_to": wanted}
        said = warnings(validated(shop(one=one)))
        places.append([w.place for w in said if "moves nobody" in w.found])
        assert all("flytter" in told(w, "da") for w in said if "moves nobody" in w.found)
    assert places == [["strategies.one.budget_goes_to"], []]
