"""The referral graph: who can tell whom, as compressed sparse rows, to and from networkx.

Node v of a graph is row v of the population. ``indices[indptr[v]:indptr[v + 1]]`` are its out-neighbours, ascending: whom v can
tell. Ties without direction are stored both ways. ``everyone`` (the complete graph) and ``none`` store no ties.

>>> graph = ReferralGraph.from_edges(3, [0, 2, 2], [1, 1, 2], directed=True)
>>> graph.neighbours(2).tolist(), graph.in_degree.tolist(), graph.dropped.self_loops
([1], [0, 2, 0], 1)
>>> ReferralGraph.from_networkx(graph.to_networkx()) == graph
True
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ladsim.errors import WorldError
from ladsim.world.csr import in_degrees, out_rows

if TYPE_CHECKING:
    import networkx

MOST_NODES = 2**31 - 1  # neighbours are int32
MOST_COMPLETE = 5_000  # nodes of a complete graph that is written out tie by tie


@dataclass(frozen=True)
class Dropped:
    """What a graph was given and does not hold."""

    self_loops: int = 0
    duplicates: int = 0

    def __str__(self) -> str:
        """In words, or empty when nothing was dropped."""
        parts = [
            f"{number:,} {one if number == 1 else many}"
            for number, one, many in (
                (self.self_loops, "tie of a customer to itself", "ties of customers to themselves"),
                (self.duplicates, "tie given twice", "ties given twice"),
            )
            if number
        ]
        return f"{' and '.join(parts)} left out" if parts else ""


@dataclass(frozen=True, eq=False)
class ReferralGraph:
    """A graph over the rows of the population. Two are equal when they hold the same ties in the same direction."""

    kind: Literal["edges", "everyone", "none"]
    nodes: int
    indptr: NDArray[np.int64]
    """(nodes + 1,) where each node's neighbours begin; all zero unless kind is "edges"."""
    indices: NDArray[np.int32]
    """(ties,) out-neighbours, ascending within a node."""
    directed: bool = False
    dropped: Dropped = field(default=Dropped())
    weights: NDArray[np.float32] | None = None
    """(ties,) weight of the tie to each of `indices`; None where all are the same."""

    @cached_property
    def in_degree(self) -> NDArray[np.int32]:
        """(nodes,) how many can tell this node; counted when first asked for."""
        if self.kind == "none":
            return np.zeros(self.nodes, np.int32)
        if self.kind == "everyone":
            return np.broadcast_to(np.int32(self.nodes - 1), (self.nodes,))  # one number, not one for each
        if self.directed:
            return in_degrees(self.nodes, self.indices)  # type: ignore[no-any-return]
        return np.subtract(self.indptr[1:], self.indptr[:-1], dtype=np.int32, casting="unsafe")

    @property
    def out_degree(self) -> NDArray[np.int64]:
        """(nodes,) how many this node can tell."""
        if self.kind == "everyone":
            return self.in_degree.astype(np.int64)
        return np.diff(self.indptr)

    def neighbours(self, node: int) -> NDArray[np.int32]:
        """Rows that `node` can tell, ascending."""
        if self.kind == "everyone":
            rows = np.arange(self.nodes, dtype=np.int32)
            return np.delete(rows, node)
        return self.indices[self.indptr[node] : self.indptr[node + 1]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReferralGraph):
            return NotImplemented
        return (
            (self.kind, self.nodes, self.directed) == (other.kind, other.nodes, other.directed)
            and np.array_equal(self.indptr, other.indptr)
            and np.array_equal(self.indices, other.indices)
            and (self.weights is None) == (other.weights is None)
            and (self.weights is None or other.weights is None or np.array_equal(self.weights, other.weights))
        )

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def everyone(cls, nodes: int) -> ReferralGraph:
        """The complete graph, without storing a tie."""
        return cls._tieless("everyone", nodes)

    @classmethod
    def none(cls, nodes: int, directed: bool = False) -> ReferralGraph:
        """The graph without a tie."""
        return cls._tieless("none", nodes, directed)

    @classmethod
    def _tieless(cls, kind: Literal["everyone", "none"], nodes: int, directed: bool = False) -> ReferralGraph:
        _check_size(nodes)
        # Zero pages cost no memory until they are written to.
        return cls(kind, nodes, np.zeros(nodes + 1, np.int64), np.empty(0, np.int32), directed)

    @classmethod
    def from_rows(cls, indptr: NDArray[np.int64], indices: NDArray[np.int32], dropped: Dropped = Dropped()) -> ReferralGraph:
        """The graph of rows that are right already: ascending, each tie without direction at both ends. Nothing is copied."""
        _check_size(indptr.size - 1)
        return cls("edges" if indices.size else "none", indptr.size - 1, indptr, indices, False, dropped)

    @classmethod
    def from_edges(
        cls, nodes: int, sources: ArrayLike, targets: ArrayLike, directed: bool, weights: NDArray[Any] | None = None
    ) -> ReferralGraph:
        """The graph of ties source → target (rows 0 … nodes − 1), or both ways; `dropped` counts self-loops and duplicates.

        `weights` (one a tie, above 0) are kept where they differ; those of a tie given twice add up.
        """
        _check_size(nodes)
        ends = [np.asarray(end) for end in (sources, targets)]
        if ends[0].shape != ends[1].shape or ends[0].ndim != 1:
            raise WorldError(f"edges: found shapes {ends[0].shape} and {ends[1].shape}, must be two lists of the same length")
        for name, end in zip(("sources", "targets"), ends, strict=True):
            if end.size and (end.dtype.kind not in "iu" or int(end.min()) < 0 or int(end.max()) >= nodes):
                raise WorldError(f"edges: {name}: found {_odd(end, nodes)}, must be whole numbers from 0 to {nodes - 1}")
        source, target = (np.ascontiguousarray(end, dtype=np.int32) for end in ends)
        indptr, indices, loops, duplicates = out_rows(nodes, source, target, not directed)
        kind: Literal["edges", "none"] = "edges" if indices.size else "none"
        kept = None if weights is None else added_up(source, target, weights, not directed)
        return cls(kind, nodes, indptr, indices, directed, Dropped(loops, duplicates), kept)

    @classmethod
    def from_networkx(cls, graph: networkx.Graph[Any], order: Sequence[Hashable] | None = None) -> ReferralGraph:
        """The ties of a networkx graph; row i is the i-th of `order`, by default of the graph's own nodes.

        Direction is kept; parallel ties and self-loops are dropped and counted; weights are not read.
        """
        names: list[Hashable] = list(graph) if order is None else list(order)
        n = len(names)
        if order is not None and (n != len(graph) or set(names) != set(graph)):
            raise WorldError(f"order: found {n:,} names, must be each of the graph's {len(graph):,} nodes once")
        sources, targets = adjacency(graph, names, in_order=order is None)
        ties = targets.size
        directed = graph.is_directed()
        # An undirected networkx graph holds each tie both ways already: read it as directed, name it undirected.
        read = cls.from_edges(n, sources, targets, directed=True)
        loops = read.dropped.self_loops
        if graph.graph.get("kind") == "everyone" and not directed and read.indices.size == n * (n - 1):
            return cls.everyone(n)
        parallel = 0
        if graph.is_multigraph():
            parallel = graph.number_of_edges() - ((ties - loops) // (1 if directed else 2) + loops)
        return cls(read.kind, n, read.indptr, read.indices, directed, Dropped(loops, parallel))

    def to_networkx(
        self, labels: Sequence[Hashable] | None = None, attributes: Mapping[str, Sequence[Any] | NDArray[Any]] | None = None
    ) -> networkx.Graph[Any]:
        """A networkx Graph, or DiGraph when directed: nodes in row order, named by `labels` or by row.

        `attributes` are columns, one value per node: ``{"segment": world.segment}``.
        """
        import networkx

        names: Sequence[Hashable] = range(self.nodes) if labels is None else labels
        if len(names) != self.nodes or len(set(names)) != self.nodes:
            raise WorldError(f"labels: found {len(set(names)):,} different names, must be one for each of {self.nodes:,} nodes")
        graph: networkx.Graph[Any] = networkx.DiGraph() if self.directed else networkx.Graph()
        graph.add_nodes_from(names)
        graph.add_edges_from(self._named_ties(names))
        if self.weights is not None:
            said = self.weights if self.directed else self.weights[self._once()]
            pairs = zip(self._named_ties(names), said.tolist(), strict=True)
            networkx.set_edge_attributes(graph, dict(pairs), "weight")
        if self.kind == "everyone":
            graph.graph["kind"] = "everyone"
        for name, column in (attributes or {}).items():
            values = column.tolist() if isinstance(column, np.ndarray) else column
            networkx.set_node_attributes(graph, dict(zip(names, values, strict=True)), name)
        return graph

    def _sources(self) -> NDArray[np.int32]:
        """Where each stored tie comes from."""
        return np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.indptr))

    def _once(self) -> NDArray[np.bool_]:
        """Which of the stored ties without direction stand for both."""
        return self._sources() < self.indices

    def _named_ties(self, names: Sequence[Hashable]) -> Any:
        """Pairs of names, each undirected tie once."""
        if self.kind == "everyone":
            if self.nodes > MOST_COMPLETE:
                raise WorldError(f"to_networkx: found everyone tied to everyone among {self.nodes:,}, at most {MOST_COMPLETE:,}")
            return ((names[a], names[b]) for a in range(self.nodes) for b in range(a))
        sources, targets = self._sources(), self.indices
        if not self.directed:
            once = self._once()
            sources, targets = sources[once], targets[once]
        pairs = zip(sources.tolist(), targets.tolist(), strict=True)
        return pairs if isinstance(names, range) else ((names[a], names[b]) for a, b in pairs)


