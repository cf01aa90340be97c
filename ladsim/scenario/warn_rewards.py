"""What nobody can ever reach in a loyalty programme, and what it gives away: warnings.

In: a scenario without problems. Out: `Problem` records, as in ``warnings``. What a busy customer orders is the highest mean that the file
has for a rung and a segment, twenty times over, and twenty orders more: whoever needs more than that is left to luck nobody has. The
factor and the orders on top are assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ladsim.errors import Problem
from ladsim.scenario.check_programs import never
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.number_types import DAYS_PER_MONTH
from ladsim.scenario.program_spec import Program, asked_of
from ladsim.scenario.spec import Scenario

BUSY = 20.0  # times the mean, and orders on top
YEAR = 12.0


def warn_rewards(scenario: Scenario, place: str, program: Program, beside: Sequence[Program]) -> Iterator[Problem]:
    """Oddities of what a programme gives, `beside` being all programmes of the scenario and strategy."""
    if program.kind in REWARDS:
        yield from REWARDS[program.kind](scenario, place, program, beside)


def most_orders(scenario: Scenario, months: float) -> float:
    """More orders than a busy customer places in so many months."""
    mean = max(ends(rung.orders_per_month)[1] for rung in scenario.rungs)
    factors = [ends(value)[1] for segment in scenario.segments for key, value in segment.factors.items() if "orders" in key]
    return BUSY * mean * max([1.0, *factors]) * months + BUSY


def most_spend(scenario: Scenario) -> float:
    """More than a busy customer pays for one order."""
    factors = [ends(value)[1] for segment in scenario.segments for key, value in segment.factors.items() if "basket" in key]
    rungs = max(ends(rung.basket_factor)[1] for rung in scenario.rungs)
    return ends(scenario.basket.mean)[1] * rungs * max([1.0, *factors])


def _points(scenario: Scenario, place: str, program: Program, beside: Sequence[Program]) -> Iterator[Problem]:
    given = any(other.kind == "referral_reward" and other.reward == "points" for other in beside)
    if given or program.reward_at is None:
        return
    kept = scenario.months
    if program.expires_after_months is not None:
        kept = min(kept, ends(program.expires_after_months)[1] + 1.0)
    an_order = ends(program.points_per_order)[1] + ends(program.points_per_unit)[1] * most_spend(scenario)
    campaigns = [*scenario.campaigns, *(c for strategy in scenario.strategies.values() for c in strategy.campaigns)]
    an_order *= max([1.0, *(ends(campaign.points_factor)[1] for campaign in campaigns)])
    most = ends(program.endowed_points)[1] + an_order * most_orders(scenario, kept)
    if ends(program.reward_at)[0] > most:
        allowed = f"points can hardly ever be redeemed: even a busy customer has fewer than {most:,.4g} at a time"
        yield Problem(f"{place}.reward_at", f"{ends(program.reward_at)[0]:g}", allowed)


def _tiers(scenario: Scenario, place: str, program: Program, _: Sequence[Program]) -> Iterator[Problem]:
    orders = most_orders(scenario, min(YEAR, scenario.months))
    for name, level in zip(item_names("levels", program.levels), program.levels, strict=True):
        key, most = ("orders", orders) if level.orders is not None else ("spend", orders * most_spend(scenario))
        if ends(asked_of(level))[0] > most:
            allowed = f"hardly anybody ever reaches it: even a busy customer has fewer than {most:,.4g} in 12 months"
            yield Problem(f"{place}.levels.{name}.{key}", f"{ends(asked_of(level))[0]:g}", allowed)


def _cashback(scenario: Scenario, place: str, program: Program, _: Sequence[Program]) -> Iterator[Problem]:
    yield from _share(place, program, "comes back: whoever returns has paid nothing")
    most = ends(program.share_of_order)[1] * most_spend(scenario) * most_orders(scenario, scenario.months)
    if program.minimum_balance is not None and ends(program.minimum_balance)[0] > most > 0.0:
        allowed = f"hardly anything is ever paid out: even a busy customer has less than {most:,.4g}"
        yield Problem(f"{place}.minimum_balance", f"{ends(program.minimum_balance)[0]:g}", allowed)
    kept = program.expires_after_months
    if kept is not None and ends(kept)[1] * DAYS_PER_MONTH < 1.0:
        yield Problem(f"{place}.expires_after_months", f"{ends(kept)[1]:g}", "the balance expires within a day of the order")


def _discount(scenario: Scenario, place: str, program: Program, _: Sequence[Program]) -> Iterator[Problem]:
    yield from _share(place, program, "comes off: these orders are free")
    ordering = {rung.name for rung in scenario.rungs if ends(rung.orders_per_month)[1] > 0.0}
    ordering |= {step.to for step in scenario.steps if step.is_order}
    for name in program.to or ():
        if name not in ordering:
            yield Problem(f"{place}.to", f"{name!r}, where nobody orders", "there is nothing to take it off")


def _club(_: Scenario, place: str, program: Program, __: Sequence[Program]) -> Iterator[Problem]:
    if ends(program.share_of_order)[1] >= 1.0:
        yield Problem(f"{place}.share_of_order", "1", "all of an order comes off: members' orders are free")


def _referral_reward(_: Scenario, place: str, program: Program, __: Sequence[Program]) -> Iterator[Problem]:
    if never(program.give) and never(program.get):
        yield Problem(f"{place}.give", "0, and get too", "nobody is given anything")


def _share(place: str, program: Program, all_of_it: str) -> Iterator[Problem]:
    low, high = ends(program.share_of_order)
    if high <= 0.0:
        yield Problem(f"{place}.share_of_order", "0", "it gives nothing")
    elif high >= 1.0:
        found = "1" if low >= 1.0 else f"up to {high:g}"
        yield Problem(f"{place}.share_of_order", found, f"all of an order {all_of_it}")


REWARDS: dict[str, Callable[[Scenario, str, Program, Sequence[Program]], Iterator[Problem]]] = {
    "points": _points, "tiers": _tiers, "cashback": _cashback, "discount": _discount, "club": _club, "referral_reward": _referral_reward,
}  # fmt: skip
