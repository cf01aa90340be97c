"""What is odd about loyalty programmes though they can be simulated: warnings of all kinds; a kind's own its record has (``programs``).

In: a scenario without problems. Out: `Problem` records, as in ``warnings``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ladsim.errors import Problem
from ladsim.scenario.distributions import never
from ladsim.scenario.key_paths import item_names, joined
from ladsim.scenario.programs.record import Program
from ladsim.scenario.segments import counts_as_customer
from ladsim.scenario.spec import Campaign, Scenario


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
            yield from program.warnings(scenario, place, both)
        yield from _points_factor(joined(*filter(None, (prefix, "campaigns"))), campaigns, both)


def _joining(scenario: Scenario, place: str, program: Program) -> Iterator[Problem]:
    if not program.must_be_joined:
        return
    if never(program.joins.probability) and never(program.joins.monthly):
        yield Problem(f"{place}.joins", "a chance of 0 to join", "nobody ever becomes a member")
    elif program.joins.on_rungs is None and not any(map(counts_as_customer, scenario.rungs)):
        yield Problem(f"{place}.joins", "no rung with customers who could join", "nobody ever does; `on` would name others")


def _points_factor(place: str, campaigns: tuple[Campaign, ...], programs: tuple[Program, ...]) -> Iterator[Problem]:
    for name, campaign in zip(item_names("campaigns", campaigns), campaigns, strict=True):
        if campaign.points_factor != 1.0 and not any(program.gives_points for program in programs):
            words = "there is no programme with points: it changes nothing"
            yield Problem(f"{joined(place, name)}.points_factor", f"{campaign.points_factor}", words)
