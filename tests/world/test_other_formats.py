"""TGF is read; formats that look like an edge list and are none are refused by name; names that look alike are told, ids with marks refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ladsim.errors import WorldError
from ladsim.i18n import Locale
from ladsim.scenario.look_alikes import twins_to_the_eye
from ladsim.scenario.spec import Graph
from ladsim.world import edge_lists
from ladsim.world.edges import Ties
from ladsim.world.files import read_ties

LABELLED = "1 Anna Berg\n2 Bo\n\n3 Carl\n#\n1 2 friend\n2 3\n"
NUMBERS = "".join(f"{one} {one}\n" for one in range(1, 6)) + "#\n1 2\n2 3\n"


def read(folder: Path, name: str, text: str, **asked: Any) -> Ties:
    """The ties of a file with this in it."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_ties(Graph.model_validate({"kind": "file", "path": str(path), **asked}))


def pairs(ties: Ties) -> list[tuple[str, str]]:
    """Both ends of each tie."""
    names = list(ties.names)
    return [(names[one], names[other]) for one, other in zip(ties.sources.tolist(), ties.targets.tolist(), strict=True)]


@pytest.mark.parametrize(("name", "asked"), [("net.tgf", {}), ("net.txt", {}), ("net.TGF", {}), ("net.dat", {"format": "tgf"})])
def test_tgf(name: str, asked: dict[str, Any], tmp_path: Path) -> None:
    """By its name, by what it begins with, or as the scenario says; labels name people, ties have the direction that the scenario says."""
    ties = read(tmp_path, name, LABELLED, **asked)
    assert pairs(ties) == [("Anna Berg", "Bo"), ("Bo", "Carl")] and not ties.directed
    assert "read as TGF" in ties.notes[0]
    assert read(tmp_path, name, LABELLED, directed=True, **asked).directed
    bare = read(tmp_path, name, "a\nb\nc\n#\na b\n", **asked)
    assert pairs(bare) == [("a", "b")] and len(bare.names) == 3


def test_weights_of_tgf(tmp_path: Path) -> None:
    """Labels of ties that are all numbers are weights, where they are asked for; words are none."""
    text = "a\nb\nc\n#\na b 2\nb c 1,5\n"
    ties = read(tmp_path, "net.tgf", text.replace("1,5", "1.5"), weights="use")
    assert ties.weights is not None and ties.weights.tolist() == [2.0, 1.5]
    assert read(tmp_path, "net.tgf", text).weights is None
    with pytest.raises(WorldError, match="no ties with a"):
        read(tmp_path, "net.tgf", text.replace("2\n", "friends\n"), weights="use")


