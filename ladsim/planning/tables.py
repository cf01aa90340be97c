"""A study as tidy tables, ready to be written as CSV: what the report draws, and what a reader may want to work on.

In: a study. Out: tables by name. Rows are ordered by strategy, month and name as the scenario has them; the same study always gives
the same tables. ``columns_of`` says what each column means and its unit.

To add a table: a function here, a line in ``_of_runs`` (or in ``tables_of``), and its new columns in ``COLUMNS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.measures.ladder import cumulative_shares
from ladsim.measures.tidy import people
from ladsim.measures.value import booked
from ladsim.planning import breakdown, members
from ladsim.planning.leaning import is_assumption
from ladsim.planning.measured import measures, unit_of
from ladsim.planning.reached import judged
from ladsim.planning.results import Comparison, Potential, ProgramValue, Replications, Targets
from ladsim.planning.run import BASE
from ladsim.planning.wheel import loyalty_wheel
from ladsim.scenario.address import numbers
from ladsim.scenario.spec import Distribution, Range, Scenario

Floats = NDArray[np.float64]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_FAN = [f"p{100 * q:02.0f}" for q in QUANTILES]


def tables_of(study: Replications | Comparison | Targets | Potential | ProgramValue) -> dict[str, pd.DataFrame]:
    """All tables of a study, by the name of their file."""
    if isinstance(study, Comparison):
        own = {
            "verdict": _said({"verdict": [study.verdict], "caveat": [study.caveat] if study.caveat else [], "note": study.notes}),
            "outcomes": study.outcomes,
            "differences": study.differences,
            "difference_by_month": difference_by_month(study),
            "difference_by_cause": study.by_cause,
            "difference_by_step_and_rung": study.by_flow,
            "leaning": study.leaning,
            "leaning_against_rival": study.rival_leaning.assign(rival=study.rival),
            "goals": study.goals,
        }
        return own | _of_runs(study.runs) | {"assumptions": assumptions(study.scenario)}
    if isinstance(study, Targets):
        own = {
            "targets_rungs": study.rungs,
            "targets_steps": study.steps,
            "checkpoints": study.checkpoints,
            "goals": study.goals,
        }
        return own | _of_runs({study.strategy or BASE: study.runs}) | {"assumptions": assumptions(study.scenario)}
    if isinstance(study, Potential):
        own = {
            "potential_segments": study.segments,
            "potential_rungs": study.rungs,
            "potential_steps": study.winning,
            "potential_plan": study.plan,
        }
        return own | _of_runs({study.strategy or BASE: study.runs}) | {"assumptions": assumptions(study.scenario)}
    if isinstance(study, ProgramValue):
        own = {"programs": study.table}
        return own | _of_runs({study.strategy or BASE: study.runs}) | {"assumptions": assumptions(study.scenario)}
    name = study.strategy or BASE
    found = loyalty_wheel(study)
    wheel = {"wheel": found.spokes, "wheel_moves": found.moves, "wheel_losses": found.losses, "wheel_levers": found.levers}
    wheel = {key: table.assign(strategy=name)[["strategy", *table.columns]] for key, table in wheel.items()}
    return {"goals": goals(study)} | _of_runs({name: study}) | wheel | {"assumptions": assumptions(study.scenario)}


def goals(runs: Replications) -> pd.DataFrame:
    """The goals of the file in one strategy's futures: strategy, goal, wanted, by_month, median, probability (+ _low, _high)."""
    return judged(runs.source.goals, runs.strategy or BASE, runs, bool(len(runs.parameters.columns)))


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
    if any(members.programs_of(run) for run in runs.values()):
        parts |= {"program_results": members.results_by_month, "program_members": members.members_by_month}
    if any(members.has_satisfaction(run) for run in runs.values()):
        parts |= {"recommendation": members.opinion_by_month}
    found = {}
    for name, part in parts.items():
        tables = []
        for strategy, run in runs.items():
            table = part(run)
            table.insert(0, "strategy", strategy)
            tables.append(table)
        found[name] = pd.concat([one for one in tables if len(one)] or tables[:1], ignore_index=True)
    return found


