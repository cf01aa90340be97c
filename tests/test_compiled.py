"""The cache of compiled rules: damaged files and strange folders cost time, never a run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ladsim import compiled

ROOT = Path(__file__).resolve().parents[1]
USE = "from ladsim.streams import mix64; print(int(mix64(7)))"


def printed(cache: Path) -> str:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LADSIM_CACHE_DIR": str(cache)}
    done = subprocess.run([sys.executable, "-c", USE], env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize("kept", [0, 40])
def test_a_damaged_cache_is_made_again(tmp_path: Path, ending: str, kept: int) -> None:
    """Files cut short count as missing, and the next process finds them mended."""
    first = printed(tmp_path)
    damaged = list(tmp_path.rglob(f"*.{ending}"))
    assert damaged
    for file in damaged:
        file.write_bytes(file.read_bytes()[:kept])
    assert printed(tmp_path) == first
    assert all(file.stat().st_size > 40 for file in damaged)


def test_a_file_in_the_place_of_the_cache(tmp_path: Path) -> None:
    """The rules are kept elsewhere."""
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    assert printed(file)
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owners here")
def test_a_temporary_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in the cache is run, so nobody else may lay anything there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"ladsim-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    assert compiled._temporary_dir().parent == tmp_path
    assert compiled._temporary_dir().resolve() != (tmp_path / "elsewhere").resolve()
