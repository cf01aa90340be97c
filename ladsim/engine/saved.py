"""A market as it stood at a month: all that it takes to go on from there, copied out of its block.

It stands just before the month: what is due at that very instant, its messages and the plan are still to come, so that a plan which
changes there changes what comes from that month on, and nothing is moved twice at one time. In: a simulation that has been played so far.
Out: a ``Saved``, which ``engine.gone_on`` puts into another simulation. It holds no address: any engine, on any host, with any number
of threads can go on.

Beside the customers' rows stand the hazards with which their clocks have run, and what serving them costs: where the plan that comes
makes others of them, clocks go on with what is left of their exposure, and the time until then is paid at the old cost.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ladsim.compiled import entry
from ladsim.engine.message_order import places_of
from ladsim.errors import StudyError
from ladsim.model import access
from ladsim.model.arrays import arrays_of
from ladsim.model.hazards import NOW, message_hazard, order_hazard, step_hazard
from ladsim.model.layout import MONTH, QUEUED_MESSAGE, TICK, Accumulators
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import Tables
from ladsim.world.build import World

if TYPE_CHECKING:
    from ladsim.engine.simulation import Simulation

LEVERS = ("lever_rung", "lever_step")
BOOKS = tuple(name for name, declared in arrays_of(Accumulators).items() if declared.is_summed)
PLAN_STATE = ("accounts", "upkeep", "campaigns", "engagement", "growth", "grown", "money")  # what moves of a plan's arrays


@entry("i8 i8 f8[]* ->")
def read_hazards(address, slots, hazards):  # type: ignore[no-untyped-def]
    """The hazards with which everybody's clocks run: of `time` steps in so many slots, of orders, of each layer's messages."""
    m = access.market(address)
    width = slots + 1 + m.layers
    for row in range(m.customers):
        c, group = access.head(m, row), access.group(m, row)
        r = access.rung(m, c.rung)
        for slot in range(r.time_count):
            hazards[row * width + slot] = step_hazard(m, row, group, r.time_first + slot, NOW)
        if m.order_column >= 0:
            hazards[row * width + slots] = order_hazard(m, row, group, c.rung, NOW)
        for layer in range(m.layers):
            hazards[row * width + slots + 1 + layer] = message_hazard(m, row, group, c.rung, layer, NOW)


@entry("i8 f8[]* ->")
def read_costs(address, costs):  # type: ignore[no-untyped-def]
    """What serving everybody costs a month: on the rung, then at the level in each programme."""
    m = access.market(address)
    width = 1 + m.programs
    for row in range(m.customers):
        costs[row * width] = access.cost_rate(m, access.group(m, row), access.head(m, row).rung)
        for place in range(m.programs):
            costs[row * width + 1 + place] = access.level_cost(m, access.level_of(m, row, place))


@dataclass(frozen=True, eq=False)
class Saved:
    """A market just before a month. N customers, W clocks, P programmes, n messages."""

    month: int
    tables: Tables
    market: NDArray[Any]  # (1,) MARKET, of which the addresses are of no use any more
    rows: NDArray[np.uint8]  # (N · stride,)
    hazards: NDArray[np.float64]  # (N, W) a unit of time
    costs: NDArray[np.float64]  # (N, 1 + P) amount units a month
    levers: dict[str, NDArray[Any]]  # as they are in force
    books: dict[str, NDArray[np.int64]]
    queued_messages: NDArray[Any]  # (n,) QUEUED_MESSAGE that wait
    delivered: NDArray[np.int64]  # (n,) the tick at which each is delivered
    plan: NDArray[Any]  # (1,) PLAN
    plan_arrays: dict[str, NDArray[Any]]
    log: tuple[NDArray[Any], ...]  # rows in order
    waiting: tuple[NDArray[Any], ...]  # rows of the tick that runs
    moved: int

    @property
    def time(self) -> int:
        """The month as a time."""
        return self.month * MONTH


@dataclass(frozen=True, eq=False)
class SavedRun:
    """What ``History.fork`` goes on from: the scenario with its strategies, the world, the market, and how it was played."""

    scenario: Scenario
    world: World
    market: Saved
    options: Any  # ``run.RunOptions``: how it was played
    play: Callable[..., Any]  # ``run.future``, which goes on with it


def month_to_save(plain: Scenario, month: Any, log: Any, after: int = 0) -> int:
    """The month at which a run can be saved, `after` the one from which it goes on. Raises StudyError with all reasons why it cannot."""
    last = math.ceil(plain.months) - 1
    problems = []
    if not isinstance(month, Integral) or isinstance(month, bool) or not 1 <= int(month) <= last:
        allowed = (
            f"must be a whole month from 1 to {last}" if last else f"a run of {plain.months:g} months has no month to stop at"
        )
        problems.append(f"save_at: found {month!r}, {allowed}")
    elif month <= after:
        problems.append(f"save_at: found {month}, must be after month {after}, from which this fork goes on")
    if plain.policies:
        names = ", ".join(policy.function for policy in plain.policies)
        problems.append(
            f"save_at: found policies ({names}), which are functions at work and cannot be saved: use campaigns with dates"
        )
    if not isinstance(log, bool):
        problems.append(
            f"save_at: found a log in a file ({log}), must be kept in memory (log=True) where a run is to go on from a month"
        )
    if problems:
        raise StudyError("\n".join(problems))
    return int(month)


def slots_of(tables: Tables) -> int:
    """How many `time` steps a rung has at most."""
    return int(tables.rungs["time_count"].max(initial=0))


def taken(simulation: Simulation, month: int) -> Saved:
    """A simulation that has been played to just before a month, saved."""
    tables, rules, size = simulation.tables, simulation.rules, simulation.state.due.size
    hazards = np.zeros(size * (slots_of(tables) + 1 + len(tables.layer_names)))
    simulation.block.call(read_hazards, simulation.address, slots_of(tables), hazards)
    costs = np.zeros(size * (1 + len(tables.programs)))
    simulation.block.call(read_costs, simulation.address, costs)
    queued, delivered = _queued(simulation, month * MONTH // TICK)
    return Saved(
        month=month,
        tables=tables,
        market=simulation.market.copy(),
        rows=simulation.state.rows.copy(),
        hazards=hazards.reshape(size, -1),
        costs=costs.reshape(size, -1),
        levers={name: getattr(rules, name).copy() for name in LEVERS},
        books={name: getattr(simulation.books, name).copy() for name in BOOKS},
        queued_messages=queued,
        delivered=delivered,
        plan=rules.plan.copy(),
        plan_arrays={name: getattr(rules.plan_arrays, name).copy() for name in PLAN_STATE},
        log=tuple(simulation.log.kept),
        waiting=tuple(simulation.log.waiting),
        moved=simulation.moved,
    )


def _queued(simulation: Simulation, first: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The messages that wait for the ticks from `first` on, and for which: (n,) QUEUED_MESSAGE, (n,)."""
    found, ticks = [np.zeros(0, QUEUED_MESSAGE)], [np.zeros(0, np.int64)]
    for address, books in zip(simulation.addresses, simulation.all_books, strict=True):
        for tick in (first + np.flatnonzero(books.queue_count[first:])).tolist():
            queued = books.queued_messages[simulation.block.call(places_of, address, tick)]
            found.append(queued)
            ticks.append(np.full(queued.size, tick))
    return np.concatenate(found), np.concatenate(ticks)
