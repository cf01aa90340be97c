"""Expected lifetime value where it can be worked out by hand."""

from __future__ import annotations

from math import log

import pytest

from ladsim.engine.run import simulate
from ladsim.errors import StudyError
from ladsim.measures import customer_lifetime_value, repurchase_rate
from ladsim.scenario.load import load, loads, validated
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import tables
from ladsim.theory.lifetime import expected_lifetime_value, mean_lifetime
from ladsim.theory.markov import lifetime_orders, lifetime_value
from tests.measures.futures import V1


def two_at_once(probability: float, discount: float) -> Scenario:
    """Customers order twice a month; an order may lead up, and then is followed by the order that the step is. On top nobody orders."""
    return loads(
        f"""
name = "two at once"
months = 12
market_size = 100
[[rungs]]
name = "customer"
share = 1.0
orders_per_month = 2.0
[[rungs]]
name = "done"
[[steps]]
from = "customer"
to = "done"
trigger = "order"
probability = {probability}
is_order = true
[basket]
law = "constant"
mean = 10
[money]
margin = 0.4
discount_per_year = {discount}
"""
    )


@pytest.mark.parametrize(("probability", "orders"), [(1.0, 2.0), (0.5, 3.0), (0.25, 5.0)])
def test_a_step_by_order_that_is_an_order_counts_both(probability: float, orders: float) -> None:
    """With probability p there are 1/p orders until the step, and the step's own: 1/p + 1, for a revenue of 10 each.

    Counted once, the last two would be one: a tenth to a half of a customer's orders, and the worth of climbing with them, would be
    missing in silence where a scenario says that who comes back becomes a subscriber by buying.
    """
    found = expected_lifetime_value(two_at_once(probability, 0.0)).set_index("rung").loc["customer"]
    assert found["orders"] == pytest.approx(orders, rel=1e-12)
    assert found["revenue"] == pytest.approx(10.0 * orders, rel=1e-12)
    assert found["contribution"] == pytest.approx(4.0 * orders, rel=1e-12)


def test_discounted_orders_by_hand() -> None:
    """At 2p steps a month, V = (2(1 − p) + 2 · 2p) ÷ (δ + 2p) with δ = ln 1.1 ÷ 12: 3 ÷ (1 + δ) at p = ½."""
    found = expected_lifetime_value(two_at_once(0.5, 0.1)).set_index("rung").loc["customer"]
    assert found["orders"] == pytest.approx(3.0 / (1.0 + log(1.1) / 12.0), rel=1e-12)


def test_ranges_have_no_closed_form() -> None:
    """Each of them is named, with what to ask instead; and so is a word by which nothing can be split."""
    with pytest.raises(StudyError, match=r"^rungs\..*: found ranges, must be one value each"):
        expected_lifetime_value(load("coffee_chain"))
    history = simulate(load("coffee_chain"), sample=100)
    for measure in (repurchase_rate, customer_lifetime_value):
        with pytest.raises(StudyError, match=r"^by: found 'shoe_size', must be 'segment', 'rung' or None"):
            measure(history, by="shoe_size")  # type: ignore[operator]


def test_expected_values_of_the_reference_ladder() -> None:
    """V1: the printed values by contribution less cost; revenue and contribution apart; orders to come, undiscounted."""
    scenario = load("classics/reference_ladder")
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


def test_how_long_a_customer_stays() -> None:
    """One ÷ the rate of leaving; through two rungs the sum; a customer who returns is another stay; for ever where some never leave."""
    rungs = [{"name": "lead", "share": 0.5}, {"name": "new"}, {"name": "loyal"}, {"name": "gone", "off_ladder": True}]
    steps = [
        {"from": "lead", "to": "new", "rate": 0.1},
        {"from": "new", "to": "loyal", "rate": 0.1},
        {"from": "new", "to": "gone", "rate": 0.3},
        {"from": "loyal", "to": "gone", "rate": 0.05},
        {"from": "gone", "to": "new", "rate": 0.2},
    ]
    for rung in rungs[1:3]:
        rung |= {"orders_per_month": 1.0}

    def months(shares: list[float], moves: list[dict[str, object]]) -> float:
        ladder = [rung | {"share": share} for rung, share in zip(rungs, shares, strict=True)]
        data = {
            "schema": 1,
            "name": "x",
            "months": 6,
            "market_size": 100,
            "basket": {"mean": 9.0},
            "rungs": ladder,
            "steps": moves,
        }
        return mean_lifetime(tables(validated(data)))

    new = 1 / 0.4 + 0.1 / 0.4 * 20.0
    assert months([0.5, 0.5, 0.0, 0.0], steps) == pytest.approx(new, rel=1e-12)
    assert months([0.2, 0.2, 0.6, 0.0], steps) == pytest.approx(0.25 * new + 0.75 * 20.0, rel=1e-12)
    assert months([1.0, 0.0, 0.0, 0.0], steps) == pytest.approx(new, rel=1e-12), "nobody starts as one: as who is won"
    assert months([0.5, 0.5, 0.0, 0.0], steps[:3]) == float("inf")
    with pytest.raises(StudyError, match="nobody becomes one"):
        months([1.0, 0.0, 0.0, 0.0], [])
