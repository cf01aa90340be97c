"""The page of one strategy's futures: what to expect.

In: `Replications`. Out: a `Page` with a headline, fans, the ladder, and every measure with its unit, interval and definition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ladsim.i18n import Locale
from ladsim.i18n.catalogue import tight
from ladsim.i18n.numerals import DASH, SPACE
from ladsim.i18n.written import saying
from ladsim.measures.explanation import Measure, study_measures
from ladsim.measures.ladder import goal_name
from ladsim.measures.uncertainty import quantile
from ladsim.planning import pairs
from ladsim.planning.attainment import judged
from ladsim.planning.break_even import payback
from ladsim.planning.breakdown import growth_note, sample_note
from ladsim.planning.extra import extra as beyond
from ladsim.planning.measure_table import estimate
from ladsim.planning.notes import goals_of_the_start
from ladsim.planning.replications import Replications
from ladsim.planning.verdict import extra_words
from ladsim.reporting import after_horizon, assumptions, cascades, extra, holdouts, membership, recommendation, sections, series
from ladsim.reporting.literature import literature_items
from ladsim.reporting.page_model import Answer, Cell, Grid, Page, Section, grid, text_cell
from ladsim.reporting.view import Gist, View
from ladsim.reporting.wheel import wheel_picture_of, wheel_section, wheel_verdict
from ladsim.scenario.naming import Namer
from ladsim.scenario.strategies import BASE, without_levers

FEW = 10
# What a strategist reads first, on the screen and in a notebook.
MAIN = (
    *("profit", "discounted_profit", "revenue", "contribution", "spend"),
    *("new_customers", "referred_share", "customers_end", "churn_share", "repurchase_rate", "purchase_frequency"),
    "lifetime_value_contribution",
)
UNITS = {
    "months": "unit.months",
    "orders a month": "unit.a_month",
    "currency per currency": "unit.times",
    "per customer and month": "unit.per_customer_and_month",
}


def page(study: Replications, command: str = "", manifest: str = "", wheel_first: bool = False) -> Page:
    """Everything that the report of one strategy says; `wheel_first`: that was asked for, so it does not stand far below."""
    namer = Namer(study.source)
    locale = namer.locale
    months = _months(study, locale)
    rungs, reason = sections.rungs([study])
    name = study.strategy or BASE
    wheel = list(filter(None, [wheel_section(study, pictured=not wheel_first)]))
    kinds = {goal_name(goal): "share" if goal.number is None else "number" for goal in study.source.goals}
    goals = judged(study.source.goals, name, study, series.paired(study))
    return Page(
        title=locale.text("page.title_run", name=study.source.heading),
        overline=locale.text(
            "page.overline",
            kind=locale.text("page.kind_run", label=study.label),
            months=months,
            people=locale.number(study.source.market_size),
            futures=study.count,
        ),
        verdict=tight("\n".join(filter(None, (wheel_verdict(study) if wheel_first else "", verdict(study, locale))))),
        caveat="",
        notes=tuple(notes(study)),
        answers=(
            _how_sure(study, locale),
            _when(study, locale),
            _customers(study, locale),
            _spend(study, locale),
            believe(study),
        ),
        picture=(wheel_picture_of(study) if wheel_first else None) or sections.profit_picture([study]),
        first=(_measures(study, namer), *literature_items(study)),
        sections=(
            *(wheel if wheel_first else []),
            *([sections.profit([study], locale.text("page.l_profit_one"))] if wheel_first else []),
            *filter(None, [after_horizon.section(study.futures, study.nothing)]),
            Section("money", locale.text("page.t_statement"), (), (_statement(study, namer),)),
            rungs,
            sections.ladder([study], study),
            sections.customers([study], study),
            *membership.sections([study]),
            *recommendation.sections([study]),
            *filter(None, [holdouts.section([study])]),
            *([] if wheel_first else wheel),
            *filter(None, [sections.goals(goals, {name: study.label}, kinds, namer)]),
            assumptions.assumptions([study], namer),
            assumptions.limits(study.scenario, study, reason),
            assumptions.made(study.source, study, command, manifest),
        ),
    )


def notes(study: Replications, as_market: bool = False) -> list[str]:
    """What else a reader must know; `as_market`: the numbers have the luck of the whole market, not of the sample."""
    said, locale = [], series.locale(study)
    if study.interrupted:
        said.append(locale.text("note.stopped", count=study.count, asked=study.asked))
    if study.setting.months_after is None:
        said.append(locale.text("note.after_policies"))
    if study.count < FEW:
        said.append(locale.text("note.few", count=study.count))
    said += filter(None, [sample_note(study, as_market), growth_note(study)])
    return [*said, *goals_of_the_start(study), *study.world_notes]


def believe(study: Replications) -> Answer:
    """How much of the file is belief."""
    assumed, said = assumptions.counted([study])
    locale = series.locale(study)
    short = locale.text("page.a_believe_none")
    if assumed:
        short = locale.text("page.a_believe_one") if assumed == 1 else locale.text("page.a_believe", n=assumed)
    return Answer(locale.text("page.q_believe"), short, (said,))


def _ninety(values: ArrayLike) -> tuple[float, float]:
    """Between which two values 90 % of the futures lie."""
    return float(quantile(values, 0.05)), float(quantile(values, 0.95))


def _headline(study: Replications, months: str, locale: Locale) -> str:
    profit, currency = series.scalars(study, "profit"), study.scenario.currency
    low, high = locale.money_ends(*_ninety(profit), currency)
    mean = float(profit.mean())
    if study.count == 1:
        return locale.text("page.v_run_one", profit=locale.money(mean, currency), months=months)
    key = "page.v_run_loss" if mean < 0 else "page.v_run" if study.strategy else "page.v_run_bare"
    return locale.text(key, profit=locale.money(abs(mean), currency), months=months, label=study.label, low=low, high=high)


def verdict(study: Replications, locale: Locale) -> str:
    """What to expect, where futures fall into two heaps, and what of it comes of what is done; a line each."""
    return "\n".join(filter(None, [*_verdict(study, _months(study, locale), locale), cascades.headline(study, locale)]))


def _months(study: Replications, locale: Locale) -> str:
    """How many months a study looks ahead."""
    return locale.number(float(study.histories[0].months[-1]), 6)


def _verdict(study: Replications, months: str, locale: Locale) -> list[str]:
    """What to expect, and what of it what is done brings: a profit may be there without it, too. What surely loses is said first."""
    headline = _headline(study, months, locale)
    if study.nothing is None:
        return [headline]
    found, currency = beyond(study, study.nothing), study.scenario.currency
    low, high = found.extra_profit.low, found.extra_profit.high
    if math.isnan(low):
        return [headline]
    said = {"amount": locale.money(abs(found.extra_profit.value), currency), "label": study.label, "months": months}
    price = extra_words(found, study.label, currency, locale)
    if both := after_horizon.beyond_nothing(study):  # what the horizon alone says would mislead
        return [both, price, headline] if high < 0.0 else [headline, both, price]
    if high < 0.0:
        limits = locale.text("verdict.limits", interval=locale.money_between(-high, -low, currency))
        return [locale.text("page.v_beyond_first", **said, limits=limits), price, headline]
    said["limits"] = locale.text("verdict.limits", interval=locale.money_between(low, high, currency))
    if low > 0.0:
        return [headline, locale.text("page.v_beyond_more", **said), price]
    said["amount"] = locale.money(found.extra_profit.value, currency, True)
    return [headline, locale.text("page.v_beyond_unsure", **said), price]


def _how_sure(study: Replications, locale: Locale) -> Answer:
    """The box on how sure the profit is, and why not surer."""
    profit, paired = series.scalars(study, "profit"), series.paired(study)
    loss = pairs.probability(profit < 0, paired)
    said = [
        locale.text("page.d_loss", p=locale.percent(loss.value), low=locale.percent(loss.low), high=locale.percent(loss.high))
    ]
    parts = pairs.split(profit, paired, study.histories[0].scale)
    if paired and math.isfinite(parts.share_luck):
        luck = pairs.Estimate(parts.share_luck, 1.0 - parts.high, 1.0 - parts.low)
        said += series.split_said("page.d_split_run", luck, study)
    elif not paired:
        said.append(locale.text("page.d_all_luck"))
    short = locale.money_between(*_ninety(profit), study.scenario.currency)
    return Answer(locale.text("page.q_sure"), short, tuple(said))


def _when(study: Replications, locale: Locale) -> Answer:
    """When what is done has earned back its money; where nothing is done, from when on the business is in profit."""
    black = series.black_from(study)
    months = locale.number(float(study.histories[0].months[-1]), 6)
    if study.nothing is not None:
        found = payback(study, study.nothing)
        return extra.payback_answer(found, study.label, months, locale, [series.black_words(study)])
    if math.isnan(black):
        short = locale.text("page.a_even_never", months=months)
    else:
        short = locale.text("page.a_even_start") if black <= 0 else locale.text("page.a_even", month=locale.month(black))
    return Answer(locale.text("page.q_black"), short, (series.black_words(study),))


def _customers(study: Replications, locale: Locale) -> Answer:
    """The box on customers at the end, where they come from and how many leave."""
    middle = {key: series.middle(study, key) for key in ("customers_end", "new_customers", "referred_share", "churn_share")}
    said = locale.text(
        "page.d_customers",
        new=locale.people(middle["new_customers"]),
        referred=locale.percent(middle["referred_share"]),
        churn=locale.percent(middle["churn_share"]),
    )
    return Answer(
        locale.text("page.q_customers"), locale.text("page.a_customers", n=locale.people(middle["customers_end"])), (said,)
    )


def _spend(study: Replications, locale: Locale) -> Answer:
    """What an extra customer costs, against the same market without campaigns, programmes and policies."""
    if study.nothing is not None:
        return extra.ExtraWords(beyond(study, study.nothing), study.scenario.currency, locale).answer(study.label)
    if without_levers(study.source, study.scenario) is None:
        return Answer(locale.text("extra.q_price"), locale.text("extra.a_nothing"), (locale.text("extra.d_nothing"),))
    return Answer(locale.text("extra.q_price"), DASH, (locale.text("extra.d_not_played"),))


def _measures(study: Replications, namer: Namer, keys: Sequence[str] = ()) -> Grid:
    """Every measure with its meaning, or those of `keys`."""
    rows: list[list[str | Cell]] = []
    locale = namer.locale
    meanings = study_measures(locale.language)
    keys = keys or list(study.summaries[0].scalars)
    beside = "referral_factor" if "referral_factor" in keys else "referred_share"
    for key in keys:
        rung = key.removeprefix("end_") if key.startswith("end_") else ""
        about = meanings[key if key in meanings else "end_RUNG"]
        title = locale.text("page.per_end", rung=namer.rung(rung)) if rung else about.title
        values = series.scalars(study, key)
        known = values[np.isfinite(values)]
        if key == beside and (brings := cascades.row(study, locale)) is not None:
            rows.append(brings)
        if not known.size:
            continue
        mean = estimate(study, key)
        row = (mean.value, mean.low, mean.high, *_ninety(known))
        small = _range(mean.low, mean.high, about, namer, row)
        spread = _range(*_ninety(known), about, namer, row)
        meaning = Cell(about.definition, about.formula, numeric=False)
        shown = _shown(mean.value, about, namer, row)
        if key == "acquisition_cost" and mean.value == 0.0:  # no bargain: nobody paid for anybody
            shown, small, spread = locale.text("page.nothing_spent"), "", ""
        rows.append([text_cell(title), Cell(shown, small), Cell(spread), meaning])
    head = (locale.text("page.measure"), locale.text("page.h_mean"), locale.text("page.h_ninety"), locale.text("page.h_meaning"))
    return grid(locale.text("page.t_measures"), head, rows, locale.text("page.n_measures"))


def _shown(value: float, about: Measure, namer: Namer, row: Sequence[float]) -> str:
    """A number in its unit, told as the others of its row."""
    locale = namer.locale
    if about.unit == "currency":
        return locale.money(value, namer.scenario.currency)
    if about.unit.startswith("share"):
        return locale.percent_beside(row)(value)
    number = locale.number(value)
    return locale.people(value) if about.unit in ("people", "orders") else number.saying(number + _unit(about, locale))


def _unit(about: Measure, locale: Locale) -> str:
    """What stands behind a number that is no amount, share or count."""
    return SPACE + locale.text(UNITS[about.unit]).replace(" ", SPACE) if about.unit in UNITS else ""


def _range(low: float, high: float, about: Measure, namer: Namer, row: Sequence[float]) -> str:
    """An interval with its unit said once."""
    locale = namer.locale
    if not (math.isfinite(low) and math.isfinite(high)) or low == high:
        return ""
    if about.unit == "currency":
        return locale.money_between(low, high, namer.scenario.currency)
    first = _shown(low, about, namer, row)
    return locale.between(saying(first, first.removesuffix(_unit(about, locale) or "\0")), _shown(high, about, namer, row))


def _statement(study: Replications, namer: Namer) -> Grid:
    """The income statement: means, and what 90 % of the futures lie between."""
    causes: dict[str, Any] = {namer.cause(name): values for name, values in series.statement(study).items()}
    profit = series.scalars(study, "profit")
    currency, locale = study.scenario.currency, namer.locale

    def row(label: str, values: Any, strong: bool = False) -> list[str | Cell]:
        spread = locale.money_between(*_ninety(values), currency)
        return [
            Cell(label, strong=strong, numeric=False),
            Cell(locale.money(float(values.mean()), currency), strong=strong),
            Cell(spread),
        ]

    rows = [row(label, values) for label, values in causes.items()] + [row(locale.text("page.profit"), profit, True)]
    beside = series.in_advance(study)
    rows += [row(locale.text(f"page.in_advance_{name}"), values) for name, values in beside.items()]
    return grid(
        locale.text("page.t_statement"),
        (locale.text("page.cause"), locale.text("page.h_mean"), locale.text("page.h_ninety")),
        rows,
    )


def gist(study: Replications) -> Gist:
    """What to expect, and the main measures."""
    namer = Namer(study.source)
    measures = _measures(study, namer, MAIN)
    short = replace(measures, head=measures.head[:-1], rows=tuple(row[:-1] for row in measures.rows))  # without their meaning
    return Gist(tight(verdict(study, namer.locale)), (short,))


def answer(study: Replications) -> dict[str, Any]:
    """What to expect, for other programs."""
    return {"verdict": verdict(study, series.locale(study)), "months_after": study.setting.months_after}


VIEW = View(page, gist, answer)
