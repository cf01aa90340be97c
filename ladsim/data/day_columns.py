"""Columns of dates of a source: read in one order, the doubts refused; rows of the future, and rows far from all others.

In: the rows of a source. Out: a column of days in its table ``work``. How texts are understood stands in ``dates``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from ladsim.data import amounts as reading_amounts
from ladsim.data import dates as reading_dates
from ladsim.data.rows import MANY_ROWS, Rows
from ladsim.data.words import cell_words
from ladsim.errors import DataError
from ladsim.world.text_files import short

MOST_DAYS = 200_000  # different texts of dates in a column
_FAR_DAYS, _FAR_SHARE = 366, 0.01


def day(rows: Rows, role: str, name: str, open_end: bool = False) -> str:
    """A column of dates; gives its name, or "NULL" where there is none. Raises DataError where two readings are likely."""
    if not rows.has(role):
        return "NULL"
    cell = rows.cell(role)
    text = reading_dates.WITHOUT_TIME.format(cell) if not (role == "date" and rows.has("month")) else _joined(rows, cell)
    rows.add(f"{name}_text", "VARCHAR", f"CASE WHEN NOT {reading_amounts.missing(cell)} THEN trim({text}) ELSE '' END")
    unknown = [*cell_words("no_day"), *(cell_words("open_end") if open_end else ())]
    rows.store.execute(f"UPDATE work SET {name}_text = '' WHERE list_contains(?, {name}_text)", [unknown])
    sql = f"SELECT {name}_text, count(*) FROM work WHERE {name}_text <> '' GROUP BY 1 ORDER BY min(line) LIMIT {MOST_DAYS + 1}"
    texts = rows.store.execute(sql).fetchall()
    if len(texts) > MOST_DAYS:
        raise DataError(
            f"{rows.file}: column {rows.named(role)!r}: found {texts[0][0]!r} and more than {MOST_DAYS:,} others, must be dates"
        )
    found = reading_dates.days_of(
        texts, rows.asked.dates, rows.columns.nordic or rows.comma or rows.source.separator == ";",
        lambda dates: _in_order(rows, name, dates),
    )  # fmt: skip
    _refuse_doubts(rows, role, found, sum(n for _, n in texts))
    _keep(rows, name, found.dates)
    _tell(rows, role, found)
    return name


def _joined(rows: Rows, year: str) -> str:
    """SQL: the text of a date whose parts stand in columns of their own."""
    parts = [year, *(rows.cell(role) for role in ("month", "day_of_month") if rows.has(role))]
    return f"array_to_string([{', '.join(parts)}], '-')"


def _lay(rows: Rows, dates: Mapping[str, datetime.date]) -> None:
    """The table `days`: a text of a date, and the date."""
    import pandas

    days = {"said": list(dates), "day": pandas.to_datetime(list(dates.values()))}
    rows.store.table("days", pandas.DataFrame(days).astype({"said": object}))


def _keep(rows: Rows, name: str, dates: Mapping[str, datetime.date]) -> None:
    """A column of these dates in the table `work`, beside that of their texts."""
    _lay(rows, dates)
    rows.store.execute(f"ALTER TABLE work ADD COLUMN {name} DATE")
    rows.store.execute(f"UPDATE work SET {name} = CAST(days.day AS DATE) FROM days WHERE days.said = work.{name}_text")


def _in_order(rows: Rows, name: str, dates: Mapping[str, datetime.date]) -> bool:
    """Whether these dates are in order of time, or against it, in the rows that have them."""
    _lay(rows, dates)
    sql = f"""SELECT coalesce(sum((day < before)::INT), 0), coalesce(sum((day > before)::INT), 0) FROM (SELECT day, lag(day)
              OVER (ORDER BY line) AS before FROM work JOIN days ON said = {name}_text)"""
    falls, rises = rows.store.first(sql)
    return min(falls, rises) == 0


def _refuse_doubts(rows: Rows, role: str, found: reading_dates.Days, n: int) -> None:
    """Raise DataError where a column's dates can be read in two ways, or hardly at all."""
    where = f"{rows.file}: column {rows.named(role)!r}"
    if found.mixed is not None:
        one, other = found.mixed
        raise DataError(
            f"{where}: found {one!r} and {other!r}, days and months in different orders, must be one order in a column"
        )
    if found.doubt is not None:
        text, one_day, other_day = found.doubt
        orders = {day: order for order, (day, _) in reversed(reading_dates.readings(text).items())}  # of two that agree the first
        raise DataError(
            f"{where}: found {text!r}, may be {one_day} (then say --dates {reading_dates.order_name(orders[one_day])}) "
            f"or {other_day} (then say --dates {reading_dates.order_name(orders[other_day])})"
        )
    unread = sum(found.unread.values())
    if n and unread > max(1, MANY_ROWS * n):
        example = max(found.unread, key=lambda text: found.unread[text])
        raise DataError(
            f"{where}: found {short(repr(example))} and more that are no dates, in {unread:,} of {n:,} rows, must be dates"
        )


