"""What is written beside a report: the workbook of its tables.

Tests: ``cli/outcome.py``, ``cli/request.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Ladsim = Callable[..., Result]
QUICK = ("--replications", "2", "--processes", "1")


def test_the_workbook_stands_beside_the_page(ladsim: Ladsim, shop: Path) -> None:
    """report.xlsx has the command on its first sheet; the next run without it takes it away."""
    pytest.importorskip("xlsxwriter")
    calamine = pytest.importorskip("python_calamine")
    assert ladsim("run", shop, *QUICK, "--xlsx", "--out", "x").exit_code == 0
    first = calamine.CalamineWorkbook.from_path("x/report.xlsx").get_sheet_by_name("Answer").to_python()
    assert any(str(row[1]).startswith("ladsim run") for row in first)
    assert ladsim("again", "x", "--processes", "1").exit_code == 0
    assert ladsim("run", shop, *QUICK, "--out", "x").exit_code == 0
    assert not Path("x/report.xlsx").exists()


def test_without_a_folder_there_is_nothing_to_stand_beside(ladsim: Ladsim, shop: Path) -> None:
    """Exit code 4 before anything is played."""
    pytest.importorskip("xlsxwriter")
    refused = ladsim("run", shop, *QUICK, "--xlsx", "--json", "-")
    assert refused.exit_code == 4
    assert "--xlsx: found no folder to write into" in refused.stderr
