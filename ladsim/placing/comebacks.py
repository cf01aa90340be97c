"""Customers who had left and came back: where their history begins anew.

In: long gaps between orders, and the law by which customers leave. Out: `Spells`: for each comeback the orders before it and its day. An
order after a gap at whose end a customer had left by a probability of ``LEFT`` is a comeback; silence is then judged by the orders since.
Without this, a base to which many come back would look as if hardly anybody left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.placing.activity import Activity

LEFT = 0.8  # an assumption: in synthesized markets it found the counts again, with comebacks and without
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Spells:
    """Comebacks, by customer and day. `row` is a place among the customers; days are counted to the end of the data."""

    row: Ints
    day: Ints
    orders: Ints  # of the customer before it

    def last(self, size: int, until: int = 0) -> tuple[Ints, NDArray[np.float64]]:
        """(size,) orders before each customer's last comeback until a day, and that day; 0 and NaN where there is none."""
        orders, day = np.zeros(size, np.int64), np.full(size, np.nan)
        known = self.day <= until
        orders[self.row[known]], day[self.row[known]] = self.orders[known], self.day[known]  # in order: the last one stays
        return orders, day


def comebacks(gaps: pd.DataFrame, rows: NDArray[np.intp], activity: Activity) -> tuple[Spells, tuple[Ints, Ints, Ints]]:
    """The comebacks among long gaps (`rows`: the places of their customers), and the spells that they end: repeat orders, days to the last
    and to the comeback."""
    first, before, day, orders = (gaps[name].to_numpy(np.int64) for name in ("first", "before", "day", "orders"))
    left = 1.0 - activity.probability(orders - 1.0, (before - first).astype(float), (day - first).astype(float))
    chosen = left >= LEFT
    row, first, before, day, orders = (one[chosen] for one in (np.asarray(rows), first, before, day, orders))
    again = np.append(False, row[1:] == row[:-1]) if row.size else np.zeros(0, bool)
    begin = np.where(again, np.append(0, day[:-1]) if day.size else day, first)
    counted = orders - np.where(again, np.append(0, orders[:-1]) if orders.size else orders, 0)
    return Spells(row.astype(np.int64), day, orders), (counted - 1, before - begin, day - begin)
