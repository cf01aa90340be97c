"""Start and stop lists: who renews how often (shifted beta-geometric), and payments that failed apart from what was cancelled.

In: subscriptions (customer, start, end, reason). Each is cut into periods; at the end of a period it is renewed, cancelled, or ended by a
payment that failed. How likely a member is to cancel differs by beta(α, β), so those who stay are ever more loyal (Fader & Hardie 2007):

    P(lost at the t-th renewal) = B(α + 1, β + t − 1)/B(α, β),   P(still there after t) = B(α, β + t)/B(α, β)

A payment that fails ends what was not cancelled: for the cancelling it is a censoring; its own chance a renewal is a beta posterior.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import betaln

from ladsim.data.words import says
from ladsim.errors import DataError
from ladsim.fitting.fitted import Fitted, closed_form
from ladsim.fitting.laplace import Floats, Prior, fit
from ladsim.fitting.last_day import last_day_of_spans
from ladsim.i18n.months import DAYS_PER_MONTH

_CENTRE = {"alpha": 1.0, "beta": 3.0}  # medians of the weak prior (assumption): a quarter leaves at the first renewal
_YEARLY, _SLACK = 0.8, 20.0  # share of ended subscriptions that last a whole number of years within so many days: they are yearly
_FEW = 30


@dataclass(frozen=True)
class Renewals:
    """Members by how many periods they were seen through."""

    cancelled: tuple[int, ...]  # how many cancelled at the 1st, 2nd … renewal
    failed: tuple[int, ...]  # how many ended by a failed payment at the 1st, 2nd … renewal
    going_on: tuple[int, ...]  # how many were still there, last seen after 0, 1, 2 … renewals
    period_months: int
    has_reasons: bool = False
    planned: int = 0  # of those still there, how many have an end after the last day

    @property
    def members(self) -> int:
        """How many in all."""
        return sum(self.cancelled) + sum(self.failed) + sum(self.going_on)

    @property
    def renewals(self) -> int:
        """How many times somebody came to a renewal."""
        ended = np.asarray(self.cancelled) + np.asarray(self.failed)
        return int(ended @ np.arange(1, ended.size + 1) + np.asarray(self.going_on) @ np.arange(len(self.going_on)))


def renewals_of(
    table: pd.DataFrame,
    *,
    until: datetime.date | None = None,
    period_months: int | None = None,
    written: datetime.date | None = None,
) -> Renewals:
    """Subscriptions cut into periods of `period_months`; unless given, 12 where they end after whole years, else 1.

    An end counts for the renewal nearest to it; one before the first half period is over, for the first. `until` is the last day
    watched; unless given, the last date of the table that is not after `written`, the day on which the data were written. Who ends after it
    is still there. Raises DataError where nothing starts before it, or for a period below 1.

    >>> lists = pd.DataFrame({"start": ["2027-01-01"] * 3, "end": ["2027-02-01", "2027-03-01", None], "reason": ["moved", "card declined", None]})
    >>> found = renewals_of(lists, until=datetime.date(2027, 4, 10))
    >>> found.cancelled, found.failed, found.going_on, found.period_months
    ((1, 0, 0), (0, 1, 0), (0, 0, 0, 1), 1)
    """
    start, end = pd.to_datetime(table["start"]), pd.to_datetime(table["end"])
    last = last_day_of_spans(start, end, until=until, written=written)
    kept = start <= last
    if not kept.any():
        raise DataError("subscriptions: found none that starts before the last day, must be at least one")
    planned = int((end[kept] > last).sum())
    start, end = start[kept], end[kept].where(end[kept] <= last)
    months = ((end.fillna(last) - start).dt.days / DAYS_PER_MONTH).to_numpy(np.float64)
    ended = end.notna().to_numpy()
    period = _period(months[ended]) if period_months is None else period_months
    if period < 1:
        raise DataError(f"period: found {period}, must be a whole number of months from 1")
    passed = np.floor(months / period + 1e-9).astype(int)
    at = np.maximum(1, np.rint(months / period).astype(int))
    has_reasons = "reason" in table and table["reason"].notna().any()
    failed = table["reason"][kept].map(_is_failed).to_numpy(bool) & ended if has_reasons else np.zeros(ended.size, bool)
    size = int(max(at[ended].max(initial=0), passed.max(initial=0)))

    def counted(these: Floats, least: int) -> tuple[int, ...]:
        return tuple(int(x) for x in np.bincount(these, minlength=size + 1)[least:])

    return Renewals(
        counted(at[ended & ~failed], 1), counted(at[failed], 1), counted(passed[~ended], 0), period, bool(has_reasons), planned
    )


def fit_renewals(renewals: Renewals, *, prior: Prior | Literal["weak"] | None = "weak") -> Fitted:
    """The shifted beta-geometric's α and β of those who cancel. Raises DataError where nobody came to a renewal.

    >>> club = Renewals((369, 163, 86, 56, 37, 27, 21), (0,) * 7, (0,) * 7 + (241,), 12)
    >>> found = fit_renewals(club, prior=None)
    >>> {name: round(value, 3) for name, value in found.parameters.items()}, round(found.log_likelihood, 2)
    ({'alpha': 0.704, 'beta': 1.182}, -1680.27)
    """
    if not renewals.renewals:
        raise DataError("subscriptions: found nobody who came to a renewal, must be at least one")
    lost = np.asarray(renewals.cancelled, np.float64)
    seen = np.asarray(renewals.going_on, np.float64)
    seen[: len(renewals.failed)] += np.asarray(renewals.failed)  # not cancelled at the renewals before the payment failed
    t_lost, t_seen = np.arange(1.0, lost.size + 1.0), np.arange(float(seen.size))

    def log_likelihood(values: Floats) -> float:
        a, b = values
        return float(
            lost @ betaln(a + 1.0, b + t_lost - 1.0) + seen @ betaln(a, b + t_seen) - (lost.sum() + seen.sum()) * betaln(a, b)
        )

    chosen = Prior(_CENTRE) if prior == "weak" else prior
    fitted = fit("renewals", renewals.members, log_likelihood, _CENTRE, prior=chosen, units={"alpha": "", "beta": ""})
    n = int(lost.sum())
    fitted = fitted.told("cancelled", n=n, renewals=renewals.renewals, months=renewals.period_months)
    if renewals.planned:
        fitted = fitted.warned("planned_ends", n=renewals.planned)
    if int((lost > 0).sum()) < 2:
        fitted = fitted.open("one_renewal")
    if n < _FEW:
        fitted = fitted.open("few_cancelled", n=n)
    return fitted


def fit_failed_payments(renewals: Renewals) -> Fitted:
    """The chance of a payment that fails, and ends the subscription, at a renewal: beta posterior, Jeffreys' prior.

    Raises DataError where the list gives no reasons, or nobody came to a renewal.

    >>> lists = Renewals((5, 3), (2, 0), (0, 0, 90), 1, has_reasons=True)
    >>> round(fit_failed_payments(lists).parameters["failed_payment"], 4)
    0.0129
    """
    if not renewals.has_reasons:
        raise DataError(
            "subscriptions: found no reasons, must be told why each ended (column reason) to tell failed payments apart"
        )
    if not renewals.renewals:
        raise DataError("subscriptions: found nobody who came to a renewal, must be at least one")
    n = sum(renewals.failed)
    law = stats.beta(0.5 + n, 0.5 + renewals.renewals - n)
    fitted = closed_form(
        "failed_payments", renewals.members, {"failed_payment": law}, {"failed_payment": "per renewal"}, "prior_jeffreys_beta"
    )
    return fitted.told("failed", n=n, renewals=renewals.renewals)


def survivors(shares: Sequence[float], members: int, period_months: int = 12) -> Renewals:
    """A printed curve of survival (1 = all, first at no renewal) as counts of `members`. Raises DataError where it rises.

    >>> survivors([1.0, 0.6, 0.5], 10).cancelled
    (4, 1)
    """
    left = np.asarray(shares, np.float64) * members
    if (np.diff(left) > 0).any():
        raise DataError("survival: found a share that rises, must fall from renewal to renewal")
    lost = np.rint(-np.diff(left)).astype(int)
    going_on = [0] * lost.size + [members - int(lost.sum())]
    return Renewals(tuple(map(int, lost)), (0,) * lost.size, tuple(going_on), period_months)


def _period(months: Floats) -> int:
    """12 where subscriptions end after whole years, else 1."""
    if not months.size:
        return 1
    off = np.abs(months / 12.0 - np.maximum(1.0, np.rint(months / 12.0))) * 12.0 * DAYS_PER_MONTH
    return 12 if (off <= _SLACK).mean() >= _YEARLY else 1


def _is_failed(reason: object) -> bool:
    """Whether a reason tells of a payment that failed."""
    return isinstance(reason, str) and says(reason, "failed_payment")
