"""Reaching into a market: the functions by which rules read and write its arrays.

``m`` is the market's record everywhere in the rules. What comes back is the record itself, to be read and written, or a number.
What an array holds, and in which order its axes run, its declaration says (``model.layout``; of a part of a row: ``model.row``); an
accessor is a line here. Accumulators are added to in ``tallies``; messages stand in ``messages``.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import inline
from ladsim.model.accessors import Arrays, Row
from ladsim.model.layout import CUSTOMER, LINE, MARKET, Accumulators, Engine, OfLayer, OfProgram, Parameters, State
from ladsim.model.memory import address_of, fetch, pause, read_shared, record_at, write_shared

_row, _arrays = Row(), Arrays(Parameters, State, Accumulators, Engine)
_market, _customer = record_at(MARKET), record_at(CUSTOMER)

# The parts of a customer's row.
head = _row.reads("head")
clock, set_clock = _row.reads("clock", "clocks"), _row.writes("set_clock", "clocks")
orders = _row.reads("orders")
after = _row.reads("after")
talking = _row.reads("talking", "talk")
renewals = _row.reads("renewals")
arrival = _row.reads("arrival")
costs = _row.reads("costs")
stay = _row.reads("stay")
outcome = _row.reads("outcome")
sequence = _row.reads("sequence")
seen_as = _row.reads("seen_as", "view")
mood = _row.reads("mood")
trait, set_trait = _row.reads("trait", "traits"), _row.writes("set_trait", "traits")
visits, set_visits = _row.reads("visits"), _row.writes("set_visits", "visits")
member = _row.reads("member", "members")
kept_orders = _row.reads("kept_orders", "kept")
prepaid = _row.reads("prepaid")
_memory, _set_memory = _row.reads("_memory", "memory"), _row.writes("_set_memory", "memory")

# What is known of a customer beside its row.
due, set_due = _arrays.reads("due"), _arrays.writes("set_due", "due")
_id = _arrays.reads("_id", "ids")
held, hold = _arrays.reads("held"), _arrays.writes("hold", "held")

# What the scenario says.
rung = _arrays.reads("rung", "rungs")
step = _arrays.reads("step", "steps")
kind = _arrays.reads("kind", "kinds")
layer = _arrays.reads("layer", "layers")
talk = _arrays.reads("talk")
segment_factors = _arrays.reads("segment_factors", "segment_rung")
segment_step = _arrays.reads("segment_step")
return_share = _arrays.reads("return_share", "return_shares")
payment = _arrays.reads("payment", "payments")
belief = _arrays.reads("belief", "beliefs")
cause_kind = _arrays.reads("cause_kind", "cause_kinds")
program = _arrays.reads("program", "programs")
joining = _arrays.reads("joining", "joins")
level_factors = _arrays.reads("level_factors", "level_rung")
level_step = _arrays.reads("level_step")
level_cost = _arrays.reads("level_cost")

# What layers and programmes point to.
_layer, _program = Arrays(OfLayer, through=layer), Arrays(OfProgram, through=program)
first_tie = _layer.reads("first_tie", "indptr")
_tie = _layer.reads("_tie", "indices")
in_degree = _layer.reads("in_degree")
own_reach = _layer.reads("own_reach", "reach")
cumulative_weight = _layer.reads("cumulative_weight", "cumulative")
number = _program.reads("number", "numbers")

# What the plan makes of it.
lever_factors = _arrays.reads("lever_factors", "lever_rung")
lever_step = _arrays.reads("lever_step")
step_number, set_step_number = _arrays.reads("step_number"), _arrays.writes("set_step_number", "step_number")
order_rate, set_order_rate = _arrays.reads("order_rate"), _arrays.writes("set_order_rate", "order_rate")
message_rate, set_message_rate = _arrays.reads("message_rate"), _arrays.writes("set_message_rate", "message_rate")
basket_factor, set_basket_factor = _arrays.reads("basket_factor"), _arrays.writes("set_basket_factor", "basket_factor")
quality, set_quality = _arrays.reads("quality"), _arrays.writes("set_quality", "quality")
price, set_price = _arrays.reads("price"), _arrays.writes("set_price", "price")
points, set_points = _arrays.reads("points"), _arrays.writes("set_points", "points")
cost_rate, set_cost_rate = _arrays.reads("cost_rate"), _arrays.writes("set_cost_rate", "cost_rate")
changed, set_changed = _arrays.reads("changed"), _arrays.writes("set_changed", "changed")

# What an engine keeps.
_log = _arrays.reads("_log", "log")
block_due, set_block_due = _arrays.reads("block_due", "blocks"), _arrays.writes("set_block_due", "blocks")
place_of_message, set_place_of_message = (
    _arrays.reads("place_of_message", "places"),
    _arrays.writes("set_place_of_message", "places"),
)
_followed = _arrays.reads("_followed", "followed")


@inline
def market(address):  # type: ignore[no-untyped-def]
    """The market's record at an address."""
    return _market(address, 0)


