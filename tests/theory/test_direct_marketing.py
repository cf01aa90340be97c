"""Recency, acquisition and retention: printed numbers, and what must hold of them."""

from __future__ import annotations

import pytest

from ladsim.theory.direct_marketing import AcquisitionAndRetention, best_cut_off, recency_values

CHANCES = (0.3, 0.2, 0.15, 0.05)


def test_recency() -> None:
    """Pfeifer & Carraway (2000): without end, four periods, the best cut-off."""
    assert recency_values(CHANCES, 40, 4, 0.2) == pytest.approx([52.319609, 5.553784, 1.250773, -1.820016], abs=5e-7)
    assert recency_values(CHANCES, 40, 4, 0.2, 4) == pytest.approx([50.114969, 4.219907, 0.592110, -1.980131], abs=5e-7)
    assert recency_values(CHANCES, 40, 4, 0.2, 400) == pytest.approx(recency_values(CHANCES, 40, 4, 0.2), rel=1e-9)
    stop, values = best_cut_off(CHANCES, 40, 4, 0.2)
    assert stop == 3
    assert values == pytest.approx([53.149425, 6.620690, 2.643678], abs=5e-7)


def test_the_best_split() -> None:
    """Blattberg & Deighton (1996), the example of the formula: the optimum, and that nothing near it is better."""
    split = AcquisitionAndRetention(0.40, (5, 0.15), 0.70, (10, 0.40), margin=50, discount=0.2)
    assert (split.won(5), split.kept(10)) == pytest.approx((0.15, 0.40))
    acquisition, retention = split.best()
    assert (acquisition, retention) == pytest.approx((9.451818, 15.865238), abs=2e-5)
    assert (split.won(acquisition), split.kept(retention)) == pytest.approx((0.235487, 0.517487), abs=1e-6)
    assert split.value(retention) == pytest.approx(64.665074, abs=5e-7)
    best = split.equity(acquisition, retention)
    assert best == pytest.approx(5.775996, abs=5e-7)
    assert all(split.equity(acquisition + a, retention + r) < best for a in (-0.1, 0.1) for r in (-0.1, 0.1))
