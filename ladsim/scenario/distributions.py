"""Uncertain numbers: from luck to a value.

In: a range or a distribution, its kind and a uniform u. Out: the number at the quantile u. A range ``{ low, high }`` is the
central 90 %: with z the normal quantile, z₉₅ = 1.6449, the number is

* log-normal for a rate or an amount: ln x = m + s·z(u), m = (ln low + ln high)/2, s = (ln high − ln low)/(2·z₉₅);
* logit-normal for a share: the same on ln(x/(1−x));
* normal for any other number.

* value number ⌊u·n⌋ for the law "draws", which lists n values of a calibration: each has the same chance, wherever it stands in the
  list and however many draws are taken. Two such numbers are drawn apart: the list knows nothing of how they go together.

Where an end lies on the edge of what the scale can reach (0 for a rate; 0 or 1 for a share) that scale has no such law: a
normal clipped at the edge is taken, whose 5 %, 50 % and 95 % quantiles are low, the middle and high all the same. Every result is
clipped to the number's own limits. To add a law: its keys in ``number_types.LAWS``, a line in `quantile`.
"""

from __future__ import annotations

import math
import statistics
from typing import Any

from ladsim.scenario.number_types import Distribution, Limits, Range

Z95 = 1.6448536269514722
# A share that must stay below 1 (a monthly chance of 1 has no finite hazard) and numbers that must stay above 0.
NEARLY_ONE = 1.0 - 1e-6
NEARLY_NOTHING = 1e-12


def quantile(value: Range | Distribution, kind: str, u: float | None, limits: Limits, below_one: bool = False) -> float:
    """The number at the quantile `u`; without one, its median."""
    number = _range(value, kind, 0.5 if u is None else u) if isinstance(value, Range) else _law(value, u)
    return within(number, limits, below_one)


def within(number: float, limits: Limits, below_one: bool = False) -> float:
    """The number clipped to its limits."""
    lower, upper = limits.lower, limits.upper
    if lower is not None:
        number = max(number, lower + NEARLY_NOTHING if limits.above else lower)
    if upper is not None:
        number = min(number, NEARLY_ONE if below_one else upper)
    return float(number)


def _range(value: Range, kind: str, u: float) -> float:
    from ladsim import streams

    z = float(streams.normal(u))
    low, high = value.low, value.high
    if kind in ("rate", "amount") and low > 0.0:
        a, b = float(streams.log(low)), float(streams.log(high))
        return float(streams.exp(0.5 * (a + b) + z * (b - a) / (2.0 * Z95)))
    if kind == "share" and low > 0.0 and high < 1.0:
        a, b = (float(streams.log(x)) - float(streams.log(1.0 - x)) for x in (low, high))
        return 1.0 / (1.0 + float(streams.exp(-(0.5 * (a + b) + z * (b - a) / (2.0 * Z95)))))
    return 0.5 * (low + high) + z * (high - low) / (2.0 * Z95)


def _law(value: Any, u: float | None) -> float:
    if value.law == "draws":
        from ladsim.streams import value_at

        return float(statistics.median(value.values) if u is None else value.values[value_at(u, len(value.values))])
    u = 0.5 if u is None else u
    if value.law == "uniform":
        return float(value.low + u * (value.high - value.low))
    if value.law in ("beta", "gamma"):
        from scipy import special

        if value.law == "beta":
            return float(special.betaincinv(value.a, value.b, u))
        scale = value.scale if value.scale is not None else value.mean / value.shape
        return float(special.gammaincinv(value.shape, u)) * float(scale)  # of what no double holds Python makes inf, in silence
    from ladsim import streams

    z = float(streams.normal(u))
    if value.law == "normal":
        return float(value.mean + z * value.sd)
    middle = float(streams.log(value.median if value.median is not None else value.mean))
    if value.median is None:
        middle -= 0.5 * value.spread * value.spread
    return float(streams.exp(middle + value.spread * z))


def ends(value: float | Range | Distribution) -> tuple[float, float]:
    """The lowest and highest value that a number is taken to have (5 % and 95 % where its law has no ends)."""
    if isinstance(value, Range):
        return value.low, value.high
    if not isinstance(value, Distribution):
        return float(value), float(value)
    if value.law == "uniform" and value.low is not None and value.high is not None:
        return value.low, value.high
    if value.law == "draws" and value.values:
        return min(value.values), max(value.values)
    return _law_ends(value)


def _law_ends(value: Any) -> tuple[float, float]:
    """A rough 5 % and 95 %; of a law so wide that no double holds them all that it can be."""
    try:
        return _rough_ends(value)
    except (OverflowError, ZeroDivisionError):
        return 0.0, 1.0 if value.law == "beta" else math.inf


def _rough_ends(value: Any) -> tuple[float, float]:
    """Mean ∓ 1.645 standard deviations (in logarithms for a lognormal)."""
    if value.law == "lognormal":
        middle = value.median if value.median is not None else value.mean * math.exp(-0.5 * value.spread**2)
        return middle * math.exp(-Z95 * value.spread), middle * math.exp(Z95 * value.spread)
    if value.law == "normal":
        mean, sd = value.mean, value.sd
    elif value.law == "beta":
        total = value.a + value.b
        mean, sd = value.a / total, math.sqrt(value.a * value.b / (total * total * (total + 1.0)))
    else:
        scale = value.scale if value.scale is not None else value.mean / value.shape
        mean, sd = value.shape * scale, math.sqrt(value.shape) * scale
    return max(0.0, mean - Z95 * sd) if value.law != "normal" else mean - Z95 * sd, mean + Z95 * sd


def middle(value: float | Range | Distribution) -> float:
    """Half-way between the ends: good enough for a warning."""
    low, high = ends(value)
    return 0.5 * (low + high)


def never(value: Any) -> bool:
    """Whether a number is not given, or surely 0."""
    return value is None or ends(value)[1] <= 0.0
