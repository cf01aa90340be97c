"""What a market that goes on does with its clocks and its costs, called alone, against numbers counted by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from ladsim.engine.gone_on import count_moods, go_on_otherwise, pay_old_costs, see_anew
from ladsim.engine.run import simulate
from ladsim.model import access
from ladsim.model.hazards import FRESH
from ladsim.model.layout import C_RUNG_COST, MONTH, NEVER, P_RUNNING
from ladsim.scenario.load import validated
from tests.model.by_hand import UNIT, at_start, ladder, put

LEAD, BUYER, GONE = range(3)
RUNGS = [
    {"name": "lead", "share": 1.0},
    {"name": "buyer", "orders_per_month": 2.0, "cost_per_month": 3.0},
    {"name": "gone", "off_ladder": True},
]
STEPS = [{"from": "lead", "to": "buyer", "rate": 0.1}, {"from": "buyer", "to": "gone", "rate": 0.5}]
TALK = {"layer": "talk", "graph": {"kind": "everyone"}, "messages_per_month": {"buyer": 4.0}}


@pytest.fixture(autouse=True)
def numbers_as_compiled() -> Iterator[None]:
    """Whole numbers of 64 bits begin again at 0 without a word."""
    with np.errstate(all="ignore"):
        yield


def test_clocks_go_on_with_what_is_left() -> None:
    """A step twice as slow as before, orders four times as fast, messages as before; what is due at the month, or was, stays."""
    stage, m = at_start(ladder(RUNGS, STEPS, word_of_mouth=[TALK]), saves=True)
    step, order, talk = 0, m.order_column, m.talk_column
    t, due = 2 * MONTH, 2 * MONTH + 8000
    for row, clock in enumerate((due, t, t - 5, NEVER)):
        put(m, row, BUYER)
        for column in (step, order, talk):
            access.set_clock(m, row, column, clock if clock != NEVER else FRESH)
    hazards = np.tile([1.0 / MONTH, 0.5 / MONTH, 4.0 / MONTH], 4)
    stage.block.call(go_on_otherwise, stage.address, 1, hazards, t)
    found = [[int(access.clock(m, row, column)) for column in (step, order, talk)] for row in range(4)]
    assert found[0] == pytest.approx([t + 16000, t + 2000, due], abs=1)  # waits are whole numbers
    assert found[1:3] == [[t] * 3, [t - 5] * 3]
    assert found[3][1] > t and found[3][2] == FRESH  # an order clock that has never run is drawn; messages go on as they were
    assert [int(access.due(m, row)) for row in range(3)] == [found[0][1], t, t - 5]
    stage.block.call(go_on_otherwise, stage.address, 1, np.tile([0.5, 2.0, 2.0], 4) / MONTH, t)
    again = [[int(access.clock(m, row, column)) for column in (step, order, talk)] for row in range(4)]
    assert again[0] == [*found[0][:2], again[0][2]] == pytest.approx([t + 16000, t + 2000, t + 4000], abs=1)
    assert again[1:3] == found[1:3]
    assert again[3][2] > t


CLUB = {
    "kind": "points", "points_per_order": 1.0, "reward_at": 5.0, "reward_cost": 1.0, "cost_per_member": 0.5,
    "joins": {"on_rungs": "gone", "probability": 1.0},
}  # fmt: skip


@pytest.mark.parametrize(("rung", "level", "booked"), [
    (2.0, 0.5, [1.0, 2.0, 0.5]), (3.0, 0.5, [0.0, 0.0, 0.0]), (3.0, 0.8, [1.5, 3.0, 0.75]), (2.0, 0.8, [1.0, 2.0, 0.5]),
])  # fmt: skip
def test_old_costs_are_paid_where_they_are_others(rung: float, level: float, booked: list[float]) -> None:
    """From the middle of month 2 to a quarter of month 4, month by month, at what it was; who costs as before owes it still."""
    stage, m = at_start(ladder(RUNGS, STEPS, programs=[CLUB]), saves=True)
    since, t = 3 * MONTH // 2, 13 * MONTH // 4
    for row in range(4):
        put(m, row, BUYER)
        access.member(m, row, 0).level = 1
        access.costs(m, row).paid_until = since
    costs = np.tile([rung * UNIT, level * UNIT], 4)
    stage.block.call(pay_old_costs, stage.address, 1, 2, costs, t)
    money = -stage.books.money.sum(axis=(2, 3)) / UNIT
    assert money[2:5, C_RUNG_COST].tolist() == booked
    share = [level / rung * paid for paid in booked]
    assert money[2:5, access.program(m, 0).cause + P_RUNNING].tolist() == pytest.approx(share)
    assert [int(access.costs(m, row).paid_until) for row in range(4)] == [since, t if any(booked) else since, since, since]


def test_moods_are_counted_where_people_stand() -> None:
    """Two promoters and a detractor on their rungs, in the month that begins."""
    stage, m = at_start(ladder(RUNGS, STEPS, satisfaction={}, market_size=3), saves=True)
    for row, (rung, feeling) in enumerate(((LEAD, 10.0), (BUYER, 10.0), (BUYER, 0.0))):
        put(m, row, rung)
        access.mood(m, row).satisfaction = feeling
    stage.block.call(count_moods, stage.address, 2 * MONTH)
    promoters, passives, detractors = (stage.books.moods[2, 0, :, what].tolist() for what in range(3))
    assert (promoters, passives, detractors) == ([1, 1, 0], [0, 0, 0], [0, 1, 0])
    assert stage.books.moods.sum(axis=(1, 2))[[0, 1, 3]].sum() == 0


def test_the_firm_looks_anew() -> None:
    """Who is seen anew is seen as on entering where it stands, with its number of visits."""
    tactic = {"name": "ads", "response": {"half_at": 1.0}, "effects": [{"on": "orders", "full": 0.5}]}
    campaign = {"tactic": "ads", "to": ["buyer"], "wrong_rung_share": 0.5}
    rungs = [RUNGS[0], RUNGS[1], {"name": "loyal"}, RUNGS[2]]
    stage, m = at_start(ladder(rungs, STEPS, tactics=[tactic], campaigns=[campaign], market_size=60))
    stage.begin()
    seen = [int(access.seen_as(m, row).kind) for row in range(60)]
    assert len(set(seen)) == 3
    for row in range(60):
        access.seen_as(m, row).kind = 0
    stage.block.call(see_anew, stage.address)
    assert [int(access.seen_as(m, row).kind) for row in range(60)] == seen


def test_more_messages_wait_than_there_was_room_for() -> None:
    """Everybody enters a rung in the last tick before the month and tells forty others: the run that goes on has them all."""
    rungs = [{"name": "lead", "share": 1.0}, {"name": "buyer", "announces": True}, {"name": "keen", "off_ladder": True}]
    steps = [
        {"from": "lead", "to": "buyer", "trigger": "renewal", "months": 2.999, "probability": 1.0},
        {"from": "buyer", "to": "keen", "trigger": "message", "probability": 0.01},
    ]
    talk = {"layer": "talk", "graph": {"kind": "erdos_renyi", "mean_degree": 40.0}}
    first = simulate(validated(ladder(rungs, steps, word_of_mouth=[talk], market_size=400, months=5)), save_at=3)
    assert first.saved is not None and first.saved.market.queued_messages.size > 10_000
    again = first.fork(None)
    assert again.equals(first)
    assert again.counts[-1, 0, 2] > 50
