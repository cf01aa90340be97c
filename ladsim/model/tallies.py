"""Counting in the books: a line for each, in the month it belongs to.

What a book counts, and its axes, its declaration says (``layout.Accumulators``). A ``count_…`` with an amount in it counts one.
"""

from __future__ import annotations

from ladsim.model.accessors import Arrays
from ladsim.model.layout import Accumulators

_books = Arrays(Accumulators)

count_people = _books.adds("count_people", "people")
count_flow = _books.adds("count_flow", "flows", 1)
count_order = _books.adds("count_order", "orders", 1)
count_kind = _books.adds("count_kind", "order_kinds", 1)
count_newcomer = _books.adds("count_newcomer", "newcomers", 1)
add_money = _books.adds("add_money", "money")
add_daily = _books.adds("add_daily", "daily")
add_cash = _books.adds("add_cash", "cash")
add_prepaid = _books.adds("add_prepaid", "prepaid")
count_message = _books.adds("count_message", "messages", 1)
count_cohort = _books.adds("count_cohort", "cohorts")
count_buyer = _books.adds("count_buyer", "buyers", 1)
count_return = _books.adds("count_return", "returns", 1)  # ``standing.WON_BACK``, ``FIRST_BACK``, ``BUYERS``
count_leaver = _books.adds("count_leaver", "leavers")
count_member = _books.adds("count_member", "members")  # ``layout.MEMBER_COUNTS``
count_level = _books.adds("count_level", "levels")
count_mood = _books.adds("count_mood", "moods")  # ``layout.MOODS``
