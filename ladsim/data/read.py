"""A table of customers' data read: `read_data`, from a file or database to a clean table and a report of what was read and what was not.

In: a path (CSV and other text, Excel, Parquet), or a SQLAlchemy URL and a query. Out: `CustomerData`. Separators, decimals, the order of
day and month, encodings and columns are found out, and told in the report; where two readings are likely, nothing is read, and a
DataError shows both. Data stay on this machine. To read another kind: ``other_kinds``; another format: ``sources``.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ladsim.data import other_kinds, transactions
from ladsim.data.columns import KINDS, Asked, columns_of
from ladsim.data.report import DataReport
from ladsim.data.rows import Rows
from ladsim.data.sources import refuse_place, source_of
from ladsim.data.store import Store
from ladsim.data.words import errors_shown
from ladsim.errors import DataError, nearest
from ladsim.files import write_file
from ladsim.scenario.formulas import no_formula

if TYPE_CHECKING:
    import pandas

READERS = {
    "transactions": transactions.read_transactions,
    "stages": other_kinds.stages,
    "deals": other_kinds.deals,
    "referrals": other_kinds.referrals,
    "survey": other_kinds.survey,
    "contacts": other_kinds.contacts,
    "subscriptions": other_kinds.subscriptions,
}
CHOICES = {"dates": ("day-first", "month-first", "year-first"), "decimal": ("comma", "point"), "duplicates": ("drop", "keep")}
WRITTEN = (".csv", ".parquet")


@dataclass(frozen=True)
class CustomerData:
    """Customers' data as they were read: a clean table, and the report of what was read and what was not."""

    kind: str  # transactions, stages, deals, referrals, survey, contacts or subscriptions
    report: DataReport  # rows, period, how columns, dates and amounts were understood, what was dropped and why
    _store: Any = field(repr=False, compare=False)
    _source: str | os.PathLike[str] = field(default="", repr=False, compare=False)

    @property
    def rows(self) -> int:
        """Rows of the clean table."""
        return int(self._store.first("SELECT count(*) FROM clean")[0])

    @property
    def customers(self) -> int:
        """How many different customers the clean table has."""
        return int(self._store.first("SELECT count(DISTINCT customer) FROM clean")[0])

    def table(self) -> pandas.DataFrame:
        """The clean table: ids as text, dates as days, amounts in the currency of the source."""
        return self._store.execute("SELECT * EXCLUDE (line) FROM clean ORDER BY line").df()

    def write(self, path: str | os.PathLike[str], with_ids: bool = False) -> None:
        """Write the clean table as .csv or .parquet, with numbers in place of customers' ids unless `with_ids`.

        In a .csv a text that a spreadsheet would run as a formula (= + - @) gets an apostrophe before it. Numbers follow the order of the
        ids in the source. Raises DataError where it ends in something else or is the source, OutputError where it cannot be written.
        """
        place = Path(path)
        if place.suffix.lower() not in WRITTEN:
            raise DataError(f"{place}: found {place.suffix or 'no ending'}, must end in {' or '.join(WRITTEN)}")
        refuse_place(place, self._source)
        columns = self._written(with_ids)
        if place.suffix.lower() == ".csv":
            columns = self._store.with_texts(columns, no_formula)
        form = "FORMAT parquet" if place.suffix.lower() == ".parquet" else "FORMAT csv, HEADER true"
        write_file(place, lambda new: self._copy(columns, new, form))

    def _copy(self, columns: str, new: Path, form: str) -> None:
        """Let DuckDB write the table; what it says of a full disk is an OSError."""
        try:
            self._store.execute(f"COPY ({columns}) TO '{str(new).replace(chr(39), 2 * chr(39))}' ({form})")
        except Exception as error:
            if "IO Error" in str(error):
                raise OSError(str(error).splitlines()[0]) from None
            raise

    def _written(self, with_ids: bool) -> str:
        """The query of what is written."""
        if with_ids:
            return "SELECT * EXCLUDE (line) FROM clean ORDER BY line"
        people = ["customer", "referrer"] if self.kind == "referrals" else ["customer"]
        every = " UNION ALL ".join(f"SELECT {one} AS id, line FROM clean WHERE {one} IS NOT NULL" for one in people)
        numbers = f"SELECT id, row_number() OVER (ORDER BY min(line), id) AS number FROM ({every}) GROUP BY id"
        joins = " ".join(f"LEFT JOIN numbers AS of_{one} ON of_{one}.id = clean.{one}" for one in people)
        replaced = ", ".join(f"of_{one}.number AS {one}" for one in people)
        chosen = f"clean.* EXCLUDE (line) REPLACE ({replaced})"
        return f"WITH numbers AS ({numbers}) SELECT {chosen} FROM clean {joins} ORDER BY clean.line"


