"""Orders: duplicates left out, refunds set against the orders they belong to, what a customer buys on one day put together.

In: the rows of a source. Out: the table ``clean``: customer, date, amount (where there is one), one row per customer and day.
A row is given twice where it is the same in every column and has an order number or a time of day; without these, where rows of one
customer and day nearly always have the same amount, far more often than chance would. A refund (a negative amount or quantity, a
credit note C123, a row marked as returned) goes first against an earlier order of that very amount, then against the latest ones.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ladsim.data import day_columns, ids
from ladsim.data.dates import TIME
from ladsim.data.rows import Rows
from ladsim.data.words import cell_words, sql_list
from ladsim.errors import DataError
from ladsim.i18n.months import DAYS_PER_MONTH

# What tells these things apart is assumed; the report says what was found.
_CHANCE = 5  # times as often as by chance: then equal amounts of one day are the same row twice
_LIST_FROM = 5  # customers with a row each and no amount, from which on they may be a list of customers
_OLD = 2  # times as many first seen in the first month as in a usual later one: most were customers before
_KNOWN = (20, 3)  # customers and months from which on that can be told
_COHORT = (4, 6)  # months at most with anybody new, of so many at least: a cohort
_NEGATIVE = 0.95  # share of amounts below 0 from which on the sign is only a bookkeeper's


def read_transactions(rows: Rows) -> None:
    """Make the table `clean` of orders."""
    amount = _amount(rows)
    customer, day = ids.customers(rows, "customer", "customer"), day_columns.day(rows, "date", "day")
    rows.totals(customer, day)
    _unlabelled_total(rows, amount)
    _currencies(rows)
    _anonymous(rows, amount)
    rows.drop_undated("day IS NULL", "date")
    day_columns.future(rows, day)
    _duplicates(rows, amount)
    value = _signs(rows, amount)
    _cancelled(rows, value)
    _refunds(rows, value)
    _merge(rows, amount)
    ids.tell_ids(rows, "customer")
    day_columns.far(rows, "day")
    _summary(rows, amount != "NULL")


def _amount(rows: Rows) -> str:
    """The column of amounts: given, or quantity × price."""
    places = rows.columns.places
    if "quantity" in places and "amount" in places and "unit_price" not in places:
        from ladsim.data.columns import bare_forms

        if bare_forms(rows.named("amount"))[-1] in ("price", "pris"):
            places["unit_price"] = places.pop("amount")
    if "amount" not in places and {"quantity", "unit_price"} <= places.keys():
        quantity, price = rows.amount("quantity", "quantity"), rows.amount("unit_price", "price")
        rows.add("amount", "DECIMAL(18, 4)", f"{quantity} * {price}")
        rows.report = rows.report.told("multiplied", quantity=rows.named("quantity"), price=rows.named("unit_price"))
        return "amount"
    amount = rows.amount("amount", "amount")
    if amount == "NULL":
        rows.report = rows.report.told("no_amounts")
    return amount


def _unlabelled_total(rows: Rows, amount: str) -> None:
    """Leave out a last row without customer and date that is the sum of all others."""
    if amount == "NULL":
        return
    sql = """SELECT line, amount, (SELECT sum(amount) FROM work AS other WHERE other.line < work.line) FROM work WHERE customer = '' AND day IS NULL
             AND line = (SELECT max(line) FROM work)"""
    row = rows.store.first(sql)
    if row and row[1] is not None and row[2] is not None and abs(row[1] - row[2]) <= 1:
        rows.drop("totals", "line = ?", [row[0]])


def _currencies(rows: Rows) -> None:
    """One currency: the only one, or the one asked for."""
    if not rows.has("currency"):
        return
    cell = f"upper({rows.cell('currency')})"
    found = [
        row[0]
        for row in rows.store.execute(f"SELECT {cell} FROM work WHERE {cell} <> '' GROUP BY 1 ORDER BY count(*) DESC").fetchall()
    ]
    wanted = rows.asked.currency.upper() if rows.asked.currency else None
    if wanted and wanted not in found:
        raise DataError(
            f"{rows.file}: column {rows.named('currency')!r}: found no {wanted!r}, must be one of {', '.join(found[:20])}"
        )
    if len(found) > 1 and wanted is None:
        raise DataError(
            f"{rows.file}: column {rows.named('currency')!r}: found {', '.join(found[:20])}, must be one currency (--currency {found[0]})"
        )
    if wanted:
        rows.drop("other_currency", f"{cell} <> ?", [wanted], currency=wanted)


def _anonymous(rows: Rows, amount: str) -> None:
    """Leave out rows of nobody, and tell what share of the money they are."""
    share = None
    if amount != "NULL":
        share = rows.one("SELECT sum(amount) FILTER (customer = '') / nullif(sum(amount), 0) FROM work")
    before = rows.one("SELECT count(*) FROM work")
    if rows.one("SELECT count(*) FROM work WHERE customer <> ''") == 0:
        raise DataError(f"{rows.file}: column {rows.named('customer')!r}: found no customer in any of {before:,} rows")
    if share is not None and 0 < share < 1:
        rows.drop("no_customer_share", "customer = ''", share=float(share))
    else:
        rows.drop("no_customer", "customer = ''")


def _duplicates(rows: Rows, amount: str) -> None:
    """Leave out rows that are given twice."""
    asked = rows.asked.duplicates
    rows.add("timed", "BOOLEAN", _timed(rows))
    later = "line NOT IN (SELECT min(line) FROM work GROUP BY same, customer, day)"
    sure = "TRUE" if rows.has("order") else "timed"
    if asked == "keep":
        return
    if asked == "drop":
        rows.drop("duplicates", later)
        return
    rows.drop("duplicates", f"{sure} AND {later}")
    n = rows.one(f"SELECT count(*) FROM work WHERE {later}")
    if not n or rows.has("order"):
        return
    value = amount if amount != "NULL" else "same"
    pairs, equal = rows.store.first(
        f"""SELECT sum(n - 1), sum(n - different) FROM (SELECT count(*) AS n, count(DISTINCT ({value}, same)) AS different FROM work
            GROUP BY customer, day HAVING count(*) > 1)"""
    )
    chance = rows.one(
        f"SELECT sum((n * 1.0 / whole) ** 2) FROM (SELECT count(*) AS n, sum(count(*)) OVER () AS whole FROM work GROUP BY {value})"
    )
    if equal >= 0.5 * pairs and equal > _CHANCE * float(chance) * float(pairs):
        rows.drop("duplicates_by_chance", later)
    else:
        rows.report = rows.report.odd("equal_rows", n=int(n))


def _timed(rows: Rows) -> str:
    """SQL: whether a row says at what time of day it was; midnight says nothing."""
    cell = rows.cell("date")
    time = f"regexp_matches(regexp_extract({cell}, '{TIME}'), '[1-9]')"
    number = f"regexp_full_match({cell}, '1\\d{{9}}|1\\d{{12}}|20\\d{{12}}|\\d{{5}}[.,]\\d+')"
    clock = f" OR regexp_matches({rows.cell('clock')}, '[1-9]')" if rows.has("clock") else ""
    return f"{time} OR {number}{clock}"


def _signs(rows: Rows, amount: str) -> str:
    """The name of the column that tells orders from refunds, its signs put right."""
    value = amount
    if amount == "NULL":
        value = rows.amount("quantity", "quantity") if rows.has("quantity") else "NULL"
    if value == "NULL":
        rows.add("value", "DECIMAL(18, 4)", "NULL")
        return "value"
    rows.add("value", "DECIMAL(18, 4)", value)
    n, negative = rows.store.first("SELECT count(*) FILTER (value <> 0), count(*) FILTER (value < 0) FROM work")
    if n and negative >= _NEGATIVE * n and n > 1:
        rows.store.execute("UPDATE work SET value = -value" + (", amount = -amount" if amount != "NULL" else ""))
        rows.report = rows.report.told("turned_signs", n=int(negative))
    return "value"


def _cancelled(rows: Rows, value: str) -> None:
    """Credit notes get a minus; orders that are marked as cancelled, and have their amount all the same, are left out."""
    if rows.has("order"):
        cell = rows.cell("order")
        notes, plain = rows.store.first(
            f"SELECT count(*) FILTER (regexp_full_match({cell}, '[Cc]-?\\d+')), count(*) FILTER (regexp_full_match({cell}, '\\d+')) FROM work"
        )
        if notes and plain > notes:
            rows.report = rows.report.told("credit_notes", n=int(notes))
            rows.store.execute(f"UPDATE work SET {value} = -abs({value}) WHERE regexp_full_match({cell}, '[Cc]-?\\d+')")
    if rows.has("type"):
        taken = f"list_contains({sql_list(cell_words('refund'))}, lower({rows.cell('type')}))"
        rows.report = rows.report.told(
            "refund_rows", n=int(rows.one(f"SELECT count(*) FROM work WHERE {taken}")), column=rows.named("type")
        )
        rows.store.execute(f"UPDATE work SET {value} = -abs({value}) WHERE {taken}")
    if rows.has("cancelled"):
        marked = f"list_contains({sql_list(cell_words('cancelled'))}, lower({rows.cell('cancelled')}))"
        rows.drop("cancelled", f"{marked} AND coalesce({value}, 0) >= 0", column=rows.named("cancelled"))


def _refunds(rows: Rows, value: str) -> None:
    """Set refunds against orders; the table `work` then has no row below 0."""
    n, whole = rows.store.first(f"SELECT count(*), coalesce(sum({value}), 0) FROM work WHERE {value} < 0")
    if not n:
        return
    sql = f"""SELECT customer, line, day, {value} FROM work WHERE {value} IS NOT NULL AND customer IN
              (SELECT customer FROM work WHERE {value} < 0) ORDER BY day, ({value} < 0), line"""
    changed, lost, unmatched = _set_against(rows.store.execute(sql).fetchall())
    import pandas

    rows.store.table(
        "changed",
        pandas.DataFrame({"changed_line": list(changed), "left_over": [float(one) for one in changed.values()]}, dtype=object),
    )
    rows.store.execute(f"DELETE FROM work WHERE {value} < 0")
    has_amount = rows.one("SELECT count(*) FROM information_schema.columns WHERE table_name = 'work' AND column_name = 'amount'")
    also = ", amount = left_over::DECIMAL(18, 4)" if has_amount else ""
    rows.store.execute(
        f"UPDATE work SET {value} = left_over::DECIMAL(18, 4){also} FROM changed WHERE line = changed_line::BIGINT"
    )
    gone = rows.store.first(
        "DELETE FROM work WHERE line IN (SELECT changed_line::BIGINT FROM changed WHERE left_over::DOUBLE <= 0)"
    )[0]
    rows.report = rows.report.dropped("refunds", n=int(n), amount=float(-whole))
    rows.report = rows.report.dropped("taken_back", n=int(gone))
    rows.report = rows.report.dropped("refunds_alone", n=lost, amount=float(unmatched))


def _set_against(found: list[tuple[str, int, Any, Any]]) -> tuple[dict[int, Any], int, Any]:
    """What is left of each order that a refund goes against; refunds without an order, and their sum."""
    orders: dict[str, list[list[Any]]] = defaultdict(list)
    changed: dict[int, Any] = {}
    lost, unmatched = 0, 0
    for customer, line, _, value in found:
        if value >= 0:
            orders[customer].append([line, value])
            continue
        owed, mine = -value, orders[customer]
        exact = next((order for order in reversed(mine) if order[1] == owed), None)
        for order in [exact] if exact else reversed(mine):
            taken = min(order[1], owed)
            if taken > 0:
                order[1] -= taken
                owed -= taken
                changed[order[0]] = order[1]
            if owed <= 0:
                break
        if owed > 0:
            lost += 1
            unmatched += owed
    return changed, lost, unmatched


def _merge(rows: Rows, amount: str) -> None:
    """One row per customer and day."""
    kept = rows.one("SELECT count(*) FROM work")
    if amount != "NULL":
        rows.report = rows.report.odd("amount_missing", n=int(rows.one("SELECT count(*) FROM work WHERE amount IS NULL")))
    total = ", sum(amount)::DOUBLE AS amount" if amount != "NULL" else ""
    rows.finish(f"SELECT customer, day AS date{total}, min(line) AS line FROM work GROUP BY customer, day")
    n = kept - rows.one("SELECT count(*) FROM clean")
    lines = "same_order" if rows.has("order") else "same_day"
    rows.report = rows.report.dropped(lines, n=int(n))


def _summary(rows: Rows, has_amount: bool) -> None:
    """Customers, period, money, and how many customers the data may have from before they begin."""
    days, customers, first, last = rows.store.first("SELECT count(*), count(DISTINCT customer), min(date), max(date) FROM clean")
    report = rows.report.told("orders", n=int(days), number=int(days)).told("customers", n=int(customers), number=int(customers))
    report = report.told("period", first=first, last=last)
    if has_amount:
        total, free = rows.store.first("SELECT sum(amount), count(*) FILTER (amount = 0) FROM clean")
        report = report.told("amount", amount=float(total or 0.0)).odd("free", n=int(free))
    elif days == customers >= _LIST_FROM and not rows.has("order"):
        report = report.odd("one_each")
    if customers == 1:
        report = report.odd("one_customer")
    rows.report = report
    if customers >= _KNOWN[0]:
        _tell_newcomers(rows, int((last - first).days / DAYS_PER_MONTH))


def _tell_newcomers(rows: Rows, months: int) -> None:
    """How many are first seen in the first of these months, and in a usual later one; nothing of a short time."""
    if months < _KNOWN[1]:
        return
    new = rows.store.execute(f"""SELECT n FROM (SELECT floor((first - (SELECT min(date) FROM clean)) / {DAYS_PER_MONTH}) AS month,
        count(*) AS n FROM (SELECT min(date) AS first FROM clean GROUP BY customer) GROUP BY 1) ORDER BY month""").fetchall()
    by_month = sorted(row[0] for row in new[1:])
    later = by_month[len(by_month) // 2] if len(by_month) >= months // 2 else 0  # in most months nobody new: none is usual
    is_cohort = len(new) <= _COHORT[0] and months >= _COHORT[1]
    key = "cohort" if is_cohort else "truncated" if new[0][0] > _OLD * max(1, later) else "not_truncated"
    rows.report = rows.report.told(key, first=int(new[0][0]), later=int(later), months=len(new))
