"""The charts of a study that run over months: what may come, what stays, what can be promised (rows of bars: ``bars``).

In: labels and arrays (``series`` takes them out of a study). Out: a `Chart` each, that reads in grey and by colour-blind people:
every strategy keeps its colour, its line style and a label of its own in all charts. A band is where 50 % and 90 % of the futures
lie, the line in it is the median.

To add a chart: a function that takes plain data and a `name`, draws inside ``with style(name)`` and returns ``finish(…)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.i18n import ENGLISH, Locale
from ladsim.measures.uncertainty import quantile
from ladsim.reporting.axes import keep_within, month_axis, value_axis
from ladsim.reporting.figure_style import (
    INK,
    QUIET,
    SLIM,
    WIDTH,
    Chart,
    Pen,
    apart,
    column_title,
    finish,
    paper,
    pen,
    style,
    wrapped,
)

Floats = NDArray[np.float64]
BANDS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Fan:
    """Many futures of one number: `values` (futures, months), and its closed form where there is one."""

    label: str
    months: Floats
    values: Floats
    exact: Floats | None = None

    def quantiles(self) -> Floats:
        """The 5, 25, 50, 75 and 95 % quantiles, (5, months)."""
        return self._quantiles

    @cached_property
    def _quantiles(self) -> Floats:
        return quantile(self.values, BANDS, axis=0)


def fan_of(axes: Any, fan: Fan, hand: Pen) -> Floats:
    """Draw one fan; the quantiles drawn."""
    q = fan.quantiles()
    axes.fill_between(fan.months, q[0], q[4], color=hand.colour, alpha=0.20, linewidth=0)
    axes.fill_between(fan.months, q[1], q[3], color=hand.colour, alpha=0.38, linewidth=0)
    axes.plot(fan.months, q[2], color=hand.text, linestyle=hand.line, linewidth=1.6)
    if fan.exact is not None:
        axes.plot(fan.months, fan.exact, color="black", linestyle=(0, (3, 2)), linewidth=0.9)
    return q


def _grid(
    panels: int, across: int, height: float, left: float, gap: float, right: float, width: float = WIDTH, top: float = 0.0
) -> tuple[Any, list[Any]]:
    """A figure with panels `across` to a row, each `height` inches high; `left`, `gap`, `right` and `top` make room for labels."""
    rows = -(-panels // across)
    total = rows * (height + 0.52) + 0.26 + top
    figure = paper(total, width)
    wide = (width - left - right - gap * (across - 1)) / across
    boxes = []
    for i in range(panels):
        row, column = divmod(i, across)
        bottom = total - 0.44 - top - (row + 1) * height - row * 0.52
        boxes.append(figure.add_axes(((left + column * (wide + gap)) / width, bottom / total, wide / width, height / total)))
    return figure, boxes


def is_slim(width: float) -> bool:
    """Whether a picture of a width is one for a telephone."""
    return width <= SLIM


def profit_fans(
    fans: Sequence[Fan], currency: str, name: str = "profit", *, locale: Locale = ENGLISH, width: float = WIDTH
) -> Chart:
    """Cumulative profit by month, a panel per strategy on the same scale, the others' medians thin behind."""
    title = locale.text("chart.profit_chart")
    with style(name):
        all_q = [fan.quantiles() for fan in fans]
        low, high = min(float(q.min()) for q in all_q), max(float(q.max()) for q in all_q)
        longest = max(len(locale.short_money(float(end))) for q in all_q for end in (q[0][-1], q[2][-1], q[4][-1], low, high))
        left, gap, right = max(0.52, 0.075 * longest), max(0.98, 0.14 * (longest + 1)), max(0.55, 0.085 * longest)
        across = 1 if len(fans) == 1 or is_slim(width) else 2
        height = 1.8 if len(fans) > 1 else 1.9 if is_slim(width) else 2.2
        figure, boxes = _grid(len(fans), across, height, left, gap, right, width, _key_height(width))
        room = (high - low or 1.0) * 0.07
        for place, (axes, fan) in enumerate(zip(boxes, fans, strict=True)):
            for other, q in enumerate(all_q):
                if other != place:
                    axes.plot(
                        fans[other].months, q[2], color=pen(other).colour, linestyle=pen(other).line, linewidth=0.8, alpha=0.75
                    )
            q = fan_of(axes, fan, pen(place))
            axes.axhline(0, color=INK, linewidth=0.7)
            axes.set_ylim(low - room, high + room)
            month_axis(axes, float(fan.months[-1]), locale, place >= len(fans) - across)
            value_axis(axes, locale.short_money)
            axes.set_title(wrapped(fan.label, 44 if across == 1 and width == WIDTH else 34, 1), color=pen(place).text, pad=5)
            _end_labels(axes, fan.months[-1], q, lambda v: locale.short_money(float(v)), pen(place), low - room, high + room)
        figure.text(0.006, 1 - 0.03 / figure.get_figheight(), locale.currency(currency), fontsize=7.5, color=QUIET, va="top")
        _band_key(figure, locale)
        medians = "; ".join(
            f"{fan.label}: {locale.money(q[2][-1], currency)} ({locale.between(locale.money(q[0][-1], currency), locale.money(q[4][-1], currency))})"
            for fan, q in zip(fans, all_q, strict=True)
        )
        return finish(figure, name, title, locale.text("chart.profit_alt", medians=medians))


