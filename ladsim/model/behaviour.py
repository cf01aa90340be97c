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
from ladsim.model.hazards import (
    BEFORE,
    FRESH,
    NOW,
    chance,
    due_of,
    exposure_left,
    message_hazard,
    order_hazard,
    rewound,
    step_hazard,
    wound,
)
from ladsim.model.layout import (
    ARRIVES,
    E_HEAR,
    E_MOVE,
    E_START,
    FIRST_CLOCK,
    MOST_VISITS,
    NEVER,
    NOBODY,
    NOBODY_ID,
    NOTHING,
    RENEWS,
)
from ladsim.model.money import accrue, become_customer, book_entry, book_order, catch_up, month_of, note
from ladsim.model.word_of_mouth import announce, message_exposure, on_message_clock, wind_message_clock


@rule
def is_active(m, row, step, t):  # type: ignore[no-untyped-def]
    """Whether an `order` step counts now: enough orders since entering, not too late."""
    s = access.step(m, step)
    if s.after > 1 and access.after(m, row).orders_here < s.after:
        return False
    return s.within == NEVER or t - access.stay(m, row).entered <= s.within


@rule
def choose(m, row, first, count, u, t):  # type: ignore[no-untyped-def]
    """The step taken by one shared draw, −1 for none.

    Steps to higher rungs fill the draw from 0 upward, all others from 1 downward, so raising an up-step never makes anybody fall.
    Steps that are not active take no room; what then exceeds 1 is scaled in proportion.
    """
    segment = access.head(m, row).segment
    total = 0.0
    for step in range(first, first + count):
        if is_active(m, row, step, t):
            total += chance(m, row, segment, step)
    scale = 1.0 / total if total > 1.0 else 1.0
    up = 0.0
    down = 0.0
    for step in range(first, first + count):
        if is_active(m, row, step, t):
            p = chance(m, row, segment, step) * scale
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
def count_visit(m, row, rung, t):  # type: ignore[no-untyped-def]
    """Count an entry to a rung; returns its number. Beyond what is counted one by one, its time numbers it."""
    visits = access.visits(m, row, rung)
    if visits < MOST_VISITS:
        access.set_visits(m, row, rung, visits + 1)
        return np.uint64(visits + 1)
    return np.uint64(MOST_VISITS) + np.uint64(t)


@rule
def wind_steps(m, row, rung, visit, t):  # type: ignore[no-untyped-def]
    """Draw the clocks of a rung's `time` steps. Where no lever can move them, only that which is due first is kept."""
    c = access.head(m, row)
    r = access.rung(m, rung)
    own = access.key(m, row)
    first = NEVER
    for slot in range(r.time_count):
        step = r.time_first + slot
        hazard = step_hazard(m, row, c.segment, step, NOW)
        if m.all_slots or hazard > 0.0:
            u = streams.uniform(own, access.step(m, step).word, streams.CLOCK, visit, 0)
            word = wound(t, streams.exponential(u), hazard)
            if m.all_slots:
                access.set_word(m, row, slot, word)
            elif due_of(word) < first:
                first = word
                c.leaving = slot
    if m.slots > 0 and not m.all_slots:
        access.set_word(m, row, 0, first)


@rule
def enter(m, row, rung, t):  # type: ignore[no-untyped-def]
    """Stand on a rung: counters at 0, its clocks drawn."""
    c = access.head(m, row)
    r = access.rung(m, rung)
    c.rung = rung
    if m.part_stay >= 0:
        access.stay(m, row).entered = t
    if m.part_costs >= 0:
        access.costs(m, row).paid_until = t
    if m.part_after >= 0:
        access.after(m, row).orders_here = 0
    visit = count_visit(m, row, rung, t)
    wind_steps(m, row, rung, visit, t)
    if m.part_renewals >= 0:
        dates = access.renewals(m, row)
        dates.due = NEVER
        dates.renewals = 0
        if r.renewal_count > 0:
            dates.anchor = t
            dates.renewals = 1
            dates.due = max(renewal_date(m, rung, t, 1), t + 1)


@rule
def wind_order_clock(m, row, segment, rung, t):  # type: ignore[no-untyped-def]
    """Start the clock of a customer's next order."""
    hazard = order_hazard(m, row, segment, rung, NOW)
    word = FRESH
    if hazard > 0.0:
        word = wound(t, order_exposure(m, row), hazard)
    access.set_word(m, row, m.order_column, word)


@rule
def order_exposure(m, row):  # type: ignore[no-untyped-def]
    """Draw the exposure until a customer's next order."""
    number = np.uint64(access.orders(m, row).number)
    return streams.exponential(streams.uniform(access.key(m, row), streams.NO_WORD, streams.ORDER_CLOCK, number, 0))


