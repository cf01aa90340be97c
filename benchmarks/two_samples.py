"""Are two samples of counts from one distribution, and are their means equal enough to use one for the other?

In: samples of a number per run (counts of people on a rung, say), two at a time. Out: p values, and limits on a difference.

Difference: the two-sample **Anderson–Darling** test (Scholz & Stephens 1987, the statistic with mid-ranks). Counts are whole numbers
with many ties, where Kolmogorov–Smirnov's p value is too large, and it hardly looks at the tails; Anderson–Darling weighs the tails
as it does the middle, so it sees a wrong mean and a wrong spread. With mid-ranks ties do no harm, and p comes from permutations of
the two labels, which is exact for any distribution, ties and all. Permutations stop at 20 that are as extreme (Besag & Clifford
1991): small p values get many permutations, large ones few. Many cells at once: **Holm** (1979).

Equivalence: two one-sided t tests (**TOST**, Schuirmann 1987, Welch's standard error): the means differ by less than a margin. All
cells are equivalent when each is, at the same α: no correction is due (intersection–union; Berger 1982).

>>> holm([0.01, 0.04, 0.03]).tolist()
[0.03, 0.06, 0.06]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Floats = NDArray[np.float64]
ENOUGH = 20  # permutations as extreme as what was found, after which p is known well enough


def anderson_darling(pooled: Floats, first: NDArray[np.bool_]) -> Floats:
    """The statistic with mid-ranks (Scholz & Stephens 1987, eq. 7) of each labelling of the pooled values: (L, n) → (L,)."""
    values, at = np.unique(pooled, return_inverse=True)
    n, sizes = len(pooled), np.bincount(at)
    if len(values) == 1:
        return np.zeros(len(first))
    below = np.cumsum(sizes) - sizes / 2.0
    weight = sizes / n / (below * (n - below) - n * sizes / 4.0)
    order = np.argsort(pooled, kind="stable")
    reached = np.cumsum(first[:, order], axis=1, dtype=np.float64)[:, np.cumsum(sizes) - 1]
    mine = np.diff(reached, axis=1, prepend=0.0)
    middle = reached - mine / 2.0
    n1 = reached[:, -1:]
    apart = (n * middle - n1 * below) ** 2 * weight
    # The other sample's term is the same with its own size below it: (n − n1) in the place of n1.
    return np.asarray(apart.sum(axis=1) * (1.0 / n1[:, 0] + 1.0 / (n - n1[:, 0])) * (n - 1) / n)


def same_distribution(one: ArrayLike, other: ArrayLike, most: int = 200_000, seed: int = 1) -> float:
    """p of the two-sample Anderson–Darling test, by permutation; at least 1 / (most + 1)."""
    a, b = np.asarray(one, float), np.asarray(other, float)
    pooled = np.concatenate([a, b])
    first = np.arange(len(pooled)) < len(a)
    found = anderson_darling(pooled, first[None])[0] * (1.0 - 1e-12)
    luck = np.random.default_rng(seed)
    done, extreme = 0, 0
    while done < most:
        labels = luck.permuted(np.tile(first, (min(1_000, most - done), 1)), axis=1)
        hits = np.flatnonzero(anderson_darling(pooled, labels) >= found)
        if extreme + len(hits) >= ENOUGH:
            return ENOUGH / (done + int(hits[ENOUGH - extreme - 1]) + 1)
        done, extreme = done + len(labels), extreme + len(hits)
    return (extreme + 1) / (done + 1)


def holm(p: ArrayLike) -> Floats:
    """Adjusted p values: reject where they are at most α, and the chance of any wrong rejection is at most α."""
    values = np.asarray(p, float)
    order = np.argsort(values, kind="stable")
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)))
    return adjusted


@dataclass(frozen=True)
class Equivalence:
    """Two means beside each other."""

    difference: float
    error: float
    p: float
    """Of the two one-sided tests: small when the means differ by less than the margin."""
    low: float
    high: float
    """The interval that lies within the margin exactly when p ≤ α: level 1 − 2α."""


def equivalence(one: ArrayLike, other: ArrayLike, margin: float, alpha: float) -> Equivalence:
    """TOST of mean(one) − mean(other) against ± margin."""
    a, b = np.asarray(one, float), np.asarray(other, float)
    difference = float(a.mean() - b.mean())
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    error = float(np.sqrt(va + vb))
    if error == 0.0:
        return Equivalence(difference, 0.0, float(abs(difference) >= margin), difference, difference)
    freedom = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    p = float(stats.t.sf((margin - abs(difference)) / error, freedom))
    half = error * float(stats.t.isf(alpha, freedom))
    return Equivalence(difference, error, p, difference - half, difference + half)
