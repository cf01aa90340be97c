"""The charts of a study that are rows of bars: what makes the difference, how sure it is, what it depends on.

In: `Bar`s, labels and forms of numbers (``comparison`` takes them out of a study). Out: a `Chart` each, that reads in grey and by
colour-blind people: a gain is filled, a loss hatched, an interval is a line with two ends.

To add a chart: a function that takes plain data and a `name`, draws inside ``with style(name)`` and returns ``finish(…)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ladsim.i18n import ENGLISH, Locale
from ladsim.reporting.figure_style import GAIN, INK, LOSS, QUIET, RULE, WIDTH, Chart, finish, paper, pen, style, wrapped


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


def waterfall(
    bars: Sequence[Bar], start: str, total: Bar, currency: str, name: str = "cause", *, locale: Locale = ENGLISH
) -> Chart:
    """How a difference in profit adds up: each cause begins where the former ended; whiskers are 95 % intervals."""
    rows = [*bars, total]
    ends = np.concatenate([[0.0], np.cumsum([bar.value for bar in bars])])
    height = 0.27 * len(rows) + 0.62
    with style(name):
        figure = paper(height)
        axes = figure.add_axes((2.15 / WIDTH, 0.42 / height, (WIDTH - 3.2) / WIDTH, 1 - 0.5 / height))
        for row, bar in enumerate(rows):
            base = 0.0 if bar is total else float(ends[row])
            _piece(axes, row, base, bar, thick=bar is total)
            if row < len(bars):
                axes.plot([ends[row + 1]] * 2, [row - 0.33, row + 1.33], color=QUIET, linewidth=0.5)
            axes.annotate(
                locale.money(bar.value, currency, signed=True), (1.015, row), xycoords=("axes fraction", "data"), va="center",
                fontsize=7.8, fontweight="bold" if bar is total else "normal", annotation_clip=False,
            )  # fmt: skip
        _row_labels(axes, [bar.label for bar in rows], 34, bold_last=True)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_xlabel(start, fontsize=7.5)
        _flat(axes, locale.short_money)
        said = "; ".join(f"{bar.label} {locale.money(bar.value, currency, signed=True)}" for bar in rows)
        return finish(figure, name, locale.text("chart.cause_chart"), locale.text("chart.cause_alt", causes=said))


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


def _flat(axes: Any, form: Callable[..., str]) -> None:
    """A chart of rows: grid across, no frame at the left."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.grid(False)
    axes.grid(True, axis="x", color=RULE)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(form))


def difference_bars(bars: Sequence[Bar], axis: str, name: str = "flow", *, locale: Locale = ENGLISH) -> Chart:
    """Differences in people, row by row from 0, with 95 % intervals."""
    lines = _lines_needed([bar.label for bar in bars], 40, 1, 2)
    height = (0.27 if lines == 1 else 0.36) * len(bars) + 0.6
    with style(name):
        figure = paper(height)
        axes = figure.add_axes((2.6 / WIDTH, 0.42 / height, (WIDTH - 3.3) / WIDTH, 1 - 0.5 / height))
        for row, bar in enumerate(bars):
            _piece(axes, row, 0.0, bar)
            text = ("+" if bar.value > 0 else "") + locale.people(bar.value)
            axes.annotate(
                text, (1.015, row), xycoords=("axes fraction", "data"), va="center", fontsize=7.8, annotation_clip=False
            )
        _row_labels(axes, [bar.label for bar in bars], 40, lines=lines)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_xlabel(axis, fontsize=7.5)
        _flat(axes, locale.short_money)
        said = "; ".join(f"{bar.label} {locale.people(bar.value)}" for bar in bars)
        return finish(figure, name, locale.text("chart.flow_chart"), locale.text("chart.flow_alt", flows=said))


def chances(bars: Sequence[Bar], name: str = "chance", *, locale: Locale = ENGLISH) -> Chart:
    """The probability that each strategy is the best of all, with its interval."""
    height = 0.34 * len(bars) + 0.55
    with style(name):
        figure = paper(height)
        axes = figure.add_axes((2.0 / WIDTH, 0.4 / height, (WIDTH - 2.9) / WIDTH, 1 - 0.48 / height))
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
        _row_labels(axes, [bar.label for bar in bars], 28)
        axes.set_xlim(0, 1)
        _flat(axes, lambda share, _: locale.percent(share))
        axes.set_xlabel(locale.text("chart.chance_axis"), fontsize=7.5)
        said = "; ".join(f"{bar.label} {locale.percent(bar.value)}" for bar in bars)
        return finish(figure, name, locale.text("chart.chance_chart"), locale.text("chart.chance_alt", chances=said))


def tornado(
    bars: Sequence[Bar], centre: float, axis: str, currency: str, name: str = "sensitivity", *, locale: Locale = ENGLISH
) -> Chart:
    """What the lead becomes when one uncertain number takes its low or its high value; marked rows are assumptions."""
    labels = [bar.label + ("\u00a0*" if bar.marked else "") for bar in bars]
    lines = _lines_needed(labels, 38, 2, 3)
    height = (0.36 if lines == 2 else 0.42) * len(bars) + 0.85
    ends = [x for bar in bars for x in (bar.low, bar.high)] + [0.0, centre]
    low, high = min(ends), max(ends)
    room = (high - low or 1.0) * 0.16
    with style(name):
        figure = paper(height)
        axes = figure.add_axes((2.75 / WIDTH, 0.42 / height, (WIDTH - 2.9) / WIDTH, 1 - 0.72 / height))
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
                    va="center", fontsize=7, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.6}, zorder=3,
                )  # fmt: skip
        _row_labels(axes, labels, 38, lines=lines)
        axes.set_xlim(low - room, high + room)
        axes.axvline(0, color=LOSS, linewidth=1.2, linestyle=(0, (4, 2)))
        axes.axvline(centre, color=INK, linewidth=0.9)
        _flat(axes, locale.short_money)
        axes.set_xlabel(axis, fontsize=7.5)
        for x, note, colour, side in _lines_named(centre, locale):
            axes.annotate(
                note, (x, 1.0), xycoords=("data", "axes fraction"), xytext=(2 if side == "left" else -2, 2), textcoords="offset points",
                ha=side, fontsize=7.2, color=colour,
            )  # fmt: skip
        said = "; ".join(
            f"{b.label}: {locale.between(locale.money(b.low, currency), locale.money(b.high, currency))}" for b in bars
        )
        return finish(figure, name, locale.text("chart.sensitivity_chart"), locale.text("chart.sensitivity_alt", numbers=said))


def _lines_named(centre: float, locale: Locale) -> list[tuple[float, str, str, str]]:
    here, there = ("right", "left") if centre >= 0 else ("left", "right")
    return [(0.0, locale.text("chart.tie_line"), "#9c4500", here), (centre, locale.text("chart.centre_line"), INK, there)]
