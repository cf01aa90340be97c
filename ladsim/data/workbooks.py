"""Workbooks of Excel: the cells of a sheet, by python-calamine, once it is sure that they have room.

In: a path, perhaps the name of a sheet. Out: a source of rows. The library makes room for every cell of a sheet up to the farthest one, so
one far cell, or a small file that unpacks to a large one, would take all memory. Before it is asked, every part of the file is unpacked
once, piece by piece: how large it really is, and how far its cells reach, by their references and by their number where they have none.
"""

from __future__ import annotations

import copy
import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ladsim.data.columns import FIRST_ROWS, Asked, columns_of
from ladsim.data.frames import Frames, cell_text, refuse_wide
from ladsim.data.store import calamine
from ladsim.errors import DataError, nearest
from ladsim.world.text_files import short

MOST_CELLS = 60_000_000  # of a sheet, empty ones between among them: 1.5 GB
MOST_IN_ALL = 2 * MOST_CELLS  # of all sheets, for all are opened to see which one is meant
MOST_UNPACKED = 2_000_000_000  # bytes of all parts of a workbook
_PIECE = 1 << 20  # bytes that are looked at at once
_MOST_TAG = 10_000  # bytes of the tag of a cell or row
_TAG = rb"<(?:[^\s<>/:=\"'!?]+:)?(c|row)(?=[\s/>])"
# A whole tag: values in either quotation marks, one reference at most. What is not so, is not counted as one.
_NAME = rb"\s+(?!r\s*=)[^\s<>/=\"']+\s*=\s*"
_OTHERS = rb"(?:" + _NAME + rb"(?:\"[^\"<]*\"|'[^'<]*'))*"
_PLACE = rb"(?:\s+r\s*=\s*([\"'])([A-Za-z]{0,3})([0-9]{0,7})\2)?"
_BEGUN = re.compile(_TAG)
_WHOLE = re.compile(_TAG + _OTHERS + _PLACE + _OTHERS + rb"\s*/?>")
_SHEET_DATA = re.compile(rb"<(?:[^\s<>/:=\"'!?]+:)?sheetData(?=[\s/>])")


class Book(Frames):
    """A sheet of a workbook."""

    def __init__(self, path: Path, sheet: str | None) -> None:
        super().__init__(path.name, path.stat().st_size)
        self.path = path
        library = calamine()
        refuse_huge(path)
        try:
            book = library.CalamineWorkbook.from_path(str(path))
            self._sheet = self._chosen(book, sheet)
            height, width = self._sheet.height, self._sheet.width
            if height * width > MOST_CELLS:
                raise DataError(f"{self.name}: found {height:,} rows of {width:,} columns, must be at most {MOST_CELLS:,} cells")
            refuse_wide(self.name, width)
            self._cells = [[cell_text(value) for value in row] for row in self._sheet.iter_rows()]
        except DataError:
            raise
        except Exception as error:  # its errors are of several libraries
            raise DataError(f"{self.name}: cannot be read as a workbook: {short(error)}") from None
        self._cells = [row for row in self._cells if any(row)]
        self.rows = self._cells[:FIRST_ROWS]

    def _chosen(self, book: Any, wanted: str | None) -> Any:
        """The sheet asked for, else the only one with something in it."""
        names = book.sheet_names
        if wanted is not None:
            if wanted not in names:
                near = nearest(wanted, names)
                hint = f" (did you mean {near!r}?)" if near else ""
                raise DataError(f"{self.name}: found no sheet {wanted!r}, the sheets are {short(', '.join(names))}{hint}")
            return book.get_sheet_by_name(wanted)
        sheets = [sheet for sheet in map(book.get_sheet_by_name, names[:100]) if sheet.height > 0 and sheet.width > 0]
        long = [sheet for sheet in sheets if sheet.height > 1]
        known = [sheet for sheet in long if _is_data(sheet)] if len(long) > 1 else []
        if len(known) == 1:
            long = known
        if len(long) > 1:
            said = ", ".join(repr(sheet.name) for sheet in long)
            raise DataError(
                f"{self.name}: found {len(long)} sheets with rows, must be plain which: --sheet with one of {short(said)}"
            )
        if not sheets:
            raise DataError(
                f"{self.name}: found no rows in any sheet, must have a line of column names and a line for each row of data"
            )
        if len(names) > 1:
            self.facts.append(("sheet", {"name": (long or sheets)[0].name}))
        return (long or sheets)[0]

    def every_row(self) -> Iterator[list[str]]:
        """All rows as text."""
        return iter(self._cells)


