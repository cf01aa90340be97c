"""The page of one strategy's futures: what to expect.

In: `Replications`. Out: a `Page` with a headline, fans, the ladder, and every measure with its unit, interval and definition.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ladsim.measures.dictionary import MEASURES, Measure
from ladsim.measures.ladder import goal_name
from ladsim.planning import pairs
from ladsim.planning.breakdown import growth_note, sample_note
from ladsim.planning.reached import judged
from ladsim.planning.results import Replications
from ladsim.planning.run import BASE
from ladsim.report import grounds, numerals, sections, series
from ladsim.report.numerals import money, money_between, number, people, percent
from ladsim.report.parts import Answer, Cell, Grid, Page, Section, grid, words
from ladsim.report.places import Namer
from ladsim.report.sentences import SAYS

FEW = 10
UNITS = {"months": "\u00a0months", "orders a month": "\u00a0a\u00a0month", "currency per currency": "\u00a0×"}


def page(study: Replications, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of one strategy says."""
    namer = Namer(study.source)
    months = number(float(study.histories[0].months[-1]), 6)
    rungs, reason = sections.rungs([study])
    name = study.strategy or BASE
    kinds = {goal_name(goal): "share" if goal.number is None else "number" for goal in study.source.goals}
    goals = judged(study.source.goals, name, study, series.paired(study))
    return Page(
        title=SAYS["title_run"].format(name=study.source.heading),
        overline=SAYS["overline"].format(
            kind=SAYS["kind_run"].format(label=study.label),
            months=months,
            people=number(study.source.market_size),
            futures=study.count,
        ),
        verdict=_headline(study, months),
        caveat="",
        notes=tuple(notes(study)),
        answers=(_how_sure(study), _when(study), _customers(study), _spend(study), believe(study)),
        first=(_measures(study, namer),),
        sections=(
            sections.profit([study], SAYS["c_profit"]),
            Section("money", SAYS["t_statement"], (), (_statement(study, namer),)),
            rungs,
            sections.ladder([study], study),
            sections.customers([study], study),
            sections.goals(goals, {name: study.label}, kinds, namer),
            grounds.assumptions(study.source, namer),
            grounds.limits(study.scenario, study, reason),
            grounds.made(study.source, study, command, manifest),
        ),
    )


def notes(study: Replications) -> list[str]:
    """What else a reader must know."""
    said = []
    if study.interrupted:
        said.append(SAYS["n_stopped"].format(count=study.count, asked=study.asked))
    if study.count < FEW:
        said.append(SAYS["n_few"].format(count=study.count))
    said += filter(None, [sample_note(study), growth_note(study)])
    return [*said, *study.world_notes]


def believe(study: Replications) -> Answer:
    """How much of the file is belief."""
    n, assumed, ranges = grounds.counts(study.source)
    short = SAYS["a_believe_none"]
    if assumed:
        short = SAYS["a_believe_one"] if assumed == 1 else SAYS["a_believe"].format(n=assumed)
    return Answer(SAYS["q_believe"], short, (SAYS["d_believe_all"].format(n=n, assumed=assumed, ranges=ranges),))


def _headline(study: Replications, months: str) -> str:
    profit, currency = series.scalars(study, "profit"), study.scenario.currency
    low, high = (money(float(np.quantile(profit, q)), currency) for q in (0.05, 0.95))
    mean = float(profit.mean())
    key = "v_run_loss" if mean < 0 else "v_run" if study.strategy else "v_run_bare"
    return SAYS[key].format(profit=money(abs(mean), currency), months=months, label=study.label, low=low, high=high)


def _how_sure(study: Replications) -> Answer:
    profit, paired = series.scalars(study, "profit"), series.paired(study)
    loss = pairs.probability(profit < 0, paired)
    said = [SAYS["d_loss"].format(p=percent(loss.value), low=percent(loss.low), high=percent(loss.high))]
    parts = pairs.split(profit, paired)
    if paired and math.isfinite(parts.share_luck):
        said.append(SAYS["d_split_run"].format(luck=percent(parts.share_luck), unknown=percent(parts.share_not_knowing)))
    elif not paired:
        said.append(SAYS["d_all_luck"])
    short = money_between(float(np.quantile(profit, 0.05)), float(np.quantile(profit, 0.95)), study.scenario.currency)
    return Answer(SAYS["q_sure"], short, tuple(said))


