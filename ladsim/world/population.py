"""Who there is: permanent ids, labels, segments, and the customers that the scenario names.

A customer is a row; rows are ascending by id, and luck, neighbour order and ties go by id. Without a file, ids are 0 … N − 1 and
copy c of a graph of n nodes holds the ids c·n … c·n + n − 1. With a file, its names are the customers: names that are all whole
numbers (no sign, no leading zero) are the ids, otherwise the id is a hash of the name (``streams.word``), so that a file with its
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
from ladsim.world.files import Ties

MOST_COMPARED = 20_000  # names that an unknown one is compared with


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

    ids: NDArray[np.uint64]
    labels: tuple[str, ...] | None
    nodes: int
    """Nodes in one copy of the graph."""
    copies: int
    rows: NDArray[np.int64] | None = None
    """(copies · nodes,) row of each node of a file; None where node and row are the same."""
    files: tuple[NDArray[np.int32], ...] = ()
    """For each file: the node of each of its names."""
    notes: tuple[str, ...] = ()

    def rows_of(self, node: int) -> NDArray[np.int64]:
        """A node's row in every copy."""
        return self.rows_at(np.arange(self.copies) * self.nodes + node)

    def rows_at(self, nodes: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
        """The rows of nodes, counted through all copies."""
        return nodes.astype(np.int64) if self.rows is None else self.rows[nodes]


def numbered(n: int, copies: int) -> Customers:
    """Customers of generated graphs: ids 0 … n − 1."""
    return Customers(np.arange(n, dtype=np.uint64), None, n // copies, copies)


def named(files: Sequence[Ties], copies: int, market_size: int, title: str) -> Customers:
    """Customers of graph files, and as many without ties as are missing from the market.

    Nodes are numbered by ascending id. With several copies, the id is copy · nodes + node.
    """
    names, codes = _all_names(files)
    numbers = all(_is_number(name) for name in names)
    own = np.array([int(name) if numbers else int(streams.word(name)) for name in names], np.uint64)
    order = np.argsort(own, kind="stable")
    if (own[order][1:] == own[order][:-1]).any():
        raise WorldError(f"{title}: found two names with the same 64-bit hash, rename one of the customers")
    nodes = len(names)
    found = nodes * copies
    if found > market_size:
        times = f" in {copies:,} copies" if copies > 1 else ""
        allowed = f"market_size = {market_size:,} allows {market_size:,}: set market_size = {found}"
        raise WorldError(f"{title}: found {nodes:,} customers{times}, {allowed}")
    node_of = np.empty(nodes, np.int32)
    node_of[order] = np.arange(nodes, dtype=np.int32)
    base = own[order] if copies == 1 else np.arange(found, dtype=np.uint64)
    others = _unused(base, market_size)
    ids = np.concatenate([base, others])
    by_id = np.argsort(ids, kind="stable")
    rows = np.empty(ids.size, np.int64)
    rows[by_id] = np.arange(ids.size)
    mark = "" if numbers and copies == 1 else "#"
    labels = [names[i] for i in order] * copies + [f"{mark}{other}" for other in others.tolist()]
    notes = (f"{title}: names {found:,} of {market_size:,} customers: the other {others.size:,} have no ties",)
    return Customers(
        ids[by_id], tuple(labels[i] for i in by_id.tolist()), nodes, copies, rows[:found],
        tuple(node_of[code] for code in codes), notes if others.size else (),
    )  # fmt: skip


def _all_names(files: Sequence[Ties]) -> tuple[list[str], list[NDArray[np.int64]]]:
    """Different names of all files, and per file the position of each of its names among them."""
    if len(files) == 1:
        return files[0].names, [np.arange(len(files[0].names))]
    position: dict[str, int] = {}
    codes = [[position.setdefault(name, len(position)) for name in ties.names] for ties in files]
    return list(position), [np.array(code, np.int64) for code in codes]


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 18 and (name[0] != "0" or name == "0")


def _unused(ids: NDArray[np.uint64], market_size: int) -> NDArray[np.uint64]:
    """The smallest ids that are free, as many as the market still needs."""
    free = np.ones(market_size, np.bool_)
    free[ids[ids < np.uint64(market_size)].astype(np.int64)] = False
    return np.flatnonzero(free)[: market_size - ids.size].astype(np.uint64)


def segments(scenario: Scenario, ids: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Each customer's segment (N,): exact quotas over customers sorted by (segment draw, id)."""
    segment = np.zeros(ids.size, np.uint16)
    if len(scenario.segments) > 1:
        key = np.uint64(streams.run_key(np.uint64(scenario.population_seed), np.uint64(0)))
        draws = streams.uniforms(key, ids, streams.NO_WORD, streams.SEGMENT)
        counts = quotas([part.share for part in scenario.segments], ids.size)
        segment[np.argsort(draws, kind="stable")] = np.repeat(np.arange(counts.size, dtype=np.uint16), counts)
    return segment


def pinned(scenario: Scenario, customers: Customers) -> NDArray[np.int16]:
    """The rung a customer named in ``start.nodes`` starts on, −1 for all others: (N,).

    A name means that node in every copy of the graph.
    """
    rung_of = np.full(customers.ids.size, -1, np.int16)
    names = {rung.name: index for index, rung in enumerate(scenario.rungs)}
    known = _rows_by_label(customers) if customers.labels is not None and scenario.start.nodes else {}
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
    """Label → a row that bears it (in the first copy)."""
    labels = customers.labels or ()
    return {labels[row]: row for row in range(len(labels) - 1, -1, -1)}


def _find(name: str | int, place: str, customers: Customers, known: Mapping[str, int]) -> NDArray[np.int64]:
    """Rows of a customer given by label or number."""
    if customers.labels is None:
        if not _is_number(str(name)) or int(name) >= customers.nodes:
            raise WorldError(f"{place}: found {name!r}, must be a number from 0 to {customers.nodes - 1}")
        return customers.rows_of(int(name))
    row = known.get(str(name))
    if row is None:
        near = _hint(str(name), list(known)[-MOST_COMPARED:])
        raise WorldError(f"{place}: found {name!r}, must be one of the {len(known):,} names of the graph file{near}")
    if customers.copies == 1 or row >= customers.nodes:
        return np.array([row])
    return customers.rows_of(row)


def _hint(name: str, allowed: list[str]) -> str:
    near = nearest(name, allowed)
    return f" (did you mean {near!r}?)" if near else ""
