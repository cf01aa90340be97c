"""Rules of a customer's life, called one by one where people have been put, against numbers counted by hand.

Tests: ``model/audience.py``, ``model/behaviour.py``, ``model/clocks.py``, ``model/money.py``, ``model/personal.py``,
``model/standing.py``, ``model/word_of_mouth.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from ladsim import streams
from ladsim.model import access, behaviour, clocks, money, standing, word_of_mouth
from ladsim.model.hazards import NOW, wound
from ladsim.model.layout import C_ENTRY_COST, C_RUNG_COST, MONTH, NEVER, NOBODY, P_RUNNING, TICK
from tests.model.by_hand import UNIT, at_start, ladder, put


@pytest.fixture(autouse=True)
def numbers_as_compiled() -> Iterator[None]:
    """Whole numbers of 64 bits begin again at 0 without a word."""
    with np.errstate(all="ignore"):
        yield


LEAD, BUYER, GONE = range(3)
RUNGS = [
    {"name": "lead", "share": 1.0},
    {"name": "buyer", "orders_per_month": 2.0, "entry_cost": 2.5, "cost_per_month": 3.0},
    {"name": "gone", "off_ladder": True},
]


def test_entering_a_rung_costs() -> None:
    """2.50 less in the books, at the customer and in all that was moved; on a rung that costs nothing to enter, nothing."""
    stage, m = at_start(ladder(RUNGS))
    for row, rung in ((0, LEAD), (1, BUYER), (2, GONE)):
        put(m, row, rung)
        money.book_entry(m, row, MONTH + 5)
    assert stage.books.money[:, C_ENTRY_COST].sum(axis=(1, 2)).tolist() == [0, 0, -250_000, 0, 0, 0, 0]
    assert [int(access.outcome(m, row).cost) for row in range(3)] == [0, -250_000, 0]
    assert m.moved == 250_000


def test_serving_costs_from_when_it_costs_something() -> None:
    """Half a month of 3.00, then nothing; who has cost nothing until month 2 owes nothing for it, and 1.50 half a month later."""
    stage, m = at_start(ladder(RUNGS))
    put(m, 0, BUYER)
    money.accrue(m, 0, MONTH // 2)
    put(m, 0, LEAD)
    money.accrue(m, 0, 2 * MONTH)
    put(m, 0, BUYER)
    money.accrue(m, 0, 2 * MONTH + MONTH // 2)
    served = stage.books.money[:, C_RUNG_COST].sum(axis=(1, 2)) / UNIT
    assert served.tolist() == [0.0, -1.5, 0.0, -1.5, 0.0, 0.0, 0.0]


def test_cost_of_three_months_is_booked_month_by_month() -> None:
    """At each month start, and a third of one at the end; what is caught up with is not what comes after the last month start."""
    stage, m = at_start(ladder(RUNGS))
    put(m, 0, BUYER)
    money.catch_up(m, 0, 3 * MONTH)
    served = stage.books.money[:, C_RUNG_COST].sum(axis=(1, 2))
    assert (served / UNIT).tolist() == [0.0, -3.0, -3.0, 0.0, 0.0, 0.0, 0.0]
    money.accrue(m, 0, 3 * MONTH + MONTH // 3)
    assert (stage.books.money[:, C_RUNG_COST].sum(axis=(1, 2)) / UNIT).tolist() == [0.0, -3.0, -3.0, -3.0, -1.0, 0.0, 0.0]
    assert access.costs(m, 0).paid_until == 3 * MONTH + MONTH // 3


def test_a_level_costs_beside_the_rung() -> None:
    """A member on a rung without cost costs what its programme says; a customer's cost is the sum of both."""
    program = {"kind": "points", "points_per_order": 1.0, "reward_at": 5.0, "reward_cost": 1.0, "cost_per_member": 0.5}
    program["joins"] = {"on_rungs": "gone", "probability": 1.0}
    stage, m = at_start(ladder(RUNGS, programs=[program]))
    running = access.program(m, 0).cause + P_RUNNING
    assert money.costs_nothing(m, 0)
    access.member(m, 0, 0).level = 1
    assert not money.costs_nothing(m, 0)
    money.accrue(m, 0, MONTH)
    assert stage.books.money[1, running].sum() == -50_000
    put(m, 0, BUYER)
    money.accrue(m, 0, 2 * MONTH)
    assert stage.books.money[2, [C_RUNG_COST, running]].sum(axis=(1, 2)).tolist() == [-300_000, -50_000]


AT_AN_ORDER = [
    {"from": "buyer", "to": "lead", "trigger": "order", "probability": 0.3},
    {"from": "buyer", "to": "loyal", "trigger": "order", "probability": 0.3},
    {"from": "buyer", "to": "gone", "trigger": "order", "probability": 0.3, "from_order": 3},
]


DRAWS = (0.01, 0.32, 0.35, 0.38, 0.41, 0.59, 0.61, 0.65, 0.68, 0.99)


