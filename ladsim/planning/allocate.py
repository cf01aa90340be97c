"""Where the money goes: one budget split between campaigns, programmes and numbers that one may set.

In: a scenario, a budget, perhaps levers, constraints, what counts, how risk counts (``budget_question``). Out: an `Allocation`: the split, and
what it is ahead of others by. Everything starts from the market as it stands.

The budget is what the levers cost over the whole time, programmes included, beyond the market in which they spend nothing: what a programme
costs follows from who joins, so it is taken from the futures played. The search (``split_search``) runs on one set of futures. What is told is
then played on luck that was not used before (the next seed): the split against the market without it, the strategies of the file, an equal
split, the best single lever, all money spent where the split keeps some, the next best splits, and nudges of a twentieth of the budget.
With means this goes on until it is known or the futures are spent, with intervals that may be looked at all along (``until_sure``); with other risks
the number of futures is fixed, and blocks of them are compared.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from ladsim.planning import pairs
from ladsim.planning.allocate_tables import COLUMNS, Told, rows_of_levers, rows_of_money
from ladsim.planning.budget_levers import Levers, file_budget, levers_of
from ladsim.planning.budget_market import BEST, WITHOUT, BudgetMarket, Floats, less
from ladsim.planning.budget_question import Question, asked_of, refuse_nonsense
from ladsim.planning.extra import Extra, extra
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.pairs import Estimate
from ladsim.planning.replications import Replications, Setting
from ladsim.planning.split_search import Point
from ladsim.planning.studies import Shown, StudyKind
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import BASE, with_strategy

REPLICATIONS = 200


@dataclass(frozen=True)
class Allocation(Shown):
    """The split of a budget, and what is known of it.

    ============  ==============================================================================================================
    table         columns
    ============  ==============================================================================================================
    ``levers``    lever, kind, now, value (in its own unit), spend (over the whole time), share (of the budget), low, high (values of
                  splits that cannot be told from the best), next_thousand (+ _low, _high: what 1,000 more on it brings)
    ``against``   split, value, ahead (the best less this one; + _low, _high), told ("ahead", "behind", "same", "open"), cost, futures
    ``frontier``  part (of the budget), cost, value, gain (beyond the market without; + _low, _high)
    ``splits``    split, lever, value: what each split of ``against`` does
    ============  ==============================================================================================================
    """

    kind: ClassVar[str] = "allocate"

    question: Question
    strategies: tuple[str, ...]  # that were mixed
    levers_found: Levers
    source: Scenario
    setting: Setting
    runs: dict[str, Replications]  # by split, "best" first
    point: Point
    cost: Estimate  # what the split costs, on fresh luck
    kept: float  # of the budget
    extra: Extra
    levers: pd.DataFrame
    against: pd.DataFrame
    frontier: pd.DataFrame
    splits: pd.DataFrame
    tried: int  # splits that were played
    paired: bool
    seconds: float = 0.0

    @property
    def scenario(self) -> Scenario:
        """The scenario under the split."""
        return self.runs[BEST].scenario

    @property
    def futures(self) -> dict[str, Replications]:
        """The futures of the split, and of the market without it."""
        count = min(self.runs[name].count for name in (BEST, WITHOUT))
        return {name: self.runs[name].first(count) for name in (BEST, WITHOUT)}

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before all futures were played."""
        return any(run.interrupted for run in self.runs.values())


