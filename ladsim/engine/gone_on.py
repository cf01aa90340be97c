"""A saved market put into a simulation: it goes on from its month by the simulation's scenario, which may be another.

In: a ``Saved``, and a simulation at time 0 of the same world and run. What both have is copied, part of the row by part of the row and book by
book, by the names of programmes, campaigns and causes; what only the simulation has is as at its beginning. The levers in force are the old ones
until the plan acts at the month, as it does at every month start; clocks whose hazard is another for another reason (a number of the
scenario, a programme) go on with what is left of their exposure, and programmes of other terms set their dates by these. With the same
scenario nothing changes by a bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.engine.fork_rules import (
    begin_program,
    change_terms,
    count_moods,
    go_on_otherwise,
    pay_fixed_cost,
    pay_old_costs,
    see_anew,
)
from ladsim.engine.plan import too_much_money
from ladsim.engine.rules import work_out_rates
from ladsim.engine.saved import LEVERS, Saved, slots_of
from ladsim.engine.simulation import Simulation
from ladsim.engine.state import columns, draws_of, mark_contacted, set_arrivals
from ladsim.model.arrays import arrays_of
from ladsim.model.audience import EVENTS
from ladsim.model.hazards import FRESH
from ladsim.model.layout import (
    E_BOOK,
    E_CASH,
    E_EARN,
    E_EXPIRE,
    E_LEVEL,
    E_REDEEM,
    MONTH,
    MOODS,
    NEVER,
    NOBODY,
    PIECE,
    Accumulators,
)
from ladsim.model.message_queue import room as messages_room
from ladsim.scenario.change_of_course import memory_size, same_view
from ladsim.scenario.programs.rules import kind_of
from ladsim.scenario.programs.tables import ProgramTable
from ladsim.scenario.tables import Tables
from ladsim.world.build import World

Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]  # places of the same thing before and after
# Parts copied as they are.
_ALIKE = ("head", "orders", "after", "kept", "talk", "renewals", "costs", "outcome", "sequence", "mood", "visits")
_OF_PROGRAMS = (E_LEVEL, E_EARN, E_REDEEM, E_EXPIRE)  # events whose cause is a programme
_PLAN_RECORD = ("moved", "booked", "announced", "since", "counted")
_BUILT_UP = ("carried", "gathered", "pressure", "strength", "since", "active")  # of a campaign
_OF_GROUPS = ("engagement", "growth", "grown")
_STANDING = MOODS[:4]  # of the moods: what changes with who somebody is now


@dataclass(frozen=True)
class Same:
    """What a market and the one it goes on as have both, by name: places before, places after."""

    programs: Pairs
    campaigns: Pairs
    causes: Pairs
    levels: Pairs
    payments: Pairs

    @classmethod
    def of(cls, before: Tables, after: Tables) -> Same:
        """Compare two scenarios' tables."""
        programs = _pairs([_identity(p) for p in before.programs], [_identity(p) for p in after.programs])
        return cls(
            programs,
            _pairs([c.name for c in before.campaigns], [c.name for c in after.campaigns]),
            _pairs(before.causes, after.causes),
            _spread(programs, [p.level_cost.size for p in before.programs], [p.level_cost.size for p in after.programs]),
            _pairs(_paid(before), _paid(after)),
        )

    def on(self, axis: Any) -> Pairs | None:
        """The places along an axis of the books; None where they are the same."""
        return {"causes": self.causes, "programs": self.programs, "levels": self.levels, "payments": self.payments}.get(str(axis))


def _identity(program: ProgramTable) -> tuple[Any, ...]:
    return program.name, program.kind, program.level_names, memory_size(program)


def _paid(tables: Tables) -> list[tuple[str, str, bool]]:
    """What is paid in advance: whose it is, as what it is earned, and whether customers have paid it (of a contract's returns both are)."""
    causes = (tables.causes[cause] for cause in tables.payments["cause"])
    return list(zip(tables.payment_sources, causes, map(bool, tables.payments["is_owed"]), strict=True))


def _pairs(before: Any, after: Any) -> Pairs:
    """Places of what both have."""
    places = {name: place for place, name in enumerate(before)}
    found = [(places[name], place) for place, name in enumerate(after) if name in places]
    return tuple(np.array(found, np.intp).reshape(-1, 2).T)  # type: ignore[return-value]


