"""The rows of one source on their way to a clean table: columns made to dates, amounts and ids; rows dropped, each kind counted.

In: a source, its columns, what the user asked for. Out: the table ``work`` in DuckDB, and a report that says how it was read. What stays
of it is up to the file of each kind of data (``transactions``, ``other_kinds``).
"""

from __future__ import annotations

from typing import Any

from ladsim.data import amounts as reading_amounts
from ladsim.data.columns import Asked, Columns
from ladsim.data.report import DataReport
from ladsim.data.store import Store
from ladsim.data.words import sql_list
from ladsim.errors import DataError
from ladsim.world.text_ties import TOTALS

MOST_UNDATED = 0.5  # share of rows without a date up to which they are left out (an assumption)
MANY_ROWS = 0.05  # share from which on rows are not dropped but the source is refused (an assumption)
_CODES = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "KRONER": "KR"}


class Rows:
    """The rows of a source, in the table ``work``."""

    def __init__(self, source: Any, columns: Columns, asked: Asked, store: Store) -> None:
        self.source, self.columns, self.asked, self.store = source, columns, asked, store
        self.file: str = source.name
        self.report = DataReport(self.file, columns.kind)
        self.comma = False
        self._begin()

    def _begin(self) -> None:
        """The rows below the names of columns."""
        columns = self.columns
        rows = self.one("SELECT count(*) FROM raw WHERE line > ?", columns.header)
        self.report = self.report.told("rows", n=rows) if rows else self.report
        if columns.header >= 0:
            self.report = self.report.told("header", line=columns.header + 1)
        elif columns.guessed:
            self.report = self.report.told("guessed")
        for role, at in columns.places.items():
            self.report = self.report.told("column", role=role, column=columns.names[at])
        for role, one, other in columns.beside:
            self.report = self.report.odd("beside", role=role, column=one, other=other)
        for key, values in self.source.facts:
            self.report = self.report.told(key, **values)
        if not rows:
            raise DataError(f"{self.file}: found column names but no rows, must have a line for each row of data")
        self.store.execute("CREATE OR REPLACE TABLE work AS SELECT * FROM raw WHERE line > ?", [columns.header])
        if columns.header >= 0:
            again = " AND ".join(f"lower(c{at}) = lower(?)" for at in columns.places.values())
            self.drop("headers", again, [columns.names[at].strip() for at in columns.places.values()])
        self.drop("empty", " AND ".join(f"c{at} = ''" for at in columns.places.values()) + " AND NOT is_total")

        if who := next((role for role in ("customer", "lead") if self.has(role)), ""):
            self.totals(self.cell(who), "line")

    def one(self, sql: str, *values: Any) -> Any:
        """The single value of a query."""
        row = self.store.first(sql, values)
        return row[0] if row else None

    def has(self, role: str) -> bool:
        """Whether there is a column of a role."""
        return role in self.columns.places

    def cell(self, role: str) -> str:
        """SQL: the text of a role's column; empty where there is none."""
        return f"c{self.columns.places[role]}" if self.has(role) else "''"

    def named(self, role: str) -> str:
        """What stands above a role's column."""
        return self.columns.names[self.columns.places[role]]

    def drop(self, key: str, condition: str, values: Any = (), **more: object) -> int:
        """Leave out rows, and tell how many."""
        n = int(self.store.first(f"DELETE FROM work WHERE {condition}", values)[0])
        self.report = self.report.dropped(key, n=n, **more)
        return n

    def drop_undated(self, condition: str, role: str) -> None:
        """Leave out rows without a date. Raises DataError where that would be most of them: it is another column."""
        before = self.one("SELECT count(*) FROM work")
        n = self.drop("no_date", condition, column=self.named(role))
        if n > max(1, MOST_UNDATED * before):
            raise DataError(f"{self.file}: column {self.named(role)!r}: found no date, in {n:,} of {before:,} rows")

    def add(self, name: str, kind: str, value: str) -> None:
        """A further column of the table `work`."""
        self.store.execute(f"ALTER TABLE work ADD COLUMN {name} {kind}")
        self.store.execute(f"UPDATE work SET {name} = {value}")

    def amount(self, role: str, name: str) -> str:
        """A column of amounts; gives its name, or "NULL" where there is none."""
        if not self.has(role):
            return "NULL"
        cell = self.cell(role)
        self._refuse_currencies(role)
        found = reading_amounts.amounts_of(
            self.store, self.file, cell, self.named(role), nordic=self.columns.nordic, separator=self.source.separator,
            asked=self.asked.decimal,
        )  # fmt: skip
        self.comma = self.comma or found.mark == ","
        if found.mark:
            key = {",": "decimals_comma", ".": "decimals_point"}.get(found.mark, "decimals_each")
            self.report = self.report.told(key, column=self.named(role), example=found.example, why=found.why)
        self.store.execute(f"ALTER TABLE work ADD COLUMN {name} DECIMAL(18, 4)")
        self.store.execute(f"UPDATE work SET {name} = seen.number FROM seen WHERE seen.cell = work.{cell}")
        largest = self.one(f"SELECT max(abs({name})) FROM work")
        unread = (
            self.one(f"SELECT count(*) FROM work WHERE {name} IS NULL AND NOT {reading_amounts.missing(cell)}") - found.unreadable
        )
        if unread > 0 or (largest is not None and largest > reading_amounts.LARGEST):
            raise DataError(
                f"{self.file}: column {self.named(role)!r}: found an amount beyond {reading_amounts.LARGEST:,}, is it an amount?"
            )
        if found.unreadable:
            self.drop("no_amount", f"{name} IS NULL AND NOT {reading_amounts.missing(cell)}", column=self.named(role))
        return name

    def _refuse_currencies(self, role: str) -> None:
        """Raise DataError where the signs of several currencies stand in one column."""
        sign = f"upper(regexp_extract({self.cell(role)}, '{reading_amounts.SIGNS}'))"
        found = {row[0].rstrip(".") for row in self.store.execute(f"SELECT DISTINCT {sign} FROM work").fetchall()} - {""}
        plain = {_CODES.get(one, one) for one in found}
        crowns = plain & {"DKK", "NOK", "SEK", "ISK"}
        if len(plain - {"KR"}) > 1 or ("KR" in plain and plain - {"KR"} - crowns):
            said = ", ".join(sorted(plain))
            raise DataError(
                f"{self.file}: column {self.named(role)!r}: found amounts in {said}, must be one currency: take one of them out"
            )

    def totals(self, customer: str, day: str) -> None:
        """Leave out rows that sum others up: a word for it, and no customer or date beside it."""
        named = f"list_contains({sql_list(sorted(TOTALS))}, lower(rtrim({customer}, ': ')))"
        self.drop("totals", f"is_total AND ({customer} = '' OR {named} OR {day} IS NULL)")

    def finish(self, sql: str) -> None:
        """The clean table: what the query gives."""
        self.store.execute(f"CREATE OR REPLACE TABLE clean AS {sql}")
        if not self.one("SELECT count(*) FROM clean"):
            raise DataError(f"{self.file}: found no row that can be used: {_reasons(self.report)}")


def _reasons(report: DataReport) -> str:
    """Why rows were dropped, in the words of errors."""
    from ladsim.i18n import ENGLISH

    return "; ".join(line.strip() for line in report.lines(ENGLISH) if line.startswith("  Dropped")) or "all were empty"
