"""Where data come from: text files, workbooks, Parquet files, databases. Each gives its first rows, and then all of them as text.

In: a path or a SQLAlchemy URL. Out: a `Source`. Text goes through the readers of ``world`` (encodings, separators, packed files). Nothing
is written to a source, nothing is fetched from anywhere; passwords of URLs are never shown.
To read another format: a class with ``rows``, ``load`` and ``facts`` as below, and a line in ``source_of``.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ladsim.data.columns import FIRST_ROWS, Asked, columns_of
from ladsim.data.store import Store, calamine, plain_number, sqlalchemy
from ladsim.errors import DataError, WorldError, nearest
from ladsim.files import no_file
from ladsim.world import dialects
from ladsim.world.dialects import Dialect
from ladsim.world.text_columns import TextColumns
from ladsim.world.text_files import SEPARATORS, Encoding, fields, short, text_blocks

ROWS = 200_000  # that are taken at once
MOST_COLUMNS = 1_000
MOST_CELLS = 60_000_000  # of a sheet, empty ones between among them: 1.5 GB
MOST_UNPACKED = 2_000_000_000  # bytes of a workbook's sheets
_BOOKS = (".xlsx", ".xlsm", ".xls")
_OTHER_BOOKS = (".ods", ".xlsb", ".numbers")
_REGULAR = 0.75  # share of lines that have as many fields as most have
_REFERENCE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_WRITING = r"(?i)(?<![.\w$#@])(insert|update|delete|merge|replace|drop|alter|create|truncate|grant|revoke|exec|execute|into)(?![\w$#@]|\s*\()"
_QUOTED = r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*(?!!).*?\*/"""
_SECRETS = "password|passwd|pwd|token|secret|key|odbc_connect"
# What makes a transaction one that only reads, in databases that have it.
_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "START TRANSACTION READ ONLY",
    "mariadb": "START TRANSACTION READ ONLY",
}
Fact = tuple[str, dict[str, object]]


def masked(url: str) -> str:
    """A URL without its passwords and keys, wherever they stand in it.

    >>> masked("postgresql://me:secret@host/shop?sslpassword=abc&application=x")
    'postgresql://me:***@host/shop?sslpassword=***&application=x'
    """
    url = re.sub(r"(://[^/@:]*:)[^/]*@", r"\1***@", url)
    return re.sub(rf"(?i)([?&;][^=&;]*(?:{_SECRETS})[^=&;]*=)[^&]*", r"\1***", url)


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
        _refuse_wide(self.name, width)
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


class Frames:
    """A source whose rows come from Python: cells of any type, as text."""

    separator = ""

    def __init__(self, name: str, size: int = 0) -> None:
        self.name, self.size = name, size
        self.facts: list[Fact] = []
        self.rows: list[list[str]] = []

    def every_row(self) -> Iterator[list[str]]:
        """All rows as text."""
        raise NotImplementedError

    def load(self, store: Store, wanted: Sequence[int], header: int, names: Sequence[str]) -> None:
        """Make the table `raw`."""
        store.load(self._parts(len(names)), wanted, len(names))

    def _parts(self, width: int) -> Iterator[Any]:
        import pandas

        rows, first = self.every_row(), 0
        while part := list(islice(rows, ROWS)):
            table = pandas.DataFrame([[*row[:width], *[""] * (width - len(row))] for row in part], dtype=object)
            table.index = pandas.RangeIndex(first, first + len(part))
            first += len(part)
            yield table


class Book(Frames):
    """A sheet of a workbook."""

    def __init__(self, path: Path, sheet: str | None) -> None:
        super().__init__(path.name, path.stat().st_size)
        library = calamine()
        _refuse_huge(path)
        try:
            book = library.CalamineWorkbook.from_path(str(path))
            self._sheet = self._chosen(book, sheet)
            height, width = self._sheet.height, self._sheet.width
            if height * width > MOST_CELLS:
                raise DataError(f"{self.name}: found {height:,} rows of {width:,} columns, must be at most {MOST_CELLS:,} cells")
            _refuse_wide(self.name, width)
            self._cells = [[_cell(value) for value in row] for row in self._sheet.iter_rows()]
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
    rows = ([_cell(value) for value in row] for row in islice(sheet.iter_rows(), FIRST_ROWS))
    try:
        columns_of(sheet.name, [row for row in rows if any(row)], Asked())
    except DataError:
        return False
    return True


def _cell(value: Any) -> str:
    """A cell of a workbook or database as text."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    text = str(value)
    if "." in text and not isinstance(value, int) and re.fullmatch(r"-?\d+\.\d{3}", text):  # a Decimal
        return text + "0"
    return text


def _refuse_huge(path: Path) -> None:
    """Raise DataError where a workbook unpacks to more than memory should hold, or where one far cell makes a sheet endless."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            sheets = [one for one in packed.infolist() if one.filename.startswith("xl/")]
            whole = sum(one.file_size for one in sheets)
            if whole > MOST_UNPACKED:
                raise DataError(
                    f"{path.name}: found {whole / 1e6:,.0f} MB when unpacked, must be at most {MOST_UNPACKED / 1e6:,.0f} MB"
                )
            for one in sheets:
                if one.filename.startswith("xl/worksheets/") and one.filename.endswith(".xml"):
                    with packed.open(one) as stream:
                        _refuse_far(path, stream)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path.name}: cannot be read as a workbook: {short(error)}") from None


