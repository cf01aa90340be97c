"""Time to deal: leads won, lost, or still open, with competing risks and censoring.

In: leads (customer, created, won, lost), of one table or of several that share ids. Out: a `Fitted` of the hazards a month of won and
lost (``hazards``), with the share that is won in the end, and the share won within a year as it was seen, whatever the hazards
(Aalen & Johansen 1978), so that constant hazards can be held against it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ladsim.errors import DataError
from ladsim.fitting.fitted import Fitted
from ladsim.fitting.hazards import JEFFREYS, Stays, fit_hazards, named
from ladsim.fitting.last_day import last_day
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.measures.uncertainty import quantile

_YEAR = 12.0
OPEN, WON, LOST = "lead", "won", "lost"


@dataclass(frozen=True)
class Leads:
    """Leads that can be fitted, and how many cannot."""

    stays: Stays
    not_created: int  # without a date of creation
    won_before: int  # won or lost before they were created
    has_lost: bool  # whether any date says that a lead was lost
    in_future: int = 0  # with a date after the last day, which has not happened then


def leads_of(
    tables: Sequence[pd.DataFrame], *, until: datetime.date | None = None, written: datetime.date | None = None
) -> Leads:
    """One row a lead from tables of deals, joined by customer: the first creation, the first end; open ones are watched to `until`.

    Unless given, that is the last date not after `written`, the day on which the data were written.

    Raises DataError where no lead has a date of creation.

    >>> leads = pd.DataFrame({"customer": ["1", "2"], "created": ["2027-01-01", "2027-01-15"]})
    >>> deals = pd.DataFrame({"customer": ["1"], "won": ["2027-01-31"]})
    >>> leads_of([leads, deals]).stays.to.tolist()
    ['won', None]
    """
    columns = ["created", "won", "lost"]
    parts = []
    for table in tables:
        part = table.reindex(columns=["customer", *columns])
        parts.append(part.assign(**{name: pd.to_datetime(part[name]).astype("datetime64[s]") for name in columns}))
    every = pd.concat(parts, ignore_index=True).groupby("customer", sort=False)[columns].min()
    if every["created"].isna().all():
        raise DataError("deals: found no lead with a date of creation, must be at least one: when did each lead come in?")
    end = last_day(*(every[name] for name in columns), until=until, written=written)
    in_future = int((every[columns] > end).any(axis=1).sum())
    known = every[every["created"].notna() & (every["created"] <= end)]
    over = known[["won", "lost"]].where(known[["won", "lost"]] <= end)
    ended = over.min(axis=1)
    backwards = ended < known["created"]
    kept, ended, over = known[~backwards], ended[~backwards], over[~backwards]
    months = (ended.fillna(end) - kept["created"]).dt.days.to_numpy(np.float64) / DAYS_PER_MONTH
    to = np.where(over["won"] == ended, WON, LOST).astype(object)
    to[ended.isna().to_numpy()] = None
    stays = Stays(np.full(len(kept), OPEN, object), months, to, len(kept))
    return Leads(stays, int(every["created"].isna().sum()), int(backwards.sum()), bool(over["lost"].notna().any()), in_future)


def fit_deals(
    tables: Sequence[pd.DataFrame],
    *,
    until: datetime.date | None = None,
    written: datetime.date | None = None,
    prior: tuple[float, float] = JEFFREYS,
) -> Fitted:
    """The hazards a month with which leads are won and lost; numbers are called "lead → won" and "lead → lost".

    `tables`: of deals, joined by customer; `until`: the last day watched (unless given, the last date not after
    `written`, the day on which the data were written). Raises DataError where no
    lead has a date of creation.

    >>> days = pd.date_range("2027-01-01", periods=60)
    >>> leads = pd.DataFrame({"customer": range(60), "created": days, "won": (days + pd.Timedelta(days=30)).where(np.arange(60) % 3 == 0)})
    >>> found = fit_deals([leads], until=datetime.date(2027, 6, 1))
    >>> round(found.parameters["lead → won"], 3), found.cannot_tell[0][0]
    (0.115, 'no_lost')
    """
    leads = leads_of(tables, until=until, written=written)
    pairs = [(OPEN, WON), (OPEN, LOST)] if leads.has_lost else [(OPEN, WON)]
    fitted = fit_hazards(leads.stays, pairs, model="deals", prior=prior)
    if not leads.has_lost:
        fitted = fitted.open("no_lost")
    else:
        won, lost = fitted.column(named(pairs[0])), fitted.column(named(pairs[1]))
        low, high = (float(x) for x in quantile(won / (won + lost), [0.05, 0.95]))
        fitted = fitted.told("won_in_the_end", low=low, high=high)
    if leads.not_created:
        fitted = fitted.warned("not_created", n=leads.not_created)
    if leads.in_future and until is None:
        fitted = fitted.warned("in_future", n=leads.in_future)
    if leads.won_before:
        fitted = fitted.warned("won_before_created", n=leads.won_before)
    at = min(_YEAR, float(leads.stays.months.max()))
    seen, error = incidence(leads.stays, WON, at)
    total = sum(fitted.parameters.values())
    said = fitted.parameters[named(pairs[0])] / total * -np.expm1(-total * at)
    fitted = fitted.told("won_within", months=round(at, 1), seen=seen, said=float(said))
    if abs(seen - said) > 4.0 * max(error, 1e-9):
        fitted = fitted.warned("not_constant", months=round(at, 1), seen=seen, said=float(said))
    return fitted


def incidence(stays: Stays, to: str, months: float) -> tuple[float, float]:
    """The share that has gone this way after so many months, other ways and censoring allowed for, with its standard error.

    The estimate of Aalen & Johansen (1978); the error is that of the simple share among as many as were still watched then (at least 1).
    """
    order = np.argsort(stays.months, kind="stable")
    ages, ways = stays.months[order], stays.to[order]
    there, share = 1.0, 0.0
    times, first = np.unique(ages, return_index=True)
    edges = np.append(first, ages.size)
    for k, age in enumerate(times):
        if age > months:
            break
        at_risk = ages.size - first[k]
        now = ways[edges[k] : edges[k + 1]]
        share += there * float((now == to).sum()) / at_risk
        there *= 1.0 - float((now != None).sum()) / at_risk  # noqa: E711  # elements of an array
    watched = int(((stays.months >= months) | (stays.to != None)).sum())  # noqa: E711
    return share, float(np.sqrt(share * (1.0 - share) / max(1, watched)))
