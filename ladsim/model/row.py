"""A customer's row: the parts it is made of, each declared once.

Packed: a row should be one line of memory, so it has only those parts that its scenario needs (``engine.rules.parts_of``), one behind
the other in the order of ``PARTS``. From the declarations follow where each part begins (``layout.lay_out``), the functions by which rules
reach it (``model.accessors``), and the table in the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Part:
    """A declared part of a row: a record, or numbers."""

    kind: np.dtype[Any]
    what: str
    there: str  # when
    fields: dict[str, str] = field(default_factory=dict)  # of a record: what each is
    each: str = ""  # where a row has several of them: what accessors call a place among them


def part(there: str, what: str, each: str = "", /, **fields: tuple[str, str]) -> Part:
    """Declare a record: its fields' kinds, and what they are."""
    kind = np.dtype([(name, kind) for name, (kind, _) in fields.items()])
    return Part(kind, what, there, {name: said for name, (_, said) in fields.items()}, each)


def numbers(kind: str, there: str, what: str, each: str) -> Part:
    """Declare numbers, as many as a scenario needs."""
    return Part(np.dtype(kind), what, there, each=each)


PARTS = {
    "head": part(
        "always",
        "where a customer stands, and what comes next",
        rung=("u1", "rung"),
        what=("u1", "what is due next"),
        leaving=("u1", "the `time` step that is due first"),
        began=("u1", "rung at the start of the month `moved`"),
        segment=("u2", "segment"),
        cohort=(
            "u2",
            "month of becoming a customer + 1, 0 for none; above it marks: referred, bought before, back, lost, came and left",
        ),
        moved=("u2", "month of the last move"),
    ),
    "clocks": numbers(
        "i8",
        "there are clocks: `time` steps (only that which is due first, unless a plan can change hazards), orders, each layer's messages",
        "one clock of a customer: when it is due, or, while it stands still, its exposure with the sign bit set",
        "column",
    ),
    "orders": part(
        "anybody can order",
        "a customer's running numbers of orders",
        number=("u4", "running number of the order clock"),
        booked=("u4", "orders booked"),
        bought=("u2", "month of the last order + 1"),
    ),
    "after": part(
        "a step asks for more than one order", "orders since a customer entered its rung", orders_here=("u4", "orders")
    ),
    "kept": part(
        "orders may come back",
        "a customer's orders of which something was kept",
        orders=("u4", "how many"),
        waits=("u1", "who referred this customer is told of it at the first of them"),
    ),
    "talk": part(
        "there are layers",
        "a customer's running number of messages, and who won it",
        messages=("u4", "messages sent"),
        referrer=("i4", "a row, −1 for none"),
    ),
    "renewals": part(
        "there are renewals",
        "a customer's dates of renewal",
        due=("i8", "the next date"),
        anchor=("i8", "the date from which they are counted"),
        renewals=("u4", "renewals since entering"),
    ),
    "arrival": part(
        "there are arrivals",
        "when and where a customer arrives",
        due=("i8", "when"),
        flow=("u2", "which of the arrivals, behind the steps"),
        to=("u1", "rung it enters"),
    ),
    "costs": part("serving costs something", "until when serving a customer is booked", paid_until=("i8", "time")),
    "stay": part("a step says `within_months`", "when a customer entered its rung", entered=("i8", "time")),
    "outcome": part(
        "rows per customer are kept",
        "what was booked to a customer",
        revenue=("i8", "revenue"),
        contribution=("i8", "what revenue contributes"),
        cost=("i8", "costs"),
    ),
    "sequence": part("there is a log", "a customer's running number in the log", sequence=("u4", "number")),
    "view": part(
        "a campaign may miss, skip or tire people", "as whom the firm sees a customer", kind=("u2", "what a campaign aims at")
    ),
    "mood": part(
        "the scenario has satisfaction",
        "a customer's satisfaction, and what it expects",
        satisfaction=("f8", "0 to 10"),
        expectation=("f8", "0 to 10"),
    ),
    "traits": numbers("f8", "there is heterogeneity", "a lifelong factor, or own probability, of a customer", "t"),
    "visits": numbers("u2", "always", "how often a customer has entered a rung; MOST_VISITS is that often or more", "r"),
    "members": part(
        "there are programmes",
        "what a programme knows of a customer",
        "place",
        due=("i8", "the date that the programme has set"),
        since=("i8", "member since"),
        balance=("i8", "points in thousandths, or amount units"),
        orders=("f8", "a factor on the rate of orders"),
        number=("u4", "a running number of the programme's own"),
        level=("u1", "level, 0 for no member"),
        reached=("u1", "level after the order at hand"),
        state=("u1", "a state of the programme's own"),
    ),
    "prepaid": part(
        "something is paid in advance: a club's fee, an order that covers some time",
        "what a customer has paid in advance",
        "slot",
        amount=("i8", "amount units paid, 0 once all of it is earned"),
        since=("i8", "when the time begins that it is for"),
        until=("i8", "when that time ends"),
        refunds=("u1", "what is not yet earned is paid back on leaving"),
    ),
    "memory": numbers(
        "i8",
        "a programme asks for it: points 2 dates, with lots 2 more and a lot for each month kept, and one more where the "
        "whole balance expires at a time; tiers 12 months and the last of "
        "them; cashback with a minimum its balance VAT in",
        "whole numbers of the programmes' own",
        "number",
    ),
}
FIRST = next(iter(PARTS))  # always there, and at the row's beginning
