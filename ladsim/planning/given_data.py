"""How much of a result one uncertain number explains, and what it would be worth to know that number, from draws already simulated.

In: the number's value in each draw, and what every strategy earns in the two futures of each draw. Out: `Indices`, both with a 95 %
interval. What a strategy earns on average where the number is x is a regression f(x) on the means of pairs: a polynomial of
degree 0 to 3, chosen by the Bayesian information criterion (Schwarz 1978); for what it would be worth to know the number, the highest that
one of the differences to the chosen strategy asks for. Degree 0 means that the number tells nothing.

* The *first-order index* is the share of the variance due to all uncertain numbers that the number explains alone, Var f(x) ÷
  (variance between draws less the part that is luck) (Sobol 1993; from given data: Plischke 2010). Adjusted for the degrees of freedom.
* The *expected value of partial perfect information* is mean of max over strategies of f − max over strategies of the mean of f: what
  is earned more if one decides after learning the number (regression estimate of Strong, Oakley & Brennan 2014). 0 where the same
  strategy is best whatever the number is.

Intervals are bootstrap intervals, draws being drawn anew: the lower limit is that of the basic one, the upper the higher of the basic and
the percentile one (Davison & Hinkley 1997), so that a number that seems to tell nothing is not said to surely tell nothing. Limits below
0 and shares above 1 are cut off.

>>> x = np.linspace(-1.0, 1.0, 41)
>>> earned = np.stack([np.zeros((41, 2)), np.repeat(x[:, None], 2, axis=1)], axis=2)  # nothing, or x itself
>>> found = indices(x, earned, 1, 0, seed=1)
>>> round(found.share.value, 3), round(found.knowing.value, 3)  # mean of max(x, 0) is a quarter (here 10.5/41)
(1.0, 0.256)
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.measures.uncertainty import quantile
from ladsim.planning.pairs import NOTHING, Estimate

Floats = NDArray[np.float64]
MOST_DEGREE = 3
FEWEST_DRAWS = 10  # below these a regression of degree 3 fits whatever comes
RESAMPLES = 400


class Indices(NamedTuple):
    """What one number explains, a share, and what it would be worth to know it, in currency."""

    share: Estimate
    knowing: Estimate


def indices(x: Floats, earned: Floats, chosen: int, rival: int, *, seed: int) -> Indices:
    """Both indices of one number.

    `x`: (draws,), its values. `earned`: (draws, 2, strategies), in currency. `chosen`, `rival`: the strategies whose difference is
    explained. NaN with fewer than `FEWEST_DRAWS` draws, or where the number does not vary.
    """
    draws = len(x)
    if draws < FEWEST_DRAWS or x.min() == x.max():
        return Indices(NOTHING, NOTHING)
    found = _point(x, earned, chosen, rival)
    luck = streams.uniforms_numbered(
        streams.key_of_run(seed, 0), streams.stream_id("resampled draws"), streams.PARAMETER, 0, draws * RESAMPLES
    )
    rows = np.minimum((luck * draws).astype(np.int64), draws - 1).reshape(RESAMPLES, draws)
    again = np.array([_point(x[row], earned[row], chosen, rival) for row in rows])
    share, knowing = (
        _with_limits(value, again[:, place], most) for place, (value, most) in enumerate(zip(found, (1.0, math.inf), strict=True))
    )
    return Indices(share, knowing)


def _with_limits(value: float, again: Floats, most: float) -> Estimate:
    """A value with its bootstrap interval within 0 and `most`; values that could not be had are left out."""
    known = again[np.isfinite(again)]
    if not math.isfinite(value) or known.size < RESAMPLES // 2:
        return NOTHING
    low, high = quantile(known, (0.025, 0.975))
    ends = (float(np.clip(end, 0.0, most)) for end in (2.0 * value - high, max(2.0 * value - low, high)))
    return Estimate(value, *ends)


def _point(x: Floats, earned: Floats, chosen: int, rival: int) -> tuple[float, float]:
    """First-order index and value of knowing, without intervals."""
    means = earned.mean(axis=1)
    apart = earned[:, :, chosen] - earned[:, :, rival]
    basis = _basis(x)
    behind = means - means[:, [chosen]]
    deepest = max(_degree(basis, behind[:, place]) for place in range(behind.shape[1]) if place != chosen)
    gain = float(_fitted(basis, behind, deepest).max(axis=1).mean() - behind.mean(axis=0).max())
    degree = _degree(basis, apart.mean(axis=1))
    total = float(apart.mean(axis=1).var(ddof=1))
    luck = float(((apart[:, 0] - apart[:, 1]) ** 2).mean()) / 4.0  # of a pair's mean
    known = total - luck
    fitted = _fitted(basis, apart.mean(axis=1, keepdims=True), degree)[:, 0]
    left = float(((apart.mean(axis=1) - fitted) ** 2).sum()) / max(1, len(x) - degree - 1)
    share = min(1.0, max(0.0, total - left) / known) if known > 0.0 else math.nan
    return share, max(0.0, gain)


def _basis(x: Floats) -> Floats:
    """Orthonormal polynomials of x, (draws, degrees + 1), from a constant on."""
    most = min(MOST_DEGREE, len(np.unique(x)) - 1)
    scaled = (x - x.mean()) / (float(x.std()) or 1.0)
    return np.asarray(np.linalg.qr(np.vander(scaled, most + 1, increasing=True))[0], np.float64)


def _degree(basis: Floats, y: Floats) -> int:
    """The degree that numbers, (draws,), ask for, by the Bayesian information criterion."""
    draws, degrees = basis.shape
    explained = np.cumsum((basis.T @ y) ** 2)
    whole = float(y @ y)
    left = np.maximum(whole - explained, 1e-12 * whole + 1e-300)
    return int(np.argmin(draws * np.log(left) + np.arange(1, degrees + 1) * math.log(draws)))


def _fitted(basis: Floats, y: Floats, degree: int) -> Floats:
    """Each column of `y`, (draws, columns), as a polynomial of a degree."""
    part = basis[:, : degree + 1]
    return np.asarray(part @ (part.T @ y), np.float64)
