"""The picture of the loyalty wheel: six sectors filled by score, a ring for what is spent, labels beside it.

In: a `Sector` per spoke, in the wheel's order, clockwise from the top. Out: a `Chart` that reads in grey: filled, hatched (the lowest
score) and dotted (nothing to measure) tell sectors apart, numbers stand in them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladsim.reporting.figure_style import GAIN, INK, LOSS, QUIET, RULE, SLIM, WIDTH, Chart, finish, paper, save, style, wrapped

HEIGHT = 4.3  # inches
HUB, RIM = 0.2, 1.0
RING = (1.05, 1.14)
ACROSS = 60.0  # degrees of a sector
GAP = 1.2


@dataclass(frozen=True)
class Sector:
    """A spoke as it is drawn: its score (NaN: nothing to measure), the interval, its share of the spend, and what stands beside it."""

    label: str
    score: float
    low: float
    high: float
    number: str
    spend_share: float
    lines: tuple[str, ...]


def wheel_picture(
    sectors: Sequence[Sector],
    title: str,
    alt: str,
    *,
    key: str = "",
    path: Path | None = None,
    name: str = "wheel",
    width: float = WIDTH,
) -> Chart:
    """The wheel; written to `path` (.svg or .png) if that is given. With a `key` it stands alone: its title above, the key below."""
    if width <= SLIM:
        return _slim(sectors, title, alt, name)
    above, below = (0.4, 0.62) if key else (0.0, 0.0)
    with style(name):
        figure = paper(HEIGHT + above + below)
        total = HEIGHT + above + below
        if key:
            figure.text(0.02, 1 - 0.12 / total, wrapped(title, 90, 1), fontsize=11, fontweight="bold", va="top")
            figure.text(0.02, 0.12 / total, wrapped(key, 118, 3), fontsize=7.6, color=QUIET, va="bottom", linespacing=1.3)
        axes = figure.add_axes((0.0, below / total, 1.0, HEIGHT / total))
        half = 1.2 * WIDTH / HEIGHT
        axes.set(xlim=(-half, half), ylim=(-1.2, 1.2), aspect="equal")
        _wheel(axes, sectors)
        for place, one in enumerate(sectors):
            _beside(axes, one, _middle(place))
        chart = finish(figure, name, title, alt)
        if path is not None:
            save(figure, path, chart)
    return chart


def _middle(place: int) -> float:
    """The direction of a sector, in degrees."""
    return 90.0 - ACROSS * (place + 0.5)


def _wheel(axes: Any, sectors: Sequence[Sector], far: float = 0.86) -> None:
    """The sectors, their ring and the scale; `far` is how far out numbers stand."""
    axes.axis("off")
    known = [one.score for one in sectors if math.isfinite(one.score)]
    for place, one in enumerate(sectors):
        _sector(axes, one, _middle(place), weakest=len(known) > 1 and one.score == min(known), far=far)
        _ring(axes, one, _middle(place))
    for score in (25, 50, 75):
        _circle(axes, _radius(score))
    for score in (50, 100):
        paint = {"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"}
        axes.text(0.0, _radius(score), str(score), ha="center", va="center", fontsize=7.2, color=QUIET, bbox=paint, zorder=5)


def _slim(sectors: Sequence[Sector], title: str, alt: str, name: str) -> Chart:
    """The wheel for a telephone: as wide as the screen, names at the rim of their sectors, what stood beside it below."""
    row = 0.17
    total = SLIM + row * (len(sectors) + 1)
    with style(name):
        figure = paper(total, SLIM)
        axes = figure.add_axes((0.0, 1 - SLIM / total, 1.0, SLIM / total))
        axes.set(xlim=(-1.17, 1.17), ylim=(-1.17, 1.17), aspect="equal")
        _wheel(axes, sectors, far=0.68)
        paint = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
        for place, one in enumerate(sectors):
            at = _number_at(one, 0.68)
            x, y = at * math.cos(math.radians(_middle(place))), at * math.sin(math.radians(_middle(place)))
            label = wrapped(one.label, 14, 2)
            axes.text(x, y - 0.09, label, ha="center", va="top", fontsize=7.6, fontweight="bold", bbox=paint, zorder=4)
            figure.text(
                0.02,
                (total - SLIM - row * (place + 0.6)) / total,
                wrapped(f"{one.label}: {', '.join(one.lines)}", 58, 1),
                fontsize=7.2,
            )
        return finish(figure, name, title, alt)


def _radius(score: float) -> float:
    return HUB + (RIM - HUB) * score / 100.0


def _wedge(axes: Any, inner: float, outer: float, first: float, last: float, **look: Any) -> None:
    from matplotlib.patches import Wedge

    axes.add_patch(Wedge((0.0, 0.0), outer, first, last, width=outer - inner, **look))


def _sector(axes: Any, one: Sector, middle: float, weakest: bool, far: float) -> None:
    first, last = middle - ACROSS / 2 + GAP, middle + ACROSS / 2 - GAP
    measured = math.isfinite(one.score)
    empty = {} if measured else {"hatch": "..", "edgecolor": RULE}
    _wedge(axes, HUB, RIM, first, last, **{"facecolor": "white", "edgecolor": QUIET, "linewidth": 0.8, **empty})
    x, y = math.cos(math.radians(middle)), math.sin(math.radians(middle))
    if measured and one.score > 0.0:
        look = {"facecolor": "white", "edgecolor": LOSS, "hatch": "//////"} if weakest else {"facecolor": GAIN, "edgecolor": GAIN}
        _wedge(axes, HUB, _radius(one.score), first, last, linewidth=0.9, **look)
    if math.isfinite(one.low) and one.high > one.low:
        inner, outer = _radius(one.low), _radius(one.high)
        axes.plot([inner * x, outer * x], [inner * y, outer * y], color=INK, linewidth=2.0, solid_capstyle="butt", zorder=4)
    at = _number_at(one, far)
    paint = {"boxstyle": "round,pad=0.22", "facecolor": "white", "edgecolor": "none"}
    axes.text(at * x, at * y, one.number, ha="center", va="center", fontsize=10.5, fontweight="bold", bbox=paint, zorder=5)


def _number_at(one: Sector, far: float) -> float:
    """Where nothing else is drawn: near the rim, or in the middle of a long filling."""
    if not math.isfinite(one.score):
        return 0.6
    return far if _reach(one) <= 72.0 else (HUB + _radius(one.score)) / 2


def _reach(one: Sector) -> float:
    """How far out something is drawn: the score, or the upper end of its interval."""
    return max(one.score, one.high) if math.isfinite(one.high) else one.score


def _ring(axes: Any, one: Sector, middle: float) -> None:
    """The sector's part of the ring, filled clockwise by its share of the spend."""
    first, last = middle - ACROSS / 2 + GAP, middle + ACROSS / 2 - GAP
    _wedge(axes, *RING, first, last, facecolor="white", edgecolor=QUIET, linewidth=0.6)
    if one.spend_share > 0.0:
        _wedge(axes, *RING, last - (last - first) * min(one.spend_share, 1.0), last, facecolor=INK, edgecolor=INK, linewidth=0.6)


def _circle(axes: Any, radius: float) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((0.0, 0.0), radius, fill=False, edgecolor=QUIET, linewidth=0.4, linestyle=(0, (1, 2)), zorder=3))


def _beside(axes: Any, one: Sector, middle: float) -> None:
    """The name and its numbers, left or right of the wheel at the sector's height."""
    x, y = math.cos(math.radians(middle)), math.sin(math.radians(middle))
    side, height = (1 if x > 0 else -1), 0.92 * y
    begin = side * (1.19 if abs(y) < 0.3 else 0.98)
    align = "left" if side > 0 else "right"
    axes.text(begin, height + 0.055, wrapped(one.label, 26, 1), ha=align, va="bottom", fontsize=9.5, fontweight="bold")
    axes.text(begin, height + 0.02, "\n".join(one.lines), ha=align, va="top", fontsize=7.7, color=QUIET, linespacing=1.35)
