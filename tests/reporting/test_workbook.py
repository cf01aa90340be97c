"""The workbook of a report, read back: its numbers are those of the tables, its words those of the page.

Tests: ``i18n/written.py``, ``reporting/workbook.py``.
"""

from __future__ import annotations

import io
import math
import pickle
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ladsim.errors import StudyError
from ladsim.i18n import Locale
from ladsim.i18n.written import Interval, Number, Several
from ladsim.planning.compare import Comparison, compare
from ladsim.planning.targets import Targets
from ladsim.reporting.page import page_of, report
from ladsim.reporting.page_model import Cell, Grid, Page, grid
from ladsim.reporting.workbook import columns_of, sheets_of, workbook
from ladsim.scenario.load import loads
from tests.cli.conftest import TINY

pytest.importorskip("xlsxwriter")
calamine = pytest.importorskip("python_calamine")
EXACT = 1e-14  # an xlsx file holds 16 digits


def sheets(data: bytes) -> dict[str, list[list[Any]]]:
    """The sheets of a workbook by name, as rows of numbers and texts."""
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def parts_of(data: bytes, like: str) -> str:
    """The XML of all parts of a workbook whose names match, one behind the other."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return "".join(file.read(name).decode("utf-8") for name in file.namelist() if re.search(like, name))


@pytest.fixture(scope="module")
def book(comparison: Comparison) -> dict[str, list[list[Any]]]:
    """The workbook of the coffee chain's comparison."""
    return sheets(workbook(page_of(comparison)))


def row_of(sheet: list[list[Any]], name: str) -> dict[str, Any]:
    """A row of a sheet by its headings."""
    return next(dict(zip(sheet[0], row, strict=True)) for row in sheet[1:] if row[0] == name)


def test_numbers_are_those_of_the_tables(comparison: Comparison, book: dict[str, list[list[Any]]]) -> None:
    """Profit with both limits, spend, leads and shares: numbers, with all their digits, not as the page rounds them."""
    beside = next(sheet for name, sheet in book.items() if name.startswith("1 "))
    leads = next(sheet for name, sheet in book.items() if sheet[0][:2] == ["Strategy", "Lead"])
    for one in comparison.outcomes.to_dict("records"):
        profit, spend = row_of(beside, "Profit"), row_of(beside, "Spend")
        for column, end in (("profit", ""), ("profit_low", ", lower limit"), ("profit_high", ", upper limit")):
            assert profit[one["label"] + end] == pytest.approx(one[column], rel=EXACT)
        assert spend[one["label"]] == pytest.approx(one["spend"], rel=EXACT)
    for one in comparison.differences.to_dict("records"):
        row = row_of(leads, one["label"])
        for column, end in (("mean", ""), ("low", ", lower limit"), ("high", ", upper limit")):
            assert row["Lead" + end] == pytest.approx(one[column], rel=EXACT)
        assert row["Ahead in"] == pytest.approx(one["p_better"], rel=EXACT)


def test_every_table_of_the_page_is_a_sheet(comparison: Comparison, book: dict[str, list[list[Any]]]) -> None:
    """In the page's order, with its headings and a row for each of its rows; the first sheet says what they are."""
    found = sheets_of(page_of(comparison))
    assert list(book) == ["Answer", *(sheet.name for sheet in found)]
    for sheet in found:
        rows, (columns, cells) = book[sheet.name], columns_of(sheet.table)
        assert len(rows[0]) == len(columns)
        assert len(cells) == len(sheet.table.rows) <= len(rows) - 1
        for place, head in enumerate(sheet.table.head):
            assert any(title.startswith(head) for title, (at, _) in zip(rows[0], columns, strict=True) if at == place)
    told = {str(row[0]): row[1] for row in book["Answer"]}
    assert all(sheet.table.caption in told[sheet.name] for sheet in found)


def test_the_first_sheet_says_the_answer_and_how_it_was_made(comparison: Comparison, book: dict[str, list[list[Any]]]) -> None:
    """Verdict, notes and the setting, numbers of it as numbers."""
    said = [row[1] for row in book["Answer"]]
    text = " ".join(map(str, said)).replace("\u00a0", " ")
    for line in (*comparison.verdict.splitlines(), *comparison.notes):
        assert line.replace("\u00a0", " ").replace("\u2011", "-") in text
    assert (
        row_of([["what", "value"], *[row[:2] for row in book["Answer"]]], "Start number of the random draws (--seed)")["value"]
        == 1.0
    )


def test_no_number_of_the_page_is_text(comparison: Comparison, promised: Targets) -> None:
    """What stands in a column of numbers and is none has no digits: a dash, or words such as "from the start"."""
    for study in (comparison, promised):
        for sheet in sheets_of(page_of(study)):
            columns, rows = columns_of(sheet.table)
            for column in columns:
                cells = [row[column] for row in rows if column in row]
                if any(isinstance(cell, Number) for cell in cells):
                    texts = [cell for cell in cells if not isinstance(cell, Number)]
                    assert not [text for text in texts if re.match(r"[−+]?\d", text)], (sheet.name, column)


