"""Reaching into a market: which array holds what, and in which order its axes run.

``m`` is the market's record everywhere in the rules. What comes back is the record itself, to be read and written, or a number.
To add an array: a name in ``layout.ARRAYS`` and its bundle, and a function here. To add a part to a customer's row: a line in
``layout.PARTS``, what it needs in ``engine.state.parts_of``, and a function here.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import inline
from ladsim.model import layout
from ladsim.model.memory import address_of, fetch, number_at, pause, read_shared, record_at, write_shared

_head, _orders, _after = (record_at(kind, sized=False) for kind in (layout.HEAD, layout.ORDERS, layout.AFTER))
_talk_part, _renewals, _arrival = (record_at(kind, sized=False) for kind in (layout.TALK, layout.RENEWALS, layout.ARRIVAL))
_costs, _stay, _outcome = (record_at(kind, sized=False) for kind in (layout.COSTS, layout.STAY, layout.OUTCOME))
_sequence, _view, _mood = (record_at(kind, sized=False) for kind in (layout.SEQUENCE, layout.VIEW, layout.MOOD))
_member = record_at(layout.MEMBER, sized=False)
_program, _join, _market = record_at(layout.PROGRAM), record_at(layout.JOIN), record_at(layout.MARKET)
_rung, _step, _kind, _layer = record_at(layout.RUNG), record_at(layout.STEP), record_at(layout.KIND), record_at(layout.LAYER)
_factors, _log, _customer = record_at(layout.FACTORS), record_at(layout.LOG), record_at(layout.CUSTOMER)
_real, _set_real, _ = number_at("f8")
_whole, _set, _ = number_at("i8")
_short, _, _ = number_at("i4")
_id, _, _ = number_at("u8")
_flag, _set_flag, _ = number_at("u1")
_word, _set_word, _ = number_at("i8", sized=False)
_tally, _set_tally, _ = number_at("u2", sized=False)
_own, _set_own, _ = number_at("f8", sized=False)

_LINE = layout.LINE
_MEMBER_BYTES = layout.MEMBER.itemsize


@inline
def market(address):  # type: ignore[no-untyped-def]
    """The market's record at an address."""
    return _market(address, 0)


@inline
def where(m):  # type: ignore[no-untyped-def]
    """The address of the market's record."""
    return address_of(m)


@inline
def head(m, row):  # type: ignore[no-untyped-def]
    """Where a customer stands, and what comes next."""
    return _head(m.at_rows, row * m.stride)


@inline
def fetch_customer(m, row):  # type: ignore[no-untyped-def]
    """Ask for a customer's row ahead of its use, but for what programmes remember, of which little is used at a time."""
    place = row * m.stride
    end = m.stride if m.part_memory < 0 else m.part_memory
    for line in range(0, end, _LINE):
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
def group(m, row):  # type: ignore[no-untyped-def]
    """What a customer is to the levers: its segment, and as whom the firm sees it."""
    segment = np.int64(_head(m.at_rows, row * m.stride).segment)
    if m.part_view < 0:
        return segment
    return segment + m.segments * np.int64(_view(m.at_rows, row * m.stride + m.part_view).kind)


@inline
def seen_as(m, row):  # type: ignore[no-untyped-def]
    """As whom the firm sees a customer."""
    return _view(m.at_rows, row * m.stride + m.part_view)


@inline
def mood(m, row):  # type: ignore[no-untyped-def]
    """A customer's satisfaction, and what it expects."""
    return _mood(m.at_rows, row * m.stride + m.part_mood)


@inline
def member(m, row, place):  # type: ignore[no-untyped-def]
    """What a programme knows of a customer."""
    return _member(m.at_rows, row * m.stride + m.part_members + place * _MEMBER_BYTES)


@inline
def memory(m, row, place, number):  # type: ignore[no-untyped-def]
    """One whole number of a programme's own memory of a customer."""
    return _word(m.at_rows, row * m.stride + m.part_memory + 8 * (program(m, place).memory + number))


@inline
def set_memory(m, row, place, number, value):  # type: ignore[no-untyped-def]
    """Set a whole number of a programme's own memory of a customer."""
    _set_word(m.at_rows, row * m.stride + m.part_memory + 8 * (program(m, place).memory + number), value)


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
    _set_tally(m.at_rows, row * m.stride + m.part_visits + 2 * r, np.uint16(count))


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
def program(m, place):  # type: ignore[no-untyped-def]
    """A programme."""
    return _program(m.at_programs, place)


