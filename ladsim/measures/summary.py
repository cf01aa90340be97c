"""What a study keeps of every replication: the numbers of ``explanation.study_measures`` that one run has, taken before its rows are
dropped.

``summarise`` agrees with the tables of the other files (a test compares them) without building any, so that it costs little
beside a fast run. NaN stands where a number is undefined: nobody to divide by, no lasting profit by the horizon.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.measures import equity, ladder, programs, referral, retention, satisfaction, stability, value
from ladsim.measures.tidy import became_customer, causes_of, currency, people, rows

Ratio = tuple[float, float]  # what is above and below the line


@dataclass(frozen=True)
class Summary:
    """One replication in numbers: people of the whole market, currency, months.

    A ratio stands in `scalars` as the quotient of this replication, and in `ratios` as what is above and below it: over many
    replications it is all that is above ÷ all that is below, so that a future with few customers weighs little.
    """

    scalars: dict[str, float]
    abc: NDArray[np.float64]  # (101,) share of contribution by share of customers
    tree_sizes: dict[int, int]  # size of a referral tree → number of such trees, simulated
    ratios: dict[str, Ratio] = field(default_factory=dict)


def summarise(history: History) -> Summary:
    """Everything a study needs of a run that still has its rows per customer.

    Raises StudyError where the history holds no rows per customer.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("coffee_chain"), sample=200, seed=1)
    >>> found = ladsim.measures.summarise(history)
    >>> found.scalars["new_customers"], found.scalars["customers_end"]
    (4500.0, 4100.0)
    """
    found: dict[str, float | Ratio] = {**_money(history), **_people(history), **_per_customer(history), **_loyalty(history)}
    found["acquisition_cost"] = (float(value.spend_per_month(history).sum()), float(people(history, _new(history)[0])))
    ratios = {name: one for name, one in found.items() if isinstance(one, tuple)}
    scalars = {name: _quotient(*one) if isinstance(one, tuple) else one for name, one in found.items()}
    return Summary(scalars, value.abc_shares(history), referral.tree_sizes(history), ratios)


def _quotient(above: float, below: float) -> float:
    """above / below, NaN where nothing is below."""
    return float(above) / float(below) if below != 0.0 else math.nan


def _new(history: History) -> tuple[int, int]:
    """Simulated customers who are new, and those of them who were referred."""
    new, referred = history.new_customers.sum(axis=(0, 1))
    return int(new), int(referred)


def _money(history: History) -> dict[str, float | Ratio]:
    """Totals of the run in currency, costs positive."""
    total = value.booked_units(history).sum(axis=0)
    by_day, lines = history.daily.sum(axis=1), causes_of(history)
    return {
        "profit": float(currency(history, int(by_day.sum()))),
        "discounted_profit": float(currency(history, value.discount_weights(history) @ by_day)),
        "revenue": float(currency(history, total[lines.revenue].sum())),
        "contribution": float(currency(history, total[lines.contribution].sum())),
        "cost_to_serve": float(currency(history, -total[lines.serving].sum())),
        "spend": float(currency(history, -total[lines.spend].sum())),
        "fixed_cost": value.fixed_cost(history),
        "return_on_spend": value.return_parts(history),
        "profitable_from_month": value.payback_of(value.profit_so_far(history), history.months),
        "revenue_variation": float(stability.variation(stability.monthly_revenue(history)[stability.whole_months(history)])[0]),
        "customer_equity": equity.equity_until_horizon(history),
    }


def _people(history: History) -> dict[str, float | Ratio]:
    """Counts and rates of the whole run."""
    new, referred = _new(history)
    lived, lost = float(retention.customer_months(history).sum()), int(retention.lost_customers(history).sum())
    orders = int((history.orders[1:] * history.is_customer).sum())
    end = history.counts[-1].sum(axis=0)
    returning, first = (int(buyers.sum()) for buyers in retention.returning_buyers(history))
    factor = referral.factor_parts(history)
    found: dict[str, float | Ratio] = {
        "new_customers": float(people(history, new)),
        "referred_customers": float(people(history, referred)),
        "referred_share": (referred, new),
        "customers_end": float(people(history, end[history.is_customer].sum())),
        "orders": float(people(history, history.orders.sum())),
        "churn_share": retention.churn_parts(history),
        "churn_rate": (lost, lived),
        "win_backs": float(people(history, history.returns[:, :, 0].sum())),
        "mean_lifetime_months": (lived, lost),
        "purchase_frequency": (orders, lived),
        "returning_share": (returning, returning + first),
        "ambassadors_end": float(people(history, end[ladder.ambassador_rung(history)])),
        "referral_factor": (factor["conversions"], factor["stopped"]),
    }
    return found | {f"end_{name}": float(people(history, count)) for name, count in zip(history.rung_names, end, strict=True)}


def _loyalty(history: History) -> dict[str, float]:
    """How customers feel and how many are members at the horizon, where the scenario has that."""
    found: dict[str, float] = {}
    if history.moods.size:
        last = satisfaction.net_promoter_score(history).iloc[-1]
        found |= {"nps_end": float(last["nps"]), "satisfaction_end": float(last["satisfaction"])}
    if history.program_names:
        found["members_end"] = float(programs.members_at_end(history))
    return found


def _per_customer(history: History) -> dict[str, float | Ratio]:
    """Means over everybody who ever became a customer, or ever ordered."""
    c, was = rows(history), became_customer(history)
    heads = int(was.sum())
    once, twice = int((c["booked"] >= 1).sum()), int((c["booked"] >= 2).sum())
    return {
        "customers_ever": float(people(history, heads)),
        "repurchase_rate": (twice, once),
        "lifetime_value_revenue": (float(c["revenue"][was].sum()) / history.unit, heads),
        "lifetime_value_contribution": (float(c["contribution"][was].sum()) / history.unit, heads),
        "referral_value": referral.referral_value_parts(history),
    }
