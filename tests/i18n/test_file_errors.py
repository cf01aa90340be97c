"""Errors about files of ties, people and customers' data: in the language of the file, and without the text of a file that is none of its own.

Tests: ``i18n/withheld.py``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ladsim.errors import DataError, WorldError
from ladsim.i18n.problems import error_told
from ladsim.i18n.withheld import without_text
from ladsim.scenario.spec import Graph
from ladsim.world.files import read_ties
from tests.data.test_sources import far_cell
from tests.world.test_dialects import FOLDER, REFUSED

PEOPLE = {"kind": "referred_by", "id_column": "id", "referrer_column": "by"}
# Name of the file, what is in it, what the scenario says of it besides.
WRONG: dict[str, tuple[str, dict[str, object]]] = {
    "empty.csv": ("", {}),
    "blank.csv": ("\n\n", {}),
    "one_name.csv": ("source,target\nSecreta,Secretb\nSecretc\n", {}),
    "no_name.csv": ("source,target,x\nSecreta,Secretb,\n,,Secretc\n", {}),
    "total.csv": ("source,target\nSecreta,Secretb\nI alt,\n", {}),
    "total_below.csv": ("source,target\nSecreta,Secretb\nI alt,Secretb\n", {}),
    "fields.csv": ("source,target\nSecreta,Secretb,Secretc,Secretd\n", {}),
    "only_names.csv": ("source,target\n", {}),
    "unclear.csv": ("Secreta,Secretb\nSecretc,Secretd\n", {}),
    "below.csv": ("Type,Source,Target\nSecreta,Source,Secretb\n", {}),
    "no_column.csv": ("Secreta,Secretb\nSecretc,Secretd\n", {"columns": {"from": "Secret", "to": 2}}),
    "far_column.csv": ("Secreta,Secretb\nSecretc,Secretd\n", {"columns": {"from": 5, "to": 2}}),
    "same_column.csv": ("Secreta,Secretb\nSecretc,Secretd\n", {"columns": {"from": 2, "to": 2}}),
    "index.csv": ("id,Secreta,Secretb,Secretc\n1,a,b,c\n", {}),
    "nodes.csv": ("Id,Label\n1,Secreta\n", {}),
    "matrix.csv": (",Secreta,Secretb\nSecreta,0,1\nSecretb,1,0\n", {}),
    "kinds.csv": ("Secreta,secretly,Secretb\nSecreta,secretly,Secretc\n", {}),
    "further.csv": ("Secreta,Secretb,Secretc\nSecretc,Secretd,Secreta\n", {}),
    "behind.txt": ("Secreta Secretb\nSecretc Secretd Secrete\n", {}),
    "arrows.txt": ("Secreta -> Secretb\nSecretc -> Secretd\n", {}),
    "lone.txt": ("Secreta Secretb\n#\nSecretc Secretd\n", {}),
    "comment.csv": ("# Secretx,Secrety\nSecreta,Secretb\nSecretb,Secretc\n", {}),
    "comment_person.txt": ("# Secreta\nSecretb Secreta\nSecretb Secretc\n", {}),
    "place.csv": ('source,target\n"{Secret}",Secretb\n', {}),
    "twins.csv": ("source,target\n0042,7\n7.0,x\n", {}),
    "thousands.csv": ("source;target\n1.001;5\n1001;6\n", {}),
    "thousand.csv": ("source;target\n1.000;5\n1;6\n", {}),
    "rounded.csv": ("source;target\n4,57E+12;5\n", {}),
    "weight.csv": ("source,target,weight\nSecreta,Secretb,Secretly\n", {}),
    "weights.csv": ("source;target;weight\nSecreta;Secretb;1.250\nSecreta;Secretc;900\n", {}),
    "which_weight.csv": ("source,target,Secretx,Secrety\na,b,1,2\n", {"weights": "use"}),
    "no_weight.csv": ("source,target\na,b\n", {"weights": "use"}),
    "unpaired.csv": ('source,target\nSecreta,Secretb\n"Secretc,Secretd\nSecrete,Secretf\n', {}),
    "unpaired_first.csv": ('"Secreta,Secretb\n"Secretc,Secretd\n', {}),
    "one_column.txt": ("Secreta\n", {"header": True}),
    "long.csv": (f"source,target\n{'S' * 20_000},b\n", {}),
    "people.csv": ("id,name\n1,Secreta\n", PEOPLE),
    "people_twice.csv": ("id,by,by\n1,2,3\n", PEOPLE),
    "people_empty.csv": ("id,by\n", PEOPLE),
    "people_no_id.csv": ("id,by\nSecreta,\n,Secreta\n", PEOPLE),
    "people_total.csv": ("id,by\nSecreta,\nTotal,\n", PEOPLE),
    "people_comment.csv": ("id,by\n# Secreta,Secretb\nSecretc,\n", PEOPLE),
    "graph.graphml": ("<graphml><Secret></graphml>", {}),
    "other.graphml": ("<Secret/>", {}),
    "group.gml": ("graph [ node [ id Secret", {}),
    "part.net": ('*Vertices 2\n1 "Secreta"\n2 "Secretb"\n*Secret\n', {}),
    "vertices.net": ("*Vertices Secret\n*Edges\n1 2\n", {}),
    "vertex.net": ('*Vertices 1\n7 "Secreta"\n*Edges\n1 2\n', {}),
    "labels.net": ('*Vertices 2\n1 "Secreta"\n2 "Secreta"\n*Edges\n1 2\n', {}),
    "tie.net": ('*Vertices 2\n1 "Secreta"\n2 "Secretb"\n*Edges\n1 Secretc\n', {}),
    "nodes.gexf": ("<gexf><graph/><graph/></gexf>", {}),
    "second.tgf": ("Secreta\n#\n#\n", {}),
    "twice.tgf": ("Secreta\nSecreta\n#\n", {}),
    "one.tgf": ("Secreta\n#\nSecreta\n", {}),
    "stranger.tgf": ("Secreta\n#\nSecreta Secretb\n", {}),
    "none.tgf": ("Secreta\n", {}),
    "banner.mtx": ("%%MatrixMarket Secret array\n", {}),
    "size.mtx": ("%%MatrixMarket matrix coordinate real general\nSecret 2 2\n", {}),
    "entries.mtx": ("%%MatrixMarket matrix coordinate real general\n2 2 5\n1 2 1\n", {}),
    "names.sif": ("Secreta pp Secretb\n", {}),
    "graph.vna": ("*node data\nSecreta\n", {}),
    "graph.gdf": ("nodedef>name VARCHAR\nSecreta\n", {}),
    "old.txt": ("\x00\x01Secret", {}),
}  # fmt: skip
ENGLISH = re.compile(
    r"\b(found|must|the|which|cannot|line|lines|column|columns|names|people|with|between|and|then|say|file|has)\b"
)
FOREIGN = ("graph.graphml", "group.gml")  # words of a library stand in these


def said_of(name: str, folder: Path) -> str:
    """What is said of a wrong file."""
    text, asked = WRONG[name]
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WorldError) as caught:
        read_ties(Graph.model_validate({"kind": "file", "path": str(path), **asked}))
    return str(caught.value)


def is_in_words(said: str, path: str, language: str) -> None:
    """No English is left but for what stands in quotation marks, keys and names of formats."""
    bare = said.replace(path, "")
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|columns = \{[^}]*\}|(columns|weights)(\.\w+)?: |header = \w+|\(from, to\)", "", bare)
    assert not ENGLISH.search(bare), bare
    assert ("fandt" if language == "da" else "fant") in said or "kan ikke" in said, said


@pytest.mark.parametrize("language", ["da", "nb"])
@pytest.mark.parametrize("name", WRONG)
def test_in_the_language_of_the_scenario(name: str, language: str, tmp_path: Path) -> None:
    """Every message, whole; in English it is as it was."""
    english = said_of(name, tmp_path)
    assert error_told(english, "en") == english
    if name not in FOREIGN:
        is_in_words(error_told(english, language), str(tmp_path / name), language)


@pytest.mark.parametrize("language", ["en", "da", "nb"])
@pytest.mark.parametrize("name", WRONG)
def test_a_file_of_somebody_else_is_not_quoted(name: str, language: str, tmp_path: Path) -> None:
    """File and line, what is allowed, and that the text is not shown; no word that stands in the file."""
    english = said_of(name, tmp_path)
    said = error_told(without_text(english, str(tmp_path / name)), language)
    assert "ecret" not in said.replace(str(tmp_path), ""), said
    assert said.startswith((str(tmp_path / name), name))
    assert ("line" in english.partition(": found")[0]) == (("line" if language == "en" else "linje") in said.partition(": f")[0])
    if language != "en":
        is_in_words(said, str(tmp_path / name), language)


@pytest.mark.parametrize("language", ["da", "nb"])
@pytest.mark.parametrize("name", REFUSED)
def test_files_of_other_programs_in_the_language(name: str, language: str) -> None:
    """Those of the tests of dialects."""
    path = str(FOLDER / name)
    with pytest.raises(WorldError) as caught:
        read_ties(Graph(kind="file", path=path))
    is_in_words(error_told(str(caught.value), language), path, language)
    is_in_words(error_told(without_text(str(caught.value), path), language), path, language)


def test_a_message_that_nobody_knows_says_nothing() -> None:
    """Rather too little than the text of a password file."""
    for message in (
        "/etc/passwd: something about root:x:0",
        "something about root:x:0",
        "/etc/passwd, line 3: found root:x:0 odd",
    ):
        assert "root" not in without_text(message, "/etc/passwd")
    assert without_text("/etc/passwd, line 3: found root:x:0 odd", "/etc/passwd").startswith("/etc/passwd, line 3: found …")


DATA = {
    "no_kind.csv": "Farve;Form\nblå;rund\n",
    "empty.csv": "customer,date\n",
    "no_date.csv": "customer,date\n1,x\n2,y\n3,z\n",
    "doubt.csv": "customer,date,amount\n1,03/04/2024,5\n2,04/05/2024,6\n",
    "amount.csv": "customer,date,amount\n1,2024-01-13,1.234\n2,2024-01-14,2.345\n",
    "no_amount.csv": "customer,date,amount\n1,2024-01-13,a\n2,2024-01-14,b\n3,2024-01-14,5.50\n4,2024-01-14,5.50\n5,2024-01-14,5.50\n",
    "score.csv": "customer,score\n1,50\n2,80\n3,70\n",
    "outcome.csv": "customer,campaign,outcome\n1,mail,perhaps\n",
    "nobody.csv": "customer,date\n,2024-01-13\n,2024-01-14\n",
    "rounded.csv": "customer;date\n4,57E+12;2024-01-13\n",
    "torn.csv": "customer,date,amount\n1,2024-01-13,5.50\n2,2024-01-14,6.50,7,8\n",
    "json.csv": '[{"customer": 1}]',
    "far.xlsx": far_cell("XFD1048576"),
    "broken.xlsx": b"PK\x03\x04 and nothing more",
    "other.ods": b"PK\x03\x04",
}


@pytest.mark.parametrize("language", ["da", "nb"])
@pytest.mark.parametrize("name", DATA)
def test_errors_of_data_in_the_language_asked_for(name: str, language: str, tmp_path: Path) -> None:
    """As ``ladsim data --language`` says them."""
    for library in ("duckdb", "python_calamine"):
        pytest.importorskip(library, reason="the extra `data` is not installed")
    from ladsim.data.read import read_data

    content = DATA[name]
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError) as caught:
        read_data(tmp_path / name)
    said = error_told(str(caught.value), language)
    bare = re.sub(r"'[^']*'|--[\w-]+( \w+=\S+| [\w-]+)?|File is not a zip file", "", said.replace(str(tmp_path), ""))
    assert not ENGLISH.search(bare), said
    assert ("fandt" if language == "da" else "fant") in said or "kan ikke" in said, said
