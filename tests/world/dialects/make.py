"""Writes the files of this folder with the programs whose dialects they are: python tests/world/dialects/make.py [PROGRAM …].

Programs: networkx and pandas of this environment; igraph (LADSIM_IGRAPH names a Python that has it, from PyPI); R (Rscript) and
LibreOffice (soffice), from Debian. What Gephi, yEd, Pajek, KONECT, SNAP, UCINET, Graphviz, Excel and CRM systems write is set down here by
hand after their documentation, for those programs have no command line that could be asked. The files are kept: no test needs a program.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
TIES = [("Anna", "Bo Ek", 1.0), ("Bo Ek", "Hansen, Åse", 2.5), ("Hansen, Åse", "Dora", 3.0), ("Anna", "Dora", 0.5)]
WORDS = [("Anna", "Bo", 1.0), ("Bo", "Åse", 2.5), ("Åse", "Dora", 3.0), ("Anna", "Dora", 0.5)]
PEOPLE = [(1001, None), (1002, 1001), (1003, 1001), (1004, 1002), (1005, None)]


def by_networkx() -> None:
    """Everything that networkx writes of a graph."""
    import json

    import networkx as nx

    plain, named, directed, numbers, multi = nx.Graph(), nx.Graph(), nx.DiGraph(), nx.Graph(), nx.MultiGraph()
    plain.add_weighted_edges_from(WORDS)
    named.add_weighted_edges_from(TIES)
    directed.add_weighted_edges_from(TIES)
    multi.add_weighted_edges_from([*TIES, ("Anna", "Bo Ek", 2.0)])
    numbers.add_edges_from([(0, 1), (1, 2), (2, 3), (0, 3)])
    named.add_node("Eva alone")
    nx.write_edgelist(plain, HERE / "nx_edgelist.txt")
    nx.write_edgelist(plain, HERE / "nx_edgelist_bare.txt", data=False)
    nx.write_edgelist(named, HERE / "nx_edgelist_blanks.txt", data=False)
    nx.write_edgelist(plain, HERE / "nx_edgelist_commas.csv", delimiter=",", data=["weight"])
    nx.write_weighted_edgelist(plain, HERE / "nx_weighted.txt")
    nx.write_weighted_edgelist(named, HERE / "nx_weighted_tabs.tsv", delimiter="\t")
    nx.write_edgelist(numbers, HERE / "nx_numbers.txt", data=False)
    nx.write_adjlist(plain, HERE / "nx_adjlist.txt")
    nx.write_adjlist(numbers, HERE / "nx_adjlist_numbers.txt")
    nx.write_multiline_adjlist(plain, HERE / "nx_multiline.txt")
    nx.write_graphml(named, HERE / "nx.graphml")
    nx.write_graphml(directed, HERE / "nx_directed.graphml")
    nx.write_graphml(multi, HERE / "nx_multi.graphml")
    nx.write_gml(named, HERE / "nx.gml")
    nx.write_gml(directed, HERE / "nx_directed.gml")
    nx.write_gml(multi, HERE / "nx_multi.gml")
    nx.write_gexf(named, HERE / "nx.gexf")
    nx.write_gexf(directed, HERE / "nx_directed.gexf")
    nx.write_pajek(named, HERE / "nx.net")
    nx.write_pajek(directed, HERE / "nx_directed.net")
    nx.write_sparse6(numbers, HERE / "nx.s6")
    (HERE / "nx_node_link.json").write_text(json.dumps(nx.node_link_data(numbers)))


def by_pandas() -> None:
    """Tables of ties and of customers as ``to_csv`` writes them."""
    import csv

    import pandas

    ties = pandas.DataFrame(TIES, columns=["source", "target", "weight"])
    danish = ties.rename(columns={"source": "Fra", "target": "Til", "weight": "Vægt"})
    ties.to_csv(HERE / "pandas.csv")
    ties.to_csv(HERE / "pandas_no_index.csv", index=False)
    ties[["source", "target"]].to_csv(HERE / "pandas_bare.csv", index=False, header=False)
    ties[["source", "target"]].to_csv(HERE / "pandas_rows_bare.csv", header=False)
    pandas.DataFrame([tie[:2] for tie in TIES]).to_csv(HERE / "pandas_numbered_columns.csv", index=False)
    pandas.DataFrame([tie[:2] for tie in TIES]).to_csv(HERE / "pandas_numbered_index.csv")
    danish.to_csv(HERE / "pandas_danish.csv", index=False, sep=";", decimal=",")
    danish.to_csv(HERE / "pandas_danish_latin1.csv", index=False, sep=";", decimal=",", encoding="cp1252")
    danish.to_csv(HERE / "pandas_danish_utf16.csv", index=False, sep="\t", decimal=",", encoding="utf-16")
    danish.to_csv(HERE / "pandas_mark.csv", index=False, encoding="utf-8-sig")
    ties.to_csv(HERE / "pandas_quoted.csv", index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    ties.to_csv(HERE / "pandas_cr.csv", index=False, lineterminator="\r")
    ties.to_csv(HERE / "pandas.csv.gz", index=False, compression={"method": "gzip", "mtime": 1})
    crm = pandas.DataFrame(PEOPLE, columns=["customer_id", "referred_by"])
    crm.to_csv(HERE / "pandas_people.csv", index=False)
    crm.to_csv(HERE / "pandas_people_na.csv", na_rep="NA")


def by_igraph() -> None:
    """What python-igraph writes, by the Python that LADSIM_IGRAPH names."""
    python = os.environ.get("LADSIM_IGRAPH", sys.executable)
    subprocess.run(
        [python, "-c", _IGRAPH, str(HERE), repr([(a.replace("Å", "Aa"), b.replace("Å", "Aa"), w) for a, b, w in WORDS])],
        check=True,
    )


_IGRAPH = """
import ast, sys
from pathlib import Path
import igraph
here, ties = Path(sys.argv[1]), ast.literal_eval(sys.argv[2])
graph = igraph.Graph.TupleList(ties, weights=True)
graph.write_edgelist(str(here / "igraph_edgelist.txt"))
graph.write_ncol(str(here / "igraph.ncol"), names="name", weights="weight")
graph.write_ncol(str(here / "igraph_bare.ncol"), names="name", weights=None)
graph.write_lgl(str(here / "igraph_lgl.txt"), names="name", weights="weight")
graph.write_graphml(str(here / "igraph.graphml"))
graph.write_gml(str(here / "igraph.gml"))
graph.write_pajek(str(here / "igraph.net"))
graph.write_leda(str(here / "igraph_leda.txt"))
(here / "igraph_adjacency.txt").write_text(str(graph.get_adjacency()).replace("[", "").replace("]", ""))
graph.get_edge_dataframe().to_csv(here / "igraph_frame.csv")
"""


def by_r() -> None:
    """What R's write.csv, write.csv2 and write.table make of a data frame."""
    ties = ", ".join(f"c({', '.join(repr(tie[side]) for tie in TIES)})" for side in range(3))
    subprocess.run(
        ["Rscript", "--encoding=UTF-8", "-e", _R.replace("TIES", ties)],
        check=True,
        cwd=HERE,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )


