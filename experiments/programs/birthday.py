"""A programme of one's own: a gift on the customer's birthday, and more orders for a while after it.

Each member has a birthday (which, is luck for life). On it the gift is sent: it costs `gift_cost`, and for `lift_months` the member
orders (1 + `lift`) times as often. ``birthday.toml`` names this file; its options come from there, else from NUMBERS.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import hook, rule
from ladsim.model import access
from ladsim.model.layout import M_REWARDS, MONTH, P_REWARDS
from ladsim.model.membership import count
from ladsim.model.money import book, whole

NUMBERS = {"gift_cost": 8.0, "lift": 0.5, "lift_months": 1.0}
GIFT_COST, LIFT, LIFT_MONTHS = range(3)
YEAR = 12 * MONTH
LIFTED = 1  # state of whose birthday was not long ago


@rule
def next_birthday(m, row, place, t):  # type: ignore[no-untyped-def]
    """The first birthday after `t`."""
    u = streams.uniform(access.key(m, row), access.program(m, place).stream_id, streams.PROGRAM, 0, 0)
    day = np.int64(u * np.float64(YEAR))
    return t + YEAR - (t - day) % YEAR


@hook
def on_join(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Note the birthday."""
    m = access.market(address)
    access.member(m, row, place).due = next_birthday(m, row, place, t)
    return 0.0


@hook
def on_date(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """The birthday, or the end of its effect."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.state == LIFTED:
        own.state, own.orders = 0, 1.0
        own.due = next_birthday(m, row, place, t)
        return 0.0
    book(m, row, t, access.program(m, place).cause + P_REWARDS, -whole(m.unit * access.number(m, place, GIFT_COST)), t)
    count(m, place, t, M_REWARDS, 1)
    own.state, own.orders = LIFTED, 1.0 + access.number(m, place, LIFT)
    own.due = t + np.int64(access.number(m, place, LIFT_MONTHS) * np.float64(MONTH)) + 1
    return 0.0
