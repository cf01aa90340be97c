"""Snapshots: how the market stands at every month start.

The books hold what changed in each month, so a snapshot costs the same for a hundred customers and for a hundred million, and lives may
be lived ahead of it. A cohort is everybody who became a customer in the same month; cohort 0 were customers from the start.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.phases import month_starts
from ladsim.model.arrays import arrays_of
from ladsim.model.layout import MONTH, Accumulators


def months_of(horizon: int) -> NDArray[np.float64]:
    """When a snapshot is taken, in months: (M + 1,)."""
    return np.array([0, *month_starts(horizon)]) / MONTH


def snapshots(books: Accumulators) -> dict[str, NDArray[np.int64]]:
    """What stands at the month starts, by the name of the book that holds its changes."""
    return {
        name: getattr(books, name).cumsum(axis=0)
        for name, declared in arrays_of(Accumulators).items()
        if declared.sort == "change"
    }
