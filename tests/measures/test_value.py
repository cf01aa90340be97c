"""Money on a small history, counted by hand: income, discounting, cost of a customer, return, lifetime value, ABC."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.errors import StudyError


def test_money(history: History) -> None:
    """What was booked is what is reported, by month, cause and group; costs negative, spend positive."""
    table = measures.income_statement(history)
    assert table["revenue"].tolist() == [0.0, 800.0, 600.0]
    assert table["contribution"].tolist() == [0.0, 400.0, 300.0]
    assert table["spend"].tolist() == [0.0, 600.0, 0.0]
    assert table["profit"].tolist() == [0.0, -210.0, 240.0]
    assert table["cumulative_profit"].tolist() == [0.0, -210.0, 30.0]
    for by in (None, "segment", "rung"):
        assert measures.money_by_cause(history, by=by)["amount"].sum() == pytest.approx(30.0)
    by_segment = measures.money_by_cause(history, by="segment")
    assert by_segment[by_segment["segment"] == "market"]["amount"].sum() == pytest.approx(-620.0)
    assert measures.payback_months(history) == 2.0
    assert measures.return_on_spend(history) == pytest.approx((650 - 600) / 600)
    cost = measures.customer_acquisition_cost(history)
    assert cost["acquisition_cost"].tolist() == pytest.approx([np.nan, 30.0, np.nan], nan_ok=True)
    assert cost["acquisition_cost_so_far"].tolist() == pytest.approx([np.nan, 30.0, 30.0], nan_ok=True)


def test_discounting_is_at_mid_day(history: History) -> None:
    """Day 30 counts e^(−δ·29.5/30), day 60 e^(−δ·59.5/30)."""
    expected = -210.0 * np.exp(-0.01 * 29.5 / 30) + 240.0 * np.exp(-0.01 * 59.5 / 30)
    values = measures.present_value(history).set_index("cause")
    assert values.loc["profit", "present_value"] == pytest.approx(expected, rel=1e-12)
    assert values.loc["profit", "amount"] == pytest.approx(30.0)
    assert values["present_value"].drop("profit").sum() == pytest.approx(expected, rel=1e-12)
    table = measures.discounted_profit(history)
    assert table["cumulative_discounted_profit"].iloc[-1] == pytest.approx(expected, rel=1e-12)
    assert table["profit"].tolist() == pytest.approx([0.0, -210.0, 240.0])


def test_against_a_baseline(history: History) -> None:
    """Payback and return against the same market without the spend count differences only."""
    base = replace(history, money=history.money // 2, market_money=np.where(np.arange(7) == 6, 0, history.market_money))
    assert measures.return_on_spend(history, base) == pytest.approx((325.0 - 600.0) / 600.0)
    assert np.isnan(measures.payback_months(history, base))
    assert np.isnan(measures.return_on_spend(base))
    with pytest.raises(StudyError, match="baseline"):
        measures.payback_months(history, replace(history, months=np.array([0.0, 1.0, 1.5])))


def test_lifetime_value(history: History) -> None:
    """Means over who ever became a customer: per person, so the sample's scale does not enter."""
    row = measures.customer_lifetime_value(history).iloc[0]
    assert row.to_dict() == pytest.approx(
        {"customers": 30.0, "orders": 4 / 3, "revenue": 140 / 3, "contribution": 70 / 3, "cost": 5 / 3, "value": 65 / 3}
    )
    cohorts = measures.customer_lifetime_value(history, by="cohort")
    assert cohorts["revenue"].tolist() == pytest.approx([20.0, 60.0, np.nan], nan_ok=True)
    assert measures.customer_lifetime_value(history, by="rung")["customers"].tolist() == [0.0, 20.0, 10.0]


def test_abc(history: History) -> None:
    """Best first: 40 of 70 by the first third, 60 by two."""
    curve = measures.abc_curve(history)
    assert len(curve) == 101
    assert curve["share_of_contribution"].iloc[[0, 50, 100]].tolist() == pytest.approx([0.0, 50 / 70, 1.0])
    assert curve["class"].iloc[[0, 60, 62, 100]].tolist() == ["A", "A", "B", "C"]
    classes = measures.abc_classes(history)
    assert classes["customers"].tolist() == [20.0, 10.0, 0.0]
    assert classes["contribution"].tolist() == [600.0, 100.0, 0.0]
    assert classes["share_of_contribution"].sum() == pytest.approx(1.0)


def test_who_loses_money_brings_nothing(history: History) -> None:
    """40 and 20 are brought, and one customer loses 50: shares are of the 60, so none is above 1, though all contribution is 10."""
    assert history.customers is not None
    customers = history.customers.copy()
    customers["contribution"] = [4000, -5000, 0, 2000]
    losing = replace(history, customers=customers)
    curve = measures.abc_curve(losing)["share_of_contribution"]
    assert curve.tolist() == pytest.approx(np.interp(np.linspace(0.0, 3.0, 101), [0, 1, 2, 3], [0.0, 2 / 3, 1.0, 1.0]))
    assert curve.max() == 1.0 and (np.diff(curve) >= 0.0).all()
    classes = measures.abc_classes(losing)
    assert classes["customers"].tolist() == [20.0, 0.0, 10.0]
    assert classes["contribution"].tolist() == [600.0, 0.0, -500.0]
    assert classes["share_of_contribution"].tolist() == [1.0, 0.0, 0.0]
    customers["contribution"] = [-1, -5000, 0, 0]
    assert measures.abc_curve(losing)["share_of_contribution"].isna().all()
