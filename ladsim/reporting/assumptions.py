"""What a study rests on, what it does not know, and how to make it again: the last sections of every page.

In: a scenario, a study's setting. Out: `Section` records.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import Any

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.i18n.written import Interval, Number
from ladsim.planning.manifest import ladsim_version
from ladsim.planning.other_graphs import GENERATED
from ladsim.planning.replications import Replications
from ladsim.planning.sensitivity import is_assumption
from ladsim.reporting import series
from ladsim.reporting.page_model import Cell, Command, Grid, Points, Section, grid, text_cell
from ladsim.scenario.acting import acting
from ladsim.scenario.address import NumberAt, numbers
from ladsim.scenario.naming import Namer, value_words
from ladsim.scenario.number_types import DAYS_PER_MONTH
from ladsim.scenario.spec import Campaign, Distribution, Range, Scenario
from ladsim.scenario.texts import ASSUMPTIONS

ALWAYS = 6  # sentences that are true of every page
# The word that the tag beside it says already.
_BESIDE = re.compile(rf"^\s*({'|'.join(ASSUMPTIONS)})\s*($|[:;,]\s*)", re.IGNORECASE)


def acting_numbers(runs: Sequence[Replications], target_groups: bool = False) -> list[NumberAt]:
    """The numbers that the file says and that act in what was played, in the file's order (``scenario.acting``)."""
    found = acting(runs[0].source, {run.strategy: run.scenario for run in runs}, target_groups)
    return [number for number in found.values() if number.given]


def given_numbers(scenario: Scenario) -> list[NumberAt]:
    """All numbers that the file says, defaults left out."""
    return [number for number in numbers(scenario).values() if number.given]


def kind_of(number: NumberAt) -> str:
    """How a number is shown: a share and a yearly rate as percentages, a change with its sign; elasticities, β and scores as numbers."""
    if number.key.endswith("discount_per_year"):
        return "share"
    lower = number.limits.lower
    is_change = lower is not None and -1.0 <= lower < 0.0
    return "rate" if number.kind == "real" and not is_change else number.kind


def number_words(number: NumberAt, currency: str, locale: Locale) -> str:
    """A number of the file, its range or its law, with its unit."""
    if number.kind == "amount":
        return amount_words(number.value, currency, locale)
    return value_words(number.value, kind_of(number), locale)


def amount_words(value: float | Range | Distribution, currency: str, locale: Locale) -> str:
    """An amount or a range of amounts with its currency; a law in words."""
    if isinstance(value, Range):
        return locale.money_between(value.low, value.high, currency)
    return locale.money(value, currency) if isinstance(value, float) else value_words(value, "rate", locale)


def counts(runs: Sequence[Replications], target_groups: bool = False) -> tuple[int, int, int]:
    """How many numbers about the market act in what was played, how many of them are assumptions, how many are ranges."""
    believed = [number for number in acting_numbers(runs, target_groups) if not number.decided]
    return len(believed), sum(is_assumption(n.source) for n in believed), sum(n.uncertain for n in believed)


def counted(runs: Sequence[Replications], target_groups: bool = False) -> tuple[int, str]:
    """How many numbers are assumptions, and a sentence that says of how many, and how many are ranges."""
    n, assumed, ranges = counts(runs, target_groups)
    locale = series.locale(runs[0])
    parts = {"numbers": ("acting", n), "assumptions": ("assumptions", assumed), "ranges": ("ranges", ranges)}
    said = {name: locale.text(f"count.{key}", n=number) for name, (key, number) in parts.items()}
    return assumed, locale.text("page.d_believe_all", **said)


def assumptions(runs: Sequence[Replications], namer: Namer, target_groups: bool = False) -> Section:
    """Every number about the market that acts in what was played, with its value or range and its source; the decisions beside it."""
    n, assumed, _ = counts(runs, target_groups)
    locale, scenario = namer.locale, runs[0].source
    rows = [_row(number, namer, scenario.currency) for number in acting_numbers(runs, target_groups) if not number.decided]
    items: list[Grid] = []
    plan = _plan(scenario, [run.strategy for run in runs], namer)
    if plan is not None:
        items.append(plan)
    head = (locale.text("page.h_number"), locale.text("page.h_value"), locale.text("page.h_source"))
    items.append(grid(locale.text("page.t_assumptions"), head, rows, locale.text("page.n_ranges"), dense=True))
    lead = [locale.text("page.l_assumptions", n=assumed, all=n)]
    idle = sum(not number.decided for number in given_numbers(scenario)) - n
    if idle:
        lead.append(locale.text("page.l_idle", n=idle))
    return Section("assumptions", locale.text("page.s_assumptions"), tuple(lead), tuple(items))


