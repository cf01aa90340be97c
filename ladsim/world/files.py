"""Ties from a file: an edge list (``edge_lists``), a table of customers (``people_files``) or a graph program's file (``graph_files``).

In: what a scenario says of the file. Out: names, ties, weights, and what is to be told. ``.gz`` is unpacked. Which format it is, the
scenario says, else the file's name, else what the file begins with.

To add a format: see ``graph_files``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path

from ladsim.errors import WorldError
from ladsim.scenario.look_alikes import twins_to_the_eye
from ladsim.scenario.spec import Graph
from ladsim.world.edge_lists import read_edge_list
from ladsim.world.edges import Ties
from ladsim.world.graph_files import BEGINNINGS, ENDINGS, like_tgf, read_graph
from ladsim.world.names import Numerals, nearly_twins
from ladsim.world.people_files import read_referrals
from ladsim.world.text_files import text_blocks

MOST_SIGNS = 3  # that are named, of those in which two names differ
MOST_LOOKED_AT = 20_000  # characters by which a format is known
INSTEAD = "save it as GraphML or as an edge list"
# What is refused by its name: most of these look like an edge list, and none is.
_REFUSED = {
    ".lgl": "a list of neighbours (LGL)",
    ".sif": "a file of Cytoscape (SIF), whose second column is no person",
    ".graph": "a list of neighbours (METIS)",
    ".g6": "graph6",
    ".s6": "sparse6",
    ".d6": "digraph6",
    ".##h": "a file of UCINET in its own form",
    ".##d": "a file of UCINET in its own form",
}


def read_ties(graph: Graph) -> Ties:
    """The ties of a graph with kind "file" or "referred_by". Raises WorldError with file and line."""
    if not graph.path:
        raise WorldError(f'graph: found kind = {graph.kind!r} without a path, must name a file: path = "ties.csv"')
    path = Path(graph.path)
    if graph.kind == "referred_by":
        ties = read_referrals(path, graph.id_column or "id", graph.referrer_column or "referred_by", graph.directed)
    elif (kind := graph.format or format_of(path)) != "edge_list":
        ties = read_graph(path, kind, graph.directed, graph.weights)
    else:
        ties = read_edge_list(path, graph)
    return _with_look_alikes(ties)


def _with_look_alikes(ties: Ties) -> Ties:
    """The same, and that some names look the same, or nearly, where they do: each stays a person of its own."""
    if isinstance(ties.names, Numerals):
        return ties
    if nearly := nearly_twins(ties.names):
        one, other = nearly[0]
        ties = replace(ties, reading=ties.reading.told("nearly_alike", n=len(nearly), one=one, other=other))
    pairs = twins_to_the_eye(ties.names)
    if not pairs:
        return ties
    one, other = pairs[0]
    signs = ", ".join(unicodedata.name(sign, "?").title() for sign in sorted(set(other) - set(one))[:MOST_SIGNS])
    key, more = ("look_alike", {"signs": signs}) if signs else ("look_alike_blanks", {})
    alike = len({name for pair in pairs for name in pair})
    return replace(ties, reading=ties.reading.told(key, n=alike, name=one, **more))


def format_of(path: Path) -> str:
    """The format of a file, by its name, else by what it begins with."""
    name = path.name.lower().removesuffix(".gz")
    refused = next((said for ending, said in _REFUSED.items() if name.endswith(ending)), "")
    if refused:
        raise WorldError(f'{path}: found {refused}: {INSTEAD} (an edge list under this name needs format = "edge_list")')
    known = next((kind for ending, kind in ENDINGS.items() if name.endswith(ending)), "")
    if known:
        return known
    text = next(text_blocks(path), "")[:MOST_LOOKED_AT].lstrip()  # patterns take long over many spaces
    if "#" in text and like_tgf(text):
        return "tgf"
    return next(
        (kind for pattern, kind in BEGINNINGS.items() if re.match(pattern, text)),
        "graphml" if name.endswith(".xml") else "edge_list",
    )