@with_study_options(replications=REPLICATIONS)
def allocate(
    scenario: Scenario,
    budget: float | Question | None = None,
    strategies: Sequence[str] | None = None,
    **options: Unpack[StudyOptions],
) -> Allocation:
    """The split of a `budget` (in currency, over the whole time; None: what the costliest strategy spends) that is worth most, and how surely.

    `strategies` are those whose campaigns, programmes and numbers may be mixed (None: all of the file). A
    ``budget_question.Question`` in place of the amount names levers, constraints, what counts and how risk counts. `replications`: fresh
    futures at the most. Raises StudyError where a question makes no sense or no split keeps the constraints, and what ``replicate``
    raises.

    >>> import ladsim
    >>> duel = ladsim.load("acquisition_vs_retention")
    >>> found = ladsim.allocate(duel, 36_000, ["balanced"], replications=4, sample=100, processes=1)
    >>> found.against["split"].tolist()[:2], bool(found.cost.value <= 36_500)
    (['best', 'base'], True)
    """
    began = time.perf_counter()
    given = dict(options["overrides"] or {})
    changed = override(scenario, given)
    mixed = _mixed(changed, strategies)
    asked = budget if isinstance(budget, Question) else Question(math.nan if budget is None else float(budget))
    if math.isnan(asked.budget):
        asked = replace(asked, budget=file_budget(changed, mixed))
    refuse_nonsense(asked)
    market = BudgetMarket(levers_of(changed, mixed, asked.budget, asked.levers), asked, options)
    best, contenders = market.search()
    runs, told, count = market.fresh(best, contenders)
    stopped = any(run.interrupted for run in runs.values())
    frontier, nexts = (rows_of_money([]), {}) if stopped else market.beside(best)
    paired = bool(len(runs[BEST].parameters.columns))
    money = {name: less(run, runs[market.nothing]) for name, run in runs.items()}
    setting = Setting(options["seed"], count if stopped else options["replications"], options["sample"], given, 0)
    found = {
        name: replace(run, strategy=None, source=changed, setting=replace(run.setting, overrides=given))
        for name, run in runs.items()
    }
    cost = pairs.mean(money[BEST], paired)
    levers = rows_of_levers(market.levers, best, asked.budget, market.close_to(best, told), nexts)
    return Allocation(
        question=asked,
        strategies=mixed,
        levers_found=market.levers,
        source=changed,
        setting=setting,
        runs=found,
        point=best,
        cost=cost,
        kept=max(0.0, asked.budget - cost.value),
        extra=extra(runs[BEST], runs[WITHOUT]),
        levers=levers,
        against=_against(told, runs, money, asked),
        frontier=frontier,
        splits=market.rows(contenders),
        tried=market.tried,
        paired=paired,
        seconds=time.perf_counter() - began,
    )


def _mixed(scenario: Scenario, strategies: Sequence[str] | None) -> tuple[str, ...]:
    """The strategies that may be mixed. Raises ScenarioError for one that is not there."""
    names = list(scenario.strategies) if strategies is None else [name for name in dict.fromkeys(strategies) if name != BASE]
    for name in names:
        with_strategy(scenario, name)
    return tuple(names)


def _against(
    told: Mapping[str, Told], runs: Mapping[str, Replications], money: Mapping[str, Floats], asked: Question
) -> pd.DataFrame:
    """A row for each split. What another is worth is told by how far the best is ahead of it: it may have been played in fewer futures."""
    best = asked.score(np.array([asked.worth(one) for one in runs[BEST].summaries]))
    rows = [
        [
            name,
            best - one.ahead.value,
            *one.ahead,
            one.told,
            float(money[name].mean()),
            one.futures,
        ]
        for name, one in told.items()
    ]
    return pd.DataFrame(rows, columns=["split", "value", "ahead", "ahead_low", "ahead_high", "told", "cost", "futures"])


def _again(scenario: Scenario, _: Sequence[str | None], allocate: Mapping[str, Any], **options: Any) -> Allocation:
    """The allocation of a manifest."""
    return _allocate(scenario, asked_of(allocate), allocate["strategies"], **options)


def arguments(study: Allocation) -> dict[str, Any]:
    """What was asked, of which strategies."""
    return {"allocate": {**study.question.plain(), "strategies": list(study.strategies)}}


def arguments_in(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The same, by the names that ``_again`` takes."""
    found = manifest.get("allocate")
    if not isinstance(found, dict) or not isinstance(found.get("strategies"), list):
        raise ValueError("its 'allocate' is missing or damaged")
    asked_of(found)
    return {"allocate": found}


_allocate = allocate
STUDY = StudyKind(
    again=_again,
    own_tables=lambda study: {
        "allocation": study.levers, "against": study.against, "frontier": study.frontier, "splits": study.splits,
    },
    arguments=arguments,
    arguments_in=arguments_in,
    columns=COLUMNS,
)  # fmt: skip
