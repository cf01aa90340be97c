"""Graph files, good and bad: every form read right, every flaw named with file and line.

Tests: ``world/graph_files.py``, ``world/nobody.py``, ``world/people_files.py``, ``world/text_columns.py``.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim.errors import LadsimError, WorldError
from ladsim.scenario.spec import Graph
from ladsim.world import text_files
from ladsim.world.edge_lists import read_edge_list
from ladsim.world.edges import Ties
from ladsim.world.files import read_ties
from ladsim.world.graph_files import read_graph
from ladsim.world.people_files import read_referrals


def read_graphml(path: Path, directed: bool = False) -> Ties:
    """The ties of a GraphML file."""
    return read_graph(path, "graphml", directed)


Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes ties.csv and says where."""

    def to_file(content: str | bytes, name: str = "ties.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to_file


def pairs(ties: Ties) -> list[tuple[str, str]]:
    return [(ties.names[a], ties.names[b]) for a, b in zip(ties.sources, ties.targets, strict=True)]


@pytest.mark.parametrize(
    "content",
    [
        "anna,bo\nbo,carl\n",
        "anna\tbo\nbo\tcarl",
        "anna;bo\r\nbo;carl\r\n",
        "anna bo\n  bo   carl  \n",
        "source,target\nanna,bo\nbo,carl\n",
        "# a comment\n\nanna,bo\n   # another\nbo,carl\n\n",
        "anna,bo\n,\nbo,carl\n , ,\n",
        "anna,bo,4\nbo,carl,1\n",
        '"anna",bo\nbo,"carl"\n',
        "anna, bo\nbo, carl\n",
        "\ufeffanna,bo\nbo,carl\n",
        "anna,bo\nbo,carl,7,8\n",
        "anna,bo\rbo,carl\r",
    ],
)
def test_every_usual_form_of_an_edge_list_is_read(write: Write, content: str) -> None:
    """Separators, headers, comments, quotes, further columns, spaces, byte order marks and Windows line ends."""
    ties = read_edge_list(write(content))
    assert pairs(ties) == [("anna", "bo"), ("bo", "carl")]


def test_names_may_hold_blanks_commas_hashes_and_words_like_na(write: Write) -> None:
    """A name is a name: nothing in it is read as missing, as a comment or as a number."""
    ties = read_edge_list(write('"Hansen, Anna",NA\nnull,customer #7\n007,7\n1e3,NA\n'))
    assert pairs(ties) == [("Hansen, Anna", "NA"), ("null", "customer #7"), ("007", "7"), ("1e3", "NA")]
    assert "007 and 7 are two people" in ties.notes[0]


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ("node_1,node_2\n0,1\n1,2\n", ("0", "1")),
        ("x,y\n0,1\n1,2\n", ("0", "1")),
        ("Source,Target\nanna,bo\n", ("anna", "bo")),
        ("anna,bo\nbo,carl\n", ("anna", "bo")),
        ("from,to\nfrom,anna\n", ("from", "to")),
        ("0,1\n1,2\n", ("0", "1")),
        ("a,1\n1,3\n", ("a", "1")),
    ],
)
def test_a_line_of_column_names_is_recognised(write: Write, content: str, first: tuple[str, str]) -> None:
    """Names above numbers, or usual words that are no customer; anything else is a tie, and a header is reported."""
    ties = read_edge_list(write(content))
    assert pairs(ties)[0] == first
    assert any("column names" in note for note in ties.notes) == (first[0] != content.split(",")[0])


