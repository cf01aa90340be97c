"""As whom the firm sees a customer: what a campaign aims at.

A customer's view is one number: what it is for life (whether it may be contacted, which control groups it is in), under the effect of
which campaigns after an event it is (of those whose contacts tire: ``mark``), and what the firm takes its rung for. On entering a
rung a draw decides whether the firm notices: below a campaign's `wrong_rung_share` it takes the customer for somebody on another
rung of the ladder, each as likely. The same draw serves all campaigns, so a firm that knows its customers better makes fewer of the
same mistakes. The levers' tables have a group for every segment and view.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import access

CONSENT = streams.stream_id("consent")  # the draw by which a customer consents, or does not, to all who ask
# What may set off a contact (``ladsim.scenario.programs.triggered_campaign``), and how it is told for which segments: a bit each.
EVENTS = ("first_order", "order", "no_order", "entered", "joined", "level_lost")
SEGMENTS_A_NUMBER, SEGMENT_NUMBERS = 32, 32


@rule
def taken_for(m, row, rung, visit):  # type: ignore[no-untyped-def]
    """Another rung of the ladder, each as likely; the own one where there is no other."""
    others = 0
    for other in range(m.rungs):
        if other != rung and access.rung(m, other).rank >= 0:
            others += 1
    if others == 0:
        return rung
    bits = streams.bits(access.key(m, row), access.rung(m, rung).stream_id, streams.BELIEF, visit, 1)
    place = streams.below(bits, others)
    for other in range(m.rungs):
        if other != rung and access.rung(m, other).rank >= 0:
            if place == 0:
                return other
            place -= 1
    return rung


@rule
def mark(m, row, bit, is_marked):  # type: ignore[no-untyped-def]
    """Set or clear a bit of what a customer is to the firm."""
    own = access.seen_as(m, row)
    part = np.int64(m.seen) << bit
    was_marked = np.int64(own.kind) // part & 1 == 1
    if is_marked and not was_marked:
        own.kind = np.int64(own.kind) + part
    elif was_marked and not is_marked:
        own.kind = np.int64(own.kind) - part


@rule
def see(m, row, rung, visit):  # type: ignore[no-untyped-def]
    """What the firm takes a customer for who has just entered a rung."""
    if m.part_view < 0 or m.seen == 1:
        return
    own = access.seen_as(m, row)
    for_life = own.kind // m.seen
    seen = 0
    u = streams.uniform(access.key(m, row), access.rung(m, rung).stream_id, streams.BELIEF, visit, 0)
    for place in range(m.belief_steps):
        if u < access.belief(m, place):
            seen = 1 + place * m.rungs + taken_for(m, row, rung, visit)
            break
    own.kind = for_life * m.seen + seen
