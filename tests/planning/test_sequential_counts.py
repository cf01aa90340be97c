"""Shares and quantiles that may be looked at after every future."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from ladsim.planning.pairs import quantile_ranks as fixed_ranks
from ladsim.planning.sequential_counts import quantile_ranks, share_sequence

LOOKS = 200


def ever_outside(p: float, limits: list[tuple[int, int]]) -> float:
    """Exactly, by all paths: the chance that a count of hits of probability p ever lies outside limits[n − 1] after n looks."""
    inside = np.array([1.0])
    lost = 0.0
    for low, high in limits:
        inside = np.append(inside, 0.0) * (1 - p) + np.append(0.0, inside) * p
        counts = np.arange(inside.size)
        out = (counts < low) | (counts > high)
        lost += inside[out].sum()
        inside[out] = 0.0
    return lost


@pytest.mark.parametrize(("p", "n", "said"), [(0.2, 40, (2, 17)), (0.2, 200, (24, 60))])
def test_known_ranks(p: float, n: int, said: tuple[int, int]) -> None:
    """What 80 % of futures reach, from 40 and from 200 of them."""
    assert quantile_ranks(p, n, 0.05) == said


@pytest.mark.parametrize("p", [0.2, 0.5, 0.8])
def test_ranks_hold_at_every_look_together(p: float) -> None:
    """The chance that a quantile ever leaves its ranks is at most α; with the ranks of a fixed number it is several times that."""
    looked = [(low, high - 1) for low, high in (quantile_ranks(p, n, 0.05) for n in range(1, LOOKS + 1))]
    once = [(low, high - 1) for low, high in (fixed_ranks(p, n) for n in range(1, LOOKS + 1))]
    assert 0.005 < ever_outside(p, looked) <= 0.05
    assert ever_outside(p, once) > 0.15


@pytest.mark.parametrize("n", [10, 40, 200])
def test_ranks_of_a_fixed_number(n: int) -> None:
    """Order statistics as usual: 95 % by the binomial, and no narrower ranks would do on either side."""
    low, high = fixed_ranks(0.2, n)
    below = [math.comb(n, k) * 0.2**k * 0.8 ** (n - k) for k in range(n + 1)]
    assert sum(below[:low]) <= 0.025 < sum(below[: low + 1])
    assert sum(below[high:]) <= 0.025 < sum(below[high - 1 :])


@pytest.mark.parametrize("p", [0.5, 0.1])
def test_shares_hold_at_every_look_together(p: float) -> None:
    """The chance that the true share is ever outside is at most α."""
    limits = []
    for n in range(1, 61):
        kept = [s for s in range(n + 1) if (found := share_sequence(s, n, 0.05)).low <= p <= found.high]
        limits.append((kept[0], kept[-1]))
    assert 0.002 < ever_outside(p, limits) <= 0.05


@pytest.mark.parametrize(("wins", "n"), [(7, 9), (30, 40), (12.5, 20)])
def test_ends_of_a_share(wins: float, n: int) -> None:
    """At both ends the likelihood mixed over all shares is 1/α times that of the end: by quadrature."""
    found = share_sequence(wins, n, 0.05)
    mixed = integrate.quad(lambda q: q**wins * (1 - q) ** (n - wins), 0, 1)[0]
    for end in (found.low, found.high):
        assert mixed / (end**wins * (1 - end) ** (n - wins)) == pytest.approx(20.0, rel=1e-6)


def test_shares_without_a_loss_or_a_future() -> None:
    """All wins: up to 1; no win: down to 0; nothing seen: nothing said. More than half is known from eight wins in a row on."""
    assert share_sequence(12, 12, 0.05).high == 1.0 and share_sequence(0, 12, 0.05).low == 0.0
    assert share_sequence(0, 12, 0.05).high == pytest.approx(1.0 - share_sequence(12, 12, 0.05).low)
    nothing = share_sequence(0, 0, 0.05)
    assert math.isnan(nothing.value) and (nothing.low, nothing.high) == (0.0, 1.0)
    assert [share_sequence(n, n, 0.05).low > 0.5 for n in (7, 8)] == [False, True]


@given(st.integers(1, 300), st.floats(0.01, 0.99), st.sampled_from([0.01, 0.05, 0.2]))
def test_ranks_are_ranks(n: int, p: float, alpha: float) -> None:
    """From 0 to n + 1, in order, around the rank of the quantile; wider for a smaller α, and mirrored for 1 − p."""
    low, high = quantile_ranks(p, n, alpha)
    assert 0 <= low <= n * p + 1 and n * p <= high <= n + 1 and low < high
    wider = quantile_ranks(p, n, alpha / 2)
    assert wider[0] <= low and high <= wider[1]
    assert quantile_ranks(1 - p, n, alpha) == (n + 1 - high, n + 1 - low)


@given(st.integers(0, 60), st.integers(0, 60))
def test_shares_hold_what_was_seen(wins: int, losses: int) -> None:
    """The share itself is inside; fewer wins of as many move both ends down."""
    n = wins + losses
    if not n:
        return
    found = share_sequence(wins, n, 0.05)
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0
    if wins:
        fewer = share_sequence(wins - 1, n, 0.05)
        assert fewer.low <= found.low + 1e-9 and fewer.high <= found.high + 1e-9