def _spread(pairs: Pairs, before: list[int], after: list[int]) -> Pairs:
    """Places of several things each, which stand one behind the other: so many of each before and after."""
    first, last = (np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp) for sizes in (before, after))
    steps = [np.arange(after[place]) for place in pairs[1]]
    ends = [np.concatenate([np.zeros(0, np.intp), *(b[p] + s for p, s in zip(ps, steps, strict=True))])
            for b, ps in ((first, pairs[0]), (last, pairs[1]))]  # fmt: skip
    return ends[0], ends[1]


def go_on(simulation: Simulation, saved: Saved, world: World) -> None:
    """Put a saved market into a simulation, which plays on from its month. Raises StudyError where there is too much money to be counted."""
    same, t = Same.of(saved.tables, simulation.tables), saved.time
    for name in LEVERS:
        getattr(simulation.rules, name)[...] = saved.levers[name][old_groups(saved.tables, simulation.tables)]
    simulation.block.call(work_out_rates, simulation.address)
    _take_rows(simulation, saved, same, world)
    _take_books(simulation, saved, same)
    _take_messages(simulation, saved)
    _take_plan(simulation, saved, same)
    _take_log(simulation, saved, same)
    simulation.market["moved"] = saved.moved
    simulation.block.call(go_on_otherwise, simulation.address, slots_of(simulation.tables), saved.hazards.ravel(), t)
    _pay(simulation, saved, same)
    _count_moods(simulation, t)
    simulation.go_on_since(t)


def old_groups(before: Tables, after: Tables) -> NDArray[np.intp]:
    """What each group of customers was to the levers before: (groups,)."""
    segments, rungs = len(after.segment_names), len(after.rung_names)
    was_seen, seen = (1 + tables.beliefs.size * rungs for tables in (before, after))
    view, segment = np.divmod(np.arange((seen << len(after.view_bits)) * segments), segments)
    for_life, belief = np.divmod(view, seen)
    known = np.zeros_like(for_life)
    bits = [stream_id for stream_id, _ in after.view_bits]
    for place, (stream_id, _) in enumerate(before.view_bits):
        if stream_id in bits:
            known |= (for_life >> bits.index(stream_id) & 1) << place
    at, rung = np.divmod(belief - 1, rungs)
    if after.beliefs.size:  # who errs with a share errs with all larger ones
        at = np.searchsorted(before.beliefs, after.beliefs)[at].astype(np.int64)
    taken = np.where((belief > 0) & (at < before.beliefs.size), 1 + at * rungs + rung, 0)
    return np.asarray((known * was_seen + taken) * segments + segment)


def _part(market: Any, rows: NDArray[np.uint8], name: str, count: int = 1) -> NDArray[Any] | None:
    """A part of all rows, (N, count); None where the market does without."""
    return columns(market, rows, name, count) if market[f"part_{name}"][0] >= 0 else None


def _take_rows(simulation: Simulation, saved: Saved, same: Same, world: World) -> None:
    """Customers as they stand."""
    t = saved.time
    for name in _ALIKE:
        count = len(simulation.tables.rung_names) if name == "visits" else 1
        own, old = _part(simulation.market, simulation.state.rows, name, count), _part(saved.market, saved.rows, name, count)
        if own is not None and old is not None:
            own[:] = old
    stay, entered = _part(simulation.market, simulation.state.rows, "stay"), _part(saved.market, saved.rows, "stay")
    if stay is not None:
        stay["entered"] = t if entered is None else entered["entered"]
    _take_clocks(simulation, saved)
    _take_arrivals(simulation, saved, world)
    _take_members(simulation, saved, same)
    own, old = (_part(market, rows, "prepaid", len(tables.payments)) for market, rows, tables in (
        (simulation.market, simulation.state.rows, simulation.tables), (saved.market, saved.rows, saved.tables)))  # fmt: skip
    if own is not None and old is not None:
        own[:, same.payments[1]] = old[:, same.payments[0]]
    view, was_seen = _part(simulation.market, simulation.state.rows, "view"), _part(saved.market, saved.rows, "view")
    if view is not None and was_seen is not None and same_view(saved.tables, simulation.tables):
        view[:] = was_seen
    elif view is not None:
        simulation.block.call(see_anew, simulation.address)
    mark_contacted(simulation.market, simulation.state, simulation.tables)
    for was, now in zip(*same.programs, strict=True):
        if saved.tables.programs[was].numbers != simulation.tables.programs[now].numbers:
            simulation.block.call(change_terms, simulation.address, now, t)
    for place, program in enumerate(simulation.tables.programs):
        if place not in same.programs[1]:
            simulation.block.call(begin_program, simulation.address, place, t, _looks(program))


