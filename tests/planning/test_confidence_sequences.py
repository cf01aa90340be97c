"""Intervals of means that may be looked at after every unit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize

from ladsim.planning.confidence_sequences import (
    FEWEST_BLOCKS,
    FEWEST_UNITS,
    block_lengths,
    mean_looks,
    mixture,
    radius,
    skewness,
    units_needed,
)

NUMBERS = st.lists(st.integers(-50, 50).map(float), min_size=1, max_size=130)


@pytest.mark.parametrize(
    ("n", "said"), [(10, 1.7043), (20, 0.7885), (40, 0.5065), (100, 0.3142), (200, 0.2253), (400, 0.1630), (1000, 0.1068)]
)
def test_radius_of_the_theorem(n: int, said: float) -> None:
    """Wang & Ramdas 2025, theorem 4.9, tightest at 40: known values, in units of the usual standard deviation."""
    assert mixture(0.05) == pytest.approx(5.0402, abs=5e-5)
    assert float(radius(n, 0.05)) * math.sqrt((n - 1) / n) == pytest.approx(said, abs=5e-5)


@pytest.mark.parametrize("x", [[1.0, 2.0, 4.0], [0.3, -0.2, 0.5, 0.9, -0.4, 0.1]])
def test_the_ends_are_where_the_evidence_is_one_in_alpha(x: list[float]) -> None:
    """At both ends the likelihood mixed over effects, σ integrated out, is 1/α times that of the end: by quadrature."""
    alpha, c2, n = 0.2, 1.5, len(x)
    values = np.array(x)

    def evidence(mean: float) -> float:
        apart = values - mean

        def mixed(effect: float) -> float:
            """∫ over ln σ of the likelihood of an effect in units of σ, with its prior normal(0, 1/c²)."""
            prior = math.sqrt(c2 / (2 * math.pi)) * math.exp(-c2 * effect * effect / 2)

            def at(t: float) -> float:
                return math.exp(-n * t - float(((apart / math.exp(t) - effect) ** 2).sum()) / 2)

            return prior * integrate.quad(at, -8, 8, limit=200)[0]

        def plain(t: float) -> float:
            return math.exp(-n * t - float((apart**2).sum()) * math.exp(-2 * t) / 2)

        return integrate.quad(mixed, -12, 12, limit=200)[0] / integrate.quad(plain, -8, 8, limit=200)[0]

    half = float(radius(n, alpha, c2)) * float(values.std())
    if not math.isfinite(half):
        assert evidence(float(values.mean()) + 20.0) < 1 / alpha, "no mean is refuted"
        return
    end = optimize.brentq(lambda by: evidence(values.mean() + by) - 1 / alpha, 0.01, 50.0, xtol=1e-6)
    assert half == pytest.approx(end, rel=1e-4)


def test_tightest_where_it_was_asked_for() -> None:
    """With c² for n* = 40 the interval at 40 is hardly wider than with any other c², and at 400 another is narrower."""
    others = [float(radius(40, 0.05, c2)) for c2 in np.linspace(1.0, 20.0, 39)]
    assert float(radius(40, 0.05)) <= 1.01 * min(others)
    assert float(radius(400, 0.05, mixture(0.05, 400))) < float(radius(400, 0.05))


def test_alpha_of_two_strategies_is_spent_on_one_difference() -> None:
    """Half the α, a wider interval; with ever more numbers it closes."""
    n = np.array([20, 40, 100, 10_000])
    assert (radius(n, 0.025) > radius(n, 0.05)).all()
    assert (np.diff(radius(n, 0.05)) < 0.0).all()
    assert float(radius(10**8, 0.05)) < 1e-3


def test_skewness_by_hand() -> None:
    """Of 0, 0, 1: mean 1/3, second moment 2/9, third 2/27: 1/√2; of a prefix what the prefix has."""
    found = skewness([0.0, 0.0, 1.0, 1.0])
    assert found.tolist() == pytest.approx([0.0, 0.0, 1 / math.sqrt(2), 0.0])


def test_blocks_grow_with_skewness() -> None:
    """Blocks of 4 as long as skewness is below 1.63; of ⌈1.5 g²⌉ beyond, and never shorter again; single units only where allowed."""
    symmetric = [-1.0, 1.0] * 20
    assert block_lengths(symmetric, single=False).tolist() == [4] * 40
    assert set(block_lengths(symmetric, single=True)[1::2].tolist()) == {1}
    rare = [0.0] * 50 + [1.0] + [0.0, 1.0] * 30
    long = block_lengths(rare, single=False)
    assert long[50] == math.ceil(1.5 * 49**2 / 50) and (np.diff(long) >= 0).all()


def test_when_something_can_be_said() -> None:
    """From the sixteenth unit on where units count one by one, from the twentieth block of four on elsewhere."""
    steady = np.tile([1.0, 3.0], 50)
    one, blocks = mean_looks(steady, 0.05, single=True), mean_looks(np.tile([1.0, 2.0, 3.0, 5.0, 4.0], 20), 0.05, single=False)
    assert np.isinf(one.low[: FEWEST_UNITS - 1]).all() and np.isfinite(one.low[FEWEST_UNITS - 1 :: 2]).all()
    first = 4 * FEWEST_BLOCKS
    assert np.isinf(blocks.low[: first - 1]).all() and np.isfinite(blocks.low[first - 1 :]).all()


def test_blocks_by_hand() -> None:
    """83 units in blocks of 4: the mean of 20 block means, and their spread, the last three units left out."""
    x = np.arange(83.0) % 7
    now = mean_looks(x, 0.05, single=False)
    blocks = x[:80].reshape(20, 4).mean(axis=1)
    assert now.now.value == pytest.approx(blocks.mean()) and now.spread[-1] == pytest.approx(blocks.std())
    half = blocks.std() * float(radius(20, 0.05))
    assert (now.now.low, now.now.high) == pytest.approx((blocks.mean() - half, blocks.mean() + half))


def test_numbers_that_are_all_alike_are_decided_exactly() -> None:
    """A set-up cost is the difference, to the last digit, also one that has no exact sum; a rare event later opens the interval again."""
    cost = -0.1
    looks = mean_looks([cost] * 100, 0.05, single=False)
    assert looks.now == (cost, cost, cost)
    later = mean_looks([cost] * 100 + [50.0], 0.05, single=False)
    assert later.now.low == -math.inf and later.now.high == math.inf


def test_an_interval_stands_until_there_is_another() -> None:
    """Sixteen units that count one by one, then one far off: blocks are too few, and what held before goes on to hold."""
    looks = mean_looks([-1.0, 1.0] * 8 + [40.0], 0.05, single=True)
    assert looks.block[-1] > 4 and looks.low[-1] == looks.low[-2] > -math.inf and looks.high[-1] == looks.high[-2]


def test_how_many_more_it_would_take() -> None:
    """So many units of the same spread that the radius falls below the margin, and not one block fewer; never for a margin of 0."""
    looks = mean_looks(np.tile([-1.0, 1.0], 20), 0.05, single=True)
    needed = int(units_needed(looks, 0.05, 0.2))
    assert float(radius(needed, 0.05)) < 0.2 <= float(radius(needed - 1, 0.05))
    assert units_needed(looks, 0.05, 0.0) == math.inf
    blocks = mean_looks(np.arange(100.0) % 7, 0.05, single=False)
    needed = int(units_needed(blocks, 0.05, 0.1))
    assert needed % 4 == 0
    assert blocks.spread[-1] * float(radius(needed // 4, 0.05)) < 0.1 <= blocks.spread[-1] * float(radius(needed // 4 - 1, 0.05))
    assert units_needed(mean_looks([1.0, 2.0], 0.05, single=False), 0.05, 1.0) == 4 * FEWEST_BLOCKS


@given(NUMBERS, st.booleans(), st.integers(-1000, 1000), st.integers(1, 8))
def test_a_look_is_a_look_at_the_units_so_far(x: list[float], single: bool, by: int, times: int) -> None:
    """What stands after n units is what the first n alone give; added and multiplied numbers move the limits likewise; − turns them."""
    whole = mean_looks(x, 0.05, single)
    part = mean_looks(x[: (len(x) + 1) // 2], 0.05, single)
    n = part.low.size
    assert whole.low[:n] == pytest.approx(part.low) and whole.high[:n] == pytest.approx(part.high)
    moved = mean_looks(by + times * np.array(x), 0.05, single)
    assert (moved.block == whole.block).all()
    assert moved.low == pytest.approx(by + times * whole.low, abs=1e-6) and moved.value == pytest.approx(by + times * whole.value)
    turned = mean_looks(-np.array(x), 0.05, single)
    assert turned.low == pytest.approx((-whole).low) and turned.high == pytest.approx((-whole).high)
    assert (whole.low <= whole.high).all()
