"""Orders fitted: how often customers buy, when they stop, and what they spend (Pareto/NBD, BG/NBD, MBG/NBD, gamma-gamma).

In: a table of orders (customer, date, amount), one row per customer and day. Out: `summary`, each customer's repeat orders x, time of
the last t_x and time watched T in months since the first order; and a `Fitted` of each model. Likelihoods: ``theory.buying``. A further
model of the family: a record there, and a line in `MODELS`.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from ladsim.errors import DataError
from ladsim.fitting.fitted import Fitted
from ladsim.fitting.laplace import Floats, Prior, fit
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.measures.uncertainty import quantile
from ladsim.theory.buying import BGNBD, MBGNBD, GammaGamma, ParetoNBD

MODELS: dict[str, Any] = {"pareto_nbd": ParetoNBD, "bg_nbd": BGNBD, "mbg_nbd": MBGNBD}
UNIT_DAYS = {"week": 7.0, "month": DAYS_PER_MONTH}
Unit = Literal["week", "month"]
# Medians of the weak priors (assumptions): an order a month on average with rates that differ much, half of the customers gone
# within a year or two, and a fifth leaving after an order; the scale of time is set by the unit.
_PER_MONTH = {"r": 1.0, "alpha": 2.0, "s": 1.0, "beta": 10.0, "a": 1.0, "b": 4.0, "p": 4.0, "q": 4.0}
_FEW_REPEATERS = 30
_FEW_EARLY, _OFTEN_EARLY = (
    5,
    2.0,
)  # customers first seen in the first month, and times what is even, from which on they may be older (assumptions)
_SCALES = ("alpha", "beta")  # numbers with a unit of time


def summary(table: pd.DataFrame, *, until: datetime.date | None = None, unit: Unit = "month") -> pd.DataFrame:
    """Each customer's orders in a few numbers: customer, orders (repeat), last, watched (time in `unit` since the first order), paid, spend.

    `table` has customer, date and perhaps amount, one row per customer and day, as ``read_data`` gives it; `until` is the last day
    watched (its last date unless given). `paid` repeat orders cost something, `spend` is their mean amount, nan without. Raises
    DataError where nobody ordered.

    >>> bought = pd.DataFrame({"customer": ["1", "1", "2"], "date": pd.to_datetime(["2027-01-01", "2027-01-15", "2027-01-08"])})
    >>> summary(bought, until=datetime.date(2027, 1, 29), unit="week")
      customer  orders  last  watched  paid  spend
    0        1       1   2.0      4.0     0    NaN
    1        2       0   0.0      3.0     0    NaN
    """
    dates = pd.to_datetime(table["date"])
    end = dates.max() if until is None else pd.Timestamp(until)
    kept = table.assign(date=dates)[dates <= end]
    if kept.empty:
        raise DataError("found no order up to the last day, must be at least one")
    days = UNIT_DAYS[unit]
    first = kept.groupby("customer", sort=False)["date"].transform("min")
    later = kept[kept["date"] > first]
    found = kept.groupby("customer", sort=False)["date"].agg(["min", "max", "nunique"])
    spend, n_paid = pd.Series(np.nan, index=found.index), pd.Series(0, index=found.index)
    if "amount" in kept:
        paid = later[later["amount"] > 0].groupby("customer", sort=False)["amount"]
        spend, n_paid = paid.mean().reindex(found.index), paid.size().reindex(found.index, fill_value=0)
    return pd.DataFrame(
        {
            "customer": found.index,
            "orders": found["nunique"].to_numpy() - 1,
            "last": (found["max"] - found["min"]).dt.days.to_numpy() / days,
            "watched": (end - found["min"]).dt.days.to_numpy() / days,
            "paid": n_paid.to_numpy(np.int64),
            "spend": spend.to_numpy(np.float64),
        }
    )


def fit_orders(
    customers: pd.DataFrame, model: str = "pareto_nbd", *, unit: Unit = "month", prior: Prior | Literal["weak"] | None = "weak"
) -> Fitted:
    """One of the models pareto_nbd, bg_nbd and mbg_nbd fitted to the ``summary`` of customers.

    `unit` is that of the summary. `prior`: "weak" (log-normal, a twelfth to twelve times its median), one of your own, or None for the
    likelihood alone. Says what the data cannot tell: fewer than 30 repeat buyers, flat directions, numbers at their bounds. Raises DataError for an
    unknown model and where nobody bought again.

    >>> bought = pd.DataFrame({"orders": [0, 1, 3] * 40, "last": [0, 1.5, 6.0] * 40, "watched": [8.0, 7.5, 8.5] * 40})
    >>> fitted = fit_orders(bought, "bg_nbd")
    >>> fitted.n, list(fitted.parameters)
    (120, ['r', 'alpha', 'a', 'b'])
    """
    if model not in MODELS:
        raise DataError(f"model: found {model!r}, must be one of {', '.join(MODELS)}")
    made = MODELS[model]
    repeaters = int((customers["orders"] > 0).sum())
    if not repeaters:
        raise DataError(f"{model}: found {len(customers):,} customers of whom nobody bought again, must be some who did")
    rows, counts = _alike(customers[["orders", "last", "watched"]])

    def log_likelihood(values: Floats) -> float:
        return float(counts @ made(*values).log_likelihood(*rows))

    factor = DAYS_PER_MONTH / UNIT_DAYS[unit]
    centre = {name: _PER_MONTH[name] * (factor if name in _SCALES else 1.0) for name in made.names}
    units = {name: unit if name in _SCALES else "" for name in made.names}
    fitted = fit(model, len(customers), log_likelihood, centre, prior=_given(prior, centre), units=units)
    fitted = fitted.told("repeaters", n=repeaters, number=repeaters, of=len(customers))
    if repeaters < _FEW_REPEATERS:
        fitted = fitted.open("few_repeaters", n=repeaters, number=repeaters, least=_FEW_REPEATERS)
    return fitted


def fit_spend(customers: pd.DataFrame, *, prior: Prior | Literal["weak"] | None = "weak") -> Fitted:
    """Gamma-gamma fitted to what repeat buyers spend an order, in a ``summary`` with `spend`: the mean of `paid` orders each (without that
    column, of all their `orders`).

    Raises DataError where fewer than two repeat buyers spent something.

    >>> bought = pd.DataFrame({"orders": [1, 2, 5] * 30, "spend": [30.0, 45.0, 38.0] * 30})
    >>> fit_spend(bought, prior=None).n
    90
    """
    paid = customers[(customers["orders"] > 0) & (customers["spend"] > 0)]
    if len(paid) < 2:
        raise DataError(f"gamma_gamma: found {len(paid)} repeat buyers with an amount, must be at least 2")
    (x, z), counts = _alike(paid[["paid" if "paid" in paid else "orders", "spend"]])
    middle = float(quantile(z, 0.5))

    def log_likelihood(values: Floats) -> float:
        return float(counts @ GammaGamma(*values).log_likelihood(x, z))

    centre = {"p": _PER_MONTH["p"], "q": _PER_MONTH["q"], "gamma": middle}
    units = {"p": "", "q": "", "gamma": "currency"}
    fitted = fit("gamma_gamma", len(paid), log_likelihood, centre, prior=_given(prior, centre), units=units)
    both = (
        np.corrcoef(paid["orders"], paid["spend"])[0, 1] if paid["orders"].nunique() > 1 and paid["spend"].nunique() > 1 else 0.0
    )
    fitted = fitted.told("spend_and_orders", correlation=round(float(both), 2))
    if abs(both) > 0.3:
        fitted = fitted.warned("spend_depends", correlation=round(float(both), 2))
    if len(paid) < _FEW_REPEATERS:
        fitted = fitted.open("few_repeaters", n=len(paid), number=len(paid), least=_FEW_REPEATERS)
    return fitted


def from_the_left(fitted: Fitted, customers: pd.DataFrame, *, unit: Unit = "month") -> Fitted:
    """The same, open where many customers are first seen as the data begin: they may be older, and then their first order is none.

    Many: of all whose first order lies in the first month, at least 5, and more than twice as many as if first orders came evenly. Those who
    began earlier and stopped before the data begin are not in them at all, so old customers look more loyal than they were.

    >>> old = pd.DataFrame({"orders": [1] * 40, "last": [1.0] * 40, "watched": [12.0 - 0.02 * k for k in range(40)]})
    >>> from_the_left(fit_orders(old, "bg_nbd"), old).cannot_tell[-1]
    ('cut_at_the_left', (('n', 40), ('of', 40)))
    """
    watched = customers["watched"].to_numpy(np.float64)
    month, length = DAYS_PER_MONTH / UNIT_DAYS[unit], float(watched.max())
    early = int((watched > length - month).sum())
    if length <= month or early < _FEW_EARLY or early <= _OFTEN_EARLY * watched.size * month / length:
        return fitted
    return fitted.open("cut_at_the_left", n=early, of=watched.size)


def best_of(
    customers: pd.DataFrame, *, unit: Unit = "month", names: tuple[str, ...] = ("pareto_nbd", "bg_nbd", "mbg_nbd")
) -> list[Fitted]:
    """The models fitted, that with the greatest likelihood first; all have four numbers, so that no penalty is needed.

    Raises DataError as ``fit_orders`` does.
    """
    found = sorted((fit_orders(customers, name, unit=unit) for name in names), key=lambda one: -one.log_likelihood)
    ahead = found[0].log_likelihood - found[1].log_likelihood if len(found) > 1 else 0.0
    if len(found) > 1 and ahead < 2.0:
        found[0] = found[0].open("models_alike", one=found[0].model, other=found[1].model, ahead=round(ahead, 2))
    return found


def _alike(table: pd.DataFrame) -> tuple[tuple[Floats, ...], Floats]:
    """The different rows of a table by columns, and how often each comes."""
    rows, counts = np.unique(table.to_numpy(np.float64), axis=0, return_counts=True)
    return tuple(rows.T), counts.astype(np.float64)


def _given(prior: Prior | Literal["weak"] | None, medians: dict[str, float]) -> Prior | None:
    return Prior(medians) if prior == "weak" else prior  # type: ignore[return-value]


def monthly_rates(fitted: Fitted, unit: Unit = "month") -> dict[str, Floats]:
    """Draws of the numbers that a ladder takes of a model: orders a month and the shape of their differences; how customers leave.

    That is a rate a month and its shape (Pareto/NBD), or the shapes a and b of the chance to leave after an order (BG/NBD, MBG/NBD).
    """
    factor = DAYS_PER_MONTH / UNIT_DAYS[unit]
    r, alpha = fitted.column("r"), fitted.column("alpha")
    rates = {"orders_per_month": factor * r / alpha, "orders_shape": r}
    if "s" in fitted.parameters:
        s, beta = fitted.column("s"), fitted.column("beta")
        return rates | {"leaving_per_month": factor * s / beta, "leaving_shape": s}
    return rates | {"leaving_a": fitted.column("a"), "leaving_b": fitted.column("b")}


def in_weeks(fitted: Fitted) -> Fitted:
    """A fit in months told in weeks, as books print them."""
    factor = np.array([DAYS_PER_MONTH / 7.0 if name in _SCALES else 1.0 for name in fitted.parameters])
    scaled = {name: value * f for (name, value), f in zip(fitted.parameters.items(), factor, strict=True)}
    errors = {name: value * f for (name, value), f in zip(fitted.standard_errors.items(), factor, strict=True)}
    units = {name: "week" if unit == "month" else unit for name, unit in fitted.units.items()}
    return replace(fitted, parameters=scaled, standard_errors=errors, draws=fitted.draws * factor, units=units)