@rule
def carry_on(m, row, segment, origin, rung, before, t):  # type: ignore[no-untyped-def]
    """Let the lifelong clocks run on at the rates of a rung, after those of another rung or before the levers moved."""
    if m.order_column >= 0:
        was, rate = order_hazard(m, row, segment, origin, before), order_hazard(m, row, segment, rung, NOW)
        if was != rate:
            word = access.word(m, row, m.order_column)
            left = order_exposure(m, row) if word == FRESH else exposure_left(word, was, t)
            access.set_word(m, row, m.order_column, wound(t, left, rate))
    for layer in range(m.layers):
        was = message_hazard(m, row, segment, origin, layer, before)
        rate = message_hazard(m, row, segment, rung, layer, NOW)
        if was != rate:
            word = access.word(m, row, m.talk_column + layer)
            left = message_exposure(m, row, layer) if word == FRESH else exposure_left(word, was, t)
            access.set_word(m, row, m.talk_column + layer, wound(t, left, rate))


@rule
def move(m, row, to, t, flow, sender, is_order):  # type: ignore[no-untyped-def]
    """Change the rung: book what the old one cost, count the flow, enter the new one, order, announce."""
    c = access.head(m, row)
    origin = np.int64(c.rung)
    segment = np.int64(c.segment)
    month = month_of(t)
    accrue(m, row, t)
    access.count_people(m, month, segment, origin, -1)
    access.count_people(m, month, segment, to, 1)
    access.count_flow(m, month, flow, segment)
    if c.cohort > 0:
        access.count_cohort(m, month, np.int64(c.cohort) - 1, origin, -1)
        access.count_cohort(m, month, np.int64(c.cohort) - 1, to, 1)
    other = np.uint64(NOBODY_ID)
    if sender != NOBODY:
        other = access.identity(m, sender)
        if m.part_orders < 0 or access.orders(m, row).booked == 0:
            access.talking(m, row).referrer = sender
    if m.part_arrival >= 0 and access.rung(m, origin).outside:
        access.arrival(m, row).due = NEVER
    enter(m, row, to, t)
    carry_on(m, row, segment, origin, to, NOW, t)
    note(m, row, t, E_MOVE, origin, to, flow, other, 0)
    if access.rung(m, to).is_customer:
        become_customer(m, row, t)
    book_entry(m, row, t)
    if is_order:
        book_order(m, row, t)
    if access.rung(m, to).announces:
        announce(m, row, t, sender != NOBODY)


@rule
def take(m, row, step, t, sender):  # type: ignore[no-untyped-def]
    """Take a step of the ladder."""
    s = access.step(m, step)
    move(m, row, np.int64(s.to), t, step, sender, s.is_order)


@rule
def schedule(m, row):  # type: ignore[no-untyped-def]
    """Find what is due next: the earliest, and at one instant the first in the order of the module's docstring. Returns when."""
    c = access.head(m, row)
    due = NEVER
    what = NOTHING
    if m.part_arrival >= 0 and access.arrival(m, row).due < due:
        due = access.arrival(m, row).due
        what = ARRIVES
    if m.part_renewals >= 0 and access.renewals(m, row).due < due:
        due = access.renewals(m, row).due
        what = RENEWS
    slots = min(m.slots, access.rung(m, c.rung).time_count)
    for column in range(slots):
        time = due_of(access.word(m, row, column))
        if time < due:
            due = time
            what = FIRST_CLOCK + column
    if m.order_column >= 0:
        time = due_of(access.word(m, row, m.order_column))
        if time < due:
            due = time
            what = FIRST_CLOCK + m.order_column
    for column in range(m.talk_column, m.talk_column + m.layers):
        time = due_of(access.word(m, row, column))
        if time < due:
            due = time
            what = FIRST_CLOCK + column
    c.what = what
    access.set_due(m, row, due)
    return due


@rule
def on_order(m, row, t):  # type: ignore[no-untyped-def]
    """An order: booked in the old state, then one draw for the `order` steps, then the next clock."""
    book_order(m, row, t)
    if m.part_after >= 0:
        access.after(m, row).orders_here += 1
    orders = access.orders(m, row)
    number = np.uint64(orders.number)
    orders.number += 1
    c = access.head(m, row)
    r = access.rung(m, c.rung)
    if r.order_count > 0:
        u = streams.uniform(access.key(m, row), streams.NO_WORD, streams.ORDER_DRAW, number, 0)
        step = choose(m, row, r.order_first, r.order_count, u, t)
        if step >= 0:
            take(m, row, step, t, NOBODY)
    wind_order_clock(m, row, c.segment, c.rung, t)


