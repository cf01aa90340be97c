"""The market's own money: spend, fixed costs, what it costs to have a programme.

An account grows with time and is booked as whole numbers whose sum is the rounded total, so equal budgets are equal to the last
unit. A rule that books answers whether it could: False once all of the market's money, signs aside, is more than can be counted
(as for customers' money in ``money``).
"""

from __future__ import annotations

import numpy as np

from ladsim.compiled import rule
from ladsim.model import access, plan_access, tallies
from ladsim.model.layout import E_BOOK, MONTH, MOST_MONEY, NOBODY_ID
from ladsim.model.money import day_of, month_of, whole

_PER_MONTH = float(MONTH)
_MOST = float(MOST_MONEY)
FIRST_CAMPAIGN = 1  # account 0 is that of fixed costs


@rule
def book(m, t, cause, amount, middle):  # type: ignore[no-untyped-def]
    """Book market-wide money at `t` (a cost is a positive `amount` here); the daily books have it at `middle`."""
    if amount == 0:
        return True
    plan = plan_access.plan(m)
    if abs(amount) >= MOST_MONEY - plan.moved:
        plan.moved = MOST_MONEY
        return False
    plan.moved += abs(amount)
    plan_access.add_money(m, month_of(t), cause, -amount)
    tallies.add_daily(m, day_of(middle), cause, -amount)
    if m.log:
        line = plan_access.next_booking(m)
        line.time = t
        line.customer = np.uint64(NOBODY_ID)
        line.other = np.uint64(NOBODY_ID)
        line.sequence = plan.booked
        line.event = E_BOOK
        line.cause = cause
        line.amount = -amount
    plan.booked += 1
    return True


@rule
def advance(m, number, t):  # type: ignore[no-untyped-def]
    """Book what an account has come to since it was last booked, at the middle of that time."""
    account = plan_access.account(m, number)
    passed = t - account.until
    middle = account.until + passed // 2
    account.total += account.rate * (np.float64(passed) / _PER_MONTH)
    if not abs(account.total) < _MOST:
        return False
    amount = np.int64(np.rint(account.total)) - account.booked
    account.booked += amount
    account.until = t
    return book(m, t, account.cause, amount, middle)


@rule
def keep_up(m, place, t):  # type: ignore[no-untyped-def]
    """Book what it has cost to have a programme, and set it up when it starts."""
    number = FIRST_CAMPAIGN + plan_access.plan(m).campaigns + place
    if not advance(m, number, t):
        return False
    program, upkeep, account = access.program(m, place), plan_access.upkeep(m, place), plan_access.account(m, number)
    account.rate = upkeep.monthly if program.starts <= t and t < program.ends else 0.0
    if t == program.starts and not upkeep.paid:  # a policy may come again at the same tick
        upkeep.paid = 1
        return book(m, t, account.cause, whole(upkeep.setup), t)
    return True


@rule
def accrue_all(m, t):  # type: ignore[no-untyped-def]
    """Book spend and fixed costs up to `t`."""
    is_counted = True
    for number in range(FIRST_CAMPAIGN + plan_access.plan(m).campaigns):
        is_counted = is_counted and advance(m, number, t)
    for place in range(m.programs):
        is_counted = is_counted and keep_up(m, place, t)
    return is_counted
