"""Worlds: graphs of every kind, copies, samples, files, redraws, and notes in plain words.

Tests: ``world/graph_kinds.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim.errors import WorldError
from ladsim.world.build import World, build, redrawn
from ladsim.world.graph import ReferralGraph
from tests.world.scenarios import scenario, segments

KINDS: dict[str, dict[str, Any]] = {
    "barabasi_albert": {"links": 2},
    "watts_strogatz": {"neighbours": 4, "rewired_share": 0.3},
    "erdos_renyi": {"mean_degree": 3.0},
    "configuration": {"degrees": (1, 2, 3)},
    "stochastic_blocks": {"within_degree": 3.0, "between_degree": 1.0},
    "grid": {},
    "cycle": {},
    "everyone": {},
    "none": {},
}
RANDOM = [kind for kind in KINDS if kind not in ("grid", "cycle", "everyone", "none")]


def graph(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, **KINDS.get(kind, {}), **more}


def file(tmp_path: Path, content: str, name: str = "ties.csv", **more: Any) -> dict[str, Any]:
    path = tmp_path / name
    path.write_text(content)
    return {"kind": "file", "path": str(path), **more}


def ties(world: World, layer: int = 0) -> set[tuple[str, str]]:
    """Ties by label, or by id."""
    there = world.layers[layer]
    return {(world.label(v), world.label(int(w))) for v in range(world.size) for w in there.neighbours(v)}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_built(kind: str) -> None:
    """N nodes, ids 0 … N − 1, degrees that agree with the rows."""
    world = build(scenario(60, graph(kind), segments=segments(0.5, 0.5)))
    there = world.layers[0]
    assert world.ids.tolist() == list(range(60))
    assert world.labels is None
    assert (there.nodes, world.size, world.scale) == (60, 60, 1.0)
    assert there.kind == (kind if kind in ("everyone", "none") else "edges")
    if there.kind == "edges":
        assert np.bincount(there.indices, minlength=60).tolist() == there.in_degree.tolist() == there.out_degree.tolist()
    assert world.pinned.tolist() == [-1] * 60


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "none"])
def test_copies_are_disjoint(kind: str) -> None:
    """No tie leaves its block of N / copies; random copies differ, regular ones are the same."""
    world = build(scenario(120, graph(kind, copies=4), segments=segments(0.5, 0.5)))
    there = world.layers[0]
    block = np.arange(120) // 30
    assert (block[there.indices] == np.repeat(block, there.out_degree)).all()
    first, second = ([(there.neighbours(v) - copy * 30).tolist() for v in range(copy * 30, copy * 30 + 30)] for copy in (0, 1))
    assert (first != second) == (kind in RANDOM)


@pytest.mark.parametrize("kind", [kind for kind in RANDOM if kind != "stochastic_blocks"])
def test_a_further_copy_leaves_the_former_ones_as_they_are(kind: str) -> None:
    """The luck of a copy goes by its number."""
    few, many = (build(scenario(copies * 20, graph(kind, copies=copies))).layers[0] for copies in (2, 5))
    assert [few.neighbours(v).tolist() for v in range(40)] == [many.neighbours(v).tolist() for v in range(40)]


@pytest.mark.parametrize("kind", RANDOM)
def test_a_graph_is_drawn_once_per_study_or_per_replication(kind: str) -> None:
    """Without `redraw` the replication changes nothing, with it every replication has its own; the seed decides."""
    parts = segments(0.5, 0.5)
    kept, again = scenario(90, graph(kind), segments=parts), scenario(90, graph(kind, redraw=True), segments=parts)
    other = scenario(90, graph(kind, seed=2), segments=parts)
    assert build(kept, replication=3).layers == build(kept).layers
    assert build(again, replication=3).layers == build(again, replication=3).layers
    assert build(again, replication=3).layers != build(again, replication=4).layers
    assert build(again).layers == build(kept).layers
    assert build(other).layers != build(kept).layers
    assert (redrawn(kept), redrawn(again)) == (False, True)


def test_what_holds_no_luck_is_never_redrawn(tmp_path: Path) -> None:
    """A ring is a ring in every replication, a file is a file."""
    assert not redrawn(scenario(10, graph("cycle", redraw=True), graph("everyone", redraw=True)))
    assert not redrawn(scenario(10, file(tmp_path, "1,2\n", redraw=True)))
    assert not redrawn(scenario(10))


def test_a_sample_stands_for_the_market() -> None:
    """N is the sample, each customer stands for market_size / N people."""
    world = build(scenario(1000, graph("barabasi_albert"), segments=segments(0.3, 0.7)), sample=50)
    assert (world.size, world.scale, world.layers[0].nodes) == (50, 20.0, 50)
    assert np.bincount(world.segment).tolist() == [15, 35]
    for wrong in (0, 1001):
        with pytest.raises(WorldError, match="must be from 1 to market_size = 1,000"):
            build(scenario(1000), sample=wrong)


def test_blocks_follow_the_segments() -> None:
    """Ties inside and between segments in the proportion asked for (± 10 % at 6,000 customers)."""
    blocks = {"kind": "stochastic_blocks", "within_degree": 5.0, "between_degree": 1.0}
    world = build(scenario(6000, blocks, segments=segments(0.2, 0.8)))
    there = world.layers[0]
    own = world.segment[there.indices] == np.repeat(world.segment, there.out_degree)
    assert abs(own.sum() / 6000 - 5) < 0.5
    assert abs((~own).sum() / 6000 - 1) < 0.1


def test_strings_loops_and_double_ties_in_a_file(tmp_path: Path) -> None:
    """Names are customers; a tie to oneself and a tie given twice are left out and reported."""
    world = build(scenario(3, file(tmp_path, "anna,bo\nbo,anna\ncarl,carl\nbo,carl\n")))
    assert ties(world) == {("anna", "bo"), ("bo", "anna"), ("bo", "carl"), ("carl", "bo")}
    assert world.notes == (
        "ties.csv: 3 people, 2 ties; line 1 read as a tie (anna – bo). Passed over: 1 tie of a person to itself; 1 tie given twice.",
    )


def test_direction_in_a_file(tmp_path: Path) -> None:
    """`directed = true` lets the first tell the second only; a CRM table's referrer tells the referred."""
    assert ties(build(scenario(2, file(tmp_path, "anna,bo\n", directed=True)))) == {("anna", "bo")}
    crm = file(tmp_path, "customer,by\nbo,anna\nanna,\n", directed=True)
    crm |= {"kind": "referred_by", "id_column": "customer", "referrer_column": "by"}
    assert ties(build(scenario(2, crm))) == {("anna", "bo")}
    assert ties(build(scenario(2, crm | {"directed": False}))) == {("anna", "bo"), ("bo", "anna")}


