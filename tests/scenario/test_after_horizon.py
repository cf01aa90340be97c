"""A market that is looked at for longer than its file says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.model.layout import MEMBER_COUNTS, MONTH, TICKS_PER_MONTH
from ladsim.scenario.after_horizon import gone_on
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario
from tests.strategies import bound, future, planned, scenario_data

BY_MONTH = (
    *(
        "counts",
        "flows",
        "orders",
        "order_kinds",
        "new_customers",
        "money",
        "market_money",
        "messages",
        "returns",
        "leavers",
        "members",
    ),
    *("levels", "moods"),
)


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds for small markets."""
    bound(monkeypatch)


def same_until(short: History, long: History, month: int) -> None:
    """Two histories are one until a month, to the last bit: every book, and every event."""
    for name in BY_MONTH:
        one, other = getattr(short, name), getattr(long, name)
        assert np.array_equal(one[: month + 1], other[: month + 1]), name
    for name in ("cohorts", "cohort_buyers"):
        one, other = getattr(short, name), getattr(long, name)
        assert np.array_equal(one[: month + 1, : month + 1], other[: month + 1, : month + 1]), name
    days = month * TICKS_PER_MONTH + 1
    assert np.array_equal(short.daily[:days], long.daily[:days])
    if short.log is not None and long.log is not None:
        logs = [history.log[history.log["time"] <= month * MONTH] for history in (short, long)]
        assert logs[0].size == logs[1].size and all(np.array_equal(logs[0][key], logs[1][key]) for key in logs[0].dtype.names)


def goes_on(data: dict[str, Any], seed: int, months: int) -> None:
    """A generated market and its longer one are the same until the horizon, or its last whole month."""
    scenario = planned(data | {"policies": []})
    whole = int(scenario.months)
    short, long = (future(one, seed=seed, log=True) for one in (scenario, gone_on(scenario, months)))
    assert long.months[-1] == scenario.months + months
    same_until(short, long, whole)


@pytest.mark.usefixtures("_small")
@settings(max_examples=12)
@given(scenario_data(), st.integers(0, 2**40), st.integers(1, 5))
def test_until_the_horizon_nothing_changes(data: dict[str, Any], seed: int, months: int) -> None:
    """Generated markets, with everything that a file may say."""
    goes_on(data, seed, months)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.usefixtures("_small")
@settings(max_examples=400)
@given(scenario_data(), st.integers(0, 2**40), st.integers(1, 5))
def test_until_the_horizon_nothing_changes_in_many_markets(data: dict[str, Any], seed: int, months: int) -> None:
    """The same over four hundred."""
    goes_on(data, seed, months)


def market(**more: Any) -> Scenario:
    """A hundred customers who order once a month and never leave, and a hundred leads who become customers; four months."""
    return validated(
        {
            "schema": 1,
            "name": "shop",
            "months": 4,
            "market_size": 200,
            "engine": "simpy",
            "rungs": [{"name": "lead", "share": 0.5}, {"name": "customer", "share": 0.5, "orders_per_month": 1.0}],
            "steps": [{"from": "lead", "to": "customer", "rate": 0.3}],
            "basket": {"law": "constant", "mean": 10.0},
            "money": {"margin": 1.0, "fixed_cost_per_month": 7.0},
            "channels": [{"name": "search", "response": {"half_at": 1.0}, "effects": [{"on": "climbing", "full": 0.5}]}],
        }
        | more
    )


def test_campaigns_end_and_all_else_goes_on() -> None:
    """What is spent without an end, or beyond the horizon, ends there; what would begin later never does; fixed costs are paid on."""
    campaigns = [
        {"name": "search", "channel": "search", "monthly_spend": 50.0},
        {"name": "later", "channel": "search", "monthly_spend": 30.0, "from_month": 4.5, "setup_cost": 99.0},
        {"name": "long", "channel": "search", "monthly_spend": 20.0, "from_month": 2, "to_month": 90},
    ]
    shop = market(campaigns=campaigns, shocks=[{"name": "dear", "from_month": 1, "effects": [{"on": "basket", "full": 1.0}]}])
    long = simulate(gone_on(shop, 3), seed=2)
    by_cause = {cause: (-long.market_money[1:, place] / long.unit).tolist() for place, cause in enumerate(long.causes)}
    assert by_cause["search"] == [50.0, 50.0, 50.0, 50.0, 0.0, 0.0, 0.0]
    assert by_cause["long"] == [0.0, 0.0, 20.0, 20.0, 0.0, 0.0, 0.0]
    assert by_cause["later"] == [0.0] * 7
    assert by_cause["fixed_cost"] == [7.0] * 7
    revenue = long.money[1:, long.causes.index("revenue")].sum(axis=(1, 2)) / long.unit
    orders = long.orders[1:].sum(axis=(1, 2))
    assert (revenue[1:] == 20.0 * orders[1:]).all() and revenue[0] == 10.0 * orders[0], "a shock without an end goes on"


