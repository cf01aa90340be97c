"""``simulate``: one scenario, one strategy, one future."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import __version__, streams
from ladsim.engine import holdout
from ladsim.engine.event_table import EventNames
from ladsim.engine.followed import chosen
from ladsim.engine.gone_on import go_on
from ladsim.engine.history import History
from ladsim.engine.kernel import Fast
from ladsim.engine.parquet import ParquetLog
from ladsim.engine.reference import Reference
from ladsim.engine.rules import parameters_of
from ladsim.engine.saved import Saved, SavedRun, month_to_save
from ladsim.engine.simulation import Simulation
from ladsim.engine.snapshots import months_of, snapshots
from ladsim.engine.state import books_of, customers_of, set_up
from ladsim.errors import StudyError, enough_memory
from ladsim.hosts.choice import block_for, compile_all, host_for, host_without_limit
from ladsim.model.layout import CAUSE_KINDS, POINT, TRIGGERS
from ladsim.scenario.draws import resolve
from ladsim.scenario.programs.rules import kind_of, shipped_hooks
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from ladsim.scenario.tables import Tables, tables
from ladsim.world.build import World, build

ENGINES: dict[str, type[Simulation]] = {"auto": Fast, "simpy": Reference, "fast": Fast}
ROUGH_BYTES = {"auto": 200, "simpy": 1_300, "fast": 200}  # a customer takes, measured on the workload of the benchmarks


@dataclass(frozen=True)
class RunOptions:
    """How one future is played, and what is kept of it. Raises StudyError for an engine that there is not."""

    strategy: str | None
    seed: int
    replication: int
    log: bool | str | os.PathLike[str] = False
    follow: int | Iterable[int] | None = None
    engine: str = "auto"
    threads: int | None = None
    customers: bool = True  # a row of each is kept
    save_at: int | None = None
    whole: Scenario | None = None  # in which strategies stand, of a run that is to be saved
    saved: Saved | None = None  # of one that goes on

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise StudyError(f"engine: found {self.engine!r}, must be one of {', '.join(ENGINES)}")

    @property
    def is_logged(self) -> bool:
        """Whether events are kept."""
        return self.log is not False or self.follow is not None

    @property
    def log_file(self) -> Path | None:
        """Where the log goes, if not into memory."""
        return None if isinstance(self.log, bool) else Path(self.log)


def simulate(
    scenario: Scenario,
    *,
    strategy: str | None = None,
    seed: int = 1,
    replication: int = 0,
    sample: int | None = None,
    log: bool | str | os.PathLike[str] = False,
    follow: int | Iterable[int] | None = None,
    world: World | None = None,
    engine: str | None = None,
    threads: int | None = None,
    customers: bool = True,
    save_at: int | None = None,
) -> History:
    """The history of one replication.

    Replication k uses parameter draw k // 2 and luck stream k. `sample` simulates so many customers of the market and scales what
    is spent in and what is counted out. `log` keeps every event in memory, or writes them to a Parquet file of that name;
    ``history.events()`` gives either as a table. `follow` keeps the events of so many customers only, or of those with these ids.
    `world` reuses a graph that was built before for the same scenario and sample. `engine` is "simpy" (a process per customer),
    "fast" (arrays) or "auto"; both give the same history. `threads` of the fast engine: by default as many as there are
    processors in a market from 300,000 customers without a log, else one; any number gives the same (SimPy's processes are one thread). Without
    `customers` no row per customer is kept, which saves memory in very large markets. `save_at` keeps the market as it stood at a month,
    so that ``history.fork`` can go on from there by another plan; that takes as much memory as the market itself, as long as the
    history lives. Raises StudyError for a seed, sample, engine or month that cannot be, ScenarioError for a strategy or a number that is
    not there, WorldError where a graph cannot be made, PolicyError where a user's own file fails.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("acquisition_vs_retention"), seed=7, sample=1000)
    >>> ladsim.measures.rung_counts(history).loc[[0, 24], ["lead", "customer", "ambassador"]]
    rung      lead  customer  ambassador
    month
    0.0    15500.0     600.0       240.0
    24.0   14040.0     280.0        80.0
    """
    if not all(isinstance(n, Integral) and 0 <= n < 2**63 for n in (seed, replication)):
        raise StudyError(f"seed and replication: found {seed!r} and {replication!r}, must be whole numbers from 0 to 2^63 − 1")
    if threads is not None and not (isinstance(threads, Integral) and threads >= 1):
        raise StudyError(f"threads: found {threads!r}, must be a whole number, at least 1")
    if sample is not None and not isinstance(sample, Integral):
        raise StudyError(f"sample: found {sample!r}, must be a whole number of people")
    plain = resolve(with_strategy(scenario, strategy), seed, replication // 2)
    if save_at is not None:
        save_at = month_to_save(plain, save_at, log)
    options = RunOptions(
        strategy, seed, replication, log, follow, engine or scenario.engine, threads, customers, save_at, whole=scenario
    )
    laid_out = tables(plain)
    return future(laid_out, world if world is not None else build(plain, sample=sample, replication=replication), options)


def future(laid_out: Tables, world: World, options: RunOptions) -> History:
    """``simulate`` from the tables of a resolved scenario on: what a study does many times with the same ones.

    A run that is to be saved says with `whole` in which scenario its strategies stand; one that goes on says from what was `saved`.
    """
    host = host_for(world.size, options.threads, len(_own_hooks(laid_out)))
    with enough_memory(StudyError, "simulating", world.size, ROUGH_BYTES[options.engine]):
        try:
            return _played(laid_out, world, options, host=host)
        except MemoryError:
            if host == (other := host_without_limit(world.size)):
                raise
        return _played(laid_out, world, options, host=other)


def _played(laid_out: Tables, world: World, options: RunOptions, *, host: str) -> History:
    """One run on a host. Raises MemoryError."""
    simulation = prepared(
        laid_out,
        world,
        ENGINES[options.engine],
        seed=options.seed,
        replication=options.replication,
        log=options.is_logged,
        rows=options.customers,
        threads=options.threads,
        host=host,
        saves=options.save_at is not None or options.saved is not None,
    )
    simulation.save_at = options.save_at
    followed = None
    if options.follow is not None:
        followed = chosen(options.follow, world.ids, streams.key_of_run(options.seed, options.replication))
        simulation.log_only(followed)
    file = options.log_file
    if file is not None:
        simulation.log_to(ParquetLog(file, _names(laid_out), _facts(simulation, laid_out.scenario, options, followed)))
    try:
        if options.saved is not None:
            go_on(simulation, options.saved, world)
        simulation.run()
        history = _history(simulation, world, options)
        if simulation.saved is not None and options.whole is not None:
            on = replace(options, follow=followed, save_at=None, whole=None, saved=None)
            history = replace(history, saved=SavedRun(options.whole, world, simulation.saved, on, future))
        if file is not None:
            return replace(history, log_file=file, followed=followed)
        return replace(history, log=simulation.sorted_log() if options.is_logged else None, followed=followed)
    finally:
        simulation.close()


def _names(tables: Tables) -> EventNames:
    """What the codes of the event log stand for."""
    programs = tuple(program.name for program in tables.programs)
    return EventNames(
        tables.rung_names, tables.step_names, tables.causes, tables.kind_names, tables.layer_names, tables.unit, programs
    )


def _facts(
    simulation: Simulation, scenario: Scenario, options: RunOptions, followed: NDArray[np.uint64] | None
) -> dict[str, Any]:
    """What a log's file says of its run."""
    return {
        "version": __version__,
        "scenario": scenario.name,
        "strategy": options.strategy or "",
        "seed": options.seed,
        "replication": options.replication,
        "currency": scenario.currency,
        "scale": simulation.plan.scale,
        "customers": int(simulation.state.due.size),
        "followed": [] if followed is None else followed.tolist(),
    }


def prepared(
    laid_out: Tables,
    world: World,
    kind: type[Simulation],
    *,
    seed: int = 1,
    replication: int = 0,
    log: bool = False,
    rows: bool = True,
    threads: int | None = None,
    host: str | None = None,
    saves: bool = False,
) -> Simulation:
    """A market at time 0, ready to run on an engine.

    Without `rows` it does not keep what was booked to each customer; one that `saves` keeps what any plan may need.
    """
    host = host or host_for(world.size, threads, len(_own_hooks(laid_out)))
    if host == "native":
        compile_all(shipped_hooks, _own_hooks(laid_out))
    block = block_for(host)
    rules = parameters_of(laid_out, world, block, log, rows, saves)
    books = books_of(laid_out, world, rules, block)
    state = set_up(laid_out, world, rules, books, block, seed, replication)
    return kind(laid_out, rules, state, books, world.scale, block, threads=threads)


def compile_for(laid_out: Tables, people: int, threads: int | None) -> None:
    """Compile all that runs of so many people need, where machine code will play them: before several processes would do it at once.

    Raises PolicyError where a user's own rule cannot be compiled.
    """
    if host_for(people, threads, len(_own_hooks(laid_out))) == "native":
        compile_all(shipped_hooks, _own_hooks(laid_out))


def _own_hooks(laid_out: Tables) -> list[Any]:
    """The rules of a user's own programmes."""
    own = [program.kind for program in laid_out.programs if program.kind.endswith(".py")]
    return [hook for kind in own for hook in kind_of(kind).hooks.values()]


def _by_source(laid_out: Tables, slots: NDArray[np.int64]) -> NDArray[np.int64]:
    """What is booked of each payment in advance, (M+1, P, …), added up for each of those who are paid: (M+1, A, …)."""
    owed, sources = laid_out.payments["is_owed"] == 1, np.array(laid_out.payment_sources)
    sums = [slots[:, owed & (sources == source)].sum(axis=1) for source in dict.fromkeys(laid_out.payment_sources)]
    return np.stack(sums, axis=1) if sums else np.zeros(0, np.int64)


def _history(engine: Simulation, world: World, options: RunOptions) -> History:
    laid_out, books, kept = engine.tables, engine.books, engine.block.released
    stands = snapshots(books)
    customers = customers_of(engine.market, engine.state, engine.block) if options.customers else None
    names = laid_out.rung_names
    ends = tuple((names[s["origin"]], names[s["to"]], TRIGGERS[s["trigger"]]) for s in laid_out.steps)
    outside = next((n for n, r in zip(names, laid_out.rungs, strict=True) if r["outside"]), "")
    return History(
        strategy=options.strategy,
        seed=options.seed,
        replication=options.replication,
        scale=world.scale,
        unit=laid_out.unit,
        months=months_of(laid_out.horizon),
        rung_names=names,
        step_names=laid_out.step_names,
        step_ends=ends + tuple((outside, names[a[0]], "arrival") for a in laid_out.arrivals),
        segment_names=laid_out.segment_names,
        layer_names=laid_out.layer_names,
        kind_names=laid_out.kind_names,
        causes=laid_out.causes,
        cause_kinds=tuple(CAUSE_KINDS[kind] for kind in laid_out.cause_kinds),
        program_names=tuple(program.name for program in laid_out.programs),
        program_kinds=tuple(program.kind for program in laid_out.programs),
        program_units=tuple(laid_out.unit if kind_of(p.kind).is_in_money else POINT for p in laid_out.programs),
        level_names=tuple(program.level_names for program in laid_out.programs),
        on_ladder=laid_out.on_ladder,
        is_customer=laid_out.rungs["is_customer"].astype(bool),
        talks=(laid_out.talk > 0.0).any(axis=0) | (laid_out.rungs["announces"] == 1),
        discount_per_month=laid_out.discount_per_month,
        counts=stands["people"],
        flows=kept(books.flows),
        orders=kept(books.orders),
        order_kinds=kept(books.order_kinds)[:, : len(laid_out.kind_names)],
        new_customers=kept(books.newcomers),
        money=kept(books.money),
        market_money=kept(engine.plan.market_money),
        daily=kept(books.daily),
        messages=kept(books.messages)[:, : len(laid_out.layer_names)],
        cohorts=stands["cohorts"],
        cohort_buyers=kept(books.buyers),
        returns=kept(books.returns),
        leavers=kept(books.leavers),
        members=kept(books.members),
        levels=stands["levels"],
        moods=stands["moods"],
        payment_sources=tuple(dict.fromkeys(laid_out.payment_sources)),
        cash=_by_source(laid_out, books.cash),
        prepaid=_by_source(laid_out, stands["prepaid"]),
        customers=customers,
        holdout_names=tuple(holdout.held_out(laid_out)) if customers is not None else (),
        holdouts=holdout.sums(laid_out, engine.block, engine.address, customers) if customers is not None else np.zeros(0),
        policy_notes=tuple(engine.policy_notes),
    )
