"""In which worlds a strategy loses: one or two conditions that a person can read.

In: the uncertain numbers of each draw, and how far the strategy is ahead in it. Out: the leaves of a small tree. A number splits the
draws only where it surely goes with the lead (rank correlation, Bonferroni over the numbers; conditional inference trees, Hothorn,
Hornik & Zeileis 2006), at the value that parts lost draws from won ones best (Gini; Breiman et al. 1984). The tree grows on every second
draw, and how often the strategy loses in a leaf is counted in the others: nothing was chosen among those (Athey & Imbens 2016).

>>> values = pd.DataFrame({"cost": np.arange(80) // 2, "other": np.arange(80) * 7 % 80})
>>> for leaf in losing_worlds(values, 24.5 - values["cost"].to_numpy()):
...     print(leaf.where, leaf.lost, leaf.draws)
(Condition(key='cost', above=True, value=24.5),) 15 15
(Condition(key='cost', above=False, value=24.5),) 0 25
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.planning.pairs import Estimate, probability
from ladsim.planning.sensitivity import rank_p_value

Floats = NDArray[np.float64]
DEPTH = 2
FEWEST = 20  # draws in which a tree may grow: with fewer nothing is said
SMALLEST = 5  # draws of a leaf
SURE = 0.01  # p value of a split, all numbers allowed for


class Condition(NamedTuple):
    """One number above, or not above, a value."""

    key: str
    above: bool
    value: float


class Leaf(NamedTuple):
    """Worlds with these numbers: in how many of how many draws the strategy loses, and that share."""

    where: tuple[Condition, ...]
    lost: int
    draws: int
    share: Estimate


def losing_worlds(values: pd.DataFrame, lead: Floats) -> list[Leaf]:
    """The leaves, those first in which the strategy loses most; one leaf without conditions where no number tells.

    `values`: draws × numbers. `lead`: (draws,), below 0 where the strategy loses. Nothing with fewer than twice `FEWEST` draws.
    """
    if len(values.columns) == 0 or len(lead) < 2 * FEWEST:
        return []
    grown = np.arange(len(lead)) % 2 == 0
    leaves = []
    for where in _grow(values[grown], lead[grown], (), DEPTH):
        inside = ~grown
        for one in where:
            column = values[one.key].to_numpy(np.float64)
            inside = inside & ((column > one.value) == one.above)
        hits = (lead[inside] < 0.0).astype(np.float64)
        leaves.append(Leaf(where, int(hits.sum()), int(inside.sum()), probability(hits, False)))
    return sorted(leaves, key=lambda leaf: -leaf.share.value if leaf.draws else math.inf)


def _grow(values: pd.DataFrame, lead: Floats, where: tuple[Condition, ...], depth: int) -> Iterator[tuple[Condition, ...]]:
    """The conditions of each leaf."""
    split = _split(values, lead) if depth else None
    if split is None:
        yield where
        return
    key, value = split
    beyond = values[key].to_numpy(np.float64) > value
    for above in (True, False):
        inside = beyond == above
        yield from _grow(values[inside], lead[inside], (*where, Condition(key, above, value)), depth - 1)


def _split(values: pd.DataFrame, lead: Floats) -> tuple[str, float] | None:
    """The number that surely goes with the lead and goes with it most, and the value that parts lost draws from won ones."""
    lost = lead < 0.0
    if len(lead) < 2 * SMALLEST or lost.all() or not lost.any():
        return None
    chances = {key: rank_p_value(values[key].to_numpy(np.float64), lead) for key in values.columns}
    key = min(chances, key=lambda one: chances[one])
    if chances[key] * len(chances) >= SURE:
        return None
    value = _threshold(values[key].to_numpy(np.float64), lost)
    return None if value is None else (key, value)


def _threshold(x: Floats, lost: NDArray[np.bool_]) -> float | None:
    """The value, half-way between two draws, with the least impurity on both sides, each of at least `SMALLEST` draws."""
    order = np.argsort(x, kind="stable")
    ordered, hits = x[order], np.cumsum(lost[order])
    below = np.arange(1, len(x))
    above = len(x) - below
    rest = hits[-1] - hits[:-1]
    impurity = hits[:-1] * (1.0 - hits[:-1] / below) + rest * (1.0 - rest / above)
    allowed = (below >= SMALLEST) & (above >= SMALLEST) & (ordered[1:] > ordered[:-1])
    if not allowed.any():
        return None
    place = int(np.argmin(np.where(allowed, impurity, np.inf)))
    return float((ordered[place] + ordered[place + 1]) / 2.0)
