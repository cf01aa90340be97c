"""The first line of a file of ties: column names, or a tie, and which columns hold people.

It is a header if its cells are known column names that never come again below, if the scenario says so (``header``, ``columns``), or if
all other ids are whole numbers and these are not; it is a tie if one of its cells comes again as an id. Anything else is refused with
both readings. A column that numbers the rows is nobody.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ladsim.errors import WorldError, nearest
from ladsim.scenario.spec import Graph, TieColumns
from ladsim.world import column_names
from ladsim.world.column_names import Columns
from ladsim.world.dialects import MARKS, SAMPLE, Dialect, torn
from ladsim.world.names import is_whole
from ladsim.world.reading import Reading
from ladsim.world.text_files import SEPARATORS, short, text_blocks, unpaired

USUAL = Columns(0, 1)
MOST_COLUMNS = 8  # that are named when they are not read


@dataclass(frozen=True)
class FirstLine:
    """The first line that says something, and the columns to read below it."""

    number: int
    cells: list[str]
    columns: Columns
    header: bool | None
    """Whether it has column names; None: what stands below decides."""
    is_known: bool
    width: int
    """How many fields a line has at most, of the first ones."""
    comment: str = ""
    """The mark of the comment in which the names stand, where that is so: the line is none of the table."""
    by_place: bool = False
    """The scenario names the columns by their places."""
    ignored: int | None = None
    """Where weights stand that the scenario ignores."""
    shift: int = 0
    """Fields of a line before that below the first name: R numbers rows so."""

    @property
    def ends(self) -> tuple[str, str]:
        """Its cells in the columns of people; empty where it has fewer."""
        one, other = (
            self.cells[at : at + 1] or [""] for at in (self.columns.source - self.shift, self.columns.target - self.shift)
        )
        return one[0], other[0]

    def weight_name(self, header: bool) -> str:
        """What the column of weights is called, else its number."""
        place = self.columns.weight
        if place is None:
            return ""
        return self.cells[place - self.shift] if header else str(place + 1)

    def reading(self, path: Path, header: bool, comments: Mapping[str, int]) -> Reading:
        """What is to be told of the columns and of the lines that were passed over."""
        used = (*self.columns.both(), self.columns.weight, self.ignored)
        named = dict(enumerate(self.cells, start=self.shift)) if header else {}
        unread = [place for place in range(max(self.width, len(self.cells) + self.shift)) if place not in used]
        names = [named.get(place) or str(place + 1) for place in unread]
        shown = ", ".join(names[:MOST_COLUMNS]) + (", …" if names[MOST_COLUMNS:] else "")
        source, target = self.ends
        said = Reading(path.name).told("header" if header else "tie", line=self.number, source=source, target=target)
        said = said.passed("columns", n=len(names), names=shown)
        if header and self.ignored is not None:
            said = said.passed("ignored_weights", column=named[self.ignored])
        for mark, n in comments.items():
            said = said.passed("comments", n=n - (self.comment == mark), mark=mark)
        return said


def first_line(path: Path, dialect: Dialect, asked: Graph) -> FirstLine:
    """The first line of a file of ties, and where its people stand. Raises WorldError where that cannot be told."""
    found = list(islice(dialect.lines(path), SAMPLE))
    if not found:
        comments = "" if dialect.comments == "none" else ' (lines that begin with # or % are comments, unless comments = "none")'
        raise WorldError(f"{path}: found no ties, must have one per line: two names{comments}")
    if found[0][1].count('"') % 2 and re.search(rf'(?:^|{re.escape(dialect.separator or " ")})\s*"(?:[^"]|"")*$', found[0][1]):
        raise unpaired(path, found[0][0])
    rows = [dialect.fields(path, *found[0]), *(_fields(path, dialect, line) for line in found[1:])]
    width = max(map(len, rows))
    number, cells = found[0][0], rows[0]
    if _is_matrix(rows, width):
        allowed = "must have one tie per line: a table from all to all is none"
        raise WorldError(f"{path}: found lines of {width:,} numbers with 0 on the diagonal, {allowed}")
    if (people := _people_of_matrix(rows)) and asked.columns is None:
        allowed = (
            "must have one tie per line: a table from all to all is none (an adjacency matrix; save its ties as from, to, weight)"
        )
        raise WorldError(
            f"{path}, line {found[0][0]}: found the names of {people:,} people over columns and before rows, {allowed}"
        )
    mark = ""
    if asked.header is None and asked.columns is None:
        number, cells, mark = _in_comment(path, dialect, number, cells)
    line = FirstLine(number, cells, USUAL, asked.header, False, width, comment=mark)
    line = _asked(path, line, asked.columns) if isinstance(asked.columns, TieColumns) else _recognised(path, line, asked)
    if line.is_known and len(rows) > 1 and all(len(row) == len(cells) + 1 and row[-1] for row in rows[1:]):
        line = _shifted(line)
    if line.is_known or line.header:
        error = torn(path, dialect, found[not line.comment :], len(cells) + line.shift)
        if error is not None:
            raise error
    return _weighted(path, line, asked)


def _is_matrix(rows: list[list[str]], width: int) -> bool:
    """Whether lines are the rows of a square table from all to all, each 0 to itself."""
    if width < 3 or (len(rows) != width and width <= SAMPLE) or any(len(row) != width for row in rows):
        return False
    return all(row[place] in ("0", "0.0") for place, row in enumerate(rows))


def _people_of_matrix(rows: list[list[str]]) -> int:
    """How many people stand over the columns and, in the same order, before the rows of a table; 0 where that is not so."""
    if len(rows) < 3 or len(rows[0]) < 2:
        return 0
    over = rows[0][1:] if len(rows[1]) == len(rows[0]) else rows[0]
    before = [row[0] if row else "" for row in rows[1:]]
    cells = [cell for row in rows[1:] for cell in row[1:]]
    square = len(before) == len(over) or (len(rows) == SAMPLE and len(over) > len(before))
    may_be_ties = all(map(is_value, over)) and rows[0][0] != "" and len(rows[1]) == len(rows[0])  # of numbers, with weights
    if not square or may_be_ties or before != over[: len(before)] or not all(map(is_value, cells)) or len(set(over)) < len(over):
        return 0
    return len(over)


def is_value(cell: str) -> bool:
    """Whether a cell of a table from all to all is one: a number, or nothing.

    >>> is_value("1.5"), is_value(""), is_value("Anna")
    (True, True, False)
    """
    return not cell or re.fullmatch(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?", cell) is not None


def _fields(path: Path, dialect: Dialect, line: tuple[int, str]) -> list[str]:
    try:
        return dialect.fields(path, *line)
    except WorldError:  # whoever reads the whole file says so
        return []


def _in_comment(path: Path, dialect: Dialect, before: int, first: list[str]) -> tuple[int, list[str], str]:
    """Number, cells and mark of the comment above the first line, if it has known column names; else the line's own, and no mark."""
    above = next(text_blocks(path), "").split("\n")[: before - 1] if dialect.comments != "none" else []
    said = [(number, line.strip()) for number, line in enumerate(above, start=1) if line.strip()]
    if said and said[-1][1].startswith(tuple(MARKS)):
        number, line = said[-1]
        cells = dialect.fields(path, number, line.lstrip(MARKS + " "))
        if len(cells) == len(first) and column_names.known(cells) is not None:
            return number, cells, line[0]
    return before, first, ""


