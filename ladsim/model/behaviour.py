"""A customer's life: what happens when a clock goes off, when a message comes, when a rung is entered.

``begin`` puts a customer on its first rung; ``act`` runs the one event that is due next; ``hear`` answers one message;
``retime`` lets the clocks follow a change of the levers. Each ends with ``schedule``, which finds what is due next. An engine
only decides whose turn it is.

Within one instant: arrival, renewal, `time` steps in file order, order, message by layer. Each sees the state the former left.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import access, tallies
from ladsim.model.audience import see
from ladsim.model.clocks import carry_on, hold, release, wind_order_clock, wind_steps
from ladsim.model.hazards import BEFORE, NOW, chance, due_of, rewound, step_hazard
from ladsim.model.layout import (
    ARRIVES,
    E_HEAR,
    E_MOVE,
    E_START,
    FIRST_CLOCK,
    FIRST_DATE,
    MOST_VISITS,
    NEVER,
    NEWS,
    NOBODY,
    NOBODY_ID,
    NOTHING,
    RENEWS,
)
from ladsim.model.membership import ask, begin_programs, enter_programs, on_program_date
from ladsim.model.money import accrue, book_entry, catch_up, month_of, note
from ladsim.model.orders import become_customer, book_order, next_kept_share
from ladsim.model.prepaid import end_contract
from ladsim.model.satisfaction import begin_mood, count_mood, experience
from ladsim.model.standing import begin_standing, cohort_of, come_or_go, is_to_be_won
from ladsim.model.triggers import MESSAGE
from ladsim.model.word_of_mouth import announce, on_message_clock, wind_message_clock


@rule
def is_active(m, row, step, t, negative):  # type: ignore[no-untyped-def]
    """Whether a step counts now: enough orders since entering, not too late; praise for praise, criticism for criticism."""
    s = access.step(m, step)
    if s.trigger == MESSAGE and s.negative != negative:
        return False
    if s.after > 1 and access.after(m, row).orders_here < s.after:
        return False
    return s.within == NEVER or t - access.stay(m, row).entered <= s.within


@rule
def choose(m, row, first, count, u, t, negative):  # type: ignore[no-untyped-def]
    """The step taken by one shared draw, −1 for none.

    Steps to higher rungs fill the draw from 0 upward, all others from 1 downward, so raising an up-step never makes anybody fall.
    Steps that are not active take no room; what then exceeds 1 is scaled in proportion.
    """
    group = access.group(m, row)
    total = 0.0
    for step in range(first, first + count):
        if is_active(m, row, step, t, negative):
            total += chance(m, row, group, step)
    scale = 1.0 / total if total > 1.0 else 1.0
    up = 0.0
    down = 0.0
    for step in range(first, first + count):
        if is_active(m, row, step, t, negative):
            p = chance(m, row, group, step) * scale
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
    see(m, row, rung, visit)
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
def move(m, row, to, t, flow, sender, is_order, late):  # type: ignore[no-untyped-def]
    """Change the rung: book what the old one cost, count the flow, enter the new one, join programmes, order, announce."""
    c = access.head(m, row)
    origin = np.int64(c.rung)
    segment = np.int64(c.segment)
    month = month_of(t)
    accrue(m, row, t)
    if to != origin:
        end_contract(m, row, t)
    tallies.count_people(m, month, segment, origin, -1)
    tallies.count_people(m, month, segment, to, 1)
    tallies.count_flow(m, month, flow, segment)
    cohort = cohort_of(m, row)
    if cohort >= 0:
        tallies.count_cohort(m, month, cohort, origin, -1)
        tallies.count_cohort(m, month, cohort, to, 1)
    come_or_go(m, row, month, origin, to)
    other = np.uint64(NOBODY_ID)
    if sender != NOBODY:
        other = access.identity(m, sender)
        if is_to_be_won(m, row):
            access.talking(m, row).referrer = sender
    if m.part_arrival >= 0 and access.rung(m, origin).outside:
        access.arrival(m, row).due = NEVER
    count_mood(m, row, t, -1)
    enter(m, row, to, t)
    count_mood(m, row, t, 1)
    if not m.personal:
        carry_on(m, row, segment, origin, to, NOW, t)
    note(m, row, t, E_MOVE, origin, to, flow, other, 0)
    if access.rung(m, to).is_customer:
        become_customer(m, row, t, not is_order or next_kept_share(m, row) > 0.0)
    book_entry(m, row, t)
    enter_programs(m, row, t, origin)
    if is_order:
        book_order(m, row, t, flow)
    if access.rung(m, to).announces:
        announce(m, row, t, late)


@rule
def take(m, row, step, t, sender, late):  # type: ignore[no-untyped-def]
    """Take a step of the ladder; `late` because of a message."""
    s = access.step(m, step)
    move(m, row, np.int64(s.to), t, step, sender, s.is_order, late)


@rule
def schedule(m, row):  # type: ignore[no-untyped-def]
    """Find what is due next: the earliest, and at one instant the first in the order of the module's docstring. Returns when."""
    c = access.head(m, row)
    due = NEVER
    what = NOTHING
    if m.part_arrival >= 0 and access.arrival(m, row).due < due:
        due = access.arrival(m, row).due
        what = ARRIVES
    for place in range(m.programs):
        time = access.member(m, row, place).due
        if time < due:
            due = time
            what = FIRST_DATE + place
    if m.part_renewals >= 0 and access.renewals(m, row).due < due:
        due = access.renewals(m, row).due
        what = RENEWS
    slots = min(m.slots, access.rung(m, c.rung).time_count)
    for column in range(slots):
        time = due_of(access.clock(m, row, column))
        if time < due:
            due = time
            what = FIRST_CLOCK + column
    if m.order_column >= 0:
        time = due_of(access.clock(m, row, m.order_column))
        if time < due:
            due = time
            what = FIRST_CLOCK + m.order_column
    for column in range(m.talk_column, m.talk_column + m.layers):
        time = due_of(access.clock(m, row, column))
        if time < due:
            due = time
            what = FIRST_CLOCK + column
    c.what = what
    access.set_due(m, row, due)
    return due


