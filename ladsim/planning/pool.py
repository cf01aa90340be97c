"""The runs of a study, part after part: numbered, handed out to whoever does them, counted, and what is whole of them at the end.

In: works, of which each gives something in every replication. Out: what they gave, by number, and what stopped them. Work is handed out
replication by replication; when it is stopped, what is kept is the longest row of whole pairs that all works have finished.
"""

from __future__ import annotations

import time
from collections.abc import Container, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from ladsim.errors import StoppedError, StudyError, out_of_memory
from ladsim.interrupts import simulated
from ladsim.planning.options import Progress
from ladsim.planning.workers import Executor, cores, in_processes
from ladsim.planning.worlds import Worlds


class Work(Protocol):
    """Something to be done once per replication, in whatever process; it is sent there."""

    def future(self, replication: int, worlds: Worlds) -> Any:
        """What one replication gives. `worlds` are those of the study."""
        ...


class Stop(Protocol):
    """Says when a study knows enough."""

    def enough(self, done: Mapping[int, Any], works: int) -> bool:
        """Whether no more runs are needed; `done`: what is finished, by number, `works` runs in each replication."""
        ...


class _Enough(Exception):
    """No more runs are needed."""


@dataclass(frozen=True)
class Plan:
    """All runs of a part of a study, numbered: every strategy, and further work, of a replication before the next replication."""

    works: Sequence[Work]
    worlds: Worlds

    def run(self, number: int) -> Any:
        """One of them."""
        replication, which = divmod(number, len(self.works))
        return self.works[which].future(replication, self.worlds)


@dataclass
class Counter:
    """Counts finished runs and tells `progress`."""

    total: int
    progress: Progress | None
    done: int = 0
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    def end(self, done: int, expected: int) -> None:
        """A part is over with fewer runs than were expected of it."""
        self.total -= expected - done
        self.done = done

    def tell(self, done: int) -> None:
        self.done = done
        if self.progress is not None:
            self.progress(done, self.total, self.seconds / done * (self.total - done) if done else None)


@dataclass(frozen=True)
class Pool:
    """Who does the runs of a study, part after part."""

    worlds: Worlds
    processes: int
    counter: Counter
    executor: Executor | None

    def finish(
        self, works: Sequence[Work], replications: int, *, is_last: bool, stop: Stop | None = None
    ) -> tuple[dict[int, Any], BaseException | None]:
        """Everything of a part by its number, and what stopped it before its end: Ctrl-C, that a worker was killed, or, where
        an earlier part is done, that memory ran out. Raises StudyError where it ran out in the first part.

        `stop` may end it earlier, which is no interruption.
        """
        plan, total, before = Plan(works, self.worlds), replications * len(works), self.counter.done
        done: dict[int, Any] = {}
        processes, executor, counter = self.processes, self.executor, self.counter
        here = total if processes == 1 and executor is None else 0

        def tell() -> None:
            counter.tell(before + len(done))
            if stop is not None and stop.enough(done, len(works)):
                raise _Enough

        try:
            if not before:
                tell()
            for number in range(here):
                done[number] = plan.run(number)
                tell()
            if here < total:
                in_processes(plan, range(here, total), processes, done, tell, executor)
            if is_last:
                simulated()
        except _Enough:
            counter.end(before + len(done), before + total)
            if is_last:
                simulated()
        except KeyboardInterrupt as error:
            simulated(pressed=len(done) == total)
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
        return done, None


@dataclass(frozen=True)
class Done:
    """What came of a plan's runs, by number: the first `kept` replications are whole."""

    found: Mapping[int, Any]
    works: int
    kept: int

    def of(self, place: int) -> tuple[Any, ...]:
        """What one work gave in each replication."""
        return tuple(self.found[k * self.works + place] for k in range(self.kept))


def processes_for(asked: int | None, tasks: int) -> int:
    """How many processes do so many runs."""
    return 1 if tasks == 1 else min(asked if asked is not None else cores(), tasks)


def whole(done: Container[int], strategies: int, replications: int) -> int:
    """How many replications from the first on all strategies have finished: whole pairs where something is missing.

    >>> whole({0, 1, 2, 3, 4, 5, 8}, 2, 6)
    2
    """
    kept = 0
    while kept < replications and all(kept * strategies + i in done for i in range(strategies)):
        kept += 1
    return kept if kept == replications or kept < 2 else kept - kept % 2
