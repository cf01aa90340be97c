"""Reaching into a market: which array holds what, and in which order its axes run.

``m`` is the market's record everywhere in the rules. What comes back is the record itself, to be read and written, or a number.
To add an array: a name in ``layout.ARRAYS`` and its bundle, and a function here. To add a part to a customer's row: a line in
``layout.PARTS``, what it needs in ``engine.state.parts_of``, and a function here.
"""

from __future__ import annotations

import numba
import numpy as np
from numba import types

from ladsim import streams
from ladsim.model import layout
from ladsim.model.memory import fetch, number_at, pause, read_shared, record_at, write_shared

inline = numba.njit(inline="always")

_head, _orders, _after = (record_at(kind, sized=False) for kind in (layout.HEAD, layout.ORDERS, layout.AFTER))
_talk_part, _renewals, _arrival = (record_at(kind, sized=False) for kind in (layout.TALK, layout.RENEWALS, layout.ARRIVAL))
_costs, _stay, _outcome = (record_at(kind, sized=False) for kind in (layout.COSTS, layout.STAY, layout.OUTCOME))
_sequence = record_at(layout.SEQUENCE, sized=False)
_rung, _step, _kind, _layer = record_at(layout.RUNG), record_at(layout.STEP), record_at(layout.KIND), record_at(layout.LAYER)
_factors, _log, _letter = record_at(layout.FACTORS), record_at(layout.LOG), record_at(layout.LETTER)
_real, _, _ = number_at(types.float64)
_whole, _set, _add = number_at(types.int64)
_short, _, _ = number_at(types.int32)
_id, _, _ = number_at(types.uint64)
_flag, _, _ = number_at(types.uint8)
_word, _set_word, _ = number_at(types.int64, sized=False)
_tally, _set_tally, _ = number_at(types.uint16, sized=False)
_own, _set_own, _ = number_at(types.float64, sized=False)

_LINE = layout.LINE


@inline
def head(m, row):  # type: ignore[no-untyped-def]
    """Where a customer stands, and what comes next."""
    return _head(m.at_rows, row * m.stride)


@inline
def fetch_customer(m, row):  # type: ignore[no-untyped-def]
    """Ask for a customer's row ahead of its use."""
    place = row * m.stride
    for line in range(0, m.stride, _LINE):
        fetch(m.at_rows, place + line)


@inline
def identity(m, row):  # type: ignore[no-untyped-def]
    """A customer's permanent id."""
    return np.uint64(row) if m.numbered else _id(m.at_ids, row)


@inline
def key(m, row):  # type: ignore[no-untyped-def]
    """A customer's key of luck in this replication."""
    return streams.customer_key(m.run, identity(m, row))


@inline
def due(m, row):  # type: ignore[no-untyped-def]
    """When a customer's next event is due."""
    return _whole(m.at_due, row)


@inline
def set_due(m, row, time):  # type: ignore[no-untyped-def]
    """Write down when a customer's next event is due."""
    _set(m.at_due, row, time)


@inline
def word(m, row, column):  # type: ignore[no-untyped-def]
    """One clock of a customer."""
    return _word(m.at_rows, row * m.stride + m.part_words + 8 * column)


@inline
def set_word(m, row, column, value):  # type: ignore[no-untyped-def]
    """Set a clock of a customer."""
    _set_word(m.at_rows, row * m.stride + m.part_words + 8 * column, value)


@inline
def orders(m, row):  # type: ignore[no-untyped-def]
    """A customer's running numbers of orders."""
    return _orders(m.at_rows, row * m.stride + m.part_orders)


@inline
def after(m, row):  # type: ignore[no-untyped-def]
    """Orders since a customer entered its rung."""
    return _after(m.at_rows, row * m.stride + m.part_after)


@inline
def talking(m, row):  # type: ignore[no-untyped-def]
    """A customer's running number of messages, and who won it."""
    return _talk_part(m.at_rows, row * m.stride + m.part_talk)


@inline
def renewals(m, row):  # type: ignore[no-untyped-def]
    """A customer's dates of renewal."""
    return _renewals(m.at_rows, row * m.stride + m.part_renewals)


@inline
def arrival(m, row):  # type: ignore[no-untyped-def]
    """When and where a customer arrives."""
    return _arrival(m.at_rows, row * m.stride + m.part_arrival)


@inline
def costs(m, row):  # type: ignore[no-untyped-def]
    """Until when serving a customer is booked."""
    return _costs(m.at_rows, row * m.stride + m.part_costs)


@inline
def stay(m, row):  # type: ignore[no-untyped-def]
    """When a customer entered its rung."""
    return _stay(m.at_rows, row * m.stride + m.part_stay)


@inline
def outcome(m, row):  # type: ignore[no-untyped-def]
    """What was booked to a customer."""
    return _outcome(m.at_rows, row * m.stride + m.part_outcome)


