"""What is odd about loyalty programmes though they can be simulated: warnings.

In: a scenario without problems. Out: `Problem` records, as in ``oddities``. To add a kind: a function in `ODD`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ladsim.errors import Problem
from ladsim.scenario.check_programs import JOINED, never
from ladsim.scenario.places import item_names, joined
from ladsim.scenario.program_spec import Program, asked_of
from ladsim.scenario.ranges import ends
from ladsim.scenario.segments import counts_as_customer
from ladsim.scenario.spec import Campaign, Scenario

FAR = 10.0  # times what the busiest buyers bring on average: hardly anybody comes so far


class Busiest(NamedTuple):
    """What somebody on the rung with most orders does in a month on average, at the high end of what is uncertain."""

    orders: float
    spend: float  # paid, VAT taken out


def odd_programs(scenario: Scenario) -> Iterator[Problem]:
    """Oddities of the programmes of a scenario and of its strategies."""
    places = {"": (scenario.programs, scenario.campaigns)}
    places |= {f"strategies.{name}": (s.programs, s.campaigns) for name, s in scenario.strategies.items()}
    for prefix, (programs, campaigns) in places.items():
        here = joined(*filter(None, (prefix, "programs")))
        for name, program in zip(item_names("programs", programs), programs, strict=True):
            place = f"{here}.{name}"
            yield from _joining(scenario, place, program)
            if program.kind in ODD:
                yield from ODD[program.kind](place, program)
            yield from _out_of_reach(scenario, place, program, (*programs, *(scenario.programs if prefix else ())))
        both = (*programs, *(scenario.programs if prefix else ()))
        yield from _points_factor(joined(*filter(None, (prefix, "campaigns"))), campaigns, both)


def _joining(scenario: Scenario, place: str, program: Program) -> Iterator[Problem]:
    if program.kind in JOINED and never(program.joins.probability) and never(program.joins.monthly):
        yield Problem(f"{place}.joins", "a chance of 0 to join", "nobody ever becomes a member")
    elif program.kind in JOINED and program.joins.on is None and not any(map(counts_as_customer, scenario.rungs)):
        yield Problem(f"{place}.joins", "no rung with customers who could join", "nobody ever does; `on` would name others")


def _points_factor(place: str, campaigns: tuple[Campaign, ...], programs: tuple[Program, ...]) -> Iterator[Problem]:
    for name, campaign in zip(item_names("campaigns", campaigns), campaigns, strict=True):
        if campaign.points_factor != 1.0 and not any(program.kind == "points" for program in programs):
            words = "there is no programme with points: it changes nothing"
            yield Problem(f"{joined(place, name)}.points_factor", f"{campaign.points_factor}", words)


def _busiest(scenario: Scenario) -> Busiest:
    """The rung with most orders, and that with most spend, in the segment that buys most."""
    factors = [segment.factors for segment in scenario.segments] or [{}]
    often, dear = (max(ends(one.get(key, 1.0))[1] for one in factors) for key in ("orders", "basket"))
    basket = ends(scenario.basket.mean)[1] * dear / (1.0 + scenario.amounts_include_vat)
    orders = [ends(rung.orders_per_month)[1] * often for rung in scenario.rungs]
    spend = [n * basket * ends(rung.basket_factor)[1] for n, rung in zip(orders, scenario.rungs, strict=True)]
    return Busiest(max(orders), max(spend))


def _out_of_reach(scenario: Scenario, place: str, program: Program, every: tuple[Program, ...]) -> Iterator[Problem]:
    """Rewards, payouts and levels that ask for much more than even the busiest bring."""
    best, months = _busiest(scenario), scenario.months - program.from_month
    if best.orders == 0.0 or months <= 0.0:
        return
    if program.kind == "points" and program.reward_at is not None and not any(other.reward == "points" for other in every):
        kept = months if program.expires_after_months is None else min(months, ends(program.expires_after_months)[1] + 1.0)
        earned = ends(program.points_per_unit)[1] * best.spend + ends(program.points_per_order)[1] * best.orders
        most = earned * kept + ends(program.endowed_points)[1]
        yield from _far(f"{place}.reward_at", program.reward_at, most, "points while they are kept")
    if program.kind == "cashback" and program.minimum_balance is not None:
        most = ends(program.share_of_order)[1] * best.spend * months
        yield from _far(f"{place}.minimum_balance", program.minimum_balance, most, "until the scenario ends")
    for level in program.levels if program.kind == "tiers" else ():
        key = "spend" if level.spend is not None else "orders"
        most = min(12.0, months) * (best.spend if key == "spend" else best.orders)
        yield from _far(f"{place}.levels.{level.name}.{key}", asked_of(level), most, "in a year at most")


def _far(place: str, asked: Any, most: float, when: str) -> Iterator[Problem]:
    """A threshold of more than `FAR` times what the busiest bring."""
    if ends(asked)[0] > FAR * most:
        found = f"{ends(asked)[0]:g}, where those who buy most bring some {most:.3g} {when}"
        yield Problem(place, found, "hardly anybody ever comes so far")


def _points(place: str, program: Program) -> Iterator[Problem]:
    if program.reward_at is not None and ends(program.endowed_points)[0] >= ends(program.reward_at)[1]:
        found = f"{ends(program.endowed_points)[0]:g}, enough for a reward"
        yield Problem(f"{place}.endowed_points", found, "the first one needs no more than a chance to take it")
    if not never(program.lift_after_reward) and never(program.lift_months):
        yield Problem(f"{place}.lift_months", "0", "the lift after a reward is over at once")
    if program.perceived_value is not None and never(program.pressure):
        yield Problem(f"{place}.perceived_value", "a value without pressure", "it changes nothing")
    if not never(program.statement_cost) and program.statement_every_months is None:
        yield Problem(f"{place}.statement_cost", "a cost without statement_every_months", "no statement is ever sent")


def _tiers(place: str, program: Program) -> Iterator[Problem]:
    lowest = program.levels[0]
    asked = asked_of(lowest)
    if not never(asked):
        words = "who joins has the lowest level at once, whatever it asks"
        yield Problem(f"{place}.levels.{lowest.name}", f"a lowest level that asks {ends(asked)[1]:g}", words)
    if len(program.levels) == 1:
        yield Problem(f"{place}.levels", "one level", "there is nothing to climb to")


ODD: dict[str, Callable[[str, Program], Iterator[Problem]]] = {"points": _points, "tiers": _tiers}
