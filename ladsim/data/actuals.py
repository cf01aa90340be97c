"""What really happened, month by month: a small table of people on rungs and of steps taken, as people keep them in spreadsheets.

In: a CSV or Excel file, the names that its numbers may have, and when the plan starts. Out: `Actuals`, a number for each name and month,
and what was passed over. Three layouts are understood: a line for each month with a column for each name; a line for each name with a
column for each month; a line for each number (month, name, value). Months are numbers (3), 2027-03, dates, or names (March 2027, marts,
mars); a month means its end. In numbers a mark before exactly three digits parts thousands (1.234 people are 1,234).
"""

from __future__ import annotations

import datetime
import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladsim.data.sources import as_data_errors, source_of
from ladsim.errors import DataError, nearest
from ladsim.i18n import LANGUAGES
from ladsim.i18n.months import month_names
from ladsim.scenario.calendar import month_of

MOST_LINES = 20_000
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
_SIGNS = re.compile(r"(?i)dkk|nok|sek|euros?|eur|usd|gbp|kroner|kr\.?|[€$£\s\u00a0\u202f\u2009']")
_NAMED = re.compile(r"([^\W\d_]+)\.?[\s\u00a0-]*(\d{4}|\d{2})?")
_NOTHING = ("", "-", "–", "na", "n/a", "none", "ukendt", "ukjent", "ingen")


@dataclass(frozen=True)
class Actuals:
    """Numbers by name and month of the run."""

    values: Mapping[tuple[str, float], float]
    unknown: tuple[str, ...]  # columns or lines that are no name of the plan
    late: tuple[float, ...]  # months behind the plan's last one, which are passed over

    @property
    def months(self) -> list[float]:
        """The months of which there is anything."""
        return sorted({month for _, month in self.values})

    def last(self, name: str) -> tuple[float, float] | None:
        """The latest month of a name, and its number; None where there is none."""
        months = [month for one, month in self.values if one == name]
        return (max(months), self.values[name, max(months)]) if months else None


def read_actuals(
    path: str | os.PathLike[str],
    names: Mapping[str, str],
    *,
    start: datetime.date | None = None,
    until: float = math.inf,
    sheet: str | None = None,
) -> Actuals:
    """The numbers of a file. `names`: what each is called there, without capitals, and what it is; `until`: the plan's last month.

    Raises DataError where the file has no numbers, no month or no known name, a month before the plan, or a cell that is no number.
    """
    place, rows = Path(path).name, _rows(path, sheet)
    if len(rows) < 2:
        raise DataError(
            f"{place}: found {'nothing' if not rows else 'one line'}, must have a line of names and a line for each month"
        )
    head, *lines = rows
    known = {name.casefold(): what for name, what in names.items()}
    across = [month_in(cell, start) for cell in head[1:]]
    columns = {at: known[cell.casefold()] for at, cell in enumerate(head) if cell.casefold() in known}
    if len(head) >= 3 and not columns and len([month for month in across if month is not None]) < 2:
        cells, unknown = _each(place, lines, known, start)
    elif not columns:
        cells, unknown = _by_line(place, head, lines, known, start)
    else:
        cells, unknown = _by_column(place, head, lines, columns, start)
    if not cells:
        allowed = ", ".join(dict.fromkeys(names.values()))
        hint = next((f" (did you mean {near!r}?)" for one in (*unknown, *head) if (near := nearest(one, list(names)))), "")
        raise DataError(f"{place}: found no number of the plan, must have names of its rungs or steps: {allowed}{hint}")
    early = [month for _, month in cells if month <= 0.0]
    if early:
        first = f", which starts on {start}" if start is not None else ""
        raise DataError(f"{place}: found month {min(early):g}, must be after the start of the plan{first}: months count from 1")
    late = tuple(sorted({month for _, month in cells if month > until}))
    kept = {key: value for key, value in cells.items() if key[1] <= until}
    if not kept:
        raise DataError(f"{place}: found month {late[0]:g} and later, must be at most {until:g}, the last month of the plan")
    return Actuals(kept, tuple(unknown), late)


def _rows(path: str | os.PathLike[str], sheet: str | None) -> list[list[str]]:
    """All lines with something in them, as texts. Raises DataError."""
    text = Path(path)
    if text.exists() and text.is_file() and text.stat().st_size == 0:
        raise DataError(f"{text.name}: found an empty file, must have a line of names and a line for each month")
    source: Any = source_of(path, sheet, None)
    if hasattr(source, "every_row"):
        rows = [list(row) for row in source.every_row()]
    elif hasattr(source, "dialect"):
        with as_data_errors():
            rows = [source.dialect.fields(text, number, line) for number, line in source.dialect.lines(text)]
    else:
        raise DataError(f"{text.name}: found another kind of file, must be CSV or Excel")
    if len(rows) > MOST_LINES:
        raise DataError(f"{text.name}: found {len(rows):,} lines, must be at most {MOST_LINES:,}: a line for each month")
    cleaned = [[cell.strip().strip('"').strip() for cell in row] for row in rows]
    return [row for row in cleaned if any(row)]


Cells = dict[tuple[str, float], float]


