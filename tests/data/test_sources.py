"""Parquet files, workbooks, databases; what is no file; files that are meant to hurt."""

from __future__ import annotations

import io
import sqlite3
import zipfile
from pathlib import Path

import pytest

from ladsim.data import databases, store
from ladsim.data.read import read_data
from ladsim.errors import DataError
from ladsim.i18n import Locale
from tests.data.conftest import Desk, orders
from tests.data.exports import ORDERS, book, lines, truth


def database(folder: Path) -> str:
    """The URL of a database of orders."""
    path = folder / "shop.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE orders (customer TEXT, day TEXT, amount REAL)")
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?, ?)", [(f"0{one}", day.isoformat(), amount) for one, day, amount in ORDERS]
        )
    connection.close()
    return f"sqlite:///{path}"


def test_a_database(desk: Desk) -> None:
    """A query's rows, by URL; the database is as it was."""
    url = database(desk.folder)
    before = (desk.folder / "shop.db").read_bytes()
    read = read_data(url, query="SELECT customer, day AS date, amount FROM orders WHERE day > '2024-06-30'")
    assert orders(read) == truth([(f"0{one}", day, amount) for one, day, amount in ORDERS if day.month > 6])
    assert (desk.folder / "shop.db").read_bytes() == before


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (None, "no query"),
        ("DELETE FROM orders", "only read"),
        ("SELECT 1; DROP TABLE orders", "only read"),
        ("SELECT colour FROM orders", "no such column"),
        ("WITH x AS (SELECT 1) DELETE FROM orders WHERE amount > 0", "only read"),
        ("WITH x AS (SELECT 1) /* ' */ update orders SET amount = 0", "only read"),
        ("SELECT customer, day AS date INTO copy FROM orders", "only read"),
    ],
)
def test_databases_are_only_read(query: str | None, said: str, desk: Desk) -> None:
    """What would change something is not sent; what the database says of a wrong query is passed on."""
    url = database(desk.folder)
    before = (desk.folder / "shop.db").read_bytes()
    with pytest.raises(DataError, match=said):
        read_data(url, query=query)
    assert (desk.folder / "shop.db").read_bytes() == before


def test_the_database_itself_refuses_to_write(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where no word in the query gives it away; words in quotes and functions are no reason to refuse."""
    url = database(desk.folder)
    named = "SELECT customer, day AS date, replace(amount, 'delete', '') AS amount FROM orders"
    assert orders(read_data(url, query=named)) == truth([(f"0{one}", day, amount) for one, day, amount in ORDERS])
    monkeypatch.setattr(databases, "_WRITING", "(?!)(x)")
    before = (desk.folder / "shop.db").read_bytes()
    with pytest.raises(DataError, match="readonly"):
        read_data(url, query="WITH x AS (SELECT 1) DELETE FROM orders")
    assert (desk.folder / "shop.db").read_bytes() == before


def test_passwords_are_never_shown(desk: Desk) -> None:
    """An error names the URL without its password; a database that is not there is not made."""
    with pytest.raises(DataError) as caught:
        read_data("sqlite://me:secret@/nowhere.db", query="SELECT 1")
    assert "secret" not in str(caught.value)
    for key in ("password", "passwd", "PWD", "sslpassword", "token", "client_secret", "key"):
        with pytest.raises(DataError) as caught:
            read_data(f"sqlite:///nowhere.db?a=1&{key}=hidden", query="SELECT 1")
        assert "hidden" not in str(caught.value) and "a=1" in str(caught.value)
    with pytest.raises(DataError) as caught:
        read_data("https://me:hidden@example.org/a.csv?token=hidden")
    assert "hidden" not in str(caught.value)
    with pytest.raises(DataError, match="no such file"):
        read_data(f"sqlite:///{desk.folder}/none.db", query="SELECT 1")
    assert not (desk.folder / "none.db").exists()


def test_parquet(desk: Desk) -> None:
    """Typed columns: ids keep their zeros, 1.234 has decimals, dates are days."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow", reason="writes the Parquet file of the test")
    table = pandas.DataFrame(
        {
            "customer_id": [f"0{one}" for one, _, _ in ORDERS],
            "order_date": pandas.to_datetime([day for _, day, _ in ORDERS]),
            "amount": 1.234,
        }
    )
    table.to_parquet(desk.folder / "orders.parquet")
    read = read_data(desk.folder / "orders.parquet")
    assert orders(read) == truth([(f"0{one}", day, 1.234) for one, day, _ in ORDERS])


