"""A page on two sheets for a board: the answer and its picture on the first, the table and what must be believed on the second.

In: a `Page`, the table that a reader looks at first. Out: another `Page`, which says where the rest is.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath

from ladsim.i18n import Locale
from ladsim.reporting.page_model import Grid, Page, Points, Section

MOST_BELIEVED = 5  # rows
MOST_ROWS = 24  # of the table: a sheet has room for them


def file_beside(page: str) -> str:
    """What the short page is called beside a page.

    >>> file_beside("report.html")
    'report-short.html'
    """
    path = PurePath(page)
    return f"{path.stem}-short{path.suffix}"


def in_short(page: Page, table: Grid | None, whole: str, manifest: str = "") -> Page:
    """The two sheets of a page; `whole` is the file of the whole one."""
    locale = Locale(page.language)
    first = (_cut(table, locale),) if table is not None else page.first[:1]
    rest = [locale.text("page.short_whole", file=whole)]
    rest += [locale.text("page.short_again", command=f"ladsim again {manifest}")] if manifest else []
    sections = (
        *filter(None, [_believed(page, locale)]),
        *([Section("notes", locale.text("page.notes"), (), (Points(page.notes),))] if page.notes else []),
        Section("rest", locale.text("page.s_rest"), (), (Points(tuple(rest)),)),
    )
    return replace(page, first=first, notes=(), sections=sections, is_short=True)


def _cut(table: Grid, locale: Locale) -> Grid:
    """As many rows as a sheet has room for."""
    left = len(table.rows) - MOST_ROWS
    if left <= 0:
        return replace(table, note="")
    return replace(table, rows=table.rows[:MOST_ROWS], note=locale.text("page.short_rows", n=left))


def _believed(page: Page, locale: Locale) -> Section | None:
    """The assumptions with most doubt first: those that are given as ranges, then the others; None where all is measured."""
    tables = [item for section in page.sections if section.key == "assumptions" for item in section.items]
    grids = [item for item in tables if isinstance(item, Grid) and item.dense]
    if not grids:
        return None
    rows = [row for row in grids[-1].rows if row[-1].strong]  # a strong source is none: it is believed
    ranked = [*(row for row in rows if row[1].strong), *(row for row in rows if not row[1].strong)]
    if not ranked:
        return None
    shown = tuple(tuple(replace(cell, small="") for cell in row) for row in ranked[:MOST_BELIEVED])
    note = locale.text("page.short_believed", n=len(ranked) - len(shown)) if len(ranked) > len(shown) else ""
    table = Grid(grids[-1].caption, grids[-1].head, shown, note, dense=True)
    lead = tuple(answer.answer for answer in page.answers[-1:] if answer.question == locale.text("page.q_believe"))
    return Section("believed", locale.text("page.q_believe"), lead, (table,))
