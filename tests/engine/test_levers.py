"""Audiences, tiring, seasons, prices, engagement: what the plan makes of them, against numbers counted by hand.

Tests: ``engine/targeting.py``, ``model/engagement.py``, ``scenario/audiences.py``, ``scenario/consent.py``,
``scenario/season_tables.py``, ``scenario/tables.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ladsim.engine.kernel import Fast
from ladsim.engine.run import prepared, simulate
from ladsim.engine.simulation import Simulation
from ladsim.engine.targeting import audience_share
from ladsim.model.layout import MONTH
from ladsim.scenario.load import validated
from ladsim.scenario.tables import tables
from ladsim.theory.expected import expected_rung_counts
from ladsim.theory.markov import reason_not
from ladsim.world.build import build

RUNGS = [
    {"name": "lead", "share": 0.25},
    {"name": "customer", "share": 0.5, "orders_per_month": 5.0},
    {"name": "fan", "share": 0.25, "orders_per_month": 5.0},
    {"name": "lapsed", "off_ladder": True},
]
SILENCE = {"name": "silence", "response": {"curve": "linear", "half_at": 0.001}, "effects": [{"on": "orders", "full": -1.0}]}
LIFT = {"name": "lift", "response": {"curve": "linear", "half_at": 0.001}, "effects": [{"on": "orders", "full": 1.0}]}


def market(**more: Any) -> dict[str, Any]:
    """Three rungs whose people stay, 5 orders a month."""
    return {"schema": 1, "name": "still", "months": 3, "market_size": 4_000, "rungs": RUNGS, **more}


def silent_share(data: dict[str, Any], rung: str) -> tuple[float, int]:
    """Share of the customers of a rung who have not ordered within three months (by themselves: e^−15), and how many there are."""
    scenario = validated(data)
    history = simulate(scenario, seed=5)
    assert history.customers is not None
    here = history.customers[history.customers["rung"] == history.rung_names.index(rung)]
    return float((here["booked"] == 0).mean()), len(here)


def set_up(data: dict[str, Any]) -> Simulation:
    """A market at time 0, on the fast engine, begun."""
    laid_out = tables(validated(data))
    simulation = prepared(laid_out, build(laid_out.scenario), Fast)
    simulation.start()
    return simulation


CAMPAIGN = {"channel": "silence", "monthly_spend": 4_000.0, "to": ["customer"]}
REACH: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, float]]] = {
    "everybody": ({}, {}, {"customer": 1.0, "fan": 0.0}),
    "a control group": ({"control_group_share": 0.3}, {}, {"customer": 0.7, "fan": 0.0}),
    "consent": ({}, {"contacts": {"consent_share": 0.6}}, {"customer": 0.6, "fan": 0.0}),
    "both": ({"control_group_share": 0.3}, {"contacts": {"consent_share": 0.6}}, {"customer": 0.42, "fan": 0.0}),
    "wrong rungs": ({"wrong_rung_share": 0.2}, {}, {"customer": 0.8, "fan": 0.1}),
}


@pytest.mark.parametrize("case", REACH)
@pytest.mark.parametrize("rung", ["customer", "fan"])
def test_who_is_reached(case: str, rung: str) -> None:
    """The campaign takes its audience's orders away: the share without orders is the share reached, |z| ≤ 4."""
    campaign, more, expected = REACH[case]
    channel = SILENCE | {"needs_consent": True}
    found, n = silent_share(market(channels=[channel], campaigns=[CAMPAIGN | campaign], **more), rung)
    p = expected[rung]
    assert abs(found - p) <= 4.0 * np.sqrt(max(p * (1.0 - p), 1e-12) / n) + 1e-9


def test_nobody_is_mistaken_where_there_is_one_rung() -> None:
    """Who can be taken for nobody else is reached, also where the rung is not the first of the file."""
    rungs = [{"name": "lapsed", "off_ladder": True, "share": 0.5}, RUNGS[1]]
    campaign = CAMPAIGN | {"wrong_rung_share": 0.5}
    data = market(rungs=rungs, channels=[SILENCE], campaigns=[campaign]) | {"market_size": 100}
    assert silent_share(data, "customer") == (1.0, 50)


def test_two_that_err_differently() -> None:
    """Who errs less errs where the other errs too: of those mistaken by the better, all are by the worse."""
    better = CAMPAIGN | {"wrong_rung_share": 0.1, "name": "better"}
    worse = CAMPAIGN | {"wrong_rung_share": 0.4, "name": "worse"}
    data = market(channels=[SILENCE], campaigns=[better, worse])
    found, n = silent_share(data, "customer")  # reached by one of them: all whom the better knows
    assert abs(found - 0.9) <= 4.0 * np.sqrt(0.09 / n)


