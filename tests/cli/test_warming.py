"""Compiling is said before it begins, quiet or not, and only where it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ladsim.cli import messages, warming
from ladsim.hosts import choice, native
from ladsim.hosts.choice import reason_against_native

Ladsim = Callable[..., Any]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A computer on which nothing is compiled yet; what it compiles is noted, and done at once."""
    done: list[str] = []
    monkeypatch.delenv("LADSIM_HOST", raising=False)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setattr(choice, "reason_against_native", lambda: "")
    monkeypatch.setattr(choice, "reason_against_wasm", lambda: "")
    monkeypatch.setattr(native, "is_warm", lambda: bool(done))
    monkeypatch.setattr(native, "warm_up", lambda tell, hooks: done.append("compiled"))
    return done


def test_small_markets_need_none_of_it(machine: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said, nothing compiled."""
    warming.compile_first(choice.WASM_MOST)
    assert (machine, *capsys.readouterr()) == ([], "", "")


@pytest.mark.parametrize("is_quiet", [False, True])
def test_a_large_market_compiles_first(machine: list[str], is_quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Once, and standard error says so, with --quiet too; standard output is the result's alone."""
    messages.be_quiet(is_quiet)
    try:
        for _ in range(2):
            warming.compile_first(choice.WASM_MOST + 1)
    finally:
        messages.be_quiet(False)
    said = capsys.readouterr()
    assert (machine, said.out) == (["compiled"], "")
    assert [line.split(" ")[0] for line in said.err.splitlines()] == ["Compiling", "Compiled"]


def test_rules_that_changed_are_told(
    machine: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who edits rules hears why the shipped ones do not play."""
    monkeypatch.setattr(choice, "reason_against_wasm", lambda: "the rules have changed")
    warming.compile_first(10)
    assert "the rules have changed: machine code plays instead" in capsys.readouterr().err
    assert machine == ["compiled"]


def test_warm_up(ladsim: Ladsim, machine: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It compiles, says when there is nothing to do, and what to install where nothing can compile."""
    first, second = ladsim("warm-up"), ladsim("warm-up")
    assert (first.exit_code, second.exit_code, machine) == (0, 0, ["compiled"])
    assert "large markets start at once now" in first.stdout
    assert "the rules are ready" in second.stdout
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    monkeypatch.setattr(choice, "reason_against_native", reason_against_native.__wrapped__)
    without = ladsim("warm-up")
    assert without.exit_code == 2
    assert without.stderr == 'error: there is no compiler (pip install -e ".[native]" in ladsim\'s folder adds one)\n'
