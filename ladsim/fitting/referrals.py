"""Referrals: how many new customers each one brings, how much that differs, and what cannot be told apart.

In: referrals (customer, referrer, perhaps date). Out: a `Fitted`: R, the mean number of new customers that a customer has brought by the
end of the data, and how unequal customers are (k: the number brought is negative binomial with mean R; small k is few who bring
nearly all; Lloyd-Smith et al. 2005); with dates also the rate a month (gamma posterior, as in ``hazards``).

Trees are cut off where the data end: late customers have had little time, so R here is "so far". What makes up the rate stays open: how
many messages times the chance of each; whether friends would have come anyway; who referred those of whom nobody is known.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import gammaln

from ladsim.errors import DataError
from ladsim.fitting.fitted import Fitted, closed_form
from ladsim.fitting.hazards import JEFFREYS
from ladsim.fitting.laplace import Floats, Prior, fit
from ladsim.i18n.months import DAYS_PER_MONTH

_CENTRE = {"R": 0.2, "k": 0.5}  # medians of the weak prior (assumption)
_FEW = 20


def fit_referrals(
    table: pd.DataFrame, *, until: datetime.date | None = None, prior: Prior | Literal["weak"] | None = "weak"
) -> Fitted:
    """R and k of referrals (customer, referrer), and with dates the rate "new customers per customer and month".

    `until` is the last day watched, the last date unless given. Raises DataError where nobody was referred.

    >>> tree = pd.DataFrame({"customer": [str(i) for i in range(200)], "referrer": [str(i // 4) if i % 2 else None for i in range(200)]})
    >>> found = fit_referrals(tree, prior=None)
    >>> round(found.parameters["R"], 3), found.n
    (0.5, 200)
    """
    people = table.drop_duplicates("customer")
    brought = people["referrer"].value_counts().reindex(people["customer"], fill_value=0).to_numpy(np.int64)
    n, referred = len(people), int(people["referrer"].notna().sum())
    if not referred:
        raise DataError("referrals: found nobody who was referred, must be at least one")
    numbers, counts = np.unique(brought, return_counts=True)

    def log_likelihood(values: Floats) -> float:
        mean, k = values
        logs = gammaln(k + numbers) - gammaln(k) - gammaln(numbers + 1.0)
        logs = logs + k * -np.log1p(mean / k) + numbers * (np.log(mean) - np.log(mean + k))
        return float(counts @ logs)

    chosen = Prior(_CENTRE) if prior == "weak" else prior
    units = {"R": "new customers per customer", "k": ""}
    fitted = fit("referrals", n, log_likelihood, _CENTRE, prior=chosen, units=units)
    advocates = int((brought > 0).sum())
    top = np.sort(brought)[::-1]
    half = int(np.searchsorted(np.cumsum(top), 0.5 * top.sum()) + 1) if top.sum() else 0
    fitted = fitted.told("advocates", n=advocates, of=n, referred=referred, half=half)
    if strangers := referred - int(brought.sum()):
        fitted = fitted.warned("strange_referrers", n=strangers)
    if advocates < _FEW:
        fitted = fitted.open("few_advocates", n=advocates)
    fitted = fitted.open("messages_or_chance").open("would_have_come").open("unknown_referrers", n=n - referred)
    dates = pd.to_datetime(people["date"]) if "date" in people else pd.Series(pd.NaT, index=people.index)
    if dates.isna().all():
        return fitted.open("no_dates")
    return _with_rate(fitted, people.assign(date=dates), until).open("so_far")


def _with_rate(fitted: Fitted, people: pd.DataFrame, until: datetime.date | None) -> Fitted:
    """The same, with new customers per customer and month: those brought over the time that everybody was a customer."""
    known = people[people["date"].notna()]
    end = known["date"].max() if until is None else pd.Timestamp(until)
    months = float(((end - known["date"]).dt.days.clip(lower=0)).sum()) / DAYS_PER_MONTH
    n = int((known["referrer"].isin(known["customer"]) & (known["date"] <= end)).sum())
    if months <= 0:
        return fitted
    shape, rate = JEFFREYS
    one = closed_form("referrals", fitted.n, {"rate": stats.gamma(shape + n, scale=1.0 / (rate + months))}, {}, "")
    if missing := len(people) - len(known):
        fitted = fitted.warned("undated", n=missing)
    return replace(
        fitted,
        parameters=fitted.parameters | one.parameters,
        standard_errors=fitted.standard_errors | one.standard_errors,
        draws=np.column_stack([fitted.draws, one.draws]),
        units=fitted.units | {"rate": "per month"},
    ).told("referral_rate", n=n, months=round(months, 1))
