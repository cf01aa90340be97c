"""Why customer values must be simulated: each reason alone, in the scenario's language."""

from __future__ import annotations

from typing import Any

import pytest

from ladsim.i18n import Locale
from ladsim.planning.customer_value import no_closed_form
from ladsim.scenario.load import validated
from ladsim.scenario.tables import tables
from tests.programs.played import market

RUNGS = [
    {"name": "out", "off_ladder": "outside", "share": 0.5},
    {"name": "customer", "share": 0.5, "orders_per_month": 1.0},
    {"name": "gone", "off_ladder": True},
]
LEAVES = {"from": "customer", "to": "gone", "monthly": 0.2}
AD = {"name": "ad", "response": {"half_at": 1.0}, "effects": [{"on": "orders", "full": 0.5}]}
REASONS: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, ""),
    "newcomers": ({"arrivals": [{"to": "customer", "per_month": 2.0}]}, "potential.why_arrivals"),
    "a campaign": ({"channels": [AD], "campaigns": [{"channel": "ad", "monthly_spend": 5.0}]}, "potential.why_campaigns"),
    "a season": ({"seasons": [{"factors": [1.5] + [1.0] * 11}]}, "potential.why_campaigns"),
}


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("case", REASONS)
def test_the_reason_is_told(case: str, language: str) -> None:
    """Empty where there is a closed form, else the sentence of the first reason."""
    more, text = REASONS[case]
    found = no_closed_form(tables(validated(market([], rungs=RUNGS, steps=[LEAVES], language=language, **more))))
    assert found == (Locale(language).text(text) if text else "")


def test_customers_who_never_leave_have_no_end() -> None:
    """Without a way out and without a discount rate the value is endless."""
    found = no_closed_form(tables(validated(market([], rungs=RUNGS))))
    assert found == Locale("en").text("potential.why_endless")
