"""The picture of a sweep: what comes of each value of a number, with its interval.

In: values, and for each panel lines of means with their intervals. Out: a `Chart` that reads in grey and by colour-blind people.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.reporting.figure_style import INK, QUIET, SLIM, WIDTH, Chart, finish, paper, pen, style, wrapped

Floats = NDArray[np.float64]
HIGH, BETWEEN, BELOW = 1.5, 0.42, 0.5  # inches: a panel, what is above it, and below the last
FEW, BESIDE = 2, 0.008  # lines whose bands may overlap; how far whiskers stand from each other, of the width


@dataclass(frozen=True)
class Line:
    """A number by value: mean, and the limits of its interval (NaN where there is none)."""

    label: str
    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Panel:
    """Lines on one axis, how its numbers are written, and whether nothing is a line of its own."""

    title: str
    lines: Sequence[Line]
    form: Callable[..., str]
    zero: bool = False


def sweep_picture(
    values: Sequence[str], numbers: Floats, panels: Sequence[Panel], below: str, title: str, alt: str, width: float = WIDTH
) -> Chart:
    """A panel below the other over the same values; `numbers` place them where all are known, else they stand in their order."""
    known = bool(np.isfinite(numbers).all())
    places = numbers if known else np.arange(len(values), dtype=float)
    slanted = len(values) > (4 if width <= SLIM else 10)
    total = len(panels) * (HIGH + BETWEEN) + BELOW + (0.25 if slanted else 0.0) + (0.15 if width <= SLIM else 0.0)
    with style("sweep"):
        from matplotlib.ticker import FuncFormatter

        figure = paper(total, width)
        for row, panel in enumerate(panels):
            bottom = total - (row + 1) * (HIGH + BETWEEN)
            axes = figure.add_axes((0.85 / width, bottom / total, (width - 1.1) / width, HIGH / total))
            for number, line in enumerate(panel.lines):
                _draw(axes, line, places, number, len(panel.lines))
            if panel.zero:
                axes.axhline(0, color=INK, linewidth=0.7)
            axes.set_title(panel.title, pad=5)
            axes.yaxis.set_major_formatter(FuncFormatter(panel.form))
            last = row == len(panels) - 1
            axes.set_xticks(places, list(values) if last else [""] * len(values), rotation=40 if slanted else 0)
            if len(panel.lines) > 1:
                axes.legend(loc="best", fontsize=7.6, frameon=False, handlelength=3.2)
            if last:
                axes.set_xlabel(wrapped(below, 42 if width <= SLIM else 120, 2), fontsize=8, color=QUIET)
        return finish(figure, "sweep", title, alt)


def _draw(axes: Any, line: Line, places: Floats, number: int, of: int) -> None:
    """One line of a panel: its interval a band, or whiskers side by side where bands of several would hide each other."""
    hand = pen(number)
    if of <= FEW:
        axes.fill_between(places, line.low, line.high, color=hand.colour, alpha=0.22, linewidth=0)
    else:
        places = places + (number - (of - 1) / 2) * BESIDE * float(np.ptp(places) or 1.0)
        axes.vlines(places, line.low, line.high, color=hand.colour, linewidth=1.2)
    label = wrapped(line.label, 34, 1)
    axes.plot(
        places, line.mean, color=hand.text, linestyle=hand.line, linewidth=1.6, marker=hand.marker, markersize=4, label=label
    )
