"""Who gained: best − each other strategy by segment and by rung, in people and in money.

In: the runs of strategies on the same luck. Out: a row per segment, per rung, and per segment on a rung, with intervals over pairs of
futures. Money is what is booked on customers while they stand there (revenue, goods, handling, serving, programmes); what belongs to no
customer, such as spend and fixed costs, is in no row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.measures.tidy import currency, people
from ladsim.planning import pairs
from ladsim.planning.replications import Replications, same_futures

Floats = NDArray[np.float64]
VALUES = ("people_gained", "money_gained")
COLUMNS = {
    "who_gained.segment": ("", "part of the market; empty: all together"),
    "who_gained.rung": ("", "rung of the ladder, or state beside it; empty: all together"),
    "people_gained": ("people", "there at the end, less those under the other strategy, mean"),
    "money_gained": ("currency", "booked on them while there, over the whole time, less the same under the other strategy, mean"),
}


def people_at_end(history: History) -> Floats:
    """People of each segment on each rung at the end, (G, R)."""
    return np.asarray(people(history, history.counts[-1]), np.float64)


def money_there(history: History) -> Floats:
    """Currency booked on those of each segment while they stand on each rung, (G, R)."""
    return np.asarray(currency(history, history.money.sum(axis=(0, 1))), np.float64)


def who_gained(runs: Mapping[str, Replications], best: str, paired: bool) -> pd.DataFrame:
    """best − each other strategy: strategy, segment, rung ("" means all of them), people_gained, money_gained (each + _low, _high).

    Rows of all rungs of a segment come first (where there is more than one segment), then those of all segments on a rung, then both.
    """
    first = runs[best].histories[0]
    segments, rungs = list(first.segment_names), list(first.rung_names)
    names = [(segment, "") for segment in segments] + [("", rung) for rung in rungs]
    names += [(segment, rung) for segment in segments for rung in rungs]
    wanted = [len(segments) > 1 or not segment for segment, _ in names]
    rows: list[list[Any]] = []
    for other in (name for name in runs if name != best):
        gains = [_gains(part, *same_futures(runs[best], runs[other])) for part in (people_at_end, money_there)]
        for place, name in enumerate(names):
            if wanted[place]:
                found = [end for gain in gains for end in pairs.mean(np.ascontiguousarray(gain[:, place]), paired)]
                rows.append([other, *name, *found])
    columns = [f"{name}{end}" for name in VALUES for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["strategy", "segment", "rung", *columns])


def _gains(part: Callable[[History], Floats], ours: Replications, theirs: Replications) -> Floats:
    """Ours − theirs, future by future: (K, G + R + G·R), the sums over rungs, over segments, and each by itself."""
    gains = [part(one) - part(other) for one, other in zip(ours.histories, theirs.histories, strict=True)]
    return np.stack([np.concatenate([g.sum(axis=1), g.sum(axis=0), g.ravel()]) for g in gains])
