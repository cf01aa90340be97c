"""Expected rung counts of a whole scenario, drawn beside its simulation.

In go a scenario's ``Tables``, out comes a table month × rung. Between two dates of the plan every hazard is constant, so the
expected counts x follow dx/dt = xQ + a (a: arrivals) and one matrix exponential carries them over. A campaign's strength depends
on how many there are to share its spend: here the audience is the expected one, which is exact for a large market (law of large
numbers; Kurtz 1970) and close for a small one. Without campaigns the counts are exact for any size of market, up to the rounding
of start shares and arrivals to whole people.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.model.layout import MONTH
from ladsim.model.levers import CURVES, multiplier, response
from ladsim.scenario.plan_tables import CampaignTable, EffectTable, ones
from ladsim.scenario.tables import Tables
from ladsim.theory.markov import chain, require

Floats = NDArray[np.float64]


@dataclass
class _Pressure:
    """A campaign's pressure as it builds up: spend per head now, what it added since the month began, what is carried over."""

    table: CampaignTable
    now: float = 0.0
    added: float = 0.0
    carried: float = 0.0
    active: bool = False

    def follow(self, t: int, since: int, heads: float, unit: int) -> None:
        """Go on to a date of the plan: at month starts carry over and look at the audience anew."""
        was, self.active = self.active, self.table.start <= t < self.table.end
        self.added += self.now * (t - since) / MONTH
        if t % MONTH == 0:
            self.carried = self.table.carry_over * (self.carried + self.added)
            self.added = 0.0
        if t % MONTH == 0 or self.active != was:
            self.now = self.table.monthly_spend / unit / heads if self.active and heads > 0.0 else 0.0

    def strength(self) -> float:
        """Share of the full effect."""
        by = self.table.response
        if by is None:
            return 0.0
        return float(response(CURVES.index(by.curve), self.carried + self.now, by.half_at, by.slope))


def expected_rung_counts(tables: Tables, *, by_segment: bool = False) -> pd.DataFrame:
    """Expected people of the whole market on each rung at every month start: month × rung.

    With `by_segment` the columns are (segment, rung). Raises StudyError, with the reason, where there is no closed form
    (``markov.reason_not``).
    """
    require(tables)
    counts = _start(tables)
    pressures = [_Pressure(campaign) for campaign in tables.campaigns]
    dates = _dates(tables)
    states = [chain(tables, g).entry for g in range(len(tables.segment_names))]
    x = [_place(counts[g], states[g], len(chain(tables, g).rung)) for g in range(len(states))]
    snapshots: list[tuple[float, Floats]] = []
    for place, t in enumerate(dates):
        for pressure in pressures:
            heads = float(counts[np.ix_(pressure.table.segments, pressure.table.rungs)].sum())
            pressure.follow(t, dates[max(0, place - 1)], heads, tables.unit)
        if t % MONTH == 0 or t == tables.horizon:
            snapshots.append((t / MONTH, counts.copy()))
        if t == tables.horizon:
            break
        lever_rung, lever_step = _levers(tables, pressures, t)
        arriving = _arriving(tables, counts, t, dates[place + 1])
        for g in range(len(x)):
            c = chain(tables, g, lever_rung[g], lever_step[g])
            coming = _place(arriving[g], c.entry, len(c.rung))
            x[g] = _carry(x[g], c.generator, coming, (dates[place + 1] - t) / MONTH)
            counts[g] = c.by_rung(x[g])
    return _table(tables, snapshots, by_segment)


def _dates(tables: Tables) -> list[int]:
    """All times at which something changes by itself."""
    dates = {0, tables.horizon, *range(0, tables.horizon, MONTH)}
    for record in (*tables.campaigns, *tables.shocks):
        dates |= {record.start, record.end}
    for _, _, start, end in tables.arrivals:
        dates |= {start, end}
    return sorted(date for date in dates if date <= tables.horizon)


def _start(tables: Tables) -> Floats:
    """Expected people per segment and rung at month 0, (G, R)."""
    scenario = tables.scenario
    copies = max((layer.graph.copies for layer in scenario.word_of_mouth), default=1)
    named = np.zeros(len(tables.rung_names))
    for rung, nodes in scenario.start.nodes.items():
        named[tables.rung(rung)] += len(set(nodes)) * copies
    whole = named + tables.start_shares * (scenario.market_size - named.sum())
    return np.outer(tables.segment_shares / tables.segment_shares.sum(), whole)


def _place(counts: Floats, entry: NDArray[np.int64], n: int) -> Floats:
    """Counts per rung as counts per state, all at their rung's first stage."""
    x = np.zeros(n)
    x[entry] = counts
    return x


def _levers(tables: Tables, pressures: list[_Pressure], t: int) -> tuple[NDArray[np.void], Floats]:
    """Factors of campaigns and shocks from `t` on: (G, R) of FACTORS, (G, S)."""
    rung, step = ones(*tables.segment_rung.shape), np.ones_like(tables.segment_step)

    def apply(record: CampaignTable, effect: EffectTable, strength: float) -> None:
        if effect.on == "steps":
            hit = record.rungs[tables.steps["origin"]]
            factors = np.where(hit, [multiplier(e, strength) for e in effect.per_step], 1.0)
            step[record.segments] *= factors
        else:
            factors = np.where(record.rungs, [multiplier(e, strength) for e in effect.per_rung], 1.0)
            rung[effect.on][record.segments] *= factors

    for pressure in pressures:
        for effect in pressure.table.effects:
            apply(pressure.table, effect, pressure.strength())
    for shock in tables.shocks:
        for effect in shock.effects if shock.start <= t < shock.end else ():
            apply(shock, effect, 1.0)
    return rung, step


def _arriving(tables: Tables, counts: Floats, t: int, until: int) -> Floats:
    """People a month who come in from outside between two dates (and leave `outside`), (G, R); never more than there are."""
    flow = np.zeros_like(counts)
    outside = np.flatnonzero(tables.rungs["outside"])
    waiting = counts[:, outside].sum(axis=1)
    wanted = sum(per_month for _, per_month, start, end in tables.arrivals if start <= t < end) * (until - t) / MONTH
    if wanted <= 0.0 or waiting.sum() <= 0.0:
        return flow
    share = waiting / waiting.sum() * min(1.0, waiting.sum() / wanted)
    for rung, per_month, start, end in tables.arrivals:
        if start <= t < end:
            flow[:, rung] += per_month * share
            flow[:, outside[0]] -= per_month * share
    return flow


def _carry(x: Floats, generator: Floats, arriving: Floats, months: float) -> Floats:
    """x after `months` of dx/dt = xQ + a, by one exponential of the matrix with a constant state added."""
    n = len(x)
    whole = np.zeros((n + 1, n + 1))
    whole[:n, :n] = generator
    whole[n, :n] = arriving
    from scipy.linalg import expm

    return np.asarray((np.append(x, 1.0) @ expm(whole * months))[:n], np.float64)


def _table(tables: Tables, snapshots: list[tuple[float, Floats]], by_segment: bool) -> pd.DataFrame:
    months = pd.Index([month for month, _ in snapshots], name="month")
    if by_segment:
        columns = pd.MultiIndex.from_product([tables.segment_names, tables.rung_names], names=["segment", "rung"])
        return pd.DataFrame([counts.ravel() for _, counts in snapshots], index=months, columns=columns)
    rungs = pd.Index(tables.rung_names, name="rung")
    return pd.DataFrame([counts.sum(axis=0) for _, counts in snapshots], index=months, columns=rungs)
