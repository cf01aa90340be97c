"""Laws that do not fit their number: much of what they draw is outside of what the number may be, and becomes one of its ends.

In: a scenario without problems. Out: `Problem` records, as in ``warnings``. A rate drawn from a normal law of mean 0.1 and standard
deviation 100 is 0 in half of all futures, and nobody meant that. Shares below the lower and above the upper end by the law's own
distribution function; of a gamma law roughly (Wilson and Hilferty 1931), which needs no numerical library. A tenth is taken for a slip
(assumption).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import NormalDist

from ladsim.errors import Problem
from ladsim.scenario.address import numbers
from ladsim.scenario.number_types import Distribution, Limits
from ladsim.scenario.spec import Scenario

MUCH = 0.1
MILLION = 1e6
_STANDARD = NormalDist()


def warn_laws(scenario: Scenario) -> Iterator[Problem]:
    """Numbers of which much is drawn outside of what they may be."""
    for key, number in numbers(scenario).items():
        if not isinstance(number.value, Distribution):
            continue
        below, above = outside(number.value, number.limits)
        for share, end, where in ((below, number.limits.lower, "below"), (above, number.limits.upper, "above")):
            if share >= MUCH and end is not None:
                found = f"the law {number.value.law!r}, of which {100 * share:.0f} % lies {where} {end:,g}"
                yield Problem(key, found, f"it must be {number.limits.words()}: all of these become {end:,g}")
        if is_lopsided(number.value):
            found = f"a law {number.value.law!r} whose mean is more than a million times its median"
            yield Problem(key, found, "nearly all that is drawn is next to nothing, and the mean depends on what never comes")


def outside(law: Distribution, limits: Limits) -> tuple[float, float]:
    """Which share of what a law draws is below the lower, and above the upper end.

    >>> law = Distribution(law="normal", mean=0.0, sd=1.0)
    >>> outside(law, Limits(0.0, None)), outside(law, Limits(None, None))
    ((0.5, 0.0), (0.0, 0.0))
    """
    below = 0.0 if limits.lower is None else _up_to(law, limits.lower)
    above = 0.0 if limits.upper is None else 1.0 - _up_to(law, limits.upper)
    return below, above


def is_lopsided(law: Distribution) -> bool:
    """Whether the mean of a law is more than a million times its median, as no quantity of a market is.

    Of a lognormal law it is exp(spread²/2) times the median; of a gamma law of a small shape k some 2^(1/k) times.

    >>> is_lopsided(Distribution(law="lognormal", mean=1.0, spread=0.8)), is_lopsided(Distribution(law="lognormal", mean=1.0, spread=6.0))
    (False, True)
    """
    if law.law == "lognormal":
        return (law.spread or 0.0) > math.sqrt(2.0 * math.log(MILLION))
    return law.law == "gamma" and (law.shape or 1.0) < math.log(2.0) / math.log(MILLION)


def _up_to(law: Distribution, x: float) -> float:
    """The share of a law up to a number; of the laws that have ends, which are looked at elsewhere, none or all."""
    if law.law == "normal":
        return _STANDARD.cdf(_over(x - (law.mean or 0.0), law.sd or 1.0))
    if law.law == "lognormal" and x > 0.0:
        spread = law.spread or 1.0
        middle = math.log(law.median) if law.median is not None else math.log(law.mean or 1.0) - 0.5 * spread * spread
        return _STANDARD.cdf(_over(math.log(x) - middle, spread))
    if law.law == "gamma" and x > 0.0:
        shape = law.shape or 1.0
        mean = law.mean if law.mean is not None else shape * (law.scale or 1.0)
        if mean == 0.0 or math.isinf(mean):
            return 0.0 if mean else 1.0
        return _STANDARD.cdf((math.cbrt(x / mean) - (1.0 - 1.0 / (9.0 * shape))) * 3.0 * math.sqrt(shape))
    return 0.0 if law.law in ("lognormal", "gamma") else float(x > 0.0)


def _over(distance: float, width: float) -> float:
    """So many widths; of what no double holds, as many as are certain."""
    return max(-40.0, min(40.0, distance / width))
