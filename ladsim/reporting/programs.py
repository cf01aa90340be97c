"""The page of what programmes are worth: the market with each against its twin without it.

In: a `ProgramValue`. Out: a `Page`; ``sentences`` alone is the answer in words, for the screen and for other programs.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ladsim.i18n.numerals import DASH
from ladsim.planning.notes import assumed
from ladsim.planning.programs import ProgramValue
from ladsim.reporting import assumptions, membership, recommendation, run, sections, series
from ladsim.reporting.page_model import Answer, Cell, Grid, Page, Points, Section, grid, text_cell
from ladsim.reporting.view import Gist, View
from ladsim.scenario.naming import Namer

COLUMNS = ("program", "incremental_profit", "p_pays", "cost", "extra_orders", "cost_per_extra_order")


class ProgramWords:
    """A study's numbers in the words of its language."""

    def __init__(self, study: ProgramValue) -> None:
        self.study = study
        self.namer = Namer(study.runs.source)
        self.locale = self.namer.locale
        self.currency = study.runs.source.currency
        self.rows: list[Any] = study.table.to_dict("records")
        self.months = self.text("count.months", n=self.locale.number(float(study.runs.histories[0].months[-1]), 6))

    def text(self, key: str, **values: Any) -> str:
        """A text of this study."""
        return self.locale.text(key, **values)

    def money(self, value: float) -> str:
        """An amount; a dash where there is none."""
        return self.locale.money(value, self.currency) if math.isfinite(value) else DASH

    def program(self, name: str) -> str:
        """A programme's label, or "all programmes together"."""
        return self.namer.program(name) if name in self.study.programs else self.text("programs.all")

    def per_order(self, row: Any) -> tuple[str, str]:
        """What an extra order costs, and its interval; a dash where the programme costs nothing or is not sure to bring any."""
        if not (row["cost"] > 0.0 and row["extra_orders"] > 0.0 and math.isfinite(row["cost_per_extra_order"])):
            return DASH, ""
        limits = self.interval(row["cost_per_extra_order_low"], row["cost_per_extra_order_high"])
        return self.money(row["cost_per_extra_order"]), limits

    def interval(self, low: float, high: float) -> str:
        """A 95 % interval of an amount; empty where there is none, or no width."""
        return "" if low == high else self.locale.money_between(low, high, self.currency)


def sentences(study: ProgramValue) -> list[str]:
    """What each programme earns and what an extra order costs, in a sentence or two each; all together first where there are several."""
    told = ProgramWords(study)
    rows = told.rows if len(study.programs) == 1 else [told.rows[-1], *told.rows[:-1]]
    return [" ".join(filter(None, (_earns(told, row), _per_order(told, row), _owes(told, row)))) for row in rows]


def notes(study: ProgramValue) -> list[str]:
    """What else a reader must know: what the file makes programmes do, and what every study tells of its futures."""
    return [*assumed([study.runs]), *run.notes(study.runs)]


def _earns(told: ProgramWords, row: Any) -> str:
    """By how much profit changes, and how sure that is."""
    value, low, high = (float(row[key]) for key in ("incremental_profit", "low", "high"))
    who = "all" if row["program"] not in told.study.programs else "one"
    said = {"program": told.program(row["program"]), "amount": told.money(abs(value)), "months": told.months}
    if value == 0.0 and low == high:
        return told.text(f"programs.nothing_{who}", **said)
    # A loss is told as a positive amount, so its limits change places.
    interval = told.interval(low, high) if value >= 0 else told.interval(-high, -low)
    said["limits"] = told.text("programs.limits", interval=interval) if interval else ""
    text = told.text(f"programs.{'gains' if value >= 0 else 'loses'}_{who}", **said)
    return text + (" " + told.text("programs.luck") if interval and low < 0.0 < high else "")