def _plan(scenario: Scenario, played: Sequence[str | None], namer: Namer) -> Grid | None:
    """Campaigns down, the strategies played across: money a month, and from when to when."""
    owners = {"": scenario.campaigns} | {name: scenario.strategies[name].campaigns for name in played if name is not None}
    owners = {name: campaigns for name, campaigns in owners.items() if campaigns}
    locale = namer.locale
    labels = dict.fromkeys(namer.campaign(campaign) for campaigns in owners.values() for campaign in campaigns)
    if not labels:
        return None
    rows: list[list[str | Cell]] = []
    for label in labels:
        row: list[str | Cell] = [text_cell(label)]
        for campaigns in owners.values():
            row.append(_spends([c for c in campaigns if namer.campaign(c) == label], scenario, namer))
        rows.append(row)
    strategies = scenario.strategies
    heads = [(strategies[name].label or name.replace("_", " ")) if name else scenario.heading for name in owners]
    return grid(locale.text("page.t_decisions"), (locale.text("page.campaign"), *heads), rows, locale.text("page.n_decisions"))


def _spends(found: Sequence[Campaign], scenario: Scenario, namer: Namer) -> Cell:
    locale = namer.locale
    if not found:
        return Cell(DASH)
    amounts, dates = [], []
    for campaign in found:
        if campaign.after is not None:
            amount = amount_words(campaign.cost_per_contact, scenario.currency, locale)
            amounts.append(locale.text("plan.after", event=namer.event(campaign.after), amount=amount))
        if campaign.after is None or campaign.each_month != 0.0:
            amounts.append(amount_words(campaign.each_month, scenario.currency, locale))
        last = campaign.to_month if campaign.to_month is not None else scenario.months
        first, end = locale.number(campaign.from_month), locale.number(last)
        said: str = Interval(locale.text("page.campaign_dates", first=first, last=end), first, end)
        if scenario.start_date is not None:
            said = locale.period(campaign.from_month, last)
        if campaign.setup_cost != 0.0:
            shown = amount_words(campaign.setup_cost, scenario.currency, locale)
            said += "; " + locale.text("page.campaign_setup", amount=shown)
        dates.append(said)
    amount, date = (parts[0] if len(parts) == 1 else " + ".join(parts) for parts in (amounts, dates))
    return Cell(amount, date)


def _row(number: NumberAt, namer: Namer, currency: str) -> tuple[Cell, ...]:
    locale = namer.locale
    value = number_words(number, currency, locale)
    believed = is_assumption(number.source)
    source = text_cell(number.source or locale.text("page.no_source"))
    if believed:
        said = _BESIDE.sub("", number.source or "")
        source = Cell(
            locale.text("page.tag_assumption") if number.source else locale.text("page.no_source"),
            said,
            strong=True,
            numeric=False,
        )
    return text_cell(namer.key(number.key), number.key), Cell(value, strong=number.uncertain), source


