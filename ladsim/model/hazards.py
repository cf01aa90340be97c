"""Clocks and what drives them: exposure, hazard, due time.

A clock starts with an exposure E = −ln u. With hazard h it is due at t₀ + max(1, ⌈E/h⌉). When the hazard really changes (other
bits), the exposure that is left is h·(due − t), and nothing is drawn anew; h = 0 lets the clock stand still. The time to an event
is then exponential under any piecewise constant hazard (inversion of the cumulative hazard; Çinlar 1975); that due times are whole
numbers makes each change at most one unit of time, a millionth of a day, late.

One clock of 64 bits holds all of it: when the clock is due, or, while it stands still, its exposure as a number below 0. A clock that
has never run is FRESH: its exposure is drawn when it starts.

A hazard is the product of its factors in one fixed order: what the rung or step says, segment, levers, divided by the length of a
month (``work_out`` keeps that in tables); then the customer's own reach and trait; then its programmes and satisfaction
(``personal``). The order matters for the last bit.
"""

from __future__ import annotations

import math

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import access
from ladsim.model.layout import MONTH, NEVER, PER_EDGE, PER_RECEIVER
from ladsim.model.personal import messages_factor, orders_factor, step_factor
from ladsim.model.triggers import TIME

_PER_MONTH = float(MONTH)
_TOO_LONG = float(1 << 61)
NOW, BEFORE = 0, 1
FRESH = -1  # no exposure has these bits


@rule
def wound(t, exposure, hazard):  # type: ignore[no-untyped-def]
    """The clock of a clock that starts at `t` with an exposure."""
    if hazard > 0.0:
        wait = exposure / hazard
        if wait < _TOO_LONG:
            return t + max(np.int64(math.ceil(wait)), np.int64(1))
    return np.float64(-exposure).view(np.int64)


@rule
def exposure_left(clock, hazard, t):  # type: ignore[no-untyped-def]
    """What is left at `t` of the exposure of a clock that has run with a hazard."""
    if clock < 0:
        return -np.int64(clock).view(np.float64)
    return hazard * np.float64(clock - t)


@rule
def rewound(clock, before, hazard, t):  # type: ignore[no-untyped-def]
    """The clock of a running clock that goes on from `t` with another hazard; the same when the hazard is, to the bit."""
    if hazard == before:
        return clock
    return wound(t, exposure_left(clock, before, t), hazard)


@rule
def due_of(clock):  # type: ignore[no-untyped-def]
    """When a clock is due; NEVER while it stands still."""
    return NEVER if clock < 0 else clock


@rule
def order_hazard(m, row, group, rung, before):  # type: ignore[no-untyped-def]
    """Orders per unit of time of this customer on a rung."""
    rate = access.order_rate(m, before, group, rung)
    if rate == 0.0:
        return rate
    if m.orders_trait >= 0:
        rate = rate * access.trait(m, row, m.orders_trait)
    if m.personal:
        rate = rate * orders_factor(m, row, rung)
    return rate


@rule
def reach(m, row, layer):  # type: ignore[no-untyped-def]
    """What a layer's budget makes of one message a month of this customer."""
    here = access.layer(m, layer)
    if here.everyone:
        degree = here.nodes - 1
    elif here.budget == PER_RECEIVER or (here.weighted and here.budget == PER_EDGE):
        return access.own_reach(m, layer, row)
    else:
        degree = access.first_tie(m, layer, row + 1) - access.first_tie(m, layer, row)
    if here.budget == PER_EDGE:
        return np.float64(degree)
    return 1.0 if degree > 0 else 0.0


@rule
def message_hazard(m, row, group, rung, layer, before):  # type: ignore[no-untyped-def]
    """Messages per unit of time that this customer sends in a layer on a rung."""
    rate = access.message_rate(m, before, layer, group, rung)
    if rate == 0.0:
        return 0.0
    rate = rate * reach(m, row, layer)
    if m.messages_trait >= 0:
        rate = rate * access.trait(m, row, m.messages_trait)
    if m.personal:
        rate = rate * messages_factor(m, row, rung, layer)
    return rate


@rule
def step_hazard(m, row, group, step, before):  # type: ignore[no-untyped-def]
    """Hazard per unit of time of a `time` step for this customer."""
    rate = access.step_number(m, before, group, step)
    trait = access.step(m, step).trait
    if trait >= 0:
        rate = rate * access.trait(m, row, trait)
    if access.step(m, step).personal:
        rate = rate * step_factor(m, row, step)
    return rate


@rule
def probability(p, factor):  # type: ignore[no-untyped-def]
    """A probability whose −ln(1 − p) is multiplied by a factor."""
    if factor == 1.0:
        return p
    if factor == 0.0:
        return 0.0
    return 1.0 - streams.exp(-streams.log1m(p) * factor)


@rule
def chance(m, row, group, step):  # type: ignore[no-untyped-def]
    """Probability of a step for this customer now."""
    number = access.step_number(m, NOW, group, step)
    s = access.step(m, step)
    factor = step_factor(m, row, step) if s.personal else 1.0
    if s.beta:
        return probability(access.trait(m, row, s.trait), number * factor)
    return probability(number, factor)


@rule
def work_out(m):  # type: ignore[no-untyped-def]
    """Fill the tables of what segments and levers make of the scenario's numbers, and note where clocks run otherwise."""
    for g in range(m.groups):
        segment = g % m.segments
        for r in range(m.rungs):
            rung, own, lever = access.rung(m, r), access.segment_factors(m, segment, r), access.lever_factors(m, g, r)
            rate = rung.orders * own.orders * lever.orders / _PER_MONTH
            changed = rate != access.order_rate(m, BEFORE, g, r)
            access.set_order_rate(m, NOW, g, r, rate)
            access.set_basket_factor(m, g, r, rung.basket * own.basket * lever.basket)
            access.set_cost_rate(m, g, r, rung.cost * own.cost * lever.cost)
            access.set_quality(m, g, r, rung.quality + own.quality + lever.quality)
            access.set_price(m, g, r, own.price * lever.price)
            access.set_points(m, g, r, own.points * lever.points)
            for layer in range(m.layers):
                rate = access.talk(m, layer, r) * own.messages * lever.messages / _PER_MONTH
                changed |= rate != access.message_rate(m, BEFORE, layer, g, r)
                access.set_message_rate(m, NOW, layer, g, r, rate)
            access.set_changed(m, g, r, changed)
        for s in range(m.steps):
            step = access.step(m, s)
            factor = access.segment_step(m, segment, s) * access.lever_step(m, g, s)
            if step.trigger == TIME:
                number = step.number * factor / _PER_MONTH
                if number != access.step_number(m, BEFORE, g, s):
                    access.set_changed(m, g, step.origin, True)
            elif step.beta:
                number = factor
            else:
                number = probability(step.number, factor)
            access.set_step_number(m, NOW, g, s, number)


@rule
def keep_rates(m):  # type: ignore[no-untyped-def]
    """Note the rates with which clocks have run until now as those of before the levers moved."""
    for g in range(m.groups):
        for s in range(m.steps):
            access.set_step_number(m, BEFORE, g, s, access.step_number(m, NOW, g, s))
        for r in range(m.rungs):
            access.set_order_rate(m, BEFORE, g, r, access.order_rate(m, NOW, g, r))
            for layer in range(m.layers):
                access.set_message_rate(m, BEFORE, layer, g, r, access.message_rate(m, NOW, layer, g, r))
