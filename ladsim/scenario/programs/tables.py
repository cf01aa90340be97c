"""Programmes laid out: their numbers in the order their rules read them, their levels' factors, who joins where.

In: the programmes of a resolved scenario, the rungs and steps as tables. Out: a ``ProgramTable`` each. A level's benefits are
factors named as in a segment: orders, messages, basket, points, climbing, leaving, steps.FROM.TO; all levels have those of the programme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.model.layout import JOIN, MONTH, NEVER, PROGRAM_CAUSES, TICK
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.plan_tables import EffectTable, laid_effect, nearest_tick, ones
from ladsim.scenario.programs.record import Level, Program
from ladsim.scenario.spec import Effect, Scenario


@dataclass(frozen=True)
class ContactTable:
    """What a campaign after an event does to those under its effect, where its contacts count among those that tire."""

    bit: int  # of `view_bits`, which those under its effect have
    per_month: float  # contacts of each of them
    rungs: NDArray[np.bool_]  # (R,) where the effects act
    effects: tuple[EffectTable, ...]


@dataclass(frozen=True)
class ProgramTable:
    """A programme, ready to run. V levels (the first: no member), R rungs, S steps."""

    name: str
    label: str
    kind: str  # whose rules it is played by: a kind's, or those of a user's own file
    cause: int  # index of its first cause in Tables.causes
    numbers: Mapping[str, float]
    starts: int
    ends: int
    closes: int  # nobody joins after it
    level_names: tuple[str, ...]
    level_rung: NDArray[Any]  # (V, R) FACTORS
    level_step: NDArray[np.float64]  # (V, S)
    level_cost: NDArray[np.float64]  # (V,) amount units a month
    joins: NDArray[Any]  # (R,) JOIN
    setup_cost: float  # amount units, whole market
    cost_per_month: float  # amount units a month, whole market
    at_new_level: bool = False  # an order that changes the level earns points at the new one
    has_ranks: bool = True  # a higher level stands above a lower one
    ends_by_date: bool = False  # members have it until its end
    contact: ContactTable | None = None  # what it does, where that is not by factors of a level


def laid_programs(
    scenario: Scenario,
    names: tuple[str, ...],
    labels: tuple[str, ...],
    steps: NDArray[Any],
    rungs: NDArray[Any],
    unit: int,
    cause: int,
) -> tuple[ProgramTable, ...]:
    """The programmes, in the order of the file; `cause` is the first place for theirs."""
    tables = []
    for place, (name, program) in enumerate(zip(item_names("programs", scenario.programs), scenario.programs, strict=True)):
        levels = program.levels_of_members
        by_rung, by_step = ones(len(levels) + 1, len(names)), np.ones((len(levels) + 1, len(labels)))
        for place_of_level, level in enumerate(levels, 1):
            if program.has_benefits(level):
                _multiply(program.factors, by_rung[place_of_level], by_step[place_of_level], names, labels, steps, rungs)
            _multiply(level.factors, by_rung[place_of_level], by_step[place_of_level], names, labels, steps, rungs)
        tables.append(
            ProgramTable(
                name=name,
                label=program.label or name,
                kind=program.rules,
                cause=cause + place * len(PROGRAM_CAUSES),
                numbers=program.numbers(scenario),
                starts=nearest_tick(program.from_month),
                ends=_end(program),
                closes=NEVER if program.joins.to_month is None else nearest_tick(program.joins.to_month),
                level_names=("", *(level.name for level in levels)),
                level_rung=by_rung,
                level_step=by_step,
                level_cost=np.array([0.0, *(_cost_of(program, level) * unit for level in levels)]),
                joins=_joins(program, names, rungs),
                setup_cost=program.setup_cost * unit,
                cost_per_month=program.running_cost_per_month * unit,
                at_new_level=program.earns_at_new_level,
                has_ranks=program.has_ranks,
                ends_by_date=program.ends_by_date,
            )
        )
    return tuple(tables)


def _cost_of(program: Program, level: Level) -> float:
    """What a member of a level costs a month, in currency."""
    return level.cost_per_member + (program.cost_per_member if program.has_benefits(level) else 0.0)


def _end(program: Program) -> int:
    """When it is over; what is shorter than a tick lasts one."""
    if program.end is None:
        return NEVER
    return max(nearest_tick(program.end), nearest_tick(program.from_month) + TICK)


def _multiply(
    factors: Mapping[str, float],
    by_rung: Any,
    by_step: Any,
    names: tuple[str, ...],
    labels: tuple[str, ...],
    steps: NDArray[Any],
    rungs: NDArray[Any],
) -> None:
    """Multiply a level's benefits into its row of factors."""
    for on, factor in factors.items():
        effect = laid_effect(Effect(on=on, full=factor - 1.0), names, labels, steps, rungs)
        if effect.on == "steps":
            by_step *= 1.0 + effect.per_step
        else:
            by_rung[effect.on] *= 1.0 + effect.per_rung


def _joins(program: Program, names: tuple[str, ...], rungs: NDArray[Any]) -> NDArray[Any]:
    """Who joins where: (R,) JOIN."""
    table = np.zeros(len(names), JOIN)
    way = program.joins
    wanted, everybody = program.rungs, program.everybody_joins
    for row, name, rung in zip(table, names, rungs, strict=True):
        if name in wanted if wanted is not None else rung["is_customer"]:
            row["probability"] = 1.0 if everybody else way.probability or 0.0
            row["rate"] = 0.0 if everybody else float(streams.log1m(way.monthly or 0.0)) / MONTH
    return table
