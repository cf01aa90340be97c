"""One customer's life in words, from the event log.

In: the table of ``history.events()``, a customer's id, the scenario for its labels. Out: a line for each instant at which something
happened, and what it comes to at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ladsim.i18n.numerals import marked
from ladsim.scenario.naming import Namer
from ladsim.scenario.spec import Scenario

MOST_LINES = 40
TOLD = ("start", "move", "order", "send", "hear")  # events


def life_text(events: Any, customer: int, scenario: Scenario, most_lines: int = MOST_LINES) -> str:
    """A customer's life: month by month what it did and heard, where it stands at the end, what it brought."""
    life = events[(events["customer"] == customer).fillna(False)]
    namer, currency = Namer(scenario), scenario.currency
    locale = namer.locale
    rows = [row for row in life.to_dict("records") if row["event"] in TOLD]
    lines = []
    for month, together in groupby(rows, key=lambda row: row["month"]):
        said = "; ".join(instant(list(together), namer, currency))
        lines.append(f"  {locale.text('chart.month_axis')} {marked(locale.language, f'{month:5.2f}')}  {said}")
    left = len(lines) - most_lines
    if left > 0:
        lines[most_lines:] = ["  " + locale.text("life.more", number=left)]
    head = locale.text("life.head", customer=customer, months=locale.number(scenario.months))
    return "\n".join([head, *lines, "  " + _sum(life, namer, currency)])


def instant(rows: list[dict[Any, Any]], namer: Namer, currency: str) -> Iterator[str]:
    """What one instant holds, messages to several at once in one word. `rows`: of the log, with ``TOLD`` or other events."""
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
        elif event not in TOLD:
            yield locale.text(f"life.{event}", program=namer.program(str(first["cause"])))
        else:
            for row in found:
                if event == "move":
                    yield locale.text("life.move", origin=namer.rung(row["from"]), rung=namer.rung(row["to"]))
                else:
                    yield locale.text("life.order", amount=locale.money(row["amount"], currency))


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
