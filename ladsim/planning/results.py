"""What the studies find: plain frozen records that reports and files read.

``Replications`` holds many futures of one strategy; ``Comparison`` several strategies under the same luck; ``Targets`` what can be
promised for one strategy; ``Potential`` whom to go for; ``ProgramValue`` what programmes are worth.
Money is in the scenario's currency for the whole market, counts are people of the whole market.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import pandas as pd

from ladsim.engine.history import History
from ladsim.measures.summary import Summary
from ladsim.planning.measure_table import measures
from ladsim.scenario.draws import Draws
from ladsim.scenario.spec import Scenario


@dataclass(frozen=True)
class Setting:
    """Everything that, with the scenario, fixes a study's numbers to the last digit."""

    seed: int
    replications: int
    sample: int | None
    overrides: dict[str, Any] = field(default_factory=dict)  # dotted key → value, as given with --set and --months


@dataclass(frozen=True)
class Replications:
    """Futures of one strategy. Replication k uses parameter draw k // 2 and luck stream k."""

    strategy: str | None  # None is the scenario as it stands
    label: str
    source: Scenario  # as the file has it, overrides applied, every strategy still in it
    scenario: Scenario  # with the strategy applied, its uncertain numbers unresolved
    setting: Setting
    histories: tuple[History, ...]  # slim, by replication
    summaries: tuple[Summary, ...]  # by replication
    parameters: pd.DataFrame  # replication × dotted key of each uncertain number
    interrupted: bool = False
    stopped_by: str = ""  # in words, where it was not the user
    seconds: float = 0.0
    asked: int = 0  # replications asked for; more than setting.replications where the study was stopped
    world_notes: tuple[str, ...] = ()  # what was left out of a graph file, or could not be had in a generated graph
    nothing: Replications | None = None  # the same futures of the file without strategies and levers, where they were asked for

    @cached_property
    def draws(self) -> Draws:
        """What is not known of the scenario, draw by draw: replication k lived with draw k // 2."""
        return Draws(self.scenario, self.setting.seed)

    @property
    def count(self) -> int:
        """Number of replications that were finished."""
        return len(self.histories)

    @property
    def measures(self) -> pd.DataFrame:
        """Every measure with its uncertainty: measure, name, unit, mean, low, high, p05, p50, p95, sd, futures."""
        return measures(self).copy()


@dataclass(frozen=True)
class Comparison:
    """Strategies under the same luck, and what follows for the choice between them.

    All tables are tidy, `strategy` is a column. Each `low` and `high` is a 95 % interval of what stands before it (of a mean: what
    more replications would narrow); `p05`, `p50`, `p95` are quantiles over the futures. Amounts are in the scenario's currency for
    the whole market and the whole time.

    ===============  ======================================================================================================
    table            columns
    ===============  ======================================================================================================
    ``outcomes``     strategy, label, spend, profit, profit_low, profit_high, profit_p05, profit_p50, profit_p95,
                     discounted_profit (+ _low, _high), revenue, new_customers, p_best (+ _low, _high), payback_month (from when on
                     it stays ahead of base; + payback_low, _high)
    ``extra``        what a strategy brings beyond base, a row per strategy: strategy, label, and each with _low and _high extra_money,
                     extra_profit, extra_customers (at the end), extra_new_customers, cost_per_extra_customer,
                     cost_per_extra_new_customer, return_on_extra_money; why ("few", "no_money", "money_unsure", "saves",
                     "unsure", "fewer": why there is no cost per extra customer)
    ``differences``  best − other, a row per other strategy: strategy, label, mean, low, high, discounted_mean (+ _low, _high),
                     p_better (+ _low, _high), spread_sd, share_luck (+ _low, _high), share_not_knowing (+ _low, _high),
                     break_even_month (+ _low, _high): NaN where that is not before the horizon
    ``sensitivity``  how much best − runner_up leans on each uncertain number, most first: key, share (of its spread between
                     parameter draws), share_low (its lower 95 % limit), direction (1: more of it favours the best), p_value (all
                     numbers allowed for), low_value, high_value, difference_low, difference_high (median and mean difference in
                     the lower and upper half of its draws), turns (these two surely differ in sign), source, is_assumption
    ``by_cause``     best − other: strategy, cause, mean, low, high, best, other (mean totals; costs are negative)
    ``by_flow``      best − other: strategy, kind ("step": customers who took it; "rung": customers there at the end), step,
                     mean, low, high, best, other
    ``goals``        strategy, goal, wanted, by_month, median, probability (+ _low, _high)
    ===============  ======================================================================================================
    """

    scenario: Scenario  # as the file has it, overrides applied, every strategy still in it
    setting: Setting
    runs: dict[str, Replications]  # by strategy, in the order asked for; base last, where it was not
    best: str  # highest mean profit
    runner_up: str
    outcomes: pd.DataFrame
    differences: pd.DataFrame
    sensitivity: pd.DataFrame
    rival: str  # of the others, the one most often best: the runner-up, or another
    rival_sensitivity: pd.DataFrame  # as `sensitivity`, for best − rival
    by_cause: pd.DataFrame
    by_flow: pd.DataFrame
    goals: pd.DataFrame
    extra: pd.DataFrame
    verdict: str  # a line each: what to choose, whether it earns back its money, what an extra customer costs
    caveat: str  # a second one when an assumption decides it, else ""
    notes: tuple[str, ...] = ()  # what else a reader must know: unequal budgets, a stopped study, too few runs

    @property
    def measures(self) -> pd.DataFrame:
        """Every measure of every strategy with its uncertainty: strategy, then as in `Replications.measures`."""
        tables = [run.measures.assign(strategy=strategy) for strategy, run in self.runs.items()]
        whole = pd.concat(tables, ignore_index=True)
        return whole[["strategy", *(column for column in whole.columns if column != "strategy")]]

    @property
    def interrupted(self) -> bool:
        """Whether the study was stopped before all replications were done."""
        return next(iter(self.runs.values())).interrupted


