"""Shares and quantiles that may be looked at after every future.

In: how many of n independent futures are ahead, or how many there are. Out: limits of the probability, or ranks of the sorted
numbers between which a quantile lies, at every n together with probability 1 − α. Futures that share a draw of what is not known are
not independent: take one of each pair.

A number counts as below the quantile q with probability p, so n of them make a Bernoulli process; a mixture over what that
probability could be instead is a test that may be looked at at any time (Robbins 1970; Ville 1939):

    share      e = B(s + 1, n − s + 1) / (p^s (1 − p)^(n − s)),                                  mixed over beta(1, 1)
    quantile   e = B(a + s, b + n − s) / (B(a, b) p^s (1 − p)^(n − s)),   a = w p, b = w (1 − p)   (Howard & Ramdas 2022)

and whatever has e < 1/α is not refuted.

>>> round(share_sequence(7, 7, 0.05).low, 2), round(share_sequence(8, 8, 0.05).low, 2)  # eight wins in a row are needed
(0.48, 0.52)
"""

from __future__ import annotations

import math

import numpy as np

from ladsim.planning.confidence_sequences import mixture
from ladsim.planning.pairs import NOTHING, Estimate

_STEPS = 1e-12  # to which the ends of a share are found


def share_sequence(wins: float, n: int, alpha: float) -> Estimate:
    """The share `wins`/n and all probabilities that n looks have not refuted; a tie may count half.

    `wins`: the sum of n numbers from 0 to 1 with that mean (for those between, e is smaller, so the interval holds all the more).

    Of two that are never told apart, one is "ahead in more than half of the futures" when the lower end is above a half.

    >>> [round(end, 3) for end in share_sequence(36, 40, 0.05)]
    [0.9, 0.688, 0.988]
    """
    if not n:
        return NOTHING._replace(low=0.0, high=1.0)
    from scipy import optimize, special

    most = special.betaln(wins + 1.0, n - wins + 1.0) + math.log(alpha)  # ln e < ln 1/α

    def against(p: float) -> float:
        return float(most - special.xlogy(wins, p) - special.xlog1py(n - wins, -p))

    share = wins / n
    low = 0.0 if wins == 0 else float(optimize.brentq(against, 0.0 + _STEPS, share, xtol=_STEPS)) if share > _STEPS else 0.0
    high = 1.0 if wins == n else float(optimize.brentq(against, share, 1.0 - _STEPS, xtol=_STEPS))
    return Estimate(share, low, high)


def quantile_ranks(p: float, n: int, alpha: float) -> tuple[int, int]:
    """Ranks (from 1) of the sorted numbers between which their p-quantile lies, at every n together with probability 1 − `alpha`.

    The lower is 0 and the upper n + 1 where there are too few to tell. For n fixed beforehand: ``pairs.quantile_ranks``.

    >>> quantile_ranks(0.2, 40, 0.05), quantile_ranks(0.2, 200, 0.05), quantile_ranks(0.2, 5, 0.05)
    ((2, 17), (24, 60), (0, 5))
    """
    from scipy import special

    weight = max(2.0, mixture(alpha))
    a, b = weight * p, weight * (1.0 - p)
    s = np.arange(n + 1)
    e = special.betaln(a + s, b + n - s) - special.betaln(a, b) - special.xlogy(s, p) - special.xlog1py(n - s, -p)
    kept = np.flatnonzero(e < math.log(1.0 / alpha))
    return int(kept[0]), int(kept[-1]) + 1
