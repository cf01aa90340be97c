"""Hazards from histories: when each customer came to a rung, and where from there; gamma posteriors in closed form.

In: stays on rungs, each with its length in months and how it ended, if it did. With constant hazards the number of steps d in the time at
risk E has likelihood h^d e^(−hE), whatever else could have happened to the customer (competing risks) and whatever is still open
(censoring). With a prior gamma(a, b) the posterior is gamma(a + d, b + E). Source: Aalen, Borgan & Gjessing (2008), "Survival and Event
History Analysis", chapter 5. The prior is Jeffreys', gamma(½, 0), unless given: half a step in no time.

Whether hazards are constant is looked at: steps in the first half of the time at risk against the second.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from ladsim.errors import DataError
from ladsim.fitting.fitted import Fitted, closed_form
from ladsim.i18n.months import DAYS_PER_MONTH

JEFFREYS = (0.5, 0.0)  # shape and rate (steps, months) of the prior of a hazard
_FEW = 10  # steps below which a hazard is known to a factor of three at best
_ENOUGH_TO_LOOK, _SURELY = 40, 1e-3  # steps from which on it is looked whether a hazard changes with age; p value
Pair = tuple[str, str]


@dataclass(frozen=True)
class Stays:
    """Stays on rungs: how long each was watched, and where it led."""

    origin: NDArray[np.object_]  # rung
    months: NDArray[np.float64]  # watched there
    to: NDArray[np.object_]  # the rung after it; None: still there when the data end
    customers: int  # whose stays they are


def stays_of(table: pd.DataFrame, *, until: datetime.date | None = None) -> Stays:
    """The stays that a table of rungs (customer, date, stage) tells: a row says that a customer came to a rung on a day.

    `until` is the last day watched, the table's last date unless given. Raises DataError where there is no date.

    >>> moved = pd.DataFrame({"customer": list("aab"), "date": ["2027-01-01", "2027-02-01", "2027-01-16"], "stage": ["lead", "buyer", "lead"]})
    >>> stays_of(moved).to.tolist(), stays_of(moved).months.round(2).tolist()
    (['buyer', None, None], [1.02, 0.0, 0.53])
    """
    dates = pd.to_datetime(table["date"])
    if dates.isna().all():
        raise DataError("rungs: found no date, must be when each customer came to each rung")
    end = dates.max() if until is None else pd.Timestamp(until)
    kept = table.assign(date=dates)[dates <= end].sort_values(["customer", "date"], kind="stable")
    new = (kept["stage"] != kept["stage"].shift()) | (kept["customer"] != kept["customer"].shift())
    kept = kept[new]  # who is told to be where he is has not moved
    goes_on = kept["customer"] == kept["customer"].shift(-1)
    over = kept["date"].shift(-1).where(goes_on, end)
    months = (over - kept["date"]).dt.days.to_numpy(np.float64) / DAYS_PER_MONTH
    to = kept["stage"].shift(-1).astype(object).where(goes_on, None).to_numpy(object)
    return Stays(kept["stage"].to_numpy(object), months, to, int(kept["customer"].nunique()))


def fit_hazards(
    stays: Stays,
    steps: Iterable[Pair] | None = None,
    *,
    model: str = "stage_history",
    prior: tuple[float, float] = JEFFREYS,
) -> Fitted:
    """The hazard a month of each step, with its gamma posterior; numbers are called "lead → buyer".

    `steps`: those of the ladder; all that were seen unless given. `prior`: shape and rate (months) of a gamma law. Says which steps
    the data cannot tell: nobody at risk, none seen, few seen. Raises DataError where nothing was seen of any step.

    >>> seen = Stays(np.array(["lead"] * 3, object), np.array([1.0, 2.0, 7.0]), np.array(["buyer", "buyer", None], object), 3)
    >>> found = fit_hazards(seen)
    >>> found.parameters, [round(x, 2) for x in found.interval("lead → buyer")]
    ({'lead → buyer': 0.25}, [0.06, 0.55])
    """
    shape, rate = prior
    pairs = list(dict.fromkeys(steps)) if steps is not None else seen_steps(stays)
    at_risk = {rung: float(stays.months[stays.origin == rung].sum()) for rung in {origin for origin, _ in pairs}}
    known = [pair for pair in pairs if at_risk[pair[0]] + rate > 0]
    if not known:
        raise DataError(f"{model}: found nobody on a rung from which a step leads for any time, must be at least one")
    events = {pair: int(((stays.origin == pair[0]) & (stays.to == pair[1])).sum()) for pair in pairs}
    laws = {named(pair): stats.gamma(shape + events[pair], scale=1.0 / (rate + at_risk[pair[0]])) for pair in known}
    said = "prior_jeffreys_gamma" if prior == JEFFREYS else "prior_gamma"
    fitted = closed_form(model, stays.customers, laws, dict.fromkeys(laws, "per month"), said)
    for pair in pairs:
        name, months = named(pair), round(at_risk[pair[0]], 1)
        if pair not in known:
            fitted = fitted.open("nobody_there", step=name, rung=pair[0])
        elif not events[pair]:
            fitted = fitted.open("none_seen", step=name, months=months, most=_three(fitted.interval(name)[1]))
        elif events[pair] < _FEW:
            fitted = fitted.open("few_seen", step=name, n=events[pair], months=months)
        fitted = fitted.told("step_seen", step=name, n=events[pair], months=months) if pair in known else fitted
    for one in _strangers(stays, pairs) if steps is not None else []:
        fitted = fitted.warned("no_such_step", step=named(one[0]), n=one[1])
    return _by_age(fitted, stays, [pair for pair in known if events[pair] >= _ENOUGH_TO_LOOK])


def named(pair: Sequence[str]) -> str:
    """What a step's hazard is called.

    >>> named(("lead", "buyer"))
    'lead → buyer'
    """
    return f"{pair[0]} → {pair[1]}"


def seen_steps(stays: Stays) -> list[Pair]:
    """The steps that somebody took, in order of their rungs' first appearance."""
    taken = dict.fromkeys((str(a), str(b)) for a, b in zip(stays.origin, stays.to, strict=True) if b is not None)
    order = {rung: place for place, rung in enumerate(dict.fromkeys([*stays.origin, *(to for _, to in taken)]))}
    return sorted(taken, key=lambda pair: (order[pair[0]], order[pair[1]]))


