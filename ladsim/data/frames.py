"""Sources whose rows come from Python: sheets of workbooks (``workbooks``), what queries to databases give (``databases``).

In: cells of any type. Out: rows of text, and then tables of them in the store. To read one more format: a class with ``every_row``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from ladsim.data.store import Store, plain_number
from ladsim.errors import DataError

ROWS = 200_000  # that are taken at once
MOST_COLUMNS = 1_000
Fact = tuple[str, dict[str, object]]


class Frames:
    """A source whose rows come from Python: cells of any type, as text."""

    separator = ""
    named = False
    """Whether its first row has the names of columns for sure."""

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


def cell_text(value: Any) -> str:
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


def refuse_wide(name: str, width: int) -> None:
    """Raise DataError for more columns than anybody's table has."""
    if width > MOST_COLUMNS:
        raise DataError(f"{name}: found {width:,} columns, must be at most {MOST_COLUMNS:,}: is this the right file?")
