"""How people export orders: one list of orders, and ways to write it as text or as a workbook.

In: orders, and how days, amounts and ids are to be written. Out: the bytes of a file; `truth` says what a careful reader finds in it.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections import defaultdict
from collections.abc import Callable, Sequence

Order = tuple[str, datetime.date, float]
Truth = dict[tuple[str, str], float | None]


def forty_orders() -> list[Order]:
    """Forty orders of eleven customers, some on the same day; amounts from 9.50 to 12,499."""
    days = [datetime.date(2024, 1, 3) + datetime.timedelta(days=9 * place % 341) for place in range(40)]
    sizes = (9.5, 1234.5, 75.25, 249.0, 12499.0, 18.75)
    people = ("1042", "2077", "1042", "3180", "4203", "5555", "6071", "7318", "8090", "9412", "1188", "2077", "3009")
    found = [(people[place % len(people)], day, sizes[place % len(sizes)] + place) for place, day in enumerate(sorted(days))]
    found[7] = (found[6][0], found[6][1], found[7][2])  # two orders of one customer on one day
    return found


ORDERS = forty_orders()


def truth(orders: Sequence[Order], amounts: bool = True) -> Truth:
    """One row per customer and day: the sum of their orders."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for customer, day, amount in orders:
        found[customer, day.isoformat()] += amount
    return {key: round(value, 4) if amounts else None for key, value in found.items()}


def danish(value: float) -> str:
    """1.234,50"""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def comma(value: float) -> str:
    """1234,50"""
    return f"{value:.2f}".replace(".", ",")


def spaced(value: float, blank: str = " ") -> str:
    """1 234,50"""
    return f"{value:,.2f}".replace(",", blank).replace(".", ",")


def point(value: float) -> str:
    """1234.50"""
    return f"{value:.2f}"


def iso(day: datetime.date) -> str:
    """2024-01-31"""
    return day.isoformat()


def form(pattern: str) -> Callable[[datetime.date], str]:
    """A day as strftime writes it."""
    return lambda day: day.strftime(pattern)


EN, DA, NB = ("Customer ID", "Date", "Amount"), ("Kundenr.", "Dato", "Beløb"), ("Kundenummer", "Dato", "Beløp")


def lines(
    orders: Sequence[Order] = ORDERS,
    head: Sequence[str] = EN,
    day: Callable[[datetime.date], str] = iso,
    amount: Callable[[float], str] | None = point,
    sep: str = ",",
    end: str = "\n",
    encoding: str = "utf-8",
    before: str = "",
    after: str = "",
    customer: Callable[[str], str] = str,
) -> bytes:
    """A text file of orders, quoted where needed."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sep, lineterminator=end)
    if head:
        writer.writerow(head)
    for one, when, size in orders:
        writer.writerow([customer(one), day(when), *([amount(size)] if amount else [])])
    return (before + out.getvalue() + after).encode(encoding)


def table(rows: Sequence[Sequence[object]], sep: str = ",", encoding: str = "utf-8") -> bytes:
    """A text file of these rows."""
    out = io.StringIO()
    csv.writer(out, delimiter=sep, lineterminator="\n").writerows(rows)
    return out.getvalue().encode(encoding)


def book(
    rows: Sequence[Sequence[object]],
    merged: Sequence[tuple[int, int, int, int, str]] = (),
    more: Sequence[str] = (),
    notes: Sequence[Sequence[str]] = (),
) -> bytes:
    """A workbook with these rows; dates as dates of Excel."""
    import xlsxwriter

    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet, dated = made.add_worksheet("Ordrer"), made.add_format({"num_format": "dd-mm-yyyy"})
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, datetime.date):
                sheet.write_datetime(at, place, datetime.datetime(value.year, value.month, value.day), dated)
            elif value is not None:
                sheet.write(at, place, value)
    for top, left, bottom, right, text in merged:
        sheet.merge_range(top, left, bottom, right, text)
    for name in more:
        beside = made.add_worksheet(name)
        for at, row in enumerate(notes):
            beside.write_row(at, 0, row)
    made.close()
    return out.getvalue()


def serial(day: datetime.date) -> int:
    """A day as Excel counts it."""
    return (day - datetime.date(1899, 12, 30)).days
