"""Groups of a randomised test in a file of contacts: who was treated, who was held out.

Tests: ``data/words.py``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import ladsim
from ladsim.errors import DataError
from ladsim.fitting.calibration import calibrate


def written(folder: Path, head: str, groups: tuple[str, str], campaign: str = "") -> Path:
    """400 people, half of them held out; one in ten reacts, of those held out one in twenty."""
    rows = [f"{c},{campaign}{groups[c % 2]},{int(c % 40 < (4 if c % 2 == 0 else 2) * 2 and c % 4 < 2)}" for c in range(400)]
    file = folder / "mails.csv"
    file.write_text(head + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("head", "groups", "campaign", "arms"),
    [
        ("customer,campaign,group,outcome", ("treated", "control"), "Spring,", ("Spring (treated)", "Spring (control)")),
        ("Kundenr,Kampagne,Gruppe,Reaktion", ("test", "Kontrol"), "Forår,", ("Forår (test)", "Forår (Kontrol)")),
        ("customer,campaign,treated,outcome", ("1", "0"), "Spring,", ("Spring (treated)", "Spring (control)")),
        ("customer,campaign,control,outcome", ("no", "yes"), "Spring,", ("Spring (treated)", "Spring (control)")),
        ("Kundenr,Gruppe,Reaktion", ("test", "kontrollgruppe"), "", ("test", "kontrollgruppe")),
        ("customer,arm,outcome", ("mail", "control"), "", ("mail", "control")),
        ("customer,treatment,outcome", ("1", "0"), "", ("treated", "control")),
    ],
)
def test_a_column_of_groups(head: str, groups: tuple[str, str], campaign: str, arms: tuple[str, str], tmp_path: Path) -> None:
    """The campaign's own control group is what it is compared with: a lift with its interval where the lot decided."""
    file = written(tmp_path, head, groups, campaign)
    read = ladsim.read_data(file)
    assert read.kind == "contacts" and set(read.table()["campaign"]) == set(arms)
    ((fitted, _),) = calibrate([read], randomised=True).fits
    assert f"lift {arms[0]}" in fitted.parameters and f"lift {arms[1]}" not in fitted.parameters
    low, high = fitted.interval(f"lift {arms[0]}")
    assert low < fitted.parameters[f"lift {arms[0]}"] < high
    ((unsaid, _),) = calibrate([read]).fits
    assert "not_randomised" in dict(unsaid.cannot_tell) and f"lift {arms[0]}" not in unsaid.parameters


def test_groups_that_are_no_test(tmp_path: Path) -> None:
    """Ages are no arms: the column is passed over, and that is said."""
    read = ladsim.read_data(written(tmp_path, "customer,campaign,group,outcome", ("18-25", "26-65"), "Spring,"))
    assert set(read.table()["campaign"]) == {"Spring"} and read.report.value("no_test", "column") == "group"


def test_sales_with_groups_of_customers_are_sales(tmp_path: Path) -> None:
    """A column of that name makes no contacts of orders."""
    file = tmp_path / "sales.csv"
    file.write_text("customer,date,amount,group\na,2026-01-01,9,B2B\nb,2026-01-02,8,B2C\n", encoding="utf-8")
    assert ladsim.read_data(file).kind == "transactions"


def test_before_is_no_control_group(tmp_path: Path) -> None:
    """Whatever the user says: season and prices are in such a difference."""
    file = written(tmp_path, "customer,arm,outcome", ("after", "before"))
    with pytest.raises(DataError, match="before against after: found no group that was held out"):
        calibrate([file], control="before", randomised=True)
