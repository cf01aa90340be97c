"""Whether all rules are compiled is known by a note that only a whole warm-up leaves; compiling is told where it begins.

Each test compiles the few entries of one module into an empty cache, in a process of its own.

Tests: ``hosts/compiling.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba")

ROOT = Path(__file__).resolve().parents[2]
START = "from ladsim.world import csr\nfrom ladsim.hosts import compiling, native, ready\n"


def played(cache: Path, script: str) -> tuple[list[str], str]:
    """What a process says that uses this cache, on standard output and on standard error."""
    environment = {name: value for name, value in os.environ.items() if name not in ("LADSIM_HOST", "NUMBA_DISABLE_JIT")}
    environment |= {"PYTHONPATH": str(ROOT), "LADSIM_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", START + script], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split(), done.stderr


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which all entries of the module are compiled."""
    cache = tmp_path_factory.mktemp("cache")
    assert played(cache, "print(native.is_warm()); native.warm_up(); print(native.is_warm())")[0] == ["False", "True"]
    return cache


def test_a_new_process_knows(warm: Path) -> None:
    """And a warm-up that finds all there compiles nothing, so nothing is said."""
    assert played(warm, "print(native.is_warm()); native.warm_up(); print(native.is_warm())") == (["True", "True"], "")


@pytest.mark.parametrize("other", ["ready.PACKAGE = ready.PACKAGE / 'elsewhere'", "ready._sources = lambda: 'touched'",
                                   "native._processor = lambda: 'another'", "native.source_hash = lambda: 'others'"])  # fmt: skip
def test_the_note_is_that_of_one_package(warm: Path, other: str) -> None:
    """Of one path, of untouched sources, of one processor, of these rules: Numba opens nothing else."""
    assert played(warm, f"{other}\nprint(native.is_warm())")[0] == ["False"]


def test_junk_is_no_compiled_rule(tmp_path: Path) -> None:
    """A file with the name of a compiled function says nothing, nor does a damaged note."""
    script = """
folder = native.cache_dir() / "rules" / native.source_hash()
(folder / "engine").mkdir(parents=True)
(folder / "engine" / "kernel.advance-1.py311.nbi").write_bytes(b"junk")
print(native.is_warm(), ready.may_be())
for text in ("", "{", "[]", "null", '{"sources": 1}'):
    ready.note_of(folder, native._processor()).write_text(text)
    print(native.is_warm())
"""
    assert played(tmp_path, script)[0] == ["False"] * 7


def test_a_warm_up_that_is_stopped_leaves_no_note(tmp_path: Path) -> None:
    """Whatever was compiled by then stays, and the next one goes on from there."""
    script = """
whole, seen = native.entry_of, []
def stopping(entry):
    seen.append(entry)
    if len(seen) == 2:
        raise KeyboardInterrupt
    return whole(entry)
native.entry_of = stopping
try:
    native.warm_up()
except KeyboardInterrupt:
    print("stopped", native.is_warm(), len(list(native.cache_dir().rglob("*.nbi"))) > 0)
native.entry_of = whole
native.warm_up()
print(native.is_warm())
"""
    assert played(tmp_path, script)[0] == ["stopped", "False", "True", "True"]


@pytest.mark.parametrize("damage", ["file.unlink()", "file.write_bytes(file.read_bytes()[:40])"])
@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_damage_is_noticed_and_mended(warm: Path, damage: str, ending: str) -> None:
    """A file that is gone, or cut short."""
    script = f"""
import json
note = ready.note_of(native.cache_dir() / "rules" / native.source_hash(), native._processor())
name = next(name for name in json.loads(note.read_text())["files"] if name.endswith(".{ending}"))
file = note.parent / name
{damage}
print(native.is_warm())
native.warm_up()
print(native.is_warm())
"""
    assert played(warm, script)[0] == ["False", "True"]


def test_what_could_not_be_kept_is_not_ready(tmp_path: Path) -> None:
    """Where the disk is full, the next process compiles again, and nobody says otherwise."""
    script = """
def full(*_):
    raise OSError(28, "No space left on device")
native._Forgiving._save_index = full
native.warm_up()
print(native.is_warm())
"""
    assert played(tmp_path, script)[0] == ["False"]


def test_compiling_is_told_from_python(tmp_path: Path) -> None:
    """Without a listener one line on standard error, when the first function is missing; whoever configures logging decides."""
    assert played(tmp_path, "native.entry_of(csr.starts)")[1].splitlines() == [
        "Compiling the rules for this machine, once: seconds where few are missing, a minute or two for all, longer on a busy machine …"
    ]
    assert played(tmp_path, "native.entry_of(csr.starts)")[1] == ""
    silent = "import logging; logging.getLogger('ladsim').setLevel(logging.ERROR); native.entry_of(csr.starts)"
    assert played(tmp_path / "other", silent)[1] == ""


def test_a_listener_hears_all_of_it(tmp_path: Path) -> None:
    """The beginning once, how many functions are there of how many, and the end."""
    script = """
class Heard(compiling.Listener):
    def done(self, functions, of):
        print(f"{functions}/{of}")
with compiling.told_by(Heard(lambda text: print(text.split()[0]))):
    native.warm_up()
print(len(native.RULES) + len(native.ENTRIES))
"""
    (first, *counted, last, total), err = played(tmp_path, script)
    assert (first, last, err) == ("Compiling", "Compiled", "")
    assert counted == [f"{n}/{total}" for n in range(1, int(total) + 1)]


def test_what_others_left_goes_where_compiling_begins(tmp_path: Path) -> None:
    """Not in a warm-up alone: compiled at need, too. The folder of these rules stays a folder."""
    for age in range(8):
        (tmp_path / "rules" / f"old{age}").mkdir(parents=True)
    assert played(tmp_path, "native.entry_of(csr.starts)\nprint(len(list((native.cache_dir() / 'rules').iterdir())))")[0] == ["5"]
