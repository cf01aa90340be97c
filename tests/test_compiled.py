"""The native host's cache of compiled rules: never stale; damaged files and strange folders cost time, never a run.

Tests: ``hosts/native.py``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ladsim import files, streams
from ladsim.hosts import native, sources
from tests.hosts import compiles

pytestmark = compiles
ROOT = Path(__file__).resolve().parents[1]
HOST = "from ladsim.hosts.native import native"
# An entry of streams.py and the rules that it calls.
USE = f"import numpy as np; {HOST}; from ladsim import streams; " + (
    "print(native.call(streams.uniforms, 7, np.arange(3, dtype=np.uint64), streams.NO_WORD, streams.CLOCK).tolist())"
)
# An entry of world/generators.py that calls a rule of streams.py.
USE_OF_ANOTHER_FILE = (
    f"{HOST}; from ladsim.world.generators import poisson_degrees as draw; print(native.call(draw, 7, 9, 3.0).tolist())"
)
MAKES_COMPILED = re.compile(
    r"^ *@(rule|inline|entry|hook|intrinsic)\b|numba\.(njit|jit|vectorize|extending)|@(njit|jit)\b", re.MULTILINE
)


def printed(folder: Path, use: str = USE, root: Path = ROOT) -> str:
    environment = os.environ | {"PYTHONPATH": str(root), "LADSIM_CACHE_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", use], env=environment, cwd=folder.parent, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the package that a test may change."""
    return Path(shutil.copytree(ROOT / "ladsim", tmp_path / "copy" / "ladsim", ignore=shutil.ignore_patterns("__pycache__")))


def starting_anew(package: Path) -> list[Path]:
    """The files whose change starts a new cache."""
    return sorted(file for pattern in sources.SOURCES for file in package.glob(pattern))


def test_every_file_with_compiled_code_is_a_source() -> None:
    """Whatever is compiled, or called by what is compiled, must start a new cache when it changes."""
    package = ROOT / "ladsim"
    found = [file for file in sorted(package.rglob("*.py")) if MAKES_COMPILED.search(file.read_text(encoding="utf-8"))]
    assert len(found) >= 10
    programs = sorted((package / "scenario" / "programs").glob("*.py"))
    assert [file for file in found if file not in starting_anew(package) and file not in programs] == []


def test_a_programme_that_changes_starts_its_own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of programmes are kept apart by what all their files say; a user's own file by what it says."""
    package = tmp_path / "ladsim"
    (package / "scenario" / "programs").mkdir(parents=True)
    file = package / "scenario" / "programs" / "gift.py"
    own = tmp_path / "gift.py"
    monkeypatch.setattr(native, "_PACKAGE", package)
    monkeypatch.setattr(native, "source_hash", lambda: "rules")

    def folder_of(path: Path, text: str) -> Path:
        path.write_text(text, encoding="utf-8")
        names: dict[str, Any] = {}
        exec(compile(text, str(path), "exec"), names)
        native._hash_of.cache_clear()
        return native._folder(names["gift"])

    one, other = "def gift(): return 1", "def gift(): return 2"
    for path in (file, own):
        assert folder_of(path, one) == folder_of(path, one) != folder_of(path, other)
    assert folder_of(file, one).name.startswith("programs-")
    assert folder_of(own, one).name.startswith("own-")


def test_a_byte_in_any_source_starts_a_new_cache(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed by one byte, each of the sources gives a hash of its own; unchanged, the copy has the original's."""
    unchanged = native.source_hash()
    monkeypatch.setattr(sources, "PACKAGE", copied)
    monkeypatch.setattr(native, "hash_of_sources", sources.hash_of_sources.__wrapped__)
    now = native.source_hash.__wrapped__
    assert now() == unchanged
    seen = {unchanged}
    for source in starting_anew(copied):
        text = source.read_bytes()
        for changed in (text + b"#", text[:-1] + b" "):
            source.write_bytes(changed)
            assert now() not in seen, source
            seen.add(now())
        source.write_bytes(text)
    assert now() == unchanged
    assert len(seen) == 1 + 2 * len(starting_anew(copied))


def test_a_rule_changed_in_another_file_is_compiled_anew(copied: Path, tmp_path: Path) -> None:
    """A cached function that calls a rule of another file follows that rule's change, as with no cache, and back again."""
    kept, root = tmp_path / "cache", copied.parent
    first = printed(kept, USE_OF_ANOTHER_FILE, root)
    file = copied / "streams.py"
    text = file.read_text(encoding="utf-8")
    changed = text.replace("return t ^ ((x * x + y) >> _32)", "return x ^ ((x * x + y) >> _32)")
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    other = printed(kept, USE_OF_ANOTHER_FILE, root)
    assert other != first
    assert other == printed(tmp_path / "empty", USE_OF_ANOTHER_FILE, root)
    file.write_text(text, encoding="utf-8")
    assert printed(kept, USE_OF_ANOTHER_FILE, root) == first


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
    assert files.own_temporary_folder().parent == tmp_path
    assert files.own_temporary_folder().resolve() != (tmp_path / "elsewhere").resolve()


def test_what_is_cached_opens_without_the_compiler(tmp_path: Path) -> None:
    """The second process calls a rule without waking Numba's compiler, and can still compile another that calls it."""
    woken = "import sys; print('numba.np.arraymath' in sys.modules)"
    more = "import numba; print(numba.njit(lambda x: streams.mix64(x) + len(str(x)) - 1)(7))"
    first, compiling = printed(tmp_path, f"{USE}; {woken}").splitlines()
    again, opening, called = printed(tmp_path, f"{USE}; {woken}; {more}").splitlines()
    assert (compiling, opening) == ("True", "False")
    assert first == again
    with np.errstate(over="ignore"):
        assert int(called) == streams.mix64(7)


def test_a_rule_that_was_kept_without_an_entrance_can_be_called() -> None:
    """Compiled for other rules alone it has none from Python; called all the same, the process would end."""
    from ladsim.hosts import native
    from ladsim.model import curves

    native.rule_of(curves.linear).compile((native.numba.float64,) * 3)
    assert native.called_from_python(curves.linear)(1.0, 2.0, 3.0) == 0.25
