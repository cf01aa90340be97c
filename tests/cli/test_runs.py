"""``ladsim runs``: what is kept, on the command line, in three languages and as JSON.

Tests: ``cli/keeping.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Ladsim = Callable[..., Result]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for kept futures."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def filled(ladsim: Ladsim, store: Path) -> Path:
    """The same after a comparison, which is read the second time."""
    asked = ("compare", "program_points", "--sample", "200", "--replications", "2", "--processes", "1", "--months-after", "0")
    first, second = (ladsim(*asked, "--json", "-", "--store", str(store)).stdout for _ in range(2))
    assert first == second and json.loads(first)["kind"] == "compare"
    assert ladsim(*asked, "--json", "-", "--no-store").stdout == first
    return store


def test_runs_are_listed_shown_compared_and_deleted(ladsim: Ladsim, filled: Path) -> None:
    """Each action as text and as JSON; deleted, nothing is left."""
    where = ("--store", str(filled))
    listed = json.loads(ladsim("runs", "--json", "-", *where).stdout)
    one, other = (run["run"] for run in listed["runs"][:2])
    assert one in ladsim("runs", *where).stdout and listed["bytes"] > 0
    shown = ladsim("runs", "show", one, *where).stdout
    assert "Profit" in shown and "seed 1" in shown
    assert json.loads(ladsim("runs", "show", one, "--json", "-", *where).stdout)["futures"] == 2
    compared = ladsim("runs", "compare", one, other, *where).stdout
    assert "The same luck in both" in compared and "1 − 2" in compared
    assert json.loads(ladsim("runs", "compare", one, other, "--json", "-", *where).stdout)["is_paired"]
    sizes = json.loads(ladsim("runs", "sizes", "--json", "-", *where).stdout)
    assert [scenario["futures"] for scenario in sizes["scenarios"]] == [2 * len(listed["runs"])]
    assert "free again" in ladsim("runs", "delete", one, *where).stdout
    assert len(json.loads(ladsim("runs", "--json", "-", *where).stdout)["runs"]) == len(listed["runs"]) - 1
    ladsim("runs", "delete", "--all", *where)
    assert [*filled.iterdir()] == []
    assert "Nothing is kept yet" in ladsim("runs", *where).stdout


def test_runs_speaks_three_languages(ladsim: Ladsim, filled: Path) -> None:
    """Words, and what is wrong, in Danish and Norwegian."""
    where = ("--store", str(filled))
    assert "Gemte forløb" in ladsim("runs", "--language", "da", *where).stdout
    assert "Lagrede forløp" in ladsim("runs", "--language", "nb", *where).stdout
    wrong = ladsim("runs", "show", "zzzzz", "--language", "da", *where)
    assert wrong.exit_code == 2 and "skal være en kørsel, der er gemt" in wrong.stderr


@pytest.mark.parametrize(
    "words",
    [("burn",), ("show",), ("compare", "abcd"), ("delete",), ("delete", "abcd", "--all"), ("list", "--all"), ("sizes", "abcd")],
)
def test_what_makes_no_sense_is_refused(ladsim: Ladsim, words: tuple[str, ...], tmp_path: Path) -> None:
    """A wrong action, too few or too many runs, --all where it means nothing: exit code 2, and nothing is made."""
    assert ladsim("runs", *words, "--store", str(tmp_path / "s")).exit_code == 2
    assert not (tmp_path / "s").exists()
