"""What a contact's money does: by a curve of its own, at what one contact costs; without one it has the full effect."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from ladsim import Scenario, simulate
from ladsim.errors import ScenarioError
from ladsim.model.layout import MEMBER_COUNTS
from ladsim.scenario.currency import in_currency
from ladsim.scenario.load import validated
from ladsim.scenario.programs.tables import ProgramTable
from ladsim.scenario.tables import tables
from ladsim.scenario.warnings import ODDITIES

FULL = 0.8


def shop(campaign: dict[str, Any], **more: Any) -> Scenario:
    """Customers who order, and a gift after an order."""
    gift = {"name": "gift", "effects": [{"on": "orders", "full": FULL}, {"on": "steps.customer.fan", "full": -0.5}]}
    return validated(
        {
            "schema": 1, "name": "shop", "months": 6, "market_size": 50, "engine": "simpy",
            "rungs": [{"name": "customer", "share": 1.0, "orders_per_month": 1.0}, {"name": "fan", "orders_per_month": 1.0}],
            "steps": [{"from": "customer", "to": "fan", "monthly": 0.05, "source": "assumption"}],
            "tactics": [gift], "campaigns": [{"tactic": "gift", "after": "order", "source": "assumption"} | campaign],
        } | more
    )  # fmt: skip


def laid(scenario: Scenario) -> ProgramTable:
    """The campaign as the rules have it."""
    (campaign,) = tables(scenario).programs
    return campaign


CURVES: dict[str, tuple[dict[str, Any], float, float]] = {
    "exponential": ({"half_at": 2.5}, 4.0, 1 - 2 ** (-4.0 / 2.5)),
    "linear": ({"half_at": 2.5, "curve": "linear"}, 2.0, 0.4),
    "linear, all of it": ({"half_at": 2.5, "curve": "linear"}, 7.0, 1.0),
    "hill": ({"half_at": 2.0, "curve": "hill", "slope": 2.0}, 4.0, 0.8),
    "half": ({"half_at": 2.0, "curve": "hill", "slope": 3.0}, 2.0, 0.5),
    "nothing": ({"half_at": 2.0}, 0.0, 0.0),
}


@pytest.mark.parametrize("case", CURVES)
def test_the_share_of_the_full_effect(case: str) -> None:
    """By the formula of each curve, on orders and on a step."""
    curve, cost, share = CURVES[case]
    found = laid(shop({"contact_response": curve, "cost_per_contact": cost}))
    assert found.level_rung["orders"][1, 0] == pytest.approx(1 + FULL * share, abs=1e-12)
    assert found.level_step[1, 0] == pytest.approx(1 - 0.5 * share, abs=1e-12)
    tired = shop({"contact_response": curve, "cost_per_contact": cost, "contacts_per_month": 2.0}, contacts={"fatigue": 0.1})
    contact = laid(tired).contact
    assert contact is not None
    assert contact.effects[0].per_rung[0] == pytest.approx(FULL * share, abs=1e-12)


def test_without_a_curve_it_is_the_full_effect() -> None:
    """Whatever a contact costs, and whatever curve the tactic has."""
    response = {"tactics": [{"name": "gift", "response": {"half_at": 9.0}, "effects": [{"on": "orders", "full": FULL}]}]}
    for cost in (0.0, 0.3, 100.0):
        assert laid(shop({"cost_per_contact": cost})).level_rung["orders"][1, 0] == 1 + FULL
        assert laid(shop({"cost_per_contact": cost}, **response)).level_rung["orders"][1, 0] == 1 + FULL


def test_a_contact_for_nothing_is_made_all_the_same() -> None:
    """At a cost of 0 the same people are contacted and nothing follows; at a cost that has half the effect orders are in between."""
    orders, contacts = [], []
    for cost in (0.0, 2.0, 1e6):
        history = simulate(shop({"contact_response": {"half_at": 2.0}, "cost_per_contact": cost, "lasts_days": 15.0}), seed=4)
        orders.append(int(history.orders.sum()))
        contacts.append(int(history.members[:, 0, MEMBER_COUNTS.index("contacts")].sum()))
    plain = simulate(shop({"from_month": 5.99, "to_month": 6.0}), seed=4)
    assert orders[0] == plain.orders.sum() < orders[1] < orders[2]
    assert contacts[0] > 0


def test_it_is_of_events_alone() -> None:
    """A campaign between two months answers to its money by the curve of its channel or tactic."""
    with pytest.raises(ScenarioError, match=r"contact_response: found the key 'contact_response', must stand with `after`"):
        shop({"after": None, "contact_response": {"half_at": 2.0}})


def odd(scenario: Scenario) -> list[str]:
    """What the check finds odd about curves."""
    return [str(one) for look in ODDITIES for one in look(scenario) if "response" in str(one)]


def test_what_is_odd_about_curves() -> None:
    """A curve that no campaign uses, and one that is read at no money; the library's own curves are not the file's matter."""
    response = {"half_at": 9.0, "source": "assumption"}
    curve = {"tactics": [{"name": "gift", "response": response, "effects": [{"on": "orders", "full": FULL}]}]}
    unused = "tactics.gift.response: found a response that no campaign uses, campaigns set off by events have their full effect whatever half_at is;"
    (found,) = odd(shop({"cost_per_contact": 1.0}, **curve))
    assert found.startswith(unused)
    dated = {"tactic": "gift", "name": "dated", "monthly_spend": 5.0, "source": "assumption"}
    assert odd(shop({}, strategies={"more": {"campaigns": [dated]}}, **curve)) == []
    assert odd(shop({"cost_per_contact": 1.0, "tactic": "win_back"}, tactics=[])) == []
    assert odd(shop({"cost_per_contact": 1.0, "contact_response": {"half_at": 1.0, "source": "assumption"}})) == []
    (found,) = odd(shop({"contact_response": {"half_at": 1.0, "source": "assumption"}}))
    assert found.startswith("campaigns.gift.cost_per_contact: found 0, its contacts have no effect")


def test_the_rest_of_a_budget_may_go_to_it() -> None:
    """Money a contact buys more where a curve says so, and nothing where none does."""
    for more, words in (({}, ["strategies.gifts.budget_goes_to"]), ({"contact_response": {"half_at": 2.0}}, [])):
        gifts = {"name": "gifts", "tactic": "gift", "after": "order", "cost_per_contact": 1.0, **more}
        rest = {"campaigns": [gifts], "budget_goes_to": "campaigns.gifts.cost_per_contact"}
        scenario = shop({"cost_per_contact": 1.0}, strategies={"gifts": rest})
        assert [one.place for look in ODDITIES for one in look(scenario) if "budget_goes_to" in one.place] == words


def test_it_is_an_amount() -> None:
    """In another currency it is another number, and the effect stays."""
    text = 'schema = 1\ncurrency = "EUR"\n[[campaigns]]\ncost_per_contact = 4\ncontact_response = { half_at = 2, slope = 3 }\n'
    changed = in_currency(text, "DKK")
    cost, half_at = (float(re.search(rf"{key} = ([\d.]+)", changed)[1]) for key in ("cost_per_contact", "half_at"))  # type: ignore[index]
    assert cost == 2 * half_at > 4 and "slope = 3" in changed


def test_ranges_of_it_act() -> None:
    """Its numbers may be uncertain, and are drawn."""
    range_of = {"low": 1.0, "high": 3.0}
    scenario = shop({"contact_response": {"half_at": range_of}, "cost_per_contact": 2.0})
    found = {simulate(scenario, seed=1, replication=2 * draw).orders.sum() for draw in range(3)}
    assert len(found) > 1
    assert np.isfinite(list(found)).all()
