"""Orders by rung: how often customers order while they stand on it, from rungs and orders of the same customers.

In: a history of rungs (customer, date, stage) and orders (customer, date), joined by id. Out: a `Fitted` of orders a month on each
rung, with gamma posteriors as in ``hazards``: orders over the time that customers stood there, those who ordered nothing too. An order
on the day of a step counts for the rung that was left: it may be what made the step. One on a customer's first day counts for none.
"""

from __future__ import annotations

import datetime

import pandas as pd
from scipy import stats

from ladsim.errors import DataError
from ladsim.fitting.fitted import Fitted, closed_form
from ladsim.fitting.hazards import JEFFREYS
from ladsim.i18n.months import DAYS_PER_MONTH

_FEW = 10


def fit_rung_orders(
    rungs: pd.DataFrame,
    orders: pd.DataFrame,
    *,
    until: datetime.date | None = None,
    prior: tuple[float, float] = JEFFREYS,
) -> Fitted:
    """Orders a month on each rung; numbers are called "orders RUNG". A rung without an order, and few ones, are told.

    `rungs`: customer, date, stage: a row says that a customer came to a rung on a day. `until`: the last day watched, the last date of
    both tables unless given. `prior`: shape and rate (months) of a gamma law. Raises DataError where no customer is in both tables.

    >>> rungs = pd.DataFrame({"customer": ["1", "1"], "date": ["2027-01-01", "2027-03-01"], "stage": ["buyer", "fan"]})
    >>> orders = pd.DataFrame({"customer": ["1"] * 4, "date": ["2027-01-01", "2027-01-20", "2027-02-02", "2027-03-10"]})
    >>> found = fit_rung_orders(rungs, orders, until=datetime.date(2027, 4, 1))
    >>> {name: round(value, 2) for name, value in found.parameters.items()}
    {'orders buyer': 1.29, 'orders fan': 1.47}
    """
    shape, rate = prior
    came = pd.DataFrame({"customer": rungs["customer"], "date": _days(rungs["date"]), "stage": rungs["stage"].astype(object)})
    bought = pd.DataFrame({"customer": orders["customer"], "day": _days(orders["date"])}).drop_duplicates()
    end = max(came["date"].max(), bought["day"].max()) if until is None else pd.Timestamp(until).as_unit("s")
    came = came[came["date"] <= end].sort_values(["customer", "date"], kind="stable")
    if not came["customer"].isin(bought["customer"]).any():
        raise DataError("orders by rung: found no customer who is in both tables, must be some with the same id")
    goes_on = came["customer"] == came["customer"].shift(-1)
    over = came["date"].shift(-1).where(goes_on, end)
    months = ((over - came["date"]).dt.days / DAYS_PER_MONTH).groupby(came["stage"], sort=False).sum()
    inside = pd.merge_asof(
        bought[bought["day"] <= end].sort_values("day"),
        came.sort_values("date", kind="stable"),
        left_on="day", right_on="date", by="customer", allow_exact_matches=False,
    )  # fmt: skip
    counts = inside[inside["date"].notna()]["stage"].value_counts()
    known = [rung for rung in months.index if months[rung] + rate > 0]
    number = {rung: int(counts.get(rung, 0)) for rung in known}
    laws = {f"orders {rung}": stats.gamma(shape + number[rung], scale=1.0 / (rate + months[rung])) for rung in known}
    said = "prior_jeffreys_gamma" if prior == JEFFREYS else "prior_gamma"
    fitted = closed_form("rung_orders", int(came["customer"].nunique()), laws, dict.fromkeys(laws, "per month"), said)
    for rung in known:
        told = {"rung": str(rung), "n": number[rung], "months": round(float(months[rung]), 1)}
        fitted = fitted.told("rung_orders", **told)
        if number[rung] < _FEW:
            fitted = fitted.open("few_rung_orders", **told)
    return fitted


def _days(dates: pd.Series) -> pd.Series:
    return pd.to_datetime(dates).astype("datetime64[s]")