def _asked(path: Path, line: FirstLine, columns: TieColumns) -> FirstLine:
    """The columns that the scenario names."""
    places = [_place(path, line, key, wanted) for key, wanted in (("from", columns.from_), ("to", columns.to))]
    weight = None if columns.weight is None else _place(path, line, "weight", columns.weight)
    by_name = any(isinstance(name, str) for name in (columns.from_, columns.to, columns.weight))
    if places[0] == places[1]:
        raise WorldError(f"{path}: columns: found the same column twice, must be two (from, to)")
    header = True if by_name else line.header
    return replace(line, columns=Columns(places[0], places[1], weight), header=header, is_known=by_name, by_place=not by_name)


def _place(path: Path, line: FirstLine, key: str, wanted: str | int) -> int:
    """Where a column stands that the scenario names."""
    cells = ", ".join(line.cells)
    if isinstance(wanted, int):
        if wanted > len(line.cells):
            raise WorldError(f"{path}, line {line.number}: columns.{key}: found {wanted}, must be at most {len(line.cells)}")
        return wanted - 1
    found = column_names.exact(line.cells, wanted)
    if len(found) != 1:
        said = f"no column {wanted!r}" if not found else f"{len(found)} columns {wanted!r}"
        near = nearest(wanted, line.cells) if not found else ""
        hint = f" (did you mean {near!r}?)" if near else ""
        raise WorldError(f"{path}, line {line.number}: columns.{key}: found {said}, the columns are {short(cells)}{hint}")
    return found[0]