@given(st.permutations(["a,b", "b,c", "c,d", "a,d", "e,f"]), st.integers(6, 8))
def test_the_order_of_lines_does_not_matter(tmp_path: Path, lines: list[str], market_size: int) -> None:
    """Same ids, same rows, same segments, whatever the order of the file."""
    shuffled, straight = (
        build(scenario(market_size, file(tmp_path, "\n".join(some), header=False), segments=segments(0.5, 0.5)))
        for some in (lines, sorted(lines))
    )
    assert shuffled.ids.tolist() == straight.ids.tolist()
    assert shuffled.labels == straight.labels
    assert shuffled.layers == straight.layers
    assert shuffled.segment.tolist() == straight.segment.tolist()


def test_a_file_smaller_and_larger_than_the_market(tmp_path: Path) -> None:
    """Those who are missing come without ties and ids of their own; a node too many is refused."""
    world = build(scenario(5, file(tmp_path, "4,1\n1,9\n")))
    assert world.ids.tolist() == [0, 1, 2, 4, 9]
    assert world.layers[0].out_degree.tolist() == [0, 2, 0, 1, 1]
    said = "ties.csv: 3 people, 2 ties; line 1 read as a tie (4 – 1); the other 2 customers of the market have no ties."
    assert world.notes == (said,)
    with pytest.raises(WorldError, match=r"ties\.csv: found 3 customers, market_size = 2 allows 2: set market_size = 3"):
        build(scenario(2, file(tmp_path, "4,1\n1,9\n")))


def test_a_sample_of_a_file_is_refused(tmp_path: Path) -> None:
    """A file says who is in the market: half of a network is another network."""
    with pytest.raises(WorldError, match="sample: found 2, but a graph file fixes who is in the market"):
        build(scenario(3, file(tmp_path, "1,2\n2,3\n")), sample=2)
    assert build(scenario(3, file(tmp_path, "1,2\n2,3\n")), sample=3).scale == 1.0


