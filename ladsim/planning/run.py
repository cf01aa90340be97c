"""Many futures: the same scenario again and again, each time with other luck and other values of what we do not know.

In: a scenario and how many replications. Out: `Replications`. Replication k uses parameter draw k // 2 and luck stream k, whatever
the strategy and whatever process runs it, so the number of processes changes nothing and two strategies meet the same luck.

``together`` runs several strategies in one pool of local processes. Work is handed out replication by replication; when it is
stopped, what is kept is the longest row of whole pairs that all strategies have finished, so that half a study is an ordinary
study of fewer replications.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Unpack

import pandas as pd

from ladsim.engine.history import History
from ladsim.engine.run import RunOptions, compile_for, future
from ladsim.errors import StudyError, WorldError
from ladsim.i18n import Locale
from ladsim.i18n.problems import error_told
from ladsim.measures.summary import Summary, summarise
from ladsim.planning.after_horizon import MOST_FUTURES, LongerTask, collected, has_policies, months_of, refuse_no_months
from ladsim.planning.keeping import Kept, store_for
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.packed import PackedHistory, row_of
from ladsim.planning.pool import Counter, Done, Pool, Work, processes_for, whole
from ladsim.planning.replications import Replications, Setting
from ladsim.planning.selection import Judgement
from ladsim.planning.unit_keys import Identity
from ladsim.planning.until_sure import Sure, UntilSure, Watch, Worth, can_take_off
from ladsim.planning.worlds import Worlds
from ladsim.scenario.after_horizon import gone_on
from ladsim.scenario.draws import Draws
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import BASE, refuse_no_name, with_strategy, without_levers

AS_IT_STANDS = "as it stands"  # what base is called where a strategy of the file has its name
MOST_REPLICATIONS = 1_000_000  # of all of which the measures are kept
_TWIN = "without levers"  # no strategy can be called so: names have no spaces

Finished = tuple[History | PackedHistory, Summary]


@dataclass(frozen=True)
class StudyContext:
    """A scenario with its strategy, as all its runs in a study share it."""

    draws: Draws  # of that scenario
    world: int | None  # its place among the study's worlds; None: every replication has another
    threads: int | None  # within a run: one where replications run side by side

    def identity(self, what: str, strategy: str | None = None) -> Identity:
        """What determines its units of a kind."""
        return Identity(what, (self.draws.scenario,), self.draws.seed, strategy)

    def play(self, replication: int, worlds: Worlds, *, strategy: str | None = None, customers: bool = True) -> History:
        """One replication, as `simulate` gives it."""
        world = worlds.of(self.world, self.draws, replication)
        engine, threads = self.draws.scenario.engine, self.threads
        options = RunOptions(strategy, self.draws.seed, replication, engine=engine, threads=threads, customers=customers)
        return future(self.draws.tables(replication // 2), world, options)


ExtraTasks = Callable[[StudyContext], Sequence[Work]]


@dataclass(frozen=True)
class StrategyTask:
    """One strategy's part of a study, the same in every replication."""

    together: StudyContext
    strategy: str | None

    @property
    def identity(self) -> Identity:
        """What determines its futures."""
        return self.together.identity("future", self.strategy)

    def future(self, replication: int, worlds: Worlds) -> Finished:
        """One replication, slimmed, with its measures."""
        history = self.together.play(replication, worlds, strategy=self.strategy)
        return history.slim(), summarise(history)


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
    `overrides` sets values by dotted key first. `months_after` plays the first futures on behind the horizon for so many months
    (`Replications.after`): campaigns have ended, nobody joins a programme; None: for base's mean customer lifetime, where there are two to
    be compared (``planning.after_horizon``); 0: not at all.
    `processes` is the number of local processes (default: the processor's cores; 1 runs in this process, on one thread) and never
    changes a number. `executor`, one of ``concurrent.futures`` or of a cluster (``client.get_executor()`` of Dask), does the runs in
    place of them; for `processes` at a time runs are handed out, and it stays open. `store` is the folder in which finished futures are
    kept and found again, by all studies (``ladsim.runs``); None: ``$LADSIM_STORE``, else one in the cache folder; False: none; it never
    changes a number. Ctrl-C, or a worker that is killed, keeps what is
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
def until_sure(
    scenario: Scenario,
    strategies: Sequence[str | None],
    terms: UntilSure,
    tell: Callable[[Judgement], None] | None = None,
    worth: Worth | None = None,
    **options: Unpack[StudyOptions],
) -> tuple[dict[str, Replications], Sure]:
    """``together``, looked at all along and ended when it is known which strategy is the best, or when the terms say so.

    `tell` hears how strategies stand, look by look; `worth` says what is compared (None: the profit).
    `replications` counts for nothing: the terms say how many futures at the most.
    """
    options["replications"] = terms.futures + terms.futures % 2
    setting = _setting(options)
    cast = _cast(override(scenario, setting.overrides), strategies, False)
    base = next(name for name, strategy in cast.asked.items() if strategy is None)
    watch = Watch(terms, list(cast.asked), base, not can_take_off([*cast.applied.values()]), tell, worth)
    (runs,), _ = _played([(cast, setting)], lambda first: (), options, watch)
    return runs, watch.conclude({name: run.summaries for name, run in runs.items()})


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
    refuse_no_months(options["months_after"])
    numbers = options["seed"], options["replications"], options["sample"], dict(options["overrides"] or {})
    return Setting(*numbers, options["months_after"])


def _played(
    casts: Sequence[tuple[_Cast, Setting]], more: ExtraTasks, options: StudyOptions, watch: Watch | None = None
) -> tuple[list[dict[str, Replications]], list[tuple[Any, ...]]]:
    """The futures of every cast in one pool, and what further work gives."""
    with Kept(store_for(options["store"]), options["sample"]) as kept:
        return _played_or_read(casts, more, options, watch, kept)


def _played_or_read(
    casts: Sequence[tuple[_Cast, Setting]], more: ExtraTasks, options: StudyOptions, watch: Watch | None, kept: Kept
) -> tuple[list[dict[str, Replications]], list[tuple[Any, ...]]]:
    """The same, with a store of what was played before."""
    seed, replications, sample = options["seed"], options["replications"], options["sample"]
    processes, executor = options["processes"], options["executor"]
    for cast, _ in casts:  # before anything is compiled for so many
        if sample is not None and not 1 <= sample <= cast.source.market_size:
            raise WorldError(f"sample: found {sample:,}, must be from 1 to market_size = {cast.source.market_size:,}")
    apart = executor is not None or processes_for(processes, replications * sum(len(cast.asked) for cast, _ in casts)) > 1
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
    looked_at = min(MOST_FUTURES, replications) if _looks_on(casts) else 0
    counter = Counter(replications * len(works) + looked_at * len(shared), options["progress"])
    pool = Pool(worlds, processes_for(processes, counter.total), counter, executor, kept)
    if watch is not None:
        watch.begin(any(len(one.columns) for one in drawn.values()))
    found, stopped = pool.finish(works, replications, is_last=not looked_at, stop=watch)
    if watch is not None and stopped is None:  # that it ended earlier is no interruption
        replications = watch.kept
        casts = [(cast, replace(setting, replications=replications)) for cast, setting in casts]
    out = watch.out if watch is not None else {}
    done = Done(found, len(works), whole(found, len(works), replications, out), out)
    if stopped is not None and not done.kept:
        raise stopped
    runs: list[dict[str, Replications]] = [{} for _ in casts]
    for place, (number, name) in enumerate(shared):
        world = worlds.at(shared[number, name].world)
        notes, (cast, setting) = world.notes if world is not None else (), casts[number]
        parts = (done.of(place), done.kept, drawn[number, name], counter.seconds, stopped, notes)
        runs[number][name] = _replications(cast, name, setting, *parts)
    if looked_at and stopped is None:
        fewest = min(looked_at, *(run.count for those in runs for run in those.values()))
        counter.total -= (looked_at - fewest) * len(shared)
        runs = _played_on(casts, runs, shared, pool, fewest)
    return runs, [done.of(place) for place in range(len(shared), len(works))]


def _looks_on(casts: Sequence[tuple[_Cast, Setting]]) -> bool:
    """Whether a study looks at what comes after the horizon: where it was asked to, and no policy is at work.

    Left to itself (None) it does so only where there is something to compare.
    """
    asked = casts[0][1].months_after
    wanted = asked != 0 and (asked is not None or any(len(cast.asked) > 1 for cast, _ in casts))
    return wanted and not any(cast.has_policies for cast, _ in casts)


def _played_on(
    casts: Sequence[tuple[_Cast, Setting]],
    runs: Sequence[dict[str, Replications]],
    shared: Mapping[tuple[int, str], StudyContext],
    pool: Pool,
    futures: int,
) -> list[dict[str, Replications]]:
    """The runs with their first futures played on; as they are, where that was stopped."""
    (cast, setting), first = casts[0], runs[0]
    bare = next((run for run in first.values() if run.strategy is None), next(iter(first.values())))
    lived = [summary.ratios["mean_lifetime_months"] for summary in bare.summaries[:futures]]
    months = setting.months_after if setting.months_after is not None else months_of(cast.source, lived)
    works = [
        LongerTask(StudyContext(Draws(gone_on(one.draws.scenario, months), one.draws.seed), one.world, one.threads),
                   casts[number][0].asked[name])
        for (number, name), one in shared.items()
    ]  # fmt: skip
    found, stopped = pool.finish(works, futures, is_last=True)
    if stopped is not None and len(found) < futures * len(works):
        return [{name: replace(run, after_stopped=True) for name, run in those.items()} for those in runs]
    done = Done(found, len(works), futures)
    made: list[dict[str, Replications]] = [{} for _ in casts]
    for place, (number, name) in enumerate(shared):
        run = runs[number][name]
        after = collected(done.of(place), months)
        made[number][name] = replace(run, after=after, setting=replace(run.setting, months_after=months))
    return made


@dataclass(frozen=True)
class _Cast:
    """What is played: each strategy by its name, and the scenario under it; last the market without levers, where it is wanted."""

    source: Scenario  # overrides applied
    asked: dict[str, str | None]
    applied: dict[str, Scenario]

    @property
    def has_policies(self) -> bool:
        """Whether a policy is at work in any of them."""
        return has_policies([*self.applied.values()])


def _cast(source: Scenario, strategies: Sequence[str | None], with_nothing: bool) -> _Cast:
    asked = unique_names(source, strategies)
    applied = {name: with_strategy(source, strategy) for name, strategy in asked.items()}
    twin = without_levers(source, next(iter(applied.values()))) if with_nothing else None
    if twin is not None:
        asked, applied = asked | {_TWIN: None}, applied | {_TWIN: twin}
    return _Cast(source, asked, applied)


def _replications(
    cast: _Cast,
    name: str,
    asked: Setting,
    done: Sequence[Finished],
    kept: int,
    drawn: pd.DataFrame,
    seconds: float,
    stopped: BaseException | None,
    notes: tuple[str, ...],
) -> Replications:
    """The futures of one strategy; `kept`: how many the study has, which is more where this one was run no further."""
    strategy = cast.asked[name]
    return Replications(
        strategy=strategy,
        label=label_of(cast.source, strategy) if name != _TWIN else Locale(cast.source.language).text("strategy.nothing"),
        source=cast.source,
        scenario=cast.applied[name],
        setting=replace(asked, replications=kept, months_after=None if asked.months_after != 0 and cast.has_policies else 0),
        histories=row_of([history for history, _ in done]),
        summaries=tuple(summary for _, summary in done),
        parameters=drawn.iloc[: len(done)],
        interrupted=kept < asked.replications,
        stopped_by=str(stopped or "") if kept < asked.replications else "",
        seconds=seconds,
        asked=asked.replications,
        world_notes=tuple(error_told(note, cast.source.language) for note in notes),
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
