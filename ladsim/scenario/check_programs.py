"""Do the programmes make sense? What all kinds share; what is wrong with one kind, its own record says (``programs``).

In: a scenario of the right shape. Out: problems. `programs_of` looks at one list of programmes (the scenario's, or a strategy's), with
the place where the list stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ladsim.errors import Problem
from ladsim.scenario.address import steps_of
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import item_names, joined
from ladsim.scenario.programs.record import Program
from ladsim.scenario.references import repeated, unknown
from ladsim.scenario.spec import Scenario

BENEFITS = ("orders", "messages", "basket", "points", "climbing", "leaving")


def programs_of(scenario: Scenario, prefix: str, programs: Sequence[Program]) -> Iterator[Problem]:
    """Problems of the programmes that stand under `prefix` (empty: the scenario itself)."""
    beside = scenario.programs if prefix else ()
    place = joined(*filter(None, (prefix, "programs")))
    yield from repeated(place, [program.name for program in programs])
    for name, program in zip(item_names("programs", programs), programs, strict=True):
        here = joined(place, name)
        yield from _joining(scenario, here, program)
        yield from _factors(scenario, f"{here}.factors", program.factors)
        levels = program.levels_of_members
        for called, level in zip(item_names("levels", levels), levels, strict=True):
            yield from _factors(scenario, f"{here}.levels.{called}.factors", level.factors)
        yield from program.problems(scenario, here, (*beside, *programs))


def _joining(scenario: Scenario, place: str, program: Program) -> Iterator[Problem]:
    """Rungs that exist, and a way to become a member."""
    way, names = program.joins, [rung.name for rung in scenario.rungs]
    wanted = (way.on_rungs,) if isinstance(way.on_rungs, str) else way.on_rungs
    for name in wanted or ():
        if name not in names:
            yield unknown(f"{place}.joins.on_rungs", name, names, "rungs")
    if wanted == ():
        yield Problem(f"{place}.joins.on_rungs", "an empty list", "must name at least one of the rungs, or be left out")
    if way.monthly is not None and ends(way.monthly)[1] >= 1.0:
        yield Problem(f"{place}.joins.monthly", f"{ends(way.monthly)[1]:g}", "must be below 1; who joins at once: probability")
    if way.to_month is not None and way.to_month <= program.from_month:
        yield Problem(f"{place}.joins.to_month", f"{way.to_month:g}", f"must be after from_month ({program.from_month:g})")
    if program.must_be_joined and not {"probability", "monthly"} & way.model_fields_set:
        found = "neither probability nor monthly"
        also = ", or name the rungs it is for under `to`" if "to" in type(program).model_fields else ""
        yield Problem(f"{place}.joins", found, f"must give one of them: nobody could join{also}")


def _factors(scenario: Scenario, place: str, factors: dict[str, object]) -> Iterator[Problem]:
    """Benefits that a member can have."""
    for name in factors:
        if name not in BENEFITS and not (name.startswith("steps.") and steps_of(scenario, name.removeprefix("steps."))):
            targets = [*BENEFITS, *(f"steps.{step}" for step in item_names("steps", scenario.steps))]
            problem = unknown(f"{place}.{name}", name, targets, "benefits")
            yield Problem(problem.place, problem.found, f"must be {', '.join(BENEFITS)} or steps.FROM.TO", problem.nearest)
