"""Contacts of campaigns set off by events that tire, beside those of campaigns between two months.

Tests: ``engine/state.py``, ``model/audience.py``, ``model/fatigue.py``, ``scenario/audiences.py``, ``scenario/contact_fatigue.py``,
``scenario/triggered_tables.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ladsim.engine.run import simulate
from ladsim.model import access, audience, levers, plan, plan_access
from ladsim.model.layout import M_CONTACTS
from ladsim.scenario.load import validated
from tests.model.by_hand import at_start, ladder

ORDERS = levers._NAMES.index("orders")
RUNGS = [
    {"name": "lead", "share": 0.5},
    {"name": "buyer", "share": 0.5, "orders_per_month": 1.0},
    {"name": "lapsed", "off_ladder": True},
]
STEPS = [{"from": "buyer", "to": "lapsed", "monthly": 0.1}]
POST = {
    "name": "post",
    "response": {"half_at": 1.0, "curve": "linear"},
    "effects": [{"on": "orders", "per_rung": {"buyer": 1.0}}],
}
LETTER = {"name": "letter", "effects": [{"on": "orders", "per_rung": {"buyer": 0.5}}]}
DATED = {"tactic": "post", "to": ["buyer"], "monthly_spend": 4.0, "contacts_per_month": 3.0}
EVENT = {"tactic": "letter", "after": "order", "contacts_per_month": 4.0}


def test_contacts_of_both_kinds_tire_whom_they_reach() -> None:
    """3 contacts of 2 that are free leave e^−.5 of the mail; with 4 more e^−2.5 of mail and letter, and leaving is 1.5 times as fast."""
    contacts = {"tolerated_per_month": 2.0, "fatigue": 0.5, "leaving_per_contact": 0.1}
    data = ladder(RUNGS, STEPS, tactics=[POST, LETTER], campaigns=[DATED, EVENT], contacts=contacts)
    stage, m = at_start(data)
    stage.begin()
    stage.block.call(plan.act, stage.address, 0)
    assert m.groups == 2
    assert plan_access.factor(m, 0, 1, ORDERS) == pytest.approx(1.0 + np.exp(-0.5))
    assert plan_access.factor(m, 1, 1, ORDERS) == pytest.approx((1.0 + np.exp(-2.5)) * (1.0 + 0.5 * np.exp(-2.5)))
    assert [plan_access.step_factor(m, group, 0) for group in (0, 1)] == pytest.approx([1.1, 1.5])
    assert [plan_access.factor(m, group, 0, ORDERS) for group in (0, 1)] == [1.0, 1.0]


def test_who_is_under_an_effect_has_its_bit_alone() -> None:
    """A bit set twice is set once, and clearing it brings the group back that was; nobody has it at the start."""
    stage, m = at_start(ladder(RUNGS, tactics=[LETTER], campaigns=[EVENT, EVENT | {"name": "b"}], contacts={"fatigue": 0.5}))
    assert stage.tables.view_bits[0][1] == 0.0
    groups = [access.group(m, 0)]
    for bit, is_marked in ((1, True), (1, True), (0, True), (1, False), (1, False), (0, False)):
        audience.mark(m, 0, bit, is_marked)
        groups.append(access.group(m, 0))
    assert groups == [0, 2, 2, 3, 1, 1, 0]


def market(campaign: dict[str, Any], contacts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Customers who order, lapse and come back, with a letter ten days after an order that doubles the orders of a month."""
    rungs = [{"name": "lead", "share": 0.5}, {"name": "buyer", "share": 0.5, "orders_per_month": 1.0}]
    rungs += [{"name": "lapsed", "off_ladder": True}]
    steps = [
        {"from": "lead", "to": "buyer", "monthly": 0.2, "is_order": True},
        {"from": "buyer", "to": "lapsed", "monthly": 0.1},
        {"from": "lapsed", "to": "buyer", "monthly": 0.2},
    ]
    double = {"name": "letter", "effects": [{"on": "orders", "per_rung": {"buyer": 1.0}}]}
    letter = {
        "tactic": "letter",
        "after": "order",
        "delay_days": 10.0,
        "control_group_share": 0.2,
        "cost_per_contact": 1.0,
    } | campaign
    return {
        "schema": 1, "name": "letters", "months": 8, "market_size": 200, "rungs": rungs, "steps": steps, "basket": {"mean": 10.0},
        "tactics": [POST, double], "campaigns": [letter], "contacts": contacts, **more,
    }  # fmt: skip


def log_of(data: dict[str, Any], engine: str = "simpy") -> Any:
    """What happens to everybody."""
    return simulate(validated(data), seed=3, log=True, engine=engine).events()  # type: ignore[arg-type]


