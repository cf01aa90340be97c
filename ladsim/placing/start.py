"""The start of a scenario: so many people on each rung, as they were placed.

In: a `Placement`. Out: TOML that extends the scenario whose ladder it is. Expected people are rounded to whole ones that add up.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from ladsim.errors import DataError
from ladsim.scenario.load import load
from ladsim.world.population import quotas

if TYPE_CHECKING:
    from ladsim.placing.place import Placement

LADDER = "five_rungs"  # of the default rule


def scenario_text(placed: Placement) -> str:
    """The start as TOML. Raises DataError where the scenario has not all rungs of the rule."""
    rule = placed.rule
    name = rule.scenario or LADDER
    below = load(name)
    there = [rung.name for rung in below.rungs]
    missing = [rung for rung in rule.names if rung not in there]
    if missing:
        raise DataError(
            f"--scenario: found rungs that {name} has not ({', '.join(missing)}), must be a rule for its ladder: --ladder SCENARIO"
        )
    expected = placed.probabilities.sum(axis=0)
    whole = quotas([float(value) for value in expected], placed.customers).tolist()
    people = dict(zip(rule.names, whole, strict=True))
    table = placed.rungs().set_index("rung")
    when = f" on {placed.end.isoformat()}" if placed.end is not None else ""
    lines = [
        f"# People on each rung{when}, placed by `ladsim place`; everything else is that of the scenario below.",
        "# Whoever is in none of the data (people who have never bought, above all) is missing: count them in.",
        "schema = 1",
        f"extends = {json.dumps(os.path.abspath(name) if os.path.exists(name) else name, ensure_ascii=False)}",
        f"market_size = {placed.customers}",
        "goals = []  # those of the scenario below are for its own market",
    ]
    for rung in there:
        lines += ["", "[[rungs]]", f"name = {json.dumps(rung, ensure_ascii=False)}"]
        low, high = (table.loc[rung, end] if rung in table.index else 0.0 for end in ("low", "high"))
        doubt = f"  # 90 %: {low:.0f} to {high:.0f}" if high - low > 0.5 and placed.has_interval else ""
        lines.append(f"people = {people.get(rung, 0)}{doubt}")
    return "\n".join(lines) + "\n"