def test_further_columns_are_reported(write: Write) -> None:
    """What is not read is told by name, else by number."""
    assert read_edge_list(write("u,v,city\n0,1,4\n")).notes[-1].endswith("Passed over: column city.")
    assert read_edge_list(write("0,1,4,9\n1,2,5,9\n")).notes[-1].endswith("Passed over: columns 3, 4.")


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("a,b\nb\nc,d\n", 2, r"one name \('b'\), a tie needs two, separated by commas"),
        ("# note\n\na,b\n\nb\n", 5, "one name"),
        ("a,b,3\nb,,4\n", 2, "one name"),
        (",b\n", 1, "one name"),
        ("a,b,c\n,,d\n", 2, "no name"),
        ("1 2\n3\n", 2, "separated by spaces"),
        ("1\t2\n3 4\n", 2, "separated by tabs"),
        ("lonely\n", 1, "one name"),
        ("1,2\n2;3\n", 2, "separated by commas"),
        (b"1,2\n3,\xff\xfe\n", 2, "not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", 1, "not text"),
        (b"1,2\n3,4\n5,\x006\n", 3, "not text"),
        ("a" * 200_000 + ",b\n", 1, r"a field of 200,\d{3} characters, a name has at most 10,000"),
        ("a,b\nc," + "d" * 200_000 + "\n", 2, r"a field of 200,\d{3} characters"),
        ("a b\n" + "c" * 20_000 + " d\n", 2, r"a field of 20,000 characters"),
        ('a,b\n"' + "c" * 140_000 + '",d\n', 2, r"a field of 140,\d{3} characters"),
    ],
)
def test_a_bad_line_is_named(write: Write, content: str | bytes, line: int, said: str) -> None:
    """File and line come first, then what was found and what is allowed."""
    path = write(content)
    with pytest.raises(WorldError, match=rf"^{re.escape(str(path))}, line {line}: found .*{said}"):
        read_edge_list(path)


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (b"a,b\n" + b"c" * 200_000 + b",d\n", 2, r"a field of 200,\d{3} characters"),
        (b"a,b\nc,\xff\n", 2, "not text"),
        (b"a,b\nc,d\ne,\0f\n", 3, "not text"),
    ],
)
def test_a_bad_line_is_named_in_a_packed_file(tmp_path: Path, content: bytes, line: int, said: str) -> None:
    """What is wrong inside a .gz is told as it is outside."""
    path = tmp_path / "ties.csv.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(WorldError, match=rf"^{re.escape(str(path))}, line {line}: found .*{said}"):
        read_edge_list(path)


def test_whatever_the_reader_of_csv_refuses_is_told(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every error of Python's csv, whichever it is, is a sentence with file and line."""
    monkeypatch.setattr(text_files.csv, "reader", lambda *_, **__: iter(_refusing()))
    path = write("# ties\na,b\n")
    with pytest.raises(WorldError, match=rf"^{re.escape(str(path))}, line 2: cannot be read: the cat sat on the keyboard"):
        read_edge_list(path)


def _refusing() -> Iterator[list[str]]:
    raise csv.Error("the cat sat on the keyboard")
    yield []


@pytest.mark.parametrize(
    ("content", "people", "said"),
    [
        ("source,target\n#1003,1004\n1003,1005\n", 4, "#1003 and 1003 are two people"),
        ("source,target\nanna,Bo\nAnna,Ida\n", 4, "anna and Anna are two people"),
        ("source,target\n+7,8\n7,(8)\n", 4, "2 pairs of names differ only in signs or capitals, such as +7 and 7"),
        ("source,target\n01003,1004\n1003,1005\n", 4, "01003 and 1003 are two people"),
        ("source,target\n 1003,1004\n1003.0,1005\n", 3, "1 id such as 1003.0 read as 1003"),
    ],
)
def test_names_that_are_nearly_the_same_are_told(write: Write, content: str, people: int, said: str) -> None:
    """Two ways to write one id may be two people: they stay two, and the line says so; blanks and decimals are none of an id."""
    ties = read_ties(Graph(kind="file", path=str(write(content))))
    assert len(ties.names) == people
    assert said in ties.notes[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "an empty file"), ("  \n\n", "an empty file"), ("# only\n", "no ties"), ("source,target\n", "no ties")],
)
def test_a_file_without_ties_is_refused(write: Write, content: str, said: str) -> None:
    with pytest.raises(WorldError, match=said):
        read_edge_list(write(content))


