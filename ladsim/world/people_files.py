"""Ties from a CRM's table: a line per customer, with a column that says who referred them.

In: a path and the names of two columns. Out: ties referrer → customer; everybody in either column is a customer. A mark of nobody (an
empty cell, ``-``, none, NA, ukendt, ingen, 0 …) counts only in the referrers' column, and only where no line has that id.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import WorldError, nearest
from ladsim.world import names as naming
from ladsim.world.column_names import exact
from ladsim.world.dialects import dialect_of, torn
from ladsim.world.edges import Ties
from ladsim.world.nobody import NOBODY
from ladsim.world.reading import Reading
from ladsim.world.text_columns import TextColumns
from ladsim.world.text_files import MOST_IN_A_NAME, short, too_long
from ladsim.world.text_ties import TOTALS, refuse_rounded, whole_numbers

MOST_MARKS = 5  # of nobody that are named
# A referrer without a line of their own is told of where so many people name them, and more than this share of all.
MANY = 5
LARGE_SHARE = 0.1


def read_referrals(path: Path, id_column: str, referrer_column: str, directed: bool = False) -> Ties:
    """The ties of a CRM table: referrer → customer. Raises WorldError with file and line."""
    import pandas

    dialect = dialect_of(path)
    number, line = next(dialect.lines(path), (0, ""))
    if not line:
        raise WorldError(f"{path}: found an empty table, must have a line of column names and a line per customer")
    columns = dialect.fields(path, number, line)
    places = [
        _place(path, number, columns, *wanted) for wanted in (("id_column", id_column), ("referrer_column", referrer_column))
    ]
    error = torn(path, dialect, islice(dialect.lines(path), 1, None), len(columns))
    if error is not None:
        raise error
    table = TextColumns(path, dialect, places)
    rows = pandas.concat(list(table.parts())).iloc[1:]
    _refuse_doubts(table)
    ids, referrers = (rows[place].map(naming.plain_name) for place in places)
    again = (ids == columns[places[0]]) & (referrers == columns[places[1]])
    ids, referrers = ids[~again], referrers[~again]
    if not len(ids):
        raise WorldError(f"{path}: found column names but no customers, must have a line per customer")
    _refuse_odd(table, ids, referrers, id_column)
    reading = Reading(path.name).told("people_header", line=number, id=columns[places[0]], referrer=columns[places[1]])
    tied, reading = _referred(ids, referrers, reading.passed("headers", n=int(again.sum())))
    codes, different = pandas.factorize(pandas.concat([ids, referrers[tied]], ignore_index=True))
    ends = codes.astype(np.int32)
    people = [str(name) for name in different]
    refuse_rounded(path, people)
    people, (ends, _), reading = whole_numbers(people, (ends, ends), reading)
    own = ends[: len(ids)]
    listed = np.unique(own).size
    added = len(people) - listed
    reading = reading.told("added", n=added) if added else reading
    reading = reading.passed("repeated", n=len(ids) - listed)
    for mark, n in table.cleaner.comments.items():
        reading = reading.passed("comments", n=n, mark=mark)
    reading = reading.told("encoding", name=table.encoding.name) if table.encoding.name else reading
    return Ties(people, ends[len(ids) :], own[tied], directed, reading.passed("rows", n=table.cleaner.rows))


def _place(path: Path, line: int, columns: list[str], key: str, wanted: str) -> int:
    """Where a column stands."""
    found = exact(columns, wanted)
    if len(found) > 1:
        raise WorldError(f"{path}, line {line}: found {len(found)} columns {wanted!r} for {key}, must be one")
    if not found:
        near = nearest(wanted, columns)
        hint = f" (did you mean {near!r}?)" if near else ""
        allowed = f"the columns are {short(', '.join(columns))}{hint}"
        raise WorldError(f"{path}, line {line}: found no column {wanted!r} for {key}, {allowed}")
    return found[0]


def _refuse_doubts(table: TextColumns) -> None:
    """Raise a WorldError for a line that may be a comment."""
    if table.cleaner.doubts:
        number, line = table.cleaner.doubts[0]
        allowed = "a comment or a customer? Take the mark or the line out"
        raise WorldError(f"{table.path}, line {number}: found {short(repr(line))}, {allowed}")


def _refuse_odd(table: TextColumns, ids: Any, referrers: Any, id_column: str) -> None:
    """Raise a WorldError for a line without an id, a name that is too long, or a total."""
    empty = np.flatnonzero((ids == "").to_numpy())
    if empty.size:
        line = table.line_of(int(ids.index[empty[0]]))
        raise WorldError(f"{table.path}, line {line}: found no {id_column!r}, every customer needs one")
    for column in (ids, referrers):
        length = column.str.len()
        if int(length.max()) > MOST_IN_A_NAME:
            raise too_long(table.path, table.line_of(int(length.idxmax())), int(length.max()))
    last = str(ids.iloc[-1])
    if last.casefold().rstrip(":") in TOTALS:
        line = table.line_of(int(ids.index[-1]))
        raise WorldError(f"{table.path}, line {line}: found {last!r}, must be a customer: leave totals out")


def _referred(ids: Any, referrers: Any, reading: Reading) -> tuple[NDArray[np.bool_], Reading]:
    """Which lines have a referrer, and what is told of the others, and of one without a line whom so many name that it may be nobody."""
    known = frozenset(str(name).casefold() for name in ids.unique())
    said = referrers.str.casefold()
    empty = (referrers == "").to_numpy()
    marked = said.isin(NOBODY - known).to_numpy()
    marks = Counter(str(mark) for mark in referrers[marked])
    named = ", ".join(mark for mark, _ in marks.most_common(MOST_MARKS))
    reading = reading.passed("nobody", n=int(empty.sum())).passed("nobody_marked", n=int(marked.sum()), marks=named)
    tied = ~(empty | marked)
    outside = Counter(str(name) for name in referrers[tied & ~referrers.isin(ids).to_numpy()])
    for name, n in outside.most_common(1):
        if n >= MANY and n > LARGE_SHARE * ids.nunique():
            reading = reading.told("one_outside", name=name, number=n)
    return tied, reading
