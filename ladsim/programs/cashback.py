"""Cashback: a share of what is paid comes back, as credit on the next order or paid out at a minimum balance.

An order gives `share_of_order` of what was paid for it (after discounts and credit, VAT taken out). Without `minimum_balance` the
balance is taken off the next order, up to what that costs; it is booked as a discount. With one, the whole balance is paid out
after the order that brings it there, and is a cost. Either happens with `payout_probability`, else the balance stays for the next
order. With `expires_after_months` there is one date for the whole balance: so long after the member's last order it expires. Who
never returns costs nothing: what is never redeemed is breakage, what still may be is the liability. In amount units

    issued = redeemed + expired + outstanding.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import hook, rule
from ladsim.model import access
from ladsim.model.layout import M_EXPIRED, M_ISSUED, M_REDEEMED, M_REWARDS, NEVER, P_REWARDS
from ladsim.model.membership import add_points, count, span
from ladsim.model.money import book, whole

NUMBERS = ("share_of_order", "minimum_balance", "payout_probability", "expires_after_months")
SHARE, MINIMUM, PAYS_OUT, EXPIRES = range(4)
IN_MONEY = True


@rule
def takes(m, row, place):  # type: ignore[no-untyped-def]
    """Whether the member takes its balance this time."""
    own = access.member(m, row, place)
    number = np.uint64(own.number)
    own.number += 1
    u = streams.uniform(access.key(m, row), access.program(m, place).word, streams.PROGRAM, number, 0)
    return u < access.number(m, place, PAYS_OUT)


@rule
def redeem(m, row, place, t, amount):  # type: ignore[no-untyped-def]
    """Take an amount from the balance."""
    add_points(m, row, place, t, M_REDEEMED, amount)
    count(m, place, t, M_REWARDS, 1)


@hook
def reduces(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """Credit of former orders, up to what this one costs."""
    m = access.market(address)
    own = access.member(m, row, place)
    credit = min(own.balance, np.int64(paid))
    if access.number(m, place, MINIMUM) > 0.0 or own.level == 0 or credit <= 0 or not takes(m, row, place):
        return 0.0
    redeem(m, row, place, t, credit)
    return np.float64(credit)


@hook
def ordered(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """What this order gives back, and the payout once there is enough."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.level == 0:
        return 0.0
    back = whole(access.number(m, place, SHARE) * paid)
    if back > 0:
        add_points(m, row, place, t, M_ISSUED, back)
    minimum = access.number(m, place, MINIMUM)
    least = max(whole(m.unit * minimum / (1.0 + m.vat)), np.int64(1))
    if minimum > 0.0 and least <= own.balance and takes(m, row, place):
        book(m, row, t, access.program(m, place).cause + P_REWARDS, -own.balance, t)
        redeem(m, row, place, t, own.balance)
    if access.number(m, place, EXPIRES) > 0.0:
        own.due = t + span(access.number(m, place, EXPIRES))
    return 0.0


@hook
def dated(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Too long without an order: the balance expires."""
    m = access.market(address)
    own = access.member(m, row, place)
    own.due = NEVER
    if own.balance > 0:
        add_points(m, row, place, t, M_EXPIRED, own.balance)
    return 0.0
