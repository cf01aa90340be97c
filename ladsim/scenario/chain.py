"""A segment's ladder as a continuous-time Markov chain, and the expected course of a market along it.

In: ``Tables``. Out: a `Chain` (states, rates of all changes), and by ``course`` the expected people on each rung from one date of the plan
to the next, with those who have become customers since the start. Where every wait is exponential, a customer's life is such a chain: a
`time` step has hazard h, an `order` step with probability p at order rate λ has hazard λp, and ``from_order = k`` adds stages that count the
orders since entry (the method of stages; Erlang 1917, Cox & Miller 1965). Between two dates every hazard is constant, so the expected
counts x follow dx/dt = xQ + a (a: arrivals), and one exponential of a matrix carries them over. Whoever becomes a customer for the first
time is counted by a second x, of those who have never bought, for whom the rungs of customers are the end.

What a scenario has beside this is left out here. ``theory.markov`` says of which scenarios nothing is left out, and closed forms go
through that; ``today`` solves response curves by the course of the market as far as this tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.model.curves import CURVES, response
from ladsim.model.layout import MONTH
from ladsim.model.levers import multiplier
from ladsim.model.triggers import ORDER, TIME
from ladsim.scenario.plan_tables import CampaignTable, EffectTable, ones
from ladsim.scenario.tables import Tables

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Chain:
    """One segment's ladder as n states: a rung, and the orders since entering it as far as they matter."""

    rung_names: tuple[str, ...]
    rung: NDArray[np.int64]  # (n,) rung of each state
    entry: NDArray[np.int64]  # (R,) state in which a rung is entered
    generator: Floats  # (n, n) Q: rates a month, rows sum to 0
    order_rate: Floats  # (n,) orders a month by the order clock
    orders: Floats  # (3, n, n): rates of changes (the diagonal too) that book 0, 1 and 2 orders
    entered: Floats  # (n, n): rates of entering a rung, by state left and entered
    bought: Floats  # (n, n): those of them that are themselves an order

    def by_rung(self, states: Floats) -> Floats:
        """Sum over the states of each rung: the last axis n becomes R."""
        out = np.zeros((*states.shape[:-1], len(self.rung_names)))
        for state, rung in enumerate(self.rung):
            out[..., rung] += states[..., state]
        return out


def chain(tables: Tables, segment: int = 0, lever_rung: Any = None, lever_step: Any = None) -> Chain:
    """The Markov chain of a segment's customers under constant levers (default: none), whatever else the scenario has.

    `lever_rung` is a row of FACTORS per rung, `lever_step` a factor per step, as the engines hold them for one segment.
    """
    rungs, steps = tables.rungs, tables.steps
    factor = tables.segment_step[segment] * (1.0 if lever_step is None else lever_step)
    rate = rungs["orders"] * tables.segment_rung["orders"][segment] * (1.0 if lever_rung is None else lever_rung["orders"])
    at_orders = steps["trigger"] == ORDER
    stages = [int(steps["after"][at_orders & (steps["origin"] == r)].max(initial=1)) for r in range(len(rungs))]
    entry = np.concatenate(([0], np.cumsum(stages)[:-1])).astype(np.int64)
    n = int(sum(stages))
    orders, entered, bought = np.zeros((3, n, n)), np.zeros((n, n)), np.zeros((n, n))

    def add(state: int, step: int, hazard: float, fired: int) -> None:
        to, buys = int(entry[steps[step]["to"]]), int(steps[step]["is_order"])
        orders[fired + buys, state, to] += hazard
        entered[state, to] += hazard
        bought[state, to] += hazard * buys

    for r, count in enumerate(stages):
        for stage in range(count):
            state = int(entry[r]) + stage
            for step, hazard in time_moves(steps, r, factor):
                add(state, step, hazard, 0)
            taken = _order_moves(steps, r, stage + 1, factor)
            for step, p in taken:
                add(state, step, float(rate[r]) * p, 1)
            stays = max(0.0, 1.0 - sum(p for _, p in taken))
            orders[1, state, int(entry[r]) + min(stage + 1, count - 1)] += float(rate[r]) * stays
    rung = np.repeat(np.arange(len(rungs)), stages)
    return Chain(tables.rung_names, rung, entry, _generator(orders), rate[rung], orders, entered, bought)


def _generator(changes: Floats) -> Floats:
    """Q from the rates of all changes: the diagonal makes the rows sum to 0."""
    q = changes.sum(axis=0)
    np.fill_diagonal(q, 0.0)
    np.fill_diagonal(q, -q.sum(axis=1))
    return q


def time_moves(steps: NDArray[Any], rung: int, factor: Floats) -> list[tuple[int, float]]:
    """The `time` steps that leave a rung, each with its hazard a month."""
    here = np.flatnonzero((steps["origin"] == rung) & (steps["trigger"] == TIME))
    return [(int(s), float(steps[s]["number"] * factor[s])) for s in here]


