"""Programmes' rules, called one by one for a member, against numbers counted by hand.

Tests: ``model/membership.py``, ``scenario/programs/cashback.py``, ``scenario/programs/club.py``, ``scenario/programs/gradient.py``,
``scenario/programs/points.py``, ``scenario/programs/referral_reward.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from ladsim.model import access
from ladsim.model.layout import (
    M_CANCELLED,
    M_EXPIRED,
    M_FAILED,
    M_ISSUED,
    M_LEFT,
    M_REDEEMED,
    M_REWARDS,
    MONTH,
    MOST_MONEY,
    NEVER,
    P_FEES,
    P_REWARDS,
)
from ladsim.model.membership import join
from ladsim.scenario.programs import cashback, club, points, referral_reward
from tests.model.by_hand import UNIT, at_start, ladder, put

BUYER, GONE = range(2)
HERE = 1  # place of the programme that is looked at
RUNGS = [{"name": "buyer", "share": 1.0, "orders_per_month": 1.0}, {"name": "gone", "off_ladder": True}]


@pytest.fixture(autouse=True)
def numbers_as_compiled() -> Iterator[None]:
    """Whole numbers of 64 bits begin again at 0 without a word."""
    with np.errstate(all="ignore"):
        yield


def program(kind: str, **numbers: Any) -> dict[str, Any]:
    """A programme that nobody joins by itself."""
    return {"kind": kind, "joins": {"on_rungs": "gone", "probability": 1.0}, **numbers}


OTHER = program("points", name="other", points_per_order=1.0, reward_at=5.0, reward_cost=2.0, expires_after_months=3)


def member_of(data: dict[str, Any], **more: Any) -> tuple[Any, Any, int]:
    """A market in which customer 0 has joined a programme at the start, its record, and where that stands; another programme comes first."""
    stage, m = at_start(ladder(RUNGS, programs=[OTHER, data], **more))
    for place in range(HERE + 1):
        for row in range(4):
            access.member(m, row, place).due = NEVER
            access.member(m, row, place).orders = 1.0
    join(m, 0, HERE, 0)
    return stage, m, access.where(m)


def counted(stage: Any, what: int, place: int = HERE) -> list[int]:
    """What was counted of a programme's members, by month."""
    return [int(n) for n in stage.books.members[:, place, what]]


def booked(stage: Any, m: Any, cause: int, place: int = HERE) -> float:
    """What was booked to a programme, in the currency."""
    return float(stage.books.money[:, access.program(m, place).cause + cause].sum()) / UNIT


CARD = program("points", points_per_order=1.0, points_per_unit=0.1, reward_at=5.0, reward_cost=2.0, redemption_probability=1.0)
KEPT = CARD | {"expires_after_months": 2, "redemption_probability": 1e-9}


def test_an_order_earns_points_and_enough_are_a_reward() -> None:
    """30 paid are 3 points and one for the order; twice, that is a reward of 5 points, which costs 2, and 3 points are left."""
    stage, m, here = member_of(CARD)
    own = access.member(m, 0, HERE)
    points.on_order(here, 0, HERE, 5, 30.0 * UNIT)
    assert (own.balance, own.number) == (4000, 0)
    points.on_order(here, 0, HERE, MONTH + 5, 30.0 * UNIT)
    assert (own.balance, own.number) == (3000, 1)
    assert counted(stage, M_ISSUED)[:3] == [0, 4000, 4000]
    assert counted(stage, M_REDEEMED)[:3] == [0, 0, 5000]
    assert counted(stage, M_REWARDS)[:3] == [0, 0, 1]
    assert booked(stage, m, P_REWARDS) == -2.0
    points.on_order(here, 1, HERE, 5, 30.0 * UNIT)  # who is no member earns nothing
    assert access.member(m, 1, HERE).balance == 0


