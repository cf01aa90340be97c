"""What both engines share: SimPy's clock, the plan, the policies, the books, the snapshots, the log.

A ``Stage`` is a market at time 0 with its plan. An engine adds one thing: who is next. It says how customers are set going
(``start``), and what to do when the plan has moved clocks (``follow``).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from ladsim.compiled import compiled
from ladsim.engine.clockwork import ACCRUE, PLAN, RETIME, SNAPSHOT, At, month_starts
from ladsim.engine.market import Market, run_policy
from ladsim.engine.plan import Plan, too_much_money
from ladsim.engine.snapshots import Snapshots
from ladsim.errors import StudyError
from ladsim.model import access, behaviour
from ladsim.model.layout import CAUSES, LOG, MONTH, MOST_MONEY, Books, Rules, State, bind
from ladsim.model.money import accrue
from ladsim.scenario.tables import Tables

Events = Generator[simpy.Event, Any, None]
_CHUNK = 256
_LOG_FULL = 512


@compiled
def _accrue_rows(markets, first, last, t):  # type: ignore[no-untyped-def]
    for row in range(first, last):
        accrue(markets[0], row, t)


@compiled
def _retime_rows(markets, t, before):  # type: ignore[no-untyped-def]
    m = markets[0]
    for row in range(before.size):
        before[row] = access.customer(m, row).due
        behaviour.retime(m, row, t)


MOST_LETTERS = 1 << 26  # that may wait for one tick: 2 GB of them


def too_many_letters(t: int) -> StudyError:
    """The error of a market in which messages multiply without end."""
    return StudyError(
        f"word_of_mouth: found more than {MOST_LETTERS:,} messages for one day at month {t / MONTH:.2f}; where every answer leads to "
        "new announcements they multiply without end: lower the chances of the message steps, or take `announces` from a rung"
    )


class Stage:
    """One run. ``run()`` plays it to the horizon; then everything stands in `books`, `snapshots` and `sorted_log()`."""

    def __init__(self, tables: Tables, rules: Rules, state: State, books: Books, scale: float) -> None:
        self.env = simpy.Environment(0)
        self.tables, self.rules, self.state, self.books = tables, rules, state, books
        self.market = bind(rules, state, books)
        self.horizon = tables.horizon
        self.plan = Plan(tables, rules, books, scale)
        self.plan.settle = self._settle
        self.snapshots = Snapshots(books)
        self.policy_notes: list[tuple[float, str]] = []
        self.log: list[NDArray[Any]] = []

    def start(self) -> None:
        """Put the customers on their first rungs and set them going."""
        raise NotImplementedError

    def follow(self, rows: NDArray[np.intp]) -> None:
        """The plan has moved what is due next for these customers."""
        raise NotImplementedError

    def run(self) -> None:
        """Play the market to its horizon."""
        self.start()
        self.snapshots.take(0)
        self.env.process(self._plan_process())
        self.env.process(self._bookkeeper())
        for place, policy in enumerate(self.tables.scenario.policies):
            cause = len(CAUSES) + len(self.tables.campaigns) + place
            market = Market(self.env, self.plan, place + 1, cause, self.policy_notes)
            self.env.process(run_policy(self.env, market, policy, place + 1))
        self.plan.changed = self._clocks_follow
        self.env.run(until=self.horizon + 1)
        self.flush_log()

    def _plan_process(self) -> Events:
        """Campaigns and shocks act at their dates and at month starts."""
        for date in self.plan.dates():
            yield At(self.env, date, PLAN)
            self.plan.act(date)

    def _clocks_follow(self) -> None:
        """Once all have acted at this tick, every customer's clocks follow the levers."""
        At(self.env, int(self.env.now), RETIME).callbacks.append(self._retime)  # type: ignore[union-attr]

    def _retime(self, _: simpy.Event) -> None:
        before = np.empty(self.state.customers.size, np.int64)
        _retime_rows(self.market, int(self.env.now), before)
        self.follow(np.flatnonzero(before != self.state.customers["due"]))

    def _bookkeeper(self) -> Events:
        """At month starts and the horizon: what customers cost is booked before the plan acts, the snapshot taken after it."""
        for date in month_starts(self.horizon):
            yield At(self.env, date, ACCRUE)
            self._settle(date)
            yield At(self.env, date, SNAPSHOT)
            self.snapshots.take(date)
            if self.market["moved"][0] >= MOST_MONEY:
                raise too_much_money()

    def _settle(self, t: int) -> None:
        if not (self.tables.rungs["cost"] > 0.0).any():
            return
        size = self.state.customers.size
        chunk = _CHUNK if self.market["log"][0] else size
        for first in range(0, size, chunk):
            _accrue_rows(self.market, first, min(first + chunk, size), t)
            self.spare_log()

    def spare_log(self) -> None:
        """Empty the log's buffer before it is full."""
        if self.market["log_rows"][0] > _LOG_FULL:
            self.flush_log()

    def flush_log(self) -> None:
        """Take all rows out of the log's buffer."""
        rows = int(self.market["log_rows"][0])
        self.log.append(self.books.log[:rows].copy())
        self.market["log_rows"] = 0

    def sorted_log(self) -> NDArray[Any]:
        """All rows by (time, customer, sequence)."""
        rows = np.concatenate([*self.log, self.plan.log_rows(np.zeros(0, LOG))])
        return rows[np.lexsort((rows["sequence"], rows["customer"], rows["time"]))]