@inline
def sequence(m, row):  # type: ignore[no-untyped-def]
    """A customer's running number in the log."""
    return _sequence(m.at_rows, row * m.stride + m.part_sequence)


@inline
def trait(m, row, t):  # type: ignore[no-untyped-def]
    """A lifelong factor, or own probability, of a customer."""
    return _own(m.at_rows, row * m.stride + m.part_traits + 8 * t)


@inline
def set_trait(m, row, t, value):  # type: ignore[no-untyped-def]
    """Set a lifelong factor, or own probability, of a customer."""
    _set_own(m.at_rows, row * m.stride + m.part_traits + 8 * t, value)


@inline
def visits(m, row, r):  # type: ignore[no-untyped-def]
    """How often a customer has entered a rung; MOST_VISITS is that often or more."""
    return _tally(m.at_rows, row * m.stride + m.part_visits + 2 * r)


@inline
def set_visits(m, row, r, count):  # type: ignore[no-untyped-def]
    """Set how often a customer has entered a rung."""
    _set_tally(m.at_rows, row * m.stride + m.part_visits + 2 * r, types.uint16(count))


@inline
def rung(m, r):  # type: ignore[no-untyped-def]
    """A rung."""
    return _rung(m.at_rungs, r)


@inline
def step(m, s):  # type: ignore[no-untyped-def]
    """A step."""
    return _step(m.at_steps, s)


@inline
def kind(m, k):  # type: ignore[no-untyped-def]
    """A kind of order."""
    return _kind(m.at_kinds, k)


@inline
def layer(m, number):  # type: ignore[no-untyped-def]
    """A layer of word of mouth."""
    return _layer(m.at_layers, number)


@inline
def segment_factors(m, segment, r):  # type: ignore[no-untyped-def]
    """What a segment is multiplied by on a rung."""
    return _factors(m.at_segment_rung, segment * m.rungs + r)


@inline
def lever_factors(m, segment, r):  # type: ignore[no-untyped-def]
    """What the plan multiplies by on a rung, for a segment."""
    return _factors(m.at_lever_rung, segment * m.rungs + r)


@inline
def segment_step(m, segment, s):  # type: ignore[no-untyped-def]
    """What a segment's step is multiplied by."""
    return _real(m.at_segment_step, segment * m.steps + s)


@inline
def lever_step(m, segment, s):  # type: ignore[no-untyped-def]
    """What the plan multiplies a segment's step by."""
    return _real(m.at_lever_step, segment * m.steps + s)


@inline
def step_number(m, before, segment, s):  # type: ignore[no-untyped-def]
    """A segment's hazard or probability of a step, now (0) or before the levers moved last (1)."""
    return _real(m.at_step_number, (before * m.segments + segment) * m.steps + s)


@inline
def order_rate(m, before, segment, r):  # type: ignore[no-untyped-def]
    """Orders a unit of time of a segment on a rung."""
    return _real(m.at_order_rate, (before * m.segments + segment) * m.rungs + r)


@inline
def message_rate(m, before, number, segment, r):  # type: ignore[no-untyped-def]
    """Messages a unit of time in a layer, of a segment on a rung."""
    return _real(m.at_message_rate, ((before * m.layers + number) * m.segments + segment) * m.rungs + r)


@inline
def basket_factor(m, segment, r):  # type: ignore[no-untyped-def]
    """What a basket of a segment on a rung is multiplied by."""
    return _real(m.at_basket_factor, segment * m.rungs + r)


@inline
def cost_rate(m, segment, r):  # type: ignore[no-untyped-def]
    """What serving a customer of a segment on a rung costs a month."""
    return _real(m.at_cost_rate, segment * m.rungs + r)


@inline
def changed(m, segment, r):  # type: ignore[no-untyped-def]
    """Whether clocks of a segment on a rung run otherwise since the levers moved last."""
    return _flag(m.at_changed, segment * m.rungs + r)


@inline
def talk(m, number, r):  # type: ignore[no-untyped-def]
    """Messages a month in a layer, from a rung."""
    return _real(m.at_talk, number * m.rungs + r)


@inline
def own_reach(m, number, row):  # type: ignore[no-untyped-def]
    """What the budget `per_receiver` makes of one message a month of this customer."""
    return _real(layer(m, number).at_reach, row)


@inline
def first_tie(m, number, row):  # type: ignore[no-untyped-def]
    """Place of a customer's first tie in a layer; that of the next row is where its ties end."""
    return _whole(layer(m, number).at_indptr, row)


@inline
def tie(m, number, place):  # type: ignore[no-untyped-def]
    """Row of the neighbour at a place."""
    return types.int64(_short(layer(m, number).at_indices, place))


