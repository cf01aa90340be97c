"""Snapshots: how the market stands at every month start, by rung, segment and cohort."""

from __future__ import annotations

import numpy as np

from ladsim.compiled import compiled
from ladsim.model.layout import MONTH, Books, State
from ladsim.model.money import month_of
from ladsim.scenario.tables import Tables


@compiled
def _count_cohorts(customers, booked, cohorts, buyers):  # type: ignore[no-untyped-def]
    """Count the cohorts' customers per rung, and those who have ordered since the last snapshot."""
    for row in range(customers.size):
        c = customers[row]
        if c.customer_since >= 0:
            cohort = month_of(c.customer_since)
            cohorts[cohort, c.rung] += 1
            if c.booked > booked[row]:
                buyers[cohort] += 1
                booked[row] = c.booked


class Snapshots:
    """Customers per segment and rung, and cohorts per rung, at the month starts.

    A cohort is everybody who became a customer in the same month; cohort 0 were customers from the start. Its buyers are those
    who ordered at least once in the month that ends at the snapshot.
    """

    def __init__(self, tables: Tables, state: State, books: Books) -> None:
        self._state, self._books = state, books
        months = -(-tables.horizon // MONTH)
        self._rungs = len(tables.rung_names)
        self.months: list[float] = []
        self.counts = np.zeros((months + 1, *books.counts.shape), np.int64)
        self.cohorts = np.zeros((months + 1, months + 1, self._rungs), np.int64)
        self.buyers = np.zeros((months + 1, months + 1), np.int64)
        self._booked = np.zeros(state.customers.size, np.uint32)

    def take(self, t: int) -> None:
        """Write down how the market stands at `t`."""
        place = len(self.months)
        self.months.append(t / MONTH)
        self.counts[place] = self._books.counts
        _count_cohorts(self._state.customers, self._booked, self.cohorts[place], self.buyers[place])
