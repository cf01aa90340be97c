"""A customer's life: what happens when a clock goes off, when a message comes, when a rung is entered.

``begin`` puts a customer on its first rung; ``act`` runs the one event that is due next; ``hear`` answers one message;
``retime`` lets the clocks follow a change of the levers. Each ends with ``schedule``, which finds what is due next. An engine
only decides whose turn it is.

Within one instant: arrival, renewal, `time` steps in file order, order, message by layer. Each sees the state the former left.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import compiled, rule
from ladsim.model import access
from ladsim.model.hazards import message_hazard, order_hazard, rewind, step_hazard, wind
from ladsim.model.layout import (
    ARRIVES,
    E_HEAR,
    E_MOVE,
    E_START,
    FIRST_CLOCK,
    NEVER,
    NOBODY,
    NOBODY_ID,
    NOTHING,
    RENEWS,
)
from ladsim.model.money import accrue, become_customer, book_entry, book_order, month_of, note
from ladsim.model.word_of_mouth import announce, on_message_clock, wind_message_clock


@rule
def chance(m, row, step):  # type: ignore[no-untyped-def]
    """Probability of a step for this customer now: multipliers act on −ln(1 − p)."""
    s = access.step(m, step)
    p = s.number if s.beta == 0 else access.trait(m, row, s.trait)
    segment = access.customer(m, row).segment
    factor = access.segment_step(m, segment, step) * access.lever_step(m, segment, step)
    if factor == 1.0:
        return p
    if factor == 0.0:
        return 0.0
    return 1.0 - streams.exp(-streams.log1m(p) * factor)


@rule
def is_active(m, row, step, t):  # type: ignore[no-untyped-def]
    """Whether an `order` step counts now: enough orders since entering, not too late."""
    s = access.step(m, step)
    c = access.customer(m, row)
    return c.orders_here >= s.after and t - c.entered <= s.within


@rule
def choose(m, row, first, count, u, t):  # type: ignore[no-untyped-def]
    """The step taken by one shared draw, −1 for none.

    Steps to higher rungs fill the draw from 0 upward, all others from 1 downward, so raising an up-step never makes anybody fall.
    Steps that are not active take no room; what then exceeds 1 is scaled in proportion.
    """
    total = 0.0
    for step in range(first, first + count):
        if is_active(m, row, step, t):
            total += chance(m, row, step)
    scale = 1.0 / total if total > 1.0 else 1.0
    up = 0.0
    down = 0.0
    for step in range(first, first + count):
        if is_active(m, row, step, t):
            p = chance(m, row, step) * scale
            if access.step(m, step).up:
                up += p
                if u < up:
                    return step
            else:
                down += p
                if 1.0 - u < down:
                    return step
    return -1


@rule
def renewal_date(m, rung, anchor, k):  # type: ignore[no-untyped-def]
    """The k-th renewal date of a stay on a rung."""
    return anchor + np.int64(np.rint(np.float64(k) * access.rung(m, rung).renewal_period))


@rule
def enter(m, row, rung, t):  # type: ignore[no-untyped-def]
    """Stand on a rung: counters at 0, its clocks drawn, the lifelong clocks carried on at the new rates."""
    c = access.customer(m, row)
    r = access.rung(m, rung)
    c.rung = rung
    c.entered = t
    c.paid_until = t
    c.orders_here = 0
    c.renewals = 0
    access.add_visit(m, row, rung)
    visit = np.uint64(access.visits(m, row, rung))
    for slot in range(r.time_count):
        step = r.time_first + slot
        u = streams.uniform(c.key, access.step(m, step).word, streams.CLOCK, visit, 0)
        wind(access.clock(m, row, slot), streams.exponential(u), step_hazard(m, row, step), t)
    c.renewal_due = NEVER
    if r.renewal_count > 0:
        c.renewal_anchor = t
        c.renewals = 1
        c.renewal_due = max(renewal_date(m, rung, t, 1), t + 1)
    slots = m.time_slots
    rewind(access.clock(m, row, slots), order_hazard(m, row), t)
    for layer in range(m.layers):
        rewind(access.clock(m, row, slots + 1 + layer), message_hazard(m, row, layer), t)


@rule
def move(m, row, to, t, flow, sender, is_order):  # type: ignore[no-untyped-def]
    """Change the rung: book what the old one cost, count the flow, enter the new one, order, announce."""
    c = access.customer(m, row)
    origin = np.int64(c.rung)
    accrue(m, row, t)
    access.count_people(m, c.segment, origin, -1)
    access.count_people(m, c.segment, to, 1)
    access.count_flow(m, month_of(t), flow, c.segment)
    if c.customer_since >= 0:
        cohort = month_of(c.customer_since)
        access.count_cohort(m, cohort, origin, -1)
        access.count_cohort(m, cohort, to, 1)
    other = NOBODY_ID
    if sender != NOBODY:
        other = access.customer(m, sender).id
        if c.booked == 0:
            c.referrer = sender
    if access.rung(m, origin).outside:
        c.arrival_due = NEVER
    enter(m, row, to, t)
    note(m, row, t, E_MOVE, origin, to, flow, other, 0)
    if access.rung(m, to).is_customer:
        become_customer(m, row, t)
    book_entry(m, row, t)
    if is_order:
        book_order(m, row, t)
    if access.rung(m, to).announces:
        announce(m, row, t)


@rule
def take(m, row, step, t, sender):  # type: ignore[no-untyped-def]
    """Take a step of the ladder."""
    s = access.step(m, step)
    move(m, row, np.int64(s.to), t, step, sender, s.is_order)


@rule
def schedule(m, row):  # type: ignore[no-untyped-def]
    """Find what is due next: the earliest, and at one instant the first in the order of the module's docstring."""
    c = access.customer(m, row)
    due = c.arrival_due
    what = ARRIVES
    if c.renewal_due < due:
        due = c.renewal_due
        what = RENEWS
    slots = m.time_slots
    for slot in range(access.rung(m, c.rung).time_count):
        if access.clock(m, row, slot).due < due:
            due = access.clock(m, row, slot).due
            what = FIRST_CLOCK + slot
    for column in range(slots, slots + 1 + m.layers):
        if access.clock(m, row, column).due < due:
            due = access.clock(m, row, column).due
            what = FIRST_CLOCK + column
    c.due = due
    c.what = what if due < NEVER else NOTHING


