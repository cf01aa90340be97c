"""Changes to a scenario and to its file, comments kept.

In: a file, a dotted key, a value. Out: the same file with that one value changed, every comment and blank line where it was
(tomlkit). The text is checked before it is written and takes the old one's place in one move: a file is never half-written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ladsim.errors import Problem, ScenarioError
from ladsim.files import write_text
from ladsim.scenario.address import Index, place_of, plain
from ladsim.scenario.key_paths import get
from ladsim.scenario.load import find, load, loads, validated
from ladsim.scenario.merge import IDENTITY, identities
from ladsim.scenario.spec import STEP_ALTERNATIVES, Scenario
from ladsim.scenario.strategy_templates import READY


def set_in_file(path: str | Path, dotted: str, value: Any) -> Scenario:
    """Set one value of a scenario file by its dotted key, comments kept; returns the scenario that the file now holds.

    What the file inherits by ``extends`` is set on top, in the file itself. Raises ScenarioError (and writes nothing) where the
    key is unknown or the scenario would no longer be right, OutputError where the file cannot be written.
    """
    file = find(path)
    scenario = load(path, trust=True)  # nothing of it is run
    changed = text_with(file.read_bytes().decode("utf-8-sig"), scenario, {dotted: value})
    result = loads(changed, file.parent, str(path), trust=True)
    write_text(file, changed)
    return result


def text_with(text: str, scenario: Scenario, values: Mapping[str, Any], sources: Mapping[str, str] | None = None) -> str:
    """The text of a file with values set by dotted key and with sources of numbers, comments kept; `scenario` is what it holds now.

    Raises ScenarioError where a key is unknown; whether the whole still makes sense, ``loads`` tells.
    """
    import tomlkit

    document = tomlkit.parse(text)
    index = Index(scenario)
    for dotted, value in values.items():
        _put(document, scenario, place_of(scenario, dotted, index=index).path, value, dotted)
    if sources:
        if "sources" not in document:
            document["sources"] = tomlkit.table()
        for dotted, said in sources.items():
            document["sources"][dotted] = said  # type: ignore[index]
    return tomlkit.dumps(document)


def ready_strategies(scenario: Scenario, budget_per_month: float) -> Scenario:
    """The scenario with the five ready-made strategies at one monthly budget, to be compared; strategies of these names are replaced.

    Raises ScenarioError where the scenario has no rungs that they are for, or the budget is no amount.

    >>> import ladsim
    >>> sorted(ladsim.ready_strategies(ladsim.load("ladder_five"), 10_000).strategies)
    ['acquisition_first', 'balanced', 'by_rung', 'referral_first', 'retention_first']
    """
    data = plain(scenario)
    made = {name: {"ready": name, "monthly_budget": float(budget_per_month)} for name in READY}
    return validated(data | {"strategies": dict(data.get("strategies", {})) | made}).from_file(scenario.file)


def _put(document: Any, scenario: Scenario, path: tuple[Any, ...], value: Any, dotted: str) -> None:
    """Put a value at `path` of the scenario into the document, whose lists may be shorter."""
    here: Any = document
    record: Any = scenario
    place = 0
    while place < len(path) - 1:
        key, following = path[place], path[place + 1]
        if isinstance(following, int) and key == "beta":
            pair = list(here["beta"]) if "beta" in here else list(record.beta)
            pair[following] = value
            here["beta"] = _array(pair)
            return
        record = record.get(key) if isinstance(record, Mapping) else get(record, key)
        if isinstance(following, int):
            here = _item(here, key, record, following, dotted)
            record = record[following]
            place += 2
        else:
            if key not in here:
                here[key] = {}
            here = here[key]
            place += 1
    last = path[-1]
    here[last] = _toml(value)
    if path[0] == "steps" and len(path) == 3:
        for other in STEP_ALTERNATIVES.get(last, ()):
            here.pop(other, None)


def _item(table: Any, key: str, records: Sequence[Any], position: int, dotted: str) -> Any:
    """The item of the document's list `key` that is the scenario's number `position`; made where it is inherited."""
    import tomlkit

    items = table.get(key, [])
    if key not in IDENTITY:
        if position < len(items):
            return items[position]
        raise ScenarioError([Problem(dotted, "a value that another file gives (extends)", "must be changed there")])
    raw = [{part: get(record, part) for part in IDENTITY[key]} for record in records]
    wanted = identities(key, raw)[position]
    for item, own in zip(items, identities(key, items), strict=True):
        if own == wanted:
            return item
    fresh = tomlkit.table()
    for part, name in raw[position].items():
        fresh[part] = name
    if key not in table:
        table[key] = tomlkit.aot()
    table[key].append(fresh)
    return table[key][-1]


def _array(values: Sequence[Any]) -> Any:
    """Several values, ranges among them, in one line."""
    import tomlkit

    made = tomlkit.array()
    for value in values:
        made.append(_toml(value.model_dump(exclude_none=True) if hasattr(value, "model_dump") else value))
    return made


def _toml(value: Any) -> Any:
    """A range as an inline table, everything else as it is."""
    import tomlkit

    if not isinstance(value, Mapping):
        return list(value) if isinstance(value, tuple) else value
    table = tomlkit.inline_table()
    table.update(value)
    return table
