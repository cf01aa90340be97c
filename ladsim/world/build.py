"""Scenario in, World out: who there is, in which segment, tied to whom.

A generated graph is drawn once per study, from its own seed; with ``redraw`` once per replication. Customers that a graph file
names are fixed; generated graphs beside it are laid over them in the order of their ids. Nothing in a world depends on the order
of lines in a file, and nothing on the run's seed.

>>> from ladsim.scenario.spec import Scenario
>>> friends = {"layer": "friends", "graph": {"kind": "cycle"}}
>>> scenario = Scenario.model_validate(
...     {"name": "x", "months": 1.0, "market_size": 1000, "rungs": ({"name": "lead", "share": 1.0},), "word_of_mouth": (friends,)}
... )
>>> world = build(scenario, sample=4)
>>> world.layers[0].neighbours(0).tolist(), world.scale
([1, 3], 250.0)
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import WorldError, enough_memory, nearest
from ladsim.hosts.cache import apart
from ladsim.i18n import Locale
from ladsim.i18n.withheld import without_text
from ladsim.scenario.load import SHIPPED
from ladsim.scenario.own_code import is_below
from ladsim.scenario.spec import Graph, Layer, Scenario
from ladsim.world.edges import Ties
from ladsim.world.files import read_ties
from ladsim.world.graph import MOST_NODES, ReferralGraph
from ladsim.world.graph_files import networkx_ties
from ladsim.world.graph_kinds import FILE_KINDS, FIXED_KINDS, bytes_each, drawn
from ladsim.world.population import Customers, named, numbered, pinned, quotas, segments

if TYPE_CHECKING:
    import networkx

__all__ = ["World", "build", "quotas", "redrawn"]


@dataclass(frozen=True, eq=False)
class World:
    """The population and its graphs. Rows are ascending by id."""

    size: int
    """Simulated customers: N."""
    file_ids: NDArray[np.uint64] | None
    """(N,) permanent ids where a graph file gives them; else they are 0 … N − 1."""
    labels: Sequence[str] | None
    """Names from a graph file, one per row, as text; in copies of a graph the same name comes back in every copy."""
    segment: NDArray[np.uint16]
    """(N,) position in ``scenario.segments``."""
    layers: tuple[ReferralGraph, ...]
    """One graph per layer of word of mouth, over rows."""
    layer_names: tuple[str, ...]
    pinned: NDArray[np.int16]
    """(N,) position in ``scenario.rungs`` for those named in ``start.nodes``, else −1."""
    notes: tuple[str, ...]
    """What a user should know about the world, in plain words."""
    scale: float
    """How many people one simulated customer stands for: market_size / N."""

    @property
    def ids(self) -> NDArray[np.uint64]:
        """(N,) permanent ids; 0 … N − 1 is made anew whenever it is asked for, and held by nobody."""
        return np.arange(self.size, dtype=np.uint64) if self.file_ids is None else self.file_ids

    def label(self, row: int) -> str:
        """A customer's name, or its id where it has none."""
        if self.labels is not None:
            return self.labels[row]
        return str(range(self.size)[row] if self.file_ids is None else self.file_ids[row])


def build(
    scenario: Scenario,
    *,
    sample: int | None = None,
    replication: int = 0,
    graphs: Mapping[str, networkx.Graph[Any]] | None = None,
) -> World:
    """The world of a resolved scenario, with `sample` simulated customers instead of the whole market.

    `graphs` gives layers a networkx graph in place of the file's: ``build(scenario, graphs={"friends": graph})``, for
    ``simulate(scenario, world=…)``. Its nodes are the customers, as with a graph file.

    Raises WorldError when a graph cannot be made or read as asked, naming the place or the file and line.

    >>> import ladsim
    >>> world = ladsim.build(ladsim.load("acquisition_vs_retention"), sample=1000)
    >>> world.size, len(world.layers)
    (1000, 1)
    """
    return apart(_build, _given(scenario, graphs or {}), sample, replication, graphs or {})


def _build(scenario: Scenario, sample: int | None, replication: int, given: Mapping[str, networkx.Graph[Any]]) -> World:
    """``build`` of a scenario whose given graphs stand as files in it."""
    with enough_memory(WorldError, "reading the graph of", scenario.market_size, 200.0):
        files = {}
        for i, layer in enumerate(scenario.word_of_mouth):
            if layer.layer in given:
                files[i] = networkx_ties(given[layer.layer], layer.graph.weights, str(_as_file(layer).path))
            elif layer.graph.kind in FILE_KINDS:
                with _quoting_own_files(scenario, str(layer.graph.path or "")):
                    files[i] = read_ties(layer.graph)
    size = _size(scenario, sample, fixed=bool(files))
    each = 30.0 + sum(bytes_each(layer.graph) for layer in scenario.word_of_mouth)
    with enough_memory(WorldError, "making the world of", size, each):
        return _built(scenario, size, replication, files)


def _built(scenario: Scenario, size: int, replication: int, files: Mapping[int, Ties]) -> World:
    """The world of so many customers."""
    named_in = [str(scenario.word_of_mouth[i].graph.path or "") for i in files]
    with _quoting_own_files(scenario, *named_in):
        customers = _named(scenario, files) if files else _numbered(scenario, size)
        starts = pinned(scenario, customers)
    segment = segments(scenario, customers.file_ids, size)
    layers: list[ReferralGraph] = []
    notes: list[str] = _twins(scenario.word_of_mouth)
    for i, layer in enumerate(scenario.word_of_mouth):
        if i in files:
            graph, said = _read(files[i], customers, list(files).index(i), Locale(scenario.language))
        else:
            graph, said = drawn(layer, size, replication, segment)
        layers.append(graph)
        notes.extend(said)
    return World(
        size=size,
        file_ids=customers.file_ids,
        labels=customers.labels,
        segment=segment,
        layers=tuple(layers),
        layer_names=tuple(layer.layer for layer in scenario.word_of_mouth),
        pinned=starts,
        notes=tuple(notes),
        scale=scenario.market_size / size,
    )


