"""Money: every amount is booked once, as a whole number, to a cause.

Amounts are rounded half to even once, when they are booked, so a sum never depends on its order. A payment that grows with time
(serving a customer) is booked on leaving a rung, at month starts and at the horizon, and stands in the daily books at the middle
of the interval it pays for.

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
    return (t + MONTH - 1) // MONTH


@compiled
def day_of(t):  # type: ignore[no-untyped-def]
    """The tick (T−1, T] that holds `t`; 0 is the start itself."""
    return (t + TICK - 1) // TICK


@rule
def note(m, row, t, event, origin, to, cause, other, amount):  # type: ignore[no-untyped-def]
    """Write a row of the log, where one is kept; the customer's sequence number counts on either way."""
    c = access.customer(m, row)
    if m.log:
        line = access.next_log_row(m)
        line.time = t
        line.customer = c.id
        line.sequence = c.sequence
        line.event = event
        line.origin = origin
        line.to = to
        line.cause = cause
        line.other = other
        line.amount = amount
    c.sequence += 1


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
    c = access.customer(m, row)
    access.add_money(m, month_of(t), cause, c.segment, c.rung, amount)
    access.add_daily(m, day_of(middle), cause, amount)
    if cause == C_REVENUE:
        c.revenue += amount
    if cause <= C_HANDLING:
        c.contribution += amount
    else:
        c.cost += amount
    note(m, row, t, E_BOOK, c.rung, c.rung, cause, NOBODY_ID, amount)


@compiled
def accrue(m, row, t):  # type: ignore[no-untyped-def]
    """Book the cost of serving this customer since it was last booked."""
    c = access.customer(m, row)
    cost = access.rung(m, c.rung).cost
    if cost > 0.0 and t > c.paid_until:
        cost = cost * access.segment_factors(m, c.segment, c.rung).cost
        cost = cost * access.lever_factors(m, c.segment, c.rung).cost
        amount = whole(cost * (np.float64(t - c.paid_until) / _PER_MONTH))
        book(m, row, t, C_RUNG_COST, -amount, c.paid_until + (t - c.paid_until) // 2)
    c.paid_until = t


@rule
def basket(m, row, kind):  # type: ignore[no-untyped-def]
    """What this customer's next order is worth, VAT taken out, not yet rounded."""
    c = access.customer(m, row)
    value = m.basket_mean
    number = np.uint64(c.booked)
    if m.basket_law == LOGNORMAL:
        z = streams.normal(streams.uniform(c.key, streams.NO_WORD, streams.BASKET, number, 0))
        value = value * streams.exp(m.basket_spread * z - 0.5 * m.basket_spread * m.basket_spread)
    elif m.basket_law == GAMMA:
        value = value * streams.gamma_factor(c.key, streams.NO_WORD, streams.BASKET, number, m.basket_shape)
    if kind >= 0:
        value = value * access.kind(m, kind).basket
    value = value * access.rung(m, c.rung).basket
    if m.basket_trait >= 0:
        value = value * access.trait(m, row, m.basket_trait)
    value = value * access.segment_factors(m, c.segment, c.rung).basket
    value = value * access.lever_factors(m, c.segment, c.rung).basket
    return value / (1.0 + m.vat)


@rule
def order_kind(m, row):  # type: ignore[no-untyped-def]
    """Kind of this customer's next order, −1 where the scenario has none."""
    kinds = m.kinds
    if kinds == 0:
        return -1
    c = access.customer(m, row)
    u = streams.uniform(c.key, streams.NO_WORD, streams.ORDER_KIND, np.uint64(c.booked), 0)
    for kind in range(kinds - 1):
        if u < access.kind(m, kind).until:
            return kind
    return kinds - 1


@rule
def book_order(m, row, t):  # type: ignore[no-untyped-def]
    """Book an order on the rung the customer stands on; its first one makes it a customer."""
    c = access.customer(m, row)
    kind = order_kind(m, row)
    value = basket(m, row, kind)
    revenue = whole(value)
    contribution = whole(value * m.margin)
    access.count_order(m, month_of(t), c.segment, c.rung)
    if kind >= 0:
        access.count_kind(m, month_of(t), kind)
    c.booked += 1
    note(m, row, t, E_ORDER, c.rung, c.rung, kind, NOBODY_ID, revenue)
    if c.first_order < 0:
        c.first_order = t
    become_customer(m, row, t)
    month = month_of(t)
    if c.bought_month != month + 1:
        c.bought_month = month + 1
        access.count_buyer(m, month, month_of(c.customer_since))
    book(m, row, t, C_REVENUE, revenue, t)
    book(m, row, t, C_GOODS, contribution - revenue, t)
    book(m, row, t, C_HANDLING, -m.handling, t)


@rule
def become_customer(m, row, t):  # type: ignore[no-untyped-def]
    """Count a new customer, the first time: those who start as one are not new."""
    c = access.customer(m, row)
    if c.customer_since >= 0:
        return
    c.customer_since = t
    access.count_cohort(m, month_of(t), c.rung, 1)
    if t > 0:
        access.count_newcomer(m, month_of(t), c.segment, 0)
        if c.referrer >= 0:
            c.referred = 1
            access.count_newcomer(m, month_of(t), c.segment, 1)


@rule
def book_entry(m, row, t):  # type: ignore[no-untyped-def]
    """Book the cost of entering the rung the customer stands on."""
    book(m, row, t, C_ENTRY_COST, -access.rung(m, access.customer(m, row).rung).entry_cost, t)
