"""Engagement: a stock that fades when nothing is done.

Each group on each rung has a stock, 1 at the start. A month takes `fades` of it; effects on engagement add to it, at their
strength, month by month. Orders go by exp(β·(stock − 1)), leaving by another β. It is the climate of a rung, and no customer's own: who
changes the rung finds that rung's. Left alone it is (1 − f)^k after k months; an effect e at full strength holds it at e / f.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import plan_access
from ladsim.model.fatigue import multiply_leaving
from ladsim.model.layout import MONTH
from ladsim.model.records import FACTORS

_PER_MONTH = float(MONTH)
_ORDERS = (FACTORS.names or ()).index("orders")


@rule
def follow(m, t):  # type: ignore[no-untyped-def]
    """Go on to `t`; at a month start what the month has taken and added counts."""
    plan = plan_access.plan(m)
    months = np.float64(t - plan.since) / _PER_MONTH
    plan.since = t
    is_counted = t % MONTH == 0 and t > plan.counted
    if is_counted:
        plan.counted = t
    for group in range(m.groups):
        for r in range(m.rungs):
            grown = plan_access.grown(m, group, r) + plan_access.growth(m, group, r) * months
            if is_counted:
                stock = (1.0 - plan.fades) * plan_access.engagement(m, group, r) + grown
                plan_access.set_engagement(m, group, r, 0.0 if stock < 0.0 else stock)
                grown = 0.0
            plan_access.set_grown(m, group, r, grown)
            plan_access.set_growth(m, group, r, 0.0)  # effects add to it anew


@rule
def apply(m):  # type: ignore[no-untyped-def]
    """Multiply what the stock does into the factors of orders and leaving."""
    plan = plan_access.plan(m)
    for group in range(m.groups):
        for r in range(m.rungs):
            above = plan_access.engagement(m, group, r) - 1.0
            if plan.engaged_orders != 0.0:
                factor = plan_access.factor(m, group, r, _ORDERS) * streams.exp(plan.engaged_orders * above)
                plan_access.set_factor(m, group, r, _ORDERS, factor)
            if plan.engaged_leaving != 0.0:
                multiply_leaving(m, group, r, streams.exp(plan.engaged_leaving * above))
