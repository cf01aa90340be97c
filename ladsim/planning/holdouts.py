"""What the control groups of campaigns would tell, over many futures: a row per campaign, with the chance that a test notices.

In: `Replications`. Out: a table of means; the error is that of a test in the market itself, the simulated people's ÷ √scale.

    chance noticed = Φ(|uplift| ÷ standard error − 1.96), the power of a two-sided test at 5 %   (Cohen 1988)
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ladsim.measures.holdout import holdout_results
from ladsim.planning.replications import Replications

MEANS = (
    "people_control", "people_rest", "buyers_control", "buyers_rest", "orders_control", "orders_rest", "contribution_control",
    "contribution_rest", "uplift",
)  # fmt: skip
COLUMNS = ("campaign", *MEANS, "standard_error", "uplift_low", "uplift_high", "chance_noticed", "brought", "spend")
_SURE = 1.96


def has_holdouts(runs: Replications) -> bool:
    """Whether a campaign keeps a control group out."""
    return bool(runs.histories[0].holdout_names)


def holdouts(runs: Replications) -> pd.DataFrame:
    """Every campaign with a control group: ``COLUMNS``; `uplift_low` and `uplift_high` are what 95 % of tests in the market would find."""
    if not has_holdouts(runs):
        return pd.DataFrame(columns=list(COLUMNS))
    found = [holdout_results(history) for history in runs.histories]
    table = found[0][["campaign"]].copy()
    for name in (*MEANS, "brought", "spend"):
        table[name] = np.stack([one[name].to_numpy(np.float64) for one in found]).mean(axis=0)
    squares = np.stack([one["standard_error"].to_numpy(np.float64) ** 2 for one in found]).mean(axis=0)
    table["standard_error"] = np.sqrt(squares / runs.histories[0].scale)
    table["uplift_low"] = table["uplift"] - _SURE * table["standard_error"]
    table["uplift_high"] = table["uplift"] + _SURE * table["standard_error"]
    table["chance_noticed"] = [
        chance_noticed(uplift, error) for uplift, error in zip(table["uplift"], table["standard_error"], strict=True)
    ]
    return table[list(COLUMNS)]


def chance_noticed(uplift: float, error: float) -> float:
    """The chance that a test at 5 % notices an uplift; NaN without an error.

    >>> round(chance_noticed(2.8, 1.0), 2), round(chance_noticed(0.0, 1.0), 3)
    (0.8, 0.05)
    """
    if not error > 0.0:
        return math.nan
    size = abs(uplift) / error
    return 0.5 * (math.erfc((_SURE - size) / math.sqrt(2.0)) + math.erfc((_SURE + size) / math.sqrt(2.0)))
