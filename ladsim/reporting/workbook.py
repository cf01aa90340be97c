"""A report's tables as one workbook for spreadsheets: what the page says, with numbers that can be reckoned with.

In: a `Page`, whose cells still know their numbers (``i18n.written``). Out: the bytes of an xlsx file: a first sheet with the verdict, its
notes, the setting and what the sheets are, then a sheet per table. The same page gives the same bytes.

A cell that shows several numbers becomes several columns: an interval two, the small line below a number one of its own. Text is written
as text, whatever it begins with. XlsxWriter writes it, an extra (``pip install 'ladsim[xlsx]'``).
"""

from __future__ import annotations

import datetime
import io
import math
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ladsim.errors import StudyError
from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import DASH, FORMS
from ladsim.i18n.written import Interval, Number, Several
from ladsim.reporting.page_model import Cell, Command, Grid, Page, Points

WORKBOOK = "report.xlsx"
MADE = "made"  # the section of a page that says how it was made
LONGEST_NAME, LONGEST_TEXT = 31, 32_767  # of a sheet, in a cell: what the format holds
NARROW, WIDE = 11, 62  # characters across a column
CREATED = datetime.datetime(2000, 1, 1)  # written into every workbook, so that the same study gives the same bytes


class Sheet(NamedTuple):
    """A table of the page, with the heading it stands under."""

    name: str
    heading: str
    table: Grid


def library() -> Any:
    """XlsxWriter. Raises StudyError where it is not installed."""
    try:
        import xlsxwriter
    except ImportError:
        raise StudyError(
            "xlsx: a workbook needs XlsxWriter, which is not installed: pip install XlsxWriter (or take the tables as CSV: --csv excel-da)"
        ) from None
    return xlsxwriter


def workbook(page: Page) -> bytes:
    """The workbook of a page. Raises StudyError without XlsxWriter."""
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = library().Workbook(out, plain)
    book.set_properties({"title": page.title, "created": CREATED})
    writer = _Writer(book, Locale(page.language))
    sheets = sheets_of(page)
    writer.first(page, sheets)
    for sheet in sheets:
        writer.table(sheet)
    book.close()
    return out.getvalue()


def sheets_of(page: Page) -> list[Sheet]:
    """The tables of a page in its order, but for how it was made, which the first sheet says."""
    tables = [(page.title, item) for item in page.first if isinstance(item, Grid)]
    for section in page.sections:
        if section.key != MADE:
            tables += [(section.heading, item) for item in section.items if isinstance(item, Grid)]
    return [Sheet(_sheet_name(place, table.caption), heading, table) for place, (heading, table) in enumerate(tables, 1)]


def columns_of(table: Grid) -> tuple[list[tuple[int, str]], list[dict[tuple[int, str], str]]]:
    """The columns of a table's sheet, each a column of the table and a part of its cells, and the rows by these."""
    rows = [{(place, part): text for place, cell in enumerate(row) for part, text in _parts(cell)} for row in table.rows]
    found = dict.fromkeys((place, "") for place in range(len(table.head)))
    for row in rows:
        found |= dict.fromkeys(row)
    # Where a column holds nothing but intervals there is no number of its own.
    used = [key for key in found if key[1] or any(key in row for row in rows) or not any(k[0] == key[0] and k[1] for k in found)]
    rank = {key: number for number, key in enumerate(found)}
    return sorted(used, key=lambda key: (key[0], rank[key])), rows


def _parts(cell: Cell) -> Iterator[tuple[str, str]]:
    """What a cell shows, each with its part of the column: "" is the number itself."""
    if cell.text and cell.text != DASH:
        yield from _split(cell.text, "")
    if cell.small:
        yield from _split(cell.small, "note")


def _split(text: str, part: str) -> Iterator[tuple[str, str]]:
    if isinstance(text, Several):
        for name, one in text.parts:
            yield from _split(one, f"={name}" if name else part)
    elif isinstance(text, Interval):
        before = part if part.startswith("=") else ""
        yield f"{before}|low", text.low
        yield f"{before}|high", text.high
    elif isinstance(text, Number):
        yield text.kind if part == "note" else part, text
    else:
        yield part, text