def rungs(runs: Replications) -> pd.DataFrame:
    """People on each rung at each month start: month, rung, mean, p05 … p95."""
    first = runs.histories[0]
    values = np.stack([people(h, h.counts.sum(axis=1)) for h in runs.histories])
    return _fans(values, first.months, "rung", first.rung_names)


def steps(runs: Replications) -> pd.DataFrame:
    """People who took each step in each month: month (its end), step, mean, p05 … p95."""
    first = runs.histories[0]
    values = np.stack([people(h, h.flows.sum(axis=2)) for h in runs.histories])
    return _fans(values[:, 1:], first.months[1:], "step", first.step_names)


def conversion(runs: Replications) -> pd.DataFrame:
    """Share of all who ever stood on the rung left that took a step until each month: month, step, mean, p05 … p95."""
    first = runs.histories[0]
    values = np.stack([cumulative_shares(h)[:, :, 0] for h in runs.histories])
    return _fans(values[:, 1:], first.months[1:], "step", first.step_names)


def money(runs: Replications) -> pd.DataFrame:
    """Money by month and cause: month (its end; 0 is the start), cause, mean, p05 … p95; income positive, costs negative."""
    first = runs.histories[0]
    return _fans(np.stack([booked(h) for h in runs.histories]), first.months, "cause", first.causes)


