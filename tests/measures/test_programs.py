"""Purchase frequency after joining a programme, on histories whose numbers were written down by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import StudyError
from ladsim.measures.programs import purchase_frequency_after_joining
from ladsim.model.layout import MEMBER_COUNTS
from ladsim.scenario.load import validated
from tests.programs.played import market


def written(members: list[int], own: list[int], customers: list[int], orders: list[int]) -> History:
    """Three months: members and customers at each month start, orders of members and of all in each month."""
    plain: list[dict[str, Any]] = [{"kind": "discount", "share_of_order": 0.1, "joins": {"probability": 1.0}}]
    history = simulate(validated(market(plain, months=3)), seed=1)
    counts = np.zeros_like(history.counts)
    counts[:, 0, 0] = customers
    ordered = np.zeros_like(history.orders)
    ordered[:, 0, 0] = orders
    levels, counted = np.zeros_like(history.levels), np.zeros_like(history.members)
    levels[:, 1] = members
    counted[:, 0, MEMBER_COUNTS.index("orders")] = own
    return replace(history, counts=counts, orders=ordered, levels=levels, members=counted)


def test_purchase_frequency_after_joining_by_hand() -> None:
    """Members 0, 0, 4, 8 with 12 orders in 2 + 6 member-months; 10 customers throughout with 40 orders in 30 months."""
    row = purchase_frequency_after_joining(written([0, 0, 4, 8], [0, 0, 3, 9], [10] * 4, [0, 5, 14, 21])).iloc[0]
    assert row["member_months"] == 8.0 and row["orders"] == 12.0 and row["per_month"] == 1.5
    assert row["others_months"] == 22.0 and row["others_orders"] == 28.0
    assert row["others_per_month"] == pytest.approx(28 / 22)
    assert row["before_per_month"] == 0.5  # month 1: 5 orders of 10 customers
    assert row["ratio"] == pytest.approx(1.5 * 22 / 28)


def test_nothing_to_compare_joining_with() -> None:
    """Everybody is a member from the start: nobody else, and no time before."""
    row = purchase_frequency_after_joining(written([10] * 4, [0, 5, 5, 5], [10] * 4, [0, 5, 5, 5])).iloc[0]
    assert row["per_month"] == 0.5
    assert row[["others_months", "others_per_month", "before_per_month", "ratio"]].isna().all()


def test_nobody_joins() -> None:
    """Without a member there is no frequency of members, and all the time is before."""
    row = purchase_frequency_after_joining(written([0] * 4, [0] * 4, [10] * 4, [0, 5, 5, 5])).iloc[0]
    assert np.isnan(row["per_month"]) and row["before_per_month"] == row["others_per_month"] == 0.5


def test_joining_needs_a_programme() -> None:
    """Nothing to be measured is said in words."""
    with pytest.raises(StudyError, match="programs: found none"):
        purchase_frequency_after_joining(simulate(validated(market([])), seed=1))