@dataclass(frozen=True)
class Targets:
    """For one strategy and month: what will be met with 80 (commit), 50 (expect) and 20 % probability (stretch).

    ===============  ======================================================================================================
    table            columns
    ===============  ======================================================================================================
    ``rungs``        rung, meets ("at least"; "at most" where fewer is better), commit, expect, stretch (people on the rung at
                     the month), and _low and _high of each: its 95 % interval by ranks
    ``steps``        step, meets, number_commit, number_expect, number_stretch (customers who took it until the month),
                     rate_commit, rate_expect, rate_stretch (of all who were ever on the rung left), and _low, _high of each
    ``checkpoints``  month, then as in ``rungs``: every month start until the month
    ``goals``        strategy, goal, wanted, by_month, median, probability (+ _low, _high)
    ===============  ======================================================================================================
    """

    strategy: str | None
    label: str
    month: float
    runs: Replications
    rungs: pd.DataFrame
    steps: pd.DataFrame
    checkpoints: pd.DataFrame
    goals: pd.DataFrame

    @property
    def scenario(self) -> Scenario:
        """The scenario under the strategy."""
        return self.runs.scenario

    @property
    def setting(self) -> Setting:
        """What fixes the numbers."""
        return self.runs.setting


@dataclass(frozen=True)
class Potential:
    """What there is to win in each segment, what one more person is worth, and whom to go for first.

    Each `low` and `high` is a 95 % interval of the mean before it. Amounts are in the scenario's currency; a *customer value* is discounted to
    the start and is that of one person, all other money that of the whole market and the whole time.

    ===============  ======================================================================================================
    table            columns
    ===============  ======================================================================================================
    ``rungs``        segment, rung, now, end (+ _low, _high), can_be (size × addressable share; empty beside the ladder), room (can_be less
                     now), customer_value (of one more person there; + _low, _high), earned (contribution less cost to serve; + _low, _high),
                     profit_share (of all earned; + _low, _high), customer_share (of all customers at the end)
    ``segments``     segment, size, need, can_be, customers_now, customers_end (+ …), addressable (still to be won: people who are no
                     customers and have not bought before, at most can_be less customers_now), new_customers (+ …), max_acquisition_cost
                     (of winning one more that still pays; + …), cost (of winning one; + …), cost_from ("given", "campaigns" or
                     empty), campaign_cost (what the scenario's own campaigns show, whatever is given; + …), gain_rate (what a unit
                     of currency spent brings beyond itself; + …), behind (the best's gain_rate less this one; + …),
                     earned (+ …), profit_share (+ …), customer_share (+ …), abc (A: the first 80 % of what is earned, B: until
                     95 %, C)
    ``winning``      segment, step by which people are won, taken (mean number), max_acquisition_cost (+ …)
    ``plan``         place, segment, people, spend, limit ("people" or "budget"), gain_rate (+ …), gain (value won less spend; + …)
    ===============  ======================================================================================================
    """

    strategy: str | None
    label: str
    budget: float | None
    costs: dict[str, float]  # per segment, as given
    runs: Replications
    basis: Literal["closed form", "simulated"]  # of every customer value: for life, or until the horizon
    reason: str  # why there is no closed form, "" where there is
    rungs: pd.DataFrame
    segments: pd.DataFrame
    winning: pd.DataFrame
    plan: pd.DataFrame
    gain: tuple[float, float, float]  # of the whole plan, and its 95 % interval

    @property
    def scenario(self) -> Scenario:
        """The scenario under the strategy."""
        return self.runs.scenario

    @property
    def setting(self) -> Setting:
        """What fixes the numbers."""
        return self.runs.setting


@dataclass(frozen=True)
class ProgramValue:
    """What programmes are worth: ``table`` has a row per programme, and where there are several one of all together.

    Columns: program, incremental_profit, low, high, p_pays, cost, extra_orders, cost_per_extra_order (+ _low, _high), members,
    active_share, redemption_rate, breakage, liability. Amounts are in the currency, for the whole market and the whole time.
    """

    strategy: str | None
    label: str
    programs: tuple[str, ...]
    runs: Replications  # the futures with all programmes
    twins: Mapping[str, Replications]  # without each one ("without_NAME"), and "without programmes" where there are several
    table: pd.DataFrame

    @property
    def scenario(self) -> Scenario:
        """The scenario under the strategy."""
        return self.runs.scenario

    @property
    def setting(self) -> Setting:
        """What fixes the numbers."""
        return self.runs.setting
