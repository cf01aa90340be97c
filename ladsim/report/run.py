"""The page of one strategy's futures: what to expect.

In: `Replications`. Out: a `Page` with a headline, fans, the ladder, and every measure with its unit, interval and definition.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ladsim.measures.explanation import Measure, study_measures
from ladsim.measures.ladder import goal_name
from ladsim.planning import pairs
from ladsim.planning.attainment import judged
from ladsim.planning.break_even import payback
from ladsim.planning.breakdown import growth_note, sample_note
from ladsim.planning.extra import extra as beyond
from ladsim.planning.measure_table import estimate
from ladsim.planning.results import Replications
from ladsim.planning.verdict import extra_words
from ladsim.report import assumptions, extra, holdouts, loyalty, sections, series
from ladsim.report.page_model import Answer, Cell, Grid, Page, Section, grid, words
from ladsim.report.wheel import wheel_section
from ladsim.scenario.naming import Namer
from ladsim.scenario.strategies import BASE
from ladsim.scenario.variants import without_levers
from ladsim.words import Words
from ladsim.words.catalogue import tight
from ladsim.words.numerals import DASH, SPACE

FEW = 10
UNITS = {
    "months": "unit.months",
    "orders a month": "unit.a_month",
    "currency per currency": "unit.times",
    "per customer and month": "unit.per_customer_and_month",
}


def page(study: Replications, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of one strategy says."""
    namer = Namer(study.source)
    speech = namer.speech
    months = speech.number(float(study.histories[0].months[-1]), 6)
    rungs, reason = sections.rungs([study])
    name = study.strategy or BASE
    wheel = list(filter(None, [wheel_section(study)]))
    asked_for_wheel = command.split()[1:2] == ["wheel"]  # then it stands first
    kinds = {goal_name(goal): "share" if goal.number is None else "number" for goal in study.source.goals}
    goals = judged(study.source.goals, name, study, series.paired(study))
    return Page(
        title=speech.say("page.title_run", name=study.source.heading),
        overline=speech.say(
            "page.overline",
            kind=speech.say("page.kind_run", label=study.label),
            months=months,
            people=speech.number(study.source.market_size),
            futures=study.count,
        ),
        verdict=tight("\n".join(filter(None, _verdict(study, months, speech)))),
        caveat="",
        notes=tuple(notes(study)),
        answers=(
            _how_sure(study, speech),
            _when(study, speech),
            _customers(study, speech),
            _spend(study, speech),
            believe(study),
        ),
        first=(_measures(study, namer),),
        sections=(
            *(wheel if asked_for_wheel else []),
            sections.profit([study], speech.say("page.c_profit")),
            Section("money", speech.say("page.t_statement"), (), (_statement(study, namer),)),
            rungs,
            sections.ladder([study], study),
            sections.customers([study], study),
            *loyalty.sections([study]),
            *filter(None, [holdouts.section([study])]),
            *([] if asked_for_wheel else wheel),
            sections.goals(goals, {name: study.label}, kinds, namer),
            assumptions.assumptions([study], namer),
            assumptions.limits(study.scenario, study, reason),
            assumptions.made(study.source, study, command, manifest),
        ),
    )


def notes(study: Replications) -> list[str]:
    """What else a reader must know."""
    said, speech = [], series.speech(study)
    if study.interrupted:
        said.append(speech.say("note.stopped", count=study.count, asked=study.asked))
    if study.count < FEW:
        said.append(speech.say("note.few", count=study.count))
    said += filter(None, [sample_note(study), growth_note(study)])
    return [*said, *study.world_notes]


def believe(study: Replications) -> Answer:
    """How much of the file is belief."""
    n, assumed, ranges = assumptions.counts([study])
    speech = series.speech(study)
    short = speech.say("page.a_believe_none")
    if assumed:
        short = speech.say("page.a_believe_one") if assumed == 1 else speech.say("page.a_believe", n=assumed)
    return Answer(speech.say("page.q_believe"), short, (speech.say("page.d_believe_all", n=n, assumed=assumed, ranges=ranges),))


def _headline(study: Replications, months: str, speech: Words) -> str:
    profit, currency = series.scalars(study, "profit"), study.scenario.currency
    low, high = (speech.money(float(np.quantile(profit, q)), currency) for q in (0.05, 0.95))
    mean = float(profit.mean())
    if study.count == 1:
        return speech.say("page.v_run_one", profit=speech.money(mean, currency), months=months)
    key = "page.v_run_loss" if mean < 0 else "page.v_run" if study.strategy else "page.v_run_bare"
    return speech.say(key, profit=speech.money(abs(mean), currency), months=months, label=study.label, low=low, high=high)


def _verdict(study: Replications, months: str, speech: Words) -> list[str]:
    """What to expect, and what of it what is done brings: a profit may be there without it, too. What surely loses is said first."""
    headline = _headline(study, months, speech)
    if study.nothing is None:
        return [headline]
    found, currency = beyond(study, study.nothing), study.scenario.currency
    low, high = found.extra_profit.low, found.extra_profit.high
    if math.isnan(low):
        return [headline]
    said = {"amount": speech.money(abs(found.extra_profit.value), currency), "label": study.label, "months": months}
    price = extra_words(found, currency, speech)
    if high < 0.0:
        limits = speech.say("verdict.limits", interval=speech.money_between(-high, -low, currency))
        return [speech.say("page.v_beyond_first", **said, limits=limits), price, headline]
    said["limits"] = speech.say("verdict.limits", interval=speech.money_between(low, high, currency))
    if low > 0.0:
        return [headline, speech.say("page.v_beyond_more", **said), price]
    said["amount"] = speech.money(found.extra_profit.value, currency, True)
    return [headline, speech.say("page.v_beyond_unsure", **said), price]


