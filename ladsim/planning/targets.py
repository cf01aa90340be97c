"""What can be promised for a month: the numbers that will be met with 80, 50 and 20 % probability.

In: a scenario, a strategy and a month. Out: `Targets`. The *commit* number of a rung is the highest that a new future reaches
with at least 80 % probability; *stretch* asks for 20 %. So many of the simulated futures must reach it as ``pairs.rank`` says, which
is a few more than 80 % of them: the number was chosen among them. *Expect* is the median, by the rule of every median
(``measures.uncertainty.quantile``). Where fewer is better (people lapsed or
lost, steps down) it is the lowest that so many do not exceed; the column `meets` says which. Intervals are those of order statistics,
free of any law (David & Nagaraja 2003); a number or a limit is empty where there are too few futures to give it.

Promises at 80 % each hold all at once less often; `together` says how often, and beside them stand promises that do so with 80 %
(``promises``). There is none for how many people stand below the first customer rung, only for the steps that lead out of it. Where a
sample was played, luck is that of the whole market (``attainment.as_in_market``).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import StudyError
from ladsim.i18n import Locale
from ladsim.measures.uncertainty import quantile
from ladsim.planning import target_bands
from ladsim.planning.attainment import Attainment, judged
from ladsim.planning.backward import Asked, Backward, backward, levers_of, refuse_nonsense
from ladsim.planning.backward import arguments_in as of_backward
from ladsim.planning.backward_columns import COLUMNS as BACKWARD_COLUMNS
from ladsim.planning.commit_record import CommitRecord, read_record
from ladsim.planning.conversion_goals import COLUMNS as CONVERSION_COLUMNS
from ladsim.planning.conversion_goals import conversion_goals
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.pairs import Estimate, fewest, met_with
from ladsim.planning.promises import Together
from ladsim.planning.promises import together as at_the_same_time
from ladsim.planning.replications import OfOneStrategy, Replications
from ladsim.planning.run import together
from ladsim.planning.studies import StudyKind
from ladsim.planning.year_plan import COLUMNS as YEAR_COLUMNS
from ladsim.planning.year_plan import year_plan
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import BASE

COMMIT = 0.8
CHANCES = {"commit": COMMIT, "expect": 0.5, "stretch": 0.2}
AT_LEAST, AT_MOST = "at least", "at most"


@dataclass(frozen=True)
class Targets(OfOneStrategy):
    """For one strategy and month: what will be met with 80 (commit), 50 (expect) and 20 % probability (stretch).

    ====================  =================================================================================================
    table                 columns
    ====================  =================================================================================================
    ``rungs``             rung, meets ("at least"; "at most" where fewer is better), commit, expect, stretch (people on the rung at
                          the month), and _low and _high of each: its 95 % interval by ranks; together (promises that hold with 80 % all
                          at once). From the first customer rung on, and states of lost customers
    ``steps``             step, meets, number_commit, number_expect, number_stretch (customers who took it until the month),
                          rate_commit, rate_expect, rate_stretch (of all who were ever on the rung left), and _low, _high of each;
                          number_together
    ``together``          kind ("rung", "step"), promises (how many), probability (that all their commits hold at once; + _low, _high),
                          each (with what probability each must hold so that all do with 80 %; NaN where the futures cannot show it)
    ``conversion_goals``  what is to become of each step, see ``conversion_goals``
    ``checkpoints``       month, then as in ``rungs``, without `together`: every month start until the month
    ``watched``           lines to watch, month by month: month, month_name, rung, meets, expect, warning, alarm, kept_if_fine,
                          kept_if_warned, kept_if_alarmed (+ _low, _high of each), see ``target_bands``
    ``ever``              how often a future crosses them: rung, ever_warned, ever_alarmed
    ``luck``              rung, meets, commit, commit_if_known, spread_sd, share_luck and share_not_knowing (+ _low, _high)
    ``goals_at_once``     goals, probability (+ _low, _high) that all goals of the file are met in the same future; empty without goals
    ``goals``             strategy, goal, wanted, by_month, median, probability (+ _low, _high)
    ====================  =================================================================================================
    """

    kind: ClassVar[str] = "targets"

    strategy: str | None
    label: str
    month: float
    runs: Replications
    rungs: pd.DataFrame
    steps: pd.DataFrame
    together: pd.DataFrame
    conversion_goals: pd.DataFrame
    checkpoints: pd.DataFrame
    goals: pd.DataFrame
    watched: pd.DataFrame
    ever: pd.DataFrame
    luck: pd.DataFrame
    goals_at_once: pd.DataFrame
    backward: Backward | None = None  # what it would take to reach something that is wanted, where that was asked
    record: CommitRecord | None = None  # how often commits of earlier plans held, where a record was named


@with_study_options(replications=100)
def set_targets(
    scenario: Scenario,
    strategy: str | None,
    month: float | None = None,
    *,
    asked: Asked | None = None,
    record: str | os.PathLike[str] | None = None,
    **options: Unpack[StudyOptions],
) -> Targets:
    """What can be promised for `month` (default: the horizon) under a strategy (None: the scenario as it stands).

    `asked` (``ladsim.planning.backward.Asked``) asks backward: what would it take to reach a number with a given probability?

    `record` is a file into which ``track`` has entered commits: it says how often those of earlier plans held.

    Under a strategy the scenario as it stands is played beside it: it says what conversion is today, and what is extra. Raises
    StudyError when there is no month start at `month`, and what ``replicate`` raises.

    >>> import ladsim
    >>> goals = ladsim.set_targets(ladsim.load("acquisition_vs_retention"), None, replications=8, sample=200, processes=1)
    >>> goals.rungs.loc[:1, ["rung", "meets", "commit"]].round()
           rung     meets  commit
    0  customer  at least   559.0
    1    repeat  at least   583.0
    """
    _refuse_odd_month(scenario, month, options["overrides"] or {})
    changed = override(scenario, options["overrides"] or {})
    if asked is not None:  # before a long study, not after it
        refuse_nonsense(asked, changed, options["replications"], paired=False)
        levers_of(changed, None if plays_base(scenario, strategy) else strategy, asked.change)
    book = None if record is None else read_record(record)
    runs = list(together(scenario, [strategy] if plays_base(scenario, strategy) else [strategy, None], **options).values())
    study = replace(targets(runs[0], month, runs[-1]), record=book)
    if asked is None:
        return study
    name = None if plays_base(scenario, strategy) else strategy
    return replace(study, backward=backward(scenario, name, study.month, asked, runs[0], options))


def plays_base(scenario: Scenario, strategy: str | None) -> bool:
    """Whether a strategy is the scenario as it stands."""
    return strategy is None or (strategy == BASE and BASE not in scenario.strategies)


def targets(runs: Replications, month: float | None = None, base: Replications | None = None) -> Targets:
    """The targets that a study's futures give for a month (default: the horizon).

    `base`: the same futures of the scenario as it stands; without it nothing is said of today's conversion, nor of what is extra.
    """
    base = runs if runs.strategy is None else base
    paired = bool(len(runs.parameters.columns))
    reached = Attainment(runs.histories, paired, as_market=True)
    first = reached.first
    month = float(first.months[-1] if month is None else month)
    place = reached.month(month)

    def rung_rows(at: int) -> Iterator[list[Any]]:
        for rung in reached.promised:
            name, more = first.rung_names[rung], reached.rung_wants_more(rung)
            yield [name, _meets(more), *_three(reached.people[:, at, rung], more, paired)]

    def step_row(step: int, name: str) -> list[Any]:
        more = reached.step_wants_more(step)
        numbers, rates = reached.taken[:, place, step], reached.rates[:, place, step]
        return [name, _meets(more), *_three(numbers, more, paired), *_three(rates, more, paired)]

    at_once = _at_once(reached, place, paired)
    checkpoints = [[float(first.months[at]), *row] for at in range(1, place + 1) for row in rung_rows(at)]
    return Targets(
        strategy=runs.strategy,
        label=runs.label,
        month=month,
        runs=runs,
        rungs=pd.DataFrame(list(rung_rows(place)), columns=["rung", "meets", *_columns("")]).assign(
            together=at_once["rung"].values
        ),
        steps=pd.DataFrame(
            [step_row(step, name) for step, name in enumerate(first.step_names)],
            columns=["step", "meets", *_columns("number_"), *_columns("rate_")],
        ).assign(number_together=at_once["step"].values),
        together=_together_table(at_once),
        conversion_goals=conversion_goals(runs, base, place),
        checkpoints=pd.DataFrame(checkpoints, columns=["month", "rung", "meets", *_columns("")]),
        goals=judged(runs.source.goals, runs.strategy or BASE, runs, paired, as_market=True),
        watched=target_bands.watched(reached, place, paired, Locale(runs.source.language, runs.source.start_date)),
        ever=target_bands.ever(reached, place, paired),
        luck=target_bands.luck_apart(reached, place, paired, COMMIT),
        goals_at_once=target_bands.goals_at_once(runs.source.goals, runs, paired),
    )


def _at_once(reached: Attainment, place: int, paired: bool) -> dict[str, Together]:
    """The commits of all rungs, and of all steps, at once."""
    rungs, steps = reached.promised, range(len(reached.first.step_names))
    people, taken = reached.people[:, place, rungs], reached.taken[:, place]
    return {
        "rung": at_the_same_time(people, [reached.rung_wants_more(rung) for rung in rungs], COMMIT, paired),
        "step": at_the_same_time(taken, [reached.step_wants_more(step) for step in steps], COMMIT, paired),
    }


def _together_table(at_once: Mapping[str, Together]) -> pd.DataFrame:
    rows = [[kind, one.promises, *one.share, one.each] for kind, one in at_once.items()]
    return pd.DataFrame(rows, columns=["kind", "promises", "probability", "probability_low", "probability_high", "each"])


def few_to_promise(study: Targets) -> dict[str, str]:
    """How many futures there are and how many would be needed to promise anything, in words; nothing where there are enough."""
    enough = fewest(COMMIT, bool(len(study.runs.parameters.columns)))
    if study.runs.count >= enough:
        return {}
    return {"futures": Locale(study.runs.source.language).text("count.futures", n=study.runs.count), "enough": str(enough)}


def _three(values: NDArray[np.float64], more: bool, paired: bool) -> list[float]:
    """Commit, expect and stretch, each with its limits."""
    return [x for name in CHANCES for x in _promise(values, name, more, paired)]


def _promise(values: NDArray[np.float64], name: str, more: bool, paired: bool) -> Estimate:
    """One of them with its interval. What half of the futures meet is their median, by the rule of every other median."""
    found = met_with(values, CHANCES[name], paired, at_most=not more)
    if name != "expect" or np.isnan(found.value):
        return found
    middle = float(quantile(values, 0.5))
    return Estimate(middle, min(found.low, middle), max(found.high, middle))


def _columns(stem: str) -> list[str]:
    return [stem + name + end for name in CHANCES for end in ("", "_low", "_high")]


def _meets(more: bool) -> str:
    return AT_LEAST if more else AT_MOST


def _refuse_odd_month(scenario: Scenario, month: float | None, overrides: Mapping[str, Any]) -> None:
    """Say so before a long study, not after it."""
    months = override(scenario, overrides).months
    if month is not None and not (0 < month <= months and (month == months or float(month).is_integer())):
        raise StudyError(f"month: found {month:g}, must be a whole month from 1 to {months:g} (or the horizon itself)")


def own_tables(study: Targets) -> dict[str, pd.DataFrame]:
    """What can be promised."""
    return {
        "targets_rungs": study.rungs,
        "targets_steps": study.steps,
        "targets_together": study.together,
        "checkpoints": study.checkpoints,
        "goals": study.goals,
        "conversion_goals": study.conversion_goals,
        "warning_lines": study.watched,
        "warnings_ever": study.ever,
        "targets_luck": study.luck,
        "year_plan": year_plan(study.runs, study.month),
        **({} if study.goals_at_once.empty else {"goals_at_once": study.goals_at_once}),
        **({} if study.backward is None else {"backward": study.backward.levers, "backward_tried": study.backward.tried}),
    }


def arguments_in(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The month of a manifest."""
    month = manifest.get("month")
    if not isinstance(month, int | float):
        raise ValueError("its month is missing")
    return {"month": float(month), **of_backward(manifest)}


