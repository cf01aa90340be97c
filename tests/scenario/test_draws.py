"""Uncertain numbers in their places: the same draw by every way, and nothing else moved.

Tests: ``scenario/step_hazards.py``, ``scenario/tables.py``.
"""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import ladsim
from ladsim.errors import ScenarioError
from ladsim.scenario.address import numbers, plain, put
from ladsim.scenario.draws import Draws, resolve, uncertain
from ladsim.scenario.load import loads, shipped
from ladsim.scenario.spec import Range, Scenario, Step
from ladsim.scenario.strategies import with_strategy
from ladsim.scenario.tables import tables
from tests.scenario.texts import GOOD, spoiled


def written_out(draws: Draws, draw: int | None) -> Scenario:
    """The scenario with the drawn values written into its file, number by number, and read anew."""
    data = plain(draws.scenario)
    for number, value in zip(draws.unknown, draws.values(draw), strict=True):
        put(data, number.path, value)
    return Scenario.model_validate(data)


@pytest.mark.parametrize("name", shipped())
def test_a_draw_is_the_file_with_its_values_written_in(name: str) -> None:
    """For every shipped scenario, under each strategy and none: what is drawn equals a file that says so, to the last digit."""
    scenario = ladsim.load(name)
    for strategy in (None, *scenario.strategies):
        draws = Draws(with_strategy(scenario, strategy), seed=5)
        assert draws.keys == tuple(uncertain(draws.scenario))
        for draw in (None, 0, 9):
            there = draws.scenario_of(draw)
            assert there == written_out(draws, draw)
            assert plain(there) == plain(written_out(draws, draw))
            assert uncertain(there) == {}


def test_values_are_those_that_stand_there() -> None:
    """Where shares are scaled to add up to 1, the values are the scaled ones."""
    draws = Draws(loads(spoiled("share = 0.9", "share = { low = 0.5, high = 0.95 }")), seed=1)
    for draw in range(4):
        there = numbers(draws.scenario_of(draw))
        assert [there[key].value for key in draws.keys] == list(draws.values(draw))
        assert sum(rung.share for rung in draws.scenario_of(draw).rungs) == pytest.approx(1.0, abs=1e-12)


def test_any_order_and_any_process_gives_the_same() -> None:
    """A draw is the same whether it is asked for first or last, again, by another of the same seed, or where it was sent."""
    shop = with_strategy(loads(GOOD), "care")
    forth, back = Draws(shop, 3), Draws(shop, 3)
    found = [forth.scenario_of(draw) for draw in range(4)]
    sent = pickle.loads(pickle.dumps(forth))
    assert [back.scenario_of(draw) for draw in reversed(range(4))] == found[::-1]
    assert [sent.scenario_of(draw) for draw in range(4)] == [resolve(shop, 3, draw) for draw in range(4)] == found
    assert Draws(shop, 4).values(0) != forth.values(0)


def test_tables_are_made_once_for_a_draw() -> None:
    """Two futures of a draw share its tables; where nothing is uncertain all draws do."""
    draws = Draws(with_strategy(loads(GOOD), None), 3)
    first = draws.tables(0)
    assert draws.tables(0) is first
    assert draws.tables(1) is not first
    assert np.array_equal(draws.tables(0).rungs, first.rungs)
    known = Draws(resolve(draws.scenario, 3, 0), 3)
    assert known.tables(0) is known.tables(7)
    assert known.scenario_of(7) is known.scenario
    assert np.array_equal(known.tables(7).rungs, first.rungs)


def test_another_way_to_say_a_number_gives_way() -> None:
    """Of a step that says both, the drawn number is what holds, as where it is set by hand."""
    step = Step.model_construct(_fields_set={"from_", "to", "monthly", "rate"}, from_="lead", to="customer", monthly=0.1)
    both = step.model_copy(update={"rate": Range(low=0.1, high=0.4)})
    market = loads(GOOD)
    drawn = Draws(market.model_copy(update={"steps": (both,)}), 1).scenario_of(None).steps[0]
    assert drawn.monthly is None
    assert drawn.rate == pytest.approx(0.2)
    assert tables(with_strategy(market, None).model_copy(update={"steps": (drawn,), "rungs": resolve(market, 1, None).rungs}))


def test_a_law_that_gives_what_is_not_allowed_says_where() -> None:
    """A drawn number beyond all bounds is a mistake of the file, told with its key."""
    scenario = loads(GOOD)
    wild = scenario.model_copy(
        update={
            "heterogeneity": type(scenario.heterogeneity).model_validate(
                {"basket": {"inverse_gamma_shape": {"law": "lognormal", "median": 2.0, "spread": 1e6}}}
            )
        }
    )
    with pytest.raises(ScenarioError, match=r"heterogeneity\.basket\.inverse_gamma_shape: found inf in one draw, must be"):
        [resolve(wild, 1, draw) for draw in range(8)]
