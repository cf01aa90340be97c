"""The runs of a study, part after part: numbered, handed out to whoever does them, counted, and what is whole of them at the end.

In: works, of which each gives something in every replication. Out: what they gave, by number, and what stopped them. Work is handed out
replication by replication; when it is stopped, what is kept is the longest row of whole pairs that all works have finished.
"""

from __future__ import annotations

import time
from collections.abc import Container, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from ladsim.errors import StoppedError, StudyError, out_of_memory
from ladsim.interrupts import simulated
from ladsim.planning.keeping import MISSING, Keeping, Kept
from ladsim.planning.options import Progress
from ladsim.planning.packed import light, whole_unit
from ladsim.planning.workers import Executor, cores, in_processes
from ladsim.planning.worlds import Worlds


class Work(Protocol):
    """Something to be done once per replication, in whatever process; it is sent there.

    One that has an `identity` (``unit_keys.Identity``) is kept in the store of runs, and read from there the next time.
    """

    def future(self, replication: int, worlds: Worlds) -> Any:
        """What one replication gives. `worlds` are those of the study."""
        ...


class Stop(Protocol):
    """Says when a study knows enough."""

    def enough(self, done: Mapping[int, Any], works: int) -> bool:
        """Whether no more runs are needed; `done`: what is finished, by number, `works` runs in each replication."""
        ...

    @property
    def out(self) -> Mapping[int, int]:
        """Works that are run no further: how many replications of each count, by its place."""
        ...


class _Enough(Exception):
    """No more runs are needed."""


@dataclass(frozen=True)
class Plan:
    """All runs of a part of a study, numbered: every strategy, and further work, of a replication before the next replication."""

    works: Sequence[Work]
    worlds: Worlds
    keeping: Keeping | None = None  # where units are kept by whoever plays them

    def run(self, number: int) -> Any:
        """One of them; read, where another study has played it by now."""
        replication, which = divmod(number, len(self.works))
        found = self.keeping.find(which, replication) if self.keeping is not None else MISSING
        return self.play(number) if found is MISSING else light(replication, found)

    def play(self, number: int) -> Any:
        """One of them, played and kept."""
        replication, which = divmod(number, len(self.works))
        made = self.works[which].future(replication, self.worlds)
        if self.keeping is not None:
            self.keeping.keep(which, replication, made)
        return light(replication, made)


@dataclass
class Counter:
    """Counts finished runs and tells `progress`."""

    total: int
    progress: Progress | None
    done: int = 0
    read: int = 0  # of these, from the store, which takes no time to speak of
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    def end(self, done: int, total: int) -> None:
        """A part is over with fewer runs than were expected of it: so many are done, so many there are in all."""
        self.total, self.done = total, done

    def tell(self, done: int) -> None:
        self.done = done
        if self.progress is not None:
            played = done - self.read
            self.progress(done, self.total, self.seconds / played * (self.total - done) if played > 0 else None)