def read_data(
    source: str | os.PathLike[str],
    *,
    kind: str | None = None,
    columns: Mapping[str, str | int] | None = None,
    dates: str | None = None,
    decimal: str | None = None,
    header: bool | None = None,
    sheet: str | None = None,
    query: str | None = None,
    until: datetime.date | str | None = None,
    currency: str | None = None,
    duplicates: str | None = None,
) -> CustomerData:
    """Customers' data from a CSV, Excel or Parquet file, or from a database by its SQLAlchemy URL and a `query`.

    What is not said is found out and told in the report: `kind` (transactions, stages, deals, referrals, survey, contacts,
    subscriptions), `columns` (role → name, or number from 1), `dates` ("day-first", "month-first", "year-first"), `decimal` ("comma",
    "point"), whether there is a `header`, the `sheet` of a workbook. Rows after `until` (a day, or its text "2027-01-31") and in other
    currencies than `currency` are left out; equal rows are left out or kept by `duplicates` ("drop", "keep"). Needs the extra `data`
    (DuckDB, python-calamine, SQLAlchemy).

    Raises DataError where the source cannot be read or two readings are likely; it shows both.

    >>> import ladsim, os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = os.path.join(folder, "salg.csv")
    ...     with open(file, "w", encoding="utf-8") as stream:
    ...         _ = stream.write("Kundenr;Dato;Beløb\\n007;13.02.2024;1.234,50\\n012;13.02.2024;9,50\\n;14.02.2024;80,00\\n")
    ...     sales = ladsim.read_data(file)
    >>> sales.table()
      customer       date  amount
    0      007 2024-02-13  1234.5
    1      012 2024-02-13     9.5
    >>> sales.kind, sales.report.value("no_customer_share")
    ('transactions', 1)
    """
    asked = _asked(kind, columns, dates, decimal, header, sheet, query, until, currency, duplicates)
    with errors_shown():
        found = source_of(source, sheet, query)
        places = columns_of(found.name, found.rows, asked, found.named)
        store = Store(found.size)
        found.load(store, sorted(set(places.places.values())), places.header, places.names)
        rows = Rows(found, places, asked, store)
        READERS[places.kind](rows)
    return CustomerData(places.kind, rows.report, store, source)


def ids_in_common(one: CustomerData, other: CustomerData) -> int:
    """How many customers' ids two sources share."""
    first, second = (
        {row[0] for row in data._store.execute("SELECT DISTINCT customer FROM clean").fetchall()} for data in (one, other)
    )
    return len(first & second)


def _asked(
    kind: str | None, columns: Mapping[str, str | int] | None, dates: str | None, decimal: str | None, header: bool | None,
    sheet: str | None, query: str | None, until: Any, currency: str | None, duplicates: str | None,
) -> Asked:  # fmt: skip
    """What the user says, looked through. Raises DataError."""
    if kind is not None and kind not in KINDS:
        raise _unknown("kind", kind, tuple(KINDS))
    for name, value in (("dates", dates), ("decimal", decimal), ("duplicates", duplicates)):
        if value is not None and value not in CHOICES[name]:
            raise _unknown(name, value, CHOICES[name])
    return Asked(kind, dict(columns or {}), dates, decimal, header, sheet, query, known_day(until), currency, duplicates)


def known_day(until: Any) -> datetime.date | None:
    """The day after which nothing is read, if one is given. Raises DataError."""
    if until is None or isinstance(until, datetime.date):
        return until
    try:
        return datetime.date.fromisoformat(until)
    except (TypeError, ValueError):
        raise DataError(f"until: found {until!r}, must be a day such as 2027-01-31") from None


def _unknown(name: str, value: str, allowed: tuple[str, ...]) -> DataError:
    near = nearest(value, allowed)
    hint = f" (did you mean {near!r}?)" if near else ""
    return DataError(f"{name}: found {value!r}, must be one of {', '.join(allowed)}{hint}")