@inline
def in_degree(m, number, row):  # type: ignore[no-untyped-def]
    """How many talk to this customer in a layer."""
    return _short(layer(m, number).at_in_degree, row)


@inline
def letter(m, place):  # type: ignore[no-untyped-def]
    """A letter in the buffer."""
    return _letter(m.at_letters, place)


@inline
def post(m, tick):  # type: ignore[no-untyped-def]
    """An empty letter in the list of a tick."""
    place = m.spare
    if place >= 0:
        m.spare = _letter(m.at_letters, place).next
        m.spares -= 1
    else:
        place = m.letters
        m.letters += 1
    fresh = _letter(m.at_letters, place)
    late = min(tick, m.ticks)  # after the horizon nobody asks
    fresh.next = _whole(m.at_mail, late)
    _set(m.at_mail, late, place)
    _add(m.at_mail_count, late, 1)
    if _whole(m.at_mail_count, late) > m.most_letters and m.too_many == 0 and late < m.ticks - 1:
        m.too_many = late
    return fresh


@inline
def first_letter(m, tick):  # type: ignore[no-untyped-def]
    """Place of the first letter of a tick's list; −1: none. Each letter says which is next."""
    return _whole(m.at_mail, tick)


@inline
def letters_of(m, tick):  # type: ignore[no-untyped-def]
    """How many letters wait for a tick."""
    return _whole(m.at_mail_count, tick)


@inline
def empty_mail(m, tick):  # type: ignore[no-untyped-def]
    """Let the letters of a tick be written over."""
    place = _whole(m.at_mail, tick)
    while place >= 0:
        done = _letter(m.at_letters, place)
        after_it = done.next
        done.next = m.spare
        m.spare = place
        m.spares += 1
        place = after_it
    _set(m.at_mail, tick, types.int64(-1))
    _set(m.at_mail_count, tick, types.int64(0))


@inline
def next_log_row(m):  # type: ignore[no-untyped-def]
    """An empty row of the log's buffer."""
    m.log_rows += 1
    return _log(m.at_log, m.log_rows - 1)


@inline
def followed(m, row):  # type: ignore[no-untyped-def]
    """Whether the log is kept for this customer, where it is kept for some."""
    return (_flag(m.at_followed, row >> 3) >> (row & 7)) & 1


@inline
def count_people(m, month, segment, r, change):  # type: ignore[no-untyped-def]
    """Change the number of customers of a segment on a rung."""
    _add(m.at_people, (month * m.segments + segment) * m.rungs + r, change)


@inline
def count_flow(m, month, flow, segment):  # type: ignore[no-untyped-def]
    """Count a step taken."""
    _add(m.at_flows, (month * m.flows + flow) * m.segments + segment, 1)


@inline
def count_order(m, month, segment, r):  # type: ignore[no-untyped-def]
    """Count an order."""
    _add(m.at_orders, (month * m.segments + segment) * m.rungs + r, 1)


@inline
def count_kind(m, month, k):  # type: ignore[no-untyped-def]
    """Count an order of a kind."""
    _add(m.at_order_kinds, month * m.kinds + k, 1)


@inline
def count_newcomer(m, month, segment, referred):  # type: ignore[no-untyped-def]
    """Count a new customer (0), or a referred one (1)."""
    _add(m.at_newcomers, (month * m.segments + segment) * 2 + referred, 1)


@inline
def add_money(m, month, cause, segment, r, amount):  # type: ignore[no-untyped-def]
    """Add to the monthly books."""
    _add(m.at_money, ((month * m.causes + cause) * m.segments + segment) * m.rungs + r, amount)


@inline
def add_daily(m, day, cause, amount):  # type: ignore[no-untyped-def]
    """Add to the daily books."""
    _add(m.at_daily, day * m.causes + cause, amount)


@inline
def count_message(m, month, number, heard):  # type: ignore[no-untyped-def]
    """Count a message sent (0), or heard (1), in a layer."""
    _add(m.at_messages, (month * m.layers + number) * 2 + heard, 1)


@inline
def count_cohort(m, month, cohort, r, change):  # type: ignore[no-untyped-def]
    """Change the number of a cohort's customers on a rung."""
    _add(m.at_cohorts, (month * m.cohorts + cohort) * m.rungs + r, change)


@inline
def count_buyer(m, month, cohort):  # type: ignore[no-untyped-def]
    """Count a customer of a cohort that orders in a month."""
    _add(m.at_buyers, month * m.cohorts + cohort, 1)


@inline
def told(address, place):  # type: ignore[no-untyped-def]
    """What another thread has told at a place."""
    return read_shared(address, place)


@inline
def tell(address, place, value):  # type: ignore[no-untyped-def]
    """Tell the other threads a number."""
    write_shared(address, place, types.int64(value))


@inline
def give_way():  # type: ignore[no-untyped-def]
    """Let another thread go first."""
    pause()