def test_audience_as_expected() -> None:
    """Of three rungs, 20 % taken for one of the two others: .8 of the own, .1 of each other, .2/3 of those off the ladder; times consent."""
    campaign = CAMPAIGN | {"wrong_rung_share": 0.2, "control_group_share": 0.5}
    laid_out = tables(
        validated(market(channels=[SILENCE | {"needs_consent": True}], campaigns=[campaign], contacts={"consent_share": 0.6}))
    )
    found = audience_share(laid_out, laid_out.campaigns[0])
    assert found == pytest.approx(np.array([0.1, 0.8, 0.1, 0.2 / 3]) * 0.3)
    assert "whom a campaign reaches" in (reason_not(laid_out) or "")


def test_contacts_tire() -> None:
    """6 contacts where 2 are free, tiring .25: e^−1 of the effect is left."""
    one = {"channel": "lift", "monthly_spend": 4_000.0, "to": ["customer"], "contacts_per_month": 6.0}
    simulation = set_up(market(channels=[LIFT], campaigns=[one], contacts={"tolerated_per_month": 2.0, "fatigue": 0.25}))
    simulation.plan.act(0)
    assert simulation.rules.lever_rung["orders"][0] == pytest.approx([1.0, 1.0 + np.exp(-1.0), 1.0, 1.0])


def test_who_spends_nothing_contacts_nobody() -> None:
    """A second campaign for the same people, whose money a policy would give, tires them only once it spends."""
    one = {"channel": "lift", "monthly_spend": 4_000.0, "to": ["customer"], "contacts_per_month": 6.0}
    other = one | {"name": "other", "monthly_spend": 0.0}
    data = market(
        channels=[LIFT],
        campaigns=[one, other],
        contacts={"tolerated_per_month": 2.0, "fatigue": 0.25, "leaving_per_contact": 0.1},
    )
    simulation = set_up(data | {"steps": [{"from": "customer", "to": "lapsed", "monthly": 0.1}]})
    for spend, excess in ((0.0, 4.0), (4e8, 10.0), (0.0, 4.0)):
        simulation.plan.set_spend(0, 1, spend)
        simulation.plan.act(0)
        tired = np.exp(-0.25 * excess)
        lifted = (1.0 + tired) ** 2 if spend else 1.0 + tired
        assert float(simulation.rules.lever_rung["orders"][0, 1]) == pytest.approx(lifted)
        assert simulation.rules.lever_step.tolist() == [[pytest.approx(1.0 + 0.1 * excess)]]


def test_many_levers_stay_a_number() -> None:
    """Three shocks of the largest size would make 10²⁷ of a basket and of a step: it is 10¹⁸, and with one more that takes all away, 0."""
    steps = [{"from": "customer", "to": "lapsed", "monthly": 0.1}]
    much = [{"on": "basket", "full": 1e9}, {"on": "steps.customer.lapsed", "full": 1e9}]
    shocks = [{"name": f"shock_{n}", "from_month": 0, "to_month": 2, "effects": much} for n in range(3)]
    off = {"name": "off", "from_month": 1, "to_month": 2, "effects": [{"on": "basket", "full": -1.0}]}
    simulation = set_up(market(steps=steps, shocks=[*shocks, off]))
    for month, basket, step in ((0, 1e18, 1e18), (1, 0.0, 1e18), (2, 1.0, 1.0)):
        simulation.plan.act(month * MONTH)
        assert simulation.rules.lever_rung["basket"].tolist() == [[basket] * 4]
        assert simulation.rules.lever_step.tolist() == [[step]]


def test_until_costs_change_the_old_ones_are_paid() -> None:
    """3,000 people at 1 a month, half of the time at 2, from the middle of a month on: 3,000 · (½ + 2 · 1½ + 1)."""
    rungs = [rung | {"cost_per_month": 0.0 if rung["name"] == "lead" else 1.0} for rung in RUNGS]
    dear = {"name": "dear", "from_month": 0.5, "to_month": 2, "effects": [{"on": "cost", "full": 1.0}]}
    history = simulate(validated(market(rungs=rungs, shocks=[dear])), seed=1)
    paid = history.money[:, history.causes.index("rung_cost")].sum() / history.unit
    assert paid == pytest.approx(-3_000 * (0.5 + 2 * 1.5 + 1))


