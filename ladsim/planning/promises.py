"""Promises that must hold at the same time: how often all of them do, and which ones hold together.

In: what is promised, one column each, in many futures. Out: `Together`. Five numbers that are met with 80 % each are met all at once
far less often, unless they rise and fall together.

A future's *depth* is the number of futures, other than its own and the one that shares its draw, that its worst promise is as good as
or better than. It meets, for every promise, the r-th worst value of those others if its depth is at least r: each future is judged by
promises that were made without it (leaving one out; Stone 1974), so their share is that of new futures. Raising the level evenly is
lowering r; the promises that hold together are the highest with which, the new future counted in, enough are met: for one promise
that is the rule of ``pairs.rank``.

>>> alike = np.column_stack([np.arange(20.0), np.arange(20.0)])
>>> together(alike, [True, True], 0.8, paired=False).values
(3.0, 3.0)
>>> round(together(alike, [True, True], 0.8, paired=False).share.value, 2)
0.8
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ladsim.planning.pairs import NOTHING, Estimate, probability, rank


@dataclass(frozen=True)
class Together:
    """Several promises at once."""

    promises: int
    share: Estimate  # chance that all promises made one by one hold in a new future; NaN where there are too few futures
    each: float  # probability with which each must be promised so that all hold together; NaN where the futures cannot show it
    values: tuple[float, ...]  # these promises, NaN likewise


def together(values: ArrayLike, more: Sequence[bool], chance: float, paired: bool) -> Together:
    """How often all promises at `chance` hold at once, and the promises that do so with `chance`.

    `values`: (futures, promises); `more`: for each promise whether it is a number to reach, else one not to exceed.
    """
    signs = np.where(np.asarray(more, bool), 1.0, -1.0)
    x = np.asarray(values, np.float64) * signs
    futures, promises = x.shape
    unknown = Together(promises, NOTHING, math.nan, (math.nan,) * promises)
    needed = rank(chance, futures, paired)
    if not promises or needed > futures:
        return unknown
    deep, same_draw = depth(x, paired), 2 if paired else 1
    others = futures - same_draw
    alone = others + 1 - rank(chance, others, paired)
    share = probability(deep >= alone, paired) if alone >= 1 else NOTHING
    # The new futures, of one draw, are counted among those that meet the promises: `needed` is out of them, too.
    level = min(int(np.sort(deep)[::-1][needed - same_draw - 1]) if needed > same_draw else futures, futures + 1 - needed)
    if level < 1:
        return Together(promises, share, math.nan, unknown.values)
    found = np.sort(x, axis=0)[level - 1] * signs
    return Together(promises, share, (futures + 1 - level) / (futures + same_draw), tuple((found + 0.0).tolist()))


def depth(values: NDArray[np.float64], paired: bool) -> NDArray[np.int64]:
    """For each future the least number, over the promises, of futures of other draws that are no better: (futures,).

    `values`: (futures, promises), more is better.

    >>> depth(np.array([[1.0, 4.0], [2.0, 3.0], [3.0, 2.0], [4.0, 1.0]]), paired=False).tolist()
    [0, 1, 1, 0]
    """
    count = len(values)
    below = np.stack([np.searchsorted(np.sort(column), column, side="right") for column in values.T], axis=1)
    own = np.ones_like(below)
    if paired:
        partner = np.arange(count) ^ 1
        there = partner < count
        own[there] += values[partner[there]] <= values[there]
    return np.asarray((below - own).min(axis=1), np.int64)
