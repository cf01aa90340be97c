"""The preset with public reviews: unhappy guests talk more often than the rest, and what they say costs guests."""

from __future__ import annotations

import numpy as np
import pytest

import ladsim
from ladsim.engine.history import History
from ladsim.measures.programs import program_results
from ladsim.measures.satisfaction import net_promoter_score
from ladsim.scenario.address import with_values
from ladsim.scenario.spec import Scenario

FUTURES = range(6)
SAMPLE = 2000


@pytest.fixture(scope="module")
def restaurant() -> Scenario:
    return ladsim.load("restaurant")


@pytest.fixture(scope="module")
def usual(restaurant: Scenario) -> list[History]:
    """Six futures without a strategy."""
    return [ladsim.simulate(restaurant, replication=k, sample=SAMPLE) for k in FUTURES]


def without_effect(scenario: Scenario) -> Scenario:
    """The scenario where criticism is heard and changes nothing."""
    steps = tuple(step.model_copy(update={"probability": 0.0}) if step.negative else step for step in scenario.steps)
    return scenario.model_copy(update={"steps": steps})


def guests(history: History) -> int:
    """Who stands on a rung of guests at the end, ambassadors included."""
    names = [rung.name for rung in ladsim.load("restaurant").rungs]
    first, last = names.index("customer"), names.index("ambassador")
    return int(history.counts[-1].sum(axis=0)[first : last + 1].sum())


def test_critics_speak_in_both_layers(restaurant: Scenario, usual: list[History]) -> None:
    """Friends and reviews carry criticism, not more than praise; the critics' share of the talk is above their share of guests."""
    assert [layer.layer for layer in restaurant.word_of_mouth] == ["friends", "reviews"]
    sent, _, criticism = np.sum([history.messages.sum(axis=0) for history in usual], axis=0).T
    assert (criticism > 0.1 * sent).all()
    assert (criticism < 0.5 * sent).all()
    asked = np.sum([net_promoter_score(history)[["promoters", "passives", "detractors"]].sum() for history in usual], axis=0)
    assert (criticism / sent > 1.3 * asked[2] / asked.sum()).all()


def test_it_is_the_factor_that_makes_them_speak_more(restaurant: Scenario, usual: list[History]) -> None:
    """Where critics speak as often as others, there is less criticism in each layer."""
    factors = {f"word_of_mouth.{layer.layer}.detractor_factor": 1.0 for layer in restaurant.word_of_mouth}
    calm = [ladsim.simulate(with_values(restaurant, factors), replication=k, sample=SAMPLE) for k in FUTURES]
    ours, theirs = (np.sum([history.messages[:, :, 2].sum(axis=0) for history in runs], axis=0) for runs in (usual, calm))
    assert (theirs < 0.8 * ours).all()


def test_criticism_costs_guests(restaurant: Scenario, usual: list[History]) -> None:
    """The same futures with criticism that changes nothing: more guests after two years, fewer who would rather not come."""
    quiet = [ladsim.simulate(without_effect(restaurant), replication=k, sample=SAMPLE) for k in FUTURES]
    gained = np.array([guests(a) - guests(b) for a, b in zip(quiet, usual, strict=True)])
    assert gained.mean() > 2 * gained.std(ddof=1) / np.sqrt(len(gained))
    away = [rung.name for rung in restaurant.rungs].index("put_off")
    assert all(a.counts[-1, :, away].sum() < b.counts[-1, :, away].sum() for a, b in zip(quiet, usual, strict=True))


def test_better_evenings_leave_fewer_critics(restaurant: Scenario, usual: list[History]) -> None:
    """The strategy that mends the service: less criticism and fewer put off than without it, in the mean of the futures."""
    mended = [ladsim.simulate(restaurant, strategy="fix_service", replication=k, sample=SAMPLE) for k in FUTURES]
    away = [rung.name for rung in restaurant.rungs].index("put_off")
    for count in (lambda h: h.messages[:, :, 2].sum(), lambda h: h.counts[-1, :, away].sum()):
        assert np.mean([count(history) for history in mended]) < np.mean([count(history) for history in usual])


def test_a_letter_goes_to_those_who_stop_coming(restaurant: Scenario) -> None:
    """Letters are sent in every month, and cost what is planned; all strategies have the same money."""
    history = ladsim.simulate(restaurant, strategy="welcome_back", sample=SAMPLE)
    letters = program_results(history).set_index("month")
    assert (letters["contacts"].iloc[2:] > 0).all()
    assert letters["running_cost"].iloc[1:].to_numpy() == pytest.approx(12_000)
    assert {sum(c.each_month for c in strategy.campaigns) for strategy in restaurant.strategies.values()} == {15_000}
