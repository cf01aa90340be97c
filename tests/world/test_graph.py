"""The referral graph: to and from networkx without loss, and what it refuses."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim.errors import WorldError
from ladsim.world.graph import ReferralGraph

names = st.one_of(st.integers(), st.text(max_size=4), st.tuples(st.integers(0, 3), st.booleans()))


@st.composite
def graphs(draw: st.DrawFn) -> networkx.Graph:
    """Any simple networkx graph, nodes of any kind, in any order, with or without direction."""
    nodes = draw(st.lists(names, unique=True, max_size=10))
    graph: networkx.Graph = draw(st.sampled_from([networkx.Graph, networkx.DiGraph]))()
    graph.add_nodes_from(nodes)
    if len(nodes) > 1:
        pairs = st.lists(st.sampled_from(nodes), min_size=2, max_size=2, unique=True)
        graph.add_edges_from(draw(st.lists(pairs, max_size=30)))
    return graph


@given(graphs())
def test_networkx_there_and_back_loses_nothing(graph: networkx.Graph) -> None:
    """Nodes in order, ties and direction come back from the rows."""
    rows = ReferralGraph.from_networkx(graph)
    back = rows.to_networkx(labels=list(graph))
    assert type(back) is type(graph)
    assert list(back) == list(graph)
    assert back.adj.keys() == graph.adj.keys()
    assert all(set(back.adj[node]) == set(graph.adj[node]) for node in graph)
    assert ReferralGraph.from_networkx(back) == rows


@given(graphs())
def test_rows_hold_what_networkx_says(graph: networkx.Graph) -> None:
    """Degrees and neighbours agree with networkx, neighbours ascend."""
    rows = ReferralGraph.from_networkx(graph)
    row = {node: i for i, node in enumerate(graph)}
    for node, i in row.items():
        assert rows.neighbours(i).tolist() == sorted(row[other] for other in graph.adj[node])
    incoming = dict(graph.in_degree()) if graph.is_directed() else dict(graph.degree())
    assert rows.in_degree.tolist() == [incoming[node] for node in graph]
    assert rows.out_degree.tolist() == [len(graph.adj[node]) for node in graph]


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_asked_for_is_the_order_of_rows(graph: networkx.Graph, luck: object) -> None:
    """`order` renumbers nodes and nothing else."""
    order = list(graph)
    luck.shuffle(order)  # type: ignore[attr-defined]
    rows = ReferralGraph.from_networkx(graph, order=order)
    assert list(rows.to_networkx(labels=order)) == order
    for i, node in enumerate(order):
        assert {order[other] for other in rows.neighbours(i)} == set(graph.adj[node])


def test_attributes_go_along() -> None:
    """Columns become node attributes, arrays and lists alike."""
    graph = ReferralGraph.from_edges(3, [0, 1], [1, 2], directed=False)
    there = graph.to_networkx(["a", "b", "c"], {"segment": np.array([0, 1, 1]), "rung": ["lead", "lead", "ambassador"]})
    assert there.nodes["c"] == {"segment": 1, "rung": "ambassador"}
    assert type(there.nodes["a"]["segment"]) is int


def test_everyone_and_none_store_no_ties_and_come_back() -> None:
    """The complete graph is known again as such; a file's complete graph stays a list of ties."""
    everyone = ReferralGraph.everyone(6)
    assert everyone.indices.size == 0
    assert everyone.out_degree.tolist() == everyone.in_degree.tolist() == [5] * 6
    assert everyone.neighbours(2).tolist() == [0, 1, 3, 4, 5]
    assert ReferralGraph.from_networkx(everyone.to_networkx()) == everyone
    assert ReferralGraph.from_networkx(networkx.complete_graph(6)).kind == "edges"
    none = ReferralGraph.none(6)
    assert none.out_degree.tolist() == [0] * 6
    assert ReferralGraph.from_networkx(none.to_networkx()) == none
    with pytest.raises(WorldError, match="at most 5,000"):
        ReferralGraph.everyone(6000).to_networkx()


def test_self_loops_and_parallel_ties_are_dropped_and_counted() -> None:
    """From lists of ties and from networkx, with and without direction."""
    graph = ReferralGraph.from_edges(3, [0, 1, 0, 2, 2], [1, 0, 1, 2, 1], directed=False)
    assert (graph.dropped.self_loops, graph.dropped.duplicates) == (1, 2)
    assert str(graph.dropped) == "1 tie of a customer to itself and 2 ties given twice left out"
    directed = ReferralGraph.from_edges(3, [0, 1, 0, 2, 2], [1, 0, 1, 2, 1], directed=True)
    assert (directed.dropped.self_loops, directed.dropped.duplicates) == (1, 1)
    for kind in (networkx.MultiGraph, networkx.MultiDiGraph):
        many = kind([("a", "b"), ("a", "b"), ("b", "a"), ("c", "c"), ("c", "c"), ("b", "c")])
        read = ReferralGraph.from_networkx(many)
        assert read.dropped.self_loops == 1
        assert read.dropped.duplicates == (3 if kind is networkx.MultiGraph else 2)
    assert str(ReferralGraph.none(3).dropped) == ""


def test_direction_is_respected() -> None:
    """A tie a → b lets a tell b, and not b a."""
    graph = ReferralGraph.from_edges(2, [0], [1], directed=True)
    assert graph.neighbours(0).tolist() == [1]
    assert graph.neighbours(1).tolist() == []
    assert graph.to_networkx().is_directed()
    assert graph != ReferralGraph.from_edges(2, [0], [1], directed=False)


@pytest.mark.parametrize(
    ("sources", "targets", "said"),
    [
        ([0, 1], [1], "same length"),
        ([0], [3], "targets: found 3, must be whole numbers from 0 to 2"),
        ([-1], [1], "sources: found -1"),
        ([0.5], [1], "sources: found 0.5"),
        (["a"], [1], "sources: found 'a'"),
    ],
)
def test_ties_that_are_none_are_refused(sources: list, targets: list, said: str) -> None:
    """Each message names the side, what was found and what is allowed."""
    with pytest.raises(WorldError, match=said):
        ReferralGraph.from_edges(3, sources, targets, directed=False)


def test_wrong_orders_and_labels_are_refused() -> None:
    """Every node once, no other."""
    path = networkx.path_graph(3)
    for order in ([0, 1], [0, 1, 1], [0, 1, 5]):
        with pytest.raises(WorldError, match="each of the graph's 3 nodes once"):
            ReferralGraph.from_networkx(path, order=order)
    for labels in (["a", "b"], ["a", "b", "b"]):
        with pytest.raises(WorldError, match="one for each of 3 nodes"):
            ReferralGraph.from_networkx(path).to_networkx(labels)


def test_more_nodes_than_rows_can_number_are_refused() -> None:
    """A neighbour is an int32."""
    with pytest.raises(WorldError, match="at most 2,147,483,647"):
        ReferralGraph.none(2**31)
