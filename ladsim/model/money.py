"""Money: every amount is booked once, as a whole number, to a cause.

Amounts are rounded half to even once, when they are booked, so a sum never depends on its order. A payment that grows with time
(serving a customer) is booked on leaving a rung, at month starts and at the horizon, and stands in the daily books at the middle
of the interval it pays for. A month start is caught up with at the customer's next event, so nobody must be looked at for it.

Nothing wraps around silently: the sum of all amounts, signs aside, is counted too. What would take it to `MOST_MONEY` is not booked
and leaves the mark there for the engine to find.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import compiled, rule
from ladsim.model import access
from ladsim.model.layout import (
    C_ENTRY_COST,
    C_GOODS,
    C_HANDLING,
    C_REVENUE,
    C_RUNG_COST,
    E_BOOK,
    E_ORDER,
    GAMMA,
    LOGNORMAL,
    MONTH,
    MOST_MONEY,
    NOBODY_ID,
    TICK,
)

_PER_MONTH = float(MONTH)
_MOST = float(MOST_MONEY)


@compiled
def month_of(t):  # type: ignore[no-untyped-def]
    """The month (k−1, k] that holds `t`; 0 is the start itself."""
    return np.int64(np.uint64(t + MONTH - 1) // np.uint64(MONTH))


@compiled
def day_of(t):  # type: ignore[no-untyped-def]
    """The tick (T−1, T] that holds `t`; 0 is the start itself."""
    return (t + TICK - 1) // TICK


@rule
def note(m, row, t, event, origin, to, cause, other, amount):  # type: ignore[no-untyped-def]
    """Write a row of the log, where one is kept for this customer; its sequence number counts on wherever there is a log."""
    if m.log:
        own = access.sequence(m, row)
        if m.at_followed == 0 or access.followed(m, row):
            line = access.next_log_row(m)
            line.time = t
            line.customer = access.identity(m, row)
            line.sequence = own.sequence
            line.event = event
            line.origin = origin
            line.to = to
            line.cause = cause
            line.other = other
            line.amount = amount
        own.sequence += 1


@rule
def whole(value):  # type: ignore[no-untyped-def]
    """An amount rounded half to even; `MOST_MONEY` where it is no number, or too large to be counted."""
    if not abs(value) < _MOST:
        return np.int64(MOST_MONEY)
    return np.int64(np.rint(value))


@rule
def book(m, row, t, cause, amount, middle):  # type: ignore[no-untyped-def]
    """Book an amount (costs negative) at `t`; the daily books have it at `middle`."""
    if amount == 0:
        return
    if abs(amount) >= MOST_MONEY - m.moved:
        m.moved = MOST_MONEY
        return
    m.moved += abs(amount)
    c = access.head(m, row)
    access.add_money(m, month_of(t), cause, c.segment, c.rung, amount)
    access.add_daily(m, day_of(middle), cause, amount)
    if m.part_outcome >= 0:
        outcome = access.outcome(m, row)
        if cause == C_REVENUE:
            outcome.revenue += amount
        if cause <= C_HANDLING:
            outcome.contribution += amount
        else:
            outcome.cost += amount
    if m.log:
        note(m, row, t, E_BOOK, c.rung, c.rung, cause, np.uint64(NOBODY_ID), amount)


@rule
def pay(m, row, t):  # type: ignore[no-untyped-def]
    """Book the cost of serving this customer from when it was last booked to `t`."""
    own = access.costs(m, row)
    c = access.head(m, row)
    cost = access.cost_rate(m, c.segment, c.rung)
    if cost > 0.0 and t > own.paid_until:
        amount = whole(cost * (np.float64(t - own.paid_until) / _PER_MONTH))
        book(m, row, t, C_RUNG_COST, -amount, own.paid_until + (t - own.paid_until) // 2)
    own.paid_until = t


@rule
def catch_up(m, row, t):  # type: ignore[no-untyped-def]
    """Book the cost of serving this customer at the month starts that have passed before `t`."""
    if m.part_costs >= 0:
        own = access.costs(m, row)
        start = (own.paid_until // MONTH + 1) * MONTH
        while start < t:
            pay(m, row, start)
            start += MONTH


@compiled
def accrue(m, row, t):  # type: ignore[no-untyped-def]
    """Book the cost of serving this customer up to `t`, month by month."""
    if m.part_costs >= 0:
        catch_up(m, row, t)
        pay(m, row, t)


@rule
def basket(m, row, number, kind):  # type: ignore[no-untyped-def]
    """What this customer's next order is worth, VAT taken out, not yet rounded."""
    c = access.head(m, row)
    value = m.basket_mean
    if m.basket_law == LOGNORMAL:
        z = streams.normal(streams.uniform(access.key(m, row), streams.NO_WORD, streams.BASKET, number, 0))
        value = value * streams.exp(m.basket_spread * z - 0.5 * m.basket_spread * m.basket_spread)
    elif m.basket_law == GAMMA:
        value = value * streams.gamma_factor(access.key(m, row), streams.NO_WORD, streams.BASKET, number, m.basket_shape)
    if kind >= 0:
        value = value * access.kind(m, kind).basket
    value = value * access.basket_factor(m, c.segment, c.rung)
    if m.basket_trait >= 0:
        value = value * access.trait(m, row, m.basket_trait)
    return value / (1.0 + m.vat)


@rule
def order_kind(m, row, number):  # type: ignore[no-untyped-def]
    """Kind of this customer's next order, −1 where the scenario has none."""
    kinds = m.kinds
    if kinds == 0:
        return -1
    u = streams.uniform(access.key(m, row), streams.NO_WORD, streams.ORDER_KIND, number, 0)
    for kind in range(kinds - 1):
        if u < access.kind(m, kind).until:
            return kind
    return kinds - 1


@rule
def book_order(m, row, t):  # type: ignore[no-untyped-def]
    """Book an order on the rung the customer stands on; its first one makes it a customer."""
    c = access.head(m, row)
    orders = access.orders(m, row)
    number = np.uint64(orders.booked)
    kind = order_kind(m, row, number)
    value = basket(m, row, number, kind)
    revenue = whole(value)
    contribution = whole(value * m.margin)
    month = month_of(t)
    access.count_order(m, month, c.segment, c.rung)
    if kind >= 0:
        access.count_kind(m, month, kind)
    orders.booked += 1
    if m.log:
        note(m, row, t, E_ORDER, c.rung, c.rung, kind, np.uint64(NOBODY_ID), revenue)
    become_customer(m, row, t)
    if orders.bought != month + 1:
        orders.bought = month + 1
        access.count_buyer(m, month, np.int64(c.cohort) - 1)
    book(m, row, t, C_REVENUE, revenue, t)
    book(m, row, t, C_GOODS, contribution - revenue, t)
    book(m, row, t, C_HANDLING, -m.handling, t)


@rule
def become_customer(m, row, t):  # type: ignore[no-untyped-def]
    """Count a new customer, the first time: those who start as one are not new."""
    c = access.head(m, row)
    if c.cohort > 0:
        return
    month = month_of(t)
    c.cohort = month + 1
    access.count_cohort(m, month, month, c.rung, 1)
    if t > 0:
        access.count_newcomer(m, month, c.segment, 0)
        if m.part_talk >= 0 and access.talking(m, row).referrer >= 0:
            c.referred = 1
            access.count_newcomer(m, month, c.segment, 1)


@rule
def book_entry(m, row, t):  # type: ignore[no-untyped-def]
    """Book the cost of entering the rung the customer stands on."""
    book(m, row, t, C_ENTRY_COST, -access.rung(m, access.head(m, row).rung).entry_cost, t)
