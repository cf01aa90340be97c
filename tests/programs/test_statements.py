"""Statements of programmes are no contacts that tire: who gets one every month orders and stays as who gets none.

Tests: ``scenario/programs/points_memory.py``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import ladsim

ROOT = Path(__file__).parents[2]
SHOP = """
name = "letters"
months = 12
market_size = 400
[[rungs]]
name = "customer"
share = 1.0
orders_per_month = 0.5
[[rungs]]
name = "gone"
off_ladder = true
[[steps]]
from = "customer"
to = "gone"
monthly = 0.05
[basket]
mean = 100
[contacts]
fatigue = 3.0
leaving_per_contact = 5.0
[[tactics]]
name = "letters"
effects = [{ on = "orders", full = 0.2 }]
response = { half_at = 1.0 }
[[campaigns]]
tactic = "letters"
to = ["customer"]
monthly_spend = 1_000
contacts_per_month = CONTACTS
[[programs]]
joins = { probability = 1.0 }
source = "assumption"
"""
KINDS = {
    "points": 'kind = "points"\npoints_per_unit = 1\nreward_at = 1_000_000\nreward_cost = 5\nredemption_probability = 0.5\n',
    "cashback": 'kind = "cashback"\ncashback_share = 0.01\nminimum_balance = 1_000_000\npayout_probability = 0.5\n',
}


@pytest.mark.parametrize("kind", KINDS)
def test_statements_tire_nobody(kind: str) -> None:
    """One a month, where contacts tire much: order for order and month for month the same as without; letters of a campaign do tire."""
    said = "statement_every_months = 1\nstatement_cost = 1\n"

    def history(contacts: int, statements: str) -> ladsim.History:
        text = SHOP.replace("CONTACTS", str(contacts)) + KINDS[kind] + statements
        return ladsim.simulate(ladsim.loads(text), seed=3)

    without, monthly, letters = history(0, ""), history(0, said), history(4, "")
    assert (without.orders == monthly.orders).all() and (without.counts == monthly.counts).all()
    assert monthly.profit_units < without.profit_units, "statements were sent, and cost their price"
    assert letters.orders.sum() < 0.9 * without.orders.sum()


def test_the_documentation_says_so() -> None:
    """On the page of programmes."""
    assert "**Statements tire nobody**" in (ROOT / "docs" / "programmes.md").read_text(encoding="utf-8")
