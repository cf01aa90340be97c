"""Where data come from: text files, workbooks (``workbooks``), Parquet files, databases (``databases``).

In: a path or a SQLAlchemy URL. Out: a `Source`, which gives its first rows, and then all of them as text. Text goes through the readers of
``world`` (encodings, separators, packed files). Nothing is written to a source, nothing is fetched from anywhere.
To read another format: a class with ``rows``, ``load`` and ``facts`` as below, and a line in ``source_of``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from ladsim.data.columns import FIRST_ROWS
from ladsim.data.databases import Database, masked
from ladsim.data.frames import ROWS, Fact, cell_text, refuse_wide
from ladsim.data.store import Store
from ladsim.data.workbooks import Book
from ladsim.errors import DataError, WorldError, nearest
from ladsim.files import no_file
from ladsim.world import dialects
from ladsim.world.dialects import Dialect
from ladsim.world.text_columns import TextColumns
from ladsim.world.text_files import SEPARATORS, Encoding, fields, short, text_blocks

_BOOKS = (".xlsx", ".xlsm", ".xls")
_OTHER_BOOKS = (".ods", ".xlsb", ".numbers")
_REGULAR = 0.75  # share of lines that have as many fields as most have


@contextmanager
def as_data_errors() -> Iterator[None]:
    """What the readers of text say of a file, as an error of data."""
    try:
        yield
    except WorldError as error:
        said = str(error).replace("one tie or customer per line", "a line of column names and a line for each row of data")
        raise DataError(said) from None


def source_of(given: str | os.PathLike[str], sheet: str | None, query: str | None) -> Any:
    """The source that a path or URL names. Raises DataError where there is none."""
    text = os.fspath(given)
    if re.match(r"[a-z][a-z0-9]*(\+[a-z0-9_]+)?://", text) and not os.path.exists(text):
        if re.match(r"(?i)(https?|ftp|s3|gs|file)://", text):
            raise DataError(
                f"{short(masked(text))}: found an address, must be a file on this machine: nothing is fetched from elsewhere"
            )
        return Database(text, query)
    path = Path(text)
    if found := no_file(path):
        raise DataError(f"{path}: found {found}, must be a file")
    if not path.exists():
        near = nearest(path.name, [one.name for one in path.parent.iterdir()]) if path.parent.is_dir() else ""
        raise DataError(f"{path}: found no such file" + (f" (did you mean {near!r}?)" if near else ""))
    if query is not None:
        raise DataError(f"{path}: found a query, must be the URL of a database, such as sqlite:///{path.name}")
    kind = path.suffix.lower()
    if kind in _OTHER_BOOKS:
        raise DataError(f"{path}: found a workbook of another program, must be .xlsx or .xls: save it so, or as CSV")
    if kind in _BOOKS or _begins(path, b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        return Book(path, sheet)
    if sheet is not None:
        raise DataError(f"{path}: found a sheet {sheet!r} asked for, must be a workbook")
    if kind in (".parquet", ".pq") or _begins(path, b"PAR1"):
        return Parquet(path)
    return Text(path)


def refuse_place(place: str | os.PathLike[str], given: str | os.PathLike[str]) -> None:
    """Raise DataError where what is to be written would replace the source, through whatever links, or is no file."""
    if found := no_file(place):
        raise DataError(f"{os.fspath(place)}: found {found}, must be the name of a file to write")
    text = re.sub(r"^sqlite[^:]*:///", "", os.fspath(given)).partition("?")[0] if "://" in os.fspath(given) else os.fspath(given)
    if os.path.exists(text) and os.path.exists(place) and os.path.samefile(text, place):
        raise DataError(f"{os.fspath(place)}: found the source itself, must be another file: it would be replaced")


def _begins(path: Path, *marks: bytes) -> bool:
    try:
        with open(path, "rb") as stream:
            return stream.read(8).startswith(marks)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {short(error)}") from None


class Text:
    """A text file of lines with separators."""

    named = False

    def __init__(self, path: Path) -> None:
        self.path, self.name, self.size = path, path.name, path.stat().st_size
        with as_data_errors():
            self.dialect = table_dialect(path)
            self.lines = list(islice(self.dialect.lines(path), FIRST_ROWS))
            self.rows = [self.dialect.fields(path, number, line) for number, line in self.lines]
        self.separator = self.dialect.separator
        self.facts: list[Fact] = []

    def load(self, store: Store, wanted: Sequence[int], header: int, names: Sequence[str]) -> None:
        """Make the table `raw`."""
        width = len(self.rows[header]) if header >= 0 else max(map(len, self.rows))
        refuse_wide(self.name, width)
        wide = max(width, max(wanted) + 1)
        table = TextColumns(self.path, self.dialect, range(wide + 1), ROWS)
        with as_data_errors():
            store.load(self._checked(table.parts(), wide), wanted, wide)
            if table.cleaner.doubts:
                number, line = table.cleaner.doubts[0]
                raise DataError(
                    f"{self.path}, line {number}: found a line that begins with {line[:1]!r}, a comment or a row? Take it out"
                )
        self.facts.append(("separator", {"name": f"between_{SEPARATORS[self.separator]}"}))
        if table.encoding.name:
            self.facts.append(("encoding", {"name": table.encoding.name}))
        for mark, n in table.cleaner.comments.items():
            self.facts.append(("comments", {"n": n, "mark": mark}))

    def _checked(self, parts: Iterable[Any], width: int) -> Iterator[Any]:
        """Parts none of whose rows has more cells than there are columns."""
        for part in parts:
            beyond = part[width].str.strip() != ""
            if beyond.any():
                raise dialects.torn(self.path, self.dialect, islice(self.dialect.lines(self.path), 0, None), width) or DataError(
                    f"{self.path}: found a row with more cells than columns"
                )
            yield part.drop(columns=width)


def table_dialect(path: Path) -> Dialect:
    """How a table of text is taken apart; titles above its columns, which have other separators, are counted as none of it."""
    dialect = dialects.dialect_of(path, None, Encoding())
    if dialect.begin:
        return dialect
    text = next((block for block in text_blocks(path) if block.strip()), "")
    lines = text.split("\n")[:FIRST_ROWS]
    for begin in range(min(12, max(1, len(lines) - 1))):
        if not lines[begin].strip():
            continue
        mark = dialects.separator_of(path, "\n".join(lines[begin:]))
        widths = [len(fields(path, at, line, mark)) for at, line in enumerate(lines[begin:], begin + 1) if line.strip()]
        usual = max(set(widths), key=widths.count)
        titles = [sum(map(bool, fields(path, at, line, mark))) for at, line in enumerate(lines[:begin], 1) if mark]
        plain = usual > 1 and widths[0] >= usual and widths.count(usual) >= _REGULAR * len(widths)
        if plain and (begin == 0 or (mark and len(widths) > 1 and max(titles) <= min(2, usual - 1))):
            return Dialect(mark, None, begin)
    return dialect


class Parquet:
    """A Parquet file."""

    separator, named = "", True

    def __init__(self, path: Path) -> None:
        self.path, self.name, self.size = path, path.name, path.stat().st_size
        self.facts: list[Fact] = [("format", {"name": "Parquet"})]
        self._place = _plain_place(path)
        store = Store()
        try:
            found = store.execute("SELECT * FROM read_parquet(?) LIMIT ?", [self._place, FIRST_ROWS])
            self._names = [one[0] for one in found.description]
            first = found.fetchall()
        except Exception as error:
            raise DataError(f"{self.name}: cannot be read as Parquet: {short(error)}") from None
        finally:
            store.discard()
        refuse_wide(self.name, len(self._names))
        self.rows = [self._names, *([cell_text(value) for value in row] for row in first)]

    def load(self, store: Store, wanted: Sequence[int], header: int, names: Sequence[str]) -> None:
        """Make the table `raw`."""
        store.load_parquet(self._place, self._names, wanted)


def _plain_place(path: Path) -> str:
    """A path in which DuckDB sees no pattern."""
    text = os.path.abspath(path)
    if re.search(r"[*?\[\]{}]", text):
        raise DataError(f"{path.name}: found a path with *, ?, [ or {{ in it, must have none: rename the file or its folder")
    return text
