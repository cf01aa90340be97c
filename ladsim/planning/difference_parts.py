"""Where the difference between two strategies comes from: money by cause, people by step and by rung.

In: the runs of strategies on the same luck. Out: best − each other, a row per part, with its interval over pairs of futures. To look at
one more kind of part: a function from a history to numbers by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ladsim.engine.history import History
from ladsim.measures.tidy import people
from ladsim.measures.value import booked
from ladsim.planning import pairs
from ladsim.planning.replications import Replications


def money_by_cause(history: History) -> dict[str, float]:
    """What was earned (+) and paid (−) over the whole time, by cause, in currency."""
    return dict(zip(history.causes, booked(history).sum(axis=0).tolist(), strict=True))


def causes(history: History) -> dict[str, float]:
    """Money by cause, those that are not 0."""
    return {cause: total for cause, total in money_by_cause(history).items() if total != 0.0}


def steps(history: History) -> dict[str, float]:
    """People who took each step."""
    return dict(zip(history.step_names, people(history, history.flows.sum(axis=(0, 2))).tolist(), strict=True))


def rungs(history: History) -> dict[str, float]:
    """People on each rung at the end."""
    return dict(zip(history.rung_names, people(history, history.counts[-1].sum(axis=0)).tolist(), strict=True))


def by_part(
    runs: Mapping[str, Replications], best: str, paired: bool, part: Callable[[History], dict[str, float]], kind: str = ""
) -> pd.DataFrame:
    """best − each other strategy, for every part of a history by name."""
    columns = ["strategy", *(["kind", "step"] if kind else ["cause"]), "mean", "low", "high", "best", "other"]
    found = {name: [part(history) for history in run.histories] for name, run in runs.items()}
    rows: list[list[Any]] = []
    for other in (name for name in runs if name != best):
        names = dict.fromkeys(key for futures in (found[best], found[other]) for future in futures for key in future)
        for name in names:
            both = list(zip(found[best], found[other], strict=False))  # one of them may have been played no further
            ours = np.array([one.get(name, 0.0) for one, _ in both])
            theirs = np.array([one.get(name, 0.0) for _, one in both])
            estimate = pairs.mean(ours - theirs, paired)
            rows.append([other, *([kind] if kind else []), name, *estimate, float(ours.mean()), float(theirs.mean())])
    return pd.DataFrame(rows, columns=columns)
