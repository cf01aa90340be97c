"""Expected rung counts of a whole scenario, drawn beside its simulation.

In go a scenario's ``Tables``, out comes a table month × rung. Between two dates of the plan every hazard is constant, so the
expected counts x follow dx/dt = xQ + a (a: arrivals) and one matrix exponential carries them over. A campaign's strength depends
on how many there are to share its spend: here the audience is the expected one, which is exact for a large market (law of large
numbers; Kurtz 1970) and close for a small one. Without campaigns the counts are exact for any size of market, up to the rounding
of start shares and arrivals to whole people.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.model.layout import MONTH
from ladsim.scenario.chain import course
from ladsim.scenario.tables import Tables
from ladsim.theory.markov import require

Floats = NDArray[np.float64]


def expected_rung_counts(tables: Tables, *, by_segment: bool = False) -> pd.DataFrame:
    """Expected people of the whole market on each rung at every month start: month × rung.

    With `by_segment` the columns are (segment, rung). Raises StudyError, with the reason, where there is no closed form
    (``markov.reason_not``).
    """
    require(tables)
    snapshots = [(at.t / MONTH, at.counts) for at in course(tables) if at.t % MONTH == 0 or at.t == tables.horizon]
    return _table(tables, snapshots, by_segment)


def _table(tables: Tables, snapshots: list[tuple[float, Floats]], by_segment: bool) -> pd.DataFrame:
    months = pd.Index([month for month, _ in snapshots], name="month")
    if by_segment:
        columns = pd.MultiIndex.from_product([tables.segment_names, tables.rung_names], names=["segment", "rung"])
        return pd.DataFrame([counts.ravel() for _, counts in snapshots], index=months, columns=columns)
    rungs = pd.Index(tables.rung_names, name="rung")
    return pd.DataFrame([counts.sum(axis=0) for _, counts in snapshots], index=months, columns=rungs)
