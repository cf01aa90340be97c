"""A page on two sheets for a board: the answer and its picture on the first, the table and the assumptions behind it on the second.

In: a `Page`, the table that a reader looks at first. Out: another `Page`, which says where the rest is. What would run over a sheet is
left to the whole report: details of the reasons on the first; assumptions, then rows of the table, then notes on the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from ladsim.i18n import Locale
from ladsim.reporting.page_model import Answer, Cell, Grid, Page, Points, Section
from ladsim.reporting.sheets import SHEET, card, first_sheet, second_sheet

MOST_BELIEVED = 5  # rows
MOST_ROWS = 24  # of the table
FEWEST_ROWS = 6
FEWEST_NOTES = 1


def file_beside(page: str) -> str:
    """What the short page is called beside a page.

    >>> file_beside("report.html")
    'report-short.html'
    """
    path = PurePath(page)
    return f"{path.stem}-short{path.suffix}"


def in_short(page: Page, table: Grid | None, whole: str, manifest: str = "") -> Page:
    """The two sheets of a page whose picture has been drawn; `whole` is the file of the whole one."""
    locale = Locale(page.language)
    made = page
    for believed, rows, notes in _ever_less(page, table):
        first = (_cut(table, rows, locale),) if table is not None else page.first[:1]
        sections = (
            *filter(None, [_believed(page, believed, locale)]),
            *filter(None, [_notes(page, notes, locale)]),
            Section("rest", locale.text("page.s_rest"), (), (Points(_rest(whole, manifest, locale)),)),
        )
        made = replace(page, first=first, notes=(), sections=sections, is_short=True)
        if second_sheet(made) <= SHEET[1]:
            break
    return _reasons_cut(made)


def _ever_less(page: Page, table: Grid | None) -> Iterator[tuple[int, int, int]]:
    """Assumptions, rows and notes to try, the most first."""
    believed, rows, notes = MOST_BELIEVED, min(MOST_ROWS, len(table.rows) if table is not None else 0), len(page.notes)
    yield believed, rows, notes
    for fewer in range(believed - 1, 1, -1):
        yield fewer, rows, notes
    for fewer in range(rows - 1, FEWEST_ROWS - 1, -1):
        rows = fewer
        yield 2, rows, notes
    for fewer in range(notes - 1, FEWEST_NOTES - 1, -1):
        yield 2, rows, fewer


def _rest(whole: str, manifest: str, locale: Locale) -> tuple[str, ...]:
    again = (locale.text("page.short_again", command=f"ladsim again {manifest}"),) if manifest else ()
    return (locale.text("page.short_whole", file=whole), *again)


def _notes(page: Page, most: int, locale: Locale) -> Section | None:
    if not page.notes:
        return None
    left = len(page.notes) - most
    more = (locale.text("page.short_notes", n=left),) if left > 0 else ()
    return Section("notes", locale.text("page.notes"), (), (Points((*page.notes[:most], *more)),))


def _reasons_cut(page: Page) -> Page:
    """The highest card loses its last detail until the first sheet holds them all."""
    answers = list(page.answers)
    while answers and first_sheet(replace(page, answers=tuple(answers))) > SHEET[1]:
        long = [place for place, answer in enumerate(answers) if answer.details]
        if not long:
            break
        highest = max(long, key=lambda place: card(answers[place]))
        answers[highest] = Answer(answers[highest].question, answers[highest].answer, answers[highest].details[:-1])
    return replace(page, answers=tuple(answers))


def _cut(table: Grid, most: int, locale: Locale) -> Grid:
    """As many rows as a sheet has room for."""
    left = len(table.rows) - most
    if left <= 0:
        return replace(table, note="")
    return replace(table, rows=table.rows[:most], note=locale.text("page.short_rows", n=left))


def _believed(page: Page, most: int, locale: Locale) -> Section | None:
    """The assumptions on which the answer depends most first, in the page's order; then ranges, then the others; None without any."""
    tables = [item for section in page.sections if section.key == "assumptions" for item in section.items]
    grids = [item for item in tables if isinstance(item, Grid) and item.dense]
    if not grids:
        return None
    rows = [row for row in grids[-1].rows if row[-1].strong]  # a strong source is none: it is believed
    place = {key: place for place, key in enumerate(page.decisive)}

    def rank(row: tuple[Cell, ...]) -> tuple[int, bool]:
        return place.get(row[0].small, len(place)), not row[1].strong

    ranked = sorted(rows, key=rank)
    if not ranked:
        return None
    shown = tuple(tuple(replace(cell, small="") for cell in row) for row in ranked[:most])
    note = locale.text("page.short_believed", n=len(ranked) - len(shown)) if len(ranked) > len(shown) else ""
    table = Grid(grids[-1].caption, grids[-1].head, shown, note, dense=True)
    lead = tuple(answer.answer for answer in page.answers[-1:] if answer.question == locale.text("page.q_believe"))
    return Section("believed", locale.text("page.q_believe"), lead, (table,))
