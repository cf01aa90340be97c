"""What a customer's own state makes of its rates: programmes it belongs to, and how satisfied it is.

A factor is a product, in one order: programme after programme (its level's factor, then the member's own), then satisfaction. The
order matters for the last bit.
"""

from __future__ import annotations

from ladsim.compiled import rule
from ladsim.model import access
from ladsim.model.satisfaction import feeling, is_detractor


@rule
def step_factor(m, row, step):  # type: ignore[no-untyped-def]
    """On the hazard of a step, or on −ln(1 − p)."""
    factor = 1.0
    for place in range(m.programs):
        factor *= access.level_step(m, access.level_of(m, row, place), step)
    return factor * feeling(m, row, access.step(m, step).feeling)


@rule
def orders_factor(m, row, rung):  # type: ignore[no-untyped-def]
    """On orders."""
    factor = 1.0
    for place in range(m.programs):
        factor *= access.level_factors(m, access.level_of(m, row, place), rung).orders * access.member(m, row, place).orders
    return factor * feeling(m, row, m.feeling_orders)


@rule
def basket_factor(m, row, rung):  # type: ignore[no-untyped-def]
    """On the basket."""
    factor = 1.0
    for place in range(m.programs):
        factor *= access.level_factors(m, access.level_of(m, row, place), rung).basket
    return factor * feeling(m, row, m.feeling_basket)


@rule
def messages_factor(m, row, rung, layer):  # type: ignore[no-untyped-def]
    """On messages in a layer: detractors may speak more often."""
    factor = 1.0
    for place in range(m.programs):
        factor *= access.level_factors(m, access.level_of(m, row, place), rung).messages
    if is_detractor(m, row):
        factor *= access.layer(m, layer).detractor
    return factor


@rule
def price_factor(m, row, rung):  # type: ignore[no-untyped-def]
    """On the price."""
    factor = 1.0
    for place in range(m.programs):
        factor *= access.level_factors(m, access.level_of(m, row, place), rung).price
    return factor