def test_a_missing_file_is_named_with_the_nearest(write: Write, tmp_path: Path) -> None:
    """Missing files, folders and broken archives are errors of the user, with the path."""
    write("1,2\n")
    with pytest.raises(WorldError, match=r"tie\.csv: found no such file \(did you mean 'ties\.csv'\?\)"):
        read_edge_list(tmp_path / "tie.csv")
    with pytest.raises(WorldError, match="no such file"):
        read_edge_list(tmp_path / "nowhere" / "ties.csv")
    with pytest.raises(WorldError, match="found a folder, must be a file"):
        read_edge_list(tmp_path)
    (tmp_path / "broken.csv.gz").write_bytes(gzip.compress(b"1,2\n" * 99)[:20])
    with pytest.raises(WorldError, match=r"broken\.csv\.gz: cannot be read"):
        read_edge_list(tmp_path / "broken.csv.gz")


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "ties.txt.gz"
    path.write_bytes(gzip.compress(b"# FromNodeId ToNodeId\n0\t4\n4\t5\n"))
    assert pairs(read_edge_list(path)) == [("0", "4"), ("4", "5")]


@given(st.binary(max_size=80))
def test_garbage_is_read_or_refused_but_never_a_crash(tmp_path: Path, content: bytes) -> None:
    """Any bytes at all end in ties or in a LadsimError, in all three formats."""
    path = tmp_path / "garbage"
    path.write_bytes(content)
    for read in (read_edge_list, read_graphml, lambda p: read_referrals(p, "id", "by")):
        try:
            ties = read(path)
        except LadsimError:
            continue
        assert len(ties.sources) == len(ties.targets)
        assert ties.names


@given(st.text(alphabet="ab,;\t \n#\"'1", max_size=40))
def test_text_is_read_as_the_line_reader_reads_it(tmp_path: Path, content: str) -> None:
    """What is read has two names in every tie: no empty ones slip through."""
    path = tmp_path / "text"
    path.write_bytes(content.encode())
    try:
        ties = read_edge_list(path)
    except WorldError:
        return
    assert all(name.strip() == name != "" for pair in pairs(ties) for name in pair)


def test_a_crm_table_gives_ties_from_referrer_to_customer(write: Write) -> None:
    """Empty (or NA) referrers are none; everybody in the table is a customer; unknown referrers are added and reported."""
    path = write("name,id,referred_by\nAnna,1,\nBo,2,1\nCarl,3,NA\nDora,4,99\n")
    ties = read_ties(Graph(kind="referred_by", path=str(path), id_column="id", referrer_column="referred_by", directed=True))
    assert ties.names == ["1", "2", "3", "4", "99"]
    assert pairs(ties) == [("1", "2"), ("99", "4")]
    assert ties.directed
    assert ties.notes == (
        "ties.csv: 5 people, 2 ties; line 1 read as column names (id, referred by referred_by); 1 referrer without a line of their own, "
        "added. Passed over: 1 line without a referrer; 1 line whose referrer is nobody (NA).",
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,reffered_by\n1,\n", r"line 1: found no column 'referred_by' .* id, reffered_by \(did you mean 'reffered_by'\?\)"),
        ("# crm\nkey,referred_by\n1,\n", "line 2: found no column 'id'"),
        ("id,referred_by\n1,\n# note\n,1\n", "line 4: found no 'id'"),
        ("id,referred_by\n", "no customers"),
        ("id," + "r" * 200_000 + "\n1,\n", r"line 1: found a field of 200,003 characters"),
        ("id,referred_by\n1,\n2," + "r" * 200_000 + "\n", r"line 3: found a field of 200,000 characters"),
        ("id,referred_by\n" + "r" * 20_000 + ",1\n", r"line 2: found a field of 20,000 characters"),
        ("", "empty file"),
    ],
)
def test_a_bad_crm_table_is_named(write: Write, content: str, said: str) -> None:
    with pytest.raises(WorldError, match=said):
        read_referrals(write(content), "id", "referred_by")


