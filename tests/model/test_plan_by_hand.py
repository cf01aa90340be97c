"""The plan's rules, called one by one, against numbers counted by hand.

Tests: ``model/accounts.py``, ``model/campaigns.py``, ``model/fatigue.py``, ``model/plan.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ladsim.model import access, levers, plan, plan_access
from ladsim.model.layout import MONTH
from tests.model.by_hand import UNIT, at_start, ladder

RUNGS = [{"name": "lead", "share": 0.5}, {"name": "buyer", "share": 0.5, "orders_per_month": 1.0}]
ADS = {
    "name": "ads",
    "response": {"half_at": 1.0, "curve": "linear"},
    "carry_over": 0.5,
    "effects": [{"on": "orders", "full": 0.8}],
}
CAMPAIGN = {"channel": "ads", "to": ["buyer"], "monthly_spend": 2.0, "setup_cost": 5.0}


def market(**more: Any) -> tuple[Any, Any]:
    """Two leads and two buyers, and a campaign of 1 a month for each buyer."""
    stage, m = at_start(ladder(RUNGS, channels=[ADS], campaigns=[CAMPAIGN], **more))
    stage.begin()
    return stage, m


def test_spend_that_changes_in_the_middle_of_a_month() -> None:
    """A head's 1 for half a month and 3 for the other: 2 have gathered, of which half is carried over; both are paid for."""
    stage, m = market()
    assert stage.block.call(plan.act, stage.address, 0) == plan.LEVERS_CHANGE
    campaign = plan_access.campaign(m, 0)
    assert (campaign.pressure, campaign.strength) == (1.0, 0.5)
    stage.block.call(plan.set_spend, stage.address, MONTH // 2, 0, 6.0 * UNIT)
    assert (campaign.gathered, campaign.pressure, campaign.strength) == (0.5, 3.0, 1.0)
    stage.block.call(plan.act, stage.address, MONTH)
    assert (campaign.carried, campaign.gathered, campaign.pressure) == (1.0, 0.0, 3.0)
    cause = stage.tables.causes.index(stage.tables.campaigns[0].name)
    assert (stage.rules.plan_arrays.money[:2, cause] / UNIT).tolist() == [-5.0, -4.0]


def test_what_cannot_be_counted_is_said() -> None:
    """A campaign too dear to be set up, and one too dear to go on."""
    stage, m = market()
    plan_access.campaign(m, 0).setup = 1e30
    assert stage.block.call(plan.act, stage.address, 0) == plan.TOO_MUCH
    stage, m = market()
    assert stage.block.call(plan.act, stage.address, 0) == plan.LEVERS_CHANGE
    plan_access.account(m, 1).rate = 1e30
    assert stage.block.call(plan.act, stage.address, MONTH) == plan.TOO_MUCH
    assert stage.block.call(plan.set_spend, stage.address, MONTH, 0, 1.0) == plan.TOO_MUCH


def test_only_what_contacts_tires() -> None:
    """Of 2 contacts too many e^−1 is left of the campaign's effect; a season's is as ever, and so is that of a campaign that contacts nobody."""
    season = {"name": "season", "from_month": 0, "to_month": 6, "effects": [{"on": "orders", "full": 0.5}]}
    still = CAMPAIGN | {"name": "still", "monthly_spend": 2.0}
    tiring = CAMPAIGN | {"contacts_per_month": 3.0}
    contacts = {"tolerated_per_month": 1.0, "fatigue": 0.5}
    stage, m = at_start(ladder(RUNGS, channels=[ADS], campaigns=[tiring, still], shocks=[season], contacts=contacts))
    stage.begin()
    stage.block.call(plan.act, stage.address, 0)
    orders = levers._NAMES.index("orders")
    assert plan_access.factor(m, 0, 0, orders) == 1.5
    assert plan_access.factor(m, 0, 1, orders) == pytest.approx(1.5 * 1.4 * (1.0 + 0.4 * np.exp(-1.0)))
    assert access.lever_factors(m, 0, 1).orders == 1.0  # not in force before it takes effect
    stage.block.call(plan.take_effect, stage.address, 0)
    assert access.lever_factors(m, 0, 1).orders == plan_access.factor(m, 0, 1, orders)
