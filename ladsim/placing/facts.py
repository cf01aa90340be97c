"""What several sources know of every customer, joined by id.

In: data that were read. Out: `Facts`: a column for each fact of ``conditions.FACTS`` that there are data for, NaN (or an empty text) where nothing
is known of somebody; the day on which all of it stands is the last one of the orders, else of any source. What an order is, the first
kind of data that is there says: transactions, deals that were won, subscriptions that were begun.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.data import per_customer
from ladsim.data.per_customer import Kind
from ladsim.data.read import CustomerData
from ladsim.errors import DataError
from ladsim.placing.conditions import BUYING

Floats = NDArray[np.float64]
EVER = datetime.date.max  # no day is asked for: all that the data know counts
UNDATED = datetime.date(1970, 1, 1)  # of one snapshot without a date: no fact hangs on the day
_DAYS = {
    "stages": ("date",),
    "deals": ("created", "won", "lost"),
    "referrals": ("date",),
    "survey": ("date",),
    "contacts": ("date",),
}


@dataclass(frozen=True)
class Facts:
    """N customers. Days are counted to `end`."""

    ids: NDArray[Any]  # (N,) texts
    end: datetime.date
    kinds: dict[str, Kind]
    buying: str  # the kind that says what an order is; "" where there is none
    columns: dict[str, NDArray[Any]]  # fact → (N,)
    first: Floats  # (N,) day of the first order, 0 for `end`, before it negative; NaN without one
    last: Floats
    since: Floats = field(
        default_factory=lambda: np.zeros(0)
    )  # (N,) day from which silence is judged: a comeback's, else `first`
    earlier: Floats = field(default_factory=lambda: np.zeros(0))  # (N,) orders before that
    anonymous: tuple[str, ...] = field(default=())  # files that say of nobody whose rows are whose

    @property
    def size(self) -> int:
        """How many customers there are."""
        return self.ids.size

    def has_ordered(self) -> NDArray[np.bool_]:
        """(N,) Who has an order in the data."""
        return ~np.isnan(self.first)

    def strangers(self, known: NDArray[Any]) -> int:
        """How many have no order and are not among these ids, though others order."""
        return int((~self.has_ordered() & ~np.asarray(pd.Series(self.ids).isin(known))).sum()) if self.buying else 0

    def some(self, rows: Any) -> Facts:
        """The same of some customers."""
        columns = {fact: column[rows] for fact, column in self.columns.items()}
        days = {name: getattr(self, name)[rows] for name in ("first", "last", "since", "earlier")}
        return replace(self, ids=self.ids[rows], columns=columns, **days)

    def with_comebacks(self, orders: NDArray[np.int64], day: Floats) -> Facts:
        """The same, with the orders before each customer's last comeback, and its day (NaN without one)."""
        return replace(self, since=np.where(np.isnan(day), self.first, day), earlier=orders.astype(float))


def facts_of(sources: Sequence[CustomerData], end: datetime.date | None = None) -> Facts:
    """The facts of all customers of some sources, as they stood at the end of a day. Raises DataError."""
    known = [one for one in sources if not _is_anonymous(one)]
    anonymous = tuple(one.report.file for one in sources if _is_anonymous(one))
    if not known:
        raise DataError(f"{', '.join(anonymous)}: found no column of customers, must have one to place anybody")
    kinds = {kind: Kind([one for one in known if one.kind == kind]) for kind in dict.fromkeys(one.kind for one in known)}
    buying = next((kind for kind in BUYING if kind in kinds), "")
    if not buying and "stages" not in kinds:
        raise DataError(
            f"{', '.join(one.report.file for one in known)}: found neither orders nor rungs, must have one of them to place anybody"
        )
    found = at(kinds, buying, end or last_day(kinds, buying), anonymous, end or EVER)
    if not found.size:
        raise DataError(
            f"{', '.join(one.report.file for one in known)}: found nobody up to {found.end}, must have orders until then"
        )
    return found


def _is_anonymous(data: CustomerData) -> bool:
    return any(key == "no_ids" for key, _ in data.report.oddities)


def last_day(kinds: Mapping[str, Kind], buying: str) -> datetime.date:
    """The last day of the orders, else of any source. Ends of subscriptions do not count: they may be planned, and still to come."""
    columns = {"transactions": ("date",), "subscriptions": ("start",), **_DAYS}
    order = ["transactions"] if buying == "transactions" else list(kinds)
    days = [day for kind in order if (day := kinds[kind].last_day(*columns[kind])) is not None]
    if not days:
        return UNDATED
    return max(days)


