"""The futures of one strategy, which every study is made of: plain frozen records that studies, reports and files read.

``Replications`` holds many futures of one strategy. What a study finds in them is a record in the study's own file. Money is in the
scenario's currency for the whole market, counts are people of the whole market.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar

import pandas as pd

from ladsim.engine.history import History
from ladsim.measures.summary import Summary
from ladsim.planning.after_horizon import AfterHorizon
from ladsim.planning.measure_table import measures
from ladsim.planning.studies import Shown
from ladsim.scenario.draws import Draws
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import BASE


@dataclass(frozen=True)
class Setting:
    """Everything that, with the scenario, fixes a study's numbers to the last digit."""

    seed: int
    replications: int
    sample: int | None
    overrides: dict[str, Any] = field(default_factory=dict)  # dotted key → value, as given with --set and --months
    months_after: int | None = 0  # looked at behind the horizon; 0: none; None: asked for, and left out because of policies


@dataclass(frozen=True)
class Replications(Shown):
    """Futures of one strategy. Replication k uses parameter draw k // 2 and luck stream k."""

    kind: ClassVar[str] = "run"

    strategy: str | None  # None is the scenario as it stands
    label: str
    source: Scenario  # as the file has it, overrides applied, every strategy still in it
    scenario: Scenario  # with the strategy applied, its uncertain numbers unresolved
    setting: Setting
    histories: Sequence[History]  # slim, by replication; of very many the later ones are packed (``packed``)
    summaries: tuple[Summary, ...]  # by replication
    parameters: pd.DataFrame  # replication × dotted key of each uncertain number
    interrupted: bool = False
    stopped_by: str = ""  # in words, where it was not the user
    seconds: float = 0.0
    asked: int = 0  # replications asked for; more than setting.replications where the study was stopped
    world_notes: tuple[str, ...] = ()  # what was left out of a graph file, or could not be had in a generated graph
    after: AfterHorizon | None = None  # the first of them played on behind the horizon, where that was asked for
    after_stopped: bool = False  # that was begun, and stopped before its end
    nothing: Replications | None = None  # the same futures of the file without strategies and levers, where they were asked for

    @cached_property
    def draws(self) -> Draws:
        """What is not known of the scenario, draw by draw: replication k lived with draw k // 2."""
        return Draws(self.scenario, self.setting.seed)

    @property
    def futures(self) -> dict[str, Replications]:
        """These, by the strategy's name."""
        return {self.strategy or BASE: self}

    @property
    def count(self) -> int:
        """Number of replications that were finished."""
        return len(self.histories)

    @property
    def measures(self) -> pd.DataFrame:
        """Every measure with its uncertainty: measure, name, unit, mean, low, high, p05, p50, p95, sd, futures."""
        return measures(self).copy()

    def first(self, count: int) -> Replications:
        """The first futures of these."""
        if count >= self.count:
            return self
        cut = {
            "histories": self.histories[:count],
            "summaries": self.summaries[:count],
            "parameters": self.parameters.iloc[:count],
        }
        return replace(self, **cut)  # type: ignore[arg-type]


def same_futures(*runs: Replications) -> tuple[Replications, ...]:
    """The futures that all of them have: one strategy of a study may have been run less far than another."""
    count = min(run.count for run in runs)
    return tuple(run.first(count) for run in runs)


class OfOneStrategy(Shown):
    """A study of one strategy's futures, which its record holds as `runs`."""

    runs: Replications

    @property
    def scenario(self) -> Scenario:
        """The scenario under the strategy."""
        return self.runs.scenario

    @property
    def source(self) -> Scenario:
        """The scenario as the file has it, overrides applied."""
        return self.runs.source

    @property
    def setting(self) -> Setting:
        """What fixes the numbers."""
        return self.runs.setting

    @property
    def futures(self) -> dict[str, Replications]:
        """The futures by the strategy's name."""
        return self.runs.futures

    @property
    def interrupted(self) -> bool:
        """Whether the study was stopped before all replications were done."""
        return self.runs.interrupted
