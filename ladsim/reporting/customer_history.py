"""One customer's life in words, from the event log.

In: the table of ``history.events()``, a customer's id, the scenario for its labels. Out: a line for each instant at which something
happened, and what it comes to at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ladsim.scenario.naming import Namer
from ladsim.scenario.programs.record import Program
from ladsim.scenario.programs.rules import kind_of
from ladsim.scenario.spec import Scenario

MOST_LINES = 40
RETURNS, FEES = "returns", "fees"  # causes of money
TOLD = ("start", "move", "order", "send", "hear", "level", "earn", "redeem", "expire", "fee", "back", "refund")
_OF_PROGRAMS = ("level", "earn", "redeem", "expire", "fee")


def life_text(events: Any, customer: int, scenario: Scenario, most_lines: int = MOST_LINES) -> str:
    """A customer's life: month by month what it did and heard, where it stands at the end, what it brought."""
    life = events[(events["customer"] == customer).fillna(False)]
    namer, currency = Namer(scenario), scenario.currency
    locale = namer.locale
    rows = [row for row in happened(life.to_dict("records")) if row["event"] in TOLD]
    moments = [
        (locale.moment(month), "; ".join(instant(list(together), namer, currency)))
        for month, together in groupby(rows, key=lambda row: row["month"])
    ]
    wide = max((len(moment) for moment, _ in moments), default=0)
    lines = [f"  {moment:>{wide}}  {said}" for moment, said in moments]
    left = len(lines) - most_lines
    if left > 0:
        lines[most_lines:] = ["  " + locale.text("life.more", number=left)]
    head = locale.text("life.head", customer=customer, months=locale.number(scenario.months))
    return "\n".join([head, *lines, "  " + _sum(life, namer, currency)])


def happened(rows: list[dict[Any, Any]]) -> Iterator[dict[Any, Any]]:
    """The events, with what the books say beside them: fees paid and paid back, orders that come back, contracts ended.

    Of an order that comes back its money is the first that is booked (or, of a contract, paid back) as `returns` after it. Fees paid in
    advance are told when they are paid (`cash`), not month by month as they are earned.
    """
    advance = {row["cause"] for row in rows if row["event"] == "cash"}
    levels: dict[str, float] = {}
    order: dict[Any, Any] | None = None
    for row in rows:
        event, (program, _, part) = row["event"], str(row["cause"]).rpartition(":")
        if event == "level":
            yield row | {"before": levels.get(row["cause"], 0.0)}
            levels[row["cause"]] = row["amount"]
        elif part == FEES and (event == "cash" or (event == "book" and row["cause"] not in advance)):
            yield row | {"event": "fee", "cause": program}
        elif event in ("book", "cash") and row["cause"] == RETURNS and order is not None and order["time"] == row["time"]:
            yield row | {"event": "back", "whole": row["amount"] == -order["amount"]}
            order = None
        elif event == "cash" and row["cause"] == "revenue" and row["amount"] < 0.0:
            yield row | {"event": "refund"}
        elif event not in ("book", "cash"):
            order = row if event == "order" else order
            yield row


def instant(rows: list[dict[Any, Any]], namer: Namer, currency: str) -> Iterator[str]:
    """What one instant holds, messages to several at once in one word. `rows`: as ``happened`` gives them, or of the log."""
    locale = namer.locale
    for (event, layer), same in groupby(
        rows, key=lambda row: (row["event"], row["cause"] if row["event"] in ("send", "hear") else "")
    ):
        found = list(same)
        first = found[0]
        if event == "start":
            yield locale.text("life.start", rung=namer.rung(first["to"]))
        elif event in ("send", "hear"):
            who = locale.text("life.one" if len(found) == 1 else "life.several", customer=first["other"], number=len(found))
            yield locale.text(f"life.{event}", who=who, layer=namer.layer(layer))
        elif event not in TOLD or (event == "level" and "before" not in first):
            yield locale.text(f"life.{event}", program=namer.program(str(first["cause"])))
        else:
            yield from (_of_program(row, namer) if event in _OF_PROGRAMS else _own(row, namer) for row in found)


def _own(row: dict[Any, Any], namer: Namer) -> str:
    """A change of rung, an order, what comes back of one."""
    locale, event = namer.locale, row["event"]
    if event == "move":
        return locale.text("life.move", origin=namer.rung(row["from"]), rung=namer.rung(row["to"]))
    key = event if event != "back" else "back_whole" if row["whole"] else "back_part"
    return locale.text(f"life.{key}", amount=locale.money(abs(row["amount"]), namer.scenario.currency))


def _of_program(row: dict[Any, Any], namer: Namer) -> str:
    """What happens in a programme: joining, levels, leaving, fees, points; or a contact of a campaign set off by an event."""
    locale, event, amount = namer.locale, row["event"], row["amount"]
    record = namer.records.get(row["cause"])
    name = namer.program(row["cause"]) if record is not None else namer.campaigns.get(row["cause"], row["cause"])
    if event == "level":
        return _level(row, record, name, namer)
    if event == "fee":
        money = locale.money(abs(amount), namer.scenario.currency)
        return locale.text("life.fee" if amount > 0.0 else "life.fee_back", amount=money, program=name)
    in_money = record is not None and kind_of(record.rules).is_in_money
    what = locale.money(amount, namer.scenario.currency) if in_money else locale.text("life.points", n=locale.number(amount))
    return locale.text(f"life.{event}", what=what, program=name)


def _level(row: dict[Any, Any], record: Program | None, name: str, namer: Namer) -> str:
    """A membership that begins or ends, or another level in it."""
    locale, before, now = namer.locale, round(row["before"]), round(row["amount"])
    if record is None:  # a campaign: its effect begins or ends
        return locale.text("life.contact" if now else "life.contact_over", program=name)
    if not now:
        return locale.text("life.leave", program=name)
    levels = record.levels_of_members
    if record.renews:  # a member, or one who pauses
        return locale.text("life.join" if not before else "life.pause" if now > before else "life.resume", program=name)
    level = levels[now - 1] if now <= len(levels) else None
    called = str(now) if level is None else level.label or level.name.replace("_", " ")
    if len(levels) == 1 or not before:
        return locale.text("life.join" if len(levels) == 1 else "life.join_at", program=name, level=called)
    return locale.text("life.level_up" if now > before else "life.level_down", program=name, level=called)


def _sum(life: Any, namer: Namer, currency: str) -> str:
    """Where the customer stands at the end, and what it brought."""
    counts, locale = life["event"].value_counts(), namer.locale
    return locale.text(
        "life.end",
        rung=namer.rung(life["to"].iloc[-1]),
        orders=locale.text("count.orders", n=counts.get("order", 0)),
        sent=locale.text("count.messages", n=counts.get("send", 0)),
        heard=locale.people(counts.get("hear", 0)),
        amount=locale.money(life.loc[life["event"] == "book", "amount"].sum(), currency),
    )