def arguments(study: Targets) -> dict[str, Any]:
    """The month, and what was asked backward."""
    return {"month": study.month, **({} if study.backward is None else {"backward": study.backward.asked.plain()})}


COLUMNS = {
    "number_commit": ("people", "taken by so many with 80 % probability"),
    "number_expect": ("people", "with 50 % probability"),
    "number_stretch": ("people", "with 20 % probability"),
    "rate_commit": ("share", "of all who ever stood on the rung left, with 80 % probability"),
    "rate_expect": ("share", "with 50 % probability"),
    "rate_stretch": ("share", "with 20 % probability"),
    "commit": ("people", "met with 80 % probability"),
    "expect": ("people", "met with 50 % probability"),
    "stretch": ("people", "met with 20 % probability"),
    "together": ("people", "promises of all rows that hold at once with 80 % probability; empty: the futures cannot show it"),
    "number_together": (
        "people",
        "promises of all rows that hold at once with 80 % probability; empty: the futures cannot show it",
    ),
    "promises": ("promises", "how many commits there are"),
    "targets_together.kind": ("", "rung: the commits of targets_rungs; step: the numbers of targets_steps"),
    "targets_together.probability": (
        "share",
        "chance that all these commits hold at once, in a future that was not used for them",
    ),
    **CONVERSION_COLUMNS,
    **target_bands.COLUMNS,
    **BACKWARD_COLUMNS,
    **YEAR_COLUMNS,
    "each": ("share", "probability of each so that all hold at once with 80 %; empty: the futures cannot show it"),
}
STUDY = StudyKind(
    again=lambda scenario, strategies, **given: set_targets(scenario, strategies[0], **given),
    own_tables=own_tables,
    arguments=arguments,
    arguments_in=arguments_in,
    columns=COLUMNS,
)
