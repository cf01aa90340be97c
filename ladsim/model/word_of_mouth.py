"""Word of mouth: who tells whom, and how often.

Message clocks belong to the customer, one per layer. A budget says what "m messages a month" means on a graph where degrees
differ: `per_sender` m in all, each to a random neighbour; `per_edge` m along every tie; `per_receiver` neighbour j hears at
m / in-degree(j) (Fibich & Gibori 2010). Where ties have weights w that differ, `per_sender` picks a neighbour in proportion to them,
`per_edge` is m·w over the layer's mean weight, `per_receiver` m·w over the weights of all who can tell that neighbour. An announcement
is one message to every neighbour (the independent cascade; Kempe, Kleinberg & Tardos 2003), whatever the weights. Messages wait in a
buffer; the engine's delivery delivers them at the end of the tick. What detractors say is criticism, decided when it is sent.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import access, message_queue, tallies
from ladsim.model.hazards import FRESH, NOW, message_hazard, wound
from ladsim.model.layout import E_SEND, NEWS, NEWS_NUMBER, PER_RECEIVER, TICK
from ladsim.model.money import month_of, note
from ladsim.model.satisfaction import is_detractor


@rule
def send(m, row, layer, receiver, t, late):  # type: ignore[no-untyped-def]
    """Post one message; its number is the sender's running number.

    It is delivered at the end of the tick (T−1, T] that holds `t`; what is sent while messages are delivered (`late`) at the next.
    """
    tick = t // TICK + 1 if late else max((t + TICK - 1) // TICK, 1)
    c = access.talking(m, row)
    message = message_queue.post(m, tick)
    message.receiver = receiver
    message.sent = t
    message.sender = row
    message.number = c.messages
    message.layer = layer
    negative = is_detractor(m, row)
    message.negative = negative
    c.messages += 1
    tallies.count_message(m, month_of(t), layer, 0)
    if negative:
        tallies.count_message(m, month_of(t), layer, 2)
    if m.log:
        rung = access.head(m, row).rung
        note(m, row, t, E_SEND, rung, rung, layer, access.identity(m, receiver), -1 if negative else 0)


@rule
def send_news(m, row, t, receiver):  # type: ignore[no-untyped-def]
    """Let the referrer know that this customer has come; it hears of it at the end of the tick, at the latest of the next."""
    message = message_queue.post(m, t // TICK + 1)
    message.receiver = receiver
    message.sent = t
    message.sender = row
    message.number = NEWS_NUMBER
    message.layer = NEWS
    message.negative = 0


@rule
def pick_by_weight(m, layer, first, degree, u):  # type: ignore[no-untyped-def]
    """Place, among a customer's ties, of the first whose cumulative weight exceeds u times all of it."""
    wanted = u * np.float64(access.cumulative_weight(m, layer, first + degree - 1))
    low, high = np.int64(0), np.int64(degree - 1)
    while low < high:
        middle = (low + high) // 2
        if np.float64(access.cumulative_weight(m, layer, first + middle)) > wanted:
            high = middle
        else:
            low = middle + 1
    return low


@rule
def pick_neighbour(m, row, layer, random_bits):  # type: ignore[no-untyped-def]
    """Row of the neighbour that hears the message; −1 without neighbours."""
    here = access.layer(m, layer)
    if here.everyone:
        others = here.nodes - 1
        if others < 1:
            return np.int64(-1)
        q = streams.below(random_bits, others)
        return q + 1 if q >= row else q
    first = access.first_tie(m, layer, row)
    degree = access.first_tie(m, layer, row + 1) - first
    if degree < 1:
        return np.int64(-1)
    if here.weighted:
        return access.tie(m, layer, first + pick_by_weight(m, layer, first, degree, streams.to_uniform(random_bits)))
    if here.budget != PER_RECEIVER:
        return access.tie(m, layer, first + streams.below(random_bits, degree))
    # Neighbour j with chance proportional to 1 / in-degree(j).
    left = streams.to_uniform(random_bits) * access.own_reach(m, layer, row)
    for e in range(first, first + degree - 1):
        left -= 1.0 / access.in_degree(m, layer, access.tie(m, layer, e))
        if left < 0.0:
            return access.tie(m, layer, e)
    return access.tie(m, layer, first + degree - 1)


@rule
def message_exposure(m, row, layer):  # type: ignore[no-untyped-def]
    """Draw the exposure until this customer's next message in a layer."""
    number = np.uint64(access.talking(m, row).messages)
    return streams.exponential(streams.uniform(access.key(m, row), streams.NO_WORD, streams.MESSAGE_CLOCK, number, layer))


@rule
def wind_message_clock(m, row, layer, t):  # type: ignore[no-untyped-def]
    """Start the clock of this customer's next message in a layer."""
    hazard = message_hazard(m, row, access.group(m, row), access.head(m, row).rung, layer, NOW)
    clock = FRESH
    if hazard > 0.0:
        clock = wound(t, message_exposure(m, row, layer), hazard)
    access.set_clock(m, row, m.talk_column + layer, clock)
    if m.personal:
        access.hold(m, m.talk_column + layer, hazard)


@rule
def on_message_clock(m, row, layer, t):  # type: ignore[no-untyped-def]
    """The customer tells one neighbour."""
    c = access.talking(m, row)
    random_bits = streams.bits(access.key(m, row), streams.NO_WORD, streams.NEIGHBOUR, np.uint64(c.messages), layer)
    receiver = pick_neighbour(m, row, layer, random_bits)
    if receiver >= 0:
        send(m, row, layer, receiver, t, False)
    else:
        c.messages += 1
    wind_message_clock(m, row, layer, t)


@rule
def announce(m, row, t, late):  # type: ignore[no-untyped-def]
    """The customer tells every neighbour, layer by layer, in the order of their ids."""
    for layer in range(m.layers):
        if access.layer(m, layer).everyone:
            for receiver in range(access.layer(m, layer).nodes):
                if receiver != row:
                    send(m, row, layer, receiver, t, late)
        else:
            for e in range(access.first_tie(m, layer, row), access.first_tie(m, layer, row + 1)):
                send(m, row, layer, access.tie(m, layer, e), t, late)