def _per_order(told: ProgramWords, row: Any) -> str:
    """What an extra order costs."""
    cost, extra, each = (float(row[key]) for key in ("cost", "extra_orders", "cost_per_extra_order"))
    if cost < 0.0:
        return told.text("programs.fees_exceed", amount=told.money(-cost))
    if extra > 0.0 and cost > 0.0:
        if not math.isfinite(each):
            return told.text("programs.unsure", cost=told.money(cost), extra=told.locale.people(extra))
        return told.text("programs.each", cost=told.money(each), extra=told.locale.people(extra))
    return told.text("programs.costs_nothing" if cost == 0.0 else "programs.no_extra", cost=told.money(cost))


def _owes(told: ProgramWords, row: Any) -> str:
    """What members have coming at the end, which no book shows yet."""
    owed = float(row["liability"])
    return told.text("programs.owes", amount=told.money(owed)) if math.isfinite(owed) and owed > 0.0 else ""


def page(study: ProgramValue, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of programmes says."""
    told, runs = ProgramWords(study), study.runs
    said = sentences(study)
    return Page(
        title=told.text("programs.title", name=runs.source.heading),
        overline=told.text(
            "page.overline", kind=told.text("programs.kind", label=runs.label),
            months=told.locale.number(float(runs.histories[0].months[-1]), 6), people=told.locale.number(runs.source.market_size),
            futures=runs.count,
        ),
        verdict=said[0],
        caveat="",
        notes=tuple(notes(study)),
        answers=tuple(_answer(told, row) for row in told.rows),
        picture=sections.profit_picture([runs]),
        first=(table(told),),
        sections=(
            *membership.sections([runs]),
            *recommendation.sections([runs]),
            Section("how", told.text("programs.s_how"), (), (Points(tuple(_how(told))),)),
            assumptions.assumptions([runs], told.namer),
            assumptions.limits(runs.scenario, runs, series.closed_form(runs)[1]),
            assumptions.made(runs.source, runs, command, manifest),
        ),
    )  # fmt: skip


def _answer(told: ProgramWords, row: Any) -> Answer:
    """What one programme is worth."""
    short = told.locale.money(float(row["incremental_profit"]), told.currency, True)
    details = [
        _earns(told, row),
        _per_order(told, row),
        *filter(None, [_owes(told, row)]),
        told.text("programs.d_pays", p=told.locale.percent(float(row["p_pays"]))),
    ]
    return Answer(told.program(row["program"]), short, tuple(details))


def table(told: ProgramWords) -> Grid:
    """What every programme adds and costs; its members are a section of their own."""
    locale = told.locale
    rows: list[list[str | Cell]] = []
    for row in told.rows:
        rows.append(
            [
                text_cell(told.program(row["program"])),
                Cell(told.money(row["incremental_profit"]), told.interval(row["low"], row["high"]), strong=True),
                Cell(locale.percent(row["p_pays"])),
                Cell(told.money(row["cost"])),
                Cell(locale.people(row["extra_orders"])),
                Cell(*told.per_order(row)),
            ]
        )
    return grid(
        told.text("programs.t_value"), [told.text(f"programs.h_{key}") for key in COLUMNS], rows, told.text("programs.n_value")
    )


def _how(told: ProgramWords) -> list[str]:
    """How it was found out."""
    said = [told.text("programs.how_twin"), told.text("programs.how_cost"), told.text("programs.how_interval")]
    if len(told.study.programs) > 1:
        said.append(told.text("programs.how_sum"))
    if not np.isfinite(told.study.table["liability"]).any():
        return said
    return [*said, told.text("programs.how_liability")]


def gist(study: ProgramValue) -> Gist:
    """What the programmes earn, a sentence or two each, and every number."""
    return Gist("\n".join(sentences(study)), (table(ProgramWords(study)),))


def answer(study: ProgramValue) -> dict[str, Any]:
    """The answer, for other programs."""
    said = sentences(study)
    return {"verdict": said[0], "answers": said, "programs": list(study.programs)}


VIEW = View(page, gist, answer)