def _is_data(sheet: Any) -> bool:
    """Whether the first rows of a sheet have the columns of some kind of data."""
    if sheet.height * sheet.width > MOST_CELLS:
        return False
    rows = ([cell_text(value) for value in row] for row in islice(sheet.iter_rows(), FIRST_ROWS))
    try:
        columns_of(sheet.name, [row for row in rows if any(row)], Asked())
    except DataError:
        return False
    return True


def refuse_huge(path: Path) -> None:
    """Raise DataError where a workbook unpacks to more than memory should hold, or where one far cell makes a sheet endless."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            names = {one.filename.lower().replace("\\", "/") for one in packed.infolist()}
            if "xl/workbook.xml" not in names or names & {"xl/workbook.bin", "content.xml"}:
                raise DataError(f"{path.name}: found no workbook of Excel in it, must be .xlsx or .xls: save it so, or as CSV")
            left, cells = MOST_UNPACKED, 0
            for one in packed.infolist():
                left, more = _looked_through(path.name, packed, one, left)
                cells += more
                if cells > MOST_IN_ALL:
                    raise DataError(
                        f"{path.name}: found sheets of more than {MOST_IN_ALL:,} cells in all, must be fewer: save the one you mean"
                    )
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise DataError(f"{path.name}: cannot be read as a workbook: {short(error)}") from None


def _looked_through(name: str, packed: zipfile.ZipFile, one: zipfile.ZipInfo, left: int) -> tuple[int, int]:
    """How many bytes may still be unpacked behind a part, and how many cells it has. Raises DataError where one is too much."""
    whole = copy.copy(one)
    whole.file_size = 1 << 62  # unpack to the real end, whatever the part says of its size
    reach = Reach(name)
    with packed.open(whole) as stream:
        while data := stream.read(_PIECE):
            left -= len(data)
            if left < 0:
                raise DataError(
                    f"{name}: found more than {MOST_UNPACKED / 1e6:,.0f} MB when unpacked, must be at most {MOST_UNPACKED / 1e6:,.0f} MB"
                )
            reach.look(data)
    reach.finish()
    return left, reach.rows * reach.columns


class Reach:
    """How many rows and columns a sheet has at most, from its text, piece by piece.

    A cell without a reference stands right of the one before, a row without one below; so their numbers are added to what the references
    say. Raises DataError for tags of cells that cannot be understood, where the library might see what this does not.

    >>> reach = Reach("shop.xlsx")
    >>> reach.look(b"<sheetData><row r='7'><c r='b7'/><c/></row><row><c/></row></sheetData>")
    >>> reach.finish(), (reach.rows, reach.columns)
    (None, (8, 3))
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows = self.columns = 0
        self._row = self._far_column = self._loose = self._most_loose = 0
        self._in_cells, self._left_over = False, b""

    def look(self, data: bytes) -> None:
        """Take the next piece."""
        text = self._left_over + data
        if not self._in_cells:
            found = _SHEET_DATA.search(text)
            if found is None:
                if b"\0" in data and re.search(rb"s\0h\0e\0e\0t\0D", text):
                    raise self._odd()
                self._left_over = text[-200:]
                return
            self._in_cells, text = True, text[found.end() :]
        cut = text.rfind(b"<")  # a tag that begins here may go on in the next piece
        cut = len(text) if cut < 0 else cut
        self._count(text[:cut])
        self._left_over = text[cut:]
        if len(self._left_over) > _MOST_TAG and _BEGUN.match(self._left_over):
            self._count(self._left_over)
            self._left_over = b""
        self._refuse_far()

    def finish(self) -> None:
        """There is no more."""
        if self._in_cells:
            self._count(self._left_over)
            self._refuse_far()

    def _count(self, text: bytes) -> None:
        whole = _WHOLE.findall(text)
        if len(whole) != len(_BEGUN.findall(text)):
            raise self._odd()
        columns: set[bytes] = set()
        for tag, _, letters, digits in whole:
            if tag == b"row":
                self._row, self._loose = int(digits or self._row + 1), 0
            elif digits:
                columns.add(letters)
                self._row = max(self._row, int(digits))
                self.rows = max(self.rows, int(digits))
            else:
                self._loose += 1
                self._most_loose = max(self._most_loose, self._loose)
                self.rows = max(self.rows, self._row, 1)
        self._far_column = max(self._far_column, 0, *map(_column, columns))
        self.columns = self._far_column + self._most_loose

    def _refuse_far(self) -> None:
        if self.rows * self.columns > MOST_CELLS:
            raise DataError(
                f"{self.name}: found a sheet of {self.rows:,} rows and {self.columns:,} columns, must be at most {MOST_CELLS:,} cells: "
                "clear what lies far out"
            )

    def _odd(self) -> DataError:
        return DataError(f"{self.name}: cannot be read as a workbook: cells that are not written as Excel writes them")


def _column(letters: bytes) -> int:
    """The number of a column from its letters; 0 without any."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
