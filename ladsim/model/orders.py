"""An order: what it is worth, what is booked, whom it makes a customer.

Basket and price by the old state, then the bookings, then what programmes make of it, then the experience. A reduction (a discount,
a credit) lowers what is paid, and is booked to its programme; goods cost what they cost before the price changed.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import access, tallies
from ladsim.model.layout import (
    C_GOODS,
    C_HANDLING,
    C_REVENUE,
    E_ORDER,
    GAMMA,
    IN_GOODS,
    IN_REVENUE,
    LOGNORMAL,
    M_ACTIVE,
    M_ORDERS,
    M_REVENUE,
    NOBODY_ID,
    P_DISCOUNTS,
)
from ladsim.model.membership import ask, change_levels, count, foresee_levels
from ladsim.model.money import book, month_of, note, whole
from ladsim.model.personal import basket_factor, price_factor
from ladsim.model.prepaid import covers, end_contract, sell
from ladsim.model.returns import book_return, kept_share, live_through_return
from ladsim.model.satisfaction import experience
from ladsim.model.standing import BUYERS, FIRST_BACK, REFERRED, RETURNED, cohort_of, has, is_to_be_won, put, set_cohort
from ladsim.model.word_of_mouth import send_news


@rule
def basket(m, row, number, kind):  # type: ignore[no-untyped-def]
    """What this customer's next order is worth at the first price, VAT taken out, not yet rounded."""
    c = access.head(m, row)
    value = m.basket_mean
    if m.basket_law == LOGNORMAL:
        z = streams.normal(streams.uniform(access.key(m, row), streams.NO_WORD, streams.BASKET, number, 0))
        value = value * streams.exp(m.basket_spread * z - 0.5 * m.basket_spread * m.basket_spread)
    elif m.basket_law == GAMMA:
        value = value * streams.gamma_factor(access.key(m, row), streams.NO_WORD, streams.BASKET, number, m.basket_shape)
    if kind >= 0:
        value = value * access.kind(m, kind).basket
    value = value * access.basket_factor(m, access.group(m, row), c.rung)
    if m.basket_trait >= 0:
        value = value * access.trait(m, row, m.basket_trait)
    if m.personal:
        value = value * basket_factor(m, row, c.rung)
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
def book_order(m, row, t, step):  # type: ignore[no-untyped-def]
    """Book an order on the rung the customer stands on, that of a step or none (−1); its first one makes it a customer.

    Gives the share of it that is kept.
    """
    if covers(m, step) > 0:
        end_contract(m, row, t)
    c = access.head(m, row)
    orders = access.orders(m, row)
    number = np.uint64(orders.booked)
    kind = order_kind(m, row, number)
    value = basket(m, row, number, kind)
    price = access.price(m, access.group(m, row), c.rung)
    if m.personal:
        price = price * price_factor(m, row, c.rung)
    kept = kept_share(m, row, number, kind)
    revenue = whole(value * price)
    goods = whole(value * m.margin) - whole(value)
    month = month_of(t)
    tallies.count_order(m, month, c.segment, c.rung)
    if kind >= 0:
        tallies.count_kind(m, month, kind)
    orders.booked += 1
    if m.log:
        note(m, row, t, E_ORDER, c.rung, c.rung, kind, np.uint64(NOBODY_ID), revenue)
    become_customer(m, row, t, kept > 0.0)
    if kept > 0.0 and m.part_kept >= 0:
        keep(m, row, t)
    is_first = orders.bought != month + 1
    if is_first:
        orders.bought = month + 1
        if cohort_of(m, row) >= 0:
            tallies.count_buyer(m, month, cohort_of(m, row))
        else:
            tallies.count_return(m, month, c.segment, BUYERS)
    sell(m, row, t, step, C_REVENUE, m.contract + IN_REVENUE, revenue)
    sell(m, row, t, step, C_GOODS, m.contract + IN_GOODS, goods)
    book(m, row, t, C_HANDLING, -m.handling, t)
    if kept < 1.0:
        book_return(m, row, t, step, value * price, goods, kept)
    if m.programs > 0:
        reward(m, row, t, step, value * price, is_first, kept)
    experience(m, row, t, streams.NO_WORD, number)
    live_through_return(m, row, t, kept)
    return kept


