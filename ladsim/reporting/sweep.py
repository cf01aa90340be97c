"""The page of a sweep: what comes of each value, where it turns, and a picture over the values.

In: a `Sweep`. Out: a `Page`, a `Gist`, and the sentences that the terminal prints, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from ladsim.i18n.catalogue import tight
from ladsim.i18n.numerals import DASH
from ladsim.i18n.written import Number
from ladsim.planning import pairs
from ladsim.planning.cascades import NOTHING, humps
from ladsim.planning.compare import Comparison, base_of, profit
from ladsim.planning.leads import ahead
from ladsim.planning.measure_table import by_future
from ladsim.planning.replications import Replications
from ladsim.planning.sweep import Point, Sweep
from ladsim.reporting import assumptions, cascades
from ladsim.reporting.figure_style import WIDTH
from ladsim.reporting.page_model import Cell, Grid, Page, Picture, grid, text_cell
from ladsim.reporting.sweep_picture import Line, Panel, sweep_picture
from ladsim.reporting.view import Gist, View
from ladsim.scenario.address import numbers, place_of
from ladsim.scenario.naming import Namer


class SweepWords:
    """A sweep in the language of its scenario."""

    def __init__(self, study: Sweep) -> None:
        self.study, self.namer = study, Namer(study.source)
        self.locale, self.currency = self.namer.locale, study.source.currency
        self.rows: list[dict[Any, Any]] = study.table.to_dict("records")
        self.runs = [next(iter(part.futures.values())) for part in study.parts]
        self.number = numbers(study.source).get(place_of(study.source, study.key).key)

    def text(self, key: str, /, **values: Any) -> str:
        """A text of the catalogue."""
        return self.locale.text(f"sweep.{key}", **values)

    def value(self, point: Point) -> str:
        """One value in the words of its kind."""
        if math.isnan(point.number):
            return point.given
        if self.number is None:  # the file does not say it
            return self.locale.number(point.number, 12)
        return assumptions.number_words(replace(self.number, value=point.number), self.currency, self.locale)

    @property
    def values(self) -> list[str]:
        """All values in words."""
        return [self.value(point) for point in self.study.points]

    def money(self, value: float) -> str:
        """An amount."""
        return self.locale.money(value, self.currency)

    def verdict(self) -> list[str]:
        """What a reader must know, a line each."""
        if self._changes_nothing():
            return [self.text("v_nothing", key=self.namer.key(self.study.key), n=len(self.rows))]
        return list(self._of_several() if self.study.compares else self._of_one())

    def _changes_nothing(self) -> bool:
        """Whether every measure of every future of every strategy is the same at all values, to the last digit."""
        if len(self.study.parts) < 2:
            return False
        first, *others = [
            [summary.scalars for runs in part.futures.values() for summary in runs.summaries] for part in self.study.parts
        ]
        return all(
            len(first) == len(other)
            and all(
                one.keys() == two.keys() and np.array_equal([*one.values()], [*two.values()], equal_nan=True)
                for one, two in zip(first, other, strict=True)
            )
            for other in others
        )

    def _of_one(self) -> Iterator[str]:
        best = max(range(len(self.rows)), key=lambda place: self.rows[place]["profit"])
        key, values = self.namer.key(self.study.key), self.values
        alike = [values[place] for place in range(len(values)) if place != best and not self._surely(best, place)]
        said = {"key": key, "value": values[best], "profit": self.money(self.rows[best]["profit"]), "n": len(values)}
        yield self.text("v_best_open", others=self.locale.listed(alike), **said) if alike else self.text("v_best", **said)
        turned = False
        for place, (one, two) in enumerate(pairwise(self.rows)):
            if one["profit"] * two["profit"] < 0.0:
                turned = True
                yield self.text("v_gains" if two["profit"] > 0.0 else "v_loses", low=values[place], high=values[place + 1])
        if turned:
            yield self.text("v_turned")
        most = max(float(by_future(run, "customers_end").max()) for run in self.runs)
        for value, run in zip(values, self.runs, strict=True):
            if (found := humps(run, most)) is not None:
                yield self.text("v_dies", value=value, **cascades.humps_as_values(found, self.locale))
        if self.dies and all(row["dies_out"] == 1.0 for row in self.rows):
            yield self.text("v_all_die")

    def _surely(self, best: int, other: int) -> bool:
        """Whether one value surely earns more than another: the 95 % interval of the difference within a future lies above 0."""
        ours, theirs = self.runs[best], self.runs[other]
        paired = bool(len(ours.parameters.columns) or len(theirs.parameters.columns))
        return pairs.mean(ahead(profit(ours), profit(theirs)), paired).low > 0.0

    def _of_several(self) -> Iterator[str]:
        values = self.values
        for place, (one, two) in enumerate(pairwise(self.rows)):
            if one["best"] != two["best"]:
                yield self.text("v_flips", low=values[place], high=values[place + 1], before=one["label"], after=two["label"])
        if len({row["best"] for row in self.rows}) == 1:
            yield self.text("v_same", label=self.rows[0]["label"], key=self.namer.key(self.study.key))
        sure = [value for row, value in zip(self.rows, values, strict=True) if row["lead_low"] > 0.0]
        yield self.text("v_sure", values=self.locale.listed(sure)) if sure else self.text("v_unsure")
        if sure and (open_at := [value for value in values if value not in sure]):
            yield self.text("v_open", values=self.locale.listed(open_at))

    def cell(self, row: dict[Any, Any], column: str, form: Any) -> Cell:
        """A number with its interval."""
        value, low, high = (float(row[column + end]) for end in ("", "_low", "_high"))
        if math.isnan(value):
            return Cell(DASH)
        if math.isnan(low) or low == high:
            return Cell(form(value))
        form = self.locale.percent_beside((value, low, high)) if form == self.locale.percent else form
        between = (
            self.locale.money_between(low, high, self.currency)
            if form == self.money
            else self.locale.between(form(low), form(high))
        )
        return Cell(form(value), between)

    def head(self) -> list[str]:
        """The headings of the table."""
        if self.study.compares:
            return [self.text(f"h_{name}") for name in ("value", "best", "difference", "lead", "p_best")]
        return [self.text(f"h_{name}") for name in ("value", *self.columns, *(["dies_out"] if self.dies else []))]

    @property
    def columns(self) -> list[str]:
        """The measures of the table; what each customer brings only where somebody's word wins anybody."""
        names = ["profit", "customers_end", "new_customers", "spend", "referred_share"]
        return names + [name for name in ("referral_factor", "referrals_per_customer") if self.dies and self._known(name)]

    def _known(self, name: str) -> bool:
        return not bool(self.study.table[name].isna().all())

    @property
    def dies(self) -> bool:
        """Whether word of mouth can die out here: somebody's word can win people, and at one value at least it does."""
        table = self.study.table
        return not self.study.compares and bool((table["dies_out"].notna() & (table["referred_share"] > 0.0)).any())

    def cells(self) -> list[list[str | Cell]]:
        """The rows of the table."""
        rows: list[list[str | Cell]] = []
        for row, value in zip(self.rows, self.values, strict=True):
            if self.study.compares:
                made = [text_cell(row["label"]), self.cell(row, "difference", self.money), self.cell(row, "lead", self.money)]
                made.append(Cell(self.locale.percent(row["p_best"])))
            else:
                forms = {"profit": self.money, "spend": self.money, "referred_share": self.locale.percent}
                forms |= dict.fromkeys(("referral_factor", "referrals_per_customer"), self.locale.number)
                made = [self.cell(row, name, forms.get(name, self.locale.people)) for name in self.columns]
                made += [Cell(self.locale.percent(row["dies_out"]))] if self.dies else []
            rows.append([Cell(value, numeric=isinstance(value, Number)), *made])
        return rows


