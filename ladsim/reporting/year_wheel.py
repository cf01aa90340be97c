"""The year's wheel on the page of targets: what is done for which rung, month by month, with the budget, the commits and the goals.

In: `Targets`. Out: a `Section` with the wheel and two tables.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ladsim.i18n.numerals import DASH
from ladsim.planning import pairs
from ladsim.planning.targets import Targets
from ladsim.planning.year_plan import Activity, activities
from ladsim.reporting.figure_style import WIDTH
from ladsim.reporting.ladder import order_of
from ladsim.reporting.page_model import Cell, Grid, Picture, Section, grid, text_cell
from ladsim.reporting.year_picture import MONTHS, Band, Year, year_picture
from ladsim.scenario.naming import Namer


def section(study: Targets, namer: Namer) -> Section | None:
    """The year's wheel; None where nothing is done, or the plan is shorter than a month."""
    told = _Told(study, namer)
    if not told.done or study.month < 1.0:
        return None
    words = [namer.locale.text("year.lead")]
    return Section("year", namer.locale.text("year.heading"), tuple(words), (told.picture(), told.what(), told.months()))


class _Told:
    """The year's wheel in the language of its scenario."""

    def __init__(self, study: Targets, namer: Namer) -> None:
        self.study, self.namer, self.locale = study, namer, namer.locale
        self.currency = study.source.currency
        self.done = activities(study.runs, study.month) if study.month >= 1.0 else []
        self.paired = bool(len(study.runs.parameters.columns))
        self.names = study.runs.histories[0].months[1:]

    def text(self, key: str, /, **values: Any) -> str:
        """A text of the catalogue."""
        return self.locale.text(f"year.{key}", **values)

    def called(self, one: Activity) -> str:
        """What an activity is called."""
        return self.namer.cause(one.name) if one.kind == "policy" else one.label or self.namer.program(one.name)

    def rungs(self, one: Activity) -> str:
        """For whom it is."""
        return self.locale.listed([self.namer.rung(name) for name in one.rungs]) if one.rungs else DASH

    def budget(self) -> np.ndarray[Any, Any]:
        """Mean cost of all activities, by month."""
        return np.asarray(np.sum([one.cost for one in self.done], axis=0).mean(axis=0))

    def picture(self) -> Picture:
        """The wheel of the first twelve months."""
        order = [rung.name for rung in order_of(self.study.scenario).ladder]
        bands = [
            Band(
                self.called(one), one.first, min(one.last, float(MONTHS)),
                min((order.index(name) for name in one.rungs if name in order), default=len(order)),
            )
            for one in self.done
            if one.first < MONTHS
        ]  # fmt: skip
        year = Year(
            months=[self.locale.month_short(month) for month in range(1, MONTHS + 1)],
            bands=bands,
            budget=self.budget()[:MONTHS].tolist(),
            goals=[
                math.ceil(goal.by_month) for goal in self.study.source.goals if goal.by_month <= min(MONTHS, self.study.month)
            ],
            above=self.text("inside"),
        )
        said = "; ".join(
            f"{band.label} ({self.locale.between(*(self.locale.number(x) for x in (band.first, band.last)))})" for band in bands
        )
        return Picture(partial(_drawn, year, self.text("chart"), self.text("alt", said=said)), self.text("caption"))

    def what(self) -> Grid:
        """The table of activities."""
        rows: list[Sequence[str | Cell]] = []
        for one in self.done:
            found = pairs.mean(one.cost.sum(axis=1), self.paired)
            rows.append(
                [
                    text_cell(self.called(one)),
                    text_cell(self.rungs(one)),
                    text_cell(self.locale.period(one.first, one.last)),
                    self._money(found),
                ]
            )
        total = pairs.mean(np.sum([one.cost for one in self.done], axis=0).sum(axis=1), self.paired)
        rows.append([Cell(self.text("all"), strong=True, numeric=False), text_cell(""), text_cell(""), self._money(total)])
        head = [self.text(f"h_{name}") for name in ("what", "whom", "when", "cost")]
        return grid(self.text("t_what"), head, rows, self.text("n_what"))

    def _money(self, found: pairs.Estimate) -> Cell:
        known = math.isfinite(found.low) and found.low < found.high
        return Cell(
            self.locale.money(found.value, self.currency),
            self.locale.money_between(found.low, found.high, self.currency) if known else "",
        )

    def months(self) -> Grid:
        """The table of months: what begins and ends, the budget, what is committed, goals that are due."""
        study, spent = self.study, np.sum([one.cost for one in self.done], axis=0)
        table = study.checkpoints.set_index(["month", "rung"])
        order = [rung.name for rung in reversed(order_of(study.scenario).ladder) if rung.name in set(study.rungs["rung"])]
        rows: list[Sequence[str | Cell]] = []
        for place in range(spent.shape[1]):
            month = float(self.names[place])
            commits = [self._commit(table, month, name) for name in order]
            budget = self._money(pairs.mean(spent[:, place], self.paired))
            rows.append([text_cell(self.locale.month_number(month)), text_cell(self._changes(month)), budget, *commits])
        head = [self.text("h_month"), self.text("h_changes"), self.text("h_budget"), *(self.namer.rung(name) for name in order)]
        return grid(self.text("t_months"), head, rows, self.text("n_months"))

    def _commit(self, table: pd.DataFrame, month: float, rung: str) -> Cell:
        """What is committed for a rung."""
        known = (month, rung) in table.index
        return Cell(self.locale.people(float(table.loc[(month, rung), "commit"])) if known else DASH)

    def _changes(self, month: float) -> str:
        """What begins and ends in a month, and the goals that are due at its end."""
        begins = [self.called(one) for one in self.done if month - 1.0 <= one.first < month]
        ends = [self.called(one) for one in self.done if month - 1.0 < one.last <= month and one.last < self.study.month]
        due = [
            goal.label or self.namer.goal(f"{goal.rung or goal.step}", goal.by_month)
            for goal in self.study.source.goals
            if month - 1.0 < goal.by_month <= month
        ]
        parts = [
            self.text(key, names=self.locale.listed(names))
            for key, names in (("begins", begins), ("ends", ends), ("due", due))
            if names
        ]
        return "; ".join(parts)


def _drawn(year: Year, title: str, alt: str, width: float = WIDTH) -> Any:
    """The wheel on paper."""
    return year_picture(year, title, alt, width)
