"""Ties from a file: an edge list (``edge_lists``), a table of customers (``people_files``) or a graph program's file (``graph_files``).

In: what a scenario says of the file. Out: names, ties, weights, and what is to be told. ``.gz`` is unpacked. Which format it is, the
scenario says, else the file's name, else what the file begins with.

To add a format: see ``graph_files``.
"""

from __future__ import annotations

import re
from pathlib import Path

from ladsim.errors import WorldError
from ladsim.scenario.spec import Graph
from ladsim.world.edge_lists import read_edge_list
from ladsim.world.edges import Ties
from ladsim.world.graph_files import BEGINNINGS, ENDINGS, read_graph
from ladsim.world.people_files import read_referrals
from ladsim.world.text_files import text_blocks

MOST_LOOKED_AT = 20_000  # characters by which a format is known


def read_ties(graph: Graph) -> Ties:
    """The ties of a graph with kind "file" or "referred_by". Raises WorldError with file and line."""
    if not graph.path:
        raise WorldError(f'graph: found kind = {graph.kind!r} without a path, must name a file: path = "ties.csv"')
    path = Path(graph.path)
    if graph.kind == "referred_by":
        return read_referrals(path, graph.id_column or "id", graph.referrer_column or "referred_by", graph.directed)
    kind = graph.format or format_of(path)
    if kind != "edge_list":
        return read_graph(path, kind, graph.directed, graph.weights)
    return read_edge_list(path, graph)


def format_of(path: Path) -> str:
    """The format of a file, by its name, else by what it begins with."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(".lgl"):
        raise WorldError(f"{path}: found a list of neighbours (LGL), must be an edge list, GraphML, GML, GEXF or Pajek")
    known = next((kind for ending, kind in ENDINGS.items() if name.endswith(ending)), "")
    if known:
        return known
    text = next(text_blocks(path), "")[:MOST_LOOKED_AT].lstrip()  # patterns take long over many blanks
    return next(
        (kind for pattern, kind in BEGINNINGS.items() if re.match(pattern, text)),
        "graphml" if name.endswith(".xml") else "edge_list",
    )