_R = """
columns <- list(TIES)
ties <- data.frame(from=columns[[1]], to=columns[[2]], weight=columns[[3]])
write.csv(ties, "r.csv")
write.csv(ties, "r_no_rows.csv", row.names=FALSE)
write.csv2(ties, "r_csv2.csv", row.names=FALSE)
write.table(ties, "r_table.txt")
write.table(ties[, 1:2], "r_table_bare.txt", quote=FALSE, row.names=FALSE, col.names=FALSE)
write.table(ties, "r_tabs.tsv", sep="\\t", row.names=FALSE, quote=FALSE)
write.csv(ties, "r_latin1.csv", row.names=FALSE, fileEncoding="latin1")
write.csv(setNames(ties, c("V1", "V2", "weight")), "r_v1_v2.csv")
people <- data.frame(id=c("AB", "NA", "CD"), henvist_av=c("", "AB", "NA"))
write.csv(people, "r_people.csv", row.names=FALSE)
"""


def by_libreoffice() -> None:
    """Sheets saved as CSV by LibreOffice: as it does by itself, and as in Denmark; and the workbooks themselves."""
    rows = [["Afsender", "Modtager", "Antal"], *map(list, TIES)]
    sheets = {
        "calc": rows,
        "calc_total": [*rows, ["I alt", "", 7]],
        "calc_padded": [[f" {cell} " if isinstance(cell, str) else cell for cell in row] + [""] for row in rows],
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, sheet in sheets.items():
            path = Path(folder) / f"{name}.fods"
            path.write_text(_sheet(sheet), encoding="utf-8")
            _saved(path, "csv:Text - txt - csv (StarCalc):44,34,76,1", HERE / f"{name}.csv")
        path = Path(folder) / "calc.fods"
        _saved(path, "csv:Text - txt - csv (StarCalc):59,34,ANSI,1", HERE / "calc_danish.csv")
        _saved(path, "csv:Text - txt - csv (StarCalc):9,34,76,1", HERE / "calc_tabs.tsv")
        _saved(path, "xlsx", HERE / "calc_workbook.csv")


def _sheet(rows: list[list[object]]) -> str:
    """A flat ODF sheet."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
            if isinstance(cell, float | int)
            else f'<table:table-cell office:value-type="string"><text:p xml:space="preserve">{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = ["office", "table", "text"]
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    body = f"<office:body><office:spreadsheet><table:table>{cells}</table:table></office:spreadsheet></office:body>"
    return f'<?xml version="1.0" encoding="UTF-8"?><office:document {spaces} office:mimetype="{kind}">{body}</office:document>'


def _saved(path: Path, kind: str, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        words = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", folder, str(path)]
        subprocess.run(words, check=True, capture_output=True)
        made = next(file for file in Path(folder).iterdir() if file.is_file())
        shutil.move(made, target)


def by_hand() -> None:
    """What programs without a command line write, after their documentation."""
    for name, text in BY_HAND.items():
        (HERE / name).write_bytes(text.encode() if isinstance(text, str) else text)


_GEPHI = "Source,Target,Type,Id,Label,timeset,Weight\n"
BY_HAND: dict[str, str | bytes] = {
    "gephi_edges.csv": _GEPHI
    + 'Anna,Bo Ek,Undirected,0,,,1.0\nBo Ek,"Hansen, Åse",Undirected,1,,,2.5\n"Hansen, Åse",Dora,Undirected,2,,,3.0\nAnna,Dora,Undirected,3,,,0.5\n',
    "gephi.gexf": """<?xml version='1.0' encoding='UTF-8'?>
<gexf xmlns="http://gexf.net/1.3" version="1.3" xmlns:viz="http://gexf.net/1.3/viz">
  <meta lastmodifieddate="2026-11-30"><creator>Gephi 0.10.1</creator></meta>
  <graph defaultedgetype="undirected" mode="static">
    <nodes>
      <node id="0" label="Anna"><viz:size value="10.0"/></node><node id="1" label="Bo Ek"/>
      <node id="2" label="Hansen, Åse"/><node id="3" label="Dora"/>
    </nodes>
    <edges>
      <edge id="0" source="0" target="1"/><edge id="1" source="1" target="2" weight="2.5"/>
      <edge id="2" source="2" target="3" weight="3.0"/><edge id="3" source="0" target="3" weight="0.5"/>
    </edges>
  </graph>
</gexf>
""",
    "gephi_dynamic.gexf": """<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2"><graph mode="dynamic" defaultedgetype="undirected">
<nodes><node id="a" start="1"/><node id="b"/></nodes><edges><edge id="0" source="a" target="b" start="2" end="3"/></edges></graph></gexf>
""",
    "yed_groups.graphml": """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
<key for="node" id="d6" yfiles.type="nodegraphics"/>
<graph edgedefault="undirected" id="G">
<node id="n0" yfiles.foldertype="group"><data key="d6"><y:ProxyAutoBoundsNode/></data><graph edgedefault="undirected" id="n0:">
<node id="n0::n0"><data key="d6"><y:ShapeNode><y:NodeLabel>Anna</y:NodeLabel></y:ShapeNode></data></node>
<node id="n0::n1"><data key="d6"><y:ShapeNode><y:NodeLabel>Bo Ek</y:NodeLabel></y:ShapeNode></data></node>
<edge id="n0::e0" source="n0::n0" target="n0::n1"/></graph></node>
<node id="n1"><data key="d6"><y:ShapeNode><y:NodeLabel>Hansen, Åse</y:NodeLabel></y:ShapeNode></data></node>
<node id="n2"><data key="d6"><y:ShapeNode><y:NodeLabel>Dora</y:NodeLabel></y:ShapeNode></data></node>
<edge id="e0" source="n0::n1" target="n1"/><edge id="e1" source="n1" target="n2"/><edge id="e2" source="n0::n0" target="n2"/>
</graph></graphml>
""",
    "two_graphs.graphml": """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<graph edgedefault="undirected"><node id="a"/><node id="b"/><edge source="a" target="b"/></graph>
<graph edgedefault="undirected"><node id="c"/><node id="d"/><edge source="c" target="d"/></graph></graphml>
""",
    "group_tie.graphml": """<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">
<node id="g"><graph id="g:" edgedefault="undirected"><node id="a"/></graph></node><node id="b"/><edge source="g" target="b"/></graph></graphml>
""",
    "mixed.graphml": """<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">
<node id="a"/><node id="b"/><node id="c"/><edge source="a" target="b"/><edge source="b" target="c" directed="true"/></graph></graphml>
""",
    "pajek.net": '*Vertices 5\r\n1 "Anna" 0.1 0.2 0.5\r\n'
    '2 "Bo Ek"\r\n3 "Hansen, Åse"\r\n4 "Dora"\r\n*Edges\r\n1 2 1\r\n2 3 2.5\r\n3 4 3\r\n1 4 0.5\r\n',
    "pajek_lists.net": '*Vertices 3\n1 "a"\n2 "b"\n3 "c"\n*Arcslist\n1 2 3\n',
    "pajek_matrix.net": '*Vertices 3\n1 "a"\n2 "b"\n3 "c"\n*Matrix\n0 1 0\n0 0 1\n0 0 0\n',
    "konect.txt": "% sym weighted\n% 4 4 4\n1 2 1\n2 3 2.5\n3 4 3\n1 4 0.5\n",
    "snap.txt": "# Undirected graph: friends.txt\n# Nodes: 4 Edges: 4\n# FromNodeId\tToNodeId\n1\t2\n2\t3\n3\t4\n1\t4\n",
    "matrix_market.mtx": "%%MatrixMarket matrix coordinate real symmetric\n% friends\n5 5 4\n2 1 1\n3 2 2.5\n4 3 3\n4 1 0.5\n",
    "matrix_market_dense.mtx": "%%MatrixMarket matrix array real general\n2 2\n0\n1\n1\n0\n",
    "ucinet.txt": "DL n=4 format=edgelist1\nlabels embedded\ndata:\nAnna Bo 1\nBo Carl 1\n",
    "graphviz.txt": "graph friends {\n  Anna -- Bo;\n  Bo -- Carl;\n}\n",
    "dimacs.txt": "c friends\np edge 4 4\ne 1 2\ne 2 3\ne 3 4\ne 1 4\n",
    "excel_sep.csv": "sep=;\r\nFra;Til\r\nAnna;Bo Ek\r\nBo Ek;Hansen, Åse\r\nHansen, Åse;Dora\r\nAnna;Dora\r\n;\r\n;\r\n",
    "excel_rounded.csv": "fra;til\n4,57E+12;4,57E+12\n4,57E+12;1\n",
    "excel_nfd.csv": "source,target\nA\u030ase,Bo\n\u00c5se,Ida\nBo,Ida\n",
    "hashes.csv": "#1001,#1002\n#1002,#1003\n#1003,1004\n",
    "comment_with_commas.csv": "# from the CRM, 2026\nAnna,Bo\nBo,Carl\n",
    "repeated_header.csv": "Source,Target\nAnna,Bo\nSource,Target\nBo,Carl\n",
    "two_pairs.csv": "source,target,from,to\na,b,c,d\nb,c,d,e\n",
    "unquoted_comma.csv": "source,target\nHansen, Åse,Bo\nBo,Carl\n",
    "no_header_no_hint.csv": "Anna,Bo\nCarl,Dora\n",
    "trailing.csv": "Fra;Til;\r\nAnna;Bo;\r\nBo;Carl;\r\n",
    "negative.csv": "source,target,weight\nAnna,Bo,1\nBo,Carl,-2\n",
    "thousands.csv": "fra;til;vægt\nAnna;Bo;1.250\nBo;Carl;900\n",
    "mac_roman.csv": "source,target\nÅse,Bo\nBo,Carl\n".encode("mac_roman"),
    "leading_zeros.csv": "source,target\n007,0042\n0042,0300\n",
    "crm_marks.csv": "Kundenr.;Navn;Henvist af\n17;Anna;-\n18;Bo;17\n19;Carl;ukendt\n20;Dora;18\n21;Eva;0\n22;Fie;ingen\n18;Bo igen;\n",
    "crm_total.csv": "kundenr;henvist_af\n17;\n18;17\nI alt;2\n",
    "crm_zero.csv": "id,by\n0,\n1,0\n2,0\n",
}

PROGRAMS: dict[str, Callable[[], None]] = {
    "networkx": by_networkx,
    "pandas": by_pandas,
    "igraph": by_igraph,
    "r": by_r,
    "libreoffice": by_libreoffice,
    "hand": by_hand,
}

if __name__ == "__main__":
    for program in sys.argv[1:] or PROGRAMS:
        PROGRAMS[program]()