def added_up(sources: NDArray[Any], targets: NDArray[Any], weights: NDArray[Any], both_ways: bool) -> NDArray[np.float32] | None:
    """The weights of a graph's ties in the order of its rows, those of a tie given twice added up; None where all are the same.

    >>> added_up(np.array([0, 1, 0]), np.array([1, 0, 2]), np.array([1.0, 2.0, 5.0]), True).tolist()
    [3.0, 5.0, 3.0, 5.0]
    """
    other = sources != targets
    one, two, weights = sources[other], targets[other], weights[other].astype(np.float64)
    if both_ways:
        one, two, weights = np.concatenate([one, two]), np.concatenate([two, one]), np.concatenate([weights, weights])
    key = one.astype(np.int64) << 32 | two
    order = np.argsort(key, kind="stable")
    key = key[order]
    begins = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if key.size else np.empty(0, np.intp)
    sums = np.add.reduceat(weights[order], begins).astype(np.float32) if key.size else np.empty(0, np.float32)
    return None if (sums == sums[:1]).all() else sums


def adjacency(graph: networkx.Graph[Any], names: list[Hashable], in_order: bool) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Every neighbour of every node of a networkx graph, as positions in `names`; `in_order`: those of the graph itself."""
    n = len(names)
    rows = [neighbours for _, neighbours in graph.adjacency()] if in_order else [graph.adj[name] for name in names]
    degrees = np.fromiter(map(len, rows), np.int64, n)
    flat: Any = chain.from_iterable(rows)
    if names != list(range(n)):
        flat = map({name: row for row, name in enumerate(names)}.__getitem__, flat)
    targets = np.fromiter(flat, np.int32, int(degrees.sum()))
    return np.repeat(np.arange(n, dtype=np.int32), degrees), targets


def _check_size(nodes: int) -> None:
    if not 0 <= nodes <= MOST_NODES:
        raise WorldError(f"graph: found {nodes:,} nodes, at most {MOST_NODES:,}: simulate a sample")


def _odd(end: NDArray[Any], nodes: int) -> str:
    """The first end of a tie that is no row."""
    if end.dtype.kind not in "iu":
        return repr(end.flat[0].item() if hasattr(end.flat[0], "item") else end.flat[0])
    return str(int(end[(end < 0) | (end >= nodes)][0]))
