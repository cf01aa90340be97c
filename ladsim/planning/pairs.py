"""What futures in pairs tell: probabilities and quantiles with honest intervals, and luck apart from not knowing.

In: one number per replication. Replications 2j and 2j + 1 share a parameter draw, so they are alike and count for less than two
independent ones; `paired` says so (False where the scenario has no uncertain number). Means and the split of the spread are those
of ``measures.uncertainty``; here probabilities and quantiles count as many futures as theirs are worth, n / (1 + ρ) with ρ the
correlation within pairs (Kish 1965).

>>> split([1.0, 3.0, 11.0, 13.0], paired=True).luck
2.0
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ladsim.measures.dictionary import SHARES
from ladsim.measures.uncertainty import VarianceSplit, mean_interval, share_interval, variance_split

LEVEL = 0.95


class Estimate(NamedTuple):
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float


NOTHING = Estimate(math.nan, math.nan, math.nan)


def mean(values: ArrayLike, paired: bool) -> Estimate:
    """The mean and its t interval; NaN limits where there are too few values."""
    found = mean_interval(values, level=LEVEL, pairs=paired)
    return Estimate(found.estimate, found.low, found.high)


def share(values: ArrayLike, paired: bool) -> Estimate:
    """The mean of shares and its t interval, which ends where shares do, at 0 and 1.

    >>> share([0.9, 1.0, 0.9, 1.0], paired=False).high
    1.0
    """
    found = mean(values, paired)
    return found._replace(low=max(found.low, 0.0), high=min(found.high, 1.0)) if 0.0 <= found.value <= 1.0 else found


def of_unit(values: ArrayLike, unit: str, paired: bool) -> Estimate:
    """The mean of a measure and its interval, as its unit (``measures.dictionary``) allows."""
    return share(values, paired) if unit in SHARES else mean(values, paired)


def probability(hits: ArrayLike, paired: bool) -> Estimate:
    """The share of `hits` (0 … 1 each; a tie shares) and its Jeffreys interval."""
    x = np.asarray(hits, float)
    if not x.size:
        return NOTHING
    n = worth(x, paired)
    found = share_interval(min(float(x.mean()), 1.0) * n, n, level=LEVEL)  # type: ignore[arg-type]
    return Estimate(found.estimate, found.low, found.high)


def _binomial_quantile(chance: float, n: int, p: float) -> float:
    """Least number k with at least `chance` of a binomial(n, p) at or below it.

    >>> _binomial_quantile(0.5, 10, 0.5), _binomial_quantile(0.025, 40, 0.8)
    (5.0, 27.0)
    """
    from scipy import special

    k = math.ceil(float(special.bdtrik(chance, n, p)))
    return float(k - 1 if k > 0 and special.bdtr(k - 1, n, p) >= chance else k)


def met_with(values: ArrayLike, chance: float, paired: bool, at_most: bool = False) -> Estimate:
    """The highest value that at least a share `chance` of the futures reach, with a 95 % interval by ranks.

    `at_most`: the lowest value that so many futures do not exceed. A limit is NaN where there are too few futures to tell.

    >>> met_with([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.8, paired=False).value
    3.0
    >>> met_with([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.8, paired=False, at_most=True).value
    8.0
    """
    x = np.sort(np.asarray(values, float))
    count = math.ceil(round(chance * x.size, 9))
    place = count - 1 if at_most else x.size - count
    below = chance if at_most else 1.0 - chance
    n = max(1, round(worth(np.asarray(values, float) <= x[place], paired)))
    tail = (1.0 - LEVEL) / 2
    # Ranks between which the quantile lies, of n independent futures, stretched to those there are.
    first = math.floor(round(_binomial_quantile(tail, n, below) * x.size / n, 9))
    last = math.ceil(round((_binomial_quantile(1.0 - tail, n, below) + 1.0) * x.size / n, 9))
    low = float(x[first - 1]) if first >= 1 else math.nan
    high = float(x[last - 1]) if last <= x.size else math.nan
    return Estimate(float(x[place]), low, high)


def worth(values: ArrayLike, paired: bool) -> float:
    """As how many independent futures `values` count: n, or n / (1 + ρ) in pairs."""
    x = np.asarray(values, float)
    pairs = _pairs(x)
    if not paired or len(pairs) < 2:
        return float(x.size)
    variance = float(pairs.var())
    if variance == 0.0:
        return x.size / 2.0  # all alike: nothing tells that the futures of a pair are not
    inner = float(((pairs[:, 0] - pairs.mean()) * (pairs[:, 1] - pairs.mean())).mean()) / variance
    return x.size / (1.0 + min(1.0, max(0.0, inner)))


def split(values: ArrayLike, paired: bool) -> VarianceSplit:
    """The spread of `values` in luck and not knowing; all of it is luck where nothing is unknown."""
    if paired:
        return variance_split(values, level=LEVEL)
    x = np.asarray(values, float)
    total = float(x.var(ddof=1)) if x.size > 1 and x.min() != x.max() else 0.0 if x.size > 1 else math.nan
    nothing = 0.0 if total > 0.0 else math.nan
    return VarianceSplit(total, total, 0.0, 1.0 - nothing, nothing, nothing, nothing, LEVEL, x.size // 2)


def pair_means(values: ArrayLike) -> NDArray[np.float64]:
    """The mean of each whole pair: one number per parameter draw."""
    return _pairs(np.asarray(values, float)).mean(axis=1)


def _pairs(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return x[: x.size - x.size % 2].reshape(-1, 2)
