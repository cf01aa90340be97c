"""What a customer can reach in a loyalty programme, and what a programme gives away: what kinds of programme warn of.

In: a scenario without problems. Out: numbers, or `Problem` records. What a very active customer orders is the highest mean that the file has for
a rung and a segment, twenty times over, and twenty orders more: whoever needs more than that is left to luck nobody has. The factor
and the orders on top are assumptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ladsim.errors import Problem
from ladsim.scenario.distributions import ends, never

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

BUSY = 20.0  # times the mean, and orders on top
YEAR = 12.0


def most_orders(scenario: Scenario, months: float) -> float:
    """More orders than a very active customer places in so many months."""
    mean = max(ends(rung.orders_per_month)[1] for rung in scenario.rungs)
    factors = [ends(value)[1] for segment in scenario.segments for key, value in segment.factors.items() if "orders" in key]
    return BUSY * mean * max([1.0, *factors]) * months + BUSY


def most_spend(scenario: Scenario) -> float:
    """More than a very active customer pays for one order."""
    factors = [ends(value)[1] for segment in scenario.segments for key, value in segment.factors.items() if "basket" in key]
    rungs = max(ends(rung.basket_factor)[1] for rung in scenario.rungs)
    return ends(scenario.basket.mean)[1] * rungs * max([1.0, *factors])


def all_or_nothing(place: str, share: Any, all_of_it: str) -> Iterator[Problem]:
    """A share of an order that is none of it, or all."""
    low, high = ends(share)
    if high <= 0.0:
        yield Problem(place, "0", "it gives nothing")
    elif high >= 1.0:
        found = "1" if low >= 1.0 else f"up to {high:g}"
        yield Problem(place, found, f"all of an order {all_of_it}")


def too_dear(scenario: Scenario, place: str, threshold: Any, does: str) -> Iterator[Problem]:
    """A least order that hardly any order reaches: twenty times the mean, or more than the constant basket; `does`: what it would do."""
    most = most_spend(scenario) * (1.0 if scenario.basket.law == "constant" and not scenario.order_kinds else BUSY)
    if ends(threshold)[0] > most > 0.0:
        yield Problem(place, f"{ends(threshold)[0]:g}", f"hardly any order {does}: even a large one is below {most:,.4g}")


def nested_limits(place: str, limits: Mapping[str, Any]) -> Iterator[Problem]:
    """Limits that never come into force beside others: of an order or a month, where that of a longer time is no higher."""
    given = {key: ends(limit) for key, limit in limits.items() if limit is not None}
    keys = list(given)
    for at, key in enumerate(keys):
        for longer in keys[at + 1 :]:
            if given[key][0] >= given[longer][1]:
                yield Problem(f"{place}.{key}", f"{given[key][0]:g}", f"it changes nothing: {longer} is {given[longer][1]:g}")
                break


def unsent(place: str, every_months: float | None, cost: Any) -> Iterator[Problem]:
    """Statements that cost something and are never sent."""
    if not never(cost) and every_months is None:
        yield Problem(f"{place}.statement_cost", "a cost without statement_every_months", "no statement is ever sent")
