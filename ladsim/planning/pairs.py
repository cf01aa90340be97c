"""What futures in pairs tell: probabilities and quantiles with honest intervals, and luck apart from lack of knowledge.

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

from ladsim.measures.dictionary import BOUNDS
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


def ratio(above: ArrayLike, below: ArrayLike, paired: bool) -> Estimate:
    """All that is above ÷ all that is below, over the futures, with a 95 % interval by the jackknife (Quenouille 1956).

    `above` and `below`: (futures,), in one unit each. Units left out one by one are futures, or pairs where those share a draw. NaN
    where nothing is below; NaN limits where there are fewer than two units, or where leaving one out leaves nothing below.

    >>> ratio([2.0, 2.0, 4.0, 4.0], [1.0, 1.0, 2.0, 2.0], paired=True)
    Estimate(value=2.0, low=2.0, high=2.0)
    >>> ratio([1.0, 1.0], [100.0, 300.0], paired=False).value  # of totals: the mean of 1/100 and 1/300 would be 0.0067
    0.005
    """
    whole = float(np.sum(below))
    if whole == 0.0 or not math.isfinite(whole):
        return NOTHING
    found = float(np.sum(np.asarray(above, np.float64))) / whole
    a, b = (_sums(values, paired) for values in (above, below))
    total, count = float(b.sum()), a.size
    rest = total - b
    if count < 2 or (rest == 0.0).any() or (np.sign(rest) != np.sign(total)).any():
        return Estimate(found, math.nan, math.nan)
    left_out = (float(a.sum()) - a) / rest
    error = math.sqrt((count - 1) / count * float(((left_out - left_out.mean()) ** 2).sum()))
    half = _student(count - 1) * error
    return Estimate(found, found - half, found + half)


def ratio_of_differences(above: ArrayLike, below: ArrayLike, paired: bool) -> Estimate:
    """Mean of `above` ÷ mean of `below` with Fieller's 95 % interval (Fieller 1954), for a `below` that may be near 0.

    `above` and `below`: (futures,), differences under the same luck. With means a, b, their variances and covariance v_aa, v_bb,
    v_ab and Student's t, the limits are the r for which (a − r b)² = t² (v_aa − 2 r v_ab + r² v_bb). Where the interval of `below`
    holds 0 they are no interval: all three are NaN, for then nothing says whether there is anything to divide by.

    >>> ratio_of_differences([9.0, 11.0, 10.0], [1.0, 1.0, 1.0], paired=False).value
    10.0
    >>> ratio_of_differences([9.0, 11.0, 10.0], [1.0, -1.0, 0.5], paired=False).value
    nan
    """
    x, y = np.asarray(above, np.float64), np.asarray(below, np.float64)
    mean_a, mean_b = float(x.mean()), float(y.mean())
    a, b = _sums(x - mean_a, paired), _sums(y - mean_b, paired)
    units = a.size
    if units < 2:
        return NOTHING
    t2, scale = _student(units - 1) ** 2, units / (units - 1) / x.size**2
    v_aa, v_bb, v_ab = (scale * float(one @ other) for one, other in ((a, a), (b, b), (a, b)))
    p, q = mean_b * mean_b - t2 * v_bb, mean_a * mean_b - t2 * v_ab
    if not p > 0.0:
        return NOTHING
    root = math.sqrt(max(0.0, q * q - p * (mean_a * mean_a - t2 * v_aa)))
    found = mean_a / mean_b
    return Estimate(found, min(found, (q - root) / p), max(found, (q + root) / p))


def linearised(above: ArrayLike, below: ArrayLike) -> NDArray[np.float64]:
    """One number per future whose mean is all that is above ÷ all that is below, and whose spread gives that ratio's error.

    r + (above − r·below)/mean(below) with r the ratio of totals (infinitesimal jackknife; Jaeckel 1972): for ratios that are worked
    with further. NaN where nothing is below.

    >>> linearised([1.0, 3.0], [1.0, 1.0]).tolist(), float(linearised([1.0, 1.0], [1.0, 3.0]).mean())
    ([1.0, 3.0], 0.5)
    """
    a, b = np.asarray(above, np.float64), np.asarray(below, np.float64)
    middle = float(b.mean())
    if middle == 0.0:
        return np.full(a.shape, np.nan)
    r = float(a.mean()) / middle
    return np.asarray(r + (a - r * b) / middle, np.float64)


def _sums(values: ArrayLike, paired: bool) -> NDArray[np.float64]:
    """Sums over independent units: futures, or pairs of them (a last one without its partner is a unit of its own, as in means)."""
    x = np.asarray(values, np.float64)
    return np.asarray(np.bincount(np.arange(x.size) // (2 if paired else 1), x), np.float64)


def _student(freedom: int) -> float:
    from scipy import special

    return float(special.stdtrit(freedom, 0.5 + LEVEL / 2.0))


def share(values: ArrayLike, paired: bool) -> Estimate:
    """The mean of shares and its t interval, which ends where shares do, at 0 and 1.

    >>> share([0.9, 1.0, 0.9, 1.0], paired=False).high
    1.0
    """
    return of_unit(values, "share", paired)


def within(found: Estimate, unit: str, at_most: float = math.inf) -> Estimate:
    """An estimate whose limits end where its unit (``measures.dictionary``) does: those of shares at 0 and 1, of people at 0.

    `at_most`: where it ends besides, such as the people that there are.

    >>> within(Estimate(27.5, -83.0, 138.0), "points of NPS"), within(Estimate(2.0, -1.0, 5.0), "people")
    (Estimate(value=27.5, low=-83.0, high=100.0), Estimate(value=2.0, low=0.0, high=5.0))
    """
    least, most = BOUNDS.get(unit, (-math.inf, math.inf))
    most = min(most, at_most)
    if not least <= found.value <= most:
        return found
    return found._replace(low=max(found.low, least), high=min(found.high, most))


def apart(found: Estimate, unit: str) -> Estimate:
    """A difference of two numbers of a unit: it ends where one is at its least and the other at its most.

    >>> apart(Estimate(0.5, -0.3, 1.3), "share"), apart(Estimate(5.0, -1.0, 11.0), "people").low
    (Estimate(value=0.5, low=-0.3, high=1.0), -1.0)
    """
    least, most = BOUNDS.get(unit, (-math.inf, math.inf))
    return found._replace(low=max(found.low, least - most), high=min(found.high, most - least))


def of_unit(values: ArrayLike, unit: str, paired: bool) -> Estimate:
    """The mean of a measure and its interval, as its unit (``measures.dictionary``) allows."""
    return within(mean(values, paired), unit)


def probability(hits: ArrayLike, paired: bool) -> Estimate:
    """The share of `hits` (0 … 1 each; a tie shares) and its Jeffreys interval."""
    x = np.asarray(hits, float)
    if not x.size:
        return NOTHING
    n = effective_sample_size(x, paired)
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


def quantile_ranks(p: float, n: int) -> tuple[int, int]:
    """Ranks (from 1) of n sorted numbers between which their p-quantile lies, with 95 %, where n was fixed beforehand.

    The lower is 0 and the upper n + 1 where there are too few to tell (David & Nagaraja 2003). Who looks again and again takes
    ``sequential_counts.quantile_ranks``.

    >>> quantile_ranks(0.2, 40), quantile_ranks(0.2, 200), quantile_ranks(0.2, 5)
    ((3, 14), (29, 52), (0, 4))
    """
    tail = (1.0 - LEVEL) / 2
    return int(_binomial_quantile(tail, n, p)), int(_binomial_quantile(1.0 - tail, n, p)) + 1


def rank(chance: float, futures: int, paired: bool) -> int:
    """How many of the futures must meet a number so that a new one, too, meets it with at least `chance`.

    Of n independent futures a new one is below the k-th lowest with probability k/(n + 1) (David & Nagaraja 2003), so n + 1 − k of them
    must be at least chance · (n + 1). Where two share a draw of what is not known, n/2 + 1 draws of two futures stand in their place:
    chance · 2·(n/2 + 1). May be more than there are: then nothing can be promised.

    >>> rank(0.8, 40, paired=True), rank(0.8, 40, paired=False), rank(0.5, 40, paired=False), rank(0.8, 3, paired=False)
    (34, 33, 21, 4)
    """
    return math.ceil(round(chance * (futures + (2 if paired else 1)), 9))


def fewest(chance: float, paired: bool) -> int:
    """How many futures are needed to promise anything with `chance`.

    >>> fewest(0.8, paired=False), fewest(0.8, paired=True)
    (4, 8)
    """
    return next(n for n in range(2 if paired else 1, 10_000) if rank(chance, n, paired) <= n)


def met_with(values: ArrayLike, chance: float, paired: bool, at_most: bool = False) -> Estimate:
    """The highest value that a new future reaches with at least the probability `chance`, with a 95 % interval by ranks.

    `at_most`: the lowest value that it does not exceed with that probability. The value is NaN where there are too few futures to
    promise anything (fewer than 4 at 80 %, than 8 in pairs), a limit where there are too few to tell.

    >>> met_with([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.8, paired=False).value
    2.0
    >>> met_with([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.8, paired=False, at_most=True).value
    9.0
    """
    x = np.sort(np.asarray(values, float))
    count = rank(chance, x.size, paired)
    if count > x.size:
        return NOTHING
    place = count - 1 if at_most else x.size - count
    below = chance if at_most else 1.0 - chance
    n = max(1, round(effective_sample_size(np.asarray(values, float) <= x[place], paired)))
    # Of n independent futures, stretched to those there are.
    lowest, highest = quantile_ranks(below, n)
    first = math.floor(round(lowest * x.size / n, 9))
    last = math.ceil(round(highest * x.size / n, 9))
    low = float(x[min(first - 1, place)]) if first >= 1 else math.nan
    high = float(x[max(last - 1, place)]) if last <= x.size else math.nan
    return Estimate(float(x[place]), low, high)


def effective_sample_size(values: ArrayLike, paired: bool) -> float:
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


def split(values: ArrayLike, paired: bool, scale: float = 1.0) -> VarianceSplit:
    """The spread of `values` in luck and lack of knowledge; all of it is luck where nothing is unknown.

    `scale`: how many people of the market one simulated person stands for; luck is that of the whole market.

    >>> split([1.0, 3.0, 11.0, 13.0], paired=True, scale=4.0).luck
    0.5
    """
    if paired:
        return variance_split(values, level=LEVEL, scale=scale)
    x = np.asarray(values, float)
    total = float(x.var(ddof=1)) / scale if x.size > 1 and x.min() != x.max() else 0.0 if x.size > 1 else math.nan
    nothing = 0.0 if total > 0.0 else math.nan
    return VarianceSplit(total, total, 0.0, 1.0 - nothing, nothing, nothing, nothing, LEVEL, x.size // 2)


def pair_means(values: ArrayLike) -> NDArray[np.float64]:
    """The mean of each whole pair: one number per parameter draw."""
    return _pairs(np.asarray(values, float)).mean(axis=1)


def _pairs(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return x[: x.size - x.size % 2].reshape(-1, 2)
