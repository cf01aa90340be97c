"""A customer's clocks: drawn on entering a rung or after each event, going on when their hazard changes.

Where only the rung and the levers drive them, ``carry_on`` lets the lifelong clocks go on at a new rung's rates. Where a customer's
own state does too (programmes, satisfaction, as whom the firm sees it), an event begins with ``hold``, which notes with which
hazards the clocks have run, and ends with ``release``, which lets those whose hazard is another now go on with it.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import access
from ladsim.model.hazards import FRESH, NOW, due_of, exposure_left, message_hazard, order_hazard, rewound, step_hazard, wound
from ladsim.model.layout import NEVER
from ladsim.model.word_of_mouth import message_exposure


@rule
def wind_steps(m, row, rung, visit, t):  # type: ignore[no-untyped-def]
    """Draw the clocks of a rung's `time` steps. Where nothing can move them, only that which is due first is kept."""
    c = access.head(m, row)
    r = access.rung(m, rung)
    group = access.group(m, row)
    own = access.key(m, row)
    first = NEVER
    for slot in range(r.time_count):
        step = r.time_first + slot
        hazard = step_hazard(m, row, group, step, NOW)
        if m.all_slots or hazard > 0.0:
            u = streams.uniform(own, access.step(m, step).stream_id, streams.CLOCK, visit, 0)
            clock = wound(t, streams.exponential(u), hazard)
            if m.all_slots:
                access.set_clock(m, row, slot, clock)
                if access.step(m, step).personal:
                    access.hold(m, slot, hazard)
            elif due_of(clock) < first:
                first = clock
                c.leaving = slot
    if m.slots > 0 and not m.all_slots:
        access.set_clock(m, row, 0, first)


@rule
def order_exposure(m, row):  # type: ignore[no-untyped-def]
    """Draw the exposure until a customer's next order."""
    number = np.uint64(access.orders(m, row).number)
    return streams.exponential(streams.uniform(access.key(m, row), streams.NO_WORD, streams.ORDER_CLOCK, number, 0))


@rule
def wind_order_clock(m, row, t):  # type: ignore[no-untyped-def]
    """Start the clock of a customer's next order."""
    hazard = order_hazard(m, row, access.group(m, row), access.head(m, row).rung, NOW)
    clock = FRESH
    if hazard > 0.0:
        clock = wound(t, order_exposure(m, row), hazard)
    access.set_clock(m, row, m.order_column, clock)
    if m.personal:
        access.hold(m, m.order_column, hazard)


@rule
def order_goes_on(m, row, was, rate, t):  # type: ignore[no-untyped-def]
    """Let the order clock, which has run with one hazard, go on with another."""
    if was != rate:
        clock = access.clock(m, row, m.order_column)
        left = order_exposure(m, row) if clock == FRESH else exposure_left(clock, was, t)
        access.set_clock(m, row, m.order_column, wound(t, left, rate))


@rule
def messages_go_on(m, row, layer, was, rate, t):  # type: ignore[no-untyped-def]
    """Let a layer's message clock, which has run with one hazard, go on with another."""
    if was != rate:
        clock = access.clock(m, row, m.talk_column + layer)
        left = message_exposure(m, row, layer) if clock == FRESH else exposure_left(clock, was, t)
        access.set_clock(m, row, m.talk_column + layer, wound(t, left, rate))


@rule
def carry_on(m, row, group, origin, rung, before, t):  # type: ignore[no-untyped-def]
    """Let the lifelong clocks run on at the rates of a rung, after those of another rung or before the levers moved."""
    if m.order_column >= 0 and (
        origin != rung or access.order_rate(m, before, group, rung) != access.order_rate(m, NOW, group, rung)
    ):
        was, rate = order_hazard(m, row, group, origin, before), order_hazard(m, row, group, rung, NOW)
        order_goes_on(m, row, was, rate, t)
    for layer in range(m.layers):
        was = access.message_rate(m, before, layer, group, origin)
        if origin != rung or was != access.message_rate(m, NOW, layer, group, rung):
            was = message_hazard(m, row, group, origin, layer, before)
            rate = message_hazard(m, row, group, rung, layer, NOW)
            messages_go_on(m, row, layer, was, rate, t)


@rule
def hold(m, row):  # type: ignore[no-untyped-def]
    """Note with which hazards this customer's clocks have run until now."""
    c = access.head(m, row)
    group = access.group(m, row)
    r = access.rung(m, c.rung)
    for slot in range(r.time_count):
        if access.step(m, r.time_first + slot).personal:
            access.hold(m, slot, step_hazard(m, row, group, r.time_first + slot, NOW))
    if m.order_column >= 0:
        access.hold(m, m.order_column, order_hazard(m, row, group, c.rung, NOW))
    for layer in range(m.layers):
        access.hold(m, m.talk_column + layer, message_hazard(m, row, group, c.rung, layer, NOW))


@rule
def release(m, row, t):  # type: ignore[no-untyped-def]
    """Let the clocks whose hazard is another than was noted go on from `t` with what it is now."""
    c = access.head(m, row)
    group = access.group(m, row)
    r = access.rung(m, c.rung)
    for slot in range(r.time_count):
        if access.step(m, r.time_first + slot).personal:
            rate = step_hazard(m, row, group, r.time_first + slot, NOW)
            access.set_clock(m, row, slot, rewound(access.clock(m, row, slot), access.held(m, slot), rate, t))
    if m.order_column >= 0:
        order_goes_on(m, row, access.held(m, m.order_column), order_hazard(m, row, group, c.rung, NOW), t)
    for layer in range(m.layers):
        was = access.held(m, m.talk_column + layer)
        messages_go_on(m, row, layer, was, message_hazard(m, row, group, c.rung, layer, NOW), t)
