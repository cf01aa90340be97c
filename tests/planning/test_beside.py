"""Jobs done side by side: every one once, in order, whoever does it and whatever becomes of the others."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ladsim.planning import beside as room
from ladsim.planning.beside import beside
from ladsim.planning.workers import may_copy

needs_copies = pytest.mark.skipif(not may_copy(), reason="processes are not copied here")


def slow(number: int, seconds: float = 0.05) -> tuple[int, int]:
    """A job that says who did it."""
    time.sleep(seconds)
    return number, os.getpid()


def jobs_of(count: int) -> list[Callable[[], tuple[int, int]]]:
    return [lambda number=number: slow(number) for number in range(count)]


@needs_copies
def test_copies_take_jobs_while_this_process_does_something_else() -> None:
    """All jobs are done before the rest is asked for, and what they give stands in their order."""
    with beside(jobs_of(4), processes=2) as rest:
        time.sleep(1.0)
        found = rest()
    assert [number for number, _ in found] == [0, 1, 2, 3]
    assert os.getpid() not in {who for _, who in found}


@needs_copies
def test_this_process_helps() -> None:
    """Asked for at once, the rest is shared, and no job is done twice."""
    with beside(jobs_of(20), processes=3) as rest:
        found = rest()
    assert [number for number, _ in found] == list(range(20))
    assert len({who for _, who in found}) >= 2


@pytest.mark.parametrize("processes", [1, 2, 5])
def test_more_jobs_than_can_be_handed_out(processes: int) -> None:
    """Hundreds of jobs are done like any."""
    with beside([lambda number=number: number for number in range(700)], processes) as rest:
        assert rest() == list(range(700))


@needs_copies
def test_a_copy_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    """What a copy had taken and never delivered is done here."""
    here, gone = os.getpid(), tmp_path / "gone"

    def deadly() -> int:
        if os.getpid() != here:
            gone.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return 7

    with beside([deadly, lambda: 8, lambda: 9], processes=2) as rest:
        deadline = time.monotonic() + 20.0
        while not gone.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert gone.exists()
        assert rest() == [7, 8, 9]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_mistake_is_told_here(processes: int) -> None:
    """An exception of a job is raised in this process, with what led to it; the copies are gone then."""

    def wrong() -> int:
        raise ValueError("nothing to draw")

    with beside([wrong, lambda: 2], processes) as rest:
        time.sleep(0.3)
        with pytest.raises(ValueError, match="nothing to draw"):
            rest()


@needs_copies
def test_ctrl_c_ends_the_copies() -> None:
    """Where something else goes wrong in the meantime, nobody works on."""
    begun: list[int] = []

    def stopped() -> None:
        with beside([lambda: slow(0, 60.0), lambda: slow(1, 60.0)], processes=2):
            begun.extend(one.pid or 0 for one in room.multiprocessing.active_children())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert len(begun) == 1
    assert not [one for one in room.multiprocessing.active_children() if one.pid in begun]


def test_no_copies_beside_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a copy could be born with a lock that nobody opens, there is none."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        with beside(jobs_of(3), processes=2) as rest:
            assert {who for _, who in rest()} == {os.getpid()}
    finally:
        end.set()
        thread.join()
