"""The module that ships: it is of these rules, says why where it cannot be used, and keeps what wasmtime makes of it.

Tests: ``hosts/wasm_module.py``.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import wasmtime

from ladsim import streams
from ladsim.hosts import sources, wasm, wasm_module
from ladsim.hosts.entry import ENTRIES
from ladsim.world import csr
from tests.hosts import test_entry


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module's two files in a folder where a test may change them, and an empty cache; nothing of them is known yet."""
    for name in ("kernel.wasm", "kernel.json"):
        shutil.copyfile(wasm_module.HERE / name, tmp_path / name)
    monkeypatch.setattr(wasm_module, "HERE", tmp_path)
    monkeypatch.setattr(wasm_module, "cache_dir", lambda: tmp_path / "cache")
    for name in ("said", "module"):
        monkeypatch.setattr(wasm_module, name, getattr(wasm_module, name).__wrapped__)
    return tmp_path


def reason() -> str:
    return wasm_module.reason_against.__wrapped__()


def test_it_is_of_these_rules() -> None:
    """Every change of a rule asks for ``make kernel``."""
    said = json.loads((wasm_module.HERE / "kernel.json").read_text(encoding="utf-8"))
    assert said["rules"] == sources.hash_of_rules(), "the rules have changed since kernel.wasm was made: make kernel"
    assert said["entries"] == {name: ENTRIES[name].signature for name in sorted(test_entry.OURS)}
    assert {name.partition(".")[0] for name in said["hooks"]} == set(test_entry.PROGRAMMES)
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
    assert reason() == "kernel.wasm is damaged, or not the one that kernel.json tells of (install ladsim again)"
    (shipped / "kernel.wasm").unlink()
    assert reason() == "kernel.wasm is missing (install ladsim again)"
    (shipped / "kernel.json").unlink()
    assert reason() == "kernel.json is missing (install ladsim again)"
    (shipped / "kernel.json").mkdir()
    assert reason().startswith("kernel.json cannot be read: ")


def told(shipped: Path, sealed: bool, **other: object) -> None:
    """Let ``kernel.json`` say something else (None: leave it out), under a seal that fits or not."""
    said = json.loads((shipped / "kernel.json").read_text(encoding="utf-8")) | other
    said = {key: value for key, value in said.items() if value is not None}
    if sealed:
        said["seal"] = wasm_module.seal_of(said)
    (shipped / "kernel.json").write_text(json.dumps(said), encoding="utf-8")


@pytest.mark.parametrize(
    ("sealed", "other"),
    [
        (False, {"hooks": ["tiers.on_order", "tiers.on_join"]}), (False, {"given": 10**12}), (False, {"own": 63}), (False, {"seal": None}),
        (False, {"made_with": {}}), (True, {"bytes": None}), (True, {"entries": None}), (True, {"given": "128"}), (True, {"own": 1.5}),
    ],
)  # fmt: skip
def test_what_tells_of_it_is_whole(sealed: bool, other: dict[str, object], shipped: Path) -> None:
    """A word of it changed, in another order or left out: said in words, before anything is played by it."""
    told(shipped, True)
    assert reason() == ""
    told(shipped, sealed, **other)
    assert reason() == "kernel.json is damaged, or of another version (install ladsim again)"


def test_the_order_of_entries_is_sealed(shipped: Path) -> None:
    """By it they are numbered."""
    said = json.loads((shipped / "kernel.json").read_text(encoding="utf-8"))
    told(shipped, False, entries=dict(reversed(said["entries"].items())))
    assert reason().startswith("kernel.json is damaged")