def test_layers_from_files_share_their_customers(tmp_path: Path) -> None:
    """The same name is the same customer in all layers; a generated layer is laid over all rows in order of ids."""
    friends, colleagues = file(tmp_path, "anna,bo\n", "f.csv"), file(tmp_path, "bo,carl\n", "c.csv")
    world = build(scenario(3, friends, colleagues, graph("cycle")))
    assert world.layer_names == ("friends", "colleagues", "family")
    assert ties(world, 0) == {("anna", "bo"), ("bo", "anna")}
    assert ties(world, 1) == {("bo", "carl"), ("carl", "bo")}
    assert len(ties(world, 2)) == 6
    with pytest.raises(WorldError, match="1 and 2 copies"):
        build(scenario(9, friends, colleagues | {"copies": 2}))


def test_copies_of_a_file(tmp_path: Path) -> None:
    """Every copy holds the file's ties among its own block; a start node is pinned in each."""
    networkx.write_graphml(networkx.florentine_families_graph(), tmp_path / "florence.graphml")
    florence = {"kind": "file", "path": str(tmp_path / "florence.graphml"), "copies": 3}
    world = build(scenario(45, florence, start={"nodes": {"ambassador": ("Medici",)}}))
    assert world.labels is not None
    assert [world.labels[row] for row in np.flatnonzero(world.pinned == 2)] == ["Medici"] * 3
    one = networkx.florentine_families_graph()
    for copy in range(3):
        rows = np.arange(copy * 15, copy * 15 + 15)
        for row in rows:
            there = world.layers[0].neighbours(int(row))
            assert {int(other) // 15 for other in there} == {copy}
            assert {world.labels[int(other)] for other in there} == set(one[world.labels[row]])


def test_two_layers_with_one_seed_are_pointed_out() -> None:
    """The same parameters and seed twice are the same ties twice: the user is told."""
    world = build(scenario(30, graph("barabasi_albert"), graph("barabasi_albert"), graph("barabasi_albert", seed=2)))
    assert world.layers[0] == world.layers[1] != world.layers[2]
    assert len(world.notes) == 1
    assert "word_of_mouth.colleagues: the same graph as 'friends'" in world.notes[0]


def test_notes_of_generated_graphs() -> None:
    """Dropped ties, loose ends, crowded and lonely segments are said in plain words."""
    assert "left out (random matching)" in build(scenario(6, graph("configuration", degrees=(5,)))).notes[0]
    assert "odd number" in build(scenario(5, graph("configuration", degrees=(1,)))).notes[0]
    crowded = graph("stochastic_blocks", within_degree=50.0)
    assert "more ties asked for" in build(scenario(10, crowded, segments=segments(0.5, 0.5))).notes[0]
    assert "there is one segment" in build(scenario(10, graph("stochastic_blocks"))).notes[0]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kind": "barabasi_albert"}, r"word_of_mouth\.friends\.graph\.links: found nothing, kind = 'barabasi_albert' needs it"),
        ({"kind": "barabasi_albert", "links": 12}, r"links: found 12, must be below the 12 customers"),
        ({"kind": "watts_strogatz", "neighbours": 3, "rewired_share": 0.1}, "neighbours: found 3, must be even"),
        ({"kind": "watts_strogatz", "neighbours": 12, "rewired_share": 0.1}, "and below the 12"),
        ({"kind": "erdos_renyi", "mean_degree": 12.5}, r"mean_degree: found 12\.5, must be at most 11"),
        ({"kind": "configuration"}, "mean_degree: found nothing"),
        ({"kind": "configuration", "mean_degree": 12.0}, "must be at most 11"),
        ({"kind": "configuration", "degrees": "power_law", "mean_degree": 3.0}, "exponent: found nothing"),
        ({"kind": "configuration", "degrees": (3, 12)}, "degrees: found 12, must be at most 11"),
        ({"kind": "stochastic_blocks", "within_degree": 1.0}, "between_degree: found nothing"),
        ({"kind": "cycle", "copies": 5}, r"copies: found 5, must divide the 12 customers simulated \(for example 4\)"),
        ({"kind": "file"}, "without a path"),
    ],
)
def test_graphs_that_cannot_be_are_refused(wanted: dict[str, Any], said: str) -> None:
    """The place in the scenario, what was found, what is allowed."""
    with pytest.raises(WorldError, match=said):
        build(scenario(12, wanted))


