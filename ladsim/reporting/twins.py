"""Twins in words: two lives side by side, the first event at which they part, and why.

In: `Twins`. Out: sentences, a table of both lives, and a page of its own.
"""

from __future__ import annotations

from typing import Any

from ladsim.i18n import Locale
from ladsim.measures.lives import Parting, life
from ladsim.planning.twins import Lever, Twins
from ladsim.reporting.customer_history import happened, instant
from ladsim.reporting.page_model import Cell, Command, Grid, Page, Points, Section, grid, text_cell
from ladsim.scenario.naming import Namer

MOST_ROWS = 40
MOST_LEVERS = 6  # that are named in a sentence


class TwinsWords:
    """What is said of twins, in the scenario's language."""

    def __init__(self, twins: Twins) -> None:
        self.twins = twins
        self.namer = Namer(twins.scenario)
        self.locale: Locale = self.namer.locale
        same = twins.labels[0] == twins.labels[1]
        self.labels = twins.names if same else twins.labels

    def text(self, key: str, **values: Any) -> str:
        """One of the texts of twins."""
        return self.locale.text(f"twins.{key}", **values)

    @property
    def heading(self) -> str:
        """Whose lives they are."""
        months = self.locale.number(self.twins.scenario.months, 6)
        who = str(self.twins.customer)
        return self.text("heading", customer=who, one=self.labels[0], other=self.labels[1], months=months)

    def sentences(self) -> list[str]:
        """Where the two lives part, by whose word, and on what that hangs."""
        twins, locale = self.twins, self.locale
        if twins.parting is None:
            said = [self.text("never")]
            if twins.money is not None:
                said.append(self.text("money", month=locale.number(twins.money.month)))
            return said
        said = [
            self.text(
                "parts",
                month=locale.number(twins.parting.month),
                one=self.labels[0],
                other=self.labels[1],
                here=self.event(twins.parting.here),
                there=self.event(twins.parting.there),
            )
        ]
        for link in twins.chain[1:]:
            said.append(
                self.text(
                    "link",
                    customer=str(link.customer),
                    month=locale.number(link.parting.month),
                    one=self.labels[0],
                    other=self.labels[1],
                    here=self.event(link.parting.here),
                    there=self.event(link.parting.there),
                )
            )
        return [*said, self._why()]

    def _why(self) -> str:
        twins = self.twins
        if not twins.levers:
            return self.text("why_nothing")
        if not twins.why:
            return self.text("why_together", levers=self._listed(twins.levers))
        return self.text("why_one" if len(twins.why) == 1 else "why", levers=self._listed(twins.why))

    def _listed(self, levers: tuple[Lever, ...]) -> str:
        said = [self.lever(lever) for lever in levers[:MOST_LEVERS]]
        if len(levers) > MOST_LEVERS:
            said.append(self.text("more_levers", n=len(levers) - MOST_LEVERS))
        return self.locale.listed(said)

    def lever(self, lever: Lever) -> str:
        """A lever by its name, and who has it."""
        namer, item = self.namer, lever.here if lever.here is not None else lever.there
        if lever.kind == "set":
            called = namer.key(lever.name)
        elif lever.kind == "campaigns":
            called = namer.campaign(item, lever.name)
        elif lever.kind == "programs":
            called = item.label or namer.program(lever.name)
        else:
            called = getattr(item, "label", "") or lever.name.replace("_", " ")
        who = "both" if lever.here is not None and lever.there is not None else "here" if lever.here is not None else "there"
        return self.text(f"lever_{who}", name=called, one=self.labels[0], other=self.labels[1])

    def event(self, row: dict[str, Any] | None) -> str:
        """One event in words."""
        if row is None:
            return self.text("nothing")
        return "; ".join(instant([row], self.namer, self.twins.scenario.currency))

    def lives(self, most: int | None = None) -> Grid:
        """Both lives side by side, an instant a row; the first `most` of them."""
        twins, locale = self.twins, self.locale
        rows: list[list[str | Cell]] = []
        here, there = (_instants(events, twins.customer) for events in twins.lives)
        whole = twins.side_by_side
        shown = whole if most is None else whole.head(most)
        for row in shown.to_dict("records"):
            parts = twins.parting is not None and row["time"] == twins.parting.time
            cells = [text_cell(self._at(one.get(row["time"], []))) for one in (here, there)]
            month = locale.number(row["month"])
            rows.append([Cell(month, self.text("here_they_part") if parts else "", strong=parts, numeric=False), *cells])
        note = self.text("rows", n=len(whole) - len(shown)) if len(shown) < len(whole) else ""
        return grid(self.text("side_by_side"), (self.locale.text("page.h_month"), *self.labels), rows, note)

    def _at(self, rows: list[dict[str, Any]]) -> str:
        return "; ".join(instant(rows, self.namer, self.twins.scenario.currency))


def _instants(events: Any, customer: int) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in happened(life(events, customer, booked=None)):
        found.setdefault(int(row["time"]), []).append(row)
    return found


def answer(twins: Twins) -> dict[str, Any]:
    """Twins as JSON values: sentences, where they part, on what that hangs, both lives."""
    told = TwinsWords(twins)
    table = twins.table
    return {
        "kind": "twin",
        "scenario": twins.scenario.name,
        "strategies": list(twins.strategies),
        "customer": twins.customer,
        "seed": twins.seed,
        "sample": twins.sample,
        "verdict": told.sentences(),
        "parting": _plain(twins.parting),
        "money_parting": _plain(twins.money),
        "chain": [{"customer": link.customer, **(_plain(link.parting) or {})} for link in twins.chain],
        "levers": [{"kind": lever.kind, "name": lever.name, "decides": lever in twins.why} for lever in twins.levers],
        "lives": table.astype({"customer": object, "other": object}).where(table.notna(), None).to_dict("records"),
    }


def _plain(found: Parting | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"month": found.month, "same_events": found.same, "here": found.here, "there": found.there}


def page(twins: Twins, command: str = "") -> Page:
    """Both lives on a page of their own."""
    told = TwinsWords(twins)
    first, *more = told.sentences()
    locale = told.locale
    return Page(
        title=told.text("title", name=twins.scenario.heading),
        overline=told.heading,
        verdict=first,
        caveat="",
        notes=tuple(more),
        answers=(),
        first=(told.lives(),),
        sections=(
            Section("how", told.text("how"), (), (Points((told.text("how_luck"), told.text("how_why"))),)),
            *([Section("made", locale.text("page.s_made"), (), (Command(command),))] if command else []),
        ),
        language=locale.language,
    )
