"""How long customers are silent between two orders, and who may have bought before the data begin.

In: counted gaps; each customer's first day. Out: the silence after which a customer has lapsed where a rule asks for one number of days (the
0.95 quantile of the gaps: 19 of 20 repeat orders came sooner; the share is an assumption), and for each month of first orders the share
of its customers who bought before: where more are first seen in the first months than in those when old ones have come back, so many more as are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.i18n.months import DAYS_PER_MONTH

QUANTILE = 0.95
FEWEST_GAPS = 20
UNKNOWN = 365  # days, where there are too few gaps (an assumption)
_OLD, _COHORT = 2.0, (4, 6)  # as the report of the data has it
_USUAL = (3, 6)  # months after it that are needed, and used


def silence_of(gaps: pd.DataFrame) -> tuple[int, int]:
    """Days after which a silence is longer than 95 % of all gaps, and how many gaps there are; 365 days where these are too few."""
    n = gaps["n"].to_numpy(np.int64)
    if n.sum() < FEWEST_GAPS:
        return UNKNOWN, int(n.sum())
    at = int(np.searchsorted(n.cumsum(), QUANTILE * n.sum()))
    return int(gaps["gap"].to_numpy(np.int64)[at]), int(n.sum())


def bought_before(first: NDArray[np.int64], days: int, silence: int) -> NDArray[np.float64]:
    """P(bought before the data begin) by the month of the first order seen; all 0 where the data begin with the market, or with a cohort.

    Old customers come back within a `silence` (in days), 19 of 20 of them: those first seen in the half year after it are usual months.
    """
    months = int(days / DAYS_PER_MONTH)
    counts = np.bincount((first / DAYS_PER_MONTH).astype(np.int64), minlength=months + 1).astype(float)
    found = np.zeros(counts.size)
    over = int(np.ceil(silence / DAYS_PER_MONTH))
    is_cohort = np.count_nonzero(counts) <= _COHORT[0] and months >= _COHORT[1]
    if months < over + _USUAL[0] or is_cohort:
        return found
    usual = float(counts[over : min(months, over + _USUAL[1])].mean())
    if counts[0] <= _OLD * max(1.0, usual):
        return found
    for month in range(over):
        if counts[month] <= usual + 2.0 * np.sqrt(usual + 1.0):
            break
        found[month] = 1.0 - usual / counts[month]
    return found


def bought_before_doubt(before: NDArray[np.float64], first: NDArray[np.int64], days: int, silence: int) -> NDArray[np.float64]:
    """Standard deviation of what ``bought_before`` gives, by month: customers who are first seen in a month are Poisson, in usual ones, too."""
    counts = np.maximum(np.bincount((first / DAYS_PER_MONTH).astype(np.int64), minlength=before.size), 1.0)[: before.size]
    over = int(np.ceil(silence / DAYS_PER_MONTH))
    usual_months = max(1, min(int(days / DAYS_PER_MONTH), over + _USUAL[1]) - over)
    usual = np.maximum((1.0 - before) * counts, 1.0 / usual_months)
    found = usual / counts * np.sqrt(1.0 / (usual * usual_months) + 1.0 / counts)
    return np.where(before > 0.0, np.minimum(found, 0.5), 0.0)  # no share between 0 and 1 can be off by more
