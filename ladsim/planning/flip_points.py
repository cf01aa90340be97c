"""At which value of a number another strategy becomes the best: the flip point, and between which values that cannot be told.

In: for values of one number that were simulated under the same luck, how far the favourite is ahead of the best of the others. Out:
`Flip` records. Between two values that were simulated the lead and its limits are taken as straight lines; a lead that is lost and won
again between two of them is not found.

>>> tried = [Tried(0.0, "a", Estimate(4.0, 2.0, 6.0)), Tried(2.0, "b", Estimate(-4.0, -6.0, -2.0))]
>>> flips(tried)
[Flip(value=1.0, low=0.5, high=1.5, above=True, to='b')]
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from ladsim.planning import pairs
from ladsim.planning.compare import profit
from ladsim.planning.leads import ahead
from ladsim.planning.pairs import Estimate
from ladsim.planning.replications import Replications

ROUNDS = 4  # halvings of the part in which the lead changes sign


class Tried(NamedTuple):
    """One value: who is the best there, and how far the favourite is ahead of the best of the others (below 0: behind)."""

    value: float
    best: str
    lead: Estimate


class Flip(NamedTuple):
    """Where the lead passes from the favourite to another, between which values it cannot be told, and on which side the other leads.

    `low` and `high` are NaN where it cannot be told up to the end of the values simulated.
    """

    value: float
    low: float
    high: float
    above: bool  # the other leads above the value
    to: str


def standing(value: float, runs: Mapping[str, Replications], favourite: str) -> Tried:
    """How the favourite stands at a value, from the futures of every strategy there."""
    profits = {name: profit(run) for name, run in runs.items()}
    paired = any(len(run.parameters.columns) for run in runs.values())
    other = max((name for name in profits if name != favourite), key=lambda name: float(profits[name].mean()))
    lead = pairs.mean(ahead(profits[favourite], profits[other]), paired)
    return Tried(value, favourite if lead.value >= 0.0 else other, lead)


def halves(tried: Sequence[Tried], favourite: str) -> list[float]:
    """The values half-way where the favourite gains or loses the lead, of values in rising order."""
    return [
        float(f"{(one.value + two.value) / 2.0:.6g}")
        for one, two in pairwise(tried)
        if (one.best == favourite) != (two.best == favourite) and two.value - one.value > 1e-5 * abs(one.value + two.value)
    ]


def flips(tried: Sequence[Tried]) -> list[Flip]:
    """Every value at which the lead passes over, of values in rising order."""
    values = [one.value for one in tried]
    found = []
    for place, (one, two) in enumerate(pairwise(tried)):
        above = one.lead.value >= 0.0
        if above == (two.lead.value >= 0.0):
            continue
        # Sure is who leads where the limit of the lead that is nearer to 0 is on the leader's side.
        below = [t.lead.low if above else -t.lead.high for t in tried]
        beyond = [-t.lead.high if above else t.lead.low for t in tried]
        at = _crossing(one.value, one.lead.value, two.value, two.lead.value)
        ends = _sure_from(values, below, place, -1), _sure_from(values, beyond, place + 1, 1)
        found.append(Flip(at, *ends, above, (two if above else one).best))
    return found


def _crossing(x0: float, y0: float, x1: float, y1: float) -> float:
    """Where a straight line is 0."""
    return x0 + (x1 - x0) * y0 / (y0 - y1)


def _sure_from(values: Sequence[float], limit: Sequence[float], place: int, step: int) -> float:
    """From the flip outwards: where `limit` passes 0; NaN where it does not within the values."""
    inner = place - step
    while 0 <= place < len(values):
        if limit[place] > 0.0:
            return _crossing(values[inner], limit[inner], values[place], limit[place])
        inner, place = place, place + step
    return math.nan