def table(told: SweepWords) -> Grid:
    """What comes of each value."""
    note = told.text("n_compare" if told.study.compares else "n_run", share=told.locale.percent(NOTHING))
    return grid(told.text("t_sweep", key=told.namer.key(told.study.key)), told.head(), told.cells(), note)


def picture(told: SweepWords, width: float = WIDTH) -> Any:
    """The chart over the values."""
    study, locale = told.study, told.locale
    if study.compares:
        panels = [Panel(told.text("p_difference"), _lines(study), locale.short_money, zero=True)]
    else:
        panels = [
            Panel(
                told.text("h_profit") + f" ({locale.currency(told.currency)})", [_line(study, "profit")], locale.short_money, True
            )
        ]
        panels.append(Panel(told.text("h_customers_end"), [_line(study, "customers_end")], locale.short_money))
        if told.dies:
            share = study.table["dies_out"].to_numpy(np.float64)
            nothing = np.full_like(share, np.nan)
            panels.append(
                Panel(told.text("h_dies_out"), [Line("", share, nothing, nothing)], lambda v, _=None: locale.percent(v))
            )
    key = told.namer.key(study.key)
    places = np.array([point.number for point in study.points])
    said = "; ".join(" ".join(cell if isinstance(cell, str) else cell.text for cell in row[:3]) for row in told.cells())
    return sweep_picture(told.values, places, panels, key, told.text("chart"), told.text("alt", said=said), width)


def _line(study: Sweep, column: str) -> Line:
    return Line("", *(study.table[column + end].to_numpy(np.float64) for end in ("", "_low", "_high")))


def _lines(study: Sweep) -> list[Line]:
    """Each strategy less base, over the values."""
    parts = [part for part in study.parts if isinstance(part, Comparison)]
    base, lines = base_of(parts[0].runs), []
    for name, run in parts[0].runs.items():
        if name != base:
            paired = any(len(one.parameters.columns) for one in parts[0].runs.values())
            found = [pairs.mean(ahead(profit(part.runs[name]), profit(part.runs[base])), paired) for part in parts]
            lines.append(Line(run.label, *np.array(found, np.float64).T))
    return lines


def page(study: Sweep, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of a sweep says."""
    told, first = SweepWords(study), SweepWords(study).runs[0]
    locale, runs = told.locale, list(study.futures.values())
    caption = told.text("c_compare" if study.compares else "c_run")
    return Page(
        title=told.text("title", name=study.source.heading),
        overline=locale.text(
            "page.overline",
            kind=told.text("kind", key=told.namer.key(study.key), n=len(study.points)),
            months=locale.number(float(first.histories[0].months[-1]), 6),
            people=locale.number(study.source.market_size),
            futures=first.count,
        ),
        verdict=tight("\n".join(told.verdict())),
        caveat="",
        notes=_notes(study, first),
        answers=(),
        picture=Picture(partial(picture, told), caption, panels=3),
        first=(table(told),),
        sections=(
            assumptions.assumptions(runs, told.namer),
            assumptions.limits(study.source, first, "", runs),
            assumptions.made(study.source, first, command, manifest),
        ),
    )


def _notes(study: Sweep, first: Replications) -> tuple[str, ...]:
    from ladsim.reporting.run import notes

    return tuple(notes(first))


def gist(study: Sweep) -> Gist:
    """Where it turns, and the table."""
    told = SweepWords(study)
    return Gist(tight("\n".join(told.verdict())), (table(told),))


VIEW = View(page, gist, answer=lambda study: {"verdict": "\n".join(SweepWords(study).verdict()), "key": study.key})
