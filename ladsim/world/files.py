"""Ties from a file: an edge list, GraphML, or a CRM table with a "referred by" column in, names and ties out.

An **edge list** has one tie per line, two names first (further columns, such as weights, are not read), separated by tabs,
commas, semicolons or blanks; lines that start with ``#`` and empty lines are passed over; a first line of column names is
recognised. A **CRM table** has column names and a line per customer; an empty referrer means none. A name is any text; ``.gz`` is
unpacked. pandas reads the file; only where it finds a line amiss is the file read again, line by line, to say which.

To add a format: a function ``path → Ties`` here and a line in ``read_ties``.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import WorldError, nearest
from ladsim.scenario.spec import Graph

if TYPE_CHECKING:
    import networkx
    import pandas

_SEPARATORS = {"\t": "tabs", ",": "commas", ";": "semicolons", "": "blanks"}
_USUAL = (
    "source target from to sender receiver ego alter src dst node_1 node_2 node1 node2 node_a node_b id_1 id_2 id1 id2 "
    "user_1 user_2 user1 user2 user friend customer referrer fromnodeid tonodeid from_id to_id"
)
_COLUMN_NAMES = frozenset(_USUAL.split())
_NO_REFERRER = frozenset(["", "na", "n/a", "nan", "none", "null"])


@dataclass(frozen=True)
class Ties:
    """What a file says: different names, and ties by position in `names`."""

    names: Sequence[str]
    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    directed: bool
    notes: tuple[str, ...] = ()


def read_ties(graph: Graph) -> Ties:
    """The ties of a graph with kind "file" or "referred_by". Raises WorldError with file and line."""
    if not graph.path:
        raise WorldError(f'graph: found kind = {graph.kind!r} without a path, must name a file: path = "ties.csv"')
    path = Path(graph.path)
    if graph.kind == "referred_by":
        return read_referrals(path, graph.id_column or "id", graph.referrer_column or "referred_by", graph.directed)
    if graph.format == "graphml" or (graph.format is None and path.name.lower().endswith((".graphml", ".graphml.gz", ".xml"))):
        return read_graphml(path, graph.directed)
    return read_edge_list(path, graph.directed)


def networkx_ties(graph: networkx.Graph[Any]) -> Ties:
    """The ties of a networkx graph, its nodes named as text; direction is kept, weights are not read."""
    names = [str(node) for node in graph]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise WorldError(f"graph: found two nodes that both read {twice!r}, must have different names as text")
    if not names:
        raise WorldError("graph: found a graph without nodes, must have at least one")
    place = {node: row for row, node in enumerate(graph)}
    ends = np.array([(place[one], place[other]) for one, other in graph.edges()], np.int32).reshape(-1, 2)
    return Ties(names, ends[:, 0].copy(), ends[:, 1].copy(), graph.is_directed())


def read_edge_list(path: Path, directed: bool = False) -> Ties:
    """The ties of an edge list."""
    import pandas

    text = _text(path)
    line_number, first = next(_lines(text), (0, ""))
    if not first:
        raise WorldError(f"{path}: found no ties, must have one per line: two names")
    separator = next(mark for mark in _SEPARATORS if mark == "" or mark in first)
    body = re.sub(r"(?m)^[ \t]*#.*$", "", text) if "#" in text else text
    try:
        table = pandas.read_csv(
            io.StringIO(body), sep=separator or r"\s+", header=None, names=["source", "target"], usecols=[0, 1], dtype=str,
            na_filter=False, index_col=False, skipinitialspace=True, encoding_errors="strict",
        )  # fmt: skip
    except (pandas.errors.ParserError, ValueError) as error:
        _explain(path, text, separator)
        raise WorldError(f"{path}: cannot be read ({_short(error)}), must have two names per line") from None
    sources, targets = (table[column].fillna("").str.strip() for column in ("source", "target"))
    if ((sources == "") | (targets == "")).any():
        _explain(path, text, separator)
    notes: list[str] = []
    if _is_header(sources, targets):
        notes.append(f"{path.name}: line {line_number} read as column names ({sources.iloc[0]}, {targets.iloc[0]})")
        sources, targets = sources.iloc[1:], targets.iloc[1:]
    if not len(sources):
        raise WorldError(f"{path}: found column names but no ties, must have one tie per line")
    fields = len(_fields(first, separator))
    if fields > 2:
        notes.append(f"{path.name}: {fields} columns, of which the first two are read")
    codes, names = pandas.factorize(pandas.concat([sources, targets], ignore_index=True))
    ends = codes.astype(np.int32)
    return Ties(names.tolist(), ends[: len(sources)], ends[len(sources) :], directed, tuple(notes))


def read_referrals(path: Path, id_column: str, referrer_column: str, directed: bool = False) -> Ties:
    """The ties of a CRM table: referrer → customer. Everybody in either column is a customer."""
    import pandas

    text = _text(path)
    line_number, first = next(_lines(text), (0, ""))
    if not first:
        raise WorldError(f"{path}: found an empty table, must have a line of column names and a line per customer")
    separator = next(mark for mark in _SEPARATORS if mark == "" or mark in first)
    columns = _fields(first, separator)
    for key, wanted in (("id_column", id_column), ("referrer_column", referrer_column)):
        if wanted not in columns:
            near = nearest(wanted, columns)
            allowed = f"the columns are {', '.join(columns)}" + (f" (did you mean {near!r}?)" if near else "")
            raise WorldError(f"{path}, line {line_number}: found no column {wanted!r} for {key}, {allowed}")
    body = re.sub(r"(?m)^[ \t]*#.*$", "", text) if "#" in text else text
    try:
        table = pandas.read_csv(
            io.StringIO(body), sep=separator or r"\s+", dtype=str, na_filter=False, skipinitialspace=True,
            usecols=list({columns.index(id_column), columns.index(referrer_column)}),
        )  # fmt: skip
    except (pandas.errors.ParserError, ValueError) as error:
        raise WorldError(f"{path}: cannot be read ({_short(error)}), must have as many columns in every line") from None
    table.columns = table.columns.str.strip()
    ids, referrers = (table[column].fillna("").str.strip() for column in (id_column, referrer_column))
    if not len(ids):
        raise WorldError(f"{path}: found column names but no customers, must have a line per customer")
    if (ids == "").any():
        at = _nth_record(text, separator, 1 + int(np.flatnonzero(ids == "")[0]))
        raise WorldError(f"{path}, line {at}: found no {id_column!r}, every customer needs one")
    tied = ~referrers.str.lower().isin(_NO_REFERRER)
    codes, names = pandas.factorize(pandas.concat([ids, referrers[tied]], ignore_index=True))
    ends = codes.astype(np.int32)
    customers = ends[: len(ids)]
    listed = int(customers.max()) + 1
    added = len(names) - listed
    notes = [f"{path.name}: referrers without a line of their own, added: {added:,}"] if added else []
    return Ties(names.tolist(), ends[len(ids) :], customers[tied.to_numpy()], directed, tuple(notes))


def read_graphml(path: Path, directed: bool = False) -> Ties:
    """The ties of a GraphML file, with the direction it states."""
    from xml.etree.ElementTree import ParseError

    import networkx

    text = _text(path)
    try:
        graph = networkx.parse_graphml(text)
    except ParseError as error:
        raise WorldError(f"{path}, line {error.position[0]}: found {_short(error)}, must be GraphML") from None
    except Exception as error:  # networkx lets KeyError, ValueError, NetworkXError … through
        raise WorldError(f"{path}: found {_short(error)}, must be GraphML") from None
    if not len(graph):
        raise WorldError(f"{path}: found a graph without nodes, must have at least one")
    index = {node: row for row, node in enumerate(graph)}
    ends = np.array([(index[a], index[b]) for a, b, *_ in graph.edges()], np.int32).reshape(-1, 2)
    notes: tuple[str, ...] = ()
    if directed and not graph.is_directed():
        notes = (f"{path.name}: directed = true, but the file has ties without direction: both ways",)
    sources, targets = np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1])
    return Ties([str(node) for node in graph], sources, targets, graph.is_directed(), notes)


def _text(path: Path) -> str:
    """The text of a file, or a WorldError that says why there is none."""
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except FileNotFoundError:
        near = nearest(path.name, [other.name for other in path.parent.iterdir()]) if path.parent.is_dir() else ""
        raise WorldError(f"{path}: found no such file" + (f" (did you mean {near!r}?)" if near else "")) from None
    except (OSError, EOFError, zlib.error) as error:
        raise WorldError(f"{path}: cannot be read: {_short(error)}") from None
    if not data.strip():
        raise WorldError(f"{path}: found an empty file, must have one tie or customer per line")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise WorldError(f"{path}, line {line}: found bytes that are not text, must be a text file in UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise WorldError(f"{path}, line {line}: found bytes that are not text, must be a text file in UTF-8")
    return text


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """(line number, line) of all lines that say something."""
    for number, line in enumerate(io.StringIO(text), 1):
        stripped = line.rstrip("\r\n")
        if stripped.strip() and not stripped.lstrip().startswith("#"):
            yield number, stripped


def _fields(line: str, separator: str) -> list[str]:
    if not separator:
        return line.split()
    return [field.strip() for field in next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])]


def _explain(path: Path, text: str, separator: str) -> None:
    """Raise a WorldError for the first line with fewer than two names."""
    for number, line in _lines(text):
        fields = _fields(line, separator)
        if len(fields) < 2 or not fields[0] or not fields[1]:
            found = f"one name ({_short(line.strip())!r})" if any(fields) else "no name"
            allowed = f"a tie needs two, separated by {_SEPARATORS[separator]} as in the first line"
            raise WorldError(f"{path}, line {number}: found {found}, {allowed}")


def _nth_record(text: str, separator: str, n: int) -> int:
    """Line number of the n-th line after the column names."""
    return next((number for i, (number, _) in enumerate(_lines(text)) if i == n), 0)


def _is_header(sources: pandas.Series[str], targets: pandas.Series[str]) -> bool:
    """Whether the first line names columns: no numbers above a column of numbers, or two usual names that never come again."""
    first = (sources.iloc[0], targets.iloc[0])
    if any(name.isdecimal() for name in first):
        return False
    if len(sources) > 1 and sources.iloc[1:].str.isdecimal().all() and targets.iloc[1:].str.isdecimal().all():
        return True
    usual = all(name.lower().replace(" ", "_") in _COLUMN_NAMES for name in first)
    return usual and not sources.iloc[1:].isin(first).any() and not targets.iloc[1:].isin(first).any()


def _short(error: object) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 100 else text[:99] + "…"