def _by_column(
    place: str, head: Sequence[str], lines: Sequence[Sequence[str]], columns: Mapping[int, str], start: datetime.date | None
) -> tuple[Cells, list[str]]:
    """A line for each month: the month is in the first column without a known name."""
    at_month = next((at for at in range(len(head)) if at not in columns), None)
    if at_month is None:
        raise DataError(f"{place}: found no column of months, must have one beside {', '.join(head)}")
    cells: Cells = {}
    for number, row in enumerate(lines, 2):
        month = _month(place, number, row[at_month] if at_month < len(row) else "", start)
        for at, name in columns.items():
            value = _value(place, number, row[at] if at < len(row) else "")
            if value is not None:
                _put(cells, place, name, month, value)
    return cells, [cell for at, cell in enumerate(head) if at not in columns and at != at_month and cell]


def _by_line(
    place: str, head: Sequence[str], lines: Sequence[Sequence[str]], known: Mapping[str, str], start: datetime.date | None
) -> tuple[Cells, list[str]]:
    """A line for each name, a column for each month."""
    cells: Cells = {}
    unknown = []
    for number, row in enumerate(lines, 2):
        name = known.get(row[0].casefold()) if row else None
        if name is None:
            unknown.append(row[0])
            continue
        for at, cell in enumerate(head[1:], 1):
            value = _value(place, number, row[at] if at < len(row) else "")
            if value is not None:
                _put(cells, place, name, _month(place, 1, cell, start), value)
    return cells, unknown


def _each(
    place: str, lines: Sequence[Sequence[str]], known: Mapping[str, str], start: datetime.date | None
) -> tuple[Cells, list[str]]:
    """A line for each number: month, name and value, the first two in any order."""
    cells: Cells = {}
    unknown = []
    for number, row in enumerate(lines, 2):
        at_name = next((at for at, cell in enumerate(row) if cell.casefold() in known), None)
        if at_name is None:
            unknown += [cell for cell in row if cell and month_in(cell, start) is None and _NUMBER.fullmatch(cell) is None]
            continue
        rest = [cell for at, cell in enumerate(row) if at != at_name]
        value = _value(place, number, rest[1]) if len(rest) > 1 else None
        if value is not None:
            _put(cells, place, known[row[at_name].casefold()], _month(place, number, rest[0], start), value)
    return cells, list(dict.fromkeys(unknown))


def _put(cells: Cells, place: str, name: str, month: float, value: float) -> None:
    if cells.setdefault((name, month), value) != value:
        raise DataError(
            f"{place}: found {name} of month {month:g} twice, {cells[name, month]:g} and {value:g}, must be one number"
        )


def _month(place: str, number: int, cell: str, start: datetime.date | None) -> float:
    month = month_in(cell, start)
    if month is None:
        need = "" if start is not None else "; names and dates need a start_date in the plan"
        raise DataError(f"{place}, line {number}: found {cell!r}, must be a month: its number (3), 2027-03, or March 2027{need}")
    return month


def _value(place: str, number: int, cell: str) -> float | None:
    if cell.casefold() in _NOTHING:
        return None
    found = number_in(cell)
    if found is None or found < 0.0 or not math.isfinite(found):
        raise DataError(f"{place}, line {number}: found {cell!r}, must be a number from 0, or nothing")
    return found


def number_in(cell: str) -> float | None:
    """A number as people write it; None where a cell is none.

    >>> number_in("1.234"), number_in("1 234,5"), number_in("0.125"), number_in("kr 12.500,75"), number_in("12 %")
    (1234.0, 1234.5, 0.125, 12500.75, None)
    """
    bare = _SIGNS.sub("", cell).replace("−", "-")
    if not _NUMBER.fullmatch(bare):
        return None
    marks = [mark for mark in bare if mark in ".,"]
    if len(set(marks)) == 2:
        thousands, decimal = marks[0], marks[-1]
        return float(bare.replace(thousands, "").replace(decimal, ".")) if marks.count(decimal) == 1 else None
    if marks:
        whole, *groups = bare.split(marks[0])
        if all(len(group) == 3 for group in groups) and whole.lstrip("+-") != "0" and len(whole.lstrip("+-")) <= 3:
            return float(bare.replace(marks[0], ""))
        return float(bare.replace(marks[0], ".")) if len(groups) == 1 else None
    return float(bare)


def month_in(cell: str, start: datetime.date | None) -> float | None:
    """The month of the run that a cell means, at its end; None where it is no month.

    >>> january = datetime.date(2027, 1, 1)
    >>> [month_in(cell, january) for cell in ("3", "2027-03", "March 2027", "marts", "mars 28", "2026-12", "lead")]
    [3.0, 3.0, 3.0, 3.0, 15.0, 0.0, None]
    """
    text = cell.strip().removesuffix(".0")
    if re.fullmatch(r"-?\d{1,4}", text):
        return float(text)
    if start is None:
        return None
    if re.fullmatch(r"\d{4}-\d{2}(-\d{2})?(T.*| .*)?", text):
        found = month_of(text[:7], start, ends=True)
    else:
        named = _NAMED.fullmatch(text)
        place = month_names(LANGUAGES).get(named[1].casefold()) if named else None
        if named is None or place is None:
            return None
        year = int(named[2]) if named[2] else start.year + (place < start.month)
        found = month_of(f"{year + 2000 if year < 100 else year:04d}-{place:02d}", start, ends=True)
    return found
