"""Strategies: named sets of changes on top of a scenario.

In: a scenario and the name of one of its strategies. Out: the scenario that this strategy makes of it: first the numbers that its
``set`` changes by their dotted keys, then its campaigns, shocks, policies, programmes and prices behind those of the scenario.
"""

from __future__ import annotations

from typing import Any

from ladsim.errors import Problem, ScenarioError, StudyError, nearest
from ladsim.scenario.address import Index, with_values
from ladsim.scenario.spec import Scenario

BASE = "base"  # what commands call the scenario under no strategy


def refuse_no_name(
    strategy: object, allowed: str = "the name of a strategy, or None for the scenario under none of them"
) -> None:
    """Raise StudyError where what stands in the place of a strategy's name is none."""
    if strategy is not None and not isinstance(strategy, str):
        raise StudyError(f"strategy: found {strategy!r}, must be {allowed}")


def with_strategy(scenario: Scenario, name: str | None) -> Scenario:
    """The scenario under one of its strategies (None: under none of them). The result has no strategies left.

    Raises ScenarioError for an unknown strategy (with the nearest name) and for values that cannot be set, StudyError for what is no name.
    """
    changed = with_set(scenario, name)
    if name is None:
        return changed
    if scenario.needs_curves:
        changed = changed.after(with_set(scenario, None))
    strategy = scenario.strategies[name]
    return changed.model_copy(
        update={
            "campaigns": changed.campaigns + strategy.campaigns,
            "shocks": changed.shocks + strategy.shocks,
            "policies": changed.policies + strategy.policies,
            "programs": changed.programs + strategy.programs,
            "prices": changed.prices + strategy.prices,
        }
    )


def with_set(scenario: Scenario, name: str | None, index: Index | None = None) -> Scenario:
    """The scenario with a strategy's ``set`` alone, and no strategies left. `index`: that of the scenario under no strategy."""
    refuse_no_name(name)
    bare = scenario.model_copy(update={"strategies": {}})
    if name is None:
        return bare
    if name not in scenario.strategies:
        allowed = f"must be one of {', '.join(scenario.strategies)}" if scenario.strategies else "the scenario has no strategies"
        if name == BASE:
            allowed += "; None is the scenario under none of them, which commands call base"
        raise ScenarioError([Problem("strategies", repr(name), allowed, nearest(name, scenario.strategies))])
    changes = scenario.strategies[name].set
    if not changes:
        return bare
    places = {key: f"strategies.{name}.set.{key}" for key in changes}
    return with_values(bare, changes, places, f"set by the strategy {name}", index)


def without_levers(scenario: Scenario, applied: Scenario) -> Scenario | None:
    """The market in which nothing is done: the file without strategies, campaigns, programmes and policies.

    `applied` is the scenario under its strategy; None where it is that market already. Prices, seasons, shocks, arrivals and fixed
    costs of the file stay, the market has them whatever is done; those that a strategy brings are its doing and are left out.
    """
    nothing: dict[str, Any] = {"campaigns": (), "programs": (), "policies": (), "strategies": {}}
    bare = scenario.model_copy(update=nothing)
    return None if applied.model_copy(update={"strategies": {}}) == bare else bare
