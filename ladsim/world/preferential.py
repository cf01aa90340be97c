"""Large Barabási–Albert graphs: parameters in, rows out, with no ties in between.

A star on m + 1 nodes; every further node ties to m others, chosen by degree (Barabási & Albert 1999): a random end of a random tie
is a node chosen by degree. Tie number e ≥ m belongs to node m + ⌊e / m⌋, so only the other ends are kept. All of a node's own
ends are lower than it and all later ties come from higher nodes: with nodes handed out upward, every row is ascending as it is
written. The ends wait in the second half of the array that the rows are written into. The rows of nodes below v hold at most twice
the ties among them and once those from v on, so writing never overtakes reading, and there is one array of 8 bytes a tie in all.

Memory is waited for, not the processor: where a draw will look is asked for 64 draws ahead, a row 12 nodes ahead.

>>> from ladsim import streams
>>> indptr, indices = rows([streams.key_of_run(1, 0)], 5, 2)
>>> indptr.tolist(), indices[:4].tolist()
([0, 2, 5, 7, 10, 12], [1, 2, 0, 3])
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ladsim.compiled import entry
from ladsim.model.memory import fetch
from ladsim.streams import GRAPH, NO_WORD, bits
from ladsim.world.csr import Rows, starts
from ladsim.world.generators import bounded

_AHEAD = np.int64(64)  # draws: a power of 2
_RING = np.int64(63)
_NODES_AHEAD = np.int64(12)


def rows(keys: Sequence[np.uint64], n: int, links: int) -> Rows:
    """The rows of one graph of n nodes per key, side by side: (indptr, indices)."""
    size = 2 * links * (n - links)
    indptr = np.zeros(len(keys) * n + 1, np.int64)
    indices = np.empty(len(keys) * size, np.int32)
    for copy, key in enumerate(keys):
        own, there = indptr[copy * n : (copy + 1) * n + 1], indices[copy * size : (copy + 1) * size]
        others = there[size // 2 :]
        grow(key, n, links, others)
        # Where this copy begins belongs to the copy before: it is put back below.
        own[0] = 0
        _degrees(links, others, own)
        starts(own)
        _hand_out(links, others, own, there)
        if copy:
            own += copy * size
            there += np.int32(copy * n)
    return indptr, indices


@entry("u8 i8 i8 i4[]* ->")
def grow(key, n, links, others):  # type: ignore[no-untyped-def]
    """Fill `others` with the other end of every tie: links·(n − links) numbers."""
    for leaf in range(links):
        others[leaf] = leaf + 1
    address = np.uint64(others.ctypes.data)
    coming = np.empty(_AHEAD, np.uint64)
    for draw in range(_AHEAD):
        coming[draw] = bits(key, NO_WORD, GRAPH, draw, 0)
    made = links
    draw = np.int64(0)
    for _ in range(links + 1, n):
        first = made
        while made < first + links:
            end = bounded(coming[draw & _RING], 2 * first)
            later = bits(key, NO_WORD, GRAPH, draw + _AHEAD, 0)
            coming[draw & _RING] = later
            near = bounded(later, 2 * first)
            if near & 1:
                fetch(address, (near >> 1) * 4)
            draw += 1
            tie = end >> 1
            if end & 1:
                other = np.int64(others[tie])
            else:
                other = tie // links + links if tie >= links else np.int64(0)
            known = False
            for own in range(first, made):
                known |= others[own] == other
            if not known:
                others[made] = other
                made += 1


@entry("i8 i4[] i8[]* ->")
def _degrees(links, others, indptr):  # type: ignore[no-untyped-def]
    """Add the degree of node v to ``indptr[v + 1]``."""
    indptr[1] += links
    for tie in range(others.size):
        indptr[others[tie] + 1] += 1
    for node in range(links + 1, indptr.size - 1):
        indptr[node + 1] += links


@entry("i8 i4[] i8[]* i4[]* ->")
def _hand_out(links, others, indptr, indices):  # type: ignore[no-untyped-def]
    """Write the rows, node by node upward; `others` may be the second half of `indices`."""
    for leaf in range(1, links + 1):
        indices[indptr[1]] = leaf
        indptr[1] += 1
        indices[indptr[leaf + 1]] = 0
        indptr[leaf + 1] += 1
    row, place = np.uint64(indices.ctypes.data), np.uint64(indptr.ctypes.data)
    own = np.empty(links, np.int32)
    for node in range(links + 1, indptr.size - 1):
        first = links * (node - links)
        soon = first + _NODES_AHEAD * links
        if soon + (_NODES_AHEAD + 1) * links <= others.size:
            for i in range(links):
                fetch(place, (np.int64(others[soon + _NODES_AHEAD * links + i]) + 1) * 8)
                fetch(row, indptr[others[soon + i] + 1] * 4)
        for i in range(links):
            other = others[first + i]
            j = i
            while j > 0 and own[j - 1] > other:
                own[j] = own[j - 1]
                j -= 1
            own[j] = other
        at = indptr[node + 1]
        for i in range(links):
            other = own[i]
            indices[at + i] = other
            indices[indptr[other + 1]] = node
            indptr[other + 1] += 1
        indptr[node + 1] = at + links
