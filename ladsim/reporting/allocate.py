"""The page of a split budget: what each lever gets, what that is ahead of, what more or less money would bring.

In: an `Allocation`. Out: a `Page`, a `Gist`, and the sentences that the terminal prints, too.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from ladsim.i18n.catalogue import tight
from ladsim.i18n.numerals import DASH
from ladsim.planning.allocate import Allocation
from ladsim.planning.budget_market import BEST, WITHOUT
from ladsim.planning.run import label_of
from ladsim.reporting import assumptions
from ladsim.reporting.figure_style import WIDTH
from ladsim.reporting.page_model import Cell, Grid, Page, Picture, grid, text_cell
from ladsim.reporting.sweep_picture import Line, Panel, sweep_picture
from ladsim.reporting.view import Gist, View
from ladsim.scenario.naming import Namer

Row = dict[Any, Any]


class AllocationWords:
    """An allocation in the language of its scenario."""

    def __init__(self, study: Allocation) -> None:
        self.study, self.namer = study, Namer(study.source)
        self.locale, self.currency = self.namer.locale, study.source.currency
        self.levers: list[Row] = study.levers.to_dict("records")
        self.against: list[Row] = study.against.to_dict("records")

    def text(self, key: str, /, **values: Any) -> str:
        """A text of the catalogue."""
        return self.locale.text(f"allocate.{key}", **values)

    def money(self, value: float) -> str:
        """An amount; a dash where there is none."""
        return self.locale.money(value, self.currency) if math.isfinite(value) else DASH

    def worth(self, value: float) -> str:
        """What counts: money, or people, or points of a mix."""
        return self.money(value) if self.study.question.is_money else self.locale.number(value, 6)

    def between(self, low: float, high: float) -> str:
        """An interval of what counts."""
        if not (math.isfinite(low) and math.isfinite(high)) or low == high:
            return ""
        if self.study.question.is_money:
            return self.locale.money_between(low, high, self.currency)
        return self.locale.between(self.locale.number(low, 6), self.locale.number(high, 6))

    def lever(self, key: str) -> str:
        """What a lever is called."""
        parts = key.split(".")
        if parts[0] == "strategies" and len(parts) == 2:
            return self.text("the_rest", strategy=label_of(self.study.source, parts[1]))
        return self.namer.key(key)

    def split(self, name: str) -> str:
        """What a split is called."""
        kind, _, of = name.partition(" ")
        if kind == "file":
            return self.text("s_file", strategy=label_of(self.study.source, of))
        if kind in ("only", "more"):
            return self.text(f"s_{kind}", lever=self.lever(of))
        if kind == "next":
            return self.text("s_next", n=of)
        if name == "equal" and (not self.study.levers_found.switches or self.study.levers_found.apart()):
            name = "equal_off"  # nothing runs beside it, or what cannot run together does not
        return self.text({"all spent": "s_all", "equal_off": "s_equal_off"}.get(name, f"s_{kind}"))

    def value(self, row: Row, column: str = "value") -> str:
        """The value of a lever in its own unit."""
        value = float(row[column])
        if row["kind"] == "switch":
            return self.text("on" if value > 0.5 else "off")
        return self.text("a_month", amount=self.money(value)) if row["kind"] == "amount" else self.locale.number(value, 4)

    def spread(self, row: Row) -> str:
        """The range of splits that cannot be told from the best."""
        low, high = self.value(row, "low"), self.value(row, "high")
        if row["kind"] == "switch":
            return low if low == high else self.text("either")
        if row["kind"] == "amount":
            months = self.study.levers_found.all[[one.key for one in self.study.levers_found.all].index(row["lever"])].months
            return self.locale.money_between(row["low"] * months, row["high"] * months, self.currency)
        return low if low == high else self.locale.between(low, high)

    def row(self, name: str) -> Row | None:
        """The row of a split."""
        return next((row for row in self.against if row["split"] == name), None)

    def verdict(self) -> list[str]:
        """What a reader must know, a line each."""
        study = self.study
        parts = [
            self.text("part", amount=self.money(row["spend"]), lever=self.lever(row["lever"]))
            for row in sorted(self.levers, key=lambda row: -np.nan_to_num(row["spend"]))
            if row["kind"] == "amount" and row["spend"] > 0.0
        ]
        parts += [
            self.text("part_on", lever=self.lever(row["lever"]))
            for row in self.levers
            if row["kind"] == "switch" and row["value"] > 0.5
        ]
        parts += [
            self.text("part_number", lever=self.lever(row["lever"]), value=self.value(row))
            for row in self.levers
            if row["kind"] == "number"
        ]
        without = self.row(WITHOUT)
        budget = self.money(study.question.budget)
        spends = bool(parts) and study.cost.value > 0.001 * study.question.budget
        said = [self.text("v_split" if parts else "v_nothing", budget=budget, parts=self.locale.listed(parts) if parts else DASH)]
        if parts and without is not None and without["told"] != "best":
            said.append(self._than(without, "gain"))
        if spends:
            said.append(self._price())
        seen = {(row["ahead"], row["cost"]): row for row in reversed(self.against) if self.is_reference(row["split"])}
        others = list(reversed(seen.values()))  # the same split by another name once
        said += [self._than(row, "than") for row in others]
        if study.kept > 0.02 * study.question.budget and spends:
            said.append(self._kept(budget))
        close = [row for row in self.against if row["told"] == "open" and row["split"].partition(" ")[0] in ("next", "more")]
        if close:
            said.append(self.text("v_close", n=len(close)))
        if study.question.is_money:
            said.append(
                self.text("v_horizon", months=self.locale.text("count.months", n=self.locale.number(study.source.months, 6)))
            )
        return said

    @staticmethod
    def is_reference(name: str) -> bool:
        """Whether a split is one that readers ask about by themselves."""
        return name.partition(" ")[0] in ("equal", "equal_off", "file", "only")

    def _than(self, row: Row, key: str) -> str:
        values = {
            "split": self.split(row["split"]),
            "amount": self.worth(abs(float(row["ahead"]))),
            "futures": self.locale.text("count.futures", n=int(row["futures"])),
        }
        told = str(row["told"])
        low, high = float(row["ahead_low"]), float(row["ahead_high"])
        limits = self.between(-high, -low) if told == "behind" else self.between(low, high)
        values["amount"] = self.worth(float(row["ahead"])) if told == "open" else values["amount"]
        values["limits"] = self.text("limits", limits=limits) if limits else ""
        return self.text(f"v_{key}_{told}", **values)

    def _price(self) -> str:
        """The price of an extra customer."""
        found = self.study.extra
        if found.why or not math.isfinite(found.cost_per_extra_customer.value):
            return self.text("v_no_price")
        price = found.cost_per_extra_customer
        return self.text(
            "v_price",
            price=self.money(price.value),
            limits=self.locale.money_between(price.low, price.high, self.currency),
            customers=self.locale.people(found.extra_customers.value),
        )

    def _kept(self, budget: str) -> str:
        """Why not all of the budget is spent."""
        kept, whole = self.money(self.study.kept), self.row("all spent")
        if not self.study.levers_found.amounts or whole is None:
            return self.text("v_kept_no_way", kept=kept, budget=budget)
        told = {"ahead": "sure", "behind": "behind", "same": "same"}.get(str(whole["told"]), "open")
        low, high = sorted(abs(float(whole[f"ahead_{end}"])) for end in ("low", "high"))
        limits = self.between(low, high)
        amount = self.worth(abs(float(whole["ahead"])))
        return self.text(f"v_kept_{told}", kept=kept, amount=amount, limits=self.text("limits", limits=limits) if limits else "")


def levers_table(told: AllocationWords) -> Grid:
    """What each lever gets."""
    rows: list[list[str | Cell]] = []
    for row in told.levers:
        amount = row["kind"] == "amount"
        more = told.between(row["next_thousand_low"], row["next_thousand_high"])
        rows.append(
            [
                told.lever(row["lever"]),
                Cell(told.money(row["spend"]) if amount else told.value(row), told.value(row) if amount else ""),
                Cell(told.locale.percent(row["share"]) if amount else DASH),
                Cell(told.spread(row)),
                Cell(told.worth(row["next_thousand"]) if math.isfinite(row["next_thousand"]) else DASH, more),
            ]
        )
    earned = "next_money" if told.study.question.is_money else "next"
    head = [told.text(f"h_{key}") for key in ("lever", "value", "share", "range", earned)]
    return grid(told.text("t_levers"), head, rows, told.text("n_levers"))


def against_table(told: AllocationWords) -> Grid:
    """What the split is ahead of others by."""
    rows: list[list[str | Cell]] = [
        [
            told.split(row["split"]),
            Cell(told.worth(row["value"])),
            Cell(told.money(row["cost"])),
            Cell(told.worth(row["ahead"]) if row["told"] != "best" else DASH, told.between(row["ahead_low"], row["ahead_high"])),
            text_cell(told.text(f"told_{row['told']}") if row["told"] != "best" else DASH),
        ]
        for row in told.against
    ]
    head = [told.text(f"h_{key}") for key in ("split", "worth", "cost", "ahead", "told")]
    return grid(told.text("t_against"), head, rows, told.text("n_against"))


def frontier_table(told: AllocationWords) -> Grid:
    """What less or more money would bring."""
    rows: list[list[str | Cell]] = [
        [
            told.money(row["part"] * told.study.question.budget),
            Cell(told.money(row["cost"])),
            Cell(told.worth(row["gain"]), told.between(row["gain_low"], row["gain_high"])),
        ]
        for row in told.study.frontier.to_dict("records")
    ]
    gain = "gain_money" if told.study.question.is_money else "gain"
    return grid(
        told.text("t_frontier"), [told.text(f"h_{key}") for key in ("budget", "cost", gain)], rows, told.text("n_frontier")
    )


def picture(told: AllocationWords, width: float = WIDTH) -> Any:
    """The frontier of money against result."""
    table = told.study.frontier
    line = Line("", *(table[column].to_numpy(np.float64) for column in ("gain", "gain_low", "gain_high")))
    form = (
        told.locale.short_money if told.study.question.is_money else (lambda value, _=None: told.locale.number(float(value), 3))
    )
    budgets = table["part"].to_numpy(np.float64) * told.study.question.budget
    said = "; ".join(f"{row[0].text}: {row[2].text}" for row in frontier_table(told).rows)
    names = [told.locale.short_money(float(value), None) for value in budgets]
    panel = Panel(told.text("p_gain"), [line], form, zero=True)
    return sweep_picture(names, budgets, [panel], told.text("below", currency=told.locale.currency(told.currency)),
                         told.text("t_frontier"), told.text("alt", said=said), width)  # fmt: skip


def page(study: Allocation, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of a split budget says."""
    told, run = AllocationWords(study), study.runs[BEST]
    locale, runs = told.locale, list(study.futures.values())
    verdict, *more = told.verdict()
    return Page(
        title=told.text("title", name=study.source.heading),
        overline=locale.text(
            "page.overline",
            kind=told.text("kind", budget=told.money(study.question.budget)),
            months=locale.number(float(run.histories[0].months[-1]), 6),
            people=locale.number(study.source.market_size),
            futures=run.count,
        ),
        verdict=tight(verdict),
        caveat="",
        notes=tuple(tight(one) for one in (*more, *_notes(run))),
        answers=(),
        picture=Picture(partial(picture, told), told.text("caption")) if study.frontier["gain"].any() else None,
        first=(levers_table(told), against_table(told), frontier_table(told)),
        sections=(
            assumptions.assumptions(runs, told.namer),
            assumptions.limits(study.source, run, "", runs),
            assumptions.made(study.source, run, command, manifest),
        ),
    )


def _notes(run: Any) -> tuple[str, ...]:
    from ladsim.reporting.run import notes

    return tuple(notes(run))


def gist(study: Allocation) -> Gist:
    """The split, and what it is ahead of."""
    told = AllocationWords(study)
    return Gist(tight("\n".join(told.verdict())), (levers_table(told),))


def _answer(study: Allocation) -> dict[str, Any]:
    price = study.extra.cost_per_extra_customer
    return {
        "verdict": "\n".join(AllocationWords(study).verdict()),
        "budget": study.question.budget,
        "cost": study.cost.value,
        "kept": study.kept,
        "split": {row["lever"]: row["value"] for row in study.levers.to_dict("records")},
        "cost_per_extra_customer": None if math.isnan(price.value) else price.value,
        "splits_tried": study.tried,
    }


VIEW = View(page, gist, answer=_answer)
