"""What a scenario plans, for the terminal: campaigns, programmes, strategies with their budgets, goals. In: a scenario. Out: text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ladsim.scenario.address import campaign_names
from ladsim.scenario.lever_spec import Price
from ladsim.scenario.naming import Namer, value_words
from ladsim.scenario.program_spec import Program
from ladsim.scenario.spec import Campaign, Goal, Scenario
from ladsim.scenario.warnings import budget
from ladsim.words import Words
from ladsim.words.catalogue import loose


def campaigns(scenario: Scenario) -> str:
    """What is done besides the ladder itself: campaigns with their money and months, shocks, policies."""
    namer = Namer(scenario)
    speech = namer.speech
    lines = [
        f"  {name}{_label(campaign.label)}: {_money(campaign, namer)}, "
        f"{_months(campaign.from_month, campaign.to_month, scenario)}, {_audience(campaign, namer)}"
        for name, campaign in _by_name(scenario.campaigns)
    ]
    lines += [
        "  "
        + speech.say(
            "plan.shock", name=shock.name + _label(shock.label), months=_months(shock.from_month, shock.to_month, scenario)
        )
        for shock in scenario.shocks
    ]
    lines += ["  " + speech.say("plan.policy", name=policy.function) for policy in scenario.policies]
    lines += [f"  {said}" for said in _levers(scenario, scenario.programs, scenario.prices)]
    return _part(speech.say("plan.campaigns"), lines)


def strategies(scenario: Scenario) -> str:
    """The strategies with their labels, budgets and numbers set."""
    lines, namer = [], Namer(scenario)
    speech = namer.speech
    for name, strategy in scenario.strategies.items():
        spend = budget(strategy.campaigns, scenario.months)
        said = [f"{called}: {_money(one, namer)}" for called, one in _by_name(strategy.campaigns) if one.after is not None]
        said += _levers(scenario, strategy.programs, strategy.prices)
        if spend != 0.0 or not said:
            money = speech.money(spend, scenario.currency)
            said.insert(0, speech.say("plan.budget", money=money, months=speech.number(scenario.months)))
        said += [f"{key} = {value}" for key, value in strategy.set.items()]
        said += [speech.say("plan.by_policy", name=policy.function) for policy in strategy.policies]
        lines.append(f"  {name}{_label(strategy.label)}: {'; '.join(said)}")
    return _part(speech.say("plan.strategies"), lines)


def _by_name(listed: Sequence[Campaign]) -> list[tuple[str, Campaign]]:
    return list(zip(campaign_names(listed), listed, strict=True))


def _levers(scenario: Scenario, programs: Sequence[Program], prices: Sequence[Price]) -> list[str]:
    """Programmes with what is known of their cost before they run, and changes of price, in words."""
    speech, said = Words(scenario.language), []
    for program in programs:
        kind = speech.say(f"programs.kind_{program.kind}")
        name = program.label or (program.name or "").replace("_", " ") or kind
        costs = {"setup": _amount(program.setup_cost, scenario), "monthly": _amount(program.cost_per_month, scenario)}
        said.append(speech.say("plan.program", name=name, kind=_label(kind if name.lower() != kind.lower() else ""), **costs))
    for price in prices:
        change = value_words(price.change, "real", speech)
        said.append(speech.say("plan.price", change=change, months=_months(price.from_month, price.to_month, scenario)))
    return said


def goals(scenario: Scenario) -> str:
    """The goals that the file sets."""
    namer = Namer(scenario)
    return _part(namer.speech.say("screen.goals"), [f"  {_goal(goal, namer)}" for goal in scenario.goals])


def _label(label: str) -> str:
    """A label behind the name that ``--set`` and the file use."""
    return f" ({label})" if label else ""


def _part(title: str, lines: Sequence[str]) -> str:
    return loose("\n".join([title, *lines])) if lines else ""


def _money(campaign: Campaign, namer: Namer) -> str:
    speech, scenario = namer.speech, namer.scenario
    if campaign.after is not None:
        amount = _amount(campaign.cost_per_contact, scenario)
        return speech.say("plan.after", event=_event(campaign.after, namer), amount=amount)
    said = speech.say("plan.monthly", amount=_amount(campaign.monthly_spend, scenario))
    return said + (speech.say("plan.set_up", amount=_amount(campaign.setup_cost, scenario)) if campaign.setup_cost != 0.0 else "")


def _amount(value: Any, scenario: Scenario) -> str:
    """An amount, a range of amounts or a law, with its currency."""
    speech = Words(scenario.language)
    return speech.with_currency(value_words(value, "rate", speech), scenario.currency)


def _event(after: str, namer: Namer) -> str:
    """What sets a campaign off: ``first_order``, ``entered.RUNG``, ``joined.PROGRAM`` … in words."""
    kind, _, of = after.partition(".")
    return namer.speech.say(f"event.{kind}", where=namer.rung(of) if kind == "entered" else namer.program(of))


def _months(start: float, end: float | None, scenario: Scenario) -> str:
    speech = Words(scenario.language)
    return speech.say("plan.months", first=speech.number(start), last=speech.number(scenario.months if end is None else end))


def _audience(campaign: Campaign, namer: Namer) -> str:
    rungs = ", ".join(map(namer.rung, campaign.to)) if campaign.to is not None else namer.speech.say("plan.all_it_moves")
    segments = ", ".join(namer.segments.get(name, name) for name in campaign.segments or ())
    return namer.speech.say("plan.audience", rungs=rungs) + (f" ({segments})" if campaign.segments is not None else "")


def _goal(goal: Goal, namer: Namer) -> str:
    speech = namer.speech
    where = namer.rung(goal.rung) if goal.rung is not None else speech.say("plan.step", name=namer.step(goal.step or ""))
    number = speech.people(goal.number) if goal.number is not None else speech.percent(goal.share or 0.0)
    named = f"{goal.name}{_label(goal.label)}: " if goal.name else f"{goal.label}: " if goal.label else ""
    return named + speech.say("plan.goal", number=number, where=where, month=speech.number(goal.by_month))
