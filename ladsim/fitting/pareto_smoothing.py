"""Pareto smoothed importance sampling: weights of draws from a wrong law made fit for use, and how far they can be trusted.

In: log weights. Out: smoothed log weights that add up to 1, and k, the shape of the generalized Pareto law of their tail: up to 0.7
means over the draws are good, beyond they are not. Source: Vehtari, Simpson, Gelman, Yao & Gabry (2024), "Pareto Smoothed Importance
Sampling"; the fit of the tail: Zhang & Stephens (2009), with the weak prior of the former (k drawn to 0.5 by as much as ten tail weights).

>>> even, k = smoothed(np.zeros(200))
>>> bool(np.allclose(np.exp(even), 1 / 200)), bool(k < 0)
(True, True)
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

Floats = NDArray[np.float64]
GOOD = 0.7
_FEW = 5  # tail weights below which there is no tail to fit


def smoothed(log_weights: Floats) -> tuple[Floats, float]:
    """Normalised log weights whose largest ones are replaced by quantiles of their fitted law, and k. −inf where there is no tail."""
    logs = np.asarray(log_weights, np.float64) - np.max(log_weights)
    n = logs.size
    size = math.ceil(min(0.2 * n, 3.0 * math.sqrt(n)))
    order = np.argsort(logs, kind="stable")
    tail, below = order[n - size :], math.exp(logs[order[n - size - 1]]) if size < n else 0.0
    excess = np.exp(logs[tail]) - below
    k = -math.inf
    if size >= _FEW and excess[0] >= 0 and excess[-1] > 1e-12 and np.count_nonzero(excess > 1e-14) >= _FEW:
        shape, scale = tail_law(excess[excess > 1e-14])
        k = (shape * size + 5.0) / (size + 10.0)
        places = (np.arange(1, size + 1) - 0.5) / size
        quantiles = scale * (np.expm1(-k * np.log1p(-places)) / k if abs(k) > 1e-12 else -np.log1p(-places))
        logs = logs.copy()
        logs[tail] = np.minimum(np.log(below + quantiles), 0.0)
    return logs - logsumexp(logs), k


def tail_law(excess: Floats) -> tuple[float, float]:
    """Shape k and scale σ of the generalized Pareto law of sorted positive `excess`, by the empirical Bayes of Zhang & Stephens (2009)."""
    x = np.sort(excess)
    n = x.size
    points = 30 + int(math.sqrt(n))
    quartile = x[int(n / 4 + 0.5) - 1]
    theta = 1.0 / x[-1] + (1.0 - np.sqrt(points / (np.arange(1, points + 1) - 0.5))) / (3.0 * quartile)
    shapes = np.mean(np.log1p(-theta[:, None] * x), axis=1)
    likelihood = n * (np.log(-theta / shapes) - shapes - 1.0)
    weights = np.exp(likelihood - logsumexp(likelihood))
    best = float(theta @ weights)
    k = float(np.mean(np.log1p(-best * x)))
    return k, -k / best