def test_the_same_study_gives_the_same_bytes(comparison: Comparison) -> None:
    """No date and no order of a set is in it."""
    assert workbook(page_of(comparison)) == workbook(page_of(comparison))


def test_labels_are_text_whatever_they_begin_with() -> None:
    """A label that a spreadsheet could run is a text with its own characters; nothing is a formula or a link."""
    text = TINY.replace('"Keep them"', '"=1+1"').replace('"Win more"', '"http://a.b"')
    data = workbook(page_of(compare(loads(text), replications=2, processes=1)))
    assert "=1+1" in sheets(data)["1 The strategies side by side"][0]
    assert "<f>" not in parts_of(data, r"worksheets/sheet")
    assert "http://a.b" not in parts_of(data, r"_rels/")


def test_the_language_is_that_of_the_page() -> None:
    """Danish headings, Danish kroner behind the amounts, per cent signs, a heading row that stays."""
    text = TINY.replace('currency = "EUR"', 'currency = "DKK"\nlanguage = "da"')
    data = workbook(page_of(compare(loads(text), replications=4, processes=1)))
    found = sheets(data)
    beside = found["1 Strategierne side om side"]
    assert next(iter(found)) == "Svar"
    assert {"Nøgletal", "Keep them", "Keep them, nedre grænse", "Keep them, øvre grænse"} <= set(beside[0])
    styles = parts_of(data, r"styles\.xml")
    assert "#,##0&quot; kr&quot;" in styles.replace("\u00a0", " ")
    assert r"0.0\ %" in styles
    assert parts_of(data, r"sheet2\.xml").count('state="frozen"') == 1


def page(*tables: Grid) -> Page:
    """A page with these tables and nothing else."""
    return Page("Title", "over", "Verdict", "", (), (), tables, ())


def test_a_cell_of_several_numbers_becomes_several_columns() -> None:
    """An interval two, a small number one with what it is, a text a note; what is no number is left out, infinity is said."""
    locale = Locale("en")
    low, high = locale.percent(0.25), locale.percent(0.5)
    rows = [
        ["a", Cell(locale.people(12.0), Several("x", (("", locale.between(low, high)), ("median", locale.people(7.0)))))],
        ["b", Cell(locale.number(math.nan), "why")],
        ["c", Cell(locale.number(math.inf), locale.percent(0.125))],
        ["d", Cell("–")],
    ]
    found = sheets(workbook(page(grid("Two: words/[here]?", ("what", "n"), rows))))
    assert found["1 Two wordshere"] == [
        ["what", "n", "n, lower limit", "n, upper limit", "n, median", "n, note", "n, share"],
        ["a", 12.0, 0.25, 0.5, 7.0, "", ""],
        ["b", "", "", "", "", "why", ""],
        ["c", "∞", "", "", "", "", 0.125],
        ["d", "", "", "", "", "", ""],
    ]


def test_names_of_sheets_fit_the_format() -> None:
    """No more than 31 characters, none that is forbidden, no two the same, however alike the captions."""
    caption = "'Everything * that [is]: long?' " * 9
    found = sheets_of(page(*(grid(caption, ("a",), [["b"]]) for _ in range(12))))
    names = [sheet.name for sheet in found]
    assert len({name.lower() for name in names}) == 12
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\']", name) for name in names)
    assert len(sheets(workbook(page(*(sheet.table for sheet in found))))) == 13


def test_a_text_longer_than_a_cell_is_cut_and_not_lost() -> None:
    """The format holds 32,767 characters."""
    found = sheets(workbook(page(grid("t", ("a",), [["x" * 40_000]]))))
    assert found["1 t"][1][0] == "x" * 32_766 + "…"


def test_a_written_number_survives_the_way_to_another_process() -> None:
    """Value, kind and currency; an interval with both ends."""
    number, interval = Locale("da").money(1_243_000, "DKK"), Locale("nb").money_between(1e6, 2e6, "NOK")
    again: Number = pickle.loads(pickle.dumps(number))
    other: Interval = pickle.loads(pickle.dumps(interval))
    assert (again, again.value, again.kind, again.currency) == (number, 1_243_000.0, "money", "kr")
    assert (other, other.low.value, other.high.value) == (interval, 1e6, 2e6)


def test_without_the_library_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, comparison: Comparison) -> None:
    """Nothing is written then."""
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(StudyError, match="pip install XlsxWriter"):
        workbook(page_of(comparison))


def test_from_python_it_stands_beside_the_page(comparison: Comparison, tmp_path: Path) -> None:
    """``report(…, xlsx=True)``: the page's name with another ending; with `charts` a folder of pictures."""
    report(comparison, tmp_path / "page.html", xlsx=True, charts=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["charts", "page.html", "page.xlsx"]
    assert len(list((tmp_path / "charts").iterdir())) == len(page_of(comparison).pictures)
    assert (tmp_path / "page.xlsx").read_bytes() == workbook(page_of(comparison))
