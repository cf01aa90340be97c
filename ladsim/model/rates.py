"""The rates in force: what segments and levers make of the scenario's numbers, group by group.

They are worked out whenever the levers have moved, and stand in tables that the rules of a customer's life read (``hazards``). Of
those that drive clocks, place 0 is now and place 1 was before the levers moved last, so that a running clock can go on.
"""

from __future__ import annotations

from numba import types

from ladsim.compiled import compiled, rule
from ladsim.model import access
from ladsim.model.hazards import BEFORE, NOW, probability
from ladsim.model.layout import MONTH, TIME
from ladsim.model.memory import number_at

_PER_MONTH = float(MONTH)
_, _set, _ = number_at(types.float64)
_, _mark, _ = number_at(types.uint8)


@rule
def set_step_number(m, when, group, s, value):  # type: ignore[no-untyped-def]
    """Set a group's hazard or probability of a step."""
    _set(m.at_step_number, (when * m.groups + group) * m.steps + s, value)


@rule
def set_order_rate(m, when, group, r, value):  # type: ignore[no-untyped-def]
    """Set a group's orders a unit of time on a rung."""
    _set(m.at_order_rate, (when * m.groups + group) * m.rungs + r, value)


@rule
def set_message_rate(m, when, layer, group, r, value):  # type: ignore[no-untyped-def]
    """Set a group's messages a unit of time in a layer on a rung."""
    _set(m.at_message_rate, ((when * m.layers + layer) * m.groups + group) * m.rungs + r, value)


@rule
def mark_changed(m, group, r, is_changed):  # type: ignore[no-untyped-def]
    """Note whether clocks of a group on a rung run otherwise now than before."""
    _mark(m.at_changed, group * m.rungs + r, is_changed)


@rule
def work_out_rung(m, group, r):  # type: ignore[no-untyped-def]
    """Work out what holds on a rung for a group."""
    segment = group % m.segments
    rung, own, lever = access.rung(m, r), access.segment_factors(m, segment, r), access.lever_factors(m, group, r)
    place = group * m.rungs + r
    rate = rung.orders * own.orders * lever.orders / _PER_MONTH
    set_order_rate(m, NOW, group, r, rate)
    _set(m.at_basket_factor, place, rung.basket * own.basket * lever.basket)
    _set(m.at_cost_rate, place, rung.cost * own.cost * lever.cost)
    _set(m.at_quality, place, rung.quality + own.quality + lever.quality)
    _set(m.at_price, place, own.price * lever.price)
    _set(m.at_points, place, own.points * lever.points)
    is_changed = rate != access.order_rate(m, BEFORE, group, r)
    for layer in range(m.layers):
        rate = access.talk(m, layer, r) * own.messages * lever.messages / _PER_MONTH
        set_message_rate(m, NOW, layer, group, r, rate)
        is_changed = is_changed or rate != access.message_rate(m, BEFORE, layer, group, r)
    mark_changed(m, group, r, is_changed)


@rule
def work_out_step(m, group, s):  # type: ignore[no-untyped-def]
    """Work out a step's hazard or probability for a group."""
    step = access.step(m, s)
    factor = access.segment_step(m, group % m.segments, s) * access.lever_step(m, group, s)
    if step.trigger == TIME:
        hazard = step.number * factor / _PER_MONTH
        set_step_number(m, NOW, group, s, hazard)
        if hazard != access.step_number(m, BEFORE, group, s):
            mark_changed(m, group, step.origin, True)
    else:
        set_step_number(m, NOW, group, s, factor if step.beta else probability(step.number, factor))


@rule
def work_out(m):  # type: ignore[no-untyped-def]
    """Fill the tables, and note where clocks run otherwise than before."""
    for group in range(m.groups):
        for r in range(m.rungs):
            work_out_rung(m, group, r)
        for s in range(m.steps):
            work_out_step(m, group, s)


@rule
def keep(m):  # type: ignore[no-untyped-def]
    """Note the rates with which clocks have run until now."""
    for group in range(m.groups):
        for s in range(m.steps):
            set_step_number(m, BEFORE, group, s, access.step_number(m, NOW, group, s))
        for r in range(m.rungs):
            set_order_rate(m, BEFORE, group, r, access.order_rate(m, NOW, group, r))
            for layer in range(m.layers):
                set_message_rate(m, BEFORE, layer, group, r, access.message_rate(m, NOW, layer, group, r))


@compiled
def work_out_rates(markets):  # type: ignore[no-untyped-def]
    """Work out the rates of a market whose levers stand as they do."""
    work_out(markets[0])
