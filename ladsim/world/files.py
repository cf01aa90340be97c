"""Ties from a file: an edge list, GraphML, or a CRM table with a "referred by" column in, names and ties out.

An **edge list** has one tie per line, two names first (further columns, such as weights, are not read), separated by tabs,
commas, semicolons or blanks; lines that start with ``#`` and empty lines are passed over; a first line of column names is
recognised (``edge_lists``). A **CRM table** has column names and a line per customer; an empty referrer means none. A name is any
text; ``.gz`` is unpacked. pandas reads the file; only where it finds a line amiss is the file read again, line by line, to say which.

To add a format: a function ``path → Ties`` here and a line in ``read_ties``.
"""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ladsim.errors import WorldError, nearest
from ladsim.scenario.spec import Graph
from ladsim.world.edge_lists import read_edge_list
from ladsim.world.edges import Ties
from ladsim.world.graph import adjacency
from ladsim.world.text_files import MOST_IN_A_NAME, fields, lines, separator_of, short, too_long, whole_text, without_comments

if TYPE_CHECKING:
    import networkx

_NO_REFERRER = frozenset(["", "na", "n/a", "nan", "none", "null"])


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
        twice = Counter(names).most_common(1)[0][0]
        raise WorldError(f"graph: found two nodes that both read {twice!r}, must have different names as text")
    if not names:
        raise WorldError("graph: found a graph without nodes, must have at least one")
    directed = graph.is_directed()
    if graph.is_multigraph():  # ties given twice are told
        place = {node: row for row, node in enumerate(graph)}
        ends = np.array([(place[one], place[other]) for one, other in graph.edges()], np.int32).reshape(-1, 2)
        return Ties(names, ends[:, 0].copy(), ends[:, 1].copy(), directed)
    sources, targets = adjacency(graph, list(graph), in_order=True)
    if not directed:
        once = sources <= targets
        sources, targets = sources[once], targets[once]
    return Ties(names, sources, targets, directed)


def read_referrals(path: Path, id_column: str, referrer_column: str, directed: bool = False) -> Ties:
    """The ties of a CRM table: referrer → customer. Everybody in either column is a customer."""
    import pandas

    text = whole_text(path)
    line_number, first = next(lines([text]), (0, ""))
    if not first:
        raise WorldError(f"{path}: found an empty table, must have a line of column names and a line per customer")
    separator = separator_of(first)
    columns = fields(path, line_number, first, separator)
    for key, wanted in (("id_column", id_column), ("referrer_column", referrer_column)):
        if wanted not in columns:
            near = nearest(wanted, columns)
            allowed = f"the columns are {', '.join(columns)}" + (f" (did you mean {near!r}?)" if near else "")
            raise WorldError(f"{path}, line {line_number}: found no column {wanted!r} for {key}, {allowed}")
    body = without_comments(text)
    try:
        table = pandas.read_csv(
            io.StringIO(body), sep=separator or r"\s+", dtype=str, na_filter=False, skipinitialspace=True,
            usecols=list({columns.index(id_column), columns.index(referrer_column)}),
        )  # fmt: skip
    except (pandas.errors.ParserError, ValueError) as error:
        raise WorldError(f"{path}: cannot be read ({short(error)}), must have as many columns in every line") from None
    table.columns = table.columns.str.strip()
    ids, referrers = (table[column].fillna("").str.strip() for column in (id_column, referrer_column))
    if not len(ids):
        raise WorldError(f"{path}: found column names but no customers, must have a line per customer")
    if (ids == "").any():
        at = _nth_record(text, 1 + int(np.flatnonzero(ids == "")[0]))
        raise WorldError(f"{path}, line {at}: found no {id_column!r}, every customer needs one")
    for column in (ids, referrers):
        if int((length := column.str.len()).max()) > MOST_IN_A_NAME:
            at = int(length.argmax())
            raise too_long(path, _nth_record(text, 1 + at), int(length.iloc[at]))
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

    text = whole_text(path)
    try:
        graph = networkx.parse_graphml(text)
    except ParseError as error:
        raise WorldError(f"{path}, line {error.position[0]}: found {short(error)}, must be GraphML") from None
    except Exception as error:  # networkx lets KeyError, ValueError, NetworkXError … through
        raise WorldError(f"{path}: found {short(error)}, must be GraphML") from None
    if not len(graph):
        raise WorldError(f"{path}: found a graph without nodes, must have at least one")
    index = {node: row for row, node in enumerate(graph)}
    ends = np.array([(index[a], index[b]) for a, b, *_ in graph.edges()], np.int32).reshape(-1, 2)
    notes: tuple[str, ...] = ()
    if directed and not graph.is_directed():
        notes = (f"{path.name}: directed = true, but the file has ties without direction: both ways",)
    sources, targets = np.ascontiguousarray(ends[:, 0]), np.ascontiguousarray(ends[:, 1])
    return Ties([str(node) for node in graph], sources, targets, graph.is_directed(), notes)


def _nth_record(text: str, n: int) -> int:
    """Line number of the n-th line after the column names."""
    return next((number for i, (number, _) in enumerate(lines([text])) if i == n), 0)
