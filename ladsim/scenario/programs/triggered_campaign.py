"""A contact so many days after an event: campaigns with `after`, which nobody joins.

The event (`first_order`, `order`, `entered`, `joined`, `level_lost`, or `no_order`: a silence) sets a date. On it the firm looks who
stands there: whoever is on a rung and in a segment that the campaign is for, consents where it must ask, and is not in the test
group, is contacted, which costs, and is on level 1 for so many days: there the level's factors hold. An event while a contact is
due, or while its effect lasts, changes nothing. A silence counts from the last order (or from becoming a customer), and there is
one contact for each.

Where its contacts count among those that tire, the level changes nothing by itself: who is on it has a bit of its own among as whom
the firm sees it, and the plan does the rest for that group, with all other contacts (``model.fatigue``).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ladsim import streams
from ladsim.compiled import hook, rule
from ladsim.model import access
from ladsim.model.audience import CONSENT, EVENTS, SEGMENT_NUMBERS, SEGMENTS_A_NUMBER, mark
from ladsim.model.membership import contact, set_level
from ladsim.model.standing import BOUGHT, has

MANUAL = True
FIRST_ORDER, ORDER, NO_ORDER, ENTERED, JOINED, LEVEL_LOST = range(len(EVENTS))
NUMBERS = (
    "event", "which", "delay", "lasts", "starts", "ends", "cost_per_contact", "consent_share", "control_group_share", "ranked",
    "view_bit",
    *(f"segments_{n}" for n in range(SEGMENT_NUMBERS)),
)  # fmt: skip
EVENT, WHICH, DELAY, LASTS, STARTS, ENDS, COST, CONSENTS, KEPT_OUT, RANKED, VIEW_BIT, SEGMENTS = range(12)
_WAITS = 1  # state of who has a contact due
_LAST_ORDER = 0  # word of memory: time of the last order, or of becoming a customer; 0: none yet


def memory(numbers: Mapping[str, float]) -> int:
    """A silence is counted from an order that must be remembered."""
    return 1 if numbers["event"] == NO_ORDER else 0


@rule
def time_of(m, place, which):  # type: ignore[no-untyped-def]
    """A number of the programme as a time."""
    return np.int64(access.number(m, place, which))


@rule
def wait(m, row, place, t, since):  # type: ignore[no-untyped-def]
    """Set the date of a contact for an event at `since`."""
    own = access.member(m, row, place)
    own.state = _WAITS
    own.due = max(since + time_of(m, place, DELAY), t + 1)


@rule
def is_idle(m, row, place):  # type: ignore[no-untyped-def]
    """Whether nothing is due, and no effect lasts."""
    own = access.member(m, row, place)
    return own.level == 0 and own.state == 0


@rule
def is_reached(m, row, place, t):  # type: ignore[no-untyped-def]
    """Whether this customer is contacted when its date comes."""
    if t < time_of(m, place, STARTS) or t >= time_of(m, place, ENDS):
        return False
    c = access.head(m, row)
    if access.joining(m, place, c.rung).probability == 0.0:
        return False
    segments = np.int64(access.number(m, place, SEGMENTS + np.int64(c.segment) // SEGMENTS_A_NUMBER))
    if not (segments >> (np.int64(c.segment) % SEGMENTS_A_NUMBER)) & 1:
        return False
    key = access.key(m, row)
    if streams.uniform(key, CONSENT, streams.AUDIENCE, 0, 0) >= access.number(m, place, CONSENTS):
        return False
    return streams.uniform(key, access.program(m, place).stream_id, streams.AUDIENCE, 0, 0) >= access.number(m, place, KEPT_OUT)


@hook
def on_enter(address, row, place, t, origin):  # type: ignore[no-untyped-def]
    """A rung entered, at the start too; a silence begins with becoming a customer."""
    m = access.market(address)
    event = np.int64(access.number(m, place, EVENT))
    rung = np.int64(access.head(m, row).rung)
    if event == ENTERED:
        if rung == np.int64(access.number(m, place, WHICH)) and is_idle(m, row, place):
            wait(m, row, place, t, t)
    elif event == NO_ORDER and access.rung(m, rung).is_customer and access.memory(m, row, place, _LAST_ORDER) == 0:
        access.set_memory(m, row, place, _LAST_ORDER, max(t, np.int64(1)))
        if is_idle(m, row, place):
            wait(m, row, place, t, t)
    return 0.0


@rule
def is_first(m, row):  # type: ignore[no-untyped-def]
    """Whether the order just booked is the first that is kept, of a customer who had not bought before the start."""
    orders = access.kept_orders(m, row).orders if m.part_kept >= 0 else access.orders(m, row).booked
    return orders == 1 and not has(m, row, BOUGHT)


@hook
def on_order(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """An order; those that somebody starts with are no news."""
    m = access.market(address)
    event = np.int64(access.number(m, place, EVENT))
    if event == NO_ORDER:
        access.set_memory(m, row, place, _LAST_ORDER, max(t, np.int64(1)))
        if access.member(m, row, place).level == 0:
            wait(m, row, place, t, t)
    elif t > 0 and (event == ORDER or (event == FIRST_ORDER and is_first(m, row))) and is_idle(m, row, place):
        wait(m, row, place, t, t)
    return 0.0


@hook
def on_level(address, row, place, t, change):  # type: ignore[no-untyped-def]
    """Another programme joined, or a level of it lost."""
    m = access.market(address)
    event = np.int64(access.number(m, place, EVENT))
    other, before = np.int64(change) // 256, np.int64(change) % 256
    if event in (JOINED, LEVEL_LOST) and other == np.int64(access.number(m, place, WHICH)):
        now = np.int64(access.member(m, row, other).level)
        # Where levels are no ranks (a club's pause), only leaving loses one.
        lost = now < before and (now == 0 or access.number(m, place, RANKED) > 0.0)
        hit = before == 0 and now > 0 if event == JOINED else lost
        if hit and is_idle(m, row, place):
            wait(m, row, place, t, t)
    return 0.0


@hook
def on_terms(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Another silence: who is silent is contacted by it, at once where that is over. Of other events the date of a contact stands."""
    m = access.market(address)
    if np.int64(access.number(m, place, EVENT)) == NO_ORDER and access.member(m, row, place).state == _WAITS:
        wait(m, row, place, t - 1, access.memory(m, row, place, _LAST_ORDER))
    return 0.0


@rule
def set_effect(m, row, place, t, lasts):  # type: ignore[no-untyped-def]
    """Let the effect of a contact begin or end; what the customer has cost until now is paid first."""
    set_level(m, row, place, t, 1 if lasts else 0)
    bit = time_of(m, place, VIEW_BIT)
    if bit >= 0:
        mark(m, row, bit, lasts)


@hook
def on_date(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """The contact, or the end of its effect."""
    m = access.market(address)
    own = access.member(m, row, place)
    own.state = 0
    if own.level > 0:
        set_effect(m, row, place, t, False)
        if np.int64(access.number(m, place, EVENT)) == NO_ORDER:
            last = access.memory(m, row, place, _LAST_ORDER)
            if last >= own.since:
                wait(m, row, place, t, last)
    elif is_reached(m, row, place, t):
        set_effect(m, row, place, t, True)
        own.due = t + max(time_of(m, place, LASTS), np.int64(1))
        contact(m, row, place, t, access.number(m, place, COST))
    return 0.0
