"""Ctrl-C while a study runs in several processes: the workers do not see it, the study hears of it between two runs.

An exception raised wherever the program happens to be could leave a lock of the pool held for ever, so the signal only sets an
event, at which the study looks itself.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def ignore_interrupts() -> None:
    """Let Ctrl-C pass by this process: the one that started it decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Processes started inside begin with Ctrl-C ignored."""
    with _on_ctrl_c(signal.SIG_IGN):
        yield


@contextmanager
def ctrl_c_noted() -> Iterator[threading.Event]:
    """Ctrl-C sets the event and does no more: an exception in the middle of the pool's locks could block it for ever."""
    stopped = threading.Event()
    with _on_ctrl_c(lambda number, frame: stopped.set()):
        yield stopped


@contextmanager
def _on_ctrl_c(handler: Any) -> Iterator[None]:
    """Handle Ctrl-C so inside; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former if former is not None else signal.default_int_handler)
