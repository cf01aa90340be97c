"""The year's wheel of a strategy: what is done for which rung, from when to when, and what it costs month by month.

In: the futures of a strategy (`Replications`) and the month at which the plan ends. Out: `Activity` records, those of the lowest rung
first, and a table by month. Costs are what was booked in the futures: the mean, with its 95 % interval where futures differ (contacts that
an event sets off, rewards that members take).

A campaign is for the rungs that it is aimed at and can move: those in its audience whom one of its effects touches. A programme is for
everybody who orders; a campaign that an event sets off is for the rungs on which it may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.measures.tidy import TRIGGERED_CAMPAIGN, causes_of, program_causes
from ladsim.measures.value import booked
from ladsim.model.layout import MONTH
from ladsim.planning import pairs
from ladsim.planning.replications import Replications
from ladsim.scenario.plan_tables import CampaignTable
from ladsim.scenario.tables import Tables

Floats = NDArray[np.float64]
COLUMNS = {
    "activity": ("", "campaign or programme, by its name; all: all of them together"),
    "year_plan.kind": (
        "",
        "campaign (between two months), triggered (set off by an event, customer by customer), program, policy",
    ),
    "rungs": ("", "for whom it is done, from below"),
    "cost": ("currency", "booked in the month before, mean over the futures: spend, set-up, contacts, rewards, running"),
}


@dataclass(frozen=True)
class Activity:
    """Something that is done, for whom, between which months, and what it costs: (futures, months), in currency."""

    name: str
    label: str  # "": it goes by its name
    kind: Literal["campaign", "triggered", "program", "policy"]
    rungs: tuple[str, ...]  # from below
    first: float
    last: float
    cost: Floats


def activities(runs: Replications, until: float) -> list[Activity]:
    """What a strategy does until a month, those for the lowest rungs first; costs of every whole month until then."""
    tables, first = runs.draws.tables(None), runs.histories[0]
    months = first.months[1:]
    whole = int(np.searchsorted(months, until + 1e-9))
    money = np.stack([booked(history)[1 : whole + 1] for history in runs.histories])
    start = np.stack([booked(history)[0] for history in runs.histories])  # set-up costs of the first day
    money[:, :1] += start[:, np.newaxis]
    found = [*_campaigns(tables, first, money, until), *_programs(tables, first, money, until)]
    order = {name: place for place, name in enumerate(tables.rung_names)}
    return sorted(found, key=lambda one: (min((order[rung] for rung in one.rungs), default=len(order)), one.first))


def _campaigns(tables: Tables, first: History, money: Floats, until: float) -> Iterator[Activity]:
    """Campaigns between two months."""
    for one in tables.campaigns:
        begin, end = one.start / MONTH, min(one.end / MONTH, until)
        if begin < until:
            cost = -money[:, :, first.causes.index(one.name)]
            yield Activity(one.name, one.label, "campaign", _touched(one, tables), begin, end, cost)


def _programs(tables: Tables, first: History, money: Floats, until: float) -> Iterator[Activity]:
    """Programmes, campaigns that an event sets off, which are played as such, and policies."""
    lines = causes_of(first)
    counted = lines.programs | lines.spend  # as in what a strategy costs in all: without fees and discounts
    buying = tuple(name for name, row in zip(tables.rung_names, tables.rungs, strict=True) if row["orders"] > 0.0)
    for place, one in enumerate(tables.programs):
        begin, end = one.starts / MONTH, min(one.ends / MONTH, until)
        if begin >= until:
            continue
        triggered = first.program_kinds[place] == TRIGGERED_CAMPAIGN
        own = np.zeros(len(first.causes), bool)
        own[program_causes(first, place)] = True
        joining = tuple(name for name, way in zip(tables.rung_names, one.joins, strict=True) if way["probability"] > 0.0)
        cost = -money[:, :, own & counted].sum(axis=2)
        rungs = joining if triggered and joining else buying
        yield Activity(one.name, one.label, "triggered" if triggered else "program", rungs, begin, end, cost)
    for place, cause in enumerate(first.causes):
        if cause.startswith("policy:"):
            yield Activity(cause, "", "policy", (), 0.0, until, -money[:, :, place])


def _touched(one: CampaignTable, tables: Tables) -> tuple[str, ...]:
    """The rungs of its audience that an effect of a campaign touches; the whole audience where it has no effect."""
    moved = np.zeros(len(tables.rung_names), bool)
    for effect in one.effects:
        moved |= effect.per_rung != 0.0
        for step in np.flatnonzero(effect.per_step):
            moved[int(tables.steps[step]["origin"])] = True
    reached = moved & one.rungs
    return tuple(name for name, is_one in zip(tables.rung_names, reached if reached.any() else one.rungs, strict=True) if is_one)


def year_plan(runs: Replications, until: float) -> pd.DataFrame:
    """Month by month what each activity costs: month, activity, kind, rungs, cost (+ _low, _high); "all" is their sum."""
    paired, done = bool(len(runs.parameters.columns)), activities(runs, until)
    rows = []
    for place in range(done[0].cost.shape[1] if done else 0):
        month = float(runs.histories[0].months[place + 1])
        for one in done:
            if (one.first < month and one.last > month - 1.0) or one.cost[:, place].any():
                rows.append([month, one.name, one.kind, ", ".join(one.rungs), *pairs.mean(one.cost[:, place], paired)])
        total = np.sum([one.cost[:, place] for one in done], axis=0)
        rows.append([month, "all", "", "", *pairs.mean(total, paired)])
    return pd.DataFrame(rows, columns=["month", "activity", "kind", "rungs", "cost", "cost_low", "cost_high"])
