"""Customers who order, or speak, more often than anybody can: warnings, since every order and message is simulated one by one.

In: a scenario without problems. Out: `Problem` records, as in ``warnings``. The rate is the highest that the file has for a rung, times
the highest of every factor on it. More than a thousand a month, one every three quarters of an hour, is taken for a slip (assumption).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ladsim.errors import Problem
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import joined
from ladsim.scenario.lever_spec import Price
from ladsim.scenario.programs.record import Program
from ladsim.scenario.spec import Scenario

RACING = 1000.0  # a month
_LARGEST = 700.0  # e to a higher power is no double


def warn_rates(scenario: Scenario) -> Iterator[Problem]:
    """Orders and messages that race, in the scenario and in each of its strategies."""
    places = {"": (scenario.programs, scenario.prices)}
    places |= {
        f"strategies.{name}": ((*scenario.programs, *strategy.programs), (*scenario.prices, *strategy.prices))
        for name, strategy in scenario.strategies.items()
        if strategy.programs or strategy.prices
    }
    for prefix, (programs, prices) in places.items():
        found = {
            "orders": _base(scenario, "orders") * _of_all(scenario, programs, "orders") * _of_orders(scenario, programs, prices),
            "messages": _base(scenario, "messages") * _of_all(scenario, programs, "messages"),
        }
        for what, rate in found.items():
            if rate > RACING:
                place = joined(*filter(None, (prefix, "rungs")))
                yield Problem(
                    place, f"up to {rate:,.4g} {what} a month of one customer", "every one is simulated: this never ends"
                )


def _base(scenario: Scenario, what: str) -> float:
    """The highest rate of a rung."""
    rates = [getattr(rung, f"{what}_per_month") for rung in scenario.rungs]
    if what == "messages":
        rates += [rate for layer in scenario.word_of_mouth for rate in (layer.messages_per_month or {}).values()]
    return max(ends(rate)[1] for rate in rates)


def _of_all(scenario: Scenario, programs: Sequence[Program], what: str) -> float:
    """The highest factor of segments, seasons, and benefits of members."""
    factor = max([1.0, *(ends(s.factors[what])[1] for s in scenario.segments if what in s.factors)])
    for season in scenario.seasons:
        factor *= max(season.factors) if season.on == what else 1.0
    for program in programs:
        levels = [ends(level.factors[what])[1] for level in program.levels_of_members if what in level.factors]
        factor *= max([1.0, *levels]) * max(1.0, ends(program.factors.get(what, 1.0))[1])
    return factor


def _of_orders(scenario: Scenario, programs: Sequence[Program], prices: Sequence[Price]) -> float:
    """The highest factor of what moves orders alone: prices, satisfaction, engagement that is gone, points."""
    power = 0.0
    for price in prices:
        elasticities = [price.elasticity or 0.0] if price.per_rung is None else list(price.per_rung.values())
        power += max([0.0, *(end * math.log1p(price.change) for e in elasticities for end in ends(e))])
    if scenario.satisfaction is not None:
        power += max(end * (score - 7.0) / 3.0 for end in ends(scenario.satisfaction.orders_effect) for score in (0.0, 10.0))
    if scenario.engagement is not None:
        power += max(0.0, -ends(scenario.engagement.orders_effect)[0])
    factor = math.exp(min(power, _LARGEST))
    for program in programs:
        factor *= program.highest_pull
    return factor
