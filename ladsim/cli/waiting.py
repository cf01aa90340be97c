"""What is shown while a study runs: how far it is, and how long it will take. On standard error, where that is a terminal.

``waiting`` gives what ``planning`` calls after every run; it does nothing where nobody is watching.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ladsim.cli import messages

if TYPE_CHECKING:
    from ladsim.i18n import Locale

# What makes the page, in pieces of some hundredths of a second each: workers have enough to do for so long.
_DRAWS = ("matplotlib", *(f"matplotlib.{one}" for one in ("text", "backend_bases", "axes", "figure", "backends.backend_svg")))
PAGE = ("ladsim.reporting.page", "ladsim.reporting.comparison", "scipy.special", "jinja2", *_DRAWS)
ENOUGH_TO_TELL = 4  # runs done before their pace says anything: the first one waits for processes to start


class Waiting:
    """Is called after every run: shows how far a study is where somebody is watching, and loads a piece of what is needed next."""

    def __init__(self, shown: _Bar | None, meanwhile: Sequence[str], locale: Locale | None) -> None:
        self._shown, self._modules, self._locale = shown, iter(meanwhile), locale

    def __call__(self, done: int, total: int, seconds_left: float | None) -> None:
        if self._shown is not None:
            left = time_left(seconds_left, self._locale) if done >= ENOUGH_TO_TELL else ""
            self._shown.update(completed=done, total=total, left=left)
        if done and (module := next(self._modules, None)) is not None:
            import_module(module)

    def say(self, text: str) -> None:
        """Show what is known so far, before the bar."""
        if self._shown is not None:
            self._shown.update(description=text)


@contextmanager
def waiting(what: str, meanwhile: Sequence[str] = (), locale: Locale | None = None) -> Iterator[Waiting | None]:
    """A progress bar for as long as the study runs; while others work at it, this process loads what it needs next, piece by piece."""
    from ladsim.planning.keeping import told_by

    with _bar(what, locale) as shown, told_by(messages.warning):
        yield Waiting(shown, meanwhile, locale) if meanwhile or shown is not None else None


class _Bar:
    """The one line on the screen."""

    def __init__(self, bar: Any, task: Any) -> None:
        self._bar, self._task = bar, task

    def update(self, **fields: Any) -> None:
        self._bar.update(self._task, refresh=True, **fields)


@contextmanager
def _bar(what: str, locale: Locale | None) -> Iterator[_Bar | None]:
    """A progress bar, where somebody is watching."""
    if messages.is_quiet() or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}")]
    # No thread that draws it again and again: worker processes start faster from a process that has none.
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        yield _Bar(bar, bar.add_task(what, total=None, left=""))


def time_left(seconds: float | None, locale: Locale | None = None) -> str:
    """Time in words that can be read at a glance.

    >>> time_left(None), time_left(8.2), time_left(95), time_left(7300)
    ('', '8 s left', '1 min 35 s left', '2 h 1 min left')
    """
    if seconds is None:
        return ""
    from ladsim.i18n import ENGLISH

    words, whole = locale or ENGLISH, round(seconds)
    if whole < 60:
        return words.text("screen.left", time=f"{whole} s")
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return words.text("screen.left", time=f"{minutes} min {rest} s")
    hours, minutes = divmod(minutes, 60)
    return words.text("screen.left_hours", hours=hours, minutes=minutes)
