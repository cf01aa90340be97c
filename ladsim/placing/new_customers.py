"""New customers to come: so many a month as came of late, and how sure that is.

In: the months of first orders. Out: draws of the new customers of each quarter to come. The law: month t of the last ones brings
exp(a + b·t) customers, more spread than Poisson by what is seen (quasi-Poisson; McCullagh & Nelder 1989, §6.2.3); b, the growth a
month, has a normal prior around none. A quarter's own luck is in its draw, for a scenario's arrivals are exact numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladsim.fitting.fitted import uniforms

Floats = NDArray[np.float64]
MOST_MONTHS = 24  # that are looked back on (an assumption)
FEWEST_MONTHS = 3  # below which nothing is said of new customers
GROWTH = 0.03  # standard deviation of the prior of b: in a year a third more or less (an assumption)
QUARTER = 3


@dataclass(frozen=True)
class NewCustomers:
    """What is said of new customers to come."""

    counts: Floats  # (months,) first orders in each of the last months, the earliest first
    quarters: Floats  # (draws, quarters) new customers a month in each quarter to come
    growth: float  # b, the growth a month
    growth_error: float
    dispersion: float  # how many times the variance of a Poisson law


def new_customers(counts: Floats, quarters: int, draws: int) -> NewCustomers | None:
    """What the counts of months (the earliest first) say of `quarters` quarters to come; None where there are too few months.

    >>> found = new_customers(np.full(24, 50.0), 4, 400)
    >>> abs(float(found.quarters.mean()) - 50.0) < 2.0, abs(found.growth) < 1e-6
    (True, True)
    """
    counts = np.asarray(counts, np.float64)[-MOST_MONTHS:]
    if counts.size < FEWEST_MONTHS or not counts.sum():
        return None
    time = np.arange(counts.size) - counts.size + 0.5
    peak = np.array([np.log(counts.mean()), 0.0])
    design = np.stack([np.ones_like(time), time], axis=1)
    dispersion = 1.0
    for _ in range(3):  # the prior weighs less the more the counts are spread: anew by each dispersion
        for _ in range(50):
            mean = np.exp(design @ peak)
            slope = design.T @ (counts - mean) / dispersion - np.array([0.0, peak[1] / GROWTH**2])
            curvature = design.T @ (mean[:, None] * design) / dispersion + np.diag([0.0, GROWTH**-2])
            step = np.linalg.solve(curvature, slope)
            peak = peak + np.clip(step, -1.0, 1.0)
            if np.abs(step).max() < 1e-10:
                break
        mean = np.exp(design @ peak)
        dispersion = max(1.0, float(((counts - mean) ** 2 / mean).sum()) / max(1.0, counts.size - 2.0))
    covariance = np.linalg.inv(curvature)
    values = peak + _normals("new_customers", draws, 2) @ np.linalg.cholesky(covariance).T
    middle = QUARTER * (np.arange(quarters) + 0.5)
    rates = np.exp(values[:, :1] + values[:, 1:] * middle)
    own = np.log1p(dispersion / np.maximum(QUARTER * rates, dispersion))  # variance of the logarithm of a quarter's luck
    rates = rates * np.exp(_normals("new_customers_luck", draws, quarters) * np.sqrt(own) - 0.5 * own)
    return NewCustomers(counts, rates, float(peak[1]), float(np.sqrt(covariance[1, 1])), dispersion)


def _normals(name: str, draws: int, columns: int) -> Floats:
    """(draws, columns) normal numbers by the name of what they are for."""
    from scipy.special import ndtri

    return np.asarray(ndtri(uniforms(name, draws * columns)).reshape(draws, columns))
