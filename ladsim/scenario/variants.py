"""A scenario made into another: by a strategy, by ``--set``, by a draw of what we do not know.

In: a scenario. Out: a scenario. A strategy sets numbers and adds campaigns, shocks and policies; an override sets values by
dotted key; a resolved scenario has plain numbers only and can be simulated. Luck is addressed by dotted key, so that a number
shared by two strategies has the same draw in both. In order: ``resolve(with_strategy(override(scenario, …), name), seed, draw)``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ladsim.errors import ScenarioError
from ladsim.scenario.address import Index, numbers, place_of, with_values
from ladsim.scenario.check import problems
from ladsim.scenario.draws import Draws
from ladsim.scenario.nesting import in_tables, in_text
from ladsim.scenario.spec import Distribution, Range, Scenario
from ladsim.scenario.strategies import with_strategy

__all__ = ["Uncertain", "override", "resolve", "uncertain", "with_strategy", "without_levers"]


@dataclass(frozen=True)
class Uncertain:
    """A number that is not known: its dotted key, its range or law, its kind, and where it comes from."""

    key: str
    value: Range | Distribution
    kind: str
    source: str


def override(scenario: Scenario, values: Mapping[str, Any], asked_by: str = "--set") -> Scenario:
    """The scenario with values set by dotted key; a text is read as TOML (``{ low = 0.1, high = 0.2 }``), else as itself.

    Raises ScenarioError with places such as ``--set KEY``; the result is checked as a file is.
    """
    if not values:
        return scenario
    read = {key: _read(value) for key, value in values.items()}
    changed = with_values(scenario, read, {key: f"{asked_by} {key}" for key in read}, f"set by {asked_by}")
    found = problems(changed)
    if found:
        index = Index(changed)
        said = {place_of(changed, key, index=index).key: f"{asked_by} {key}" for key in read}
        raise ScenarioError([replace(problem, place=said.get(problem.place, problem.place)) for problem in found])
    return changed


def _read(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = f"value = {value}"
    if "\n" in value or in_text(text) is not None:
        return value
    try:
        read = tomllib.loads(text)["value"]
        return value if in_tables(read) is not None else read
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return value


def without_levers(scenario: Scenario, applied: Scenario) -> Scenario | None:
    """The market in which nothing is done: the file without strategies, campaigns, programmes and policies.

    `applied` is the scenario under its strategy; None where it is that market already. Prices, seasons, shocks, arrivals and fixed
    costs of the file stay, the market has them whatever is done; those that a strategy brings are its doing and are left out.
    """
    nothing: dict[str, Any] = {"campaigns": (), "programs": (), "policies": (), "strategies": {}}
    bare = scenario.model_copy(update=nothing)
    return None if applied.model_copy(update={"strategies": {}}) == bare else bare


def uncertain(scenario: Scenario) -> dict[str, Uncertain]:
    """Every number that is a range or a distribution, by dotted key."""
    return {
        key: Uncertain(key, number.value, number.kind, number.source)
        for key, number in numbers(scenario).items()
        if isinstance(number.value, Range | Distribution)
    }


def resolve(scenario: Scenario, seed: int, draw: int | None) -> Scenario:
    """The scenario with every uncertain number drawn: parameter draw `draw` of `seed`, or the medians with None.

    Shares that must add up to 1 are scaled to do so where one of them was uncertain.
    """
    return Draws(scenario, seed).scenario_of(draw)
