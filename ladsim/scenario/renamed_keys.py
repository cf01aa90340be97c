"""Keys of scenario files that have another name now, in one table.

In: a table's record and a key of it. Out: the name of before, or of now. Two things read the table: messages, which say the new
name to whoever writes the old one, and the luck of uncertain numbers, whose address stays that of the old name: a range that is
called something else is drawn as before.

A key that meant two things has its old name for one of them and a new name for the other: `PARTED` says which other key of the table
tells them apart.

To rename a key: rename the field in ``spec``, add a line here, and run ``python -m tests.baselines rename``, which renames it in
the stored scenarios.

>>> from ladsim.scenario.spec import Segment
>>> now(Segment, "need"), former(Segment, "addressable_share"), former(Segment, "share")
('addressable_share', 'need', 'share')
>>> from ladsim.scenario.spec import Campaign
>>> former(Campaign, "running_cost_per_month"), parted(Campaign, "monthly_spend")
('monthly_spend', ('running_cost_per_month', 'after'))
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ladsim.scenario.number_types import Table

# Name of the record → key of before → key of now. Keys are unique in a record, before and now; what is
# said of a record holds for those that are made of it (all kinds of programme are made of `Program`).
RENAMED: dict[str, dict[str, str]] = {
    "Campaign": {"test_group_share": "control_group_share"},
    "Cashback": {"share_of_order": "cashback_share", "expires_after_months": "inactive_months"},
    "Club": {"share_of_order": "discount_share"},
    "Contacts": {"tiring": "fatigue", "free_per_month": "tolerated_per_month", "leaving_effect": "leaving_per_contact"},
    "Discount": {"share_of_order": "discount_share"},
    "Engagement": {"fades_per_month": "decay_per_month"},
    "Joining": {"on": "on_rungs"},
    "Level": {"cost_per_month": "cost_per_member"},
    "Points": {"pressure": "goal_gradient", "pressure_power": "goal_gradient_power"},
    "Price": {"felt": "quality_loss", "noticed_months": "quality_loss_months"},
    "Program": {"cost_per_month": "running_cost_per_month"},
    "ReferralReward": {
        "give": "referrer_reward",
        "get": "referred_reward",
        "most": "max_total",
        "most_per_month": "max_per_month",
    },
    "Returns": {
        "per_order_kind": "factors_per_order_kind",
        "per_segment": "factors_per_segment",
        "per_rung": "factors_per_rung",
    },
    "Segment": {"need": "addressable_share", "likelihood": "conversion_factor"},
    "Step": {"reached": "cumulative_share", "after": "from_order"},
    "Strategy": {"budget": "monthly_budget"},
    "Survey": {"people": "invited"},
}
# Name of the record → key that stays → (what it is called where the other key stands beside it, that other key).
PARTED: dict[str, dict[str, tuple[str, str]]] = {
    "Campaign": {"monthly_spend": ("running_cost_per_month", "after")},
    "Goal": {"share": ("converted_share", "step")},
}


def now(record: type[Table], key: str) -> str:
    """What a key of before is called now; empty where none of that name was renamed."""
    return _along(RENAMED, record).get(key, "")


def former(record: type[Table], key: str) -> str:
    """What a key was called first: itself, where it was never renamed."""
    return _formers(record).get(key, key)


def parted(record: type[Table], key: str) -> tuple[str, str]:
    """What a key is called now beside another key of its table, and which that is; empty words where it has but one meaning."""
    return _along(PARTED, record).get(key, ("", ""))


@cache  # a scenario of thousands of tables asks for each of their keys
def _formers(record: type[Table]) -> dict[str, str]:
    """Key of now → key of before, for those that have another name."""
    parts = {new: old for old, (new, _) in _along(PARTED, record).items()}
    return {**parts, **{new: old for old, new in _along(RENAMED, record).items()}}


def _along(names: Mapping[str, Mapping[str, Any]], record: type[Table]) -> dict[str, Any]:
    """What is said of a record and of those it is made of, its own first."""
    found: dict[str, Any] = {}
    for one in record.__mro__:
        found = {**names.get(one.__name__, {}), **found}
    return found
