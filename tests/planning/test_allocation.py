"""The division of a budget among groups: greedy by worth over cost is the best there is."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim.planning.allocation import split

GROUPS = st.lists(
    st.tuples(st.integers(-20, 200), st.integers(1, 80), st.integers(0, 30)),  # worth, cost, room
    min_size=1,
    max_size=4,
)


def gain_of(order: tuple[int, ...], groups: list[tuple[int, int, int]], budget: float) -> float:
    """What is gained by filling the groups in this order."""
    gain = 0.0
    for g in order:
        value, cost, room = groups[g]
        people = min(room, budget / cost)
        gain += people * (value - cost)
        budget -= people * cost
    return gain


@given(GROUPS, st.integers(0, 3000))
def test_no_order_of_any_groups_gains_more(groups: list[tuple[int, int, int]], budget: int) -> None:
    """The gain is the highest over all orders of all subsets: one of them is the best of the fractional knapsack."""
    found = split(*zip(*groups, strict=True), budget=float(budget))
    gain = sum(share.people * (groups[share.group][0] - groups[share.group][1]) for share in found)
    places = range(len(groups))
    best = max(
        gain_of(order, groups, float(budget)) for n in range(len(groups) + 1) for order in itertools.permutations(places, n)
    )
    assert gain == pytest.approx(best, abs=1e-6)
    assert sum(share.spend for share in found) <= budget + 1e-9
    assert all(share.people <= groups[share.group][2] + 1e-9 for share in found)


@given(GROUPS, st.integers(0, 300))
def test_whole_people_gain_no_more(groups: list[tuple[int, int, int]], budget: int) -> None:
    """No choice of whole people, all of them tried, gains more than the parts; the parts gain at most one customer more."""
    small = [(value, cost, min(room, 5)) for value, cost, room in groups]
    found = split(*zip(*small, strict=True), budget=float(budget))
    gain = sum(share.people * (small[share.group][0] - small[share.group][1]) for share in found)
    whole = max(
        sum(n * (value - cost) for n, (value, cost, _) in zip(counts, small, strict=True))
        for counts in itertools.product(*(range(room + 1) for _, _, room in small))
        if sum(n * cost for n, (_, cost, _) in zip(counts, small, strict=True)) <= budget
    )
    assert whole <= gain + 1e-6
    assert gain <= whole + max(0, *(value - cost for value, cost, _ in small)) + 1e-6


def test_what_is_not_known_or_does_not_pay_is_left_out() -> None:
    """Unknown worth or cost, a cost as high as the worth, nobody to win: no part. Without a budget all who pay are won."""
    nan = math.nan
    found = split([nan, 50.0, 50.0, 50.0, 50.0], [10.0, nan, 50.0, 10.0, 10.0], [5.0, 5.0, 5.0, 0.0, 5.0], None)
    assert [(share.group, share.people, share.spend, share.limit) for share in found] == [(4, 5.0, 50.0, "people")]
    assert split([50.0], [10.0], [5.0], 0.0) == []
