"""Programmes and recommendation month by month over many futures, as tidy tables: who belongs, what is owed, who would recommend.

In: `Replications`. Out: a table each with mean and quantiles over the futures; empty where the scenario has no programme, or no
satisfaction. Campaigns after an event count as no programme here, and have a table of their own.

To add a column of ``program_results`` or of ``net_promoter_score`` to the fans: its name in ``RESULTS``, ``TRIGGERED`` or ``OPINION``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.measures.dictionary import BOUNDS
from ladsim.measures.programs import program_members, results_of_program
from ladsim.measures.satisfaction import net_promoter_score, nps_survey, promoters_and_ambassadors, service_failures
from ladsim.measures.tidy import TRIGGERED_CAMPAIGN, program_causes
from ladsim.measures.uncertainty import quantile
from ladsim.planning.once import once
from ladsim.scenario.programs.rules import kind_of

if TYPE_CHECKING:
    from ladsim.planning.replications import Replications

Floats = NDArray[np.float64]
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
FAN = ["mean", *QUANTILES]
RESULTS = (
    "members", "joined", "left", "cancelled", "failed", "active_share", "orders", "revenue", "issued", "redeemed", "expired",
    "outstanding", "rewards", "redemption_rate", "breakage", "contacts", "fees", "discounts", "reward_cost", "running_cost",
)  # fmt: skip
PREPAID = "prepaid"  # another one, where fees are paid in advance
TRIGGERED = ("members", "contacts", "orders", "running_cost")
OPINION = ("promoters", "passives", "detractors", "nps", "satisfaction")
BOTH = ("top_rung", "both", "promoters_on_top", "top_among_promoters")
FAILED = ("failures", "recovered")


def programs_of(runs: Replications) -> list[tuple[int, str]]:
    """Place and name of every programme, campaigns after an event apart."""
    first = runs.histories[0]
    kinds = zip(first.program_names, first.program_kinds, strict=True)
    return [(place, name) for place, (name, kind) in enumerate(kinds) if kind != TRIGGERED_CAMPAIGN]


def triggered(runs: Replications) -> list[str]:
    """Names of the campaigns that events set off."""
    first = runs.histories[0]
    return [name for name, kind in zip(first.program_names, first.program_kinds, strict=True) if kind == TRIGGERED_CAMPAIGN]


def costs(runs: Replications, places: Sequence[int] | None = None) -> Floats:
    """What programmes cost in each future: rewards, discounts and running costs less fees, in the currency of the market: (futures,).

    `places`: those programmes only; without it all but campaigns after an event, whose cost is spend.
    """
    asked = [place for place, _ in programs_of(runs)] if places is None else places
    return np.array([_cost(history, asked) for history in runs.histories])


def _cost(history: History, places: Sequence[int]) -> float:
    units = -sum(int(history.daily[:, program_causes(history, place)].sum()) for place in places)
    return float(units * history.scale / history.unit)


def has_satisfaction(runs: Replications) -> bool:
    """Whether customers have an opinion that can be asked for."""
    return bool(runs.histories[0].moods.size)


def cost_of_unit(runs: Replications, name: str) -> Floats:
    """What a point of a programme costs when it is redeemed, or 1 where its balance is money, for each future: (futures,).

    A point of a points programme costs `reward_cost` ÷ `reward_at`, or its `point_value`; that every point will be redeemed is the
    cautious end. Where there is no balance, or a user's own kind says no cost of a point: NaN.
    """
    first = runs.histories[0]
    place = first.program_names.index(name)
    if kind_of(first.program_kinds[place]).is_in_money:
        return np.ones(runs.count)
    draws = (runs.count + 1) // 2 if len(runs.parameters.columns) else 1
    costs = [runs.draws.scenario_of(draw).programs[place].cost_of_point for draw in range(draws)]
    return np.array([costs[k // 2 if draws > 1 else 0] for k in range(runs.count)])


def result_fans(runs: Replications, name: str) -> dict[str, Floats]:
    """The columns of ``program_results`` of one programme, and its liability: (futures, months) each.

    `liability` is what it owes its members at each month start, in the currency: all that is outstanding, as if it were redeemed, and
    fees paid in advance that are not yet earned.
    """
    place = runs.histories[0].program_names.index(name)
    tables = [results_of_program(history, place) for history in runs.histories]
    columns = RESULTS if PREPAID not in tables[0] else (*RESULTS, PREPAID)
    fans = {column: np.stack([table[column].to_numpy(np.float64) for table in tables]) for column in columns}
    return fans | {"liability": owed(runs, name, fans["outstanding"], fans.get(PREPAID))}


def owed(runs: Replications, name: str, outstanding: Floats, prepaid: Floats | None) -> Floats:
    """What a programme owes its members, in the currency, (futures, …): NaN where it has neither a balance nor fees in advance."""
    of_balance = outstanding * cost_of_unit(runs, name).reshape(-1, *[1] * (outstanding.ndim - 1))
    if prepaid is None or name not in runs.histories[0].payment_sources:
        return of_balance
    return np.where(np.isfinite(of_balance), of_balance, 0.0) + prepaid


def level_fan(runs: Replications, name: str, level: str) -> Floats:
    """Members on a level of a programme at each month start: (futures, months)."""
    found = []
    for history in runs.histories:
        table = program_members(history)
        at = (table["program"] == name) & (table["level"] == level)
        found.append(table.loc[at, "members"].to_numpy(np.float64))
    return np.stack(found)


@once
def opinion_fans(runs: Replications) -> dict[str, Floats]:
    """The columns of ``net_promoter_score``, ``promoters_and_ambassadors`` and ``service_failures``: (futures, months) each."""
    fans: dict[str, Floats] = {}
    for measure, columns in ((net_promoter_score, OPINION), (promoters_and_ambassadors, BOTH), (service_failures, FAILED)):
        tables = [measure(history) for history in runs.histories]
        fans |= {column: np.stack([table[column].to_numpy(np.float64) for table in tables]) for column in columns}
    return fans


def results_by_month(runs: Replications) -> pd.DataFrame:
    """``program_results`` over the futures: month, program, what, mean, p05 … p95."""
    months, parts = runs.histories[0].months, []
    for _, name in programs_of(runs):
        fans = result_fans(runs, name)
        parts += [_fan(fans[column], months, program=name, what=column) for column in fans if column != "liability"]
    return _joined(parts, ["month", "program", "what", *FAN])


def contacts_by_month(runs: Replications) -> pd.DataFrame:
    """Campaigns that events set off, over the futures: month, campaign, what, mean, p05 … p95.

    What: `members` (people under its effect at the month's end), `contacts` and `running_cost` of the month, `orders` of those under
    its effect.
    """
    first, parts = runs.histories[0], []
    for name in triggered(runs):
        tables = [results_of_program(history, first.program_names.index(name)) for history in runs.histories]
        for column in TRIGGERED:
            values = np.stack([table[column].to_numpy(np.float64) for table in tables])
            parts.append(_fan(values, first.months, campaign=name, what=column))
    return _joined(parts, ["month", "campaign", "what", *FAN])


def members_by_month(runs: Replications) -> pd.DataFrame:
    """``program_members`` over the futures: month, program, level, mean, p05 … p95."""
    names = [name for _, name in programs_of(runs)]
    tables = [program_members(history) for history in runs.histories] if names else []
    parts = []
    for name in names:
        own = [table[table["program"] == name] for table in tables]
        for level in dict.fromkeys(own[0]["level"]):
            at = [table[table["level"] == level] for table in own]
            values = np.stack([table["members"].to_numpy(np.float64) for table in at])
            parts.append(_fan(values, runs.histories[0].months, program=name, level=level))
    return _joined(parts, ["month", "program", "level", *FAN])


def opinion_by_month(runs: Replications) -> pd.DataFrame:
    """Who would recommend, over the futures: month, what (promoters … nps, satisfaction, top_rung … failures, recovered), mean, p05 …"""
    fans = opinion_fans(runs) if has_satisfaction(runs) else {}
    months = runs.histories[0].months
    return _joined([_fan(values, months, what=column) for column, values in fans.items()], ["month", "what", *FAN])


@once
def survey_by_month(runs: Replications) -> pd.DataFrame:
    """What a survey would have found in one future, as pages draw it: month, asked, answers, nps, standard_error, low, high, true.

    The interval ends at −100 and 100. It is the future whose score is nearest to the median of all, month by month: another would look
    like a biased survey beside them.
    """
    if not has_satisfaction(runs):
        return pd.DataFrame()
    scores = np.stack([net_promoter_score(history)["nps"].to_numpy(np.float64) for history in runs.histories])
    apart = np.nan_to_num(np.abs(scores - quantile(scores, 0.5, axis=0))).sum(axis=1)
    found = nps_survey(runs.histories[int(apart.argmin())], runs.scenario.survey)
    least, most = BOUNDS["points of NPS"]
    return found.assign(low=found["low"].clip(lower=least), high=found["high"].clip(upper=most))


def _fan(values: Floats, months: Floats, **names: str) -> pd.DataFrame:
    """Mean and quantiles over the futures in which the number exists, by month."""
    table = pd.DataFrame({"month": months, **names})
    unknown = np.isnan(values)
    kept = [column[~without] for column, without in zip(values.T, unknown.T, strict=True)]
    table["mean"] = [float(column.mean()) if column.size else np.nan for column in kept]
    levels, whole = list(QUANTILES.values()), ~unknown.any(axis=0)
    found = np.full((len(levels), values.shape[1]), np.nan)
    if whole.any():
        found[:, whole] = quantile(values[:, whole], levels, axis=0)
    for place in np.flatnonzero(~whole):
        if kept[place].size:
            found[:, place] = quantile(kept[place], levels)
    for name, line in zip(QUANTILES, found, strict=True):
        table[name] = line
    return table


def _joined(parts: Sequence[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
