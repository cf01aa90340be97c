"""Weights of ties: text of a column in, numbers out, each of them told with file and line where it is none.

A weight is a number of at least 0; 0 is no tie. Where commas do not separate fields, 1,5 is one and a half; a column of nothing but
1.250 and 900 would be read by one as thousands and by another as decimals, and is refused.

>>> import pandas
>>> column = WeightColumn(Path("ties.csv"), ";")
>>> column.numbers(pandas.Series(["1,5", "2", "1.250,5"]), lambda row: row + 2).tolist()
[1.5, 2.0, 1250.5]
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import WorldError
from ladsim.world.reading import Reading

_GROUPS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+")
_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+")
_MOST = 1e30


class WeightColumn:
    """The weights of a file."""

    def __init__(self, path: Path, separator: str) -> None:
        self._path, self._separator = path, separator
        self._grouped = self._pointed = ""  # weights that may be thousands, and one that surely is a decimal

    def numbers(self, cells: Any, line_of: Callable[[int], int]) -> NDArray[np.float64]:
        """The weights of a part of a column; `line_of` says which line a row stands in."""
        different: dict[str, float] = {}
        for cell in cells.unique().tolist():
            value = self._value(cell)
            if value is None:
                row = int(cells.index[int(np.flatnonzero((cells == cell).to_numpy())[0])])
                raise self._wrong(cell, line_of(row))
            different[cell] = value
        return np.array([different[cell] for cell in cells.tolist()], np.float64)

    def number(self, cell: str, line: int) -> float:
        """One weight."""
        value = self._value(cell)
        if value is None:
            raise self._wrong(cell, line)
        return value

    def used(self, weights: NDArray[np.float64] | None, column: str, reading: Reading, named: bool = True) -> tuple[Any, Reading]:
        """The weights where they differ, and what is told of them; ties of weight 0 are taken out by whoever asks.

        `named`: the column has a name, else `column` is its place.
        """
        if weights is None:
            return None, reading
        if self._grouped and not self._pointed and self._separator != ",":
            bare = self._grouped.replace(".", "")
            allowed = f"must be plain: {bare} if thousands are meant, else {self._grouped}0"
            raise WorldError(f"{self._path}: found the weight {self._grouped!r}, {allowed}")
        reading = reading.passed("weightless", n=int((weights == 0.0).sum()))
        if weights.size and (weights == weights[0]).all() and weights[0] > 0.0:
            return None, reading.told("equal_weights", column=column)
        return weights, reading.told("weights" if named else "weights_at", column=column)

    def _value(self, cell: str) -> float | None:
        """The number that a text is; None where it is no weight."""
        text = cell.strip().replace("\u00a0", "").replace("\u202f", "").replace("\u2212", "-")
        if _COMMA.fullmatch(text):
            self._pointed = text
            text = text.replace(".", "").replace(",", ".")
        elif _GROUPS.fullmatch(text):
            self._grouped = text
            if text.count(".") > 1:
                return None
        elif "." in text:
            self._pointed = text
        try:
            value = float(text) if "_" not in text else math.nan
        except ValueError:
            return None
        return value if 0.0 <= value <= _MOST else None

    def _wrong(self, cell: str, line: int) -> WorldError:
        allowed = "must be a number of at least 0 (0 is no tie)"
        return WorldError(f"{self._path}, line {line}: found the weight {cell.strip()[:60]!r}, {allowed}")
