"""Edge lists, of a hundred million lines too: a file in, names and ties out, read in blocks.

One tie per line, two names first (further columns, such as weights, are not read), separated by tabs, commas, semicolons or blanks;
lines that start with ``#`` and empty lines are passed over; a first line of column names is recognised.

Two ways lead to the same ties. Where a large file is plainly two whole numbers a line, compiled code reads it (``integer_edges``):
8 bytes a line and up to 48 a name. Everything else pandas reads, in parts, with one Python string a name: 8 bytes a line, about 200 a
name, and ten times the time. Only where a line is amiss is the file read again, line by line, to say which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import WorldError
from ladsim.world import integer_edges
from ladsim.world.edges import Ties
from ladsim.world.names import Numerals, is_number
from ladsim.world.text_files import (
    BLOCK,
    MOST_IN_A_NAME,
    SEPARATORS,
    Blocks,
    byte_blocks,
    empty,
    fields,
    lines,
    separator_of,
    short,
    text_blocks,
)

LEAST_BYTES = 1 << 22  # below, pandas is quick enough
_ROWS = 1_000_000  # lines that pandas reads at once
_USUAL = (
    "source target from to sender receiver ego alter src dst node_1 node_2 node1 node2 node_a node_b id_1 id_2 id1 id2 "
    "user_1 user_2 user1 user2 user friend customer referrer fromnodeid tonodeid from_id to_id"
)
_COLUMN_NAMES = frozenset(_USUAL.split())


@dataclass(frozen=True)
class _First:
    """The first line that says something."""

    number: int
    separator: str
    fields: list[str]

    def notes(self, path: Path, header: bool) -> tuple[str, ...]:
        """What a user should know about how the file was read."""
        notes = [f"{path.name}: line {self.number} read as column names ({self.fields[0]}, {self.fields[1]})"] if header else []
        if len(self.fields) > 2:
            notes.append(f"{path.name}: {len(self.fields)} columns, of which the first two are read")
        return tuple(notes)


def read_edge_list(path: Path, directed: bool = False) -> Ties:
    """The ties of an edge list."""
    first = _first(path)
    ties = _numbers(path, first, directed) if path.stat().st_size >= LEAST_BYTES else None
    return ties if ties is not None else _names(path, first, directed)


def _first(path: Path) -> _First:
    said = False
    for text in text_blocks(path):
        said = said or bool(text.strip())
        number, line = next(lines([text]), (0, ""))
        if line:
            separator = separator_of(line)
            return _First(number, separator, fields(path, number, line, separator))
    raise WorldError(f"{path}: found no ties, must have one per line: two names") if said else empty(path)


class _Ends:
    """Ends of ties that grow as lines are read; `room` lines are expected."""

    def __init__(self, room: int) -> None:
        self.count = 0
        self.sources, self.targets = np.empty(room, np.int32), np.empty(room, np.int32)

    def make_room(self, more: int) -> None:
        """Room for so many lines more. The system moves large arrays by renaming pages, not by copying."""
        needed = self.count + more
        if needed > self.sources.size:
            size = max(needed, self.sources.size + self.sources.size // 4)
            self.sources.resize(size, refcheck=False)
            self.targets.resize(size, refcheck=False)

    def close(self) -> None:
        """Give back what was too much."""
        self.sources.resize(self.count, refcheck=False)
        self.targets.resize(self.count, refcheck=False)


def _numbers(path: Path, first: _First, directed: bool) -> Ties | None:
    """The ties of a file of whole numbers, by compiled code; None where there is anything else in it."""
    header = not any(name.isdecimal() for name in first.fields[:2])
    if len(first.fields) < 2 or not (all(first.fields[:2]) if header else all(map(is_number, first.fields[:2]))):
        return None
    separator, size = ord(first.separator or " "), path.stat().st_size
    ends, positions = _Ends(0), None
    for block, text in enumerate(byte_blocks(path)):
        if header and block == 0:
            text = _behind(text, first.number)
        if not text.endswith(b"\n"):
            text += b"\n"
        numbers = np.empty(len(text) // 4 * 2 + 2, np.uint64)
        made = integer_edges.pairs(np.frombuffer(text, np.uint8), separator, numbers)
        if made < 0:
            return None
        if block == 0 and path.suffix != ".gz":
            ends.make_room(int(made // 2 * 1.02 * size / len(text)))
        ends.make_room(made // 2)
        positions = _take(numbers[:made], ends, positions)
    if not ends.count:
        return None
    ends.close()
    return Ties(_ascending(ends, positions), ends.sources, ends.targets, directed, first.notes(path, header))


def _behind(text: bytes, line: int) -> bytes:
    """What follows after so many lines."""
    at = 0
    for _ in range(line):
        at = text.find(b"\n", at) + 1 or len(text)
    return text[at:]


def _take(numbers: NDArray[np.uint64], ends: _Ends, positions: integer_edges.Positions | None) -> integer_edges.Positions | None:
    """Keep the numbers of a block; from the first large number on as positions in a hash table."""
    if positions is None:
        if integer_edges.keep(numbers, ends.sources, ends.targets, ends.count):
            ends.count += numbers.size // 2
            return None
        positions = _hashed(ends)
    positions.write(numbers, ends.sources, ends.targets, ends.count)
    ends.count += numbers.size // 2
    return positions


def _hashed(ends: _Ends) -> integer_edges.Positions:
    """Positions for the numbers kept so far, which they take the place of."""
    positions = integer_edges.Positions()
    for at in range(0, ends.count, _ROWS):
        part = slice(at, min(at + _ROWS, ends.count))
        numbers = np.stack([ends.sources[part], ends.targets[part]], axis=1).astype(np.uint64).ravel()
        positions.write(numbers, ends.sources, ends.targets, at)
    return positions


def _ascending(ends: _Ends, positions: integer_edges.Positions | None) -> Numerals:
    """The different numbers, ascending; `ends` become places among them."""
    if positions is None:
        most = max(int(ends.sources.max()), int(ends.targets.max()))
        if most < 8 * ends.count + BLOCK:
            return Numerals(integer_edges.ranked(ends.sources, ends.targets, np.zeros(most + 1, np.int32)))
        positions = _hashed(ends)
    numbers = positions.numbers()
    order = np.argsort(numbers, kind="stable")
    places = np.empty(order.size, np.int32)
    places[order] = np.arange(order.size, dtype=np.int32)
    for side in (ends.sources, ends.targets):
        integer_edges.renamed(side, places)
    return Numerals(numbers[order])


@dataclass
class _Header:
    """Whether the first line names columns: no numbers above a column of numbers, or two usual names that never come again."""

    first: list[str]
    others: bool = False
    usual: bool = field(init=False)
    above_numbers: bool = field(init=False)

    def __post_init__(self) -> None:
        self.above_numbers = not any(name.isdecimal() for name in self.first)
        self.usual = self.above_numbers and all(name.lower().replace(" ", "_") in _COLUMN_NAMES for name in self.first)

    def look(self, names: list[str]) -> None:
        """Look at the names of further lines."""
        self.others |= bool(names)
        self.above_numbers = self.above_numbers and all(map(str.isdecimal, names))
        self.usual = self.usual and not any(name in names for name in self.first)

    def found(self) -> bool:
        return self.usual or (self.above_numbers and self.others)


def _names(path: Path, first: _First, directed: bool) -> Ties:
    """The ties of a file of any names, by pandas."""
    position: dict[str, int] = {}
    parts: list[NDArray[np.int32]] = []
    header = _Header([])
    for names, ends in _parts(path, first):
        if not parts:
            header = _Header([names[ends[0, 0]], names[ends[1, 0]]])
            parts.append(np.empty((2, 0), np.int32))  # the first line, if it is a tie
            names, ends = _only(names, ends[:, 1:])
        header.look(names)
        places = np.array([position.setdefault(name, len(position)) for name in names], np.int32)
        parts.append(places[ends])
    if not parts:
        raise WorldError(f"{path}: cannot be read (no lines), must have two names per line")
    if not header.found():
        parts[0] = np.array([[position.setdefault(name, len(position))] for name in header.first], np.int32)
    sources, targets = (np.concatenate([part[side] for part in parts]) for side in (0, 1))
    if not sources.size:
        raise WorldError(f"{path}: found column names but no ties, must have one tie per line")
    return Ties(list(position), sources, targets, directed, first.notes(path, header.found()))


def _only(names: list[str], ends: NDArray[np.intp]) -> tuple[list[str], NDArray[np.intp]]:
    """The names that come among the ends, and the ends as positions among them."""
    kept, places = np.unique(ends, return_inverse=True)
    return [names[i] for i in kept.tolist()], places.reshape(ends.shape)


def _parts(path: Path, first: _First) -> Iterator[tuple[list[str], NDArray[np.intp]]]:
    """Part by part: different names, and both ends of the ties as positions among them."""
    import pandas

    body = Blocks(text_blocks(path))
    try:
        reader = pandas.read_csv(
            body, sep=first.separator or r"\s+", header=None, names=["source", "target"], usecols=[0, 1], dtype=str,
            na_filter=False, index_col=False, skipinitialspace=True, encoding_errors="strict", chunksize=_ROWS,
        )  # fmt: skip
        for table in reader:
            codes, found = pandas.factorize(pandas.concat([table["source"], table["target"]], ignore_index=True))
            names = [name.strip() for name in found.tolist()]
            if codes.min() < 0 or "" in names:
                _explain(path, first.separator)
                raise WorldError(f"{path}: cannot be read (a tie with one name), must have two names per line")
            if max(map(len, names)) > MOST_IN_A_NAME:
                _explain(path, first.separator)
                raise WorldError(f"{path}: cannot be read (a name of {max(map(len, names)):,} characters)")
            if len(set(names)) == len(names):
                yield names, codes.reshape(2, -1)
            else:  # some differed only in the blanks around them
                position: dict[str, int] = {}
                places = np.array([position.setdefault(name, len(position)) for name in names], np.intp)
                yield list(position), places[codes].reshape(2, -1)
    except (pandas.errors.ParserError, ValueError) as error:
        if body.problem is not None:
            raise body.problem from None
        if "out of memory" in str(error):
            raise MemoryError(str(error)) from None
        _explain(path, first.separator)
        raise WorldError(f"{path}: cannot be read ({short(error)}), must have two names per line") from None


def _explain(path: Path, separator: str) -> None:
    """Raise a WorldError for the first line with fewer than two names, or with one that is too long for a name."""
    for number, line in lines(text_blocks(path)):
        found = fields(path, number, line, separator)
        if len(found) < 2 or not found[0] or not found[1]:
            said = f"one name ({short(line.strip())!r})" if any(found) else "no name"
            allowed = f"a tie needs two, separated by {SEPARATORS[separator]} as in the first line"
            raise WorldError(f"{path}, line {number}: found {said}, {allowed}")
