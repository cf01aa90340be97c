"""What is odd about loyalty programmes though they can be simulated: warnings.

In: a scenario without problems. Out: `Problem` records, as in ``warnings``. To add a kind: a function in `ODD`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ladsim.errors import Problem
from ladsim.scenario.check_programs import JOINED, never
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import item_names, joined
from ladsim.scenario.program_spec import Program, asked_of
from ladsim.scenario.segments import counts_as_customer
from ladsim.scenario.spec import Campaign, Scenario
from ladsim.scenario.warn_rewards import warn_rewards


def warn_programs(scenario: Scenario) -> Iterator[Problem]:
    """Oddities of the programmes of a scenario and of its strategies."""
    places = {"": (scenario.programs, scenario.campaigns)}
    places |= {f"strategies.{name}": (s.programs, s.campaigns) for name, s in scenario.strategies.items()}
    for prefix, (programs, campaigns) in places.items():
        here = joined(*filter(None, (prefix, "programs")))
        both = (*programs, *(scenario.programs if prefix else ()))
        for name, program in zip(item_names("programs", programs), programs, strict=True):
            place = f"{here}.{name}"
            yield from _joining(scenario, place, program)
            if program.kind in ODD:
                yield from ODD[program.kind](place, program)
            yield from warn_rewards(scenario, place, program, both)
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


def _points(place: str, program: Program) -> Iterator[Problem]:
    if program.reward_at is not None and ends(program.endowed_points)[0] >= ends(program.reward_at)[1]:
        found = f"{ends(program.endowed_points)[0]:g}, enough for a reward"
        yield Problem(f"{place}.endowed_points", found, "the first one needs no more than a chance to take it")
    if not never(program.lift_after_reward) and never(program.lift_months):
        yield Problem(f"{place}.lift_months", "0", "the lift after a reward is over at once")
    if program.perceived_value is not None and never(program.pressure):
        yield Problem(f"{place}.perceived_value", "a value without pressure", "it changes nothing")
    yield from _statements(place, program)


def _statements(place: str, program: Program) -> Iterator[Problem]:
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


ODD: dict[str, Callable[[str, Program], Iterator[Problem]]] = {"points": _points, "tiers": _tiers, "cashback": _statements}
