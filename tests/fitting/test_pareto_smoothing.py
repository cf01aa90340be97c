"""Smoothed weights: the shape of a known tail, weights that need no smoothing, and means that come out right."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ladsim.fitting.pareto_smoothing import smoothed, tail_law


@pytest.mark.parametrize("k", [0.1, 0.5, 0.9])
def test_the_tail_is_found(k: float) -> None:
    """Shape and scale of 20,000 draws of a generalized Pareto law."""
    u = (np.arange(20_000) + 0.5) / 20_000
    shape, scale = tail_law(stats.genpareto.ppf(u, k, scale=2.0))
    assert shape == pytest.approx(k, abs=0.03)
    assert scale == pytest.approx(2.0, rel=0.05)


@pytest.mark.parametrize(("spread", "low", "high"), [(1.05, -1.0, 0.45), (3.0, 0.6, 2.0)])
def test_k_tells_good_weights_from_bad_ones(spread: float, low: float, high: float) -> None:
    """Draws of a normal law weighed for one hardly wider: k is small. For one three times as wide: k is beyond what can be used."""
    x = stats.norm.ppf((np.arange(4_000) + 0.5) / 4_000)
    weights, k = smoothed(stats.norm.logpdf(x, scale=spread) - stats.norm.logpdf(x))
    assert low < k < high
    assert np.exp(weights).sum() == pytest.approx(1.0)


def test_means_are_put_right() -> None:
    """From a law that is wider and beside the right one, mean and spread of the right one come out."""
    x = 1.0 + 1.5 * stats.norm.ppf((np.arange(2_000) + 0.5) / 2_000)
    weights, k = smoothed(stats.norm.logpdf(x, 0.5, 1.0) - stats.norm.logpdf(x, 1.0, 1.5))
    mean = np.exp(weights) @ x
    assert k < 0.5
    assert mean == pytest.approx(0.5, abs=0.01)
    assert np.exp(weights) @ (x - mean) ** 2 == pytest.approx(1.0, abs=0.03)


def test_order_does_not_matter() -> None:
    """Each draw keeps its own weight, wherever it stands; the largest stay the largest."""
    rng = np.random.default_rng(1)
    logs = rng.normal(size=300) * 2
    turned = rng.permutation(300)
    straight, k = smoothed(logs)
    other, k_other = smoothed(logs[turned])
    assert k == k_other
    assert other == pytest.approx(straight[turned])
    assert (np.argsort(straight) == np.argsort(logs)).all()