def _looks(program: ProgramTable) -> bool:
    """Whether a programme that begins looks at where everybody stands: of contacts after an event only those after a silence do."""
    if program.kind == "triggered_campaign":
        return EVENTS[int(program.numbers["event"])] == "no_order"
    return kind_of(program.kind).is_manual and "on_enter" in kind_of(program.kind).hooks


def _take_clocks(simulation: Simulation, saved: Saved) -> None:
    """Every clock, where the row has it now."""
    slots, layers = slots_of(simulation.tables), len(simulation.tables.layer_names)
    own, old = (
        _part(market, rows, "clocks", slots + int(market["order_column"][0] >= 0) + layers)
        for market, rows in ((simulation.market, simulation.state.rows), (saved.market, saved.rows))
    )
    if own is None:
        return
    own[:] = FRESH  # an order clock that has never run
    if old is not None:
        kept = slots + int(simulation.market["order_column"][0] >= 0 and saved.market["order_column"][0] >= 0)
        own[:, :kept] = old[:, :kept]
        own[:, own.shape[1] - layers :] = old[:, old.shape[1] - layers :]


def _take_arrivals(simulation: Simulation, saved: Saved, world: World) -> None:
    """When who is still outside comes: as before, or by other numbers from the month on."""
    own, old = _part(simulation.market, simulation.state.rows, "arrival"), _part(saved.market, saved.rows, "arrival")
    if own is None or old is None:
        return
    own[:] = old
    if simulation.tables.arrivals == saved.tables.arrivals:
        return
    head = columns(saved.market, saved.rows, "head", 1)[:, 0]
    visits = columns(saved.market, saved.rows, "visits", len(simulation.tables.rung_names))
    waits = (simulation.tables.rungs["outside"][head["rung"]] == 1) & (visits.sum(axis=1) == 1) & (old["due"][:, 0] > saved.time)
    draws = simulation.block.call(draws_of, simulation.address, streams.START)
    instants = simulation.block.call(draws_of, simulation.address, streams.ARRIVAL)
    order = np.flatnonzero(waits)
    own["due"][order] = NEVER
    order = order[np.lexsort((world.ids[order], draws[order]))]
    set_arrivals(simulation.tables, world, own[:, 0], order, instants, saved.time)


def _take_members(simulation: Simulation, saved: Saved, same: Same) -> None:
    """What programmes know of customers."""
    before, after = saved.tables.programs, simulation.tables.programs
    if not same.programs[0].size:
        return
    own, old = (
        columns(market, rows, "members", len(programs))
        for market, rows, programs in ((simulation.market, simulation.state.rows, after), (saved.market, saved.rows, before))
    )
    for was, now in zip(*same.programs, strict=True):
        own[:, now] = old[:, was]
        due, level = own["due"][:, now], own["level"][:, now]
        if before[was].starts != after[now].starts and not kind_of(after[now].kind).is_manual:
            due[level == 0] = np.where(due[level == 0] == before[was].starts, max(after[now].starts, saved.time), due[level == 0])
        if after[now].ends_by_date and before[was].ends != after[now].ends:
            due[level > 0] = max(after[now].ends, saved.time)
    pairs = _spread(same.programs, [memory_size(p) for p in before], [memory_size(p) for p in after])
    if pairs[0].size:
        remembered = columns(saved.market, saved.rows, "memory", sum(memory_size(p) for p in before))
        columns(simulation.market, simulation.state.rows, "memory", sum(memory_size(p) for p in after))[:, pairs[1]] = remembered[
            :, pairs[0]
        ]


def _take_books(simulation: Simulation, saved: Saved, same: Same) -> None:
    """Everything that was counted and booked."""
    declared = arrays_of(Accumulators)
    for name, old in saved.books.items():
        _take(getattr(simulation.books, name), old, [same.on(axis) for axis in declared[name].axes])


def _take(own: NDArray[Any], old: NDArray[Any], pairs: list[Pairs | None]) -> None:
    """Copy an array whose places along one axis at most are others now."""
    axis = next((place for place, found in enumerate(pairs) if found is not None), None)
    if axis is None:
        own[...] = old
        return
    was, now = pairs[axis]  # type: ignore[misc]
    np.moveaxis(own, axis, 0)[now] = np.moveaxis(old, axis, 0)[was]


