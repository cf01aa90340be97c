"""The picture beside a comparison's answer: what each strategy may earn, and how far the best is ahead of each other one.

In: an `Outlook` per strategy. Out: a `Chart` that reads in grey and by colour-blind people. The ranges of two strategies may overlap
although one is surely ahead, for both meet the same luck: so the lead, with its interval, stands beside them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ladsim.i18n import ENGLISH, Locale
from ladsim.reporting.axes import bar_axis
from ladsim.reporting.bars import LOSS_TEXT
from ladsim.reporting.figure_style import INK, QUIET, SLIM, WIDTH, Chart, above_bar, finish, paper, pen, style, wrapped

LABELS, NUMBERS, BETWEEN = 1.7, 0.75, 0.5  # inches: left of the rows, right of them, between the panels
PITCH = 0.36


@dataclass(frozen=True)
class Outlook:
    """A strategy: the 5, 25, 50, 75 and 95 % quantiles of its profit, and the lead of the best over it (NaN: it is the best)."""

    label: str
    profit: tuple[float, ...]
    lead: float
    low: float
    high: float


def outlook(
    rows: Sequence[Outlook],
    best: str,
    currency: str,
    name: str = "outlook",
    *,
    locale: Locale = ENGLISH,
    width: float = WIDTH,
) -> Chart:
    """Ranges of profit at the left, leads with their 95 % intervals at the right; below each other on a telephone."""
    money = locale.currency(currency)
    titles = (locale.text("chart.outlook_profit", currency=money), locale.text("chart.outlook_lead", best=best, currency=money))
    slim = width <= SLIM
    with style(name):
        pitch = 0.5 if slim else PITCH
        high, top, below = pitch * len(rows), 0.36, 0.3
        total = (2 if slim else 1) * (high + top + below)
        figure = paper(total, width)
        left, across = 0.12, width - 0.24 - 0.7
        wide = (WIDTH - LABELS - BETWEEN - NUMBERS) / 2
        for panel, title in enumerate(titles):
            bottom = total - (high + top) - (panel * (high + top + below) if slim else 0.0)
            begin = left if slim else LABELS + panel * (wide + BETWEEN)
            axes = figure.add_axes((begin / width, bottom / total, (across if slim else wide) / width, high / total))
            for place, row in enumerate(rows):
                _range(axes, place, row) if panel == 0 else _lead(axes, place, row)
                if slim:
                    above_bar(axes, place - 0.26, wrapped(row.label, 44, 1), color=pen(place).text)
            _rows(axes, rows, slim or panel == 1, slim)
            axes.axvline(0, color=INK, linewidth=0.8)
            bar_axis(axes, locale.short_money)
            axes.locator_params(axis="x", nbins=4)
            axes.set_title(wrapped(title, 40 if slim else 32, 2), fontsize=8, pad=4, linespacing=1.1)
            _numbers(axes, rows, panel, slim, locale)
        return finish(figure, name, locale.text("chart.outlook_chart"), _alt(rows, best, currency, locale))


def _range(axes: Any, place: int, row: Outlook) -> None:
    """Where 90 % and half of the futures lie, and the median."""
    hand = pen(place)
    for first, last, alpha, tall in ((0, 4, 0.28, 0.42), (1, 3, 0.6, 0.42)):
        axes.barh(
            place, row.profit[last] - row.profit[first], left=row.profit[first], height=tall, color=hand.colour, alpha=alpha
        )
    axes.plot([row.profit[2]] * 2, [place - 0.27, place + 0.27], color=INK, linewidth=2.0, solid_capstyle="butt")


def _lead(axes: Any, place: int, row: Outlook) -> None:
    """The lead of the best as a dot with its interval; nothing for the best itself."""
    if math.isnan(row.lead):
        return
    if math.isfinite(row.low):
        axes.plot([row.low, row.high], [place, place], color=INK, linewidth=1.6, solid_capstyle="butt")
        for end in (row.low, row.high):
            axes.plot([end, end], [place - 0.14, place + 0.14], color=INK, linewidth=1.2)
    axes.plot(row.lead, place, marker=pen(place).marker, markersize=6, color=pen(place).colour, markeredgecolor=INK, zorder=4)


def _rows(axes: Any, rows: Sequence[Outlook], bare: bool, slim: bool) -> None:
    axes.set_yticks(range(len(rows)), [""] * len(rows) if bare else [wrapped(row.label, 24, 2) for row in rows], fontsize=8)
    axes.set_ylim(len(rows) - 0.5, -0.72 if slim else -0.5)
    if not bare:
        for place, label in enumerate(axes.get_yticklabels()):
            label.set_color(pen(place).text)


def _numbers(axes: Any, rows: Sequence[Outlook], panel: int, slim: bool, locale: Locale) -> None:
    """The median, or the lead, at the right of each row; wide, only the leads, for there the table below has the rest."""
    for place, row in enumerate(rows):
        value = row.profit[2] if panel == 0 else row.lead
        if (panel == 0 and not slim) or math.isnan(value):
            continue
        unsure = panel == 1 and (math.isnan(row.low) or row.low <= 0.0 <= row.high)
        text = ("+" if panel == 1 and value > 0 else "") + locale.short_money(value)
        axes.annotate(
            text, (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=8, annotation_clip=False,
            fontweight="normal" if panel == 0 or unsure else "bold", color=QUIET if unsure else LOSS_TEXT if value < 0 else INK,
        )  # fmt: skip


def _alt(rows: Sequence[Outlook], best: str, currency: str, locale: Locale) -> str:
    """The same in words."""
    said = [
        locale.text("chart.outlook_said", label=row.label, range=locale.money_between(row.profit[0], row.profit[4], currency))
        for row in rows
    ]
    leads = [f"{row.label} {locale.money(row.lead, currency, signed=True)}" for row in rows if not math.isnan(row.lead)]
    return locale.text("chart.outlook_alt", ranges="; ".join(said), best=best, leads="; ".join(leads))