def test_which_step_a_draw_takes() -> None:
    """Up-steps from 0 upward, others from 1 downward; .4 three times is a third each, but before the third order .4 and nothing."""
    rungs = [{"name": "lead"}, {"name": "buyer", "share": 1.0, "orders_per_month": 1.0}, {"name": "loyal"}, RUNGS[2]]
    stage, m = at_start(ladder(rungs, AT_AN_ORDER))
    r = access.rung(m, BUYER)
    for step in range(r.order_first, r.order_first + r.order_count):
        access.set_step_number(m, NOW, 0, step, 0.4)  # as levers may have made it

    def taken(orders: int) -> list[str]:
        access.after(m, 0).orders_here = orders
        steps = [behaviour.choose(m, 0, r.order_first, r.order_count, u, 0, 0) for u in DRAWS]
        return [stage.tables.step_names[step] if step >= 0 else "" for step in steps]

    up, down, gone = "buyer.loyal", "buyer.lead", "buyer.gone"
    assert taken(2) == [up, up, up, up, "", "", down, down, down, down]
    assert taken(3) == [up, up, gone, gone, gone, gone, gone, gone, down, down]


def test_words_of_praise_and_criticism() -> None:
    """A step of praise is not active for criticism, one of criticism not for praise; orders ask for neither."""
    steps = [
        {"from": "lead", "to": "buyer", "trigger": "message", "probability": 1.0},
        {"from": "lead", "to": "gone", "trigger": "message", "probability": 1.0, "negative": True},
    ]
    layer = {"layer": "talk", "graph": {"kind": "everyone"}, "messages_per_month": {"buyer": 1.0}}
    stage, m = at_start(ladder(RUNGS, steps, word_of_mouth=[layer], satisfaction={}))
    r = access.rung(m, LEAD)
    found = [behaviour.choose(m, 0, r.message_first, r.message_count, 0.5, 0, negative) for negative in (0, 1)]
    assert [stage.tables.step_names[step] for step in found] == ["lead.buyer", "lead.gone"]


