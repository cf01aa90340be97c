"""Referrals: how many new customers each one brings, how much that differs, and what cannot be told apart.

In: referrals (customer, referrer, perhaps date). Out: a `Fitted`: R, the mean number of new customers that a customer has brought by the
end of the data, and how unequal customers are (k: the number brought is negative binomial with mean R; small k is few who bring
nearly all; Lloyd-Smith et al. 2005); with dates also the rate a month (gamma posterior, as in ``hazards``).

Whose mean it is: all customers, those who were never referred and brought nobody too. They are the customers of the other files given, with
all referrers; without other files, the list itself where most of those from whom a tree starts have a row in it. A list of referred people
alone has no such number: R would be the share of them whose referrer was referred, too.

Trees are cut off where the data end: late customers have had little time, so R here is "so far". What makes up the rate stays open: how
many messages times the chance of each; whether friends would have come anyway; who referred those of whom nobody is known.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import gammaln

from ladsim.errors import DataError
from ladsim.fitting.fitted import DRAWS, Fitted, closed_form
from ladsim.fitting.hazards import JEFFREYS
from ladsim.fitting.laplace import Floats, Prior, fit
from ladsim.fitting.last_day import last_day
from ladsim.i18n.months import DAYS_PER_MONTH

_CENTRE = {"R": 0.2, "k": 0.5}  # medians of the weak prior (assumption)
_FEW = 20


def fit_referrals(
    table: pd.DataFrame,
    *,
    customers: pd.DataFrame | None = None,
    until: datetime.date | None = None,
    written: datetime.date | None = None,
    prior: Prior | Literal["weak"] | None = "weak",
) -> Fitted:
    """R and k of referrals (customer, referrer), and with dates the rate "new customers per customer and month".

    `customers`: all customers (customer, perhaps date: the first day on which each was seen); without it, `table` is taken for the list of
    all where it has rows of people whom nobody referred. `until` is the last day watched; unless given, the last date not after `written`,
    the day on which the data were written. Where nothing says who all customers are, there is no number, and that is said. Raises DataError
    where nobody was referred.

    >>> tree = pd.DataFrame({"customer": [str(i) for i in range(200)], "referrer": [str(i // 4) if i % 2 else None for i in range(200)]})
    >>> found = fit_referrals(tree, prior=None)
    >>> round(found.parameters["R"], 3), found.n
    (0.5, 200)
    """
    listed = table.drop_duplicates("customer")
    referred = int(listed["referrer"].notna().sum())
    if not referred:
        raise DataError("referrals: found nobody who was referred, must be at least one")
    people = _everybody(listed, customers)
    brought = people["referrer"].value_counts().reindex(people["customer"], fill_value=0).to_numpy(np.int64)
    strangers = int((~listed["referrer"].dropna().isin(_known(listed, customers))).sum())
    if customers is None and not _lists_all(listed):
        return _without_number(brought, referred, strangers)
    fitted = _told(_spread(brought, prior), brought, referred, strangers)
    fitted = fitted.open("messages_or_chance").open("would_have_come").open("unknown_referrers", n=len(people) - referred)
    dates = pd.to_datetime(people["date"])
    if dates.isna().all():
        return fitted.open("no_dates")
    return _with_rate(fitted, people.assign(date=dates), until, written).open("so_far")


def brought_by(table: pd.DataFrame, customers: pd.DataFrame | None = None) -> np.ndarray:
    """How many each customer brought: those of the list, all referrers, and `customers`.

    >>> brought_by(pd.DataFrame({"customer": ["1", "2", "3"], "referrer": [None, "1", "1"]})).tolist()
    [2, 0, 0]
    """
    people = _everybody(table.drop_duplicates("customer"), customers)
    return people["referrer"].value_counts().reindex(people["customer"], fill_value=0).to_numpy(np.int64)


def _known(listed: pd.DataFrame, customers: pd.DataFrame | None) -> pd.Series:
    """Ids of those who have a row somewhere."""
    return listed["customer"] if customers is None else pd.concat([listed["customer"], customers["customer"]])


def _lists_all(listed: pd.DataFrame) -> bool:
    """Whether a list has most of those from whom a tree starts: as many rows of people whom nobody referred as referrers without a row."""
    strangers = listed["referrer"].dropna()[lambda who: ~who.isin(listed["customer"])].nunique()
    return bool(listed["referrer"].isna().sum() >= max(1, strangers))


def _everybody(listed: pd.DataFrame, customers: pd.DataFrame | None) -> pd.DataFrame:
    """One row a customer (customer, referrer, date): those of the list, all referrers, and the customers of other files."""
    listed = listed.reindex(columns=["customer", "referrer", "date"])
    listed = listed.assign(date=pd.to_datetime(listed["date"]).astype("datetime64[s]"))
    others = pd.DataFrame({"customer": listed["referrer"].dropna().unique()})
    if customers is not None:
        others = pd.concat([customers.reindex(columns=["customer", "date"]), others], ignore_index=True)
    others = others.reindex(columns=["customer", "date"])
    first = pd.to_datetime(others["date"]).astype("datetime64[s]").groupby(others["customer"], sort=False).min()
    missing = first[~first.index.isin(listed["customer"])]
    more = pd.DataFrame({"customer": missing.index, "referrer": None, "date": missing.to_numpy()})
    people = pd.concat([listed, more], ignore_index=True) if len(more) else listed
    return people.assign(date=people["date"].fillna(people["customer"].map(first)))


def _without_number(brought: np.ndarray, referred: int, strangers: int) -> Fitted:
    """Who brought how many, and no number: nothing says how many customers brought nobody."""
    bare = Fitted("referrals", brought.size, {}, {}, math.nan, np.empty((DRAWS, 0)))
    return _told(bare, brought, referred, strangers).open("no_denominator", n=referred)


def _spread(brought: np.ndarray, prior: Prior | Literal["weak"] | None) -> Fitted:
    """R and k of how many each customer brought."""
    numbers, counts = np.unique(brought, return_counts=True)

    def log_likelihood(values: Floats) -> float:
        mean, k = values
        logs = gammaln(k + numbers) - gammaln(k) - gammaln(numbers + 1.0)
        logs = logs + k * -np.log1p(mean / k) + numbers * (np.log(mean) - np.log(mean + k))
        return float(counts @ logs)

    chosen = Prior(_CENTRE) if prior == "weak" else prior
    units = {"R": "new customers per customer", "k": ""}
    return fit("referrals", brought.size, log_likelihood, _CENTRE, prior=chosen, units=units)


def _told(fitted: Fitted, brought: np.ndarray, referred: int, strangers: int) -> Fitted:
    """The same, with how unequally customers brought others."""
    advocates = int((brought > 0).sum())
    top = np.sort(brought)[::-1]
    half = int(np.searchsorted(np.cumsum(top), 0.5 * top.sum()) + 1) if top.sum() else 0
    fitted = fitted.told("advocates", n=advocates, of=brought.size, referred=referred, half=half)
    if strangers:
        fitted = fitted.warned("strange_referrers", n=strangers)
    return fitted.open("few_advocates", n=advocates) if advocates < _FEW else fitted


def _with_rate(fitted: Fitted, people: pd.DataFrame, until: datetime.date | None, written: datetime.date | None) -> Fitted:
    """The same, with new customers per customer and month: those brought over the time that everybody was a customer."""
    known = people[people["date"].notna()]
    end = last_day(known["date"], until=until, written=written)
    months = float(((end - known["date"]).dt.days.clip(lower=0)).sum()) / DAYS_PER_MONTH
    n = int((known["referrer"].isin(known["customer"]) & (known["date"] <= end)).sum())
    if months <= 0:
        return fitted
    shape, rate = JEFFREYS
    one = closed_form("referrals", fitted.n, {"rate": stats.gamma(shape + n, scale=1.0 / (rate + months))}, {}, "")
    if until is None and (later := int((known["date"] > end).sum())):
        fitted = fitted.warned("in_future", n=later)
    if missing := len(people) - len(known):
        fitted = fitted.warned("undated", n=missing)
    return replace(
        fitted,
        parameters=fitted.parameters | one.parameters,
        standard_errors=fitted.standard_errors | one.standard_errors,
        draws=np.column_stack([fitted.draws, one.draws]),
        units=fitted.units | {"rate": "per month"},
    ).told("referral_rate", n=n, months=round(months, 1))
