"""Word of mouth: who tells whom, and how often.

Message clocks belong to the customer, one per layer. A budget says what "m messages a month" means on a graph where degrees
differ: `per_sender` m in all, each to a random neighbour; `per_edge` m along every tie; `per_receiver` neighbour j hears at
m / in-degree(j) (Fibich & Gibori 2010). An announcement is one message to every neighbour (the independent cascade; Kempe,
Kleinberg & Tardos 2003). Letters wait in a buffer; the engine's courier delivers them at the end of the tick.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model.hazards import message_hazard, wind
from ladsim.model.layout import E_SEND, LETTER_ROWS, PER_RECEIVER
from ladsim.model.money import month_of, note


@rule
def send(state, rules, books, row, layer, receiver, t):  # type: ignore[no-untyped-def]
    """Post one message; its number is the sender's running number."""
    c = state.customers[row]
    letter = books.letters[books.cursor[LETTER_ROWS]]
    letter.receiver = receiver
    letter.sent = t
    letter.sender = row
    letter.number = c.messages
    letter.layer = layer
    books.cursor[LETTER_ROWS] += 1
    c.messages += 1
    books.messages[month_of(t), layer, 0] += 1
    note(state, rules, books, row, t, E_SEND, c.rung, c.rung, layer, state.customers[receiver].id, 0)


@rule
def pick_neighbour(rules, row, layer, random_bits):  # type: ignore[no-untyped-def]
    """Row of the neighbour that hears the message; −1 without neighbours."""
    if rules.layers[layer].everyone:
        others = rules.layers[layer].nodes - 1
        if others < 1:
            return np.int64(-1)
        q = streams.below(random_bits, others)
        return q + 1 if q >= row else q
    first = rules.indptr[layer, row]
    degree = rules.indptr[layer, row + 1] - first
    if degree < 1:
        return np.int64(-1)
    if rules.layers[layer].budget != PER_RECEIVER:
        return np.int64(rules.indices[first + streams.below(random_bits, degree)])
    # Neighbour j with chance proportional to 1 / in-degree(j).
    left = streams.to_uniform(random_bits) * rules.reach[layer, row]
    for e in range(first, first + degree - 1):
        left -= 1.0 / rules.in_degree[layer, rules.indices[e]]
        if left < 0.0:
            return np.int64(rules.indices[e])
    return np.int64(rules.indices[first + degree - 1])


@rule
def wind_message_clock(state, rules, row, layer, t):  # type: ignore[no-untyped-def]
    """Draw the wait to this customer's next message in a layer."""
    c = state.customers[row]
    u = streams.uniform(c.key, streams.NO_WORD, streams.MESSAGE_CLOCK, np.uint64(c.messages), layer)
    clock = state.clocks[row, rules.market[0].time_slots + 1 + layer]
    wind(clock, streams.exponential(u), message_hazard(state, rules, row, layer), t)


@rule
def on_message_clock(state, rules, books, row, layer, t):  # type: ignore[no-untyped-def]
    """The customer tells one neighbour."""
    c = state.customers[row]
    random_bits = streams.bits(c.key, streams.NO_WORD, streams.NEIGHBOUR, np.uint64(c.messages), layer)
    receiver = pick_neighbour(rules, row, layer, random_bits)
    if receiver >= 0:
        send(state, rules, books, row, layer, receiver, t)
    else:
        c.messages += 1
    wind_message_clock(state, rules, row, layer, t)


@rule
def announce(state, rules, books, row, t):  # type: ignore[no-untyped-def]
    """The customer tells every neighbour, layer by layer, in the order of their ids."""
    for layer in range(rules.market[0].layers):
        if rules.layers[layer].everyone:
            for receiver in range(rules.layers[layer].nodes):
                if receiver != row:
                    send(state, rules, books, row, layer, receiver, t)
        else:
            for e in range(rules.indptr[layer, row], rules.indptr[layer, row + 1]):
                send(state, rules, books, row, layer, np.int64(rules.indices[e]), t)
