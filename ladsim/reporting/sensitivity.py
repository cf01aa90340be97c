"""The page of a sensitivity analysis: what would change the choice, what to learn first, where the favourite loses.

In: a `Sensitivity`. Out: a `Page`, a `Gist`, and the sentences that the terminal prints, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from ladsim.i18n.catalogue import tight
from ladsim.i18n.numerals import DASH
from ladsim.planning.compare import profit
from ladsim.planning.given_data import FEWEST_DRAWS
from ladsim.planning.losing_worlds import Condition, Leaf
from ladsim.planning.sensitivity_analysis import Sensitivity
from ladsim.reporting import assumptions
from ladsim.reporting.bars import Bar, tornado
from ladsim.reporting.best_map import Field, best_map
from ladsim.reporting.figure_style import WIDTH
from ladsim.reporting.page_model import Cell, Grid, Page, Picture, Section, grid, text_cell
from ladsim.reporting.view import Gist, View
from ladsim.scenario.address import numbers
from ladsim.scenario.naming import Namer

MOST_FLIPS = 3  # that are told in sentences; all are in the table
MOST_BARS = 12


class SensitivityWords:
    """A sensitivity analysis in the language of its scenario."""

    def __init__(self, study: Sensitivity) -> None:
        self.study, self.namer = study, Namer(study.source)
        self.locale, self.currency = self.namer.locale, study.source.currency
        self.rows: list[dict[Any, Any]] = study.numbers.to_dict("records")
        self.labels = {name: run.label for name, run in study.comparison.runs.items()}
        self._numbers = numbers(study.source)

    def text(self, key: str, /, **values: Any) -> str:
        """A text of the catalogue."""
        return self.locale.text(f"sensitivity.{key}", **values)

    @property
    def best(self) -> str:
        """What the favourite is called."""
        return self.labels[self.study.favourite]

    @property
    def next(self) -> str:
        """What the next best is called."""
        return self.labels[self.study.comparison.runner_up]

    def value(self, key: str, value: float) -> str:
        """A value of a number, in the words of its kind."""
        number = replace(self._numbers[key], value=float(f"{value:.4g}"))
        return assumptions.number_words(number, self.currency, self.locale)

    def money(self, value: float) -> str:
        """An amount."""
        return self.locale.money(value, self.currency)

    def verdict(self) -> list[str]:
        """What a reader must know, a line each."""
        return list(self._sentences())

    def _sentences(self) -> Iterator[str]:
        yield self.study.comparison.verdict.splitlines()[0]
        if not self.rows:
            yield self.text("v_stopped")
            return
        flipping = [row for row in self.rows if row["flips"]]
        never = [row for row in self.rows if not row["flips"] and row["best_middle"] != self.study.favourite]
        if never:
            other = self.labels[never[0]["best_middle"]]
            yield self.text("v_other", n=int(self.study.tried["futures"].iloc[0]), other=other, best=self.best)
        for row in flipping[:MOST_FLIPS]:
            side = "v_above" if row["flip_above"] else "v_below"
            names = {"key": self.namer.key(row["key"]), "value": self.value(row["key"], row["flip"])}
            said = self.text(side, **names, other=self.labels[row["flip_to"]], sure=self.unsure(row))
            last = row["best_high" if row["flip_above"] else "best_low"]
            yield said if row["flips"] == 1 and last == row["flip_to"] else f"{said} {self.text('v_further')}"
        if len(flipping) > MOST_FLIPS:
            yield self.text("v_more", n=len(flipping) - MOST_FLIPS)
        if not flipping and not never:
            unsure = sum(not row[f"lead_at_{end}_low"] > 0.0 for row in self.rows for end in ("low", "high"))
            yield self.text("v_holds", best=self.best, n=len(self.rows))
            if unsure:
                yield self.text("v_holds_unsure", n=unsure, ends=2 * len(self.rows))
        yield from self._learn()
        yield from self._loses()

    def _learn(self) -> Iterator[str]:
        """Which number to learn first."""
        known = [row for row in self.rows if not math.isnan(row["knowing"])]
        if not known:
            draws = self.study.setting.replications // 2
            if draws < FEWEST_DRAWS:
                yield self.text("v_learn_few", n=draws)
            return
        first = max(known, key=lambda row: (row["knowing_low"] > 0.0, float(row["knowing"])))
        if not first["knowing_low"] > 0.0:
            yield self.text("v_learn_none")
            return
        between = self.locale.money_between(first["knowing_low"], first["knowing_high"], self.currency)
        yield self.text("v_learn", key=self.namer.key(first["key"]), money=self.money(first["knowing"]), between=between)

    def _loses(self) -> Iterator[str]:
        """In which worlds the favourite loses most."""
        leaves = [leaf for leaf in self.study.worlds if leaf.where and leaf.draws]
        if len(leaves) < 2 or not leaves[0].lost:
            return
        worst, best = leaves[0], leaves[-1]
        yield self.text(
            "v_worlds", best=self.best, other=self.next, where=self.where(worst), lost=worst.lost, draws=worst.draws,
            elsewhere=self.where(best), fewer=best.lost, rest=best.draws,
        )  # fmt: skip

    def where(self, leaf: Leaf) -> str:
        """The conditions of a leaf."""
        said = [self._condition(one) for one in leaf.where]
        return (
            self.text("everywhere") if not said else said[0] if len(said) == 1 else self.text("and", one=said[0], other=said[1])
        )

    def _condition(self, one: Condition) -> str:
        return self.text("w_above" if one.above else "w_below", key=self.namer.key(one.key), value=self.value(one.key, one.value))

    def unsure(self, row: dict[Any, Any]) -> str:
        """Between which values it cannot be told who is best."""
        low, high = (
            None if math.isnan(row[f"flip_{end}"]) else self.value(row["key"], row[f"flip_{end}"]) for end in ("low", "high")
        )
        if low is not None and high is not None:
            return self.text("unsure_between", low=low, high=high)
        return (
            self.text("unsure_from", low=low)
            if low is not None
            else self.text("unsure_to", high=high)
            if high is not None
            else self.text("unsure_all")
        )

    def notes(self) -> list[str]:
        """What is not counted, and what is left out."""
        first = next(iter(self.study.comparison.runs.values()))
        said = [self.text("v_horizon", months=self.locale.number(float(first.histories[0].months[-1]), 6))]
        if self.study.beyond:
            said.append(self.text("v_most", n=self.study.beyond))
        return said + [self.text("v_left_out", key=self.namer.key(key), why=why) for key, why in self.study.left_out]

    def lead(self, row: dict[Any, Any], end: str) -> Cell:
        """The lead at an end: the mean, and below it the value and the interval."""
        value, low, high = (float(row[f"lead_at_{end}{limit}"]) for limit in ("", "_low", "_high"))
        between = "" if math.isnan(low) or low == high else self.locale.money_between(low, high, self.currency)
        return Cell(
            self.locale.money(value, self.currency, signed=True), between, strong=row[f"best_{end}"] != self.study.favourite
        )

    def held(self, row: dict[Any, Any]) -> str:
        """The two values at which a number was held."""
        return self.text("held", low=self.value(row["key"], row["value_low"]), high=self.value(row["key"], row["value_high"]))

    def flip(self, row: dict[Any, Any]) -> Cell:
        """From which value on another is best."""
        if not row["flips"]:
            throughout = row["best_middle"] != self.study.favourite
            return text_cell(self.text("throughout", to=self.labels[row["best_middle"]]) if throughout else self.text("never"))
        side = self.text("above" if row["flip_above"] else "below", value=self.value(row["key"], row["flip"]))
        side += f": {self.labels[row['flip_to']]}" if len(self.labels) > 2 else ""
        more = f"; {self.text('more_flips', n=row['flips'] - 1)}" if row["flips"] > 1 else ""
        return text_cell(side, self.unsure(row) + more)

    def share(self, row: dict[Any, Any]) -> Cell:
        """What it explains alone."""
        value, low, high = (float(row[f"first_order{end}"]) for end in ("", "_low", "_high"))
        if math.isnan(value):
            return Cell(DASH)
        form = self.locale.percent_beside((value, low, high))
        return Cell(form(value), "" if low == high else self.locale.between(form(low), form(high)))

    def knowing(self, row: dict[Any, Any]) -> Cell:
        """What it would be worth to know it."""
        value, low, high = (float(row[f"knowing{end}"]) for end in ("", "_low", "_high"))
        if math.isnan(value):
            return Cell(DASH)
        return Cell(self.money(value), "" if low == high else self.locale.money_between(low, high, self.currency))


def table(told: SensitivityWords, keys: bool = True) -> Grid:
    """Every number that was looked at; `keys`: with the dotted key of each."""
    rows = [
        [
            text_cell(told.namer.key(row["key"]), f"{told.held(row)}{' · ' + row['key'] if keys else ''}"),
            told.lead(row, "low"),
            told.lead(row, "high"),
            told.flip(row),
            told.share(row),
            told.knowing(row),
        ]
        for row in told.rows
    ]
    head = [told.text(f"h_{name}") for name in ("number", "low", "high", "flip", "explains", "knowing")]
    return grid(told.text("t_numbers", best=told.best), head, rows, told.text("n_numbers"))


def worlds(told: SensitivityWords) -> Grid:
    """In which draws the favourite loses."""
    rows = []
    for leaf in told.study.worlds:
        limits = told.locale.between(*(told.locale.percent(end) for end in leaf.share[1:])) if leaf.draws else ""
        share = Cell(told.locale.percent(leaf.share.value), limits) if leaf.draws else Cell(DASH)
        rows.append([text_cell(told.where(leaf)), text_cell(told.text("of", lost=leaf.lost, draws=leaf.draws)), share])
    head = [told.text(f"h_{name}") for name in ("where", "lost", "share")]
    return grid(told.text("t_worlds", best=told.best, other=told.next), head, rows)


def picture(told: SensitivityWords, width: float = WIDTH) -> Any:
    """The tornado."""
    # The lead in the same futures as the bars: in all of them it may be another.
    runs, count = told.study.comparison.runs, int(told.study.tried["futures"].iloc[0])
    means = {name: float(profit(run)[:count].mean()) for name, run in runs.items()}
    centre = means[told.study.favourite] - max(mean for name, mean in means.items() if name != told.study.favourite)
    bars = [
        Bar(
            told.namer.key(row["key"]), centre, row["lead_at_low"], row["lead_at_high"], told.value(row["key"], row["value_low"]),
            told.value(row["key"], row["value_high"]), bool(row["is_assumption"]),
        )
        for row in told.rows[:MOST_BARS]
    ]  # fmt: skip
    axis = told.text("x_tornado", currency=told.locale.currency(told.currency))
    return tornado(bars, centre, axis, told.currency, "tornado", locale=told.locale, width=width)


def plane(told: SensitivityWords, width: float = WIDTH) -> Any:
    """The map of who is best over two numbers."""
    assert told.study.map_over is not None
    across, up = told.study.map_over
    fields = [
        Field(
            row.value_x, row.value_y, row.best,
            told.locale.short_money(row.lead) + ("" if row.lead_low > 0.0 else " ?"),
        )
        for row in told.study.plane.itertuples()
    ]  # fmt: skip
    axes = [(told.namer.key(key), partial(told.value, key)) for key in (across, up)]
    said = "; ".join(f"{told.value(across, f.x)}, {told.value(up, f.y)}: {told.labels[f.best]} {f.text}" for f in fields)
    return best_map(fields, axes[0], axes[1], told.labels, (told.text("map_chart"), told.text("map_alt", said=said)), width)


def page(study: Sensitivity, command: str = "", manifest: str = "") -> Page:
    """Everything that the report says."""
    told = SensitivityWords(study)
    runs = list(study.comparison.runs.values())
    first, locale = runs[0], told.locale
    shown = Picture(partial(picture, told), told.text("c_tornado", best=told.best), panels=2) if told.rows else None
    sections = []
    if len(study.plane):
        drawn = Picture(partial(plane, told), told.text("c_map", currency=locale.currency(told.currency)), panels=2)
        sections.append(Section("map", told.text("s_map"), (), (drawn,)))
    if study.worlds:
        sections.append(Section("worlds", told.text("s_worlds"), (told.text("l_worlds"),), (worlds(told),)))
    return Page(
        title=told.text("title", name=study.source.heading),
        overline=locale.text(
            "page.overline",
            kind=told.text("kind", numbers=told.text("numbers", n=len(told.rows))),
            months=locale.number(float(first.histories[0].months[-1]), 6),
            people=locale.number(study.source.market_size),
            futures=first.count,
        ),
        verdict=tight("\n".join(told.verdict())),
        caveat="",
        notes=(*told.notes(), *study.comparison.notes),
        answers=(),
        picture=shown,
        first=(table(told),) if told.rows else (),
        sections=(
            *sections,
            assumptions.assumptions(runs, told.namer),
            assumptions.limits(study.source, first, "", runs),
            assumptions.made(study.source, first, command, manifest),
        ),
    )


def gist(study: Sensitivity) -> Gist:
    """What would change the choice, and the table."""
    told = SensitivityWords(study)
    return Gist(tight("\n".join(told.verdict())), (table(told),))


VIEW = View(
    page,
    gist,
    answer=lambda study: {"verdict": "\n".join(SensitivityWords(study).verdict()), "favourite": study.favourite},
)
