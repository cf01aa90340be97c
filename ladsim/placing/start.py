"""The start of a scenario: so many people on each rung, as they were placed.

In: a `Placement`. Out: TOML that extends the scenario whose ladder it is; or a file that is there, with these
people in it. Expected people are rounded to whole ones that add up.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ladsim.errors import DataError
from ladsim.scenario.load import load, loads
from ladsim.world.population import quotas

if TYPE_CHECKING:
    from ladsim.placing.place import Placement
    from ladsim.scenario.spec import Scenario

LADDER = "five_rungs"  # of the default rule
POTENTIAL = "potential"  # role of a rung of people who have never bought


def scenario_text(placed: Placement) -> str:
    """The start as TOML. Raises DataError where the scenario has not all rungs of the rule."""
    name = placed.rule.scenario or LADDER
    below = load(name)
    people = _people(placed, below, name)
    when = f" on {placed.end.isoformat()}" if placed.end is not None else ""
    lines = [
        f"# People on each rung{when}, placed by `ladsim place`; everything else is that of the scenario below.",
        "# Whoever is in none of the data (people who have never bought, above all) is missing: count them in.",
        "schema = 1",
        f"extends = {json.dumps(os.path.abspath(name) if os.path.exists(name) else name, ensure_ascii=False)}",
        f"market_size = {placed.customers}",
        "goals = []  # those of the scenario below are for its own market",
    ]
    for rung in (one.name for one in below.rungs):
        doubt = _doubt(placed, rung)
        lines += ["", "[[rungs]]", f"name = {json.dumps(rung, ensure_ascii=False)}"]
        lines.append(f"people = {people.get(rung, 0)}{f'  # {doubt}' if doubt else ''}")
    return "\n".join(lines) + "\n"


def brought_up_to_date(text: str, place: Path, placed: Placement) -> str:
    """The text of the scenario at `place` with people on its rungs as they are placed now; all else in it stays, comments too.

    A rung that the data cannot see, or of people who have never bought, keeps its people where nobody is placed there: whoever is in none
    of the data was counted in. Raises DataError where it has
    not all rungs of the rule, ScenarioError where it is no scenario, before or afterwards.
    """
    import tomlkit

    before = loads(text, place.parent, str(place), trust=True)  # nothing of it is run
    people = _people(placed, before, str(place))
    rule = placed.rule
    beyond = rule.beyond(list(placed.facts.kinds))
    unseen = {name for at, name in enumerate(rule.names) if at in beyond or rule.roles[at] == POTENTIAL}
    document: Any = tomlkit.parse(text)
    tables = {table.get("name"): table for table in document.get("rungs", [])}
    for rung in before.rungs:
        if rung.name not in people or (not people[rung.name] and rung.name in unseen):
            continue
        if rung.name not in tables:
            fresh = tomlkit.table()
            fresh["name"] = rung.name
            document.setdefault("rungs", tomlkit.aot()).append(fresh)
            tables[rung.name] = fresh
        number = tomlkit.item(people[rung.name])
        if doubt := _doubt(placed, rung.name):
            number.comment(doubt)
        tables[rung.name]["people"] = number
    if "market_size" in document:
        kept = {name: int(table.get("people", 0)) for name, table in tables.items()}
        document["market_size"] = sum(kept.values())
    changed = tomlkit.dumps(document)
    loads(changed, place.parent, str(place), trust=True)
    return changed


def _people(placed: Placement, below: Scenario, called: str) -> dict[str, int]:
    """Whole people by rung. Raises DataError where the scenario has not all rungs of the rule."""
    rule = placed.rule
    there = {rung.name for rung in below.rungs}
    if missing := [rung for rung in rule.names if rung not in there]:
        raise DataError(
            f"--scenario: found rungs that {called} has not ({', '.join(missing)}), must be a rule for its ladder: --ladder SCENARIO"
        )
    expected = placed.probabilities.sum(axis=0)
    whole = quotas([float(value) for value in expected], placed.customers).tolist()
    return dict(zip(rule.names, map(int, whole), strict=True))


def _doubt(placed: Placement, rung: str) -> str:
    """The interval of a rung's people, where there is one."""
    table = placed.rungs().set_index("rung")
    low, high = (table.loc[rung, end] if rung in table.index else 0.0 for end in ("low", "high"))
    return f"90 %: {low:.0f} to {high:.0f}" if high - low > 0.5 and placed.has_interval else ""
