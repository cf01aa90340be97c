"""How long to test, in words: customers and months, what word of mouth hides, false verdicts, what waiting costs.

In: `TrialLength`. Out: sentences, two tables, JSON values, a page of its own.
"""

from __future__ import annotations

import math
from typing import Any

from ladsim.i18n.numerals import DASH
from ladsim.planning.trial_length import CANNOT, NEARLY, TrialLength
from ladsim.planning.two_arms import FEWEST_BLOCKS, LEAST_BLOCK
from ladsim.reporting.page_model import Cell, Command, Grid, Page, Points, Section, grid, text_cell
from ladsim.scenario.naming import Namer


class TrialWords:
    """What is said of a test, in the scenario's language."""

    def __init__(self, trial: TrialLength) -> None:
        self.trial, self.namer = trial, Namer(trial.scenario)
        self.locale = self.namer.locale

    def text(self, key: str, **values: Any) -> str:
        """One of the texts of `trial`."""
        return self.locale.text(f"trial.{key}", **values)

    @property
    def heading(self) -> str:
        """Which test it is."""
        trial = self.trial
        return self.text("heading", name=trial.scenario.heading, label=trial.label, campaign=self.campaign, converts=self._goal())

    @property
    def campaign(self) -> str:
        """What the campaign is called."""
        return self.namer.campaigns.get(self.trial.campaign, self.trial.campaign)

    def _goal(self) -> str:
        if not self.trial.converts:
            return self.text("orders")
        return self.text("reaches", rungs=self.locale.listed([self.namer.rung(rung) for rung in self.trial.converts]))

    def _estimate(self, stem: str, row: dict[str, Any], signed: bool = False) -> str:
        ends = [row[stem + end] for end in ("", "_low", "_high")]
        said = [self._percent(one, signed) for one in ends]
        if not all(math.isfinite(one) for one in ends):
            return said[0] if math.isfinite(ends[0]) else DASH
        return self.text("estimate", value=said[0], limits=self.locale.between(*said[1:]))

    def _percent(self, value: float, signed: bool = False) -> str:
        if not math.isfinite(value):
            return DASH
        said = self.locale.percent(abs(value), 2 if abs(value) < 0.1 else 3)
        return ("+" if value > 0 else "−" if value < 0 else "") + said if signed else said

    def sentences(self) -> list[str]:
        """The answer, and what it rests on."""
        trial, last, locale = self.trial, self.trial.last, self.locale
        facts = {
            "customers": locale.whole(trial.size),
            "all": locale.whole(trial.customers),
            "sure": locale.percent(trial.sure),
            "months": locale.text("count.months", n=locale.whole(last["month"])),
            "found": self._estimate("found", last),
            "lift": self._percent(last["lift"], True),
        }
        if trial.answer == CANNOT:
            said = [self.text("cannot", **facts)]
        elif trial.answer == NEARLY:
            said = [self.text("nearly", **facts)]
        else:
            said = [self.text("reached", **facts, month=locale.whole(trial.month))]
        said.append(self._closed())
        asked = "" if trial.asked_lift is None else self.text("asked", lift=self._percent(trial.asked_lift, True))
        said.append(self.text("lift", asked=asked, lift=self._estimate("lift", last, True)))
        if trial.scenario.word_of_mouth:
            said.append(self.text("crossing", seen=self._estimate("lift_seen", last, True), lift=facts["lift"]))
        else:
            said.append(self.text("no_crossing", seen=self._estimate("lift_seen", last, True)))
        false = self._estimate("false_verdict", last)
        said.append(self.text("false", false=false, alpha=locale.percent(trial.alpha)))
        return [*said, self._waiting(), self._money(), *self._sampled()]

    def _closed(self) -> str:
        trial, locale = self.trial, self.locale
        if not math.isfinite(trial.closed_form):
            return self.text("closed_never")
        return self.text("closed", customers=locale.whole(trial.closed_form), sure=locale.percent(trial.sure))

    def _waiting(self) -> str:
        trial, locale = self.trial, self.locale
        row = trial.months[trial.months["month"] == trial.month] if math.isfinite(trial.month) else trial.months.iloc[[-1]]
        one = row.iloc[0]
        cost, low, high = (float(one[f"waiting_cost{end}"]) for end in ("", "_low", "_high"))
        facts = {"month": locale.whole(one["month"]), "cost": locale.money(abs(cost), trial.scenario.currency)}
        if math.isnan(low):
            return self.text("waiting_few", **facts)
        if low <= 0.0 <= high:
            return self.text("waiting_open", **facts | {"limits": self._between(low, high)})
        ends = sorted((abs(low), abs(high)))
        return self.text("waiting_costs" if cost > 0.0 else "waiting_saves", **facts, limits=self._between(*ends))

    def _between(self, low: float, high: float) -> str:
        return self.locale.money_between(low, high, self.trial.scenario.currency)

    def _money(self) -> str:
        found, locale = self.trial.last["money_found"], self.locale
        if not math.isfinite(found):
            least = locale.whole(LEAST_BLOCK * FEWEST_BLOCKS)
            return self.text("money_few", least=least, block=locale.whole(LEAST_BLOCK))
        return self.text("money", found=locale.percent(found), block=locale.whole(LEAST_BLOCK))

    def _sampled(self) -> list[str]:
        if self.trial.scale <= 1.0:
            return []
        return [self.text("sampled", times=self.locale.number(self.trial.scale))]

    def sizes(self) -> Grid:
        """Every number of customers that was tried."""
        locale, rows = self.locale, list[list[str | Cell]]()
        for row in self.trial.sizes.to_dict("records"):
            month = locale.whole(row["month"]) if math.isfinite(row["month"]) else DASH
            ends = locale.between(locale.percent(row["found_low"]), locale.percent(row["found_high"]))
            rows.append(
                [
                    text_cell(locale.whole(row["customers"])),
                    Cell(locale.percent(row["found"]), ends, strong=row["found"] >= self.trial.sure),
                    Cell(locale.percent(row["closed_form"])),
                    Cell(month),
                ]
            )
        head = tuple(self.text(f"h_{key}") for key in ("customers", "found", "closed", "month_by"))
        return grid(self.text("t_sizes"), head, rows, self.text("n_sizes", sure=locale.percent(self.trial.sure)))

    def months(self) -> Grid:
        """The size that is told, month by month."""
        locale, currency, rows = self.locale, self.trial.scenario.currency, list[list[str | Cell]]()
        for row in self.trial.months.to_dict("records"):
            ends = locale.between(locale.percent(row["found_low"]), locale.percent(row["found_high"]))
            between = locale.between(self._percent(row["lift_seen_low"], True), self._percent(row["lift_seen_high"], True))
            cost = (
                self._between(row["waiting_cost_low"], row["waiting_cost_high"])
                if row["waiting_cost_low"] == row["waiting_cost_low"]
                else ""
            )
            rows.append(
                [
                    text_cell(locale.whole(row["month"])),
                    Cell(locale.percent(row["found"]), ends, strong=row["found"] >= self.trial.sure),
                    Cell(locale.percent(row["found_at_once"])),
                    Cell(locale.percent(row["closed_form"])),
                    Cell(f"{self._percent(row['converted_control'])} / {self._percent(row['converted_treated'])}"),
                    Cell(self._percent(row["lift"], True)),
                    Cell(self._percent(row["lift_seen"], True), between),
                    Cell(locale.money(row["waiting_cost"], currency, signed=True), cost),
                ]
            )
        keys = ("month", "found", "at_once", "closed", "converted", "lift", "lift_seen", "waiting")
        head = tuple(self.text(f"h_{key}") for key in keys)
        return grid(self.text("t_months", customers=locale.whole(self.trial.size)), head, rows, self.text("n_months"))


