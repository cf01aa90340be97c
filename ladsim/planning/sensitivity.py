"""Which number that we do not know a difference depends on most.

In: a difference between two strategies per replication, and the values of the uncertain numbers. Out: one row per number: the
share of the spread between parameter draws that goes with it (squared rank correlation; Spearman 1904), and the difference where the
number is low and where it is high. Two futures share each draw; their mean is what is explained, so luck is halved first.

With few draws some number always seems to matter, another with another seed: `p_value` allows for all numbers looked at (Bonferroni),
`share_low` is the lower limit of the share (Fisher 1915), and a lead `turns` with a number only where it is beyond its own interval
(95 % for all numbers together) in both halves. An assumption is said to decide only where it would be with another seed, too; where
that is not sure, nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.measures.uncertainty import mean_interval, quantile
from ladsim.planning.pairs import pair_means
from ladsim.scenario.address import NumberAt
from ladsim.scenario.texts import ASSUMPTIONS

COLUMNS = [
    "key", "share", "share_low", "direction", "p_value", "low_value", "high_value", "difference_low", "difference_high", "turns", "source",
    "is_assumption",
]  # fmt: skip
FEWEST_DRAWS = 4
# A number may be said to decide when chance alone would hardly make it look so, in one study of a hundred.
BELIEVED = 0.01
# With fewer draws even that is said with a "may", and nobody is sent to measure for it.
ENOUGH_DRAWS = 20
MOST = 0.5  # of the spread from which a number makes most of it
_Z95 = 1.6448536269514722


def is_assumption(source: str) -> bool:
    """Whether nothing but somebody's belief stands behind a number: no source, the word "assumption", or set for the study.

    >>> is_assumption("own CRM 2025"), is_assumption("Antagelse, skal måles"), is_assumption("")
    (False, True, True)
    """
    said = source.lower()
    return not said.strip() or any(word in said for word in ASSUMPTIONS) or source.startswith("set by ")


def sensitivity(difference: NDArray[np.float64], parameters: pd.DataFrame, known: Mapping[str, NumberAt]) -> pd.DataFrame:
    """How much `difference` (one per replication) depends on each column of `parameters`, most first."""
    explained = pair_means(difference)
    rows = []
    for key in parameters.columns:
        values = parameters[key].to_numpy(float)[::2][: explained.size]
        source = known[key].source if key in known else ""
        rows.append([key, *_one(explained, values, len(parameters.columns)), source, is_assumption(source)])
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values("share", ascending=False, kind="stable", na_position="last", ignore_index=True)


def deciding(table: pd.DataFrame) -> pd.Series | None:
    """The assumption that decides the verdict, if one surely does: it turns the verdict over, or makes more than half of its spread.

    Sure is what is more than chance (`p_value` below 1 %) and where the lower limit of the share is above half. The first in the
    table's order; one that turns the verdict goes before one that does not.
    """
    believed = [row for _, row in table.iterrows() if bool(row["is_assumption"]) and float(row["p_value"]) < BELIEVED]
    turning = [row for row in believed if bool(row["turns"])]
    heavy = [row for row in believed if float(row["share_low"]) > MOST]
    return next(iter([*turning, *heavy]), None)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1; equal values share the mean of theirs."""
    return pd.Series(values).rank().to_numpy()


def _one(explained: NDArray[np.float64], values: NDArray[np.float64], numbers: int) -> list[float | bool]:
    """Share and its lower limit, direction, p value, middle of both halves, difference in both halves, whether it turns.

    With an odd number of draws the middle one is in neither half.
    """
    count = explained.size
    if count < FEWEST_DRAWS or values.min() == values.max():
        return [math.nan, math.nan, 0.0, math.nan, math.nan, math.nan, math.nan, math.nan, False]
    order = np.argsort(values, kind="stable")
    lower, upper = order[: count // 2], order[(count + 1) // 2 :]
    level = 1.0 - 0.05 / numbers  # of all numbers' halves together 95 %
    below, above = (mean_interval(explained[half], level=level, pairs=False) for half in (lower, upper))
    rho = _correlation(_ranks(explained), _ranks(values))
    return [
        rho * rho,
        _share_low(rho, count),
        math.copysign(1.0, rho) if rho else 0.0,
        min(1.0, numbers * _p_value(rho, count)),
        float(quantile(values[lower], 0.5)),
        float(quantile(values[upper], 0.5)),
        below.estimate,
        above.estimate,
        (below.high < 0.0 < above.low) or (above.high < 0.0 < below.low),
    ]


def _share_low(rho: float, count: int) -> float:
    """The lower 95 % limit of a squared rank correlation, by Fisher's z with the wider error of ranks (Bonett & Wright 2000).

    >>> round(_share_low(0.9, 20), 2), round(_share_low(-0.9, 100), 2), _share_low(0.3, 20), _share_low(1.0, 20)
    (0.58, 0.73, 0.0, 1.0)
    """
    size = abs(rho)
    if size >= 1.0:
        return 1.0
    error = math.sqrt((1.0 + 0.5 * size * size) / (count - 3))
    return max(0.0, math.tanh(math.atanh(size) - _Z95 * error)) ** 2


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    x, y = x - x.mean(), y - y.mean()
    size = math.sqrt(float(x @ x) * float(y @ y))
    return max(-1.0, min(1.0, float(x @ y) / size)) if size else 0.0


def rank_p_value(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """How easily chance alone gives two rows of numbers a rank correlation as strong as theirs; 1 where one of them does not vary."""
    if len(x) < FEWEST_DRAWS or x.min() == x.max() or y.min() == y.max():
        return 1.0
    return _p_value(_correlation(_ranks(x), _ranks(y)), len(x))


def _p_value(rho: float, count: int) -> float:
    """Of a rank correlation, by its t approximation; never below 2/n!, what the rarest of all orders has.

    >>> round(_p_value(1.0, 4), 3)  # four draws in the right order are no proof
    0.083
    """
    rarest = 2 / math.factorial(count) if count < 20 else 0.0
    if abs(rho) >= 1.0:
        return rarest
    from scipy import special

    return max(rarest, float(2 * special.stdtr(count - 2, -abs(rho) * math.sqrt((count - 2) / (1 - rho * rho)))))
