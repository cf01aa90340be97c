"""Every kind of programme, in forms that use all that it can.

A new kind joins the suite by itself, in a form drawn from its record (``tests.program_strategies``); a form that uses more of it is a line
in `KINDS`. Where nobody joining is said otherwise than for the rest: `NOBODY`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ladsim.scenario.programs.kinds import RECORDS
from tests.program_strategies import some_form

BIRTHDAY = Path(__file__).resolve().parents[2] / "experiments" / "programs" / "birthday.py"

JOINS = {"joins": {"probability": 0.5, "monthly": 0.2}, "cost_per_member": 0.05, "running_cost_per_month": 2.0, "setup_cost": 9.5}
KINDS: dict[str, dict[str, Any]] = {
    "points": {
        "kind": "points", **JOINS, "points_per_unit": 1.0, "points_per_order": 5.0, "reward_at": 100.0, "reward_cost": 4.0,
        "perceived_value": 7.0, "redemption_probability": 0.6, "goal_gradient": 0.8, "goal_gradient_power": 2.0, "endowed_points": 20.0,
        "lift_after_reward": 0.3, "lift_months": 0.5, "expires_after_months": 3, "statement_every_months": 1.0, "statement_cost": 0.2,
        "factors": {"basket": 1.05},
    },
    "shop_points": {
        "kind": "points", **JOINS, "points_per_unit": 1.0, "per": 3.0, "whole_points": True, "min_order": 8.0, "reward_at": 30.0,
        "reward_cost": 2.0, "inactive_months": 2.5, "statement_every_months": 2.0, "goal_gradient": 0.4,
    },
    "pay_with_points": {
        "kind": "points", **JOINS, "points_per_unit": 1.0, "point_value": 0.1, "min_points": 20.0, "max_share_of_order": 0.6,
        "redemption_probability": 0.7, "lift_after_reward": 0.2, "lift_months": 0.5, "expires_after_months": 4, "goal_gradient": 0.5,
        "perceived_value": 0.15,
    },
    "stamp_card": {"kind": "points", **JOINS, "points_per_order": 1.0, "reward_at": 6.0, "reward_cost": 3.0},
    "tiers": {
        "kind": "tiers", **JOINS,
        "levels": [
            {"name": "basic", "orders": 0.0},
            {"name": "silver", "orders": 6.0, "factors": {"basket": 1.1, "leaving": 0.8}, "cost_per_member": 0.4},
            {"name": "gold", "orders": 14.0, "factors": {"orders": 1.3, "points": 2.0}, "cost_per_member": 1.5},
        ],
    },
    "pulling_tiers": {
        "kind": "tiers", **JOINS, "goal_gradient": 0.8, "goal_gradient_power": 2.0, "statement_every_months": 1.5, "statement_cost": 0.2,
        "levels": [
            {"name": "basic", "orders": 0.0},
            {"name": "silver", "orders": 6.0, "cost_per_member": 0.4, "perceived_value": 0.7},
            {"name": "gold", "orders": 14.0, "factors": {"leaving": 0.5}},
        ],
    },
    "tiers_by_spend": {
        "kind": "tiers", **JOINS, "factors": {"leaving": 0.7}, "goal_gradient": 0.5,
        "levels": [{"name": "basic", "spend": 0.0}, {"name": "gold", "spend": 250.0, "factors": {"messages": 2.0}}],
    },
    "club": {
        "kind": "club", **JOINS, "fee": 4.0, "renewal_beta": [0.7, 1.2], "failed_payment_share": 0.2, "recovered_share": 0.5,
        "retry_days": 5.0, "pause_share": 0.4, "pause_months": 1.5, "cost_per_order": 0.5, "discount_share": 0.1,
        "factors": {"orders": 1.5, "leaving": 0.5},
    },
    "cashback": {
        "kind": "cashback", **JOINS, "cashback_share": 0.1, "payout_probability": 0.8, "inactive_months": 1.0,
    },
    "payout": {
        "kind": "cashback", **JOINS, "cashback_share": 0.05, "minimum_balance": 6.0, "payout_probability": 0.5,
        "goal_gradient": 0.7, "goal_gradient_power": 1.5, "perceived_value": 9.0,
    },
    "club_with_limits": {
        "kind": "club", **JOINS, "fee": 3.0, "renewal_beta": [0.7, 2.5], "cost_per_order": 0.5, "discount_share": 0.3, "min_order": 12.0,
        "max_amount": 4.0,
    },
    "cashback_with_limits": {
        "kind": "cashback", **JOINS, "cashback_share": 0.2, "min_order": 10.0, "max_amount": 2.5, "max_per_month": 4.0,
        "max_per_year": 20.0, "inactive_months": 2.0, "statement_every_months": 1.0, "statement_cost": 0.2,
    },
    "payout_with_limits": {
        "kind": "cashback", **JOINS, "cashback_share": 0.2, "minimum_balance": 3.0, "max_per_month": 3.0, "goal_gradient": 0.5,
    },
    "discount": {"kind": "discount", **JOINS, "discount_share": 0.15, "from_month": 2.0, "to_month": 9.0, "factors": {"orders": 1.2}},
    "referral_reward": {
        "kind": "referral_reward", **JOINS, "referrer_reward": 5.0, "referred_reward": 3.0, "max_per_month": 1, "max_per_year": 2,
        "max_total": 3, "factors": {"messages": 1.4},
    },
    "own": {"kind": "own", **JOINS, "file": str(BIRTHDAY), "options": {"lift": 0.8}},
}  # fmt: skip
KINDS |= {
    kind: {**some_form(RECORDS[kind]), "kind": kind, **JOINS}
    for kind in RECORDS
    if kind not in {form["kind"] for form in KINDS.values()}
}
# By kind, what makes it that nobody joins; for the rest see ``ladsim.testing.programs``.
NOBODY: dict[str, dict[str, Any]] = {"referral_reward": {"joins": {"probability": 0.0}, "referred_reward": 0.0}}