def _tell(rows: Rows, role: str, found: reading_dates.Days) -> None:
    """Tell how dates were read."""
    for example, said in found.orders.items():
        order, why = said.split("/")
        rows.report = rows.report.told(
            f"order_{order}", column=rows.named(role), example=example, day=found.dates.get(example, ""), why=why
        )
    if found.serial:
        rows.report = rows.report.told("serial", column=rows.named(role))
    if found.precision != "day":
        rows.report = rows.report.told(f"precise_{found.precision}", column=rows.named(role))


def future(rows: Rows, first: str, last: str = "") -> None:
    """Leave out what is dated after the day asked for, or after the file was last written, where that is a few rows.

    `first` and `last`: SQL of the first and the last day of a row, where it has several.
    """
    if rows.asked.until is not None:
        rows.drop("after", f"{first} > ?", [rows.asked.until], day=rows.asked.until)
        return
    written, late = last_known(rows), f"{last or first} > ?"
    later = rows.one(f"SELECT count(*) FROM work WHERE {late}", written)
    if later and later <= max(1, MANY_ROWS * rows.one("SELECT count(*) FROM work")):
        rows.drop("future", late, [written], day=written)
    else:
        rows.report = rows.report.odd("future_kept", n=int(later), day=written)


def last_known(rows: Rows) -> datetime.date:
    """The day asked for; else the day after the file was last written, so that no time zone matters; a database has no such day."""
    if rows.asked.until is not None:
        return datetime.date.fromisoformat(str(rows.asked.until)[:10])
    path = getattr(rows.source, "path", None)
    if not isinstance(path, Path):
        return datetime.date.max
    return datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC).date() + datetime.timedelta(days=1)


def not_yet(rows: Rows, key: str, *days: str) -> None:
    """Take out days after the last one that is known: what is planned has not happened; tell of how many rows."""
    known = [day for day in days if day != "NULL"]
    if not known:
        return
    end = last_known(rows)
    n = rows.one(f"SELECT count(*) FROM work WHERE greatest({', '.join(known)}) > ?", end)
    for day in known:
        rows.store.execute(f"UPDATE work SET {day} = NULL WHERE {day} > ?", [end])
    rows.report = rows.report.told(key, n=int(n), day=end)


def far(rows: Rows, day: str) -> None:
    """Tell of a few rows that are dated long before or after all others."""
    sql = f"""WITH days AS (SELECT {day} AS day, count(*) AS n FROM work WHERE {day} IS NOT NULL GROUP BY 1), gaps AS (
              SELECT lag(day) OVER (ORDER BY day) AS before, day, day - lag(day) OVER (ORDER BY day) AS gap,
              coalesce(sum(n) OVER (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS seen, sum(n) OVER () AS rows FROM days)
              SELECT before, day, gap, seen, rows FROM gaps WHERE gap IS NOT NULL ORDER BY gap DESC LIMIT 1"""
    row = rows.store.first(sql)
    if not row or row[2] < _FAR_DAYS:
        return
    before, after, _, seen, whole = row
    if min(seen, whole - seen) <= max(1, _FAR_SHARE * whole) and whole > 2:
        key, n, edge = ("far_early", seen, before) if seen < whole - seen else ("far_late", whole - seen, after)
        rows.report = rows.report.odd(key, n=int(n), day=edge)
