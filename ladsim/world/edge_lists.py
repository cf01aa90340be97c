"""Edge lists, of a hundred million lines too: a file in, names, ties and weights out, read in blocks.

One tie per line, its two ends in the columns that ``first_line`` finds; comments and separators are those of ``dialects``. Every cell of
those columns that is not empty is a person.

Two ways lead to the same ties. Where a large file is plainly two whole numbers a line, compiled code reads it (``integer_edges``):
8 bytes a line and up to 48 a name. Everything else, and weights, pandas reads, in parts (``text_ties``).
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import WorldError
from ladsim.scenario.spec import Graph
from ladsim.world import integer_edges, text_ties
from ladsim.world.dialects import MARKS, Dialect, dialect_of
from ladsim.world.edges import Ties
from ladsim.world.first_line import FirstLine, first_line
from ladsim.world.names import Numerals, is_number
from ladsim.world.reading import Reading
from ladsim.world.text_files import BLOCK, Encoding, byte_blocks

LEAST_BYTES = 1 << 22  # below, pandas is quick enough
_ROWS = 1_000_000  # numbers that are put into the hash table at once
_LONE = re.compile(rb"(?m)^[ \t]*#[ \t]*\r?$")
_COMMENTS = re.compile(rb"(?m)^[ \t]*([#%])")


def read_edge_list(path: Path, asked: Graph | None = None) -> Ties:
    """The ties of an edge list, read as the scenario asks. Raises WorldError with file and line."""
    asked = Graph(kind="file", path=str(path)) if asked is None else asked
    encoding = Encoding()
    dialect = dialect_of(path, asked.comments, encoding)
    first = first_line(path, dialect, asked)
    ties = numbers(path, dialect, first, asked) if path.stat().st_size >= LEAST_BYTES else None
    ties = text_ties.read(path, dialect, first, asked) if ties is None else ties
    return ties if dialect.size is None else _matrix(path, dialect.size, ties)


def _matrix(path: Path, size: tuple[int, int, int, bool], ties: Ties) -> Ties:
    """The ties of a square matrix: a person a row, also where nothing stands in it."""
    line, rows, entries, both_ways = size
    own = np.array([int(name) if is_number(name) else 0 for name in ties.names], np.int64)
    if not ((own >= 1) & (own <= rows)).all() or ties.sources.size != entries:
        found = f"{ties.sources.size:,} entries between rows {int(own.min()):,} and {int(own.max()):,}"
        raise WorldError(f"{path}: found {found}, must be {entries:,} between 1 and {rows:,}, as line {line} says")
    sources, targets = ((own[ends] - 1).astype(np.int32) for ends in (ties.sources, ties.targets))
    reading = Reading(ties.reading.file, ties.reading.facts, ties.reading.left).told("size_line", line=line)
    if both_ways and ties.directed:
        reading = reading.told("both_ways")
    names = Numerals(np.arange(1, rows + 1, dtype=np.uint64))
    return Ties(names, sources, targets, ties.directed and not both_ways, reading, ties.weights)


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


def numbers(path: Path, dialect: Dialect, first: FirstLine, asked: Graph) -> Ties | None:
    """The ties of a file of whole numbers, by compiled code; None where there is anything else in it, or other columns are asked for."""
    header = _plain_header(dialect, first, asked)
    if header is None:
        return None
    separator, size, comments = ord(dialect.separator or " "), path.stat().st_size, dict.fromkeys(MARKS, 0)
    ends, positions, skipped = _Ends(0), None, first.number if header and not first.comment else dialect.begin
    for block, text in enumerate(byte_blocks(path)):
        if block == 0:
            text = _behind(text, skipped)
        if not text.endswith(b"\n"):
            text += b"\n"
        found = np.empty(len(text) // 4 * 2 + 2, np.uint64)
        made = integer_edges.pairs(np.frombuffer(text, np.uint8), separator, found)
        if made < 0:
            return None
        if any(mark.encode() in text for mark in MARKS):
            if dialect.comments is None and (lone := _LONE.search(text)) and (ends.count or text[: lone.start()].strip()):
                return None  # perhaps TGF
            for mark in _COMMENTS.findall(text):
                comments[mark.decode()] += 1
        if block == 0 and path.suffix != ".gz":
            ends.make_room(int(made // 2 * 1.02 * size / max(len(text), 1)))
        ends.make_room(made // 2)
        positions = _take(found[:made], ends, positions)
    if not ends.count:
        return None
    ends.close()
    names = _ascending(ends, positions)
    if not header:
        text_ties.refuse_matrix(path, first.width, ends.count, names)
    return Ties(names, ends.sources, ends.targets, asked.directed, first.reading(path, header, comments))


def _plain_header(dialect: Dialect, first: FirstLine, asked: Graph) -> bool | None:
    """Whether the first line is a header, if all below are two whole numbers a line; None where that is not to be read so."""
    if first.columns.both() != (0, 1) or first.columns.weight is not None or first.shift or dialect.comments == "none":
        return None
    if first.comment:
        return True
    if first.header is True or len(first.cells) < 2:
        return True if len(first.cells) >= 2 else None
    whole = [is_number(end) for end in first.ends]
    if all(whole):
        return False
    return True if not any(map(str.isdecimal, first.ends)) and all(first.ends) and first.header is None else None


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
