"""The tables say what was measured, and no more."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import ladsim
from benchmarks import goals, report, run
from benchmarks.picture import APART, spread
from benchmarks.workload import SCENARIO
from ladsim.engine.rules import parameters_of
from ladsim.hosts.choice import block_for
from ladsim.scenario.draws import resolve
from ladsim.scenario.tables import tables


def found(cpu: float, same: bool = True) -> dict[str, Any]:
    """One program's part of the results."""
    judged = {"same_model": same, "difference": 0.001, "limit": 0.002, "where": "lead, month 6", "runs": 3}
    return {"cpu": cpu, "wall": cpu, "peak_mb": 100.0, "judged": judged, "version": "1", "settings": "-", "leaves_out": "-"}


@pytest.fixture
def results() -> dict[str, Any]:
    """A run with ladsim, a slow peer, a wrong peer and one that was left out."""
    row = {
        "auto": found(0.02),
        "general": found(0.02),
        "simpy": found(3.0),
        "eon": found(1.0, False),
        "mesa": {"left_out": "why"},
    }
    large = {"auto": found(0.3), "general": found(1.2), "c_general": found(1.0), "c_horizon": found(0.1)}
    machine = {"cores": 2, "memory_gb": 24, "python": "3.11", "numba": "0.68"}
    return {"machine": machine, "sizes": {"100000": row, "1000000": large}, "goals": {}, "minutes": 1.0}


def test_goals_are_judged_by_ratio(results: dict[str, Any]) -> None:
    """Met, missed and not measured are told apart, and a wrong peer gives no ratio."""
    goals = {(line.what, line.goal): line for line in [*report.of_speed(results), *report.of_peers(results)]}
    assert goals["W(1e6), day by day, one thread", "≤ 1 s"].met is False
    beside_c = [(line.found, line.met) for line in report.of_speed(results) if line.what.startswith("the same ÷")]
    assert beside_c == [("1.20 ×", True), ("3.00 ×", False)]
    assert goals["SimPy by hand ÷ ladsim, W(1e5)", "≥ 100 ×"] == ("SimPy by hand ÷ ladsim, W(1e5)", "≥ 100 ×", "150 ×", True)
    assert goals["EoN ÷ ladsim, W(1e5)", "≥ 100 ×"].met is None
    assert goals["W(1e7), day by day, one thread", "≤ 10 s"].found == report.NOT_MEASURED


def test_cells_say_why_there_is_no_time(results: dict[str, Any]) -> None:
    """A wrong model's time is not shown; who was left out has the reason."""
    assert report.cell(results, "eon", "100000") == "not the same model"
    assert report.cell(results, "mesa", "100000") == "why"
    assert report.cell(results, "numpy", "100000") == "–"
    assert report.cell(results, "simpy", "100000") == "3.00 s, 150 ×, 100 MB"


def test_the_page_is_whole(results: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every place of the template is filled, and the picture is there."""
    (tmp_path / "results_template.md").write_text((report.FOLDER / "results_template.md").read_text(encoding="utf-8"))
    monkeypatch.setattr(report, "FOLDER", tmp_path)
    report.write(results)
    page = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "{" not in page
    assert "2 cores, 24 GB of memory, Python 3.11, Numba 0.68" in page
    assert (tmp_path / "results.svg").read_text(encoding="utf-8").startswith("<?xml")


def test_the_best_round_counts() -> None:
    """Least seconds, highest peak, and every run to compare."""
    facts = {"version": "1", "settings": "-", "leaves_out": "-", "prepare": 1.0}
    slow = {**facts, "peak_mb": 50.0, "runs": [{"cpu": 2.0, "wall": 2.5}]}
    fast = {**facts, "peak_mb": 40.0, "runs": [{"cpu": 1.5, "wall": 1.6}, {"cpu": 1.0, "wall": 1.1}]}
    both = run.gathered([slow, fast])
    assert (both["cpu"], both["wall"], both["cpu_worst"], both["peak_mb"]) == (1.0, 1.1, 2.0, 50.0)
    assert both["runs"] == slow["runs"] + fast["runs"]


def test_what_takes_too_long_is_left_out() -> None:
    """By the time of the size before, in proportion; and for good once it was left out."""
    results: dict[str, Any] = {"sizes": {"100000": {"mesa": {"cpu": 30.0}, "eon": {"left_out": "no"}, "numpy": {"cpu": 1.0}}}}
    assert run.why_not(results, "mesa", run.PROGRAMS["mesa"], 1_000_000) == "about 5 minutes expected"
    assert run.why_not(results, "eon", run.PROGRAMS["eon"], 200_000) == "no"
    assert run.why_not(results, "numpy", run.PROGRAMS["numpy"], 1_000_000) == ""
    assert "6 GB" in run.why_not(results, "eon", run.PROGRAMS["eon"], 1_000_000)


def test_names_stand_apart() -> None:
    """Names in the picture do not overlap, and keep their order."""
    placed = spread([1.0, 0.99, 0.98, -2.0])
    assert all(above - below >= APART - 1e-12 for above, below in pairwise(placed))


def test_everything_on_is_judged() -> None:
    """The ratio to W, the bytes of a customer without its memberships, and the dearest membership."""
    found = {"w": {"cpu": 1.0}, "everything": {"cpu": 3.0}, "graph_bytes": 40.0, "bytes": {"rest": 90, "points": 100, "club": 38}}
    assert [(line.found, line.met) for line in report.of_everything(found)] == [
        ("3.00 ×", True), ("130 bytes", False), ("100 bytes (points 100, club 38)", False),
    ]  # fmt: skip
    assert {line.found for line in report.of_everything({})} == {report.NOT_MEASURED}


def test_bytes_of_a_row() -> None:
    """The parts add up to the row as it is laid out, but for what fills a line of memory."""
    scenario = ladsim.load(SCENARIO.with_name("everything.toml"))
    laid_out = tables(resolve(scenario, 1, 0))
    world = ladsim.build(scenario, sample=1000)
    stride = int(parameters_of(laid_out, world, block_for("plain"), log=False, rows=False).market["stride"][0])
    sizes = goals.row_bytes(scenario)
    assert set(sizes) == {"points", "tiers", "cashback", "rest"}
    assert 0 <= stride - (sum(sizes.values()) - 8) < 64