@rule
def next_kept_share(m, row):  # type: ignore[no-untyped-def]
    """The share that will be kept of this customer's next order, if it comes on the rung where it stands."""
    number = np.uint64(access.orders(m, row).booked)
    return kept_share(m, row, number, order_kind(m, row, number))


@rule
def keep(m, row, t):  # type: ignore[no-untyped-def]
    """Count an order of which something is kept; who referred a customer whose orders all came back until now hears of it."""
    own = access.kept_orders(m, row)
    own.orders += 1
    if own.waits:
        own.waits = 0
        report_newcomer(m, row, t, np.int64(access.talking(m, row).referrer))


@rule
def taken_off(m, row, t, step, place, hook, paid, kept):  # type: ignore[no-untyped-def]
    """What a programme takes off an order of `paid`, at most all of it; what is kept of it is booked, the rest goes back to the customer."""
    off = 0.0
    if hook != 0 and paid > 0.0:
        off = min(ask(m, row, place, hook, t, paid), paid)
        if off > 0.0:
            sell(m, row, t, step, access.program(m, place).cause + P_DISCOUNTS, m.contract_discounts + place, -whole(off * kept))
        else:
            off = 0.0
    if kept < 1.0:
        ask(m, row, place, access.program(m, place).on_return, t, np.float64(whole(off) - whole(off * kept)))
    return off


@rule
def reward(m, row, t, step, value, is_first, kept):  # type: ignore[no-untyped-def]
    """What programmes take off an order, and what they give for it.

    What they take off is judged by the whole order, and goes back with the part that comes back; what they give is for what is kept.
    """
    m.kept = kept
    m.order_value = value
    m.points_used = 0
    paid = value
    for place in range(m.programs):
        program = access.program(m, place)
        if program.credit_of == 0:
            paid -= taken_off(m, row, t, step, place, program.discount_of, paid, kept)
    for place in range(m.programs):
        program = access.program(m, place)
        if program.credit_of != 0:
            paid -= taken_off(m, row, t, step, place, program.credit_of, paid, kept)
    m.order_paid = paid
    paid = paid * kept
    foresee_levels(m, row, t, paid, kept)
    for place in range(m.programs):
        program = access.program(m, place)
        if access.member(m, row, place).level > 0 and not program.manual:
            count(m, place, t, M_ORDERS, 1)
            count(m, place, t, M_REVENUE, whole(paid))
            if is_first:
                count(m, place, t, M_ACTIVE, 1)
        if kept > 0.0:
            ask(m, row, place, program.on_order, t, paid)
    change_levels(m, row, t)


@rule
def become_customer(m, row, t, keeps):  # type: ignore[no-untyped-def]
    """Count a new customer, the first time. Who had bought before the start is not new, and belongs to no cohort.

    Where the order that makes it one comes back as a whole (`keeps` false), who referred it hears of it at the first that does not.
    """
    c = access.head(m, row)
    month = month_of(t)
    if not is_to_be_won(m, row):
        if cohort_of(m, row) < 0 and not has(m, row, RETURNED):
            put(m, row, RETURNED, True)
            tallies.count_return(m, month, c.segment, FIRST_BACK)
        return
    set_cohort(m, row, month)
    tallies.count_cohort(m, month, month, c.rung, 1)
    if t > 0:
        tallies.count_newcomer(m, month, c.segment, 0)
        if m.part_talk >= 0 and access.talking(m, row).referrer >= 0:
            put(m, row, REFERRED, True)
            tallies.count_newcomer(m, month, c.segment, 1)
            if keeps:
                report_newcomer(m, row, t, np.int64(access.talking(m, row).referrer))
            else:
                access.kept_orders(m, row).waits = 1


@rule
def report_newcomer(m, row, t, referrer):  # type: ignore[no-untyped-def]
    """Let programmes know that a referred customer has come; one message goes to the referrer, however many reward it."""
    asked = False
    for place in range(m.programs):
        program = access.program(m, place)
        ask(m, row, place, program.on_convert, t, np.float64(referrer))
        asked = asked or program.on_referral != 0
    if asked:
        send_news(m, row, t, referrer)
