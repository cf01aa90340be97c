"""A map of who is best over two numbers: a field for each pair of values.

In: fields with their strategy and what to write on them. Out: a `Chart` that reads in grey and by colour-blind people: every strategy has
its colour, its hatching and its letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ladsim.reporting.figure_style import INK, QUIET, SLIM, WIDTH, Chart, finish, paper, pen, style, wrapped

HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "----", "++++")
Axis = tuple[str, Callable[[float], str]]  # its name, and how its values are written


@dataclass(frozen=True)
class Field:
    """A pair of values, the strategy that is best there, and what is written on it."""

    x: float
    y: float
    best: str
    text: str


def best_map(
    fields: Sequence[Field], across: Axis, up: Axis, labels: Mapping[str, str], words: tuple[str, str], width: float = WIDTH
) -> Chart:
    """The fields in rows and columns; below them what each letter means. `labels`: of the strategies, in the study's order; `words`: title
    and description."""
    slim = width <= SLIM
    columns, rows = (sorted({getattr(field, axis) for field in fields}) for axis in ("x", "y"))
    shown = [name for name in labels if any(field.best == name for field in fields)]
    left, field_high, below = (0.62 if slim else 1.3), (0.42 if slim else 0.46), 0.75 + 0.2 * len(shown)
    total = field_high * len(rows) + below + 0.35
    with style("best_map"):
        from matplotlib.patches import Rectangle

        figure = paper(total, width)
        axes = figure.add_axes((left / width, below / total, (width - left - 0.1) / width, field_high * len(rows) / total))
        letters = {name: chr(ord("A") + place) for place, name in enumerate(labels)}
        for field in fields:
            place = list(labels).index(field.best)
            at = columns.index(field.x), rows.index(field.y)
            axes.add_patch(
                Rectangle(
                    at,
                    1,
                    1,
                    facecolor=pen(place).colour,
                    alpha=0.3,
                    edgecolor=INK,
                    hatch=HATCHES[place % len(HATCHES)],
                    linewidth=0.6,
                )
            )
            axes.text(
                at[0] + 0.5, at[1] + 0.5, f"{letters[field.best]}\n{field.text}", ha="center", va="center", fontsize=7.2 if slim else 7.6,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.0},
            )  # fmt: skip
        axes.set_xlim(0, len(columns))
        axes.set_ylim(0, len(rows))
        for axis, values, form in ((axes.xaxis, columns, across[1]), (axes.yaxis, rows, up[1])):
            axis.set_ticks([place + 0.5 for place in range(len(values))], [form(value) for value in values])
            axis.set_tick_params(length=0)
        axes.set_xlabel(wrapped(across[0], 40 if slim else 100, 2), fontsize=8, color=QUIET)
        axes.set_title(wrapped(up[0], 44 if slim else 110, 2), fontsize=8, color=QUIET, loc="left", pad=6)
        for place, name in enumerate(shown):
            figure.text(
                0.1 / width if slim else left / width, (0.08 + 0.2 * (len(shown) - 1 - place)) / total,
                wrapped(f"{letters[name]}: {labels[name]}", 46 if slim else 110, 1), fontsize=7.8, color=INK,
            )  # fmt: skip
        return finish(figure, "best_map", *words)
