"""What both engines share: SimPy's clock, the plan, the policies, when costs are settled and when the log is put away.

A ``Simulation`` is a simulation (``simulation``) with its plan, at time 0 or as it was saved. An engine adds one thing: who is next. It says how
customers begin (``begin``) and are set going (``set_going``), and lets their clocks follow when the plan has moved levers (``retime``).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

import simpy

from ladsim.engine.market import Market, run_policy
from ladsim.engine.market_arrays import MarketArrays
from ladsim.engine.phases import At, Phase, month_starts
from ladsim.engine.plan import Plan, too_much_money
from ladsim.engine.saved import Saved, taken
from ladsim.hosts.block import Block
from ladsim.model.layout import CAUSES, MONTH, MOST_MONEY, TICK, Accumulators, Parameters, State
from ladsim.scenario.tables import Tables

Events = Generator[simpy.Event, Any, None]


class Simulation(MarketArrays):
    """One run. ``run()`` plays it to the horizon; then everything stands in `books`, `state` and `sorted_log()`."""

    name = ""  # of the engine

    def __init__(
        self,
        tables: Tables,
        rules: Parameters,
        state: State,
        books: Accumulators,
        scale: float,
        block: Block,
        threads: int | None = None,
    ) -> None:
        super().__init__(tables, rules, state, books, block)
        self.since = 0  # from which time it is played
        self.save_at: int | None = None  # a month
        self.saved: Saved | None = None
        self.env = simpy.Environment(0)
        self.horizon = tables.horizon
        self.plan = Plan(tables, rules, books, scale, block, self)
        self.policy_notes: list[tuple[float, str]] = []

    def start(self) -> None:
        """Put the customers on their first rungs and set them going."""
        self.begin()
        self.set_going()

    def begin(self) -> None:
        """Begin every life at time 0."""
        raise NotImplementedError

    def set_going(self) -> None:
        """Let SimPy's clock call the customers, who have begun."""
        raise NotImplementedError

    def go_on_since(self, t: int) -> None:
        """Begin at a tick, before anything happens at it, with customers who stand in the middle of their lives."""
        self.since = t
        self.env = simpy.Environment(t - 1)

    def retime(self, t: int) -> None:
        """The plan has moved levers: let all clocks follow from `t` on."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what refers back here, so that a run's memory is free at once and not when it is next looked for."""
        self.plan.close()

    def run(self) -> None:
        """Play the market to its horizon."""
        with self.log:
            self._play()

    def _play(self) -> None:
        with self._in_order():
            if self.since == 0:
                self.begin()
            self.set_going()
        nobody_looks = self.plan_is_quiet and not self.is_logged
        if not nobody_looks:
            self.env.process(self._plan_process())
        self.env.process(self._bookkeeper())
        if self.is_logged:
            self.env.process(self._scribe())
        for number, policy in enumerate(self.tables.scenario.policies, 1):
            cause = len(CAUSES) + len(self.tables.campaigns) + number - 1
            market = Market(self.env, self.plan, number, cause, self.policy_notes)
            self.env.process(run_policy(self.env, market, policy, number))
        if self.save_at is not None:
            self.env.run(until=self.save_at * MONTH)  # before what happens there
            self.save(self.save_at)
        self.env.run(until=self.horizon + 1)
        if nobody_looks:
            self.plan.accrue_to_the_end()
        if self.moved >= MOST_MONEY:
            raise too_much_money()

    @property
    def plan_is_quiet(self) -> bool:
        """Whether the plan may book everything at the end: a run that is saved, or goes on, needs it as it stands at a month."""
        return self.plan.is_quiet and self.save_at is None and self.since == 0

    def save(self, month: int) -> None:
        """Keep the market as it stands just before a month; it has been played to the tick before."""
        self.approach(month * MONTH)
        self.flush_log()
        self.saved = taken(self, month)

    def approach(self, t: int) -> None:
        """Play what is left before a tick. On SimPy's clock that has been done."""

    def _plan_process(self) -> Events:
        """Campaigns and shocks act at their dates and at month starts."""
        for date in self._to_come(self.plan.dates):
            yield At(self.env, date, Phase.PLAN)
            self.plan.act(date)

    def _to_come(self, dates: Iterable[int]) -> list[int]:
        """Dates from when this is played on."""
        return [date for date in dates if date >= self.since]

    def clocks_change(self) -> None:
        """Once all have acted at this tick, every customer's clocks follow the levers."""
        now = int(self.env.now)
        At(self.env, now, Phase.RETIME).callbacks.append(lambda _: self.retime(now))  # type: ignore[union-attr]

    def _bookkeeper(self) -> Events:
        """What customers cost is booked at the horizon; at every month start too where a policy or the log looks on."""
        is_watched = self.is_logged or bool(self.tables.scenario.policies)
        for date in self._to_come(month_starts(self.horizon)) if is_watched else [self.horizon]:
            yield At(self.env, date, Phase.ACCRUE)
            self.settle(date)
            if self.moved >= MOST_MONEY:
                raise too_much_money()

    def _scribe(self) -> Events:
        """At every tick, once all have acted: what was written until then is in order and put away."""
        for date in range(self.since, self.horizon + 1, TICK):
            yield At(self.env, date, Phase.WRITE)
            self.flush_log()
            bookings = self.plan.take_bookings()
            if self.of_market:
                self.log.take(bookings)
            self.log.close_tick(date)
