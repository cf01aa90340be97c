"""A calibration on a page: what was seen beside what the fits expect, the numbers, and what the data cannot tell.

In: a `Calibration`, a language. Out: a `Page`. No customer is on it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ladsim.fitting.calibration import Calibration
from ladsim.fitting.observed import MOST, RENEWALS, WEEKS, Seen, seen_beside
from ladsim.fitting.words import Part, told
from ladsim.i18n import Locale
from ladsim.reporting.axes import value_axis
from ladsim.reporting.figure_style import INK, QUIET, WIDTH, Chart, finish, paper, pen, style, wrapped
from ladsim.reporting.page_model import Cell, Grid, Page, Picture, Points, Section, grid, text_cell


def page(found: Calibration, locale: Locale) -> Page:
    """The pictures first, then what the data cannot tell, then every number."""
    *parts, open_part = told(found, locale)
    files = ", ".join(dict.fromkeys(file for _, file in found.fits))
    pictures = tuple(picture(one, locale) for one in seen_beside(found))
    count = sum(len(fitted.cannot_tell) for fitted, _ in found.fits)
    sections = [Section("cannot", open_part.title, (), (Points(open_part.lines),))]
    sections += [Section(f"part_{place}", part.title, (), _items(part)) for place, part in enumerate(parts)]
    return Page(
        title=locale.text("fits.title"),
        overline=locale.text("fits.overline", files=files),
        verdict=locale.text("fits.verdict", n=locale.whole(len(found.fits)), open=locale.whole(count)),
        caveat="",
        notes=(),
        answers=(),
        first=pictures,
        sections=tuple(sections),
        language=locale.language,
    )


def _items(part: Part) -> tuple[Grid | Points, ...]:
    rows: list[list[str | Cell]] = [[text_cell(first), *map(Cell, rest)] for first, *rest in part.rows]
    table = (grid(part.title, part.head, rows),) if rows else ()
    return (*table, Points(part.lines)) if part.lines else table


def picture(seen: Seen, locale: Locale) -> Picture:
    """What was seen beside what is expected."""
    return Picture(partial(_drawn, seen, locale), locale.text(f"fits.c_{seen.name}"))


def _drawn(seen: Seen, locale: Locale, width: float = WIDTH) -> Chart:
    title = locale.text(f"fits.t_{seen.name}")
    models = {model: locale.text(f"fitting.model_{model}") for model in seen.expected}
    name = f"fit_{seen.name}"
    columns = 1 if width < 5 else 3
    lines = -(-(1 + len(models)) // columns)
    heading = wrapped(title, round(9.5 * width))
    height = 3.0 + 0.16 * lines + 0.18 * heading.count("\n")
    with style(name):
        figure = paper(height, width)
        axes = figure.add_axes((0.6 / width, 0.48 / height, (width - 0.8) / width, 2.15 / height))
        if seen.name in (WEEKS, RENEWALS):
            axes.plot(seen.at, seen.seen, color=INK, marker="o", markersize=2.6, linewidth=0.6, label=locale.text("fits.seen"))
            for place, (model, values) in enumerate(seen.expected.items()):
                own = pen(place)
                axes.plot(seen.at, values, color=own.text, linestyle=own.line, label=models[model])
        else:
            axes.bar(seen.at, seen.seen, 0.7, color=QUIET, alpha=0.55, label=locale.text("fits.seen"))
            for place, (model, values) in enumerate(seen.expected.items()):
                own = pen(place)
                axes.hlines(values, seen.at - 0.45, seen.at + 0.45, color=own.text, linewidth=2.0, label=models[model])
            axes.set_xticks(seen.at, [*(str(int(at)) for at in seen.at[:-1]), f"{MOST}+"])
        axes.set_ylim(bottom=0)
        value_axis(axes, _written(seen, locale))
        axes.set_xlabel(locale.text(f"fits.x_{seen.name}"))
        axes.set_title(heading, pad=6.0 + 12.0 * lines)
        axes.legend(fontsize=7.2, frameon=False, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns, borderaxespad=0.2)
        return finish(figure, name, title, locale.text("fits.alt", title=title, models=", ".join(models.values())))


def _written(seen: Seen, locale: Locale) -> Any:
    return lambda value, _: str(locale.percent(value) if seen.name == RENEWALS else locale.people(value))
