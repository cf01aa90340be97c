"""Which share of customers converts in a test: of all whom it is about, and of each arm.

In: the futures of a test. Out: shares by a look (0: the start; −1: the last month), and the columns of its months.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from ladsim.planning.trial_market import TrialFuture


def share_converted(runs: Sequence[TrialFuture], look: int = -1) -> float:
    """Which share of all customers converts by a look."""
    return sum(float(one.converted[look]) for one in runs) / max(1, sum(one.customers for one in runs))


def first_month(months: pd.DataFrame, sure: float) -> float:
    """The first month by which so surely something is found; NaN where never."""
    found = months.loc[months["found"] >= sure, "month"]
    return float(found.iloc[0]) if len(found) else math.nan


def arm_share(runs: Sequence[TrialFuture], arm: int, look: int) -> float:
    """Which share of an arm (0: control, 1: treated) converts by a look."""
    counts = sum(float(one.arm_converted[arm, look]) for one in runs if one.arm_converted is not None)
    return counts / max(1, sum(one.arms[arm] for one in runs))


def per_head(runs: Sequence[TrialFuture], look: int) -> tuple[list[float], list[float]]:
    """The share that converts in each future by a look: treated, control."""
    shares = [
        [float(one.arm_converted[arm, look]) / max(1, one.arms[arm]) for one in runs if one.arm_converted is not None]
        for arm in (1, 0)
    ]
    return shares[0], shares[1]


_ENDS = ("", "_low", "_high")
MONTH_COLUMNS = (
    "month", *(f"found{end}" for end in _ENDS), "found_at_once", "closed_form", *(f"false_verdict{end}" for end in _ENDS), "wrong",
    "money_found", "converted_nobody", "converted_everybody", "converted_control", "converted_treated",
    *(f"lift{end}" for end in _ENDS), *(f"lift_seen{end}" for end in _ENDS), *(f"waiting_cost{end}" for end in _ENDS),
)  # fmt: skip
