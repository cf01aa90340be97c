"""What the tests of data need: the extra `data`; without it they are skipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ladsim.data.read import CustomerData, read_data
from tests.data.exports import Truth


@pytest.fixture(autouse=True)
def extra() -> None:
    """Skips where the extra `data` is not installed."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")


class Desk:
    """A folder into which a test puts files to be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, text: str | bytes, name: str = "file.csv") -> Path:
        """A file with this in it."""
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def read(self, text: str | bytes, name: str = "file.csv", **options: Any) -> CustomerData:
        """What is read of a file with this in it."""
        return read_data(self.put(text, name), **options)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder for files to be read."""
    return Desk(tmp_path)


def orders(read: CustomerData) -> Truth:
    """The orders of a clean table: (customer, day) → amount."""
    table = read.table()
    amounts = [round(float(value), 4) for value in table["amount"]] if "amount" in table else [None] * len(table)
    days = [str(day)[:10] for day in table["date"]]
    return dict(zip(zip(table["customer"], days, strict=True), amounts, strict=True))


def told(read: CustomerData) -> set[str]:
    """The names of all facts of a report."""
    report = read.report
    return {key for key, _ in (*report.facts, *report.left, *report.oddities)}
