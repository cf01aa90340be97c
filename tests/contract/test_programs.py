"""What every kind of programme keeps to, alone and all together: the lines of ``kinds.KINDS`` are tried one by one.

Tests: ``programs/program.py``.
"""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ladsim.engine.agreement import parting
from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.model.layout import E_BOOK, E_EARN, E_EXPIRE, E_LEVEL, E_REDEEM, M_EXPIRED, M_ISSUED, M_JOINED, M_LEFT, M_REDEEMED
from ladsim.programs import program
from ladsim.programs.program import kind_of
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import tables
from tests.contract.kinds import FREE, KINDS, NOBODY, NOBODY_JOINS, market
from tests.programs.played import members

ALONE_AND_TOGETHER = [[name] for name in KINDS] + [list(KINDS), list(KINDS)[::-1]]
each = pytest.mark.parametrize("names", ALONE_AND_TOGETHER, ids="+".join)
SEED = 5


def data_of(names: list[str]) -> dict[str, Any]:
    """The market with these programmes."""
    return market([KINDS[name] | {"name": name} for name in names])


def scenario_of(names: list[str]) -> Scenario:
    """The same, loaded as a file would be."""
    return validated(data_of(names))


@each
def test_engines_agree(names: list[str]) -> None:
    """A process per customer, arrays, and arrays on two threads give the same history, and somebody is a member in it."""
    slow = simulate(scenario_of(names), seed=SEED, log=True, engine="simpy")
    fast = simulate(scenario_of(names), seed=SEED, log=True, engine="fast", threads=2)
    assert slow.equals(fast), parting(slow, fast)
    assert replace(slow, log=None).equals(simulate(scenario_of(names), seed=SEED, engine="fast"))


@each
def test_books_balance(names: list[str]) -> None:
    """Profit is the sum of all bookings, by day, by month and in the log; a balance is what was issued and neither redeemed nor expired."""
    history = simulate(scenario_of(names), seed=SEED, log=True)
    assert history.log is not None
    booked = history.log[history.log["event"] == E_BOOK]
    for cause in range(len(history.causes)):
        of_cause = int(booked["amount"][booked["cause"] == cause].sum())
        assert of_cause == history.daily[:, cause].sum() == history.money[:, cause].sum() + history.market_money[:, cause].sum()
    assert history.profit_units == booked["amount"].sum()
    rows = members(data_of(names), SEED)
    for place in range(len(names)):
        counts = history.members[:, place].sum(axis=0)
        assert counts[M_ISSUED] == counts[M_REDEEMED] + counts[M_EXPIRED] + rows["balance"][place].sum()


@each
def test_levels_are_members(names: list[str]) -> None:
    """At every snapshot those on a programme's levels are who has joined and not left; at the end the customers' own rows."""
    history = simulate(scenario_of(names), seed=SEED)
    rows = members(data_of(names), SEED)
    first = 0
    for place, levels in enumerate(history.level_names):
        own = history.levels[:, first : first + len(levels)]
        joined, left = history.members[:, place, M_JOINED].cumsum(), history.members[:, place, M_LEFT].cumsum()
        assert own[:, 0].sum() == 0
        assert np.array_equal(own[:, 1:].sum(axis=1), joined - left)
        assert np.array_equal(own[-1, 1:], np.bincount(rows["level"][place], minlength=len(levels))[1:])
        first += len(levels)
    assert first == history.levels.shape[1]


@each
def test_nothing_is_negative(names: list[str]) -> None:
    """No balance is below 0 after any event, nothing is counted below 0, nobody has a level that there is not."""
    history = simulate(scenario_of(names), seed=SEED, log=True)
    assert history.log is not None
    assert (history.members >= 0).all()
    assert (history.levels >= 0).all()
    for place, levels in enumerate(history.level_names):
        own = history.log[(history.log["cause"] == place) & np.isin(history.log["event"], [E_EARN, E_REDEEM, E_EXPIRE, E_LEVEL])]
        assert (own["amount"] >= 0).all()
        assert own["amount"][own["event"] == E_LEVEL].max(initial=0) < len(levels) * history.unit
        for customer in np.unique(own["customer"]):
            life = own[own["customer"] == customer]
            change = np.where(life["event"] == E_EARN, life["amount"], np.where(life["event"] == E_LEVEL, 0, -life["amount"]))
            assert change.cumsum().min(initial=0) >= 0


NAMES = ("causes", "cause_kinds", "program_names", "program_kinds", "program_units", "level_names")


def without(history: History, plain: History) -> History:
    """A history with the places of programmes taken away."""
    causes = len(plain.causes)
    assert history.causes[:causes] == plain.causes
    for books in (
        history.money[:, causes:],
        history.market_money[:, causes:],
        history.daily[:, causes:],
        history.members,
        history.levels,
    ):
        assert not books.any()
    return replace(
        history,
        money=history.money[:, :causes],
        market_money=history.market_money[:, :causes],
        daily=history.daily[:, :causes],
        members=plain.members,
        levels=plain.levels,
        **{name: getattr(plain, name) for name in NAMES},
    )


@each
@pytest.mark.parametrize("engine", ["simpy", "fast"])
def test_a_programme_that_nobody_joins_changes_nothing(names: list[str], engine: str) -> None:
    """Event for event the market is the one without it."""
    plain = simulate(validated(market([])), seed=SEED, log=True, engine=engine)
    nobody = [KINDS[name] | {"name": name} | FREE | NOBODY.get(KINDS[name]["kind"], NOBODY_JOINS) for name in names]
    idle = without(simulate(validated(market(nobody)), seed=SEED, log=True, engine=engine), plain)
    assert plain.equals(idle), parting(plain, idle)


@each
def test_travels_between_processes(names: list[str]) -> None:
    """Scenario and history come back from a pickle as they were; a programme loaded again does the same."""
    scenario = scenario_of(names)
    history = simulate(scenario, seed=SEED)
    copy = pickle.loads(pickle.dumps(scenario))
    program._kind_of.cache_clear()
    assert history.equals(simulate(copy, seed=SEED))
    assert history.equals(pickle.loads(pickle.dumps(history)))


@pytest.mark.parametrize("name", KINDS)
def test_its_numbers_are_known(name: str) -> None:
    """Each number that a programme's rules read is one that a scenario gives it."""
    laid_out = tables(scenario_of([name])).programs[0]
    kind = kind_of(laid_out.kind)
    assert set(kind.numbers) <= set(laid_out.numbers) | set(kind.defaults)
