"""A study of two processes, one of which ends in the midst of sending a result.

It prints how many runs are done after each, and at last what ended it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from ladsim.planning.workers import in_processes

AT, RUNS, SIZE = 12, 40, 300_000


@dataclass(frozen=True)
class Dying:
    """Runs with large results; of run `AT` only half is sent."""

    how: str

    def run(self, number: int) -> bytes:
        """Bytes that take more than the pipe between processes holds."""
        if number == AT:
            Connection._send = _half(self.how)
        return bytes([number]) * SIZE


def _half(how: str) -> Callable[..., None]:
    """What stands in the place of sending: half of it, and then nothing for ever."""

    def send(connection: Any, sent: Any, write: Any = os.write) -> None:
        write(connection.fileno(), bytes(sent)[: len(sent) // 2])
        if how == "dies":
            os._exit(9)
        os.kill(os.getpid(), signal.SIGSTOP)

    return send


def main(how: str, start: str) -> None:
    """A study whose workers are copies of this process, or new ones."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if start == "new":
        threading.Thread(target=threading.Event().wait, daemon=True).start()  # a process with a second thread is not copied
    done: dict[int, bytes] = {}
    try:
        in_processes(Dying(how), range(RUNS), 2, done, lambda: print(len(done), flush=True))
    except (BrokenExecutor, KeyboardInterrupt) as error:
        assert all(done[number] == bytes([number]) * SIZE for number in done)
        print("ended by", "BrokenExecutor" if isinstance(error, BrokenExecutor) else "KeyboardInterrupt", len(done) >= AT - 1)
