"""Ties from files of graph programs: GraphML, GML, GEXF and Pajek, by networkx, and TGF; and from a networkx graph.

In: a path. Out: `Ties`, with the direction that the file states (TGF states none: the scenario does). People are called by their labels
where every one has its own, else by the file's ids. A group of GraphML or GEXF is no person; its members are. A part that could not be kept
whole (several graphs, ties of groups, ties of both kinds, ties of more than two) is refused. Weights count with ``weights = "use"``.

To add a format: a function ``(path, text) → networkx graph`` and a line in `READERS`; what its files begin with, in `BEGINNINGS`.
"""

from __future__ import annotations

import io
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np

from ladsim.errors import WorldError
from ladsim.world.column_names import WEIGHTS
from ladsim.world.edges import Ties
from ladsim.world.graph import adjacency
from ladsim.world.names import plain_name
from ladsim.world.reading import Reading
from ladsim.world.text_files import Encoding, short, whole_text
from ladsim.world.weights import WeightColumn

if TYPE_CHECKING:
    import networkx

    Graph = networkx.Graph[Any]

GROUPS = "groups"  # where a graph says how many groups were passed over
_WEIGHT = "weight of a tie that says none"
_ASKED = "direction is the scenario's to say"
_LABELS = ("label", "name")
_GEXF = {"http://gexf.net/1.3": "1.3", "http://www.gexf.net/1.1draft": "1.1draft"}
_MULTI = re.compile(r"(graph\s*\[)", re.IGNORECASE)


