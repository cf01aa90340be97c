"""Futures with two humps: some die out, some take off, and a mean is an outcome that hardly ever comes.

In: one number per future (the profit of a strategy). Out: whether they have more than one hump, where they part, and what is in each.

The test is Hartigan & Hartigan's (1985): the *dip* is the distance, in the sense of Kolmogorov, between the numbers' distribution
and the nearest with a single hump (skewed as it may be); the uniform distribution has the largest of those with one. With F between
its lower and upper corners, G the greatest convex line below and L the least concave line above it,

    D = max over the parts outside the modal interval of F − G (left) and L − F (right),  dip = D/2,

the modal interval being narrowed to where G and L are furthest apart as long as that is more than D. Humps are parted where the two
sides vary least within themselves (Fisher 1958).

>>> dies_out, takes_off = np.linspace(0.0, 1.0, 30), np.linspace(9.0, 11.0, 20)
>>> has_two_humps(np.concatenate([dies_out, takes_off])), has_two_humps(np.linspace(0.0, 1.0, 50) ** 3)
(True, False)
>>> parting(np.concatenate([dies_out, takes_off]))
5.0
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
# √n · dip that one uniform sample in a hundred exceeds, by n: from 40,000 simulated samples of the least size to 4,000 of the largest,
# good to about 0.01 (Hartigan & Hartigan's table has 0.58 for 50 and 0.61 for 200).
SIZES = (16, 20, 30, 50, 100, 200, 500, 1000)
EXCEEDED = (0.531, 0.540, 0.556, 0.581, 0.592, 0.607, 0.618, 0.627)
FEWEST = SIZES[0]


def dip(values: ArrayLike) -> float:
    """Half the greatest distance from the nearest distribution with one hump: from 1/(2n) to 1/4.

    >>> dip([1.0, 2.0, 3.0, 4.0]), dip([0.0] * 5 + [1.0] * 5)
    (0.125, 0.25)
    """
    x, counts = np.unique(np.asarray(values, np.float64), return_counts=True)
    n = int(counts.sum())
    upper = np.cumsum(counts).astype(np.float64)
    lower = upper - counts
    first, last, found = 0, x.size - 1, 1.0
    while first < last:
        below = _hull(x, lower, first, last, 1.0)
        above = _hull(x, upper, first, last, -1.0)
        part = slice(first, last + 1)
        g, h = np.interp(x[part], x[below], lower[below]), np.interp(x[part], x[above], upper[above])
        corners = np.union1d(below, above)
        apart = (h - g)[corners - first]
        widest = int(corners[int(np.argmax(apart))])
        if not apart.max() > found:
            break
        left, right = _around(widest, below, above)
        outside = [(upper[part] - g)[: left - first], (h - lower[part])[right - first + 1 :]]
        found = max(found, *(float(side.max(initial=0.0)) for side in outside))
        if (left, right) == (first, last):
            break
        first, last = left, right
    return found / (2.0 * n)


def _hull(x: Floats, y: Floats, first: int, last: int, sign: float) -> NDArray[np.int64]:
    """Corners of the convex line below the points (sign 1), or the concave one above (−1), from first to last."""
    corners: list[int] = []
    for at in range(first, last + 1):
        while len(corners) > 1:
            a, b = corners[-2:]
            if sign * ((y[b] - y[a]) * (x[at] - x[b]) - (y[at] - y[b]) * (x[b] - x[a])) < 0.0:
                break
            corners.pop()
        corners.append(at)
    return np.asarray(corners, np.int64)


def _around(widest: int, below: NDArray[np.int64], above: NDArray[np.int64]) -> tuple[int, int]:
    """The new modal interval: from a corner of the line below to one of the line above, the widest place in between or at an end."""
    if widest in below:
        return widest, int(above[np.searchsorted(above, widest)])
    return int(below[np.searchsorted(below, widest, side="right") - 1]), widest


def has_two_humps(values: ArrayLike) -> bool:
    """Whether numbers of one hump would have such a dip in fewer than one sample of a hundred; never with fewer than 16.

    >>> has_two_humps([0.0] * 8 + [1.0] * 7), has_two_humps([0.0] * 8 + [1.0] * 8)
    (False, True)
    """
    n = np.size(values)
    return n >= FEWEST and math.sqrt(n) * dip(values) > float(np.interp(math.log(n), np.log(SIZES), EXCEEDED))


def parting(values: ArrayLike) -> float:
    """Where the numbers fall apart in two groups that vary least within themselves: halfway between the two; NaN where all are alike.

    >>> parting([1.0, 2.0, 3.0, 20.0])
    11.5
    """
    x = np.sort(np.asarray(values, np.float64))
    if x.size < 2 or x[0] == x[-1]:
        return math.nan
    n, sums = np.arange(1, x.size), np.cumsum(x - x[0])
    # Least within is most between: what each group's mean adds to the sum of squares.
    between = sums[:-1] ** 2 / n + (sums[-1] - sums[:-1]) ** 2 / (x.size - n)
    between[x[:-1] == x[1:]] = -np.inf
    at = int(np.argmax(between))
    return float((x[at] + x[at + 1]) / 2.0)
