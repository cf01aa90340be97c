"""Laws of the measures on real runs: nothing is lost between what was booked or logged and what is shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.scenario.load import load, loads

SCENARIOS = Path(__file__).parent.parent / "markets"
TALK = """
[[steps]]
from = "lead"
to = "prospect"
trigger = "message"
probability = 0.4
[[steps]]
from = "prospect"
to = "customer"
trigger = "message"
probability = 0.3
[[word_of_mouth]]
layer = "friends"
graph = { kind = "barabasi_albert", links = 4 }
messages_per_month = { repeat = 1.0, ambassador = 2.0 }
[[segments]]
name = "young"
share = 0.4
factors = { orders = 1.5 }
[[segments]]
name = "old"
share = 0.6
[basket]
law = "lognormal"
mean = 20
spread = 0.6
[money]
margin = 0.6
fixed_cost_per_month = 100
discount_per_year = 0.08
[[channels]]
name = "search"
response = { half_at = 0.3 }
effects = [{ on = "steps.lead.prospect", full = 1.0 }]
[[campaigns]]
channel = "search"
monthly_spend = 1_500
to_month = 6
"""


@pytest.fixture(scope="module")
def talking() -> History:
    """A sample of 1,000 of 10,000 people who talk, with segments, a campaign and the log."""
    text = (SCENARIOS / "workload_without_messages.toml").read_text(encoding="utf-8")
    return simulate(loads(text.replace("months = 24", "months = 12.5") + TALK), seed=3, sample=1_000, log=True)


def test_people_are_conserved(talking: History) -> None:
    """Rows sum to the market; what changes on a rung is what flows in less what flows out, to the last person."""
    counts, flows = measures.rung_counts(talking), measures.flows(talking)
    assert counts.sum(axis=1).to_numpy() == pytest.approx(np.full(len(counts), 10_000.0))
    assert counts.index[-1] == 12.5
    for rung in talking.rung_names:
        into = [s for s, (_, to, _) in zip(talking.step_names, talking.step_ends, strict=True) if to == rung]
        out = [s for s, (origin, _, _) in zip(talking.step_names, talking.step_ends, strict=True) if origin == rung]
        change = flows[into].sum(axis=1) - flows[out].sum(axis=1)
        assert np.diff(counts[rung]) == pytest.approx(change.to_numpy(), abs=1e-6)


def test_money_booked_is_money_reported(talking: History) -> None:
    """All tables of money end at the same profit, and every person's money adds up to the market's."""
    profit = talking.profit_units * talking.scale / talking.unit
    assert measures.income_statement(talking)["cumulative_profit"].iloc[-1] == pytest.approx(profit, rel=1e-12)
    assert measures.present_value(talking).set_index("cause").loc["profit", "amount"] == pytest.approx(profit, rel=1e-12)
    assert measures.discounted_profit(talking)["profit"].sum() == pytest.approx(profit, rel=1e-12)
    assert measures.money_by_cause(talking, by="segment")["amount"].sum() == pytest.approx(profit, rel=1e-9)
    assert measures.summarise(talking).scalars["profit"] == pytest.approx(profit, rel=1e-12)
    assert measures.income_statement(talking)["spend"].sum() == pytest.approx(9_000.0, rel=1e-6)
    values = measures.customer_lifetime_value(talking)
    contribution = measures.income_statement(talking)["contribution"].sum()
    assert (values["customers"] * values["contribution"]).sum() == pytest.approx(contribution, rel=1e-9)
    assert measures.abc_classes(talking)["contribution"].sum() == pytest.approx(contribution, rel=1e-9)


def test_referrals_agree_with_each_other(talking: History) -> None:
    """Flags, books, trees and the list of referrers count the same people."""
    referred = int(talking.new_customers[:, :, 1].sum())
    assert referred > 20
    assert measures.new_customers(talking)["referred"].sum() == pytest.approx(referred * talking.scale)
    trees = measures.referral_trees(talking)
    assert int((trees["size"] - 1).sum()) == referred
    assert int(measures.top_referrers(talking, 10_000)["referred"].sum()) == referred
    assert dict(trees["size"].value_counts()) == measures.tree_sizes(talking)
    assert (trees["depth"] < trees["size"]).all()


def test_orders_agree_with_the_log(talking: History) -> None:
    """Repurchase rate, order counts and monthly buyers, counted again from the event log."""
    events = talking.events()
    per_customer = events[events["event"] == "order"].groupby("customer").size()
    row = measures.repurchase_rate(talking).iloc[0]
    assert row["buyers"] == pytest.approx(len(per_customer) * talking.scale)
    assert row["share"] == pytest.approx((per_customer >= 2).mean())
    assert measures.summarise(talking).scalars["orders"] == pytest.approx(per_customer.sum() * talking.scale)
    by_rung = measures.purchase_frequency(talking, by="rung")
    assert by_rung["orders"].sum() == pytest.approx(per_customer.sum() * talking.scale)


def test_rates_find_the_numbers_of_the_scenario() -> None:
    """A churn hazard of .1 a month gives a lifetime of 10 months, orders at .5 a month a frequency of .5, within 4 standard errors."""
    scenario = loads(
        """schema = 1
name = "one rung"
months = 12
market_size = 3000
[[rungs]]
name = "customer"
share = 1.0
orders_per_month = 0.5
[[rungs]]
name = "gone"
off_ladder = "lost"
[[steps]]
from = "customer"
to = "gone"
rate = 0.1
"""
    )
    history = simulate(scenario, seed=5)
    row = measures.customer_lifetime(history).iloc[0]
    assert row["months"] == pytest.approx(10.0, rel=4 / np.sqrt(row["lost"]) + 0.001)
    s = measures.summarise(history).scalars
    assert s["purchase_frequency"] == pytest.approx(0.5, rel=4 / np.sqrt(s["orders"]) + 0.001)
    curve = measures.retention_curve(history).loc[0]
    ages = np.arange(13)
    share = np.exp(-0.1 * ages)
    assert (np.abs(curve.to_numpy() - share) <= 4 * np.sqrt(share * (1 - share) / 3000) + 1e-12).all()


def test_a_partial_last_month_is_no_whole_one() -> None:
    """Frequencies divide by the time lived, so half a month at the end does not halve them."""
    history = simulate(load(SCENARIOS / "poisson_orders.toml").model_copy(update={"months": 2.5}), seed=1)
    table = measures.purchase_frequency(history)
    assert table["month"].tolist() == [1.0, 2.0, 2.5]
    assert table["customers"].tolist() == [5000.0] * 3
    assert table["per_month"].to_numpy() == pytest.approx(np.full(3, 0.5), rel=0.12)
