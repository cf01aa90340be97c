"""What a customer, and the split of a budget, are worth to who writes to people one by one: recency, acquisition and retention.

Pfeifer & Carraway (2000): a customer is as good as the number of periods since the last order; in each it buys again with a probability or
goes one period further away. Blattberg & Deighton (1996): spending on acquisition and on retention moves two probabilities with ceilings.

>>> recency_values((0.3, 0.2, 0.15, 0.05), 40, 4, 0.2).round(6).tolist()
[52.319609, 5.553784, 1.250773, -1.820016]
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def recency_values(
    chances: Sequence[float], order: float, remarketing: float, discount: float, periods: int | None = None
) -> Floats:
    """Value of a customer of recency 1, 2 …, who buys with `chances` in the next period, else goes one further; gone behind the last.

    At each period, the present one included, an order gives `order` (recency 1), and each who is there costs `remarketing`. `periods` after
    the present one are counted, without it all. V = Σ (P/(1 + d))^t R, or (I − P/(1 + d))⁻¹ R. Source: Pfeifer & Carraway (2000).
    Raises nothing.

    >>> recency_values((0.3, 0.2, 0.15, 0.05), 40, 4, 0.2, periods=4).round(6).tolist()
    [50.114969, 4.219907, 0.59211, -1.980131]
    """
    size = len(chances)
    moves = np.zeros((size, size))
    moves[:, 0] = chances
    for recency in range(size - 1):
        moves[recency, recency + 1] += 1.0 - chances[recency]
    reward = np.full(size, -float(remarketing))
    reward[0] += order
    step = moves / (1.0 + discount)
    if periods is None:
        return np.asarray(np.linalg.solve(np.eye(size) - step, reward), np.float64)
    value = reward.copy()
    for _ in range(periods):
        value = reward + step @ value
    return value


def best_cut_off(chances: Sequence[float], order: float, remarketing: float, discount: float) -> tuple[int, Floats]:
    """Up to which recency to write to a customer, and what customers up to there are then worth. Raises nothing.

    >>> stop, values = best_cut_off((0.3, 0.2, 0.15, 0.05), 40, 4, 0.2)
    >>> stop, values.round(6).tolist()
    (3, [53.149425, 6.62069, 2.643678])
    """
    every = [recency_values(chances[:stop], order, remarketing, discount) for stop in range(1, len(chances) + 1)]
    best = max(range(len(every)), key=lambda place: every[place][0])
    return best + 1, every[best]


@dataclass(frozen=True)
class AcquisitionAndRetention:
    """How many a spend wins and keeps: a = ceiling·(1 − e^(−k·spend)), from one point that is known of each. Blattberg & Deighton (1996).

    >>> split = AcquisitionAndRetention(0.40, (5, 0.15), 0.70, (10, 0.40), margin=50, discount=0.2)
    >>> acquisition, retention = split.best()
    >>> round(acquisition, 6), round(retention, 6), round(split.equity(acquisition, retention), 6)
    (9.451818, 15.865238, 5.775996)
    """

    acquisition_ceiling: float
    acquisition_point: tuple[float, float]  # spend a prospect, share won
    retention_ceiling: float
    retention_point: tuple[float, float]  # spend a customer and year, share kept
    margin: float  # a customer and year
    discount: float  # a year

    def won(self, spend: float) -> float:
        """Share of prospects won by a spend on each."""
        return _response(self.acquisition_ceiling, self.acquisition_point, spend)

    def kept(self, spend: float) -> float:
        """Share of customers kept from year to year by a spend on each."""
        return _response(self.retention_ceiling, self.retention_point, spend)

    def value(self, retention: float) -> float:
        """Of a customer when it is won: m + (m·r − R)/(1 + d − r)."""
        kept = self.kept(retention)
        return self.margin + (self.margin * kept - retention) / (1.0 + self.discount - kept)

    def equity(self, acquisition: float, retention: float) -> float:
        """A prospect's worth: what it leaves as a customer, times the chance, less what winning it costs."""
        return self.won(acquisition) * self.value(retention) - acquisition

    def best(self) -> tuple[float, float]:
        """The spend on acquisition and on retention at which equity is highest."""
        retention = _highest(self.value, self.margin)
        return _highest(lambda spend: self.equity(spend, retention), self.value(retention)), retention


def _highest(worth: Callable[[float], float], most: float) -> float:
    """The spend from 0 to `most` that is worth most."""
    from scipy.optimize import minimize_scalar

    def loss(spend: float) -> float:
        return -worth(float(spend))

    return float(minimize_scalar(loss, bounds=(0.0, most), method="bounded", options={"xatol": 1e-9}).x)


def _response(ceiling: float, point: tuple[float, float], spend: float) -> float:
    """ceiling·(1 − e^(−k·spend)), with k such that it goes through the point."""
    k = -math.log1p(-point[1] / ceiling) / point[0]
    return ceiling * -math.expm1(-k * spend)
