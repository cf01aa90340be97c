"""What is written beside a report: the workbook of its tables, its charts for slides, tables for Excel.

Tests: ``cli/outcome.py``, ``cli/request.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
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


def test_charts_are_those_of_the_page(ladsim: Ladsim, shop: Path) -> None:
    """A PNG per picture of the page, 1,600 pixels wide, named by what it shows in the page's language; the same bytes again."""
    words = ("compare", shop, *QUICK, "--charts", "--language", "da")
    assert ladsim(*words, "--out", "x").exit_code == 0
    found = {path.name: path.read_bytes() for path in sorted(Path("x/charts").iterdir())}
    page = Path("x/report.html").read_text(encoding="utf-8")
    assert len(found) == page.count('<figure class="picture') > 5
    assert "02-samlet-overskud-maaned-for-maaned.png" in found
    for name, data in found.items():
        assert data.startswith(b"\x89PNG"), name
        assert int.from_bytes(data[16:20], "big") == 1600, name
    assert ladsim(*words, "--out", "y", "--processes", "2").exit_code == 0
    assert {path.name: path.read_bytes() for path in Path("y/charts").iterdir()} == found


@pytest.mark.parametrize(("form", "yes"), [("excel-da", "SAND"), ("excel-nb", "SANN")])
def test_tables_for_excel_stand_beside_those_for_programs(ladsim: Ladsim, shop: Path, form: str, yes: str) -> None:
    """Semicolons, decimal commas, a mark of UTF-8: the same numbers; ``again`` compares the others, which are as ever."""
    assert ladsim("run", shop, *QUICK, "--csv", form, "--out", "x").exit_code == 0
    assert ladsim("run", shop, *QUICK, "--out", "y").exit_code == 0
    plain = {path.name: path.read_bytes() for path in Path("y/tables").iterdir()}
    assert {path.name: path.read_bytes() for path in Path("x/tables").iterdir()} == plain
    assert {path.name for path in Path("x/tables-excel").iterdir()} == set(plain)
    for name in plain:
        data = Path("x/tables-excel", name).read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        other = pd.read_csv(Path("x/tables-excel", name), sep=";", decimal=",", encoding="utf-8-sig", true_values=[yes])
        same = pd.read_csv(Path("x/tables", name))
        assert list(other.columns) == list(same.columns)
        numbers = list(same.select_dtypes("number").columns)
        pd.testing.assert_frame_equal(other[numbers], same[numbers], check_dtype=False, check_exact=True)
    assert yes in Path("x/tables-excel/assumptions.csv").read_text(encoding="utf-8")
    assert ladsim("again", "x", "--processes", "1").exit_code == 0


@pytest.mark.parametrize("option", ["--xlsx", "--charts", "--csv=excel-da"])
def test_without_a_folder_there_is_nothing_to_stand_beside(ladsim: Ladsim, shop: Path, option: str) -> None:
    """Exit code 4 before anything is played."""
    pytest.importorskip("xlsxwriter")
    refused = ladsim("run", shop, *QUICK, option, "--json", "-")
    assert refused.exit_code == 4
    assert f"{option.partition('=')[0]}: found no folder to write into" in refused.stderr


def test_an_unknown_form_of_csv_is_refused(ladsim: Ladsim, shop: Path) -> None:
    """With those that there are."""
    refused = ladsim("run", shop, *QUICK, "--csv", "excel-fr")
    assert refused.exit_code == 2
    assert "'excel-fr', must be one of excel-da, excel-nb" in refused.stderr


@pytest.mark.parametrize("command", ["run", "compare", "targets"])
def test_json_never_replaces_what_is_read(ladsim: Ladsim, shop: Path, command: str) -> None:
    """The scenario itself, also by a link, what it extends, and a file of ties that it names: exit code 4 before anything is played."""
    Path("ties.csv").write_text("from,to\na,b\n", encoding="utf-8")
    Path("link.json").symlink_to("mine.toml")
    layer = '[[word_of_mouth]]\nlayer = "friends"\ngraph = { kind = "file", path = "ties.csv", copies = 100 }\n'
    Path("mine.toml").write_text(f'extends = "shop.toml"\n{layer}', encoding="utf-8")
    before = {path.name: path.read_bytes() for path in Path.cwd().iterdir()}
    for place in ("mine.toml", "link.json", "shop.toml", "ties.csv"):
        refused = ladsim(command, "mine.toml", *QUICK, "--json", place)
        assert (refused.exit_code, refused.stdout) == (4, ""), refused.stderr
        assert f"--json: found '{place}', which is a file that is read; name another file: it would be replaced" in refused.stderr
    assert {path.name: path.read_bytes() for path in Path.cwd().iterdir()} == before
