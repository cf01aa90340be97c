"""A market as an engine plays it: its records, its books, room for messages, and the log that is read out of its buffers.

In: a scenario's tables and what was laid out from them. Nothing here knows of a clock: who plays (``simulation``) says when costs are settled,
when there must be room, and when what was written is in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.compiled import entry
from ladsim.engine.event_log import MANY_ROWS, MOST_ROWS, EventLog, LogFile
from ladsim.engine.followed import bits
from ladsim.engine.message_limits import MOST_MESSAGES
from ladsim.hosts.block import Block
from ladsim.model import access
from ladsim.model.layout import PIECE, Accumulators, Parameters, State, place
from ladsim.model.message_queue import TICKS_OF_AN_EVENT
from ladsim.model.money import accrue
from ladsim.scenario.tables import Tables

_CHUNK = 256  # rows of the log that booking costs may write at once, beside _LOG_FULL that wait: there is room for 2,048
_LOG_FULL = 512


@entry("i8 i8 i8 i8 ->")
def accrue_rows(address, first, last, t):  # type: ignore[no-untyped-def]
    """Book what these customers have cost until `t`."""
    m = access.market(address)
    for row in range(first, last):
        accrue(m, row, t)


class MarketArrays:
    """What an engine plays on: the market's records (one for each thread), its state and books, and its log."""

    most_messages = MOST_MESSAGES  # that may wait for one tick
    most_rows = MOST_ROWS  # of the log that may stand in memory

    def __init__(self, tables: Tables, rules: Parameters, state: State, books: Accumulators, block: Block) -> None:
        self.tables, self.rules, self.state, self.books, self.block = tables, rules, state, books, block
        self.all_books = [books]
        self.use([rules.market])
        self.market["most_messages"] = self.most_messages
        self.market["reserve"] = books.queued_messages.size // 2 - PIECE * TICKS_OF_AN_EVENT
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
