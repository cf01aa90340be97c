"""From the graph a scenario asks for to a ReferralGraph: one line per kind, copies, and plain words about what cannot be.

``KINDS`` maps a kind to a function ``Block → (sources, targets)``. A block is one copy; its luck comes from
``run_key(graph.seed, replication)`` with ``redraw``, else from ``run_key(graph.seed, 0)``: drawn once per study. Copy c > 0 has a
key of its own, so a further copy leaves the former ones as they are. ``ROWS`` holds the kinds that write the rows of all copies
themselves, in less memory.

To add a kind: a generator in ``generators``, a function here that says what it needs, and a line in ``KINDS``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.errors import WorldError
from ladsim.scenario.spec import Graph, Layer
from ladsim.world import generators, preferential
from ladsim.world.csr import Rows
from ladsim.world.graph import ReferralGraph
from ladsim.world.graph_cache import Made, kept
from ladsim.world.population import tiled

FILE_KINDS = frozenset(["file", "referred_by"])
FIXED_KINDS = frozenset(["grid", "cycle", "everyone", "none"])  # no luck in them
MOST_TIES = 2_000_000_000

TiePair = tuple[NDArray[np.int32], NDArray[np.int32]]


@dataclass
class Block:
    """One copy of a graph to be made: its customers, its luck, and what there is to say about it."""

    graph: Graph
    place: str
    n: int
    key: np.uint64
    segments: NDArray[np.uint16]
    notes: dict[str, None] = field(default_factory=dict)

    def need(self, key: str) -> Any:
        """A parameter of the graph that its kind cannot do without."""
        value = getattr(self.graph, key)
        if value is None:
            raise self.wrong(key, "nothing", f"kind = {self.graph.kind!r} needs it")
        return value

    def wrong(self, key: str, found: object, allowed: str) -> WorldError:
        return WorldError(f"{self.place}.{key}: found {found}, {allowed}")

    def afford(self, key: str, mean_degree: float) -> None:
        ties = mean_degree * self.n * self.graph.copies / 2
        if ties > MOST_TIES:
            raise self.wrong(key, f"about {ties:,.0f} ties", f"at most {MOST_TIES:,}: simulate a sample")


def drawn(layer: Layer, nodes: int, replication: int, segments: NDArray[np.uint16]) -> tuple[ReferralGraph, tuple[str, ...]]:
    """A generated graph over all rows, and notes about it."""
    graph, place = layer.graph, f"word_of_mouth.{layer.layer}.graph"
    if graph.kind == "none":
        return ReferralGraph.none(nodes), ()
    if nodes % graph.copies:
        allowed = f"must divide the {nodes:,} customers simulated"
        raise WorldError(f"{place}.copies: found {graph.copies:,}, {allowed}{_near_divisor(graph.copies, nodes)}")
    n = nodes // graph.copies
    if graph.kind == "everyone" and graph.copies == 1:
        return ReferralGraph.everyone(n), ()
    bare, said = kept(made_from(graph, nodes, replication, segments), lambda: _made(graph, nodes, replication, segments, place))
    return bare, tuple(f"{place}{note}" for note in said)


def bytes_each(graph: Graph) -> float:
    """How much memory a customer takes while a graph is made, roughly."""
    degrees = graph.degrees if isinstance(graph.degrees, tuple) else ()
    ties = 2.0 * (graph.links or 0) + (graph.neighbours or 0) + (graph.mean_degree or 0.0) + (graph.within_degree or 0.0)
    ties += (graph.between_degree or 0.0) + sum(degrees) / max(1, len(degrees)) + (4 if graph.kind in ("grid", "cycle") else 0)
    return 8.0 + (4.0 if graph.kind in ROWS else 16.0) * ties


def made_from(graph: Graph, nodes: int, replication: int, segments: NDArray[np.uint16]) -> dict[str, Any]:
    """All that a generated graph depends on."""
    drawn_again = replication if graph.redraw else 0
    blocks = hashlib.blake2b(segments.tobytes()).hexdigest() if graph.kind == "stochastic_blocks" else None
    said = graph.model_dump(mode="json", exclude={"redraw"})
    return {"graph": said, "nodes": nodes, "replication": drawn_again, "segments": blocks}


def _made(graph: Graph, nodes: int, replication: int, segments: NDArray[np.uint16], place: str) -> Made:
    """A generated graph, and what there is to say about it; the notes without the place they are about."""
    keys = copy_keys(graph, replication)
    block = Block(graph, place, nodes // graph.copies, keys[0], segments[: nodes // graph.copies])
    if graph.kind in ROWS:
        return ReferralGraph.from_rows(*ROWS[graph.kind](block, keys)), tuple(block.notes)
    result = ReferralGraph.from_edges(nodes, *_ties(block, keys, segments), directed=False)
    notes = list(block.notes)
    if graph.kind == "configuration" and str(result.dropped):
        notes.append(f": {result.dropped} (random matching)")
    return result, tuple(notes)


def copy_keys(graph: Graph, replication: int) -> list[np.uint64]:
    """The luck of every copy of a graph."""
    key = streams.key_of_run(graph.seed, replication if graph.redraw else 0)
    with np.errstate(over="ignore"):
        return [key, *(streams.customer_key(key, np.uint64(copy)) for copy in range(1, graph.copies))]


def _ties(block: Block, keys: Sequence[np.uint64], segments: NDArray[np.uint16]) -> TiePair:
    """The ties of all copies."""
    graph, n = block.graph, block.n
    make = KINDS[graph.kind]
    if graph.kind in FIXED_KINDS:
        sources, targets = (tiled(ends, n, graph.copies) for ends in make(block))
        return sources, targets
    parts = []
    for copy, block.key in enumerate(keys):
        block.segments = segments[copy * n : (copy + 1) * n]
        parts.append(tuple(ends + np.int32(copy * n) if copy else ends for ends in make(block)))
    sources, targets = (np.concatenate(ends) if len(ends) > 1 else ends[0] for ends in zip(*parts, strict=True))
    return sources, targets


def _near_divisor(copies: int, nodes: int) -> str:
    """The nearest number of copies that would do."""
    divisors = {d for small in range(1, math.isqrt(nodes) + 1) if nodes % small == 0 for d in (small, nodes // small)}
    return f" (for example {min(divisors, key=lambda d: (abs(d - copies), d)):,})"


def _barabasi_albert(block: Block, keys: Sequence[np.uint64]) -> Rows:
    links = block.need("links")
    if block.n <= links:
        raise block.wrong("links", links, f"must be below the {block.n:,} customers of the graph")
    block.afford("links", 2.0 * links)
    return preferential.rows(keys, block.n, links)


def _watts_strogatz(block: Block) -> TiePair:
    neighbours = block.need("neighbours")
    if neighbours % 2 or neighbours >= block.n:
        raise block.wrong("neighbours", neighbours, f"must be even and below the {block.n:,} customers of the graph")
    block.afford("neighbours", neighbours)
    return generators.watts_strogatz(block.key, block.n, neighbours, float(block.need("rewired_share")))  # type: ignore[no-any-return]


def _possible(block: Block, key: str, degree: float) -> None:
    if degree > block.n - 1:
        raise block.wrong(key, f"{degree:g}", f"must be at most {block.n - 1:,}, the others in the graph")


def _erdos_renyi(block: Block) -> TiePair:
    degree = block.need("mean_degree")
    _possible(block, "mean_degree", degree)
    block.afford("mean_degree", degree)
    return generators.erdos_renyi(block.key, block.n, degree)


def _configuration(block: Block) -> TiePair:
    given = block.graph.degrees or "poisson"
    if isinstance(given, str):
        mean = float(block.need("mean_degree"))
        _possible(block, "mean_degree", mean)
        block.afford("mean_degree", mean)
        if given == "poisson":
            degrees = generators.poisson_degrees(block.key, block.n, mean)
        else:
            degrees = generators.power_law_degrees(block.key, block.n, mean, float(block.need("exponent")))
    else:
        if max(given) > block.n - 1:
            raise block.wrong("degrees", max(given), f"must be at most {block.n - 1:,}, the others in the graph")
        block.afford("degrees", sum(given) / len(given))
        degrees = np.resize(np.array(given, np.int64), block.n)
    if int(degrees.sum()) % 2:
        block.notes[": the degrees add up to an odd number: one tie has no other end and is left out"] = None
    return generators.configuration(block.key, degrees)  # type: ignore[no-any-return]


def _stochastic_blocks(block: Block) -> TiePair:
    within, between = block.need("within_degree"), block.need("between_degree")
    block.afford("within_degree", within + between)
    sources, targets, capped = generators.stochastic_blocks(block.key, block.segments, within, between)
    if capped:
        block.notes[": more ties asked for than there are people in a segment: all of them are tied"] = None
    if between > 0.0 and np.ptp(block.segments) == 0:
        block.notes[f": between_degree = {between:g}, but there is one segment: no ties to others"] = None
    return sources, targets


def _grid(block: Block) -> TiePair:
    width = block.graph.columns if isinstance(block.graph.columns, int) else max(1, round(math.sqrt(block.n)))
    return generators.grid(block.n, width, block.graph.wrap)


def _cycle(block: Block) -> TiePair:
    return generators.cycle(block.n)


def _everyone(block: Block) -> TiePair:
    ties = block.graph.copies * block.n * (block.n - 1) // 2
    if ties > MOST_TIES // 10:
        most = f"everyone in copies would be {ties:,} stored ties, at most {MOST_TIES // 10:,}"
        raise block.wrong("copies", f"{block.graph.copies:,}", most)
    return generators.complete(block.n)


KINDS: dict[str, Callable[[Block], TiePair]] = {
    "watts_strogatz": _watts_strogatz,
    "erdos_renyi": _erdos_renyi,
    "configuration": _configuration,
    "stochastic_blocks": _stochastic_blocks,
    "grid": _grid,
    "cycle": _cycle,
    "everyone": _everyone,
}
ROWS: dict[str, Callable[[Block, Sequence[np.uint64]], Rows]] = {"barabasi_albert": _barabasi_albert}
