"""A comparison under other graphs: each is the comparison of a file with that graph, and a table says whether the verdict stands.

Tests: ``reporting/other_graphs.py``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from ladsim.cli import program
from ladsim.errors import StudyError
from ladsim.planning.compare import Comparison, compare
from ladsim.planning.other_graphs import OF_FILE, graph_table, mean_ties, variants
from ladsim.planning.tables import tables_of
from ladsim.reporting.comparison import page
from ladsim.reporting.other_graphs import verdict
from ladsim.reporting.page import page_html
from ladsim.reporting.page_model import Points
from ladsim.scenario.load import loads
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Graph, Scenario
from tests.coverage_of_promises import CERTAIN, MARKET, tiny_market

SETTING: dict[str, Any] = {"replications": 6, "processes": 1}


@pytest.fixture(scope="module")
def market() -> Scenario:
    """Three hundred people, ties of a Barabási–Albert graph, two strategies."""
    return tiny_market(ranged=True)


@pytest.fixture(scope="module")
def study(market: Scenario) -> Comparison:
    """Both strategies under the file's graph and all others."""
    return compare(market, graphs=True, **SETTING)


def test_each_variant_is_the_comparison_of_a_file_with_that_graph(market: Scenario, study: Comparison) -> None:
    """The lead under every other graph is that of a plain comparison of the changed scenario, to the last bit; the first row is that of the
    file, whose other tables are as they are without `graphs`."""
    table = study.other_graphs.set_index("graph")
    plain = compare(market, **SETTING)
    for name, scenario in {OF_FILE: market, **variants(market)}.items():
        alone = plain if name == OF_FILE else compare(scenario, **SETTING)
        row = alone.differences.set_index("strategy").loc[alone.runner_up]
        assert (table.loc[name, "best"], table.loc[name, "rival"]) == (alone.best, alone.runner_up)
        assert table.loc[name, ["mean", "low", "high"]].tolist() == row[["mean", "low", "high"]].tolist()
    assert list(table.index) == [OF_FILE, *variants(market)]
    own = tables_of(study)
    assert "other_graphs" in own
    for name, found in tables_of(plain).items():
        pd.testing.assert_frame_equal(found, own[name])


def test_processes_change_nothing(market: Scenario, study: Comparison) -> None:
    """The table is the same from two processes."""
    pd.testing.assert_frame_equal(compare(market, graphs=True, replications=6, processes=2).other_graphs, study.other_graphs)


def test_overrides_act_under_all_graphs(market: Scenario) -> None:
    """What --set changes is changed under the other graphs, too."""
    dear = {"basket.mean": 40.0}
    found = compare(market, graphs=True, overrides=dear, replications=2, processes=1).other_graphs.set_index("graph")
    alone = compare(variants(override(market, dear))["seed_1"], replications=2, processes=1)
    assert found.loc["seed_1", "mean"] == float(alone.differences.set_index("strategy").loc[alone.runner_up, "mean"])


def test_variants_keep_or_change_the_number_of_ties(market: Scenario) -> None:
    """Other seeds and kinds have as many ties as the file's graph, fewer and more have fewer and more; each is named for what it is."""
    found = {name: scenario.word_of_mouth[0].graph for name, scenario in variants(market).items()}
    assert list(found) == ["seed_1", "seed_2", "fewer_ties", "more_ties", "watts_strogatz", "erdos_renyi"]
    assert {name: mean_ties(graph) for name, graph in found.items()} == {
        "seed_1": 4.0, "seed_2": 4.0, "fewer_ties": 2.0, "more_ties": 6.0, "watts_strogatz": 4.0, "erdos_renyi": 4.0,
    }  # fmt: skip
    assert [found[name].seed for name in ("seed_1", "seed_2", "erdos_renyi")] == [2, 3, 1]


