"""Plays the units of a part in processes, keeps each as soon as it is done, and goes on where an earlier run was stopped.

In: a part, a seed, a size. Out: a ``Run`` with everything that is kept by then. It ends early by Ctrl-C or at the limit of time; both
keep what is finished. A unit that raises, takes too long or takes its process down is kept as failed, with its error, and the others
go on.
"""

from __future__ import annotations

import faulthandler
import os
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladsim.planning.workers import in_processes
from tests.acceptance.kept import Heading, Kept
from tests.acceptance.part import Part, Row, Unit
from tests.acceptance.rules import ROOT, fingerprint

FOLDER = ROOT / ".acceptance"
MINUTES = 60.0
CTRL_C, TIME = "Ctrl-C", "time"
_GRACE = 30.0  # seconds that a unit past its time has to end by itself
_DIED = "the process that played it ended without a word (a crash, too little memory, or it did not answer in time)"


class RulesChanged(Exception):
    """The sources were changed while units were played."""


class TookTooLong(Exception):
    """A unit has used up its time."""


@dataclass(frozen=True)
class Run:
    """What is known of a part: the units that are done, by number, and what ended the run."""

    part: Part
    seed: int
    small: bool
    rules: str
    done: Mapping[int, Mapping[str, Any]]
    file: Path
    stopped: str = ""  # CTRL_C or TIME, else all units are done

    @property
    def wanted(self) -> int:
        return self.part.units(self.small)

    @property
    def complete(self) -> bool:
        return len(self.done) == self.wanted

    @property
    def rows(self) -> list[Row]:
        """Of the units that gave one, by number."""
        return [self.done[unit]["row"] for unit in sorted(self.done) if "row" in self.done[unit]]

    @property
    def failures(self) -> dict[int, str]:
        """The error of each unit that raised."""
        return {unit: self.done[unit]["error"] for unit in sorted(self.done) if "error" in self.done[unit]}

    @property
    def minutes(self) -> float:
        """Of work, all processes together."""
        return sum(float(result["seconds"]) for result in self.done.values()) / 60.0

    @property
    def processor_minutes(self) -> float:
        """The same by processor time, whatever else the machine did meanwhile."""
        return sum(float(result["cpu"]) for result in self.done.values()) / 60.0


@dataclass(frozen=True)
class _Units:
    """What a worker process plays."""

    play: Callable[[Unit], Row]  # found by its name where a worker is a new Python
    most_seconds: float
    seed: int
    small: bool
    numbers: list[int]
    at_work: Path  # a file per process says which unit it plays

    def run(self, place: int) -> dict[str, Any]:
        """One unit: its row, or what it raised."""
        number = self.numbers[place]
        note = self.at_work / str(os.getpid())
        note.write_text(str(number), encoding="ascii")
        begin, used = time.perf_counter(), time.process_time()
        try:
            with _limited(self.most_seconds):
                result = {"row": self.play(Unit(number, self.seed, self.small))}
        except Exception as error:
            result = {"error": "".join(traceback.format_exception(error))[-20_000:]}
        note.unlink(missing_ok=True)
        return result | {"seconds": round(time.perf_counter() - begin, 3), "cpu": round(time.process_time() - used, 3)}


class _Keeping(dict[int, Any]):
    """What is put in is kept at once."""

    def __init__(self, keep: Callable[[int, dict[str, Any]], None]) -> None:
        super().__init__()
        self.keep = keep

    def __setitem__(self, place: int, result: Any) -> None:
        super().__setitem__(place, result)
        self.keep(place, result)

    def update(self, *results: Any, **none: Any) -> None:
        """The same for several."""
        for place, result in dict(*results, **none).items():
            self[place] = result


