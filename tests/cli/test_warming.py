"""Compiling is said where it begins, quiet or not, whichever command needs it; and how slow Python alone is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ladsim.cli import messages, warming
from ladsim.engine import run
from ladsim.hosts import choice, compiling
from ladsim.hosts.choice import reason_against_native

pytest.importorskip("numba")
native = pytest.importorskip("ladsim.hosts.native")

Ladsim = Callable[..., Any]
OWN = Path(__file__).resolve().parents[2] / "experiments" / "birthday.toml"


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A computer on which nothing is compiled yet; what it compiles is noted, and done in a moment. Markets above 150 people are large."""
    done: list[str] = []

    def warm_up(hooks: object) -> None:
        with compiling.stretch(2):
            compiling.missing()
            done.append("compiled")
            compiling.there("function")

    monkeypatch.delenv("LADSIM_HOST", raising=False)
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    monkeypatch.setattr(choice, "reason_against_native", lambda: "")
    monkeypatch.setattr(choice, "reason_against_wasm", lambda: "")
    monkeypatch.setattr(choice, "WASM_MOST", 150)
    monkeypatch.setattr(choice, "_compile_shipped", choice._compile_shipped.__wrapped__)
    monkeypatch.setattr(native, "is_warm", lambda: bool(done))
    monkeypatch.setattr(native, "warm_up", warm_up)
    monkeypatch.setattr(run, "block_for", lambda host: choice.block_for("wasm"))  # whoever plays, the bits are the same
    return done


def words(stderr: str) -> list[str]:
    """The first word of each line about compiling."""
    return [line.split(" ")[0] for line in stderr.splitlines() if line.startswith("Compil")]


@pytest.mark.parametrize(
    "command",
    [
        ("run", "shop.toml", "--replications", "2", "--processes", "2", "--out", "there"),
        ("compare", "shop.toml", "--replications", "2", "--processes", "1", "--out", "there"),
        ("compare-engines", "shop.toml"),
    ],
)
def test_a_large_market_says_so(machine: list[str], shop: Path, ladsim: Ladsim, command: tuple[str, ...]) -> None:
    """Once, at the beginning and at the end, on standard error, with --quiet too; a small market of the same file needs none of it."""
    small = ladsim(*command, "--sample", "100", "--quiet")
    assert (small.exit_code, machine, words(small.stderr)) == (0, [], [])
    large = ladsim(*command, "--quiet")
    assert (large.exit_code, machine, words(large.stderr)) == (0, ["compiled"], ["Compiling", "Compiled"])
    assert words(large.stdout) == []
    assert words(ladsim(*command, "--quiet").stderr) == []


def test_again_says_so_where_the_study_is_large(machine: list[str], shop: Path, ladsim: Ladsim) -> None:
    """By the size of the study in the manifest."""
    for folder, sample in (("small", "100"), ("large", "all")):
        ladsim("run", "shop.toml", "--replications", "2", "--processes", "1", "--sample", sample, "--out", folder)
    machine.clear()
    assert (words(ladsim("again", "small").stderr), machine) == ([], [])
    large = ladsim("again", "large")
    assert (large.exit_code, words(large.stderr)) == (0, ["Compiling", "Compiled"])


def test_a_market_without_room_says_so(machine: list[str], shop: Path, ladsim: Ladsim, monkeypatch: pytest.MonkeyPatch) -> None:
    """WebAssembly's memory is full in the midst of a study: machine code goes on, and is compiled first."""
    plain = run._played

    def played(*words: Any, host: str, **more: Any) -> Any:
        if host == "wasm":
            raise MemoryError
        return plain(*words, host=host, **more)

    monkeypatch.setattr(run, "_played", played)
    found = ladsim("run", "shop.toml", "--replications", "2", "--processes", "1", "--sample", "100", "--out", "there")
    assert (found.exit_code, machine, words(found.stderr)) == (0, ["compiled"], ["Compiling", "Compiled"])