@rule
def on_renewal(m, row, t):  # type: ignore[no-untyped-def]
    """A renewal date: one draw; who stays keeps the dates."""
    c = access.head(m, row)
    r = access.rung(m, c.rung)
    dates = access.renewals(m, row)
    number = (np.uint64(access.visits(m, row, c.rung)) << np.uint64(16)) | np.uint64(dates.renewals)
    u = streams.uniform(access.key(m, row), r.word, streams.RENEWAL_DRAW, number, 0)
    step = choose(m, row, r.renewal_first, r.renewal_count, u, t)
    if step >= 0:
        take(m, row, step, t, NOBODY)
    else:
        dates.renewals += 1
        dates.due = max(renewal_date(m, c.rung, dates.anchor, dates.renewals), t + 1)


@compiled
def act(m, row):  # type: ignore[no-untyped-def]
    """Run the event that is due next for this customer, and find the one after it. Returns when that is due."""
    c = access.head(m, row)
    t = access.due(m, row)
    column = np.int64(c.what) - FIRST_CLOCK
    catch_up(m, row, t)
    if c.what == ARRIVES:
        arrival = access.arrival(m, row)
        arrival.due = NEVER
        move(m, row, np.int64(arrival.to), t, np.int64(arrival.flow), NOBODY, 0)
    elif c.what == RENEWS:
        on_renewal(m, row, t)
    elif column < m.slots:
        slot = column if m.all_slots else np.int64(c.leaving)
        take(m, row, access.rung(m, c.rung).time_first + slot, t, NOBODY)
    elif column == m.order_column:
        on_order(m, row, t)
    else:
        on_message_clock(m, row, column - m.talk_column, t)
    return schedule(m, row)


@compiled
def hear(m, row, sender, number, layer, t):  # type: ignore[no-untyped-def]
    """Answer one message, on the rung the former one left. Returns when the customer's next event is due."""
    access.count_message(m, month_of(t), layer, 1)
    c = access.head(m, row)
    r = access.rung(m, c.rung)
    if r.message_count == 0 and not m.log:
        return access.due(m, row)
    other = access.identity(m, sender)
    catch_up(m, row, t)
    note(m, row, t, E_HEAR, c.rung, c.rung, layer, other, 0)
    if r.message_count > 0:
        u = streams.uniform(streams.pair_key(access.key(m, row), other, number), streams.NO_WORD, streams.ANSWER, 0, 0)
        step = choose(m, row, r.message_first, r.message_count, u, t)
        if step >= 0:
            take(m, row, step, t, sender)
            schedule(m, row)
    return access.due(m, row)


@compiled
def retime(m, row, t):  # type: ignore[no-untyped-def]
    """Let all clocks follow the levers from `t` on. Returns when the customer's next event is due."""
    c = access.head(m, row)
    if not access.changed(m, c.segment, c.rung):
        return access.due(m, row)
    r = access.rung(m, c.rung)
    for slot in range(r.time_count):
        step = r.time_first + slot
        was, rate = step_hazard(m, row, c.segment, step, BEFORE), step_hazard(m, row, c.segment, step, NOW)
        access.set_word(m, row, slot, rewound(access.word(m, row, slot), was, rate, t))
    carry_on(m, row, c.segment, c.rung, c.rung, BEFORE, t)
    return schedule(m, row)


@compiled
def begin(m, row):  # type: ignore[no-untyped-def]
    """Start a customer's life on its rung at time 0: an entry, but no flow. Returns when its first event is due."""
    c = access.head(m, row)
    rung = np.int64(c.rung)
    r = access.rung(m, rung)
    access.count_people(m, 0, c.segment, rung, 1)
    note(m, row, 0, E_START, rung, rung, -1, np.uint64(NOBODY_ID), 0)
    enter(m, row, rung, 0)
    if r.renewal_count > 0 and m.stagger:
        dates = access.renewals(m, row)
        u = streams.uniform(access.key(m, row), streams.NO_WORD, streams.STAGGER, 0, 0)
        dates.anchor = -np.int64(np.rint(u * r.renewal_period))
        dates.due = max(renewal_date(m, rung, dates.anchor, 1), 1)
    if m.order_column >= 0:
        wind_order_clock(m, row, c.segment, rung, 0)
    for layer in range(m.layers):
        wind_message_clock(m, row, layer, 0)
    if r.is_customer:
        become_customer(m, row, 0)
    book_entry(m, row, 0)
    for _ in range(r.start_orders):
        book_order(m, row, 0)
    if r.announces:
        announce(m, row, 0, False)
    return schedule(m, row)
