"""A market at time 0: the arrays of ``model.layout`` filled from the scenario's tables and a world.

All luck comes by address, so the rows may be filled in any order. The start is exact: shares are quotas (largest remainder) over
the customers sorted by a start draw.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.compiled import compiled
from ladsim.model.layout import (
    CLOCK,
    CUSTOMER,
    LAYER,
    LETTER,
    LOG,
    MONTH,
    NEVER,
    NOBODY,
    NOTHING,
    PER_EDGE,
    PER_RECEIVER,
    TICK,
    Books,
    Rules,
    State,
)
from ladsim.scenario.tables import Tables, ones
from ladsim.world.build import World
from ladsim.world.population import quotas

TRAIT_LAWS = ("gamma", "inverse_gamma", "beta")


@compiled
def _fill_keys(customers, ids, run):  # type: ignore[no-untyped-def]
    for row in range(ids.size):
        customers[row].id = ids[row]
        customers[row].key = streams.customer_key(run, ids[row])


@compiled
def _fill_trait(customers, traits, column, law, a_word, a, b):  # type: ignore[no-untyped-def]
    for row in range(customers.size):
        key = customers[row].key
        if law == 0:
            traits[row, column] = streams.gamma_factor(key, a_word, streams.TRAIT, 0, a)
        elif law == 1:
            traits[row, column] = streams.inverse_gamma_factor(key, a_word, streams.TRAIT, 0, a)
        else:
            traits[row, column] = streams.beta_draw(key, a_word, streams.TRAIT, 0, a, b)


@compiled
def _fill_reach(reach, indptr, indices, in_degree, budget):  # type: ignore[no-untyped-def]
    for row in range(reach.size):
        first = indptr[row]
        last = indptr[row + 1]
        if budget == PER_EDGE:
            reach[row] = np.float64(last - first)
        elif budget == PER_RECEIVER:
            total = 0.0
            for e in range(first, last):
                total += 1.0 / in_degree[indices[e]]
            reach[row] = total
        else:
            reach[row] = 1.0 if last > first else 0.0


def rules_of(tables: Tables, world: World, log: bool) -> Rules:
    """The rules' arrays, with the graph of every layer and all levers at 1."""
    size, layers = world.ids.size, len(world.layers)
    market = tables.market.copy()
    market["log"] = log
    layer_table = np.zeros(max(1, layers), LAYER)
    indptr = np.zeros((max(1, layers), size + 1), np.int64)
    in_degree = np.zeros((max(1, layers), size), np.int32)
    reach = np.zeros((max(1, layers), size), np.float64)
    parts: list[NDArray[np.int32]] = []
    offset = 0
    for place, graph in enumerate(world.layers):
        budget = int(tables.budgets[place])
        layer_table[place] = (graph.kind == "everyone", budget, size)
        if graph.kind == "everyone":
            reach[place] = float(max(0, size - 1)) if budget == PER_EDGE else float(size > 1)
            continue
        in_degree[place] = graph.in_degree
        _fill_reach(reach[place], graph.indptr, graph.indices, graph.in_degree, budget)
        indptr[place] = graph.indptr + offset
        parts.append(graph.indices)
        offset += graph.indices.size
    segments, rungs = tables.segment_rung.shape
    return Rules(
        market=market,
        rungs=tables.rungs,
        steps=tables.steps,
        kinds=tables.kinds,
        segment_rung=tables.segment_rung,
        segment_step=tables.segment_step,
        lever_rung=ones(segments, rungs),
        lever_step=np.ones_like(tables.segment_step),
        talk=tables.talk,
        layers=layer_table,
        indptr=indptr,
        indices=np.concatenate(parts) if len(parts) > 1 else (parts[0] if parts else np.zeros(1, np.int32)),
        in_degree=in_degree,
        reach=reach,
    )


def state_of(tables: Tables, world: World, seed: int, replication: int) -> State:
    """One row per customer: keys, traits, the rung it starts on, the date it arrives."""
    size = world.ids.size
    market = tables.market[0]
    columns = int(market["time_slots"]) + 1 + int(market["layers"])
    customers, clocks, visits, traits = rows(size, columns, len(tables.rung_names), max(1, len(tables.traits)))
    run = np.uint64(streams.run_key(np.uint64(seed), np.uint64(replication)))
    _fill_keys(customers, world.ids, run)
    for name in ("due", "renewal_due", "arrival_due"):
        customers[name] = NEVER
    for name in ("customer_since", "first_order", "referrer"):
        customers[name] = NOBODY
    customers["what"] = NOTHING
    customers["segment"] = world.segment
    start_draw = streams.uniforms(run, world.ids, streams.NO_WORD, streams.START)
    order = np.lexsort((world.ids, start_draw))
    customers["rung"] = starting_rungs(tables, world, order)
    _set_arrivals(tables, world, customers, order, run)
    for column, (law, a_word, a, b) in enumerate(tables.traits):
        _fill_trait(customers, traits, column, TRAIT_LAWS.index(law), np.uint64(a_word), float(a), float(b))
    clocks["due"] = NEVER
    return State(customers, clocks, visits, traits)