@rule
def on_order(m, row, t):  # type: ignore[no-untyped-def]
    """An order: booked in the old state, then one draw for the `order` steps, then the next clock. One that comes back wholly moves nobody."""
    is_kept = book_order(m, row, t, np.int64(NOBODY)) > 0.0
    if is_kept and m.part_after >= 0:
        access.after(m, row).orders_here += 1
    orders = access.orders(m, row)
    number = np.uint64(orders.number)
    orders.number += 1
    c = access.head(m, row)
    r = access.rung(m, c.rung)
    if is_kept and r.order_count > 0:
        u = streams.uniform(access.key(m, row), streams.NO_WORD, streams.ORDER_DRAW, number, 0)
        step = choose(m, row, r.order_first, r.order_count, u, t, 0)
        if step >= 0:
            take(m, row, step, t, NOBODY, False)
    wind_order_clock(m, row, t)


@rule
def on_renewal(m, row, t):  # type: ignore[no-untyped-def]
    """A renewal date: one draw; who stays keeps the dates."""
    c = access.head(m, row)
    r = access.rung(m, c.rung)
    dates = access.renewals(m, row)
    number = (np.uint64(access.visits(m, row, c.rung)) << np.uint64(16)) | np.uint64(dates.renewals)
    experience(m, row, t, r.stream_id, number)
    u = streams.uniform(access.key(m, row), r.stream_id, streams.RENEWAL_DRAW, number, 0)
    step = choose(m, row, r.renewal_first, r.renewal_count, u, t, 0)
    if step >= 0:
        take(m, row, step, t, NOBODY, False)
    else:
        dates.renewals += 1
        dates.due = max(renewal_date(m, c.rung, dates.anchor, dates.renewals), t + 1)


@rule
def act(m, row):  # type: ignore[no-untyped-def]
    """Run the event that is due next for this customer, and find the one after it. Returns when that is due."""
    c = access.head(m, row)
    t = access.due(m, row)
    column = np.int64(c.what) - FIRST_CLOCK
    catch_up(m, row, t)
    is_message = m.talk_column <= column < m.talk_column + m.layers  # which changes nothing of the sender's own
    if m.personal and not is_message:
        hold(m, row)
    if c.what == ARRIVES:
        arrival = access.arrival(m, row)
        arrival.due = NEVER
        move(m, row, np.int64(arrival.to), t, np.int64(arrival.flow), NOBODY, 0, False)
    elif c.what == RENEWS:
        on_renewal(m, row, t)
    elif c.what >= FIRST_DATE:
        on_program_date(m, row, np.int64(c.what) - FIRST_DATE, t)
    elif column < m.slots:
        slot = column if m.all_slots else np.int64(c.leaving)
        take(m, row, access.rung(m, c.rung).time_first + slot, t, NOBODY, False)
    elif column == m.order_column:
        on_order(m, row, t)
    else:
        on_message_clock(m, row, column - m.talk_column, t)
    if m.personal and not is_message:
        release(m, row, t)
    return schedule(m, row)


