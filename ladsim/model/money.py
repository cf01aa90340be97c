"""Money: every amount is booked once, as a whole number, to a cause.

Amounts are rounded half to even once, when they are booked, so a sum never depends on its order. A payment that grows with time
(serving a customer) is booked on leaving a rung, at month starts and at the horizon, and stands in the daily books at the middle
of the interval it pays for. A month start is caught up with at the customer's next event, so nobody must be looked at for it.
What is paid in advance is earned in the same way (``model.prepaid``); when it is received it is cash, which is in no sum.

Nothing wraps around silently: the sum of all amounts, signs aside, is counted too. What would take it to `MOST_MONEY` is not booked
and leaves the mark there for the engine to find.
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import rule
from ladsim.model import access, tallies
from ladsim.model.layout import (
    C_ENTRY_COST,
    C_RUNG_COST,
    E_BOOK,
    E_CASH,
    K_COST,
    K_REVENUE,
    MONTH,
    MOST_MONEY,
    NOBODY_ID,
    P_RUNNING,
    TICK,
    TICKS_PER_MONTH,
)

_PER_MONTH = float(MONTH)
_MOST = float(MOST_MONEY)
_FINEST = 1e6  # parts of a thousandth of a point that are told apart
_FINE = 1e9  # thousandths below which they can be


@rule
def month_of(t):  # type: ignore[no-untyped-def]
    """The month (k−1, k] that holds `t`; 0 is the start itself.

    By ticks, of which a run has fewer than 2^32: numbers of 32 bits are divided by one multiplication of 64, others take four.
    """
    return np.int64(np.uint32((t + MONTH - 1) // TICK) // np.uint32(TICKS_PER_MONTH))


@rule
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
def units(m, amount):  # type: ignore[no-untyped-def]
    """An amount of currency in amount units: what a threshold is compared as."""
    return whole(m.unit * amount)


@rule
def seen(m, paid):  # type: ignore[no-untyped-def]
    """What the customer sees of an amount that is without VAT: with it, in amount units. Sums of these meet thresholds exactly."""
    return whole(paid * (1.0 + m.vat))


@rule
def thousandths(points):  # type: ignore[no-untyped-def]
    """Points in thousandths, rounded half to even once; a half that binary fractions have missed is one all the same."""
    value = 1000.0 * points
    if abs(value) < _FINE:
        value = np.rint(value * _FINEST) / _FINEST
    return whole(value)


@rule
def can_move(m, amount):  # type: ignore[no-untyped-def]
    """Count an amount (or thousandths of points) among all that has moved; where that is more than can be counted, the run ends."""
    if abs(amount) >= MOST_MONEY - m.moved:
        m.moved = MOST_MONEY
        return False
    m.moved += abs(amount)
    return True


@rule
def book(m, row, t, cause, amount, middle):  # type: ignore[no-untyped-def]
    """Book an amount (costs negative) at `t`; the daily books have it at `middle`."""
    if amount == 0 or not can_move(m, amount):
        return
    c = access.head(m, row)
    tallies.add_money(m, month_of(t), cause, c.segment, c.rung, amount)
    tallies.add_daily(m, day_of(middle), cause, amount)
    if m.part_outcome >= 0:
        outcome = access.outcome(m, row)
        kind = access.cause_kind(m, cause)
        if kind == K_REVENUE:
            outcome.revenue += amount
        if kind == K_COST:
            outcome.cost += amount
        else:
            outcome.contribution += amount
    if m.log:
        note(m, row, t, E_BOOK, c.rung, c.rung, cause, np.uint64(NOBODY_ID), amount)


@rule
def book_cash(m, row, t, slot, amount):  # type: ignore[no-untyped-def]
    """Note cash received in advance (paid back: negative): in no sum, and owed to the customer until it is earned."""
    if amount == 0 or not can_move(m, amount):
        return
    c = access.head(m, row)
    tallies.add_cash(m, month_of(t), slot, c.segment, c.rung, amount)
    tallies.add_prepaid(m, month_of(t), slot, amount)
    if m.log:
        note(m, row, t, E_CASH, c.rung, c.rung, access.payment(m, slot).cause, np.uint64(NOBODY_ID), amount)


@rule
def earned(paid, t):  # type: ignore[no-untyped-def]
    """What has been earned until `t` of a payment in advance: rounded once, from the whole amount, so that the parts add up to it."""
    if t <= paid.since:
        return np.int64(0)
    if t >= paid.until:
        return np.int64(paid.amount)
    return whole(np.float64(paid.amount) * np.float64(t - paid.since) / np.float64(paid.until - paid.since))


@rule
def earn(m, row, slot, since, t):  # type: ignore[no-untyped-def]
    """Book what a payment in advance has earned from `since`, when it was last booked, to `t`."""
    paid = access.prepaid(m, row, slot)
    if paid.amount == 0 or t <= paid.since:
        return
    amount = earned(paid, t) - earned(paid, since)
    first, last = max(since, paid.since), min(t, paid.until)
    # Days that a late payment earns at once may be of a month whose books are closed: the daily books have them in the month of `t`, too.
    middle = max(first + (last - first) // 2, (month_of(t) - 1) * MONTH + 1)
    book(m, row, t, access.payment(m, slot).cause, amount, middle)
    if access.payment(m, slot).is_owed:
        tallies.add_prepaid(m, month_of(t), slot, -amount)
    if t >= paid.until:
        paid.amount = 0


@rule
def pay_for(m, row, since, t, cause, cost):  # type: ignore[no-untyped-def]
    """Book a cost a month for the time from `since` to `t`."""
    if cost > 0.0 and t > since:
        amount = whole(cost * (np.float64(t - since) / _PER_MONTH))
        book(m, row, t, cause, -amount, since + (t - since) // 2)


@rule
def pay(m, row, t):  # type: ignore[no-untyped-def]
    """Book the cost of serving this customer from when it was last booked to `t`."""
    own = access.costs(m, row)
    since = own.paid_until
    cost = access.cost_rate(m, access.group(m, row), access.head(m, row).rung)
    pay_for(m, row, since, t, C_RUNG_COST, cost)
    for place in range(m.programs):
        program = access.program(m, place)
        cost = access.level_cost(m, access.level_of(m, row, place))
        pay_for(m, row, since, t, program.cause + P_RUNNING, cost)
    for slot in range(m.payments):
        earn(m, row, slot, since, t)
    own.paid_until = t


@rule
def costs_nothing(m, row):  # type: ignore[no-untyped-def]
    """Whether serving this customer costs nothing where it stands, and nothing that it has paid is still to be earned."""
    if access.cost_rate(m, access.group(m, row), access.head(m, row).rung) > 0.0:
        return False
    dearest = 0.0
    for place in range(m.programs):
        dearest = max(dearest, access.level_cost(m, access.level_of(m, row, place)))
    waits = False
    for slot in range(m.payments):
        waits = waits or access.prepaid(m, row, slot).amount != 0
    return dearest == 0.0 and not waits


@rule
def catch_up(m, row, t):  # type: ignore[no-untyped-def]
    """Book the cost of serving this customer at the month starts that have passed before `t`."""
    if m.part_costs >= 0:
        own = access.costs(m, row)
        start = (own.paid_until // MONTH + 1) * MONTH
        if start < t and costs_nothing(m, row):
            own.paid_until = start = t
        while start < t:
            pay(m, row, start)
            start += MONTH


@rule
def accrue(m, row, t):  # type: ignore[no-untyped-def]
    """Book the cost of serving this customer up to `t`, month by month."""
    if m.part_costs >= 0:
        if costs_nothing(m, row):
            access.costs(m, row).paid_until = t
        else:
            catch_up(m, row, t)
            pay(m, row, t)


@rule
def book_entry(m, row, t):  # type: ignore[no-untyped-def]
    """Book the cost of entering the rung the customer stands on."""
    book(m, row, t, C_ENTRY_COST, -access.rung(m, access.head(m, row).rung).entry_cost, t)
