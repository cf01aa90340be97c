"""Workbooks that are meant to hurt: far cells however they are written, parts that say less than they hold, many sheets."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from ladsim.data import workbooks
from ladsim.data.workbooks import Reach
from ladsim.errors import DataError
from tests.data.conftest import Desk, orders
from tests.data.exports import book

SHEET = "xl/worksheets/sheet1.xml"
PLAIN = book([["Kundenr", "Dato"], ["7", "2024-01-13"]])


def changed(change: Callable[[bytes], bytes], moved: str = SHEET) -> bytes:
    """A workbook of one customer whose sheet is another, perhaps in another place of the file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            text, name = old.read(one), one.filename
            if name == SHEET:
                text, name = change(text), moved
            if name.endswith("workbook.xml.rels"):
                text = text.replace(b"worksheets/sheet1.xml", moved.removeprefix("xl/").encode())
            new.writestr(name, text)
    return out.getvalue()


def with_rows(rows: bytes) -> Callable[[bytes], bytes]:
    """Rows more at the end of the sheet."""
    return lambda text: text.replace(b"</sheetData>", rows + b"</sheetData>")


FAR = {
    "single quotation marks": b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
    "small letters": b'<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
    "blanks": b'<row r="1048576"><c\n\tr = "XFD1048576" ><v>1</v></c></row>',
    "behind another value": b'<row r="1048576"><c s=">" t="n" r="XFD1048576"><v>1</v></c></row>',
    "another name of the space": b'<x:row r="1048576"><x:c r="XFD1048576"><v>1</v></x:c></x:row>',
    "no references": b'<row r="1048570">' + b"<c><v>1</v></c>" * 16_000 + b"</row>",
    "rows without references": b"<row/>" * 1_000_000 + b"<row>" + b"<c><v>1</v></c>" * 300 + b"</row>",
}
ODD = {
    "two references": b'<row r="1048576"><c r="XFD1048576" r="A9"><v>1</v></c></row>',
    "two references, the near one first": b'<row r="1048576"><c r="A9" r="XFD1048576"><v>1</v></c></row>',
    "no quotation marks": b"<row r=1048576><c r=XFD1048576><v>1</v></c></row>",
    "a sign by its number": b'<row r="1048576"><c r="&#88;FD1048576"><v>1</v></c></row>',
    "a reference that is none": b'<row r="1048576"><c r="$XFD$1048576"><v>1</v></c></row>',
}


@pytest.mark.parametrize("rows", FAR.values(), ids=FAR)
@pytest.mark.parametrize("moved", [SHEET, "xl/other/data.bin"])
def test_a_far_cell_is_seen(rows: bytes, moved: str, desk: Desk) -> None:
    """However it is written, and wherever in the file the sheet lies."""
    with pytest.raises(DataError, match=r"found a sheet of [\d,]+ rows and [\d,]+ columns, must be at most 60,000,000 cells"):
        desk.read(changed(with_rows(rows), moved), "far.xlsx")


@pytest.mark.parametrize("rows", ODD.values(), ids=ODD)
def test_what_may_be_read_otherwise_is_refused(rows: bytes, desk: Desk) -> None:
    """Tags that one reader takes so and another otherwise."""
    with pytest.raises(DataError, match="cells that are not written as Excel writes them"):
        desk.read(changed(with_rows(rows)), "odd.xlsx")


def test_another_coding_of_signs(desk: Desk) -> None:
    """A sheet in UTF-16, in which references look otherwise."""
    far = with_rows(FAR["small letters"])
    with pytest.raises(DataError, match="cannot be read as a workbook"):
        desk.read(changed(lambda text: far(text).decode().replace("UTF-8", "UTF-16").encode("utf-16")), "wide.xlsx")


@pytest.mark.parametrize(
    "change",
    [
        with_rows(b'<row r="1048576" ht="20" hidden="1"/>'),
        with_rows(
            b"<row r='3'><c r='A3' t='inlineStr'><is><t>8</t></is></c><c t='inlineStr'><is><t>2024-01-14</t></is></c></row>"
        ),
        lambda text: text.replace(b'<dimension ref="A1:B2"/>', b'<dimension ref="A1:XFD1048576"/>'),
    ],
)
def test_what_only_looks_far_is_read(change: Callable[[bytes], bytes], desk: Desk) -> None:
    """An empty row far out, cells without references, a dimension that is wrong."""
    assert ("7", "2024-01-13") in orders(desk.read(changed(change), "near.xlsx"))


def test_pieces_make_no_difference() -> None:
    """A sheet of any pieces reaches as far as in one."""
    text = b"<worksheet><sheetData><row r='7' ht=\"12\"><c r='b7' s='1'><v>1</v></c><c/></row><row><c t=\"n\"/></row></sheetData></worksheet>"
    for size in (1, 2, 7, 50, len(text)):
        reach = Reach("shop.xlsx")
        for at in range(0, len(text), size):
            reach.look(text[at : at + size])
        reach.finish()
        assert (reach.rows, reach.columns) == (8, 3), size


def test_a_part_that_says_less_than_it_holds(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted is what comes out, not what the file says; all parts together."""
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 3_000_000)
    large = changed(lambda text: text.replace(b"</worksheet>", b" " * 4_000_000 + b"</worksheet>"))
    with pytest.raises(DataError, match="more than 3 MB when unpacked"):
        desk.read(large, "large.xlsx")
    with zipfile.ZipFile(io.BytesIO(large)) as packed:
        size = struct.pack("<I", packed.getinfo(SHEET).file_size)
    assert large.count(size) >= 2
    with pytest.raises(DataError, match=r"more than 3 MB when unpacked|cannot be read as a workbook"):
        desk.read(large.replace(size, struct.pack("<I", 1_000)), "liar.xlsx")


def test_all_sheets_together(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sheet has room, all of them have not."""
    monkeypatch.setattr(workbooks, "MOST_IN_ALL", 3)
    with pytest.raises(DataError, match="found sheets of more than 3 cells in all"):
        desk.read(PLAIN, "sheets.xlsx")


def test_a_packed_file_that_is_no_workbook(desk: Desk) -> None:
    """Also under the name of one, and one of another program under a name that says nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("content.xml", "<office/>")
    for name in ("other.xlsx", "other.dat"):
        with pytest.raises(DataError, match="found no workbook of Excel in it"):
            desk.read(out.getvalue(), name)
