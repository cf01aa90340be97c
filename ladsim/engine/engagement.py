"""Engagement: a stock that fades when nothing is done.

Each group on each rung has a stock, 1 at the start. A month takes `fades_per_month` of it; effects on `engagement` add to it, at their
strength, month by month. Orders go by exp(β·(stock − 1)), leaving by another β. It is the climate of a rung, and no customer's own: who
changes the rung finds that rung's. Left alone it is (1 − f)^k after k months; an effect e at full strength holds it at e / f.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.reach import exponential, leaving_steps
from ladsim.model.layout import MONTH
from ladsim.scenario.tables import Tables

Floats = NDArray[np.float64]


class Stock:
    """The engagement of every group on every rung, (A, R)."""

    def __init__(self, tables: Tables, groups: int) -> None:
        self.record = tables.scenario.engagement
        self.level: Floats = np.ones((groups, len(tables.rung_names)))
        self.rate: Floats = np.zeros_like(self.level)  # what effects add a month, as they stand now
        self._added: Floats = np.zeros_like(self.level)
        self._since = self._counted = 0
        self._leaving, self._origins = leaving_steps(tables), tables.steps["origin"]

    def follow(self, t: int) -> None:
        """Go on to `t`; at a month start what the month has taken and added counts."""
        if self.record is None:
            return
        self._added += self.rate * ((t - self._since) / MONTH)
        self._since = t
        if t % MONTH == 0 and t > self._counted:
            self._counted = t
            self.level = np.maximum((1.0 - self.record.fades_per_month) * self.level + self._added, 0.0)
            self._added = np.zeros_like(self.level)

    def apply(self, rung: Any, step: Any) -> None:
        """Multiply what the stock does into the factors of orders and leaving."""
        if self.record is None:
            return
        if self.record.orders_effect != 0.0:
            rung["orders"] *= exponential(self.record.orders_effect * (self.level - 1.0))
        if self.record.leaving_effect != 0.0:
            factor = exponential(self.record.leaving_effect * (self.level - 1.0))
            for s in self._leaving:
                step[:, s] *= factor[:, self._origins[s]]
