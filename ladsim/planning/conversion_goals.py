"""Conversion goals: for each step, who could take it, who does today, what is committed, and what more (or fewer) would cost.

In: futures of a strategy, and the same futures of the scenario as it stands. Out: a table, a row for each pair of rungs or states FROM →
TO between which a step leads, whatever its trigger; where there are several segments, one more for each. Steps up the ladder and back
onto it are to be taken by at least so many; steps down or off it, such as leaving, by at most so many (``step_wants_more``). Conversion
is people who took it ÷ all who stood on FROM (``measures.conversion_rate`` by month, ``measures.cumulative_conversion`` until then);
extra conversions are those of the strategy less those of the same market without it, and one costs extra money ÷ extra conversions
(``extra``); of a step down or off, extra money ÷ those that are avoided. All of the extra money is divided by each step's number: the
prices of two steps are no two bills. A segment has no price: the money reaches all segments together, and no book tells it apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.measures.ladder import rung_wants_more, step_wants_more, taken_and_stood
from ladsim.measures.stability import whole_months
from ladsim.measures.tidy import causes_of, people, program_causes, ratio
from ladsim.measures.value import booked_units
from ladsim.planning import pairs
from ladsim.planning.attainment import as_in_market
from ladsim.planning.extra import price_of_more
from ladsim.planning.once import once
from ladsim.planning.pairs import NOTHING, Estimate
from ladsim.planning.replications import Replications

Floats = NDArray[np.float64]
COMMITTED = 0.8
AT_LEAST, AT_MOST = "at least", "at most"
OF_ALL_SEGMENTS = "segment"  # why a segment's conversions have no price
TODAY = ("converted_today", "monthly_today", "rate_today")
EXTRA = ("extra_conversions", "cost_per_extra_conversion")


def conversion_goals(runs: Replications, base: Replications | None, place: int) -> pd.DataFrame:
    """What is to become of each step until the month start number `place`: steps up first, then those back, down and off.

    Columns: from, to, meets ("at least" or "at most"), segment (empty: everybody), potential (people on the rung at the start),
    converted_today, monthly_today, rate_today (number until then, share a month, share until then, of the scenario as it stands),
    number_commit, rate_commit (what the strategy meets with 80 %), extra_conversions, cost_per_extra_conversion (NaN under no
    strategy, and for a segment), why there is no cost; _low and _high of each estimate. Without `base` nothing is said of today nor of what is extra.
    """
    first = runs.histories[0]
    groups: list[int | None] = [None, *(range(len(first.segment_names)) if len(first.segment_names) > 1 else ())]
    rows = [_row(runs, base, place, steps, group) for steps in all_steps(first) for group in groups]
    today, extra = ([name for stem in stems for name in (stem, f"{stem}_low", f"{stem}_high")] for stems in (TODAY, EXTRA))
    order = ["from", "to", "meets", "segment", "potential", *today, "number_commit", "rate_commit", *extra, "why"]
    return pd.DataFrame(rows, columns=order)


def all_steps(history: History) -> list[list[int]]:
    """Places of the steps from one rung or state to another, those between the same two together.

    Those up the ladder first, then those back onto it, then those down and off it; who comes in from outside takes none.
    """
    names = history.rung_names
    found: dict[tuple[str, str], list[int]] = {}
    for step, (origin, to, _) in enumerate(history.step_ends):
        if origin in names and to in names and origin != to:
            found.setdefault((origin, to), []).append(step)

    def place(steps: list[int]) -> tuple[int, int, int]:
        origin, to = (names.index(end) for end in history.step_ends[steps[0]][:2])
        up = rung_wants_more(history, origin) and rung_wants_more(history, to) and to > origin
        return 0 if up else 1 if step_wants_more(history, steps[0]) else 2, origin, to

    return sorted(found.values(), key=place)


def _row(runs: Replications, base: Replications | None, place: int, steps: Sequence[int], group: int | None) -> dict[str, Any]:
    """One step, of everybody or of one segment: `place` is a month start, `steps` are those between the same two rungs."""
    first = runs.histories[0]
    origin, to, _ = first.step_ends[steps[0]]
    paired = bool(len(runs.parameters.columns))
    taken, rates = _until(runs, place, steps, group)
    at_start = first.counts[0, :, first.rung_names.index(origin)]
    more = step_wants_more(first, steps[0])
    committed = [
        pairs.met_with(as_in_market(values, first.scale, paired), COMMITTED, paired, at_most=not more).value
        for values in (taken, np.nan_to_num(rates, nan=0.0))
    ]
    today, extra, why = _today(base, place, steps, group), (NOTHING, NOTHING), ""
    if base is not None and base is not runs:
        extra, why = _extra(runs, base, place, taken - _until(base, place, steps, group)[0], more)
        if group is not None and not why:
            extra, why = (extra[0], NOTHING), OF_ALL_SEGMENTS
    row: dict[str, Any] = {
        "from": origin, "to": to, "meets": AT_LEAST if more else AT_MOST, "segment": "" if group is None else first.segment_names[group],
        "potential": float(people(first, at_start.sum() if group is None else at_start[group])),
        "number_commit": committed[0], "rate_commit": committed[1], "why": why,
    }  # fmt: skip
    for name, estimate in zip((*TODAY, *EXTRA), (*today, *extra), strict=True):
        row |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return row


@once
def _taken_and_stood(runs: Replications) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Of each future who took each step in a month, and who stood on the rung left in it: (M+1, steps, segments) each."""
    return [taken_and_stood(history, "segment") for history in runs.histories]


