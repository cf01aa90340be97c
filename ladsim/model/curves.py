"""Response curves: from pressure to a share of the full effect. A curve is a rule, and all that is known of it stands in this file.

curve         share of the full effect at pressure x, h = `half_at`
-----------   ---------------------------------------------------------
linear        x / (2h), not above 1
exponential   1 − 2^(−x/h)
hill          x^s / (x^s + h^s), s = `slope` (Hill 1910)

Every curve gives 0 without pressure, half of the effect at `half_at`, never less for more pressure, and never above the full effect.

To add a curve: its name in ``CURVES``, a rule of (pressure, half_at, slope), a line in ``response``, and how much pressure a share
takes in ``PRESSURES``. Files may name it then, and the suite of all curves (``tests/contract/test_curves.py``) looks at it by itself.
Scenario files say these names, and `ladsim check` needs no rule: so this file loads no numerical library.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from ladsim.compiled import Deferred, rule

if TYPE_CHECKING:
    from ladsim import streams
else:
    streams = Deferred("ladsim.streams")

CURVES = ("linear", "exponential", "hill")
_LINEAR, _EXPONENTIAL, _HILL = range(3)
if TYPE_CHECKING:
    CurveName = str
else:
    CurveName = Literal[CURVES]


@rule
def linear(pressure, half_at, slope):  # type: ignore[no-untyped-def]
    """Proportional to the pressure up to the full effect at twice `half_at`."""
    share = pressure / (2.0 * half_at)
    return share if share < 1.0 else 1.0


@rule
def exponential(pressure, half_at, slope):  # type: ignore[no-untyped-def]
    """Every further `half_at` of pressure wins half of what is left."""
    return 1.0 - streams.exp(-0.6931471805599453 * (pressure / half_at))


@rule
def hill(pressure, half_at, slope):  # type: ignore[no-untyped-def]
    """Slow at first, then steep, then saturated, when `slope` is above 1."""
    if pressure <= 0.0:
        return 0.0
    return 1.0 / (1.0 + streams.power(half_at / pressure, slope))


@rule
def response(curve, pressure, half_at, slope):  # type: ignore[no-untyped-def]
    """Share of the full effect by a curve, numbered as in ``CURVES``; 0 where there is none, or no pressure."""
    if not pressure > 0.0:
        return 0.0
    if curve == _LINEAR:
        return linear(pressure, half_at, slope)
    if curve == _EXPONENTIAL:
        return exponential(pressure, half_at, slope)
    if curve == _HILL:
        return hill(pressure, half_at, slope)
    return 0.0


# The inverse of each: the pressure at which it gives a share of the full effect, from (share, half_at, slope).
PRESSURES: dict[str, Callable[[float, float, float], float]] = {
    "linear": lambda share, half_at, slope: 2.0 * half_at * share,
    "exponential": lambda share, half_at, slope: -half_at * math.log2(1.0 - share),
    "hill": lambda share, half_at, slope: float(half_at * (share / (1.0 - share)) ** (1.0 / slope)),
}
