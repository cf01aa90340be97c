"""Large edge lists: compiled code and pandas say the same, block by block, and memory stays that of the result.

Tests: ``world/edges.py``, ``world/first_line.py``, ``world/integer_edges.py``, ``world/names.py``, ``world/text_files.py``,
``world/text_ties.py``.
"""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ladsim.errors import WorldError
from ladsim.scenario.spec import Graph
from ladsim.world import edge_lists, integer_edges, text_columns, text_files, text_ties
from ladsim.world.build import build
from ladsim.world.dialects import dialect_of
from ladsim.world.edge_lists import read_edge_list
from ladsim.world.edges import Ties
from ladsim.world.first_line import first_line
from ladsim.world.names import Numerals
from tests.world.scenarios import scenario

ROOT = Path(__file__).resolve().parents[2]


def said(ties: Ties) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """Ties in the file's order, and notes."""
    names = list(ties.names)
    assert len(set(names)) == len(names)
    assert sorted({*ties.sources.tolist(), *ties.targets.tolist()}) == list(range(len(names)))
    return [(names[a], names[b]) for a, b in zip(ties.sources, ties.targets, strict=True)], ties.notes


def compiled_ties(path: Path) -> Ties | None:
    """The ties by compiled code; None where it leaves the file alone."""
    asked = Graph(kind="file", path=str(path))
    dialect = dialect_of(path)
    return edge_lists.numbers(path, dialect, first_line(path, dialect, asked), asked)


def pandas_ties(path: Path) -> Ties:
    """The ties by pandas."""
    asked = Graph(kind="file", path=str(path))
    dialect = dialect_of(path)
    return text_ties.read(path, dialect, first_line(path, dialect, asked), asked)


