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
from ladsim.reporting.axes import bar_axis
from ladsim.reporting.bars import rows_of_bars
from ladsim.reporting.figure_style import GAIN, INK, LOSS, QUIET, SLIM, WIDTH, Chart, finish, style


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


def cost_bars(rows: Sequence[Cost], currency: str, locale: Locale, name: str = "costs", *, width: float = WIDTH) -> Chart:
    """The highest cost that pays as a bar with its interval, the cost as a diamond."""
    with style(name):
        laid = rows_of_bars(len(rows), 0.4, 0.62, 1.75, 0.2, width)
        axes = laid.axes
        for row, one in enumerate(rows):
            gain = one.highest >= 0
            axes.barh(row, one.highest, height=0.5, color=GAIN if gain else "white", edgecolor=GAIN if gain else LOSS, alpha=0.75)
            if np.isfinite(one.low) and one.low != one.high:
                axes.plot([one.low, one.high], [row, row], color=INK, linewidth=1.2, solid_capstyle="butt")
            if np.isfinite(one.cost):
                axes.plot(
                    one.cost, row, marker="D", color="white", markeredgecolor=LOSS, markeredgewidth=1.6, markersize=7, zorder=5
                )
        laid.label([one.label for one in rows], 26)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.margins(x=0.08)
        laid.below(locale.text("potential.cost_axis", currency=locale.currency(currency)))
        bar_axis(axes, locale.short_money)
        said = "; ".join(
            locale.text(
                "potential.cost_said",
                segment=o.label,
                worth=locale.money(o.highest, currency),
                cost=locale.money(o.cost, currency),
            )
            for o in rows
        )
        return finish(laid.figure, name, locale.text("potential.cost_chart"), locale.text("potential.cost_alt", said=said))


def room_bars(rows: Sequence[Room], locale: Locale, name: str = "room", *, width: float = WIDTH) -> Chart:
    """Customers now, won with the budget, and others to be won, one behind the other."""
    slim = width <= SLIM
    with style(name):
        laid = rows_of_bars(len(rows), 0.4, 1.35 if slim else 0.95, 1.75, 0.2, width)
        axes = laid.axes
        looks: tuple[tuple[str, Any], ...] = (
            ("now", {"color": GAIN, "edgecolor": GAIN}),
            ("won", {"color": "white", "edgecolor": LOSS, "hatch": "//////"}),
            ("left", {"color": "white", "edgecolor": QUIET}),
        )
        places = np.arange(len(rows))
        begin = np.zeros(len(rows))
        for key, look in looks:
            wide = np.array([getattr(one, key) for one in rows])
            axes.barh(places, wide, left=begin, height=0.5, linewidth=0.9, label=locale.text(f"potential.room_{key}"), **look)
            begin = begin + wide
        laid.label([one.label for one in rows], 26)
        laid.below(locale.text("potential.room_axis"))
        axes.legend(
            loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=1 if slim else 3, fontsize=7.6, frameon=False, borderaxespad=0.2
        )
        bar_axis(axes, locale.short_money)
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
        return finish(laid.figure, name, locale.text("potential.room_chart"), locale.text("potential.room_alt", said=said))
