"""The benchmark's market at ten and a hundred million customers: time, memory, sums, the same history by one thread and by two.

Units: the market W with messages by two threads and by one, W without messages, W with everything on, and W with ten times as many
customers, where there is memory for it. Each builds its market from the scenario that the benchmarks play, so what is measured is
what ``benchmarks/RESULTS.md`` measures.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ladsim
from benchmarks.export import workload
from benchmarks.workload import SCENARIO, peak_megabytes
from ladsim.engine.history import History
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import tables
from ladsim.theory.expected import expected_rung_counts
from tests.acceptance.part import Line, Part, Row, Unit
from tests.acceptance.rules import ENGINE
from tests.agree.test_workload import MONTHS, exact_variance, silent

SIZE = 10_000_000
SMALL = 200_000
KINDS = (
    ("talking", 2, 1),
    ("talking", 1, 1),
    ("silent", 2, 1),
    ("everything", 2, 1),
    ("talking", 2, 10),
)  # what, threads, times SIZE
NEEDED = 16 * 10**9  # bytes of free memory for the last
BYTES_EACH = {"talking": 400, "silent": 400, "everything": 1_000}  # of a customer with its ties, letters, memberships
BYTES_AT_LEAST = 800 * 2**20  # of Python with its libraries and the rules
MOST_MINUTES = 20.0


def play(unit: Unit) -> Row:
    """One market, built and played."""
    kind, threads, times = KINDS[unit.number]
    size = times * (SMALL if unit.small else SIZE)
    if times > 1 and not unit.small and free_memory() < NEEDED:
        return {"kind": kind, "threads": threads, "size": size, "left_out": f"{free_memory() / 1e9:.0f} GB of memory are free"}
    scenario = market(kind, size)
    ladsim.simulate(scenario, sample=1000, seed=1, threads=threads)
    begin = time.perf_counter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LADSIM_GRAPH_CACHE_GB", "0")  # made, not opened
        world = ladsim.build(scenario, sample=size)
    built = time.perf_counter()
    history = ladsim.simulate(scenario, world=world, seed=unit.seed, threads=threads, customers=False)
    ended = time.perf_counter()
    more: dict[str, Any] = {"z": deviation(history, size)} if kind == "silent" else {}
    return more | {
        "kind": kind,
        "threads": threads,
        "size": size,
        "graph": built - begin,
        "run": ended - built,
        "megabytes": peak_megabytes(),  # of the process so far: no less than the unit took
        "lost": lost(history),
        "unbooked": unbooked(history),
        "orders": int(history.orders.sum()),
        "messages": int(history.messages.sum()),
        "history": digest(history),
    }


def market(kind: str, size: int) -> Scenario:
    """The scenario of a kind."""
    if kind == "everything":
        return ladsim.load(SCENARIO.with_name("everything.toml"))
    return workload() if kind == "talking" else silent(size)


def free_memory() -> int:
    """Bytes that the system would give; 0 where it does not say."""
    try:
        found = [
            line for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines() if line.startswith("MemAvailable:")
        ]
    except OSError:
        return 0
    return int(found[0].split()[1]) * 1024 if found else 0


def lost(history: History) -> int:
    """Customers that are on no rung at a snapshot, or whose moves explain no change: summed over months and rungs."""
    away = np.abs(history.counts.sum(axis=(1, 2)) - history.size).sum()
    names = list(history.rung_names)
    change = np.zeros_like(history.counts[1:])
    for step, (origin, to, _) in enumerate(history.step_ends):
        change[:, :, names.index(origin)] -= history.flows[1:, step]
        change[:, :, names.index(to)] += history.flows[1:, step]
    return int(away + np.abs(np.diff(history.counts, axis=0) - change).sum())


def unbooked(history: History) -> int:
    """By how much the daily and the monthly books differ, summed over causes."""
    monthly = history.money.reshape(history.money.shape[0], history.money.shape[1], -1).sum(axis=(0, 2))
    monthly = monthly + history.market_money.reshape(history.market_money.shape[0], history.market_money.shape[1], -1).sum(
        axis=(0, 2)
    )
    return int(np.abs(history.daily.sum(axis=0) - monthly).sum())


def digest(history: History) -> str:
    """A fingerprint of the books: equal where they are equal to the last unit."""
    books = (history.counts, history.flows, history.orders, history.messages, history.money, history.market_money, history.daily)
    return hashlib.sha256(b"".join(np.ascontiguousarray(book).tobytes() for book in books)).hexdigest()[:16]


def deviation(history: History, size: int) -> float:
    """The largest |z| of the counts without messages, by their exact variance."""
    scenario = silent(size)
    expected = expected_rung_counts(tables(scenario)).to_numpy()[MONTHS]
    found = history.counts[MONTHS].sum(axis=1)
    return float(np.abs((found - expected) / np.sqrt(exact_variance(scenario))).max())


def summary(rows: Sequence[Row]) -> list[Line]:
    """Sums, sameness, time and memory."""
    lines = []
    for row in rows:
        name = f"{row['kind']}, {row['size']:,} customers, {row['threads']} thread{'s' * (row['threads'] > 1)}"
        if "left_out" in row:
            lines.append(Line(name, f"left out: {row['left_out']}", f"{NEEDED / 1e9:.0f} GB of free memory, else left out", True))
            continue
        minutes = (row["graph"] + row["run"]) / 60.0
        most = (BYTES_AT_LEAST + BYTES_EACH[row["kind"]] * row["size"]) / 2**20
        lines += [
            Line(f"{name}: customers lost", f"{row['lost']:,}", "none", row["lost"] == 0),
            Line(f"{name}: smallest units not booked alike by day and by month", f"{row['unbooked']:,}", "none", row["unbooked"] == 0),
            Line(
                f"{name}: minutes, with the graph", f"{minutes:.2f} (graph {row['graph'] / 60:.2f})",
                f"at most {MOST_MINUTES:g}", minutes <= MOST_MINUTES,
            ),
            Line(f"{name}: peak memory, MB", f"{row['megabytes']:,.0f}", f"at most {most:,.0f}", row["megabytes"] <= most),
        ]  # fmt: skip
    lines += [
        Line(
            f"silent, {row['size']:,} customers: largest |z| of 24 counts against e^(Qt)",
            f"{row['z']:.2f}",
            "at most 4",
            row["z"] <= 4,
        )
        for row in rows
        if "z" in row
    ]
    alike = [row for row in rows if row["kind"] == "talking" and row["size"] in (SIZE, SMALL)]
    equal = len({row["history"] for row in alike}) == 1 and {row["threads"] for row in alike} == {1, 2}
    return [*lines, Line("books by one thread and by two", "equal" if equal else "not both, or not equal", "equal", equal)]


PART = Part(
    name="large",
    title="Ten million customers, and a hundred",
    shows="The benchmark's market with ten million customers, 24 months, on a graph of forty million ties: nobody is lost, every amount is "
    "booked, one thread and two give the same books, without messages the counts are those of e^(Qt); and what it takes.",
    rests_on=(
        *ENGINE,
        "benchmarks/w.toml",
        "benchmarks/everything.toml",
        "benchmarks/export.py",
        "tests/markets",
        "tests/agree/test_workload.py",
        "tests/acceptance/parts/large.py",
    ),
    full=len(KINDS),
    small=len(KINDS),
    play=play,
    summary=summary,
    processes=1,
    most_seconds=2400.0,
)