@inline
def where(m):  # type: ignore[no-untyped-def]
    """The address of the market's record."""
    return address_of(m)


@inline
def of_thread(m, thread):  # type: ignore[no-untyped-def]
    """The market's record as another thread has it, with its books and messages."""
    return _market(m.first, thread)


@inline
def fetch_due(m, row):  # type: ignore[no-untyped-def]
    """Ask for the times of a row and of those behind it, two lines of memory, ahead of their use."""
    fetch(m.at_due, row * 8)
    fetch(m.at_due, min(row + LINE // 8, m.customers - 1) * 8)


@inline
def fetch_customer(m, row):  # type: ignore[no-untyped-def]
    """Ask for a customer's row ahead of its use, but for what programmes remember, of which little is used at a time."""
    place = row * m.stride
    end = m.stride if m.part_memory < 0 else m.part_memory
    for line in range(0, end, LINE):
        fetch(m.at_rows, place + line)


@inline
def identity(m, row):  # type: ignore[no-untyped-def]
    """A customer's permanent id."""
    return np.uint64(row) if m.numbered else _id(m, row)


@inline
def key(m, row):  # type: ignore[no-untyped-def]
    """A customer's key of luck in this replication."""
    return streams.customer_key(m.run, identity(m, row))


@inline
def group(m, row):  # type: ignore[no-untyped-def]
    """What a customer is to the levers: its segment, and as whom the firm sees it."""
    segment = np.int64(head(m, row).segment)
    if m.part_view < 0:
        return segment
    return segment + m.segments * np.int64(seen_as(m, row).kind)


@inline
def memory(m, row, place, number):  # type: ignore[no-untyped-def]
    """One whole number of a programme's own memory of a customer."""
    return _memory(m, row, program(m, place).memory + number)


@inline
def set_memory(m, row, place, number, value):  # type: ignore[no-untyped-def]
    """Set a whole number of a programme's own memory of a customer."""
    _set_memory(m, row, program(m, place).memory + number, value)


@inline
def level_of(m, row, place):  # type: ignore[no-untyped-def]
    """A customer's level in a programme, counted through all programmes' levels."""
    return program(m, place).first + member(m, row, place).level


@inline
def tie(m, number, place):  # type: ignore[no-untyped-def]
    """Row of the neighbour at a place."""
    return np.int64(_tie(m, number, place))


@inline
def next_log_row(m):  # type: ignore[no-untyped-def]
    """An empty row of the log's buffer."""
    m.log_rows += 1
    return _log(m, m.log_rows - 1)


@inline
def followed(m, row):  # type: ignore[no-untyped-def]
    """Whether the log is kept for this customer, where it is kept for some."""
    return (_followed(m, row >> 3) >> (row & 7)) & 1


@inline
def customer(table, row):  # type: ignore[no-untyped-def]
    """A line of the table of customers that a history shows."""
    return _customer(table, row)


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
