"""Order counts and survival of one-rung customer bases against printed numbers and each other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ladsim.theory.customer_base import nbd_moments, nbd_pmf, poisson_pmf, sbg_retention, sbg_survival


def test_survival_after_twelve_renewals() -> None:
    """Fader & Hardie's club: S(12) at the printed parameters."""
    assert float(sbg_survival(0.6681, 3.8061, 12)) == pytest.approx(0.37799, abs=5.1e-6)
    assert float(sbg_survival(0.7041, 1.1820, 12)) == pytest.approx(0.17002, abs=5.1e-6)


def test_retention_is_the_ratio_of_survivals() -> None:
    """r(t) = S(t)/S(t−1), and it rises."""
    t = np.arange(1, 13)
    survival = sbg_survival(0.7041, 1.1820, np.arange(13))
    assert sbg_retention(0.7041, 1.1820, t) == pytest.approx(survival[1:] / survival[:-1], rel=1e-12)
    assert (np.diff(sbg_retention(0.7041, 1.1820, t)) > 0).all()


@pytest.mark.parametrize(("mean", "shape"), [(6.0, 0.8), (0.3, 2.5), (0.0, 1.0)])
def test_order_counts(mean: float, shape: float) -> None:
    """Both distributions agree with scipy's and with their moments; a large shape is nearly Poisson."""
    n = np.arange(400)
    assert poisson_pmf(mean, n) == pytest.approx(stats.poisson.pmf(n, mean), rel=1e-9, abs=1e-300)
    p = nbd_pmf(mean, shape, n)
    assert p == pytest.approx(stats.nbinom.pmf(n, shape, shape / (shape + mean)), rel=1e-9, abs=1e-300)
    m, sd = nbd_moments(mean, shape)
    assert float(p @ n) == pytest.approx(m, rel=1e-6)
    assert float(p @ n**2) - m**2 == pytest.approx(sd**2, rel=1e-6)
    assert nbd_pmf(mean, 1e7, n[:20]) == pytest.approx(poisson_pmf(mean, n[:20]), rel=1e-4)