def both_ways(path: Path) -> tuple[Ties, bool]:
    """The ties by compiled code where that reads the file, and whether it did; they are those that pandas finds."""
    compiled, pandas = compiled_ties(path), pandas_ties(path)
    if compiled is not None:
        assert said(compiled) == said(pandas)
        assert isinstance(compiled.names, Numerals)
        assert (np.diff(compiled.names.numbers.astype(object)) > 0).all()
    return pandas if compiled is None else compiled, compiled is not None


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 16 bytes and parts of 3 lines, so that every seam is crossed."""
    monkeypatch.setattr(text_files, "BLOCK", 16)
    monkeypatch.setattr(text_files.byte_blocks, "__defaults__", (16,))
    monkeypatch.setattr(edge_lists, "_ROWS", 3)
    monkeypatch.setattr(text_columns.TextColumns.__init__, "__defaults__", (3,))
    monkeypatch.setattr(edge_lists, "LEAST_BYTES", 0)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(
    "content",
    [
        "1,2\n2,3\n10,1\n7,2\n3,12\n",
        "1\t2\n2\t3\n",
        "1;2\r\n2;3\r\n",
        "  1 2\n2   3  \n\t4 \t 5\n",
        "source,target\n1,2\n2,3\n",
        "x,y\n0,1\n",
        "# a comment, with a comma\n\n1,2\n   # another\n2,3\n\n",
        "1,2,4.5\n2,3,-1\n3,4,7,8\n",
        "1, 2 \n2 , 3\n",
        "\ufeff1,2\n2,3\n",
        "\ufefffrom to\n1 2\n",
        "1,2\n2,3",
        "2147483647,1\n5,6\n",
        "1,2\n2147483648,1\n5,2\n1,2\n",
        "999999999999999999,0\n0,3\n",
        "1,2\n3000,4\n2000000000,7\n",
        "0,0\n",
    ],
)
def test_plain_numbers_are_read_by_compiled_code(content: str, tmp_path: Path) -> None:
    """All usual forms of a file of numbers, with the ties and notes that pandas gives."""
    path = tmp_path / "ties.csv"
    path.write_bytes(content.encode())
    ties, compiled = both_ways(path)
    assert compiled
    assert said(read_edge_list(path)) == said(ties)
    packed = tmp_path / "ties.csv.gz"
    packed.write_bytes(gzip.compress(content.encode()))
    assert said(read_edge_list(packed))[0] == said(ties)[0]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(
    "content",
    [
        "1,2\n2,3\n3,anna\n",
        "1,2\n2,07\n",
        "1,2\n+2,3\n",
        '1,2\n"2",3\n',
        "1,2,caf\u00e9\n2,3,x\n",
        "1,2\n2,1000000000000000000\n",
        "1,2\n2,1e3\n",
        "1,2\r2,3\r",
        "a,1\n2,3\n",
        "source,target\n",
        "anna,bo\nbo,carl\n",
        "1,2\n# caf\u00e9\n2,3\n",
        "1 2\n3\u00a04 5\n",
    ],
)
def test_anything_else_is_left_to_pandas(content: str, tmp_path: Path) -> None:
    """What compiled code does not read it leaves alone, wherever in the file it stands."""
    path = tmp_path / "ties.csv"
    path.write_bytes(content.encode())
    try:
        assert compiled_ties(path) is None
    except WorldError:
        assert content in ("source,target\n",)


LINES = st.one_of(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: f"{pair[0]},{pair[1]}"),
    st.tuples(st.integers(0, 10**18), st.integers(0, 2**32)).map(lambda pair: f"{pair[0]} , {pair[1]},x"),
    st.text(alphabet='0123, \t#;\r"a', max_size=8),
)


@pytest.mark.usefixtures("small_blocks")
@example(["1,2", "\t", "3,4"])
@example(["1,2", "3,4 ", " "])
@example(["1,2\t,5", "3 4,5"])
@given(st.lists(LINES, min_size=1, max_size=9))
def test_compiled_code_reads_what_pandas_reads(tmp_path: Path, some: list[str]) -> None:
    """Where compiled code gives ties at all, pandas gives the same ones; both leave no name empty."""
    path = tmp_path / "ties.csv"
    path.write_bytes("\n".join(some).encode())
    try:
        compiled = compiled_ties(path)
    except WorldError:
        return
    if compiled is not None:
        assert said(compiled) == said(pandas_ties(path))


@given(st.text(alphabet='01,; \t\n#\r"', max_size=60))
def test_no_byte_beyond_the_text_is_read(text: str) -> None:
    """Any bytes that end with a line end in numbers or in −1, and every number was in them."""
    data = (text + "\n").encode()
    for separator in b",; \t":
        numbers = np.zeros(len(data) // 4 * 2 + 2, np.uint64)
        made = integer_edges.pairs(np.frombuffer(data, np.uint8), separator, numbers)
        assert -1 <= made <= numbers.size
        assert made % 2 == 0 or made == -1
        assert all(str(number) in text for number in numbers[: max(made, 0)])


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"1,2\n" * 50 + b"3\n" + b"1,2\n" * 9, 51, "one name"),
        (b"1,2\n" * 50 + b"3,\n", 51, "one name"),
        (b"anna,bo,x\n" * 50 + b",,x\n", 51, "no name"),
        (b"1,2\n" * 50 + b"3,\xff\n", 51, "not text"),
        (b"1,2\n" * 50 + b"3,4\x00\n", 51, "not text"),
        (b"anna,bo\n" * 50 + b"bo,\xff\n", 51, "not text"),
    ],
)
def test_a_bad_line_far_down_is_named(content: bytes, line: int, words: str, tmp_path: Path) -> None:
    """In whatever block it stands, and whichever way the file was read."""
    path = tmp_path / "ties.csv"
    path.write_bytes(content)
    with pytest.raises(WorldError, match=rf"^{re.escape(str(path))}, line {line}: found .*{words}"):
        read_edge_list(path)


@pytest.mark.usefixtures("small_blocks")
def test_a_broken_archive_is_named_wherever_it_breaks(tmp_path: Path) -> None:
    path = tmp_path / "ties.csv.gz"
    path.write_bytes(gzip.compress(np.random.default_rng(1).bytes(200).hex().encode())[:-20])
    with pytest.raises(WorldError, match=r"ties\.csv\.gz: cannot be read"):
        read_edge_list(path)


def test_many_numbers_have_their_positions(tmp_path: Path) -> None:
    """The hash table grows; large and thinly spread numbers are told apart as numpy tells them apart."""
    luck = np.random.default_rng(1)
    for most in (2**31 - 1, 10**17):
        numbers = luck.integers(0, most, 60_000)
        numbers[30_000:] = numbers[luck.integers(0, 30_000, 30_000)]
        path = tmp_path / "ties.csv"
        path.write_text("\n".join(f"{a},{b}" for a, b in numbers.reshape(-1, 2)))
        ties = compiled_ties(path)
        assert ties is not None
        different, places = np.unique(numbers, return_inverse=True)
        assert isinstance(ties.names, Numerals)
        assert np.array_equal(ties.names.numbers, different.astype(np.uint64))
        assert np.array_equal(np.stack([ties.sources, ties.targets], axis=1).ravel(), places)


def test_a_world_of_numbers_holds_numbers(tmp_path: Path) -> None:
    """Names stay numbers and read as text; a named customer is found; those who are missing have the free numbers."""
    path = tmp_path / "ties.csv"
    path.write_text("\n".join(f"{3 * i},{3 * i + 3}" for i in range(200_000)) + "\n")
    assert path.stat().st_size > 2_000_000
    edge_list = {"kind": "file", "path": str(path)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge_lists, "LEAST_BYTES", 1)
        world = build(scenario(200_010, edge_list, start={"nodes": {"ambassador": (3, "600000")}}))
        with pytest.raises(WorldError, match=r"found 'anna', must be one of the 200,010 names of the graph file"):
            build(scenario(200_010, edge_list, start={"nodes": {"ambassador": ("anna",)}}))
    plain = build(scenario(200_010, edge_list, start={"nodes": {"ambassador": (3, "600000")}}))
    assert isinstance(world.labels, Numerals)
    assert world.labels == plain.labels
    assert np.array_equal(world.ids, plain.ids)
    assert world.layers == plain.layers
    assert world.notes == plain.notes
    assert [world.label(int(row)) for row in np.flatnonzero(world.pinned == 2)] == ["3", "600000"]
    assert (world.label(1), world.label(world.size - 1)) == ("1", "600000")


MEASURED = """
import resource, sys
from pathlib import Path
from ladsim.world import edge_lists
from ladsim.world.edge_lists import read_edge_list
small, large = map(Path, sys.argv[1:])
edge_lists.LEAST_BYTES = 0
read_edge_list(small)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
ties = read_edge_list(large)
print(len(ties.names), ties.sources.size, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


def written(path: Path, lines: int, nodes: int) -> Path:
    """A file of random ties."""
    luck = np.random.default_rng(lines)
    with path.open("w") as file:
        for first in range(0, lines, 500_000):
            ends = luck.integers(0, nodes, (min(500_000, lines - first), 2))
            file.write("".join(f"{a},{b}\n" for a, b in ends.tolist()))
    return path


@pytest.mark.skipif(sys.platform != "linux", reason="the most memory held is told in other units elsewhere")
@pytest.mark.parametrize("lines", [1_000_000, pytest.param(10_000_000, marks=pytest.mark.long)])
def test_reading_takes_the_memory_of_the_result(lines: int, tmp_path: Path) -> None:
    """8 bytes a line, 12 a name, and a constant for the blocks (80 MB)."""
    small, large = written(tmp_path / "small.csv", 1000, 100), written(tmp_path / "large.csv", lines, lines // 10)
    words = [sys.executable, "-c", MEASURED, str(small), str(large)]
    done = subprocess.run(words, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    names, ties, held = map(int, done.stdout.split())
    assert (names, ties) == (pytest.approx(lines / 10, rel=0.01), lines)
    assert held < 8 * lines * 1.05 + 12 * names + 80_000_000
