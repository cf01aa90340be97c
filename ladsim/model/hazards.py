"""Clocks: exposure, hazard, due time.

A clock holds an exposure E = −ln u. With hazard h it is due at t₀ + max(1, ⌈E/h⌉). When the hazard really changes (other bits),
the part already lived is taken off, E ← E − h·(t − t₀), and nothing is drawn anew; h = 0 parks the clock. The time to an event
is then exponential under any piecewise constant hazard (inversion of the cumulative hazard; Çinlar 1975).

A hazard is the product of its factors in one fixed order: rung or step, trait, segment, levers; then divided by the length of a
month. The order matters for the last bit.
"""

from __future__ import annotations

import math

import numpy as np

from ladsim.compiled import rule
from ladsim.model import access
from ladsim.model.layout import MONTH, NEVER

_PER_MONTH = float(MONTH)
_TOO_LONG = float(1 << 62)


@rule
def due_after(t, exposure, hazard):  # type: ignore[no-untyped-def]
    """Time at which a clock started at `t` goes off; NEVER when parked."""
    if not hazard > 0.0:
        return NEVER
    wait = exposure / hazard
    if not wait < _TOO_LONG:
        return NEVER
    steps = np.int64(math.ceil(wait))
    if steps < 1:
        steps = np.int64(1)
    return min(t + steps, NEVER)


@rule
def wind(clock, exposure, hazard, t):  # type: ignore[no-untyped-def]
    """Start a clock at `t` with a fresh exposure."""
    clock.exposure = exposure
    clock.hazard = hazard
    clock.since = t
    clock.due = due_after(t, exposure, hazard)


@rule
def rewind(clock, hazard, t):  # type: ignore[no-untyped-def]
    """Let a running clock go on from `t` with another hazard; nothing happens when the hazard is the same to the bit."""
    if hazard == clock.hazard:
        return
    left = clock.exposure - clock.hazard * np.float64(t - clock.since)
    wind(clock, max(left, 0.0), hazard, t)


@rule
def order_hazard(m, row):  # type: ignore[no-untyped-def]
    """Orders per unit of time of this customer now."""
    c = access.customer(m, row)
    rate = access.rung(m, c.rung).orders
    if rate == 0.0:
        return 0.0
    trait = m.orders_trait
    if trait >= 0:
        rate = rate * access.trait(m, row, trait)
    rate = rate * access.segment_factors(m, c.segment, c.rung).orders
    rate = rate * access.lever_factors(m, c.segment, c.rung).orders
    return rate / _PER_MONTH


@rule
def message_hazard(m, row, layer):  # type: ignore[no-untyped-def]
    """Messages per unit of time that this customer sends in a layer now."""
    c = access.customer(m, row)
    rate = access.talk(m, layer, c.rung)
    if rate == 0.0:
        return 0.0
    rate = rate * access.reach(m, layer, row)
    trait = m.messages_trait
    if trait >= 0:
        rate = rate * access.trait(m, row, trait)
    rate = rate * access.segment_factors(m, c.segment, c.rung).messages
    rate = rate * access.lever_factors(m, c.segment, c.rung).messages
    return rate / _PER_MONTH


@rule
def step_hazard(m, row, step):  # type: ignore[no-untyped-def]
    """Hazard per unit of time of a `time` step for this customer now."""
    s = access.step(m, step)
    rate = s.number
    if s.trait >= 0:
        rate = rate * access.trait(m, row, s.trait)
    segment = access.customer(m, row).segment
    rate = rate * access.segment_step(m, segment, step)
    rate = rate * access.lever_step(m, segment, step)
    return rate / _PER_MONTH