def _end_labels(axes: Any, at: float, q: Floats, form: Callable[[float], str], hand: Pen, low: float, high: float) -> None:
    """Write the median and the ends of the 90 % band beside the last month."""
    places = apart([float(q[k][-1]) for k in (0, 2, 4)], (high - low) * 0.085, low, high)
    for k, y in zip((0, 2, 4), places, strict=True):
        axes.annotate(
            form(float(q[k][-1])), (at, y), xytext=(3, 0), textcoords="offset points", va="center", annotation_clip=False,
            fontsize=8 if k == 2 else 7.2, fontweight="bold" if k == 2 else "normal", color=hand.text,
        )  # fmt: skip


def _band_key(figure: Any, locale: Locale) -> None:
    """What line and bands mean, in grey, at the top right."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Line2D([], [], color=INK, linewidth=1.6, label=locale.text("chart.median")),
        Patch(color="#9aa3ad", linewidth=0, label=locale.text("chart.half")),
        Patch(color="#d3d8dd", linewidth=0, label=locale.text("chart.ninety")),
    ]
    slim = is_slim(figure.get_figwidth())
    figure.legend(
        handles=handles,
        loc="upper right",
        ncols=1 if slim else 3,
        fontsize=7.2,
        frameon=False,
        handlelength=1.8,
        borderaxespad=0,
        columnspacing=1.4,
    )


def _key_height(width: float) -> float:
    """What the key of the bands takes above the panels: one line stands beside the currency, three do not."""
    return 0.36 if is_slim(width) else 0.0


def medians(axes: Any, fans: Sequence[Fan | None], pens: Sequence[Pen]) -> None:
    """Several strategies in one panel: their medians; with two at most, the bands of 90 %, too."""
    known = [(fan, hand) for fan, hand in zip(fans, pens, strict=True) if fan is not None]
    for fan, hand in known:
        q = fan.quantiles()
        if len(known) <= 2:
            axes.fill_between(fan.months, q[0], q[4], color=hand.colour, alpha=0.20, linewidth=0)
        axes.plot(fan.months, q[2], color=hand.text, linestyle=hand.line, linewidth=1.5)
        if fan.exact is not None:
            axes.plot(fan.months, fan.exact, color="black", linestyle=(0, (3, 2)), linewidth=0.9)


def names_above(figure: Any, names: Sequence[str], pens: Sequence[Pen]) -> None:
    """Which line is which strategy, at the top, a line each."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=hand.text, linestyle=hand.line, linewidth=1.5, label=wrapped(name, 38, 1))
        for name, hand in zip(names, pens, strict=True)
    ]
    figure.legend(handles=handles, loc="upper left", fontsize=7.6, frameon=False, handlelength=3.2, borderaxespad=0)


def slim_rows(
    labels: Sequence[str],
    columns: Sequence[str],
    pens: Sequence[Pen],
    draw: Callable[[Any, int], None],
    *,
    last: float,
    locale: Locale,
    left: float,
) -> Any:
    """A figure for a telephone: a panel to a row with its label above, all strategies in it, their names at the top."""
    high, between, top = 1.15, 0.42, 0.16 * len(columns) + 0.1
    total = top + len(labels) * (high + between) + 0.3
    figure = paper(total, SLIM)
    names_above(figure, columns, pens)
    for r, label in enumerate(labels):
        bottom = total - top - (r + 1) * (high + between)
        axes = figure.add_axes((left / SLIM, (bottom + 0.06) / total, (SLIM - left - 0.1) / SLIM, high / total))
        draw(axes, r)
        month_axis(axes, last, locale, r == len(labels) - 1)
        axes.set_title(wrapped(label, 40, 1), pad=4, fontsize=8.5)
        keep_within(axes)
    return figure


