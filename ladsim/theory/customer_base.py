"""Customer bases with one rung: how many orders, and who is still there.

Poisson orders with a gamma factor between customers give the negative binomial (Ehrenberg 1959); yearly renewals with a beta
chance to leave give the shifted beta-geometric (Fader & Hardie 2007). Both are what a one-rung ladder of ladsim must show; a
further model of the family (Pareto/NBD, BG/NBD) is a further function here.

>>> [round(float(x), 6) for x in sbg_survival(0.668, 3.806, [0, 1, 2])]
[1.0, 0.850693, 0.746882]
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, gammaln

Floats = NDArray[np.float64]


def poisson_pmf(mean: float, counts: ArrayLike) -> Floats:
    """P(N = n) of orders by customers who are all alike: e^(−m) mⁿ / n!, m the mean number in the period."""
    n = np.asarray(counts, np.float64)
    if mean == 0.0:
        return np.where(n == 0, 1.0, 0.0)
    return np.exp(n * math.log(mean) - mean - gammaln(n + 1.0))


def nbd_pmf(mean: float, gamma_shape: float, counts: ArrayLike) -> Floats:
    """P(N = n) of orders whose rate differs by a gamma factor of mean 1: negative binomial with mean m and shape k.

    Γ(k+n)/(Γ(k) n!) · (k/(k+m))^k · (m/(k+m))ⁿ. Source: Ehrenberg (1959).
    """
    n, k = np.asarray(counts, np.float64), gamma_shape
    if mean == 0.0:
        return np.where(n == 0, 1.0, 0.0)
    logs = gammaln(k + n) - gammaln(k) - gammaln(n + 1.0) + k * math.log(k / (k + mean)) + n * math.log(mean / (k + mean))
    return np.exp(logs)


def nbd_moments(mean: float, gamma_shape: float) -> tuple[float, float]:
    """Mean and standard deviation of the negative binomial: m and √(m + m²/k).

    >>> nbd_moments(6.0, 2.0)
    (6.0, 4.898979485566356)
    """
    return mean, math.sqrt(mean + mean * mean / gamma_shape)


def sbg_survival(alpha: float, beta: float, renewals: int | Sequence[int] | ArrayLike) -> Floats:
    """Share still members after so many renewals, S(t) = B(α, β + t)/B(α, β), when the chance to leave is beta(α, β).

    Source: Fader & Hardie (2007), shifted beta-geometric.
    """
    t = np.asarray(renewals, np.float64)
    return np.exp(betaln(alpha, beta + t) - betaln(alpha, beta))


def sbg_retention(alpha: float, beta: float, renewal: ArrayLike) -> Floats:
    """Share of the members who renew at the t-th renewal, r(t) = (β + t − 1)/(α + β + t − 1): it rises, the weak go first."""
    t = np.asarray(renewal, np.float64)
    return (beta + t - 1.0) / (alpha + beta + t - 1.0)