def test_contacts_that_are_tolerated_change_nothing() -> None:
    """Four a month where ten tire nobody: the same log, bit for bit, as where they do not count."""
    contacts = {"tolerated_per_month": 10.0, "fatigue": 0.5, "leaving_per_contact": 0.1}
    counted = log_of(market({"contacts_per_month": 4.0}, contacts))
    assert (counted["event"] == "level").sum() > 100
    assert counted.equals(log_of(market({}, contacts)))


def test_tired_customers_order_as_if_nobody_wrote() -> None:
    """Where a contact takes all effect away, orders are those of a market without the letter; where it makes people leave, more lapse."""
    nothing = [{"name": "letter", "effects": [{"on": "orders", "per_rung": {"buyer": 0.0}}]}]
    tired = market({"contacts_per_month": 4.0, "to": ["buyer"]}, {"fatigue": 1000.0})
    plain = market({"to": ["buyer"]}, {"fatigue": 1000.0})
    without = plain | {"tactics": [POST, *nothing]}
    assert log_of(tired).equals(log_of(without))
    assert not log_of(plain).equals(log_of(without))
    leaving = [simulate(validated(market({"contacts_per_month": n}, {"leaving_per_contact": 2.0})), seed=3) for n in (0.0, 4.0)]
    lapses = [int(h.flows[:, h.step_names.index("buyer.lapsed")].sum()) for h in leaving]
    assert lapses[1] > 1.5 * lapses[0]
    assert all(history.members[:, 0, M_CONTACTS].sum() > 50 for history in leaving)


def test_both_engines_tire_alike() -> None:
    """The same log from both, with a campaign between two months, and beliefs, beside the letter."""
    dated = DATED | {"wrong_rung_share": 0.3}
    data = market(
        {"contacts_per_month": 4.0},
        {"tolerated_per_month": 1.0, "fatigue": 0.2, "leaving_per_contact": 0.3, "consent_share": 0.5},
    )
    data["campaigns"].append(dated)
    logs = [log_of(data, engine) for engine in ("simpy", "fast")]
    assert logs[0].equals(logs[1])


@pytest.mark.parametrize("engine", ["simpy", "fast"])
def test_a_saved_market_goes_on_as_it_was(engine: str) -> None:
    """Played from month 4 on it has the same log as in one go; and so where contacts count from then on, as many as are tolerated."""
    contacts = {"tolerated_per_month": 3.0, "fatigue": 0.2}
    dated = DATED | {"wrong_rung_share": 0.3, "contacts_per_month": 1.0}
    some = market({"contacts_per_month": 4.0}, contacts)
    some["campaigns"].append(dated)
    saved = simulate(validated(some), seed=3, log=True, save_at=4, engine=engine)  # type: ignore[arg-type]
    assert saved.fork(None).events().equals(log_of(some))


def test_contacts_may_count_from_a_month_on() -> None:
    """Where they count from month 4 on, and take all effect away, orders are from then on those of a letter that does nothing."""
    campaign, contacts = {"to": ["buyer"]}, {"fatigue": 1000.0}
    nothing = {"tactics": [POST, {"name": "letter", "effects": [{"on": "orders", "per_rung": {"buyer": 0.0}}]}]}
    saved = simulate(validated(market(campaign, contacts)), seed=3, log=True, save_at=4)
    found = saved.fork(validated(market(campaign | {"contacts_per_month": 4.0}, contacts)))
    still = saved.fork(validated(market(campaign, contacts, **nothing)))
    assert int(saved.fork(None).orders[5:].sum()) > int(still.orders[5:].sum()) + 50
    assert found.orders[:5].tolist() == still.orders[:5].tolist()
    assert (
        abs(int(found.orders[5:].sum()) - int(still.orders[5:].sum())) <= 2
    )  # clocks are set twice, and round a unit of time up


def test_policies_pull_their_own_levers_beside_contacts(tmp_path: Path) -> None:
    """What a policy multiplies is whom it names, and the letter's effect stays with those under it."""
    file = tmp_path / "policy.py"
    file.write_text('def act(env, market):\n    market.multiply("orders", 3.0, rungs=["lead"])\n    yield market.months(1)\n')
    policy = {"file": file.as_posix(), "function": "act"}
    data = ladder(RUNGS, STEPS, tactics=[LETTER], campaigns=[EVENT], contacts={"fatigue": 0.25}, policies=[policy])
    stage, _ = at_start(data)
    stage.run()
    orders = stage.rules.lever_rung["orders"]
    assert orders[0].tolist() == [3.0, 1.0, 1.0]
    assert orders[1].tolist() == [3.0, pytest.approx(1.0 + 0.5 * np.exp(-1.0)), 1.0]
