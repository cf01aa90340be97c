"""Keys renamed in what is stored: scenarios as data, written when their keys had the names of before.

In: raw tables of a scenario. Out: the same tables by the names of now (``ladsim.scenario.renamed_keys``), dotted keys in a strategy's
``set`` and in ``sources`` with them. Nothing else changes, so the records stay: the same numbers must come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ladsim.scenario.number_types import Table
from ladsim.scenario.renamed_keys import now, parted
from ladsim.scenario.schema_walk import Shape, fields
from ladsim.scenario.spec import Scenario, Strategy

_DOTTED = {Scenario: "sources", Strategy: "set"}  # which key of a table holds dotted keys


def renamed(tables: Mapping[str, Any], record: type[Table] = Scenario) -> dict[str, Any]:
    """The tables with every key by its name of now, in the order they had."""
    found: dict[str, Any] = {}
    for key, value in tables.items():
        apart, beside = parted(record, key)
        called = now(record, key) or (apart if beside in tables else key)
        shape = fields(record).get(called)
        if key == _DOTTED.get(record):
            found[key] = {_dotted(name): number for name, number in value.items()}
        else:
            found[called] = _below(value, shape) if shape is not None else value
    return found


def _below(value: Any, shape: Shape) -> Any:
    """What stands behind a key, renamed where it is tables."""
    if shape.table is None or not isinstance(value, list | Mapping):
        return value
    if shape.form in ("table", "plain"):
        return renamed(value, shape.table)
    if shape.form == "named_tables":
        return {name: renamed(table, shape.table) for name, table in value.items()}
    return [renamed(table, shape.record(table) or shape.table) for table in value]


def _dotted(key: str) -> str:
    """A dotted key by today's names: ``steps.a.b.reached`` is ``steps.a.b.cumulative_share``."""
    way, dot, last = key.rpartition(".")
    table = fields(Scenario).get(key.split(".")[0])
    called = now(table.table, last) if table is not None and table.table is not None and dot else ""
    return way + dot + (called or last)
