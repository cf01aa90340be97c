"""The rows of one source on their way to a clean table: columns made to dates, amounts and ids; rows dropped, each kind counted.

In: a source, its columns, what the user asked for. Out: the table ``work`` in DuckDB, and a report that says how it was read. What stays
of it is up to the file of each kind of data (``transactions``, ``other_kinds``).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ladsim.data import amounts as reading_amounts
from ladsim.data import dates as reading_dates
from ladsim.data.columns import Asked, Columns
from ladsim.data.report import DataReport
from ladsim.data.store import Store
from ladsim.data.words import cell_words, sql_list
from ladsim.errors import DataError
from ladsim.world.people_files import NOBODY
from ladsim.world.text_files import MOST_IN_A_NAME, short
from ladsim.world.text_ties import TOTALS

MOST_DAYS = 200_000  # different texts of dates in a column
MANY_ROWS = 0.05  # share from which on rows are not dropped but the source is refused
_ZERO_ROWS = 10  # times as many rows as other customers have: then "0" is nobody
_FAR_DAYS, _FAR_SHARE = 366, 0.01


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

    def drop(
        self, key: str, condition: str, values: Any = (), most: float | None = None, allowed: str = "", **more: object
    ) -> int:
        """Leave out rows, and tell how many. Above a share `most` of all rows it is a DataError."""
        before = self.one("SELECT count(*) FROM work")
        n = int(self.store.first(f"DELETE FROM work WHERE {condition}", values)[0])
        if most is not None and n > max(1, most * before):
            raise DataError(f"{self.file}: {allowed}, in {n:,} of {before:,} rows")
        self.report = self.report.dropped(key, n=n, **more)
        return n

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
        plain = {{"€": "EUR", "EURO": "EUR", "$": "USD", "£": "GBP", "¥": "JPY"}.get(one, one) for one in found}
        crowns = plain & {"DKK", "NOK", "SEK", "ISK"}
        if len(plain - {"KR"}) > 1 or ("KR" in plain and plain - {"KR"} - crowns):
            said = ", ".join(sorted(plain))
            raise DataError(
                f"{self.file}: column {self.named(role)!r}: found amounts in {said}, must be one currency: take one of them out"
            )

    def day(self, role: str, name: str, open_end: bool = False) -> str:
        """A column of dates; gives its name, or "NULL" where there is none. Raises DataError where two readings are likely."""
        if not self.has(role):
            return "NULL"
        cell = self.cell(role)
        text = reading_dates.WITHOUT_TIME.format(cell) if not (role == "date" and self.has("month")) else self._joined(cell)
        self.add(f"{name}_text", "VARCHAR", f"CASE WHEN NOT {reading_amounts.missing(cell)} THEN trim({text}) ELSE '' END")
        unknown = [*cell_words("no_day"), *(cell_words("open_end") if open_end else ())]
        self.store.execute(f"UPDATE work SET {name}_text = '' WHERE list_contains(?, {name}_text)", [unknown])
        sql = (
            f"SELECT {name}_text, count(*) FROM work WHERE {name}_text <> '' GROUP BY 1 ORDER BY min(line) LIMIT {MOST_DAYS + 1}"
        )
        texts = self.store.execute(sql).fetchall()
        if len(texts) > MOST_DAYS:
            raise DataError(
                f"{self.file}: column {self.named(role)!r}: found {texts[0][0]!r} and more than {MOST_DAYS:,} others, must be dates"
            )
        found = reading_dates.days_of(
            texts, self.asked.dates, self.columns.nordic or self.comma or self.source.separator == ";",
            lambda dates: self._in_order(name, dates),
        )  # fmt: skip
        self._refuse_doubts(role, found, sum(n for _, n in texts))
        self._keep(name, found.dates)
        self._tell(role, found)
        return name

    def _joined(self, year: str) -> str:
        """SQL: the text of a date whose parts stand in columns of their own."""
        parts = [year, *(self.cell(role) for role in ("month", "day_of_month") if self.has(role))]
        return f"array_to_string([{', '.join(parts)}], '-')"

    def _keep(self, name: str, dates: Mapping[str, datetime.date]) -> None:
        import pandas

        self.store.table(
            "days",
            pandas.DataFrame({"said": list(dates), "day": pandas.to_datetime(list(dates.values()))}).astype({"said": object}),
        )
        self.store.execute(f"ALTER TABLE work ADD COLUMN {name} DATE")
        self.store.execute(f"UPDATE work SET {name} = CAST(days.day AS DATE) FROM days WHERE days.said = work.{name}_text")

    def _in_order(self, name: str, dates: Mapping[str, datetime.date]) -> bool:
        """Whether these dates are in order of time, or against it, in the rows that have them."""
        import pandas

        self.store.table(
            "days",
            pandas.DataFrame({"said": list(dates), "day": pandas.to_datetime(list(dates.values()))}).astype({"said": object}),
        )
        sql = f"""SELECT coalesce(sum((day < before)::INT), 0), coalesce(sum((day > before)::INT), 0) FROM (SELECT day, lag(day)
                  OVER (ORDER BY line) AS before FROM work JOIN days ON said = {name}_text)"""
        falls, rises = self.store.first(sql)
        return min(falls, rises) == 0

    def _refuse_doubts(self, role: str, found: reading_dates.Days, rows: int) -> None:
        """Raise DataError where a column's dates can be read in two ways, or hardly at all."""
        where = f"{self.file}: column {self.named(role)!r}"
        if found.mixed is not None:
            one, other = found.mixed
            raise DataError(
                f"{where}: found {one!r} and {other!r}, days and months in different orders, must be one order in a column"
            )
        if found.doubt is not None:
            text, one_day, other_day = found.doubt
            orders = {day: order for order, (day, _) in reading_dates.readings(text).items()}
            raise DataError(
                f"{where}: found {text!r}, may be {one_day} (then say --dates {reading_dates.order_name(orders[one_day])}) "
                f"or {other_day} (then say --dates {reading_dates.order_name(orders[other_day])})"
            )
        unread = sum(found.unread.values())
        if rows and unread > max(1, MANY_ROWS * rows):
            example = max(found.unread, key=lambda text: found.unread[text])
            raise DataError(
                f"{where}: found {short(repr(example))} and more that are no dates, in {unread:,} of {rows:,} rows, must be dates"
            )

    def _tell(self, role: str, found: reading_dates.Days) -> None:
        """Tell how dates were read."""
        for example, said in found.orders.items():
            order, why = said.split("/")
            self.report = self.report.told(
                f"order_{order}", column=self.named(role), example=example, day=found.dates.get(example, ""), why=why
            )
        if found.serial:
            self.report = self.report.told("serial", column=self.named(role))
        if found.precision != "day":
            self.report = self.report.told(f"precise_{found.precision}", column=self.named(role))

    def totals(self, customer: str, day: str) -> None:
        """Leave out rows that sum others up: a word for it, and no customer or date beside it."""
        named = f"list_contains({sql_list(sorted(TOTALS))}, lower(rtrim({customer}, ': ')))"
        self.drop("totals", f"is_total AND ({customer} = '' OR {named} OR {day} IS NULL)")

    def customers(self, role: str, name: str) -> str:
        """A column of ids as text: leading zeros kept, decimals of whole numbers left out, marks of nobody empty."""
        cell = self.cell(role)
        self._refuse_odd_ids(cell, role)
        filled = f"{cell} <> '' AND NOT list_contains({sql_list(sorted(NOBODY))}, lower({cell}))"
        counts = f"""SELECT count(*), count(*) FILTER (regexp_matches({cell}, '[0-9]')),
                     count(*) FILTER (regexp_full_match({cell}, '[0-9]+(?:[.,]0+)?')),
                     count(*) FILTER (regexp_full_match({cell}, '[0-9]+[.,]0+')), count(DISTINCT {cell}) FROM work WHERE {filled}"""
        rows, with_digits, whole, decimal, different = self.store.first(counts)
        marks = [mark for mark in sorted(NOBODY) if mark not in ("0", "0.0")]
        zeros = self.one(f"SELECT count(*) FROM work WHERE {cell} IN ('0', '0.0')")
        if zeros > _ZERO_ROWS * max(1, rows) / max(1, different):
            marks += ["0", "0.0"]
        elif zeros:
            self.report = self.report.odd("zero_id", n=int(zeros), column=self.named(role))
        if rows and with_digits < 0.5 * rows:  # initials may be NA
            named = [mark for mark in marks if mark.isalpha()]
            n = self.one(f"SELECT count(*) FROM work WHERE list_contains(?, lower({cell}))", named)
            self.report = self.report.odd("mark_as_id", n=n, column=self.named(role))
            marks = [mark for mark in marks if not mark.isalpha()]
        value = f"regexp_replace({cell}, '[.,]0+$', '')" if decimal and whole == rows else cell
        self.add(name, "VARCHAR", f"CASE WHEN list_contains({sql_list(marks)}, lower({cell})) THEN '' ELSE {value} END")
        if decimal and whole == rows:
            self.report = self.report.told("decimal_ids", n=int(decimal), column=self.named(role))
        return name

    def _refuse_odd_ids(self, cell: str, role: str) -> None:
        where = f"{self.file}: column {self.named(role)!r}"
        if self.one(f"SELECT count(*) FROM work WHERE regexp_full_match({cell}, '[0-9][.,][0-9]+[eE]\\+[0-9]+')"):
            raise DataError(
                f"{where}: found ids such as 4.57E+12, which a spreadsheet has rounded, must be whole: format the column as text"
            )
        if (self.one(f"SELECT max(length({cell})) FROM work") or 0) > MOST_IN_A_NAME:
            raise DataError(f"{where}: found an id of more than {MOST_IN_A_NAME:,} characters: is this the right column?")

    def tell_ids(self, name: str) -> None:
        """Tell what is to be known of the ids that stay."""
        zeros = self.one(f"SELECT count(DISTINCT {name}) FROM work WHERE regexp_full_match({name}, '0[0-9]+')")
        self.report = self.report.told("leading_zeros", n=int(zeros))
        twins = f"""SELECT count(*) FROM (SELECT ltrim({name}, '0') FROM work WHERE regexp_full_match({name}, '[0-9]+')
                    GROUP BY 1 HAVING count(DISTINCT {name}) > 1)"""
        self.report = self.report.odd("twins", n=int(self.one(twins)))
        cases = f"SELECT count(*) FROM (SELECT lower({name}) FROM work GROUP BY 1 HAVING count(DISTINCT {name}) > 1)"
        self.report = self.report.odd("cases", n=int(self.one(cases)))

    def future(self, day: str) -> None:
        """Leave out what is dated after the day asked for, or after the file was last written, where that is a few rows."""
        if self.asked.until is not None:
            self.drop("after", f"{day} > ?", [self.asked.until], day=self.asked.until)
            return
        path = getattr(self.source, "path", None)
        if isinstance(path, Path):
            written = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC).date() + datetime.timedelta(days=1)
            later = self.one(f"SELECT count(*) FROM work WHERE {day} > ?", written)
            if later and later <= max(1, MANY_ROWS * self.one("SELECT count(*) FROM work")):
                self.drop("future", f"{day} > ?", [written], day=written)
            else:
                self.report = self.report.odd("future_kept", n=int(later), day=written)

    def far(self, day: str) -> None:
        """Tell of a few rows that are dated long before or after all others."""
        sql = f"""WITH days AS (SELECT {day} AS day, count(*) AS n FROM work WHERE {day} IS NOT NULL GROUP BY 1), gaps AS (
                  SELECT lag(day) OVER (ORDER BY day) AS before, day, day - lag(day) OVER (ORDER BY day) AS gap,
                  coalesce(sum(n) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS seen, sum(n) OVER () AS rows FROM days)
                  SELECT before, day, gap, seen, rows FROM gaps WHERE gap IS NOT NULL ORDER BY gap DESC LIMIT 1"""
        row = self.store.first(sql)
        if not row or row[2] < _FAR_DAYS:
            return
        before, after, _, seen, rows = row
        if min(seen, rows - seen) <= max(1, _FAR_SHARE * rows) and rows > 2:
            key, n, edge = ("far_early", seen, before) if seen < rows - seen else ("far_late", rows - seen, after)
            self.report = self.report.odd(key, n=int(n), day=edge)

    def finish(self, sql: str) -> None:
        """The clean table: what the query gives."""
        self.store.execute(f"CREATE OR REPLACE TABLE clean AS {sql}")
        if not self.one("SELECT count(*) FROM clean"):
            raise DataError(f"{self.file}: found no row that can be used: {_reasons(self.report)}")


def _reasons(report: DataReport) -> str:
    """Why rows were dropped, in the words of errors."""
    from ladsim.i18n import ENGLISH

    return "; ".join(line.strip() for line in report.lines(ENGLISH) if line.startswith("  Dropped")) or "all were empty"
