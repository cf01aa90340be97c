"""Control groups: the sums by hand from the rows per customer, the interval's coverage, and what a study and a page say of them.

Tests: ``planning/holdouts.py``, ``reporting/holdouts.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import StudyError
from ladsim.measures.holdout import holdout_results
from ladsim.planning.columns import columns_of
from ladsim.planning.holdouts import chance_noticed, holdouts
from ladsim.planning.run import replicate
from ladsim.planning.tables import tables_of
from ladsim.reporting.page import page_html
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario

SPEND = 50.0


def market(effect: float, share: float = 0.5, **more: Any) -> Scenario:
    """Customers who order twice a month with a fixed basket of 10, margin 40 %; one campaign multiplies orders for all but its control group."""
    campaign = {"tactic": "mail", "monthly_spend": SPEND, "control_group_share": share, **more.pop("campaign", {})}
    data = {
        "schema": 1, "name": "Test", "months": 6, "market_size": 1000, "language": "da",
        "rungs": [{"name": "customer", "share": 1.0, "orders_per_month": 2.0}],
        "steps": [], "basket": {"law": "constant", "mean": 10.0}, "money": {"margin": 0.4},
        "tactics": [{"name": "mail", "response": {"half_at": 1e-9}, "effects": [{"on": "orders", "full": effect}]}], "campaigns": [campaign], **more,
    }  # fmt: skip
    return validated(data)


def test_sums_by_hand() -> None:
    """Each group's people, orders and contribution are those of its customers: contribution is 4 an order; spend is 50 a month."""
    history = simulate(market(0.5), seed=3)
    one = holdout_results(history).iloc[0]
    rows = history.customers
    assert rows is not None
    assert one["people_control"] + one["people_rest"] == 1000
    assert abs(one["people_control"] - 500) <= 4 * np.sqrt(250)
    orders = one["orders_control"] * one["people_control"] + one["orders_rest"] * one["people_rest"]
    assert orders == pytest.approx(rows["booked"].sum())
    assert one["contribution_rest"] == pytest.approx(4.0 * one["orders_rest"])
    assert one["uplift"] == pytest.approx(one["contribution_rest"] - one["contribution_control"])
    assert one["brought"] == pytest.approx(one["uplift"] * one["people_rest"])
    assert one["spend"] == pytest.approx(6 * SPEND)


def test_uplift_against_its_closed_form() -> None:
    """Orders are Poisson: the control group has 12 a head, the rest 12 · 1.5; the error is 4 · √(12 ÷ n₀ + 18 ÷ n₁). |z| ≤ 4."""
    found = [holdout_results(simulate(market(0.5), seed=5, replication=k)).iloc[0] for k in range(20)]
    uplift, error = (np.array([one[name] for one in found]) for name in ("uplift", "standard_error"))
    assert abs(uplift.mean() - 24.0) <= 4 * error.mean() / np.sqrt(20)
    heads = np.array([[one["people_control"], one["people_rest"]] for one in found])
    assert error == pytest.approx(4.0 * np.sqrt(12.0 / heads[:, 0] + 18.0 / heads[:, 1]), rel=0.1)


def test_nothing_is_found_where_nothing_is_done() -> None:
    """A campaign without effect: about 95 % of the intervals hold 0 (binomial, |z| ≤ 4), and no uplift but luck."""
    found = [holdout_results(simulate(market(0.0), seed=2, replication=k)).iloc[0] for k in range(60)]
    held = sum(one["low"] <= 0.0 <= one["high"] for one in found)
    assert abs(held - 57.0) <= 4 * np.sqrt(60 * 0.95 * 0.05)


def both_groups(history: History) -> tuple[float, float]:
    one = holdout_results(history).iloc[0]
    return float(one["people_control"]), float(one["orders_rest"] - one["orders_control"])


def test_campaigns_after_an_event() -> None:
    """A contact after the first order has a control group too: left out are its share of the segments it is for, and the rest order more."""
    event = {"after": "first_order", "lasts_days": 180.0, "cost_per_contact": 1.0, "monthly_spend": 0.0, "segments": ["a"]}
    halves = [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5}]
    new = {"name": "customer", "share": 1.0, "orders_per_month": 2.0, "bought_before": False}
    history = simulate(market(1.0, campaign=event, segments=halves, rungs=[new]), seed=4)
    people, more = both_groups(history)
    assert abs(people - 250) <= 4 * np.sqrt(125)
    assert more > 4.0
    one = holdout_results(history).iloc[0]
    assert one["people_control"] + one["people_rest"] == 500
    contacted = history.members[:, 0].sum(axis=0)
    assert one["spend"] == pytest.approx(contacted[9])  # M_CONTACTS, 1 each
    old = simulate(market(1.0, campaign=event, segments=halves), seed=4)
    assert old.members.sum() == 0  # who starts as a customer has had a first order long ago


def test_engines_agree() -> None:
    """Both engines leave the same sums."""
    small = market(0.5, market_size=200)
    fast, slow = (simulate(small, seed=3, engine=name) for name in ("fast", "simpy"))
    assert fast.holdouts.shape == (1, 2, 5)
    assert fast.equals(slow)


def test_without_control_groups() -> None:
    """Asked for none, it says so."""
    with pytest.raises(StudyError, match="control_group_share"):
        holdout_results(simulate(market(0.5, share=0.0), seed=1))


def test_chance_to_notice() -> None:
    """The power of a two-sided test at 5 %: 80 % at 2.80 standard errors, 5 % at none."""
    assert chance_noticed(2.8016, 1.0) == pytest.approx(0.8, abs=1e-3)
    assert chance_noticed(0.0, 1.0) == pytest.approx(0.05, abs=1e-3)
    assert np.isnan(chance_noticed(1.0, 0.0))


def test_in_a_study_and_on_its_page() -> None:
    """A study has the table, every column explained; the error is the market's, √scale below the sample's; the page shows it in Danish."""
    study = replicate(market(0.5), replications=4, sample=250)
    table = holdouts(study)
    one = table.iloc[0]
    assert one["people_control"] + one["people_rest"] == pytest.approx(1000)
    assert one["standard_error"] == pytest.approx(4.0 * np.sqrt(12.0 / 500 + 18.0 / 500), rel=0.2)
    assert one["chance_noticed"] > 0.999
    tables = tables_of(study)
    assert (tables["control_groups"]["strategy"] == "base").all()
    said = columns_of({"control_groups": tables["control_groups"]}, "DKK")
    assert (said["meaning"] != "").all()
    page = page_html(study)
    assert "Hvad kontrolgrupperne siger" in page
    assert "Mail" in page or "mail" in page
