"""Whether word of mouth carries itself: what each customer brings, and whether it dies out or takes off.

In: `Replications`. Out: numbers. R, customers won per advocate's lifetime (``measures.referral_factor``), does not exist where nobody
ever stops being an advocate. What always exists is how many each customer has brought until the horizon,

    referrals per customer = referred new customers ÷ all who were customers at any time, those of the start included.

Where a cascade has died out it is an estimate of R: of N₀ customers at the start N₀ / (1 − R) become, all but N₀ of them referred
(Watson & Galton 1875; Harris 1963). It stays below 1 where one takes off, for the last to come have had no time to bring anybody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ladsim.measures.uncertainty import quantile
from ladsim.planning import pairs
from ladsim.planning.measure_table import by_future
from ladsim.planning.replications import Replications

NOTHING = 0.05  # of the most customers in any future: a future that ends with less has died out
TWO_HUMPS = (0.2, 0.8)  # shares of futures that die out between which a mean says little


def word_wins(run: Replications) -> bool:
    """Whether anybody can be won by somebody's word."""
    return bool(run.scenario.word_of_mouth) and any(step.trigger == "message" for step in run.scenario.steps)


def referrals_per_customer(run: Replications) -> pairs.Estimate:
    """Referred new customers ÷ all who were customers at any time, over all futures, with its 95 % interval; NaN without customers."""
    above, below = by_future(run, "referred_customers"), by_future(run, "customers_ever")
    return pairs.within(pairs.ratio(above, below, bool(len(run.parameters.columns))), "share")  # it is one, of all customers


def dies_out(run: Replications, most: float) -> float:
    """Share of the futures that end with less than a twentieth of `most` customers; NaN where nobody can be won by somebody's word."""
    if not word_wins(run):
        return math.nan
    return float(np.mean(by_future(run, "customers_end") < NOTHING * most)) if most > 0.0 else 1.0


@dataclass(frozen=True)
class Humps:
    """Futures that die out and futures that take off, with a mean between them that hardly any future looks like."""

    count: int  # futures that die out
    futures: int
    middle: float  # median of the customers at the end of the others
    mean: float  # of all


def humps(run: Replications, most: float) -> Humps | None:
    """How the futures fall into two heaps; None where fewer than a fifth, or more than four fifths of them die out."""
    share = dies_out(run, most)
    if not TWO_HUMPS[0] <= share <= TWO_HUMPS[1]:
        return None
    ends = np.sort(by_future(run, "customers_end"))
    count = round(share * run.count)
    return Humps(count, run.count, float(quantile(ends[count:], 0.5)), float(ends.mean()))


def humps_alone(run: Replications) -> Humps | None:
    """The same of one strategy's futures, where some reach a twentieth of the market: below, a few customers more are no taking off."""
    most = float(by_future(run, "customers_end").max())
    return humps(run, most) if most >= NOTHING * run.scenario.market_size else None
