"""The start of a scenario: people on rungs, and what a user has added to the file stays."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import ladsim
from ladsim.errors import OutputError, ScenarioError
from ladsim.placing.place import Placement


def base(folder: Path, again: int) -> Placement:
    """30 customers, of whom the first `again` came again."""
    rows = [f"{c},2026-01-{1 + c % 28:02}" for c in range(30)] + [f"{c},2026-02-{1 + c % 28:02}" for c in range(again)]
    file = folder / "sales.csv"
    file.write_text("customer,date\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return ladsim.place(file)


def people_of(text: str) -> dict[str, int]:
    """Rung → people in the file."""
    return {rung["name"]: rung["people"] for rung in tomllib.loads(text)["rungs"]}


def test_force_keeps_what_was_added(tmp_path: Path) -> None:
    """A comment, a number, people who have never bought; counts of the data are those of now, and the market is as many."""
    place = tmp_path / "start.toml"
    base(tmp_path, 10).write_scenario(place)
    text = place.read_text(encoding="utf-8")
    text = text.replace('name = "lead"\npeople = 0', 'name = "lead"\npeople = 500  # from the fair').replace(
        "market_size = 30", "market_size = 530\nmonths = 18  # our year and a half"
    )
    place.write_text(text, encoding="utf-8")
    before = people_of(text)
    now = base(tmp_path, 20)
    with pytest.raises(OutputError, match="exists already"):
        now.write_scenario(place)
    now.write_scenario(place, force=True)
    said, found = place.read_text(encoding="utf-8"), ladsim.load(place)
    people = people_of(said)
    assert "# from the fair" in said and "months = 18  # our year and a half" in said
    assert people["lead"] == 500 and found.months == 18
    assert people["repeat"] == 20 and before["repeat"] == 10
    assert found.market_size == sum(people.values()) == 530


def test_what_is_no_scenario_is_not_replaced(tmp_path: Path) -> None:
    """Whatever it is, it stays."""
    place = tmp_path / "start.toml"
    place.write_text("notes = 'mine'\n", encoding="utf-8")
    with pytest.raises(ScenarioError):
        base(tmp_path, 10).write_scenario(place, force=True)
    assert place.read_text(encoding="utf-8") == "notes = 'mine'\n"
