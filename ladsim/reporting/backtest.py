"""A backtest in words: which forecast was how far off, whether the intervals kept what they say, and how far to trust the next one.

In: `Backtest`. Out: sentences, tables, a picture of each origin, JSON values, a page of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.planning.backtest import Backtest, Origin
from ladsim.reporting.axes import value_axis
from ladsim.reporting.figure_style import INK, QUIET, Chart, finish, paper, pen, style, wrapped
from ladsim.reporting.page_model import Cell, Command, Grid, Page, Picture, Points, Section, grid, text_cell

_WELL = (0.65, 0.95)  # of weeks in 80 % intervals: beyond, these are too narrow or too wide (an assumption)


class BacktestWords:
    """What is said of a backtest, in one language."""

    def __init__(self, found: Backtest, locale: Locale | None = None) -> None:
        self.found, self.locale = found, locale or Locale(found.language)

    def text(self, key: str, **values: Any) -> str:
        """One of the texts of `backtest`."""
        return self.locale.text(f"backtest.{key}", **values)

    def sentences(self) -> list[str]:
        """Of the latest origin: the ladder against what came and against the mean of history; its intervals; what limits all this."""
        origin = self.found.origins[0]
        totals = origin.totals().set_index("method")
        own, mean = totals.iloc[0], totals.loc["mean"]
        said = [
            self.text(
                "came", weeks=self.locale.whole(origin.actual.size), came=self.locale.people(origin.actual.sum()),
                ladder=self.locale.people(own["orders"]), low=self.locale.people(own["low"]), high=self.locale.people(own["high"]),
                error=self._signed(own["error"]),
            )
        ]  # fmt: skip
        came = float(origin.actual.sum())
        nearer = (
            "better" if abs(own["error"]) < abs(mean["error"]) else "unsure" if own["low"] <= came <= own["high"] else "worse"
        )
        said.append(self.text(nearer, error=self._signed(mean["error"])))
        least = totals["week_error"].idxmin()
        if least != totals.index[0]:
            said.append(self.text("least", method=self.text(f"m_{least}")))
        covered = origin.coverage(origin.ladder)
        key = "narrow" if covered < _WELL[0] else "wide" if covered > _WELL[1] else "held"
        said.append(self.text(key, share=self.locale.percent(covered)))
        if origin.others["last_year"] is None:
            said.append(self.text("no_year"))
        return said

    def _signed(self, share: float) -> str:
        return DASH if not np.isfinite(share) else ("+" if share > 0 else "") + str(self.locale.percent(share, 3))

    def totals(self, origin: Origin) -> Grid:
        """Every forecast of an origin."""
        rows: list[list[str | Cell]] = []
        for row in origin.totals().to_dict("records"):
            is_ladder = np.isfinite(row["low"])
            ends = self.locale.between(self.locale.people(row["low"]), self.locale.people(row["high"])) if is_ladder else ""
            covered = self.locale.percent(row["coverage"]) if is_ladder else DASH
            error = Cell(self._signed(row["error"]))
            weekly = Cell(self.locale.number(row["week_error"]))
            rows.append(
                [
                    text_cell(self.text(f"m_{row['method']}")),
                    Cell(self.locale.people(row["orders"]), ends),
                    error,
                    weekly,
                    Cell(covered),
                ]
            )
        rows.append([text_cell(self.text("m_actual")), Cell(self.locale.people(origin.actual.sum()), strong=True), "", "", ""])
        head = tuple(self.text(f"h_{key}") for key in ("method", "orders", "error", "week_error", "coverage"))
        return grid(self.text("t_totals", day=self.locale.date(origin.day), n=self.locale.people(origin.customers)), head, rows)

    def checked(self, origin: Origin) -> list[str]:
        """The simulated ladders beside their closed forms."""
        return [
            self.text(
                "closed", method=self.text(f"m_ladder_{one.model}"), apart=self.locale.number(one.apart),
                error=self.locale.number(one.standard_error), total=self.locale.people(one.model_total),
            )
            for one in origin.ladders
        ]  # fmt: skip

    def picture(self, place: int) -> Picture:
        """The weeks of an origin."""
        origin = self.found.origins[place]

        def draw(width: float = 7.6) -> Chart:
            return draw_weeks(origin, self, f"backtest_{place}", width)

        return Picture(draw, self.text("picture_read"))


def draw_weeks(origin: Origin, told: BacktestWords, name: str, width: float = 7.6) -> Chart:
    """What came week by week, before and after the origin, the ladder's mean and 80 % interval, the mean of history, last year."""
    title = told.text("picture", day=told.locale.date(origin.day))
    alt = " ".join(told.sentences()[:1])
    table = origin.weeks()
    columns = 1 if width < 5 else 3
    lines = -(-(4 + (origin.others["last_year"] is not None)) // columns)  # of the legend, which stands above the picture
    heading = wrapped(title, round(9.5 * width))
    height = 3.2 + 0.16 * lines + 0.18 * heading.count("\n")
    with style(name):
        figure = paper(height, width)
        axes = figure.add_axes((0.55 / width, 0.48 / height, (width - 0.75) / width, 2.35 / height))
        before = np.arange(-origin.history.size + 1, 1)
        axes.plot(before, origin.history, color=QUIET, linewidth=0.9)
        axes.plot(
            table["week"], table["actual"], color=INK, linewidth=1.2, marker="o", markersize=2.4, label=told.text("m_actual")
        )
        own, flat = pen(0), pen(1)
        axes.fill_between(
            table["week"], table["low"], table["high"], color=own.colour, alpha=0.2, linewidth=0, label=told.text("band")
        )
        axes.plot(table["week"], table["ladder"], color=own.text, linestyle=own.line, label=told.text("ladder"))
        axes.plot(table["week"], table["mean"], color=flat.text, linestyle=flat.line, label=told.text("m_mean"))
        if origin.others["last_year"] is not None:
            year = pen(2)
            axes.plot(table["week"], table["last_year"], color=year.text, linestyle=year.line, label=told.text("m_last_year"))
        axes.axvline(0.5, color=QUIET, linewidth=0.8)
        axes.set_ylim(bottom=0)
        value_axis(axes, lambda value, _: str(told.locale.people(value)))
        axes.set_xlabel(told.text("axis"))
        axes.set_title(heading, pad=6.0 + 12.0 * lines)
        axes.legend(fontsize=7.2, frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.2)
        return finish(figure, name, title, alt)


def answer(found: Backtest) -> dict[str, Any]:
    """A backtest as JSON values."""
    tables = {"totals": found.totals, "weeks": found.weeks}
    checks = [
        {"origin": one.day.isoformat(), "model": ladder.model, "simulated_minus_closed_form": ladder.apart,
         "standard_error": ladder.standard_error, "model_total": ladder.model_total}
        for one in found.origins for ladder in one.ladders
    ]  # fmt: skip
    told = {
        name: table.astype({column: str for column in ("origin", "last_day") if column in table})
        .astype(object)
        .where(table.notna(), None)
        .to_dict("records")
        for name, table in tables.items()
    }
    return {"kind": "backtest", "file": found.file, "seed": found.seed, "replications": found.replications,
            "verdict": BacktestWords(found).sentences(), "checks": checks, "tables": told}  # fmt: skip


def page(found: Backtest, command: str = "") -> Page:
    """The backtest on a page of its own."""
    told = BacktestWords(found)
    first, *more = told.sentences()
    latest = found.origins[0]
    sections = [
        Section(
            f"origin_{place}", told.text("origin", day=told.locale.date(one.day)), (), (told.totals(one), told.picture(place))
        )
        for place, one in enumerate(found.origins)
        if place
    ]
    how = (told.text("how_known"), told.text("how_two"), told.text("how_season"), *told.checked(latest))
    sections.append(Section("how", told.text("how"), (), (Points(how),)))
    if command:
        sections.append(Section("made", told.locale.text("page.s_made"), (), (Command(command),)))
    return Page(
        title=told.text("title"),
        overline=told.text("overline", file=found.file, day=told.locale.date(latest.day)),
        verdict=first,
        caveat="",
        notes=tuple(more),
        answers=(),
        first=(told.totals(latest), told.picture(0)),
        sections=tuple(sections),
        language=told.locale.language,
    )
