"""A fork from which on programmes have other terms: dates to come, pulls and limits go by the new ones."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from ladsim import History, simulate
from ladsim.errors import ScenarioError
from ladsim.model.layout import E_EXPIRE, MEMBER_COUNTS, MONTH
from ladsim.scenario.load import validated
from tests.engine.test_fork import assert_same, going_on, keeps_its_books, some_month, without_policies
from tests.strategies import bound, future, planned, scenario_data

PEOPLE = 20
KINDS: dict[str, dict[str, Any]] = {
    "points": {"kind": "points", "points_per_unit": 1.0, "endowed_points": 10.0, "reward_at": 1e6},
    "cashback": {"kind": "cashback", "cashback_share": 0.1, "minimum_balance": 1e6},
}


def shop(orders: float = 0.0, **more: Any) -> dict[str, Any]:
    """Customers who stay, a year from 1 January 2027."""
    return {
        "schema": 1, "name": "shop", "months": 12, "market_size": PEOPLE, "start_date": datetime.date(2027, 1, 1), "engine": "simpy",
        "rungs": [{"name": "customer", "share": 1.0, "orders_per_month": orders, "customer": True}], "steps": [],
        "basket": {"law": "constant", "mean": 10.0},
    } | more  # fmt: skip


def card(kind: str, **terms: Any) -> dict[str, Any]:
    """A programme that everybody is in from the start."""
    return KINDS[kind] | {"name": "card", "joins": {"probability": 1.0}} | terms


def forked(before: dict[str, Any], after: dict[str, Any], month: int, orders: float = 0.0) -> History:
    """The shop with one programme, which goes on with other terms from a month."""
    first = simulate(validated(shop(orders, programs=[before])), save_at=month, log=True)
    return first.fork(validated(shop(orders, programs=[after])))


def counted(history: History, what: str) -> dict[int, int]:
    """Month → what was counted of the programme's members, where there is any."""
    column = history.members[:, 0, MEMBER_COUNTS.index(what)]
    return {int(month): int(column[month]) for month in np.flatnonzero(column)}


ALL = PEOPLE * 10 * 1000  # thousandths of the points given on joining
ENDS: dict[str, tuple[dict[str, Any], dict[str, Any], int, dict[int, int]]] = {
    "an earlier day": ({"each_year_on": "12-01"}, {"each_year_on": "06-15"}, 3, {6: ALL}),
    "a later day": ({"each_year_on": "05-01"}, {"each_year_on": "10-15"}, 3, {10: ALL}),
    "the day itself": ({"each_year_on": "12-01"}, {"each_year_on": "04-02"}, 3, {3: ALL}),
    "a day that is over this year": ({"each_year_on": "06-15"}, {"each_year_on": "02-15"}, 3, {}),
    "a longer silence": ({"inactive_months": 3.0}, {"inactive_months": 4.5}, 2, {5: ALL}),
    "a shorter silence": ({"inactive_months": 6.0}, {"inactive_months": 5.0}, 2, {5: ALL}),
    "a silence that is over": ({"inactive_months": 6.0}, {"inactive_months": 1.0}, 4, {4: ALL}),
    "a silence for a day": ({"each_year_on": "06-15"}, {"inactive_months": 2.0}, 4, {6: ALL}),
    "a day for a silence": ({"inactive_months": 3.0}, {"each_year_on": "09-15"}, 2, {9: ALL}),
}


@pytest.mark.parametrize("case", ENDS)
def test_points_expire_by_the_new_terms(case: str) -> None:
    """What was given on joining is there until the date that holds from the month on, and expires then."""
    before, after, month, expired = ENDS[case]
    found = forked(card("points", **before), card("points", **after), month)
    assert counted(found, "expired") == expired


@pytest.mark.parametrize(
    ("before", "after", "months"),
    [
        ({}, {"statement_every_months": 2}, [4, 6, 8, 10, 12]),
        ({"statement_every_months": 2}, {}, [2]),
        ({"statement_every_months": 2}, {"statement_every_months": 3}, [2, 3, 6, 9, 12]),
        ({"statement_every_months": 2}, {"statement_every_months": 2, "statement_cost": 1.0}, [2, 4, 6, 8, 10, 12]),
    ],
)
def test_statements_come_by_the_new_terms(before: dict[str, Any], after: dict[str, Any], months: list[int]) -> None:
    """So many months after joining, from the month on; where there are none any more nobody gets one."""
    found = forked(card("points", **before), card("points", **after), 3)
    assert counted(found, "contacts") == dict.fromkeys(months, PEOPLE)


def expiries(history: History) -> set[tuple[int, int]]:
    """Who lost a balance when."""
    assert history.log is not None
    lost = history.log[history.log["event"] == E_EXPIRE]
    return {(int(row["customer"]), int(row["time"])) for row in lost}


def test_cashback_expires_by_the_new_terms() -> None:
    """A month after the last order, as if it had always been so; at once where that is over; without such a rule never."""
    short, long = card("cashback", inactive_months=1.0), card("cashback", inactive_months=3.0)
    always = expiries(simulate(validated(shop(0.5, programs=[short])), log=True))
    found = expiries(forked(long, short, 2, orders=0.5))
    assert {one for one in found if one[1] > 2 * MONTH} == {one for one in always if one[1] > 2 * MONTH} != set()
    assert {who for who, t in found if t == 2 * MONTH} and not any(t < 2 * MONTH for _, t in found)
    never = expiries(forked(short, card("cashback"), 2, orders=0.5))
    assert never == {one for one in always if one[1] < 2 * MONTH} != set()