def test_what_begins_at_the_horizon_has_no_time_left() -> None:
    """Its set-up is paid in the file's last instant; afterwards there is no cost of it and no effect, to the last bit."""
    dated = {
        "name": "late",
        "channel": "search",
        "from_month": 4,
        "monthly_spend": 900.0,
        "setup_cost": 9.0,
        "points_factor": 3.0,
    }
    contact = {
        "name": "letter",
        "tactic": "call",
        "after": "order",
        "from_month": 4,
        "running_cost_per_month": 70.0,
        "lasts_days": 9,
    }
    others: dict[str, Any] = {
        "channels": [
            {"name": "search", "response": {"half_at": 1.0}, "carry_over": 0.9, "effects": [{"on": "orders", "full": 5.0}]},
        ],
        "tactics": [{"name": "call", "effects": [{"on": "orders", "full": 2.0}]}],
        "contacts": {"fatigue": 0.5, "leaving_per_contact": 0.4},
        "programs": [{"kind": "points", "points_per_order": 1.0, "reward_at": 50.0, "joins": {"probability": 1.0}}],
    }
    plain, late = (
        simulate(gone_on(market(campaigns=campaigns, **others), 3), seed=3)
        for campaigns in ([], [dated | {"contacts_per_month": 3.0}, contact | {"contacts_per_month": 5.0}])
    )
    spent = {cause: (-late.market_money[:, place] / late.unit).tolist() for place, cause in enumerate(late.causes)}
    assert spent["late"] == [0.0, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0]
    assert spent["letter:running"] == [0.0] * 8
    for name in ("counts", "flows", "orders", "new_customers"):
        assert np.array_equal(getattr(late, name), getattr(plain, name)), name
    assert np.array_equal(late.members[:, :1], plain.members) and not late.members[:, 1].any()


@pytest.mark.parametrize(
    "program",
    [
        {
            "kind": "points",
            "points_per_order": 10.0,
            "reward_at": 20.0,
            "reward_cost": 1.0,
            "joins": {"probability": 0.6, "monthly": 0.3},
        },
        {"kind": "discount", "discount_share": 0.1, "joins": {"monthly": 0.5}},
        {"kind": "discount", "discount_share": 0.1, "to": ["customer"]},
        {
            "kind": "club",
            "fee": 5.0,
            "fee_every_months": 1.0,
            "renewal_probability": 1.0,
            "joins": {"probability": 0.5, "monthly": 0.2},
        },
    ],
    ids=lambda program: f"{program['kind']}{'_by_rung' if 'to' in program else ''}",
)
def test_nobody_joins_and_members_keep_their_terms(program: dict[str, Any]) -> None:
    """After the horizon nobody becomes a member, who is one stays one, and what members are given goes on."""
    history = simulate(gone_on(market(programs=[{"name": "loyal", **program}]), 5), seed=4)
    joined = history.members[:, 0, 0]
    assert joined[1:5].sum() > 0 and joined[5:].sum() == 0
    assert (history.levels[4:, 1] == history.levels[4, 1]).all() and history.levels[4, 1] > 30
    orders = history.members[5:, 0, 3]
    assert (orders > 0).all()
    given_away = {"points": "rewards", "discount": "discounts", "club": "fees"}[program["kind"]]
    place = next(i for i, cause in enumerate(history.causes) if cause.endswith(given_away))
    assert (history.money[6:, place].sum(axis=(1, 2)) != 0).all()


def test_points_of_another_programme_make_no_member_any_more() -> None:
    """A referral reward in points makes members of the points programme until nobody joins it, and none afterwards."""
    programs = [
        {"name": "points", "kind": "points", "points_per_order": 1.0, "reward_at": 50.0, "joins": {"probability": 0.0}},
        {"name": "friends", "kind": "referral_reward", "reward": "points", "referrer_reward": 10.0},
    ]
    talk = {
        "rungs": [
            {"name": "lead", "share": 0.5},
            {"name": "customer", "share": 0.5, "orders_per_month": 1.0, "messages_per_month": 1.0},
        ],
        "steps": [{"from": "lead", "to": "customer", "trigger": "message", "probability": 0.2}],
        "word_of_mouth": [{"layer": "friends", "graph": {"kind": "everyone"}}],
    }
    history = simulate(gone_on(market(programs=programs, months=2, **talk), 3), seed=1)
    assert history.new_customers[3:].sum() > 0
    points, friends = (history.program_names.index(name) for name in ("points", "friends"))
    joined = history.members[:, points, 0]
    assert joined[1:3].sum() > 0 and joined[3:].sum() == 0
    issued, orders = (history.members[:, points, MEMBER_COUNTS.index(what)] for what in ("issued", "orders"))
    rewards = history.members[:, friends, MEMBER_COUNTS.index("rewards")]
    assert np.array_equal(issued, 1_000 * orders + 10_000 * rewards), "only what is given counts as a reward"
