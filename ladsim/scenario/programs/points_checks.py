"""What forbids to simulate a programme of points, and what is odd about one: points that never can be redeemed, keys that change nothing.

In: the record of such a programme (``points.Points``) in its scenario. Out: `Problem` records.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ladsim.errors import Problem
from ladsim.scenario.distributions import ends, never
from ladsim.scenario.number_types import Distribution
from ladsim.scenario.programs.record import Program
from ladsim.scenario.programs.within_reach import YEAR, most_orders, most_spend, too_dear, unsent

if TYPE_CHECKING:
    from ladsim.scenario.programs.points import Points
    from ladsim.scenario.spec import Scenario

EXPIRY = ("expires_after_months", "inactive_months", "each_year_on")
MOST_MONTHS = 120  # for which points are kept


def problems(program: Points, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
    """Points that never can be redeemed; a value without a cost to compare it with; more than one rule of expiry."""
    earned = (program.points_per_unit, program.points_per_order, program.endowed_points)
    if all(map(never, earned)) and not any(other.receiver == "points" for other in beside):
        words = "must give points_per_unit, points_per_order or endowed_points above 0"
        yield Problem(place, "no way to earn points, so that none can ever be redeemed", words)
    if never(program.redemption_probability):
        yield Problem(f"{place}.redemption_probability", "0", "must be above 0: otherwise points can never be redeemed")
    yield from _redeemed(program, place)
    yield from _expiry(program, scenario, place)


def _redeemed(program: Points, place: str) -> Iterator[Problem]:
    """As rewards, or as money off: one of the two, with the keys of that one."""
    if program.point_value is None:
        if program.reward_at is None:
            words = "must be given, or point_value: without one of them points can never be redeemed"
            yield Problem(f"{place}.reward_at", "nothing", words)
        for key in ("min_points", "max_share_of_order"):
            if key in program.model_fields_set:
                yield Problem(f"{place}.{key}", "no point_value", "must have it: only then do points pay for an order")
        if program.perceived_value is not None and ends(program.reward_cost)[0] <= 0.0:
            words = "must be above 0 where perceived_value is given: the pressure follows their ratio"
            yield Problem(f"{place}.reward_cost", f"{ends(program.reward_cost)[0]:g}", words)
        return
    for key in ("reward_at", "reward_cost"):
        if key in program.model_fields_set:
            yield Problem(
                place, f"{key} and point_value", "must give only one of them: points are a reward, or money off an order"
            )
    if never(program.max_share_of_order):
        yield Problem(f"{place}.max_share_of_order", "0", "must be above 0: otherwise points can never be redeemed")
    if not never(program.goal_gradient) and ends(program.min_points)[0] <= 0.0:
        words = "must be above 0 where goal_gradient is given: it is what members save up for"
        yield Problem(f"{place}.min_points", f"{ends(program.min_points)[0]:g}", words)


def _expiry(program: Points, scenario: Scenario, place: str) -> Iterator[Problem]:
    """One rule at most, in whole months where there are lots, with a calendar where it goes by date."""
    given = [key for key in EXPIRY if getattr(program, key) is not None]
    if len(given) > 1:
        yield Problem(place, " and ".join(given), "must give only one of them: points expire by one rule")
    kept = program.expires_after_months
    if kept is not None and not all(end.is_integer() and 1 <= end <= MOST_MONTHS for end in _values(kept)):
        words = f"must be a whole number of months from 1 to {MOST_MONTHS}: lots are kept by month"
        found = f"{kept:g}" if isinstance(kept, float) else "an uncertain number"
        yield Problem(f"{place}.expires_after_months", found, words)
    if program.each_year_on is not None and scenario.start_date is None:
        words = "must have start_date in the scenario: without one no day has a date"
        yield Problem(f"{place}.each_year_on", repr(program.each_year_on), words)


def warnings(program: Points, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
    """Rewards that come at once, or never; keys that change nothing."""
    if program.reward_at is not None and ends(program.endowed_points)[0] >= ends(program.reward_at)[1]:
        found = f"{ends(program.endowed_points)[0]:g}, enough for a reward"
        yield Problem(f"{place}.endowed_points", found, "the first one needs no more than a chance to take it")
    if not never(program.lift_after_reward) and never(program.lift_months):
        yield Problem(f"{place}.lift_months", "0", "the lift after a reward is over at once")
    if program.perceived_value is not None and never(program.goal_gradient):
        yield Problem(f"{place}.perceived_value", "a value without goal_gradient", "it changes nothing")
    if program.per is not None and never(program.points_per_unit):
        yield Problem(f"{place}.per", "no points_per_unit", "it changes nothing")
    yield from unsent(place, program.statement_every_months, program.statement_cost)
    yield from too_dear(scenario, f"{place}.min_order", program.min_order, "gives points")
    yield from _out_of_reach(program, scenario, place, beside)


def _out_of_reach(program: Points, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
    """Orders that give no whole point; more points than even a very active customer has."""
    most, an_order = _most(program, scenario), _of_an_order(program, scenario)
    if program.whole_points and 0.0 < an_order < 1.0:
        words = "an order of the usual size gives less than one point, which is dropped"
        yield Problem(f"{place}.whole_points", f"true, at {an_order:.3g} points an order", words)
    key, goal = ("reward_at", program.reward_at) if program.point_value is None else ("min_points", program.min_points)
    if goal is None or any(other.receiver == "points" for other in beside) or ends(goal)[0] <= most:
        return
    allowed = f"points can hardly ever be redeemed: even a very active customer has fewer than {most:,.4g} at a time"
    yield Problem(f"{place}.{key}", f"{ends(goal)[0]:g}", allowed)


def _of_an_order(program: Points, scenario: Scenario) -> float:
    """The points of an order of the mean size, at most."""
    paid = most_spend(scenario) / ends(program.per or 1.0)[0]
    an_order = ends(program.points_per_order)[1] + ends(program.points_per_unit)[1] * paid
    campaigns = [*scenario.campaigns, *(c for strategy in scenario.strategies.values() for c in strategy.campaigns)]
    return float(an_order * max([1.0, *(ends(campaign.points_factor)[1] for campaign in campaigns)]))


def _most(program: Points, scenario: Scenario) -> float:
    """More points than a very active customer has at a time."""
    kept = scenario.months
    if program.expires_after_months is not None:
        kept = min(kept, ends(program.expires_after_months)[1] + 1.0)
    if program.each_year_on is not None:
        kept = min(kept, YEAR + 1.0)
    return float(ends(program.endowed_points)[1] + _of_an_order(program, scenario) * most_orders(scenario, kept))


def _values(value: Any) -> tuple[float, ...]:
    """All that a number can be, where that is a list; else what is no whole number, since it can lie between any two."""
    if isinstance(value, float):
        return (value,)
    return value.values if isinstance(value, Distribution) and value.values else (math.nan,)
