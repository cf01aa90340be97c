"""What can be promised for a month: the numbers that will be met with 80, 50 and 20 % probability.

In: a scenario, a strategy and a month. Out: `Targets`. The *commit* number of a rung is the highest that a new future reaches
with at least 80 % probability; *expect* and *stretch* ask for 50 and 20 %. So many of the simulated futures must reach it as
``pairs.rank`` says, which is a few more than 80 % of them: the number was chosen among them. Where fewer is better (people lapsed or
lost, steps down) it is the lowest that so many do not exceed; the column `meets` says which. Intervals are those of order statistics,
free of any law (David & Nagaraja 2003); a number or a limit is empty where there are too few futures to give it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import StudyError
from ladsim.i18n import Locale
from ladsim.planning.attainment import Attainment, judged
from ladsim.planning.pairs import fewest, met_with
from ladsim.planning.results import Replications, Targets
from ladsim.planning.run import Progress, replicate
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import BASE
from ladsim.scenario.variants import override

CHANCES = {"commit": 0.8, "expect": 0.5, "stretch": 0.2}
AT_LEAST, AT_MOST = "at least", "at most"


def set_targets(
    scenario: Scenario,
    strategy: str | None,
    month: float | None = None,
    *,
    seed: int = 1,
    replications: int = 100,
    sample: int | None = None,
    processes: int | None = None,
    progress: Progress | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Targets:
    """What can be promised for `month` (default: the horizon) under a strategy (None: the scenario as it stands).

    Raises StudyError when there is no month start at `month`, and what ``replicate`` raises.

    >>> import ladsim
    >>> goals = ladsim.set_targets(ladsim.load("acquisition_vs_retention"), None, replications=8, sample=200, processes=1)
    >>> goals.rungs.loc[:1, ["rung", "meets", "commit"]]
           rung     meets   commit
    0      lead  at least  12700.0
    1  prospect  at least   1000.0
    """
    _refuse_odd_month(scenario, month, overrides or {})
    runs = replicate(
        scenario,
        strategy=strategy,
        seed=seed,
        replications=replications,
        sample=sample,
        processes=processes,
        progress=progress,
        overrides=overrides,
    )
    return targets(runs, month)


def targets(runs: Replications, month: float | None = None) -> Targets:
    """The targets that a study's futures give for a month (default: the horizon)."""
    reached = Attainment(runs.histories)
    first = reached.first
    month = float(first.months[-1] if month is None else month)
    place = reached.month(month)
    paired = bool(len(runs.parameters.columns))

    def rung_rows(at: int) -> Iterator[list[Any]]:
        for rung, name in enumerate(first.rung_names):
            more = reached.rung_wants_more(rung)
            yield [name, _meets(more), *_three(reached.people[:, at, rung], more, paired)]

    def step_row(step: int, name: str) -> list[Any]:
        more = reached.step_wants_more(step)
        numbers, rates = reached.taken[:, place, step], reached.rates[:, place, step]
        return [name, _meets(more), *_three(numbers, more, paired), *_three(rates, more, paired)]

    checkpoints = [[float(first.months[at]), *row] for at in range(1, place + 1) for row in rung_rows(at)]
    return Targets(
        strategy=runs.strategy,
        label=runs.label,
        month=month,
        runs=runs,
        rungs=pd.DataFrame(list(rung_rows(place)), columns=["rung", "meets", *_columns("")]),
        steps=pd.DataFrame(
            [step_row(step, name) for step, name in enumerate(first.step_names)],
            columns=["step", "meets", *_columns("number_"), *_columns("rate_")],
        ),
        checkpoints=pd.DataFrame(checkpoints, columns=["month", "rung", "meets", *_columns("")]),
        goals=judged(runs.source.goals, runs.strategy or BASE, runs, paired),
    )


def few_to_promise(study: Targets) -> dict[str, str]:
    """How many futures there are and how many would be needed to promise anything, in words; nothing where there are enough."""
    enough = fewest(CHANCES["commit"], bool(len(study.runs.parameters.columns)))
    if study.runs.count >= enough:
        return {}
    return {"futures": Locale(study.runs.source.language).text("count.futures", n=study.runs.count), "enough": str(enough)}


def _three(values: NDArray[np.float64], more: bool, paired: bool) -> list[float]:
    """Commit, expect and stretch, each with its limits."""
    return [x for chance in CHANCES.values() for x in met_with(values, chance, paired, at_most=not more)]


def _columns(stem: str) -> list[str]:
    return [stem + name + end for name in CHANCES for end in ("", "_low", "_high")]


def _meets(more: bool) -> str:
    return AT_LEAST if more else AT_MOST


def _refuse_odd_month(scenario: Scenario, month: float | None, overrides: Mapping[str, Any]) -> None:
    """Say so before a long study, not after it."""
    months = override(scenario, overrides).months
    if month is not None and not (0 < month <= months and (month == months or float(month).is_integer())):
        raise StudyError(f"month: found {month:g}, must be a whole month from 1 to {months:g} (or the horizon itself)")