@inline
def number(m, place, which):  # type: ignore[no-untyped-def]
    """A number that the scenario gives a programme."""
    return _real(program(m, place).at_numbers, which)


@inline
def joining(m, place, r):  # type: ignore[no-untyped-def]
    """How a programme is joined on a rung."""
    return _join(m.at_joins, place * m.rungs + r)


@inline
def level_of(m, row, place):  # type: ignore[no-untyped-def]
    """A customer's level in a programme, counted through all programmes' levels."""
    return program(m, place).first + member(m, row, place).level


@inline
def level_factors(m, level, r):  # type: ignore[no-untyped-def]
    """By what a programme's level multiplies on a rung."""
    return _factors(m.at_level_rung, level * m.rungs + r)


@inline
def level_step(m, level, s):  # type: ignore[no-untyped-def]
    """By what a programme's level multiplies a step."""
    return _real(m.at_level_step, level * m.steps + s)


@inline
def level_cost(m, level):  # type: ignore[no-untyped-def]
    """What a member costs a month at a programme's level."""
    return _real(m.at_level_cost, level)


@inline
def belief(m, place):  # type: ignore[no-untyped-def]
    """One of the different shares of customers whose rung is not known."""
    return _real(m.at_beliefs, place)


@inline
def cause_kind(m, cause):  # type: ignore[no-untyped-def]
    """What a cause of money is."""
    return _flag(m.at_cause_kinds, cause)


@inline
def held(m, column):  # type: ignore[no-untyped-def]
    """With which hazard a clock of the customer that acts has run."""
    return _real(m.at_held, column)


@inline
def hold(m, column, hazard):  # type: ignore[no-untyped-def]
    """Note with which hazard a clock of the customer that acts runs."""
    _set_real(m.at_held, column, hazard)


@inline
def segment_factors(m, segment, r):  # type: ignore[no-untyped-def]
    """What a segment is multiplied by on a rung."""
    return _factors(m.at_segment_rung, segment * m.rungs + r)


@inline
def lever_factors(m, group, r):  # type: ignore[no-untyped-def]
    """What the plan multiplies by on a rung, for a group."""
    return _factors(m.at_lever_rung, group * m.rungs + r)


@inline
def segment_step(m, segment, s):  # type: ignore[no-untyped-def]
    """What a segment's step is multiplied by."""
    return _real(m.at_segment_step, segment * m.steps + s)


@inline
def lever_step(m, group, s):  # type: ignore[no-untyped-def]
    """What the plan multiplies a group's step by."""
    return _real(m.at_lever_step, group * m.steps + s)


@inline
def step_number(m, before, group, s):  # type: ignore[no-untyped-def]
    """A group's hazard or probability of a step, now (0) or before the levers moved last (1)."""
    return _real(m.at_step_number, (before * m.groups + group) * m.steps + s)


@inline
def set_step_number(m, before, group, s, value):  # type: ignore[no-untyped-def]
    """Set a group's hazard or probability of a step."""
    _set_real(m.at_step_number, (before * m.groups + group) * m.steps + s, np.float64(value))


@inline
def order_rate(m, before, group, r):  # type: ignore[no-untyped-def]
    """Orders a unit of time of a group on a rung."""
    return _real(m.at_order_rate, (before * m.groups + group) * m.rungs + r)


@inline
def set_order_rate(m, before, group, r, value):  # type: ignore[no-untyped-def]
    """Set orders a unit of time of a group on a rung."""
    _set_real(m.at_order_rate, (before * m.groups + group) * m.rungs + r, np.float64(value))


@inline
def message_rate(m, before, number, group, r):  # type: ignore[no-untyped-def]
    """Messages a unit of time in a layer, of a group on a rung."""
    return _real(m.at_message_rate, ((before * m.layers + number) * m.groups + group) * m.rungs + r)


@inline
def set_message_rate(m, before, number, group, r, value):  # type: ignore[no-untyped-def]
    """Set messages a unit of time in a layer, of a group on a rung."""
    _set_real(m.at_message_rate, ((before * m.layers + number) * m.groups + group) * m.rungs + r, np.float64(value))


