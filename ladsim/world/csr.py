"""Ties in, rows out: compressed sparse rows in linear time, without sorting.

A graph of N nodes is kept as ``indptr`` (N + 1) and ``indices`` (E): the out-neighbours of node v are
``indices[indptr[v]:indptr[v + 1]]``, ascending. Ties are put into buckets by their target; walking the buckets upward and
handing each target to its sources leaves every row ascending, with equal neighbours side by side, where they are dropped. That
is a radix sort of two passes (Gustavson 1978, the transpose of a sparse matrix): O(N + E) time and memory.

>>> indptr, indices, loops, duplicates = out_rows(3, np.array([0, 2, 0, 1]), np.array([1, 0, 1, 1]), True)
>>> indptr.tolist(), indices.tolist(), loops, duplicates
([0, 2, 3, 4], [1, 2, 0, 0], 1, 1)
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import compiled


@compiled
def by_target(n, sources, targets, both_ways):  # type: ignore[no-untyped-def]
    """Sources in buckets by target (starts, who), and the number of self-loops left out."""
    starts = np.zeros(n + 1, np.int64)
    loops = 0
    for tie in range(sources.size):
        if sources[tie] == targets[tie]:
            loops += 1
            continue
        starts[targets[tie] + 1] += 1
        if both_ways:
            starts[sources[tie] + 1] += 1
    for node in range(n):
        starts[node + 1] += starts[node]
    who = np.empty(starts[n], np.int32)
    place = starts[:-1].copy()
    for tie in range(sources.size):
        source, target = sources[tie], targets[tie]
        if source == target:
            continue
        who[place[target]] = source
        place[target] += 1
        if both_ways:
            who[place[source]] = target
            place[source] += 1
    return starts, who, loops


@compiled
def closed_up(indptr, ends, indices):  # type: ignore[no-untyped-def]
    """Rows that end at `ends`, moved together: new (indptr, indices)."""
    n = ends.size
    new = np.zeros(n + 1, np.int64)
    for node in range(n):
        new[node + 1] = new[node] + ends[node] - indptr[node]
    kept = np.empty(new[n], np.int32)
    for node in range(n):
        for i in range(ends[node] - indptr[node]):
            kept[new[node] + i] = indices[indptr[node] + i]
    return new, kept


@compiled
def out_rows(n, sources, targets, both_ways):  # type: ignore[no-untyped-def]
    """Ascending out-neighbours: (indptr int64 (n+1), indices int32 (E), self-loops dropped, duplicate ties dropped)."""
    starts, who, loops = by_target(n, sources, targets, both_ways)
    if both_ways:
        indptr = starts  # each tie is in both buckets: a row is as long as its bucket
    else:
        indptr = np.zeros(n + 1, np.int64)
        for i in range(who.size):
            indptr[who[i] + 1] += 1
        for node in range(n):
            indptr[node + 1] += indptr[node]
    indices = np.empty(who.size, np.int32)
    place = indptr[:-1].copy()
    duplicates = 0
    for target in range(n):
        for i in range(starts[target], starts[target + 1]):
            source = who[i]
            at = place[source]
            if at > indptr[source] and indices[at - 1] == target:
                duplicates += 1
            else:
                indices[at] = target
                place[source] = at + 1
    if duplicates > 0:
        indptr, indices = closed_up(indptr, place, indices)
    if both_ways:
        duplicates //= 2
    return indptr, indices, loops, duplicates


@compiled
def in_degrees(n, indices):  # type: ignore[no-untyped-def]
    """How many nodes point at each node: int32 (n,)."""
    degree = np.zeros(n, np.int32)
    for i in range(indices.size):
        degree[indices[i]] += 1
    return degree
