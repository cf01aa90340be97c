"""How many people are where by when: the futures of a study stacked, and the file's goals judged in them.

In: `Replications`. Out: arrays by (replication, month, rung or step), in people of the whole market; conversion rates are those of
``measures.cumulative_conversion``: taken until then ÷ all who ever stood on the rung left until then.

"More is better" holds for rungs of the ladder and for steps up, to win people back, or to stay. On states beside the ladder and
for steps down or off it fewer is better, and a goal there is a limit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.ladder import cumulative_shares, goal_name, goal_value, is_met, rung_wants_more, step_wants_more, wants_more
from ladsim.measures.tidy import people
from ladsim.planning.pairs import Estimate, met_with, probability
from ladsim.planning.results import Replications
from ladsim.scenario.spec import Goal
from ladsim.scenario.strategies import BASE

Floats = NDArray[np.float64]
GOAL_COLUMNS = ["strategy", "goal", "wanted", "by_month", "median", "probability", "probability_low", "probability_high"]


@dataclass(frozen=True)
class Attainment:
    """N futures, M + 1 month starts (the last is the horizon), R rungs, S steps (arrivals last)."""

    histories: tuple[History, ...]

    @property
    def first(self) -> History:
        """One of them, for names and axes, which all share."""
        return self.histories[0]

    @cached_property
    def people(self) -> Floats:
        """(N, M+1, R) people on each rung."""
        return np.stack([people(h, h.counts.sum(axis=1)) for h in self.histories])

    @cached_property
    def taken(self) -> Floats:
        """(N, M+1, S) times a step was taken until then."""
        return np.stack([people(h, h.flows.sum(axis=2).cumsum(axis=0)) for h in self.histories])

    @cached_property
    def rates(self) -> Floats:
        """(N, M+1, S) conversion rate until then; 0 where nobody ever stood on the rung left."""
        return np.nan_to_num(np.stack([cumulative_shares(h)[:, :, 0] for h in self.histories]), nan=0.0)

    def month(self, month: float) -> int:
        """The place of a month among the snapshots. Raises StudyError when there is none at it."""
        places = np.flatnonzero(np.isclose(self.first.months, month, rtol=0.0, atol=1e-9))
        if not places.size or month <= 0:
            raise StudyError(
                f"month: found {month:g}, must be a whole month from 1 to {self.first.months[-1]:g} (or the horizon itself)"
            )
        return int(places[0])

    def rung_wants_more(self, rung: int) -> bool:
        """Whether more people on a rung are better."""
        return rung_wants_more(self.first, rung)

    def step_wants_more(self, step: int) -> bool:
        """Whether it is better when more people take a step."""
        return step_wants_more(self.first, step)


def judged(goals: Sequence[Goal], name: str, runs: Replications, paired: bool) -> pd.DataFrame:
    """The goals of a file in one strategy's futures: median, and the probability that each is met; NaN beyond the horizon.

    The median is what half of the futures reach, by the rule by which targets say what to expect (`pairs.met_with`).
    """
    rows = []
    for goal in goals:
        values = np.array([goal_value(history, goal) for history in runs.histories])
        met = np.array([is_met(history, goal, value, goal.wanted) for history, value in zip(runs.histories, values, strict=True)])
        known = bool(np.isfinite(values).all())
        chance = probability(met, paired) if known else Estimate(math.nan, math.nan, math.nan)
        more = wants_more(goal, runs.histories[0])
        middle = met_with(values, 0.5, paired, at_most=not more).value if known else math.nan
        rows.append([name, goal_name(goal), goal.wanted, goal.by_month, middle, *chance])
    return pd.DataFrame(rows, columns=GOAL_COLUMNS)


def goals(runs: Replications) -> pd.DataFrame:
    """The goals of the file in one strategy's futures: strategy, goal, wanted, by_month, median, probability (+ _low, _high)."""
    return judged(runs.source.goals, runs.strategy or BASE, runs, bool(len(runs.parameters.columns)))
