"""How often a strategy is the best, for one that was chosen as this one was.

In: the profit of every strategy in the same futures. Out: shares of futures with 95 % intervals. Who is chosen because it did best in
some futures and then has its wins counted in these very futures is praised for its luck, too: of two strategies that are equal in
law the chosen one wins in 58 % of 20 futures. By how much, the futures themselves tell: they are halved again and again by whole
units (two that share a draw of what is not known, or one where nothing is uncertain); in each half the strategy that earns most
there is chosen, and

    praise = √2 · mean over the halves of (its share of wins in the half that chose it − its share in all futures)

is taken off (the optimism of a choice; Efron 1983). A half lies as far from all futures, by chance, as these lie from the truth; but
what a half chooses depends on both, in equal parts, so only 1/√2 of it shows. Where every half chooses the same, nothing is taken off.

>>> clear = of_best({"a": np.array([9.0, 8.0, 7.0, 9.0]), "b": np.array([1.0, 9.0, 2.0, 1.0])}, paired=False)
>>> round(clear["a"].value, 6), round(clear["b"].value, 6)
(0.75, 0.25)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.planning.pairs import NOTHING, Estimate, probability

Floats = NDArray[np.float64]
HALVINGS = 64  # each used both ways: the praise is known to about a tenth of a standard error of the share itself


def of_best(profits: Mapping[str, Floats], paired: bool) -> dict[str, Estimate]:
    """For each strategy the share of futures in which it earns most, ties shared; the shares add up to 1.

    From the one with the highest mean (the first of equals) the praise for having been chosen is taken off; the others share that as
    they share the futures that it does not win. Strategies that are equal in every future count as one and share what that has. All
    are NaN where there is a single unit and not all are equal in it: a choice cannot be tried on the futures it was made in.
    """
    table = np.stack(list(profits.values()))
    tops = (table == table.max(axis=0)).astype(float)
    wins = tops / tops.sum(axis=0)
    _, kind_of, copies = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    kind_of = kind_of.reshape(-1)
    firsts = sorted({int(kind): at for at, kind in reversed(list(enumerate(kind_of)))}.items(), key=lambda one: one[1])
    shares = _of_kinds(
        np.stack([table[at] for _, at in firsts]), np.stack([wins[kind_of == kind].sum(axis=0) for kind, _ in firsts]), paired
    )
    if shares is None:
        return dict.fromkeys(profits, NOTHING)
    place = {kind: row for row, (kind, _) in enumerate(firsts)}
    return {
        name: _moved(probability(wins[at], paired), float(shares[place[int(kind)]] / copies[kind]))
        for at, (name, kind) in enumerate(zip(profits, kind_of, strict=True))
    }


def of_better(ours: Floats, theirs: Floats, paired: bool) -> Estimate:
    """The share of futures in which the better of two earns more than the other; a tie is half.

    `ours` has the higher mean, or the same. NaN where there is a single unit and they differ in it.
    """
    return of_best({"ours": ours, "theirs": theirs}, paired)["ours"]


def _moved(plain: Estimate, share: float) -> Estimate:
    """The plain share with its interval, moved to `share`; the interval holds the plain one's far limit, too."""
    by = share - plain.value
    return Estimate(share, max(0.0, min(plain.low, plain.low + by)), min(1.0, max(plain.high, plain.high + by)))


def _of_kinds(table: Floats, wins: Floats, paired: bool) -> Floats | None:
    """Shares of `wins` (strategies that differ, futures), the best one's less the praise; None where there are no two halves."""
    plain = wins.mean(axis=1)
    if len(table) == 1:
        return plain
    praise = _praise(table, wins, paired)
    if praise is None:
        return None
    best = int(np.argmax(table.mean(axis=1)))
    less = max(0.0, float(plain[best]) - praise)
    found = plain * ((1.0 - less) / (1.0 - plain[best]) if plain[best] < 1.0 else 0.0)
    if plain[best] == 1.0 and less < 1.0:  # nobody else wins a future: nothing says who would
        less = 1.0
    found[best] = less
    return found


def _praise(table: Floats, wins: Floats, paired: bool) -> float | None:
    """√2 · mean of (share of wins in the half that chose − share in all futures) of what each half chooses, 0 or more."""
    unit = np.arange(table.shape[1]) // (2 if paired else 1)
    units = int(unit[-1]) + 1
    if units < 2:
        return None
    sizes = np.bincount(unit)
    earned, won = (np.stack([np.bincount(unit, row) for row in values]) for values in (table, wins))
    halves = _halves(units)
    halves = np.concatenate([halves, ~halves]).astype(np.float64)
    counts = halves @ sizes
    means = (earned @ halves.T) / counts  # (strategies, halves)
    chosen = means >= means.max(axis=0)
    apart = (won @ halves.T) / counts - wins.mean(axis=1)[:, None]
    return math.sqrt(2.0) * max(0.0, float((np.where(chosen, apart, 0.0).sum(axis=0) / chosen.sum(axis=0)).mean()))


@lru_cache(maxsize=16)
def _halves(units: int) -> NDArray[np.bool_]:
    """Which units belong to the first half in each halving, (HALVINGS, units): by luck of their own, the same in every study."""
    key, word = streams.key_of_run(0, units), streams.stream_id("halves")
    luck = np.stack([streams.uniforms_numbered(key, word, streams.PARAMETER, unit, HALVINGS) for unit in range(units)], axis=1)
    ranks = luck.argsort(axis=1).argsort(axis=1)
    return np.asarray(ranks < math.ceil(units / 2), np.bool_)
