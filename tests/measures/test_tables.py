"""Measures of a history small enough to work out by hand, and laws that hold for any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.model.layout import CAUSES, CUSTOMER
from ladsim.scenario.spec import Goal

# Four people, two months, each standing for ten; amounts in hundredths. Rungs: lead, customer, gone. Segments: young, old.
# Month 1: young a and b become customers (b by a's word), a orders twice. Month 2: a leaves, b orders; d was one from the start.
STEPS = (("lead", "customer", "time"), ("lead", "customer", "message"), ("customer", "gone", "time"))


def by_hand() -> History:
    counts = np.array([[[2, 0, 0], [1, 1, 0]], [[0, 2, 0], [1, 1, 0]], [[0, 1, 1], [1, 1, 0]]])
    flows = np.zeros((3, 3, 2), np.int64)
    flows[1, 0, 0] = flows[1, 1, 0] = flows[2, 2, 0] = 1
    orders = np.zeros((3, 2, 3), np.int64)
    orders[1, 0, 1], orders[2, 0, 1], orders[2, 1, 1] = 2, 1, 1
    causes = (*CAUSES, "search")
    money = np.zeros((3, len(causes), 2, 3), np.int64)
    money[1, 0, 0, 1], money[2, 0, 0, 1], money[2, 0, 1, 1] = 8000, 4000, 2000  # revenue
    money[1, 1, 0, 1], money[2, 1, 0, 1], money[2, 1, 1, 1] = -4000, -2000, -1000  # goods
    money[2, 3, 0, 1] = -500  # serving
    market = np.zeros((3, len(causes)), np.int64)
    market[1, 6] = -6000
    market[1, 5] = market[2, 5] = -100
    daily = np.zeros((61, len(causes)), np.int64)
    daily[30] = money[1].sum(axis=(1, 2)) + market[1]
    daily[60] = money[2].sum(axis=(1, 2)) + market[2]
    c = np.zeros(4, CUSTOMER)
    c["id"] = [10, 11, 12, 13]
    c["segment"], c["rung"] = [0, 0, 1, 1], [2, 1, 0, 1]
    c["cohort"] = [1, 1, -1, 0]
    c["referrer"], c["referred"] = [-1, 0, -1, -1], [0, 1, 0, 0]
    c["booked"], c["revenue"], c["contribution"], c["cost"] = (
        [2, 1, 0, 1],
        [8000, 4000, 0, 2000],
        [4000, 2000, 0, 1000],
        [-500, 0, 0, 0],
    )
    cohorts = np.zeros((3, 3, 3), np.int64)
    cohorts[0, 0, 1] = cohorts[1, 0, 1] = cohorts[2, 0, 1] = 1
    cohorts[1, 1, 1], cohorts[2, 1, 1], cohorts[2, 1, 2] = 2, 1, 1
    buyers = np.array([[0, 0, 0], [0, 1, 0], [1, 1, 0]])
    new = np.zeros((3, 2, 2), np.int64)
    new[1, 0] = [2, 1]
    leavers = np.zeros((3, 2, 4), np.int64)
    leavers[2, 0, 1] = 1
    return History(
        strategy=None, seed=1, replication=0, scale=10.0, unit=100, months=np.array([0.0, 1.0, 2.0]),
        rung_names=("lead", "customer", "gone"), step_names=tuple(".".join(s) for s in STEPS), step_ends=STEPS,
        segment_names=("young", "old"), layer_names=("friends",), kind_names=(), causes=causes,
        on_ladder=np.array([True, True, False]), is_customer=np.array([False, True, False]), talks=np.array([False, True, False]),
        discount_per_month=0.01, counts=counts, flows=flows, orders=orders, order_kinds=np.zeros((3, 0), np.int64),
        new_customers=new, money=money, market_money=market, daily=daily, messages=np.zeros((3, 1, 2), np.int64),
        cohorts=cohorts, cohort_buyers=buyers, returns=np.zeros((3, 2, 3), np.int64), leavers=leavers, customers=c,
    )  # fmt: skip


@pytest.fixture(scope="module")
def history() -> History:
    return by_hand()


def test_rung_counts_are_of_the_whole_market(history: History) -> None:
    """Month × rung, scaled; tidy says the same per segment."""
    table = measures.rung_counts(history)
    assert table.index.tolist() == [0.0, 1.0, 2.0]
    assert table.to_dict("list") == {"lead": [30, 10, 10], "customer": [10, 30, 20], "gone": [0, 0, 10]}
    tidy = measures.rung_counts(history, tidy=True)
    assert list(tidy.columns) == ["month", "segment", "rung", "customers"]
    again = tidy.pivot_table(index="month", columns="rung", values="customers", aggfunc="sum")
    assert again[list(table.columns)].to_numpy().tolist() == table.to_numpy().tolist()


def test_flows_and_conversion(history: History) -> None:
    """Flow over those who stood there at the month's start; nobody there: undefined; everybody who ever stood there as base."""
    assert measures.flows(history)["lead.customer.message"].tolist() == [10.0, 0.0]
    rate = measures.conversion_rate(history)
    assert rate["lead.customer.time"].tolist() == pytest.approx([1 / 3, 0.0])
    assert rate["customer.gone.time"].tolist() == pytest.approx([0.0, 1 / 3])
    by_segment = measures.conversion_rate(history, by="segment")
    young = by_segment[(by_segment["segment"] == "young") & (by_segment["step"] == "lead.customer.time")]
    assert young["rate"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert (young["from"].unique().tolist(), young["trigger"].unique().tolist()) == (["lead"], ["time"])
    so_far = measures.cumulative_conversion(history)
    assert so_far["customer.gone.time"].tolist() == pytest.approx([0.0, 1 / 3])
    assert so_far["lead.customer.time"].tolist() == pytest.approx([1 / 3, 1 / 3])


def test_goals_are_met_or_missed(history: History) -> None:
    """Numbers and shares of rungs and steps, between snapshots and beyond the horizon."""
    goals = [
        Goal(name="ten", rung="customer", number=30.0, by_month=1.0),
        Goal(rung="customer", share=0.6, by_month=2.0),
        Goal(step="lead.customer", number=20.0, by_month=1.5),
        Goal(step="lead.customer.message", converted_share=0.5, by_month=2.0),
        Goal(step="lead.customer", converted_share=0.6, by_month=2.0),
        Goal(rung="gone", number=1.0, by_month=3.0),
    ]
    table = measures.goal_results(history, iter(goals))
    assert table["reached"].tolist() == pytest.approx([30.0, 0.5, 20.0, 1 / 3, 2 / 3, np.nan], nan_ok=True)
    assert table["met"].tolist() == [True, False, True, False, True, pd.NA]
    assert table["goal"].tolist()[1] == "customer by month 2"
    with pytest.raises(StudyError, match="did you mean 'customer'"):
        measures.goal_results(history, [Goal(rung="custmer", number=1.0, by_month=1.0)])
    with pytest.raises(StudyError, match=r"step: found 'gone\.lead'"):
        measures.goal_results(history, [Goal(step="gone.lead", number=1.0, by_month=1.0)])


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


def test_referral(history: History) -> None:
    """Shares, R, trees and who brought whom."""
    table = measures.new_customers(history)
    assert table["referred_share"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert measures.new_customers(history, by="segment")["new"].tolist() == [20.0, 0.0, 0.0, 0.0]
    r = measures.referral_factor(history)
    assert r["referral_factor"] == pytest.approx(1.0)
    assert r["referral_factor"] == pytest.approx(r["conversions_per_advocate_month"] * r["advocacy_months"])
    assert r["warning"] == ""
    assert r["advocates_per_customer"] == pytest.approx(1.0)
    more = replace(history, new_customers=history.new_customers * 2)
    assert "Too few" in measures.referral_factor(more)["warning"]
    again = replace(more, flows=np.where(history.flows > 0, 2, 0) - (np.arange(3) == 2)[None, :, None] * (history.flows > 0))
    assert "feeds on itself" in measures.referral_factor(again)["warning"]
    assert measures.tree_sizes(history) == {1: 1, 2: 1}
    trees = measures.referral_trees(history)
    assert trees.to_dict("list") == {"root": [10, 13], "size": [2, 1], "depth": [1, 0], "contribution": [60.0, 10.0]}
    best = measures.top_referrers(history)
    assert best.to_dict("list") == {
        "customer": [10],
        "segment": ["young"],
        "rung": ["gone"],
        "referred": [1],
        "contribution": [20.0],
    }
    assert measures.customer_referral_value(history)["referral_value"].tolist() == pytest.approx([20.0])


def test_trees_of_a_chain_and_a_circle(history: History) -> None:
    """A chain of five is five deep; two who brought each other back are one tree without a root, as are three, four and a tail."""
    c = np.zeros(8, CUSTOMER)
    c["id"] = np.arange(8)
    c["referrer"], c["referred"] = [-1, 0, 1, 2, 3, 6, 5, -1], [0, 1, 1, 1, 1, 1, 1, 0]
    c["cohort"][7] = -1
    chained = replace(history, customers=c)
    trees = measures.referral_trees(chained)
    assert trees[["root", "size", "depth"]].to_numpy().tolist() == [[0, 5, 4]]
    assert measures.tree_sizes(chained) == {2: 1, 5: 1}
    c["referrer"], c["referred"] = [1, 2, 0, 0, 5, 6, 7, 4], 1
    assert measures.tree_sizes(replace(history, customers=c)) == {4: 2}
    c["referrer"] = [2, 7, 1, 6, 6, 4, 5, 0]
    assert measures.tree_sizes(replace(history, customers=c)) == {4: 2}


def test_rows_are_needed_after_slimming(history: History) -> None:
    """What needs rows per customer says so; the rest goes on."""
    with pytest.raises(StudyError, match="holds no rows per customer"):
        measures.abc_curve(history.slim())
    assert measures.churn_rate(history.slim()).equals(measures.churn_rate(history))


def test_unknown_group_is_refused(history: History) -> None:
    """`by` takes segment, rung or nothing."""
    with pytest.raises(StudyError, match="by: found 'age'"):
        measures.churn_rate(history, by="age")
    with pytest.raises(StudyError, match="by: found 'rung'"):
        measures.flows(history, by="rung")


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


def test_failures_are_asked_for_only_where_people_feel(history: History) -> None:
    """Without satisfaction there is no table of failures, as there is no score; the error says what to add."""
    for measure in (measures.service_failures, measures.net_promoter_score, measures.promoters_and_ambassadors):
        with pytest.raises(StudyError, match=r"satisfaction: found none .*give it a table \[satisfaction\]"):
            measure(history)
