"""Graphs kept on disk: the same graph is made once, and several processes share one copy of it in memory.

In: what a graph is made from. Out: the graph, opened from ``cache_dir()/graphs`` or made and put there. A folder a graph, named by
a hash of the kind, all parameters, the number of customers, the seed, the replication (where it is drawn anew), the segments
(where they matter) and the sources of the generators: a change of any is another folder. ``indptr.npy`` and ``indices.npy`` are
mapped into memory, not read.

What must hold, and how:

- Two processes make the same graph at once: each writes a folder of its own and renames it; the first wins, both graphs are equal.
- A damaged folder is noticed: every byte goes into a checksum, and every graph is summed up before it is used (some gigabytes a
  second, a thirtieth of the time it takes to make it). It is made again.
- Ctrl-C while a graph is written leaves nothing of it: the file being written is finished first, then all of them go.
- A full or read-only disk never fails a run: then nothing is kept.
- The folder stays small: ``LADSIM_GRAPH_CACHE_GB`` (8 by default; 0 keeps nothing) is never exceeded, what was not used for longest
  goes first, and what nobody used for 90 days in any case. Where the disk is nearly full nothing is kept. A graph in use by another
  process stays whole until that lets go.

It may be deleted at any time.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.errors import WorldError
from ladsim.files import folder_in_one_move, is_begun, remove_abandoned
from ladsim.hosts.cache import bytes_allowed, cache_dir, go_on, unbroken
from ladsim.world.csr import checksum
from ladsim.world.graph import Dropped, ReferralGraph

Made = tuple[ReferralGraph, tuple[str, ...]]

LEAST_NODES, LEAST_NEIGHBOURS = 1_000, 400_000  # below, making a graph takes no longer than looking for it
LIMIT = "LADSIM_GRAPH_CACHE_GB"
_USUAL_GB = 8.0
_SOURCES = (
    "streams.py", "world/csr.py", "world/generators.py", "world/graph.py", "world/graph_cache.py", "world/graph_kinds.py", "world/population.py",
    "world/preferential.py",
)  # fmt: skip
_UNUSED = 90 * 24 * 3600.0  # seconds after which a graph that nobody opened goes, however much room there is
_ABANDONED = 24 * 3600.0  # seconds after which a folder that is being written was left behind by a process that died


def kept(made_from: Mapping[str, Any], make: Callable[[], Made]) -> Made:
    """The graph made from this, and notes about it: from disk, or made and put there."""
    limit = _limit()
    if not limit or made_from["nodes"] < LEAST_NODES:
        return make()
    folder = folder_of(made_from)
    found = _opened(folder)
    if found is not None:
        return found
    graph, notes = make()
    if graph.indices.size >= LEAST_NEIGHBOURS:
        with suppress(OSError):
            _store(folder, graph, notes, limit)
    return graph, notes


def folder_of(made_from: Mapping[str, Any]) -> Path:
    """The folder of a graph. What it is made from must be values that JSON knows."""
    text = json.dumps({**made_from, "sources": _sources()}, sort_keys=True)
    return cache_dir() / "graphs" / hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


@cache
def _sources() -> str:
    """Hash of all sources that a graph depends on."""
    digest = hashlib.blake2b(digest_size=10)
    for name in _SOURCES:
        digest.update((Path(__file__).parents[1] / name).read_bytes())
    return digest.hexdigest()


def _limit() -> int:
    """Bytes that all graphs together may take."""
    allowed = bytes_allowed(LIMIT, _USUAL_GB)
    if allowed is None:
        raise WorldError(
            f"{LIMIT}: found {os.environ[LIMIT].strip()!r}, must be a number of gigabytes from 0 (0: graphs are not kept on disk)"
        )
    return allowed


def _opened(folder: Path) -> Made | None:
    """The graph in a folder; None where there is none, or where it was damaged: then the folder is removed."""
    try:
        seal, text = (folder / "graph.json").read_text(encoding="utf-8").split("\n", 1)
        said = json.loads(text)
        indptr, indices = (_mapped(folder / f"{name}.npy") for name in ("indptr", "indices"))
        if seal != _seal(text) or said["sums"] != _sums(indptr, indices):
            raise ValueError("damaged")
        graph = ReferralGraph.from_rows(indptr, indices, Dropped(*said["dropped"]))
        notes = tuple(said["notes"])
    except OSError as error:
        if error.errno == errno.ENOMEM:
            raise MemoryError(f"{folder}: {error}") from error
        if isinstance(error, FileNotFoundError) and folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
        return None
    except (ValueError, KeyError, TypeError, AttributeError, EOFError):  # whatever damaged bytes lead to
        shutil.rmtree(folder, ignore_errors=True)
        return None
    with suppress(OSError):
        os.utime(folder)  # used just now
    return graph, notes


def _mapped(path: Path) -> NDArray[Any]:
    """An array of a file, mapped; what is written to it would stay in this process (nothing is)."""
    return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))


def _sums(indptr: NDArray[Any], indices: NDArray[Any]) -> list[str]:
    """What tells these arrays from any others: kind, shape and checksum."""
    wanted = (indptr.dtype, indices.dtype) == (np.dtype(np.int64), np.dtype(np.int32)) and indptr.ndim == indices.ndim == 1
    if not wanted:
        raise ValueError("other arrays")
    return [f"{part.size}:{int(checksum(part.view(np.uint32))):016x}" for part in (indptr, indices)]


def _seal(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _store(folder: Path, graph: ReferralGraph, notes: tuple[str, ...], limit: int) -> None:
    """Put a graph into a folder, all at once. Raises OSError."""
    size = graph.indptr.nbytes + graph.indices.nbytes
    if size > limit:
        return
    root = folder.parent
    root.mkdir(parents=True, exist_ok=True)
    with unbroken:
        folder_in_one_move(folder, lambda new: _fill(new, graph, notes, limit - size), replace=False)


def _fill(new: Path, graph: ReferralGraph, notes: tuple[str, ...], most: int) -> None:
    """Write a graph into an empty folder beside all others, which leave it so much room. Raises OSError."""
    root = new.parent
    _make_room(root, most, new.stat().st_mtime)
    if shutil.disk_usage(root).free < 2 * (graph.indptr.nbytes + graph.indices.nbytes):
        raise OSError(errno.ENOSPC, "the disk is nearly full")
    go_on()
    np.save(new / "indptr.npy", graph.indptr)
    go_on()
    np.save(new / "indices.npy", graph.indices)
    go_on()
    dropped = [graph.dropped.self_loops, graph.dropped.duplicates]
    said = {"sums": _sums(graph.indptr, graph.indices), "dropped": dropped, "notes": notes}
    text = json.dumps(said)
    (new / "graph.json").write_text(f"{_seal(text)}\n{text}", encoding="utf-8")


def _make_room(root: Path, most: int, now: float) -> None:
    """Remove what was not used for longest until the rest takes at most so many bytes, and what dead processes left behind."""
    remove_abandoned(root, _ABANDONED, now)
    there = []
    for place in os.scandir(root):
        with suppress(OSError):  # another process may be removing it
            used = place.stat().st_mtime
            if is_begun(place.name):
                continue
            if now - used > _UNUSED:
                shutil.rmtree(place.path, ignore_errors=True)
                continue
            there.append((used, sum(file.stat().st_size for file in os.scandir(place.path)), place.path))
    total = sum(size for _, size, _ in there)
    for _, size, path in sorted(there):
        if total <= most:
            return
        shutil.rmtree(path, ignore_errors=True)
        total -= size
