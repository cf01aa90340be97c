"""Membership of programmes: who joins, which level it has, and when a programme's own rules are called.

A programme is a row of ``Parameters.programs`` with up to thirteen rules of its own, its hooks, named by what they answer to and called by address:

=============  ======================================================================  =======================
hook           called                                                                  number in → out
=============  ======================================================================  =======================
`on_enter`     when a customer has entered a rung, member or not                       rung left → –
`on_join`      when somebody has become a member                                       – → –
`discount_of`  before an order is booked                                               basket → what comes off
`credit_of`    before an order is booked, after all discounts                          left to pay → what comes off
`level_after`  when it is known what is paid for an order                              what is paid → level that the customer then has
`on_order`     after an order is booked, unless all of it comes back                   what was paid and stays paid → –
`on_date`      on the date that the programme has set (`member.due`)                   – → –
`on_level`     when a customer's level in another programme has changed                place · 256 + old level → –
`on_convert`   when somebody who was referred has become a customer                    referrer's row → –
`on_referral`  at the referrer, a tick later                                           newcomer's row → –
`on_grant`     when another of the customer's programmes gives points, or months free  how many → how many it takes
`on_return`    when something of an order comes back (`m.kept`: the share that stays)  its discount's part → –
`on_terms`     at a fork from which on its numbers are others, before what is due      – → –
=============  ======================================================================  =======================

All hooks of one order see the levels as they were when it began: levels change behind the last of them (``change_levels``), whatever the
order of the programmes. A hook takes (address of the market, row, place of the programme, time, number) and gives a number back. It
changes the customer's own rows and books alone: what touches others goes by message. To add a programme: a file in
``ladsim/scenario/programs``.
"""

from __future__ import annotations

import math

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import access, tallies
from ladsim.model.layout import (
    E_EARN,
    E_LEVEL,
    M_CONTACTS,
    M_ISSUED,
    M_JOINED,
    M_LEFT,
    MONTH,
    NEVER,
    NOBODY_ID,
    P_RUNNING,
    POINT,
)
from ladsim.model.memory import call
from ladsim.model.money import accrue, book, month_of, note, seen, units, whole

_TOO_LONG = float(1 << 61)
_MONTHS_A_YEAR = 12
_WAITS = 1  # state of who will join at its date


@rule
def span(months):  # type: ignore[no-untyped-def]
    """Months as a time, at least one unit."""
    return max(np.int64(np.rint(months * np.float64(MONTH))), np.int64(1))


@rule
def year_of(month):  # type: ignore[no-untyped-def]
    """The year that holds a month (months 1 to 12 are the first); the start is before the first one's months, and belongs to it."""
    return (max(month, np.int64(1)) - 1) // _MONTHS_A_YEAR