def limits(
    scenario: Scenario, runs: Replications, reason: str, played: Sequence[Replications] = (), target_groups: bool = False
) -> Section:
    """What the model does not know: always, and in this scenario. `played`: all that was, where that is more than `runs`."""
    n, _, ranges = counts(played or [runs], target_groups)
    locale = series.locale(runs)
    lines = [locale.text("limit.certain", certain=n - ranges, n=n)] if n > ranges else []
    lines += [locale.text(f"limit.always_{place}") for place in range(1, ALWAYS + 1)]
    if runs.after is not None:
        lines[-1] = locale.text("limit.after", section=locale.text("looks.heading"))
    for layer in scenario.word_of_mouth:
        kind = "limit.talk_file" if layer.graph.path else "limit.talk"
        words_of = {"layer": layer.label or layer.layer.replace("_", " "), "budget": locale.text(f"budget.{layer.budget}")}
        words_of |= {} if layer.graph.path else {"kind": locale.text(f"graph.{layer.graph.kind}")}
        lines.append(locale.text(kind, **words_of))
        if layer.graph.kind in GENERATED and not layer.graph.redraw:
            lines.append(locale.text("limit.one_graph", layer=words_of["layer"]))
    strategies = [scenario.strategies[one.strategy] for one in played if one.strategy in scenario.strategies]
    policies = [p.function for p in scenario.policies] + [p.function for s in strategies for p in s.policies]
    spread, campaigns = scenario.heterogeneity, [*scenario.campaigns, *(c for s in strategies for c in s.campaigns)]
    lines += [
        locale.text(f"limit.{key}")
        for key, missing in (
            ("no_prices", not scenario.prices and not any(s.prices for s in strategies)),
            ("no_satisfaction", scenario.satisfaction is None),
            ("no_programs", not scenario.programs and not any(s.programs for s in strategies)),
            ("no_tiring", scenario.contacts.fatigue == 0.0 and scenario.contacts.leaving_per_contact == 0.0),
            ("no_wrong_rung", all(c.wrong_rung_share == 0.0 for c in campaigns)),
            ("no_talk", not scenario.word_of_mouth),
            ("no_shocks", not scenario.shocks and not any(s.shocks for s in strategies)),
            ("no_spread", not (spread.orders or spread.messages or spread.basket or scenario.segments)),
            ("no_discount", scenario.money.discount_per_year == 0.0),
        )
        if missing
    ]
    if policies:
        lines.append(locale.text("limit.policies", names=", ".join(dict.fromkeys(policies))))
    scale = runs.histories[0].scale
    if scale > 1:
        people = (runs.histories[0].size, scenario.market_size, scale)
        lines.append(locale.text("limit.sample", **dict(zip(("n", "all", "scale"), map(locale.number, people), strict=True))))
    if reason:
        lines.append(locale.text("limit.closed", reason=reason))
    if runs.interrupted:
        lines.append(locale.text("limit.interrupted"))
    return Section("limits", locale.text("page.s_limits"), (), (Points(tuple(lines)),))


def _plainly(value: object) -> object:
    """24 rather than 24.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _calendar(scenario: Scenario, months: float) -> str:
    """First and last day of a study, where the file says when it begins."""
    if scenario.start_date is None:
        return ""
    locale = Locale(scenario.language)
    try:
        last = scenario.start_date + datetime.timedelta(days=round(months * DAYS_PER_MONTH) - 1)
    except OverflowError:  # beyond the year 9999
        return locale.date(scenario.start_date)
    return locale.between(locale.date(scenario.start_date), locale.date(last))


def made(scenario: Scenario, runs: Replications, command: str, manifest: str) -> Section:
    """Seed, version, replications, sample and scale; the commands."""
    setting, first, locale = runs.setting, runs.histories[0], series.locale(runs)
    everybody = locale.number(scenario.market_size, 12)
    sample = locale.text("page.m_sample_all", n=everybody)
    if first.size != scenario.market_size:
        sample = locale.text("page.m_sample_of", n=locale.number(first.size, 12), all=everybody, scale=locale.number(first.scale))
    draws = (runs.count + 1) // 2 if len(runs.parameters.columns) else 0
    rows: list[Sequence[Any]] = [
        (locale.text("page.m_scenario"), text_cell(scenario.heading)),
        (locale.text("page.m_seed"), text_cell(Number(str(setting.seed), setting.seed))),
        (locale.text("page.m_futures"), text_cell(Number(str(runs.count), runs.count))),
        (locale.text("page.m_draws"), text_cell(Number(str(draws), draws))),
        (locale.text("page.m_sample"), text_cell(sample)),
        (
            locale.text("page.m_months"),
            text_cell(locale.number(float(first.months[-1]), 6), _calendar(scenario, float(first.months[-1]))),
        ),
        (locale.text("page.m_version"), text_cell(ladsim_version())),
    ]
    changed = {key: value for key, value in setting.overrides.items() if key != "language"}  # which the page shows by itself
    if changed:
        said = "; ".join(f"{key} = {_plainly(value)}" for key, value in changed.items())
        rows.append((locale.text("page.m_changed"), text_cell(said)))
    if manifest:
        rows.append((locale.text("page.m_manifest"), text_cell(manifest)))
    items: list[Any] = [grid(locale.text("page.t_made"), (locale.text("page.h_made"), locale.text("page.h_value")), rows)]
    if manifest:
        items += [Points((locale.text("page.made_again"),)), Command(f"ladsim again {manifest}")]
    if command:
        items += [Points((locale.text("page.made_first"),)), Command(command)]
    return Section("made", locale.text("page.s_made"), (), tuple(items))
