"""The workload W(N) as every program of the benchmark gets it: the ladder's numbers, the graph, the start; and the clock.

In: ``w.toml`` for the numbers, an .npz file made by ``export.py`` for the graph and the start. Out: one line of JSON per program
on the screen. Peers run in an environment of their own, so nothing here imports ladsim.

A peer is a file in ``peers/`` with two functions. ``prepare(market, ladder)`` turns the graph into the form that the program wants;
it is not timed. ``play(prepared, ladder, seed)`` builds the model, plays the months and returns an ``Outcome``; it is timed, and
what it builds is for one run only. Before the clock starts a market of 1,000 is played once, so that what compiles has compiled.

A program that goes day by day asks ``Ladder.daily`` for the chances of one step: a customer leaves a rung with 1 − exp(−λ/30),
which would be exact if it could leave only once a day.
"""

from __future__ import annotations

import json
import math
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

SCENARIO = Path(__file__).with_name("w.toml")
DAYS = 30  # steps a month of the programs that go day by day
ENOUGH = 1.0  # seconds: after so long no further seed is played
CUSTOMER, MEANT = 2, ("lead", "prospect", "customer", "repeat", "ambassador", "lapsed")


class Market(NamedTuple):
    """A graph in rows and who stands where at the start."""

    indptr: Any  # (N + 1,) int64
    indices: Any  # (ties,) int32: neighbours, both ways
    start: Any  # (N,) int8: place of the rung

    @property
    def size(self) -> int:
        return int(self.start.size)


class Outcome(NamedTuple):
    """What a run counts; None where the program cannot say."""

    counts: Any  # (months + 1, rungs): customers at every month start
    orders: int | None = None
    revenue: float | None = None
    messages: int | None = None
    # What tells all that was written down from anything else, where it is ladsim's own books; made once the clock has stopped.
    books: Callable[[], str] | None = None


@dataclass(frozen=True)
class Daily:
    """One day's chances, by rung."""

    leave: np.ndarray  # of leaving the rung by itself
    first_share: np.ndarray  # of those who leave, to `first`; the others to `second`
    first: np.ndarray
    second: np.ndarray
    orders: np.ndarray  # mean number
    messages: np.ndarray  # mean number


@dataclass(frozen=True)
class Ladder:
    """The numbers of W, rates a month. A message moves its receiver one rung up."""

    months: int
    rungs: tuple[str, ...]
    exits: tuple[tuple[tuple[int, float], ...], ...]  # by rung: (to, rate)
    orders: tuple[float, ...]
    messages: tuple[float, ...]
    answers: tuple[float, ...]  # chance that a message moves its receiver
    basket_log_mean: float
    basket_spread: float

    def daily(self) -> Daily:
        """The chances of one day."""
        total = np.array([sum(rate for _, rate in ways) for ways in self.exits])
        return Daily(
            leave=1.0 - np.exp(-total / DAYS),
            first_share=np.array([ways[0][1] for ways in self.exits]) / total,
            first=np.array([ways[0][0] for ways in self.exits]),
            second=np.array([ways[-1][0] for ways in self.exits]),
            orders=np.array(self.orders) / DAYS,
            messages=np.array(self.messages) / DAYS,
        )


@cache
def ladder() -> Ladder:
    """W's numbers, read from its scenario file."""
    said = tomllib.loads(SCENARIO.read_text(encoding="utf-8"))
    names = tuple(rung["name"] for rung in said["rungs"])
    assert names == MEANT, f"{SCENARIO}: found the rungs {names}, the peers are written for {MEANT}"
    place = {name: n for n, name in enumerate(names)}
    exits: list[list[tuple[int, float]]] = [[] for _ in names]
    answers = [0.0] * len(names)
    for step in said["steps"]:
        origin, to = place[step["from"]], place[step["to"]]
        if step.get("trigger") == "message":
            answers[origin] = step["probability"]
        else:
            exits[origin].append((to, step["rate"]))
    spread = said["basket"]["spread"]
    return Ladder(
        months=said["months"],
        rungs=names,
        exits=tuple(tuple(ways) for ways in exits),
        orders=tuple(rung.get("orders_per_month", 0.0) for rung in said["rungs"]),
        messages=tuple(rung.get("messages_per_month", 0.0) for rung in said["rungs"]),
        answers=tuple(answers),
        basket_log_mean=math.log(said["basket"]["mean"]) - 0.5 * spread * spread,
        basket_spread=spread,
    )


def read_market(path: str) -> Market:
    """A market from its file."""
    with np.load(path) as held:
        return Market(held["indptr"], held["indices"], held["start"])


def monthly(times: Any, counts: Any, months: int) -> Any:
    """(months + 1, rungs): what a record of every change, (changes, rungs), shows at month starts."""
    last = np.searchsorted(times, np.arange(months + 1) + 1e-12, side="right") - 1
    return np.asarray(counts)[last]


def peak_megabytes() -> float:
    """The most memory this process has held; not a number where the system does not say."""
    try:
        import resource
    except ImportError:
        return math.nan
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def timed(play: Callable[[int], Outcome], seed: int) -> dict[str, Any]:
    """One run: its seed, CPU and wall seconds, and what it counted."""
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = play(seed)
    seconds = {"seed": seed, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    counts = np.asarray(outcome.counts).astype(int).tolist()
    return seconds | outcome._asdict() | {"counts": counts, "books": outcome.books and outcome.books()}


def answer(prepare: Callable[..., Any], play: Callable[..., Outcome], **facts: Any) -> None:
    """The whole of a peer's main program: warm up, play the seeds, print one line of JSON.

    Arguments of the program: the file of a small market, the file of the market, the seeds.
    """
    small, large, *seeds = sys.argv[1:]
    numbers = ladder()
    play(prepare(read_market(small), numbers), numbers, 0)
    market = read_market(large)
    begin = time.perf_counter()
    prepared = prepare(market, numbers)
    prepare_seconds = time.perf_counter() - begin
    runs: list[dict[str, Any]] = []
    for seed in seeds:
        runs.append(timed(partial(play, prepared, numbers), int(seed)))
        if sum(run["cpu"] for run in runs) > ENOUGH:
            break
    said = {"prepare": prepare_seconds, "peak_mb": peak_megabytes(), "runs": runs}
    print(json.dumps({**facts, **said}))
