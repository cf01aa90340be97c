"""The measures of the field beside those of ``test_tables``: counted by hand on its small history, and against theory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import StudyError
from ladsim.model.layout import CUSTOMER
from ladsim.scenario.load import load
from ladsim.scenario.tables import tables
from ladsim.scenario.variants import override
from ladsim.theory.lifetime import expected_customer_equity, expected_lifetime_value
from ladsim.theory.markov import lifetime_orders, lifetime_value, occupancy
from tests.measures.test_tables import by_hand

SCENARIOS = Path(__file__).parent.parent / "scenarios"
REPLICATIONS = 30
V1 = {"lead": 59.86309, "prospect": 95.04927, "customer": 225.79747, "repeat": 320.30788, "ambassador": 458.75076}


@pytest.fixture(scope="module")
def history() -> History:
    """Four people, two months, each standing for ten; see ``test_tables``."""
    return by_hand()


def futures(name: str, size: int, **changes: float) -> Iterator[History]:
    """Replications of a scenario with so many people."""
    scenario = load(SCENARIOS / f"{name}.toml")
    scenario = override(scenario, changes) if changes else scenario
    for replication in range(REPLICATIONS):
        yield simulate(scenario, seed=31, replication=replication, sample=size)


def close(values: list[float], expected: float) -> None:
    """|mean − expected| ≤ 4 standard errors over replications."""
    found = np.array(values)
    z = (found.mean() - expected) / (found.std(ddof=1) / np.sqrt(len(found)))
    assert abs(z) <= 4.0, f"z = {z:.2f}: found {found.mean():.6g}, expected {expected:.6g}"


def test_ambassadors_stand_on_the_highest_rung_unless_another_is_named_so(history: History) -> None:
    """The top of the ladder by default, a rung called ambassador before it, or the one asked for; shares of all customers."""
    table = measures.number_of_ambassadors(history)
    assert table["rung"].unique().tolist() == ["customer"]
    assert table["ambassadors"].tolist() == [10.0, 30.0, 20.0]
    assert table["share_of_customers"].tolist() == [1.0, 1.0, 1.0]
    named = replace(history, rung_names=("Ambassadør", "partner", "gone"))
    assert measures.number_of_ambassadors(named)["rung"].iloc[0] == "Ambassadør"
    assert measures.number_of_ambassadors(named)["share_of_customers"].tolist() == pytest.approx([0.75, 0.25, 1 / 3])
    by_segment = measures.number_of_ambassadors(history, rung="lead", by="segment")
    assert by_segment["segment"].tolist() == ["young", "old"] * 3
    assert by_segment["ambassadors"].tolist() == [20.0, 10.0, 0.0, 10.0, 0.0, 10.0]
    assert by_segment["share_of_customers"].tolist() == pytest.approx([1.0, 0.5, 0.0, 0.5, 0.0, 0.5])
    with pytest.raises(StudyError, match="did you mean 'lead'"):
        measures.number_of_ambassadors(history, rung="leed")


def test_returning_customers_were_customers_before_the_month(history: History) -> None:
    """Month 1: its one buyer is new. Month 2: b, won in month 1, and d, there from the start, both return."""
    table = measures.share_of_returning_customers(history)
    assert table[["buyers", "returning", "new"]].to_numpy().tolist() == [[10.0, 0.0, 10.0], [20.0, 20.0, 0.0]]
    assert table["share"].tolist() == [0.0, 1.0]
    assert measures.summarise(history).scalars["returning_share"] == pytest.approx(2 / 3)
    nobody = replace(history, cohort_buyers=np.zeros_like(history.cohort_buyers))
    assert np.isnan(measures.share_of_returning_customers(nobody)["share"]).all()


def test_referral_value_belongs_to_the_segment_of_who_referred(history: History) -> None:
    """a (young) brought b, who left 20: one stands for ten, so 200 in all and 20 per customer who referred."""
    row = measures.customer_referral_value(history).iloc[0]
    assert row.tolist() == [10.0, 10.0, 200.0, 20.0]
    by_segment = measures.customer_referral_value(history, by="segment").set_index("segment")
    assert by_segment.loc["young"].tolist() == [10.0, 10.0, 200.0, 20.0]
    assert by_segment.loc["old", "referred_customers"] == 0.0
    assert np.isnan(by_segment.loc["old", "referral_value"])
    c = np.zeros(4, CUSTOMER)
    c["referrer"], c["referred"], c["contribution"], c["cost"] = (
        [-1, 0, 0, 2],
        [0, 1, 1, 1],
        [0, 1000, 500, 700],
        [0, 0, -200, -100],
    )
    three = measures.customer_referral_value(replace(history, customers=c)).iloc[0]
    assert three.tolist() == pytest.approx([20.0, 30.0, 190.0, 9.5])
    with pytest.raises(StudyError, match="by: found 'rung'"):
        measures.customer_referral_value(history, by="rung")


def test_stability_of_two_months(history: History) -> None:
    """800 and 600: a standard deviation of 100√2 on a mean of 700; a line needs three months, the futures must be two."""
    row = measures.revenue_stability(history).iloc[0]
    assert row[["futures", "months", "revenue_per_month", "revenue"]].tolist() == [1, 2, 700.0, 1400.0]
    assert row["month_to_month"] == pytest.approx(np.sqrt(20_000) / 700)
    assert np.isnan(row["around_trend"]) and np.isnan(row["future_to_future"])
    other = replace(history, money=history.money * 2)
    both = measures.revenue_stability([history, other]).iloc[0]
    assert both["future_to_future"] == pytest.approx(np.sqrt(2 * 700.0**2) / 2100.0)
    assert both["month_to_month"] == pytest.approx(np.sqrt(20_000) / 700)
    by_segment = measures.revenue_stability(history, by="segment").set_index("segment")
    assert by_segment["month_to_month"].tolist() == pytest.approx([np.sqrt(80_000) / 600, np.sqrt(20_000) / 100])
    assert measures.summarise(history).scalars["revenue_variation"] == pytest.approx(np.sqrt(20_000) / 700)


def test_growth_is_no_spread_around_its_line(history: History) -> None:
    """Four months that grow by the same amount swing around the mean, not around the line; a month cut short is left out."""
    money = np.zeros((6, *history.money.shape[1:]), np.int64)
    money[1:, 0, 0, 1] = [1000, 2000, 3000, 4000, 100]
    grown = replace(history, months=np.array([0.0, 1, 2, 3, 4, 4.1]), money=money)
    row = measures.revenue_stability(grown).iloc[0]
    assert row["months"] == 4
    assert row["month_to_month"] == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 2.5)
    assert row["around_trend"] == pytest.approx(0.0, abs=1e-12)
    assert row["revenue"] == pytest.approx(1010.0)


def test_stability_refuses_what_cannot_be_pooled(history: History) -> None:
    """Futures of other lengths, and none at all."""
    with pytest.raises(StudyError, match="futures of one scenario"):
        measures.revenue_stability([history, replace(history, months=np.array([0.0, 1.0, 1.5]))])
    with pytest.raises(StudyError, match="found none"):
        measures.revenue_stability([])


def test_price_sensitivity_is_an_arc(history: History) -> None:
    """Four orders before, two after at a price 1.5 times as high: (−2/3) / 0.4; the way back gives the same."""
    fewer = replace(history, orders=np.where(np.arange(3)[:, None, None] == 1, 0, history.orders))
    row = measures.price_sensitivity(history, fewer, 1.5).iloc[0]
    assert row[["orders_before", "orders_after"]].tolist() == [40.0, 20.0]
    assert row["change_of_orders"] == pytest.approx(-2 / 3)
    assert row["change_of_price"] == pytest.approx(0.4)
    assert row["elasticity"] == pytest.approx(-5 / 3)
    assert np.isnan(row["low"])
    back = measures.price_sensitivity(fewer, history, 1 / 1.5).iloc[0]
    assert back["elasticity"] == pytest.approx(-5 / 3)
    by_segment = measures.price_sensitivity([history] * 4, [fewer] * 4, 1.5, by="segment").set_index("segment")
    assert by_segment["elasticity"].tolist() == pytest.approx([-1 / 0.4, 0.0])
    assert by_segment.loc["old", ["low", "high"]].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("ratio", [0.0, 1.0, -2.0, float("nan"), float("inf")])
def test_a_price_that_does_not_change_has_no_elasticity(history: History, ratio: float) -> None:
    """The price ratio must say how the price changed."""
    with pytest.raises(StudyError, match="price_ratio: found"):
        measures.price_sensitivity(history, history, ratio)


def test_price_sensitivity_needs_futures_in_pairs(history: History) -> None:
    """As many after as before."""
    with pytest.raises(StudyError, match="must be as in before"):
        measures.price_sensitivity([history, history], [history], 1.1)


def test_customer_equity_by_hand(history: History) -> None:
    """Earned 400 on day 30 and 250 on day 60, spend 600 on day 30, fixed costs left out; by segment at mid-month."""
    day = [np.exp(-0.01 * (d - 0.5) / 30) for d in (30, 60)]
    row = measures.customer_equity(history).iloc[0]
    assert row["earned"] == pytest.approx(400 * day[0] + 250 * day[1])
    assert row["spend"] == pytest.approx(600 * day[0])
    assert row["customer_equity"] == pytest.approx(-200 * day[0] + 250 * day[1])
    assert row["still_to_come"] == 0.0
    assert measures.summarise(history).scalars["customer_equity"] == pytest.approx(row["customer_equity"])
    value = pd.Series({"lead": 1.0, "customer": 10.0, "gone": 0.0})
    more = measures.customer_equity(history, value).iloc[0]
    assert more["still_to_come"] == pytest.approx(np.exp(-0.02) * (10 * 1.0 + 20 * 10.0))
    assert more["customer_equity"] == pytest.approx(row["customer_equity"] + more["still_to_come"])
    by_segment = measures.customer_equity(history, value, by="segment").set_index("segment")
    month = [np.exp(-0.01 * m) for m in (0.5, 1.5)]
    assert by_segment["earned"].tolist() == pytest.approx([400 * month[0] + 150 * month[1], 100 * month[1], 0.0])
    assert by_segment["spend"].tolist() == pytest.approx([0.0, 0.0, 600 * month[0]])
    assert by_segment["still_to_come"].tolist() == pytest.approx([np.exp(-0.02) * 100, np.exp(-0.02) * 110, 0.0])
    with pytest.raises(StudyError, match="no value for 'gone'"):
        measures.customer_equity(history, value.drop("gone"))


def test_expected_values_of_the_reference_ladder() -> None:
    """V1: the printed values by contribution less cost; revenue and contribution apart; orders to come, undiscounted."""
    scenario = load(SCENARIOS / "reference_ladder.toml")
    table = expected_lifetime_value(scenario).set_index("rung")
    assert table["value"].drop("gone").to_dict() == pytest.approx(V1, abs=6e-6)
    assert table["value"].tolist() == pytest.approx((table["contribution"] - table["cost"]).tolist())
    half = expected_lifetime_value(override(scenario, {"money.margin": 0.5})).set_index("rung")
    assert half["revenue"].tolist() == pytest.approx(table["revenue"].tolist())
    assert half["contribution"].tolist() == pytest.approx((table["revenue"] / 2).tolist())
    forever = expected_lifetime_value(scenario, discount_per_year=0.0).set_index("rung")
    assert forever["orders"].tolist() == pytest.approx(lifetime_orders(tables(scenario))["mean"].tolist())
    assert forever.loc["customer", "revenue"] == pytest.approx(20 * 18.88889, abs=1e-3)
    assert forever["value"].tolist() == pytest.approx(lifetime_value(tables(scenario), 0.0).tolist())


def test_customer_equity_of_the_reference_ladder() -> None:
    """V1: what 12 months bring and what is then still to come is together the value of a lead, whatever part has been realised."""
    scenario = load(SCENARIOS / "reference_ladder.toml")
    found = [expected_customer_equity(h, scenario).iloc[0] for h in futures("reference_ladder", 500)]
    close([row["customer_equity"] / 5000 for row in found], V1["lead"])
    there = occupancy(tables(scenario), "lead", 12.0)
    later = sum(there[rung] * value for rung, value in V1.items()) / 1.1
    close([row["still_to_come"] / 5000 for row in found], later)
    one = next(futures("reference_ladder", 500))
    parts = expected_customer_equity(one, scenario, by="segment")["customer_equity"].sum()
    assert parts == pytest.approx(expected_customer_equity(one, scenario)["customer_equity"][0], rel=1e-4)


def test_ambassadors_of_the_reference_ladder() -> None:
    """V1: .006212 of the leads are ambassadors after 12 months."""
    close(
        [measures.number_of_ambassadors(h)["ambassadors"].iloc[-1] / 5000 for h in futures("reference_ladder", 2_000)], 0.006212
    )


def test_revenue_from_future_to_future_of_the_reference_ladder() -> None:
    """V1: orders of a lifetime have mean 18.88889 and sd 29.29706, so totals of n customers spread by their ratio ÷ √n."""
    spread = measures.revenue_stability(futures("reference_ladder_from_customer", 300)).iloc[0]["future_to_future"]
    expected = 29.29706 / 18.88889 / np.sqrt(300)
    assert abs(spread / expected - 1.0) <= 4.0 / np.sqrt(2 * (REPLICATIONS - 1))


def test_revenue_from_month_to_month_of_poisson_orders() -> None:
    """5,000 customers with half an order a month each: months spread by 1/√2500 around their mean."""
    close([measures.revenue_stability(h).iloc[0]["month_to_month"] ** 2 for h in futures("poisson_orders", 5_000)], 1 / 2500)


def test_price_sensitivity_finds_the_elasticity_put_in() -> None:
    """Orders that fall with price to the power −2 have the arc elasticity (q−1)/(q+1) ÷ (r−1)/(r+1), q = r⁻²."""
    rate = 0.5 / 1.1**2
    before, after = (
        list(futures("poisson_orders", 500)),
        list(futures("poisson_orders", 500, **{"rungs.customer.orders_per_month": rate})),
    )
    row = measures.price_sensitivity(before, after, 1.1).iloc[0]
    q = 1.1**-2
    expected = (q - 1) / (q + 1) / (0.1 / 2.1)
    half = (row["high"] - row["low"]) / 2
    assert abs(row["elasticity"] - expected) <= 2 * half
    assert 0 < half < 0.3
