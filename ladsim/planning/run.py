"""Many futures: the same scenario again and again, each time with other luck and other values of what we do not know.

In: a scenario and how many replications. Out: `Replications`. Replication k uses parameter draw k // 2 and luck stream k, whatever
the strategy and whatever process runs it, so the number of processes changes nothing and two strategies meet the same luck.

``together`` runs several strategies in one pool of local processes. Work is handed out replication by replication; when it is
stopped, what is kept is the longest row of whole pairs that all strategies have finished, so that half a study is an ordinary
study of fewer replications.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Unpack

import pandas as pd

from ladsim.engine.history import History
from ladsim.engine.run import compile_for, future
from ladsim.errors import StoppedError, StudyError, WorldError, out_of_memory
from ladsim.i18n import Locale
from ladsim.interrupts import simulated
from ladsim.measures.summary import Summary, summarise
from ladsim.planning.options import Progress, StudyOptions, with_study_options
from ladsim.planning.replications import Replications, Setting
from ladsim.planning.workers import Executor, cores, in_processes
from ladsim.planning.worlds import Worlds
from ladsim.scenario.draws import Draws
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import BASE, refuse_no_name, with_strategy, without_levers

AS_IT_STANDS = "as it stands"  # what base is called where a strategy of the file has its name
MOST_REPLICATIONS = 1_000_000  # of all of which the measures are kept
_TWIN = "without levers"  # no strategy can be called so: names have no blanks

Finished = tuple[History, Summary]


class Work(Protocol):
    """Something to be done once per replication, in whatever process; it is sent there."""

    def future(self, replication: int, worlds: Worlds) -> Any:
        """What one replication gives. `worlds` are those of the study."""
        ...


@dataclass(frozen=True)
class StudyContext:
    """A scenario with its strategy, as all its runs in a study share it."""

    draws: Draws  # of that scenario
    world: int | None  # its place among the study's worlds; None: every replication has another
    threads: int | None  # within a run: one where replications run side by side

    def play(self, replication: int, worlds: Worlds, *, strategy: str | None = None, customers: bool = True) -> History:
        """One replication, as `simulate` gives it."""
        world = worlds.of(self.world, self.draws, replication)
        return future(
            self.draws.tables(replication // 2),
            world,
            strategy=strategy,
            seed=self.draws.seed,
            replication=replication,
            engine=self.draws.scenario.engine,
            threads=self.threads,
            customers=customers,
        )


ExtraTasks = Callable[[StudyContext], Sequence[Work]]


@dataclass(frozen=True)
class StrategyTask:
    """One strategy's part of a study, the same in every replication."""

    together: StudyContext
    strategy: str | None

    def future(self, replication: int, worlds: Worlds) -> Finished:
        """One replication, slimmed, with its measures."""
        history = self.together.play(replication, worlds, strategy=self.strategy)
        return history.slim(), summarise(history)


@dataclass(frozen=True)
class _Plan:
    """All runs of a study, numbered: every strategy, and further work, of a replication before the next replication."""

    works: Sequence[Work]
    worlds: Worlds

    def run(self, number: int) -> Any:
        """One of them."""
        replication, which = divmod(number, len(self.works))
        return self.works[which].future(replication, self.worlds)


@dataclass
class _Counter:
    """Counts finished runs and tells `progress`."""

    total: int
    progress: Progress | None
    done: int = 0
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self.began

    def tell(self, done: int) -> None:
        self.done = done
        if self.progress is not None:
            self.progress(done, self.total, self.seconds / done * (self.total - done) if done else None)


@with_study_options()
def replicate(
    scenario: Scenario,
    *,
    strategy: str | None = None,
    with_nothing: bool = False,
    **options: Unpack[StudyOptions],
) -> Replications:
    """Many futures of one strategy (None, or "base": the scenario as it stands).

    `with_nothing` plays every future once more without the strategy and without campaigns, programmes and policies of the file
    (`Replications.nothing`), which tells what they bring that would not have come anyway; where there are none, nothing is played.
    `overrides` sets values by dotted key first.
    `processes` is the number of local processes (default: the processor's cores; 1 runs in this process, on one thread) and never
    changes a number. `executor`, one of ``concurrent.futures`` or of a cluster (``client.get_executor()`` of Dask), does the runs in
    place of them; for `processes` at a time runs are handed out, and it stays open. Ctrl-C, or a worker that is killed, keeps what is
    done (``interrupted``, ``stopped_by``; not where all of it was done); when nothing is, the KeyboardInterrupt or a StoppedError goes
    on. Raises StudyError, ScenarioError, WorldError and PolicyError.

    >>> import ladsim
    >>> runs = ladsim.replicate(ladsim.load("acquisition_vs_retention"), replications=4, sample=200, processes=1)
    >>> runs.measures.head(2)[["measure", "name", "futures"]]
                 measure               name  futures
    0             profit             Profit        4
    1  discounted_profit  Discounted profit        4
    """
    runs, _ = run_with_extra(scenario, [strategy], lambda first: (), with_nothing=with_nothing, **options)
    return next(iter(runs.values()))


