"""Weights of ties: who hears whom in proportion to them, under each budget; equal weights give the very history of none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pytest

import ladsim
from ladsim.scenario.spec import Scenario
from ladsim.world.build import World, build
from ladsim.world.graph import ReferralGraph, added_up

MONTHS = 200
WEIGHTED = "source,target,weight\na,b,1\na,c,3\na,d,4\nb,c,2\n"


def market(path: Path, budget: str, **graph: Any) -> Scenario:
    """Four people who talk five times a month for two hundred months."""
    return Scenario.model_validate(
        {
            "name": "x", "months": MONTHS, "market_size": 4,
            "rungs": ({"name": "customer", "share": 1.0, "messages_per_month": 5.0, "orders_per_month": 0.01},),
            "word_of_mouth": ({"layer": "friends", "budget": budget, "graph": {"kind": "file", "path": str(path), **graph}},),
        }
    )  # fmt: skip


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def heard(scenario: Scenario) -> tuple[dict[tuple[str, str], float], World, ladsim.History]:
    """Messages a month along each tie."""
    world = build(scenario)
    history = ladsim.simulate(scenario, seed=3, log=True)
    table = history.events()
    sent = table[table["event"] == "send"].groupby(["customer", "other"]).size() / MONTHS
    names = {int(number): world.label(row) for row, number in enumerate(world.ids)}
    return {(names[int(one)], names[int(other)]): float(n) for (one, other), n in sent.items()}, world, history


# Rates by hand. Per sender 5 a month by weight; per edge 5·w over the mean weight 2.5; per receiver 5·w over the weights of the receiver's.
EXPECTED = {
    "per_sender": {"ab": 5 / 8, "ac": 15 / 8, "ad": 20 / 8, "ba": 5 / 3, "bc": 10 / 3, "ca": 3.0, "cb": 2.0, "da": 5.0},
    "per_edge": {"ab": 2.0, "ac": 6.0, "ad": 8.0, "ba": 2.0, "bc": 4.0, "ca": 6.0, "cb": 4.0, "da": 8.0},
    "per_receiver": {
        "ab": 5 / 3, "ac": 15 / 5, "ad": 5.0, "ba": 5 / 8, "bc": 10 / 5, "ca": 15 / 8, "cb": 10 / 3, "da": 20 / 8,
    },
}  # fmt: skip


@pytest.mark.parametrize("budget", EXPECTED)
def test_messages_go_by_weight(budget: str, tmp_path: Path) -> None:
    """The rate along every tie is the one worked out by hand, within four standard errors of a Poisson count."""
    rates, _, _ = heard(market(written(tmp_path / "ties.csv", WEIGHTED), budget))
    wanted = {tuple(ends): rate for ends, rate in EXPECTED[budget].items()}
    assert rates.keys() == wanted.keys()
    for ends, rate in wanted.items():
        assert abs(rates[ends] - rate) < 4 * (rate / MONTHS) ** 0.5, ends


@pytest.mark.parametrize("budget", EXPECTED)
def test_both_engines_play_weights_alike(budget: str, tmp_path: Path) -> None:
    """The same event log, bit for bit."""
    scenario = market(written(tmp_path / "ties.csv", WEIGHTED), budget).model_copy(update={"months": 12.0})
    fast, simpy = (ladsim.simulate(scenario, seed=5, engine=engine, log=True) for engine in ("fast", "simpy"))
    assert fast.equals(simpy)


@pytest.mark.parametrize("budget", EXPECTED)
def test_equal_weights_are_as_none(budget: str, tmp_path: Path) -> None:
    """Weights of 2 all over, weights that are ignored, and no weights: one history."""
    bare, even = WEIGHTED.replace(",weight", ""), WEIGHTED
    for number in "134":
        even = even.replace(f",{number}\n", ",2\n")
    bare = "".join(line.rsplit(",", 1)[0] + "\n" if line.count(",") == 2 else line + "\n" for line in bare.splitlines())
    files = [(bare, {}), (even, {}), (WEIGHTED, {"weights": "ignore"})]
    scenarios = [market(written(tmp_path / f"{i}.csv", text), budget, **more) for i, (text, more) in enumerate(files)]
    histories = [ladsim.simulate(scenario.model_copy(update={"months": 12.0}), seed=5, log=True) for scenario in scenarios]
    assert histories[0].equals(histories[1])
    assert histories[0].equals(histories[2])
    assert build(scenarios[1]).layers[0].weights is None


def test_weights_of_a_tie_given_twice_add_up(tmp_path: Path) -> None:
    """Whichever way round it is given; a weight of 0 is no tie, but its people are there."""
    text = "source,target,weight\na,b,1\nb,a,2\nb,c,1\nc,d,0\n"
    world = build(market(written(tmp_path / "ties.csv", text), "per_sender"))
    graph = world.layers[0].to_networkx(labels=[world.label(row) for row in range(4)])
    assert {frozenset((a, b)): weight for a, b, weight in graph.edges(data="weight")} == {
        frozenset("ab"): 3.0,
        frozenset("bc"): 1.0,
    }
    assert sorted(graph) == ["a", "b", "c", "d"]
    assert "1 tie of weight 0" in world.notes[0]


def test_a_networkx_graph_brings_its_weights_where_asked(tmp_path: Path) -> None:
    """With weights = "use" only; parallel ties add up."""
    given = networkx.MultiGraph()
    given.add_weighted_edges_from([("a", "b", 1.0), ("a", "b", 2.0), ("b", "c", 1.0), ("c", "d", 5.0)])
    for weights, wanted in (("use", [3.0, 1.0, 5.0]), (None, None)):
        scenario = market(tmp_path / "none.csv", "per_sender", weights=weights)
        world = build(scenario, graphs={"friends": given})
        found = world.layers[0].weights
        assert (found is None) == (wanted is None)
        assert wanted is None or found is None or sorted(found.tolist()) == sorted(wanted * 2)


def test_weights_stand_beside_their_ties() -> None:
    """Against a table from all to all: sums of what was given, both ways where ties have no direction."""
    luck = np.random.default_rng(7)
    sources, targets = (luck.integers(0, 30, 400).astype(np.int32) for _ in range(2))
    weights = luck.integers(1, 9, 400).astype(np.float64)
    for directed in (True, False):
        whole = np.zeros((30, 30))
        np.add.at(whole, (sources, targets), weights)
        whole = whole if directed else whole + whole.T
        np.fill_diagonal(whole, 0.0)
        graph = ReferralGraph.from_edges(30, sources, targets, directed, weights)
        assert graph.weights is not None
        rows = np.repeat(np.arange(30), graph.out_degree)
        assert graph.weights.tolist() == whole[rows, graph.indices].tolist()
        assert graph.weights.size == np.count_nonzero(whole)
    assert added_up(sources, targets, np.ones(400), False) is not None
    assert added_up(sources[:0], targets[:0], weights[:0], True) is None
