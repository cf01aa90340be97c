"""Tiers: who has which level by the Poisson tail, upgrades at once, the yearly review, what other programmes are told.

Tests: ``scenario/programs/tiers.py``.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.model.layout import E_LEVEL, E_ORDER, M_CONTACTS, M_REWARDS, MONTH
from ladsim.scenario.load import validated
from tests.programs.played import check_z, futures, market

WATCH = '''\
"""Counts the levels that customers win (contacts) and lose (rewards) in other programmes."""

from ladsim.model import access
from ladsim.model.layout import M_CONTACTS, M_REWARDS
from ladsim.model.membership import count
from ladsim.compiled import hook

MANUAL = True


@hook
def on_level(address, row, place, t, number):
    m = access.market(address)
    other, before = int(number) // 256, int(number) % 256
    count(m, place, t, M_CONTACTS if access.member(m, row, other).level > before else M_REWARDS, 1)
    return 0.0
'''


def tiers(*asked: float, by: str = "orders", **keys: Any) -> dict[str, Any]:
    """A programme with a level for each threshold, which everybody joins."""
    levels = [{"name": f"level_{n}", by: value} for n, value in enumerate(asked)]
    return {"kind": "tiers", "joins": {"probability": 1.0}, "levels": levels} | keys


RUNGS = [{"name": "customer", "share": 1.0, "orders_per_month": 0.25}]


def test_tier_shares() -> None:
    """At constant rate λ the share at a level of k orders or more is the Poisson tail: of λt in the first year, of 12λ at each review."""
    check_z([on_levels(history) for history in futures(THREE_LEVELS)], poisson_tails())


THREE_LEVELS = market([tiers(0.0, 2.0, 5.0)], rungs=RUNGS, months=36, market_size=300)


def on_levels(history: History) -> np.ndarray:
    """Share of members with 2 orders or more, and with 5 or more, at five months."""
    at = history.levels[[3, 9, 12, 24, 36]] / history.size  # who is no member, then the levels
    assert (at[:, 0] == 0).all()
    return np.concatenate([at[:, 2:].sum(axis=1), at[:, 3]])


def poisson_tails() -> np.ndarray:
    """What the Poisson law says of them."""
    means = 0.25 * np.array([3, 9, 12, 12, 12])
    return np.concatenate([stats.poisson.sf(1, means), stats.poisson.sf(4, means)])


def test_spend_is_orders_times_basket() -> None:
    """With baskets of 10 levels by spend are those by a tenth as many orders, for each customer at each instant."""
    by_orders = simulate(validated(market([tiers(0.0, 2.0, 5.0)], rungs=RUNGS, months=30)), log=True)
    by_spend = simulate(validated(market([tiers(0.0, 20.0, 50.0, by="spend")], rungs=RUNGS, months=30)), log=True)
    assert np.array_equal(by_orders.log, by_spend.log)
    assert by_orders.levels[-1, 1:].min() > 0


def level_by_hand(orders: list[int], until: int) -> list[tuple[int, int]]:
    """(time, new level) of a member since 0 with levels at 0, 2 and 5 orders, worked out from the times of its orders."""
    found, level = [], 1
    reviews = range(12 * MONTH, until + 1, 12 * MONTH)
    for time, is_review in sorted([(t, False) for t in orders] + [(t, True) for t in reviews], key=lambda e: (e[0], not e[1])):
        month = -(-time // MONTH)
        count = sum(1 for t in orders if t <= time and -(-t // MONTH) > month - 12)
        earned = 3 if count >= 5 else 2 if count >= 2 else 1
        if earned > level or (is_review and earned < level):
            level = earned
            found.append((time, level))
    return found


def test_levels_by_hand() -> None:
    """Each customer's levels are what its orders give: up at once, down at a review 12, 24 … months after joining."""
    history = simulate(validated(market([tiers(0.0, 2.0, 5.0)], rungs=RUNGS, months=40, market_size=200)), log=True)
    assert history.log is not None
    downs = 0
    for customer in range(history.size):
        life = history.log[history.log["customer"] == customer]
        given = life[(life["event"] == E_LEVEL) & (life["time"] > 0)]
        seen = [(int(row["time"]), int(row["amount"]) // history.unit) for row in given]
        assert seen == level_by_hand(life["time"][life["event"] == E_ORDER].tolist(), 40 * MONTH)
        downs += sum(b < a for (_, a), (_, b) in pairwise(seen))
    assert downs > 50


def test_benefits_and_costs_of_a_level() -> None:
    """Everybody at a level that doubles orders and costs 3 a month: twice the orders, and 3 a month for each, to the last unit."""
    level = {"name": "all", "orders": 0.0, "factors": {"orders": 2.0}, "cost_per_member": 3.0}
    program = tiers(levels=[level], cost_per_member=0.5, factors={"basket": 1.5})
    found = []
    for history in futures(market([program], market_size=100, months=10)):
        orders = history.orders.sum()
        assert history.money[:, history.causes.index("tiers:running")].sum() == -100 * 10 * 3.5 * history.unit
        assert history.money[:, history.causes.index("revenue")].sum() == 15 * orders * history.unit
        found.append([orders / 1000])
    check_z(found, [2.0])


def test_others_are_told(tmp_path: Path) -> None:
    """Every level won or lost in one programme is told to the others, once."""
    (tmp_path / "watch.py").write_text(WATCH, encoding="utf-8")
    watch = {"kind": "own", "name": "watch", "file": str(tmp_path / "watch.py")}
    data = market([watch, tiers(0.0, 2.0, 5.0)], rungs=RUNGS, months=30)
    for engine in ("simpy", "fast"):
        history = simulate(validated(data), log=True, engine=engine)
        assert history.log is not None
        changes = history.log[history.log["event"] == E_LEVEL]
        downs = 0
        for customer in range(history.size):
            levels = changes["amount"][changes["customer"] == customer]
            downs += int((np.diff(levels) < 0).sum())
        told = history.members[:, 0].sum(axis=0)
        assert told[M_REWARDS] == downs > 5
        assert told[M_CONTACTS] == len(changes) - downs
