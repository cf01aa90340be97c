"""A study as JSON: everything that the tables of its folder hold, for other programs.

In: a study. Out: text. ``tables`` holds each table as a list of rows; a number that does not exist (no interval with one future, no
break-even) is null. Numbers have as many digits as bring the same number back.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ladsim.planning.studies import Study


def json_text(study: Study, command: str) -> str:
    """The study as JSON."""
    return json.dumps(as_json(study, command), ensure_ascii=False, allow_nan=False, indent=1)


def as_json(study: Study, command: str) -> dict[str, Any]:
    """The study as values that JSON knows."""
    from ladsim.planning.manifest import ladsim_version
    from ladsim.planning.studies import view_of
    from ladsim.planning.tables import tables_of

    runs, setting = list(study.futures.values()), study.setting
    said: dict[str, Any] = {
        "ladsim": ladsim_version(),
        "kind": study.kind,
        "command": command,
        "scenario": study.source.name,
        "currency": study.source.currency,
        "strategies": [run.strategy for run in runs],
        "seed": setting.seed,
        "replications": setting.replications,
        "replications_asked": runs[0].asked,
        "sample": setting.sample,
        "overrides": dict(setting.overrides),
        "interrupted": study.interrupted,
    }
    said |= plain_value(view_of(study).answer(study))
    said["tables"] = {name: plain_value(table.to_dict("records")) for name, table in tables_of(study).items()}
    return said


def plain_value(value: Any) -> Any:
    """A value as JSON knows it, with all that is in it: numbers of NumPy's become Python's, those that do not exist null.

    >>> plain_value({"a": [1.0, float("nan"), (2, {"b": float("inf")})]})
    {'a': [1.0, None, [2, {'b': None}]]}
    """
    if isinstance(value, dict):
        return {str(key): plain_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(one) for one in value]
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
