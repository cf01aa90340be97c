"""How orders answer to price: the arc elasticity between two runs of a market that differ in price.

    E = (Q₂ − Q₁) / ((Q₁ + Q₂)/2)  ÷  (P₂ − P₁) / ((P₁ + P₂)/2)      (Allen & Lerner 1934)

The changes are relative to the middle of both, so that the way back gives the same number. −2: orders fall by about 2 % for each
per cent on the price; the mean over 1,851 published estimates is −2.6 (Bijmolt, van Heerde & Pieters 2005).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.ladder import BySegment, grouped
from ladsim.measures.tidy import Floats, people, ratio
from ladsim.measures.uncertainty import mean_interval

Futures = History | Sequence[History]


def price_sensitivity(before: Futures, after: Futures, price_ratio: float, *, by: BySegment = None) -> pd.DataFrame:
    """Relative change of orders ÷ relative change of price: [segment], orders_before, orders_after, change_of_orders,
    change_of_price, elasticity, low, high.

    `price_ratio` is the price in `after` ÷ that in `before` (1.1: a tenth dearer). Each may be one history or the futures of a
    strategy in the same order, best under the same luck (as ``compare`` makes them); then the elasticity is the mean over futures
    and low and high are its 95 % interval. Changes are relative to the middle. Orders are all of the run, whole market, means over
    futures. NaN where nothing was ordered. Source: arc elasticity, Allen & Lerner (1934).
    Raises StudyError where `price_ratio` is not above 0 or is 1, where there is no history, where the two differ in their number of
    futures or segments, and where `by` is neither "segment" nor None.

    >>> import ladsim
    >>> scenario = ladsim.load("coffee_chain")
    >>> dearer = ladsim.loads('''
    ... extends = "coffee_chain"
    ... prices = [{ change = 0.1, elasticity = -2.0 }]
    ... ''')
    >>> before, after = (ladsim.simulate(one, sample=200, seed=1) for one in (scenario, dearer))
    >>> found = ladsim.measures.price_sensitivity(before, after, 1.1)
    >>> found[["orders_before", "orders_after", "change_of_price", "elasticity"]].round(2)
       orders_before  orders_after  change_of_price  elasticity
    0       332900.0      254800.0              0.1       -2.79
    """
    if not (math.isfinite(price_ratio) and price_ratio > 0.0) or price_ratio == 1.0:
        raise StudyError(f"price_ratio: found {price_ratio}, must be above 0 and not 1 (1.1: a tenth dearer)")
    one, other = _orders(before, by), _orders(after, by)
    if one.shape != other.shape:
        raise StudyError(f"after: found {other.shape} futures and segments, must be as in before, {one.shape}")
    of_price = relative_change(1.0, price_ratio)
    each = relative_change(one, other) / of_price
    intervals = [mean_interval(each[:, g]) for g in range(each.shape[1])]
    table = pd.DataFrame({"orders_before": one.mean(axis=0), "orders_after": other.mean(axis=0)})
    table["change_of_orders"] = relative_change(one.mean(axis=0), other.mean(axis=0))
    table["change_of_price"] = float(of_price)
    for name in ("estimate", "low", "high"):
        table["elasticity" if name == "estimate" else name] = [float(getattr(i, name)) for i in intervals]
    if by is not None:
        first = before if isinstance(before, History) else before[0]
        table.insert(0, by, first.segment_names)
    return table


def relative_change(before: Floats | float, after: Floats | float) -> Floats:
    """(after − before) ÷ the middle of both; NaN where both are 0.

    >>> float(relative_change(90.0, 110.0))
    0.2
    """
    a, b = np.asarray(before, np.float64), np.asarray(after, np.float64)
    return ratio(b - a, (a + b) / 2.0)


def _orders(histories: Futures, by: BySegment) -> Floats:
    """All orders of each future, whole market, (futures, groups)."""
    every = [histories] if isinstance(histories, History) else list(histories)
    if not every:
        raise StudyError("histories: found none, must be at least one")
    return np.stack([people(h, grouped(h.orders.sum(axis=(0, 2)), by)) for h in every])
