"""The plan: campaigns, shocks and what policies do, as processes on SimPy's clock.

The plan alone writes the levers' factors in ``Rules``, group by group: an effect holds for those whom its campaign reaches
(``reach``), less where contacts have tired them. It acts at month starts, at the dates of campaigns and shocks and when a policy
wakes; a change at tick T governs what comes after T. Spend and fixed costs grow with time and are booked as whole numbers whose sum
is the rounded total, so equal budgets are equal to the last unit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ladsim.engine.clockwork import month_starts
from ladsim.engine.engagement import Stock
from ladsim.engine.reach import audience_share, leaving_steps, reached, tiredness
from ladsim.errors import StudyError
from ladsim.model.layout import C_FIXED_COST, E_BOOK, LOG, MONTH, MOST_MONEY, NOBODY_ID, P_RUNNING, Books, Rules
from ladsim.model.levers import CURVES, multipliers
from ladsim.model.money import day_of, month_of
from ladsim.scenario.plan_tables import ENGAGEMENT, CampaignTable, EffectTable, ones
from ladsim.scenario.tables import Tables


def too_much_money() -> StudyError:
    """What a run ends with whose money no longer fits into the books."""
    return StudyError(
        "money: found more in one run than can be counted exactly (about 20 trillion in a currency with cents, 2,000 trillion without): "
        "give amounts in thousands, or simulate a smaller sample"
    )


_MOST = 1e18  # of a factor: many levers together would come to infinity, and that times nothing is no number


class Account:
    """Money that grows with time: whole amounts whose sum is the rounded total."""

    def __init__(self, cause: int, rate: float = 0.0) -> None:
        self.cause = cause
        self.rate = rate  # amount units a month
        self.until = 0
        self.total = 0.0
        self.booked = 0

    def advance(self, t: int) -> tuple[int, int]:
        """Amount to book for the time since the last call, and the middle of that time."""
        middle = self.until + (t - self.until) // 2
        self.total += self.rate * ((t - self.until) / MONTH)
        if not abs(self.total) < MOST_MONEY:
            raise too_much_money()
        amount = round(self.total) - self.booked
        self.booked += amount
        self.until = t
        return amount, middle


@dataclass
class Running:
    """A campaign as it runs: what it spends, the pressure it has built up, its strength now."""

    table: CampaignTable
    account: Account
    reached: Any  # (A, R) whether it reaches a group on a rung
    share: Any  # (R,) expected share of those on a rung whom it takes for its audience
    planned: float  # amount units a month, for the simulated part of the market
    active: bool = False
    carried: float = 0.0  # pressure left over from former months
    spent_pressure: float = 0.0  # pressure × time since the last month start
    since: int = 0
    pressure: float = 0.0
    strength: float = 0.0


class Plan:
    """Campaigns, shocks and policy factors of one run, and the market's own money."""

    def __init__(self, tables: Tables, rules: Rules, books: Books, scale: float) -> None:
        self.tables, self.rules, self.books, self.scale = tables, rules, books, scale
        self.views = rules.lever_rung.shape[0] // len(tables.segment_names)
        self.campaigns = [
            Running(c, Account(c.cause), reached(tables, c, self.views), audience_share(tables, c), c.monthly_spend / scale)
            for c in tables.campaigns
        ]
        self.shocks = [(shock, reached(tables, shock, self.views)) for shock in tables.shocks]
        self.engagement = Stock(tables, rules.lever_rung.shape[0])
        self.fixed = Account(C_FIXED_COST, tables.fixed_cost / scale)
        self.programs = [(program, Account(program.cause + P_RUNNING)) for program in tables.programs]
        self._leaving = leaving_steps(tables)
        self.market_money = np.zeros((books.money.shape[0], len(tables.causes)), np.int64)
        self.own_factors: dict[tuple[int, str], tuple[EffectTable, Any, Any]] = {}  # (policy, what) → effect and audience
        self.settle: Callable[[int], None] = lambda t: None  # the engine's: book what customers cost until now
        self.log: list[tuple[int, int, int, int]] = []  # time, sequence, cause, amount
        self.worked_out: Callable[[], None] = lambda: None  # the engine's: the rates follow the levers
        self.changed: Callable[[], None] = lambda: None  # the engine's: clocks follow at the end of this tick's plan phase
        self.moved = 0  # all that was booked here, signs aside
        self._announced = -1
        self._begun: set[str] = set()  # programmes whose set-up is paid

    @property
    def is_quiet(self) -> bool:
        """Whether nothing ever moves a lever or looks at the market: then the plan only books fixed costs."""
        moved = self.campaigns or self.shocks or self.tables.scenario.policies
        return not moved and self.tables.scenario.engagement is None

    def dates(self) -> list[int]:
        """All times at which the plan acts by itself, 0 included."""
        horizon = self.tables.horizon
        dates = {0, *month_starts(horizon)}
        for record in (*self.tables.campaigns, *self.tables.shocks):
            dates |= {record.start, record.end}
        for program in self.tables.programs:
            dates |= {program.starts, program.ends}
        return sorted(date for date in dates if date <= horizon)

    def book(self, t: int, cause: int, amount: int, middle: int) -> None:
        """Book market-wide money (a cost is a positive `amount` here)."""
        if amount == 0:
            return
        self.moved += abs(amount)
        if self.moved >= MOST_MONEY:
            raise too_much_money()
        self.market_money[month_of(t), cause] -= amount
        self.books.daily[day_of(middle), cause] -= amount
        self.log.append((t, len(self.log), cause, -amount))

    def accrue(self, t: int) -> None:
        """Book spend and fixed costs up to `t`."""
        for account in (self.fixed, *(running.account for running in self.campaigns)):
            self.book(t, account.cause, *account.advance(t))
        for program, account in self.programs:
            self.book(t, account.cause, *account.advance(t))
            account.rate = program.cost_per_month / self.scale if program.starts <= t < program.ends else 0.0
            if t == program.starts and program.name not in self._begun:  # a policy may come again at the same tick
                self._begun.add(program.name)
                self.book(t, account.cause, round(program.setup_cost / self.scale), t)

    def act(self, t: int) -> None:
        """Everything the plan does by itself at `t`: start and end campaigns and shocks, evaluate spend and carry-over."""
        self.accrue(t)
        for running in self.campaigns:
            self._evaluate(running, t, is_month_start=t % MONTH == 0)
        self.refresh(t)

    def _evaluate(self, running: Running, t: int, is_month_start: bool) -> None:
        """Follow a campaign's dates; at a month start carry its pressure over and look at the audience anew."""
        table = running.table
        was = running.active
        running.active = table.start <= t < table.end
        if running.active and not was and t == table.start:
            self.book(t, table.cause, round(table.setup_cost / self.scale), t)
        running.spent_pressure += running.pressure * ((t - running.since) / MONTH)
        running.since = t
        if is_month_start:
            running.carried = table.carry_over * (running.carried + running.spent_pressure)
            running.spent_pressure = 0.0
        if is_month_start or running.active != was:
            self._set_pressure(running)

    def _set_pressure(self, running: Running) -> None:
        """Spend per head of the audience and month, from now on."""
        running.account.rate = running.planned if running.active else 0.0
        people = self.books.counts[running.table.segments].sum(axis=0)
        heads = sum(int(n) * float(share) for n, share in zip(people, running.share, strict=True))
        running.pressure = running.account.rate / self.tables.unit / heads if heads > 0.0 else 0.0

    def set_spend(self, running: Running, t: int, monthly: float) -> None:
        """Change what a campaign spends (amount units a month, simulated part of the market) from `t` on."""
        self.accrue(t)
        running.spent_pressure += running.pressure * ((t - running.since) / MONTH)
        running.since = t
        running.planned = monthly
        self._set_pressure(running)
        self.refresh(t)

    def refresh(self, t: int) -> None:
        """Work all factors out anew; the customers' clocks follow at the end of the tick's plan phase."""
        self.engagement.follow(t)
        rung, step = self._factors(t)
        if not np.array_equal(rung["cost"], self.rules.lever_rung["cost"]):
            self.settle(t)  # what was served until now is paid at the old cost
        if not (np.array_equal(rung, self.rules.lever_rung) and np.array_equal(step, self.rules.lever_step)):
            self.rules.lever_rung[:] = rung
            self.rules.lever_step[:] = step
            if self._announced != t:
                for table in (self.rules.step_number, self.rules.order_rate, self.rules.message_rate):
                    table[1] = table[0]  # what clocks have run with until now
                self._announced = t
                self.changed()
            self.worked_out()

    def _factors(self, t: int) -> tuple[Any, Any]:
        """The factors of all levers at `t`: (A, R) FACTORS, (A, S)."""
        rung, step = ones(*self.rules.lever_rung.shape), np.ones_like(self.rules.lever_step)
        self.engagement.rate[:] = 0.0
        tired = self._tire(step)
        for running in self.campaigns:
            response = running.table.response
            x = running.carried + running.pressure
            running.strength = CURVES[response.curve](x, response.half_at, response.slope) if response and x > 0.0 else 0.0
            strength = running.strength * tired if running.table.aim.contacts > 0.0 else running.strength
            for effect in running.table.effects:
                self._apply(rung, step, effect, float(running.active) if effect.throughout else strength, running.reached)
        for shock, hit in self.shocks:
            if shock.start <= t < shock.end:
                for effect in shock.effects:
                    self._apply(rung, step, effect, 1.0, hit)
        for effect, segments, rungs in self.own_factors.values():
            self._apply(rung, step, effect, 1.0, np.tile(np.outer(segments, rungs), (self.views, 1)))
        self.engagement.apply(rung, step)
        return rung, step

    def _tire(self, step: Any) -> Any:
        """What contacts leave of the effects of those that contact, 1 where nobody is tired; who is tired leaves sooner."""
        habits = self.tables.scenario.contacts
        active = [running for running in self.campaigns if running.active and running.planned > 0.0]
        if (habits.tiring == 0.0 and habits.leaving_effect == 0.0) or not any(r.table.aim.contacts > 0.0 for r in active):
            return 1.0
        contacts = sum(running.table.aim.contacts * running.reached for running in active)
        tired, leaving = tiredness(contacts, habits.free_per_month, habits.tiring, habits.leaving_effect)
        for s in self._leaving:
            step[:, s] *= leaving[:, self.tables.steps["origin"][s]]
        return tired

    def _apply(self, rung: Any, step: Any, effect: EffectTable, strength: Any, reached: Any) -> None:
        """Multiply one effect into the factors of whom it reaches; what is felt is added. `strength`: a number, or (A, R)."""
        strength = np.broadcast_to(strength, reached.shape)
        if not strength.any():
            return
        if effect.on == "steps":
            origins = self.tables.steps["origin"]
            for s in np.flatnonzero(effect.per_step):
                hit = reached[:, origins[s]]
                step[hit, s] = np.minimum(step[hit, s] * multipliers(float(effect.per_step[s]), strength[hit, origins[s]]), _MOST)
            return
        column = self.engagement.rate if effect.on == ENGAGEMENT else rung[effect.on]
        for r in np.flatnonzero(effect.per_rung):
            hit = reached[:, r]
            if effect.on in ("quality", ENGAGEMENT):
                column[hit, r] += float(effect.per_rung[r]) * strength[hit, r]
            else:
                column[hit, r] = np.minimum(column[hit, r] * multipliers(float(effect.per_rung[r]), strength[hit, r]), _MOST)

    def log_rows(self, first: int) -> np.ndarray[Any, Any]:
        """The market's own bookings from the `first` on, as rows of the event log (customer: nobody)."""
        rows = np.zeros(len(self.log) - first, LOG)
        for row, (t, sequence, cause, amount) in zip(rows, self.log[first:], strict=True):
            row["time"], row["sequence"], row["cause"], row["amount"] = t, sequence, cause, amount
            row["event"], row["customer"], row["other"] = E_BOOK, NOBODY_ID, NOBODY_ID
        return rows
