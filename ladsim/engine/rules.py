"""The rules' arrays, from the scenario's tables and a world: numbers, graphs, programmes, all levers at 1.

Here stands too which parts of a row a scenario needs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.compiled import entry
from ladsim.engine.plan_arrays import arrays_of, contacts_after_events
from ladsim.hosts.block import Block
from ladsim.model import access, arrays
from ladsim.model.hazards import work_out
from ladsim.model.layout import (
    JOIN,
    LAYER,
    LAYER_ARRAYS,
    MARKET,
    NEVER,
    NOBODY,
    PER_RECEIVER,
    PROGRAM,
    PROGRAM_ARRAYS,
    Parameters,
    lay_out,
)
from ladsim.model.records import FACTORS
from ladsim.scenario.plan_tables import ones
from ladsim.scenario.programs.rules import Kind, kind_of
from ladsim.scenario.tables import Tables
from ladsim.world.build import World
from ladsim.world.graph import ReferralGraph


@entry("f8[]* i8[] i4[] i4[] ->")
def fill_reach(reach, indptr, indices, in_degree):  # type: ignore[no-untyped-def]
    """What one message a month of each node makes under `per_receiver`: Σ 1 / in-degree of its neighbours."""
    for row in range(reach.size):
        total = 0.0
        for e in range(indptr[row], indptr[row + 1]):
            total += 1.0 / in_degree[indices[e]]
        reach[row] = total


@entry("f4[]* f8[]* i8[] i4[] f4[] f8[] ->")
def fill_weights(cumulative, reach, indptr, indices, weights, shared_by):  # type: ignore[no-untyped-def]
    """Of each node, its ties' weights as far as each tie, and all of them; each is divided by what `shared_by` says of the neighbour."""
    for row in range(reach.size):
        total = 0.0
        for e in range(indptr[row], indptr[row + 1]):
            total += np.float64(weights[e]) / shared_by[indices[e]]
            cumulative[e] = np.float32(total)
        reach[row] = total


@entry("f8[]* i4[] f4[] ->")
def fill_weight_in(weight_in, indices, weights):  # type: ignore[no-untyped-def]
    """The weights of all ties to each node."""
    for e in range(indices.size):
        weight_in[indices[e]] += np.float64(weights[e])


def parts_of(tables: Tables, log: bool, rows: bool, saves: bool = False) -> dict[str, int]:
    """How many of each part of a row this scenario needs (``row.PARTS``); `saves`: so that another plan can go on with it."""
    plan = tables.scenario
    views = _views(tables) > 1
    personal = bool(tables.programs) or plan.satisfaction is not None or views
    moved = bool(tables.campaigns or tables.shocks or plan.policies or plan.engagement) or personal
    orders = bool((tables.rungs["orders"] > 0.0).any() or tables.rungs["start_orders"].any() or tables.steps["is_order"].any())
    layers = len(tables.layer_names)
    most = int(tables.rungs["time_count"].max(initial=0))
    moved = moved or saves
    slots = most if moved else min(most, 1)
    return {
        "head": 1,
        "clocks": slots + orders + layers,
        "slots": slots,
        "all_slots": int(moved),
        "orders": int(orders),
        "after": int((tables.steps["after"] > 1).any()),
        "kept": int(orders and plan.money.returns is not None),
        "talk": int(layers > 0),
        "renewals": int(tables.rungs["renewal_count"].any()),
        "arrival": int(bool(tables.arrivals)),
        "costs": int(
            saves
            or tables.payments.size > 0
            or (tables.rungs["cost"] > 0.0).any()
            or any((p.level_cost > 0.0).any() for p in tables.programs)
        ),
        "stay": int((tables.steps["within"] < NEVER).any()),
        "outcome": int(rows),
        "sequence": int(log),
        "view": int(views),
        "mood": int(plan.satisfaction is not None),
        "members": len(tables.programs),
        "prepaid": tables.payments.size,
        "memory": sum(_memory(tables)),
        "traits": len(tables.traits),
        "visits": len(tables.rung_names),
    }


