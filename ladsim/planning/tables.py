"""A study as tidy tables, ready to be written as CSV: what the report draws, and what a reader may want to work on.

In: a study. Out: tables by name. Rows are ordered by strategy, month and name as the scenario has them; the same study always gives
the same tables. ``columns.columns_of`` says what each column means and its unit.

To add a table that every study has: a function here, a line in ``_of_runs``, and its new columns in ``columns.COLUMNS``. Those that one
kind of study has by itself stand in its own file (``studies.StudyKind``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.measures.ladder import cumulative_shares
from ladsim.measures.tidy import people
from ladsim.measures.uncertainty import quantile
from ladsim.measures.value import booked, income_statement, profit_so_far
from ladsim.planning import breakdown, program_months
from ladsim.planning.amounts import in_amount_units
from ladsim.planning.columns import meanings_of
from ladsim.planning.holdouts import has_holdouts, holdouts
from ladsim.planning.measure_table import measures, unit_of
from ladsim.planning.replications import Replications
from ladsim.planning.sensitivity import is_assumption
from ladsim.planning.studies import Study, kind_of
from ladsim.scenario.acting import acting
from ladsim.scenario.address import numbers
from ladsim.scenario.spec import Distribution, Range, Scenario

Floats = NDArray[np.float64]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FAN = [f"p{100 * q:02.0f}" for q in QUANTILES]


def tables_of(study: Study) -> dict[str, pd.DataFrame]:
    """All tables of a study, by the name of their file; money in whole amount units."""
    kind, futures = kind_of(study), study.futures
    runs = list(futures.values())
    whole = kind.own_tables(study) | _of_runs(futures) | kind.last_tables(study)
    whole["assumptions"] = assumptions(study.scenario, runs, kind.by_segment)
    return in_amount_units(whole, study.scenario.currency, runs[0].histories[0].unit, meanings_of(study))


def _of_runs(runs: Mapping[str, Replications]) -> dict[str, pd.DataFrame]:
    """The tables that every study has."""
    parts: dict[str, Callable[[Replications], pd.DataFrame]] = {
        "rungs": rungs,
        "steps": steps,
        "conversion": conversion,
        "money": money,
        "profit": profit,
        "measures": measures,
        "measures_by_future": measures_by_future,
        "uncertain_numbers": uncertain_numbers,
        "segments": breakdown.segments,
        "segments_and_rungs": breakdown.segments_and_rungs,
        "steps_by_segment": breakdown.steps_by_segment,
        "retention": breakdown.retention,
        "abc": breakdown.abc,
        "referral_trees": breakdown.referral_trees,
    }
    if any(program_months.programs_of(run) for run in runs.values()):
        parts |= {"program_results": program_months.results_by_month, "program_members": program_months.members_by_month}
    if any(program_months.triggered(run) for run in runs.values()):
        parts |= {"triggered_campaigns": program_months.contacts_by_month}
    if any(program_months.has_satisfaction(run) for run in runs.values()):
        parts |= {"recommendation": program_months.opinion_by_month, "survey": program_months.survey_by_month}
    if all(run.after is not None for run in runs.values()):
        parts |= {"profit_after_horizon": profit_after_horizon}
    if any(has_holdouts(run) for run in runs.values()):
        parts |= {"control_groups": holdouts}
    found = {}
    for name, part in parts.items():
        tables = []
        for strategy, run in runs.items():
            table = part(run).copy(deep=False)
            table.insert(0, "strategy", strategy)
            tables.append(table)
        found[name] = pd.concat([one for one in tables if len(one)] or tables[:1], ignore_index=True)
    return found


def rungs(runs: Replications) -> pd.DataFrame:
    """People on each rung at each month start: month, rung, mean, p05 … p95."""
    first = runs.histories[0]
    values = np.stack([people(h, h.counts.sum(axis=1)) for h in runs.histories])
    return fans(values, first.months, "rung", first.rung_names)


def steps(runs: Replications) -> pd.DataFrame:
    """People who took each step in each month: month (its end), step, mean, p05 … p95."""
    first = runs.histories[0]
    values = np.stack([people(h, h.flows.sum(axis=2)) for h in runs.histories])
    return fans(values[:, 1:], first.months[1:], "step", first.step_names)


def conversion(runs: Replications) -> pd.DataFrame:
    """Share of all who ever stood on the rung left that took a step until each month: month, step, mean, p05 … p95."""
    first = runs.histories[0]
    values = np.stack([cumulative_shares(h)[:, :, 0] for h in runs.histories])
    return fans(values[:, 1:], first.months[1:], "step", first.step_names)


def money(runs: Replications) -> pd.DataFrame:
    """Money by month and cause: month (its end; 0 is the start), cause, mean, p05 … p95; income positive, costs negative.

    Where anything is paid in advance, `cash` (received) and `prepaid` (owed at the month's end) stand behind the causes, in no sum.
    """
    first = runs.histories[0]
    values, causes = np.stack([booked(h) for h in runs.histories]), first.causes
    if first.payment_sources:
        beside = ("cash", "prepaid")
        found = [income_statement(h)[list(beside)].to_numpy() for h in runs.histories]
        values, causes = np.concatenate([values, np.stack(found)], axis=2), (*causes, *beside)
    return fans(values, first.months, "cause", causes)


def profit(runs: Replications) -> pd.DataFrame:
    """Profit from the start until each month: month, mean, p05 … p95."""
    values = np.stack([profit_so_far(h) for h in runs.histories])
    return fans(values[:, :, None], runs.histories[0].months, "what", ("profit",)).drop(columns="what")


def profit_after_horizon(runs: Replications) -> pd.DataFrame:
    """Profit from the start until each month from the horizon on, in the futures that were played on: month, mean, p05 … p95."""
    assert runs.after is not None
    behind = runs.after.times >= runs.histories[0].months[-1]
    values = runs.after.profit[:, behind, None]
    return fans(values, runs.after.times[behind], "what", ("profit",)).drop(columns="what")


def measures_by_future(runs: Replications) -> pd.DataFrame:
    """Every measure of every replication: replication, measure, unit, value."""
    rows = [
        [k, name, unit_of(name, runs.scenario.currency), value]
        for k, summary in enumerate(runs.summaries)
        for name, value in summary.scalars.items()
    ]
    return pd.DataFrame(rows, columns=["replication", "measure", "unit", "value"])


def uncertain_numbers(runs: Replications) -> pd.DataFrame:
    """The values that uncertain numbers had: replication, draw, key, value."""
    table = runs.parameters
    values = table.to_numpy(np.float64).tolist()
    rows = [[k, k // 2, key, value] for k, row in enumerate(values) for key, value in zip(table.columns, row, strict=True)]
    return pd.DataFrame(rows, columns=["replication", "draw", "key", "value"])


def assumptions(scenario: Scenario, runs: Sequence[Replications], target_groups: bool = False) -> pd.DataFrame:
    """Every number that the scenario gives: key, value, low, high, law, source, is_assumption, decided, acts (in one of `runs`)."""
    played: dict[str | None, Scenario] = {run.strategy: run.scenario for run in runs} if scenario.strategies else {None: scenario}
    at_work, rows = acting(scenario, played, target_groups), []
    for key, number in numbers(scenario).items():
        if not number.given:
            continue
        value, low, high, law = _value(number.value)
        guessed = is_assumption(number.source) and not number.decided
        rows.append([key, value, low, high, law, number.source, guessed, number.decided, key in at_work])
    return pd.DataFrame(rows, columns=["key", "value", "low", "high", "law", "source", "is_assumption", "decided", "acts"])


def fans(values: Floats, months: Floats, what: str, names: Sequence[str]) -> pd.DataFrame:
    """Mean and quantiles over futures of an array (futures, months, names), as tidy rows. A future without a value is left out."""
    count = values.shape[1] * len(names)
    flat = values.reshape(len(values), count)
    table = pd.DataFrame({"month": np.repeat(months, len(names)), what: list(names) * values.shape[1]})
    known = ~np.isnan(flat).any(axis=0)
    table["mean"] = np.nan
    table.loc[known, "mean"] = flat[:, known].mean(axis=0)
    for name, line in zip(FAN, quantile(flat, QUANTILES, axis=0) if count else np.empty((len(FAN), 0)), strict=True):
        table[name] = line
    return table


def _value(value: float | Range | Distribution) -> tuple[Any, Any, Any, str]:
    """Value, low, high, law of a number."""
    if isinstance(value, Range):
        return None, value.low, value.high, "central 90 %"
    if isinstance(value, Distribution):
        given = value.model_dump(exclude_none=True, exclude={"law", "values"})
        said = ", ".join(f"{key} = {number:g}" for key, number in given.items()) or f"{len(value.values or ())} values"
        return None, None, None, f"{value.law}: {said}"
    return value, None, None, ""