def _take_messages(simulation: Simulation, saved: Saved) -> None:
    """Messages that wait, in a list for each tick."""
    ticks, counts = np.unique(saved.delivered, return_counts=True)
    pieces = -(-counts // PIECE)
    ends = np.cumsum(pieces)
    begun = int(pieces.sum())
    while messages_room(simulation.books.pieces.size - begun) < simulation.market["reserve"][0]:
        simulation.make_room()
    books = simulation.books
    behind_others = np.arange(saved.queued_messages.size) - np.repeat(np.cumsum(counts) - counts, counts)  # of the same tick
    places = np.repeat((ends - pieces) * PIECE, counts) + behind_others
    books.queued_messages[places] = saved.queued_messages[np.argsort(saved.delivered, kind="stable")]
    books.pieces[:begun] = np.arange(-1, begun - 1)
    books.pieces[ends - pieces] = NOBODY
    books.queue[ticks], books.queue_count[ticks] = ends - 1, counts
    simulation.market["begun"] = begun


def _take_plan(simulation: Simulation, saved: Saved, same: Same) -> None:
    """What campaigns have built up, what is paid until when, engagement, the market's own money."""
    own, old, t = simulation.rules.plan_arrays, saved.plan_arrays, saved.time
    for name in _PLAN_RECORD:
        simulation.rules.plan[name] = saved.plan[name]
    rate = own.accounts["rate"][0]
    own.accounts["until"] = own.campaigns["since"] = t
    pairs = [np.concatenate([[0], 1 + same.campaigns[side], 1 + size + same.programs[side]]).astype(np.intp)
             for side, size in enumerate((old["campaigns"].size, own.campaigns.size))]  # fmt: skip
    for name in ("rate", "total", "booked", "until"):
        own.accounts[name][pairs[1]] = old["accounts"][name][pairs[0]]
    own.upkeep["paid"][same.programs[1]] = old["upkeep"]["paid"][same.programs[0]]
    for name in _BUILT_UP:
        own.campaigns[name][same.campaigns[1]] = old["campaigns"][name][same.campaigns[0]]
    groups = old_groups(saved.tables, simulation.tables)
    for name in _OF_GROUPS:
        if old[name].size:
            getattr(own, name)[...] = old[name][groups]
    _take(own.money, old["money"], [None, same.causes])
    if own.accounts["rate"][0] != rate:
        if not simulation.block.call(pay_fixed_cost, simulation.address, t):
            raise too_much_money()
        own.accounts["rate"][0] = rate


def _take_log(simulation: Simulation, saved: Saved, same: Same) -> None:
    """The log until the month."""
    log = simulation.log
    log.kept = [_renamed(rows, same) for rows in saved.log]
    log.waiting = [_renamed(rows, same) for rows in saved.waiting]
    log.waiting_rows = sum(rows.size for rows in log.waiting)
    log.count = log.waiting_rows + sum(rows.size for rows in log.kept)


def _renamed(rows: NDArray[Any], same: Same) -> NDArray[Any]:
    """Rows of the log whose causes of money and programmes have the places they have now."""
    found = rows.copy()
    for (was, now), is_meant in (
        (same.causes, np.isin(rows["event"], (E_BOOK, E_CASH))),
        (same.programs, np.isin(rows["event"], _OF_PROGRAMS)),
    ):
        if is_meant.any():
            places = np.full(int(rows["cause"][is_meant].max()) + 1, NOBODY)
            inside = was < places.size
            places[was[inside]] = now[inside]
            found["cause"][is_meant] = places[rows["cause"][is_meant]]
    return found


def _pay(simulation: Simulation, saved: Saved, same: Same) -> None:
    """Pay until the month what serving people has cost, at the old costs, where they are others now."""
    programs, size = len(simulation.tables.programs), simulation.state.due.size
    costs = np.zeros((size, 1 + programs))
    costs[:, 0] = saved.costs[:, 0]
    costs[:, 1 + same.programs[1]] = saved.costs[:, 1 + same.programs[0]]
    for first in range(0, size, simulation.portion):
        simulation.block.call(
            pay_old_costs, simulation.address, first, min(first + simulation.portion, size), costs.ravel(), saved.time
        )
        simulation.flush_log()


def _count_moods(simulation: Simulation, t: int) -> None:
    """Count everybody in the mood it is in now: what makes a promoter may be another number."""
    moods = simulation.books.moods
    if moods.size:
        moods[t // MONTH, ..., : len(_STANDING)] -= moods.sum(axis=0)[..., : len(_STANDING)]
        simulation.block.call(count_moods, simulation.address, t)