def at(
    kinds: Mapping[str, Kind], buying: str, end: datetime.date, anonymous: tuple[str, ...] = (), known: datetime.date = EVER
) -> Facts:
    """The facts as they stood at the end of a day: orders up to it; of other kinds what is dated up to the day `known`, or has no date."""
    tables = _orders(kinds, buying, end) | _beside(kinds, end, known)
    ids = _ordered_ids(list(tables.values()))
    columns: dict[str, NDArray[Any]] = {}
    first = last = np.full(ids.size, np.nan)
    if "orders" in tables:
        table = tables["orders"]
        rows = pd.Index(ids).get_indexer(table["customer"])
        first, last = (_spread(rows, table[one], ids.size) for one in ("first", "last"))
        columns |= _of_orders(rows, table, ids.size)
        columns |= {"silent_days": -last, "customer_days": -first}
    columns |= _spread_facts(tables, ids)
    return Facts(ids, end, dict(kinds), buying, columns, first, last, first, np.zeros(ids.size), anonymous)


def beside_orders(kinds: Mapping[str, Kind], ids: NDArray[Any], end: datetime.date) -> dict[str, NDArray[Any]]:
    """fact → (N,) of these customers, as it was known at the end of a day: all facts but those of orders."""
    return _spread_facts(_beside(kinds, end, end), ids)


def _spread_facts(tables: Mapping[str, pd.DataFrame], ids: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """The facts of tables by customer; who is in none of these ids is left out."""
    index = pd.Index(ids)
    columns: dict[str, NDArray[Any]] = {}
    for table in tables.values():
        rows = index.get_indexer(table["customer"])
        table, rows = table[rows >= 0], rows[rows >= 0]
        for fact in ("referrals_made", "referred", "score", "subscribed"):
            if fact in table:
                columns[fact] = _spread(rows, table[fact], ids.size)
        if "deal" in table:
            words = np.full(ids.size, "", object)
            words[rows] = table["deal"]
            columns["deal"] = words
    if "referrals_made" in columns:  # who is not in the list of those who refer has referred nobody
        columns["referrals_made"] = np.nan_to_num(columns["referrals_made"])
    return columns


def _orders(kinds: Mapping[str, Kind], buying: str, end: datetime.date) -> dict[str, pd.DataFrame]:
    """The orders by customer, where there are any."""
    ways = {"transactions": per_customer.orders, "deals": per_customer.won_deals, "subscriptions": per_customer.subscribed}
    return {"orders": ways[buying](kinds[buying], end)} if buying else {}


def _beside(kinds: Mapping[str, Kind], end: datetime.date, known: datetime.date) -> dict[str, pd.DataFrame]:
    """What each kind knows beside orders, by customer."""
    found: dict[str, pd.DataFrame] = {}
    if "deals" in kinds:
        found["deals"] = per_customer.deal_states(kinds["deals"], known)
    if "subscriptions" in kinds:
        found["subscriptions"] = per_customer.subscribed(kinds["subscriptions"], end)[["customer", "subscribed"]]
    if "referrals" in kinds:
        found["made"], found["referred"] = per_customer.referrals_made(kinds["referrals"], known)
    if "survey" in kinds:
        found["survey"] = per_customer.last_scores(kinds["survey"], known)
    for kind in ("stages", "contacts"):
        if kind in kinds:
            found[kind] = per_customer.known_customers(kinds[kind], known)
    return found


def _ordered_ids(tables: list[pd.DataFrame]) -> NDArray[Any]:
    """All ids, by the day of the first order, those without one at the end."""
    every = pd.concat([table[["customer", *(["first"] if "first" in table else [])]] for table in tables], ignore_index=True)
    if "first" not in every:
        every["first"] = 0
    days = every.groupby("customer", sort=True)["first"].min()
    return days.sort_values(kind="stable", na_position="last").index.to_numpy(object)


def _spread(rows: NDArray[np.intp], values: pd.Series[Any], size: int) -> Floats:
    found = np.full(size, np.nan)
    found[rows] = values.astype(float)
    return found


def _of_orders(rows: NDArray[np.intp], table: pd.DataFrame, size: int) -> dict[str, Floats]:
    """Counts and money; 0 of those who have no order."""
    names = {"orders": "orders", "orders_12_months": "year_orders", "spend": "spend", "spend_12_months": "year_spend"}
    return {fact: np.nan_to_num(_spread(rows, table[name], size)) for fact, name in names.items() if name in table}
