"""Rows made of ties: sorted, without loops or duplicates, nothing lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ladsim.world.csr import in_degrees, out_rows

ties = st.integers(1, 12).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=60))
)


def rows(n: int, pairs: list[tuple[int, int]], both_ways: bool) -> tuple[list[list[int]], int, int]:
    ends = np.array(pairs, np.int32).reshape(-1, 2)
    indptr, indices, loops, duplicates = out_rows(
        n, np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1]), both_ways
    )
    assert indptr[0] == 0
    assert indptr[-1] == indices.size
    return [indices[indptr[v] : indptr[v + 1]].tolist() for v in range(n)], int(loops), int(duplicates)


@given(ties)
def test_directed_rows_hold_each_tie_once(case: tuple[int, list[tuple[int, int]]]) -> None:
    """A row is the sorted set of its targets; loops and repeats are counted."""
    n, pairs = case
    found, loops, duplicates = rows(n, pairs, False)
    kept = {pair for pair in pairs if pair[0] != pair[1]}
    assert found == [sorted(b for a, b in kept if a == v) for v in range(n)]
    assert loops == sum(a == b for a, b in pairs)
    assert duplicates == len(pairs) - loops - len(kept)


@given(ties)
def test_undirected_rows_hold_each_tie_from_both_ends(case: tuple[int, list[tuple[int, int]]]) -> None:
    """Without direction (a, b) and (b, a) are the same tie: stored at both ends, counted as a duplicate when given twice."""
    n, pairs = case
    found, loops, duplicates = rows(n, pairs, True)
    kept = {frozenset(pair) for pair in pairs if pair[0] != pair[1]}
    assert found == [sorted(min(tie - {v}) for tie in kept if v in tie) for v in range(n)]
    assert duplicates == len(pairs) - loops - len(kept)


@given(ties)
def test_in_degrees_count_the_rows_that_name_a_node(case: tuple[int, list[tuple[int, int]]]) -> None:
    n, pairs = case
    found, _, _ = rows(n, pairs, False)
    flat = np.array([target for row in found for target in row], np.int32)
    assert in_degrees(n, flat).tolist() == [sum(v in row for row in found) for v in range(n)]
