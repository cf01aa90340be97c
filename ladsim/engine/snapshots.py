"""Snapshots: how the market stands at every month start, by rung, segment and cohort."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.clockwork import month_starts
from ladsim.model.layout import MONTH, Books


class Snapshots:
    """Customers per segment and rung, and cohorts per rung, at the month starts.

    A cohort is everybody who became a customer in the same month; cohort 0 were customers from the start. The books hold what
    changed in each month, so a snapshot costs the same for a hundred customers and for a hundred million, and lives may be lived
    ahead of it.
    """

    def __init__(self, books: Books, horizon: int) -> None:
        self.months: NDArray[np.float64] = np.array([0, *month_starts(horizon)]) / MONTH
        self.counts: NDArray[np.int64] = books.people.cumsum(axis=0)
        self.cohorts: NDArray[np.int64] = books.cohorts.cumsum(axis=0)
        self.levels: NDArray[np.int64] = books.levels.cumsum(axis=0)
        self.moods: NDArray[np.int64] = books.moods.cumsum(axis=0)