@inline
def basket_factor(m, group, r):  # type: ignore[no-untyped-def]
    """What a basket of a group on a rung is multiplied by."""
    return _real(m.at_basket_factor, group * m.rungs + r)


@inline
def set_basket_factor(m, group, r, value):  # type: ignore[no-untyped-def]
    """Set what a basket of a group on a rung is multiplied by."""
    _set_real(m.at_basket_factor, group * m.rungs + r, np.float64(value))


@inline
def quality(m, group, r):  # type: ignore[no-untyped-def]
    """How good an experience of a group on a rung is."""
    return _real(m.at_quality, group * m.rungs + r)


@inline
def set_quality(m, group, r, value):  # type: ignore[no-untyped-def]
    """Set how good an experience of a group on a rung is."""
    _set_real(m.at_quality, group * m.rungs + r, np.float64(value))


@inline
def price(m, group, r):  # type: ignore[no-untyped-def]
    """What the price is multiplied by."""
    return _real(m.at_price, group * m.rungs + r)


@inline
def set_price(m, group, r, value):  # type: ignore[no-untyped-def]
    """Set what the price is multiplied by."""
    _set_real(m.at_price, group * m.rungs + r, np.float64(value))


@inline
def points(m, group, r):  # type: ignore[no-untyped-def]
    """What the points of an order are multiplied by."""
    return _real(m.at_points, group * m.rungs + r)


@inline
def set_points(m, group, r, value):  # type: ignore[no-untyped-def]
    """Set what the points of an order are multiplied by."""
    _set_real(m.at_points, group * m.rungs + r, np.float64(value))


@inline
def cost_rate(m, group, r):  # type: ignore[no-untyped-def]
    """What serving a customer of a group on a rung costs a month."""
    return _real(m.at_cost_rate, group * m.rungs + r)


@inline
def set_cost_rate(m, group, r, value):  # type: ignore[no-untyped-def]
    """Set what serving a customer of a group on a rung costs a month."""
    _set_real(m.at_cost_rate, group * m.rungs + r, np.float64(value))


@inline
def changed(m, group, r):  # type: ignore[no-untyped-def]
    """Whether clocks of a group on a rung run otherwise since the levers moved last."""
    return _flag(m.at_changed, group * m.rungs + r)


@inline
def set_changed(m, group, r, value):  # type: ignore[no-untyped-def]
    """Note whether clocks of a group on a rung run otherwise."""
    _set_flag(m.at_changed, group * m.rungs + r, np.uint8(value))


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
    return np.int64(_short(layer(m, number).at_indices, place))


@inline
def in_degree(m, number, row):  # type: ignore[no-untyped-def]
    """How many talk to this customer in a layer."""
    return _short(layer(m, number).at_in_degree, row)


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
def customer(table, row):  # type: ignore[no-untyped-def]
    """A line of the table of customers that a history shows."""
    return _customer(table, row)


@inline
def of_thread(m, thread):  # type: ignore[no-untyped-def]
    """The market's record as another thread has it, with its books and letters."""
    return _market(m.first, thread)


@inline
def block_due(m, block):  # type: ignore[no-untyped-def]
    """When the first event of a block of customers is due."""
    return _whole(m.at_blocks, block)


@inline
def set_block_due(m, block, time):  # type: ignore[no-untyped-def]
    """Write down when the first event of a block of customers is due."""
    _set(m.at_blocks, block, time)


@inline
def place_of_letter(m, n):  # type: ignore[no-untyped-def]
    """The n-th letter that a thread is about to deliver: the thread that has it above, its place in that thread's buffer below."""
    return _whole(m.at_places, n)


@inline
def set_place_of_letter(m, n, place):  # type: ignore[no-untyped-def]
    """Write down which letter a thread delivers as its n-th."""
    _set(m.at_places, n, place)


@inline
def told(address, place):  # type: ignore[no-untyped-def]
    """What another thread has told at a place."""
    return read_shared(address, place)


@inline
def tell(address, place, value):  # type: ignore[no-untyped-def]
    """Tell the other threads a number."""
    write_shared(address, place, np.int64(value))


@inline
def give_way():  # type: ignore[no-untyped-def]
    """Let another thread go first."""
    pause()
