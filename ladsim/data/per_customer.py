"""Clean tables added up by customer: what placing asks of each kind of data.

In: sources of one kind, as ``read_data`` gives them. Out: pandas tables with a row a customer (or a gap, or a row of a CRM). The adding up
is DuckDB's, so that a million customers take seconds.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.data.read import CustomerData
from ladsim.data.store import Store

YEAR = 365  # days of the last twelve months


class Kind:
    """All sources of one kind as one table ``clean``."""

    def __init__(self, sources: Sequence[CustomerData]) -> None:
        self.files = [one.report.file for one in sources]
        self._sources = sources  # they hold their tables
        self.store: Store = sources[0]._store
        if len(sources) > 1:
            self.store = Store()
            both = pd.concat([one.table() for one in sources], ignore_index=True)
            self.store.table("clean", both.assign(line=range(len(both))))
            if sources[0].kind == "transactions":  # two files may share a day
                amount = ", sum(amount) AS amount" if "amount" in both else ""
                self.store.execute(
                    f"CREATE OR REPLACE TABLE clean AS SELECT customer, date{amount}, min(line) AS line FROM clean GROUP BY customer, date"
                )

    def rows(self, sql: str, *values: Any) -> pd.DataFrame:
        """What a query gives."""
        return self.store.execute(sql, values).df()

    def has(self, column: str) -> bool:
        """Whether the clean table has a column."""
        sql = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'clean' AND column_name = ?"
        return bool(self.store.first(sql, [column])[0])

    def last_day(self, *columns: str) -> datetime.date | None:
        """The last day in these columns."""
        days = [self.store.first(f'SELECT max("{column}") FROM clean')[0] for column in columns if self.has(column)]
        found = [day.date() if isinstance(day, datetime.datetime) else day for day in days if day is not None]
        return max(found) if found else None

    def first_day(self, column: str) -> datetime.date | None:
        """The first day in a column."""
        day = self.store.first(f'SELECT min("{column}") FROM clean')[0]
        return day.date() if isinstance(day, datetime.datetime) else day


def orders(kind: Kind, end: datetime.date) -> pd.DataFrame:
    """customer, orders (days with one), first, last (days from `end`, 0 or below), year_orders, spend, year_spend, up to a day."""
    amount = "amount" if kind.has("amount") else "NULL::DOUBLE"
    return kind.rows(
        f"""SELECT customer, count(*) AS orders, min(date)::DATE - $1::DATE AS first, max(date)::DATE - $1::DATE AS last,
            count(*) FILTER (date > $1::DATE - {YEAR}) AS year_orders, coalesce(sum({amount}), 0) AS spend,
            coalesce(sum({amount}) FILTER (date > $1::DATE - {YEAR}), 0) AS year_spend
            FROM clean WHERE date <= $1::DATE GROUP BY customer""",
        end,
    )


_GAPS = "SELECT customer, date::DATE - lag(date::DATE) OVER (PARTITION BY customer ORDER BY date) AS gap FROM clean WHERE date <= $1::DATE"


def gap_counts(kind: Kind, end: datetime.date) -> pd.DataFrame:
    """gap, n: how many days lie between two orders of a customer, and how often."""
    return kind.rows(f"SELECT gap, count(*) AS n FROM ({_GAPS}) WHERE gap IS NOT NULL GROUP BY gap ORDER BY gap", end)


def own_gaps(kind: Kind, end: datetime.date) -> pd.DataFrame:
    """customer, gaps, shorter: how many gaps a customer has, and how many of them are shorter than the silence since the last order."""
    return kind.rows(
        f"""WITH gaps AS ({_GAPS}), silence AS (SELECT customer, $1::DATE - max(date)::DATE AS days FROM clean WHERE date <= $1::DATE GROUP BY 1)
            SELECT customer, count(*) AS gaps, count(*) FILTER (gap < days) AS shorter FROM gaps JOIN silence USING (customer)
            WHERE gap IS NOT NULL GROUP BY customer""",
        end,
    )


def first_days(kind: Kind) -> NDArray[np.int64]:
    """Days from the first of all orders to each customer's first."""
    found = kind.rows("SELECT min(date)::DATE - (SELECT min(date)::DATE FROM clean) AS day FROM clean GROUP BY customer")
    return found["day"].to_numpy(np.int64)


