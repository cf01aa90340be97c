"""The event log on its way out of a run: tick by tick, sorted, and never more of it in memory than was agreed.

In: LOG rows as the rules write them. Out: the same rows by (time, customer, sequence), in memory or in a file. Time only grows from
tick to tick, so what was written until a tick's end can be sorted and put away when the tick has passed. Where all customers write
at one instant (the start, a month's costs), what belongs to those who are through is put away before.
"""

from __future__ import annotations

from types import TracebackType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import StudyError
from ladsim.model.layout import MONTH
from ladsim.model.records import LOG

MOST_ROWS = 1 << 24  # in memory: 0.8 GB, and as much again to sort the worst of ticks
MANY_ROWS = 1 << 16  # that are put away without waiting for the tick's end, where they are in order


def too_many_rows(t: int, most: int, to_file: bool) -> StudyError:
    """The error of a log that outgrows the memory; both engines raise it at the end of the same tick."""
    found = f"log: found more than {most:,} events {'on one day, ' if to_file else ''}by month {t / MONTH:.2f}"
    instead = "" if to_file else 'write it to a file (log="events.parquet"), '
    return StudyError(
        f"{found}; so many are kept in memory ({most * LOG.itemsize / 1e9:.1f} GB), no more: {instead}"
        "follow a sample of customers (follow=100), or simulate fewer months or a smaller sample"
    )


class LogFile(Protocol):
    """Where a log goes that is not kept in memory."""

    def write(self, rows: NDArray[Any]) -> None:
        """Add rows, in order."""

    def close(self) -> None:
        """Let the file appear under its name."""

    def discard(self) -> None:
        """Leave nothing behind."""


class EventLog:
    """Rows by (time, customer, sequence). As a context it lets its file appear at the end, or nothing where the run fails.

    What comes after the last row that fits is counted, not kept, and the run ends in words at the end of that tick: until then
    another error may turn out to come first, and both engines must tell the same one.
    """

    def __init__(self, most: int, file: LogFile | None = None) -> None:
        self.most = most
        self.file = file
        self.passing = False  # rows come customer by customer, and may be put away as they come
        self.count = 0  # rows in memory: all, or those of the tick that must wait for its end
        self.kept: list[NDArray[Any]] = []
        self.waiting: list[NDArray[Any]] = []
        self.waiting_rows = 0

    def __enter__(self) -> EventLog:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.file is not None:
            (self.file.close if kind is None else self.file.discard)()

    def take(self, rows: NDArray[Any]) -> None:
        """Rows of the tick that runs, in any order."""
        if self.file is None or not self.passing:
            self.count += rows.size
        if rows.size and self.count <= self.most:
            self.waiting.append(rows.copy())
            self.waiting_rows += rows.size

    def close_tick(self, t: int) -> None:
        """No row at or before `t` comes any more: sort and put away what waits. Raises StudyError when it is too much."""
        if self.count > self.most:
            raise too_many_rows(t, self.most, self.file is not None)
        self._put(self._sorted())
        if self.file is not None:
            self.count = 0

    def close_below(self, t: int, customer: int) -> None:
        """No row comes any more before `t`, nor at `t` of a customer below this one: put away what waits of them."""
        rows = self._sorted()
        at_t = int(np.searchsorted(rows["time"], t))
        split = at_t + int(np.searchsorted(rows["customer"][at_t:], np.uint64(customer)))
        self._put(rows[:split])
        self.waiting, self.waiting_rows = [rows[split:]], rows.size - split

    def rows(self) -> NDArray[Any]:
        """The whole log, once; it is no longer kept here."""
        log = np.empty(sum(part.size for part in self.kept), LOG)
        place = log.size
        while self.kept:  # from the end, so that each part's memory is free again before the next is touched
            part = self.kept.pop()
            log[place - part.size : place] = part
            place -= part.size
        return log

    def _sorted(self) -> NDArray[Any]:
        """What waits, in order; nothing waits afterwards."""
        rows = np.concatenate(self.waiting) if self.waiting else np.zeros(0, LOG)
        self.waiting, self.waiting_rows = [], 0
        return rows[np.lexsort((rows["sequence"], rows["customer"], rows["time"]))]

    def _put(self, rows: NDArray[Any]) -> None:
        if self.file is not None:
            self.file.write(rows)
        elif rows.size:
            self.kept.append(rows)
