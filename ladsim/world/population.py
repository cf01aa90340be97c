"""Who there is: permanent ids, labels, segments, and the customers that the scenario names.

A customer is a row; rows are ascending by id, and luck, neighbour order and ties go by id. Without a file, ids are 0 … N − 1 and
copy c of a graph of n nodes holds the ids c·n … c·n + n − 1. With a file, its names are the customers: names that are all whole
numbers (no sign, no leading zero) are the ids, otherwise the id is a hash of the name (``streams.stream_id``), so that a file with its
lines in another order gives the same world.

>>> quotas([0.9, 0.08, 0.02], 30).tolist()
[27, 2, 1]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.errors import WorldError, nearest
from ladsim.scenario.spec import Scenario
from ladsim.world.edges import Ties
from ladsim.world.names import Numerals, is_number, plain_name

MOST_COMPARED = 20_000  # names that an unknown one is compared with
MOST_SHOWN = 12  # names of a file that are shown where one is unknown


def quotas(shares: Sequence[float], n: int) -> NDArray[np.int64]:
    """Whole numbers that add up to n, in proportion to `shares`: largest remainder, ties to the first (Hamilton's method).

    Shares are read as the decimals they are written as, so that .15 and .35 of 10 tie exactly.
    """
    parts = [Fraction(str(float(share))) for share in shares]
    total = sum(parts)
    if total <= 0 or min(parts) < 0:
        raise WorldError(f"shares: found {list(shares)}, must be at least 0 each and above 0 together")
    exact = [part * n / total for part in parts]
    counts = [int(value) for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (counts[i] - exact[i], i))
    for i in by_remainder[: n - sum(counts)]:
        counts[i] += 1
    return np.array(counts, np.int64)


@dataclass(frozen=True)
class Customers:
    """Rows of the population, and where the nodes of a graph file are among them."""

    size: int
    file_ids: NDArray[np.uint64] | None
    """(N,) permanent ids; None where they are 0 … N − 1."""
    labels: Sequence[str] | None
    nodes: int
    """Nodes in one copy of the graph."""
    copies: int
    rows: NDArray[np.int32] | None = None
    """(copies · nodes,) row of each node of a file; None where node and row are the same."""
    files: tuple[NDArray[np.int32] | None, ...] = ()
    """For each file: the node of each of its names; None where they are the same."""
    others: int = 0
    """Customers of the market whom no file names."""

    @property
    def ids(self) -> NDArray[np.uint64]:
        """(N,) permanent ids, ascending."""
        return np.arange(self.size, dtype=np.uint64) if self.file_ids is None else self.file_ids

    def rows_of(self, node: int) -> NDArray[np.integer[Any]]:
        """A node's row in every copy."""
        return self.rows_at(np.arange(self.copies) * self.nodes + node)

    def rows_at(self, nodes: NDArray[Any]) -> NDArray[np.integer[Any]]:
        """The rows of nodes, counted through all copies."""
        return nodes if self.rows is None else self.rows[nodes]

    def rows_named(self, file: int, names: NDArray[np.int32]) -> NDArray[np.integer[Any]]:
        """The rows, in every copy, of names given by their position in a file."""
        node_of = self.files[file]
        if self.copies == 1 and node_of is not None:
            return self.rows_at(node_of)[names]
        return self.rows_at(tiled(names if node_of is None else node_of[names], self.nodes, self.copies))


def tiled(ends: NDArray[np.integer[Any]], n: int, copies: int) -> NDArray[np.int32]:
    """The same ends in every copy of n nodes."""
    if copies == 1:
        return ends.astype(np.int32, copy=False)
    return (np.arange(copies, dtype=np.int32)[:, None] * np.int32(n) + ends.astype(np.int32)[None, :]).ravel()


def numbered(n: int, copies: int) -> Customers:
    """Customers of generated graphs: ids 0 … n − 1."""
    return Customers(n, None, None, n // copies, copies)


def named(files: Sequence[Ties], copies: int, market_size: int, title: str) -> Customers:
    """Customers of graph files, and as many without ties as are missing from the market.

    Nodes are numbered by ascending id. With several copies, the id is copy · nodes + node.
    """
    names, codes = _all_names(files)
    numbers = isinstance(names, Numerals) or all(is_number(name) for name in names)
    nodes, found = len(names), len(names) * copies
    if found > market_size:
        times = f" in {copies:,} copies" if copies > 1 else ""
        allowed = f"market_size = {market_size:,} allows {market_size:,}: set market_size = {found}"
        raise WorldError(f"{title}: found {nodes:,} customers{times}, {allowed}")
    own, order = _by_id(names, numbers)
    if (own[1:] == own[:-1]).any():
        raise WorldError(f"{title}: found two names with the same 64-bit hash, rename one of the customers")
    base = own if copies == 1 else np.arange(found, dtype=np.uint64)
    others = _unused(base, market_size)
    ids, by_id, rows = base, None, None
    if others.size:
        ids = np.concatenate([base, others])
        by_id = np.argsort(ids, kind="stable")
        ids, rows = ids[by_id], _places(by_id)[:found]
    labels: Sequence[str] = Numerals(ids)
    if copies > 1 or not numbers:
        once = names if order is None else [names[i] for i in order.tolist()]
        all_labels = [*once] * copies + [f"#{other}" for other in others.tolist()]
        labels = tuple(all_labels if by_id is None else (all_labels[i] for i in by_id.tolist()))
    node_of = None if order is None else _places(order)
    node_of_each = tuple(node_of if code is None else code if node_of is None else node_of[code] for code in codes)
    return Customers(market_size, ids, labels, nodes, copies, rows, node_of_each, int(others.size))


def _by_id(names: Sequence[str], numbers: bool) -> tuple[NDArray[np.uint64], NDArray[np.intp] | None]:
    """The ids of names, ascending, and the order that makes them so; None where they are in order already."""
    if isinstance(names, Numerals):
        own = names.numbers
    else:
        own = np.array([int(name) if numbers else int(streams.stream_id(name)) for name in names], np.uint64)
    if (own[1:] > own[:-1]).all():
        return own, None
    order = np.argsort(own, kind="stable")
    return own[order], order


def _places(order: NDArray[np.intp]) -> NDArray[np.int32]:
    """Where each element has gone when they are put into `order`."""
    places = np.empty(order.size, np.int32)
    places[order] = np.arange(order.size, dtype=np.int32)
    return places


def _all_names(files: Sequence[Ties]) -> tuple[Sequence[str], list[NDArray[np.int32] | None]]:
    """Different names of all files, and per file the position of each of its names among them; None where it is the same."""
    if len(files) == 1:
        return files[0].names, [None]
    numbers = [ties.names.numbers for ties in files if isinstance(ties.names, Numerals)]
    if len(numbers) == len(files):
        together, code = np.unique(np.concatenate(numbers), return_inverse=True)
        ends = np.cumsum([part.size for part in numbers])
        return Numerals(together), list(np.split(code.astype(np.int32), ends[:-1]))
    position: dict[str, int] = {}
    codes = [[position.setdefault(name, len(position)) for name in ties.names] for ties in files]
    return list(position), [np.array(code, np.int32) for code in codes]


def _unused(ids: NDArray[np.uint64], market_size: int) -> NDArray[np.uint64]:
    """The smallest ids that are free, as many as the market still needs."""
    if ids.size == market_size:
        return np.empty(0, np.uint64)
    free = np.ones(market_size, np.bool_)
    free[ids[ids < np.uint64(market_size)].astype(np.int64)] = False
    return np.flatnonzero(free)[: market_size - ids.size].astype(np.uint64)


def segments(scenario: Scenario, ids: NDArray[np.uint64] | None, size: int) -> NDArray[np.uint16]:
    """Each customer's segment (N,): exact quotas over customers sorted by (segment draw, id). No ids: 0 … N − 1."""
    segment = np.zeros(size, np.uint16)  # costs no memory until it is written to
    if len(scenario.segments) > 1:
        ids = np.arange(size, dtype=np.uint64) if ids is None else ids
        key = streams.key_of_run(scenario.population_seed, 0)
        draws = streams.uniforms(key, ids, streams.NO_WORD, streams.SEGMENT)
        counts = quotas([part.share for part in scenario.segments], ids.size)
        segment[np.argsort(draws, kind="stable")] = np.repeat(np.arange(counts.size, dtype=np.uint16), counts)
    return segment


def pinned(scenario: Scenario, customers: Customers) -> NDArray[np.int16]:
    """The rung a customer named in ``start.nodes`` starts on, −1 for all others: (N,).

    A name means that node in every copy of the graph.
    """
    if not scenario.start.nodes:
        return np.broadcast_to(np.int16(-1), (customers.size,))  # one number, not one for each
    rung_of = np.full(customers.size, -1, np.int16)
    names = {rung.name: index for index, rung in enumerate(scenario.rungs)}
    known = _rows_by_label(customers)
    for rung, wanted in scenario.start.nodes.items():
        if rung not in names:
            raise WorldError(f"start.nodes: found rung {rung!r}, must be one of {', '.join(names)}{_hint(rung, list(names))}")
        for name in wanted:
            rows = _find(name, f"start.nodes.{rung}", customers, known)
            other = rung_of[rows]
            if ((other >= 0) & (other != names[rung])).any():
                twice = scenario.rungs[int(other.max())].name
                raise WorldError(f"start.nodes.{rung}: found {name!r}, who starts on {twice!r} too: name a customer once")
            rung_of[rows] = names[rung]
    return rung_of


def _rows_by_label(customers: Customers) -> Mapping[str, int]:
    """Label → a row that bears it (in the first copy); empty where labels are numbers."""
    labels = customers.labels
    if labels is None or isinstance(labels, Numerals):
        return {}
    return {labels[row]: row for row in range(len(labels) - 1, -1, -1)}


def _find(name: str | int, place: str, customers: Customers, known: Mapping[str, int]) -> NDArray[np.integer[Any]]:
    """Rows of a customer given by label or number."""
    labels = customers.labels
    if labels is None:
        if not is_number(str(name)) or int(name) >= customers.nodes:
            raise WorldError(f"{place}: found {name!r}, must be a number from 0 to {customers.nodes - 1}")
        return customers.rows_of(int(name))
    wanted = plain_name(str(name))
    row = _row_of_number(wanted, labels) if isinstance(labels, Numerals) else known.get(wanted)
    if row is None:
        near = _hint(str(name), list(labels[:MOST_COMPARED]))
        different = len(known) or len(labels)
        some = ", ".join(label if len(label) <= 40 else label[:39] + "…" for label in labels[: min(MOST_SHOWN, different)])
        more = ", …" if different > MOST_SHOWN else ""
        raise WorldError(
            f"{place}: found {name!r}, must be one of the {different:,} names of the graph file ({some}{more}){near}"
        )
    if customers.copies == 1 or row >= customers.nodes:
        return np.array([row])
    return customers.rows_of(row)


def _row_of_number(name: str, labels: Numerals) -> int | None:
    """The row of a name among ascending numbers."""
    if not is_number(name):
        return None
    row = int(np.searchsorted(labels.numbers, np.uint64(name)))
    return row if row < len(labels) and labels.numbers[row] == np.uint64(name) else None


def _hint(name: str, allowed: list[str]) -> str:
    near = nearest(name, allowed)
    return f" (did you mean {near!r}?)" if near else ""