def test_the_oldest_points_go_first_and_expire_first() -> None:
    """1, 2 and 4 points of months 1, 2 and 3, of which 2 are used: the first of month 1 and one of month 2, whose other one expires."""
    stage, m, here = member_of(KEPT)
    own = access.member(m, 0, HERE)
    for month, amount in ((1, 1000), (2, 2000), (3, 4000)):
        points.give(m, 0, HERE, (month - 1) * MONTH + 7, amount)
    assert points.oldest_lot(m, 0, HERE) == 1
    points.set_date(m, 0, HERE)
    assert own.due == 3 * MONTH
    points.use(m, 0, HERE, 2 * MONTH + 8, 2000)
    assert (own.balance, points.oldest_lot(m, 0, HERE)) == (5000, 2)
    points.set_date(m, 0, HERE)
    assert own.due == 4 * MONTH
    points.expire(m, 0, HERE, 4 * MONTH - 1)
    assert own.balance == 5000
    points.on_date(here, 0, HERE, 4 * MONTH, 0.0)
    assert (own.balance, points.oldest_lot(m, 0, HERE), own.due) == (4000, 3, 5 * MONTH)
    points.give(m, 0, HERE, 3 * MONTH + 1, 500)  # into the room of the lot of month 1
    assert points.oldest_lot(m, 0, HERE) == 3
    points.on_date(here, 0, HERE, 5 * MONTH, 0.0)
    points.on_date(here, 0, HERE, 6 * MONTH, 0.0)
    assert (own.balance, own.due) == (0, NEVER)
    assert counted(stage, M_ISSUED)[:7] == [0, 1000, 2000, 4000, 500, 0, 0]
    assert counted(stage, M_REDEEMED)[:7] == [0, 0, 0, 2000, 0, 0, 0]
    assert counted(stage, M_EXPIRED)[:7] == [0, 0, 0, 0, 1000, 4000, 500]


def test_points_of_old_lots_are_found_again() -> None:
    """A lot that is empty is passed for good: its room serves a later month, whose points do not expire as if they were of its."""
    stage, m, _ = member_of(KEPT)
    points.give(m, 0, HERE, 5, 1000)  # month 1
    points.give(m, 0, HERE, MONTH + 5, 1000)  # month 2
    points.use(m, 0, HERE, MONTH + 6, 1000)
    assert points.oldest_lot(m, 0, HERE) == 2
    points.give(m, 0, HERE, 3 * MONTH + 5, 1000)  # month 4 has the room of month 1
    assert points.oldest_lot(m, 0, HERE) == 2
    del stage


