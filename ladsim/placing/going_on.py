"""The scenario that goes on from the placed base: so many people on each rung, and how they order, leave and come back from here.

In: a `Placement` by orders, the `Calibration` of the same data. Out: `GoingOn`, the text of a scenario whose every fitted number is a range,
and the joint draws that these come from. The law is that of the fit and of the placing: Pareto/NBD. Of a customer who still is there after x
repeat orders in a time T, the rate of orders has the law gamma(r + x, α + T) and the rate of leaving gamma(s, β + T), independent of
each other (Fader & Hardie 2005, "A note on deriving the Pareto/NBD model"): so who stands on a rung today orders otherwise, and leaves
later, than who is new. A rung has the mean of its people; their spread is that of one gamma law of the same variance.

New customers get a rung of their own, for they behave as new ones do; who buys again is a repeat buyer, wherever from.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import DataError
from ladsim.fitting.calibration import Calibration
from ladsim.fitting.fitted import Fitted, uniforms
from ladsim.fitting.joint import evenly
from ladsim.fitting.laplace import Prior
from ladsim.fitting.orders import fit_orders
from ladsim.i18n import Locale
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.measures.uncertainty import quantile
from ladsim.placing.activity import law_of
from ladsim.placing.assign import MODEL_ERROR, gone_share
from ladsim.placing.new_customers import QUARTER, NewCustomers, new_customers
from ladsim.placing.place import Placement
from ladsim.placing.silence import bought_before

Floats = NDArray[np.float64]
ROWS = 400  # of the joint draws
LOOKED_AT = 2_000  # customers from whom it is seen how the base hangs on the four numbers
NEW, ONCE, AGAIN, AMBASSADOR, LAPSED, OUTSIDE = "new", "customer", "repeat", "ambassador", "lapsed", "outside"
_ROUNDS = 100  # until the rate of coming back stands still
# Medians of the weak prior as in ``fitting.orders``, but for how much customers differ in leaving (4 in place of 1; an assumption): orders of two
# or three years hardly tell it, and who leaves next year hangs on it. In synthesized shops the flatter prior was right more often.
_PRIOR = {"r": 1.0, "alpha": 2.0, "s": 4.0, "beta": 40.0}
# How far the rates of leaving may be off because shops are not as simple as the law: standard deviation of the logarithm, as large as
# we saw in synthesized shops in which customers climb, come back, or all leave alike.
LAW_ERROR = 0.20
_NOBODY = 1e-6  # people
_SPARE = 1.5  # people outside, in times of the most new customers of all draws
_OLD = 0.05  # a month of first orders of which a larger share had bought before says nothing of new customers


@dataclass(frozen=True)
class GoingOn:
    """A scenario from the base on."""

    text: str
    table: pd.DataFrame  # the joint draws: a column a number
    new: NewCustomers | None  # what is said of new customers; None: the data are too short
    comebacks: float  # that the data show, in expectation
    people: Floats  # (rungs,) who stand on the rungs of `names` today, the mean of the draws
    names: tuple[str, ...]


def going_on(placed: Placement, found: Calibration, months: int, name: str, locale: Locale, file: str) -> GoingOn:
    """The scenario of the placed base for so many months; `file` is that of the draws. Raises DataError where there are no orders of customers."""
    is_fitted = any(one.model == "pareto_nbd" for one, _ in found.fits)
    if not is_fitted or placed.facts.buying != "transactions" or placed.end is None:
        raise DataError("found no order up to the last day, must be at least one")
    fitted = _of_spells(placed)
    found_on = placed.probabilities.max(axis=0) > 0.0
    rungs = [rung for rung in (ONCE, AGAIN, AMBASSADOR) if rung == AGAIN or found_on[placed.rule.names.index(rung)]]
    columns = _numbers_from_here(placed, fitted, rungs)
    new = new_customers(first_orders(placed), math.ceil(months / QUARTER), ROWS)
    if new is not None:
        columns |= {f"new.quarter_{at + 1}": new.quarters[:, at] for at in range(new.quarters.shape[1])}
    comebacks = _comebacks(placed)
    if comebacks is not None:
        columns["base.comeback_rate"] = _rate(*comebacks, "comebacks")
    if AMBASSADOR in rungs and (moved := _ambassadors(placed)):
        columns["base.ambassador_rate"] = _rate(*moved, "ambassadors")
    spend = next((one for one, _ in found.fits if one.model == "gamma_gamma"), None)
    columns |= _basket(spend, placed)
    table = pd.DataFrame({key: np.asarray(values) for key, values in columns.items()})
    people = np.array([float(table[f"people.{rung}"].mean()) for rung in (*rungs, LAPSED)])
    text = _text(table, placed, rungs, months, name, locale, file)
    return GoingOn(text, table, new, comebacks[0] if comebacks is not None else 0.0, people, (*rungs, LAPSED))


def _of_spells(placed: Placement) -> Fitted:
    """The fit of orders, that of ``calibrate`` but for two things: spells between comebacks stand by themselves, as the placing judges silence, and
    the prior says that customers differ less in how they leave.

    Else a base to which many come back would look as if hardly anybody left, and yet they would come back in the simulation, too.
    """
    gaps = placed.leaving.ended if placed.leaving.ended is not None else (np.zeros(0, np.int64),) * 3
    facts = placed.facts
    ordered = facts.has_ordered()
    last = (facts.columns["orders"] - facts.earlier - 1.0)[ordered], (facts.last - facts.since)[ordered], -facts.since[ordered]
    columns = [np.concatenate(both).astype(np.float64) for both in zip(last, gaps, strict=True)]
    table = pd.DataFrame({"orders": columns[0], "last": columns[1] / DAYS_PER_MONTH, "watched": columns[2] / DAYS_PER_MONTH})
    return fit_orders(table, "pareto_nbd", prior=Prior(_PRIOR))


def _numbers_from_here(placed: Placement, fitted: Fitted, rungs: list[str]) -> dict[str, Any]:
    """Draws of how many stand where, and of how those who do order and leave."""
    facts, chances, names = placed.facts, placed.chances, placed.rule.names
    ordered = np.flatnonzero(facts.has_ordered())
    every = max(1, ordered.size // LOOKED_AT)
    chosen = ordered[::every]
    some = facts.some(chosen)
    draws = np.stack([evenly(fitted.column(number), ROWS) for number in ("r", "alpha", "s", "beta")], axis=1)
    repeats = some.columns["orders"] - some.earlier - 1.0
    seen = -some.since / DAYS_PER_MONTH
    is_there = {rung: chances.here[chosen, names.index(rung)] for rung in rungs}
    luck = _normal("base_model", ROWS)
    whole = placed.probabilities.sum(axis=0)
    expected = {rung: float(whole[names.index(rung)]) for rung in rungs}
    stays, rates = np.empty((ROWS, len(rungs))), np.empty((ROWS, len(rungs), 3))
    for at, (r, alpha, s, beta) in enumerate(draws):
        theta = np.log([r, r / alpha, s, s / beta])
        alive = 1.0 - (gone_share(some, placed.leaving, theta) if placed.leaving.activity is not None else chances.share[chosen])
        orders, leaving = (r + repeats) / (alpha + seen), s / (beta + seen)
        for place, rung in enumerate(rungs):
            weight = alive * is_there[rung]
            total = float(weight.sum())
            stays[at, place] = total
            if total < _NOBODY:  # who comes there is new
                rates[at, place] = r / alpha, s / beta, s
                continue
            mean = float(weight @ leaving) / total
            square = float(weight @ (leaving**2 * (1.0 + 1.0 / s))) / total
            rates[at, place] = float(weight @ orders) / total, mean, mean**2 / max(square - mean**2, 1e-12)
    columns: dict[str, Any] = {}
    law = np.exp(LAW_ERROR * _normal("base_law", ROWS))
    gone = max(1e-9, ordered.size - sum(expected.values()))
    for place, rung in enumerate(rungs):  # the fit says how sure the counts are, the placing how large
        relative = stays[:, place] / max(float(stays[:, place].mean()), 1e-9)
        own = MODEL_ERROR * gone * expected[rung] / max(1e-9, sum(expected.values()))
        columns[f"people.{rung}"] = np.clip(expected[rung] * relative + own * luck, 0.0, None)
        columns[f"base.{rung}_orders"] = rates[:, place, 0]
        columns[f"base.{rung}_leaving"] = rates[:, place, 1] * law
        columns[f"base.{rung}_leaving_shape"] = np.clip(rates[:, place, 2], 0.05, 1e6)
    there = np.sum([columns[f"people.{rung}"] for rung in rungs], axis=0)
    scale = np.minimum(1.0, ordered.size / np.maximum(there, 1e-9))
    for rung in rungs:
        columns[f"people.{rung}"] = columns[f"people.{rung}"] * scale
    columns[f"people.{LAPSED}"] = ordered.size - there * scale
    r, alpha, s, beta = draws.T
    return columns | {"new.orders": r / alpha, "base.orders_shape": r, "new.leaving": s / beta * law, "new.leaving_shape": s}


def first_orders(placed: Placement) -> Floats:
    """New customers in each of the last months of 30.4375 days before the end, the earliest first, as far back as these can be told from old ones."""
    facts = placed.facts
    first = facts.first[facts.has_ordered()]
    days = int(-first.min())
    old = bought_before((first + days).astype(np.int64), days, placed.leaving.silence)
    begins = 1 + int(np.flatnonzero(old > _OLD).max()) if (old > _OLD).any() else 0
    months = int(days / DAYS_PER_MONTH) - begins
    ago = np.floor(-first / DAYS_PER_MONTH).astype(np.int64)
    return np.bincount(ago[ago < months], minlength=max(0, months)).astype(np.float64)[::-1] if months > 0 else np.zeros(0)


def _comebacks(placed: Placement) -> tuple[float, float] | None:
    """How many customers who had left came back, and the months in which they were gone; None where nobody did.

    An order after a long silence may also be one of a customer who had never left: the rate of coming back decides with the customer's own
    rate of orders which it was, and is found anew from those that were comebacks (expectation and maximisation, Dempster et al. 1977).
    """
    leaving, facts = placed.leaving, placed.facts
    if leaving.activity is None or leaving.ended is None or not leaving.ended[0].size:
        return None
    law = law_of(leaving.activity.theta)
    repeats, last, end = (one.astype(np.float64) for one in leaving.ended)
    gone = 1.0 - leaving.activity.probability(repeats, last, end)
    ordering = (law.r + repeats) / (law.alpha + end / DAYS_PER_MONTH)
    ordered = facts.has_ordered()
    now = facts.columns["orders"][ordered] - facts.earlier[ordered] - 1.0
    usual = (law.alpha + (facts.last - facts.since)[ordered] / DAYS_PER_MONTH) / (law.r + now)  # months between orders
    silent = -facts.last[ordered] / DAYS_PER_MONTH
    months = float(placed.chances.share[ordered] @ np.maximum(0.0, silent - usual))
    months += float(gone @ np.maximum(0.0, (end - last) / DAYS_PER_MONTH - 1.0 / ordering))
    rate = gone.size / max(months, 1.0)
    for _ in range(_ROUNDS):
        is_comeback = gone * rate / (gone * rate + (1.0 - gone) * ordering)
        rate = float(is_comeback.sum()) / max(months, 1.0)
    return float(is_comeback.sum()), max(months, 1.0)


def _ambassadors(placed: Placement) -> tuple[float, float] | None:
    """Moves from repeat buyers to ambassadors in the months that are told, and the months that repeat buyers stood there."""
    names = placed.rule.names
    stays = placed.stays()
    if stays.empty:
        return None
    again, top = names.index(AGAIN), names.index(AMBASSADOR)
    from_there = stays[stays["from"] == again]
    moved = float(from_there.loc[from_there["to"] == top, "people"].sum())
    return moved, max(1.0, float(from_there["people"].sum()))


def _rate(events: float, months: float, name: str) -> Floats:
    """Draws of a rate with Jeffreys' prior: gamma(events + ½, months)."""
    from scipy.special import gammaincinv

    return np.asarray(gammaincinv(events + 0.5, uniforms(f"base.{name}", ROWS)) / months)


