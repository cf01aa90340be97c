"""Points: what is issued, redeemed, expired and left; what they pull; stamp cards and breakage by their closed forms.

Tests: ``scenario/programs/points.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.model.layout import (
    E_EARN,
    E_EXPIRE,
    E_REDEEM,
    M_CONTACTS,
    M_EXPIRED,
    M_ISSUED,
    M_REDEEMED,
    M_REWARDS,
    MONTH,
    TICK,
)
from ladsim.scenario.load import validated
from tests.program_strategies import dated, points
from tests.programs.played import check_z, futures, market, members

CARD = {"kind": "points", "joins": {"probability": 1.0}, "points_per_order": 1.0, "reward_at": 5.0, "reward_cost": 2.0}


def test_stamp_card() -> None:
    """Orders at rate 1, lapse at .1, a card of 5: .6209213 fill one, 1.6379748 rewards a customer; ρ = λ/(λ + μ)."""
    check_z([filled_and_rewards(history) for history in futures(STAMP_CARD, log=True)], list(FILLED_AND_REWARDS))
    assert [round(value, 7) for value in FILLED_AND_REWARDS] == [0.6209213, 1.6379748]


STAMP_CARD = market(
    [CARD],
    months=150,
    market_size=400,
    rungs=[{"name": "customer", "share": 1.0, "orders_per_month": 1.0}, {"name": "lapsed", "off_ladder": True}],
    steps=[{"from": "customer", "to": "lapsed", "rate": 0.1}],
)
FILLED_AND_REWARDS = ((1.0 / 1.1) ** 5, (1.0 / 1.1) ** 5 / (1.0 - (1.0 / 1.1) ** 5))


def filled_and_rewards(history: History) -> list[float]:
    """Share of customers who fill a card, and rewards a customer."""
    assert history.log is not None
    filled = np.unique(history.log["customer"][history.log["event"] == E_REDEEM]).size
    rewards = history.members[:, 0, M_REWARDS].sum()
    spent = history.money[:, history.causes.index("points:rewards")].sum()
    assert spent == -2 * history.unit * rewards
    return [filled / history.size, rewards / history.size]


def expired_by(months: int, rate: float, kept: int) -> float:
    """Points that a customer has let expire by a month: a point an order, a reward for two, points kept `kept` months.

    Between two month starts N ~ Poisson(rate) orders: each second one takes a reward, oldest point first. So at a month start at most
    one point is left, issued a = 0 … kept − 1 months ago. Without an order it grows older, and expires when it is kept − 1 months old;
    with orders what is left is a new point where their number (with the one left) is odd.
    """
    none = np.exp(-rate)
    odd = (1.0 - none**2) / 2.0
    even = (1.0 + none**2) / 2.0 - none  # 2, 4 …
    left = np.zeros(kept)
    expired = 0.0
    for _ in range(months):
        expired += left[-1] * none
        new = (1.0 - left.sum()) * odd + left.sum() * even
        left = np.append(new, left[:-1] * none)
    return float(expired)


def test_what_expires_in_the_long_run() -> None:
    """Kept for a month, a share π·q/λ of all points expires: π = ((1 − q²)/2) / (1 − q² + q), q = e^(−λ)."""
    rate, q = 0.7, np.exp(-0.7)
    pi = (1.0 - q**2) / 2.0 / (1.0 - q**2 + q)
    turn = q**2 - q
    by_month = q * pi * (240 - (1.0 - turn**240) / (1.0 - turn))
    assert abs(expired_by(240, rate, 1) - by_month) < 1e-9
    assert abs(expired_by(4001, rate, 1) - expired_by(4000, rate, 1) - pi * q) < 1e-12


@pytest.mark.parametrize("kept", [1, 2, 4])
def test_breakage(kept: int) -> None:
    """Expired points a customer by a month are what a chain over month starts says; the rest was redeemed or is left."""
    check_z(
        [broken_off(history) for history in futures(points_kept(kept))], [expired_by(month, 0.4, kept) for month in BREAKAGE_AT]
    )


BREAKAGE_AT = (6, 12, 24)


def points_kept(months: int) -> dict[str, Any]:
    """A market with a card of 2 whose points are kept so long."""
    program = CARD | {"reward_at": 2.0, "expires_after_months": months}
    rungs = [{"name": "customer", "share": 1.0, "orders_per_month": 0.4}]
    return market([program], months=24, market_size=300, rungs=rungs)


def broken_off(history: History) -> np.ndarray:
    """Points a customer that have expired by some months."""
    expired = history.members[:, 0, M_EXPIRED].cumsum() / 1000 / history.size
    return np.asarray(expired[list(BREAKAGE_AT)])


def lots_of(life: np.ndarray, program: dict[str, Any], horizon: int) -> dict[int, int]:
    """The lots that a customer's log leaves, each redeemed oldest first, each gone at its date and never again; or all gone at once."""
    kept = program.get("expires_after_months") or 0
    lots: dict[int, int] = {}
    for row in life:
        time, amount = int(row["time"]), int(row["amount"])
        assert amount > 0
        assert not kept or all((month + kept) * MONTH >= time for month in lots), "a lot that has outlived its date"
        if row["event"] == E_EARN:
            month = -(-time // MONTH)
            lots[month] = lots.get(month, 0) + amount
        elif row["event"] == E_REDEEM:
            for month in sorted(lots):
                taken = min(lots[month], amount)
                lots[month] -= taken
                amount -= taken
            assert amount == 0, "more was redeemed than there was"
        elif not kept:
            assert amount == sum(lots.values())
            assert "inactive_months" in program or time == round(11 / 30.4375 * 30) * TICK  # 11 days from the start
            lots = {}
        else:
            month = min(lots)
            assert time == (month + kept) * MONTH
            assert lots.pop(month) == amount
        lots = {month: left for month, left in lots.items() if left}
    assert not kept or all((month + kept) * MONTH > horizon for month in lots)
    return lots


RUNGS = [
    {"name": "lead", "share": 0.4},
    {"name": "customer", "share": 0.6, "orders_per_month": 2.5},
    {"name": "lapsed", "off_ladder": True},
]
STEPS = [
    {"from": "lead", "to": "customer", "monthly": 0.3, "is_order": True},
    {"from": "customer", "to": "lapsed", "trigger": "order", "probability": 0.1},
    {"from": "lapsed", "to": "customer", "monthly": 0.2},
]


@given(st.lists(points(["lead", "customer"]), min_size=1, max_size=2), st.integers(0, 2**40))
def test_every_point_is_accounted_for(programs: list[dict[str, Any]], seed: int) -> None:
    """Of each programme: issued = redeemed + expired + outstanding, exactly; a lot expires once, at its date; nothing negative."""
    data = dated(market(programs, rungs=RUNGS, steps=STEPS, market_size=20, months=5.5, start={"orders": 1}))
    history = simulate(validated(data), seed=seed, log=True)
    rows = members(data, seed)
    assert history.log is not None
    for place, program in enumerate(programs):
        issued, redeemed, expired = (history.members[:, place, what] for what in (M_ISSUED, M_REDEEMED, M_EXPIRED))
        assert issued.sum() == redeemed.sum() + expired.sum() + rows["balance"][place].sum()
        assert ((issued - redeemed - expired).cumsum() >= 0).all()
        assert (rows["balance"][place] >= 0).all()
        of_points = np.isin(history.log["event"], [E_EARN, E_REDEEM, E_EXPIRE]) & (history.log["cause"] == place)
        for customer in range(history.size):
            life = history.log[of_points & (history.log["customer"] == customer)]
            left = lots_of(life, program, round(5.5 * MONTH))
            assert sum(left.values()) * 1000 == rows["balance"][place][customer] * history.unit


def pull_of(months: float = 0.5, **keys: Any) -> float:
    """What the points of somebody who never orders make of its rate of orders."""
    program = CARD | {"endowed_points": 5.0, "reward_at": 10.0, "goal_gradient": 0.8, "goal_gradient_power": 2.0} | keys
    rungs = [{"name": "customer", "share": 1.0, "customer": True}]
    return float(members(market([program], rungs=rungs, months=months, market_size=1))["orders"][0, 0])


def test_pull() -> None:
    """Half-way to the reward: 1 + κ·½^γ; a perceived value of three times the cost pulls three times as hard."""
    assert pull_of() == pytest.approx(1.2, abs=1e-12)
    assert pull_of(perceived_value=6.0) == pytest.approx(1.6, abs=1e-12)
    assert pull_of(perceived_value=2.0) == pull_of()
    assert pull_of(endowed_points=0.0) == 1.0


def test_every_order_pulls_harder() -> None:
    """Where nobody takes a reward the balance is the number of orders: after each one the rate is 1 + κ·progress^γ, at most 1 + κ."""
    program = CARD | {"goal_gradient": 0.8, "goal_gradient_power": 2.0, "redemption_probability": 1e-9}
    rows = members(market([program], months=3))
    orders = rows["balance"][0] / 1000
    assert {0, 1, 2, 3, 4} < set(orders)
    assert rows["orders"][0] == pytest.approx(1.0 + 0.8 * np.minimum(orders / 5.0, 1.0) ** 2, abs=1e-12)


def test_what_expires_pulls_no_longer() -> None:
    """Points given at month 0 and kept for a month are gone at month start 1, and so is their pull."""
    assert pull_of(expires_after_months=1, months=0.9) == pytest.approx(1.2, abs=1e-12)
    assert pull_of(expires_after_months=1, months=1.0) == 1.0
    assert pull_of(expires_after_months=2, months=1.0) == pytest.approx(1.2, abs=1e-12)


def test_statements() -> None:
    """A reward that waits goes with each statement by the chance to take it: by n of them 1 − (1 − p)^n have; who has none is not told."""
    program = CARD | {
        "endowed_points": 5.0, "redemption_probability": 0.25, "statement_every_months": 0.5, "statement_cost": 0.3,
    }  # fmt: skip
    rungs = [{"name": "customer", "share": 1.0, "customer": True}]
    found = []
    for history in futures(market([program], rungs=rungs, months=4, market_size=200)):
        of_all = history.members[:, 0].sum(axis=0)
        spent = history.money[:, history.causes.index("points:running")].sum()
        assert spent == -of_all[M_CONTACTS] * 3 * history.unit // 10
        found.append(of_all[[M_REWARDS, M_CONTACTS]] / history.size)
    check_z(found, [1.0 - 0.75**8, (1.0 - 0.75**8) / 0.25])


def monthly(history: History) -> list[float]:
    """Points issued per order, month by month."""
    return (history.members[1:, 0, M_ISSUED] / 1000 / history.orders[1:].sum(axis=(1, 2))).tolist()


def test_double_points() -> None:
    """While a campaign doubles points every order of its audience gives twice as many, whatever it spends; so do levels with such a benefit."""
    double = {"name": "double", "points_factor": 2.0, "from_month": 1, "to_month": 3}
    assert monthly(simulate(validated(market([CARD], campaigns=[double])))) == [1, 2, 2, 1, 1, 1]
    assert monthly(simulate(validated(market([CARD], campaigns=[double | {"to": ["customer"]}])))) == [1, 2, 2, 1, 1, 1]
    gold = {"kind": "tiers", "joins": {"probability": 1.0}, "levels": [{"name": "g", "orders": 0.0, "factors": {"points": 3.0}}]}
    assert monthly(simulate(validated(market([CARD, gold], campaigns=[double])))) == [3, 6, 6, 3, 3, 3]


def test_double_points_of_another_rung() -> None:
    """Those at whom a campaign is not aimed get what they always get."""
    rungs = [{"name": "customer", "share": 0.5, "orders_per_month": 1.0}, {"name": "fan", "share": 0.5, "orders_per_month": 1.0}]
    double = {"name": "double", "points_factor": 2.0, "to": ["fan"]}
    history = simulate(validated(market([CARD], rungs=rungs, campaigns=[double])))
    by_rung = history.orders.sum(axis=(0, 1))
    assert by_rung.min() > 50
    assert history.members[:, 0, M_ISSUED].sum() == 1000 * (by_rung[0] + 2 * by_rung[1])


def test_set_up_is_paid_once(tmp_path: Path) -> None:
    """A programme that starts in month 3 costs its set-up once, also where a policy changes a campaign's spend at the same tick."""
    file = tmp_path / "more.py"
    file.write_text("def more(env, market):\n    yield market.months(3)\n    market.set_spend('ads', 10.0)\n", encoding="utf-8")
    late = {
        "kind": "points",
        "joins": {"probability": 1.0},
        "points_per_order": 1.0,
        "reward_at": 5.0,
        "setup_cost": 100.0,
        "from_month": 3.0,
    }
    ads = {"name": "ads", "response": {"half_at": 1.0}, "effects": [{"on": "orders", "full": 0.1}]}
    data = market([late], tactics=[ads], campaigns=[{"name": "ads", "tactic": "ads", "monthly_spend": 5.0}])
    for policies in ([], [{"file": str(file), "function": "more"}]):
        history = simulate(validated(data | {"policies": policies}))
        paid = history.market_money[:, history.causes.index("points:running")].sum() / history.unit
        assert paid == -100.0
