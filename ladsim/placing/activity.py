"""Who has left without saying so: the probability that somebody who is silent still is a customer.

In: each customer's orders after the first, and the days of the first and the last. Out: an `Activity`, which gives P(still a customer).
Orders come at a rate until the customer leaves at another; both differ between customers by gamma laws (Pareto/NBD: Schmittlein, Morrison &
Colombo 1987), whose likelihood and probability stand in ``theory.buying``. The four numbers are the most likely ones under weak priors;
how sure they are comes from the curvature there (Laplace), and the intervals of counts allow for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.theory.buying import ParetoNBD

Floats = NDArray[np.float64]
MOST_FITTED = 6_000  # customers that are enough to find four numbers
FEWEST = (40, 30)  # customers, and repeat orders, below which nothing can be told (an assumption)
# Logarithm of how much likelier the data must be if people leave than if nobody does: else who has gone cannot be told from who buys
# seldom, or a season hides it (an assumption: 20 to 1).
SIGN = 3.0
# Mean and standard deviation of the logarithms of: shape of orders, orders a month, shape of leaving, leaving a month (weak: assumptions).
_PRIOR = (np.array([0.0, math.log(0.3), 0.0, math.log(0.05)]), np.array([1.5, 2.5, 1.5, 1.5]))
_STARTS = ((0.0, math.log(0.3), 0.0, math.log(0.05)), (1.0, math.log(1.0), 1.5, math.log(0.02)))
DRAWS = 24
_AT_ONCE = 50_000  # different customers: 20 MB an array


@dataclass(frozen=True)
class Activity:
    """How a base of customers orders and leaves."""

    theta: Floats  # (4,) logarithms: shape of orders, orders a month, shape of leaving, leaving a month
    covariance: Floats  # (4, 4) of these
    customers: int  # it was found from
    repeats: int

    def probability(self, repeats: Floats, last: Floats, seen: Floats, theta: Floats | None = None) -> Floats:
        """P(still a customer) by repeat orders, and days from the first order to the last and to the end of the data."""
        law = law_of(self.theta if theta is None else theta)
        days = np.stack([np.asarray(one, np.float64) for one in (repeats, last, seen)], axis=1)
        alike, each = _alike(days)
        found = np.empty(alike.shape[0])
        for at in range(0, found.size, _AT_ONCE):
            x, t, whole = alike[at : at + _AT_ONCE].T
            found[at : at + _AT_ONCE] = law.probability_alive(x, _months(t), _months(whole))
        return found[each]

    def draws(self) -> list[Floats]:
        """Other values that the four numbers may well have."""
        values, vectors = np.linalg.eigh(self.covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        key, word = streams.key_of_run(1, 0), streams.stream_id("activity")
        u = streams.uniforms_numbered(key, word, streams.PARAMETER, 0, 4 * DRAWS)
        from scipy.special import ndtri

        return [self.theta + root @ normal for normal in ndtri(u).reshape(DRAWS, 4)]


def found_activity(repeats: NDArray[np.int64], last: NDArray[np.int64], seen: NDArray[np.int64]) -> Activity | None:
    """The most likely `Activity`; None where the data cannot tell."""
    n, again = repeats.size, int(repeats.sum())
    if n < FEWEST[0] or again < FEWEST[1] or not (seen > 0).any():
        return None
    chosen = np.arange(0, n, max(1, math.ceil(n / MOST_FITTED)))
    rows, counts = np.unique(np.stack([repeats[chosen], last[chosen], seen[chosen]]), axis=1, return_counts=True)
    x, t, whole = rows[0].astype(float), _months(rows[1]), _months(rows[2])

    def log_likelihood(theta: Floats) -> Floats:
        return law_of(theta).log_likelihood(x, t, whole)

    def misfit(theta: Floats) -> float:
        fit = float(counts @ log_likelihood(theta))
        return -fit + 0.5 * float((((theta - _PRIOR[0]) / _PRIOR[1]) ** 2).sum())

    from scipy.optimize import minimize

    limits = [(-6.0, 6.0), (-9.0, 5.0), (-6.0, 6.0), (-12.0, 4.0)]
    tried: list[Any] = [minimize(misfit, np.array(start), method="L-BFGS-B", bounds=limits) for start in _STARTS]
    best = min(tried, key=lambda one: float(one.fun))
    nobody_leaves = np.array([best.x[0], best.x[1], best.x[2], -14.0])
    if not np.isfinite(best.fun) or float(counts @ (log_likelihood(best.x) - log_likelihood(nobody_leaves))) < SIGN:
        return None
    return Activity(np.asarray(best.x), _covariance(misfit, np.asarray(best.x)), n, again)


def _months(days: NDArray[Any]) -> Floats:
    return np.asarray(days, np.float64) / DAYS_PER_MONTH


def law_of(theta: Floats) -> ParetoNBD:
    """Pareto/NBD of four logarithms: shape of orders, orders a month, shape of leaving, leaving a month. Its time is in months."""
    r, s = math.exp(theta[0]), math.exp(theta[2])
    return ParetoNBD(r, r / math.exp(theta[1]), s, s / math.exp(theta[3]))


def _alike(rows: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The different rows, and which of them each is: most customers have few orders, and many share their days."""
    if not rows.size:
        return rows, np.zeros(0, np.intp)
    order = np.lexsort(rows.T)
    is_new = np.append(True, (np.diff(rows[order], axis=0) != 0.0).any(axis=1))
    each = np.empty(order.size, np.intp)
    each[order] = np.cumsum(is_new) - 1
    return rows[order][is_new], each


def _covariance(misfit: Any, theta: Floats) -> Floats:
    """The inverse of the curvature, by differences."""
    step = 0.05
    size = theta.size
    units = np.eye(size) * step
    here = misfit(theta)
    curvature = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            if i == j:
                value = (misfit(theta + units[i]) - 2.0 * here + misfit(theta - units[i])) / step**2
            else:
                corners = [misfit(theta + a * units[i] + b * units[j]) * a * b for a in (1, -1) for b in (1, -1)]
                value = sum(corners) / (4.0 * step**2)
            curvature[i, j] = curvature[j, i] = value
    values, vectors = np.linalg.eigh(curvature)
    floor = 1.0 / _PRIOR[1].max() ** 2  # no less sure than the priors alone
    return (vectors / np.maximum(values, floor)) @ vectors.T
