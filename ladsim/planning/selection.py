"""Which strategy is the best, while futures are still being played: who is out, who leads, when it is known, and what it would take.

In: what each strategy earns in each unit of luck (a future, or the mean of two that share a draw of what is not known), the same luck
for all. Out: a `Judgement`. One may ask after every unit, and the chance that anything false is ever said is at most α: all
differences i − j have confidence sequences (``confidence_sequences.mean_looks``) at α/(k − 1) for k strategies.

A strategy is *out* when it is surely behind another. What it earns may stop there: its differences rest on the units that both have, so
its last interval stays in force. It is known which is *best* when one is left; the leader is *as good as the best to within δ* when
each other one that is left is less than δ behind, and surely no more than δ ahead.

For each strategy against the best of the others there are Hsu's (1984) constrained intervals, which hold all together with 1 − α:

    upper_i = max(0, min over j ≠ i of upper_ij),   G = those with upper_i > 0,
    lower_i = 0 where G is i alone, else min(0, min over j in G, j ≠ i, of lower_ij).

>>> luck = np.tile([-1.0, 1.0, -1.0, 1.0, 0.5], 8)
>>> found = judge({"a": 10.0 + luck, "b": 12.0 - luck, "c": 7.0 + luck}, within=0.1, single=True)
>>> found.kind, found.leader, found.left
('best', 'b', ('b',))
>>> [round(end, 2) for end in found.against_best["a"]]
[-1.8, -2.83, 0.0]
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ladsim.planning.confidence_sequences import Looks, mean_looks, units_needed
from ladsim.planning.pairs import Estimate

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
ALPHA = 0.05


@dataclass(frozen=True)
class Judgement:
    """How strategies stand after so many units."""

    kind: Literal["open", "best", "as_good"]  # "open": it cannot be told yet
    leader: str  # of those left, the one that earns most
    left: tuple[str, ...]  # who may still be the best, the leader first
    against_best: Mapping[str, Estimate]  # each less the best of the others: mean, and limits that hold for all together
    differences: Mapping[tuple[str, str], Estimate]  # of every two, both ways
    within: float  # δ
    units: int  # of the leader
    alike: bool  # whether those left have earned the same in every unit
    needed: float  # units in all that it would take, if they go on as they did; infinite where never


def judge(units: Mapping[str, Floats], *, within: float, single: bool, alpha: float = ALPHA) -> Judgement:
    """How strategies stand; `units`: (units,) each, of the same luck from the first on, fewer for those that were out before.

    `within`: the δ of which less is no difference, 0 where every difference counts. `single`: see ``mean_looks``. Two that earned the
    same in every unit so far are never settled: a rare event may yet part them.
    """
    names = list(units)
    share = alpha / max(1, len(names) - 1)
    looks: dict[tuple[str, str], Looks] = {}
    for one, other in combinations(names, 2):
        both = min(len(units[one]), len(units[other]))
        looks[one, other] = found = mean_looks(_apart(units[one][:both], units[other][:both]), share, single)
        looks[other, one] = -found
    left = [i for i in names if not any(surely_behind(looks[i, j])[-1] for j in names if j != i)]
    # Nobody left would be a contradiction between intervals, of which a false one is the only cause: then all are.
    left = sorted(left or names, key=lambda name: -float(units[name].mean()))
    leader, *others = left
    ahead = [looks[leader, j] for j in others]
    differences = {pair: found.now for pair, found in looks.items()}
    return Judgement(
        kind="best" if not others else "as_good" if all(no_difference(one, within)[-1] for one in ahead) else "open",
        leader=leader,
        left=tuple(left),
        against_best=constrained(names, differences),
        differences=differences,
        within=within,
        units=len(units[leader]),
        alike=bool(others) and all(_alike(one)[-1] for one in ahead),
        needed=max((units_needed(one, share, _margin(float(one.value[-1]), within)) for one in ahead), default=0.0),
    )


def _apart(one: Floats, other: Floats) -> Floats:
    """The difference: amounts are whole units, so what is smaller is noise of the division."""
    return np.asarray(np.round(one - other, 6))


def surely_behind(looks: Looks) -> Flags:
    """Whether the one is surely behind the other, as it stood after every unit: (units,), of their difference one − other."""
    return np.asarray(looks.high < 0.0)


def no_difference(looks: Looks, within: float) -> Flags:
    """Whether a leader is as good to within δ as another, as it stood after every unit: (units,), of the difference leader − other.

    A lead of more than δ is worth knowing, so it is waited for until the leader is surely ahead.
    """
    return np.asarray((looks.value >= 0.0) & (looks.value <= within) & (looks.low >= -within) & ~_alike(looks))


def constrained(names: list[str], differences: Mapping[tuple[str, str], Estimate]) -> dict[str, Estimate]:
    """Hsu's intervals of each less the best of the others, from those of every two (both ways).

    >>> clear = {("a", "b"): Estimate(2.0, 1.0, 3.0), ("b", "a"): Estimate(-2.0, -3.0, -1.0)}
    >>> constrained(["a", "b"], clear)["a"], constrained(["a", "b"], clear)["b"].high
    (Estimate(value=2.0, low=0.0, high=3.0), 0.0)
    """
    others = {i: [j for j in names if j != i] for i in names}
    high = {i: max(0.0, min((differences[i, j].high for j in others[i]), default=0.0)) for i in names}
    may = [i for i in names if high[i] > 0.0]
    low = {i: min(0.0, min((differences[i, j].low for j in may if j != i), default=0.0)) for i in names}
    value = {i: min((differences[i, j].value for j in others[i]), default=math.nan) for i in names}
    return {i: Estimate(value[i], low[i], high[i]) for i in names}


def _alike(looks: Looks) -> Flags:
    return np.asarray((looks.spread == 0.0) & (looks.value == 0.0))


def _margin(lead: float, within: float) -> float:
    """Below what the radius must be: the lead itself, or where that is no difference, what is missing to δ."""
    return lead if lead > within else max(lead, 0.0) + within