def _basket(spend: Fitted | None, placed: Placement) -> dict[str, Any]:
    """The mean of an order, where there are amounts and the mean has a range."""
    if spend is None:
        return {}
    p, q, gamma = (evenly(spend.column(name), ROWS) for name in ("p", "q", "gamma"))
    if not quantile(q, 0.05) > 1.0:
        return {}
    order = np.argsort(uniforms("base.basket", ROWS))  # independent of the other fits
    return {
        "basket.mean": (p * gamma / np.maximum(q - 1.0, 0.05))[order],
        "basket.p": p[order],
        "basket.q": np.maximum(q, 1.05)[order],
    }


def _normal(name: str, count: int) -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri(uniforms(name, count)))


def _text(table: pd.DataFrame, placed: Placement, rungs: list[str], months: int, name: str, locale: Locale, file: str) -> str:
    """The scenario as TOML."""
    import tomlkit

    assert placed.end is not None
    labels = dict(zip(placed.rule.names, placed.rule.labels, strict=True))
    quarters = [key for key in table if str(key).startswith("new.quarter_")]
    ordered = int(placed.facts.has_ordered().sum())
    outside = math.ceil(_SPARE * QUARTER * float(table[quarters].sum(axis=1).max())) + 1 if quarters else 0
    market = ordered + outside
    shares = {rung: table[f"people.{rung}"] / market for rung in (*rungs, LAPSED)}

    def ranged(column: str, values: pd.Series | None = None) -> Any:
        drawn = table[column] if values is None else values
        low, high = (float(f"{x:.6g}") for x in quantile(drawn.to_numpy(), [0.05, 0.95]))
        if not low < high:
            return float(f"{drawn.mean():.6g}")
        return {"low": low, "high": high, "posterior": column}

    for rung, values in shares.items():
        table[f"share.{rung}"] = values
    placed_source, fitted_source = locale.text("forecast.source_placed"), locale.text("forecast.source_fitted")
    made: list[dict[str, Any]] = []
    if quarters:
        made.append(
            {"name": NEW, "label": locale.text("forecast.rung_new"), "orders_per_month": ranged("new.orders"), "customer": True}
        )
    made += [
        {"name": rung, "label": labels[rung], "share": ranged(f"share.{rung}"), "orders_per_month": ranged(f"base.{rung}_orders")}
        for rung in rungs
    ]
    made.append({"name": LAPSED, "label": labels[LAPSED], "off_ladder": "lapsed", "share": ranged(f"share.{LAPSED}")})
    steps: list[dict[str, Any]] = []
    if quarters:
        made.append(
            {"name": OUTSIDE, "label": locale.text("forecast.rung_outside"), "off_ladder": "outside", "share": outside / market}
        )
        steps.append({"from": NEW, "to": AGAIN, "trigger": "order", "probability": 1.0})
        steps.append({"from": NEW, "to": LAPSED, "rate": ranged("new.leaving"), "gamma_shape": ranged("new.leaving_shape")})
    if ONCE in rungs:
        steps.append({"from": ONCE, "to": AGAIN, "trigger": "order", "probability": 1.0})
    if "base.ambassador_rate" in table:
        steps.append({"from": AGAIN, "to": AMBASSADOR, "rate": ranged("base.ambassador_rate")})
    steps += [
        {"from": rung, "to": LAPSED, "rate": ranged(f"base.{rung}_leaving"), "gamma_shape": ranged(f"base.{rung}_leaving_shape")}
        for rung in rungs
    ]
    if "base.comeback_rate" in table:
        steps.append({"from": LAPSED, "to": AGAIN, "rate": ranged("base.comeback_rate"), "is_order": True})
    made = [one if "people" in one else one | {"source": placed_source if "share" in one else fitted_source} for one in made]
    document = tomlkit.document()
    for line in locale.text("forecast.head", day=placed.end.isoformat()).split("\n"):
        document.add(tomlkit.comment(line))
    head = {
        "schema": 1, "name": name, "language": locale.language, "months": months, "market_size": market,
        "start_date": placed.end + datetime.timedelta(days=1), "posterior": file,
    }  # fmt: skip
    for key, value in head.items():
        document[key] = value
    told = [one | {"source": locale.text(f"forecast.source_{_source_of(one)}")} for one in steps]
    for key, tables in (("rungs", made), ("steps", told)):
        array = tomlkit.aot()
        for item in tables:
            array.append(tomlkit.item(item))
        document[key] = array
    if quarters:
        array = tomlkit.aot()
        for at, key in enumerate(quarters):
            until = min(months, QUARTER * (at + 1))
            array.append(
                tomlkit.item(
                    {
                        "to": NEW,
                        "per_month": ranged(str(key)),
                        "from_month": QUARTER * at,
                        "to_month": until,
                        "source": locale.text("forecast.source_new"),
                    }
                )
            )
        document["arrivals"] = array
    document["heterogeneity"] = {"orders": {"gamma_shape": ranged("base.orders_shape"), "source": fitted_source}}
    if "basket.mean" in table:
        document["basket"] = {"law": "gamma", "mean": ranged("basket.mean"), "shape": ranged("basket.p"), "source": fitted_source}
        document["heterogeneity"]["basket"] = {"inverse_gamma_shape": ranged("basket.q"), "source": fitted_source}
    return tomlkit.dumps(document)


def _source_of(step: Mapping[str, Any]) -> str:
    """Where a step's number comes from: a name of a text `forecast.source_NAME`."""
    if "probability" in step:
        return "definition"
    return "counted" if step["to"] == AMBASSADOR or step["from"] == LAPSED else "fitted"
