"""Hostile input is answered in words: within two seconds, in four kilobytes, with an exit code of the docs, and nothing is left behind."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ladsim.cli import app
from tests.hostile.cases import CASES, Answer, judged, listed

QUICK = sorted(CASES)[::6]
PATIENCE = 120  # seconds after which a command that says nothing is ended


@contextmanager
def _ended() -> Iterator[None]:
    """Ends what hangs; a load on the machine is no reason to."""

    def end(number: int, frame: Any) -> None:
        raise TimeoutError(f"no answer within {PATIENCE} seconds")

    former = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def _answered(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    words = CASES[name](folder)
    before = listed(folder)
    begin = time.process_time()
    with _ended():
        result = CliRunner().invoke(app, words)
    seconds = time.process_time() - begin
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    judged(name, Answer(result.exit_code, result.output, seconds), before, listed(folder), words)


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """What the commands load is loaded once, and counts for no case."""
    import_module("duckdb")
    import_module("scipy.optimize")

    import ladsim.data.read
    import ladsim.fitting.calibration
    import ladsim.placing.conditions
    import ladsim.planning.reproduce
    import ladsim.world.files  # noqa: F401


def test_there_are_enough() -> None:
    """There are at least 150 of them."""
    assert len(CASES) >= 150


@pytest.mark.parametrize("name", QUICK)
def test_some_hostile_input(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sixth of all cases."""
    _answered(name, tmp_path, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(set(CASES) - set(QUICK)))
def test_all_hostile_input(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others."""
    _answered(name, tmp_path, monkeypatch)
