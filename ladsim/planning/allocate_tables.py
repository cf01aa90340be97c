"""The tables of a split budget: what each lever gets, what the split is ahead of others by, what more or less money would bring.

In: points, differences. Out: data frames, and for a difference what may be said of it. An amount is told in its own unit (a month), its
spend over the whole time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.planning.budget_levers import Levers
from ladsim.planning.pairs import NOTHING, Estimate
from ladsim.planning.split_search import Point

Floats = NDArray[np.float64]
BLOCK = 20  # futures whose risk is one number
FEWEST_BLOCKS = 4
LEVEL = 0.95


@dataclass(frozen=True)
class Told:
    """By how much the best split is ahead of another, and what may be said of that."""

    ahead: Estimate
    told: Literal["best", "ahead", "behind", "same", "open"]
    futures: int

    @classmethod
    def of(cls, difference: Estimate | None, futures: int, is_best: bool) -> Told:
        """From the best less the other; limits that are not finite are none."""
        if is_best or difference is None:
            return cls(Estimate(0.0, 0.0, 0.0), "best", futures)
        if difference.value == difference.low == difference.high == 0.0:
            return cls(difference, "same", futures)
        told: Literal["ahead", "behind", "open"] = (
            "ahead" if difference.low > 0.0 else "behind" if difference.high < 0.0 else "open"
        )
        low, high = (end if math.isfinite(end) else math.nan for end in (difference.low, difference.high))
        return cls(Estimate(difference.value, low, high), told, futures)


def block_differences(one: Floats, other: Floats, score: Callable[[Floats], float], splits: int) -> Estimate:
    """one − other in a risk measure: means over blocks of 20 futures under the same luck, with t intervals that hold for all splits at once.

    Bonferroni: 1 − 0.05/(splits − 1) each. No limits where there are fewer than four blocks.

    >>> luck = np.tile(np.arange(20.0), 5)
    >>> block_differences(luck + 1.0, luck, np.min, 2)
    Estimate(value=1.0, low=1.0, high=1.0)
    """
    many = min(one.size, other.size) // BLOCK
    if many < FEWEST_BLOCKS:
        return Estimate(score(one) - score(other), math.nan, math.nan)
    a, b = (values[: many * BLOCK].reshape(many, BLOCK) for values in (one, other))
    apart = np.array([score(x) - score(y) for x, y in zip(a, b, strict=True)])
    from scipy import special

    t = float(special.stdtrit(many - 1, 1.0 - (1.0 - LEVEL) / 2.0 / max(1, splits - 1)))
    half = t * float(apart.std(ddof=1)) / math.sqrt(many)
    mean = float(apart.mean())
    return Estimate(mean, mean - half, mean + half)


def rows_of_levers(
    levers: Levers, best: Point, budget: float, close: Sequence[Point], nexts: Mapping[str, Estimate]
) -> pd.DataFrame:
    """A row for each lever."""
    rows: list[list[Any]] = []
    for place, one in enumerate(levers.all):
        values = [levers.value(place, point) for point in close]
        spend = best[place] if one.kind == "amount" else math.nan
        more = nexts.get(one.key, NOTHING)
        rows.append(
            [one.key, one.kind, one.now, levers.value(place, best), spend, spend / budget, min(values), max(values), *more]
        )  # fmt: skip
    ends = ["next_thousand", "next_thousand_low", "next_thousand_high"]
    return pd.DataFrame(rows, columns=["lever", "kind", "now", "value", "spend", "share", "low", "high", *ends])


def rows_of_money(rows: Sequence[Sequence[float]]) -> pd.DataFrame:
    """A row for each part of the budget."""
    return pd.DataFrame(rows, columns=["part", "cost", "value", "gain", "gain_low", "gain_high"])


COLUMNS = {
    "allocation.lever": ("", "dotted key of what may be chosen; strategies.NAME: whether the rest of that strategy runs"),
    "allocation.kind": ("", "amount, number or switch (1 runs, 0 does not)"),
    "allocation.now": ("as the key says", "in the file"),
    "allocation.value": ("as the key says", "of the best split; of an amount, a month"),
    "allocation.spend": ("currency", "over the whole time"),
    "allocation.share": ("share", "of the budget"),
    "allocation.low": ("as the key says", "lowest value of a split that cannot be told from the best, on the luck of the search"),
    "allocation.high": ("as the key says", "highest value of such a split"),
    "next_thousand": ("as the value", "what 1,000 more on this lever brings, measured by a twentieth of the budget more"),
    "split": ("", "a split that was played on fresh luck"),
    "against.value": ("as asked", "what it is worth in its futures"),
    "ahead": ("as asked", "the best split less this one, mean; limits hold for all of them at once"),
    "told": ("", "best, ahead, behind, same (equal in every future), open (cannot be told)"),
    "against.cost": ("currency", "of the levers over the whole time, programmes included, beyond the market in which they spend nothing"),
    "against.futures": ("futures", "on which the comparison rests"),
    "part": ("share", "of the budget"),
    "frontier.cost": ("currency", "what the best split known for so much money costs"),
    "frontier.value": ("as asked", "what it is worth"),
    "frontier.gain": ("as asked", "beyond the market in which the levers spend nothing, mean"),
    "splits.lever": ("", "dotted key of what may be chosen"),
    "splits.value": ("as the key says", "in this split; of an amount, a month"),
}  # fmt: skip
