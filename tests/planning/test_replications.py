"""What is kept with futures: worked out once, and nobody's to change.

Tests: ``planning/once.py``.
"""

from __future__ import annotations

from dataclasses import replace

from ladsim.planning.compare import Comparison
from ladsim.planning.measure_table import measures
from ladsim.planning.once import once
from ladsim.planning.replications import Replications
from ladsim.planning.tables import tables_of
from ladsim.scenario.draws import resolve
from ladsim.scenario.tables import tables


def test_work_is_done_once_for_each_run(duel: Comparison) -> None:
    """Asked for twice, it is the same thing; other futures, and the same with another label, have their own."""
    asked: list[str] = []

    @once
    def label(runs: Replications) -> list[str]:
        asked.append(runs.label)
        return [runs.label]

    one, other = duel.runs["dear"], duel.runs["base"]
    assert label(one) is label(one)
    assert label(other) == [other.label]
    assert label(replace(one, label="renamed")) == ["renamed"]
    assert asked == [one.label, other.label, "renamed"]


def test_what_is_handed_out_may_be_changed(duel: Comparison) -> None:
    """A table of measures that somebody spoils, or that gets a column for its file, spoils nobody else's."""
    run = replace(duel.runs["dear"])
    before = measures(run).copy()
    spoiled = run.measures
    spoiled["mean"] = 0.0
    assert tables_of(run)["measures"].columns[0] == "strategy"
    assert measures(run).equals(before)
    assert run.measures.equals(before)


def test_draws_of_a_run_are_those_it_lived_with(duel: Comparison) -> None:
    """Replication k had the numbers of draw k // 2, and its scenario and tables can be had again."""
    run = duel.runs["retention_first"]
    assert list(run.parameters.columns) == list(run.draws.keys)
    for k in range(run.count):
        assert tuple(run.parameters.iloc[k]) == run.draws.values(k // 2)
    plain = resolve(run.scenario, run.setting.seed, 1)
    assert run.draws.scenario_of(1) == plain
    assert (run.draws.tables(1).steps == tables(plain).steps).all()
