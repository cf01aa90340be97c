"""Orders that come back, laid out: what the market's record says of them, and how many come back of each segment on each rung.

In: a resolved scenario. Out: fields of the record, and an array; nothing where no order comes back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.scenario.spec import Scenario

CAUSE = "returns"  # the cause under which they are booked


def lay_returns(market: NDArray[Any], kinds: NDArray[Any], scenario: Scenario, unit: int, causes: tuple[str, ...]) -> None:
    """Write into the market's record what a return is, and into those of the kinds of order how many more come back."""
    found = scenario.money.returns
    kinds["returns"] = 1.0
    market["returns_cause"] = -1 if found is None else causes.index(CAUSE)
    if found is None:
        return
    market["whole_share"], market["return_part"], market["resale_share"] = (
        found.whole_share,
        found.part or 0.0,
        found.resale_share,
    )
    market["return_cost"] = np.int64(np.rint(found.cost * unit))
    market["return_quality"] = -1.0 if found.quality is None else found.quality
    for row, kind in zip(kinds, scenario.order_kinds, strict=False):
        row["returns"] = found.factors_per_order_kind.get(kind.name, 1.0)


def return_shares(scenario: Scenario) -> NDArray[np.float64]:
    """The share of orders that comes back, of each segment on each rung: (G, R); empty where none does."""
    found = scenario.money.returns
    if found is None:
        return np.zeros((0, 0))
    rungs = [found.factors_per_rung.get(rung.name, 1.0) for rung in scenario.rungs]
    segments = [found.factors_per_segment.get(segment.name, 1.0) for segment in scenario.segments] or [1.0]
    return np.asarray(found.share * np.outer(segments, rungs), np.float64)
