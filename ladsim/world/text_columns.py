"""Columns of a text of lines, part by part, by pandas; what is amiss is named by file and line.

In: a path, its dialect, places of columns. Out: tables of text with a column for each place, and the number of each table's first row.
Lines may be of any length: a cell that a line does not have is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from ladsim.errors import WorldError
from ladsim.world.dialects import Cleaner, Dialect, said
from ladsim.world.text_files import MOST_IN_A_NAME, Blocks, Encoding, fields, short, text_blocks, too_long, unpaired

if TYPE_CHECKING:
    import pandas

ROWS = 1_000_000  # lines that pandas reads at once

# pandas from which on a part of a text may be read that has no line as wide as any: before, all of it is read at once.
IN_PARTS = (3, 1)


@dataclass
class TextColumns:
    """The columns of a text, to be read once; afterwards `cleaner` and `encoding` say what was passed over."""

    path: Path
    dialect: Dialect
    places: Sequence[int]
    rows: int = ROWS

    def __post_init__(self) -> None:
        self.cleaner: Cleaner = self.dialect.cleaner()
        self.encoding = Encoding()

    def parts(self) -> Iterator[pandas.DataFrame]:
        """Tables of text, a column for each place, numbered as the rows of the text."""
        import pandas

        most = max(self.places) + 1
        # A line as wide as any may be comes first: pandas wants all columns to be somewhere.
        widest = (self.dialect.separator or " ").join("0" * most) + "\n"
        body = Blocks(chain([widest], map(self.cleaner.text, text_blocks(self.path, self.encoding))))
        in_parts = tuple(map(int, pandas.__version__.split(".")[:2])) >= IN_PARTS
        try:
            found = pandas.read_csv(
                body, sep=self.dialect.separator or r"\s+", header=None, names=range(most), usecols=sorted(set(self.places)), dtype=str,
                na_filter=False, index_col=False, skipinitialspace=True, encoding_errors="strict", low_memory=in_parts,
                chunksize=self.rows if in_parts else None,
            )  # fmt: skip
            for table in found if in_parts else (found[first : first + self.rows] for first in range(0, len(found), self.rows)):
                rows = table.iloc[int(table.index[0] == 0) :].fillna("")
                rows.index -= 1
                yield rows
        except (pandas.errors.ParserError, pandas.errors.EmptyDataError, ValueError) as error:
            if body.problem is not None:
                raise body.problem from None
            if "out of memory" in str(error):
                raise MemoryError(str(error)) from None
            self.explain()
            if "EOF inside string" in str(error):
                raise unpaired(self.path, next((number for number, line in self._lines() if line.count('"') % 2), 1)) from None
            raise WorldError(f"{self.path}: cannot be read ({short(error)})") from None

    def line_of(self, row: int) -> int:
        """The number of the line that a row stands in."""
        return next((number for number, _ in islice(self._lines(), row, None)), 0)

    def explain(self) -> None:
        """Raise a WorldError for the first line that cannot be taken apart, or that holds more than a name can have."""
        for number, line in self._lines():
            found = fields(self.path, number, line, self.dialect.separator)
            longest = max(map(len, found), default=0)
            if longest > MOST_IN_A_NAME:
                raise too_long(self.path, number, longest)

    def _lines(self) -> Iterator[tuple[int, str]]:
        return said(map(self.dialect.cleaner().text, text_blocks(self.path)))