@contextmanager
def _quoting_own_files(scenario: Scenario, *files: str) -> Iterator[None]:
    """Errors about files quote them where they lie in the scenario's folder or below; of others nothing is shown but file and line.

    Of a scenario without a file, or a graph that is given, all may be shown: they are the caller's own.
    """
    try:
        yield
    except WorldError as error:
        folder = os.path.dirname(scenario.file)
        if scenario.file and not all(is_below(file, folder, SHIPPED) for file in files if os.path.isabs(file)):
            raise WorldError(without_text(str(error), " and ".join(dict.fromkeys(files)))) from None
        raise


def _given(scenario: Scenario, graphs: Mapping[str, networkx.Graph[Any]]) -> Scenario:
    """The scenario with the layers of `graphs` read as if from a file."""
    names = [layer.layer for layer in scenario.word_of_mouth]
    for name in graphs:
        if name not in names:
            close = nearest(name, names)
            hint = f" (did you mean {close!r}?)" if close else ""
            raise WorldError(f"graphs: found {name!r}, must be one of the layers ({', '.join(names) or 'none'}){hint}")
    layers = [
        layer.model_copy(update={"graph": _as_file(layer)}) if layer.layer in graphs else layer
        for layer in scenario.word_of_mouth
    ]
    return scenario.model_copy(update={"word_of_mouth": tuple(layers)}) if graphs else scenario


def _as_file(layer: Layer) -> Graph:
    """A layer's graph as if it came from a file."""
    return Graph(kind="file", path=f"the graph of {layer.layer}", copies=layer.graph.copies, weights=layer.graph.weights)


def redrawn(scenario: Scenario) -> bool:
    """Whether any graph is drawn anew in every replication."""
    return any(layer.graph.redraw and layer.graph.kind not in FILE_KINDS | FIXED_KINDS for layer in scenario.word_of_mouth)


def _size(scenario: Scenario, sample: int | None, fixed: bool) -> int:
    """Customers to simulate."""
    size = scenario.market_size if sample is None else sample
    if not 1 <= size <= scenario.market_size:
        raise WorldError(f"sample: found {size:,}, must be from 1 to market_size = {scenario.market_size:,}")
    if fixed and size != scenario.market_size:
        raise WorldError(f"sample: found {size:,}, but a graph file fixes who is in the market: leave the sample out")
    if size > MOST_NODES:
        raise WorldError(f"market_size: found {size:,}, at most {MOST_NODES:,} can be simulated: ask for a sample")
    return size


def _numbered(scenario: Scenario, size: int) -> Customers:
    """Customers of generated graphs alone."""
    copies = {layer.graph.copies for layer in scenario.word_of_mouth if layer.graph.kind != "none"} - {1}
    if len(copies) > 1 and scenario.start.nodes:
        found = " and ".join(f"{number:,}" for number in sorted(copies))
        raise WorldError(f"start.nodes: found layers of {found} copies, a name needs the same number of copies in all layers")
    return numbered(size, max(copies, default=1))


def _named(scenario: Scenario, files: Mapping[int, Ties]) -> Customers:
    """Customers that graph files name."""
    layers = [scenario.word_of_mouth[i] for i in files]
    copies = {layer.graph.copies for layer in layers}
    if len(copies) > 1:
        found = " and ".join(str(number) for number in sorted(copies))
        raise WorldError(f"word_of_mouth: found graph files in {found} copies, must be the same number for all")
    title = " and ".join(dict.fromkeys(str(layer.graph.path) for layer in layers))
    return named(list(files.values()), copies.pop(), scenario.market_size, title)


def _read(ties: Ties, customers: Customers, file: int, locale: Locale) -> tuple[ReferralGraph, tuple[str, ...]]:
    """The graph of a file over the rows, and the line about it, in the scenario's language."""
    sources, targets = (customers.rows_named(file, end) for end in (ties.sources, ties.targets))
    weights = ties.weights if ties.weights is None or customers.copies == 1 else np.tile(ties.weights, customers.copies)
    graph = ReferralGraph.from_edges(customers.size, sources, targets, ties.directed, weights)
    copies = customers.copies
    reading = ties.reading.passed("self_ties", n=graph.dropped.self_loops // copies)
    reading = reading.passed("duplicates", n=graph.dropped.duplicates // copies)
    if customers.others and file == 0:
        reading = reading.told("unnamed", n=customers.others)
    count = graph.indices.size // (copies if graph.directed else 2 * copies)
    return graph, (reading.line(locale, len(ties.names), count),)


def _twins(layers: Sequence[Layer]) -> list[str]:
    """A note for every generated graph that is the same as that of an earlier layer."""
    notes = []
    for i, layer in enumerate(layers):
        if layer.graph.kind in FILE_KINDS | FIXED_KINDS:
            continue
        twin = next((other.layer for other in layers[:i] if other.graph == layer.graph), None)
        if twin is not None:
            notes.append(f"word_of_mouth.{layer.layer}: the same graph as {twin!r}: give it another seed to have other ties")
    return notes