def _order_moves(steps: NDArray[Any], rung: int, orders_here: int, factor: Floats) -> list[tuple[int, float]]:
    """The steps active at this order and their probabilities: multipliers act on −ln(1 − p), sums above 1 are scaled."""
    here = np.flatnonzero((steps["origin"] == rung) & (steps["trigger"] == ORDER) & (steps["after"] <= orders_here))
    p = [_chance(float(steps[s]["number"]), float(factor[s])) for s in here]
    scale = 1.0 / max(1.0, sum(p))
    return [(int(s), x * scale) for s, x in zip(here, p, strict=True)]


def _chance(p: float, factor: float) -> float:
    if factor == 1.0 or p == 0.0:
        return p
    return 0.0 if factor == 0.0 else 1.0 if p >= 1.0 else float(-np.expm1(np.log1p(-p) * factor))


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


@dataclass(frozen=True)
class Passed:
    """Where a market is expected to stand at a date."""

    t: int
    counts: Floats  # (G, R) people
    won: Floats  # (G,) people who have become customers since the start and had not bought before
    counted: Floats  # (3, G) since the start, where asked for: orders, customers who came back, customers who left; else 0


ORDERS, BACK, LEFT = range(3)


def course(tables: Tables, counting: bool = False) -> Iterator[Passed]:
    """The market at time 0 and at every date of the plan after it, the horizon's last; with `counting` what has happened until then."""
    counts = _start(tables)
    pressures = [_Pressure(campaign) for campaign in tables.campaigns]
    dates = _dates(tables)
    groups = range(len(tables.segment_names))
    entries = [chain(tables, g) for g in groups]
    customers = tables.rungs["is_customer"] != 0
    never = np.where(customers | (tables.rungs["bought_before"] != 0), 0.0, counts)
    x = [_place(counts[g], entries[g].entry, len(entries[g].rung)) for g in groups]
    y = [_place(never[g], entries[g].entry, len(entries[g].rung)) for g in groups]
    counted = np.zeros((3, len(entries)))
    for place, t in enumerate(dates):
        for pressure in pressures:
            heads = float(counts[np.ix_(pressure.table.segments, pressure.table.rungs)].sum())
            pressure.follow(t, dates[max(0, place - 1)], heads, tables.unit)
        won = np.array([float(y[g][customers[entries[g].rung]].sum()) for g in groups])
        yield Passed(t, counts.copy(), won, counted.copy())
        if t == tables.horizon:
            return
        lever_rung, lever_step = _levers(tables, pressures, t)
        arriving, months = _arriving(tables, counts, t, dates[place + 1]), (dates[place + 1] - t) / MONTH
        for g in groups:
            c = chain(tables, g, lever_rung[g], lever_step[g])
            coming = _place(arriving[g], c.entry, len(c.rung))
            ending = np.where(customers[c.rung][:, None], 0.0, c.generator)
            new = np.where(tables.rungs["bought_before"][c.rung] != 0, 0.0, coming)
            if counting:
                is_customer = customers[c.rung]
                rates = _happening(c, is_customer)
                counted[:, g] += _meanwhile(x[g], c.generator, coming, rates, months)
                counted[BACK, g] -= _meanwhile(y[g], ending, new, rates, months)[BACK]  # who had never bought is new
            x[g] = _carry(x[g], c.generator, coming, months)
            y[g] = _carry(y[g], ending, new, months)
            counts[g] = c.by_rung(x[g])


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


def _happening(c: Chain, is_customer: NDArray[np.bool_]) -> Floats:
    """(n, 3) what happens a month in each state: orders, becoming a customer, ceasing to be one."""
    moves = np.where(np.eye(len(c.rung), dtype=bool), 0.0, c.generator)
    orders = c.orders[1].sum(axis=1) + 2.0 * c.orders[2].sum(axis=1)
    to_customer, away = moves[:, is_customer].sum(axis=1), moves[:, ~is_customer].sum(axis=1)
    return np.stack([orders, np.where(is_customer, 0.0, to_customer), np.where(is_customer, away, 0.0)], axis=1)


def _meanwhile(x: Floats, generator: Floats, arriving: Floats, rates: Floats, months: float) -> Floats:
    """How often things happen during `months` of dx/dt = xQ + a, by their `rates` in each state: a counter each beside the states."""
    from scipy.linalg import expm

    n, k = rates.shape
    whole = np.zeros((n + k + 1, n + k + 1))
    whole[:n, :n], whole[:n, n : n + k], whole[-1, :n] = generator, rates, arriving
    start = np.concatenate([x, np.zeros(k), [1.0]])
    return np.asarray((start @ expm(whole * months))[n : n + k], np.float64)


def _carry(x: Floats, generator: Floats, arriving: Floats, months: float) -> Floats:
    """x after `months` of dx/dt = xQ + a, by one exponential of the matrix with a constant state added."""
    n = len(x)
    whole = np.zeros((n + 1, n + 1))
    whole[:n, :n] = generator
    whole[n, :n] = arriving
    from scipy.linalg import expm

    return np.asarray((np.append(x, 1.0) @ expm(whole * months))[:n], np.float64)
