"""Snapshots: how the market stands at every month start, by rung, segment and cohort."""

from __future__ import annotations

import numpy as np

from ladsim.model.layout import MONTH, Books


class Snapshots:
    """Customers per segment and rung, and cohorts per rung, at the month starts.

    A cohort is everybody who became a customer in the same month; cohort 0 were customers from the start. The books count as lives
    go by, so a snapshot costs the same for a hundred customers and for a hundred million.
    """

    def __init__(self, books: Books) -> None:
        self._books = books
        months = books.flows.shape[0]
        self.months: list[float] = []
        self.counts = np.zeros((months, *books.counts.shape), np.int64)
        self.cohorts = np.zeros((months, *books.cohorts.shape), np.int64)

    def take(self, t: int) -> None:
        """Write down how the market stands at `t`."""
        place = len(self.months)
        self.months.append(t / MONTH)
        self.counts[place] = self._books.counts
        self.cohorts[place] = self._books.cohorts
