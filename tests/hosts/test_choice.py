"""Which host plays: by size, threads and what is installed, and whom the environment asks for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ladsim
from ladsim.engine import run
from ladsim.errors import StudyError
from ladsim.hosts import choice
from ladsim.hosts.choice import OWN_MOST, PLAIN_MOST, WASM_MOST, asked_for, block_for, host_for, host_without_limit

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine with a compiler or none, on which ``kernel.wasm`` can be used or not, where nobody asks for a host."""
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.delenv("LADSIM_HOST", raising=False)

    def has(compiler: bool, module: bool, compiled: bool = False) -> None:
        monkeypatch.setattr(choice, "is_compiled", lambda: compiled)
        monkeypatch.setattr(choice, "reason_against_native", lambda: "" if compiler else "there is no compiler (pip install)")
        monkeypatch.setattr(choice, "reason_against_wasm", lambda: "" if module else "kernel.wasm is missing")

    return has


@pytest.mark.parametrize(
    ("compiler", "module", "people", "threads", "own", "host"),
    [
        (True, True, 100, None, False, "wasm"),
        (True, True, WASM_MOST, 1, False, "wasm"),
        (True, True, WASM_MOST + 1, None, False, "native"),
        (True, True, 100, 2, False, "native"),
        (True, True, 100, None, True, "wasm"),
        (True, True, OWN_MOST, 1, True, "wasm"),
        (True, True, OWN_MOST + 1, 1, True, "native"),
        (True, True, 100, 2, True, "native"),
        (True, True, 100, 1, 64, "wasm"),
        (True, True, 100, 1, 65, "native"),
        (True, False, 100, None, False, "native"),
        (False, True, 100, None, False, "wasm"),
        (False, True, 100, None, True, "wasm"),
        (False, True, WASM_MOST + 1, 2, False, "wasm"),
        (False, False, PLAIN_MOST, None, False, "plain"),
    ],
)
def test_who_plays(machine: Any, compiler: bool, module: bool, people: int, threads: int | None, own: int, host: str) -> None:
    """The module that ships, wherever it can and is fast enough; else machine code; else Python, where that is still bearable."""
    machine(compiler, module)
    assert host_for(people, threads, own) == host


def test_ones_own_rules_where_all_is_compiled(machine: Any) -> None:
    """Machine code plays them at any size: nothing is left to wait for."""
    machine(True, True, compiled=True)
    assert [host_for(people, None, True) for people in (100, OWN_MOST + 1)] == ["native", "native"]
    assert host_for(100, None, False) == "wasm"


def test_a_small_market_with_a_programme_of_ones_own_compiles_nothing(tmp_path: Path) -> None:
    """Into an empty cache: Numba is installed, and never loaded; the run is that of machine code, bit for bit (``test_same_bits``)."""
    pytest.importorskip("numba")
    script = "import sys, ladsim\nh = ladsim.simulate(ladsim.load('experiments/birthday.toml'), strategy='gift', sample=300)\n"
    script += "print(h.members.sum() > 0, 'numba' in sys.modules)"
    environment = {name: value for name, value in os.environ.items() if name not in ("LADSIM_HOST", "NUMBA_DISABLE_JIT")}
    environment |= {"PYTHONPATH": str(ROOT), "LADSIM_CACHE_DIR": str(tmp_path)}
    words = [sys.executable, "-c", script]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert (done.stdout.split(), done.stderr) == (["True", "False"], "")


@pytest.mark.parametrize(
    ("module", "people", "own", "words"),
    [
        (
            False,
            PLAIN_MOST + 1,
            False,
            r"^kernel\.wasm is missing; there is no compiler \(pip install\); and 2,001 people are too many for Python alone: "
            r"ask for a sample of 2,000 \(--sample 2000\)$",
        ),
    ],
)
def test_what_nobody_can_play_is_refused(machine: Any, module: bool, people: int, own: bool, words: str) -> None:
    """With the reason, and what to install."""
    machine(False, module)
    with pytest.raises(StudyError, match=words):
        host_for(people, None, own)


