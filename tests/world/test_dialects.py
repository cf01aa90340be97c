"""Files as other programs write them (``dialects/make.py``): each is read right, or refused in words that say why.

Tests: ``world/column_names.py``, ``world/reading.py``, ``world/weights.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ladsim.errors import WorldError
from ladsim.i18n import Locale
from ladsim.scenario.spec import Graph
from ladsim.world.edges import Ties
from ladsim.world.files import read_ties
from tests.world.dialects.make import TIES, WORDS

FOLDER = Path(__file__).parent / "dialects"
Weighted = dict[frozenset[str], float]


def weighted(ties: list[tuple[str, str, float]]) -> Weighted:
    return {frozenset(tie[:2]): tie[2] for tie in ties}


def bare(*ties: str) -> Weighted:
    """Ties without weights: "a b"."""
    return {frozenset(tie.split()): 1.0 for tie in ties}


FRIENDS, FIRST_NAMES = weighted(TIES), weighted(WORDS)
NO_Å = {frozenset(name.replace("Å", "Aa") for name in ends): weight for ends, weight in FIRST_NAMES.items()}
SQUARE = bare("0 1", "1 2", "2 3", "0 3")
EVEN = bare("1 2", "2 3", "3 4", "1 4")
HEAVY = {frozenset("12"): 1.0, frozenset("23"): 2.5, frozenset("34"): 3.0, frozenset("14"): 0.5}
USE = {"weights": "use"}
COLUMNS = {"columns": {"from": "Afsender", "to": "Modtager", "weight": "Antal"}}
FRA = {"kind": "referred_by", "directed": True}
PANDAS = FRA | {"id_column": "customer_id", "referrer_column": "referred_by"}
REFERRED = bare("1001 1002", "1001 1003", "1002 1004")


def unweighted(ties: Weighted) -> Weighted:
    return dict.fromkeys(ties, 1.0)


# File, what the scenario says beside its path, the ties that are in it, people without any.
READ: list[tuple[str, dict[str, Any], Weighted, set[str]]] = [
    ("nx_edgelist.txt", {}, unweighted(FIRST_NAMES), set()),
    ("nx_edgelist_bare.txt", {}, unweighted(FIRST_NAMES), set()),
    ("nx_edgelist_commas.csv", {}, unweighted(FIRST_NAMES), set()),
    ("nx_edgelist_commas.csv", USE, FIRST_NAMES, set()),
    ("nx_weighted.txt", {}, unweighted(FIRST_NAMES), set()),
    ("nx_weighted.txt", USE, FIRST_NAMES, set()),
    ("nx_weighted_tabs.tsv", USE, FRIENDS, set()),
    ("nx_numbers.txt", {}, SQUARE, set()),
    ("nx.graphml", {}, unweighted(FRIENDS), {"Eva alone"}),
    ("nx.graphml", USE, FRIENDS, {"Eva alone"}),
    ("nx_directed.graphml", USE, FRIENDS, set()),
    ("nx.gml", USE, FRIENDS, {"Eva alone"}),
    ("nx_directed.gml", {}, unweighted(FRIENDS), set()),
    ("nx.gexf", USE, FRIENDS, {"Eva alone"}),
    ("nx_directed.gexf", USE, FRIENDS, set()),
    ("nx.net", USE, FRIENDS, {"Eva alone"}),
    ("nx_directed.net", {}, unweighted(FRIENDS), set()),
    ("pandas.csv", {}, FRIENDS, set()),
    ("pandas.csv", {"weights": "ignore"}, unweighted(FRIENDS), set()),
    ("pandas.csv.gz", {}, FRIENDS, set()),
    ("pandas_no_index.csv", {}, FRIENDS, set()),
    ("pandas_bare.csv", {}, unweighted(FRIENDS), set()),
    ("pandas_rows_bare.csv", {"columns": {"from": 2, "to": 3}}, unweighted(FRIENDS), set()),
    ("pandas_numbered_columns.csv", {"header": True}, unweighted(FRIENDS), set()),
    ("pandas_numbered_index.csv", {}, unweighted(FRIENDS), set()),
    ("pandas_danish.csv", {}, FRIENDS, set()),
    ("pandas_danish_latin1.csv", {}, FRIENDS, set()),
    ("pandas_danish_utf16.csv", {}, FRIENDS, set()),
    ("pandas_mark.csv", {}, FRIENDS, set()),
    ("pandas_quoted.csv", {}, FRIENDS, set()),
    ("pandas_cr.csv", {}, FRIENDS, set()),
    ("igraph_edgelist.txt", {}, SQUARE, set()),
    ("igraph.ncol", USE, NO_Å, set()),
    ("igraph_bare.ncol", {}, unweighted(NO_Å), set()),
    ("igraph.graphml", USE, NO_Å, set()),
    ("igraph.gml", USE, NO_Å, set()),
    ("igraph.net", USE, NO_Å, set()),
    ("igraph_frame.csv", {"weights": "ignore"}, SQUARE, set()),
    ("r.csv", {}, FRIENDS, set()),
    ("r_no_rows.csv", {}, FRIENDS, set()),
    ("r_csv2.csv", {}, FRIENDS, set()),
    ("r_table.txt", {}, FRIENDS, set()),
    ("r_tabs.tsv", {}, FRIENDS, set()),
    ("r_latin1.csv", {}, FRIENDS, set()),
    ("r_v1_v2.csv", {}, FRIENDS, set()),
    ("calc.csv", {}, unweighted(FRIENDS), set()),
    ("calc.csv", COLUMNS, FRIENDS, set()),
    ("calc_danish.csv", COLUMNS, FRIENDS, set()),
    ("calc_tabs.tsv", COLUMNS, FRIENDS, set()),
    ("calc_padded.csv", {}, unweighted(FRIENDS), set()),
    ("gephi_edges.csv", {}, FRIENDS, set()),
    ("gephi.gexf", USE, FRIENDS, set()),
    ("yed_groups.graphml", {}, unweighted(FRIENDS), set()),
    ("pajek.net", USE, FRIENDS, {"5"}),
    ("pajek_matrix.net", {}, bare("a b", "b c"), set()),
    ("konect.txt", {}, EVEN, set()),
    ("konect.txt", USE, HEAVY, set()),
    ("snap.txt", {}, EVEN, set()),
    ("matrix_market.mtx", {}, EVEN, {"5"}),
    ("matrix_market.mtx", USE, HEAVY, {"5"}),
    ("excel_sep.csv", {}, unweighted(FRIENDS), set()),
    ("excel_nfd.csv", {}, bare("Åse Bo", "Åse Ida", "Bo Ida"), set()),
    ("hashes.csv", {}, bare("#1001 #1002", "#1002 #1003", "#1003 1004"), set()),
    ("comment_with_commas.csv", {"comments": "#"}, bare("Anna Bo", "Bo Carl"), set()),
    ("no_header_no_hint.csv", {"header": False}, bare("Anna Bo", "Carl Dora"), set()),
    ("repeated_header.csv", {}, bare("Anna Bo", "Bo Carl"), set()),
    ("two_pairs.csv", {"columns": {"from": "from", "to": "to"}}, bare("c d", "d e"), set()),
    ("trailing.csv", {}, bare("Anna Bo", "Bo Carl"), set()),
    ("leading_zeros.csv", {}, bare("007 0042", "0042 0300"), set()),
    ("pandas_people.csv", PANDAS, REFERRED, {"1005"}),
    ("pandas_people_na.csv", PANDAS, REFERRED, {"1005"}),
    ("r_people.csv", FRA | {"id_column": "id", "referrer_column": "henvist_av"}, bare("AB NA", "NA CD"), set()),
    ("crm_marks.csv", FRA | {"id_column": "Kundenr.", "referrer_column": "Henvist af"}, bare("17 18", "18 20"), {"19", "21", "22"}),
    ("crm_zero.csv", FRA | {"id_column": "id", "referrer_column": "by"}, bare("0 1", "0 2"), set()),
]  # fmt: skip

REFUSED = {
    "nx_edgelist_blanks.txt": r"line 3: found 'Hansen,' behind the names, .*quotation marks",
    "nx_adjlist.txt": "line 7: found one name",
    "nx_adjlist_numbers.txt": "line 7: found one name",
    "nx_multiline.txt": "behind the names, must be two names and numbers",
    "nx.s6": "sparse6",
    "nx_node_link.json": "JSON",
    "pandas_rows_bare.csv": r"'Bo Ek' as a person and in a further column, .*columns = \{ from = 1, to = 2 \}",
    "pandas_numbered_columns.csv": "line 1: found '0,1', which comes nowhere below, .*header = false.*header = true",
    "igraph_lgl.txt": "line 2: found 'Bo 1', which comes nowhere below",
    "igraph_leda.txt": "LEDA",
    "igraph_adjacency.txt": "from all to all",
    "r_table_bare.txt": r"line 2: found 'Hansen,' behind the names",
    "calc_total.csv": r"line 6: found one name .*leave 'I alt' out",
    "calc_workbook.csv": "a workbook or a packed file: save the sheet as CSV",
    "gephi_dynamic.gexf": "changes in time",
    "two_graphs.graphml": "found 2 graphs, must be one",
    "group_tie.graphml": "a tie of the group 'g'",
    "mixed.graphml": "with and without direction",
    "pajek_lists.net": r"a part \*arcslist",
    "matrix_market_dense.mtx": "line 1: found .*coordinate pattern",
    "ucinet.txt": "UCINET",
    "graphviz.txt": "DOT",
    "dimacs.txt": "DIMACS",
    "excel_rounded.csv": "a spreadsheet has rounded it",
    "comment_with_commas.csv": r'line 1: found .*comments = "#".*comments = "none"',
    "no_header_no_hint.csv": "line 1: found 'Anna,Bo', which comes nowhere below, .*header = false.*header = true",
    "two_pairs.csv": "both source, target and from, to",
    "unquoted_comma.csv": "line 2: found 3 fields below 2 column names, .*quotation marks",
    "negative.csv": "line 3: found the weight '-2'",
    "thousands.csv": "the weight '1.250', must be plain: 1250 if thousands are meant",
    "mac_roman.csv": "line 2: found bytes that are not text",
}  # fmt: skip


def found(ties: Ties) -> tuple[Weighted, set[str]]:
    """The ties with their weights, and everybody."""
    names = list(ties.names)
    weights = [1.0] * ties.sources.size if ties.weights is None else ties.weights.tolist()
    pairs = zip(ties.sources.tolist(), ties.targets.tolist(), weights, strict=True)
    return {frozenset((names[a], names[b])): weight for a, b, weight in pairs}, set(names)


@pytest.mark.parametrize(("name", "asked", "ties", "alone"), READ, ids=lambda value: value if isinstance(value, str) else "")
def test_a_file_is_read_right(name: str, asked: dict[str, Any], ties: Weighted, alone: set[str]) -> None:
    """People, ties and weights are those that its program was given; the line about it can be said in three languages."""
    read = read_ties(Graph.model_validate({"kind": "file", "path": str(FOLDER / name), **asked}))
    there, people = found(read)
    assert there == ties
    assert people == set().union(*ties) | alone
    assert (read.weights is None) == (len(set(ties.values())) == 1)
    said = {read.reading.line(Locale(language), len(people), len(ties)) for language in ("en", "da", "nb")}
    assert len(said) == 3
    assert all(line.startswith(f"{name}: {len(people)} ") and "\n" not in line for line in said)


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_in_words(name: str) -> None:
    """With its path, what was found and what would do."""
    with pytest.raises(WorldError, match=f"^{FOLDER / name}.*{REFUSED[name]}"):
        read_ties(Graph(kind="file", path=str(FOLDER / name)))


def test_a_total_below_customers_is_refused() -> None:
    """The last line of a report is no customer."""
    with pytest.raises(WorldError, match="line 4: found 'I alt', must be a customer"):
        read_ties(
            Graph(kind="referred_by", path=str(FOLDER / "crm_total.csv"), id_column="kundenr", referrer_column="henvist_af")
        )


def test_ties_given_twice_are_kept_for_the_graph_to_tell() -> None:
    """A multigraph of networkx, in GraphML and GML."""
    for name in ("nx_multi.graphml", "nx_multi.gml"):
        assert read_ties(Graph(kind="file", path=str(FOLDER / name))).sources.size == 5


def test_every_file_is_tried() -> None:
    """No file of the folder is left out."""
    tried = {name for name, *_ in READ} | set(REFUSED) | {"crm_total.csv", "nx_multi.graphml", "nx_multi.gml"}
    assert tried == {path.name for path in FOLDER.iterdir() if path.is_file() and path.suffix != ".py"}
    assert len(tried) >= 60
