"""Strategies at the same money, programmes included: the one number that each names for it is found by playing.

In: a scenario whose strategies say which number of theirs the rest of a budget goes to (``budget_goes_to``), an amount. Out: those numbers
by their dotted keys, to be set as ``--set`` sets any other: the comparison is one of plain numbers, and made again from them. What a
strategy costs in all is the money of its campaigns, programmes and policies over the whole time, in the mean over the very futures of
the comparison (the same luck); what a programme costs follows from how many join, so it is known only when it has run. The number is
found by secant rounds (a straight line through the last two), which are exact where the cost grows in proportion to it. Two strategies
that say the same get the same number, to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from ladsim.errors import ScenarioError, StudyError
from ladsim.planning.extra import money_spent
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.replications import Replications
from ladsim.planning.run import together
from ladsim.scenario.address import NumberAt, campaign_names, numbers, place_of
from ladsim.scenario.distributions import middle
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import BASE

NEAR = 0.0005  # of the amount: so near a strategy's cost comes
ROUNDS = 12
DIGITS = 8  # of the number found


@dataclass(frozen=True)
class _Try:
    """A number tried, and what the strategy cost with it, in the mean."""

    number: float
    cost: float


@with_study_options()
def same_budget(
    scenario: Scenario,
    strategies: Sequence[str | None],
    amount: float,
    **options: Unpack[StudyOptions],
) -> dict[str, float]:
    """The numbers, by dotted key, with which every strategy costs `amount` in all over the horizon: programmes included, ± 0.05 %.

    A strategy that costs more with nothing left over gets 0; ``notes`` of the comparison say so. Base is as it is. Raises StudyError for
    no amount, a strategy that names no number and has not just one campaign, and where no number leads to the amount; and what
    ``together`` raises.
    """
    if not (isinstance(amount, int | float) and 0.0 < amount < math.inf):
        raise StudyError(f"same_budget: found {amount!r}, must be an amount above 0, such as 900000")
    overrides = dict(options.get("overrides") or {})
    changed = override(scenario, overrides)
    names = [name for name in dict.fromkeys(strategies) if name is not None and (name != BASE or BASE in changed.strategies)]
    goes_to = _goes_to(changed, names)
    tried: dict[str, list[_Try]] = {name: [] for name in names}
    found: dict[str, float] = {}
    following = {name: _first(number) for name, number in goes_to.items()}
    for _ in range(ROUNDS):
        if not following:
            return {goes_to[name].key: found[name] for name in names}
        tries: dict[str, Any] = {goes_to[name].key: value for name, value in following.items()}
        options |= {"overrides": {**overrides, **tries}, "months_after": 0}
        runs = together(scenario, list(following), **options)
        for name, run in runs.items():
            if run.interrupted:
                raise KeyboardInterrupt
            tried[name].append(_Try(following.pop(name), cost_in_all(run)))
            number = _next(tried[name], amount, goes_to[name], changed.months)
            if number is None:
                found[name] = min(tried[name], key=lambda one: abs(one.cost - amount)).number
            else:
                following[name] = number
    name = next(iter(following))
    costs = ", ".join(f"{one.number:g}: {one.cost:,.0f}" for one in tried[name][-3:])
    raise StudyError(f"{goes_to[name].key}: found no value with which {name} costs {amount:,.10g} ({costs}); name another number")


def cost_in_all(run: Replications) -> float:
    """Campaigns, policies and programmes over the whole time, in the currency, in the mean over the futures."""
    return float(money_spent(run).mean())


def _goes_to(scenario: Scenario, names: Sequence[str]) -> dict[str, NumberAt]:
    """The number of each strategy. Raises StudyError with a line for every one that has none."""
    found, missing = {}, []
    for name in names:
        try:
            found[name] = number_of(scenario, name)
        except StudyError as error:
            missing.append(str(error))
    if missing:
        raise StudyError("\n".join(missing))
    return found


def number_of(scenario: Scenario, name: str) -> NumberAt:
    """The number that the rest of a budget goes to. Raises StudyError where a strategy names none and has not just one campaign."""
    strategy = scenario.strategies[name]
    wanted = strategy.budget_goes_to
    if wanted is None:
        dated = [
            called
            for called, one in zip(campaign_names(strategy.campaigns), strategy.campaigns, strict=True)
            if one.after is None
        ]
        if len(dated) != 1:
            place, example = f"strategies.{name}.budget_goes_to", f"campaigns.{(dated or ['search'])[0]}.monthly_spend"
            words = f"must name the number that the rest of the budget goes to, such as {example}"
            if not dated and strategy.campaigns:
                channel = scenario.channels[0].name if scenario.channels else "search"
                words += f'; a campaign set off by events has none that buys more: {{ channel = "{channel}", monthly_spend = 0 }} can take the rest'
            raise StudyError(f"{place}: found nothing and {len(dated)} campaigns with a spend, {words}")
        wanted = f"campaigns.{dated[0]}.monthly_spend"
    return address(scenario, name, wanted)


def address(scenario: Scenario, name: str, wanted: str) -> NumberAt:
    """The number that a strategy means: one of its own, else one of the file, which it then sets."""
    known = numbers(scenario)
    own = f"strategies.{name}.{wanted}"
    if own in known:
        return known[own]
    try:
        target = place_of(scenario, wanted)
    except ScenarioError as error:
        raise StudyError(f"strategies.{name}.budget_goes_to: {error}") from None
    number = known[target.key]
    key = f"strategies.{name}.set.{wanted}"
    return NumberAt(key, number.value, number.kind, number.source, True, number.limits, number.path, number.luck)


def _first(number: NumberAt) -> float:
    """An amount begins at 0, which tells what all the rest costs; what is no amount as the file has it."""
    return 0.0 if number.kind == "amount" and number.limits.holds(0.0) else middle(number.value)


def _next(tried: Sequence[_Try], amount: float, number: NumberAt, months: float) -> float | None:
    """The number to try next; None where the last one will do, or nothing is left to give."""
    last = tried[-1]
    if abs(last.cost - amount) <= NEAR * amount or (last.number == 0.0 and last.cost > amount):
        return None
    if len(tried) == 1:
        guess = (amount - last.cost) / months if number.kind == "amount" else last.number * 0.9
        value = middle(number.value)
        return value if number.kind == "amount" and value > 0.0 else guess
    before = tried[-2]
    rise = (last.cost - before.cost) / (last.number - before.number) if last.number != before.number else 0.0
    if rise == 0.0:
        return None if last.number == 0.0 else _ended(last, number, amount)
    aim = last.number + (amount - last.cost) / rise
    lower, upper = number.limits.lower, number.limits.upper
    if lower is not None and aim <= lower:
        aim = lower if not number.limits.above else last.number / 4.0
    if upper is not None and aim > upper:
        aim = upper
    aim = float(f"{aim:.{DIGITS}g}")
    return None if aim == last.number else aim


def _ended(last: _Try, number: NumberAt, amount: float) -> float:
    """Nothing moves the cost."""
    raise StudyError(
        f"{number.key}: found a number that costs nothing ({last.cost:,.0f} in all whatever it is), must move what the strategy costs "
        f"to reach {amount:,.10g}"
    )