@pytest.mark.parametrize(
    ("disabled", "asked", "host"),
    [
        (None, None, "auto"), ("", "", "auto"), ("0", "native", "native"), (None, "wasm", "wasm"), (None, "plain", "plain"),
        ("1", None, "plain"), ("1", "native", "plain"),
    ],
)  # fmt: skip
def test_who_is_asked_for(
    machine: Any, disabled: str | None, asked: str | None, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By ladsim's variable, or Numba's for none of its work; an empty one asks for nothing. Who is asked for plays any size."""
    machine(True, True)
    for name, value in (("NUMBA_DISABLE_JIT", disabled), ("LADSIM_HOST", asked)):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert asked_for() == host
    if host != "auto":
        assert host_for(10**9, 2, host != "wasm") == host == host_without_limit(10**9)


def test_a_host_that_is_none(machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable, what was found, and what is allowed."""
    monkeypatch.setenv("LADSIM_HOST", "gpu")
    with pytest.raises(StudyError, match=r"^LADSIM_HOST: found 'gpu', must be one of auto, native, wasm, plain$"):
        ladsim.simulate(ladsim.load("acquisition_vs_retention"), sample=20)


@pytest.mark.parametrize(
    ("host", "own", "words"),
    [
        ("native", False, r"but there is no compiler \(pip install"),
        ("wasm", False, r"but kernel\.wasm is missing$"),
        ("wasm", True, r"but kernel\.wasm is missing$"),
    ],
)
def test_who_is_asked_for_in_vain(machine: Any, host: str, own: bool, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else plays unasked: the reason is said."""
    machine(False, False)
    monkeypatch.setenv("LADSIM_HOST", host)
    with pytest.raises(StudyError, match=rf"^LADSIM_HOST: found '{host}', {words}"):
        host_for(100, None, own)


@pytest.mark.parametrize(
    ("compiler", "people", "host"),
    [(True, 100, "native"), (True, 10**9, "native"), (False, PLAIN_MOST, "plain"), (False, PLAIN_MOST + 1, "wasm")],
)
def test_where_there_is_no_room(machine: Any, compiler: bool, people: int, host: str) -> None:
    """A market that does not fit into a memory of WebAssembly is played by machine code, a small one by Python where there is none."""
    machine(compiler, True)
    assert host_without_limit(people) == host


def test_python_plays_where_there_is_no_room(machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The history is the same."""
    machine(False, True)
    scenario, hosts = ladsim.load("acquisition_vs_retention"), []
    expected = ladsim.simulate(scenario, sample=20)

    def full(host: str) -> Any:
        hosts.append(host)
        if host == "wasm":
            raise MemoryError("there is no room for a memory of WebAssembly")
        return block_for(host)

    monkeypatch.setattr(run, "block_for", full)
    assert ladsim.simulate(scenario, sample=20).equals(expected)
    assert hosts == ["wasm", "plain"]


HIDDEN = """
import importlib.machinery, sys
class Broken:
    def find_spec(self, name, path=None, target=None):
        if name == "numba":
            return importlib.machinery.ModuleSpec(name, self)
    def create_module(self, spec):
        return None
    def exec_module(self, module):
        raise ERROR
sys.meta_path.insert(0, Broken())
"""
NEWER = 'ImportError("Numba needs NumPy 2.3 or less.\\nGot NumPy 2.4.")'
MAPPED = 'OSError("libllvmlite.so: failed to map segment from shared object")'


def on_a_machine(folder: Path, *words: object, error: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a command does where Numba is installed, and cannot be loaded; where `error` is empty it is whole."""
    (folder / "sitecustomize.py").write_text(HIDDEN.replace("ERROR", error) if error else "", encoding="utf-8")
    others = {name: value for name, value in os.environ.items() if name not in ("LADSIM_HOST", "NUMBA_DISABLE_JIT")}
    others |= {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])} | environment
    return subprocess.run(
        [sys.executable, "-m", "ladsim.cli", *map(str, words)],
        cwd=folder, env=others, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NEWER, "(Numba needs NumPy 2.3 or less. Got NumPy 2.4.)"),
        (MAPPED, "(libllvmlite.so: failed to map segment from shared object)"),
    ],
)
def test_a_compiler_that_cannot_be_loaded(error: str, reason: str, tmp_path: Path) -> None:
    """WebAssembly plays what machine code would have, and that is said where it matters; who asks for machine code hears why not."""
    rest = "--sample", 100, "--months", 2, "--replications", 2, "--processes", 1, "--out", tmp_path / "study"
    words = "compare", ROOT / "experiments" / "birthday.toml", *rest
    said = f"there is no compiler: Numba is installed, but cannot be loaded {reason}"
    done = on_a_machine(tmp_path, *words, error=error)
    assert done.returncode == 0, done.stderr
    assert f"warning: {said}: WebAssembly plays instead, slower and on one thread" in done.stderr
    small = on_a_machine(tmp_path, "compare", "acquisition_vs_retention", *rest, error=error)
    assert (small.returncode, said in small.stderr) == (0, False), small.stderr
    warm = on_a_machine(tmp_path, "warm-up", error=error)
    assert (warm.returncode, warm.stderr) == (2, f"error: {said}\n")
    asked = on_a_machine(tmp_path, *words, error=error, LADSIM_HOST="native")
    assert (asked.returncode, asked.stderr.splitlines()[-1]) == (2, f"error: LADSIM_HOST: found 'native', but {said}")


@pytest.mark.skipif(sys.platform != "linux", reason="a limit of memory is not kept here")
@pytest.mark.parametrize(("limit", "room"), [(6 << 30, 4 << 30), (3 << 30, 1 << 30), (1 << 30, 256 << 20)])
def test_a_limit_of_addresses(limit: int, room: int, tmp_path: Path) -> None:
    """WebAssembly plays in as much as there is, without a compiler, and the history is the same."""
    lines = [
        "import ladsim, resource, sys",
        "from ladsim.engine import run",
        "rooms, make = [], run.block_for",
        "run.block_for = lambda host: rooms.append(make(host)) or rooms[-1]",
        "scenario = ladsim.load('acquisition_vs_retention')",
        "resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)",
        "history = ladsim.simulate(scenario, sample=2000)",
        "print(rooms[-1].most, int(history.counts.sum()))",
    ]
    words = [sys.executable, "-c", "\n".join(lines), str(limit)]
    own = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "LADSIM_HOST": "wasm"}
    own.pop("NUMBA_DISABLE_JIT", None)
    done = subprocess.run(words, cwd=tmp_path, env=own, capture_output=True, text=True, timeout=240, check=False)
    history = ladsim.simulate(ladsim.load("acquisition_vs_retention"), sample=2000)
    assert (done.returncode, done.stdout.split()) == (0, [str(room), str(int(history.counts.sum()))]), done.stderr[-2000:]


def test_compiling_where_nothing_is_to_be_compiled(tmp_path: Path) -> None:
    """A sentence, with an empty cache as with a full one."""
    done = on_a_machine(tmp_path, "warm-up", error="", NUMBA_DISABLE_JIT="1", LADSIM_CACHE_DIR=str(tmp_path / "cache"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: NUMBA_DISABLE_JIT: found '1', with which nothing is compiled; take it out of the environment\n"
