"""The charts of a study that are rows of bars: what makes the difference, how sure it is, what it depends on.

In: `Bar`s, labels and forms of numbers (``comparison`` takes them out of a study). Out: a `Chart` each, that reads in grey and by
colour-blind people: a gain is filled, a loss hatched, an interval is a line with two ends.

To add a chart: a function that takes plain data and a `name`, draws inside ``with style(name)`` and returns ``finish(…)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ladsim.i18n import ENGLISH, Locale
from ladsim.reporting.axes import bar_axis
from ladsim.reporting.figure_style import (
    GAIN,
    INK,
    LOSS,
    QUIET,
    SLIM,
    WIDTH,
    Chart,
    above_bar,
    finish,
    paper,
    pen,
    style,
    wrapped,
)

LOSS_TEXT = "#9c4500"
TYPE = 0.066  # inches a letter takes, on average, at the smallest size used here


@dataclass(frozen=True)
class Bar:
    """One bar: its length, the interval around it, and what to say."""

    label: str
    value: float
    low: float
    high: float
    low_note: str = ""
    high_note: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Rows:
    """Rows of bars on paper: labels left of them, or above each on a telephone."""

    figure: Any
    axes: Any

    @property
    def slim(self) -> bool:
        """Whether labels stand above the bars."""
        return bool(self.figure.get_figwidth() <= SLIM)

    def label(self, labels: Sequence[str], width: int, lines: int = 1, bold_last: bool = False) -> None:
        """Name the rows, from the top."""
        if not self.slim:
            _row_labels(self.axes, labels, width, bold_last, lines)
            return
        self.axes.set_yticks([])
        self.axes.set_ylim(len(labels) - 0.4, -0.85)
        for row, label in enumerate(labels):
            weight = "bold" if bold_last and row == len(labels) - 1 else "normal"
            above_bar(self.axes, row - 0.36, wrapped(label, 46, 2), fontweight=weight, color=INK)

    def below(self, axis: str) -> None:
        """Say what the scale is."""
        self.axes.set_xlabel(wrapped(axis, 46 if self.slim else 200, 2), fontsize=7.5)


def rows_of_bars(count: int, pitch: float, top: float, left: float, right: float, width: float, lines: int = 1) -> Rows:
    """Paper for `count` rows `pitch` inches high, with room for labels at the `left` and numbers at the `right`; `top`: above and below."""
    if width <= SLIM:
        pitch, left, right = 0.5 + 0.12 * (lines - 1), 0.12, max(0.2, min(right, 0.82))
    height = pitch * count + top + (0.1 if width <= SLIM else 0.0)
    figure = paper(height, width)
    below = 0.42 if width > SLIM else 0.52
    axes = figure.add_axes(
        (left / width, below / height, (width - left - right) / width, 1 - (top - 0.12 + below - 0.42) / height)
    )
    return Rows(figure, axes)


def waterfall(
    bars: Sequence[Bar],
    start: str,
    total: Bar,
    currency: str,
    name: str = "cause",
    *,
    locale: Locale = ENGLISH,
    width: float = WIDTH,
) -> Chart:
    """How a difference in profit adds up: each cause begins where the former ended; whiskers are 95 % intervals."""
    rows = [*bars, total]
    ends = np.concatenate([[0.0], np.cumsum([bar.value for bar in bars])])
    with style(name):
        laid = rows_of_bars(len(rows), 0.27, 0.62, 2.15, 1.05, width)
        axes = laid.axes
        for row, bar in enumerate(rows):
            base = 0.0 if bar is total else float(ends[row])
            _piece(axes, row, base, bar, thick=bar is total)
            if row < len(bars):
                axes.plot([ends[row + 1]] * 2, [row - 0.33, row + 1.33], color=QUIET, linewidth=0.5)
            axes.annotate(
                locale.money(bar.value, currency, signed=True), (1.015, row), xycoords=("axes fraction", "data"), va="center",
                fontsize=7.8, fontweight="bold" if bar is total else "normal", annotation_clip=False,
            )  # fmt: skip
        laid.label([bar.label for bar in rows], 34, bold_last=True)
        axes.axvline(0, color=INK, linewidth=0.8)
        laid.below(start)
        bar_axis(axes, locale.short_money)
        said = "; ".join(f"{bar.label} {locale.money(bar.value, currency, signed=True)}" for bar in rows)
        return finish(laid.figure, name, locale.text("chart.cause_chart"), locale.text("chart.cause_alt", causes=said))


def _piece(axes: Any, row: int, base: float, bar: Bar, thick: bool = False) -> None:
    gain = bar.value >= 0
    axes.barh(
        row, bar.value, left=base, height=0.66 if thick else 0.58, color=GAIN if gain else "white", edgecolor=GAIN if gain else LOSS,
        hatch=None if gain else "//////", linewidth=0.8,
    )  # fmt: skip
    if np.isfinite(bar.low) and np.isfinite(bar.high):
        axes.plot([base + bar.low, base + bar.high], [row, row], color=INK, linewidth=1.1, solid_capstyle="butt")
        for end in (bar.low, bar.high):
            axes.plot([base + end] * 2, [row - 0.13, row + 0.13], color=INK, linewidth=1.1)


def _lines_needed(labels: Sequence[str], width: int, least: int, most: int) -> int:
    """How many lines the longest label takes, within limits."""
    return next((n for n in range(least, most) if not any(wrapped(label, width, n).endswith("…") for label in labels)), most)


def _row_labels(axes: Any, labels: Sequence[str], width: int, bold_last: bool = False, lines: int = 1) -> None:
    said = [wrapped(label, width, lines) for label in labels]
    axes.set_yticks(range(len(labels)), said, fontsize=8 if lines == 1 else 7.6, color=INK, linespacing=1.05)
    axes.set_ylim(len(labels) - 0.45, -0.6)
    if bold_last and labels:
        axes.get_yticklabels()[-1].set_fontweight("bold")


def difference_bars(
    bars: Sequence[Bar], axis: str, name: str = "flow", *, locale: Locale = ENGLISH, width: float = WIDTH
) -> Chart:
    """Differences in people, row by row from 0, with 95 % intervals."""
    lines = _lines_needed([bar.label for bar in bars], 40, 1, 2)
    with style(name):
        laid = rows_of_bars(len(bars), 0.27 if lines == 1 else 0.36, 0.6, 2.6, 0.7, width, lines)
        axes = laid.axes
        for row, bar in enumerate(bars):
            _piece(axes, row, 0.0, bar)
            text = ("+" if bar.value > 0 else "") + locale.people(bar.value)
            axes.annotate(
                text, (1.015, row), xycoords=("axes fraction", "data"), va="center", fontsize=7.8, annotation_clip=False
            )
        laid.label([bar.label for bar in bars], 40, lines=lines)
        axes.axvline(0, color=INK, linewidth=0.8)
        laid.below(axis)
        bar_axis(axes, locale.short_money)
        said = "; ".join(f"{bar.label} {locale.people(bar.value)}" for bar in bars)
        return finish(laid.figure, name, locale.text("chart.flow_chart"), locale.text("chart.flow_alt", flows=said))


def chances(bars: Sequence[Bar], name: str = "chance", *, locale: Locale = ENGLISH, width: float = WIDTH) -> Chart:
    """The probability that each strategy is the best of all, with its interval."""
    with style(name):
        laid = rows_of_bars(len(bars), 0.34, 0.6, 2.0, 0.9, width)
        axes = laid.axes
        for row, bar in enumerate(bars):
            hand = pen(row)
            axes.barh(
                row,
                bar.value,
                height=0.55,
                color=hand.colour,
                alpha=0.55,
                edgecolor=hand.text,
                linestyle=hand.line,
                linewidth=0.8,
            )
            axes.plot([bar.low, bar.high], [row, row], color=INK, linewidth=1.4, solid_capstyle="butt")
            note = locale.percent(bar.value)
            axes.annotate(
                note,
                (1.02, row),
                xycoords=("axes fraction", "data"),
                va="center",
                fontsize=8.5,
                fontweight="bold",
                annotation_clip=False,
            )
        laid.label([bar.label for bar in bars], 28)
        axes.set_xlim(0, 1)
        bar_axis(axes, lambda share, _: locale.percent(share))
        laid.below(locale.text("chart.chance_axis"))
        said = "; ".join(f"{bar.label} {locale.percent(bar.value)}" for bar in bars)
        return finish(laid.figure, name, locale.text("chart.chance_chart"), locale.text("chart.chance_alt", chances=said))


def tornado(
    bars: Sequence[Bar],
    centre: float,
    axis: str,
    currency: str,
    name: str = "sensitivity",
    *,
    locale: Locale = ENGLISH,
    width: float = WIDTH,
) -> Chart:
    """What the lead becomes when one uncertain number takes its low or its high value; marked rows are assumptions."""
    labels = [bar.label + ("\u00a0*" if bar.marked else "") for bar in bars]
    lines = _lines_needed(labels, 38, 2, 3)
    ends = [x for bar in bars for x in (bar.low, bar.high)] + [0.0, centre]
    low, high = min(ends), max(ends)
    room = (high - low or 1.0) * (0.16 if width > SLIM else 0.28)
    with style(name):
        laid = rows_of_bars(len(bars), 0.36 if lines == 2 else 0.42, 0.85, 2.75, 0.15, width, 2)
        axes = laid.axes
        for row, bar in enumerate(bars):
            for end, note, low_end in ((bar.low, bar.low_note, True), (bar.high, bar.high_note, False)):
                face = "white" if low_end else GAIN
                axes.barh(
                    row, end - centre, left=centre, height=0.5, color=face, edgecolor=GAIN, hatch="/////" if low_end else None,
                    linewidth=0.8, alpha=None if low_end else 0.75,
                )  # fmt: skip
                right = end >= centre if bar.low != bar.high else not low_end
                axes.annotate(
                    note, (end, row), xytext=(3 if right else -3, 0), textcoords="offset points", ha="left" if right else "right",
                    va="center", fontsize=7.2, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6}, zorder=3,
                )  # fmt: skip
        laid.label(labels, 38, lines=lines)
        axes.set_xlim(low - room, high + room)
        axes.axvline(0, color=LOSS, linewidth=1.2, linestyle=(0, (4, 2)))
        axes.axvline(centre, color=INK, linewidth=0.9)
        bar_axis(axes, locale.short_money)
        laid.below(axis)
        inches = axes.get_position().width * width
        for one in lines_named(centre, low - room, high + room, inches, locale):
            axes.annotate(
                one.name, (one.x, 1.0), xycoords=("data", "axes fraction"), xytext=(2 if one.side == "left" else -2, 2 + 9 * one.lift),
                textcoords="offset points", ha=one.side, fontsize=7.2, color=one.colour,
            )  # fmt: skip
        said = "; ".join(
            f"{b.label}: {locale.between(locale.money(b.low, currency), locale.money(b.high, currency))}" for b in bars
        )
        return finish(
            laid.figure, name, locale.text("chart.sensitivity_chart"), locale.text("chart.sensitivity_alt", numbers=said)
        )


@dataclass(frozen=True)
class LineName:
    """What a line across all rows is called, above it: on which side of it, and how many lines of type higher."""

    x: float
    name: str
    colour: str
    side: str  # "left": it begins at the line; "right": it ends there
    lift: int = 0


def lines_named(centre: float, low: float, high: float, inches: float, locale: Locale) -> list[LineName]:
    """The names of the two lines, none beyond the ends of the scale (`low` to `high` on so many `inches`), none over the other."""
    names = {0.0: (locale.text("chart.tie_line"), LOSS_TEXT), centre: (locale.text("chart.centre_line"), INK)}
    found: list[LineName] = []
    taken = (0.0, -1.0)
    for x, (name, colour) in names.items():
        at, long = (x - low) / (high - low or 1.0) * inches, TYPE * len(name)
        side = "left" if x == max(0.0, centre) else "right"
        side = "right" if at + long > inches else "left" if at - long < 0.0 else side
        ends = (at, at + long) if side == "left" else (at - long, at)
        lift = int(bool(found) and ends[0] < taken[1] and taken[0] < ends[1])
        found.append(LineName(x, name, colour, side, lift))
        taken = ends
    return found
