"""Fans in rows: a number a row, a strategy a column, each row on a scale of its own; a survey's answers as dots with error bars.

In: a `Row` per number. Out: a `Chart`, or with `rows_picture` what draws it on a page. A strategy that has no such number leaves its place empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.reporting.axes import keep_within, month_axis, value_axis
from ladsim.reporting.charts import Fan, fan_of, is_slim, medians, slim_rows
from ladsim.reporting.figure_style import INK, QUIET, WIDTH, Chart, Pen, column_title, finish, paper, pen, style, wrapped
from ladsim.reporting.page_model import Picture

Floats = NDArray[np.float64]
Form = Callable[..., str]
HIGH, TOP, BETWEEN, BELOW = 0.86, 0.42, 0.18, 0.34  # inches: a row, above all, between two rows, below all


@dataclass(frozen=True)
class Asked:
    """What a survey found in one future: month, score and its interval."""

    months: Floats
    score: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Row:
    """One number under every strategy (None: it does not exist there)."""

    label: str
    fans: Sequence[Fan | None]
    form: Form  # how the last median is written
    axis: Form  # how the scale is
    asked: Sequence[Asked | None] = ()

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest value to be shown; 0 is always in it."""
        shown = [fan.quantiles()[[0, 4]].ravel() for fan in self.fans if fan is not None]
        shown += [np.concatenate([one.low, one.high]) for one in self.asked if one is not None]
        known = np.concatenate([values[np.isfinite(values)] for values in shown] or [np.zeros(0)])
        low, high = min(0.0, float(known.min(initial=0.0))), max(0.0, float(known.max(initial=0.0)))
        room = (high - low) * 0.08 or 0.5
        return low - (room if low < 0 else 0.0), high + room


def fan_rows(
    rows: Sequence[Row],
    columns: Sequence[str],
    name: str,
    title: str,
    alt: str,
    *,
    locale: Locale,
    hands: Sequence[int] = (),
    width: float = WIDTH,
) -> Chart:
    """Every row's fans, each column in the colour and line of its strategy: `hands` are their places among all (default: in order)."""
    across = len(columns)
    pens = [pen(place) for place in hands or range(across)]
    longest = max(len(row.axis(end)) for row in rows for end in row.ends)
    if is_slim(width):
        with style(name):
            return finish(_slim(rows, columns, pens, longest, locale), name, title, alt)
    left, gap = 1.66 + 0.065 * max(0, longest - 5), 0.17
    total = TOP + len(rows) * (HIGH + BETWEEN) + BELOW
    wide = (WIDTH - left - 0.12 - gap * (across - 1)) / across
    with style(name):
        figure = paper(total)
        for r, row in enumerate(rows):
            bottom = total - TOP - (r + 1) * (HIGH + BETWEEN) + BETWEEN
            middle = (bottom + HIGH / 2) / total
            figure.text(0.05 / WIDTH, middle, wrapped(row.label, 18, 3), fontsize=8.2, fontweight="bold", va="center")
            low, high = row.ends
            for s in range(across):
                axes = figure.add_axes(((left + s * (wide + gap)) / WIDTH, bottom / total, wide / WIDTH, HIGH / total))
                axes.set_ylim(low, high)
                _panel(axes, row, s, pens[s], locale, r == len(rows) - 1)
                axes.tick_params(labelleft=s == 0, labelbottom=r == len(rows) - 1)
                keep_within(axes)
                if r == 0:
                    column_title(axes, columns[s], wide + 0.6 * gap, pens[s].text)
        return finish(figure, name, title, alt)


def _slim(rows: Sequence[Row], columns: Sequence[str], pens: Sequence[Pen], longest: int, locale: Locale) -> Any:
    """The same for a telephone: a number to a row, all strategies in it."""

    def draw(axes: Any, place: int) -> None:
        row = rows[place]
        axes.set_ylim(*row.ends)
        value_axis(axes, row.axis, ticks=3)
        if row.ends[0] < 0:
            axes.axhline(0, color=INK, linewidth=0.6)
        if len(columns) == 1 and row.fans[0] is not None:
            fan_of(axes, row.fans[0], pens[0])
            _survey(axes, row, 0)
        else:
            medians(axes, row.fans, pens)

    last = max(float(fan.months[-1]) for row in rows for fan in row.fans if fan is not None)
    labels = [row.label for row in rows]
    return slim_rows(labels, columns, pens, draw, last=last, locale=locale, left=0.22 + 0.068 * longest)


def _survey(axes: Any, row: Row, place: int) -> None:
    """What a survey found, as dots with error bars; nothing where nobody was asked."""
    asked = row.asked[place] if row.asked else None
    if asked is None:
        return
    errors = np.stack([asked.score - asked.low, asked.high - asked.score])
    axes.errorbar(
        asked.months, asked.score, errors, fmt="o", color=INK, markersize=2.2, elinewidth=0.7, capsize=1.5, capthick=0.7,
        clip_on=False,  # the first and the last survey lie on the frame
    )  # fmt: skip


def _panel(axes: Any, row: Row, place: int, hand: Pen, locale: Locale, named: bool) -> None:
    """One number under one strategy."""
    fan = row.fans[place]
    known = next(one for one in row.fans if one is not None)
    month_axis(axes, float(known.months[-1]), locale, named)
    value_axis(axes, row.axis, ticks=3)
    low, high = row.ends
    if low < 0:
        axes.axhline(0, color=INK, linewidth=0.6)
    if fan is None:
        axes.text(0.5, 0.5, DASH, transform=axes.transAxes, ha="center", va="center", color=QUIET)
        return
    end = float(fan_of(axes, fan, hand)[2][-1])
    _survey(axes, row, place)
    above = end < low + 0.6 * (high - low)
    axes.text(
        0.985, 0.97 if above else 0.05, row.form(end), transform=axes.transAxes, ha="right", va="top" if above else "bottom",
        fontsize=7.2, color=hand.text, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.65, "pad": 0.5},
    )  # fmt: skip


def rows_picture(
    rows: Sequence[Row], columns: Sequence[str], name: str, locale: Locale, hands: Sequence[int], caption: str
) -> Picture:
    """What draws fans in rows."""
    return Picture(partial(_chart, rows, columns, name, locale, hands), caption, panels=len(rows) * len(columns))


def _chart(
    rows: Sequence[Row], columns: Sequence[str], name: str, locale: Locale, hands: Sequence[int], width: float = WIDTH
) -> Chart:
    """Fans in rows, with the title and the words of a picture of that name."""
    alt = locale.text(f"programs.{name}_alt", said=_ends(rows, columns))
    return fan_rows(rows, columns, name, locale.text(f"programs.{name}_chart"), alt, locale=locale, hands=hands, width=width)


def _ends(rows: Sequence[Row], columns: Sequence[str]) -> str:
    """The last medians in words."""
    said = []
    for row in rows:
        for fan, column in zip(row.fans, columns, strict=True):
            if fan is not None:
                said.append(f"{row.label}, {column}: {row.form(float(fan.quantiles()[2][-1]))}")
    return "; ".join(said)
