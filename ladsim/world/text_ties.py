"""Ties of any names, with weights, by pandas: one Python string a name, about 200 bytes, and ten times the time of plain numbers.

In: a path, its dialect and first line. Out: `Ties`. Names are compared in one Unicode form; ``1001.0`` is ``1001`` where all are whole.
Cells beyond those of the first line, or further words where spaces separate the columns, tell that lines were torn at the wrong places: refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import WorldError
from ladsim.scenario.spec import Graph
from ladsim.world import first_line as lines
from ladsim.world import names as naming
from ladsim.world.dialects import Dialect, said
from ladsim.world.edges import Ties
from ladsim.world.first_line import FirstLine
from ladsim.world.reading import Reading
from ladsim.world.text_columns import TextColumns
from ladsim.world.text_files import MOST_IN_A_NAME, SEPARATORS, short, text_blocks, too_long
from ladsim.world.weights import WeightColumn

TOTALS = frozenset(
    [
        "total",
        "totals",
        "grand total",
        "sum",
        "sum total",
        "i alt",
        "ialt",
        "totalt",
        "hovedtotal",
        "totalsum",
        "sum i alt",
        "summen",
        "subtotal",
    ]
)
_LIKE_NUMBER = re.compile(r"[+-]?[\d.,:/TZ+-]*\d[\d.,:/TZ+-]*(?:[eE][+-]?\d+)?|[{\[(].*")
_THOUSAND = re.compile(r"[1-9]\d{0,2}[.,]000")
_MOST_KINDS = 3  # of ties that a column tells apart
_MOST_FURTHER = 50_000  # different words beside the ties that are looked at


@dataclass
class _Read:
    """What was read so far."""

    position: dict[str, int] = field(default_factory=dict)
    ends: list[NDArray[np.int32]] = field(default_factory=list)
    weights: list[NDArray[np.float64]] = field(default_factory=list)
    first: set[str] = field(default_factory=set)
    """Words of the first line in columns that are not read."""
    further: set[str] = field(default_factory=set)
    """Words in columns that are not read, but for numbers in columns that the first line has."""

    def rows(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Both ends of all ties."""
        sources, targets = (np.concatenate([part[side] for part in self.ends]) for side in (0, 1))
        return sources, targets


def read(path: Path, dialect: Dialect, first: FirstLine, asked: Graph) -> Ties:
    """The ties of a file of any names. Raises WorldError with file and line."""
    source, target = first.columns.both()
    beyond = [place for place in range(max(first.width, len(first.cells) + first.shift) + 1) if place not in (source, target)]
    weight = first.columns.weight
    table = TextColumns(path, dialect, [source, target, *beyond])
    found, weights = _Read(), WeightColumn(path, dialect.separator)
    one: tuple[list[str], str] | None = None  # the first line, if it may be a header
    for part in table.parts():
        if not found.ends and not first.comment:
            one = [_name(part[source].iloc[0]), _name(part[target].iloc[0])], "" if weight is None else str(part[weight].iloc[0])
            _whole_line(table, one[0], first)
            found.first = {str(part[place].iloc[0]).strip() for place in part if place not in (source, target, weight)} - {""}
            found.ends.append(np.empty((2, 0), np.int32))
            found.weights.append(np.empty(0))
            part = part.iloc[1:]
        _take(found, table, part, first)
        if weight is not None:
            found.weights.append(weights.numbers(part[weight], table.line_of))
    return _ties(found, table, first, asked, one, weights)


def _whole_line(table: TextColumns, ends: list[str], first: FirstLine) -> None:
    if not all(ends) and first.header is not True:
        _one_name(table, 0, first)


def _name(cell: Any) -> str:
    return naming.plain_name(str(cell))


