"""``ladsim data``: the report on the screen, the clean table in a file, nobody's id in either unless asked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from ladsim.data import store
from ladsim.errors import DataError

Ladsim = Callable[..., Result]
PAGE = Path(__file__).resolve().parents[2] / "docs" / "own-data.md"


@pytest.fixture(autouse=True)
def extra() -> None:
    """Skips where the extra `data` is not installed."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of the documentation, in the folder in which the command runs."""
    text, _ = re.findall(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[:2]
    (tmp_path / "salg.csv").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "salg.csv"


def test_the_page_shows_what_is_printed(sales: Path, ladsim: Ladsim) -> None:
    """The example of the documentation, to the letter."""
    _, wanted = re.findall(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[:2]
    assert ladsim("data", "salg.csv").stdout == wanted


def test_nobody_is_named(sales: Path, ladsim: Ladsim) -> None:
    """Neither the report nor the file has an id; with --with-ids the file has."""
    said = ladsim("data", "salg.csv", "--out", "clean.csv", "--language", "da")
    assert "0042" not in said.output
    assert Path("clean.csv").read_text(encoding="utf-8").splitlines() == [
        "customer,date,amount",
        "1,2024-02-03,1234.5",
        "1,2024-02-14,99.95",
    ]
    ladsim("data", "salg.csv", "--out", "named.csv", "--with-ids")
    assert Path("named.csv").read_text(encoding="utf-8").splitlines()[1] == "0042,2024-02-03,1234.5"


def test_several_files(sales: Path, ladsim: Ladsim) -> None:
    """Each has its report; how many ids two of them share is said. One --out is for one file."""
    Path("svar.csv").write_text("Kundenr;NPS\n0042;9\n0107;3\n", encoding="utf-8")
    said = ladsim("data", "salg.csv", "svar.csv").stdout
    assert "svar.csv: survey answers" in said
    assert said.splitlines()[-1] == "1 id is in both salg.csv and svar.csv"
    assert ladsim("data", "salg.csv", "svar.csv", "--out", "both.csv").exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere.csv",), "no such file"),
        (("salg.cvs",), "did you mean 'salg.csv'"),
        (("salg.csv", "--kind", "transaction"), "did you mean 'transactions'"),
        (("salg.csv", "--column", "customer"), "must be ROLE=NAME"),
        (("salg.csv", "--column", "kunde=Kundenr"), "no such role"),
        (("salg.csv", "--column", "customer=Kundnr"), "did you mean 'Kundenr'"),
        (("salg.csv", "--dates", "day-frist"), "did you mean 'day-first'"),
        (("salg.csv", "--until", "tomorrow"), "must be a day such as"),
        (("salg.csv", "--out", "clean.xlsx"), "must end in .csv or .parquet"),
        (("salg.csv", "--sheet", "1"), "must be a workbook"),
        (("salg.csv", "--query", "SELECT 1"), "must be the URL of a database"),
        (("salg.csv", "--language", "sv"), "--language"),
    ],
)
def test_mistakes(words: tuple[str, ...], said: str, sales: Path, ladsim: Ladsim) -> None:
    """Exit code 2 and a sentence; nothing is written."""
    done = ladsim("data", *words)
    assert done.exit_code == 2
    assert said in re.sub(r"\s+", " ", done.output)
    assert [path.name for path in sales.parent.iterdir()] == ["salg.csv"]


def test_the_source_is_never_replaced(sales: Path, ladsim: Ladsim) -> None:
    """Neither by its own name nor through links; nor is a pipe."""
    before = sales.read_bytes()
    os.symlink(sales, "soft.csv")
    os.link(sales, "hard.csv")
    os.mkfifo("pipe.csv")
    for name, said in (
        ("salg.csv", "the source itself"),
        ("soft.csv", "the source itself"),
        ("hard.csv", "the source itself"),
        ("pipe.csv", "a pipe"),
    ):
        done = ladsim("data", "salg.csv", "--out", name)
        assert done.exit_code == 2
        assert said in re.sub(r"\s+", " ", done.output)
    assert sales.read_bytes() == before
    assert not Path("pipe.csv").is_file()


def test_no_text_is_run_by_a_spreadsheet(sales: Path, ladsim: Ladsim) -> None:
    """Ids, campaigns: what would be a formula has an apostrophe in front; numbers and words stay."""
    Path("k.csv").write_text("customer;campaign;outcome\n=1+1;@SUM(A1);yes\n-5;mail;no\n", encoding="utf-8")
    assert ladsim("data", "k.csv", "--out", "o.csv", "--with-ids").exit_code == 0
    written = Path("o.csv").read_text(encoding="utf-8")
    assert "'=1+1,'@SUM(A1)," in written and "\n-5,mail," in written


def test_mistakes_in_the_language_asked_for(sales: Path, ladsim: Ladsim) -> None:
    """What is known of an error is told in it."""
    assert "nowhere.csv: fandt ingen fil" in ladsim("data", "nowhere.csv", "--language", "da").output


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the error says what to install."""
    with pytest.raises(DataError, match=r"not installed: pip install .*\[data\]"):
        store._library("no_such_library_of_ladsim", "DuckDB")