@pytest.mark.parametrize("text", [b"", b"{", b"[1, 2]", b'"kernel"', b"\xff\xfe\x00", b"[" * 100_000])
def test_what_tells_of_it_is_nonsense(text: bytes, shipped: Path) -> None:
    """In the same words, and none of Python's."""
    (shipped / "kernel.json").write_bytes(text)
    assert reason() == "kernel.json is damaged, or of another version (install ladsim again)"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("(module)", "kernel.wasm has not what ladsim calls (install ladsim again)"),
        (None, "wasmtime cannot use kernel.wasm: "),
    ],
)
def test_another_module_under_its_name(text: str | None, words: str, shipped: Path) -> None:
    """One line, and nothing of it is kept."""
    binary = b"\x00asm no module" if text is None else bytes(wasmtime.wat2wasm(text))
    (shipped / "kernel.wasm").write_bytes(binary)
    told(shipped, True, module=sources.hash_of(binary))
    assert reason().startswith(words)
    assert len(reason().splitlines()) == 1 and reason().endswith("(install ladsim again)")
    assert not (shipped / "cache").exists()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModuleNotFoundError("No module named 'wasmtime'"), "wasmtime, which comes with ladsim, is not installed (pip install wasmtime, or "),
        (RuntimeError("unsupported architecture for wasmtime: mips"), "wasmtime cannot be used here: unsupported architecture for wasmtime"),
        (OSError("libwasmtime.so: failed to map\nsegment"), "wasmtime cannot be used here: libwasmtime.so: failed to map"),
    ],
)  # fmt: skip
def test_without_wasmtime(error: Exception, words: str, shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes with ladsim; where it is missing, or not for this system, that is said."""

    def missing(*_: object) -> None:
        raise error

    monkeypatch.setattr(wasm_module, "library", wasm_module.library.__wrapped__)
    monkeypatch.setattr(wasm_module, "_engine", wasm_module._engine.__wrapped__)
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    if not isinstance(error, ModuleNotFoundError):
        monkeypatch.delitem(sys.modules, "wasmtime")
        monkeypatch.setattr("builtins.__import__", lambda name, *more: missing() if name == "wasmtime" else imported(name, *more))
    found = reason()
    monkeypatch.undo()
    assert found.startswith(words)


imported = __import__


def test_what_is_made_of_it_is_kept(shipped: Path) -> None:
    """Once; a damaged one is made again."""
    kept = shipped / "cache" / "wasm"
    wasm_module.module()
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    os.utime(file, (1e9, 1e9))
    wasm_module.module()
    assert file.read_bytes() == whole
    assert file.stat().st_mtime > 1e9, "in use"
    for damaged in (b"", whole[:40], whole[:-1] + bytes([whole[-1] ^ 1])):
        file.write_bytes(damaged)
        wasm_module.module()
        assert file.read_bytes()[20:] and len(file.read_bytes()) == len(whole)
    assert [path.name for path in kept.iterdir()] == [file.name]


def test_old_ones_go(shipped: Path) -> None:
    """Those of other versions that were used last stay; what a killed process has half written does not, nor a folder in the way."""
    kept = shipped / "cache" / "wasm"
    name = json.loads((shipped / "kernel.json").read_text(encoding="utf-8"))["module"]
    (kept / f"{name}.bin" / "inside").mkdir(parents=True)
    now = (shipped / "kernel.wasm").stat().st_mtime
    for age, file in enumerate([*(f"older{n}.bin" for n in range(6)), ".new-killed", ".new-others"]):
        (kept / file).write_bytes(b"older")
        os.utime(kept / file, (now if file == ".new-others" else now - 86_400 * (age + 1),) * 2)
    wasm_module.module()
    assert (kept / f"{name}.bin").is_file()
    assert {path.name for path in kept.iterdir()} == {f"{name}.bin", "older0.bin", "older1.bin", "older2.bin", ".new-others"}


def test_a_cache_that_cannot_be_written(shipped: Path) -> None:
    """Then the module is compiled at every start."""
    (shipped / "cache").write_text("mine", encoding="utf-8")
    assert reason() == ""
    assert (shipped / "cache").read_text(encoding="utf-8") == "mine"


def test_more_than_there_is_room_for() -> None:
    """A MemoryError, by the rules as by who hands out arrays; what fits is given afterwards all the same."""
    block = wasm.Wasm()
    with pytest.raises(MemoryError):
        block.zeros(wasm_module.MOST_BYTES + 1, np.uint8)
    with pytest.raises(MemoryError):
        block.call(streams.uniforms_numbered, 1, streams.NO_WORD, streams.CLOCK, 0, wasm_module.MOST_BYTES // 8)
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
    assert block.memory.size(block.store) * (1 << 16) < wasm_module.FIRST_PAGES * (1 << 16) + 4 * words.nbytes
    assert block.pages == pages
    assert not block.zeros(1 << 16, np.uint32).any()


def test_arguments_that_have_no_room() -> None:
    """What was put for them is given back: the block has as much room as before."""
    block = wasm.Wasm()
    before = block.end.value
    ties = np.zeros(1 << 20, np.int32)
    for wrong in (
        lambda: block.call(csr.count, ties, np.array(["a"]), True, ties),
        lambda: block.call(csr.count, ties, ties, True),
    ):
        for _ in range(20):
            with pytest.raises((ValueError, TypeError)):
                wrong()
            assert block.end.value == before


def test_zeros_where_arguments_were() -> None:
    """Large arrays that were handed over leave nothing behind."""
    block = wasm.Wasm()
    block.call(csr.checksum, np.full(1 << 20, 7, np.uint32))
    with pytest.raises(ValueError, match="invalid literal"):
        block.call(csr.count, np.full(1 << 21, 7, np.int32), np.array(["a"]), True, np.zeros(3, np.int64))
    assert not block.zeros(1 << 22, np.uint32).any()


@pytest.mark.skipif(not wasm_module.may_stay(), reason="this wasmtime cannot be told how many addresses to ask for")
def test_less_address_space(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memories are smaller then, and end where they end; the rules give the same. With none at all that is the reason."""
    asked = {"n": 3}

    class Refused(wasmtime.Memory):
        def __init__(self, *arguments: Any) -> None:
            asked["n"] -= 1
            if asked["n"] >= 0:
                raise wasmtime.WasmtimeError("mmap failed\nout of memory")
            super().__init__(*arguments)

    words = np.full(1 << 16, 7, np.uint32)
    whole = wasm.Wasm()
    monkeypatch.setattr(wasmtime, "Memory", Refused)
    small = wasm.Wasm()
    assert (whole.most, small.most) == (wasm_module.MOST_BYTES, 64 << 20)
    assert small.call(csr.checksum, words) == whole.call(csr.checksum, words)
    for room in (65 << 20, 60 << 20):
        with pytest.raises(MemoryError):
            small.zeros(room + (5 << 20), np.uint8)
    assert not small.zeros(40 << 20, np.uint8).any()
    asked["n"] = 10**9
    with pytest.raises(MemoryError, match="no room for a memory of WebAssembly"):
        wasm.Wasm()
    assert reason().startswith("there is no room for a memory of WebAssembly (")


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