def test_all_is_compiled_before_the_workers_start(machine: list[str], shop: Path, ladsim: Ladsim, monkeypatch: Any) -> None:
    """By the process that asks for them: they would all compile the same."""
    planning = pytest.importorskip("ladsim.planning.pool")
    seen: list[list[str]] = []

    def in_processes(*words: Any) -> None:
        seen.append([*machine])
        raise KeyboardInterrupt

    monkeypatch.setattr(planning, "in_processes", in_processes)
    monkeypatch.setattr(choice, "OWN_MOST", 50)
    hooks: list[Any] = []
    monkeypatch.setattr(native, "compile_hook", lambda function: hooks.append(function.__name__))
    assert ladsim("run", "shop.toml", "--replications", "4", "--processes", "2", "--out", "there").exit_code == 3
    machine.clear()
    own = ("run", OWN, "--strategy", "gift", "--replications", "4", "--processes", "2", "--sample", "100", "--out", "own")
    assert ladsim(*own).exit_code == 3
    assert seen == [["compiled"], ["compiled"]]
    assert set(hooks) == {"on_join", "on_date"}  # of one's own programme, too


def test_rules_that_changed_are_told(machine: list[str], monkeypatch: pytest.MonkeyPatch, shop: Path, ladsim: Ladsim) -> None:
    """Who edits rules hears why the shipped ones do not play."""
    monkeypatch.setattr(choice, "reason_against_wasm", lambda: "the rules have changed")
    warming.warn_of_slowness(1, 10, 1.0)
    found = ladsim("compare-engines", "shop.toml", "--sample", "20")
    assert "the rules have changed: machine code plays instead" in found.stderr
    assert machine == ["compiled"]


def test_warm_up(ladsim: Ladsim, machine: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It compiles, says when there is nothing to do, and what to install where nothing can compile."""
    first, second = ladsim("warm-up"), ladsim("warm-up")
    assert (first.exit_code, second.exit_code, machine) == (0, 0, ["compiled"])
    assert "large markets start at once now" in first.stdout
    assert "the rules are ready" in second.stdout
    monkeypatch.setattr(native, "is_warm", lambda: False)
    assert "nothing could be kept: the cache folder cannot be written" in ladsim("warm-up").stdout
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    monkeypatch.setattr(choice, "reason_against_native", reason_against_native.__wrapped__)
    without = ladsim("warm-up")
    assert without.exit_code == 2
    assert without.stderr == 'error: there is no compiler (pip install -e ".[native]" in ladsim\'s folder adds one)\n'


def test_short_stretches_are_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Functions that are missing one after another are said to begin once, and to be over once, at the latest when the command ends."""
    messages.be_quiet(True)
    try:
        with compiling.told_by(warming.Shown()):
            for _ in range(3):
                with compiling.stretch(), compiling.stretch():
                    compiling.missing()
            with compiling.stretch():
                pass  # all there
    finally:
        messages.be_quiet(False)
    assert words(capsys.readouterr().err) == ["Compiling", "Compiled"]


def test_compiling_that_was_stopped_is_not_said_to_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    """By Ctrl-C, or by a rule that cannot be compiled."""

    def stopped() -> None:
        with compiling.told_by(warming.Shown()), compiling.stretch():
            compiling.missing()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert capsys.readouterr().err.splitlines()[1:] == ["Compiling stopped after 1 s; what was done is kept."]


@pytest.mark.parametrize(("name", "value"), [("LADSIM_HOST", "plain"), ("NUMBA_DISABLE_JIT", "1")])
def test_python_alone_is_slow(name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """How much, for how long, and what helps; nothing where it is soon over."""
    monkeypatch.delenv("LADSIM_HOST", raising=False)
    monkeypatch.setenv(name, value)
    warming.warn_of_slowness(2, 100, 24.0)
    assert capsys.readouterr().err == ""
    warming.warn_of_slowness(40, 5_000, 24.0)
    said = capsys.readouterr().err
    assert "Python alone runs the simulation" in said
    assert (
        "some 450 times slower: 40 futures of 5,000 people take about 3 min of processor time; --sample 100 takes a 50th" in said
    )
