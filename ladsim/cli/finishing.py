"""Ctrl-C when a study has been simulated, and its tables, its page and its folder are still to be made: nothing of it is lost.

In: a command at its work. Out: what is said, and exit code 3. The first Ctrl-C lets the command finish; a second one ends it at once,
and what stood in the folder before stands there still.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import typer

from ladsim.cli import messages
from ladsim.cli.exits import INTERRUPTED
from ladsim.interrupts import keeping

if TYPE_CHECKING:
    from ladsim.i18n import Locale


@contextmanager
def no_garbage() -> Iterator[None]:
    """Inside, nobody looks for garbage, nor at what was left there afterwards: of the many small parts of pictures, and soon all ends."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def finished(locale: Locale, replications: int | None = None) -> Iterator[None]:
    """Inside, what has been simulated becomes a whole result. Ends with exit code 3 where Ctrl-C came then."""
    from ladsim.i18n.catalogue import loose

    def tell() -> None:
        with suppress(RuntimeError, OSError, ValueError):  # a stream that is being written to, or closed
            messages.warning(loose(locale.text("screen.pressed")))

    with keeping(tell) as late:
        yield
    if late.count:
        what = locale.text("count.futures", n=replications) if replications is not None else locale.text("screen.everything")
        messages.warning(loose(locale.text("screen.late", what=what)))
        raise typer.Exit(INTERRUPTED)
