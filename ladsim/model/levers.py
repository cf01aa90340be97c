"""Levers: from money to effect.

A response curve turns spend per head of the audience and month into a share of the full effect; part of the pressure is carried
over to the next month (geometric adstock; Broadbent 1979). A multiplier is 1 + effect · curve, never below 0, and multipliers of
several campaigns are multiplied.

curve         share of the full effect at pressure x, h = `half_at`
-----------   ---------------------------------------------------------
linear        x / (2h), not above 1
exponential   1 − 2^(−x/h)
hill          x^s / (x^s + h^s), s = `slope` (Hill 1910)

To add a curve: a function of (pressure, half_at, slope) and a line in ``CURVES``; the contract tests pick it up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ladsim import streams


def linear(pressure: float, half_at: float, slope: float) -> float:
    """Proportional to the pressure up to the full effect at twice `half_at`."""
    return min(1.0, pressure / (2.0 * half_at))


def exponential(pressure: float, half_at: float, slope: float) -> float:
    """Every further `half_at` of pressure wins half of what is left."""
    return 1.0 - float(streams.exp(-0.6931471805599453 * (pressure / half_at)))


def hill(pressure: float, half_at: float, slope: float) -> float:
    """Slow at first, then steep, then saturated, when `slope` is above 1."""
    if pressure <= 0.0:
        return 0.0
    return 1.0 / (1.0 + float(streams.power(half_at / pressure, slope)))


CURVES: dict[str, Callable[[float, float, float], float]] = {"linear": linear, "exponential": exponential, "hill": hill}


def multiplier(effect: float, strength: float) -> float:
    """What an effect does at a share of its full strength: 1 + effect · strength, never below 0."""
    return max(0.0, 1.0 + effect * strength)


def multipliers(effect: float, strengths: Any) -> Any:
    """The same for an array of strengths."""
    return np.maximum(0.0, 1.0 + effect * strengths)
