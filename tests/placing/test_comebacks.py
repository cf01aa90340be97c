"""Comebacks: an order after a silence in which a customer had surely left begins a new spell."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ladsim.placing.activity import Activity
from ladsim.placing.comebacks import comebacks

LAW = Activity(np.log([1.0, 1.0, 1.0, 0.05]), np.eye(4), 1, 1)  # an order a month, one in twenty leaves


def test_spells_by_hand() -> None:
    """Who bought every ten days and was silent for 500 came back, twice; who bought once in 100 days and was silent for 120 was there."""
    gaps = pd.DataFrame(
        [("often", -1700, -1600, -1100, 11), ("often", -1700, -1000, -500, 22), ("seldom", -900, -800, -680, 2)],
        columns=["customer", "first", "before", "day", "orders"],
    )
    spells, ended = comebacks(gaps, np.array([4, 4, 7]), LAW)
    assert (spells.row.tolist(), spells.day.tolist(), spells.orders.tolist()) == ([4, 4], [-1100, -500], [11, 22])
    assert [one.tolist() for one in ended] == [[10, 10], [100, 100], [600, 600]]
    orders, day = spells.last(8)
    assert (orders[4], day[4], orders[7]) == (22, -500.0, 0) and np.isnan(day[7])
    orders, day = spells.last(8, until=-600)
    assert (orders[4], day[4]) == (11, -1100.0)
    assert spells.last(8, until=-1200)[0].sum() == 0


def test_none() -> None:
    """Without a long gap there is no comeback."""
    empty = pd.DataFrame({name: [] for name in ("customer", "first", "before", "day", "orders")})
    spells, ended = comebacks(empty, np.array([], int), LAW)
    assert spells.row.size == 0 and all(one.size == 0 for one in ended)
