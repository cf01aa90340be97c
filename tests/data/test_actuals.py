"""Monthly actuals as people keep them: layouts, months, numbers, and what is refused in words."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from ladsim.data.actuals import Actuals, month_in, number_in, read_actuals
from ladsim.errors import DataError

NAMES = {"customer": "customer", "Kunde": "customer", "Ambassadør": "fan", "lead.customer": "lead.customer"}
START = datetime.date(2027, 1, 1)
WANTED = {("customer", 1.0): 1200.0, ("customer", 2.0): 1300.0, ("fan", 1.0): 50.0, ("fan", 2.0): 55.0}


def read(tmp_path: Path, text: str, start: datetime.date | None = START) -> Actuals:
    """A file with this text."""
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    return read_actuals(tmp_path / "a.csv", NAMES, start=start, until=12.0)


@pytest.mark.parametrize(
    "text",
    [
        "month,customer,Ambassadør\n1,1200,50\n2,1300,55\n",
        "Måned;Kunde;ambassadør\njanuar 2027;1.200;50\nfebruar 2027;1.300;55\n",
        "\ufeffMåned\tKUNDE\tAmbassadør\n2027-01\t1 200\t50\n2027-02\t1 300\t55\n",
        "name,1,2\ncustomer,1200,1300\nAmbassadør,50,55\n",
        "trin;jan;feb\nKunde;1200;1300\nAmbassadør;50;55\n",
        "month,rung,people\n1,customer,1200\n1,Ambassadør,50\n2,customer,1300\n2,Ambassadør,55\n",
        "rung,month,people\ncustomer,January 2027,1200\nAmbassadør,2027-01-31,50\ncustomer,2,1300\nAmbassadør,2,55\n",
    ],
)
def test_layouts(tmp_path: Path, text: str) -> None:
    """A line a month, a line a name, a line a number; names and labels, months and numbers as they are written in three languages."""
    found = read(tmp_path, text)
    assert dict(found.values) == WANTED and found.months == [1.0, 2.0] and found.last("fan") == (2.0, 55.0)


def test_a_workbook(tmp_path: Path) -> None:
    """The same from Excel, dates being dates there."""
    writer = pytest.importorskip("xlsxwriter")
    pytest.importorskip("python_calamine")
    book = writer.Workbook(str(tmp_path / "a.xlsx"))
    sheet, day = book.add_worksheet("tal"), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate((("Måned", "Kunde", "Ambassadør"), (None, 1200, 50), (None, 1300, 55))):
        sheet.write_row(at, 0, row)
    for at, last in enumerate((datetime.date(2027, 1, 31), datetime.date(2027, 2, 28)), 1):
        sheet.write_datetime(at, 0, datetime.datetime.combine(last, datetime.time()), day)
    book.close()
    assert dict(read_actuals(tmp_path / "a.xlsx", NAMES, start=START).values) == WANTED


def test_what_is_passed_over(tmp_path: Path) -> None:
    """Columns that the plan does not have, months behind its end, empty cells."""
    found = read(tmp_path, "month,customer,visits,fan\n1,100,7,-\n2,,8,-\n13,90,9,\n")
    assert dict(found.values) == {("customer", 1.0): 100.0} and found.unknown == ("visits", "fan") and found.late == (13.0,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found an empty file"),
        ("month,customer\n", "found one line, must have a line of names and a line for each month"),
        ("month,customer\n2026-11,5\n", "found month -1, must be after the start of the plan, which starts on 2027-01-01"),
        ("month,customer\n0,5\n", "found month 0, must be after the start"),
        ("month,custmer\n1,5\n", r"found no number of the plan, .*did you mean 'customer'"),
        ("month,customer\n1,many\n", "line 2: found 'many', must be a number from 0"),
        ("month,customer\n1,-3\n", "line 2: found '-3', must be a number from 0"),
        ("month,customer\nsoon,3\n", "line 2: found 'soon', must be a month"),
        ("month,customer\n1,3\n1,4\n", "found customer of month 1 twice, 3 and 4"),
        ("month,customer\n14,3\n", "found month 14 and later, must be at most 12"),
        ("customer,lead.customer\n1,3\n", "found no column of months"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The place, what was found, what is allowed."""
    with pytest.raises(DataError, match=said):
        read(tmp_path, text)


def test_without_a_start_names_of_months_are_refused(tmp_path: Path) -> None:
    """They need a start_date in the plan; numbers do not."""
    assert dict(read(tmp_path, "month,customer\n1,3\n", None).values) == {("customer", 1.0): 3.0}
    with pytest.raises(DataError, match="need a start_date"):
        read(tmp_path, "month,customer\nmarch,3\n", None)
    with pytest.raises(DataError, match="no such file"):
        read_actuals(tmp_path / "b.csv", NAMES)


def test_months_and_numbers() -> None:
    """A month means its end; a year that is not said is the first that comes."""
    mid = datetime.date(2027, 8, 1)
    assert [month_in(cell, mid) for cell in ("august", "mars", "Mar 2028", "des.", "x")] == [1.0, 8.0, 8.0, 5.0, None]
    assert [number_in(cell) for cell in ("1,5", "12.345.678", "1.2.3", "−5", "abc")] == [1.5, 12345678.0, None, -5.0, None]