def test_more_points_than_can_be_counted() -> None:
    """Half of all that can be counted is given once; what would reach the whole is not, and leaves its mark."""
    stage, m, _ = member_of(CARD)
    points.give(m, 0, HERE, 5, MOST_MONEY // 2)
    assert m.moved == access.member(m, 0, HERE).balance == MOST_MONEY // 2
    points.give(m, 0, HERE, 5, MOST_MONEY - MOST_MONEY // 2)
    assert access.member(m, 0, HERE).balance == MOST_MONEY // 2
    assert m.moved == MOST_MONEY
    assert counted(stage, M_ISSUED)[1] == MOST_MONEY // 2


def test_a_reward_lifts_until_its_date() -> None:
    """Half as many orders more for two months after a reward; and what points are left press as before."""
    stage, m, here = member_of(
        CARD | {"lift_after_reward": 0.5, "lift_months": 2.0, "goal_gradient": 0.8, "goal_gradient_power": 2.0}
    )
    own = access.member(m, 0, HERE)
    points.on_grant(here, 0, HERE, 5, 2.5)
    assert own.orders == pytest.approx(1.0 + 0.8 * 0.25)
    assert own.due == NEVER
    points.on_order(here, 0, HERE, 5, 15.0 * UNIT)
    assert (own.balance, own.state, own.due) == (0, 1, 5 + 2 * MONTH)
    assert own.orders == 1.5
    points.on_date(here, 0, HERE, own.due, 0.0)
    assert (own.orders, own.state, own.due) == (1.0, 0, NEVER)
    del stage


def test_points_are_told_of_at_their_dates() -> None:
    """Every half month; the next date is a half month on; who has no points costs no contact."""
    stage, m, here = member_of(CARD | {"statement_every_months": 0.5, "statement_cost": 0.25})
    own = access.member(m, 0, HERE)
    assert own.due == MONTH // 2
    points.on_date(here, 0, HERE, MONTH // 2, 0.0)
    assert (own.due, m.moved) == (MONTH, 0)
    points.on_grant(here, 0, HERE, MONTH // 2 + 1, 1.0)
    moved = m.moved
    points.on_date(here, 0, HERE, MONTH - 1, 0.0)
    assert (own.due, m.moved) == (MONTH, moved)
    points.on_date(here, 0, HERE, MONTH, 0.0)
    assert (own.due, m.moved - moved) == (3 * MONTH // 2, UNIT // 4)
    del stage


def test_a_club_member_pays_pauses_and_goes() -> None:
    """A fee of 12 with 20 % tax inside, and the next one three months on, or later by what is free; a pause pays nothing; an end is counted."""
    data = program("club", fee=12.0, fee_every_months=3.0, renewal_probability=0.0, pause_share=1.0, pause_months=2.0)
    stage, m, here = member_of(data, amounts_include_vat=0.2)
    own = access.member(m, 0, HERE)
    assert (own.level, own.due) == (1, 3 * MONTH)
    club.on_grant(here, 0, HERE, 5, 1.0)
    assert own.due == 4 * MONTH
    club.on_date(here, 0, HERE, 4 * MONTH, 0.0)
    assert (own.level, own.due) == (2, 6 * MONTH)
    club.on_grant(here, 0, HERE, 5 * MONTH, 0.5)  # waits for the next fee date
    assert own.due == 6 * MONTH
    club.on_date(here, 0, HERE, 6 * MONTH, 0.0)
    assert (own.level, own.due) == (1, 9 * MONTH + MONTH // 2)
    assert booked(stage, m, P_FEES) == 10.0  # the second is for what comes
    assert stage.books.prepaid[:, 0].sum() == 10 * UNIT
    put(m, 0, GONE)
    club.on_date(here, 0, HERE, 6 * MONTH, 0.0)
    assert own.level == 0
    assert (booked(stage, m, P_FEES), stage.books.prepaid[:, 0].sum()) == (20.0, 0)
    assert (counted(stage, M_LEFT)[6], counted(stage, M_CANCELLED)[6], counted(stage, M_FAILED)[6]) == (1, 1, 0)


def test_a_payment_that_fails_is_tried_again() -> None:
    """After three days, for the time that began at the fee date; what is not recovered ends the membership."""
    data = program("club", fee=5.0, fee_every_months=1.0, renewal_probability=1.0, failed_payment_share=1.0, retry_days=3.0)
    stage, m, here = member_of(data | {"recovered_share": 1.0})
    own = access.member(m, 0, HERE)
    club.on_date(here, 0, HERE, MONTH, 0.0)
    later = round(3 / 30.4375 * MONTH)
    assert (own.due, own.state, own.number) == (MONTH + later, 2, 1)
    club.on_grant(here, 0, HERE, MONTH + 5, 1.0)  # a month free cannot move the date at which it is tried again
    assert own.due == MONTH + later
    club.on_date(here, 0, HERE, MONTH + later, 0.0)
    assert (own.due, own.state, own.number) == (3 * MONTH, 0, 1)
    assert booked(stage, m, P_FEES) == pytest.approx(5.0 + 5.0 * 3 / 30.4375, abs=1e-5)  # the days that are over
    club.on_date(here, 0, HERE, 3 * MONTH, 0.0)
    put(m, 0, GONE)
    club.on_date(here, 0, HERE, own.due, 0.0)  # who is gone by then does not pay, and nothing of it is left
    assert (own.level, own.state, booked(stage, m, P_FEES)) == (0, 0, 10.0)
    stage, m, here = member_of(data | {"recovered_share": 0.0})
    club.on_date(here, 0, HERE, MONTH, 0.0)
    assert access.member(m, 0, HERE).level == 0
    assert (counted(stage, M_FAILED)[1], counted(stage, M_CANCELLED)[1], booked(stage, m, P_FEES)) == (1, 0, 5.0)


BACK = program("cashback", cashback_share=0.1, payout_probability=1.0)


def test_cashback_remembers_what_it_needs() -> None:
    """Two dates, the balance with tax in where there is a minimum, what was given where that is limited in time, and nothing else."""
    for minimum, limits, words in (
        (0.0, {}, 2), (5.0, {}, 3), (0.0, {"max_per_month": 3.0}, 5), (5.0, {"max_per_month": 3.0, "max_per_year": 9.0}, 6),
    ):  # fmt: skip
        assert cashback.memory({"minimum_balance": minimum, **limits}) == words


def test_a_balance_is_told_of_and_expires() -> None:
    """A tenth of 30 comes back; it is told of each month, and gone two months after the order; then nobody is told."""
    data = BACK | {"inactive_months": 2.0, "statement_every_months": 0.75, "statement_cost": 0.5, "minimum_balance": 50.0}
    stage, m, here = member_of(data)
    own = access.member(m, 0, HERE)
    cashback.on_order(here, 0, HERE, 5, 30.0 * UNIT)
    assert (own.balance, own.due) == (3 * UNIT, 3 * MONTH // 4)
    moved = []
    for _ in range(4):
        before = m.moved
        cashback.on_date(here, 0, HERE, own.due, 0.0)
        moved.append((own.due, own.balance // UNIT, m.moved - before))
    assert moved == [
        (3 * MONTH // 2, 3, UNIT // 2), (5 + 2 * MONTH, 3, UNIT // 2), (9 * MONTH // 4, 0, 0), (3 * MONTH, 0, 0),
    ]  # fmt: skip
    assert counted(stage, M_EXPIRED)[3] == 3 * UNIT


def test_a_balance_is_paid_out_at_its_minimum() -> None:
    """2.40 with tax in at each order, 2.00 without: the second reaches 4.80, and 4.00 are paid."""
    stage, m, here = member_of(BACK | {"minimum_balance": 4.8}, amounts_include_vat=0.2)
    own = access.member(m, 0, HERE)
    cashback.on_order(here, 0, HERE, 5, 20.0 * UNIT)
    assert (own.balance, m.moved) == (2 * UNIT, 0)
    cashback.on_order(here, 0, HERE, 5, 20.0 * UNIT)
    assert (own.balance, booked(stage, m, P_REWARDS)) == (0, -4.0)
    assert (counted(stage, M_REDEEMED)[1], counted(stage, M_REWARDS)[1]) == (4 * UNIT, 1)


def test_a_payout_pulls() -> None:
    """Of a minimum of 4.80 with tax in 2.40 are held: 1 + κ·½^γ; worth twice as much pulls twice as hard; paid out, or expired, pulls no more."""
    keys = {"minimum_balance": 4.8, "goal_gradient": 0.8, "goal_gradient_power": 2.0, "inactive_months": 1.0}
    for more, pulled in (({}, 1.2), ({"perceived_value": 9.6}, 1.4)):
        stage, m, here = member_of(BACK | keys | more, amounts_include_vat=0.2)
        own = access.member(m, 0, HERE)
        cashback.on_order(here, 0, HERE, 5, 20.0 * UNIT)
        assert own.orders == pytest.approx(pulled, abs=1e-12)
        cashback.on_order(here, 0, HERE, 5, 20.0 * UNIT)
        assert (own.balance, own.orders) == (0, 1.0)
        cashback.on_order(here, 0, HERE, 6, 20.0 * UNIT)
        cashback.on_date(here, 0, HERE, own.due, 0.0)
        assert (own.balance, own.orders) == (0, 1.0)
        del stage


@pytest.mark.parametrize(("limits", "given"), [
    ({}, [5, 5]), ({"max_per_month": 2}, [2, 2]), ({"max_total": 3}, [3, 0]), ({"max_per_month": 2, "max_total": 3}, [2, 1]),
    ({"max_per_year": 3}, [3, 0]), ({"max_per_year": 6, "max_per_month": 4}, [4, 2]), ({"max_per_year": 9, "max_total": 7}, [5, 2]),
])  # fmt: skip
def test_who_refers_has_a_reward_up_to_the_limits(limits: dict[str, int], given: list[int]) -> None:
    """Five newcomers in month 1 and five in month 2; each reward is 7, and who is new has 4 at once."""
    assert referral_reward.memory(limits) == (4 if "max_per_year" in limits else 3 if limits else 0)
    talk = {"layer": "talk", "graph": {"kind": "everyone"}, "messages_per_month": {"buyer": 1.0}}
    stage, m, here = member_of(
        program("referral_reward", referrer_reward=7.0, referred_reward=4.0, **limits), word_of_mouth=[talk]
    )
    for t in (5, MONTH + 5):
        for newcomer in range(5):
            referral_reward.on_referral(here, 0, HERE, t, float(newcomer))
    assert counted(stage, M_REWARDS)[1:3] == given
    assert booked(stage, m, P_REWARDS) == -7.0 * sum(given)
    referral_reward.on_referral(here, 1, HERE, 5, 2.0)  # who takes no part is given nothing
    assert booked(stage, m, P_REWARDS) == -7.0 * sum(given)
    referral_reward.on_convert(here, 1, HERE, 5, 0.0)
    assert booked(stage, m, P_REWARDS) == -7.0 * sum(given) - 4.0


def test_a_year_of_rewards_begins_anew() -> None:
    """Two a year: two in months 1 and 12, two more in month 13."""
    talk = {"layer": "talk", "graph": {"kind": "everyone"}, "messages_per_month": {"buyer": 1.0}}
    data = program("referral_reward", referrer_reward=7.0, max_per_year=2)
    stage, _, here = member_of(data, word_of_mouth=[talk], months=14)
    for t in (5, 11 * MONTH + 5, 12 * MONTH, 12 * MONTH + 5, 12 * MONTH + 6, 13 * MONTH):
        referral_reward.on_referral(here, 0, HERE, t, 1.0)
    given = counted(stage, M_REWARDS)
    assert {month: given[month] for month in (1, 12, 13)} == {1: 1, 12: 1, 13: 2}
    assert sum(given) == 4
