"""The base drawn on its ladder: a bar for each rung from the top down, those beside the ladder below, with the interval of each count.

In: a `Placement`, a language. Out: a `Chart`, or a file (.svg, .png).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ladsim.i18n import Locale
from ladsim.placing.place import Placement
from ladsim.reporting.figure_style import GAIN, INK, LOSS, QUIET, WIDTH, Chart, finish, paper, save, style, wrapped

_BAR, _ROW = 0.62, 0.42  # of a row; inches
_LABELS = 1.98  # inches for the names of rungs
NARROW = 5.0  # inches: below, there is less room for names and numbers


def draw_placement(
    placed: Placement, locale: Locale, path: str | Path | None = None, name: str = "placed", width: float = WIDTH
) -> Chart:
    """The base on its ladder, so many inches wide; written to `path` if that is given."""
    rungs = placed.rungs()
    title = _title(placed, locale)
    said = [locale.text("placing.on_rung", rung=row.label, people=locale.people(row.people)) for row in rungs.itertuples()]
    with style(name):
        height = 1.0 + _ROW * len(rungs)
        figure = paper(height, width)
        left = min(_LABELS, 0.34 * width)
        axes = figure.add_axes((left / width, 0.14, 1.0 - (left + 0.08 * width) / width, 0.76))
        _bars(axes, rungs, placed, locale, width)
        chart = finish(figure, name, title, "; ".join(said))
        if path is not None:
            save(figure, Path(path), chart)
    return chart


def _bars(axes: Any, rungs: Any, placed: Placement, locale: Locale, width: float) -> None:
    on = dict(zip(placed.rule.names, placed.rule.on_ladder, strict=True))
    rows = range(len(rungs))
    people, low, high = (rungs[column].to_numpy() for column in ("people", "low", "high"))
    colours = [GAIN if on[rung] else LOSS for rung in rungs["rung"]]
    hatches = ["" if on[rung] else "///" for rung in rungs["rung"]]
    bars = axes.barh(list(rows), people, _BAR, color=colours, alpha=0.85)
    for bar, hatch in zip(bars, hatches, strict=True):
        bar.set_hatch(hatch)
        bar.set_edgecolor("white")
    if placed.has_interval:
        axes.hlines(list(rows), low, high, color=INK, linewidth=1.2)
    else:
        high = people  # nothing is said of how sure they are
    most = max(1.0, float(high.max()))
    for row, (mid, top) in enumerate(zip(people, high, strict=True)):
        text = f"{locale.people(mid)}  ({locale.percent(mid / max(1, placed.customers))})"
        axes.text(max(mid, top) + 0.015 * most, row, text, va="center", fontsize=7.6, color=INK)
    axes.set_yticks(list(rows), [wrapped(label, 24 if width > NARROW else 13) for label in rungs["label"]])
    axes.invert_yaxis()
    axes.set_xlim(0, (1.25 if width > NARROW else 1.6) * most)
    axes.xaxis.set_major_formatter(lambda value, _: str(locale.people(value)))
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(locale.text("placing.people_axis"), color=QUIET)
    axes.set_title(wrapped(_title(placed, locale), round(9.5 * width)))


def _title(placed: Placement, locale: Locale) -> str:
    people = locale.people(placed.customers)
    if placed.end is None:
        return locale.text("placing.picture_undated", people=people)
    return locale.text("placing.picture", people=people, day=locale.date(placed.end))