def test_which_sheet_is_asked(desk: Desk) -> None:
    """Two sheets with rows are refused with their names; the option chooses."""
    import xlsxwriter

    with xlsxwriter.Workbook(desk.folder / "two.xlsx") as made:
        for name in ("januar", "februar"):
            sheet = made.add_worksheet(name)
            for at, row in enumerate((("Kundenr", "Dato"), ("7", "2024-01-13"))):
                sheet.write_row(at, 0, row)
    with pytest.raises(DataError, match="'januar', 'februar'"):
        read_data(desk.folder / "two.xlsx")
    assert read_data(desk.folder / "two.xlsx", sheet="februar").rows == 1
    with pytest.raises(DataError, match="did you mean 'februar'"):
        read_data(desk.folder / "two.xlsx", sheet="febuar")


def far_cell(cell: str) -> bytes:
    """A workbook with one cell more, far out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book([["Kundenr", "Dato"], ["7", "2024-01-13"]]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.infolist():
            text = old.read(one)
            if one.filename == "xl/worksheets/sheet1.xml":
                text = text.replace(b"</sheetData>", f'<row r="1048576"><c r="{cell}"><v>1</v></c></row></sheetData>'.encode())
            new.writestr(one.filename, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        # By a name of its own: the bytes of a workbook hold the second in which it was made, and processes would not find the same tests.
        pytest.param("far.xlsx", far_cell("XFD1048576"), "must be at most 60,000,000 cells", id="far.xlsx"),
        ("broken.xlsx", b"PK\x03\x04 and nothing more", "cannot be read as a workbook"),
        ("broken.xls", b"\xd0\xcf\x11\xe0 and nothing more", "cannot be read as a workbook"),
        ("broken.parquet", b"PAR1 and nothing more PAR1", "cannot be read as Parquet"),
        ("other.ods", b"PK\x03\x04", "save it so, or as CSV"),
        ("wide.csv", ",".join(f"c{place}" for place in range(3000)).encode() + b"\n" + b",".join([b"1"] * 3000), "columns"),
        ("long.csv", b"customer,date\n" + b"a" * 20_000 + b",2024-01-13\n", "20,000"),
        ("bytes.csv", b"customer,date\n1,2024-01-13\n\x00\x01\x02\xff\xfe\n", "not text"),
        ("torn.csv", b"customer,date,amount\n1,2024-01-13,5.50\n2,2024-01-14,6.50,7,8\n", "found 5 fields below 3 column names"),
        ("large.csv", b"customer,date,amount\n1,2024-01-13,5.50\n2,2024-01-14,99999999999999.50\n", "beyond 1,000,000,000,000"),
        ("web.csv", b"<!doctype html><html>", "page of the web"),
        ("list.csv", b'[{"customer": 1}]', "JSON"),
    ],
)
def test_what_hurts_is_refused(name: str, content: bytes, said: str, desk: Desk) -> None:
    """Endless sheets, torn lines, bytes: a sentence, and soon."""
    with pytest.raises(DataError, match=said):
        desk.read(content, name)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (".", "found a folder"),
        ("/dev/zero", "found a device"),
        ("nowhere.csv", "no such file"),
        ("https://example.org/a.csv", "nothing is fetched"),
        ("postgresql+nothing://host/x", "cannot be read|no URL|driver"),
    ],
)
def test_what_is_no_source(source: str, said: str) -> None:
    """A folder, a device, an address of the web."""
    with pytest.raises(DataError, match=said):
        read_data(source, query="SELECT 1" if "postgresql" in source else None)


def test_a_million_rows_fit(desk: Desk) -> None:
    """Many rows go through in parts; what is read is all of them."""
    text = lines(ORDERS[:1]) + b"".join(b"%d,2024-03-%02d,12.50\n" % (place % 50_000, 1 + place % 28) for place in range(250_000))
    read = desk.read(text)
    assert read.report.value("rows") == 250_001
    assert read.customers == 50_001 - (ORDERS[0][0] in {str(place) for place in range(50_000)})


@pytest.mark.parametrize("until", ["tomorrow", 2024, 20240131.0])
def test_a_day_that_is_none_is_refused(until: object, desk: Desk) -> None:
    """Of whatever type, and before anything is read."""
    with pytest.raises(DataError, match=r"until: found .*, must be a day such as 2027-01-31"):
        desk.read("customer,date\nA,2024-01-31\n", until=until)


def test_messages_show_no_cell(desk: Desk) -> None:
    """Of a text that is not UTF-8 in a database, of rungs that are names; right words for what is empty or no answer."""
    url = database(desk.folder)
    with sqlite3.connect(desk.folder / "shop.db") as connection:
        connection.execute("INSERT INTO orders VALUES (CAST(X'42F872676520' AS TEXT), '2024-01-01', 1)")
    connection.close()
    with pytest.raises(DataError, match="not UTF-8") as caught:
        read_data(url, query="SELECT customer, day AS date, amount FROM orders")
    assert "rge" not in str(caught.value)
    read = desk.read("customer_id,lifecycle_stage\n" + "".join(f"{place},Anna {place}\n" for place in range(9)))
    assert read.report.value("many_stages") == 9
    assert "Anna" not in "".join(read.report.lines(Locale("en")))
    with pytest.raises(DataError, match="no number in any answer"):
        desk.read("customer_id,nps\n1,good\n2,bad\n3,fine\n", columns={"score": "nps"}, kind="survey")
    with pytest.raises(DataError, match="must have a line of column names"):
        desk.read("\n")


def test_a_parquet_column_called_as_the_number_of_a_row(desk: Desk) -> None:
    """It is a column as any other."""
    place = desk.folder / "rows.parquet"
    store.duckdb().sql(
        f"COPY (SELECT '7' AS customer, DATE '2024-01-13' AS date, 1.5 AS amount, 9 AS File_Row_Number) TO '{place}' (FORMAT parquet)"
    )
    assert orders(read_data(place)) == {("7", "2024-01-13"): 1.5}


def test_signs_that_steer_a_screen_are_escaped(desk: Desk) -> None:
    """In names of files, columns and rungs, in the report and in errors."""
    read = desk.read(
        "customer_id,stage\x1b[31m (x)\n1,a\x1b]0;b\n2,a\x1b]0;b\n3,c\n", "f\x1b[2J.csv", columns={"stage": 2}, kind="stages"
    )
    said = "\n".join(read.report.lines(Locale("en")))
    assert "\x1b" not in said and said.count("\\x1b") >= 2
    with pytest.raises(DataError) as caught:
        desk.read("a\x1b[31m,b\nx,y\n", "g\x1b[2J.csv")
    assert "\x1b" not in str(caught.value) and "\\x1b" in str(caught.value)


def test_a_line_that_may_be_a_customer_is_told_by_numbers(desk: Desk) -> None:
    """Asked to be names of columns, in errors and in the report; names that are known, or typed, stay."""
    people = "Anna Berg;13.02.2024;99,50\nBo Holm;14.02.2024;5,50\n"
    with pytest.raises(DataError, match="found columns 1, 2, 3,") as caught:
        desk.read(people, header=True)
    assert "Anna" not in str(caught.value)
    with pytest.raises(DataError, match="the columns are 1, 2, 3") as caught:
        desk.read(people, header=True, columns={"customer": "Ann Berg"})
    assert "Anna" not in str(caught.value)
    read = desk.read(people, header=True, columns={"customer": 1, "date": 2, "amount": 3})
    assert "Anna" not in "".join(read.report.lines(Locale("en"))) and read.rows == 1
    with pytest.raises(DataError, match="found columns 1, 2, kunde"):
        desk.read("Anna Berg,Oslo,kunde\nBo Holm,Bergen,kunde\n", header=True)
    with pytest.raises(DataError, match="found columns Dato, Beløb, Farve"):
        desk.read("Dato;Beløb;Farve\n13.02.2024;9,50;blå\n")
    read = desk.read("Wer;Wann\n7;13.02.2024\n", columns={"customer": "Wer", "date": "Wann"})
    assert "column Wer" in "".join(read.report.lines(Locale("en")))


def test_what_is_written_runs_nothing(desk: Desk) -> None:
    """Ids and words that a spreadsheet would run get an apostrophe in a CSV file, from Python as on the command line; numbers stay."""
    ids = ["=1+1", "＝2", " @SUM(A1)", "-a", "plain"]
    text = "customer_id,stage\n" + "".join(f'"{one}",+new\n' for one in ids)
    read = desk.read(text)
    read.write(desk.folder / "clean.csv", with_ids=True)
    rows = (desk.folder / "clean.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.split(",")[0] for row in rows] == ["'=1+1", "'＝2", "'@SUM(A1)", "'-a", "plain"]
    assert all("'+new" in row for row in rows)
    read.write(desk.folder / "clean.parquet", with_ids=True)
    assert (
        b"=1+1" in (desk.folder / "clean.parquet").read_bytes() and b"'=1+1" not in (desk.folder / "clean.parquet").read_bytes()
    )
