"""Snapshots or moves: one rule, whoever asks."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ladsim.data.panels import is_panel
from ladsim.fitting.calibration import calibrate
from ladsim.placing.place import place


def rows(*given: tuple[str, str, str]) -> pd.DataFrame:
    """Customer, day, stage."""
    return pd.DataFrame(list(given), columns=["customer", "date", "stage"])


def test_stages_that_no_rule_knows_are_moves_where_they_change() -> None:
    """They are compared as they are called; `place` took all of them for one stage."""
    assert not is_panel(rows(*((str(c), f"2027-0{m}-05", f"stage {m}") for c in range(5) for m in (1, 2, 3))))


def test_where_nobody_has_two_rows() -> None:
    """One day for all, or none, is a snapshot; days that differ are those of moves."""
    assert is_panel(rows(("a", "2027-01-31", "lead"), ("b", "2027-01-31", "buyer")))
    assert not is_panel(rows(("a", "2027-01-03", "lead"), ("b", "2027-02-09", "buyer")))
    assert is_panel(rows(("a", "2027-01-31", "lead")).assign(date=None))


@pytest.mark.parametrize("repeated", [0.25, 0.35])
def test_calibrate_and_place_agree(repeated: float, tmp_path: Path) -> None:
    """Where a quarter of the rows repeat the stage before, one command said snapshots and the other moves."""

    lines = ["customer,date,stage"]
    for c in range(200):
        stay = c < 200 * repeated
        lines += [f"{c},2027-01-{1 + c % 28:02},lead", f"{c},2027-03-{1 + c % 28:02},{'lead' if stay else 'customer'}"]
    file = tmp_path / "crm.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    placed = place(file)
    assert placed.crm is not None
    fits = [fitted.model for fitted, _ in calibrate([file]).fits]
    assert (fits == ["panel"]) == placed.crm.is_snapshots == (repeated > 0.3)
