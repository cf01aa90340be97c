"""From which month on one market is ahead of another for good.

In: cumulative differences of profit, future by future. Out: the first month start from which their mean never again falls below 0,
and the same of the 95 % limits of that mean, as its interval.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ladsim.measures.value import profit_so_far
from ladsim.planning import pairs
from ladsim.planning.replications import Replications, same_futures

Floats = NDArray[np.float64]


def cumulative_profit(runs: Replications) -> Floats:
    """Profit until each snapshot, (replications, M+1), in currency."""
    return np.stack([profit_so_far(h) for h in runs.histories])


def payback(runs: Replications, without: Replications) -> pairs.Estimate:
    """From when on a market stays ahead of the same market without what is judged: month, earliest, latest; NaN: not by the end."""
    paired = bool(len(runs.parameters.columns) or len(without.parameters.columns))
    runs, without = same_futures(runs, without)
    return break_even(cumulative_profit(runs) - cumulative_profit(without), runs.histories[0].months, paired)


def break_even(lead: Floats, months: Floats, paired: bool) -> pairs.Estimate:
    """First month start from which the mean lead (replications, M+1) stays at 0 or above; earliest and latest by its 95 % limits."""
    limits = [pairs.mean(lead[:, place], paired) for place in range(lead.shape[1])]
    centre, low, high = (_stays_from(np.array(curve), months) for curve in zip(*limits, strict=True))
    return pairs.Estimate(centre, high, low)


def _stays_from(curve: Floats, months: Floats) -> float:
    """The first month from which a curve stays at 0 or above; NaN if it ends below (or is not known).

    >>> _stays_from(np.array([0.0, -5.0, -1.0, 2.0, 3.0]), np.arange(5.0))
    3.0
    """
    below = np.flatnonzero(~(curve >= 0.0))
    if not below.size:
        return float(months[0])
    return float(months[below[-1] + 1]) if below[-1] + 1 < len(months) else math.nan
