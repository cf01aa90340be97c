"""Other values in place of those in a file, by dotted key: ``--set`` and ``--months`` on the command line, ``overrides`` in Python.

In: a scenario and the values. Out: the scenario with them, checked as a file is. What is overridden comes first, then the strategy,
then the draw: ``resolve(with_strategy(override(scenario, …), name), seed, draw)``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ladsim.errors import ScenarioError
from ladsim.scenario.address import Index, place_of, with_values
from ladsim.scenario.check import problems
from ladsim.scenario.nesting import in_tables, in_text
from ladsim.scenario.spec import Scenario


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