def _views(tables: Tables) -> int:
    """As how many the firm may see a customer."""
    return _seen(tables) << len(tables.view_bits)


def _seen(tables: Tables) -> int:
    """What the firm may take a customer's rung for: what it is, or, below each share of errors, any rung."""
    return 1 + tables.beliefs.size * len(tables.rung_names)


def _kind(tables: Tables, place: int) -> Kind:
    return kind_of(tables.programs[place].kind)


def _memory(tables: Tables) -> list[int]:
    """Whole numbers that each programme remembers of a customer."""
    return [_kind(tables, place).memory_size(program.numbers) for place, program in enumerate(tables.programs)]


def parameters_of(tables: Tables, world: World, block: Block, log: bool, rows: bool = True, saves: bool = False) -> Parameters:
    """The rules' arrays, with the graph of every layer and all levers at 1.

    `rows`: keep what was booked to each customer. `saves`: the market is to be saved, or goes on from what was.
    """
    segments, rungs = tables.segment_rung.shape
    layers, steps = len(world.layers), tables.steps.size
    needed = parts_of(tables, log, rows, saves)
    market = block.zeros(1, MARKET)
    market[:] = tables.market
    market["log"] = log
    market["slots"], market["all_slots"] = needed["slots"], needed["all_slots"]
    market["order_column"] = needed["slots"] if needed["orders"] else NOBODY
    market["talk_column"] = needed["slots"] + needed["orders"]
    market["numbered"] = _is_numbered(world)
    market["views"], market["seen"], market["belief_steps"] = _views(tables), _seen(tables), tables.beliefs.size
    market["programs"] = len(tables.programs)
    market["personal"] = needed["view"] or needed["mood"] or needed["members"]
    lay_out(market, needed)
    of_levels = _stacked([p.level_step for p in tables.programs], np.float64, steps)
    table_of_steps = tables.steps.copy()
    table_of_steps["personal"] = (of_levels != 1.0).any(axis=0) | (table_of_steps["feeling"] != 0.0)
    if contacts_after_events(tables):  # by which a customer comes into another group where it stands
        table_of_steps["personal"] = 1
    table, graphs = _layers(tables, world, block)
    programs, numbers = _programs(tables, block)
    put, groups = block.put, segments * _views(tables)
    plan, plan_arrays = arrays_of(tables, groups, world.scale, log, block)
    lengths = {"rungs": rungs, "steps": steps, "groups": groups, "layers": layers}
    return arrays.empty(
        Parameters,
        block,
        lengths,
        market=market,
        rungs=put(tables.rungs),
        steps=put(table_of_steps),
        kinds=put(tables.kinds[: len(tables.kind_names)]),
        segment_rung=put(tables.segment_rung),
        segment_step=put(tables.segment_step),
        lever_rung=put(ones(groups, rungs)),
        lever_step=put(np.ones((groups, steps))),
        talk=put(tables.talk),
        layers=table,
        cause_kinds=put(tables.cause_kinds),
        programs=programs,
        joins=put(_stacked([p.joins for p in tables.programs], JOIN, rungs)),
        level_rung=put(_stacked([p.level_rung for p in tables.programs], FACTORS, rungs)),
        level_step=put(of_levels),
        level_cost=put(np.concatenate([np.zeros(0), *(p.level_cost for p in tables.programs)])),
        return_shares=put(tables.return_shares),
        payments=put(tables.payments),
        beliefs=put(tables.beliefs),
        graphs=(*graphs, numbers),
        plan=plan,
        plan_arrays=plan_arrays,
    )


def _stacked(parts: list[NDArray[Any]], kind: Any, width: int) -> NDArray[Any]:
    """Tables of programmes, one below the other: (rows, width)."""
    return np.concatenate([np.zeros((0, width), kind), *(np.atleast_2d(part) for part in parts)])