def _take(found: _Read, table: TextColumns, part: Any, first: FirstLine) -> None:
    """Keep the ties of a part."""
    import pandas

    if not len(part):
        return
    source, target = first.columns.both()
    codes, different = pandas.factorize(pandas.concat([part[source], part[target]], ignore_index=True))
    names = [_name(name) for name in different.tolist()]
    if "" in names:
        rows = np.flatnonzero(np.isin(codes.reshape(2, -1), [place for place, name in enumerate(names) if not name]).any(axis=0))
        _one_name(table, int(part.index[rows[0]]), first)
    longest = max(map(len, names))
    if longest > MOST_IN_A_NAME:
        place = int(np.flatnonzero(np.array([len(name) for name in names])[codes] > MOST_IN_A_NAME)[0]) % len(part)
        raise too_long(table.path, table.line_of(int(part.index[place])), longest)
    places = np.array([found.position.setdefault(name, len(found.position)) for name in names], np.int32)
    found.ends.append(places[codes].reshape(2, -1))
    _look_further(found, table, part, first)


def _look_further(found: _Read, table: TextColumns, part: Any, first: FirstLine) -> None:
    """Cells beside the ties: none behind the last column name; without names above them, no words where spaces separate the columns."""
    width = len(first.cells) + first.shift
    records = not table.dialect.separator and 2 in part and bool(part[2].str.startswith("{").all())  # networkx.write_edgelist
    for place in part.columns if not records else ():
        if place in (*first.columns.both(), first.columns.weight):
            continue
        cells = part[place]
        words = [word for word in cells.unique().tolist() if word.strip()]
        if place >= width and words and (first.header is True or first.is_known):
            row = int(part.index[np.flatnonzero(cells.str.strip() != "")[0]])
            _too_wide(table, row, width)
        torn = next((word for word in words if not _LIKE_NUMBER.fullmatch(word)), None)
        if (
            torn is not None
            and first.header is not True
            and not first.is_known
            and (place >= width or not table.dialect.separator)
        ):
            _torn(table, int(part.index[np.flatnonzero(cells == torn)[0]]), torn)
        if len(found.further) < _MOST_FURTHER:
            found.further.update(word for word in words if place >= width or not _LIKE_NUMBER.fullmatch(word))


def _ties(
    found: _Read, table: TextColumns, first: FirstLine, asked: Graph, one: tuple[list[str], str] | None, weights: WeightColumn
) -> Ties:
    """The ties of what was read; the first line is one of them or has column names."""
    path = table.path
    weight = np.concatenate(found.weights) if first.columns.weight is not None else None
    again = _headers_again(found, first) if one is not None else 0
    header = bool(first.comment) or lines.is_header(path, first, table.dialect.separator, found.position, list(found.position))
    sources, targets = found.rows()
    if again:
        kept = ~((sources == found.position[first.ends[0]]) & (targets == found.position[first.ends[1]]))
        header, sources, targets, weight = True, sources[kept], targets[kept], weight if weight is None else weight[kept]
    if not header and one is not None:
        ends = np.array([found.position.setdefault(name, len(found.position)) for name in one[0]], np.int32)
        sources, targets = np.append(ends[:1], sources), np.append(ends[1:], targets)
        weight = weight if weight is None else np.append(weights.number(one[1], first.number), weight)
    if not sources.size:
        raise WorldError(f"{path}: found column names but no ties, must have one tie per line")
    names = [name for name in found.position if not again or name not in first.ends]
    if again:
        old = {place: new for new, place in enumerate(found.position[name] for name in names)}
        sources, targets = (np.array([old[end] for end in ends.tolist()], np.int32) for ends in (sources, targets))
    reading = first.reading(path, header, _comments(table, first, names)).passed("headers", n=again)
    _refuse_odd(found, table, first, header, names, sources, targets)
    names, (sources, targets), reading = whole_numbers(names, (sources, targets), reading)
    weight, reading = weights.used(weight, first.weight_name(header), reading, header)
    if weight is not None:
        tied = weight > 0.0
        sources, targets, weight = sources[tied], targets[tied], weight[tied]
    reading = reading.told("encoding", name=table.encoding.name) if table.encoding.name else reading
    return Ties(names, sources, targets, asked.directed, reading.passed("rows", n=table.cleaner.rows), weight)


def _headers_again(found: _Read, first: FirstLine) -> int:
    """How often the column names come again as a whole line, where they come only so."""
    ends = first.ends
    if first.header is False or not first.is_known or not all(end in found.position for end in ends):
        return 0
    sources, targets = found.rows()
    one, other = (found.position[end] for end in ends)
    same = int(((sources == one) & (targets == other)).sum())
    seen = sum(int((side == place).sum()) for side in (sources, targets) for place in (one, other))
    return same if seen == 2 * same else 0