def test_tgf_of_numbers_is_no_edge_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose nodes have their own numbers as labels: known by what it begins with, and refused where that is not seen, compiled or not."""
    assert pairs(read(tmp_path, "net.txt", NUMBERS)) == [("1", "2"), ("2", "3")]
    for least in (1 << 22, 0):
        monkeypatch.setattr(edge_lists, "LEAST_BYTES", least)
        with pytest.raises(WorldError, match=r"line 6: found a line of # alone.*TGF.*format = \"tgf\", or comments = \"#\""):
            read(tmp_path, "net.txt", NUMBERS, format="edge_list")
    assert len(read(tmp_path, "net.txt", NUMBERS, format="edge_list", comments="#").sources) == 7
    above = "#\n# friends\n#\n1 2\n2 3\n"
    assert pairs(read(tmp_path, "net.txt", above)) == [("1", "2"), ("2", "3")]


REFUSED = {
    "a.dl": ("dl nr=3, nc=3 format=edgelist2\ndata:\nAnna Bo\n", "UCINET"),
    "b.txt": ("DL\nN=3\nFORMAT = edgelist1\nDATA:\nAnna Bo\n", "UCINET"),
    "a.vna": ("*node data\nID gender\nAnna f\n*tie data\nfrom to friends\nAnna Bo 1\n", "NetDraw"),
    "a.gv": ("/* by hand */\ndigraph G {\n a -> b;\n}\n", "DOT"),
    "b.gv": ("// net\nstrict graph\n{\n a -- b\n}\n", "DOT"),
    "a.gdf": ("nodedef>name VARCHAR\nn1\nedgedef>node1 VARCHAR,node2 VARCHAR\n", "GUESS"),
    "a.sif": ("Anna pp Bo\nBo pp Carl\n", "Cytoscape"),
    "a.tlp": ('(tlp "2.3"\n(nodes 0 1)\n(edge 0 0 1)\n)\n', "Tulip"),
    "a.xgmml": ('<?xml version="1.0"?>\n<graph label="n"><node id="1"/></graph>\n', "XML that is neither"),
    "a.graph": ("4 3\n2 3\n1 3\n2 4\n", "METIS"),
    "a.g6": ("Bw\n", "graph6"),
    "a.ttl": ("@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n<#anna> foaf:knows <#bo> .\n", "RDF"),
    "a.json": ('{"nodes": [{"id": "Anna"}], "links": []}', "JSON"),
    "a.js": ("var nodes = [{id: 1}]", "JSON"),
    "matrix.csv": (",Anna,Bo,Carl\nAnna,0,1,1\nBo,1,0,0\nCarl,1,0,0\n", "adjacency matrix"),
    "matrix_of_two.csv": (",Anna,Bo\nAnna,0,1\nBo,1,0\n", "adjacency matrix"),
    "matrix_half.csv": (";Anna;Bo;Carl\nAnna;;1,5;1\nBo;;;1\nCarl;;;\n", "adjacency matrix"),
    "matrix_of_r.txt": ('"Anna" "Bo"\n"Anna" 0 1\n"Bo" 1 0\n', "adjacency matrix"),
    "matrix_of_numbers.csv": (",1,2,3\n1,0,1,1\n2,1,0,0\n3,1,0,0\n", "adjacency matrix"),
    "nodes.csv": ("Id,Label,timeset\n1,Anna,\n2,Bo,\n", "a table of people"),
    "arrows.txt": ("Anna -> Bo\nBo->Carl\n", "names with -> between them"),
    "kinds.csv": ("Anna,friend,Bo\nAnna,friend,Carl\nDora,boss,Eva\nDora,boss,Fie\n", r"columns = \{ from = 1, to = 3 \}"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_formats_are_refused_by_name(name: str, tmp_path: Path) -> None:
    """None of them becomes people that nobody meant."""
    text, said = REFUSED[name]
    with pytest.raises(WorldError, match=said):
        read(tmp_path, name, text)


ALIKE_NOT = {
    "weights.csv": ("1,2,5\n2,5,1\n5,1,2\n", 3),
    "cities.csv": ("Anna,Bo,Oslo\nCarl,Bo,Bergen\nDora,Eva,Molde\n", 3),
    "names.txt": ("Anna-Lise Bo\nCarl-Emil Anna-Lise\n", 2),
    "neo4j.csv": (":START_ID,:END_ID,:TYPE\nAnna,Bo,KNOWS\nBo,Carl,KNOWS\n", 2),
}


@pytest.mark.parametrize("name", ALIKE_NOT)
def test_what_only_looks_like_another_format_is_read(name: str, tmp_path: Path) -> None:
    """Numbers with weights, a third column of words, names with hyphens."""
    text, ties = ALIKE_NOT[name]
    assert len(read(tmp_path, name, text).sources) == ties


@pytest.mark.parametrize(
    ("other", "sign"),
    [
        ("Аnna Berg", "Cyrillic Capital Letter A"),
        ("Ａnna Berg", "Fullwidth"),
        ("An\u200bna Berg", "Zero Width Space"),
        ("Anna\u00a0Berg", "No-Break Space"),
        ("Anna  Berg", "spaces"),
    ],
)
def test_names_that_look_the_same_are_told(other: str, sign: str, tmp_path: Path) -> None:
    """Two people, and a note, in ties and in tables of customers, in three languages."""
    ties = read(tmp_path, "ties.csv", f"source,target\nAnna Berg,Bo\n{other},Carl\nBo,Carl\n")
    table = read(
        tmp_path,
        "people.csv",
        f"id,by\nAnna Berg,\n{other},\nBo,Anna Berg\n",
        kind="referred_by",
        id_column="id",
        referrer_column="by",
    )
    for read_so in (ties, table):
        assert {"Anna Berg", other} <= set(read_so.names)
        assert "2 names look the same: Anna Berg" in read_so.notes[0] and sign in read_so.notes[0]
        assert len({read_so.reading.line(Locale(language), 4, 3) for language in ("en", "da", "nb")}) == 3
    usual = read(tmp_path, "ties.csv", "source,target\nÅse,Bo\nÆrø,José\nBo,Åse\n")
    assert "look" not in usual.notes[0]


def test_look_alikes_of_very_many_names() -> None:
    """Of usual names none is looked at twice; of two that look alike, one may be a usual one or not."""
    many = [f"Customer {n}" for n in range(200_000)]
    assert twins_to_the_eye(many) == []
    assert twins_to_the_eye([*many, "Сustomer 7"]) == [("Customer 7", "Сustomer 7")]
    assert twins_to_the_eye(["Аnna", "Ａnna"]) == [("Аnna", "Ａnna")]


@pytest.mark.parametrize(
    ("one", "other"),
    [("1001", "1.001"), ("1 001", "1.001"), ("1 001", "1\u00a0001"), ("1001", "1'001"), ("1234567", "1.234.567"), ("1", "1.000")],
)
def test_an_id_with_marks_of_thousands_is_nobody_else(one: str, other: str, tmp_path: Path) -> None:
    """Both readings are shown; where all ids are written alike, they are as they stand."""
    for text in (f"source;target\n{one};5\n{other};6\n", f"source;target\n{other};5\n{one};6\n"):
        with pytest.raises(WorldError, match=r"found the ids .*must be written alike"):
            read(tmp_path, "ties.csv", text)
    alike = read(tmp_path, "ties.csv", 'source,target\n"1,001","1,002"\n"1,003",999\n')
    assert sorted(alike.names) == ["1,001", "1,002", "1,003", "999"]


@pytest.mark.parametrize("name", ["weight", "value", "Vekt"])
def test_weights_of_gml_by_another_name(tmp_path: Path, name: str) -> None:
    """Newman's files have `value`: it is told where it does not count, and counts where it is asked for; words are no weights."""
    ties = "".join(f"edge [ source {one} target {one + 1} {name} {weight} ]\n" for one, weight in ((1, "3.5"), (2, "1.0")))
    text = "graph [\n" + "".join(f'node [ id {n} label "p{n}" ]\n' for n in (1, 2, 3)) + ties + "]\n"
    ignored = read(tmp_path, "net.gml", text)
    assert ignored.weights is None
    assert f"weights in {name}, which count only" in ignored.notes[0]
    used = read(tmp_path, "net.gml", text, weights="use")
    assert used.weights is not None and used.weights.tolist() == [3.5, 1.0]
    words = read(tmp_path, "net.gml", text.replace("3.5", '"friends"').replace("1.0", '"family"')) if name == "value" else None
    assert words is None or "weights" not in words.notes[0]
