"""The two engines give the same event log, bit for bit, for any scenario.

Tests: ``engine/kernel.py``, ``engine/reference.py``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from ladsim.engine import kernel
from ladsim.engine.agreement import compare_engines, parting
from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.engine.simulation import Simulation
from ladsim.errors import StudyError
from ladsim.scenario.load import load, validated
from ladsim.scenario.spec import Scenario
from tests.strategies import bound, loud, planned, scenario_data

FAN = {"name": "fan", "share": 0.1, "orders_per_month": 2.0, "messages_per_month": 3.0, "announces": True}


def both(scenario: Scenario, seed: int) -> tuple[History, History]:
    """The same future by a process per customer and by arrays."""
    slow, fast = (simulate(scenario, seed=seed, log=True, engine=engine) for engine in ("simpy", "fast"))
    return slow, fast


def agree(data: dict[str, Any], seed: int) -> int:
    """Both engines give the same history, of so many rows of the log; else the scenario as a file, and the first event at which they part.

    Where messages multiply without end both say so in the same words: no rows.
    """
    scenario = planned(data)
    try:
        slow = simulate(scenario, seed=seed, log=True, engine="simpy")
    except StudyError as error:
        with pytest.raises(StudyError, match=f"^{re.escape(str(error))}$"):
            simulate(scenario, seed=seed, log=True, engine="fast")
        return 0
    fast = simulate(scenario, seed=seed, log=True, engine="fast")
    assert slow.equals(fast), f"seed {seed}: {parting(slow, fast)}\n\n{tomlkit.dumps(data)}"
    ways_of_the_kernel(scenario, seed, slow)
    assert slow.log is not None
    return len(slow.log)


def ways_of_the_kernel(scenario: Scenario, seed: int, whole: History) -> None:
    """Lives lived ahead, pauses, and any number of threads, give the same; chunks of 16 customers, so that the threads have to share."""
    before, kernel.Fast.chunk = kernel.Fast.chunk, 1
    try:
        assert whole.equals(simulate(scenario, seed=seed, log=True, engine="fast", threads=2))
        for threads in (1, 2, 3):
            assert replace(whole, log=None).equals(simulate(scenario, seed=seed, engine="fast", threads=threads)), threads
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kernel, "MONTHLY_FROM", 0)
            assert replace(whole, log=None).equals(simulate(scenario, seed=seed, engine="fast"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kernel, "_AT_ONCE", 7)  # events after which it pauses, so that Ctrl-C is heard
            assert whole.equals(simulate(scenario, seed=seed, log=True, engine="fast"))
    finally:
        kernel.Fast.chunk = before


@pytest.fixture
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    bound(monkeypatch)


@pytest.mark.usefixtures("_small_bounds")
@settings(max_examples=120)
@given(scenario_data(), st.integers(0, 2**40))
def test_engines_agree(data: dict[str, Any], seed: int) -> None:
    """Log, books, snapshots and every customer's row are equal."""
    agree(data, seed)


@settings(max_examples=60)
@given(scenario_data().map(loud), st.integers(0, 2**40), st.sampled_from([100, 3_000]), st.sampled_from([100, 2_000, 60_000]))
def test_engines_agree_on_what_is_too_much(data: dict[str, Any], seed: int, messages: int, rows: int) -> None:
    """Where everybody announces, most futures end because of too many messages or too long a log: by both engines in the same words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Simulation, "most_messages", messages)
        patch.setattr(Simulation, "most_rows", rows)
        agree(data, seed)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.usefixtures("_small_bounds")
@settings(max_examples=2000)
@given(scenario_data(), st.integers(0, 2**40))
def test_engines_agree_over_many_scenarios(data: dict[str, Any], seed: int) -> None:
    """The same over two thousand scenarios."""
    agree(data, seed)


def test_engines_agree_on_what_is_not_generated(tmp_path: Path) -> None:
    """A graph file whose ids are not the rows' numbers, blocks by segment, uncertain numbers, shares reached."""
    ties = tmp_path / "ties.csv"
    ties.write_text("".join(f"{a},{b}\n" for a in range(3, 90, 7) for b in range(500, 700, 45 + a % 5)), encoding="utf-8")
    told = {"from": "lead", "to": "customer", "trigger": "message", "probability": {"low": 0.1, "high": 0.4}}
    data = {
        "schema": 1, "name": "others", "months": 6, "market_size": 90,
        "segments": [{"name": "small", "share": 0.4}, {"name": "large", "share": 0.6}],
        "rungs": [{"name": "lead", "share": 0.8}, {"name": "customer", "share": 0.2, "orders_per_month": 1.0, "messages_per_month": 3.0}],
        "steps": [
            told, {"from": "lead", "to": "customer", "cumulative_share": 0.2, "by_months": 6},
            {"from": "customer", "to": "lead", "rate": {"low": 0.1, "high": 0.3}},
        ],
        "word_of_mouth": [
            {"layer": "file", "graph": {"kind": "file", "path": str(ties)}, "budget": "per_receiver"},
            {"layer": "blocks", "graph": {"kind": "stochastic_blocks", "within_degree": 4.0, "between_degree": 1.0}},
        ],
    }  # fmt: skip
    for seed in range(8):
        agree(data, seed)