def won_deals(kind: Kind, end: datetime.date) -> pd.DataFrame:
    """The same columns as those of orders, from deals that were won."""
    amount = "amount" if kind.has("amount") else "NULL::DOUBLE"
    return kind.rows(
        f"""SELECT customer, count(*) AS orders, min(won)::DATE - $1::DATE AS first, max(won)::DATE - $1::DATE AS last,
            count(*) FILTER (won > $1::DATE - {YEAR}) AS year_orders, coalesce(sum({amount}), 0) AS spend,
            coalesce(sum({amount}) FILTER (won > $1::DATE - {YEAR}), 0) AS year_spend
            FROM clean WHERE won IS NOT NULL AND won <= $1::DATE GROUP BY customer""",
        end,
    )


def deal_states(kind: Kind, end: datetime.date) -> pd.DataFrame:
    """customer, deal as it stood at the end of a day: won where any was, else open where any is, else lost."""
    return kind.rows(
        """SELECT customer, CASE WHEN bool_or(won IS NOT NULL AND won <= $1::DATE) THEN 'won'
           WHEN bool_or(lost IS NULL OR lost > $1::DATE) THEN 'open' ELSE 'lost' END AS deal
           FROM clean WHERE coalesce(least(created, won, lost) <= $1::DATE, TRUE) GROUP BY customer""",
        end,
    )


def subscribed(kind: Kind, end: datetime.date) -> pd.DataFrame:
    """customer, starts, first, last (days from `end`), subscribed (on that day)."""
    return kind.rows(
        """SELECT customer, count(*) AS orders, min(start)::DATE - $1::DATE AS first, max(start)::DATE - $1::DATE AS last,
           bool_or("end" IS NULL OR "end" > $1::DATE) AS subscribed FROM clean WHERE start <= $1::DATE GROUP BY customer""",
        end,
    )


_KNOWN = "coalesce(date::DATE <= $1::DATE, TRUE)"  # rows up to a day; those without a date hold for every day


def referrals_made(kind: Kind, end: datetime.date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """customer, referrals_made of those who referred anybody up to a day; customer, referred of everybody in the list until then."""
    made = kind.rows(
        f"SELECT referrer AS customer, count(*) AS referrals_made FROM clean WHERE referrer IS NOT NULL AND {_KNOWN} GROUP BY 1",
        end,
    )
    return made, kind.rows(
        f"SELECT customer, bool_or(referrer IS NOT NULL) AS referred FROM clean WHERE {_KNOWN} GROUP BY 1", end
    )


def last_scores(kind: Kind, end: datetime.date) -> pd.DataFrame:
    """customer, score: the latest answer up to a day."""
    return kind.rows(
        f"""SELECT customer, arg_max(score, (coalesce(date, DATE '0001-01-01'), line)) AS score FROM clean WHERE {_KNOWN}
            GROUP BY customer""",
        end,
    )


def stage_rows(kind: Kind, end: datetime.date) -> pd.DataFrame:
    """customer, day, stage, up to a day: one row a customer and day, by day; the last of a day where there are several."""
    return kind.rows(
        f"""SELECT customer, date::DATE AS day, arg_max(stage, line) AS stage FROM clean WHERE {_KNOWN}
            GROUP BY customer, date ORDER BY customer, day""",
        end,
    )


def known_customers(kind: Kind, end: datetime.date) -> pd.DataFrame:
    """customer: everybody in a table with a column `date`, up to a day."""
    return kind.rows(f"SELECT DISTINCT customer FROM clean WHERE {_KNOWN}", end)


def long_gaps(kind: Kind, end: datetime.date, days: int) -> pd.DataFrame:
    """customer, first, before, day (days from `end`), orders: gaps of more than so many days; how many orders lie before each."""
    return kind.rows(
        f"""SELECT customer, first, before, day, orders FROM (
            SELECT customer, date::DATE - $1::DATE AS day, lag(date::DATE) OVER own - $1::DATE AS before,
            min(date::DATE) OVER (PARTITION BY customer) - $1::DATE AS first, row_number() OVER own - 1 AS orders
            FROM clean WHERE date <= $1::DATE WINDOW own AS (PARTITION BY customer ORDER BY date))
            WHERE day - before > {int(days)} ORDER BY customer, day""",
        end,
    )