@rule
def next_of_every(since, months, t):  # type: ignore[no-untyped-def]
    """The first of dates so many months apart, from `since` on, that is not before `t`."""
    every = span(months)
    return since + max((t - since + every - 1) // every, np.int64(1)) * every


@rule
def ask(m, row, place, hook, t, number):  # type: ignore[no-untyped-def]
    """Call a hook of a programme, where it has it; 0 where it has not."""
    if hook == 0:
        return 0.0
    return call(hook, access.where(m), row, place, t, number)


@rule
def count(m, place, t, what, amount):  # type: ignore[no-untyped-def]
    """Count something of a programme's members (``layout.MEMBER_COUNTS``)."""
    tallies.count_member(m, month_of(t), place, what, amount)


@rule
def contact(m, row, place, t, cost):  # type: ignore[no-untyped-def]
    """Contact a customer: counted, and paid for (`cost` in the currency)."""
    count(m, place, t, M_CONTACTS, 1)
    book(m, row, t, access.program(m, place).cause + P_RUNNING, -whole(m.unit * cost), t)


@rule
def reaches(m, order, least):  # type: ignore[no-untyped-def]
    """Whether an order (without VAT) is of so much (in the currency, VAT in) at least."""
    return seen(m, order) >= units(m, least)


@rule
def off_order(m, place, paid, share, least, most):  # type: ignore[no-untyped-def]
    """What a discount takes off an order of `paid`; places of its numbers: share, least order, most that comes off (both VAT in)."""
    if not reaches(m, m.order_value, access.number(m, place, least)):
        return 0.0
    off = access.number(m, place, share) * paid
    limit = access.number(m, place, most)
    return min(off, m.unit * limit / (1.0 + m.vat)) if limit > 0.0 else off


@rule
def set_level(m, row, place, t, level):  # type: ignore[no-untyped-def]
    """Give a customer a level in a programme; 0 ends the membership. What the old level cost is booked first."""
    own = access.member(m, row, place)
    before = np.int64(own.level)
    if before == level:
        return
    accrue(m, row, t)
    first = access.program(m, place).first
    if before > 0:
        tallies.count_level(m, month_of(t), first + before, -1)
    else:
        own.since = t
        count(m, place, t, M_JOINED, 1)
    if level > 0:
        tallies.count_level(m, month_of(t), first + level, 1)
    else:
        count(m, place, t, M_LEFT, 1)
    own.level = level
    if m.log:
        rung = access.head(m, row).rung
        note(m, row, t, E_LEVEL, rung, rung, place, np.uint64(NOBODY_ID), np.int64(np.float64(level) * m.unit))
    for other in range(m.programs):
        if other != place:
            ask(m, row, other, access.program(m, other).on_level, t, np.float64(place * 256 + before))


@rule
def add_points(m, row, place, t, what, amount):  # type: ignore[no-untyped-def]
    """Change a member's balance and count it: issued, redeemed or expired (`amount` above 0; thousandths, or amount units)."""
    own = access.member(m, row, place)
    change = amount if what == M_ISSUED else -amount
    own.balance += change
    count(m, place, t, what, amount)
    if m.log:
        rung = access.head(m, row).rung
        shown = amount if access.program(m, place).in_money else np.int64(np.float64(amount) * (m.unit / np.float64(POINT)))
        note(m, row, t, E_EARN + what - M_ISSUED, rung, rung, place, np.uint64(NOBODY_ID), shown)


@rule
def join(m, row, place, t):  # type: ignore[no-untyped-def]
    """Make a customer a member."""
    own = access.member(m, row, place)
    own.due = NEVER
    own.state = 0
    set_level(m, row, place, t, 1)
    ask(m, row, place, access.program(m, place).on_join, t, 0.0)


@rule
def foresee_levels(m, row, t, paid, kept):  # type: ignore[no-untyped-def]
    """Ask every programme which level the customer has after an order for which `paid` is paid, unless all of it comes back.

    What is no level of the programme changes nothing.
    """
    for place in range(m.programs):
        own, program = access.member(m, row, place), access.program(m, place)
        own.reached = own.level
        if program.level_after != 0 and kept > 0.0:
            level = ask(m, row, place, program.level_after, t, paid)
            if 0.0 <= level < np.float64(program.levels):
                own.reached = np.int64(level)


@rule
def earning_level(m, row, place):  # type: ignore[no-untyped-def]
    """The level at which an order earns: the one before it, or the one after it where the programme says so."""
    own = access.member(m, row, place)
    return own.reached if access.program(m, place).at_new_level else own.level


@rule
def change_levels(m, row, t):  # type: ignore[no-untyped-def]
    """Let an order that is over change levels."""
    for place in range(m.programs):
        if access.program(m, place).level_after != 0:
            own = access.member(m, row, place)
            level = np.int64(own.reached)
            if own.level == 0 and level > 0:
                join(m, row, place, t)
            set_level(m, row, place, t, level)


@rule
def offer(m, row, place, t):  # type: ignore[no-untyped-def]
    """Offer membership on the rung where a customer stands: at once by a probability, else after a wait."""
    program = access.program(m, place)
    own = access.member(m, row, place)
    own.due = NEVER
    own.state = 0
    if t < program.starts:
        own.due = program.starts
        return
    if t >= program.ends or t > program.closes:
        return
    rung = access.head(m, row).rung
    way = access.joining(m, place, rung)
    stream_id = program.stream_id ^ access.rung(m, rung).stream_id
    visit = np.uint64(access.visits(m, row, rung))
    if way.probability > 0.0 and streams.uniform(access.key(m, row), stream_id, streams.JOIN, visit, 0) < way.probability:
        join(m, row, place, t)
    elif way.rate > 0.0:
        wait = streams.exponential(streams.uniform(access.key(m, row), stream_id, streams.JOIN, visit, 1)) / way.rate
        if wait < _TOO_LONG:
            own.due = t + max(np.int64(math.ceil(wait)), np.int64(1))
            own.state = _WAITS


@rule
def enter_programs(m, row, t, origin):  # type: ignore[no-untyped-def]
    """What programmes do when a customer has entered a rung."""
    for place in range(m.programs):
        program = access.program(m, place)
        if not program.manual and access.member(m, row, place).level == 0:
            offer(m, row, place, t)
        ask(m, row, place, program.on_enter, t, np.float64(origin))


@rule
def on_program_date(m, row, place, t):  # type: ignore[no-untyped-def]
    """The date that a programme has set for a customer."""
    program = access.program(m, place)
    own = access.member(m, row, place)
    own.due = NEVER
    if program.manual or own.level > 0:
        ask(m, row, place, program.on_date, t, 0.0)
    elif own.state == _WAITS and t < program.ends and t <= program.closes:
        join(m, row, place, t)
    else:
        offer(m, row, place, t)


@rule
def begin_programs(m, row):  # type: ignore[no-untyped-def]
    """Nobody is a member before the start."""
    for place in range(m.programs):
        own = access.member(m, row, place)
        own.due = NEVER
        own.orders = 1.0
