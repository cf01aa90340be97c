"""The folder of what can be made again, and how work in other threads is stopped.

The folder is ``$LADSIM_CACHE_DIR``, else the user's cache folder, else a temporary one where that cannot be written.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from threading import Event, RLock, Thread, current_thread, main_thread
from typing import Any, TypeVar

from ladsim.files import own_temporary_folder, refuse_read_only

R = TypeVar("R")


@cache
def cache_dir() -> Path:
    """The folder ladsim may keep things in that can be made again."""
    from platformdirs import user_cache_path

    wanted = os.environ.get("LADSIM_CACHE_DIR")
    try:
        base = Path(wanted) if wanted else user_cache_path("ladsim", appauthor=False)
        if not wanted and not base.is_absolute():
            return own_temporary_folder()
        base.mkdir(parents=True, exist_ok=True)
        refuse_read_only(base)
    except (OSError, RuntimeError):  # RuntimeError: nobody knows where home is; older ones say "~" then
        return own_temporary_folder()
    return base


_given_up = Event()
# Held by a thread that writes what it must take away again if it stops; it looks in between whether it should ``go_on``.
unbroken = RLock()


def bytes_allowed(variable: str, usual_gigabytes: float) -> int | None:
    """Bytes that an environment variable allows, given in gigabytes; None where it holds no number from 0.

    >>> bytes_allowed("LADSIM_NO_SUCH_LIMIT", 0.5)
    500000000
    """
    text = os.environ.get(variable, "").strip()
    try:
        gigabytes = float(text) if text else usual_gigabytes
    except ValueError:
        return None
    return int(gigabytes * 1e9) if 0.0 <= gigabytes < math.inf else None


def go_on() -> None:
    """Raise KeyboardInterrupt in a thread whose work is wanted no more."""
    if _given_up.is_set() and current_thread() is not main_thread():
        raise KeyboardInterrupt


@contextmanager
def given_up() -> Iterator[None]:
    """As long as this lasts, other threads stop compiling after the function they are at, and keep no graph: Ctrl-C was pressed."""
    _given_up.set()
    try:
        yield
    finally:
        _given_up.clear()


def apart(work: Callable[..., R], *arguments: Any) -> R:
    """What `work` returns, done by another thread, so that Ctrl-C is heard at once.

    Compiled code that hands arrays back does not expect a KeyboardInterrupt in its midst; it comes to the main thread alone.
    """
    done: Future[R] = Future()

    def run() -> None:
        try:
            done.set_result(work(*arguments))
        except BaseException as error:
            done.set_exception(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        found = done.result()
    except KeyboardInterrupt:
        with given_up(), _compiler_lock(), unbroken:  # a process must not end while another thread is in the midst of these
            raise
    thread.join()
    return found


def _compiler_lock() -> Any:
    """Held while Numba compiles; nothing where it was never asked to."""
    return (
        sys.modules["numba.core.compiler_lock"].global_compiler_lock
        if "numba.core.compiler_lock" in sys.modules
        else nullcontext()
    )
