"""What segments' own margins add to the value of a run, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

import ladsim
from ladsim.planning.marginal_value import extra_margins, value_at_own_margins
from ladsim.scenario.load import validated
from tests.programs.played import market

SEGMENTS = [{"name": "dear", "share": 0.5, "margin": 0.7}, {"name": "plain", "share": 0.5}]


def scenario(**more: Any) -> ladsim.Scenario:
    """Customers who order on a date each month, an order of 10, at a margin of .4, or of .7."""
    rungs = [{"name": "customer", "share": 1.0}]
    steps = [{"from": "customer", "to": "customer", "trigger": "renewal", "months": 1.0, "probability": 1.0, "is_order": True}]
    return validated(market([], rungs=rungs, steps=steps, segments=SEGMENTS, money={"margin": 0.4, **more}))


def test_margins_beside_the_markets() -> None:
    """A segment without one has the market's; a market without segments is one."""
    assert extra_margins(scenario()).tolist() == pytest.approx([0.3, 0.0])
    assert extra_margins(validated(market([], money={"margin": 0.4}))).tolist() == [0.0]


def test_revenue_counts_from_the_middle_of_its_month() -> None:
    """30 of 60 people have .3 more of each order of 10, one at the end of each of 6 months."""
    plain = ladsim.simulate(scenario())
    assert value_at_own_margins(plain, scenario()) == pytest.approx(0.3 * 30 * 10 * 6)
    yearly = scenario(discount_per_year=0.12)
    middles = [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]
    by_hand = 0.3 * 30 * 10 * sum(1.12 ** (-month / 12) for month in middles)
    assert value_at_own_margins(ladsim.simulate(yearly), yearly) == pytest.approx(by_hand)
    assert value_at_own_margins(plain, validated(market([], money={"margin": 0.4}))) == 0.0