def _programs(tables: Tables, block: Block) -> tuple[NDArray[Any], list[NDArray[np.float64]]]:
    """The programmes' records, and the numbers they point to."""
    records = block.zeros(len(tables.programs), PROGRAM)
    kept: list[NDArray[np.float64]] = []
    first = memory = 0
    for place, (row, program, words) in enumerate(zip(records, tables.programs, _memory(tables), strict=True)):
        kind = _kind(tables, place)
        kept.append(block.put(np.array([program.numbers.get(n, kind.defaults.get(n, 0.0)) for n in kind.numbers], np.float64)))
        row["stream_id"] = streams.stream_id("program " + program.name)
        arrays.point(row, block, PROGRAM_ARRAYS, {"numbers": kept[-1]})
        row["starts"], row["ends"], row["closes"] = program.starts, program.ends, program.closes
        row["first"], row["levels"], row["memory"], row["cause"] = first, program.level_cost.size, memory, program.cause
        row["payment"] = tables.payment_sources.index(program.name) if kind.is_in_advance else NOBODY
        row["manual"], row["in_money"], row["at_new_level"] = kind.is_manual, kind.is_in_money, program.at_new_level
        for name, function in kind.hooks.items():
            row[name] = block.hook(function)
        first += program.level_cost.size
        memory += words
    return records, kept


def _is_numbered(world: World) -> bool:
    """Whether the ids are 0 … N − 1."""
    return world.file_ids is None or bool((world.file_ids == np.arange(world.size, dtype=np.uint64)).all())


def _layers(tables: Tables, world: World, block: Block) -> tuple[NDArray[Any], tuple[Any, ...]]:
    """The layers' records, and the arrays they point to."""
    table = block.zeros(len(world.layers), LAYER)
    kept: list[NDArray[Any]] = []
    for row, graph, budget, layer in zip(table, world.layers, tables.budgets, tables.scenario.word_of_mouth, strict=True):
        row["detractor"] = layer.detractor_factor
        row["everyone"], row["budget"], row["nodes"] = graph.kind == "everyone", int(budget), graph.nodes
        if graph.kind == "everyone":
            continue
        ties = {"indptr": block.put(graph.indptr, np.int64), "indices": block.put(graph.indices, np.int32)}
        if graph.weights is not None:
            row["weighted"] = True
            ties |= _weighted(graph, int(budget), block)
        elif int(budget) == PER_RECEIVER:
            ties |= {"in_degree": block.put(graph.in_degree, np.int32), "reach": block.put(_reach(graph), np.float64)}
        arrays.point(row, block, LAYER_ARRAYS, ties)
        kept += ties.values()
    return table, tuple(kept)


def _reach(graph: ReferralGraph) -> NDArray[np.float64]:
    """What the budget `per_receiver` makes of one message a month of each customer: Σ 1 / in-degree of its neighbours."""
    reach = np.zeros(graph.nodes)
    fill_reach(reach, graph.indptr, graph.indices, graph.in_degree)
    return reach


def _weighted(graph: ReferralGraph, budget: int, block: Block) -> dict[str, NDArray[Any]]:
    """What a layer's weights are to its budget: each tie's weight over the mean of the layer, or over all that its receiver has."""
    weights = graph.weights if graph.weights is not None else np.ones(graph.indices.size, np.float32)
    shared_by = np.zeros(graph.nodes)
    if budget == PER_RECEIVER:
        fill_weight_in(shared_by, graph.indices, weights)
    else:
        shared_by += weights.astype(np.float64).mean()
    cumulative, reach = np.empty(weights.size, np.float32), np.empty(graph.nodes)
    fill_weights(cumulative, reach, graph.indptr, graph.indices, weights, shared_by)
    return {"cumulative": block.put(cumulative, np.float32), "reach": block.put(reach, np.float64)}


@entry("i8 ->")
def work_out_rates(address):  # type: ignore[no-untyped-def]
    """Work out what the levers, as they stand, make of all rates."""
    work_out(access.market(address))


def market_columns(rules: Parameters) -> int:
    """How many clocks a row has."""
    market = rules.market[0]
    return int(market["slots"] + (market["order_column"] >= 0) + market["layers"])
