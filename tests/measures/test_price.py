"""The arc elasticity: counted by hand on a small history, and found again where it was put in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.errors import StudyError
from tests.measures.futures import futures


def test_price_sensitivity_is_an_arc(history: History) -> None:
    """Four orders before, two after at a price 1.5 times as high: (−2/3) / 0.4; the way back gives the same."""
    fewer = replace(history, orders=np.where(np.arange(3)[:, None, None] == 1, 0, history.orders))
    row = measures.price_sensitivity(history, fewer, 1.5).iloc[0]
    assert row[["orders_before", "orders_after"]].tolist() == [40.0, 20.0]
    assert row["change_of_orders"] == pytest.approx(-2 / 3)
    assert row["change_of_price"] == pytest.approx(0.4)
    assert row["elasticity"] == pytest.approx(-5 / 3)
    assert np.isnan(row["low"])
    back = measures.price_sensitivity(fewer, history, 1 / 1.5).iloc[0]
    assert back["elasticity"] == pytest.approx(-5 / 3)
    by_segment = measures.price_sensitivity([history] * 4, [fewer] * 4, 1.5, by="segment").set_index("segment")
    assert by_segment["elasticity"].tolist() == pytest.approx([-1 / 0.4, 0.0])
    assert by_segment.loc["old", ["low", "high"]].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("ratio", [0.0, 1.0, -2.0, float("nan"), float("inf")])
def test_a_price_that_does_not_change_has_no_elasticity(history: History, ratio: float) -> None:
    """The price ratio must say how the price changed."""
    with pytest.raises(StudyError, match="price_ratio: found"):
        measures.price_sensitivity(history, history, ratio)


def test_price_sensitivity_needs_futures_in_pairs(history: History) -> None:
    """As many after as before."""
    with pytest.raises(StudyError, match="must be as in before"):
        measures.price_sensitivity([history, history], [history], 1.1)


def test_price_sensitivity_finds_the_elasticity_put_in() -> None:
    """Orders that fall with price to the power −2 have the arc elasticity (q−1)/(q+1) ÷ (r−1)/(r+1), q = r⁻²."""
    rate = 0.5 / 1.1**2
    before, after = (
        list(futures("poisson_orders", 500)),
        list(futures("poisson_orders", 500, **{"rungs.customer.orders_per_month": rate})),
    )
    row = measures.price_sensitivity(before, after, 1.1).iloc[0]
    q = 1.1**-2
    expected = (q - 1) / (q + 1) / (0.1 / 2.1)
    half = (row["high"] - row["low"]) / 2
    assert abs(row["elasticity"] - expected) <= 2 * half
    assert 0 < half < 0.3