def _recognised(path: Path, line: FirstLine, asked: Graph) -> FirstLine:
    """The columns by what stands above them."""
    if asked.header is False:
        return line
    cells = line.cells
    columns = column_names.known(cells)
    if columns is not None:
        doubt = column_names.twice(cells, columns)
        if doubt:
            raise _which(path, line, doubt)
        return replace(line, columns=columns, header=line.header or bool(line.comment) or None, is_known=True)
    if [column_names.plain(cell) for cell in cells[:2]] == ["id", "label"]:
        allowed = "must be a table of ties: name the file that has them (in Gephi: edges)"
        raise WorldError(f"{path}, line {line.number}: found the columns Id and Label, a table of people, {allowed}")
    weights = [place for place, cell in enumerate(cells) if column_names.plain(cell) in column_names.WEIGHTS]
    if len(cells) > 2 and column_names.is_index(cells[0]):
        others = [place for place in range(1, len(cells)) if place not in weights and cells[place]]
        if len(others) == 2:
            ends = Columns(others[0], others[1], weights[0] if weights else None)
            return replace(line, columns=ends, header=True if asked.header or not cells[0] else None)
        raise _which(path, line, f"columns {short(', '.join(cells))}")
    if len(cells) > 2 and weights and weights[0] > 1:  # nobody is called so
        return replace(line, columns=Columns(0, 1, weights[0]), header=True)
    return line


def _which(path: Path, line: FirstLine, found: str) -> WorldError:
    allowed = 'must be plain which of them are people: columns = { from = "…", to = "…" }'
    return WorldError(f"{path}, line {line.number}: found {found}, {allowed}")


def _shifted(line: FirstLine) -> FirstLine:
    """The columns where the lines begin with a name of the row that has no name itself."""
    one = line.columns
    moved = Columns(one.source + 1, one.target + 1, None if one.weight is None else one.weight + 1, one.stem)
    return replace(line, columns=moved, header=True, shift=1)


def _weighted(path: Path, line: FirstLine, asked: Graph) -> FirstLine:
    """The same with a column of weights where they are to be used, without where not."""
    if asked.weights == "ignore":
        return replace(line, columns=replace(line.columns, weight=None), ignored=line.columns.weight)
    if asked.weights != "use" or line.columns.weight is not None:
        return line
    others = [place for place in range(len(line.cells) + line.shift) if place not in line.columns.both() and place >= line.shift]
    if len(others) != 1:
        found = "no column" if not others else f"{len(others)} columns"
        allowed = 'must be plain which: columns = { from = "…", to = "…", weight = "…" }'
        raise WorldError(f"{path}, line {line.number}: weights: found {found} beside the two of the people, {allowed}")
    return replace(line, columns=replace(line.columns, weight=others[0]))


def is_header(path: Path, line: FirstLine, separator: str, below: Collection[str], others: Sequence[str]) -> bool:
    """Whether the first line has column names, by the ids below it; `others` are those as a sequence to be looked through.

    Raises WorldError, with both readings, where neither is plain.
    """
    if line.header is not None:
        return line.header
    ends, usual = line.ends, line.by_place or line.columns.both() == (0, 1)
    again = next((end for end in ends if end in below), None)
    if again is not None:
        if usual and all(ends):
            return False
        raise _both(path, line, separator, f"{again!r}, which is a person below, too")
    stem = line.columns.stem
    if line.is_known and not (stem and any(column_names.like_numbered(stem, name) for name in others)):
        return True
    if not others or all(map(is_whole, (*ends, *others))):
        return False
    if not any(map(is_whole, ends)) and all(map(is_whole, others)):
        return True
    raise _both(path, line, separator, f"{short(repr((separator or ' ').join(ends)))}, which comes nowhere below")


def _both(path: Path, line: FirstLine, separator: str, found: str) -> WorldError:
    """The error of a line that may be a tie or a header, with both readings."""
    one, other = line.ends
    allowed = (
        f"may be a tie between {short(one)!r} and {short(other)!r} (then say header = false) "
        f"or the names of two columns (then say header = true)"
    )
    between = SEPARATORS[separator]
    return WorldError(f"{path}, line {line.number}: found {found}, {allowed}; fields are separated by {between}")