def test_where_engines_part_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that loses a customer's last event is found out, with the event."""
    data = {
        "schema": 1, "name": "two", "months": 2, "market_size": 5,
        "rungs": [{"name": "lead", "share": 1.0}, {"name": "customer", "orders_per_month": 1.0}],
        "steps": [{"from": "lead", "to": "customer", "rate": 2.0}],
    }  # fmt: skip
    scenario = validated(data)
    assert compare_engines(scenario, seed=3).equal
    whole = kernel.Fast.sorted_log
    monkeypatch.setattr(kernel.Fast, "sorted_log", lambda self: np.delete(whole(self), 5))
    found = compare_engines(scenario, seed=3)
    assert not found.equal
    assert found.parting.startswith("event 5: simpy month 0.")
    assert "move lead → customer lead.customer" in found.parting


def test_full_buffers_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that stops at every event to empty its buffers gives the same history."""
    data = {
        "schema": 1, "name": "busy", "months": 3, "market_size": 400,
        "rungs": [{"name": "lead", "share": 0.9}, FAN],
        "steps": [{"from": "lead", "to": "fan", "trigger": "message", "probability": 0.05}, {"from": "fan", "to": "lead", "rate": 0.5}],
        "word_of_mouth": [{"layer": "all", "graph": {"kind": "everyone"}}],
    }  # fmt: skip
    slow, fast = both(validated(data), 5)
    assert slow.equals(fast)
    start, empty = kernel.Fast.__init__, kernel.Fast.flush_log
    emptied = 0

    def cramped(self: kernel.Fast, *arguments: object, **options: object) -> None:
        start(self, *arguments, **options)
        self.records["reserve"] = self.books.log.size - 2

    def counted(self: kernel.Fast) -> None:
        nonlocal emptied
        emptied += 1
        empty(self)

    monkeypatch.setattr(kernel.Fast, "__init__", cramped)
    monkeypatch.setattr(kernel.Fast, "flush_log", counted)
    assert slow.equals(both(validated(data), 5)[1])
    assert slow.log is not None and emptied > np.unique(slow.log[["time", "customer"]]).size > 1_000


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_that_stop_at_different_times(root: Path, threads: int) -> None:
    """With shares of 4,096 and 904 customers one thread is through while the other still empties its log, again and again."""
    scenario = load(root / "benchmarks" / "w.toml")
    one = simulate(scenario, seed=7, sample=5000, log=True, engine="fast", threads=1)
    before, kernel.Fast.chunk = kernel.Fast.chunk, 256 if threads == 2 else 100
    try:
        assert one.equals(simulate(scenario, seed=7, sample=5000, log=True, engine="fast", threads=threads))
    finally:
        kernel.Fast.chunk = before


def test_an_arrival_is_a_way_to_where_messages_matter() -> None:
    """Who waits outside, with things of its own to do there, is not lived ahead of the messages that will meet it in the market."""
    data = {
        "schema": 1, "name": "late", "months": 6, "market_size": 300,
        "rungs": [
            {"name": "lead", "share": 0.2, "cost_per_month": 1.0},
            {"name": "fan", "share": 0.2, "messages_per_month": 9.0, "announces": True, "orders_per_month": 1.0},
            {"name": "outside", "off_ladder": "outside", "share": 0.6, "cost_per_month": 0.5, "orders_per_month": 2.0},
        ],
        "steps": [{"from": "lead", "to": "fan", "trigger": "message", "probability": 0.2}, {"from": "fan", "to": "lead", "rate": 0.3}],
        "arrivals": [{"to": "lead", "per_month": 25}],
        "word_of_mouth": [{"layer": "all", "graph": {"kind": "barabasi_albert", "links": 3}}],
    }  # fmt: skip
    agree(data, 11)


def test_engines_agree_on_the_workload(root: Path) -> None:
    """The benchmark's workload at 3,000 customers, which fills the log's buffer many times over."""
    scenario = load(root / "benchmarks" / "w.toml")
    slow, fast = (simulate(scenario, seed=7, sample=3000, log=True, engine=engine) for engine in ("simpy", "fast"))
    assert slow.log is not None and len(slow.log) > 15_000
    assert slow.equals(fast)