@with_study_options()
def together(
    scenario: Scenario,
    strategies: Sequence[str | None],
    **options: Unpack[StudyOptions],
) -> dict[str, Replications]:
    """Many futures of several strategies under the same luck, in one pool: by name, in the order asked for.

    A strategy asked for twice is run twice, the second time as "name (2)".
    """
    return run_with_extra(scenario, strategies, lambda first: (), **options)[0]


@with_study_options()
def run_with_extra(
    scenario: Scenario,
    strategies: Sequence[str | None],
    more: ExtraTasks,
    *,
    with_nothing: bool = False,
    **options: Unpack[StudyOptions],
) -> tuple[dict[str, Replications], list[tuple[Any, ...]]]:
    """``together``, and what further work gives in the same replications: one tuple per work, by replication.

    `more` is handed the first strategy and says what is to be done beside it. `with_nothing`: see ``replicate``, of the first strategy.
    """
    setting = _setting(options)
    cast = _cast(override(scenario, setting.overrides), strategies, with_nothing)
    (runs,), further = _played([(cast, setting)], more, options)
    if _TWIN in runs:
        nothing, first_name = runs.pop(_TWIN), next(iter(runs))
        runs[first_name] = replace(runs[first_name], nothing=nothing)
    return runs, further


@with_study_options()
def varied(
    scenario: Scenario,
    strategies: Sequence[str | None],
    variants: Sequence[Mapping[str, Any]],
    **options: Unpack[StudyOptions],
) -> list[dict[str, Replications]]:
    """``together`` for several variants of a scenario, under the same luck, in one pool and in the same worlds where these are equal.

    A variant is a set of further `overrides`; its futures are those that ``together`` gives with them, to the last bit.
    """
    setting = _setting(options)
    settings = [replace(setting, overrides={**setting.overrides, **variant}) for variant in variants]
    casts = [(_cast(override(scenario, own.overrides), strategies, False), own) for own in settings]
    return _played(casts, lambda first: (), options)[0]


def _setting(options: StudyOptions) -> Setting:
    """What fixes the numbers. Raises StudyError where a number is none to begin with."""
    _refuse_odd_numbers(options["seed"], options["replications"], options["processes"])
    return Setting(options["seed"], options["replications"], options["sample"], dict(options["overrides"] or {}))


def _played(
    casts: Sequence[tuple[_Cast, Setting]], more: ExtraTasks, options: StudyOptions
) -> tuple[list[dict[str, Replications]], list[tuple[Any, ...]]]:
    """The futures of every cast in one pool, and what further work gives."""
    seed, replications, sample = options["seed"], options["replications"], options["sample"]
    processes, executor = options["processes"], options["executor"]
    for cast, _ in casts:  # before anything is compiled for so many
        if sample is not None and not 1 <= sample <= cast.source.market_size:
            raise WorldError(f"sample: found {sample:,}, must be from 1 to market_size = {cast.source.market_size:,}")
    apart = executor is not None or _processes(processes, replications * sum(len(cast.asked) for cast, _ in casts)) > 1
    threads = 1 if apart or processes == 1 else None
    worlds, shared = Worlds(sample), dict[tuple[int, str], StudyContext]()
    for number, (cast, _) in enumerate(casts):
        for name, own in cast.applied.items():
            draws = Draws(own, seed)
            compile_for(draws.tables(0), sample or own.market_size, threads)
            shared[number, name] = StudyContext(draws, worlds.settle(draws), threads)
    # Before processes start: they have them, too.
    drawn = {key: parameters(one.draws, replications) for key, one in shared.items()}
    works: list[Work] = [StrategyTask(one, casts[number][0].asked[name]) for (number, name), one in shared.items()]
    works += more(next(iter(shared.values())))
    counter = _Counter(replications * len(works), options["progress"])
    found, stopped = _finish(_Plan(works, worlds), _processes(processes, counter.total), counter, executor)
    done = _Done(found, len(works), _whole(found, len(works), replications))
    if stopped is not None and not done.kept:
        raise stopped
    runs: list[dict[str, Replications]] = [{} for _ in casts]
    for place, (number, name) in enumerate(shared):
        world = worlds.at(shared[number, name].world)
        notes, (cast, setting) = world.notes if world is not None else (), casts[number]
        parts = (done.of(place), drawn[number, name], counter.seconds, stopped, notes)
        runs[number][name] = _replications(cast, name, setting, *parts)
    return runs, [done.of(place) for place in range(len(shared), len(works))]


@dataclass(frozen=True)
class _Cast:
    """What is played: each strategy by its name, and the scenario under it; last the market without levers, where it is wanted."""

    source: Scenario  # overrides applied
    asked: dict[str, str | None]
    applied: dict[str, Scenario]


def _cast(source: Scenario, strategies: Sequence[str | None], with_nothing: bool) -> _Cast:
    asked = unique_names(source, strategies)
    applied = {name: with_strategy(source, strategy) for name, strategy in asked.items()}
    twin = without_levers(source, next(iter(applied.values()))) if with_nothing else None
    if twin is not None:
        asked, applied = asked | {_TWIN: None}, applied | {_TWIN: twin}
    return _Cast(source, asked, applied)