@rule
def on_order(m, row, t):  # type: ignore[no-untyped-def]
    """An order: booked in the old state, then one draw for the `order` steps, then the next clock."""
    c = access.customer(m, row)
    book_order(m, row, t)
    c.orders_here += 1
    number = np.uint64(c.order_number)
    c.order_number += 1
    r = access.rung(m, c.rung)
    if r.order_count > 0:
        u = streams.uniform(c.key, streams.NO_WORD, streams.ORDER_DRAW, number, 0)
        step = choose(m, row, r.order_first, r.order_count, u, t)
        if step >= 0:
            take(m, row, step, t, NOBODY)
    u = streams.uniform(c.key, streams.NO_WORD, streams.ORDER_CLOCK, number + np.uint64(1), 0)
    clock = access.clock(m, row, m.time_slots)
    wind(clock, streams.exponential(u), order_hazard(m, row), t)


@rule
def on_renewal(m, row, t):  # type: ignore[no-untyped-def]
    """A renewal date: one draw; who stays keeps the dates."""
    c = access.customer(m, row)
    r = access.rung(m, c.rung)
    number = (np.uint64(access.visits(m, row, c.rung)) << np.uint64(16)) | np.uint64(c.renewals)
    u = streams.uniform(c.key, r.word, streams.RENEWAL_DRAW, number, 0)
    step = choose(m, row, r.renewal_first, r.renewal_count, u, t)
    if step >= 0:
        take(m, row, step, t, NOBODY)
    else:
        c.renewals += 1
        c.renewal_due = max(renewal_date(m, c.rung, c.renewal_anchor, c.renewals), t + 1)


@compiled
def act(m, row):  # type: ignore[no-untyped-def]
    """Run the event that is due next for this customer, and find the one after it. Returns when that is due."""
    c = access.customer(m, row)
    t = c.due
    slots = m.time_slots
    column = c.what - FIRST_CLOCK
    if c.what == ARRIVES:
        c.arrival_due = NEVER
        move(m, row, np.int64(c.arrival_to), t, np.int64(c.arrival_flow), NOBODY, 0)
    elif c.what == RENEWS:
        on_renewal(m, row, t)
    elif column < slots:
        take(m, row, access.rung(m, c.rung).time_first + column, t, NOBODY)
    elif column == slots:
        on_order(m, row, t)
    else:
        on_message_clock(m, row, column - slots - 1, t)
    schedule(m, row)
    return c.due


@compiled
def hear(m, row, sender, number, layer, t):  # type: ignore[no-untyped-def]
    """Answer one message, on the rung the former one left. Returns when the customer's next event is due."""
    c = access.customer(m, row)
    other = access.customer(m, sender).id
    access.count_message(m, month_of(t), layer, 1)
    note(m, row, t, E_HEAR, c.rung, c.rung, layer, other, 0)
    r = access.rung(m, c.rung)
    if r.message_count > 0:
        u = streams.uniform(streams.pair_key(c.key, other, number), streams.NO_WORD, streams.ANSWER, 0, 0)
        step = choose(m, row, r.message_first, r.message_count, u, t)
        if step >= 0:
            take(m, row, step, t, sender)
            schedule(m, row)
    return c.due


@compiled
def retime(m, row, t):  # type: ignore[no-untyped-def]
    """Let all clocks follow the levers from `t` on. Returns when the customer's next event is due."""
    c = access.customer(m, row)
    r = access.rung(m, c.rung)
    for slot in range(r.time_count):
        rewind(access.clock(m, row, slot), step_hazard(m, row, r.time_first + slot), t)
    slots = m.time_slots
    rewind(access.clock(m, row, slots), order_hazard(m, row), t)
    for layer in range(m.layers):
        rewind(access.clock(m, row, slots + 1 + layer), message_hazard(m, row, layer), t)
    schedule(m, row)
    return c.due


@compiled
def begin(m, row):  # type: ignore[no-untyped-def]
    """Start a customer's life on its rung at time 0: an entry, but no flow."""
    c = access.customer(m, row)
    r = access.rung(m, c.rung)
    access.count_people(m, c.segment, c.rung, 1)
    note(m, row, 0, E_START, c.rung, c.rung, -1, NOBODY_ID, 0)
    enter(m, row, np.int64(c.rung), 0)
    if r.renewal_count > 0 and m.stagger:
        u = streams.uniform(c.key, streams.NO_WORD, streams.STAGGER, 0, 0)
        c.renewal_anchor = -np.int64(np.rint(u * r.renewal_period))
        c.renewal_due = max(renewal_date(m, c.rung, c.renewal_anchor, 1), 1)
    u = streams.uniform(c.key, streams.NO_WORD, streams.ORDER_CLOCK, 0, 0)
    wind(access.clock(m, row, m.time_slots), streams.exponential(u), order_hazard(m, row), 0)
    for layer in range(m.layers):
        wind_message_clock(m, row, layer, 0)
    if r.is_customer:
        become_customer(m, row, 0)
    book_entry(m, row, 0)
    for _ in range(r.start_orders):
        book_order(m, row, 0)
    if r.announces:
        announce(m, row, 0)
    schedule(m, row)
