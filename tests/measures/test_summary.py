"""What a study keeps of a run is what the tables show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.model.layout import CUSTOMER
from tests.measures.small_history import by_hand


def test_summary_agrees_with_the_tables(history: History) -> None:
    """Every number a study keeps is the one that its table shows."""
    s = measures.summarise(history).scalars
    table = measures.income_statement(history)
    assert s["profit"] == pytest.approx(table["profit"].sum())
    for line in ("revenue", "contribution", "spend"):
        assert s[line] == pytest.approx(table[line].sum())
    assert s["discounted_profit"] == pytest.approx(measures.discounted_profit(history)["discounted_profit"].sum())
    assert s["cost_to_serve"] == pytest.approx(50.0)
    assert s["fixed_cost"] == pytest.approx(20.0)
    assert s["return_on_spend"] == measures.return_on_spend(history)
    assert s["profitable_from_month"] == measures.payback_months(history)
    assert s["new_customers"] == 20.0
    assert s["referred_share"] == 0.5
    assert s["acquisition_cost"] == 30.0
    assert {f"end_{r}": float(n) for r, n in measures.rung_counts(history).iloc[-1].items()}.items() <= s.items()
    assert s["customers_end"] == 20.0
    assert s["mean_lifetime_months"] == pytest.approx(measures.customer_lifetime(history)["months"][0])
    assert s["churn_rate"] == pytest.approx(1 / s["mean_lifetime_months"])
    assert s["churn_share"] == pytest.approx(1 / 4)
    assert s["purchase_frequency"] == pytest.approx(4 / 4.5)
    assert s["repurchase_rate"] == measures.repurchase_rate(history)["share"][0]
    value = measures.customer_lifetime_value(history).iloc[0]
    assert s["lifetime_value_revenue"] == pytest.approx(value["revenue"])
    assert s["lifetime_value_contribution"] == pytest.approx(value["contribution"])
    assert s["referral_factor"] == measures.referral_factor(history)["referral_factor"]
    assert measures.summarise(history).tree_sizes == measures.tree_sizes(history)


def test_every_number_has_a_definition(history: History) -> None:
    """The dictionary of measures and the summary name the same numbers, each with title, unit, definition, formula and source."""
    found = {"end_RUNG" if name.startswith("end_") else name for name in measures.summarise(history).scalars}
    of_feelings = {"nps_end", "satisfaction_end", "members_end"}  # only where the scenario has satisfaction, programmes
    assert found == set(measures.study_measures()) - of_feelings
    assert all(all(text.strip() for text in measure) for measure in measures.study_measures().values())


def test_nothing_happened() -> None:
    """A market where nothing happens has NaN where a number is undefined, and raises nothing."""
    h = by_hand()
    empty = {
        name: np.zeros_like(getattr(h, name))
        for name in (
            "flows",
            "orders",
            "new_customers",
            "money",
            "market_money",
            "daily",
            "cohorts",
            "cohort_buyers",
            "returns",
            "leavers",
        )
    }
    c = np.zeros(4, CUSTOMER)
    c["cohort"] = c["referrer"] = -1
    counts = np.zeros_like(h.counts)
    counts[:, 0, 0] = 4
    s = measures.summarise(replace(h, **empty, counts=counts, customers=c))
    undefined = {name for name, value in s.scalars.items() if np.isnan(value)}
    assert undefined == {
        *[
            "return_on_spend",
            "referred_share",
            "churn_share",
            "churn_rate",
            "mean_lifetime_months",
            "purchase_frequency",
            "referral_factor",
        ],
        *["repurchase_rate", "lifetime_value_revenue", "lifetime_value_contribution", "referral_value", "acquisition_cost"],
        *["revenue_variation", "returning_share"],
    }
    assert s.scalars["profit"] == 0.0
    assert s.scalars["profitable_from_month"] == 0.0
    assert np.isnan(s.abc).all()
    assert s.tree_sizes == {}
