"""What a study rests on, what it does not know, and how to make it again: the last sections of every page.

In: a scenario, a study's setting. Out: `Section` records.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ladsim.planning.leaning import is_assumption
from ladsim.planning.manifest import ladsim_version
from ladsim.planning.results import Replications
from ladsim.report import numerals
from ladsim.report.ladder import value_words
from ladsim.report.parts import Cell, Command, Grid, Points, Section, grid, words
from ladsim.report.places import Namer
from ladsim.report.sentences import BUDGETS, GRAPHS, LIMIT_LINES, LIMITS, SAYS
from ladsim.scenario.address import NumberAt, numbers
from ladsim.scenario.spec import Campaign, Scenario


def given_numbers(scenario: Scenario) -> list[NumberAt]:
    """All numbers that the file says, defaults left out."""
    return [number for number in numbers(scenario).values() if number.given]


def kind_of(number: NumberAt) -> str:
    """How a number is shown: a share and a yearly rate as percentages, an effect with its sign."""
    return "share" if number.key.endswith("discount_per_year") else number.kind


def counts(scenario: Scenario) -> tuple[int, int, int]:
    """How many numbers the file gives about the market, how many of them are assumptions, how many are ranges."""
    believed = [number for number in given_numbers(scenario) if not number.decided]
    return len(believed), sum(is_assumption(n.source) for n in believed), sum(n.uncertain for n in believed)


def assumptions(scenario: Scenario, namer: Namer) -> Section:
    """Every number about the market with its value or range and its source; what the firm decides beside it."""
    n, assumed, _ = counts(scenario)
    rows = [_row(number, namer, scenario.currency) for number in given_numbers(scenario) if not number.decided]
    items: list[Grid] = []
    plan = _plan(scenario, namer)
    if plan is not None:
        items.append(plan)
    head = (SAYS["h_number"], SAYS["h_value"], SAYS["h_source"])
    items.append(grid(SAYS["t_assumptions"], head, rows, SAYS["n_ranges"], dense=True))
    return Section("assumptions", SAYS["s_assumptions"], (SAYS["l_assumptions"].format(assumed=assumed, n=n),), tuple(items))


def _plan(scenario: Scenario, namer: Namer) -> Grid | None:
    """Campaigns down, strategies across: money a month, and from when to when."""
    owners = {"": scenario.campaigns} | {name: strategy.campaigns for name, strategy in scenario.strategies.items()}
    owners = {name: campaigns for name, campaigns in owners.items() if campaigns}
    labels = dict.fromkeys(namer.campaign(campaign) for campaigns in owners.values() for campaign in campaigns)
    if not labels:
        return None
    rows: list[list[str | Cell]] = []
    for label in labels:
        row: list[str | Cell] = [words(label)]
        for campaigns in owners.values():
            row.append(_spends([c for c in campaigns if namer.campaign(c) == label], scenario))
        rows.append(row)
    strategies = scenario.strategies
    heads = [(strategies[name].label or name.replace("_", " ")) if name else scenario.heading for name in owners]
    return grid(SAYS["t_decisions"], (SAYS["campaign"], *heads), rows, SAYS["n_decisions"])


def _spends(found: Sequence[Campaign], scenario: Scenario) -> Cell:
    if not found:
        return Cell(numerals.DASH)
    amounts, dates = [], []
    for campaign in found:
        spend = campaign.monthly_spend
        amounts.append(numerals.money(spend, scenario.currency) if isinstance(spend, float) else value_words(spend))
        last = campaign.to_month if campaign.to_month is not None else scenario.months
        said = SAYS["campaign_dates"].format(first=numerals.number(campaign.from_month), last=numerals.number(last))
        if campaign.setup_cost != 0.0:
            amount = campaign.setup_cost
            shown = numerals.money(amount, scenario.currency) if isinstance(amount, float) else value_words(amount)
            said += "; " + SAYS["campaign_setup"].format(amount=shown)
        dates.append(said)
    return Cell(" + ".join(amounts), " + ".join(dates))


def _row(number: NumberAt, namer: Namer, currency: str) -> tuple[Cell, ...]:
    value = value_words(number.value, kind_of(number))
    if number.kind == "amount" and isinstance(number.value, float):
        value = numerals.money(number.value, currency)
    believed = is_assumption(number.source)
    source = words(number.source or SAYS["no_source"])
    if believed:
        said = number.source if number.source and number.source.strip().lower() != "assumption" else ""
        source = Cell(SAYS["tag_assumption"] if number.source else SAYS["no_source"], said, strong=True, numeric=False)
    return words(namer.key(number.key), number.key), Cell(value, strong=number.uncertain), source


def limits(scenario: Scenario, runs: Replications, reason: str) -> Section:
    """What the model does not know: always, and in this scenario."""
    n, _, ranges = counts(scenario)
    lines = [LIMIT_LINES["certain"].format(certain=n - ranges, n=n)] if n > ranges else []
    lines += LIMITS
    for layer in scenario.word_of_mouth:
        kind = "talk_file" if layer.graph.path else "talk"
        words_of = {"layer": layer.layer, "kind": GRAPHS.get(layer.graph.kind, layer.graph.kind), "budget": BUDGETS[layer.budget]}
        lines.append(LIMIT_LINES[kind].format(**words_of))
    strategies = scenario.strategies.values()
    policies = [p.function for p in scenario.policies] + [p.function for s in strategies for p in s.policies]
    spread = scenario.heterogeneity
    lines += [
        LIMIT_LINES[key]
        for key, missing in (
            ("no_talk", not scenario.word_of_mouth),
            ("no_shocks", not scenario.shocks and not any(s.shocks for s in strategies)),
            ("no_spread", not (spread.orders or spread.messages or spread.basket or scenario.segments)),
            ("no_discount", scenario.money.discount_per_year == 0.0),
        )
        if missing
    ]
    if policies:
        lines.append(LIMIT_LINES["policies"].format(names=", ".join(dict.fromkeys(policies))))
    scale = runs.histories[0].scale
    if scale > 1:
        people = (runs.histories[0].size, scenario.market_size, scale)
        lines.append(LIMIT_LINES["sample"].format(**dict(zip(("n", "all", "scale"), map(numerals.number, people), strict=True))))
    if reason:
        lines.append(LIMIT_LINES["closed"].format(reason=reason))
    if runs.interrupted:
        lines.append(LIMIT_LINES["interrupted"])
    return Section("limits", SAYS["s_limits"], (), (Points(tuple(lines)),))


def _plainly(value: object) -> object:
    """24 rather than 24.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def made(scenario: Scenario, runs: Replications, command: str, manifest: str) -> Section:
    """Seed, version, replications, sample and scale; the commands."""
    setting, first = runs.setting, runs.histories[0]
    everybody = numerals.number(scenario.market_size, 12)
    sample = SAYS["m_sample_all"].format(n=everybody)
    if first.size != scenario.market_size:
        sample = SAYS["m_sample_of"].format(n=numerals.number(first.size, 12), all=everybody, scale=numerals.number(first.scale))
    rows: list[Sequence[Any]] = [
        (SAYS["m_scenario"], words(scenario.heading)),
        (SAYS["m_seed"], words(str(setting.seed))),
        (SAYS["m_futures"], words(str(runs.count))),
        (SAYS["m_draws"], words(str((runs.count + 1) // 2 if len(runs.parameters.columns) else 0))),
        (SAYS["m_sample"], words(sample)),
        (SAYS["m_months"], words(numerals.number(float(first.months[-1]), 6))),
        (SAYS["m_version"], words(ladsim_version())),
    ]
    if setting.overrides:
        rows.append(
            (SAYS["m_changed"], words("; ".join(f"{key} = {_plainly(value)}" for key, value in setting.overrides.items())))
        )
    if manifest:
        rows.append((SAYS["m_manifest"], words(manifest)))
    items: list[Any] = [grid(SAYS["t_made"], (SAYS["h_made"], SAYS["h_value"]), rows)]
    if manifest:
        items += [Points((SAYS["made_again"],)), Command(f"ladsim again {manifest}")]
    if command:
        items += [Points((SAYS["made_first"],)), Command(command)]
    return Section("made", SAYS["s_made"], (), tuple(items))
