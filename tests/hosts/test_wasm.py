"""The module that ships: it is of these rules, says why where it cannot be used, and keeps what wasmtime makes of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from ladsim import streams
from ladsim.hosts import sources, wasm
from ladsim.hosts.entry import ENTRIES
from ladsim.world import csr
from tests.hosts import test_entries


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module's two files in a folder where a test may change them, and an empty cache; nothing of them is known yet."""
    for name in ("kernel.wasm", "kernel.json"):
        shutil.copyfile(wasm.HERE / name, tmp_path / name)
    monkeypatch.setattr(wasm, "HERE", tmp_path)
    monkeypatch.setattr(wasm, "cache_dir", lambda: tmp_path / "cache")
    for name in ("_said", "_module"):
        monkeypatch.setattr(wasm, name, getattr(wasm, name).__wrapped__)
    return tmp_path


def reason() -> str:
    return wasm.reason_against.__wrapped__()


def test_it_is_of_these_rules() -> None:
    """Every change of a rule asks for ``make kernel``."""
    said = json.loads((wasm.HERE / "kernel.json").read_text(encoding="utf-8"))
    assert said["rules"] == sources.hash_of_rules(), "the rules have changed since kernel.wasm was made: make kernel"
    assert said["entries"] == {name: ENTRIES[name].signature for name in sorted(test_entries.OURS)}
    assert {name.partition(".")[0] for name in said["hooks"]} == set(test_entries.PROGRAMMES)
    assert reason() == ""


def test_why_it_cannot_be_used(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed rules, a damaged or a missing file: in words, and nothing is raised."""
    assert reason() == ""
    with monkeypatch.context() as other:
        other.setattr(sources, "hash_of_bytes", lambda: "others")
        assert reason() == "", "what changed was no rule"
        other.setattr(sources, "hash_of_rules", lambda: "others")
        assert reason() == "the rules have changed since kernel.wasm was made (make kernel)"
    binary = (shipped / "kernel.wasm").read_bytes()
    (shipped / "kernel.wasm").write_bytes(binary[:-1])
    assert "damaged" in reason()
    (shipped / "kernel.wasm").unlink()
    assert "kernel.wasm is missing" in reason()
    (shipped / "kernel.wasm").write_bytes(binary)
    (shipped / "kernel.json").write_text("{", encoding="utf-8")
    assert reason().startswith("kernel.wasm cannot be used: ")
    (shipped / "kernel.json").unlink()
    assert "kernel.json is missing" in reason()


def test_what_is_made_of_it_is_kept(shipped: Path) -> None:
    """Once; a damaged one is made again, and those of other modules go."""
    kept = shipped / "cache" / "wasm"
    kept.mkdir(parents=True)
    (kept / "older.bin").write_bytes(b"older")
    wasm._module()
    (file,) = kept.iterdir()
    whole, made = file.read_bytes(), file.stat().st_mtime_ns
    wasm._module()
    assert file.stat().st_mtime_ns == made
    for damaged in (b"", whole[:40], whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(damaged)
        wasm._module()
        assert file.read_bytes()[20:] and len(file.read_bytes()) == len(whole)
    assert [path.name for path in kept.iterdir()] == [file.name]


def test_a_cache_that_cannot_be_written(shipped: Path) -> None:
    """Then the module is compiled at every start."""
    (shipped / "cache").write_text("mine", encoding="utf-8")
    assert reason() == ""
    assert (shipped / "cache").read_text(encoding="utf-8") == "mine"


def test_more_than_there_is_room_for() -> None:
    """A MemoryError, by the rules as by who hands out arrays; what fits is given afterwards all the same."""
    block = wasm.Wasm()
    with pytest.raises(MemoryError):
        block.zeros(wasm.MOST_BYTES + 1, np.uint8)
    with pytest.raises(MemoryError):
        block.call(streams.uniforms_numbered, 1, streams.NO_WORD, streams.CLOCK, 0, wasm.MOST_BYTES // 8)
    assert block.call(streams.uniforms_numbered, 1, streams.NO_WORD, streams.CLOCK, 0, 3).size == 3
    assert not block.zeros(1000, np.int64).any()


def test_room_is_used_again() -> None:
    """What a call needs for a while is there for the next: a thousand calls need no more memory than one; zeros are zeros after it."""
    block = wasm.Wasm()
    words = np.full(1 << 16, 7, np.uint32)
    found = {int(block.call(csr.checksum, words)) for _ in range(3)}
    pages = block.pages
    found |= {int(block.call(csr.checksum, words)) for _ in range(1000)}
    assert len(found) == 1
    assert block.memory.size(block.store) * (1 << 16) < wasm._FIRST_PAGES * (1 << 16) + 4 * words.nbytes
    assert block.pages == pages
    assert not block.zeros(1 << 16, np.uint32).any()


def test_an_array_that_lies_elsewhere_has_no_address() -> None:
    """Rules would read something else there."""
    with pytest.raises(ValueError, match="not in the block"):
        wasm.Wasm().address(np.zeros(3))


def test_arrays_outlive_their_block() -> None:
    """A view of the memory keeps it; a released one is a copy."""
    array = wasm.Wasm().put(np.arange(5))
    block = wasm.Wasm()
    copy = block.released(block.put(np.arange(5)))
    del block
    assert array.tolist() == copy.tolist() == [0, 1, 2, 3, 4]
