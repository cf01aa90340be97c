"""Does a scenario make sense? Every problem at once; and what is merely odd.

In: a scenario of the right shape (``spec`` has seen to it). Out: `problems`, which forbid to simulate it, and `warnings`, which
do not. Pure Python: ``ladsim check`` answers before anything heavy is loaded. The checks stand in ``check_ladder``,
``check_market``, ``check_plan``, ``check_levers`` and ``check_programs``, what is odd in ``warnings``; a kind of programme has its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from ladsim.errors import Problem, ScenarioError
from ladsim.scenario.address import Index, place_of
from ladsim.scenario.check_ladder import LADDER
from ladsim.scenario.check_levers import levers_of_scenario, prices_of
from ladsim.scenario.check_market import MARKET
from ladsim.scenario.check_plan import levers, plan_of, strategy_names
from ladsim.scenario.check_programs import programs_of
from ladsim.scenario.look_alikes import look_alikes
from ladsim.scenario.posterior import problems as posterior_problems
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_set, with_strategy
from ladsim.scenario.warnings import ODDITIES


def problems(scenario: Scenario) -> list[Problem]:
    """Everything that forbids to simulate the scenario or one of its strategies, without doubles."""
    found = [*look_alikes(scenario), *_own(scenario), *_sources(scenario), *strategy_names(scenario), *_strategies(scenario)]
    return list(dict.fromkeys(found or _curves(scenario)))


def _curves(scenario: Scenario) -> Iterator[Problem]:
    """What is known of today and no response curve can do; also under each strategy's numbers.

    Tried by the medians of what is uncertain, and with today's own numbers where their ranges ask most of a curve.
    """
    if not scenario.needs_curves:
        return
    from ladsim.scenario.draws import Draws
    from ladsim.scenario.today import LIKE, at_its_most

    for name in (None, *(name for name, strategy in scenario.strategies.items() if strategy.set)):
        market = with_strategy(scenario, name)
        lists = {key: getattr(market, key) for key in LIKE}
        hard = {
            key: tuple(one if one.today is None else one.model_copy(update={"today": at_its_most(one.today)}) for one in levers)
            for key, levers in lists.items()
        }
        for asked in (market,) if hard == lists else (market, market.model_copy(update=hard)):
            try:
                Draws(asked, 0).scenario_of(None)
            except ScenarioError as error:
                yield from error.problems
                break


def warnings(scenario: Scenario) -> list[Problem]:
    """What is odd about the scenario, though it can be simulated."""
    return list(dict.fromkeys(problem for look in ODDITIES for problem in look(scenario)))


def _own(scenario: Scenario) -> Iterator[Problem]:
    """Problems of the scenario itself, whatever its strategies."""
    for check in (*LADDER, *MARKET):
        yield from check(scenario)
    yield from levers(scenario)
    yield from levers_of_scenario(scenario)
    yield from plan_of(scenario, "", scenario.campaigns, scenario.shocks, scenario.policies)
    yield from programs_of(scenario, "", scenario.programs)
    yield from posterior_problems(scenario)


def _sources(scenario: Scenario) -> Iterator[Problem]:
    index = Index(scenario) if scenario.sources else None
    for key in scenario.sources:
        if not key.startswith("strategies."):
            try:
                place_of(scenario, key, f"sources.{key}", index)
            except ScenarioError as error:
                yield from error.problems


def _strategies(scenario: Scenario) -> Iterator[Problem]:
    """Problems that a strategy brings, placed at the strategy."""
    before = set(_own(scenario)) if scenario.strategies else set()
    index = Index(with_set(scenario, None)) if any(strategy.set for strategy in scenario.strategies.values()) else None
    for name, strategy in scenario.strategies.items():
        place = f"strategies.{name}"
        try:
            changed = with_set(scenario, name, index)
        except ScenarioError as error:
            yield from error.problems
            changed = with_set(scenario, None)
        else:
            for problem in _own(changed) if strategy.set else ():
                if problem not in before:
                    yield Problem(
                        _brought_by(place, strategy.set, problem.place), problem.found, problem.allowed, problem.nearest
                    )
        yield from plan_of(changed, place, strategy.campaigns, strategy.shocks, strategy.policies, strategy.programs)
        yield from prices_of(changed, place, strategy.prices)
        yield from programs_of(changed, place, strategy.programs)


def _brought_by(place: str, keys: dict[str, object], problem: str) -> str:
    """The key of ``set`` that a problem comes from, as far as its place tells."""
    near = [key for key in keys if key.startswith(problem) or problem.startswith(key) or key.rpartition(".")[0] in problem]
    return f"{place}.set.{near[0]}" if near else f"{place}.set ({problem})"