def _refuse_far(path: Path, stream: Any) -> None:
    """Raise DataError where the cells of a sheet lie so far apart that what is between them does not fit into memory."""
    row, column, tail = 0, b"", b""
    while data := stream.read(1 << 20):
        for letters, digits in _REFERENCE.findall(tail + data):
            row = max(row, int(digits))
            column = max(column, letters, key=lambda one: (len(one), one))
        tail = data[-200:]
    width = 0
    for letter in column:
        width = width * 26 + letter - 64
    if row * width > MOST_CELLS:
        raise DataError(
            f"{path.name}: found a sheet of {row:,} rows and {width:,} columns, must be at most {MOST_CELLS:,} cells: clear what lies far out"
        )


class Parquet:
    """A Parquet file."""

    separator = ""

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
        _refuse_wide(self.name, len(self._names))
        self.rows = [self._names, *([_cell(value) for value in row] for row in first)]

    def load(self, store: Store, wanted: Sequence[int], header: int, names: Sequence[str]) -> None:
        """Make the table `raw`."""
        store.load_parquet(self._place, self._names, wanted)


def _plain_place(path: Path) -> str:
    """A path in which DuckDB sees no pattern."""
    text = os.path.abspath(path)
    if re.search(r"[*?\[\]{}]", text):
        raise DataError(f"{path.name}: found a path with *, ?, [ or {{ in it, must have none: rename the file or its folder")
    return text


class Database(Frames):
    """What a query to a database gives, by SQLAlchemy: any database for which its driver is installed."""

    def __init__(self, url: str, query: str | None) -> None:
        super().__init__("database")
        library = sqlalchemy()
        try:
            self._url = library.engine.make_url(url)
        except Exception:
            raise DataError(
                "database: found no URL of a database, must be like sqlite:///shop.db or postgresql://user@host/name"
            ) from None
        self.name = masked(str(self._url.render_as_string(hide_password=True)))
        if query is None:
            raise DataError(f"{self.name}: found no query, must have one: --query 'SELECT customer, date, amount FROM orders'")
        if not re.match(r"(?is)\s*(select|with)\b", query) or ";" in query.rstrip().rstrip(";"):
            raise DataError(
                f"{self.name}: found a query that does not begin with SELECT or WITH, or has a semicolon in it: data are only read"
            )
        if writing := re.search(_WRITING, re.sub(_QUOTED, " ' ", query, flags=re.DOTALL)):
            raise DataError(
                f"{self.name}: found {writing[1].upper()} in the query: data are only read (put the name of a column in quotes)"
            )
        if self._url.get_backend_name() == "sqlite":
            if not os.path.isfile(self._url.database or ""):
                raise DataError(f"{self.name}: found no such file")
            place = "file:" + quote(os.path.abspath(str(self._url.database)))
            self._url = self._url.set(database=place).update_query_dict({"mode": "ro", "uri": "true"})
        self._query = query
        first = list(islice(self._read(), FIRST_ROWS + 1))
        _refuse_wide(self.name, len(first[0]))
        self.rows = first

    def _read(self) -> Iterator[list[str]]:
        library = sqlalchemy()
        try:
            engine = library.create_engine(self._url, hide_parameters=True)
            with engine.connect().execution_options(stream_results=True) as connection:
                if only := _READ_ONLY.get(self._url.get_backend_name()):
                    connection.exec_driver_sql(only)
                found = connection.execute(library.text(self._query.rstrip().rstrip(";").replace(":", r"\:")))
                yield list(map(str, found.keys()))
                while part := found.fetchmany(10_000):
                    yield from ([_cell(value) for value in row] for row in part)
                connection.rollback()
            engine.dispose()
        except DataError:
            raise
        except ImportError as error:
            raise DataError(f"{self.name}: needs the driver of that database: {short(error)}") from None
        except library.exc.SQLAlchemyError as error:
            said = str(getattr(error, "orig", None) or error)
            if said.startswith("Could not decode to UTF-8"):  # what follows is the cell
                raise DataError(f"{self.name}: found text that is not UTF-8, must be UTF-8: mend it in the database") from None
            raise DataError(f"{self.name}: cannot be read: {short(said)}") from None

    def every_row(self) -> Iterator[list[str]]:
        """The names of columns, then all rows."""
        return chain(self._read())


def _refuse_wide(name: str, width: int) -> None:
    """Raise DataError for more columns than anybody's table has."""
    if width > MOST_COLUMNS:
        raise DataError(f"{name}: found {width:,} columns, must be at most {MOST_COLUMNS:,}: is this the right file?")