def test_cashback_is_told_of_by_the_new_terms() -> None:
    """Members with a balance, every two months from the month on."""
    found = counted(forked(card("cashback"), card("cashback", statement_every_months=2), 3, orders=3.0), "contacts")
    assert found == dict.fromkeys([4, 6, 8, 10, 12], PEOPLE)


def test_a_pull_begins_at_the_month() -> None:
    """Half of a reward pulls with κ = 3 from the month on: what was left of the wait for the next order takes 1 / 2.5 of the time."""
    plain = card("points", points_per_unit=0.0, points_per_order=0.0, reward_at=20.0)
    kept = simulate(validated(shop(0.2, programs=[plain])), log=True)
    pulled = forked(plain, plain | {"goal_gradient": 3.0}, 2, orders=0.2)
    t = 2 * MONTH
    waits = [
        history.events().query(f"event == 'order' and time > {t}").groupby("customer")["time"].min() for history in (kept, pulled)
    ]
    both = (waits[0] - t).to_frame("kept").join((waits[1] - t).rename("pulled"), how="inner")
    assert len(both) > 10
    assert (np.abs(both["kept"] / 2.5 - both["pulled"]) <= 2).all()


@pytest.mark.parametrize(
    "pulled",
    [
        card("cashback", minimum_balance=20.0, goal_gradient=3.0),
        {"kind": "tiers", "name": "card", "joins": {"probability": 1.0}, "goal_gradient": 3.0,
         "levels": [{"name": "low", "orders": 0.0}, {"name": "high", "orders": 9.0}]},
    ],
    ids=["cashback", "tiers"],
)  # fmt: skip
def test_a_pull_ends_at_the_month(pulled: dict[str, Any]) -> None:
    """Terms without a pull: nobody is pulled from the month on, also before anything has happened to them."""
    first = simulate(validated(shop(0.4, programs=[pulled])), save_at=6, log=True)
    ended = first.fork(validated(shop(0.4, programs=[pulled | {"goal_gradient": 0.0}])))
    kept = first.fork(validated(shop(0.4, programs=[pulled])))
    waits = [
        history.events().query(f"event == 'order' and time > {6 * MONTH}").groupby("customer")["time"].min()
        for history in (kept, ended)
    ]
    both = waits[0].to_frame("kept").join(waits[1].rename("ended"), how="inner")
    assert (both["ended"] >= both["kept"]).all() and (both["ended"] > both["kept"]).sum() > 3


@pytest.mark.parametrize(("days", "month"), [(45.0, 2), (75.0, 3), (200.0, 7)])
def test_a_silence_is_contacted_by_the_new_terms(days: float, month: int) -> None:
    """Nobody ever orders: the one contact for that comes so many days after the start, at the month where that is over."""

    def market(delay: float) -> dict[str, Any]:
        letter = {"name": "letter", "effects": [{"on": "orders", "full": 0.5}]}
        contact = {"name": "silent", "tactic": "letter", "after": "no_order", "delay_days": delay, "cost_per_contact": 1.0}
        return shop(tactics=[letter], campaigns=[contact])

    first = simulate(validated(market(120.0)), save_at=2, log=True)
    assert counted(first, "contacts") == {4: PEOPLE}
    assert counted(first.fork(validated(market(days))), "contacts") == {month: PEOPLE}


OTHERWISE: dict[str, Any] = {
    "inactive_months": 0.7, "each_year_on": "03-27", "statement_every_months": 0.45, "goal_gradient": 2.0, "lift_after_reward": 0.8,
    "max_amount": 0.9, "min_order": 3.0, "cashback_share": 0.4, "discount_share": 0.6, "retry_days": 5.0, "delay_days": 7.0,
}  # fmt: skip


def other_terms(data: dict[str, Any]) -> dict[str, Any]:
    """The same market, where programmes and campaigns after events have other terms, of those that they have."""

    def changed(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{key: OTHERWISE.get(key, value) for key, value in item.items()} for item in items]

    strategies = {
        name: strategy | {"programs": changed(strategy["programs"])} for name, strategy in data.get("strategies", {}).items()
    }
    return data | {"programs": changed(data["programs"]), "campaigns": changed(data["campaigns"]), "strategies": strategies}


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds for small markets."""
    bound(monkeypatch)


def by_both_engines(data: dict[str, Any], seed: int, draw: st.DataObject) -> None:
    """A generated market that goes on by other terms does so alike by both engines, and keeps its books."""
    data = without_policies(data)
    try:
        other = planned(other_terms(data))
    except ScenarioError:
        reject()
    first = future(planned(data), seed=seed, log=True, save_at=some_month(draw, data))
    found = [going_on(first, engine=engine).fork(other) for engine in ("simpy", "fast")]
    assert_same(*found)
    keeps_its_books(found[0])


@pytest.mark.usefixtures("_small")
@settings(max_examples=15)
@given(scenario_data(), st.integers(0, 2**40), st.data())
def test_other_terms_by_both_engines(data: dict[str, Any], seed: int, draw: st.DataObject) -> None:
    """Generated markets with programmes, and what they set anew."""
    by_both_engines(data, seed, draw)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.usefixtures("_small")
@settings(max_examples=300)
@given(scenario_data(), st.integers(0, 2**40), st.data())
def test_other_terms_by_both_engines_in_many_markets(data: dict[str, Any], seed: int, draw: st.DataObject) -> None:
    """The same over three hundred."""
    by_both_engines(data, seed, draw)