@pytest.mark.parametrize(
    ("graph", "fewer", "more"),
    [
        (Graph(kind="barabasi_albert", links=1), 2.0, 4.0),
        (Graph(kind="barabasi_albert", links=8), 12.0, 20.0),
        (Graph(kind="watts_strogatz", neighbours=8, rewired_share=0.1), 6.0, 10.0),
        (Graph(kind="erdos_renyi", mean_degree=4.0), 3.0, 5.0),
        (Graph(kind="configuration", degrees="poisson", mean_degree=8.0), 6.0, 10.0),
    ],
)
def test_a_quarter_fewer_and_more(market: Scenario, graph: Graph, fewer: float, more: float) -> None:
    """By a quarter, or by one step where ties are whole numbers; a graph that cannot have fewer has no such variant."""
    changed = market.model_copy(update={"word_of_mouth": (market.word_of_mouth[0].model_copy(update={"graph": graph}),)})
    found = {name: mean_ties(scenario.word_of_mouth[0].graph) for name, scenario in variants(changed).items()}
    assert found.get("fewer_ties", mean_ties(graph)) == fewer
    assert found["more_ties"] == more


def test_a_graph_drawn_anew_has_no_other_seeds(market: Scenario) -> None:
    """With redraw every future has another graph of the law already: other seeds would say nothing."""
    redrawn = loads(MARKET.format(**CERTAIN).replace("seed = 1 }", "redraw = true }"))
    assert not any(name.startswith("seed") for name in variants(redrawn))
    assert all(scenario.word_of_mouth[0].graph.redraw for scenario in variants(redrawn).values())


def test_no_generated_graph_is_refused(market: Scenario) -> None:
    """Where nothing is generated there is no other graph: said before anything is played."""
    with pytest.raises(StudyError, match="graphs: found no layer of word of mouth with a generated graph"):
        compare(market.model_copy(update={"word_of_mouth": ()}), graphs=True, **SETTING)


def test_a_verdict_that_turns_is_said(study: Comparison) -> None:
    """Where another strategy is surely the best under another graph, the table says so, and the sentence counts it."""
    sure = study.differences.assign(low=1.0)
    other = next(name for name in study.runs if name not in (study.best, study.runner_up))
    turned = replace(study, best=study.runner_up, runner_up=other, differences=sure.assign(strategy=[other, study.best]))
    table = graph_table(
        replace(study, differences=sure), {"seed_1": turned, "seed_2": replace(study, differences=sure.assign(low=-1.0))}
    )
    assert table["stands"].tolist() == ["yes", "other", "unsure"]
    assert "0 of 2" in verdict(replace(study, other_graphs=table)).replace("\xa0", " ")


def test_the_page_shows_them(study: Comparison) -> None:
    """The page has a row per graph, and says that a generated graph is one for all futures."""
    html = page_html(study)
    assert (
        "Does the verdict depend on the graph?" in html
        and "another random network of the same kind (seed + 1)" in html.replace("\xa0", " ")
    )
    limits = next(one for one in page(study).sections if one.key == "limits")
    said = [text for points in limits.items if isinstance(points, Points) for text in points.items]
    assert any("is one graph in all futures" in text for text in said)


def test_the_command_and_its_manifest(tmp_path: Path) -> None:
    """--graphs prints the table and writes it; `again` makes the same tables."""
    file = tmp_path / "tiny.toml"
    file.write_text(MARKET.format(**CERTAIN), encoding="utf-8")
    runner, out = CliRunner(), tmp_path / "report"
    found = runner.invoke(
        program.app, ["compare", str(file), "--graphs", "--replications", "2", "--processes", "1", "--out", str(out)]
    )
    assert found.exit_code == 0, found.output
    assert "The same comparison under other graphs" in found.output
    assert (out / "tables" / "other_graphs.csv").exists()
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["graphs"] is True
    again = runner.invoke(
        program.app, ["again", str(out / "manifest.json"), "--processes", "1", "--out", str(tmp_path / "again")]
    )
    assert again.exit_code == 0, again.output
