"""What both engines share: SimPy's clock, the plan, the policies, the books, the log.

A ``Simulation`` is a market with its plan, at time 0 or as it was saved. An engine adds one thing: who is next. It says how customers begin
(``begin``) and are set going (``set_going``), and lets their clocks follow when the plan has moved levers (``retime``).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from ladsim.compiled import entry
from ladsim.engine.event_log import MANY_ROWS, MOST_ROWS, EventLog, LogFile
from ladsim.engine.followed import bits
from ladsim.engine.market import Market, run_policy
from ladsim.engine.message_limits import MOST_MESSAGES
from ladsim.engine.phases import At, Phase, month_starts
from ladsim.engine.plan import Plan, too_much_money
from ladsim.engine.saved import Saved, taken
from ladsim.hosts.block import Block
from ladsim.model import access
from ladsim.model.layout import CAUSES, MONTH, MOST_MONEY, PIECE, TICK, Accumulators, Parameters, State, place
from ladsim.model.message_queue import TICKS_OF_AN_EVENT
from ladsim.model.money import accrue
from ladsim.scenario.tables import Tables

Events = Generator[simpy.Event, Any, None]
_CHUNK = 256  # rows of the log that booking costs may write at once, beside _LOG_FULL that wait: there is room for 2,048
_LOG_FULL = 512


@entry("i8 i8 i8 i8 ->")
def accrue_rows(address, first, last, t):  # type: ignore[no-untyped-def]
    """Book what these customers have cost until `t`."""
    m = access.market(address)
    for row in range(first, last):
        accrue(m, row, t)


class Simulation:
    """One run. ``run()`` plays it to the horizon; then everything stands in `books`, `state` and `sorted_log()`."""

    name = ""  # of the engine
    most_messages = MOST_MESSAGES  # that may wait for one tick
    most_rows = MOST_ROWS  # of the log that may stand in memory

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
        self.since = 0  # from which time it is played
        self.save_at: int | None = None  # a month
        self.saved: Saved | None = None
        self.env = simpy.Environment(0)
        self.tables, self.rules, self.state, self.books, self.block = tables, rules, state, books, block
        self.all_books = [books]
        self.use([rules.market])
        self.market["most_messages"] = self.most_messages
        self.horizon = tables.horizon
        self.market["reserve"] = books.queued_messages.size // 2 - PIECE * TICKS_OF_AN_EVENT
        self.plan = Plan(tables, rules, books, scale, block, self)
        self.policy_notes: list[tuple[float, str]] = []
        self.log = EventLog(self.most_rows)
        self.of_market = True  # whether the log has the market's own bookings, too

    def use(self, markets: list[NDArray[Any]]) -> None:
        """Take these as the market's records: one for each thread of the fast engine, with its books."""
        self.markets, self.market = markets, markets[0]
        self.addresses = [self.block.address(market) for market in markets]
        self.address = self.addresses[0]

    @property
    def is_logged(self) -> bool:
        """Whether events are written down."""
        return bool(self.market["log"][0])

    @property
    def ids(self) -> NDArray[np.uint64]:
        """(N,) permanent ids."""
        return self.state.ids if self.state.ids.size else np.arange(self.state.due.size, dtype=np.uint64)

    def log_to(self, file: LogFile) -> None:
        """Write the log to a file, not to memory."""
        self.log = EventLog(self.most_rows, file)

    def log_only(self, ids: NDArray[np.uint64]) -> None:
        """Keep the log for these customers alone."""
        followed = self.block.put(bits(ids, self.ids))
        for market in self.markets:
            place(market, "followed", followed, self.block)
        self.of_market = False

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

    @property
    def moved(self) -> int:
        """All that was booked to customers, signs aside."""
        return sum(int(market["moved"][0]) for market in self.markets)

    def settle(self, t: int) -> None:
        """Book what customers cost until `t`."""
        if self.market["part_costs"][0] < 0:
            return
        size = self.state.due.size
        with self._in_order():
            for first in range(0, size, self.portion):
                last = min(first + self.portion, size)
                self.block.call(accrue_rows, self.address, first, last, t)
                self.passed(t, last)

    @property
    def portion(self) -> int:
        """Customers whose costs are booked by one call: with a log, as many as there is surely room for the rows of."""
        bookings = 1 + len(self.tables.programs) + len(self.tables.payments)  # of a customer
        return max(1, _CHUNK // bookings) if self.is_logged else max(1, self.state.due.size)

    def make_room(self, thread: int = 0) -> None:
        """Double the room for messages."""
        books = self.all_books[thread]
        grown = {
            name: self.block.zeros(2 * getattr(books, name).size, getattr(books, name).dtype)
            for name in ("queued_messages", "pieces")
        }
        for name, array in grown.items():
            array[: array.size // 2] = getattr(books, name)
            place(self.markets[thread], name, array, self.block)
        self.all_books[thread] = replace(books, **grown)
        if thread == 0:
            self.books = self.all_books[0]

    def spare_log(self) -> None:
        """Empty the log's buffer before it is full."""
        if self.market["log_rows"][0] > _LOG_FULL:
            self.flush_log()

    @contextmanager
    def _in_order(self) -> Iterator[None]:
        """What is written meanwhile comes customer by customer, and need not wait in memory for the end of the tick."""
        self.flush_log()
        self.log.passing = True
        try:
            yield
            self.flush_log()
        finally:
            self.log.passing = False

    def passed(self, t: int, row: int) -> None:
        """Customers before this row write nothing more at `t`, and nobody writes before `t`: put away what is in order."""
        self.spare_log()
        if self.log.waiting_rows > MANY_ROWS and row < self.state.due.size:
            self.flush_log()
            self.log.close_below(t, int(self.state.ids[row]) if self.state.ids.size else row)

    def flush_log(self) -> None:
        """Take all rows out of the log's buffers."""
        for market, books in zip(self.markets, self.all_books, strict=True):
            self.log.take(books.log[: int(market["log_rows"][0])])
            market["log_rows"] = 0

    def sorted_log(self) -> NDArray[Any]:
        """All rows by (time, customer, sequence), once."""
        return self.log.rows()