def _sheet_name(place: int, caption: str) -> str:
    """A name that the format takes and that no other sheet has: the number, and the words that fit."""
    words = re.sub(r"[\[\]:*?/\\'\"»«“”\x00-\x1f]", "", loose(caption)).split()
    name = str(place)
    for word in words:
        if len(name) + 1 + len(word) > LONGEST_NAME:
            break
        name += f" {word}"
    return name.rstrip(",;. ")


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, locale: Locale) -> None:
        self.book, self.locale = book, locale
        self.formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def form(self, **wanted: Any) -> Any:
        """A format of the workbook, made once."""
        key = tuple(sorted({"valign": "top", **wanted}.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format(dict(key))
        return self.formats[key]

    def first(self, page: Page, sheets: list[Sheet]) -> None:
        """The first sheet: the answer, its notes, the setting, and what the other sheets are."""
        self.sheet = self.book.add_worksheet(self.locale.text("workbook.first"))
        self.sheet.set_column(0, 0, 34)
        self.sheet.set_column(1, 1, 100)
        self.sheet.hide_gridlines(2)
        self.at = 0
        self._said(page.title, page.overline, bold=True)
        self.at += 1
        for line in page.verdict.splitlines():
            self._said(self.locale.text("workbook.answer"), line, bold=True)
        if page.caveat:
            self._said(self.locale.text("page.caveat"), page.caveat)
        for note in page.notes:
            self._said(self.locale.text("page.notes"), note)
        self.at += 1
        for answer in page.answers:
            self._said(answer.question, " ".join(filter(None, (f"{answer.answer.rstrip('.')}.", *answer.details))))
        self.at += 1
        self._setting(page)
        self.at += 1
        self._said(self.locale.text("workbook.sheets"), "", bold=True)
        for sheet in sheets:
            where = ": ".join(dict.fromkeys((sheet.heading, sheet.table.caption)))
            self.sheet.write_url(self.at, 0, f"internal:'{sheet.name}'!A1", string=sheet.name)
            self._said(None, where)

    def _setting(self, page: Page) -> None:
        """How the page was made: its seed, its futures, the commands."""
        for section in page.sections:
            if section.key != MADE:
                continue
            self._said(section.heading, "", bold=True)
            for item in section.items:
                if isinstance(item, Grid):
                    for name, value in item.rows:
                        self._said(name.text, value.text if not value.small else f"{value.text} ({value.small})")
                elif isinstance(item, Points):
                    for line in item.items:
                        self._said(None, line)
                elif isinstance(item, Command):
                    self._said(None, item.text)

    def _said(self, name: str | None, text: str, bold: bool = False) -> None:
        """A row of the first sheet."""
        if name is not None:
            self._text(self.at, 0, name, bold=bold, text_wrap=True)
        if text:
            self._cell(self.at, 1, text, bold=bold, text_wrap=True, align="left")
        self.at += 1

    def table(self, sheet: Sheet) -> None:
        """The sheet of a table: a heading row that stays, numbers as numbers, the note below."""
        table = sheet.table
        columns, rows = columns_of(table)
        self.sheet = self.book.add_worksheet(sheet.name)
        self.sheet.freeze_panes(1, 1)
        for column, (place, part) in enumerate(columns):
            numeric = any(isinstance(row.get((place, part)), Number) for row in rows)
            title = self._title(table.head[place], part)
            side = "right" if numeric else "left"
            self._text(0, column, title, bold=True, text_wrap=True, bottom=1, align=side)
            self.sheet.set_column(column, column, _width(title, [row[(place, part)] for row in rows if (place, part) in row]))
        for down, (row, cells) in enumerate(zip(rows, table.rows, strict=True), 1):
            for column, key in enumerate(columns):
                if key in row:
                    self._cell(down, column, row[key], bold=cells[key[0]].strong and not key[1])
        if table.note:
            self._text(len(rows) + 2, 0, table.note, italic=True)

    def _title(self, head: str, part: str) -> str:
        """The heading of a column: that of the table, and which part of its cells stands there."""
        name, _, end = part.removeprefix("=").partition("|")
        if name and not part.startswith("="):
            name = self.locale.text(f"workbook.{name}")
        more = [name, self.locale.text(f"workbook.{end}") if end else ""]
        return ", ".join(filter(None, (head, *more)))

    def _cell(self, row: int, column: int, text: str, **form: Any) -> None:
        """A number as a number, all else as text; what is no number, nothing at all."""
        if not isinstance(text, Number):
            self._text(row, column, text, **{"text_wrap": len(text) > NARROW, **form})
        elif math.isfinite(text.value):
            self.sheet.write_number(row, column, text.value, self.form(num_format=self._number_format(text), **form))
        elif not math.isnan(text.value):
            self._text(row, column, text, **form)

    def _text(self, row: int, column: int, text: str, **form: Any) -> None:
        said = loose(text)
        self.sheet.write_string(
            row, column, said if len(said) <= LONGEST_TEXT else said[: LONGEST_TEXT - 1] + "…", self.form(**form)
        )

    def _number_format(self, number: Number) -> str:
        """How a spreadsheet shows a number; it puts the marks of its own language in."""
        size = abs(number.value)
        if number.kind == "money":
            digits = "#,##0.00" if 0 < size < 100 else "#,##0"
            before, after = FORMS[self.locale.language].amount.format(number="|", currency=number.currency).split("|")
            return _literal(before) + digits + _literal(after)
        if number.kind == "share":
            return r"0.00\ %" if 0 < size < 0.01 else r"0.0\ %"
        if number.kind == "month":
            _, bracket, calendar = loose(number).partition(" (")  # the month's name, where it is known
            return _literal(FORMS[self.locale.language].month + " ") + _digits(number.value) + _literal(bracket + calendar)
        return ("#,##0" if size == 0 or size >= 10 else "#,##0.0") if number.kind == "people" else _digits(number.value)


def _literal(text: str) -> str:
    """Text within a number format."""
    return '"' + text.replace('"', "") + '"' if text else ""


def _digits(value: float) -> str:
    """A number format with three significant digits, or all of a whole number.

    >>> _digits(12.0), _digits(0.01234), _digits(1234.5)
    ('#,##0', '0.0000', '#,##0')
    """
    if value == round(value) or abs(value) >= 1000:
        return "#,##0"
    return "0." + "0" * min(9, max(1, 2 - math.floor(math.log10(abs(value)))))


def _width(title: str, cells: list[str]) -> float:
    """How wide a column is: its longest cell, within limits; a heading may break between words."""
    longest = [len(f"{one.value:,.2f}") + len(one.currency) if isinstance(one, Number) else len(one) for one in cells]
    words = [len(word) for word in title.split()]
    return min(WIDE, max([NARROW, *(length + 2 for length in (*longest, *words))]))