def rung_fans(
    rungs: Sequence[str],
    strategies: Sequence[str],
    fans: Sequence[Sequence[Fan]],
    name: str = "rungs",
    *,
    locale: Locale = ENGLISH,
    width: float = WIDTH,
) -> Chart:
    """People on each rung (a row, top of the ladder first) under each strategy (a column); the closed form dashed."""
    if is_slim(width):
        return _slim_rung_fans(rungs, strategies, fans, name, locale)
    count, across = len(rungs), len(strategies)
    longest = max((len(locale.short_money(float(fan.quantiles()[4].max()))) for row in fans for fan in row), default=0)
    high, top, left, gap = 0.78, 0.42, 1.62 + 0.065 * max(0, longest - 5), 0.17
    total = top + count * (high + 0.16) + 0.32
    wide = (WIDTH - left - 0.12 - gap * (across - 1)) / across
    exact = any(fan.exact is not None for row in fans for fan in row)
    with style(name):
        figure = paper(total)
        for r, label in enumerate(rungs):
            bottom = total - top - (r + 1) * (high + 0.16) + 0.16
            most = max(float(fan.quantiles()[4].max()) for fan in fans[r]) * 1.08 or 1.0
            middle = (bottom + high / 2) / total
            figure.text(0.05 / WIDTH, middle, wrapped(label, 17), fontsize=8.5, fontweight="bold", va="center", linespacing=1.1)
            for s in range(across):
                box = ((left + s * (wide + gap)) / WIDTH, bottom / total, wide / WIDTH, high / total)
                axes = figure.add_axes(box)
                q = fan_of(axes, fans[r][s], pen(s))
                axes.set_ylim(0, most)
                month_axis(axes, float(fans[r][s].months[-1]), locale, r == count - 1)
                value_axis(axes, locale.short_money, ticks=3)
                axes.tick_params(labelleft=s == 0, labelbottom=r == count - 1)
                keep_within(axes)
                axes.text(
                    0.985, 0.97 if q[2][-1] < 0.6 * most else 0.05, locale.people(float(q[2][-1])), transform=axes.transAxes,
                    ha="right", va="top" if q[2][-1] < 0.6 * most else "bottom", fontsize=7.2, color=pen(s).text,
                    bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.65, "pad": 0.5},
                )  # fmt: skip
                if r == 0:
                    column_title(axes, strategies[s], wide + 0.6 * gap, pen(s).text)
        return finish(figure, name, locale.text("chart.rungs_chart"), _rungs_alt(exact, locale))


def _rungs_alt(exact: bool, locale: Locale) -> str:
    return locale.text("chart.rungs_alt_exact" if exact else "chart.rungs_alt")


def _slim_rung_fans(
    rungs: Sequence[str], strategies: Sequence[str], fans: Sequence[Sequence[Fan]], name: str, locale: Locale
) -> Chart:
    """The same for a telephone: a rung to a row, all strategies in it."""
    pens = [pen(place) for place in range(len(strategies))]

    def draw(axes: Any, row: int) -> None:
        if len(strategies) == 1:
            fan_of(axes, fans[row][0], pens[0])
        else:
            medians(axes, fans[row], pens)
        axes.set_ylim(0, max(float(fan.quantiles()[4].max()) for fan in fans[row]) * 1.08 or 1.0)
        value_axis(axes, locale.short_money, ticks=3)

    most = max((len(locale.short_money(float(fan.quantiles()[4].max()))) for row in fans for fan in row), default=0)
    with style(name):
        figure = slim_rows(
            rungs, strategies, pens, draw, last=float(fans[0][0].months[-1]), locale=locale,
            left=0.22 + 0.068 * most,
        )  # fmt: skip
        exact = any(fan.exact is not None for row in fans for fan in row)
        return finish(figure, name, locale.text("chart.rungs_chart"), _rungs_alt(exact, locale))


