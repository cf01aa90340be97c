"""Whoever waits while rules are compiled is told so, where it begins, and when it is over.

In: what the compiler does (``native``): a stretch of it may open and close others, and counts only where something is really compiled and
not opened from the cache. Out: calls of a `Listener`. The command line sets one (``told_by``). Without, from Python, a line goes to the
logger ``ladsim`` at the level of a warning: on standard error as long as nobody configures logging; a warning that somebody turned
into an error would be raised in the midst of the compiler, where it is lost.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BEGINS = "Compiling the rules for this machine, once: some seconds where only a few are missing, one to three minutes for all …"
_WORTH_A_LINE = 2.0  # seconds: shorter stretches are said together with the next


class Listener:
    """Says that compiling has begun, and when it is over."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._seconds = 0.0
        self._is_open = False

    def begin(self) -> None:
        """A function is not in the cache."""
        if not self._is_open:
            self._is_open = True
            self._say(BEGINS)

    def done(self, functions: int, of: int | None) -> None:
        """So many functions are there, of how many (None: nobody knows)."""

    def end(self, seconds: float) -> None:
        """A stretch is over."""
        self._seconds += seconds
        if seconds >= _WORTH_A_LINE:
            self.close()

    def close(self) -> None:
        """Say the end of what was said to have begun."""
        if self._is_open:
            self._say(f"Compiled in {max(1.0, self._seconds):.0f} s.")
        self._is_open, self._seconds = False, 0.0


_listener = Listener(logging.getLogger("ladsim").warning)
_depth = 0
_since: float | None = None  # when the first function of this stretch was missing
_of: int | None = None
_there: set[object] = set()


@contextmanager
def told_by(listener: Listener) -> Iterator[None]:
    """As long as this lasts, `listener` is told."""
    global _listener
    before, _listener = _listener, listener
    try:
        yield
    finally:
        listener.close()
        _listener = before


@contextmanager
def stretch(of: int | None = None) -> Iterator[None]:
    """What the compiler does inside is one stretch, of so many functions."""
    global _depth, _since, _of
    if _depth == 0:
        _of, _since = of, None
        _there.clear()
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        if _depth == 0 and _since is not None:
            _listener.end(time.perf_counter() - _since)
            _since = None


def missing() -> None:
    """A function is not in the cache, and is compiled now."""
    global _since
    if _since is None:
        _since = time.perf_counter()
        _listener.begin()


def there(function: object) -> None:
    """A function is compiled, or opened."""
    _there.add(function)
    if _since is not None:
        _listener.done(len(_there), max(_of, len(_there)) if _of is not None else None)