def _comments(table: TextColumns, first: FirstLine, names: list[str]) -> dict[str, int]:
    """How many lines are comments. Raises WorldError where one of them may be a tie, or a person."""
    comments = dict(table.cleaner.comments)
    if table.cleaner.lone is not None:
        found = "a line of # alone, as between the nodes and the ties of TGF"
        allowed = 'must be one tie per line: say format = "tgf", or comments = "#" if it is a comment'
        raise WorldError(f"{table.path}, line {table.cleaner.lone}: found {found}, {allowed}")
    doubts = [doubt for doubt in table.cleaner.doubts if not (first.comment and doubt[0] == first.number)]
    marked = {name[0] for name in names if name[:1] in comments}
    if table.dialect.comments is None and (doubts or marked) and not all(map(naming.is_whole, names)):
        mark = doubts[0][1][0] if doubts else min(marked)
        number, line = doubts[0] if doubts else _marked(table, mark)
        allowed = f'may be a comment (then say comments = "{mark}") or may hold people (then say comments = "none")'
        raise WorldError(f"{table.path}, line {number}: found {short(repr(line))}, {allowed}")
    heads = table.cleaner.words.intersection(names) if table.dialect.comments is None else frozenset()
    if heads:
        found = f"{min(heads)!r} in a comment and as a person"
        allowed = 'must have one tie per line (in LGL a person heads a list); or say comments = "#"'
        raise WorldError(f"{table.path}: found {found}, {allowed}")
    for _, line in table.cleaner.doubts[:1]:
        comments[line[0]] = comments.get(line[0], 0) + table.cleaner.doubtful
    return comments


def _marked(table: TextColumns, mark: str) -> tuple[int, str]:
    """The first line that begins with a mark."""
    return next((number, line) for number, line in said(text_blocks(table.path)) if line.lstrip().startswith(mark))


def _refuse_odd(
    found: _Read,
    table: TextColumns,
    first: FirstLine,
    header: bool,
    names: list[str],
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
) -> None:
    """Raise a WorldError for people that nobody meant."""
    path = table.path
    if not header and not first.by_place:
        refuse_matrix(path, first.width, sources.size, names)
    if not header:
        words = {word for word in found.first if not _LIKE_NUMBER.fullmatch(word)}
        neighbours = (found.further | words).intersection(names)
        if neighbours and not first.by_place:
            said = f"{min(neighbours)!r} as a person and in a further column"
            allowed = (
                "must have one tie per line; or say which columns hold people, counted from 1: columns = { from = 1, to = 2 }"
            )
            raise WorldError(f"{path}: found {said}, {allowed}")
    odd = next((name for name in names if name[0] in "{[" and name[-1] in "}]"), None)
    if odd is not None:
        raise WorldError(f"{path}: found {odd!r} in place of a name, must be an edge list (networkx.write_edgelist)")
    if not header and not first.by_place and first.columns.both() == (0, 1):
        _refuse_kinds(path, first, names, found, sources, targets)
    refuse_rounded(path, names)
    last = names[sources[-1]]
    if last.casefold().rstrip(":") in TOTALS and int((sources == sources[-1]).sum()) == 1:
        raise WorldError(f"{path}: found {last!r} at the beginning of the last line, must be a tie: leave totals out")


def _refuse_kinds(
    path: Path, first: FirstLine, names: list[str], found: _Read, sources: NDArray[np.int32], targets: NDArray[np.int32]
) -> None:
    """Raise a WorldError where the second column says what kind of tie it is, and the people of that tie stand in the first and the third."""
    kinds = np.unique(targets)
    behind = {word for word in (found.further | found.first) if not _LIKE_NUMBER.fullmatch(word)}
    few = first.width > 2 and sources.size > 1 and kinds.size <= _MOST_KINDS and len(behind) >= 2 * kinds.size
    if few and not np.intersect1d(kinds, sources).size:
        allowed = "must be people: say which columns they stand in, counted from 1: columns = { from = 1, to = 3 }"
        raise WorldError(f"{path}: found only {names[int(kinds[0])]!r} or so in the second column, {allowed}")


