"""What each programme earns: the market with it against its twin without it, customer by customer under the same luck.

In: a scenario with programmes. Out: a `ProgramValue`. Every future is lived again without each programme in turn, and without all of
them, so the difference is what the programme did:

    incremental profit = profit with − profit without        cost per extra order = what it cost ÷ (orders with − orders without)

The interval of a difference is that of paired futures (Heikes, Montgomery & Rardin 1976); that of the ratio is Fieller's (1954), and
there is none where it is not sure that there are extra orders. A programme's own cost is its rewards, discounts and running costs,
less the fees it takes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.programs import results_of_program
from ladsim.measures.tidy import people, ratio
from ladsim.planning import pairs
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.program_months import PREPAID, costs, owed
from ladsim.planning.replications import OfOneStrategy, Replications
from ladsim.planning.run import label_of, together, unique_names
from ladsim.planning.studies import StudyKind
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario, Strategy
from ladsim.scenario.strategies import with_strategy

Floats = NDArray[np.float64]
WITH = "with_all"
# No programme can be called so: names have no spaces.
ALL, WITHOUT_ALL = "all programmes", "without programmes"


@dataclass(frozen=True)
class ProgramValue(OfOneStrategy):
    """What programmes are worth: ``table`` has a row per programme, and where there are several one of all together.

    Columns: program, incremental_profit, low, high, p_pays, cost, extra_orders, cost_per_extra_order (+ _low, _high), members,
    active_share, redemption_rate, breakage, liability. Amounts are in the currency, for the whole market and the whole time.
    """

    kind: ClassVar[str] = "programs"

    strategy: str | None
    label: str
    programs: tuple[str, ...]
    runs: Replications  # the futures with all programmes
    twins: Mapping[str, Replications]  # without each one ("without_NAME"), and "without programmes" where there are several
    table: pd.DataFrame


@with_study_options()
def program_value(
    scenario: Scenario,
    *,
    strategy: str | None = None,
    **options: Unpack[StudyOptions],
) -> ProgramValue:
    """Each programme against the twin market without it, and all of them together.

    ``table`` has a row per programme and, where there are several, one of all together: program, incremental_profit (+ low, high: 95 %),
    p_pays (share of futures in which it earns more than it costs), cost, extra_orders, cost_per_extra_order (+ _low, _high), and at
    the horizon members, active_share, redemption_rate, breakage (NaN where nothing is issued), liability (what it owes its members in
    the currency, were all of it redeemed); means over futures. Below 0 a cost per extra order says nothing: fees exceed the cost, or
    there are fewer orders. Currency and people of the whole market. Raises StudyError where there
    is no programme, and what ``replicate`` raises.

    >>> import ladsim
    >>> shop = ladsim.load("program_points")
    >>> ladsim.program_value(shop, strategy="points", replications=4, sample=200, processes=1).table["program"].tolist()
    ['points']
    """
    overrides = options["overrides"] or {}
    source = override(scenario, overrides)
    (strategy,) = unique_names(source, [strategy]).values()
    whole = with_strategy(source, strategy)
    names = tuple(item_names("programs", whole.programs))
    if not names:
        raise StudyError(_none(source, strategy))
    beside: StudyOptions = {**options, "overrides": None}  # they are in the twins already
    runs = together(_twins(whole, names), [WITH, *_without(names)], **beside)
    rows = [_row(runs, name, f"without_{name}", [place]) for place, name in enumerate(names)]
    if len(names) > 1:
        rows.append(_row(runs, ALL, WITHOUT_ALL, list(range(len(names)))))
    here = runs[WITH]
    setting = replace(here.setting, overrides=dict(overrides))
    label = label_of(source, strategy) if strategy is not None else source.heading
    told = replace(here, strategy=strategy, label=label, source=source, setting=setting)
    return ProgramValue(
        strategy, label, names, told, {name: run for name, run in runs.items() if name != WITH}, pd.DataFrame(rows)
    )


def _none(scenario: Scenario, strategy: str | None) -> str:
    """What is said where there is no programme, with the strategies that have one."""
    have = [name for name, one in scenario.strategies.items() if one.programs]
    where = f"in the strategy {strategy}" if strategy is not None else "in this scenario"
    hint = f"; --strategy {' or '.join(have)} has" if have else ""
    return f"programs: found none {where}, must be at least one to say what it is worth{hint}"


def _without(names: tuple[str, ...]) -> list[str]:
    """The twin markets: without each programme, and, where there are several, without all of them."""
    return [*(f"without_{name}" for name in names), *([WITHOUT_ALL] if len(names) > 1 else [])]


def _twins(whole: Scenario, names: tuple[str, ...]) -> Scenario:
    """The scenario with a strategy for each set of programmes to live with, every programme under its own name in all of them."""
    named = tuple(program.model_copy(update={"name": name}) for name, program in zip(names, whole.programs, strict=True))
    strategies = {WITH: Strategy(programs=named), WITHOUT_ALL: Strategy()}
    for name in names:
        strategies[f"without_{name}"] = Strategy(programs=tuple(program for program in named if program.name != name))
    return whole.model_copy(update={"programs": (), "strategies": strategies})


def _row(runs: Mapping[str, Replications], name: str, without: str, places: list[int]) -> dict[str, Any]:
    """One programme, or several together, against the market without."""
    here, twin = runs[WITH].histories, runs[without].histories
    paired = bool(len(runs[WITH].parameters.columns))
    gain = np.array([_in_currency(a, a.profit_units - b.profit_units) for a, b in zip(here, twin, strict=True)])
    extra = np.array([_orders(a) - _orders(b) for a, b in zip(here, twin, strict=True)])
    cost = costs(runs[WITH], places)
    profit, per_order = pairs.mean(gain, paired), pairs.ratio_of_differences(cost, extra, paired)
    row: dict[str, Any] = {"program": name}
    row |= {"incremental_profit": profit.value, "low": profit.low, "high": profit.high, "p_pays": float((gain > 0.0).mean())}
    row |= {"cost": float(cost.mean()), "extra_orders": float(extra.mean())}
    row |= dict(zip(("cost_per_extra_order", "cost_per_extra_order_low", "cost_per_extra_order_high"), per_order, strict=True))
    if len(places) == 1:
        row |= _at_the_end(runs[WITH], places[0])
    return row


def _in_currency(history: History, units: int) -> float:
    """Amount units of the simulated customers as currency of the market, divided last, so that a round amount stays round."""
    return float(units * history.scale / history.unit)


def _orders(history: History) -> float:
    return float(people(history, history.orders.sum()))


def _at_the_end(runs: Replications, place: int) -> dict[str, float]:
    """How a programme stands at the horizon: means over the futures, and of what was issued the shares of all of them together."""
    tables = [results_of_program(history, place) for history in runs.histories]
    last = [table.iloc[-1] for table in tables]
    found = {name: _middle([row[name] for row in last]) for name in ("members", "active_share")}
    issued, redeemed, expired = (sum(float(table[name].sum()) for table in tables) for name in ("issued", "redeemed", "expired"))
    found |= {"redemption_rate": float(ratio(redeemed, issued)), "breakage": float(ratio(expired, issued))}
    outstanding, prepaid = (np.array([row.get(name, 0.0) for row in last]) for name in ("outstanding", PREPAID))
    return found | {"liability": float(owed(runs, runs.histories[0].program_names[place], outstanding, prepaid).mean())}


def _middle(values: list[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return float(np.mean(known)) if known else math.nan


COLUMNS = {
    "incremental_profit": ("currency", "profit with the programme less profit of the same market without it, mean"),
    "p_pays": ("share", "share of the futures in which the programme earns more than it costs"),
    "extra_orders": ("orders", "orders with the programme less orders without it, mean"),
    "cost_per_extra_order": ("currency", "cost ÷ extra orders"),
    "members": ("people", "members at the end, mean"),
    "active_share": ("share", "members with an order in the last month ÷ all who were members in it"),
    "redemption_rate": ("share", "redeemed ÷ issued until the end"),
    "breakage": ("share", "expired ÷ issued until the end"),
    "liability": ("currency", "owed to members at the end: all that could be redeemed, and fees not yet earned"),
    "programs.cost": ("currency", "rewards, discounts and running costs of the programme, less fees, mean"),
    "programs.low": ("currency", "lower limit of the 95 % interval of the mean"),
    "programs.high": ("currency", "upper limit of the 95 % interval of the mean"),
}
STUDY = StudyKind(
    again=lambda scenario, strategies, **options: program_value(scenario, strategy=strategies[0], **options),
    own_tables=lambda study: {"programs": study.table},
    columns=COLUMNS,
)
