"""What was seen beside what a fit expects: orders week by week, how many order how often, who renews, who brings others.

In: a `Calibration`. Out: a `Seen` for each, which pictures are drawn from. The expected ones are closed forms at the most probable numbers; how many
order how often is the mean of Poisson laws over customers' rates and lifetimes (Pareto/NBD), at evenly spread quantiles of both. A fit
that looks good here may still forecast badly: it has seen these data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.fitting.calibration import Calibration
from ladsim.fitting.fitted import Fitted, stratified, uniforms
from ladsim.fitting.orders import MODELS, summary
from ladsim.fitting.referrals import brought_by
from ladsim.fitting.renewals import renewals_of
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.theory.customer_base import sbg_survival

Floats = NDArray[np.float64]
WEEKS, ORDERS, RENEWALS, REFERRALS = "weeks", "orders", "renewals", "referrals"
MOST = 7  # orders, or people brought: so many and more stand together
_GRID = 4_000  # rates and lifetimes


@dataclass(frozen=True)
class Seen:
    """One thing seen beside what fits expect of it."""

    name: str  # of `WEEKS`, `ORDERS`, `RENEWALS`, `REFERRALS`
    at: Floats  # (k,) weeks since the data begin; how many orders; which renewal; how many were brought
    seen: Floats  # (k,)
    expected: dict[str, Floats]  # model → (k,)

    def table(self) -> pd.DataFrame:
        """at, seen, then a column for each model."""
        return pd.DataFrame({"at": self.at, "seen": self.seen, **self.expected})


def seen_beside(found: Calibration) -> list[Seen]:
    """Everything that was seen beside what the fits expect, in the order of the fits."""
    return list(_all(found))


def _all(found: Calibration) -> Iterator[Seen]:
    fits = {fitted.model: fitted for fitted, _ in found.fits}
    tables, asked = found.tables, found.asked
    if tables is None or asked is None:
        return
    if tables.get("transactions") and "pareto_nbd" in fits:
        orders = pd.concat(tables["transactions"], ignore_index=True)
        customers = summary(orders, until=asked.until)
        yield _weeks(orders, customers, [fits[model] for model in ("pareto_nbd", "bg_nbd") if model in fits])
        yield _orders(customers, fits["pareto_nbd"])
    if tables.get("subscriptions") and "renewals" in fits:
        table = pd.concat(tables["subscriptions"], ignore_index=True)
        lists = renewals_of(table, until=asked.until, period_months=asked.period_months, written=asked.written)
        ended, failed = np.asarray(lists.cancelled, np.float64), np.asarray(lists.failed, np.float64)
        leaves = ended + failed + np.asarray(lists.going_on[1:], np.float64)
        came = leaves[::-1].cumsum()[::-1]  # to the 1st, 2nd … renewal
        kept = came > 0
        share = np.append(1.0, np.cumprod(1.0 - ended[kept] / came[kept]))
        at = np.arange(share.size, dtype=np.float64)
        alpha, beta = (fits["renewals"].parameters[name] for name in ("alpha", "beta"))
        yield Seen(RENEWALS, at, share, {"renewals": sbg_survival(alpha, beta, at)})
    if tables.get("referrals") and {"R", "k"} <= set(fits["referrals"].parameters if "referrals" in fits else {}):
        table = pd.concat(tables["referrals"], ignore_index=True)
        brought = brought_by(table, asked.customers)
        from scipy.stats import nbinom

        mean, k = (fits["referrals"].parameters[name] for name in ("R", "k"))
        every = _counted(REFERRALS, brought, nbinom.pmf(np.arange(MOST), k, k / (k + mean)), "referrals")
        expected = {model: values[1:] for model, values in every.expected.items()}
        yield Seen(REFERRALS, every.at[1:], every.seen[1:], expected)  # most bring nobody, and would hide all others


def _weeks(orders: pd.DataFrame, customers: pd.DataFrame, fits: list[Fitted]) -> Seen:
    """Repeat orders of each whole week since the data begin."""
    dates = pd.to_datetime(orders["date"])
    begin = dates.min()
    first = dates.groupby(orders["customer"]).transform("min")
    length = round(float(customers["watched"].max()) * DAYS_PER_MONTH)
    weeks = max(1, (length + 1) // 7)  # the last day counts
    place = ((dates - begin).dt.days // 7)[dates > first].to_numpy()
    seen = np.bincount(place[place < weeks], minlength=weeks).astype(np.float64)
    began, counts = np.unique(length - np.rint(customers["watched"].to_numpy() * DAYS_PER_MONTH), return_counts=True)
    ages = np.maximum(0.0, np.arange(weeks + 1) * 7.0 - began[:, None]) / DAYS_PER_MONTH
    expected = {}
    for fitted in fits:
        with np.errstate(all="ignore"):
            upto = counts @ np.nan_to_num(MODELS[fitted.model](**fitted.parameters).expected_orders(ages))
        expected[fitted.model] = np.diff(upto)
    return Seen(WEEKS, np.arange(1.0, weeks + 1.0), seen, expected)


def _orders(customers: pd.DataFrame, fitted: Fitted) -> Seen:
    """How many ordered again 0, 1, 2 … times."""
    from scipy.special import gammaincinv
    from scipy.stats import poisson

    r, alpha, s, beta = (fitted.parameters[name] for name in ("r", "alpha", "s", "beta"))
    luck = [stratified(uniforms(f"observed.{name}", _GRID)) for name in ("rate", "leaving", "life", "watched")]
    rate, leaving = gammaincinv(r, luck[0]) / alpha, gammaincinv(s, luck[1]) / beta
    life = -np.log(luck[2]) / np.maximum(leaving, 1e-300)
    watched = np.sort(customers["watched"].to_numpy(np.float64))[(luck[3] * len(customers)).astype(np.int64)]
    mean = rate * np.minimum(life, watched)
    shares = poisson.pmf(np.arange(MOST)[:, None], mean).mean(axis=1)
    return _counted(ORDERS, customers["orders"].to_numpy(np.int64), shares, fitted.model)


def _counted(name: str, values: NDArray[np.int64], shares: Floats, model: str) -> Seen:
    """Counts of 0, 1 … and of `MOST` and more, beside their expectation."""
    seen = np.bincount(np.minimum(values, MOST), minlength=MOST + 1).astype(np.float64)
    expected = values.size * np.append(shares, max(0.0, 1.0 - float(shares.sum())))
    return Seen(name, np.arange(MOST + 1.0), seen, {model: expected})
