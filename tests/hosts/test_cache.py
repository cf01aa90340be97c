"""The folder of what can be made again: where each system keeps such things, and a temporary one where that cannot be used."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from ladsim.hosts import cache


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A computer whose temporary folder a test may look into, and whose environment names no folder."""
    monkeypatch.delenv("LADSIM_CACHE_DIR", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path


def folder() -> Path:
    return cache.cache_dir.__wrapped__()


@pytest.mark.skipif(sys.platform != "linux", reason="each system has a place of its own")
def test_where_the_system_keeps_such_things(found: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the user's home, or where the user says."""
    monkeypatch.setenv("HOME", str(found / "home"))
    assert folder() == found / "home" / ".cache" / "ladsim"
    monkeypatch.setenv("XDG_CACHE_HOME", str(found / "caches"))
    assert folder() == found / "caches" / "ladsim"
    monkeypatch.setenv("LADSIM_CACHE_DIR", str(found / "mine"))
    assert folder() == found / "mine"
    assert folder().is_dir()


@pytest.mark.parametrize("system", ["macos", "windows"])
def test_other_systems(system: str, found: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that is theirs for it, not one of Linux."""
    import platformdirs

    def theirs(name: str, appauthor: bool) -> Path:
        return found / {"macos": "Library/Caches", "windows": "AppData/Local"}[system] / name

    monkeypatch.setattr(platformdirs, "user_cache_path", theirs)
    assert folder() == theirs("ladsim", False)


def test_a_folder_that_cannot_be_used(found: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary one that is the user's own takes its place; one that somebody else has made there does not."""
    (found / "file").write_text("mine", encoding="utf-8")
    monkeypatch.setenv("LADSIM_CACHE_DIR", str(found / "file"))
    usual = folder()
    assert usual.parent == found / "temporary" and usual == folder()
    assert (found / "file").read_text(encoding="utf-8") == "mine"
    usual.rmdir()
    usual.symlink_to(found, target_is_directory=True)
    assert folder() not in (usual, found)


@pytest.mark.parametrize("version", ["newer", "older"])
def test_nobody_knows_where_home_is(version: str, found: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then no folder called ~ is made where ladsim was called."""
    import platformdirs

    def unknown(name: str, appauthor: bool) -> Path:
        if version == "newer":
            raise RuntimeError("could not determine the home directory")
        return Path("~/.cache") / name

    monkeypatch.chdir(found)
    monkeypatch.setattr(platformdirs, "user_cache_path", unknown)
    assert folder().parent == found / "temporary"
    assert [path.name for path in found.iterdir()] == ["temporary"]
