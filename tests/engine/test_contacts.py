"""Campaigns set off by events: when a contact comes, whom it reaches, what it costs and does, read from the log.

Tests: ``engine/holdout.py``, ``scenario/triggered_tables.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.model.layout import M_CONTACTS, M_LEFT, MONTH
from ladsim.scenario.load import validated

DELAY = 10.0 / 30.4375
UNIT = 1.0 / MONTH
WELCOME = {"name": "welcome", "effects": [{"on": "orders", "full": 1.0}]}


def played(after: str, **more: Any) -> History:
    """Leads become customers by ordering, customers lapse and come back; a contact ten days after an event."""
    campaign = {"tactic": "welcome", "after": after, "delay_days": 10.0, "cost_per_contact": 2.0, **more.pop("campaign", {})}
    data = {
        "schema": 1, "name": "events", "months": 12, "market_size": 300,
        "rungs": [
            {"name": "lead", "share": 0.7}, {"name": "customer", "share": 0.3, "orders_per_month": 1.0},
            {"name": "lapsed", "off_ladder": True},
        ],
        "steps": [
            {"from": "lead", "to": "customer", "monthly": 0.2, "is_order": True},
            {"from": "customer", "to": "lapsed", "monthly": 0.1},
            {"from": "lapsed", "to": "customer", "monthly": 0.1},
        ],
        "basket": {"mean": 10.0}, "tactics": [WELCOME], "campaigns": [campaign], **more,
    }  # fmt: skip
    return simulate(validated(data), seed=4, log=True)


def contacts(history: History) -> pd.DataFrame:
    """Month and customer of every contact."""
    log = history.events()
    return log[(log["event"] == "level") & (log["amount"] > 0)][["month", "customer"]]


def of(log: pd.DataFrame, event: str, **where: Any) -> dict[int, list[float]]:
    """Months of an event by customer."""
    rows = log[log["event"] == event]
    for name, value in where.items():
        rows = rows[rows[name] == value]
    return {int(c): list(months) for c, months in rows.groupby("customer")["month"]}


def test_ten_days_after_the_first_order() -> None:
    """One contact for each first order that is ten days old at the end and whose customer then orders still; it costs 2."""
    history = played("first_order")
    found = contacts(history)
    orders = of(history.events(), "order")
    assert len(found) > 100
    assert found["customer"].is_unique
    for month, customer in found.itertuples(index=False):
        assert month == pytest.approx(orders[customer][0] + DELAY, abs=2 * UNIT)
    place = history.causes.index("welcome:running")
    assert history.money[:, place].sum() / history.unit == -2.0 * len(found)
    assert history.members[:, 0, M_CONTACTS].sum() == len(found)


def test_an_event_while_a_contact_is_due_changes_nothing() -> None:
    """Each contact comes ten days after the first order since the last one's effect was over, however many orders follow in these days."""
    often = [{"name": "welcome", "effects": [{"on": "orders", "full": 3.0}]}]
    history = played("order", campaign={"lasts_days": 1.0}, tactics=often, market_size=100)
    orders, found, lasts = of(history.events(), "order"), contacts(history), 1.0 / 30.4375
    several = 0
    for customer, those in found.groupby("customer"):
        free = 0.0
        for month in those["month"]:
            waited = [at for at in orders[customer] if at > free and at <= month]
            assert month == pytest.approx(waited[0] + DELAY, abs=UNIT)
            several += len(waited) > 1
            free = month + lasts
    assert len(found) > 150 and several > 30


def test_a_contact_lasts() -> None:
    """Everybody goes back after `lasts_days`, and orders twice as often until then."""
    history = played("first_order", campaign={"lasts_days": 30.4375})
    log = history.events()
    begins, ends = of(log, "level", amount=1.0), of(log, "level", amount=0.0)
    assert all(ends[c][0] - begins[c][0] == pytest.approx(1.0, abs=2 * UNIT) for c in ends)
    orders = of(log, "order")
    lapses = of(log, "move")
    stayed = [c for c in ends if not any(begins[c][0] < month < ends[c][0] for month in lapses.get(c, []))]
    counted = sum(sum(begins[c][0] < month <= ends[c][0] for month in orders[c]) for c in stayed)
    assert abs(counted - 2.0 * len(stayed)) <= 4.0 * np.sqrt(2.0 * len(stayed))


def test_win_back_of_those_who_lapsed() -> None:
    """Each contact comes ten days after entering the rung, to those who are still there."""
    back = {"name": "welcome", "effects": [{"on": "climbing", "per_rung": {"lapsed": 2.0}}]}
    history = played("entered.lapsed", tactics=[back])
    lapses = of(history.events(), "move", to="lapsed")
    found = contacts(history)
    assert len(found) > 20
    for month, customer in found.itertuples(index=False):
        assert min(abs(month - DELAY - lapse) for lapse in lapses[customer]) <= 2 * UNIT


