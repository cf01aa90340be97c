"""The axes that charts have alike: months across and values upwards; values across, where bars stand in rows.

In: matplotlib's axes. Out: nothing; they are changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ladsim.reporting.figure_style import RULE, SLIM


def month_axis(axes: Any, last: float, name: str) -> None:
    """Months from 0 to the `last`, at round numbers; `name` below, unless it is empty."""
    from matplotlib.ticker import MaxNLocator

    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120, 240) if last / s <= 5), 240)
    if last < 2:
        axes.xaxis.set_major_locator(MaxNLocator(4))
    else:
        axes.set_xticks(np.arange(0, last + 1e-9, step))
    axes.set_xlim(0, last)
    if name:
        axes.set_xlabel(name, fontsize=7.5, labelpad=1)


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