def play(
    part: Part,
    *,
    seed: int = 1,
    small: bool = False,
    processes: int = 2,
    minutes: float = MINUTES,
    folder: Path = FOLDER,
    retry: bool = False,
    tell: Callable[[str], None] = print,
) -> Run:
    """Play what is not yet done of a part; with `retry` the failed units, too, and those that the part would have again.

    Raises NotOurs where the file of finished units is of something else, and RulesChanged where the sources change meanwhile.
    """
    rules = fingerprint(part.rests_on)
    kept = Kept(folder, Heading(part.name, seed, rules, small))
    if kept.torn:
        tell(f"{part.name}: {kept.torn} torn line{'s' * (kept.torn != 1)} passed over in {kept.path}")
    if retry:
        kept.done = {unit: result for unit, result in kept.done.items() if "row" in result and not part.again(result["row"])}
    left = [unit for unit in range(part.units(small)) if unit not in kept.done]
    if kept.done and left:
        tell(f"{part.name}: goes on; {len(kept.done):,} of {part.units(small):,} units are done")
    stopped = _all_of(part, seed, small, left, kept, processes, minutes, tell) if left else ""
    if fingerprint(part.rests_on) != rules:
        raise RulesChanged(
            f"{part.name}: sources changed while units were played, so these are of no one version: remove {kept.path}"
        )
    return Run(part, seed, small, rules, kept.done, kept.path, stopped)


def _all_of(
    part: Part, seed: int, small: bool, left: list[int], kept: Kept, processes: int, minutes: float, tell: Callable[[str], None]
) -> str:
    """Play these units; what stopped that, or nothing."""
    at_work = kept.path.with_suffix(".at_work")
    shutil.rmtree(at_work, ignore_errors=True)
    at_work.mkdir()
    count = min(part.processes or processes, processes)
    progress = _Progress(part.name, kept, len(left), tell)

    def pool(numbers: list[int], size: int) -> None:
        done = _Keeping(lambda place, result: kept.add(numbers[place], result))
        work = _Units(part.play, part.most_seconds, seed, small, numbers, at_work)
        in_processes(work, range(len(numbers)), size, done, progress)

    with _time_limit(minutes) as is_up:
        try:
            _with_crashes(pool, left, count, kept, at_work)
        except KeyboardInterrupt:
            return TIME if is_up() else CTRL_C
        finally:
            shutil.rmtree(at_work, ignore_errors=True)
    return ""


def _with_crashes(pool: Callable[[list[int], int], None], numbers: list[int], count: int, kept: Kept, at_work: Path) -> None:
    """All units; where a process dies, those at work are played once more alone, and the one that dies again has failed."""
    while left := [number for number in numbers if number not in kept.done]:
        try:
            pool(left, min(count, len(left)))
        except BrokenExecutor:
            suspects = {int(note.read_text()) for note in at_work.iterdir() if note.read_text()} - set(kept.done)
            if not suspects:
                raise
            for unit in sorted(suspects):
                _alone(pool, unit, kept)
        for note in at_work.iterdir():
            note.unlink()


def _alone(pool: Callable[[list[int], int], None], unit: int, kept: Kept) -> None:
    begin = time.perf_counter()
    try:
        pool([unit], 1)
    except BrokenExecutor:
        kept.add(unit, {"error": _DIED, "seconds": round(time.perf_counter() - begin, 3), "cpu": 0.0})


class _Progress:
    """Says now and then how far a part is."""

    every = 30.0  # seconds

    def __init__(self, name: str, kept: Kept, left: int, tell: Callable[[str], None]) -> None:
        self.name, self.kept, self.left, self.tell = name, kept, left, tell
        self.before = len(kept.done)
        self.began = self.said = time.perf_counter()

    def __call__(self) -> None:
        now = time.perf_counter()
        if now - self.said < self.every:
            return
        self.said = now
        fresh = max(len(self.kept.done) - self.before, 1)
        minutes = (now - self.began) / fresh * (self.left - fresh) / 60.0
        failed = sum("error" in result for result in self.kept.done.values())
        self.tell(f"{self.name}: {len(self.kept.done):,} units done, {failed} failed, about {minutes:.0f} minutes left")


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise TookTooLong inside after so long; where even that is not heard, end the process."""

    def over(number: int, frame: Any) -> None:
        raise TookTooLong(f"more than {seconds:g} seconds")

    former = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    faulthandler.dump_traceback_later(seconds + _GRACE, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, former)


@contextmanager
def _time_limit(minutes: float) -> Iterator[Callable[[], bool]]:
    """After so many minutes end what is inside as Ctrl-C would; what is given says whether that was it."""
    up: list[bool] = []

    def over(number: int, frame: Any) -> None:
        up.append(True)
        signal.raise_signal(signal.SIGINT)

    former = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, max(minutes * 60.0, 0.001))
    try:
        yield lambda: bool(up)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, former)