def _when(study: Replications) -> Answer:
    black = series.black_from(study)
    months = number(float(study.histories[0].months[-1]), 6)
    if math.isnan(black):
        return Answer(SAYS["q_even"], SAYS["a_even_never"].format(months=months), (SAYS["d_black_never"],))
    if black <= 0:
        return Answer(SAYS["q_even"], SAYS["a_even_start"], (SAYS["d_black_start"],))
    month = numerals.month(black)
    return Answer(SAYS["q_even"], SAYS["a_even"].format(month=month), (SAYS["d_black"].format(month=month),))


def _customers(study: Replications) -> Answer:
    middle = {key: series.middle(study, key) for key in ("customers_end", "new_customers", "referred_share", "churn")}
    said = SAYS["d_customers"].format(
        new=people(middle["new_customers"]), referred=percent(middle["referred_share"]), churn=percent(middle["churn"])
    )
    return Answer(SAYS["q_customers"], SAYS["a_customers"].format(n=people(middle["customers_end"])), (said,))


def _spend(study: Replications) -> Answer:
    currency = study.scenario.currency
    cost, spend = (money(series.middle(study, key), currency) for key in ("acquisition_cost", "spend"))
    if not series.middle(study, "spend") > 0.0:
        return Answer(SAYS["q_spend"], SAYS["a_spend_nothing"], (SAYS["d_spend_nothing"],))
    return Answer(SAYS["q_spend"], cost, (SAYS["d_spend"].format(spend=spend, cost=cost),))


def _measures(study: Replications, namer: Namer) -> Grid:
    rows: list[list[str | Cell]] = []
    for key in study.summaries[0].scalars:
        rung = key.removeprefix("end_") if key.startswith("end_") else ""
        about = MEASURES.get(key) or MEASURES["end_RUNG"]
        title = SAYS["per_end"].format(rung=namer.rung(rung)) if rung else about.title
        values = series.scalars(study, key)
        known = values[np.isfinite(values)]
        if not known.size:
            continue
        mean = (
            pairs.mean(values, series.paired(study))
            if known.size == values.size
            else pairs.Estimate(float(known.mean()), math.nan, math.nan)
        )
        small = _range(mean.low, mean.high, about, study)
        spread = _range(float(np.quantile(known, 0.05)), float(np.quantile(known, 0.95)), about, study)
        meaning = Cell(about.definition, about.formula, numeric=False)
        rows.append([words(title), Cell(_shown(mean.value, about, study), small), Cell(spread), meaning])
    head = (SAYS["measure"], SAYS["h_mean"], SAYS["h_ninety"], SAYS["h_meaning"])
    return grid(SAYS["t_measures"], head, rows, SAYS["n_measures"])


def _shown(value: float, about: Measure, study: Replications) -> str:
    if about.unit == "currency":
        return money(value, study.scenario.currency)
    if about.unit.startswith("share"):
        return percent(value)
    return people(value) if about.unit in ("people", "orders") else number(value) + UNITS.get(about.unit, "")


def _range(low: float, high: float, about: Measure, study: Replications) -> str:
    """An interval with its unit said once; what cannot be negative ends at 0."""
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return ""
    if about.unit == "currency":
        return money_between(low, high, study.scenario.currency)
    low = low if about.unit == "currency per currency" else max(0.0, low)
    first = _shown(low, about, study).removesuffix(UNITS.get(about.unit, "\0"))
    return numerals.between(first, _shown(high, about, study))


def _statement(study: Replications, namer: Namer) -> Grid:
    causes: dict[str, Any] = {namer.cause(name): values for name, values in series.statement(study).items()}
    profit = series.scalars(study, "profit")
    currency = study.scenario.currency

    def row(label: str, values: Any, strong: bool = False) -> list[str | Cell]:
        spread = money_between(float(np.quantile(values, 0.05)), float(np.quantile(values, 0.95)), currency)
        return [
            Cell(label, strong=strong, numeric=False),
            Cell(money(float(values.mean()), currency), strong=strong),
            Cell(spread),
        ]

    rows = [row(label, values) for label, values in causes.items()] + [row(SAYS["profit"], profit, True)]
    return grid(SAYS["t_statement"], (SAYS["cause"], SAYS["h_mean"], SAYS["h_ninety"]), rows)
