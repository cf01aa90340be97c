"""A fork: a future that was as another one until a month, and goes by another plan from there on.

In: a run as it was saved, and the plan that comes. Out: a ``History`` of the whole time. Luck goes by address, so the two futures differ
by the plan alone; the same plan gives the same history, bit for bit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ladsim.engine.saved import SavedRun, month_to_save
from ladsim.errors import StudyError
from ladsim.scenario.change_of_course import course, problems_of
from ladsim.scenario.draws import resolve
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from ladsim.scenario.tables import tables

if TYPE_CHECKING:
    from ladsim.engine.history import History


def forked(run: SavedRun | None, plan: str | Scenario | None, save_at: int | None = None) -> History:
    """The history that goes on by another plan (``History.fork``)."""
    if run is None:
        raise StudyError("fork: found a history of which no month was saved: simulate(…, save_at=9) keeps one")
    if plan is not None and not isinstance(plan, str | Scenario):
        allowed = (
            "must be the name of a strategy of the same scenario, None for the scenario under none of them, or another Scenario"
        )
        raise StudyError(f"fork: found {plan!r}, {allowed}")
    scenario, strategy = (plan, None) if isinstance(plan, Scenario) else (run.scenario, plan)
    saved, options = run.market, run.options
    after = resolve(with_strategy(scenario, strategy), options.seed, options.replication // 2)
    if after.policies:
        names = ", ".join(policy.function for policy in after.policies)
        raise StudyError(f"fork: found policies ({names}), which begin at the start of a run: use campaigns with dates")
    laid_out = tables(course(saved.tables.scenario, after, saved.month))
    problems = problems_of(saved.tables, laid_out, saved.month)
    if problems:
        raise StudyError("\n".join(map(str, problems)))
    if save_at is not None:
        save_at = month_to_save(after, save_at, options.log, saved.month)
    goes_on = replace(options, strategy=strategy, save_at=save_at, whole=scenario, saved=saved)
    found: History = run.play(laid_out, run.world, goes_on)
    return found
