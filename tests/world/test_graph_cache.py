"""Graphs kept on disk: found again, never wrong, never in the way."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ladsim import files
from ladsim.errors import WorldError
from ladsim.scenario.spec import Graph, Layer
from ladsim.world import graph_cache, graph_kinds
from ladsim.world.csr import checksum
from ladsim.world.graph import ReferralGraph

ROOT = Path(__file__).resolve().parents[2]
NODES = 1200
RING = Graph(kind="watts_strogatz", neighbours=4, rewired_share=0.2)
ODD = Graph(kind="configuration", degrees=(8,))


@pytest.fixture(autouse=True)
def graphs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder graphs are kept in, for graphs of any size."""
    monkeypatch.setattr(graph_cache, "cache_dir", lambda: tmp_path)
    monkeypatch.setattr(graph_cache, "LEAST_NEIGHBOURS", 1)
    monkeypatch.delenv(graph_cache.LIMIT, raising=False)
    return tmp_path / "graphs"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of graph that were made and not found."""
    kinds: list[str] = []
    real: Callable[..., Any] = graph_kinds._made

    def noted(graph: Graph, *more: Any) -> graph_cache.Made:
        kinds.append(graph.kind)
        return real(graph, *more)  # type: ignore[no-any-return]

    monkeypatch.setattr(graph_kinds, "_made", noted)
    return kinds


def drawn(graph: Graph = RING, nodes: int = NODES, replication: int = 0, parts: int = 1, layer: str = "x") -> graph_cache.Made:
    return graph_kinds.drawn(Layer(layer=layer, graph=graph), nodes, replication, (np.arange(nodes) % parts).astype(np.uint16))


def folders(graphs: Path) -> list[Path]:
    return sorted(graphs.iterdir()) if graphs.is_dir() else []


@pytest.mark.parametrize("graph", [RING, ODD, Graph(kind="barabasi_albert", links=2, copies=3), Graph(kind="grid")])
def test_a_graph_is_made_once(graph: Graph, graphs: Path, made: list[str]) -> None:
    """The second time it comes from disk: the same ties, the same notes (under the layer's own name), mapped and not read."""
    first, said = drawn(graph, layer="friends")
    again, said_again = drawn(graph, layer="family")
    assert made == [graph.kind]
    assert again == first
    assert again.in_degree.tolist() == first.in_degree.tolist()
    assert again.dropped == first.dropped
    assert said_again == tuple(note.replace("friends", "family") for note in said)
    assert bool(said) == (graph is ODD)
    assert isinstance(again.indices.base, np.memmap)
    assert type(again.indices) is type(first.indices) is np.ndarray
    assert [file.name for file in folders(graphs)[0].iterdir() if file.suffix == ".json"] == ["graph.json"]


CHANGES: list[dict[str, Any]] = [
    {"kind": "watts_strogatz", "neighbours": 6, "rewired_share": 0.2},
    {"kind": "watts_strogatz", "neighbours": 4, "rewired_share": 0.3},
    {"kind": "watts_strogatz", "neighbours": 4, "rewired_share": 0.2, "seed": 2},
    {"kind": "watts_strogatz", "neighbours": 4, "rewired_share": 0.2, "copies": 2},
    {"kind": "barabasi_albert", "links": 2},
    {"kind": "barabasi_albert", "links": 3},
    {"kind": "erdos_renyi", "mean_degree": 4.0},
    {"kind": "erdos_renyi", "mean_degree": 4.000000000000001},
    {"kind": "configuration", "mean_degree": 4.0},
    {"kind": "configuration", "degrees": "power_law", "mean_degree": 4.0, "exponent": 2.5},
    {"kind": "configuration", "degrees": "power_law", "mean_degree": 4.0, "exponent": 3.0},
    {"kind": "configuration", "degrees": (1, 2, 3)},
    {"kind": "configuration", "degrees": (3, 2, 1)},
    {"kind": "stochastic_blocks", "within_degree": 3.0, "between_degree": 1.0},
    {"kind": "stochastic_blocks", "within_degree": 1.0, "between_degree": 3.0},
    {"kind": "grid"},
    {"kind": "grid", "columns": 10},
    {"kind": "grid", "wrap": True},
]


def place_of(nodes: int = NODES, replication: int = 0, parts: int = 1, **graph: Any) -> Path:
    segments = (np.arange(nodes) % parts).astype(np.uint16)
    return graph_cache.folder_of(graph_kinds.made_from(Graph(**graph), nodes, replication, segments))


def test_every_parameter_has_a_folder_of_its_own() -> None:
    """Kind, parameters, seed, copies and size, each of them; none of the keys of a graph was forgotten here."""
    places = [place_of(**graph) for graph in CHANGES]
    assert len(set(places)) == len(CHANGES)
    assert place_of(nodes=NODES + 1, **CHANGES[0]) != places[0]
    tried = {key for graph in CHANGES for key in graph} | {"redraw"}
    about_files = {"path", "format", "directed", "header", "comments", "weights", "id_column", "referrer_column"}
    assert tried | about_files == set(Graph.model_fields)


def test_what_changes_nothing_changes_no_folder() -> None:
    """The replication counts where the graph is drawn anew, the segments where ties go by them."""
    ring, blocks = CHANGES[0], CHANGES[13]
    assert place_of(replication=3, **ring) == place_of(**ring) == place_of(redraw=True, **ring)
    assert place_of(replication=3, redraw=True, **ring) != place_of(redraw=True, **ring)
    assert place_of(parts=2, **ring) == place_of(**ring)
    assert place_of(parts=2, **blocks) != place_of(**blocks)


def test_other_sources_have_other_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of a generator starts anew; all modules that make graphs are looked at."""
    before = place_of(**CHANGES[0])
    graph_cache._sources.cache_clear()
    monkeypatch.setattr(graph_cache, "_SOURCES", graph_cache._SOURCES[:-1])
    assert place_of(**CHANGES[0]) != before
    graph_cache._sources.cache_clear()


@pytest.mark.parametrize("name", ["indptr.npy", "indices.npy", "graph.json"])
@pytest.mark.parametrize("how", ["empty", "cut", "longer", "header", "middle", "end", "gone", "folder"])
def test_a_damaged_graph_is_made_again(name: str, how: str, graphs: Path, made: list[str]) -> None:
    """Any damage is noticed before the graph is used, and mended for the next one."""
    first, said = drawn(ODD)
    place = folders(graphs)[0] / name
    content = bytearray(place.read_bytes())
    at = {"header": 8, "middle": len(content) // 2, "end": len(content) - 1}.get(how)
    if at is not None:
        content[at] ^= 1
    place.unlink()
    if how == "folder":
        place.mkdir()
    elif how != "gone":
        place.write_bytes({"empty": b"", "cut": content[:-40], "longer": content + b"\0" * 8}.get(how, bytes(content)))
    again, said_again = drawn(ODD)
    assert (again, said_again) == (first, said)
    longer_data = how == "longer" and name != "graph.json"  # what comes after the array is not part of it
    unreadable = how == "folder"  # cannot be opened, so it is left to its owner
    assert made == ["configuration"] * (1 if longer_data else 2)
    assert drawn(ODD) == (first, said)
    assert len(made) == (1 if longer_data else 3 if unreadable else 2)


def test_any_other_word_has_another_sum() -> None:
    """Every single bit counts, and so does the order."""
    words = np.arange(11, dtype=np.uint32)
    sums = {int(checksum(words)), int(checksum(words[::-1].copy())), int(checksum(words[:10]))}
    for place in range(11):
        for bit in range(32):
            other = words.copy()
            other[place] ^= np.uint32(1 << bit)
            sums.add(int(checksum(other)))
    assert len(sums) == 3 + 11 * 32


AT_ONCE = """
import hashlib, sys, time
from pathlib import Path
import numpy as np
from ladsim.scenario.spec import Graph, Layer
from ladsim.world import graph_cache, graph_kinds
root, own = Path(sys.argv[1]), sys.argv[2]
graph_cache.cache_dir = lambda: root
layer = Layer(layer="x", graph=Graph(kind="barabasi_albert", links=4))
segments = np.zeros(60_000, np.uint16)
graph_kinds._made(layer.graph, 2_000, 0, segments[:2_000], "")
(root / own).touch()
while len(list(root.glob("ready-*"))) < 2:
    time.sleep(0.001)
graph, _ = graph_kinds.drawn(layer, 60_000, 0, segments)
print(hashlib.sha256(graph.indptr.tobytes() + graph.indices.tobytes()).hexdigest())
"""


def test_two_processes_make_the_same_graph_at_once(tmp_path: Path, graphs: Path) -> None:
    """Both have it, one copy stays, nothing else is left, and a third finds it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, str(tmp_path), f"ready-{i}"], env=environment, stdout=subprocess.PIPE, text=True
        )
        for i in (1, 2)
    ]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1]
    assert len(folders(graphs)) == 1
    graph, _ = graph_kinds.drawn(
        Layer(layer="x", graph=Graph(kind="barabasi_albert", links=4)), 60_000, 0, np.zeros(60_000, np.uint16)
    )
    assert isinstance(graph.indices.base, np.memmap)


