"""How many people are where by when: the futures of a study stacked, and the file's goals judged in them.

In: `Replications`. Out: arrays by (replication, month, rung or step), in people of the whole market; conversion rates are those of
``measures.cumulative_conversion``: taken until then ÷ all who ever stood on the rung left until then.

A sample has more luck than the whole market. With `as_market` deviations that are luck shrink to those of the market; what depends on
the draw of uncertain numbers stays.

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
from ladsim.measures.ladder import cumulative_shares, goal_name, goal_value, is_met, rung_wants_more, step_wants_more
from ladsim.measures.tidy import people
from ladsim.measures.uncertainty import quantile
from ladsim.planning.pairs import Estimate, probability
from ladsim.planning.replications import Replications
from ladsim.scenario.spec import Goal
from ladsim.scenario.strategies import BASE

Floats = NDArray[np.float64]
GOAL_COLUMNS = ["strategy", "goal", "wanted", "by_month", "median", "probability", "probability_low", "probability_high"]


@dataclass(frozen=True)
class Attainment:
    """N futures, M + 1 month starts (the last is the horizon), R rungs, S steps (arrivals last)."""

    histories: Sequence[History]
    paired: bool = False  # two and two share a draw of uncertain numbers
    as_market: bool = False  # with the luck of the whole market, where a sample was played

    @property
    def first(self) -> History:
        """One of them, for names and axes, which all share."""
        return self.histories[0]

    @cached_property
    def people(self) -> Floats:
        """(N, M+1, R) people on each rung."""
        return self._settled([people(h, h.counts.sum(axis=1)) for h in self.histories])

    @cached_property
    def taken(self) -> Floats:
        """(N, M+1, S) times a step was taken until then."""
        return self._settled([people(h, h.flows.sum(axis=2).cumsum(axis=0)) for h in self.histories])

    @cached_property
    def rates(self) -> Floats:
        """(N, M+1, S) conversion rate until then; 0 where nobody ever stood on the rung left."""
        return self._settled([np.nan_to_num(cumulative_shares(h)[:, :, 0], nan=0.0) for h in self.histories])

    def _settled(self, futures: Sequence[Floats]) -> Floats:
        """Futures stacked, with the luck of the market where that is wanted."""
        values = np.asarray(np.stack(futures), np.float64)
        return as_in_market(values, self.first.scale, self.paired) if self.as_market else values

    def month(self, month: float) -> int:
        """The place of a month among the snapshots. Raises StudyError when there is none at it."""
        places = np.flatnonzero(np.isclose(self.first.months, month, rtol=0.0, atol=1e-9))
        if not places.size or month <= 0:
            raise StudyError(
                f"month: found {month:g}, must be a whole month from 1 to {self.first.months[-1]:g} (or the horizon itself)"
            )
        return int(places[0])

    @cached_property
    def promised(self) -> list[int]:
        """Places of the rungs for which a number may be promised: from the first customer rung on, and states that hold who was lost.

        Below the first customer rung more people are no success of their own: what counts there are the steps out of it. Where a ladder
        has no customers, all rungs.
        """
        history, names = self.first, self.first.rung_names
        customers = [rung for rung in range(len(names)) if history.is_customer[rung]]
        if not customers:
            return list(range(len(names)))
        lost, before = {names[rung] for rung in customers}, 0
        while len(lost) > before:
            before = len(lost)
            lost |= {to for start, to, _ in history.step_ends if start in lost and not history.on_ladder[names.index(to)]}
        on = history.on_ladder
        return [r for r, name in enumerate(names) if (r >= customers[0] if on[r] else name in lost)]

    def rung_wants_more(self, rung: int) -> bool:
        """Whether more people on a rung are better."""
        return rung_wants_more(self.first, rung)

    def step_wants_more(self, step: int) -> bool:
        """Whether it is better when more people take a step."""
        return step_wants_more(self.first, step)


def as_in_market(values: Floats, scale: float, paired: bool) -> Floats:
    """Numbers of futures (first axis) of a sample, spread as those of the market, of which one simulated person stands for `scale`.

    Luck has a variance in proportion to 1/people (independent lives; word of mouth makes it only roughly so), so within a draw
    deviations shrink by √(1/scale). Means of draws keep what comes from lack of knowledge: their variance loses what is luck in it, half of
    that within pairs, but for the market's own. No number leaves the range that it comes from.

    >>> as_in_market(np.array([[90.0], [110.0]]), 4.0, paired=False).ravel().tolist()
    [95.0, 105.0]
    """
    if scale <= 1.0:
        return values
    kept, middle = 1.0 / scale, values.mean(axis=0)
    if not paired:
        return np.asarray(middle + math.sqrt(kept) * (values - middle), np.float64)
    whole = len(values) - len(values) % 2
    means = values.copy()
    means[:whole] = np.repeat((values[0:whole:2] + values[1:whole:2]) / 2.0, 2, axis=0)
    between = ((means - middle) ** 2).mean(axis=0)
    luck = ((values[0:whole:2] - values[1:whole:2]) ** 2).mean(axis=0) / 4.0 if whole else np.zeros_like(middle)
    part = np.divide(luck, between, out=np.zeros_like(luck), where=between > 0.0)
    shrunk = np.sqrt(1.0 - (1.0 - kept) * np.minimum(1.0, part))
    return np.asarray(middle + shrunk * (means - middle) + math.sqrt(kept) * (values - means), np.float64)


def judged(goals: Sequence[Goal], name: str, runs: Replications, paired: bool, as_market: bool = False) -> pd.DataFrame:
    """The goals of a file in one strategy's futures: median, and the probability that each is met; NaN beyond the horizon.

    The median is what half of the futures reach, by the rule of all medians (``measures.uncertainty.quantile``). `as_market`: with the
    luck of the whole market, where a sample was played.
    """
    rows = []
    for goal in goals:
        values, met = goal_values(goal, runs, paired, as_market), met_goals(goal, runs, paired, as_market)
        chance = probability(met, paired) if met is not None else Estimate(math.nan, math.nan, math.nan)
        middle = float(quantile(values, 0.5)) if met is not None else math.nan
        rows.append([name, goal_name(goal), goal.wanted, goal.by_month, middle, *chance])
    return pd.DataFrame(rows, columns=GOAL_COLUMNS)


def met_goals(goal: Goal, runs: Replications, paired: bool, as_market: bool = False) -> NDArray[np.bool_] | None:
    """In which futures a goal is met, (N,); None where it lies beyond the horizon."""
    values = goal_values(goal, runs, paired, as_market)
    if not np.isfinite(values).all():
        return None
    return np.array(
        [is_met(history, goal, value, goal.wanted) for history, value in zip(runs.histories, values, strict=True)], bool
    )


def goal_values(goal: Goal, runs: Replications, paired: bool, as_market: bool) -> Floats:
    """What each future has of what a goal asks for, (N,); NaN beyond the horizon."""
    values = np.array([goal_value(history, goal) for history in runs.histories])
    return as_in_market(values, runs.histories[0].scale, paired) if as_market else values


def goals(runs: Replications) -> pd.DataFrame:
    """The goals of the file in one strategy's futures: strategy, goal, wanted, by_month, median, probability (+ _low, _high)."""
    return judged(runs.source.goals, runs.strategy or BASE, runs, bool(len(runs.parameters.columns)))
