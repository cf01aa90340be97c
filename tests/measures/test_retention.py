"""Who stays, leaves and orders again, on a small history counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladsim import measures
from ladsim.engine.history import History


def test_retention_and_churn(history: History) -> None:
    """Cohorts, losses over those at the month's start, lifetimes as customer-months over losses."""
    curve = measures.retention_curve(history)
    assert curve.loc[1].tolist() == pytest.approx([1.0, 0.5, np.nan], nan_ok=True)
    assert curve.loc["all"].tolist() == pytest.approx([1.0, 2 / 3, 1.0])
    assert np.isnan(curve.loc[2]).all()
    tidy = measures.retention_curve(history, tidy=True)
    assert tidy[(tidy["cohort"] == 1) & (tidy["age"] == 1)][["size", "kept", "share"]].to_numpy().tolist() == [[20.0, 10.0, 0.5]]
    churn = measures.churn_share(history)
    assert churn["churn_share"].tolist() == pytest.approx([0.0, 1 / 3])
    assert churn["came_and_left"].tolist() == [0.0, 0.0]
    by_segment = measures.churn_share(history, by="segment")
    assert by_segment["churn_share"].tolist() == pytest.approx([np.nan, 0.0, 0.5, 0.0], nan_ok=True)
    rate = measures.churn_rate(history)
    assert rate["churn_rate"].tolist() == pytest.approx([0.0, 1 / 2.5])
    by_rung = measures.churn_share(history, by="rung")
    assert by_rung[by_rung["rung"] == "customer"]["lost"].tolist() == [0.0, 10.0]
    life = measures.customer_lifetime(history)
    assert life.iloc[0].tolist() == pytest.approx([45.0, 10.0, 4.5])


def test_orders(history: History) -> None:
    """Orders per customer-month, share of repeat buyers, share of former customers who buy in a month."""
    frequency = measures.purchase_frequency(history)
    assert frequency["per_month"].tolist() == pytest.approx([1.0, 0.8])
    assert frequency["per_year"].tolist() == pytest.approx([12.0, 9.6])
    assert measures.repurchase_rate(history).iloc[0].tolist() == pytest.approx([30.0, 10.0, 1 / 3])
    by_segment = measures.repurchase_rate(history, by="segment").set_index("segment")
    assert by_segment["share"].to_dict() == {"young": 0.5, "old": 0.0}
    assert measures.monthly_buyers(history)["share"].tolist() == pytest.approx([0.0, 2 / 3])


def test_returning_customers_were_customers_before_the_month(history: History) -> None:
    """Month 1: its one buyer is new. Month 2: b, won in month 1, and d, there from the start, both return."""
    table = measures.share_of_returning_customers(history)
    assert table[["buyers", "returning", "new"]].to_numpy().tolist() == [[10.0, 0.0, 10.0], [20.0, 20.0, 0.0]]
    assert table["share"].tolist() == [0.0, 1.0]
    assert measures.summarise(history).scalars["returning_share"] == pytest.approx(2 / 3)
    nobody = replace(history, cohort_buyers=np.zeros_like(history.cohort_buyers))
    assert np.isnan(measures.share_of_returning_customers(nobody)["share"]).all()
