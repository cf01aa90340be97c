"""No table breaks the reader: whatever stands in it is read, with nothing dropped in silence, or refused in words."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladsim.data import store
from ladsim.data.read import CustomerData, read_data
from ladsim.errors import DataError
from ladsim.i18n import LANGUAGES, Locale
from tests.data.conftest import Desk, orders
from tests.data.exports import ORDERS, lines, truth

WORDS = """customer Kundenr id date Dato år måned dag amount Beløb price quantity order status type currency time stage trin referrer nps
campaign outcome start slutdato won_date lead plan x"""
HEADS = st.sampled_from(WORDS.split())
CELLS = st.sampled_from(
    [
        "",
        " ",
        "0",
        "1",
        "7",
        "007",
        "1001.0",
        "NA",
        "-",
        "Anna",
        "Åse",
        "2024-01-13",
        "13.01.2024",
        "01/02/2024",
        "2024",
        "45306",
        "20240113",
        "1.234",
        "1,234",
        "1.234,50",
        "-5",
        "(5)",
        "kr 5",
        "€5",
        "$5",
        "ja",
        "nej",
        "Total",
        "I alt",
        "refund",
        "cancelled",
        "9999-12-31",
        "x;y",
        'a"b',
        "a,b",
        "'7",
        '="07"',
        "1E+3",
        "4.57E+12",
        "lead",
        "DKK",
        "EUR",
        "8:26",
        "\u200b7",
        "99999999999999",
        "10",
        "9",
    ]
)
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.tuples(
        st.lists(HEADS, min_size=width, max_size=width), st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=12)
    )
)


@settings(max_examples=60)
@given(table=TABLES, mark=st.sampled_from(",;\t|"))
def test_any_table(table: tuple[list[str], list[list[str]]], mark: str) -> None:
    """Read or refused; what was read has its report in three languages, and can be written."""
    head, rows = table
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator="\n").writerows([head, *rows])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_text(out.getvalue(), encoding="utf-8")
        try:
            read = read_data(path)
        except DataError:
            return
        for language in LANGUAGES:
            assert read.report.lines(Locale(language))
        read.write(Path(folder) / "clean.csv")
        assert read.rows == len(read.table()) > 0
        assert told(read) == read.report.value("rows")


def told(read: CustomerData) -> int:
    """Rows that were kept, and rows that the report says were left out."""
    return read.rows + sum(
        int(str(dict(values)["n"])) for key, values in read.report.left if key != "refunds_alone"
    )  # among refunds


def test_large_files_lie_on_the_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same orders where the tables lie in a temporary file; afterwards it is gone."""
    monkeypatch.setattr(store, "LARGE", 0)
    monkeypatch.setattr(store, "own_temporary_folder", lambda: desk.folder)
    read = desk.read(lines())
    assert len(list(desk.folder.iterdir())) > 1
    assert orders(read) == truth(ORDERS)
    read._store.discard()
    assert [path.name for path in desk.folder.iterdir()] == ["file.csv"]
