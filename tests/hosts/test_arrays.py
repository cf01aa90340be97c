"""Entries of arrays, which need no market: every host gives the same, and writes where it should.

Tests: ``hosts/block.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ladsim import streams
from ladsim.hosts.block import Block
from ladsim.hosts.choice import block_for
from ladsim.world import csr, edge_lists, generators, preferential
from ladsim.world.names import Numerals
from tests.hosts import compiles

HOSTS = ["native", "wasm", "plain"]
KEY = streams.key_of_run(9, 2)


def drawn() -> list[Any]:
    """Graphs of every kind that takes luck, and luck itself."""
    return [
        streams.uniforms(KEY, np.arange(50, dtype=np.uint64), streams.stream_id("one"), streams.CLOCK),
        streams.uniforms_numbered(KEY, streams.NO_WORD, streams.SURVEY, 1, 50),
        *generators.watts_strogatz(KEY, 60, 6, 0.3),
        *generators.erdos_renyi(KEY, 60, 5.0),
        *generators.configuration(KEY, generators.poisson_degrees(KEY, 60, 4.0)),
        generators.power_law_degrees(KEY, 60, 4.0, 2.5),
        *generators.stochastic_blocks(KEY, np.arange(60) % 3, 3.0, 1.0)[:2],
        *preferential.rows([KEY], 60, 3),
    ]


def rowed() -> list[Any]:
    """Rows of ties with loops and double ones; their degrees, their checksum."""
    ends = streams.uniforms_numbered(KEY, streams.NO_WORD, streams.GRAPH, 2, 400)
    sources, targets = ((20 * ends[half]).astype(np.int32) for half in (slice(200), slice(200, 400)))
    indptr, indices, loops, double = csr.out_rows(20, sources, targets, True)
    assert loops > 0 and double > 0
    return [indptr, indices, loops, double, csr.in_degrees(20, indices), csr.checksum(indices.view(np.uint32))]


@compiles
@pytest.mark.parametrize("made", [drawn, rowed])
def test_every_host_gives_the_same(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last bit, and of the same kind."""
    found = {}
    for host in HOSTS:
        monkeypatch.setenv("LADSIM_HOST", host)
        found[host] = [np.asarray(array) for array in made()]
    for host in HOSTS[1:]:
        for one, other in zip(found["native"], found[host], strict=True):
            assert (one.dtype, one.tolist()) == (other.dtype, other.tolist()), host


@compiles
def test_every_host_reads_the_same_edge_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large and small numbers in blocks of few lines: names in order, ties as they come."""
    path, found = tmp_path / "ties.csv", []
    path.write_text("".join(f"{a * 7919 % 4001},{a * a * (1 + a // 700 * 10**9)}\n" for a in range(1000)), encoding="utf-8")
    monkeypatch.setattr(edge_lists.byte_blocks, "__defaults__", (4096,))
    for host in HOSTS:
        monkeypatch.setenv("LADSIM_HOST", host)
        monkeypatch.setattr(edge_lists, "LEAST_BYTES", 0)
        ties = edge_lists.read_edge_list(path)
        assert isinstance(ties.names, Numerals)
        found.append((list(ties.names), ties.sources.tolist(), ties.targets.tolist()))
    assert found[0] == found[1] == found[2]


@pytest.fixture(params=[pytest.param("native", marks=compiles), "wasm", "plain"])
def host(request: pytest.FixtureRequest) -> Block:
    """A block of each host."""
    return block_for(request.param)


def test_what_is_written_is_there(host: Block) -> None:
    """In arrays of the block, and in those that lie elsewhere."""
    sources, targets = np.array([0, 1, 1, 2], np.int32), np.array([1, 1, 2, 0], np.int32)
    inside, outside = host.zeros(4, np.int64), np.zeros(4, np.int64)
    for indptr in (inside, outside):
        assert host.call(csr.count, sources, targets, True, indptr) == 1
        assert host.call(csr.starts, indptr) == 6
    assert inside.tolist() == outside.tolist() == [0, 0, 2, 4]


def test_what_is_written_between_other_numbers_is_there(host: Block) -> None:
    """In every second place of an array, and in one of another kind of number: what no compiled rule writes to itself."""
    sources, targets = np.array([0, 1, 1, 2], np.int32), np.array([1, 1, 2, 0], np.int32)
    among, narrow = np.full(8, -1, np.int64), np.zeros(4, np.int32)
    among[::2] = 0
    for indptr in (among[::2], narrow):
        assert host.call(csr.count, sources, targets, True, indptr) == 1
        assert host.call(csr.starts, indptr) == 6
    assert (among.tolist(), narrow.tolist()) == ([0, -1, 0, -1, 2, -1, 4, -1], [0, 0, 2, 4])


def test_a_block_hands_out_zeros(host: Block) -> None:
    """That begin where they should, of any kind; they have an address, and live as long as somebody holds them."""
    record = np.dtype([("a", "i8"), ("b", "f8")])
    arrays = [host.zeros(5, np.uint8), host.zeros((2, 3), np.int64), host.zeros(3, record), host.zeros(7, np.uint8, 64)]
    assert not any(array.view(np.uint8).any() for array in arrays)
    assert host.address(arrays[3]) % 64 == 0
    addresses = [host.address(array) for array in arrays]
    ends = [begin + array.nbytes for begin, array in zip(addresses, arrays, strict=True)]
    for one in range(4):
        assert not any(addresses[one] < addresses[two] < ends[one] for two in range(4) if two != one)
    arrays[1][1, 2] = 5
    assert host.put(arrays[1]).tolist() == [[0, 0, 0], [0, 0, 5]]
    assert host.put(np.arange(3), np.float64).dtype == np.float64


def test_given_arrays_stay(host: Block) -> None:
    """What an entry gives is one's own: the next call changes nothing of it."""
    first = host.call(streams.uniforms_numbered, KEY, streams.NO_WORD, streams.CLOCK, 0, 30)
    before = first.tolist()
    host.call(streams.uniforms_numbered, KEY, streams.NO_WORD, streams.CLOCK, 1, 30)
    assert first.tolist() == before
    assert host.call(streams.uniforms_numbered, KEY, streams.NO_WORD, streams.CLOCK, 0, 0).tolist() == []


def test_too_few_arguments_are_refused(host: Block) -> None:
    """Rather than read what stands there from the call before."""
    with pytest.raises((TypeError, ValueError)):
        host.call(csr.in_degrees, 3)