def test_graphs_beyond_memory_are_refused_at_once() -> None:
    """Ties are counted before they are made."""
    with pytest.raises(WorldError, match="about 4,000,000,000 ties, at most 2,000,000,000"):
        build(scenario(4_000_000, graph("barabasi_albert", links=1000)))
    with pytest.raises(WorldError, match="stored ties"):
        build(scenario(200_000, graph("everyone", copies=2)))
    with pytest.raises(WorldError, match="can be simulated: ask for a sample"):
        build(scenario(3_000_000_000))


def test_start_nodes_need_one_number_of_copies() -> None:
    """Layers of 2 and 3 copies do not agree on what "node 1 in every copy" is."""
    layers = (graph("cycle", copies=2), graph("cycle", copies=3))
    assert len(build(scenario(12, *layers)).layers) == 2
    with pytest.raises(WorldError, match="found layers of 2 and 3 copies"):
        build(scenario(12, *layers, start={"nodes": {"lead": (1,)}}))


def test_the_real_friendship_graph_is_built_right(shared_data: Path) -> None:
    """LastFM Asia: 7,624 people, each of 27,806 ties at both ends, transitivity .1786 as its authors state."""
    path = shared_data / "graph_lastfm_asia" / "lastfm_asia_edges.csv"
    if not path.is_file():
        pytest.skip(f"no real data: {path.name} is absent")
    world = build(scenario(7624, {"kind": "file", "path": str(path)}))
    there = world.layers[0]
    assert isinstance(there, ReferralGraph)
    assert world.ids.tolist() == list(range(7624))
    assert there.indices.size == 2 * 27_806
    assert (there.dropped.self_loops, there.dropped.duplicates) == (0, 0)
    assert abs(networkx.transitivity(there.to_networkx()) - 0.1786) < 0.0001
    with pytest.raises(WorldError, match=r"found 7,624 customers, market_size = 7,623 allows 7,623: set market_size = 7624"):
        build(scenario(7623, {"kind": "file", "path": str(path)}))


@pytest.mark.parametrize("kind", [networkx.Graph, networkx.DiGraph, networkx.MultiGraph])
def test_any_networkx_graph_is_a_layer(kind: type[Any]) -> None:
    """A given graph takes the layer's place: any labels, nodes without ties, direction respected, loops and doubles told."""
    given_graph = kind([("Ana", "Bo"), ("Bo", "Ana"), ("Bo", 3), (3, 3)])
    given_graph.add_node(("x", 1))
    plain = scenario(6, graph("cycle"))
    world = build(plain, graphs={"friends": given_graph})
    assert set(world.labels or ()) >= {"Ana", "Bo", "3", "('x', 1)"}
    row = {name: i for i, name in enumerate(world.labels or ())}
    heard = {world.label(int(r)) for r in world.layers[0].neighbours(row["3"])}
    assert heard == (set() if kind is networkx.DiGraph else {"Bo"})
    assert world.layers[0].directed is (kind is networkx.DiGraph)
    assert any("themselves" in note or "itself" in note for note in world.notes)
    assert world.size == 6


def test_a_given_graph_is_like_its_file(tmp_path: Path) -> None:
    """The same ties given and read from a file make the same world; start.nodes knows the names; a wrong layer is told."""
    ties = networkx.barabasi_albert_graph(30, 2, seed=4)
    lines = "\n".join(f"{a},{b}" for a, b in ties.edges())
    from_file = build(scenario(30, file(tmp_path, lines), start={"nodes": {"ambassador": (7,)}}))
    from_graph = build(scenario(30, graph("none"), start={"nodes": {"ambassador": (7,)}}), graphs={"friends": ties})
    assert from_graph.layers[0] == from_file.layers[0]
    assert np.array_equal(from_graph.ids, from_file.ids)
    assert np.array_equal(from_graph.pinned, from_file.pinned)
    with pytest.raises(WorldError, match=r"found 'freinds', must be one of the layers .*did you mean 'friends'"):
        build(scenario(30, graph("none")), graphs={"freinds": ties})
    with pytest.raises(WorldError, match="two nodes that both read '1'"):
        build(scenario(30, graph("none")), graphs={"friends": networkx.Graph([(1, "1")])})
