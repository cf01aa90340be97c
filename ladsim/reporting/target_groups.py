"""The pictures of target groups: what a customer may cost and does, and how many there are to win.

In: a `Bar` or a `Room` per segment. Out: a `Chart` each that reads in grey: filled, hatched and empty tell parts apart, a diamond
marks a cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ladsim.i18n import Locale
from ladsim.reporting.bars import _flat, _row_labels
from ladsim.reporting.figure_style import GAIN, INK, LOSS, QUIET, WIDTH, Chart, finish, paper, style


@dataclass(frozen=True)
class Cost:
    """A segment's highest cost that pays, with its interval, and what winning one costs (NaN: not known)."""

    label: str
    highest: float
    low: float
    high: float
    cost: float


@dataclass(frozen=True)
class Room:
    """A segment's customers now, those won with the budget, and the others there are to win."""

    label: str
    now: float
    won: float
    left: float


def cost_bars(rows: Sequence[Cost], currency: str, locale: Locale, name: str = "costs") -> Chart:
    """The highest cost that pays as a bar with its interval, the cost as a diamond."""
    height = 0.4 * len(rows) + 0.62
    with style(name):
        figure = paper(height)
        axes = figure.add_axes((1.75 / WIDTH, 0.46 / height, (WIDTH - 1.95) / WIDTH, 1 - 0.54 / height))
        for row, one in enumerate(rows):
            gain = one.highest >= 0
            axes.barh(row, one.highest, height=0.5, color=GAIN if gain else "white", edgecolor=GAIN if gain else LOSS, alpha=0.75)
            if np.isfinite(one.low) and one.low != one.high:
                axes.plot([one.low, one.high], [row, row], color=INK, linewidth=1.2, solid_capstyle="butt")
            if np.isfinite(one.cost):
                axes.plot(
                    one.cost, row, marker="D", color="white", markeredgecolor=LOSS, markeredgewidth=1.6, markersize=7, zorder=5
                )
        _row_labels(axes, [one.label for one in rows], 26)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.margins(x=0.08)
        axes.set_xlabel(locale.text("potential.cost_axis", currency=locale.currency(currency)), fontsize=7.5)
        _flat(axes, locale.short_money)
        said = "; ".join(
            locale.text(
                "potential.cost_said",
                segment=o.label,
                worth=locale.money(o.highest, currency),
                cost=locale.money(o.cost, currency),
            )
            for o in rows
        )
        return finish(figure, name, locale.text("potential.cost_chart"), locale.text("potential.cost_alt", said=said))


def room_bars(rows: Sequence[Room], locale: Locale, name: str = "room") -> Chart:
    """Customers now, won with the budget, and others to be won, one behind the other."""
    height = 0.4 * len(rows) + 0.95
    with style(name):
        figure = paper(height)
        axes = figure.add_axes((1.75 / WIDTH, 0.46 / height, (WIDTH - 1.95) / WIDTH, 1 - 0.86 / height))
        looks: tuple[tuple[str, Any], ...] = (
            ("now", {"color": GAIN, "edgecolor": GAIN}),
            ("won", {"color": "white", "edgecolor": LOSS, "hatch": "//////"}),
            ("left", {"color": "white", "edgecolor": QUIET}),
        )
        places = np.arange(len(rows))
        begin = np.zeros(len(rows))
        for key, look in looks:
            width = np.array([getattr(one, key) for one in rows])
            axes.barh(places, width, left=begin, height=0.5, linewidth=0.9, label=locale.text(f"potential.room_{key}"), **look)
            begin = begin + width
        _row_labels(axes, [one.label for one in rows], 26)
        axes.set_xlabel(locale.text("potential.room_axis"), fontsize=7.5)
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, fontsize=7.6, frameon=False, borderaxespad=0.2)
        _flat(axes, locale.short_money)
        said = "; ".join(
            locale.text(
                "potential.room_said",
                segment=o.label,
                now=locale.people(o.now),
                won=locale.people(o.won),
                left=locale.people(o.left),
            )
            for o in rows
        )
        return finish(figure, name, locale.text("potential.room_chart"), locale.text("potential.room_alt", said=said))