def refuse_rounded(path: Path, names: list[str]) -> None:
    """Raise a WorldError where a spreadsheet has written ids so short that several people may share one."""
    odd = naming.rounded(names)
    if odd is not None:
        allowed = "must be the whole number: a spreadsheet has rounded it, format the column as text"
        raise WorldError(f"{path}: found {odd!r} as an id, {allowed}")


def whole_numbers(
    names: list[str], ends: tuple[NDArray[np.int32], NDArray[np.int32]], reading: Reading
) -> tuple[list[str], tuple[NDArray[np.int32], NDArray[np.int32]], Reading]:
    """The same where 1001.0 is 1001, if all names are whole numbers; what else reads as one number is told."""
    one = naming.grouped_twins(names)
    if one is not None:
        bare = naming.without_marks(one[1])
        allowed = f"must be written alike: one person ({one[1]!r} is {bare} with a thousands separator) or two?"
        raise WorldError(f"{reading.file}: found the ids {one[0]!r} and {one[1]!r}, {allowed}")
    decimals = [name for name in names if not name.isdecimal() and naming.is_whole(name)]
    if decimals and all(map(naming.is_whole, names)):
        known = set(names)
        mark = next((name for name in decimals if _THOUSAND.fullmatch(name) and naming.as_whole(name) in known), None)
        if mark is not None:
            allowed = f"must be written alike: {mark!r} may be a thousand, or {naming.as_whole(mark)} with decimals"
            raise WorldError(f"{reading.file}: found the ids {naming.as_whole(mark)!r} and {mark!r}, {allowed}")
        position: dict[str, int] = {}
        places = np.array([position.setdefault(naming.as_whole(name), len(position)) for name in names], np.int32)
        said = reading.told("decimals", n=len(decimals), found=decimals[0], whole=naming.as_whole(decimals[0]))
        return list(position), (places[ends[0]], places[ends[1]]), said
    twins = naming.twins(names)
    if twins is None:
        return names, ends, reading
    if not all(name.isdecimal() for name in twins):
        allowed = "must be written alike: one person or two?"
        raise WorldError(f"{reading.file}: found the ids {twins[0]!r} and {twins[1]!r}, {allowed}")
    return names, ends, reading.told("zeros", one=twins[0], other=twins[1])


def refuse_matrix(path: Path, width: int, rows: int, people: Sequence[str]) -> None:
    """Raise a WorldError where lines without column names are the rows of a matrix, from all to all."""
    if width > 2 and rows > 2 and len(people) <= 2:
        allowed = "must have one tie per line: a table from all to all is none"
        raise WorldError(f"{path}: found {rows:,} lines of {width:,} fields between {len(people):,} people, {allowed}")


def _one_name(table: TextColumns, row: int, first: FirstLine) -> None:
    """Raise the error of a line with fewer than two names."""
    number, line = _line(table, row)
    cells = table.dialect.fields(table.path, number, line)
    named = any(cells[place] for place in first.columns.both() if place < len(cells))
    said = f"one name ({short(line.strip())!r})" if named else "no name"
    total = next((cell for cell in cells if cell.casefold().rstrip(":") in TOTALS), "")
    hint = f" (leave {total!r} out)" if total else ""
    allowed = f"a tie needs two, separated by {SEPARATORS[table.dialect.separator]} as in the first line{hint}"
    raise WorldError(f"{table.path}, line {number}: found {said}, {allowed}")


def _too_wide(table: TextColumns, row: int, width: int) -> None:
    number, line = _line(table, row)
    cells = len(table.dialect.fields(table.path, number, line))
    allowed = "must be as many as column names: a name that holds the separator stands in quotation marks"
    raise WorldError(f"{table.path}, line {number}: found {cells} fields below {width} column names, {allowed}")


def _torn(table: TextColumns, row: int, word: str) -> None:
    number, _ = _line(table, row)
    allowed = "must be two names and numbers: a name with spaces stands in quotation marks, or commas separate the names"
    if table.dialect.separator:
        allowed = "must be one tie per line, as many fields in all of them"
    raise WorldError(f"{table.path}, line {number}: found {short(repr(word))} behind the names, {allowed}")


def _line(table: TextColumns, row: int) -> tuple[int, str]:
    return next(islice(table.dialect.lines(table.path), row, None))
