"""The picture of the year's wheel: twelve months around, a ring for each activity, those for the lowest rungs inside, the budget outside.

In: `Band`s with a number each, the budget and the goals by month. Out: a `Chart`. Numbers in the rings stand for the names beside the wheel,
so that it reads in grey and by colour-blind people.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ladsim.reporting.figure_style import INK, LOSS, QUIET, RULE, SLIM, WIDTH, Chart, finish, paper, pen, style, wrapped

MONTHS = 12
HUB, RIM, OUTER = 0.26, 0.86, 1.0
MOST_BANDS = 12
SIDE = 4.4  # inches of the wheel


@dataclass(frozen=True)
class Band:
    """An activity: between which months of the wheel (0 to 12) it is done, what it is called, and which rung it is for (its place)."""

    label: str
    first: float
    last: float
    rung: int


@dataclass(frozen=True)
class Year:
    """What a wheel shows: names of its months, activities from inside, the budget of each month, and months with goals (1 to 12)."""

    months: Sequence[str]
    bands: Sequence[Band]
    budget: Sequence[float]
    goals: Sequence[int]
    above: str  # the list of activities


def year_picture(year: Year, title: str, alt: str, width: float = WIDTH) -> Chart:
    """The wheel, and the names of its rings: beside it, or below it on a telephone."""
    slim = width <= SLIM
    bands = year.bands[:MOST_BANDS]
    side = SLIM if slim else SIDE
    listed = 0.19 * (len(bands) + 1.6)
    total = side + listed if slim else max(side, listed + 0.3)
    with style("year"):
        figure = paper(total, width)
        axes = figure.add_axes((0.0, 1.0 - side / total, side / width, side / total))
        axes.set(xlim=(-1.22, 1.22), ylim=(-1.22, 1.22), aspect="equal")
        axes.axis("off")
        _months(axes, year)
        _budget(axes, year.budget)
        for place, band in enumerate(bands):
            _band(axes, place, len(bands), band)
        _list(figure, year, bands, (0.05 if slim else side + 0.15, listed - 0.1 if slim else total - 0.3), total, slim)
        return finish(figure, "year", title, alt)


def _angle(month: float) -> float:
    """The direction of a time of the year, in degrees: clockwise from the top."""
    return 90.0 - 360.0 * month / MONTHS


def _months(axes: Any, year: Year) -> None:
    """The names of the months, the lines between them, and a mark where a goal is due."""
    for place, name in enumerate(year.months):
        at = math.radians(_angle(place))
        axes.plot(
            [HUB * math.cos(at), OUTER * math.cos(at)], [HUB * math.sin(at), OUTER * math.sin(at)], color=RULE, linewidth=0.6
        )
        middle = math.radians(_angle(place + 0.5))
        due = place + 1 in year.goals
        axes.text(
            1.11 * math.cos(middle), 1.11 * math.sin(middle), name + ("\n◆" if due else ""), ha="center", va="center", fontsize=7.6,
            fontweight="bold" if due else "normal", color=LOSS if due else INK, linespacing=0.9,
        )  # fmt: skip


def _budget(axes: Any, budget: Sequence[float]) -> None:
    """The budget of each month as the length of its bar in the outer ring."""
    from matplotlib.patches import Wedge

    most = max([*budget, 0.0])
    for place in range(MONTHS):
        first, last = _angle(place + 1) + 1.0, _angle(place) - 1.0
        axes.add_patch(
            Wedge((0.0, 0.0), OUTER, first, last, width=OUTER - RIM - 0.02, facecolor="white", edgecolor=RULE, linewidth=0.6)
        )
        if place < len(budget) and most > 0.0 and budget[place] > 0.0:
            high = (OUTER - RIM - 0.02) * budget[place] / most
            axes.add_patch(
                Wedge((0.0, 0.0), RIM + 0.02 + high, first, last, width=high, facecolor=QUIET, edgecolor=QUIET, linewidth=0.4)
            )


def _band(axes: Any, place: int, of: int, band: Band) -> None:
    """The ring of an activity, with its number where it begins."""
    from matplotlib.patches import Wedge

    thick = (RIM - HUB) / of
    inner = HUB + place * thick
    hand = pen(band.rung)
    gap = min(0.6, 0.2 * (_angle(band.first) - _angle(band.last)))  # so that a day stays one
    ends = _angle(band.last) + gap, _angle(band.first) - gap
    axes.add_patch(
        Wedge(
            (0.0, 0.0),
            inner + 0.86 * thick,
            *ends,
            width=0.78 * thick,
            facecolor=hand.colour,
            alpha=0.35,
            edgecolor=hand.text,
            linewidth=0.7,
        )
    )
    at, radius = math.radians(_angle(band.first + min(0.5, (band.last - band.first) / 2.0))), inner + 0.47 * thick
    paint = {"boxstyle": "circle,pad=0.12", "facecolor": "white", "edgecolor": hand.text, "linewidth": 0.6}
    axes.text(
        radius * math.cos(at), radius * math.sin(at), str(place + 1), ha="center", va="center", fontsize=7.2, bbox=paint, zorder=4
    )


def _list(figure: Any, year: Year, bands: Sequence[Band], corner: tuple[float, float], total: float, slim: bool) -> None:
    """The names of the activities, by number, from inside."""
    width = figure.get_figwidth()
    left, top = corner
    long = 52 if slim else 46
    figure.text(left / width, top / total, year.above, fontsize=8, fontweight="bold", va="top")
    for place, band in enumerate(bands):
        said = wrapped(f"{place + 1}  {band.label}", long, 1)
        figure.text(left / width, (top - 0.19 * (place + 1)) / total, said, fontsize=7.6, va="top", color=pen(band.rung).text)
