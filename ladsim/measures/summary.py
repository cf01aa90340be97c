"""What a study keeps of every replication: the numbers of ``dictionary.MEASURES`` that one run has, taken before its rows are
dropped.

``summarise`` agrees with the tables of the other files (a test compares them) without building any, so that it costs little
beside a fast run. NaN stands where a number is undefined: nobody to divide by, no payback by the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.measures import equity, ladder, loyalty, referral, retention, stability, value
from ladsim.measures.tidy import became_customer, causes_of, currency, people, ratio, rows


@dataclass(frozen=True)
class Summary:
    """One replication in numbers: people of the whole market, currency, months."""

    scalars: dict[str, float]
    abc: NDArray[np.float64]  # (101,) share of contribution by share of customers
    tree_sizes: dict[int, int]  # size of a referral tree → number of such trees, simulated


def summarise(history: History) -> Summary:
    """Everything a study needs of a run that still has its rows per customer."""
    scalars = {**_money(history), **_people(history), **_per_customer(history)}
    scalars |= _loyalty(history)
    scalars["acquisition_cost"] = float(ratio(scalars["spend"], scalars["new_customers"]))
    return Summary(scalars, value.abc_shares(history), referral.tree_sizes(history))


def _money(history: History) -> dict[str, float]:
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
        "return_on_spend": value.return_on_spend(history),
        "payback_month": value.payback_of(value.profit_so_far(history), history.months),
        "revenue_variation": float(stability.variation(stability.monthly_revenue(history)[stability.whole_months(history)])[0]),
        "customer_equity": equity.equity_until_horizon(history),
    }


def _people(history: History) -> dict[str, float]:
    """Counts and rates of the whole run."""
    new, referred = history.new_customers.sum(axis=(0, 1))
    lived, lost = float(retention.customer_months(history).sum()), int(retention.lost_customers(history).sum())
    orders = int((history.orders[1:] * history.is_customer).sum())
    end = history.counts[-1].sum(axis=0)
    returning, first = (int(buyers.sum()) for buyers in retention.returning_buyers(history))
    found = {
        "new_customers": float(people(history, new)),
        "referred_customers": float(people(history, referred)),
        "referred_share": float(ratio(referred, new)),
        "customers_end": float(people(history, end[history.is_customer].sum())),
        "orders": float(people(history, history.orders.sum())),
        "churn_share": retention.mean_churn_share(history),
        "churn_rate": float(ratio(lost, lived)),
        "win_backs": float(people(history, history.returns[:, :, 0].sum())),
        "mean_lifetime_months": float(ratio(lived, lost)),
        "purchase_frequency": float(ratio(orders, lived)),
        "returning_share": float(ratio(returning, returning + first)),
        "ambassadors_end": float(people(history, end[ladder.ambassador_rung(history)])),
        "referral_factor": referral.factor_parts(history)["referral_factor"],
    }
    return found | {f"end_{name}": float(people(history, count)) for name, count in zip(history.rung_names, end, strict=True)}


def _loyalty(history: History) -> dict[str, float]:
    """How customers feel and how many are members at the horizon, where the scenario has that."""
    found: dict[str, float] = {}
    if history.moods.size:
        last = loyalty.net_promoter_score(history).iloc[-1]
        found |= {"nps_end": float(last["nps"]), "satisfaction_end": float(last["satisfaction"])}
    if history.program_names:
        found["members_end"] = float(loyalty.members_at_end(history))
    return found


def _per_customer(history: History) -> dict[str, float]:
    """Means over everybody who ever became a customer, or ever ordered."""
    c, was = rows(history), became_customer(history)
    heads = int(was.sum())
    once, twice = int((c["booked"] >= 1).sum()), int((c["booked"] >= 2).sum())
    return {
        "customers_ever": float(people(history, heads)),
        "repurchase_rate": float(ratio(twice, once)),
        "lifetime_value_revenue": float(ratio(c["revenue"][was].sum() / history.unit, heads)),
        "lifetime_value_contribution": float(ratio(c["contribution"][was].sum() / history.unit, heads)),
        "referral_value": float(referral.customer_referral_value(history)["referral_value"].iloc[0]),
    }
