"""Published models again: what agrees holds, what is wrong fails, what is not there is skipped with the reason; scenarios are examples.

Tests: ``cli/verify.py``, ``reporting/verification.py``, ``verifying/fits.py``, ``verifying/form.py``, ``verifying/markets.py``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import ladsim
from ladsim.cli.program import app
from ladsim.errors import StudyError
from ladsim.scenario.address import numbers
from ladsim.scenario.check import problems
from ladsim.scenario.load import classics
from ladsim.verifying import verify as module
from ladsim.verifying.fits import FITS
from ladsim.verifying.form import Form, z_of
from ladsim.verifying.markets import ROWS
from ladsim.verifying.verify import FAILS, HOLDS, KEYS, SKIPPED, verify


def test_every_row_is_there() -> None:
    """V1 to V11, each with a scenario that ships; every classic belongs to a row."""
    assert {row.key for row in ROWS} | {row.key for row in FITS} == set(KEYS)
    assert {f"classics/{row.classic}" for row in ROWS} | {f"classics/{row.classic}" for row in FITS} == set(classics())


@pytest.mark.parametrize("name", classics())
def test_scenarios_are_examples(name: str) -> None:
    """Opened by name, without a problem, with a source for every number, and a title and a description in three languages."""
    scenario = ladsim.load(name)
    assert problems(scenario) == []
    assert [n.key for n in numbers(scenario).values() if n.given and not n.decided and not n.source.strip()] == []
    texts = {(one.title, one.description) for one in (ladsim.load(name, language) for language in ("en", "da", "nb"))}
    assert len(texts) >= 2
    assert all(title and description for title, description in texts)


def test_what_agrees_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick rows by both engines, which find the same to the last bit; few futures, yet enough for each number to be looked at."""
    few = [replace(row, small=replace(row.small, futures=8)) for row in ROWS if row.key in ("V7", "V9")]
    assert all(row.form.enough(8 * (row.form.customers or 16)).all() for row in few)
    monkeypatch.setattr(module, "ROWS", few)
    found = verify(["V9", "V7"], engines=["simpy", "fast"])
    assert {line.verdict for line in found.lines} == {HOLDS}
    by = {engine: [line.found for line in found.lines if line.engine == engine] for engine in ("fast", "simpy")}
    assert by["fast"] == by["simpy"]
    assert len(by["fast"]) == 12
    assert json.loads(found.json())["lines"][0]["row"] == "V7"
    assert list(found.table().columns) == list(module.Line.__dataclass_fields__)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_all_rows() -> None:
    """All of them by the fast engine at their usual size."""
    assert verify(engines=["fast"]).failed == ()


def test_a_wrong_formula_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A club whose formula is of other numbers is not let pass."""
    row = next(row for row in ROWS if row.name == "club_regular")
    wrong = replace(row, form=replace(row.form, expected=lambda: row.form.expected() + 0.05))
    monkeypatch.setattr(module, "ROWS", [wrong])
    assert [line.verdict for line in verify(["V9"], engines=["fast"]).lines if line.engine == "fast"] == [FAILS] * 3


@pytest.mark.parametrize(
    ("ending", "holds"), [(".html", "<svg"), (".md", "`classics/club_regular`"), (".csv", "V9,club_regular")]
)
def test_the_command(tmp_path: Path, ending: str, holds: str) -> None:
    """The table on the screen, and a page with the closed form drawn, in Danish."""
    place = tmp_path / f"found{ending}"
    ran = CliRunner().invoke(app, ["verify", "V9", "--out", str(place), "--language", "da"])
    assert ran.exit_code == 0, ran.output
    assert "en klub, almindelige medlemmer" in ran.output
    assert "Alle 12 tal, der blev set på, passer." in ran.output
    assert holds in place.read_text(encoding="utf-8")


def test_real_data_that_are_not_there(tmp_path: Path) -> None:
    """Skipped, with the reason: no folder given, or no such file in it."""
    for folder, reason in ((None, "no_folder"), (tmp_path, "no_file")):
        found = verify(["V6"], engines=["fast"], data=folder)
        assert [line.verdict for line in found.lines][-1] == SKIPPED
        assert (found.skipped[0].reason, found.skipped[0].source) == (reason, "cdnow/CDNOW_sample.txt")


def test_real_data(shared_data: Path) -> None:
    """CDNOW: V6 and its ladder."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    found = verify(["V6"], engines=["fast"], data=shared_data)
    if found.skipped:
        pytest.skip(f"no real data: {found.skipped[0].reason}")
    assert found.failed == ()
    assert len(found.lines) == 9


def test_mistakes() -> None:
    """Rows and engines that there are not, with the nearest."""
    with pytest.raises(StudyError, match="row: found 'V12', must be one of"):
        verify(["V12"])
    with pytest.raises(StudyError, match="did you mean 'simpy'"):
        verify(["V1"], engines=["simpyy"])


def test_z() -> None:
    """By hand: the mean of 1 and 3 is 2 ± 1; NaN are left out; what is the same but for rounding is no difference."""
    mean, error, z = z_of(np.array([[1.0, 0.3, 5.0], [3.0, 0.3, np.nan], [np.nan, 0.3, 5.0]]), np.array([4.0, 0.1 + 0.2, 5.0]))
    assert mean.tolist() == pytest.approx([2.0, 0.3, 5.0])
    assert error[0] == pytest.approx(1.0)
    assert z.tolist() == pytest.approx([2.0, 0.0, 0.0])
    assert isinstance(ROWS[0].form, Form)