def test_who_comes_second_finds_the_place_taken(graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Renaming onto a folder that is there fails, and harms nobody."""
    real = graph_cache._opened
    monkeypatch.setattr(graph_cache, "_opened", lambda folder: None)
    first, second = drawn(), drawn()
    assert first == second
    assert len(folders(graphs)) == 1
    monkeypatch.setattr(graph_cache, "_opened", real)
    assert drawn()[0] == first[0]


@pytest.mark.parametrize("where", ["mkdtemp", "save", "replace", "disk_usage"])
def test_a_full_disk_fails_no_run(where: str, graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph is there, the disk as before."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    home = {"mkdtemp": files.tempfile, "save": graph_cache.np, "replace": files.os, "disk_usage": graph_cache.shutil}[where]
    monkeypatch.setattr(home, where, full)
    graph, _ = drawn()
    assert graph.nodes == NODES
    monkeypatch.undo()
    assert folders(graphs) == []


def test_a_nearly_full_disk_is_left_alone(graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache must not take a user's last gigabytes."""
    monkeypatch.setattr(graph_cache.shutil, "disk_usage", lambda _: SimpleNamespace(free=10_000))
    drawn()
    assert folders(graphs) == []


def test_a_place_that_cannot_be_written_fails_no_run(graphs: Path) -> None:
    """A file in the place of the folder, as a stand-in for a disk that is read-only."""
    graphs.write_text("mine")
    assert drawn()[0] == drawn()[0]
    assert graphs.read_text() == "mine"


def test_what_was_not_used_for_longest_goes_first(graphs: Path, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more than the limit; a graph that was just used stays."""
    seeds = [Graph(kind="watts_strogatz", neighbours=4, rewired_share=0.2, seed=seed) for seed in (1, 2, 3)]
    size = sum(file.stat().st_size for file in graphs.parent.iterdir())
    for place, graph in enumerate(seeds[:2]):
        before = set(folders(graphs))
        drawn(graph)
        yesterday = graphs.parent.stat().st_mtime - 86_400
        os.utime((set(folders(graphs)) - before).pop(), (yesterday + place, yesterday + place))
    size = sum(file.stat().st_size for folder in folders(graphs) for file in folder.iterdir())
    drawn(seeds[0])  # used again
    monkeypatch.setenv(graph_cache.LIMIT, str(1.2 * size / 1e9))
    drawn(seeds[2])
    assert len(folders(graphs)) == 2
    assert len(made) == 3
    drawn(seeds[0])
    assert len(made) == 3
    drawn(seeds[1])
    assert len(made) == 4


def test_what_nobody_used_for_long_goes(graphs: Path, made: list[str]) -> None:
    """After 90 days, though there is room."""
    drawn(Graph(kind="watts_strogatz", neighbours=4, rewired_share=0.2, seed=1))
    old = folders(graphs)[0]
    os.utime(old, (old.stat().st_mtime - 91 * 86_400,) * 2)
    drawn(Graph(kind="watts_strogatz", neighbours=4, rewired_share=0.2, seed=2))
    assert len(folders(graphs)) == 1 and old not in folders(graphs)


def test_limits(graphs: Path, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """0 keeps nothing and looks for nothing; a graph above the limit is not kept; no number is refused by name."""
    drawn()
    for limit in ("0", "0.000001"):
        monkeypatch.setenv(graph_cache.LIMIT, limit)
        drawn(ODD)
    assert len(folders(graphs)) == 1
    monkeypatch.setenv(graph_cache.LIMIT, "0")
    drawn()
    assert len(made) == 4
    for wrong in ("much", "-1", "nan", "inf"):
        monkeypatch.setenv(graph_cache.LIMIT, wrong)
        with pytest.raises(WorldError, match=rf"{graph_cache.LIMIT}: found '{wrong}', must be a number of gigabytes from 0"):
            drawn()


def test_small_graphs_are_not_kept(graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Making them takes no longer than finding them."""
    drawn(nodes=graph_cache.LEAST_NODES - 200)
    monkeypatch.setattr(graph_cache, "LEAST_NEIGHBOURS", 4 * NODES + 1)
    drawn()
    assert folders(graphs) == []


def test_what_a_dead_process_left_behind_is_cleared_away(graphs: Path) -> None:
    """After a day; what another process is writing now is left alone."""
    for name, used in ((".new-dead", 1000), (".new-alive", None)):
        (graphs / name).mkdir(parents=True)
        (graphs / name / "indices.npy").write_bytes(b"half")
        if used is not None:
            os.utime(graphs / name, (used, used))
    drawn()
    assert [place.name for place in folders(graphs) if place.name.startswith(".new-")] == [".new-alive"]


@pytest.mark.skipif(os.name == "nt", reason="files in use cannot be removed here")
def test_a_graph_in_use_outlives_its_folder(graphs: Path) -> None:
    """Another process may clear the folder while this one maps it."""
    first, _ = drawn()
    mapped, _ = drawn()
    assert isinstance(mapped.indices.base, np.memmap)
    graph_cache.shutil.rmtree(graphs)
    assert mapped == first
    assert isinstance(mapped, ReferralGraph)


def test_no_memory_for_a_map_is_no_damage(graphs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends as any lack of memory does, and the graph stays where it is."""
    drawn()

    def no_room(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(graph_cache.np, "load", no_room)
    with pytest.raises(MemoryError):
        drawn()
    assert len(folders(graphs)) == 1


PRESSED = """
import os, signal, sys, time
import numpy as np
import ladsim
from ladsim.world import graph_cache
signal.signal(signal.SIGINT, signal.default_int_handler)
plain, saved = np.save, []

def save(place, array):
    # The first file is there, and Ctrl-C comes: the main thread hears it while this one writes.
    plain(place, array)
    saved.append(place.name)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.5)

graph_cache.np.save = save
graph_cache.LEAST_NEIGHBOURS = 1
friends = {"layer": "friends", "graph": {"kind": "erdos_renyi", "mean_degree": 8.0}}
rungs = ({"name": "lead", "share": 1.0},)
data = {"name": "x", "months": 1.0, "market_size": 2_000, "rungs": rungs, "word_of_mouth": (friends,)}
scenario = ladsim.Scenario.model_validate(data)
try:
    ladsim.build(scenario)
except KeyboardInterrupt:
    print(saved, os.listdir(graph_cache.cache_dir() / "graphs"), flush=True)
graph_cache.np.save = plain
print(ladsim.build(scenario).size, len(os.listdir(graph_cache.cache_dir() / "graphs")))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_while_a_graph_is_written_leaves_nothing(tmp_path: Path) -> None:
    """Between two files of a graph: a KeyboardInterrupt, no folder under any name, and the next call makes and keeps it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LADSIM_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PRESSED], env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == ["['indptr.npy'] []", "2000 1"]
    assert "Traceback" not in done.stderr
