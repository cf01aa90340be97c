"""Which host plays: by size, threads and what is installed, and whom the environment asks for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ladsim
from ladsim.errors import StudyError
from ladsim.hosts import choice
from ladsim.hosts.choice import OWN_MOST, PLAIN_MOST, WASM_MOST, asked_for, host_for, host_without_limit

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine with a compiler or none, on which ``kernel.wasm`` can be used or not, where nobody asks for a host."""
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.delenv("LADSIM_HOST", raising=False)

    def has(compiler: bool, module: bool, compiled: bool = False) -> None:
        monkeypatch.setattr(choice, "is_compiled", lambda: compiled)
        monkeypatch.setattr(choice, "has_compiler", lambda: compiler)
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
        (False, PLAIN_MOST + 1, False, r"^kernel\.wasm is missing, and 2,001 people are too many for Python alone: pip install"),
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
        assert host_for(10**9, 2, host != "wasm") == host == host_without_limit()


def test_a_host_that_is_none(machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable, what was found, and what is allowed."""
    monkeypatch.setenv("LADSIM_HOST", "gpu")
    with pytest.raises(StudyError, match=r"^LADSIM_HOST: found 'gpu', must be one of auto, native, wasm, plain$"):
        ladsim.simulate(ladsim.load("acquisition_vs_retention"), sample=20)


@pytest.mark.parametrize(
    ("host", "own", "words"),
    [
        ("native", False, "but there is no compiler: pip install"),
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


@pytest.mark.parametrize(("compiler", "host"), [(True, "native"), (False, "wasm")])
def test_where_there_is_no_room(machine: Any, compiler: bool, host: str) -> None:
    """A market that does not fit into a memory of WebAssembly is played by machine code, where there is a compiler."""
    machine(compiler, True)
    assert host_without_limit() == host