def profit(runs: Replications) -> pd.DataFrame:
    """Profit from the start until each month: month, mean, p05 … p95."""
    values = np.stack([booked(h).sum(axis=1).cumsum() for h in runs.histories])
    return _fans(values[:, :, None], runs.histories[0].months, "what", ("profit",)).drop(columns="what")


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
    rows = [[k, k // 2, key, float(table[key].iloc[k])] for k in range(len(table)) for key in table.columns]
    return pd.DataFrame(rows, columns=["replication", "draw", "key", "value"])


def assumptions(scenario: Scenario) -> pd.DataFrame:
    """Every number that the scenario gives: key, value, low, high, law, source, is_assumption, decided."""
    rows = []
    for key, number in numbers(scenario).items():
        if not number.given:
            continue
        value, low, high, law = _value(number.value)
        guessed = is_assumption(number.source) and not number.decided
        rows.append([key, value, low, high, law, number.source, guessed, number.decided])
    return pd.DataFrame(rows, columns=["key", "value", "low", "high", "law", "source", "is_assumption", "decided"])


def difference_by_month(study: Comparison) -> pd.DataFrame:
    """How far the best strategy is ahead of each other one from the start until each month: strategy, month, mean, p05 … p95."""
    paths = {name: np.stack([booked(h).sum(axis=1).cumsum() for h in run.histories]) for name, run in study.runs.items()}
    months, found = study.runs[study.best].histories[0].months, []
    for name in (n for n in study.runs if n != study.best):
        table = _fans((paths[study.best] - paths[name])[:, :, None], months, "strategy", (name,))
        found.append(table[["strategy", "month", "mean", *_FAN]])
    return pd.concat(found, ignore_index=True)


def columns_of(tables: Mapping[str, pd.DataFrame], currency: str) -> pd.DataFrame:
    """What every column of every table means: table, column, unit, meaning."""
    rows = [[name, column, *_meaning(name, column, currency)] for name, table in tables.items() for column in table.columns]
    return pd.DataFrame(rows, columns=["table", "column", "unit", "meaning"])


def _fans(values: Floats, months: Floats, what: str, names: Sequence[str]) -> pd.DataFrame:
    """Mean and quantiles over futures of an array (futures, months, names), as tidy rows. A future without a value is left out."""
    count = values.shape[1] * len(names)
    flat = values.reshape(len(values), count)
    table = pd.DataFrame({"month": np.repeat(months, len(names)), what: list(names) * values.shape[1]})
    known = ~np.isnan(flat).any(axis=0)
    table["mean"] = np.nan
    table.loc[known, "mean"] = flat[:, known].mean(axis=0)
    for name, line in zip(_FAN, np.quantile(flat, QUANTILES, axis=0) if count else np.empty((len(_FAN), 0)), strict=True):
        table[name] = line
    return table


def _said(parts: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    return pd.DataFrame([[kind, text] for kind, texts in parts.items() for text in texts], columns=["kind", "text"])


def _value(value: float | Range | Distribution) -> tuple[Any, Any, Any, str]:
    """Value, low, high, law of a number."""
    if isinstance(value, Range):
        return None, value.low, value.high, "central 90 %"
    if isinstance(value, Distribution):
        given = value.model_dump(exclude_none=True, exclude={"law", "values"})
        said = ", ".join(f"{key} = {number:g}" for key, number in given.items()) or f"{len(value.values or ())} values"
        return None, None, None, f"{value.law}: {said}"
    return value, None, None, ""


# Column → unit ("currency" becomes the scenario's) and meaning. "table.column" goes first.
COLUMNS: dict[str, tuple[str, str]] = {
    "strategy": ("", "name of the strategy; base is the scenario as it stands. In differences: the other strategy"),
    "label": ("", "what the strategy is called"),
    "month": ("months", "time since the start; of what happens in a month: the month's end"),
    "rung": ("", "rung of the ladder, or state beside it"),
    "step": ("", "FROM.TO, with the trigger where several lead that way; with kind rung: a rung"),
    "cause": ("", "what the money was booked to: income positive, costs negative"),
    "kind": ("", "which kind of thing the row is about"),
    "text": ("", "the sentence"),
    "goal": ("", "goal of the file"),
    "meets": ("", "at least: more is better; at most: fewer is better"),
    "key": ("", "dotted key of a number of the scenario"),
    "source": ("", "where the number comes from"),
    "law": ("", "what is believed about an uncertain number"),
    "is_assumption": ("", "no evidence is named for the number"),
    "decided": ("", "the firm decides this number (spend)"),
    "replication": ("", "number of the future; luck stream"),
    "draw": ("", "number of the parameter draw, shared by two futures"),
    "measure": ("", "name of the measure: ladsim explain says what it means"),
    "name": ("", "what it is called in the scenario's language"),
    "sd": ("as the column unit says", "standard deviation over the futures"),
    "futures": ("futures", "in how many the number exists"),
    "unit": ("", "unit of the value"),
    "value": ("as the key or the unit says", "the number"),
    "wanted": ("people or share", "what the goal asks for"),
    "median": ("people or share", "middle of the futures"),
    "by_month": ("months", "until when"),
    "probability": ("share", "share of the futures that meet the goal"),
    "spend": ("currency", "mean cost of campaigns and policies"),
    "profit": ("currency", "mean profit over the whole time"),
    "discounted_profit": ("currency", "mean profit at its worth at the start"),
    "discounted_mean": ("currency", "mean difference of discounted profit"),
    "revenue": ("currency", "mean revenue over the whole time"),
    "new_customers": ("people", "mean number of new customers"),
    "p_best": ("share", "share of the futures in which the strategy earns most; ties share"),
    "p_better": ("share", "share of the futures in which the best earns more than this strategy; a tie is half"),
    "payback_month": ("months", "from when on the strategy is ahead of the scenario as it stands; empty: not within the time"),
    "spread_sd": ("currency", "standard deviation of the difference over the futures"),
    "share_luck": ("share", "share of that variance that is luck"),
    "share_not_knowing": ("share", "share of that variance that comes from uncertain numbers"),
    "break_even_month": ("months", "from when on the best stays ahead; empty: not within the time"),
    "break_even": ("months", "95 % interval of the break-even month; empty: not within the time"),
    "share": ("share", "squared rank correlation of the difference with the number, over parameter draws"),
    "direction": ("", "1: more of the number favours the best strategy; -1: less of it does"),
    "p_value": ("share", "chance that luck alone shows such a share for any of the numbers"),
    "low_value": ("as the key says", "middle of the number's lower half"),
    "high_value": ("as the key says", "middle of the number's upper half"),
    "difference_low": ("currency", "mean difference in the lower half"),
    "difference_high": ("currency", "mean difference in the upper half"),
    "turns": ("", "the difference has another sign in the upper half than in the lower"),
    "best": ("as the mean", "mean of the best strategy"),
    "other": ("as the mean", "mean of this strategy"),
    "number_commit": ("people", "taken by so many with 80 % probability"),
    "number_expect": ("people", "with 50 % probability"),
    "number_stretch": ("people", "with 20 % probability"),
    "rate_commit": ("share", "of all who ever stood on the rung left, with 80 % probability"),
    "rate_expect": ("share", "with 50 % probability"),
    "rate_stretch": ("share", "with 20 % probability"),
    "commit": ("people", "met with 80 % probability"),
    "expect": ("people", "met with 50 % probability"),
    "stretch": ("people", "met with 20 % probability"),
    "mean": ("", "mean over the futures"),
    "segment": ("", "part of the market; everybody where the file has no segments"),
    "people": ("people", "how many there are, on any rung"),
    "people_start": ("people", "who stands there at the start"),
    "people_end": ("people", "mean number of those who stand there at the end"),
    "customers_end": ("people", "mean number of customers at the end"),
    "referred_share": ("share", "new customers who came by somebody's word"),
    "person_months": ("people × months", "time spent there"),
    "orders": ("orders", "mean number of orders"),
    "orders_per_month": ("orders a month", "of one who stands there; of a segment: of one of its customers"),
    "churn": ("share a month", "customers lost ÷ time spent as customers"),
    "contribution": ("currency", "what orders left after goods and handling, mean"),
    "contribution_per_customer": ("currency", "contribution ÷ (customers at the start + new customers)"),
    "cost_to_serve": ("currency", "what people cost on their rungs and entering them, mean"),
    "taken": ("people", "mean number of times the step was taken"),
    "conversion": ("share", "of all who ever stood on the rung left"),
    "cohort": ("months", "month in which they became customers; 0: customers from the start"),
    "age": ("months", "month starts since then"),
    "size": ("people", "mean number who became customers in that month"),
    "kept": ("people", "mean number of them who are customers at that age"),
    "share_kept": ("share", "kept ÷ size"),
    "share_of_customers": ("share", "best customers first"),
    "share_of_contribution": ("share", "of all contribution, mean"),
    "tree_size": ("simulated customers", "customers in one referral tree"),
    "trees": ("trees", "mean number of such trees among the simulated customers"),
    "now": ("people", "who stands there at the start"),
    "end": ("people", "mean number of those who stand there at the end"),
    "need": ("share", "of the segment that can ever be customers"),
    "can_be": ("people", "how many customers there can be in the segment: size × need"),
    "room": ("people", "can_be less those on the rung now"),
    "worth": ("currency", "discounted contribution less the cost of serving of one more person on the rung"),
    "earned": ("currency", "contribution at own margins less the cost of serving, mean over the whole time"),
    "profit_share": ("share", "of all that is earned"),
    "customer_share": ("share", "of all customers at the end"),
    "customers_now": ("people", "customers at the start"),
    "winnable": ("people", "can_be less customers_now, at most those who are no customers yet"),
    "highest_cost": ("currency", "of winning one more customer that still pays"),
    "cost": ("currency", "of winning one more customer; a limit is empty where even that is not sure to win any"),
    "cost_from": ("", "given; or campaigns: seen in the scenario's own"),
    "abc": ("", "A: the first 80 % of what is earned, B: until 95 %, C: the rest"),
    "place": ("", "1: to go for first"),
    "limit": ("", "what ends the segment's part: people (all are won), or budget"),
    "gain_rate": ("currency per currency", "what a unit spent brings beyond itself, in worth"),
    "gain": ("currency", "worth won less spend"),
    "behind": ("currency per currency", "gain_rate of the first less this one"),
    "program": ("", "name of the programme"),
    "level": ("", "level of the programme"),
    "what": (
        "",
        "which number of the programme, or of recommendation, the row is about: people, orders, points, currency or share",
    ),
    "incremental_profit": ("currency", "profit with the programme less profit of the same market without it, mean"),
    "p_pays": ("share", "share of the futures in which the programme earns more than it costs"),
    "extra_orders": ("orders", "orders with the programme less orders without it, mean"),
    "cost_per_extra_order": ("currency", "cost ÷ extra orders"),
    "members": ("people", "members at the end, mean"),
    "active_share": ("share", "members with an order in the last month ÷ members"),
    "redemption_rate": ("share", "redeemed ÷ issued until the end"),
    "breakage": ("share", "expired ÷ issued until the end"),
    "liability": ("currency", "owed to members at the end, if all of it is redeemed"),
    "programs.cost": ("currency", "rewards, discounts and running costs of the programme, less fees, mean"),
    "spoke": ("", "of the loyalty wheel; unassigned: of no spoke"),
    "score": ("0 to 100", "100 × the share that measured_by names, mean; a convention (ladsim explain loyalty_wheel)"),
    "measured_by": ("", "what the score is a share of; empty: nothing to measure it by"),
    "spend_share": ("share", "of all that is spent"),
    "lost": ("people", "mean number who left the ladder from there"),
    "fallen": ("people", "mean number who fell to a lower rung from there"),
    "lost_share": ("share", "of all who left the ladder"),
    "levers": ("", "campaigns, policies and programmes under the spoke"),
    "lever": ("", "campaign, policy or programme"),
    "touchpoints": ("", "where customers meet the spoke"),
    "in_use": ("", "a campaign or programme is there; else the touchpoints are a proposal"),
    "of": ("", "step or programme that the measure is about"),
    "wheel_moves.measure": ("", "what the spoke is there to move; step: people who took it"),
    "wheel.spend": ("currency", "mean cost of its campaigns and programmes"),
    "wheel_levers.spend": ("currency", "mean cost of the lever"),
    "potential_segments.size": ("people", "people in the segment"),
    "potential_plan.people": ("people", "customers won with the spend, on average"),
    "potential_plan.spend": ("currency", "the segment's part of the budget"),
    "assumptions.low": ("as the key says", "5 % of the belief lie below"),
    "assumptions.high": ("as the key says", "5 % of the belief lie above"),
}
# Unit of means, quantiles and their limits, by table.
_OF_TABLE = {
    "measures": "as the column unit says", "wheel_moves": "as the column unit says",
    "rungs": "people", "steps": "people", "conversion": "share", "money": "currency", "profit": "currency", "differences": "currency",
    "program_results": "as the column what says", "program_members": "people", "recommendation": "as the column what says",
    "programs": "currency", "difference_by_month": "currency", "difference_by_cause": "currency", "difference_by_step_and_rung": "people",
}  # fmt: skip


def _meaning(table: str, column: str, currency: str) -> tuple[str, str]:
    """Unit and meaning of a column."""
    stem, _, end = column.rpartition("_")
    if f"{table}.{column}" in COLUMNS or column in COLUMNS:
        unit, meaning = COLUMNS.get(f"{table}.{column}") or COLUMNS[column]
    elif end in ("low", "high") and stem in COLUMNS:
        unit, meaning = COLUMNS[stem][0], f"{'lower' if end == 'low' else 'upper'} limit of the 95 % interval of {stem}"
    elif column in ("low", "high"):
        unit, meaning = "", f"{'lower' if column == 'low' else 'upper'} limit of the 95 % interval of the mean"
    else:
        unit, meaning = COLUMNS[stem][0] if stem in COLUMNS else "", f"{end[1:]} % of the futures lie below"
    return (unit or (_OF_TABLE.get(table, "") if column in ("mean", "low", "high", *_FAN) else "")).replace(
        "currency", currency
    ), meaning
