"""The axes that charts have alike: months across and values upwards; values across, where bars stand in rows.

In: matplotlib's axes. Out: nothing; they are changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ladsim.i18n import Locale
from ladsim.reporting.figure_style import RULE, SLIM

TICK = 0.42  # inches for the name of a month


def month_axis(axes: Any, last: float, locale: Locale | None, named: bool = True) -> None:
    """Months along the bottom, by their names where the day of the start is known; without a locale months since something."""
    from matplotlib.ticker import MaxNLocator

    dated = locale is not None and locale.start is not None
    most = min(5.0, axes.get_position().width * axes.figure.get_figwidth() / TICK - 1.0) if dated else 5.0
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120, 240) if last / s <= max(1.0, most)), 240)
    if last < 2:
        axes.xaxis.set_major_locator(MaxNLocator(4))
    else:
        ticks = np.arange(0, last + 1e-9, step) if step <= last else np.array([0.0, last])
        axes.set_xticks(ticks)
        if locale is not None and dated:
            axes.set_xticklabels(_month_names([float(tick) for tick in ticks], locale, named), linespacing=1.05)
            named = False
    axes.set_xlim(0, last)
    if locale is not None and named:
        axes.set_xlabel(locale.text("chart.month_axis"), fontsize=7.5, labelpad=1)


def _month_names(ticks: Sequence[float], locale: Locale, years: bool) -> list[str]:
    """Names of months, the year below the first of each, where there is room for it."""
    names, before = [], ""
    for tick in ticks:
        _, _, year = locale.tick(tick, True).partition("\n")
        names.append(locale.tick(tick, years and year != before))
        before = year or before
    return names


def keep_within(axes: Any) -> None:
    """Keep the first and last month's label within the panel."""
    labels = axes.get_xticklabels()
    if len(labels) > 1:
        labels[0].set_ha("left")
        labels[-1].set_ha("right")


def value_axis(axes: Any, form: Callable[..., str], ticks: int = 5) -> None:
    """Values upwards, written in a form, with about so many `ticks`."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(ticks))
    axes.yaxis.set_major_formatter(FuncFormatter(form))


def bar_axis(axes: Any, form: Callable[..., str]) -> None:
    """Values across, written in a form, for bars in rows: a grid across, no frame at the left."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.grid(False)
    axes.grid(True, axis="x", color=RULE)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4 if axes.figure.get_figwidth() <= SLIM else 6))
    axes.xaxis.set_major_formatter(FuncFormatter(form))