def read_graph(path: Path, kind: str, directed: bool = False, weights: str | None = None) -> Ties:
    """The ties of a graph file of a format in `READERS`. Raises WorldError where it cannot be kept whole."""
    encoding = Encoding()
    text = whole_text(path, encoding)
    name, reader = READERS[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            graph = reader(path, text)
        except WorldError:
            raise
        except ElementTree.ParseError as error:
            raise WorldError(f"{path}, line {error.position[0]}: found {short(error)}, must be {name}") from None
        except Exception as error:  # networkx lets KeyError, ValueError, NetworkXError … through
            raise WorldError(f"{path}: found {short(error)}, must be {name}") from None
    if not len(graph):
        raise WorldError(f"{path}: found a graph without nodes, must have at least one")
    if graph.graph.get(_ASKED) and not directed:
        graph = graph.to_undirected(as_view=False)
    reading = Reading(path.name).told("format", name=name).passed("groups", n=graph.graph.get(GROUPS, 0))
    if encoding.name:
        reading = reading.told("encoding", name=encoding.name)
    if directed and not graph.is_directed():
        reading = reading.told("both_ways")
    names, reading = _labelled(graph, reading)
    return _ties(graph, names, reading, weights, path)


def networkx_ties(graph: Graph, weights: str | None = None, called: str = "graph") -> Ties:
    """The ties of a networkx graph, its nodes named as text; direction is kept, weights with `weights` = "use"."""
    names = [plain_name(str(node)) for node in graph]
    if len(set(names)) < len(names):
        twice = Counter(names).most_common(1)[0][0]
        raise WorldError(f"graph: found two nodes that both read {twice!r}, must have different names as text")
    if not names:
        raise WorldError("graph: found a graph without nodes, must have at least one")
    return _ties(graph, names, Reading(called), weights, Path(called))


def _ties(graph: Graph, names: list[str], reading: Reading, weights: str | None, path: Path) -> Ties:
    """The ties of a graph whose nodes have these names."""
    directed = graph.is_directed()
    if weights == "use" or graph.is_multigraph():  # ties given twice are told
        place = {node: row for row, node in enumerate(graph)}
        ends = np.array([(place[one], place[other]) for one, other in graph.edges()], np.int32).reshape(-1, 2)
        sources, targets = ends[:, 0].copy(), ends[:, 1].copy()
    else:
        sources, targets = adjacency(graph, list(graph), in_order=True)
        if not directed:
            once = sources <= targets
            sources, targets = sources[once], targets[once]
    found, reading = _weights(graph, reading, weights, path)
    if found is not None:
        tied = found > 0.0
        sources, targets, found = sources[tied], targets[tied], found[tied]
    return Ties(names, sources, targets, directed, reading, found)


def _weights(graph: Graph, reading: Reading, weights: str | None, path: Path) -> tuple[Any, Reading]:
    """The weights of a graph's ties, where they are asked for; where not, that there are some is told."""
    called = _weights_name(graph)
    all_said: Any = graph.edges(data=called, default=None)
    values: dict[object, None] = {}
    for _, _, value in all_said:
        values[value] = None
        if len(values) > 1 and weights != "use":
            break
    if not set(values) - {None}:
        if weights == "use":
            raise WorldError(f'{path}: weights: found no ties with a "weight", must have one to use')
        return None, reading
    if weights != "use":
        key = "ignored_weights" if weights == "ignore" else "unused_weights"
        return None, reading.passed(key, column=called) if len(values) > 1 else reading
    column = WeightColumn(path, ",")
    usual = graph.graph.get(_WEIGHT)
    said = [str(usual if value is None else value) for _, _, value in all_said]
    if "None" in said:
        raise WorldError(
            f"{path}: weights: found {said.count('None'):,} of {len(said):,} ties without a weight, must have one each"
        )
    numbers = {text: column.number(text, 0) for text in dict.fromkeys(said)}
    return column.used(np.array([numbers[text] for text in said], np.float64), called, reading)


def _weights_name(graph: Graph) -> str:
    """What the weights of ties are called in the file: "weight", or a word for it; "value" in GML, as Newman's and Gephi's files have it."""
    others: dict[str, bool] = {}  # name → whether all of them are numbers
    for *_, said in graph.edges(data=True):
        for name, value in said.items():
            if name == "weight":
                return name
            if others.get(name, name.casefold() in (*WEIGHTS, "value")):
                others[name] = _number(str(value)) is not None
    return min((name for name, numbers in others.items() if numbers), default="weight")


def _labelled(graph: Graph, reading: Reading) -> tuple[list[str], Reading]:
    """What people are called: by labels where each has its own, else by ids."""
    ids = [plain_name(str(node)) for node in graph]
    for key in _LABELS:
        labels = [plain_name(str(data.get(key, "") or "")) for _, data in graph.nodes(data=True)]
        if any(labels):
            counts = Counter(labels)
            if max(counts.values()) == 1 and "" not in counts:
                return labels, reading if labels == ids else reading.told("labels", found=labels[0])
            twice = next((label for label, n in counts.items() if n > 1 and label), labels[0] or next(filter(None, labels)))
            reading = reading.told("unlabelled", found=twice)
            break
    if len(set(ids)) < len(ids):
        raise WorldError(
            f"{reading.file}: found two people called {Counter(ids).most_common(1)[0][0]!r}, must have different names"
        )
    return ids, reading


def _graphml(path: Path, text: str) -> Graph:
    """A GraphML file; groups give their members to the graph itself."""
    import networkx

    root = ElementTree.fromstring(text)
    kind = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
    if root.tag != f"{kind}graphml":
        raise WorldError(f"{path}: found <{root.tag.rpartition('}')[2]}>, must be GraphML")
    graphs = root.findall(f"{kind}graph")
    if len(graphs) != 1:
        raise WorldError(f"{path}: found {len(graphs)} graphs, must be one: save each in a file of its own, a layer for each")
    top, groups = graphs[0], set()
    for odd in ("hyperedge", "port"):
        if next(top.iter(f"{kind}{odd}"), None) is not None:
            raise WorldError(f"{path}: found <{odd}>, which no tie between two people can stand for")
    for node in list(top.iter(f"{kind}node")):
        if node.find(f"{kind}graph") is not None:
            groups.add(node.get("id"))
    nodes = [node for node in top.iter(f"{kind}node") if node.get("id") not in groups]
    edges = list(top.iter(f"{kind}edge"))
    _refuse_groups(path, {node.get("id") for node in nodes}, groups, ((e.get("source"), e.get("target")) for e in edges))
    usual = top.get("edgedefault", "undirected") == "directed"
    if any(edge.get("directed", str(usual).lower()).lower() != str(usual).lower() for edge in edges):
        raise WorldError(f"{path}: found ties with and without direction, must be of one kind")
    for inner in list(top):
        if inner.tag in (f"{kind}node", f"{kind}edge"):
            top.remove(inner)
    top.extend([*nodes, *edges])
    for key in root.findall(f"{kind}key"):  # names that programs leave out
        if key.get("attr.name") is None and key.get("yfiles.type") is None:
            key.set("attr.name", str(key.get("id")))
    if kind != "{http://graphml.graphdrawing.org/xmlns}":
        for element in root.iter():
            element.tag = "{http://graphml.graphdrawing.org/xmlns}" + element.tag.removeprefix(kind)
    graph = networkx.parse_graphml(ElementTree.tostring(root, encoding="unicode"))
    graph.graph[GROUPS] = len(groups)
    return graph


def _refuse_groups(
    path: Path, people: set[str | None], groups: set[str | None], ends: Iterator[tuple[str | None, str | None]]
) -> None:
    for pair in ends:
        for end in pair:
            if end in groups:
                raise WorldError(f"{path}: found a tie of the group {end!r}, must be of a person")
            if end not in people:
                raise WorldError(f"{path}: found a tie of {end!r}, who is none of the {len(people):,} nodes")


def _gml(_: Path, text: str) -> Graph:
    """A GML file; where ties come twice, that is counted, not refused."""
    import networkx

    text = re.sub(r"(?m)^\s*#.*$", "", text)
    try:
        return networkx.parse_gml(text, label="id")
    except networkx.NetworkXError as error:
        if "duplicated" not in str(error) or "multigraph" not in str(error):
            raise
        return networkx.parse_gml(_MULTI.sub(r"\1 multigraph 1", text, count=1), label="id")


def _gexf(path: Path, text: str) -> Graph:
    """A GEXF file of version 1.1 to 1.3; groups give their members to the graph itself."""
    import networkx

    root = ElementTree.fromstring(text)
    space = root.tag.rpartition("}")[0].lstrip("{")
    kind = f"{{{space}}}" if space else ""
    if root.tag != f"{kind}gexf":
        raise WorldError(f"{path}: found <{root.tag.rpartition('}')[2]}>, must be GEXF")
    graphs = root.findall(f"{kind}graph")
    if len(graphs) != 1:
        raise WorldError(f"{path}: found {len(graphs)} graphs, must be one")
    if graphs[0].get("mode") == "dynamic":
        raise WorldError(f"{path}: found a graph that changes in time, must be one as it stands: save it as static")
    groups = {node.get("id") for node in graphs[0].iter(f"{kind}node") if node.find(f"{kind}nodes") is not None}
    nodes = [node for node in graphs[0].iter(f"{kind}node") if node.get("id") not in groups]
    edges = list(graphs[0].iter(f"{kind}edge"))
    _refuse_groups(path, {node.get("id") for node in nodes}, groups, ((e.get("source"), e.get("target")) for e in edges))
    usual = graphs[0].get("defaultedgetype", "undirected")
    if len({(edge.get("type") or usual) == "directed" for edge in edges}) > 1:
        raise WorldError(f"{path}: found ties with and without direction, must be of one kind")
    if edges and all(edge.get("type") for edge in edges):
        graphs[0].set("defaultedgetype", str(edges[0].get("type")))
    for holder in graphs[0].findall(f"{kind}nodes"):
        holder[:] = []
        holder.extend(nodes)
        nodes = []
    version = _GEXF.get(space, "1.2draft")
    if version == "1.2draft":  # 1.2 has several addresses
        for element in root.iter():
            element.tag = "{http://www.gexf.net/1.2draft}" + element.tag.removeprefix(kind)
    graph = networkx.read_gexf(io.BytesIO(ElementTree.tostring(root)), version=version)
    graph.graph |= {GROUPS: len(groups), _WEIGHT: 1.0}
    return graph


def _pajek(path: Path, text: str) -> Graph:
    """A Pajek network: vertices, and arcs or edges or a matrix."""
    import networkx

    sections = [line.split()[0].lower().rstrip(":") for line in text.split("\n") if line.startswith("*")]
    odd = [name for name in sections if name not in ("*network", "*vertices", "*arcs", "*edges", "*matrix")]
    if odd:
        raise WorldError(f"{path}: found a part {odd[0]}, must be *Vertices with *Arcs or *Edges or *Matrix")
    if (
        sections.count("*vertices") != 1
        or len({*sections} & {"*arcs", "*edges", "*matrix"}) > 1
        or len(set(sections)) < len(sections)
    ):
        raise WorldError(f"{path}: found {', '.join(sections)}, must be one network with ties of one kind")
    lines = [line for line in text.split("\n") if not line.startswith("%")]
    graph = networkx.parse_pajek(_every_vertex(path, lines))
    graph = networkx.DiGraph(graph) if sections[-1] == "*matrix" else graph
    graph.graph[_WEIGHT] = 1.0
    return graph


def _every_vertex(path: Path, lines: list[str]) -> list[str]:
    """The lines with a line for each vertex, which Pajek lets a file leave out, and each with a label of its own."""
    at = next(i for i, line in enumerate(lines) if line.lower().startswith("*vertices"))
    words = lines[at].split()
    if len(words) < 2 or not words[1].isdecimal():
        raise WorldError(f"{path}: found {lines[at].strip()!r}, must say how many vertices: *Vertices 4")
    if len(words) > 2:
        raise WorldError(f"{path}: found {lines[at].strip()!r}, a network between two kinds of people, must be of one kind")
    end = next((i for i in range(at + 1, len(lines)) if lines[i].startswith("*")), len(lines))
    given: dict[str, str] = {}
    for line in lines[at + 1 : end]:
        if line.strip():
            number, _, rest = line.strip().partition(" ")
            given[number] = line if rest.strip() else f'{number} "{number}"'
    numbers = [str(number) for number in range(1, int(words[1]) + 1)]
    if set(given) - set(numbers):
        raise WorldError(f"{path}: found the vertex {min(set(given) - set(numbers))!r}, must be a number from 1 to {words[1]}")
    labels = Counter(re.sub(r'^\S+\s+(?:"([^"]*)"|(\S+)).*$', r"\1\2", line.strip()) for line in given.values())
    twice = next((label for label, n in labels.items() if n > 1), None)
    if twice is not None:
        raise WorldError(f"{path}: found two vertices called {twice!r}, must have different labels")
    vertices = [given.get(number, f'{number} "{number}"') for number in numbers]
    for line in lines[end + 1 :]:
        ends = line.split()[:2] if "*matrix" not in lines[end].lower() else []
        if ends and not all(one in set(numbers) for one in ends):
            raise WorldError(f"{path}: found a tie {line.strip()[:60]!r}, must be of two vertices from 1 to {words[1]}")
    return [*lines[:at], lines[at].rstrip(), *vertices, *(line for line in lines[end:] if line.strip())]


def _tgf(path: Path, text: str) -> Graph:
    """A Trivial Graph Format file: a line for each node (its id, perhaps a label), a line "#", a line for each tie (two ids, perhaps a label)."""
    import networkx

    graph: Graph = networkx.MultiDiGraph()
    graph.graph[_ASKED] = True
    behind = False
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split(None, 2 if behind else 1)
        where = f"{path}, line {number}"
        if line.strip() == "#":
            if behind:
                raise WorldError(f"{where}: found a second line of # alone, must be one, between nodes and ties")
            behind = True
        elif not words:
            continue
        elif not behind:
            if words[0] in graph:
                raise WorldError(f"{where}: found the node {words[0]!r} a second time, must have an id of its own")
            graph.add_node(words[0], label=words[1].strip() if words[1:] else words[0])
        elif len(words) < 2:
            raise WorldError(f"{where}: found one node ({words[0]!r}), a tie needs two")
        else:
            stranger = next((end for end in words[:2] if end not in graph), None)
            if stranger is not None:
                raise WorldError(
                    f"{where}: found a tie of {stranger!r}, who is none of the {len(graph):,} nodes above the line of #"
                )
            graph.add_edge(words[0], words[1], weight=_number(words[2]) if words[2:] else None)
    if not behind:
        raise WorldError(f"{path}: found no line of # alone, must have one between nodes and ties (TGF)")
    labels: Any = list(graph.edges(data=True))
    if any(said["weight"] is None for *_, said in labels):  # words, or missing: no weights
        for *_, said in labels:
            del said["weight"]
    return graph


def _number(label: str) -> str | None:
    return label.strip() if re.fullmatch(r"\s*\d+(?:[.,]\d+)?\s*", label) else None


def like_tgf(text: str) -> bool:
    """Whether a text is TGF: a line "#" alone, ids above it that are all different, and ties of them below it."""
    above, mark, below = re.sub(r"(?m)^[ \t]*#[ \t]*$", "#", text).partition("\n#\n")
    ids = [line.split(None, 1)[0] for line in above.split("\n") if line.strip()]
    ends = [line.split(None, 2)[:2] for line in below.split("\n")[:-1] or [below] if line.strip()]
    if not mark or not ids or len(set(ids)) < len(ids) or any(one.startswith(("#", "%")) for one in ids):
        return False
    known = set(ids)
    return all(len(pair) == 2 and known.issuperset(pair) for pair in ends)


READERS: dict[str, tuple[str, Callable[[Path, str], Graph]]] = {
    "graphml": ("GraphML", _graphml),
    "gml": ("GML", _gml),
    "gexf": ("GEXF", _gexf),
    "pajek": ("Pajek", _pajek),
    "tgf": ("TGF", _tgf),
}
ENDINGS = {".graphml": "graphml", ".gml": "gml", ".gexf": "gexf", ".net": "pajek", ".paj": "pajek", ".tgf": "tgf"}
BEGINNINGS = {
    r"(?s)<.*?<graphml\b|\s*<graphml\b": "graphml",
    r"(?s)<.*?<gexf\b|\s*<gexf\b": "gexf",
    r"(?is)\s*(#[^\n]*\n|\s*\w+\s+(\"[^\"]*\"|\d+)\s*\n)*\s*graph\s*\[": "gml",
    r"(?i)\s*(%[^\n]*\n)*\*(network|vertices)\b": "pajek",
}
