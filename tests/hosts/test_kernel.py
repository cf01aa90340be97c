"""``kernel.wasm`` is what the rules make of it: made anew, the same bytes; old compiled rules go from the cache.

Tests: ``hosts/make_kernel.py``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from ladsim.hosts import make_kernel, native


def needs_a_linker() -> None:
    """Skip where tools were not asked for; fail where they were and there is none (`make test-tools`)."""
    if "LADSIM_TOOLS" not in os.environ:
        pytest.skip("needs a linker: make test-tools installs one")
    assert importlib.util.find_spec("ziglang") is not None, "the linker is not installed"
    said = json.loads((make_kernel.HERE / "kernel.json").read_text(encoding="utf-8"))["made_with"]
    if {name: version(name) for name in said} != said:
        pytest.skip(f"other versions of the compiler than {said} give other bytes")


@pytest.mark.tools
def test_made_anew_it_is_the_same(tmp_path: Path) -> None:
    """The same rules and the same versions give the same file, to the last byte."""
    needs_a_linker()
    words = [sys.executable, "-m", "ladsim.hosts.make_kernel", str(tmp_path)]
    subprocess.run(words, check=True, capture_output=True, text=True, timeout=900)
    for name in ("kernel.wasm", "kernel.json"):
        assert (tmp_path / name).read_bytes() == (make_kernel.HERE / name).read_bytes(), name


def test_old_rules_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of these sources stay, and the others that were used last."""
    monkeypatch.setattr(native, "cache_dir", lambda: tmp_path)
    monkeypatch.setattr(native, "source_hash", lambda: "now")
    for age, name in enumerate(["now", *(f"old{n}" for n in range(9))]):
        (tmp_path / "rules" / name).mkdir(parents=True)
        os.utime(tmp_path / "rules" / name, (1e9 - 86_400 * age,) * 2)
    native.clean_cache()
    assert sorted(path.name for path in (tmp_path / "rules").iterdir()) == ["now", "old0", "old1", "old2", "old3"]
    native.clean_cache()
    assert len(list((tmp_path / "rules").iterdir())) == 5


def test_a_cache_that_cannot_be_cleaned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is none, or that nobody may change, stops nothing."""
    monkeypatch.setattr(native, "cache_dir", lambda: tmp_path / "nowhere")
    native.clean_cache()