@pytest.mark.parametrize(
    ("content", "ties", "said"),
    [
        ("id,referred_by\n1,Ingen\n2,UKENDT\n3,1\n4,\u2014\n", ["1 3"], "3 lines whose referrer is nobody"),
        ("id,referred_by\nNA,\nCD,NA\nEF,na\n", ["NA CD", "na EF"], "1 line without a referrer"),
        ("id;referred_by\n1001;\n1002;1001,0\n", ["1001 1002"], "1 id such as 1001,0 read as 1001"),
        ("id,referred_by\n0042,\n0043,42\n", ["42 0043"], "0042 and 42 are two people"),
        ("id,referred_by\n1,\nid,referred_by\n2,1\n", ["1 2"], "the column names 1 time more"),
        ("id,referred_by\n1,\n,\n2,1\n,,\n", ["1 2"], "2 lines without a cell"),
        ("ID,Referred_By\n1,\n2,1\n2,1\n", ["1 2", "1 2"], "1 line of a customer who has one already"),
        ("id,referred_by\n#1,\n#2,#1\n", ["#1 #2"], "1 line without a referrer"),
        ("sep=;\nid;referred_by\n1;\n2;1\n", ["1 2"], "line 2 read as column names"),
    ],
)
def test_a_crm_table_is_read_as_it_is_written(write: Write, content: str, ties: list[str], said: str) -> None:
    """Marks of nobody, decimals, empty lines, column names in capitals or twice: read right, and told."""
    read = read_referrals(write(content), "id", "referred_by", True)
    assert [" ".join(pair) for pair in pairs(read)] == ties
    assert said in read.notes[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,name,referred_by\n1,Hansen, Anna,\n2,Bo,1\n", "line 2: found 4 fields below 3 column names"),
        ("id,referred_by\n1,\n2,1,x\n", "line 3: found 3 fields below 2 column names"),
        ("id,referred_by\n1001,\nA7,1001.0\n", "'1001' and '1001.0', must be written alike"),
        ("id,referred_by\n1,\nTotal,1\n", "line 3: found 'Total', must be a customer"),
        ("id,id,referred_by\n1,1,\n", "found 2 columns 'id' for id_column"),
        ("id,referred_by\n4.57E+12,\n2,\n", "a spreadsheet has rounded it"),
        ("id,referred_by\n# 1,\n2,\n", "line 2: found '# 1,', a comment or a customer"),
    ],
)
def test_a_crm_table_that_could_mislead_is_refused(write: Write, content: str, said: str) -> None:
    with pytest.raises(WorldError, match=re.escape(said)):
        read_referrals(write(content), "id", "referred_by")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Anna,Bo,Carl\nBo,Dora\nCarl,Dora\n", "'Carl' as a person and in a further column"),
        ("0;1;0\n1;0;1\n0;1;0\n", "a table from all to all"),
        ("Anna Hansen Bo Jensen\nBo Jensen Carl Holm\n", "line 2: found 'Carl' behind the names"),
        ("a #b\n#b c\nc a\n", "line 2: found '#b c', may be a comment (then say comments = \"#\")"),
        ("# Anna\nBo 1\nCarl 1\n# Bo\nCarl 2\n", "'Bo' in a comment and as a person"),
        ("Fra;Til\nAnna;Bo\nBo;Carl\nI alt;2\n", "'I alt' at the beginning of the last line"),
        ("source,target,weight\nAnna,Bo,NaN\nBo,C,3\n", "line 2: found the weight 'NaN'"),
        ("source,target,weight\nAnna,Bo,1\nBo,C,\n", "line 3: found the weight ''"),
        ("kunde1;kunde2\nkunde3;kunde4\n", "line 1: found 'kunde1;kunde2', which comes nowhere below"),
        ("a,1\n2,3\n", "line 1: found 'a,1', which comes nowhere below"),
    ],
)
def test_an_edge_list_that_could_mislead_is_refused(write: Write, content: str, said: str) -> None:
    """Lists of neighbours, tables, torn names, totals, weights that are none, and first lines that may be either."""
    with pytest.raises(WorldError, match=re.escape(said)):
        read_edge_list(write(content))


