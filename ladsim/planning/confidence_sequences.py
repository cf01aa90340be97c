"""Intervals that hold at every number of futures at once, so that one may look after each and stop when one likes.

In: one number per unit of a study (a future, or the mean of two that share a draw of what is not known), in the order played. Out:
limits that hold the truth *at every n together* with probability 1 − α; a t interval looked at after every unit does not: a winner
is then found among equals, sooner or later.

**Means** (Wang & Ramdas 2025, theorem 4.9, after Lai 1976). With n numbers of mean m and s² = Σ(x − m)²/n,

    K = ((n + c²)/(α² c²))^(1/n),   radius = s √((K − 1)(n + c²)/(n + c² − K c²)),   none while n + c² ≤ K c².

c² is fixed beforehand so that the interval is tightest at n* numbers: c² = n*/(2 ln(1/α) + ln(1 + 2 ln(1/α))). It is exact for
normal numbers. Skewed ones (a rare take-off) break it, so means of *blocks* of units are taken (`block_lengths`).

**Shares** (Robbins 1970): with s wins of n, every p with B(s + 1, n − s + 1)/(p^s (1 − p)^(n − s)) < 1/α.

**Quantiles** (Howard & Ramdas 2022, Bernoulli mixture): ranks of the sorted numbers, see `quantile_ranks`.

>>> steady = mean_looks([10.0, 14.0] * 20, alpha=0.05, single=True)
>>> [round(float(end[-1]), 2) for end in (steady.low, steady.high)]
[10.97, 13.03]
>>> bool(np.isneginf(steady.low[14])), bool(np.isfinite(steady.low[15]))  # none before the 16th
(True, True)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ladsim.planning.pairs import Estimate

Floats = NDArray[np.float64]
TIGHTEST_AT = 40  # numbers (units, or blocks of them) at which intervals are as narrow as they can be made
FEWEST_UNITS = 16  # before which nothing is said of a mean
FEWEST_BLOCKS = 20
SHORTEST_BLOCK = 4
LONGER_BY = 1.5  # blocks grow with so many times the squared skewness: 1 left errors of 6 to 7 % for lognormal numbers, wanted 5
LITTLE_SKEW = 0.5  # |skewness| below which units need no blocks, where nothing can take off
_FLAT = 1e-12  # of the mean square: a variance below is what rounding leaves
_MOST_UNITS = 10**9  # beyond which "how many more" is never


def mixture(alpha: float, at: float = TIGHTEST_AT) -> float:
    """c², the weight of the mixture that makes intervals tightest at `at` numbers (Howard et al. 2021).

    >>> round(mixture(0.05), 4)
    5.0402
    """
    spend = 2.0 * math.log(1.0 / alpha)
    return at / (spend + math.log1p(spend))


def radius(n: ArrayLike, alpha: float, c2: float | None = None) -> Floats:
    """Half the width of the interval of a mean of n numbers, in units of s = √(Σ(x − m)²/n); infinite for few.

    >>> [round(float(radius(n, 0.05)) * math.sqrt((n - 1) / n), 4) for n in (10, 40, 1000)]  # in units of the usual sd
    [1.7043, 0.5065, 0.1068]
    >>> float(radius(3, 0.05))
    inf
    """
    weight = mixture(alpha) if c2 is None else c2
    count = np.asarray(n, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        k = np.exp(np.log((count + weight) / (alpha * alpha * weight)) / count)
        below = count + weight - k * weight
        found = np.sqrt((k - 1.0) * (count + weight) / below)
    return np.where((count > 0.0) & (below > 0.0), found, np.inf)


@dataclass(frozen=True)
class Looks:
    """The mean and its limits as they stood after every unit: arrays (units,). Limits are infinite where nothing can be said yet."""

    value: Floats
    low: Floats
    high: Floats
    block: NDArray[np.int64]  # units whose mean counts as one number
    spread: Floats  # s of these numbers

    @property
    def now(self) -> Estimate:
        """The last of them."""
        return Estimate(float(self.value[-1]), float(self.low[-1]), float(self.high[-1]))

    def __neg__(self) -> Looks:
        """The same difference the other way round."""
        return Looks(-self.value, -self.high, -self.low, self.block, self.spread)


def skewness(units: ArrayLike) -> Floats:
    """Skewness of the first n units, for every n: (units,); 0 where they do not vary.

    >>> skewness([0.0, 0.0, 0.0, 1.0]).round(3).tolist()
    [0.0, 0.0, 0.0, 1.155]
    """
    x = np.asarray(units, np.float64)
    if not x.size:
        return np.zeros(0)
    apart = x - x[0]  # units that are all alike have no skewness at all, not that of rounding
    scale = float(np.abs(apart).max())
    if scale == 0.0 or not math.isfinite(scale):
        return np.zeros(x.size)
    apart = apart / scale
    n = np.arange(1, x.size + 1)
    m1, m2, m3 = (np.cumsum(apart**power) / n for power in (1, 2, 3))
    variance = m2 - m1 * m1
    varies = variance > _FLAT * m2
    third = m3 - 3.0 * m1 * m2 + 2.0 * m1**3
    return np.asarray(np.divide(third, np.where(varies, variance, 1.0) ** 1.5, out=np.zeros(x.size), where=varies))


def block_lengths(units: ArrayLike, single: bool) -> NDArray[np.int64]:
    """How many units make one number, as it stands after each: (units,).

    max(4, ⌈1.5 g²⌉) with g the largest |skewness| so far: the skewness of such a mean is 0.8 at the most, as far as is known yet.
    1 where `single` allows it (nothing can take off) as long as the units so far have a |skewness| below 0.5.

    >>> block_lengths([0.0] * 15 + [1.0], single=True)[-2:].tolist()  # one of 16 is far off: skewness 3.6
    [1, 20]
    """
    now = np.abs(skewness(units))
    worst = np.maximum.accumulate(now) if now.size else now
    long = np.maximum(SHORTEST_BLOCK, np.ceil(np.round(LONGER_BY * worst * worst, 9))).astype(np.int64)
    return np.where(now < LITTLE_SKEW, 1, long) if single else long


def mean_looks(units: ArrayLike, alpha: float, single: bool) -> Looks:
    """The mean of `units` and where the truth lies, looked at after every unit: all these intervals hold together with 1 − `alpha`.

    `single`: whether units may count one by one, which is right where nothing can take off (``block_lengths``). Where all numbers so
    far are alike, and there are enough of them, both limits are the mean. Where blocks have just become so long that there are too few
    of them, the limits of the latest look that had any stand: they go on to hold.

    >>> mean_looks([7.0] * 16, alpha=0.05, single=True).now
    Estimate(value=7.0, low=7.0, high=7.0)
    >>> mean_looks([7.0] * 16, alpha=0.05, single=False).now.low
    -inf
    """
    x = np.asarray(units, np.float64)
    length = block_lengths(x, single)
    value, spread = np.zeros(x.size), np.zeros(x.size)
    low, high = np.full(x.size, -np.inf), np.full(x.size, np.inf)
    for m in np.unique(length):
        at = np.flatnonzero(length == m)
        blocks = (at + 1) // m
        enough = blocks >= (FEWEST_UNITS if m == 1 else FEWEST_BLOCKS)
        means, spreads = _of_blocks(x, int(m))
        value[at], spread[at] = means[blocks], spreads[blocks]
        known, count = at[enough], blocks[enough]
        half = _half(spread[known], count, alpha)
        low[known], high[known] = value[known] - half, value[known] + half
    stands = np.maximum.accumulate(np.where(np.isfinite(low) & (spread > 0.0), np.arange(x.size), -1))
    old = ~np.isfinite(low) & (stands >= 0)
    low[old], high[old] = low[stands[old]], high[stands[old]]
    return Looks(value, low, high, length, spread)


def _half(spread: ArrayLike, count: ArrayLike, alpha: float) -> Floats:
    """Half the width of an interval: 0 where all numbers are alike."""
    s = np.asarray(spread, np.float64)
    return np.asarray(np.where(s == 0.0, 0.0, np.where(s == 0.0, 1.0, s) * radius(count, alpha)))


def _of_blocks(x: Floats, m: int) -> tuple[Floats, Floats]:
    """Mean and s = √(Σ(b − mean)²/n) of the first 0, 1, 2, … blocks of m units: (1 + blocks,) each, the first unit for none."""
    whole = x.size // m
    if not whole:
        return x[:1], np.zeros(1)
    blocks = (x[: whole * m] - x[0]).reshape(whole, m).mean(axis=1)
    first, n = blocks[0], np.arange(1, whole + 1)
    apart = blocks - first
    mean, square = np.cumsum(apart) / n, np.cumsum(apart * apart) / n
    variance = square - mean * mean
    spread = np.sqrt(np.where(variance > _FLAT * square, variance, 0.0))
    return np.concatenate([x[:1], x[0] + first + mean]), np.concatenate([[0.0], spread])


def units_needed(looks: Looks, alpha: float, margin: float) -> float:
    """How many units in all until the radius is below `margin`, if they go on as they did; infinite where never.

    >>> few = mean_looks([1.0, -0.8] * 10, alpha=0.05, single=True)
    >>> units_needed(few, 0.05, margin=0.1)
    918.0
    """
    if not margin > 0.0 or not looks.block.size:
        return math.inf
    block, spread = int(looks.block[-1]), float(looks.spread[-1])
    low = 0
    high = FEWEST_UNITS if block == 1 else FEWEST_BLOCKS
    if looks.block.size < 2 * block:  # nothing tells yet how much they differ
        return float(high * block)
    while _half(spread, high, alpha) >= margin:
        low, high = high, 2 * high
        if high > _MOST_UNITS:
            return math.inf
    while low and high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _half(spread, middle, alpha) >= margin else (low, middle)
    return float(high * block)