def test_after_a_silence() -> None:
    """The last order (or the start, for a customer of the start) is ten days ago, and nobody is written to twice for one silence."""
    history = played("no_order", campaign={"lasts_days": 1.0})
    log = history.events()
    orders = of(log, "order")
    seen: set[tuple[int, float]] = set()
    for month, customer in contacts(history).itertuples(index=False):
        before = [0.0, *(at for at in orders.get(customer, []) if at < month)]
        assert month == pytest.approx(before[-1] + DELAY, abs=1.0 / 30.4375 + 2 * UNIT)
        assert (customer, before[-1]) not in seen
        seen.add((customer, before[-1]))
    assert len(seen) > 300


def test_who_joined() -> None:
    """Ten days after joining a programme."""
    points = {"kind": "points", "joins": {"probability": 0.5}, "points_per_unit": 1.0, "reward_at": 1e6}
    history = played("joined.points", programs=[points])
    log = history.events()
    joined = of(log[log["cause"] == "points"], "level", amount=1.0)
    rows = log[(log["event"] == "level") & (log["cause"] == "welcome") & (log["amount"] > 0)]
    assert len(rows) > 50
    for month, customer in rows[["month", "customer"]].itertuples(index=False):
        assert month == pytest.approx(joined[customer][0] + DELAY, abs=2 * UNIT)


def test_whom_it_reaches() -> None:
    """A control group, consent and dates keep contacts away: by shares, |z| ≤ 4; a control group of everybody leaves nobody."""
    everybody = len(contacts(played("first_order")))
    assert len(contacts(played("first_order", campaign={"control_group_share": 1.0}))) == 0
    tactic = WELCOME | {"needs_consent": True}
    kept = played("first_order", campaign={"control_group_share": 0.5}, tactics=[tactic], contacts={"consent_share": 0.5})
    found = len(contacts(kept))
    assert abs(found - everybody / 4) <= 4.0 * np.sqrt(everybody * 3 / 16)
    early = contacts(played("first_order", campaign={"from_month": 2.0, "to_month": 4.0}))
    assert early["month"].between(2.0, 4.0).all()
    assert len(early) > 0


def test_only_its_segments() -> None:
    """A campaign for one of two segments contacts nobody of the other."""
    halves = [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.5}]
    history = played("first_order", segments=halves, campaign={"segments": ["b"]})
    assert history.customers is not None
    segment = dict(zip(history.customers["id"].tolist(), history.customers["segment"].tolist(), strict=True))
    found = contacts(history)
    assert len(found) > 30
    assert {segment[c] for c in found["customer"]} == {1}


def test_a_level_lost() -> None:
    """Ten days after a yearly review took a level away, not after one was won; joined and lost levels of others do not count."""
    tiers = {
        "kind": "tiers", "joins": {"probability": 1.0}, "levels": [{"name": "blue", "orders": 0}, {"name": "gold", "orders": 6}]
    }  # fmt: skip
    rungs = [{"name": "customer", "share": 1.0, "orders_per_month": 0.45}]
    history = played("level_lost.tiers", programs=[tiers], rungs=rungs, steps=[], months=40)
    log = history.events()
    own = log[(log["event"] == "level") & (log["cause"] == "tiers")]
    lost = {
        int(customer): [month for month, before, level in zip(rows["month"], rows["amount"].shift(), rows["amount"], strict=True)
                        if level < before]
        for customer, rows in own.groupby("customer")
    }  # fmt: skip
    rows = log[(log["event"] == "level") & (log["cause"] == "welcome") & (log["amount"] > 0)]
    assert len(rows) > 50
    for month, customer in rows[["month", "customer"]].itertuples(index=False):
        assert min(abs(month - DELAY - at) for at in lost[customer]) <= 2 * UNIT
    told = sum(at + DELAY < 40.0 for months in lost.values() for at in months)
    assert len(rows) == told  # a review is a year away from the next, so no contact is still due


def test_a_pause_that_ends_loses_no_level() -> None:
    """A club's pause is no rank: whoever comes back from one is not contacted for a lost level, whoever leaves is."""
    club = {
        "kind": "club",
        "joins": {"probability": 1.0},
        "fee": 1.0,
        "renewal_probability": 0.0,
        "pause_share": 1.0,
        "pause_months": 1.0,
    }
    rungs = [{"name": "customer", "share": 1.0, "orders_per_month": 0.1}]
    paused = played("level_lost.club", programs=[club], rungs=rungs, steps=[])
    events = paused.events()
    assert len(events[(events["event"] == "level") & (events["cause"] == "club") & (events["amount"] == 2.0)]) > 100
    assert paused.members[:, 1, M_CONTACTS].sum() == 0
    left = played("level_lost.club", programs=[club | {"pause_share": 0.0}], rungs=rungs, steps=[])
    assert left.members[:, 1, M_CONTACTS].sum() == left.members[:11, 0, M_LEFT].sum() > 100
