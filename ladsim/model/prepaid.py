"""What is paid in advance: a club's fee, an order that covers some time (a contract).

A payment of A for the time (s, s + k] has earned whole(A · (t − s) / k) by t: rounded once, from the whole A. At each booking date the
difference to what was earned before is booked (``money.earn``), so that the parts add up to A and no order matters. Booking dates are
those of serving costs: month starts, leaving, the horizon; and the end of the time itself, when the next payment comes. What is received is
noted as cash, in no sum; what is not yet earned is owed to the customer.

On leaving before the end the rest is earned then, or paid back where the payment's terms say so.
"""

from __future__ import annotations

from ladsim.compiled import rule
from ladsim.model import access, tallies
from ladsim.model.money import accrue, book, book_cash, earn, earned, month_of


@rule
def receive(m, row, t, slot, amount, since, until, refunds):  # type: ignore[no-untyped-def]
    """Take a payment at `t` for the time from `since`, at most `t`, until `until`; days that are over are earned at once."""
    end(m, row, t, slot)
    if since < t:
        accrue(m, row, t)
    paid = access.prepaid(m, row, slot)
    paid.amount = amount
    paid.since = since
    paid.until = until
    paid.refunds = refunds
    if access.payment(m, slot).is_owed:
        book_cash(m, row, t, slot, amount)
    if since < t:
        earn(m, row, slot, since, t)


@rule
def end(m, row, t, slot):  # type: ignore[no-untyped-def]
    """The time is over, or left early: what was not yet earned is earned now, or paid back."""
    earn(m, row, slot, access.costs(m, row).paid_until, t)
    paid = access.prepaid(m, row, slot)
    rest = paid.amount - earned(paid, t)
    if rest != 0 and paid.refunds:
        if access.payment(m, slot).is_owed:
            book_cash(m, row, t, slot, -rest)
    elif rest != 0:
        book(m, row, t, access.payment(m, slot).cause, rest, t)
        if access.payment(m, slot).is_owed:
            tallies.add_prepaid(m, month_of(t), slot, -rest)
    paid.amount = 0


@rule
def end_contract(m, row, t):  # type: ignore[no-untyped-def]
    """Leave the rung that an order in advance was for."""
    if m.contract >= 0:
        for slot in range(m.contract, m.payments):
            end(m, row, t, slot)


@rule
def covers(m, step):  # type: ignore[no-untyped-def]
    """For how long the order of a step is paid in advance; 0: it is earned at once, as all orders without a step (−1)."""
    return access.step(m, step).covers if step >= 0 else 0


@rule
def sell(m, row, t, step, cause, slot, amount):  # type: ignore[no-untyped-def]
    """Book a part of an order: at once, or over the time that its step covers (`slot`: which of what is paid in advance)."""
    time = covers(m, step)
    if time == 0:
        book(m, row, t, cause, amount, t)
    else:
        receive(m, row, t, slot, amount, t, t + time, access.step(m, step).refunds)