def test_graphml_keeps_names_isolated_nodes_and_direction(tmp_path: Path) -> None:
    """Nodes without ties are customers; direction is the file's own; asking for more than it says is reported."""
    for kind in (networkx.Graph, networkx.DiGraph):
        graph = kind([("anna", "bo"), ("bo", "carl")])
        graph.add_node("dora")
        networkx.write_graphml(graph, tmp_path / "g.graphml")
        ties = read_ties(Graph(kind="file", path=str(tmp_path / "g.graphml")))
        assert sorted(ties.names) == ["anna", "bo", "carl", "dora"]
        assert pairs(ties) == [("anna", "bo"), ("bo", "carl")]
        assert ties.directed is graph.is_directed()
    networkx.write_graphml(networkx.path_graph(3), tmp_path / "g.graphml")
    assert "both ways" in read_graphml(tmp_path / "g.graphml", directed=True).notes[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<graphml>\n<graph", r"line 2: found .*must be GraphML"),
        ("<html></html>", "must be GraphML"),
        ("1,2\n", "must be GraphML"),
    ],
)
def test_bad_graphml_is_named(write: Write, content: str, said: str) -> None:
    with pytest.raises(WorldError, match=said):
        read_graphml(write(content))


def test_the_real_friendship_graph_is_read_right(shared_data: Path) -> None:
    """LastFM Asia: 7,624 people, 27,806 ties, no self-loops, as its authors state."""
    path = shared_data / "graph_lastfm_asia" / "lastfm_asia_edges.csv"
    if not path.is_file():
        pytest.skip(f"no real data: {path.name} is absent")
    ties = read_edge_list(path)
    assert sorted(ties.names, key=int) == [str(number) for number in range(7624)]
    assert len(ties.sources) == 27_806
    assert len({frozenset(pair) for pair in pairs(ties)}) == 27_806


@pytest.mark.parametrize(
    "mark",
    [
        "uoplyst",
        "Ikke oplyst",
        "ingen anbefaling",
        "(tom)",
        "(blank)",
        "n.a.",
        "N/A",
        "missing",
        "ikke relevant",
        "Nej",
        "nei",
        "-1",
        "00",
    ],
)
def test_what_stands_for_nobody(write: Write, mark: str) -> None:
    """No referrer, and told; a customer who is called so is one."""
    ties = read_referrals(write(f"id,by\n1,{mark}\n2,1\n3,{mark}\n"), "id", "by", True)
    assert pairs(ties) == [("1", "2")]
    assert f"2 lines whose referrer is nobody ({mark})" in ties.notes[0]
    known = read_referrals(write(f"id,by\n{mark},\n2,{mark}\n"), "id", "by", True)
    assert len(known.sources) == 1


def test_a_referrer_without_a_line_whom_many_name(write: Write) -> None:
    """Told where at least five name it, and more than a tenth of all."""

    def said(named: int, others: int, name: str = "Web") -> str:
        lines = [f"k{place},{name if place < named else ''}" for place in range(named + others)]
        return read_referrals(write("id,by\n" + "\n".join(lines) + "\n"), "id", "by", True).notes[0]

    assert "“Web” is named as referrer by 5 people and has no line: is that somebody?" in said(5, 40)
    assert "named as referrer" not in said(4, 2)
    assert "named as referrer" not in said(5, 45)
    assert "named as referrer" not in said(9, 1, "k0")