def tables(trial: TrialLength) -> dict[str, Any]:
    """The tables by name."""
    return {"test_sizes": trial.sizes, "test_months": trial.months}


def answer(trial: TrialLength) -> dict[str, Any]:
    """A test's length as JSON values; the rows of the tables beside it."""
    return {
        "kind": "test_length",
        "scenario": trial.scenario.name,
        "strategy": trial.strategy,
        "campaign": trial.campaign,
        "converts": list(trial.converts),
        "among": list(trial.among),
        "verdict": TrialWords(trial).sentences(),
        "answer": trial.answer,
        "customers_per_arm": trial.size,
        "customers": trial.customers,
        "month": trial.month,
        "sure": trial.sure,
        "alpha": trial.alpha,
        "asked_lift": trial.asked_lift,
        "strength": trial.strength,
        "closed_form_customers": trial.closed_form,
        "seed": trial.seed,
        "futures": trial.futures,
        "sample": trial.sample,
        "tables": {
            name: table.astype(object).where(table.notna(), None).to_dict("records") for name, table in tables(trial).items()
        },
    }


def page(trial: TrialLength, command: str = "") -> Page:
    """The answer on a page of its own."""
    told = TrialWords(trial)
    first, *more = told.sentences()
    how = Points(tuple(told.text(f"how_{key}") for key in ("arms", "test", "lift", "fresh", "waiting")))
    made = [Section("made", told.locale.text("page.s_made"), (), (Command(command),))] if command else []
    return Page(
        title=told.text("title", name=trial.scenario.heading),
        overline=told.heading,
        verdict=first,
        caveat="",
        notes=tuple(more),
        answers=(),
        first=(told.months(), *(() if trial.sizes.empty else (told.sizes(),))),
        sections=(Section("how", told.text("how"), (), (how,)), *made),
        language=told.locale.language,
    )