@rule
def hear(m, row, sender, number, layer, negative, t):  # type: ignore[no-untyped-def]
    """Answer one message, on the rung the former one left. Returns when the customer's next event is due; NEVER where it stays as it was."""
    if layer == NEWS:
        return hear_news(m, row, sender, t)
    tallies.count_message(m, month_of(t), layer, 1)
    c = access.head(m, row)
    r = access.rung(m, c.rung)
    if r.message_count == 0 and not m.log:
        return NEVER
    other = access.identity(m, sender)
    catch_up(m, row, t)
    note(m, row, t, E_HEAR, c.rung, c.rung, layer, other, -1 if negative else 0)
    if r.message_count > 0:
        u = streams.uniform(streams.pair_key(access.key(m, row), other, number), streams.NO_WORD, streams.ANSWER, 0, 0)
        step = choose(m, row, r.message_first, r.message_count, u, t, negative)
        if step >= 0:
            if m.personal:
                hold(m, row)
            take(m, row, step, t, NOBODY if negative else sender, True)
            if m.personal:
                release(m, row, t)
            return schedule(m, row)
    return NEVER


@rule
def hear_news(m, row, newcomer, t):  # type: ignore[no-untyped-def]
    """Somebody whom this customer has referred has become a customer. Returns when its next event is due."""
    catch_up(m, row, t)
    hold(m, row)
    for place in range(m.programs):
        ask(m, row, place, access.program(m, place).on_referral, t, np.float64(newcomer))
    release(m, row, t)
    return schedule(m, row)


@rule
def retime(m, row, t):  # type: ignore[no-untyped-def]
    """Let all clocks follow the levers from `t` on. Returns when the customer's next event is due."""
    c = access.head(m, row)
    group = access.group(m, row)
    if not access.changed(m, group, c.rung):
        return access.due(m, row)
    r = access.rung(m, c.rung)
    for slot in range(r.time_count):
        step = r.time_first + slot
        if access.step_number(m, BEFORE, group, step) != access.step_number(m, NOW, group, step):
            was, rate = step_hazard(m, row, group, step, BEFORE), step_hazard(m, row, group, step, NOW)
            access.set_clock(m, row, slot, rewound(access.clock(m, row, slot), was, rate, t))
    carry_on(m, row, group, c.rung, c.rung, BEFORE, t)
    return schedule(m, row)


@rule
def begin(m, row):  # type: ignore[no-untyped-def]
    """Start a customer's life on its rung at time 0: an entry, but no flow. Returns when its first event is due."""
    c = access.head(m, row)
    rung = np.int64(c.rung)
    r = access.rung(m, rung)
    tallies.count_people(m, 0, c.segment, rung, 1)
    note(m, row, 0, E_START, rung, rung, -1, np.uint64(NOBODY_ID), 0)
    begin_mood(m, row)
    begin_programs(m, row)
    enter(m, row, rung, 0)
    if r.renewal_count > 0 and m.stagger:
        dates = access.renewals(m, row)
        u = streams.uniform(access.key(m, row), streams.NO_WORD, streams.STAGGER, 0, 0)
        dates.anchor = -np.int64(np.rint(u * r.renewal_period))
        dates.due = max(renewal_date(m, rung, dates.anchor, 1), 1)
    if m.order_column >= 0:
        wind_order_clock(m, row, 0)
    for layer in range(m.layers):
        wind_message_clock(m, row, layer, 0)
    begin_standing(m, row)
    book_entry(m, row, 0)
    enter_programs(m, row, 0, rung)
    for _ in range(r.start_orders):
        book_order(m, row, 0, np.int64(NOBODY))
    if r.announces:
        announce(m, row, 0, False)
    if m.personal:
        release(m, row, 0)
    return schedule(m, row)
