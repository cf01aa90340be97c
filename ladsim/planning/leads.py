"""How far one strategy is ahead of another, and whether that is sure: the one place that a comparison's words and tables ask.

In: what each earns in the same futures; where they were looked at all along, what is known. Out: means with 95 % intervals. Of a number of
futures fixed beforehand that is Student's interval of the paired differences; of futures that were looked at, one that allows for it.

>>> leads = Leads({"a": np.array([5.0, 7.0, 6.0]), "b": np.array([1.0, 2.0, 3.0])}, paired=False)
>>> [round(x, 2) for x in leads.of("a", "b")], leads.surely("a", "b"), leads.surely("b", "a")
([4.0, 1.52, 6.48], True, False)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladsim.planning import pairs
from ladsim.planning.until_sure import Sure

Floats = NDArray[np.float64]


def ahead(ours: Floats, theirs: Floats) -> Floats:
    """How much more one earns than another in each future that both have: amounts are whole units, so what is smaller is noise of the
    division."""
    both = min(len(ours), len(theirs))
    return np.round(ours[:both] - theirs[:both], 6)


@dataclass(frozen=True)
class Leads:
    """Of every two strategies."""

    profits: Mapping[str, Floats]
    paired: bool
    sure: Sure | None = None

    def of(self, one: str, other: str) -> pairs.Estimate:
        """How much more `one` earns than `other`; NaN limits where too few futures tell."""
        found = pairs.mean(ahead(self.profits[one], self.profits[other]), self.paired)
        return found if self.sure is None else pairs.Estimate(found.value, *self.sure.limits(one, other))

    def mean(self, name: str) -> pairs.Estimate:
        """What it earns on average in all futures of the study.

        Of one that was played no further it is told from base, which was: the mean of base in all n futures and of its own difference d to
        base in the first m (a control variate with coefficient 1), with variance var(own)/n + var(d)·(1/m − 1/n).
        """
        own = self.profits[name]
        if self.sure is None or name not in self.sure.out:
            return pairs.mean(own, self.paired)
        base = self.profits[self.sure.base]
        apart = ahead(own, base)
        found = float(base.mean()) + float(apart.mean())
        of_own, of_apart = (pairs.mean(values, self.paired) for values in (own, apart))
        part = len(own) / len(base)
        half = math.sqrt(part * (of_own.high - of_own.value) ** 2 + (1.0 - part) * (of_apart.high - of_apart.value) ** 2)
        return pairs.Estimate(found, found - half, found + half)

    def ranked(self) -> list[str]:
        """Names by what they earn, highest first, equal ones in the order asked for; last those that were out."""
        out = () if self.sure is None else self.sure.out
        return sorted(self.profits, key=lambda name: (name in out, -self.mean(name).value))

    def surely(self, one: str, other: str) -> bool:
        """Whether `one` is surely ahead; also where it is left and the other was out, whoever that was behind."""
        left = () if self.sure is None else self.sure.judgement.left
        return self.of(one, other).low > 0.0 or (left == (one,) and one != other)
