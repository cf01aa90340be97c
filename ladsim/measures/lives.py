"""Lives of single customers in an event log: whose is the fullest, who lives through what, where two of them part.

In: the table of ``history.events()``. Out: ids; the first event in which two lives differ. What is booked for a customer is no event of its
life: a campaign that begins makes the cost of serving somebody two bookings, and nobody notices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BOOKED = ("book", "cash")  # events that are bookings alone
SAID = ("event", "from", "to", "cause", "other", "amount")  # by which two events are the same, beside their time


def by_eventfulness(events: Any) -> list[int]:
    """Customers, the most eventful life first.

    That is one in which most different things happen (rungs stood on, orders, messages sent and heard, being moved by another's word);
    of equal ones the one with most changes of rung, then most events, then the first.
    """
    known = events[events["customer"].notna() & ~events["event"].isin(BOOKED)]
    moves, named = known["event"] == "move", known["event"].astype(str)
    things = named.mask(moves | (named == "start"), "on " + known["to"].astype(str))
    different = things.groupby(known["customer"]).nunique()
    moved = moves.groupby(known["customer"]).sum()
    by_word = (moves & known["other"].notna()).groupby(known["customer"]).any()
    order = different.to_frame("things").assign(moves=moved, events=named.groupby(known["customer"]).size())
    order["things"] += by_word.astype(int)
    return [int(customer) for customer in order.sort_values(list(order.columns), ascending=False, kind="stable").index]


def who_fits(events: Any, rung: str | None) -> set[int]:
    """Customers who climb or fall onto a rung (where nobody does, those who start there), or (None) whom another one's word moved."""
    moved, known = events["event"] == "move", events["customer"].notna()
    there = events["to"] == rung if rung is not None else events["other"].notna()
    found = events.loc[known & there & moved, "customer"]
    if found.empty and rung is not None:
        found = events.loc[known & there & (events["event"] == "start"), "customer"]
    return {int(customer) for customer in found}


@dataclass(frozen=True)
class Parting:
    """Where two lives part: the first event that only one of them has, or that is another in each."""

    time: int  # as in the log
    month: float
    same: int  # events that both have before
    here: dict[str, Any] | None  # the event in the first life, as a row of the log; None: nothing happens then
    there: dict[str, Any] | None  # in the second


def life(events: Any, customer: int, booked: bool | None = False) -> list[dict[str, Any]]:
    """The events of one customer's life, in order, as dictionaries; with `booked` its bookings, in place of them; with None both."""
    own = events[(events["customer"] == customer).fillna(False)]
    own = own if booked is None else own[own["event"].isin(BOOKED) == booked]
    return [
        {**row, "other": None if row["other"] is None or row["other"] != row["other"] else row["other"]} for row in _rows(own)
    ]


def _rows(table: Any) -> list[dict[str, Any]]:
    found = table.astype({"other": object}).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in found.to_dict("records")]


def parting(here: list[dict[str, Any]], there: list[dict[str, Any]]) -> Parting | None:
    """Where two lives part; None where all their events are the same.

    >>> first = [{"time": 0, "month": 0.0, "event": "start"}, {"time": 9, "month": 0.1, "event": "order", "amount": 5.0}]
    >>> later = [first[0], {"time": 12, "month": 0.2, "event": "order", "amount": 5.0}]
    >>> found = parting(first, later)
    >>> found.month, found.same, found.here["event"], found.there
    (0.1, 1, 'order', None)
    >>> parting(first, first)
    """
    same = 0
    while same < min(len(here), len(there)) and _said(here[same]) == _said(there[same]):
        same += 1
    if same == len(here) == len(there):
        return None
    next_ones = [one[same] if same < len(one) else None for one in (here, there)]
    time = min(one["time"] for one in next_ones if one is not None)
    ours, theirs = (one if one is not None and one["time"] == time else None for one in next_ones)
    first = ours or theirs
    assert first is not None
    return Parting(int(time), float(first["month"]), same, ours, theirs)


def _said(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["time"], *(row.get(column) for column in SAID))
