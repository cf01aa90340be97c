"""Ties in, rows out: compressed sparse rows, each row sorted where it stands.

A graph of N nodes is kept as ``indptr`` (N + 1) and ``indices`` (E): the out-neighbours of node v are
``indices[indptr[v]:indptr[v + 1]]``, ascending. Ties are counted, handed to their rows in the order they come, and each row is
sorted in place (Shell 1959, gaps of Knuth 1973; short rows in one pass). Equal neighbours then stand side by side and are dropped.
Memory beside the ties: 4 bytes a neighbour and 8 a node, no more. The arrays are numpy's own, because numpy asks the system for
large pages: random access to them costs half as much.

>>> indptr, indices, loops, duplicates = out_rows(3, np.array([0, 2, 0, 1]), np.array([1, 0, 1, 1]), True)
>>> indptr.tolist(), indices.tolist(), loops, duplicates
([0, 2, 3, 4], [1, 2, 0, 0], 1, 1)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.compiled import entry

_FACTOR, _HALF = np.uint64(0xD1342543DE82EF95), np.uint64(32)

Rows = tuple[NDArray[np.int64], NDArray[np.int32]]


def out_rows(
    n: int, sources: NDArray[Any], targets: NDArray[Any], both_ways: bool
) -> tuple[NDArray[Any], NDArray[Any], int, int]:
    """Ascending out-neighbours: (indptr int64 (n+1), indices int32 (E), self-loops dropped, duplicate ties dropped)."""
    indptr = np.zeros(n + 1, np.int64)
    loops = count(sources, targets, both_ways, indptr)
    indices = np.empty(starts(indptr), np.int32)
    hand_out(sources, targets, both_ways, indptr, indices)
    duplicates = sort_rows(indptr, indices)
    if duplicates:
        indices.resize(int(indptr[n]), refcheck=False)  # gives the end back, copies nothing
    return indptr, indices, int(loops), int(duplicates) // (2 if both_ways else 1)


@entry("i4[] i4[] b1 i8[]* -> i8")
def count(sources, targets, both_ways, indptr):  # type: ignore[no-untyped-def]
    """Add to ``indptr[v + 1]`` how many neighbours v will have; the number of self-loops left out."""
    loops = 0
    for tie in range(sources.size):
        source, target = sources[tie], targets[tie]
        if source == target:
            loops += 1
            continue
        indptr[source + 1] += 1
        if both_ways:
            indptr[target + 1] += 1
    return loops


@entry("i8[]* -> i8")
def starts(indptr):  # type: ignore[no-untyped-def]
    """Turn the number of neighbours in ``indptr[v + 1]`` into where v's row begins; how many there are in all.

    Whoever fills the rows counts ``indptr[v + 1]`` up to the row's end, and with that it is what its name says.
    """
    total = 0
    for node in range(1, indptr.size):
        degree = indptr[node]
        indptr[node] = total
        total += degree
    return total


@entry("i4[] i4[] b1 i8[]* i4[]* ->")
def hand_out(sources, targets, both_ways, indptr, indices):  # type: ignore[no-untyped-def]
    """Write every tie into the row of its source (and its target), as they come."""
    for tie in range(sources.size):
        source, target = sources[tie], targets[tie]
        if source == target:
            continue
        at = indptr[source + 1]
        indices[at] = target
        indptr[source + 1] = at + 1
        if both_ways:
            at = indptr[target + 1]
            indices[at] = source
            indptr[target + 1] = at + 1


@entry("i8[]* i4[]* -> i8")
def sort_rows(indptr, indices):  # type: ignore[no-untyped-def]
    """Sort every row, drop repeated neighbours and close up; how many were dropped."""
    kept, first = np.int64(0), np.int64(0)
    for node in range(indptr.size - 1):
        last = indptr[node + 1]
        gap = 1
        while last - first > 32 and gap < (last - first) // 3:
            gap = 3 * gap + 1
        while gap > 0:
            for i in range(first + gap, last):
                value = indices[i]
                j = i
                while j >= first + gap and indices[j - gap] > value:
                    indices[j] = indices[j - gap]
                    j -= gap
                indices[j] = value
            gap //= 3
        for i in range(first, last):
            if i == first or indices[i] != indices[kept - 1]:
                indices[kept] = indices[i]
                kept += 1
        first = last
        indptr[node + 1] = kept
    return first - kept


@entry("i8 i4[] -> i4[]")
def in_degrees(n, indices):  # type: ignore[no-untyped-def]
    """How many nodes point at each node: int32 (n,)."""
    degree = np.zeros(n, np.int32)
    for i in range(indices.size):
        degree[indices[i]] += 1
    return degree


@entry("u4[] -> u8")
def checksum(words):  # type: ignore[no-untyped-def]
    """A number that another array of uint32 does not have: one that differs in one word surely, any other with chance 2^−64."""
    lanes = np.array([1, 2, 3, 4], np.uint64)
    a, b, c, d = lanes[0], lanes[1], lanes[2], lanes[3]
    last = words.size // 4 * 4
    for i in range(0, last, 4):
        a = (a + words[i]) * _FACTOR
        b = (b + words[i + 1]) * _FACTOR
        c = (c + words[i + 2]) * _FACTOR
        d = (d + words[i + 3]) * _FACTOR
    for i in range(last, words.size):
        a = (a + words[i]) * _FACTOR
    for lane in (b, c, d):
        a = (a ^ (a >> _HALF)) * _FACTOR + lane
    return a ^ (a >> _HALF)