def test_seasons_follow_the_calendar() -> None:
    """A run from November on has the factors of November, December, January."""
    import datetime

    factors = [0.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.9, 1.8]
    simulation = set_up(market(seasons=[{"factors": factors}], start_date=datetime.date(2027, 11, 1)))
    found = []
    for month in range(3):
        simulation.plan.act(month * MONTH)
        found.append(float(simulation.rules.lever_rung["orders"][0, 1]))
    assert found == pytest.approx([0.9, 1.8, 0.5])


def test_price_by_hand() -> None:
    """10 % dearer with elasticity −2: orders × 1.1^−2, a basket of 100 is paid 110, its goods still cost 50."""
    data = market(
        prices=[{"change": 0.1, "elasticity": -2.0}], basket={"mean": 100.0}, money={"margin": 0.5}, months=2,
    )  # fmt: skip
    simulation = set_up(data)
    simulation.plan.act(0)
    assert simulation.rules.lever_rung["orders"][0] == pytest.approx(np.full(4, 1.1**-2))
    history = simulate(validated(data), seed=1)
    orders = history.orders.sum()
    money = dict(zip(history.causes, history.money.sum(axis=(0, 2, 3)) / history.unit, strict=True))
    assert money["revenue"] == pytest.approx(110.0 * orders)
    assert money["goods"] == pytest.approx(-50.0 * orders)
    expected = 3_000 * 5.0 * 2 * 1.1**-2
    assert abs(orders - expected) <= 4.0 * np.sqrt(expected)


def test_a_price_is_felt_while_it_is_new() -> None:
    """`quality_loss` 5 and a price 10 % higher take half a point off every experience, for two months."""
    data = market(prices=[{"change": 0.1, "quality_loss": 5.0, "quality_loss_months": 2.0}], satisfaction={"quality": 7.0})
    simulation = set_up(data)
    found = []
    for month in range(3):
        simulation.plan.act(month * MONTH)
        found.append(float(simulation.rules.quality[0, 1]))
    assert found == pytest.approx([6.5, 6.5, 7.0])


def test_engagement_fades_and_is_kept_up() -> None:
    """Left alone it is (1 − f)^k; with an effect e on one rung, e/f + (1 − e/f)(1 − f)^k there."""
    keep = LIFT | {"name": "keep", "effects": [{"on": "engagement", "per_rung": {"fan": 0.1}}]}
    campaign = {"channel": "keep", "monthly_spend": 4_000.0, "to": ["fan"]}
    data = market(
        months=6, channels=[keep], campaigns=[campaign], engagement={"decay_per_month": 0.2, "orders_effect": 0.7},
    )  # fmt: skip
    simulation = set_up(data)
    for month in range(6):
        simulation.plan.act(month * MONTH)
        left = np.array([0.8**month, 0.5 + 0.5 * 0.8**month])
        assert simulation.rules.plan_arrays.engagement[0, [1, 2]] == pytest.approx(left)
        assert simulation.rules.lever_rung["orders"][0, [1, 2]] == pytest.approx(np.exp(0.7 * (left - 1.0)))


def test_engagement_in_the_middle_of_a_month() -> None:
    """A campaign that runs for half a month adds half of its effect; acting at other times changes nothing."""
    keep = LIFT | {"effects": [{"on": "engagement", "full": 0.1}]}
    campaign = {"channel": "lift", "monthly_spend": 4_000.0, "to_month": 0.5}
    simulation = set_up(market(channels=[keep], campaigns=[campaign], engagement={"decay_per_month": 0.2}))
    for date in (0, MONTH // 2, MONTH, MONTH):
        simulation.plan.act(date)
    assert simulation.rules.plan_arrays.engagement[0, 1] == pytest.approx(0.8 + 0.05)


def test_closed_form_follows_seasons_and_prices() -> None:
    """Leaving by season and price: rung counts as the matrix exponential says, |z| ≤ 4; without them it says otherwise."""
    leaves = [{"from": "customer", "to": "lapsed", "monthly": 0.1}, {"from": "fan", "to": "customer", "monthly": 0.1}]
    seasons = [{"on": "leaving", "factors": [0.5, 2.0, 3.0] * 4}]
    data = market(months=6, steps=leaves, seasons=seasons, prices=[{"change": 0.2, "from_month": 1.5, "leaving_elasticity": 2.0}])
    closed = expected_rung_counts(tables(validated(data))).to_numpy() / 4_000
    history = simulate(validated(data), seed=8)
    found = history.counts.sum(axis=1) / 4_000
    away = np.abs(found - closed) / np.sqrt(np.maximum(closed * (1.0 - closed), 1e-9) / 4_000)
    assert (away[1:] <= 4.0).all()
    plain = expected_rung_counts(tables(validated(market(months=6, steps=leaves)))).to_numpy() / 4_000
    assert np.abs(plain - closed).max() > 0.1