def _how_sure(study: Replications, speech: Words) -> Answer:
    profit, paired = series.scalars(study, "profit"), series.paired(study)
    loss = pairs.probability(profit < 0, paired)
    said = [speech.say("page.d_loss", p=speech.percent(loss.value), low=speech.percent(loss.low), high=speech.percent(loss.high))]
    parts = pairs.split(profit, paired)
    if paired and math.isfinite(parts.share_luck):
        said.append(
            speech.say("page.d_split_run", luck=speech.percent(parts.share_luck), unknown=speech.percent(parts.share_not_knowing))
        )
    elif not paired:
        said.append(speech.say("page.d_all_luck"))
    short = speech.money_between(float(np.quantile(profit, 0.05)), float(np.quantile(profit, 0.95)), study.scenario.currency)
    return Answer(speech.say("page.q_sure"), short, tuple(said))


def _when(study: Replications, speech: Words) -> Answer:
    """When what is done has earned back its money; where nothing is done, from when on the business is in profit."""
    black = series.black_from(study)
    months = speech.number(float(study.histories[0].months[-1]), 6)
    if study.nothing is not None:
        found = payback(study, study.nothing)
        return extra.payback_answer(found, study.label, months, speech, [series.black_words(study)])
    if math.isnan(black):
        short = speech.say("page.a_even_never", months=months)
    else:
        short = speech.say("page.a_even_start") if black <= 0 else speech.say("page.a_even", month=speech.month(black))
    return Answer(speech.say("page.q_black"), short, (series.black_words(study),))


def _customers(study: Replications, speech: Words) -> Answer:
    middle = {key: series.middle(study, key) for key in ("customers_end", "new_customers", "referred_share", "churn_share")}
    said = speech.say(
        "page.d_customers",
        new=speech.people(middle["new_customers"]),
        referred=speech.percent(middle["referred_share"]),
        churn=speech.percent(middle["churn_share"]),
    )
    return Answer(
        speech.say("page.q_customers"), speech.say("page.a_customers", n=speech.people(middle["customers_end"])), (said,)
    )


def _spend(study: Replications, speech: Words) -> Answer:
    """What an extra customer costs, against the same market without campaigns, programmes and policies."""
    if study.nothing is not None:
        return extra.Told(beyond(study, study.nothing), study.scenario.currency, speech).answer(study.label)
    if without_levers(study.source, study.scenario) is None:
        return Answer(speech.say("extra.q_price"), speech.say("extra.a_nothing"), (speech.say("extra.d_nothing"),))
    return Answer(speech.say("extra.q_price"), DASH, (speech.say("extra.d_not_played"),))


def _measures(study: Replications, namer: Namer) -> Grid:
    rows: list[list[str | Cell]] = []
    speech = namer.speech
    meanings = study_measures(speech.language)
    for key in study.summaries[0].scalars:
        rung = key.removeprefix("end_") if key.startswith("end_") else ""
        about = meanings[key if key in meanings else "end_RUNG"]
        title = speech.say("page.per_end", rung=namer.rung(rung)) if rung else about.title
        values = series.scalars(study, key)
        known = values[np.isfinite(values)]
        if not known.size:
            continue
        mean = estimate(study, key)
        small = _range(mean.low, mean.high, about, namer)
        spread = _range(float(np.quantile(known, 0.05)), float(np.quantile(known, 0.95)), about, namer)
        meaning = Cell(about.definition, about.formula, numeric=False)
        rows.append([words(title), Cell(_shown(mean.value, about, namer), small), Cell(spread), meaning])
    head = (speech.say("page.measure"), speech.say("page.h_mean"), speech.say("page.h_ninety"), speech.say("page.h_meaning"))
    return grid(speech.say("page.t_measures"), head, rows, speech.say("page.n_measures"))


def _shown(value: float, about: Measure, namer: Namer) -> str:
    speech = namer.speech
    if about.unit == "currency":
        return speech.money(value, namer.scenario.currency)
    if about.unit.startswith("share"):
        return speech.percent(value)
    return speech.people(value) if about.unit in ("people", "orders") else speech.number(value) + _unit(about, speech)


def _unit(about: Measure, speech: Words) -> str:
    """What stands behind a number that is no amount, share or count."""
    return SPACE + speech.say(UNITS[about.unit]).replace(" ", SPACE) if about.unit in UNITS else ""


def _range(low: float, high: float, about: Measure, namer: Namer) -> str:
    """An interval with its unit said once; what cannot be negative ends at 0."""
    speech = namer.speech
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return ""
    if about.unit == "currency":
        return speech.money_between(low, high, namer.scenario.currency)
    low = low if about.unit == "currency per currency" else max(0.0, low)
    first = _shown(low, about, namer).removesuffix(_unit(about, speech) or "\0")
    return speech.between(first, _shown(high, about, namer))


def _statement(study: Replications, namer: Namer) -> Grid:
    causes: dict[str, Any] = {namer.cause(name): values for name, values in series.statement(study).items()}
    profit = series.scalars(study, "profit")
    currency, speech = study.scenario.currency, namer.speech

    def row(label: str, values: Any, strong: bool = False) -> list[str | Cell]:
        spread = speech.money_between(float(np.quantile(values, 0.05)), float(np.quantile(values, 0.95)), currency)
        return [
            Cell(label, strong=strong, numeric=False),
            Cell(speech.money(float(values.mean()), currency), strong=strong),
            Cell(spread),
        ]

    rows = [row(label, values) for label, values in causes.items()] + [row(speech.say("page.profit"), profit, True)]
    return grid(
        speech.say("page.t_statement"), (speech.say("page.cause"), speech.say("page.h_mean"), speech.say("page.h_ninety")), rows
    )