@dataclass(frozen=True)
class _Done:
    """What came of a plan's runs, by number: the first `kept` replications are whole."""

    found: Mapping[int, Any]
    works: int
    kept: int

    def of(self, place: int) -> tuple[Any, ...]:
        """What one work gave in each replication."""
        return tuple(self.found[k * self.works + place] for k in range(self.kept))


def _replications(
    cast: _Cast,
    name: str,
    asked: Setting,
    done: Sequence[Finished],
    drawn: pd.DataFrame,
    seconds: float,
    stopped: BaseException | None,
    notes: tuple[str, ...],
) -> Replications:
    """The futures of one strategy."""
    kept, strategy = len(done), cast.asked[name]
    return Replications(
        strategy=strategy,
        label=label_of(cast.source, strategy) if name != _TWIN else Locale(cast.source.language).text("strategy.nothing"),
        source=cast.source,
        scenario=cast.applied[name],
        setting=replace(asked, replications=kept),
        histories=tuple(history for history, _ in done),
        summaries=tuple(summary for _, summary in done),
        parameters=drawn.iloc[:kept],
        interrupted=kept < asked.replications,
        stopped_by=str(stopped or "") if kept < asked.replications else "",
        seconds=seconds,
        asked=asked.replications,
        world_notes=notes,
    )


def unique_names(scenario: Scenario, strategies: Sequence[str | None]) -> dict[str, str | None]:
    """The strategies asked for by a name of their own; "base" means none, where no strategy is called so."""
    found: dict[str, str | None] = {}
    for asked in strategies:
        refuse_no_name(asked)
        strategy = None if asked == BASE and BASE not in scenario.strategies else asked
        name = strategy or (BASE if BASE not in scenario.strategies else AS_IT_STANDS)
        count = 1 + sum(other == strategy for other in found.values())
        found[name if count == 1 else f"{name} ({count})"] = strategy
    return found


def label_of(scenario: Scenario, strategy: str | None) -> str:
    """What a strategy is called on screens and in sentences."""
    if strategy is None:
        return Locale(scenario.language).text("strategy.none")
    record = scenario.strategies.get(strategy)
    return (record.label if record else "") or strategy.replace("_", " ").capitalize()


def parameters(draws: Draws, replications: int) -> pd.DataFrame:
    """The values of all uncertain numbers: one row per replication, one column per dotted key."""
    index = pd.RangeIndex(replications, name="replication")
    if not draws.keys:
        return pd.DataFrame(index=index)
    rows = [draws.values(k // 2) for k in range(replications)]
    return pd.DataFrame(rows, columns=list(draws.keys), index=index, dtype=float)


def _refuse_odd_numbers(seed: int, replications: int, processes: int | None) -> None:
    if replications < 1:
        raise StudyError(f"replications: found {replications}, must be at least 1")
    if replications > MOST_REPLICATIONS:
        raise StudyError(f"replications: found {replications:,}, must be at most {MOST_REPLICATIONS:,}")
    if not 0 <= seed < 2**63:
        raise StudyError(f"seed: found {seed}, must be a whole number from 0 to 2^63 − 1")
    if processes is not None and processes < 1:
        raise StudyError(f"processes: found {processes}, must be at least 1")


def _processes(asked: int | None, tasks: int) -> int:
    return 1 if tasks == 1 else min(asked if asked is not None else cores(), tasks)


def _finish(
    plan: _Plan, processes: int, counter: _Counter, executor: Executor | None
) -> tuple[dict[int, Any], BaseException | None]:
    """Everything by its number, and what stopped it before its end: Ctrl-C, or that a worker was killed."""
    done: dict[int, Any] = {}
    here = counter.total if processes == 1 and executor is None else 0
    try:
        counter.tell(0)
        for number in range(here):
            done[number] = plan.run(number)
            counter.tell(len(done))
        if here < counter.total:
            in_processes(plan, range(here, counter.total), processes, done, lambda: counter.tell(len(done)), executor)
        simulated()
    except KeyboardInterrupt as error:
        simulated(pressed=len(done) == counter.total)
        return done, error
    except BrokenExecutor as error:
        simulated()
        if executor is not None:
            return done, StoppedError(f"the executor ended after {counter.done} of {counter.total} runs: {error}")
        return done, StoppedError(
            f"a worker process was ended from outside after {counter.done} of {counter.total} runs, most often because memory ran out: "
            f"use fewer processes (now {processes}) or a smaller sample"
        )
    except (MemoryError, OSError) as error:
        if not out_of_memory(error):
            raise
        raise StudyError(
            f"memory ran out after {counter.done} of {counter.total} runs: use fewer processes (now {processes}) or a smaller sample"
        ) from None
    return done, None


def _whole(done: Container[int], strategies: int, replications: int) -> int:
    """How many replications from the first on all strategies have finished: whole pairs where something is missing.

    >>> _whole({0, 1, 2, 3, 4, 5, 8}, 2, 6)
    2
    """
    kept = 0
    while kept < replications and all(kept * strategies + i in done for i in range(strategies)):
        kept += 1
    return kept if kept == replications or kept < 2 else kept - kept % 2
