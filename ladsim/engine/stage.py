"""What both engines share: SimPy's clock, the plan, the policies, the books, the log.

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
from ladsim.engine.clockwork import ACCRUE, PLAN, RETIME, At, month_starts
from ladsim.engine.market import Market, run_policy
from ladsim.engine.plan import Plan, too_much_money
from ladsim.engine.state import work_out_rates
from ladsim.errors import StudyError
from ladsim.model import access, behaviour
from ladsim.model.layout import CAUSES, LETTER, LOG, MONTH, MOST_MONEY, TICK, Books, Rules, State, place
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
def _retime_rows(markets, t, moved):  # type: ignore[no-untyped-def]
    m = markets[0]
    for row in range(moved.size):
        before = access.due(m, row)
        moved[row] = behaviour.retime(m, row, t) != before


MOST_LETTERS = 1 << 24  # that may wait for one tick: half a gigabyte of them


def too_many_letters(tick: int) -> StudyError:
    """The error of a market in which messages multiply without end."""
    return StudyError(
        f"word_of_mouth: found more than {MOST_LETTERS:,} messages for one day at month {tick * TICK / MONTH:.2f}; where every answer "
        "leads to new announcements they multiply without end: lower the chances of the message steps, or take `announces` from a rung"
    )


class Stage:
    """One run. ``run()`` plays it to the horizon; then everything stands in `books`, `state` and `sorted_log()`."""

    def __init__(
        self, tables: Tables, rules: Rules, state: State, books: Books, scale: float, threads: int | None = None
    ) -> None:
        self.env = simpy.Environment(0)
        self.tables, self.rules, self.state, self.books = tables, rules, state, books
        self.market = rules.market
        self.markets = [self.market]  # one for each thread of the fast engine, with its books
        self.all_books = [books]
        self.market["most_letters"] = MOST_LETTERS
        self.horizon = tables.horizon
        self.reserve = books.letters.size // 2  # room for the busiest single event
        self.plan = Plan(tables, rules, books, scale)
        self.plan.settle = self._settle
        self.plan.worked_out = lambda: work_out_rates(rules)
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
        if not self.plan.is_quiet:
            self.env.process(self._plan_process())
        self.env.process(self._bookkeeper())
        for number, policy in enumerate(self.tables.scenario.policies, 1):
            cause = len(CAUSES) + len(self.tables.campaigns) + number - 1
            market = Market(self.env, self.plan, number, cause, self.policy_notes)
            self.env.process(run_policy(self.env, market, policy, number))
        self.plan.changed = self._clocks_follow
        self.env.run(until=self.horizon + 1)
        if self.plan.is_quiet:
            for date in self.plan.dates():
                self.plan.act(date)
        if self.moved >= MOST_MONEY:
            raise too_much_money()
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
        moved = np.zeros(self.state.due.size, np.bool_)
        _retime_rows(self.market, int(self.env.now), moved)
        self.follow(np.flatnonzero(moved))

    def _bookkeeper(self) -> Events:
        """What customers cost is booked at the horizon; at every month start too where somebody looks on."""
        onlookers = bool(self.market["log"][0]) or not self.plan.is_quiet
        for date in month_starts(self.horizon) if onlookers else [self.horizon]:
            yield At(self.env, date, ACCRUE)
            self._settle(date)
            if self.moved >= MOST_MONEY:
                raise too_much_money()

    @property
    def moved(self) -> int:
        """All that was booked to customers, signs aside."""
        return sum(int(market["moved"][0]) for market in self.markets)

    def _settle(self, t: int) -> None:
        if self.market["part_costs"][0] < 0:
            return
        size = self.state.due.size
        chunk = _CHUNK if self.market["log"][0] else size
        for first in range(0, size, chunk):
            _accrue_rows(self.market, first, min(first + chunk, size), t)
            self.spare_log()

    def make_room(self, thread: int = 0) -> None:
        """Double the room for letters."""
        books = self.all_books[thread]
        letters = np.zeros(2 * books.letters.size, LETTER)
        letters[: books.letters.size] = books.letters
        self.all_books[thread] = books._replace(letters=letters)
        place(self.markets[thread], "letters", letters)
        if thread == 0:
            self.books = self.all_books[0]

    def spare_log(self) -> None:
        """Empty the log's buffer before it is full."""
        if self.market["log_rows"][0] > _LOG_FULL:
            self.flush_log()

    def flush_log(self) -> None:
        """Take all rows out of the log's buffers."""
        for market, books in zip(self.markets, self.all_books, strict=True):
            self.log.append(books.log[: int(market["log_rows"][0])].copy())
            market["log_rows"] = 0

    def sorted_log(self) -> NDArray[Any]:
        """All rows by (time, customer, sequence)."""
        rows = np.concatenate([*self.log, self.plan.log_rows(np.zeros(0, LOG))])
        return rows[np.lexsort((rows["sequence"], rows["customer"], rows["time"]))]
