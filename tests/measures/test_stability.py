"""How steady revenue is: counted by hand on a small history, and against theory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.errors import StudyError
from tests.measures.futures import REPLICATIONS, close, futures


def test_stability_of_two_months(history: History) -> None:
    """800 and 600: a standard deviation of 100√2 on a mean of 700; a line needs three months, the futures must be two."""
    row = measures.revenue_stability(history).iloc[0]
    assert row[["futures", "months", "revenue_per_month", "revenue"]].tolist() == [1, 2, 700.0, 1400.0]
    assert row["month_to_month"] == pytest.approx(np.sqrt(20_000) / 700)
    assert np.isnan(row["around_trend"]) and np.isnan(row["future_to_future"])
    other = replace(history, money=history.money * 2)
    both = measures.revenue_stability([history, other]).iloc[0]
    assert both["future_to_future"] == pytest.approx(np.sqrt(2 * 700.0**2) / 2100.0)
    assert both["month_to_month"] == pytest.approx(np.sqrt(20_000) / 700)
    by_segment = measures.revenue_stability(history, by="segment").set_index("segment")
    assert by_segment["month_to_month"].tolist() == pytest.approx([np.sqrt(80_000) / 600, np.sqrt(20_000) / 100])
    assert measures.summarise(history).scalars["revenue_variation"] == pytest.approx(np.sqrt(20_000) / 700)


def test_growth_is_no_spread_around_its_line(history: History) -> None:
    """Four months that grow by the same amount swing around the mean, not around the line; a month cut short is left out."""
    money = np.zeros((6, *history.money.shape[1:]), np.int64)
    money[1:, 0, 0, 1] = [1000, 2000, 3000, 4000, 100]
    grown = replace(history, months=np.array([0.0, 1, 2, 3, 4, 4.1]), money=money)
    row = measures.revenue_stability(grown).iloc[0]
    assert row["months"] == 4
    assert row["month_to_month"] == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 2.5)
    assert row["around_trend"] == pytest.approx(0.0, abs=1e-12)
    assert row["revenue"] == pytest.approx(1010.0)


def test_stability_refuses_what_cannot_be_pooled(history: History) -> None:
    """Futures of other lengths, and none at all."""
    with pytest.raises(StudyError, match="futures of one scenario"):
        measures.revenue_stability([history, replace(history, months=np.array([0.0, 1.0, 1.5]))])
    with pytest.raises(StudyError, match="found none"):
        measures.revenue_stability([])


def test_revenue_from_future_to_future_of_the_reference_ladder() -> None:
    """V1: orders of a lifetime have mean 18.88889 and sd 29.29706, so totals of n customers spread by their ratio ÷ √n."""
    spread = measures.revenue_stability(futures("reference_ladder_from_customer", 300)).iloc[0]["future_to_future"]
    expected = 29.29706 / 18.88889 / np.sqrt(300)
    assert abs(spread / expected - 1.0) <= 4.0 / np.sqrt(2 * (REPLICATIONS - 1))


def test_revenue_from_month_to_month_of_poisson_orders() -> None:
    """5,000 customers with half an order a month each: months spread by 1/√2500 around their mean."""
    close([measures.revenue_stability(h).iloc[0]["month_to_month"] ** 2 for h in futures("poisson_orders", 5_000)], 1 / 2500)
