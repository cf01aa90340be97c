"""What a scenario plans, for the terminal: campaigns, strategies with their budgets, goals. In: a scenario. Out: text."""

from __future__ import annotations

from collections.abc import Sequence

from ladsim.report import numerals
from ladsim.report.ladder import label_of, value_words
from ladsim.scenario.address import campaign_names
from ladsim.scenario.oddities import budget
from ladsim.scenario.spec import Campaign, Goal, Scenario


def campaigns(scenario: Scenario) -> str:
    """What is done besides the ladder itself: campaigns with their money and months, shocks, policies."""
    lines = [
        f"  {name}: {_money(campaign, scenario)}, {_months(campaign.from_month, campaign.to_month, scenario.months)}, {_audience(campaign, scenario)}"
        for name, campaign in zip(campaign_names(scenario.campaigns), scenario.campaigns, strict=True)
    ]
    lines += [
        f"  {shock.name} (shock): {_months(shock.from_month, shock.to_month, scenario.months)}" for shock in scenario.shocks
    ]
    lines += [f"  {policy.function} (policy)" for policy in scenario.policies]
    return _part("Campaigns", lines)


def strategies(scenario: Scenario) -> str:
    """The strategies with their labels, budgets and numbers set."""
    lines = []
    for name, strategy in scenario.strategies.items():
        money = numerals.money(budget(strategy.campaigns, scenario.months), scenario.currency)
        said = [f"{money} in {numerals.number(scenario.months)} months"]
        said += [f"{key} = {value}" for key, value in strategy.set.items()]
        said += [f"policy {policy.function}" for policy in strategy.policies]
        label = f" ({strategy.label})" if strategy.label else ""
        lines.append(f"  {name}{label}: {'; '.join(said)}")
    return _part("Strategies", lines)


def goals(scenario: Scenario) -> str:
    """The goals that the file sets."""
    return _part("Goals", [f"  {_goal(goal, scenario)}" for goal in scenario.goals])


def _part(title: str, lines: Sequence[str]) -> str:
    return "\n".join([title, *lines]).replace(numerals.SPACE, " ") if lines else ""


def _money(campaign: Campaign, scenario: Scenario) -> str:
    said = f"{scenario.currency} {value_words(campaign.monthly_spend)} a month"
    if campaign.setup_cost != 0.0:
        said += f" and {scenario.currency} {value_words(campaign.setup_cost)} to set up"
    return said


def _months(start: float, end: float | None, horizon: float) -> str:
    return f"months {numerals.number(start)} to {numerals.number(horizon if end is None else end)}"


def _audience(campaign: Campaign, scenario: Scenario) -> str:
    labels = {rung.name: label_of(rung) for rung in scenario.rungs}
    rungs = ", ".join(labels[name] for name in campaign.to) if campaign.to is not None else "all that it can move"
    return f"for {rungs}" + (f" ({', '.join(campaign.segments)})" if campaign.segments is not None else "")


def _goal(goal: Goal, scenario: Scenario) -> str:
    labels = {rung.name: label_of(rung) for rung in scenario.rungs}
    where = labels.get(goal.rung, goal.rung) if goal.rung is not None else f"step {goal.step}"
    number = numerals.people(goal.number) if goal.number is not None else numerals.percent(goal.share or 0.0)
    named = f"{goal.name}: " if goal.name else ""
    return f"{named}{number} at {where} by month {numerals.number(goal.by_month)}"