def test_who_renews_stays_until_the_next_date() -> None:
    """Dates a month apart from entering on: the first is kept, and the second follows, whenever the first came."""
    step = {"from": "buyer", "to": "gone", "trigger": "renewal", "months": 1.5, "probability": 1e-9}
    stage, m = at_start(ladder(RUNGS, [step]))
    behaviour.enter(m, 0, BUYER, 10)
    dates = access.renewals(m, 0)
    assert (dates.due, dates.anchor, dates.renewals) == (10 + 3 * MONTH // 2, 10, 1)
    behaviour.on_renewal(m, 0, 10 + 3 * MONTH // 2)
    assert (dates.due, dates.anchor, dates.renewals) == (10 + 3 * MONTH, 10, 2)
    access.rung(m, BUYER).renewal_period = 0.2  # shorter than a unit of time: a date is never now
    behaviour.enter(m, 0, BUYER, 10)
    assert dates.due == 11
    behaviour.on_renewal(m, 0, 11)
    assert dates.due == 12
    behaviour.enter(m, 0, LEAD, 20)
    assert dates.due == NEVER
    assert access.head(m, 0).rung == LEAD
    del stage


def test_what_the_firm_notices() -> None:
    """A firm that errs always takes somebody who enters a rung for one on another, and never for one who is gone."""
    tactic = {"name": "ads", "response": {"half_at": 1.0}, "effects": [{"on": "orders", "full": 0.5}]}
    campaign = {"tactic": "ads", "to": ["buyer"], "wrong_rung_share": 1.0}
    rungs = [RUNGS[0], RUNGS[1], {"name": "loyal"}, RUNGS[2]]
    stage, m = at_start(ladder(rungs, tactics=[tactic], campaigns=[campaign], market_size=40))
    gone = 3
    for rung in range(3):
        seen = set()
        for row in range(40):
            behaviour.enter(m, row, rung, 0)
            seen.add(int(access.seen_as(m, row).kind) - 1)
        assert seen == {0, 1, 2} - {rung}
    seen = set()
    for row in range(40):
        behaviour.enter(m, row, gone, 0)
        seen.add(int(access.seen_as(m, row).kind) - 1)
    assert seen == {0, 1, 2}
    del stage


def test_visits_are_counted_one_by_one() -> None:
    """Each entry to a rung is the next of its kind."""
    stage, m = at_start(ladder(RUNGS))
    assert [int(behaviour.count_visit(m, 0, BUYER, 7)) for _ in range(3)] == [1, 2, 3]
    assert [int(access.visits(m, 0, rung)) for rung in range(3)] == [0, 3, 0]
    del stage


FEELING = [
    {"from": "lead", "to": "buyer", "rate": 0.5},
    {"from": "buyer", "to": "lead", "rate": 0.1},
    {"from": "buyer", "to": "gone", "rate": 0.2, "satisfaction_effect": -1.0},
]


def test_clocks_follow_a_feeling() -> None:
    """What is felt moves the clock that goes by it, from its noted hazard on; the other clocks of the rung stay as they are."""
    stage, m = at_start(ladder(RUNGS, FEELING, satisfaction={"start": 7.0}))
    access.mood(m, 0).satisfaction = 7.0
    behaviour.enter(m, 0, BUYER, 0)
    r = access.rung(m, BUYER)
    assert (r.time_first, r.time_count) == (1, 2)
    before = [int(access.clock(m, 0, slot)) for slot in range(2)]
    t = min(before) // 2
    access.mood(m, 1).satisfaction = 9.0
    behaviour.enter(m, 1, BUYER, 0)  # what is noted is of whoever acts
    clocks.hold(m, 0)
    access.mood(m, 0).satisfaction = 7.0 + 3.0 * np.log(2.0)  # e^(−ln 2): half the hazard
    clocks.release(m, 0, t)
    after = [int(access.clock(m, 0, slot)) for slot in range(2)]
    assert after[0] == before[0]
    assert after[1] - t == pytest.approx(2 * (before[1] - t), abs=2)
    del stage


def test_only_the_first_clock_is_kept_where_nothing_moves_it() -> None:
    """Of two steps without a plan that could change them, the earlier is due, and is the one that is taken."""
    stage, m = at_start(ladder(RUNGS, [FEELING[0], FEELING[1], {"from": "buyer", "to": "gone", "rate": 0.2}], market_size=30))
    found = set()
    for row in range(30):
        behaviour.enter(m, row, BUYER, 5)
        visit = np.uint64(access.visits(m, row, BUYER))
        both = []
        for slot, rate in enumerate((0.1, 0.2)):
            u = streams.uniform(access.key(m, row), access.step(m, 1 + slot).stream_id, streams.CLOCK, visit, 0)
            both.append(int(wound(5, streams.exponential(u), rate / MONTH)))
        assert access.clock(m, row, 0) == min(both)
        assert access.head(m, row).leaving == both.index(min(both))
        found.add(both.index(min(both)))
    assert found == {0, 1}
    del stage


STOOD = [
    {"name": "lead", "share": 0.25},
    {"name": "buyer", "share": 0.25, "customer": True},
    {"name": "lapsed", "share": 0.25, "off_ladder": True, "bought_before": True},
    {"name": "cold", "share": 0.25, "off_ladder": True, "bought_before": False},
]


def test_who_is_still_to_be_won() -> None:
    """Neither who is a customer from month 0 on, nor who had bought before the start; who was won in month 0 is won."""
    stage, m = at_start(ladder(STOOD))
    for row in range(4):
        put(m, row, row)
        standing.begin_standing(m, row)
    assert [bool(standing.is_to_be_won(m, row)) for row in range(4)] == [True, False, False, True]
    assert [int(standing.cohort_of(m, row)) for row in range(4)] == [-1, 0, -1, -1]
    standing.set_cohort(m, 0, 0)
    assert standing.cohort_of(m, 0) == 0
    assert not standing.is_to_be_won(m, 0)
    standing.set_cohort(m, 3, 4)
    assert standing.cohort_of(m, 3) == 4
    del stage


def talk(kind: dict[str, Any], size: int, budget: str = "per_sender") -> tuple[Any, Any]:
    """A market of so many people who talk."""
    layer = {"layer": "talk", "graph": kind, "budget": budget, "messages_per_month": {"lead": 1.0}}
    return at_start(ladder(RUNGS, word_of_mouth=[layer], market_size=size))


def test_who_is_told() -> None:
    """Everybody but oneself, each as likely; of two the other one; who is alone tells nobody."""
    bits = [np.uint64(n << 56) for n in range(256)]
    stage, m = talk({"kind": "everyone"}, 2)
    assert [int(word_of_mouth.pick_neighbour(m, row, 0, bits[100])) for row in range(2)] == [1, 0]
    stage, m = talk({"kind": "everyone"}, 5)
    told = [int(word_of_mouth.pick_neighbour(m, 2, 0, some)) for some in bits]
    assert [told.count(row) for row in range(5)] == [64, 64, 0, 64, 64]
    assert told == sorted(told)
    stage, m = talk({"kind": "everyone"}, 1)
    assert word_of_mouth.pick_neighbour(m, 0, 0, bits[3]) == NOBODY
    del stage


def test_when_a_message_arrives() -> None:
    """At the end of the tick in which it is sent; sent at its very end, there; sent while messages are delivered, at the next."""
    stage, m = talk({"kind": "everyone"}, 3)
    for sent, late, tick in ((0, False, 1), (1, False, 1), (TICK, False, 1), (TICK + 1, False, 2), (TICK, True, 2), (0, True, 1)):
        before = stage.books.queue_count.copy()
        word_of_mouth.send(m, 0, 0, 2, sent, late)
        assert np.flatnonzero(stage.books.queue_count - before).tolist() == [tick]
    assert access.talking(m, 0).messages == 6
    assert stage.books.messages[:, 0, 0].sum() == 6


def test_who_announces_tells_everybody_else() -> None:
    """Four messages of one of five, to all but itself."""
    stage, m = talk({"kind": "everyone"}, 5)
    word_of_mouth.announce(m, 2, 0, False)
    assert stage.books.queue_count[1] == 4
    assert sorted(stage.books.queued_messages["receiver"][:4].tolist()) == [0, 1, 3, 4]
    assert set(stage.books.queued_messages["number"][:4].tolist()) == {0, 1, 2, 3}