def _parts(runs: Replications, steps: Sequence[int], group: int | None) -> list[tuple[Floats, Floats]]:
    """Of each future simulated people who took one of the steps in a month, and who stood on the rung left in it: (M+1,) each."""
    chosen = slice(None) if group is None else slice(group, group + 1)
    return [
        (
            np.asarray(taken[:, list(steps)].sum(axis=1)[:, chosen].sum(axis=1), np.float64),
            np.asarray(stood[:, steps[0]][:, chosen].sum(axis=1), np.float64),
        )
        for taken, stood in _taken_and_stood(runs)
    ]


def _ever(history: History, stood: Floats, steps: Sequence[int], group: int | None, place: int) -> float:
    """Simulated people who ever stood on the rung left, until a month start; `stood`: in each month."""
    rung = history.rung_names.index(history.step_ends[steps[0]][0])
    chosen = slice(None) if group is None else slice(group, group + 1)
    waiting = history.counts[:, chosen, rung].sum(axis=1)
    entered = stood[1 : place + 1] - waiting[:place]
    return float(waiting[0] + entered.sum())


def _sums(runs: Replications, place: int, steps: Sequence[int], group: int | None) -> tuple[Floats, Floats]:
    """Simulated people who took one of the steps until then, and who ever stood there: (futures,) each."""
    found = _parts(runs, steps, group)
    taken = np.array([flow[: place + 1].sum() for flow, _ in found])
    ever = np.array([_ever(h, stood, steps, group, place) for h, (_, stood) in zip(runs.histories, found, strict=True)])
    return taken, ever


def _until(runs: Replications, place: int, steps: Sequence[int], group: int | None) -> tuple[Floats, Floats]:
    """People who took one of the steps until then, and the share of all who ever stood there: (futures,) each."""
    taken, ever = _sums(runs, place, steps, group)
    return people(runs.histories[0], taken), ratio(taken, ever)


def _today(base: Replications | None, place: int, steps: Sequence[int], group: int | None) -> tuple[Estimate, Estimate, Estimate]:
    """How many take a step in the scenario as it stands, as a share of a month, and as a share of all until then."""
    if base is None:
        return NOTHING, NOTHING, NOTHING
    paired, first = bool(len(base.parameters.columns)), base.histories[0]
    months = whole_months(first)[: place + 1]
    found = _parts(base, steps, group)
    flow, stood = (np.array([part[which][: place + 1][months].sum() for part in found]) for which in (0, 1))
    taken, ever = _sums(base, place, steps, group)
    of_month, of_all = (pairs.within(pairs.ratio(own, of, paired), "share") for own, of in ((flow, stood), (taken, ever)))
    return pairs.of_unit(people(first, taken), "people", paired), of_month, of_all


def _extra(
    runs: Replications, base: Replications, place: int, beyond: Floats, more: bool
) -> tuple[tuple[Estimate, Estimate], str]:
    """Extra conversions, what one costs (where fewer are better: one that is avoided), and why there is no cost."""
    paired = bool(len(runs.parameters.columns) or len(base.parameters.columns))
    money = np.array(
        [_spent(ours, place) - _spent(theirs, place) for ours, theirs in zip(runs.histories, base.histories, strict=True)]
    )
    number, price, why = price_of_more(money, beyond if more else -beyond, paired)
    return (number if more else Estimate(-number.value, -number.high, -number.low), price), why


def _spent(history: History, place: int) -> float:
    """Spend on campaigns and policies, and what programmes cost less their fees, until a month start, in the currency."""
    lines = causes_of(history).spend.copy()
    lines[program_causes(history, 0).start :] = True
    units = -int(booked_units(history)[: place + 1, lines].sum())
    return float(units * history.scale / history.unit)


COLUMNS = {
    "from": ("", "rung that is left"),
    "to": ("", "rung that is reached"),
    "conversion_goals.meets": ("", "at least: more are better; at most: fewer are (steps down, and off the ladder)"),
    "conversion_goals.segment": ("", "part of the market; empty: everybody"),
    "potential": ("people", "who stand on the rung left at the start"),
    "converted_today": ("people", "who take the step until then in the scenario as it stands, mean"),
    "monthly_today": ("share a month", "of all who stood there in a month, over all whole months, in the scenario as it stands"),
    "rate_today": ("share", "of all who ever stood there until then, in the scenario as it stands"),
    "conversion_goals.number_commit": ("people", "who take the step under the strategy, met with 80 % probability"),
    "conversion_goals.rate_commit": ("share", "of all who ever stood there until then, met with 80 % probability"),
    "extra_conversions": ("people", "who take the step under the strategy less those of the scenario as it stands, mean"),
    "cost_per_extra_conversion": (
        "currency",
        "all extra money until then ÷ extra_conversions (at most: ÷ conversions that are avoided); none for a segment; empty: see why",
    ),
    "conversion_goals.why": (
        "",
        "no cost per extra conversion: few futures, no_money, money_unsure, saves, unsure (perhaps none), fewer, "
        "segment (the money reaches all segments together)",
    ),
}
