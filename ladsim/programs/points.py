"""Points: so many per unit of currency or per order; a reward at a threshold.

An order gives `points_per_unit` for each unit paid and `points_per_order`, times what campaigns make of points. When the balance
reaches `reward_at`, the member takes its rewards with `redemption_probability` at each order from then on; it costs `reward_cost`.
Orders come faster towards a reward: their rate is multiplied by 1 + `pressure` · progress^`pressure_power` (goal gradient; Kivetz,
Urminsky & Zheng 2006), and by 1 + `lift_after_reward` for `lift_months` after one (rewarded behaviour; Taylor & Neslin 2005).
`endowed_points` are given on joining (endowed progress; Nunes & Drèze 2006). The balance is in thousandths of a point.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import hook, rule
from ladsim.model import access
from ladsim.model.layout import M_ISSUED, M_REDEEMED, M_REWARDS, MONTH, NEVER, P_REWARDS
from ladsim.model.membership import add_points, count
from ladsim.model.money import book, whole

NUMBERS = (
    "points_per_unit", "points_per_order", "reward_at", "reward_cost", "redemption_probability", "pressure", "pressure_power",
    "endowed_points", "lift_after_reward", "lift_months",
)  # fmt: skip
PER_UNIT, PER_ORDER, REWARD_AT, REWARD_COST, REDEEMS, PRESSURE, POWER, ENDOWED, LIFT, LIFT_MONTHS = range(10)
_THOUSAND = 1000.0
_LIFTED = 1  # state of who has had a reward not long ago


@rule
def pull(m, row, place):  # type: ignore[no-untyped-def]
    """What progress towards a reward, and a reward not long ago, make of the rate of orders."""
    own = access.member(m, row, place)
    factor = 1.0
    if access.number(m, place, PRESSURE) > 0.0:
        progress = np.float64(own.balance) / (_THOUSAND * access.number(m, place, REWARD_AT))
        progress = min(max(progress, 0.0), 1.0)
        if progress > 0.0:
            factor = 1.0 + access.number(m, place, PRESSURE) * streams.power(progress, access.number(m, place, POWER))
    if own.state == _LIFTED:
        factor *= 1.0 + access.number(m, place, LIFT)
    own.orders = factor


@rule
def redeem(m, row, place, t, price):  # type: ignore[no-untyped-def]
    """Take all rewards that there are points for, if the member does."""
    own = access.member(m, row, place)
    number = np.uint64(own.number)
    own.number += 1
    u = streams.uniform(access.key(m, row), access.program(m, place).word, streams.PROGRAM, number, 0)
    if u >= access.number(m, place, REDEEMS):
        return
    rewards = own.balance // price
    add_points(m, row, place, t, M_REDEEMED, rewards * price)
    count(m, place, t, M_REWARDS, rewards)
    cost = m.unit * access.number(m, place, REWARD_COST)
    book(m, row, t, access.program(m, place).cause + P_REWARDS, -whole(np.float64(rewards) * cost), t)
    if access.number(m, place, LIFT) > 0.0:
        own.state = _LIFTED
        own.due = t + max(np.int64(np.rint(access.number(m, place, LIFT_MONTHS) * np.float64(MONTH))), np.int64(1))


@hook
def joined(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Points given on joining."""
    m = access.market(address)
    points = whole(_THOUSAND * access.number(m, place, ENDOWED))
    if points > 0:
        add_points(m, row, place, t, M_ISSUED, points)
    pull(m, row, place)
    return 0.0


@hook
def ordered(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """Points for an order, and the reward once there are enough."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.level == 0:
        return 0.0
    factor = access.points(m, access.group(m, row), access.head(m, row).rung)
    earned = paid / m.unit * access.number(m, place, PER_UNIT) + access.number(m, place, PER_ORDER)
    points = whole(_THOUSAND * factor * earned)
    if points > 0:
        add_points(m, row, place, t, M_ISSUED, points)
    price = whole(_THOUSAND * access.number(m, place, REWARD_AT))
    if own.balance >= price:
        redeem(m, row, place, t, price)
    pull(m, row, place)
    return 0.0


@hook
def dated(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """The lift after a reward is over."""
    m = access.market(address)
    own = access.member(m, row, place)
    own.state = 0
    own.due = NEVER
    pull(m, row, place)
    return 0.0
