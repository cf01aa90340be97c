"""What a scenario plans, for the terminal: campaigns, programmes, strategies with their budgets, goals. In: a scenario. Out: text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.scenario.address import campaign_names, numbers
from ladsim.scenario.lever_spec import Price
from ladsim.scenario.naming import Namer, value_words
from ladsim.scenario.programs.record import Program
from ladsim.scenario.spec import Campaign, Goal, Scenario
from ladsim.scenario.warnings import budget


def campaigns(scenario: Scenario) -> str:
    """What is done besides the ladder itself: campaigns with their money and months, shocks, policies."""
    namer = Namer(scenario)
    locale = namer.locale
    lines = [
        f"  {name}{_label(campaign.label)}: {_money(campaign, namer)}, "
        f"{_months(campaign.from_month, campaign.to_month, scenario)}, {_audience(campaign, namer)}"
        for name, campaign in _by_name(scenario.campaigns)
    ]
    lines += [
        "  "
        + locale.text(
            "plan.shock", name=shock.name + _label(shock.label), months=_months(shock.from_month, shock.to_month, scenario)
        )
        for shock in scenario.shocks
    ]
    lines += ["  " + locale.text("plan.policy", name=policy.function) for policy in scenario.policies]
    lines += [f"  {said}" for said in _levers(scenario, scenario.programs, scenario.prices)]
    lines += [f"  {said}" for said in _today(scenario)]
    return _part(locale.text("plan.campaigns"), lines)


def _today(scenario: Scenario) -> list[str]:
    """What is known of channels and tactics today, and the curve that does it, by the middle of what is uncertain."""
    if not scenario.needs_curves:
        return []
    from ladsim.scenario.brought import brings, what_it_brings
    from ladsim.scenario.draws import Draws

    namer, middle = Namer(scenario), Draws(scenario, 0)
    locale, said = namer.locale, []
    for key in ("channels", "tactics"):
        for lever, found, drawn in zip(
            getattr(scenario, key), getattr(middle.scenario_of(None), key), getattr(middle.drawn_of(None), key), strict=True
        ):
            if lever.today is None:
                continue
            many, key = brings(drawn.today), what_it_brings(drawn.today)
            amounts = {
                "spend": locale.money(drawn.today.monthly_spend, scenario.currency),
                "half": locale.with_currency(locale.number(found.response.half_at), scenario.currency),
            }
            people = {"brings": locale.number(many), "most": locale.number(many / drawn.today.of_most)}
            said.append(locale.text(f"plan.today_{key}", name=namer.levers.get(lever.name, lever.name), **amounts, **people))
    return said


def strategies(scenario: Scenario) -> str:
    """The strategies with their labels, budgets and numbers set."""
    lines, namer = [], Namer(scenario)
    locale = namer.locale
    for name, strategy in scenario.strategies.items():
        spend = budget(strategy.campaigns, scenario.months)
        said = [f"{called}: {_money(one, namer)}" for called, one in _by_name(strategy.campaigns) if one.after is not None]
        said += _levers(scenario, strategy.programs, strategy.prices)
        if spend != 0.0 or not said:
            money = locale.money(spend, scenario.currency)
            said.insert(0, locale.text("plan.budget", money=money, months=locale.number(scenario.months)))
        said += [f"{key} = {value}" for key, value in strategy.set.items()]
        said += [locale.text("plan.by_policy", name=policy.function) for policy in strategy.policies]
        lines.append(f"  {name}{_label(strategy.label)}: {'; '.join(said)}")
    return _part(locale.text("plan.strategies"), lines)


def _by_name(listed: Sequence[Campaign]) -> list[tuple[str, Campaign]]:
    return list(zip(campaign_names(listed), listed, strict=True))


def _levers(scenario: Scenario, programs: Sequence[Program], prices: Sequence[Price]) -> list[str]:
    """Programmes with what is known of their cost before they run, and changes of price, in words."""
    locale, said = Locale(scenario.language), []
    for program in programs:
        kind = locale.text(f"programs.kind_{program.kind}")
        name = program.label or (program.name or "").replace("_", " ") or kind
        costs = {"setup": _amount(program.setup_cost, scenario), "monthly": _amount(program.running_cost_per_month, scenario)}
        said.append(locale.text("plan.program", name=name, kind=_label(kind if name.lower() != kind.lower() else ""), **costs))
    for price in prices:
        change = value_words(price.change, "real", locale)
        said.append(locale.text("plan.price", change=change, months=_months(price.from_month, price.to_month, scenario)))
    return said


def goals(scenario: Scenario) -> str:
    """The goals that the file sets."""
    namer = Namer(scenario)
    return _part(namer.locale.text("screen.goals"), [f"  {_goal(goal, namer)}" for goal in scenario.goals])


def addresses(scenario: Scenario) -> str:
    """Every number that the file gives, by the dotted key that ``--set`` takes, with its value and what it is."""
    namer = Namer(scenario)
    given = [number for number in numbers(scenario).values() if number.given]
    wide = max((len(number.key) for number in given), default=0)
    lines = [f"  {one.key:{wide}}  {value_words(one.value, 'rate', namer.locale)}  {namer.key(one.key)}" for one in given]
    return _part(namer.locale.text("plan.addresses"), lines)


def _label(label: str) -> str:
    """A label behind the name that ``--set`` and the file use."""
    return f" ({label})" if label else ""


def _part(title: str, lines: Sequence[str]) -> str:
    return loose("\n".join([title, *lines])) if lines else ""


def _money(campaign: Campaign, namer: Namer) -> str:
    """What a campaign costs, in words: a month, or a contact, and at its start."""
    locale, scenario = namer.locale, namer.scenario
    if campaign.after is not None:
        amount = _amount(campaign.cost_per_contact, scenario)
        said = locale.text("plan.after", event=namer.event(campaign.after), amount=amount)
        running = _amount(campaign.running_cost_per_month, scenario)
        said += locale.text("plan.running", amount=running) if campaign.running_cost_per_month != 0.0 else ""
        return said + _set_up(campaign, scenario)
    said = locale.text("plan.monthly", amount=_amount(campaign.monthly_spend, scenario))
    return said + _set_up(campaign, scenario)


def _set_up(campaign: Campaign, scenario: Scenario) -> str:
    """What setting it up costs, where it does."""
    locale = Locale(scenario.language)
    return locale.text("plan.set_up", amount=_amount(campaign.setup_cost, scenario)) if campaign.setup_cost != 0.0 else ""


def _amount(value: Any, scenario: Scenario) -> str:
    """An amount, a range of amounts or a law, with its currency."""
    locale = Locale(scenario.language)
    return locale.with_currency(value_words(value, "rate", locale), scenario.currency)


def _months(start: float, end: float | None, scenario: Scenario) -> str:
    locale = Locale(scenario.language, scenario.start_date)
    period = locale.period(start, scenario.months if end is None else end)
    return locale.text("plan.months", period=period) if scenario.start_date is None else period


def _audience(campaign: Campaign, namer: Namer) -> str:
    rungs = ", ".join(map(namer.rung, campaign.to)) if campaign.to is not None else namer.locale.text("plan.all_it_moves")
    segments = ", ".join(namer.segments.get(name, name) for name in campaign.segments or ())
    return namer.locale.text("plan.audience", rungs=rungs) + (f" ({segments})" if campaign.segments is not None else "")


def _goal(goal: Goal, namer: Namer) -> str:
    locale = namer.locale
    where = namer.rung(goal.rung) if goal.rung is not None else locale.text("plan.step", name=namer.step(goal.step or ""))
    number = locale.people(goal.number) if goal.number is not None else locale.percent(goal.wanted)
    named = f"{goal.name}{_label(goal.label)}: " if goal.name else f"{goal.label}: " if goal.label else ""
    return named + locale.text("plan.goal", number=number, where=where, month=locale.month(goal.by_month))