def curves(
    lines: Sequence[Fan],
    axis: str,
    below: str,
    title: str,
    alt: str,
    name: str,
    banded: int = 0,
    diagonal: bool = False,
    *,
    locale: Locale = ENGLISH,
    width: float = 3.75,
) -> Chart:
    """One line of shares per strategy, one of them with its 90 % band: falling by month, or (with a diagonal) rising by share."""
    wide, height = width, 2.5

    def percent(share: float, _: object = None) -> str:
        return locale.percent(share)

    with style(name):
        figure = paper(height, wide)
        axes = figure.add_axes((0.5 / wide, 0.44 / height, (wide - 0.75) / wide, 1 - 0.66 / height))
        top = 0.0
        for place, line in enumerate(lines):
            q, hand = line.quantiles(), pen(place)
            if place == banded:
                axes.fill_between(line.months, q[0], q[4], color=hand.colour, alpha=0.20, linewidth=0)
            axes.plot(line.months, q[2], color=hand.text, linestyle=hand.line, linewidth=1.5, label=wrapped(line.label, 30, 1))
            top = max(top, float(np.nanmax(q[4 if place == banded else 2])))
        axes.set_ylim(0, 1.0 if top > 0.6 else top * 1.08 or 1.0)
        axes.set_title(axis, fontsize=7.8, fontweight="normal", color=QUIET, pad=6)
        value_axis(axes, percent)
        if diagonal:
            axes.plot([0, 1], [0, 1], color=QUIET, linewidth=0.7, linestyle=(0, (1, 2)))
            axes.set_xlim(0, 1.004)
            axes.xaxis.set_major_formatter(percent)
        else:
            month_axis(axes, float(max(line.months[-1] for line in lines)), None)
        axes.legend(loc="lower right" if diagonal else "upper right", fontsize=7.6, frameon=False, handlelength=3.2)
        axes.set_xlabel(below, fontsize=7.5)
        return finish(figure, name, title, alt)


def target_lines(
    panels: Sequence[tuple[str, Floats, dict[str, Floats], tuple[float, float] | None]],
    name: str = "targets",
    *,
    locale: Locale = ENGLISH,
    width: float = WIDTH,
) -> Chart:
    """Commit, expect and stretch by month, a panel per rung; a goal of the file as a diamond. What cannot be promised has no line."""
    looks = (("commit", INK, "-", 1.9), ("expect", "#00588a", (0, (5, 1.6)), 1.4), ("stretch", "#9c4500", (0, (1.2, 1.2)), 1.4))
    with style(name):
        ends = [
            f"{locale.text(f'chart.{key}')} {locale.people(float(panel[2][key][-1]))}" for panel in panels for key, *_ in looks
        ]
        room = max([1.0, *(0.06 * len(end) + 0.12 for end in ends)])
        across = 1 if is_slim(width) else min(2, len(panels))
        figure, boxes = _grid(len(panels), across, 1.45, 0.5, room + 0.35, room, width)
        for place, (axes, (label, months, lines, goal)) in enumerate(zip(boxes, panels, strict=True)):
            known = [look for look in looks if np.isfinite(lines[look[0]]).all()]
            high = max([0.0, *(float(np.max(lines[key])) for key, *_ in known)])
            high = max(high, goal[1] if goal else 0.0) * 1.1 or 1.0
            places = apart([float(lines[key][-1]) for key, *_ in known], high * 0.13, 0.0, high)
            for (key, colour, line, width), y in zip(known, places, strict=True):
                axes.plot(
                    months,
                    lines[key],
                    color=colour,
                    linestyle=line,
                    linewidth=width,
                    marker="o" if len(months) < 3 else None,
                    markersize=3,
                )
                note = f"{locale.text(f'chart.{key}')} {locale.people(float(lines[key][-1]))}"
                axes.annotate(
                    note,
                    (1.02, y), xycoords=("axes fraction", "data"), va="center", fontsize=7.2, color=colour, annotation_clip=False,
                )  # fmt: skip
            if goal:
                axes.plot(*goal, marker="D", color="white", markeredgecolor=INK, markersize=5, zorder=5, clip_on=False)
                side = "right" if goal[0] > 0.6 * float(months[-1]) else "left"
                axes.annotate(
                    f"{locale.text('chart.goal')} {locale.people(goal[1])}",
                    goal,
                    xytext=(-6 if side == "right" else 6, 6),
                    textcoords="offset points",
                    fontsize=7.2,
                    ha=side,
                    zorder=6,
                    bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.6},
                )
            axes.set_ylim(0, high)
            month_axis(axes, float(months[-1]), locale, place >= len(panels) - across)
            value_axis(axes, locale.short_money)
            axes.set_title(wrapped(label, 34, 1), pad=5)
        return finish(figure, name, locale.text("chart.targets_chart"), locale.text("chart.targets_alt"))
