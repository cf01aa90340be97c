"""Small jobs done side by side: copies of this process take some of them, while it does something else first and then the rest.

In: functions of no arguments. Out: what they return, in their order. Each process takes the next job that nobody has taken yet. A copy
that fails, or is killed, loses nothing: what it has not delivered is done here. Where this process may not be copied (``may_copy``),
all is done here.

>>> with beside([lambda: 1, lambda: 2], processes=1) as rest:
...     rest()
[1, 2]
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from ladsim.planning.workers import born_deaf, cores, leave_ctrl_c, may_copy

R = TypeVar("R")
_MOST = 256  # jobs handed out: a byte each


@contextmanager
def beside(jobs: Sequence[Callable[[], R]], processes: int | None) -> Iterator[Callable[[], list[R]]]:
    """Begin jobs in copies of this process, so that `processes` work at them; what is yielded does the rest and returns all results.

    None means as many as there are processors. Ctrl-C is for this process alone, and ends the copies where it ends this.
    """
    tokens, source = os.pipe()
    with os.fdopen(source, "wb") as pipe:
        pipe.write(bytes(range(min(len(jobs), _MOST))))
    begun: list[tuple[Any, Any]] = []

    def rest() -> list[R]:
        done = _taken(jobs, tokens)
        for _, connection in begun:
            with suppress(EOFError, OSError):
                done.update(connection.recv())
        return [done[number] if number in done else job() for number, job in enumerate(jobs)]

    try:
        for _ in range(_copies(len(jobs), processes)):
            begun.append(_begin(jobs, tokens))
        yield rest
    finally:
        os.close(tokens)
        for process, connection in begun:
            connection.close()
            process.terminate()
            process.join()


def _copies(jobs: int, processes: int | None) -> int:
    """How many copies help: none where this process may have no children."""
    if jobs < 2 or not may_copy() or multiprocessing.current_process().daemon:
        return 0
    return min(processes if processes is not None else cores(), jobs) - 1


def _begin(jobs: Sequence[Callable[[], Any]], tokens: int) -> tuple[Any, Any]:
    """A copy at work, and where it sends what it has done."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)
    process = fork.Process(target=_help, args=(jobs, tokens, there), daemon=True)
    with born_deaf():
        process.start()
    there.close()
    return process, here


def _help(jobs: Sequence[Callable[[], Any]], tokens: int, connection: Any) -> None:
    """What a copy does; all at the end, because nobody listens before."""
    leave_ctrl_c()
    gc.freeze()
    with suppress(OSError):  # nobody wants it any more
        connection.send(_taken(jobs, tokens, lenient=True))


def _taken(jobs: Sequence[Callable[[], R]], tokens: int, lenient: bool = False) -> dict[int, R]:
    """Jobs that nobody else has taken, done; `lenient`: what fails is left to who asked, who will see why."""
    done: dict[int, R] = {}
    while token := os.read(tokens, 1):
        try:
            done[token[0]] = jobs[token[0]]()
        except Exception:
            if not lenient:
                raise
    return done
