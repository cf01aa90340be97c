"""The tables of a source while it is read, in DuckDB: in memory, or in a temporary file where they are large; gone afterwards.

In: parts of a table as text. Out: a connection with the table ``raw``: ``line`` (which row of the source), ``c0``, ``c1`` … as text,
``same`` (a number that is equal where whole rows are), ``is_total`` (a cell says "total"). DuckDB is told to fetch nothing from anywhere.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from ladsim.errors import DataError
from ladsim.files import NewFile, own_temporary_folder
from ladsim.world.text_ties import TOTALS

LARGE = 200_000_000  # bytes of a source from which on the tables lie in a file
MEMORY = "2GB"  # that they then may take
_WIDE = 60  # columns among which a word for a total is looked for
# Signs that nobody sees, and what spreadsheets put before or around a text so that it stays one ('007, ="007").
_UNSEEN, _FORCED = r"[\x{{200B}}\x{{200E}}\x{{200F}}\x{{2060}}\x{{FEFF}}]", r"""^="(.*)"$|^''([^'']*)$"""
_BARE = f"nfc_normalize(trim(regexp_replace(regexp_replace({{0}}, '{_UNSEEN}', '', 'g'), '{_FORCED}', '\\1\\2'), ' \t\r\n\u00a0\u202f'))"


def duckdb() -> Any:
    """DuckDB, imported when data are read. Raises DataError where it is not installed."""
    return _library("duckdb", "duckdb")


def _library(module: str, called: str) -> Any:
    """A library of the extra `data`."""
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        raise DataError(
            f"data: reading them needs {called}, which is not installed: pip install -c constraints.txt -e '.[data]' "
            "(or: pip install duckdb python-calamine sqlalchemy)"
        ) from None


def calamine() -> Any:
    """python-calamine, imported for workbooks."""
    return _library("python_calamine", "python-calamine")


def sqlalchemy() -> Any:
    """SQLAlchemy, imported for databases."""
    return _library("sqlalchemy", "sqlalchemy")


class Store:
    """A DuckDB of one source."""

    def __init__(self, size: int = 0) -> None:
        self._file = NewFile(own_temporary_folder() / "data.duckdb") if size > LARGE else None
        place = ":memory:"
        if self._file is not None:
            self._file.place.unlink()  # DuckDB wants none, or one of its own
            place = str(self._file.place)
        config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "threads": "2"}
        # What is small stays in memory; else DuckDB would lay parts of it into the folder in which the command runs.
        config |= {"memory_limit": MEMORY} if self._file else {"temp_directory": ""}
        self._library = duckdb()
        self._connection = self._library.connect(place, config=config)
        self._close = weakref.finalize(self, _closed, self._connection, self._file)

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Run a statement; its result has ``fetchall`` and ``df``."""
        try:
            return self._connection.execute(sql, list(values))
        except self._library.OutOfMemoryException:
            raise DataError("memory ran out while reading: read the file in parts, such as a year each") from None

    def first(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...]:
        """The first row of what a query gives, or how many rows a statement has changed."""
        found = self.execute(sql, values).fetchall()
        return found[0] if found else ()

    def table(self, name: str, frame: Any) -> None:
        """A pandas table as one of DuckDB."""
        self._connection.register("given", frame)
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
        self._connection.unregister("given")

    def load(self, parts: Iterable[Any], wanted: Sequence[int], width: int) -> None:
        """Make the table `raw` of parts: pandas tables of text with columns 0 … width − 1, rows numbered."""
        columns = ", ".join(f"c{place} VARCHAR" for place in wanted)
        self.execute(f"CREATE OR REPLACE TABLE raw (line BIGINT, {columns}, same UBIGINT, is_total BOOLEAN)")
        whole = ", ".join(f"c{place}" for place in range(width))
        looked = ", ".join(f"lower(trim(c{place}))" for place in range(min(width, _WIDE)))
        totals = "|".join(re.escape(word) for word in sorted(TOTALS))
        is_total = f"len(list_filter([{looked}], lambda cell: regexp_matches(cell, '^({totals})([ :.]|$)'))) > 0"
        own = ", ".join(_BARE.format(f"coalesce(c{place}, '')") for place in wanted)
        for part in parts:
            part = part.rename(columns={place: f"c{place}" for place in range(width)})
            part.insert(0, "line", part.index)
            self._connection.register("part", part)
            self.execute(f"INSERT INTO raw SELECT line, {own}, hash({whole}), {is_total} FROM part")
            self._connection.unregister("part")

    def load_parquet(self, path: str, names: Sequence[str], wanted: Sequence[int]) -> None:
        """Make the table `raw` of a Parquet file: numbers as text whose decimals are plain."""
        cells = [f"coalesce({as_text(_quoted(names[place]))}, '')" for place in wanted]
        own = ", ".join(f"{_BARE.format(cell)} AS c{place}" for place, cell in zip(wanted, cells, strict=True))
        whole = ", ".join(map(_quoted, names))
        sql = f"CREATE OR REPLACE TABLE raw AS SELECT row_number() OVER () AS line, {own}, hash({whole}) AS same, FALSE AS is_total "
        self.execute(sql + "FROM read_parquet(?)", [path])

    def with_texts(self, query: str, text: Callable[[Any], Any]) -> str:
        """A query whose columns of text went through a function."""
        kinds = self.execute(f"DESCRIBE {query}").fetchall()
        texts = [_quoted(name) for name, kind, *_ in kinds if kind == "VARCHAR"]
        if not texts:
            return query
        with suppress(self._library.InvalidInputException):  # of an earlier call
            self._connection.remove_function("as_plain_text")
        self._connection.create_function("as_plain_text", text, ["VARCHAR"], "VARCHAR")
        return f"SELECT * REPLACE ({', '.join(f'as_plain_text({name}) AS {name}' for name in texts)}) FROM ({query})"

    def discard(self) -> None:
        """Close it, and leave nothing behind."""
        self._close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def as_text(cell: str) -> str:
    """SQL: a cell of any type as text; three decimals get a fourth, so that nobody takes their point for one of thousands.

    It is written here for columns of numbers; `plain_number` does the same in Python.
    """
    text = f"CAST({cell} AS VARCHAR)"
    number = f"(typeof({cell}) IN ('DOUBLE', 'FLOAT') OR starts_with(typeof({cell}), 'DECIMAL'))"
    return f"CASE WHEN {number} THEN regexp_replace({text}, '^(-?\\d+\\.\\d{{3}})$', '\\10') ELSE {text} END"


def plain_number(value: float) -> str:
    """A number as text whose decimals are plain.

    >>> plain_number(1001.0), plain_number(1.234), plain_number(0.1)
    ('1001', '1.2340', '0.1')
    """
    if value != value:
        return ""
    if value == int(value) and abs(value) < 1e15 if abs(value) != float("inf") else False:
        return str(int(value))
    text = repr(float(value))
    return text + "0" if "e" not in text and len(text.partition(".")[2]) == 3 else text


def _closed(connection: Any, file: Any) -> None:
    """Close a connection; its file goes, too."""
    with suppress(Exception):
        connection.close()
    if file is not None:
        with suppress(OSError):
            file.place.with_name(file.place.name + ".wal").unlink(missing_ok=True)
        file.discard()
