"""How sure a number is: intervals over replications, and how much of the spread is luck.

Replications 2j and 2j + 1 share a draw of the uncertain numbers and differ in luck only, so they are no independent observations:
intervals take *pairs* as units (pair means; Student 1908), unless told otherwise. Of the spread,

    luck = half the mean squared difference within pairs,    lack of knowledge = (mean square between − luck) / 2,

the analysis of variance with two per group (Fisher 1925); the interval of the share is the exact one of the intraclass
correlation for normal numbers (Searle 1971), an approximation else. Nothing here draws random numbers: same numbers in, same
interval out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ladsim.errors import StudyError

Floats = NDArray[np.float64]
FAN = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Interval:
    """An estimate and where the truth lies with probability `level` (of the procedure). NaN ends: too few observations."""

    estimate: float
    low: float
    high: float
    standard_error: float
    level: float
    units: int  # independent observations

    def holds(self, value: float) -> bool:
        """Whether a value lies inside."""
        return self.low <= value <= self.high


@dataclass(frozen=True)
class VarianceSplit:
    """Variance of a number over replications, and its two sources. Shares are NaN where nothing varies or there are too few
    pairs.
    """

    total: float
    luck: float
    not_knowing: float
    share_luck: float
    share_not_knowing: float
    low: float  # interval of share_not_knowing
    high: float
    level: float
    pairs: int


def mean_interval(values: ArrayLike, *, level: float = 0.95, pairs: bool = True) -> Interval:
    """Mean over replications with its t interval; NaN values (undefined in a replication) are left out.

    With `pairs`, replications 2j and 2j + 1 count as one observation: the standard error is that of clusters of two,
    √(m/(m−1) Σ_j (Σ residuals of pair j)²)/n, the t quantile has m − 1 degrees of freedom.
    Raises StudyError where `level` is not between 0 and 1.

    >>> import ladsim
    >>> i = ladsim.measures.mean_interval([1.0, 3.0, 2.0, 4.0], pairs=False)
    >>> round(i.estimate, 3), round(i.low, 3), round(i.high, 3)
    (2.5, 0.446, 4.554)
    """
    _check_level(level)
    v = np.asarray(values, np.float64).ravel()
    known = ~np.isnan(v)
    unit = (np.arange(len(v)) // 2 if pairs else np.arange(len(v)))[known]
    v = v[known]
    if len(v) == 0:
        return Interval(*(float("nan"),) * 4, level, 0)
    mean = float(v.mean()) if v.min() != v.max() else float(v[0])
    sums = np.bincount(unit, v - mean)[np.unique(unit)]
    m = len(sums)
    if m < 2:
        return Interval(mean, float("nan"), float("nan"), float("nan"), level, m)
    error = float(np.sqrt(m / (m - 1) * (sums**2).sum()) / len(v))
    from scipy import special

    half = float(special.stdtrit(m - 1, 0.5 + level / 2.0)) * error
    return Interval(mean, mean - half, mean + half, error, level, m)


def share_interval(successes: float, trials: int, *, level: float = 0.95) -> Interval:
    """A probability with Jeffreys' interval: quantiles of beta(s + ½, n − s + ½), the ends 0 and 1 kept where s is 0 or n.

    `successes` may be a fraction (ties count half). Source: Brown, Cai & DasGupta (2001).
    Raises StudyError where `successes` is not from 0 to `trials`, and where `level` is not between 0 and 1.

    >>> import ladsim
    >>> i = ladsim.measures.share_interval(18, 20)
    >>> round(i.estimate, 2), round(i.low, 3), round(i.high, 3)
    (0.9, 0.716, 0.979)
    """
    _check_level(level)
    if not 0 <= successes <= trials:
        raise StudyError(f"successes: found {successes}, must be a number from 0 to {trials}")
    if trials == 0:
        return Interval(float("nan"), 0.0, 1.0, float("nan"), level, 0)
    from scipy import special

    a, b = successes + 0.5, trials - successes + 0.5
    low = 0.0 if successes == 0 else float(special.betaincinv(a, b, 0.5 - level / 2.0))
    high = 1.0 if successes == trials else float(special.betaincinv(a, b, 0.5 + level / 2.0))
    share = successes / trials
    return Interval(share, low, high, float(np.sqrt(share * (1.0 - share) / trials)), level, trials)


def quantile(values: ArrayLike, q: float | Sequence[float], axis: int | None = None) -> Floats:
    """Quantiles over futures by the one rule of all tables, pages and pictures: linear between order statistics.

    It is Hyndman & Fan's (1996) type 7, whose 0.5 is the median: the middle value, or the mean of the two in the middle. With several
    `q` they stand in the first axis, as in NumPy. An infinite value stays one; NaN where any value is NaN.

    >>> import ladsim
    >>> ladsim.measures.uncertainty.quantile([4.0, 1.0, 2.0, 3.0], [0.05, 0.5]).round(2).tolist()
    [1.15, 2.5]
    """
    with np.errstate(invalid="ignore"):  # between two infinite values there is no number
        return np.asarray(np.quantile(np.asarray(values, np.float64), q, axis=axis), np.float64)


def quantile_fan(paths: ArrayLike, months: ArrayLike | None = None, quantiles: Sequence[float] = FAN) -> pd.DataFrame:
    """Quantiles over replications at every month: month × quantile, from paths (replications, months).

    By the rule of ``quantile``. The fan holds luck and lack of knowledge together.
    Raises ValueError where a quantile is below 0 or above 1, or where there are not as many months as columns.

    >>> import ladsim
    >>> ladsim.measures.quantile_fan([[0.0, 10.0], [1.0, 20.0], [2.0, 30.0]], quantiles=(0.25, 0.5, 0.75))
    quantile  0.25  0.50  0.75
    month
    0          0.5   1.0   1.5
    1         15.0  20.0  25.0
    """
    p = np.atleast_2d(np.asarray(paths, np.float64))
    index = np.arange(p.shape[1]) if months is None else np.asarray(months)
    return pd.DataFrame(
        quantile(p, quantiles, axis=0).T,
        index=pd.Index(index, name="month"),
        columns=pd.Index(list(quantiles), name="quantile"),
    )


def paired_difference(one: ArrayLike, other: ArrayLike, *, level: float = 0.95, pairs: bool = True) -> Interval:
    """Mean of one − other, replication by replication under the same luck, with its t interval (see ``mean_interval``).

    Raises StudyError where the two differ in their number of replications, and where `level` is not between 0 and 1.

    >>> import ladsim
    >>> i = ladsim.measures.paired_difference([5.0, 6.0, 9.0], [4.0, 4.0, 6.0], pairs=False)
    >>> round(i.estimate, 3), round(i.low, 3), round(i.high, 3)
    (2.0, -0.484, 4.484)
    """
    a, b = np.asarray(one, np.float64).ravel(), np.asarray(other, np.float64).ravel()
    if a.shape != b.shape:
        raise StudyError(f"paired_difference: found {len(a)} and {len(b)} replications, must be as many")
    return mean_interval(a - b, level=level, pairs=pairs)


def variance_split(values: ArrayLike, *, level: float = 0.90, scale: float = 1.0) -> VarianceSplit:
    """How much of the variance over replications is luck and how much lack of knowledge of the numbers, with an interval of the share.

    A last replication without its partner is left out. Estimates below 0 are shown as 0. See the module for the formula. Where a sample
    was played, of which one person stands for `scale` of the market, luck is that of the market: its variance goes by 1/people, so it is
    divided by `scale`; lack of knowledge is the same in both. Raises StudyError where `level` is not between 0 and 1.

    >>> import ladsim
    >>> split = ladsim.measures.variance_split([1.0, 3.0, 5.0, 7.0, 9.0, 11.0])
    >>> round(split.luck, 2), round(split.not_knowing, 2), round(split.share_luck, 2)
    (2.0, 15.0, 0.12)
    """
    _check_level(level)
    every = np.asarray(values, np.float64).ravel()
    v = every[: len(every) // 2 * 2].reshape(-1, 2)
    m, nan = len(v), float("nan")
    if m < 2 or np.isnan(v).any():
        return VarianceSplit(nan, nan, nan, nan, nan, nan, nan, level, m)
    luck = float(((v[:, 0] - v[:, 1]) ** 2).mean() / 2.0)
    between = 2.0 * float(v.mean(axis=1).var(ddof=1))
    not_knowing = max(0.0, (between - luck) / 2.0)
    own = luck / scale
    total = own + not_knowing
    if total == 0.0:
        return VarianceSplit(0.0, 0.0, 0.0, nan, nan, nan, nan, level, m)
    low = high = 1.0
    if luck > 0.0:
        from scipy import special

        f = between / luck
        low = _correlation(f / float(special.fdtri(m - 1, m, 0.5 + level / 2.0)), scale)
        high = _correlation(f / float(special.fdtri(m - 1, m, 0.5 - level / 2.0)), scale)
    return VarianceSplit(total, own, not_knowing, own / total, not_knowing / total, low, high, level, m)


def _correlation(f: float, scale: float) -> float:
    """Intraclass correlation of groups of two whose mean squares stand in the ratio f, at least 0, with luck divided by `scale`.

    The ratio of lack of knowledge to luck is (f − 1)/2, so the correlation is (f − 1)/(f − 1 + 2/scale).
    """
    return max(0.0, (f - 1.0) / (f - 1.0 + 2.0 / scale)) if f > 1.0 else 0.0


def _check_level(level: float) -> None:
    if not 0.0 < level < 1.0:
        raise StudyError(f"level: found {level}, must be above 0 and below 1")
