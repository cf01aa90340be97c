"""The SimPy engine: one process per customer.

The process waits for what is due next and lets the rules act; a message or a change of the levers that moves the date interrupts
it. Between customers there is the courier, who delivers the tick's messages receiver by receiver. What happens in a customer's
life stands in ``model.behaviour``; here is only who is next. Follow one customer with ``simulate(…, log=True).events()``.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import simpy
from ladsim.compiled import compiled
from ladsim.engine.clockwork import ACCRUE, COURIER, PLAN, RETIME, SNAPSHOT, At, month_starts
from ladsim.engine.market import Market, run_policy
from ladsim.engine.plan import Plan
from ladsim.engine.snapshots import Snapshots
from ladsim.model import behaviour
from ladsim.model.layout import CAUSES, LETTER_ROWS, LOG, LOG_ROWS, TICK, Books, Rules, State
from ladsim.model.money import accrue
from ladsim.scenario.tables import Tables

Events = Generator[simpy.Event, Any, None]
_CHUNK = 256
_LOG_FULL = 512


@compiled
def _accrue_rows(state, rules, books, first, last, t):  # type: ignore[no-untyped-def]
    for row in range(first, last):
        accrue(state, rules, books, row, t)


@compiled
def _retime_rows(state, rules, t, before):  # type: ignore[no-untyped-def]
    for row in range(before.size):
        before[row] = state.customers[row].due
        behaviour.retime(state, rules, row, t)


class Reference:
    """One run on SimPy's clock. ``run()`` plays it to the horizon; then everything stands in `books` and `snapshots`."""

    def __init__(self, tables: Tables, rules: Rules, state: State, books: Books, scale: float) -> None:
        self.env = simpy.Environment(0)
        self.tables, self.rules, self.state, self.books = tables, rules, state, books
        self.horizon = tables.horizon
        self.plan = Plan(tables, rules, books, scale)
        self.plan.settle = self._settle
        self.snapshots = Snapshots(tables, state, books)
        self.policy_notes: list[tuple[float, str]] = []
        self.mail: dict[int, list[tuple[int, int, int, int, int]]] = {}
        self.log: list[NDArray[Any]] = []
        self.due = state.customers["due"]  # a view: always the rules' latest word
        self.processes: list[simpy.Process] = []

    def run(self) -> None:
        """Play the market to its horizon."""
        env = self.env
        for row in range(self.state.customers.size):
            behaviour.begin(self.state, self.rules, self.books, row)
            self._collect(after_own_event=True)
        self.snapshots.take(0)
        self._start_customers()
        env.process(self._plan_process())
        env.process(self._bookkeeper())
        for place, policy in enumerate(self.tables.scenario.policies):
            cause = len(CAUSES) + len(self.tables.campaigns) + place
            market = Market(env, self.plan, place + 1, cause, self.policy_notes)
            env.process(run_policy(env, market, policy, place + 1))
        env.run(until=self.horizon + 1)
        self._flush_log()

    def _start_customers(self) -> None:
        self.processes = [self.env.process(self.customer(row)) for row in range(self.state.customers.size)]

    def customer(self, row: int) -> Events:
        """A customer's life: wait for what is due, let it happen, again."""
        env = self.env
        while True:
            due = int(self.due[row])
            try:
                yield At(env, due) if due <= self.horizon else env.event()
            except simpy.Interrupt:
                continue  # a message or the plan moved the date
            behaviour.act(self.state, self.rules, self.books, row)
            self._collect(after_own_event=True)

    def courier(self, tick: int) -> Events:
        """Deliver the messages of one tick: by receiver, and to each in the order (time sent, sender, sender's number)."""
        yield At(self.env, tick * TICK, COURIER)
        now = tick * TICK
        for receiver, _, sender, number, layer in sorted(self.mail.pop(tick)):
            before = self.due[receiver]
            if behaviour.hear(self.state, self.rules, self.books, receiver, sender, number, layer, now) != before:
                self._wake(receiver)
            self._collect(after_own_event=False)

    def _plan_process(self) -> Events:
        """Campaigns and shocks act at their dates and at month starts."""
        self.env.process(self._retimer(0))
        for date in self.plan.dates():
            yield At(self.env, date, PLAN)
            self.plan.act(date)

    def _retimer(self, first: int) -> Events:
        """Once all have acted at a tick, every customer's clocks follow the levers."""
        yield At(self.env, first, RETIME)
        while True:
            now = int(self.env.now)
            if self.plan.dirty:
                self.plan.dirty = False
                before = np.empty(self.due.size, np.int64)
                _retime_rows(self.state, self.rules, now, before)
                for row in np.flatnonzero(before != self.due):
                    self._wake(int(row))
            yield At(self.env, now + TICK, RETIME)

    def _bookkeeper(self) -> Events:
        """At month starts and the horizon: what customers cost is booked before the plan acts, the snapshot taken after it."""
        for date in month_starts(self.horizon):
            yield At(self.env, date, ACCRUE)
            self._settle(date)
            yield At(self.env, date, SNAPSHOT)
            self.snapshots.take(date)

    def _settle(self, t: int) -> None:
        for first in range(0, self.due.size, _CHUNK):
            _accrue_rows(self.state, self.rules, self.books, first, min(first + _CHUNK, self.due.size), t)
            self._collect(after_own_event=False)

    def _wake(self, row: int) -> None:
        self.processes[row].interrupt()

    def _collect(self, after_own_event: bool) -> None:
        """Take letters and log rows out of the buffers. What an own event of (T−1, T] sends is delivered at T."""
        cursor = self.books.cursor
        letters = int(cursor[LETTER_ROWS])
        if letters:
            for receiver, sent, sender, number, layer in self.books.letters[:letters].tolist():
                tick = max(1, -(-sent // TICK)) if after_own_event else int(self.env.now) // TICK + 1
                if tick not in self.mail:
                    self.mail[tick] = []
                    if tick * TICK <= self.horizon:
                        self.env.process(self.courier(tick))
                self.mail[tick].append((receiver, sent, sender, number, layer))
            cursor[LETTER_ROWS] = 0
        if cursor[LOG_ROWS] > _LOG_FULL:
            self._flush_log()

    def _flush_log(self) -> None:
        rows = int(self.books.cursor[LOG_ROWS])
        self.log.append(self.books.log[:rows].copy())
        self.books.cursor[LOG_ROWS] = 0

    def sorted_log(self) -> NDArray[Any]:
        """All rows by (time, customer, sequence)."""
        rows = np.concatenate([*self.log, self.plan.log_rows(np.zeros(0, LOG))])
        return rows[np.lexsort((rows["sequence"], rows["customer"], rows["time"]))]
