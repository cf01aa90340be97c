"""Whether futures have two humps, and where they part."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from ladsim.planning.two_humps import dip, has_two_humps, parting


def nearest_with_one_hump(values: np.ndarray) -> float:
    """The distance from the nearest distribution function with one hump, by linear programming over each place of its mode."""
    x, counts = np.unique(values, return_counts=True)
    upper = np.cumsum(counts) / counts.sum()
    return min(_with_mode(x, upper - counts / counts.sum(), upper, mode) for mode in range(x.size))


def _with_mode(x: np.ndarray, lower: np.ndarray, upper: np.ndarray, mode: int) -> float:
    """The same for a mode at one of the points: values up to it from the left, values from it on from the right, the distance last."""
    left, size = list(range(mode + 1)), x.size + 2
    right = [at - mode + len(left) for at in range(mode, x.size)]
    rows, limits = [], []

    def at_most(parts: dict[int, float], limit: float) -> None:
        row = np.zeros(size)
        for place, factor in parts.items():
            row[place] += factor
        rows.append(row)
        limits.append(limit)

    def near(place: int, y: float) -> None:
        at_most({place: 1.0, size - 1: -1.0}, y)
        at_most({place: -1.0, size - 1: -1.0}, -y)

    for side, own in ((left, range(mode + 1)), (right, range(mode, x.size))):
        for place, at in zip(side, own, strict=True):
            if at != mode or side is left:
                near(place, lower[at])
            if at != mode or side is right:
                near(place, upper[at])
        for a, b in pairwise(side):
            at_most({a: 1.0, b: -1.0}, 0.0)
        sign = 1.0 if side is left else -1.0
        for k in range(len(side) - 2):
            one, two = x[own[k + 1]] - x[own[k]], x[own[k + 2]] - x[own[k + 1]]
            at_most({side[k + 1]: sign * (1 / one + 1 / two), side[k]: -sign / one, side[k + 2]: -sign / two}, 0.0)
    at_most({left[-1]: 1.0, right[0]: -1.0}, 0.0)
    at_most({left[0]: -1.0}, 0.0)
    at_most({right[-1]: 1.0}, 1.0)
    cost = np.zeros(size)
    cost[-1] = 1.0
    found = optimize.linprog(cost, A_ub=np.array(rows), b_ub=limits, bounds=[(None, None)] * size)
    assert found.status == 0
    return float(found.fun)


@pytest.mark.parametrize("kind", ["even", "tied", "apart", "skewed"])
def test_the_dip_is_the_distance_from_one_hump(kind: str) -> None:
    """Against linear programming, over samples of up to 15 numbers, with and without ties."""
    luck = np.random.default_rng(3)
    for _ in range(15):
        n = int(luck.integers(2, 11))
        values = {
            "even": luck.random(n),
            "tied": luck.integers(0, 6, n).astype(float),
            "apart": np.concatenate([luck.normal(0, 0.1, n), luck.normal(3, 0.1, n // 2)]),
            "skewed": luck.exponential(size=n),
        }[kind]
        least = 0.5 / values.size  # of a distribution without jumps; a heap at the mode may have none at all
        assert dip(values) == pytest.approx(max(nearest_with_one_hump(values), least), abs=1e-9)


def test_known_dips() -> None:
    """Even numbers are as near as any; two equal heaps are a quarter away, a heap and its tenth a twentieth."""
    assert dip(np.arange(20.0)) == 1 / 40
    assert dip([0.0] * 50 + [1.0] * 50) == 0.25
    assert dip([0.0] * 90 + [1.0] * 10) == pytest.approx(0.05)


@pytest.mark.parametrize("n", [16, 40, 130, 700])
def test_one_uniform_sample_in_a_hundred_is_called_two_humped(n: int) -> None:
    """Of 2,000 from 0.3 to 2.2 %; of 200 larger ones 3 % at the most: what luck allows."""
    luck, samples = np.random.default_rng(n), 2000 if n < 100 else 200
    found = np.mean([has_two_humps(luck.random(n)) for _ in range(samples)])
    assert found <= (0.03 if n >= 100 else 0.022) and (n >= 100 or found >= 0.003)


def test_skewed_futures_have_one_hump_and_those_that_die_out_or_take_off_two() -> None:
    """Lognormal and exponential samples are hardly ever called two-humped; 30 % of 60 far off nine times of ten."""
    luck = np.random.default_rng(8)
    skewed = [has_two_humps(np.exp(luck.normal(0, 1.5, 100))) for _ in range(200)]
    skewed += [has_two_humps(luck.exponential(size=40)) for _ in range(200)]
    apart = [has_two_humps(np.where(luck.random(60) < 0.3, 10.0, 0.0) + luck.normal(0, 1.0, 60)) for _ in range(200)]
    assert np.mean(skewed) < 0.01 and np.mean(apart) > 0.85


def test_too_few_and_all_alike() -> None:
    """Fewer than 16 tell nothing; numbers that are all alike have one hump and no parting."""
    assert not has_two_humps([0.0, 1.0] * 7) and not has_two_humps([]) and not has_two_humps([3.0] * 50)
    assert math.isnan(parting([3.0] * 5)) and math.isnan(parting([1.0]))


def test_where_they_part() -> None:
    """Halfway between the two groups, however uneven; equal numbers stay together."""
    assert parting([0.0] * 30 + [10.0, 12.0]) == 5.0
    assert parting([1.0, 1.0, 1.0, 2.0]) == 1.5


@given(st.lists(st.integers(-30, 30).map(float), min_size=2, max_size=60), st.integers(-9, 9), st.integers(1, 5))
def test_dips_do_not_hang_on_units(values: list[float], by: int, times: int) -> None:
    """Moved, stretched, mirrored or in another order, numbers have the same dip, between 1/(2n) and 1/4 (or all of it: 1/2 of one)."""
    x = np.array(values)
    found = dip(x)
    assert 0.5 / x.size <= found <= 0.25 + 1e-12
    assert dip(by + times * x) == pytest.approx(found) and dip(-x) == pytest.approx(found) and dip(x[::-1]) == found


@given(st.lists(st.integers(-30, 30).map(float), min_size=2, max_size=40).filter(lambda x: len(set(x)) > 1))
def test_no_other_parting_is_better(values: list[float]) -> None:
    """By brute force: the squares within both groups are the least there are."""
    x = np.array(values)

    def within(at: float) -> float:
        return sum(float(((side - side.mean()) ** 2).sum()) for side in (x[x < at], x[x >= at]))

    levels = np.unique(x)
    assert within(parting(x)) == pytest.approx(min(within(at) for at in (levels[1:] + levels[:-1]) / 2))