def rows(size: int, columns: int, rungs: int, traits: int) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Customers, clocks, visits and traits: four views of one block, so that all of a customer stands together in memory."""
    kinds: tuple[tuple[np.dtype[Any], tuple[int, ...]], ...] = (
        (CUSTOMER, ()),
        (CLOCK, (columns,)),
        (np.dtype(np.float64), (traits,)),
        (np.dtype(np.uint32), (rungs,)),
    )
    lengths = [kind.itemsize * int(np.prod(shape)) for kind, shape in kinds]
    stride = -(-sum(lengths) // 64) * 64
    block = np.zeros(size * stride, np.uint8)
    found = []
    offset = 0
    for (kind, shape), length in zip(kinds, lengths, strict=True):
        strides = (stride, *(kind.itemsize for _ in shape))
        found.append(np.ndarray((size, *shape), kind, block.data, offset, strides))
        offset += length
    return found[0], found[1], found[3], found[2]


def starting_rungs(tables: Tables, world: World, order: NDArray[np.intp]) -> NDArray[np.int64]:
    """Rung of every customer at time 0: the pinned ones, then quotas of the shares in the order of the start draw."""
    rungs = world.pinned.astype(np.int64)
    free = order[rungs[order] < 0]
    shares = tables.start_shares
    rungs[free] = np.repeat(np.arange(shares.size), quotas(shares.tolist(), free.size))
    return rungs


def _set_arrivals(tables: Tables, world: World, customers: NDArray[Any], order: NDArray[np.intp], run: np.uint64) -> None:
    """Give the `outside` customers, in the order of the start draw, their instants of arrival: exact numbers a month."""
    if not tables.arrivals:
        return
    waiting = iter(order[tables.rungs["outside"][customers["rung"][order]] == 1])
    instant = streams.uniforms(run, world.ids, streams.NO_WORD, streams.ARRIVAL)
    carried = [0.0] * len(tables.arrivals)
    months = -(-tables.horizon // MONTH)
    for month in range(months):
        begin, end = month * MONTH, (month + 1) * MONTH
        for place, (rung, per_month, first, last) in enumerate(tables.arrivals):
            lo, hi = max(begin, first), min(end, last)
            if hi <= lo:
                continue
            carried[place] += per_month / world.scale * ((hi - lo) / MONTH)
            count = int(carried[place] + 1e-9)
            carried[place] -= count
            for _ in range(count):
                row = next(waiting, None)
                if row is None:
                    return
                customers["arrival_due"][row] = lo + max(1, int(np.ceil(instant[row] * (hi - lo))))
                customers["arrival_to"][row] = rung
                customers["arrival_flow"][row] = len(tables.steps) + place


def books_of(tables: Tables, world: World, rules: Rules) -> Books:
    """Empty books, their buffers large enough for the busiest single event."""
    segments, rungs = tables.segment_rung.shape
    months = -(-tables.horizon // MONTH)
    days = -(-tables.horizon // TICK)
    causes, layers = len(tables.causes), max(1, len(tables.layer_names))
    widest = sum(world.ids.size if g.kind == "everyone" else int(np.diff(g.indptr).max(initial=0)) for g in world.layers)
    starts = int(tables.rungs["start_orders"].max(initial=0))
    room = 2 * (1024 + widest + 8 * starts)  # an engine empties a buffer when half of it is full
    return Books(
        counts=np.zeros((segments, rungs), np.int64),
        flows=np.zeros((months + 1, len(tables.step_names), segments), np.int64),
        orders=np.zeros((months + 1, segments, rungs), np.int64),
        order_kinds=np.zeros((months + 1, max(1, len(tables.kind_names))), np.int64),
        newcomers=np.zeros((months + 1, segments, 2), np.int64),
        money=np.zeros((months + 1, causes, segments, rungs), np.int64),
        daily=np.zeros((days + 1, causes), np.int64),
        messages=np.zeros((months + 1, layers, 2), np.int64),
        cohorts=np.zeros((months + 1, rungs), np.int64),
        buyers=np.zeros((months + 1, months + 1), np.int64),
        log=np.zeros(room if rules.market[0]["log"] else 1, LOG),
        letters=np.zeros(room, LETTER),
    )