@dataclass(frozen=True)
class Pool:
    """Who does the runs of a study, part after part."""

    worlds: Worlds
    processes: int
    counter: Counter
    executor: Executor | None
    kept: Kept = field(default_factory=lambda: Kept(None, None))  # left out: nothing is kept

    def finish(
        self, works: Sequence[Work], replications: int, *, is_last: bool, stop: Stop | None = None
    ) -> tuple[dict[int, Any], BaseException | None]:
        """Everything of a part by its number, and what stopped it before its end: Ctrl-C, that a worker was killed, or, where
        an earlier part is done, that memory ran out. Raises StudyError where it ran out in the first part.

        `stop` may end it earlier, which is no interruption, and may let a work be run no further than it counts.
        """
        keeping, total, before = self.kept.of(works), replications * len(works), self.counter.done
        plan = Plan(works, self.worlds, keeping if self.executor is None else None)  # lent workers may be anywhere
        after = self.counter.total - before - total  # runs of later parts
        done: dict[int, Any] = {}
        processes, executor, counter = self.processes, self.executor, self.counter
        is_here = processes == 1 and executor is None
        kept_here = 0  # of those that are done, by lent workers: they are kept by this process

        def wanted(number: int) -> bool:
            return stop is None or number // len(works) < stop.out.get(number % len(works), replications)

        def is_read(number: int) -> bool:
            """Whether it is in the store, and so done."""
            found = keeping.find(number % len(works), number // len(works)) if keeping is not None else MISSING
            if found is not MISSING:
                done[number] = light(number // len(works), found)
                counter.read += 1
                tell(is_new=False)
            return found is not MISSING

        def keep_new(are_new: bool) -> None:
            nonlocal kept_here
            if keeping is not None and executor is not None and are_new:
                for number in list(islice(reversed(done), len(done) - kept_here)):
                    keeping.keep(number % len(works), number // len(works), whole_unit(done[number]))
            kept_here = len(done)

        def tell(is_new: bool = True) -> None:
            keep_new(is_new)
            if stop is not None:
                spared = sum(replications - count for count in stop.out.values())
                counter.total = max(before + len(done), before + total - spared) + after
            counter.tell(before + len(done))
            if stop is not None and stop.enough(done, len(works)):
                raise _Enough

        try:
            if not before:
                tell()
            begun = 0  # nobody else is asked before something is missing
            while begun < total and (not wanted(begun) or is_read(begun)):
                begun += 1
            if is_here:
                for number in filter(wanted, range(begun, total)):
                    if not is_read(number):
                        done[number] = plan.play(number)
                        tell()
            elif begun < total:
                in_processes(
                    plan,
                    range(begun, total),
                    processes,
                    done,
                    tell,
                    executor,
                    lambda number: wanted(number) and not is_read(number),
                )
            counter.end(before + len(done), before + len(done) + after)
            if is_last:
                simulated()
        except _Enough:
            counter.end(before + len(done), before + len(done) + after)
            if is_last:
                simulated()
        except KeyboardInterrupt as error:
            simulated(pressed=all(number in done for number in filter(wanted, range(total))))
            return done, error
        except BrokenExecutor as error:
            simulated()
            if executor is not None:
                return done, StoppedError(f"the executor ended after {counter.done} of {counter.total} runs: {error}")
            return done, StoppedError(
                f"a worker process was ended from outside after {counter.done} of {counter.total} runs, most often because memory ran "
                f"out: use fewer processes (now {processes}) or a smaller sample"
            )
        except (MemoryError, OSError) as error:
            if not out_of_memory(error):
                raise
            said = f"memory ran out after {counter.done} of {counter.total} runs: use fewer processes (now {processes}) or a smaller sample"
            if before:  # an earlier part is whole, and stays
                simulated()
                return done, StoppedError(said)
            raise StudyError(said) from None
        finally:
            self.kept.note(keeping, done)
        return done, None


@dataclass(frozen=True)
class Done:
    """What came of a plan's runs, by number: the first `kept` replications are whole, but for works that were `out` earlier."""

    found: Mapping[int, Any]
    works: int
    kept: int
    out: Mapping[int, int] = field(default_factory=dict)

    def of(self, place: int) -> tuple[Any, ...]:
        """What one work gave in each replication that counts."""
        return tuple(self.found[k * self.works + place] for k in range(min(self.kept, self.out.get(place, self.kept))))


def processes_for(asked: int | None, tasks: int) -> int:
    """How many processes do so many runs."""
    return 1 if tasks == 1 else min(asked if asked is not None else cores(), tasks)


def whole(done: Container[int], strategies: int, replications: int, out: Mapping[int, int] | None = None) -> int:
    """How many replications from the first on all strategies have finished: whole pairs where something is missing.

    `out`: those that are run no further than so many replications.

    >>> whole({0, 1, 2, 3, 4, 5, 8}, 2, 6), whole({0, 1, 2, 4}, 2, 3, {1: 1})
    (2, 3)
    """
    kept, limits = 0, out or {}
    while kept < replications and all(
        kept * strategies + i in done for i in range(strategies) if kept < limits.get(i, replications)
    ):
        kept += 1
    return kept if kept == replications or kept < 2 else kept - kept % 2
