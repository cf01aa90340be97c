"""Which strategy to choose, by how much, how sure that is, and why.

In: a scenario and its strategies. Out: a `Comparison`. All strategies meet the same customers with the same luck and the same values
of what we do not know, so they are compared future by future: the interval is that of the differences, which is far narrower than
the spread of either (common random numbers; Heikes, Montgomery & Rardin 1976).

To add a column: ``_outcomes`` and ``_differences`` make them, `Comparison` names them, ``columns.COLUMNS`` says their unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Unpack, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import StudyError
from ladsim.i18n import Locale
from ladsim.measures.uncertainty import quantile
from ladsim.planning import chance_of_best, pairs, until_sure, verdict
from ladsim.planning.after_horizon import COLUMNS as AFTER_COLUMNS
from ladsim.planning.after_horizon import extra_after
from ladsim.planning.attainment import judged
from ladsim.planning.break_even import break_even, cumulative_profit, payback
from ladsim.planning.compare_tables import own_tables
from ladsim.planning.difference_parts import by_part, causes, rungs, steps
from ladsim.planning.extra import extra, extra_table
from ladsim.planning.leads import Leads, ahead
from ladsim.planning.notes import notes
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.other_graphs import COLUMNS as GRAPH_COLUMNS
from ladsim.planning.other_graphs import graph_table, other_graphs
from ladsim.planning.replications import Replications, Setting, same_futures
from ladsim.planning.run import run_with_extra, together
from ladsim.planning.run import until_sure as played_until_sure
from ladsim.planning.same_budget import same_budget as at_the_same_budget
from ladsim.planning.selection import Judgement
from ladsim.planning.sensitivity import ENOUGH_DRAWS, deciding, sensitivity
from ladsim.planning.standing import second_look
from ladsim.planning.studies import Shown, StudyKind
from ladsim.planning.who_gained import COLUMNS as WHO_COLUMNS
from ladsim.planning.who_gained import who_gained
from ladsim.scenario.acting import acting_keys
from ladsim.scenario.address import numbers
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import BASE

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison(Shown):
    """Strategies under the same luck, and what follows for the choice between them.

    All tables are tidy, `strategy` is a column. Each `low` and `high` is a 95 % interval of what stands before it (of a mean: what
    more replications would narrow); `p05`, `p50`, `p95` are quantiles over the futures. Amounts are in the scenario's currency for
    the whole market and the whole time.

    ================= =====================================================================================================
    table             columns
    ================= =====================================================================================================
    ``outcomes``      strategy, label, spend, profit, profit_low, profit_high, profit_p05, profit_p50, profit_p95,
                      discounted_profit (+ _low, _high), revenue, new_customers, p_best (+ _low, _high), payback_month (from when on
                      it stays ahead of base; + payback_low, _high)
    ``extra``         what a strategy brings beyond base, a row per strategy: strategy, label, and each with _low and _high extra_money,
                      extra_profit, extra_customers (at the end), extra_new_customers, cost_per_extra_customer,
                      cost_per_extra_new_customer, return_on_extra_money; why ("few", "no_money", "money_unsure", "saves",
                      "unsure", "fewer": why there is no cost per extra customer)
    ``differences``   best − other, a row per other strategy: strategy, label, mean, low, high, discounted_mean (+ _low, _high),
                      p_better (+ _low, _high), spread_sd, share_luck (+ _low, _high), share_not_knowing (+ _low, _high),
                      break_even_month (+ _low, _high): NaN where that is not before the horizon
    ``sensitivity``   how much best − runner_up depends on each uncertain number, most first: key, share (of its spread between
                      parameter draws), share_low (its lower 95 % limit), direction (1: more of it favours the best), p_value (all
                      numbers allowed for), low_value, high_value, difference_low, difference_high (median and mean difference in
                      the lower and upper half of its draws), turns (these two surely differ in sign), source, is_assumption
    ``by_cause``      best − other: strategy, cause, mean, low, high, best, other (mean totals; costs are negative)
    ``by_flow``       best − other: strategy, kind ("step": customers who took it; "rung": customers there at the end), step,
                      mean, low, high, best, other
    ``who_gained``    best − other: strategy, segment, rung (empty: all of them), people_gained (at the end), money_gained (booked on
                      them while there), each + _low, _high
    ``other_graphs``  whether the verdict stands under other graphs, where that was asked for (else empty): graph, mean_ties, best,
                      rival, mean, low, high (lead of the best), stands ("yes", "unsure", "decided", "other")
    ``after_horizon`` the longer view, where it was taken (else empty), a row per strategy: strategy, label, months_after, futures (that were
                      played on), extra_profit (beyond base, at the horizon), extra_profit_then (so many months later; each + _low, _high)
    ``sure.table``    of a study that was played until it knew, each strategy against the best of the others: see ``until_sure.Sure``
    ``goals``         strategy, goal, wanted, by_month, median, probability (+ _low, _high)
    ================= =====================================================================================================
    """

    kind: ClassVar[str] = "compare"

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
    who_gained: pd.DataFrame
    goals: pd.DataFrame
    extra: pd.DataFrame
    verdict: str  # a line each: what to choose, whether it earns back its money, what an extra customer costs
    caveat: str  # a second one when an assumption decides it, else ""
    other_graphs: pd.DataFrame = field(default_factory=pd.DataFrame)
    after_horizon: pd.DataFrame = field(default_factory=pd.DataFrame)
    sure: until_sure.Sure | None = None  # what is known, where it was looked at all along
    brought: tuple[str, ...] = ()  # keys of the overrides that were found for the same budget
    notes: tuple[str, ...] = ()  # what else a reader must know: unequal budgets, a stopped study, too few runs

    @property
    def measures(self) -> pd.DataFrame:
        """Every measure of every strategy with its uncertainty: strategy, then as in `Replications.measures`."""
        tables = [run.measures.assign(strategy=strategy) for strategy, run in self.runs.items()]
        whole = pd.concat(tables, ignore_index=True)
        return whole[["strategy", *(column for column in whole.columns if column != "strategy")]]

    @property
    def source(self) -> Scenario:
        """The same as `scenario`."""
        return self.scenario

    @property
    def futures(self) -> dict[str, Replications]:
        """The same as `runs`."""
        return self.runs

    @property
    def interrupted(self) -> bool:
        """Whether the study was stopped before all replications were done."""
        return next(iter(self.runs.values())).interrupted


@with_study_options(months_after=None)
def compare(
    scenario: Scenario,
    strategies: Sequence[str | None] | None = None,
    *,
    same_budget: float | None = None,
    graphs: bool = False,
    until: until_sure.UntilSure | None = None,
    tell: Callable[[Judgement], None] | None = None,
    **options: Unpack[StudyOptions],
) -> Comparison:
    """The strategies of a scenario under the same luck, and what follows for the choice between them.

    None means all of the file. Base, the scenario as it stands, is always played beside them: it says what would have come anyway.
    With `same_budget` every strategy costs that much in all, programmes included (``planning.same_budget``); the numbers found for it
    are among the overrides of the study's setting. `graphs` plays the same comparison under other graphs, too (``other_graphs``): it says
    whether the verdict depends on the one graph that was drawn for the file. `months_after` is a longer view, months after the
    horizon (None: base's mean customer lifetime; 0: none): see ``replicate``. Where it names another, the verdict says both.
    With `until` (a ``ladsim.UntilSure``) it is checked after every few futures and ends when it is known which strategy is the best, in
    place of after so many `replications`; `tell` hears how they stand. Its intervals of differences hold at every number of futures.
    Raises StudyError where there is nothing to compare, or no generated graph, and what ``replicate`` raises.

    >>> import ladsim
    >>> shop = ladsim.load("acquisition_vs_retention")
    >>> duel = ladsim.compare(shop, ["acquisition_first", "retention_first"], replications=4, sample=200, processes=1)
    >>> duel.outcomes[["strategy", "profit"]].round()
                strategy    profit
    0  acquisition_first  179839.0
    1    retention_first  174534.0
    2               base  154932.0
    >>> print(duel.verdict.splitlines()[0])
    “New customers first” and “Old customers first” cannot be told apart at this number of runs (4): ...
    """
    asked = asked_for(scenario, strategies)
    if same_budget is None:
        return _played(scenario, asked, (), graphs, until, tell, options)
    found = at_the_same_budget(scenario, asked, same_budget, **options)
    options["overrides"] = {**(options.get("overrides") or {}), **found}
    return _played(scenario, asked, tuple(found), graphs, until, tell, options)


def _again(scenario: Scenario, strategies: Sequence[str | None], **given: Any) -> Comparison:
    """The comparison of a manifest, whose overrides hold the numbers that were found for a budget."""
    brought, graphs, until = given.pop("brought", ()), given.pop("graphs", False), given.pop("until", None)
    return _played(scenario, asked_for(scenario, strategies), tuple(brought), graphs, until, None, cast(StudyOptions, given))


def _played(
    scenario: Scenario,
    asked: list[str | None],
    brought: tuple[str, ...],
    graphs: bool,
    until: until_sure.UntilSure | None,
    tell: Callable[[Judgement], None] | None,
    options: StudyOptions,
) -> Comparison:
    """The comparison; `brought`: keys of the overrides that were found for the same budget."""
    if until is not None:
        if graphs:
            raise StudyError(
                "graphs: found it beside 'until', must come without it: other graphs are played for a given number of futures"
            )
        return compared(*played_until_sure(scenario, asked, until, tell, **options), brought=brought)
    if not graphs:
        return compared(together(scenario, asked, **options), brought=brought)
    plan = other_graphs(override(scenario, options["overrides"] or {}), asked)
    runs, extra_work = run_with_extra(scenario, asked, plan.tasks, **options)
    study = compared(runs, brought=brought)
    others = {name: compared(under) for name, under in plan.runs(runs, extra_work).items()}
    return replace(study, other_graphs=graph_table(study, others))


def compared(runs: Mapping[str, Replications], sure: until_sure.Sure | None = None, brought: tuple[str, ...] = ()) -> Comparison:
    """The comparison of strategies that have been run together (the same setting, replication by replication).

    `sure`: what is known of them where they were looked at all along. `brought`: keys of the overrides that were found for the same
    budget.
    """
    labels = _labels(runs)
    runs = {name: run if run.label == labels[name] else replace(run, label=labels[name]) for name, run in runs.items()}
    paired = any(len(run.parameters.columns) for run in runs.values())
    profits = {name: profit(run) for name, run in runs.items()}
    leads = Leads(profits, paired, sure)
    candidates = _candidates(leads, base_of(runs))
    best, runner_up = candidates[:2]
    first, asked = next(iter(runs.values())), {name: run for name, run in runs.items() if run.strategy is not None}
    outcomes = _outcomes(runs, profits, paired, leads)
    differences = _differences(runs, profits, best, paired, leads)
    chances = outcomes.set_index("strategy")["p_best"]
    rival = max((name for name in candidates if name != best), key=lambda name: float(chances[name]))
    leans, rival_leans = (_sensitivity(runs, profits, best, other) for other in (runner_up, rival))
    sentence, caveat = _words(runs, profits, best, runner_up, outcomes, differences, leans, leads)
    said = second_look(sentence, runs, candidates, base_of(runs), leads)
    if sure is not None:
        locale = Locale(first.source.language, first.source.start_date)
        said += "\n" + until_sure.verdict_so_far(sure, labels, first.scenario.currency, locale, runs[base_of(runs)].count)
    return Comparison(
        scenario=first.source,
        setting=first.setting,
        runs=runs,
        best=best,
        runner_up=runner_up,
        outcomes=outcomes,
        differences=differences,
        sensitivity=leans,
        rival=rival,
        rival_sensitivity=rival_leans,
        by_cause=by_part(runs, best, paired, causes),
        by_flow=pd.concat(
            [by_part(runs, best, paired, part, kind) for kind, part in (("step", steps), ("rung", rungs))], ignore_index=True
        ),
        who_gained=who_gained(runs, best, paired),
        goals=pd.concat([judged(first.source.goals, name, run, paired) for name, run in runs.items()], ignore_index=True),
        extra=extra_table(asked, runs[base_of(runs)]),
        after_horizon=extra_after(asked, runs[base_of(runs)]),
        verdict=said,
        caveat=caveat,
        notes=tuple(notes(runs, brought)),
        sure=sure,
        brought=brought,
    )


def _sensitivity(runs: Mapping[str, Replications], profits: Mapping[str, Floats], best: str, other: str) -> pd.DataFrame:
    """What best − other depends on."""
    known = {**numbers(runs[other].scenario), **numbers(runs[best].scenario)}
    ours, theirs = same_futures(runs[best], runs[other])
    drawn = ours.parameters.combine_first(theirs.parameters)
    at_work = acting_keys(runs[best].scenario) | acting_keys(runs[other].scenario)
    return sensitivity(ahead(profits[best], profits[other]), drawn[[key for key in drawn.columns if key in at_work]], known)


def profit(runs: Replications) -> Floats:
    """Profit of each replication, over the whole time, in currency."""
    return scalar(runs, "profit")


def scalar(runs: Replications, measure: str) -> Floats:
    """One of the measures of ``Summary.scalars`` in each replication."""
    return np.array([summary.scalars[measure] for summary in runs.summaries])


def asked_for(scenario: Scenario, strategies: Sequence[str | None] | None) -> list[str | None]:
    """The strategies, and base as the last where it is not asked for."""
    if isinstance(strategies, str):  # a sequence of names to Python, and to type checkers: of letters
        raise StudyError(f"strategies: found the text {strategies!r}, must be a list of names, such as [{strategies!r}]")
    asked: list[str | None] = list(strategies) if strategies is not None else list(scenario.strategies)
    plain = BASE not in scenario.strategies
    if all(name is None or (name == BASE and plain) for name in asked) and len(asked) < 2:
        there = f"the file has {', '.join(scenario.strategies)}" if scenario.strategies else "the file has no strategies"
        raise StudyError(f"strategies: found none beside {BASE!r}, the scenario as it stands; must be at least one ({there})")
    return asked if any(name is None or (name == BASE and plain) for name in asked) else [*asked, None]


def base_of(runs: Mapping[str, Replications]) -> str:
    """The name under which the scenario as it stands was played."""
    return next(name for name, run in runs.items() if run.strategy is None)


def _candidates(leads: Leads, base: str) -> list[str]:
    """Names by mean profit, highest first; a strategy that earns in every future what base does is no other candidate than base."""
    ranked, profits = leads.ranked(), leads.profits
    apart = [name for name in ranked if name == base or not np.array_equal(profits[name], profits[base][: len(profits[name])])]
    return apart if len(apart) > 1 else ranked


def _outcomes(runs: Mapping[str, Replications], profits: Mapping[str, Floats], paired: bool, leads: Leads) -> pd.DataFrame:
    """A row per strategy: what it spends and earns, and how often it is the best."""
    all_have = min(map(len, profits.values()))
    chances, rows = chance_of_best.of_best({name: one[:all_have] for name, one in profits.items()}, paired), []
    base = base_of(runs)
    for name, run in runs.items():
        row: dict[str, Any] = {"strategy": name, "label": run.label, "spend": float(scalar(run, "spend").mean())}
        row |= _three("profit", leads.mean(name), "profit")
        row |= {f"profit_p{p:02d}": float(quantile(profits[name], p / 100)) for p in (5, 50, 95)}
        row |= _three("discounted_profit", pairs.mean(scalar(run, "discounted_profit"), paired), "discounted_profit")
        row |= {measure: float(scalar(run, measure).mean()) for measure in ("revenue", "new_customers")}
        row |= _three("p_best", chances[name], "p_best")
        row |= {"payback_month": math.nan, "payback_low": math.nan, "payback_high": math.nan}
        if run.strategy is not None:
            row |= _three("payback", payback(run, runs[base]), "payback_month")
        rows.append(row)
    return pd.DataFrame(rows)


def _differences(
    runs: Mapping[str, Replications], profits: Mapping[str, Floats], best: str, paired: bool, leads: Leads
) -> pd.DataFrame:
    """A row per strategy but the best: how far the best is ahead of it, and what of the spread is luck."""
    discounted, rows = {name: scalar(run, "discounted_profit") for name, run in runs.items()}, []
    for name in (n for n in leads.ranked() if n != best):
        gain, both = ahead(profits[best], profits[name]), same_futures(runs[best], runs[name])
        parts = pairs.split(gain, paired, runs[best].histories[0].scale)
        row: dict[str, Any] = {"strategy": name, "label": runs[name].label}
        row |= _three("", leads.of(best, name), "mean")
        more, (ours, theirs) = discounted[best][: gain.size] - discounted[name][: gain.size], map(profit, both)
        row |= _three("discounted_", pairs.mean(more, paired), "discounted_mean")
        row |= _three("p_better", chance_of_best.of_better(ours, theirs, paired), "p_better")
        row["spread_sd"] = math.sqrt(parts.total) if parts.total >= 0.0 else math.nan
        row |= _three("share_luck", pairs.Estimate(parts.share_luck, 1.0 - parts.high, 1.0 - parts.low), "share_luck")
        row |= _three("share_not_knowing", pairs.Estimate(parts.share_not_knowing, parts.low, parts.high), "share_not_knowing")
        path = cumulative_profit(both[0]) - cumulative_profit(both[1])
        row |= _three("break_even", break_even(path, runs[best].histories[0].months, paired), "break_even_month")
        rows.append(row)
    return pd.DataFrame(rows)


def _three(stem: str, estimate: pairs.Estimate, name: str) -> dict[str, float]:
    """A number and its limits as three columns: name, stem_low, stem_high."""
    ends = stem if not stem or stem.endswith("_") else f"{stem}_"
    return {name: estimate.value, f"{ends}low": estimate.low, f"{ends}high": estimate.high}


def _words(
    runs: Mapping[str, Replications],
    profits: Mapping[str, Floats],
    best: str,
    runner_up: str,
    outcomes: pd.DataFrame,
    differences: pd.DataFrame,
    leans: pd.DataFrame,
    leads: Leads,
) -> tuple[str, str]:
    """Verdict and caveat."""
    behind, leaned_against = differences.set_index("strategy"), runner_up
    # A choice is against everybody: who is further behind on average, but perhaps not behind at all, is who it cannot be told from.
    if runs[best].strategy is not None:
        open_to = (n for n in _candidates(leads, base_of(runs)) if n not in (best, base_of(runs)))
        runner_up = next((n for n in open_to if not leads.surely(best, n)), runner_up)
    gain = behind.loc[runner_up]
    own = outcomes[outcomes["strategy"] == best].iloc[0]
    base = base_of(runs)
    against, found = pairs.NOTHING, None
    told = next((name for name in (best, runner_up) if runs[name].strategy is not None), None)
    if runs[best].strategy is not None and runner_up != base:
        against = leads.of(best, base)
    if told is not None:
        found = extra(runs[told], runs[base])
    choice = verdict.Choice(
        best=runs[best].label,
        runner_up=runs[runner_up].label,
        gain=pairs.Estimate(float(gain["mean"]), float(gain["low"]), float(gain["high"])),
        best_profit=float(own["profit"]),
        p_best=float(own["p_best"]),
        strategies=len(_candidates(leads, base)),
        months=float(runs[best].histories[0].months[-1]),
        currency=runs[best].scenario.currency,
        futures=runs[best].count,
        same=all(np.equal(*map(profit, same_futures(runs[best], runs[runner_up])))),
        locale=Locale(runs[best].source.language, runs[best].source.start_date),
        names=_names(runs[best].source),
        base="" if told is None else "best" if runs[best].strategy is None else "other" if runner_up == base else "",
        none_pays=all(leads.surely(best, n) for n in _candidates(leads, base) if n not in (best, base)),
        against=against,
        extra=found,
    )
    top = deciding(leans)
    if top is None or choice.same:
        return verdict.sentence(choice), ""
    values, gains = (top["low_value"], top["high_value"]), (top["difference_low"], top["difference_high"])
    few = runs[best].count < 2 * ENOUGH_DRAWS
    # What the lead depends on was looked at against the next best by its mean: that is whom the caveat names.
    of_two = replace(choice, runner_up=runs[leaned_against].label)
    return verdict.sentence(choice), verdict.caveat(of_two, top["key"], top["share"], bool(top["turns"]), values, gains, few)


def _names(scenario: Scenario) -> dict[str, str]:
    """Labels by name of what a number's key may name."""
    if scenario.language == "en":
        return {}
    lists = (scenario.programs, scenario.segments, scenario.shocks, scenario.tactics, scenario.channels, scenario.rungs)
    called = {str(item.name): item.label for items in lists for item in items if item.name and item.label}
    return {layer.layer: layer.label for layer in scenario.word_of_mouth if layer.label} | called


def _labels(runs: Mapping[str, Replications]) -> dict[str, str]:
    """Labels; where two strategies share one, their names."""
    labels = [run.label for run in runs.values()]
    return {name: run.label if labels.count(run.label) == 1 else name for name, run in runs.items()}


def _arguments_in(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Whether a manifest's study was under other graphs, too, or was played until it knew."""
    graphs = manifest.get("graphs", False)
    if not isinstance(graphs, bool):
        raise ValueError(f"its graphs are {graphs!r}, must be true or false")
    found: dict[str, Any] = {"graphs": True} if graphs else {}
    brought = manifest.get("same_budget", [])
    if not (isinstance(brought, list) and all(isinstance(key, str) for key in brought)):
        raise ValueError(f"its same_budget is {brought!r}, must be a list of keys")
    return found | ({"brought": brought} if brought else {}) | until_sure.arguments_in(manifest)


def _arguments(study: Comparison) -> dict[str, Any]:
    found: dict[str, Any] = {} if study.other_graphs.empty else {"graphs": True}
    found |= {"same_budget": list(study.brought)} if study.brought else {}
    return found | ({} if study.sure is None else {"until_sure": {"within": study.sure.given}})


STUDY = StudyKind(
    again=_again,
    own_tables=own_tables,
    arguments=_arguments,
    arguments_in=_arguments_in,
    columns={**GRAPH_COLUMNS, **AFTER_COLUMNS, **WHO_COLUMNS, **until_sure.COLUMNS},
)
