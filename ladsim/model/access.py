"""Reaching into a market: which array holds what, and in which order its axes run.

``m`` is the market's record everywhere in the rules. What comes back is the record itself, to be read and written, or a number.
To add an array: a name in ``layout.ARRAYS`` and its bundle, and a function here.
"""

from __future__ import annotations

import numba
from numba import types

from ladsim.model import layout
from ladsim.model.memory import fetch, number_at, record_at

inline = numba.njit(inline="always")

_customer, _clock = record_at(layout.CUSTOMER, sized=False), record_at(layout.CLOCK, sized=False)
_rung, _step, _kind, _layer = record_at(layout.RUNG), record_at(layout.STEP), record_at(layout.KIND), record_at(layout.LAYER)
_factors, _log, _letter = record_at(layout.FACTORS), record_at(layout.LOG), record_at(layout.LETTER)
_real, _ = number_at(types.float64)
_whole, _add = number_at(types.int64)
_short, _ = number_at(types.int32)
_count, _add_count = number_at(types.uint32, sized=False)
_own, _ = number_at(types.float64, sized=False)

_CLOCK_BYTES = layout.CLOCK.itemsize


@inline
def customer(m, row):  # type: ignore[no-untyped-def]
    """A customer's row."""
    return _customer(m.at_customers, row * m.stride)


@inline
def fetch_customer(m, row):  # type: ignore[no-untyped-def]
    """Ask for a customer's row and clocks ahead of their use."""
    place = row * m.stride
    for line in range(0, m.stride, 64):
        fetch(m.at_customers, place + line)


@inline
def clock(m, row, column):  # type: ignore[no-untyped-def]
    """One clock of a customer."""
    return _clock(m.at_clocks, row * m.stride + column * _CLOCK_BYTES)


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
def trait(m, row, t):  # type: ignore[no-untyped-def]
    """A lifelong factor, or own probability, of a customer."""
    return _own(m.at_traits, row * m.stride + 8 * t)


@inline
def visits(m, row, r):  # type: ignore[no-untyped-def]
    """How often a customer has entered a rung."""
    return _count(m.at_visits, row * m.stride + 4 * r)


@inline
def add_visit(m, row, r):  # type: ignore[no-untyped-def]
    """Count one more entry."""
    _add_count(m.at_visits, row * m.stride + 4 * r, types.uint32(1))


@inline
def talk(m, number, r):  # type: ignore[no-untyped-def]
    """Messages a month in a layer, from a rung."""
    return _real(m.at_talk, number * m.rungs + r)


@inline
def reach(m, number, row):  # type: ignore[no-untyped-def]
    """What a layer's budget makes of one message a month of this customer."""
    return _real(m.at_reach, number * m.customers + row)


@inline
def first_tie(m, number, row):  # type: ignore[no-untyped-def]
    """Place of a customer's first tie in a layer; that of the next row is where its ties end."""
    return _whole(m.at_indptr, number * (m.customers + 1) + row)


@inline
def tie(m, place):  # type: ignore[no-untyped-def]
    """Row of the neighbour at a place."""
    return types.int64(_short(m.at_indices, place))


@inline
def in_degree(m, number, row):  # type: ignore[no-untyped-def]
    """How many talk to this customer in a layer."""
    return _short(m.at_in_degree, number * m.customers + row)


@inline
def next_letter(m):  # type: ignore[no-untyped-def]
    """An empty row of the letters' buffer."""
    m.letters += 1
    return _letter(m.at_letters, m.letters - 1)


@inline
def letter(m, number):  # type: ignore[no-untyped-def]
    """A letter that waits in the buffer."""
    return _letter(m.at_letters, number)


@inline
def next_log_row(m):  # type: ignore[no-untyped-def]
    """An empty row of the log's buffer."""
    m.log_rows += 1
    return _log(m.at_log, m.log_rows - 1)


@inline
def count_people(m, segment, r, change):  # type: ignore[no-untyped-def]
    """Change the number of customers of a segment on a rung."""
    _add(m.at_counts, segment * m.rungs + r, change)


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
def count_cohort(m, cohort, r, change):  # type: ignore[no-untyped-def]
    """Change the number of a cohort's customers on a rung."""
    _add(m.at_cohorts, cohort * m.rungs + r, change)


@inline
def count_buyer(m, month, cohort):  # type: ignore[no-untyped-def]
    """Count a customer of a cohort that orders in a month."""
    _add(m.at_buyers, month * m.cohorts + cohort, 1)
