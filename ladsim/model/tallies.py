"""Counting in the books: one line a count, each in the month it belongs to.

``m`` is the market's record, as everywhere in the rules. The books' axes are described in ``layout.Books``.
"""

from __future__ import annotations

from ladsim.compiled import inline
from ladsim.model.layout import MEMBER_COUNTS, MOODS
from ladsim.model.memory import number_at

_, _, _add = number_at("i8")
_MEMBER_COUNTS = len(MEMBER_COUNTS)
_MOODS = len(MOODS)


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
def count_message(m, month, number, what):  # type: ignore[no-untyped-def]
    """Count a message sent (0), heard (1), or sent by a detractor (2), in a layer."""
    _add(m.at_messages, (month * m.layers + number) * 3 + what, 1)


@inline
def count_cohort(m, month, cohort, r, change):  # type: ignore[no-untyped-def]
    """Change the number of a cohort's customers on a rung."""
    _add(m.at_cohorts, (month * m.cohorts + cohort) * m.rungs + r, change)


@inline
def count_buyer(m, month, cohort):  # type: ignore[no-untyped-def]
    """Count a customer of a cohort that orders in a month."""
    _add(m.at_buyers, month * m.cohorts + cohort, 1)


@inline
def count_return(m, month, segment, what):  # type: ignore[no-untyped-def]
    """Count somebody who is a customer again (``standing.WON_BACK``, ``FIRST_BACK``, ``BUYERS``)."""
    _add(m.at_returns, (month * m.segments + segment) * 3 + what, 1)


@inline
def count_leaver(m, month, segment, r, change):  # type: ignore[no-untyped-def]
    """Change the number of a month's leavers from a rung; behind the last rung: of those who came and left in it."""
    _add(m.at_leavers, (month * m.segments + segment) * (m.rungs + 1) + r, change)


@inline
def count_member(m, month, place, what, amount):  # type: ignore[no-untyped-def]
    """Count something of a programme's members (``layout.MEMBER_COUNTS``)."""
    _add(m.at_members, (month * m.programs + place) * _MEMBER_COUNTS + what, amount)


@inline
def count_level(m, month, level, change):  # type: ignore[no-untyped-def]
    """Change the number of members at a level."""
    _add(m.at_levels, month * m.all_levels + level, change)


@inline
def count_mood(m, month, segment, r, what, change):  # type: ignore[no-untyped-def]
    """Change the number of people of a mood, the sum of their satisfaction, or what failed (``layout.MOODS``)."""
    _add(m.at_moods, ((month * m.segments + segment) * m.rungs + r) * _MOODS + what, change)