def _strangers(stays: Stays, pairs: list[Pair]) -> list[tuple[Pair, int]]:
    """Steps that were taken and are none of the ladder's, and how often."""
    found = [pair for pair in seen_steps(stays) if pair not in pairs]
    return [(pair, int(((stays.origin == pair[0]) & (stays.to == pair[1])).sum())) for pair in found]


def _by_age(fitted: Fitted, stays: Stays, pairs: list[Pair]) -> Fitted:
    """The same, warned where a hazard is surely another in the younger half of the time at risk than in the older one."""
    for pair in pairs:
        months = stays.months[stays.origin == pair[0]]
        took = (stays.to == pair[1])[stays.origin == pair[0]]
        cut = _half_way(months)
        young = float(np.minimum(months, cut).sum())
        old = float(months.sum()) - young
        if cut <= 0 or old <= 0:
            continue
        d_young = int((took & (months <= cut)).sum())
        d = int(took.sum())
        p = stats.binomtest(d_young, d, young / (young + old)).pvalue
        if p < _SURELY / max(1, len(pairs)):
            times = (d_young / young) / max((d - d_young) / old, 0.5 / old)
            fitted = fitted.warned("hazard_by_age", step=named(pair), months=_three(cut), times=_three(times))
    return fitted


def _half_way(months: NDArray[np.float64]) -> float:
    """The age by which half of the time at risk is spent."""
    ages = np.sort(months)
    spent = np.cumsum(np.diff(ages, prepend=0.0) * np.arange(ages.size, 0, -1))
    place = int(np.searchsorted(spent, 0.5 * spent[-1]))
    before = spent[place - 1] if place else 0.0
    return float((ages[place - 1] if place else 0.0) + (0.5 * spent[-1] - before) / (ages.size - place))


def _three(value: float) -> float:
    """A number to three digits, to be told."""
    return float(f"{value:.3g}")
