"""A study as JSON: everything that the tables of its folder hold, for other programs.

In: a study. Out: text. ``tables`` holds each table as a list of rows; a number that does not exist (no interval with one future, no
break-even) is null. Numbers have as many digits as bring the same number back.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ladsim.planning.manifest import Study
    from ladsim.planning.results import Replications


def json_text(study: Study, command: str) -> str:
    """The study as JSON."""
    return json.dumps(as_json(study, command), ensure_ascii=False, allow_nan=False, indent=1)


def runs_of(study: Study) -> list[Replications]:
    """The futures of every strategy in a study."""
    from ladsim.planning.results import Comparison, Replications

    if isinstance(study, Comparison):
        return list(study.runs.values())
    return [study if isinstance(study, Replications) else study.runs]


def as_json(study: Study, command: str) -> dict[str, Any]:
    """The study as values that JSON knows."""
    from ladsim.planning.manifest import kind_of, ladsim_version
    from ladsim.planning.results import Comparison, Potential, ProgramValue
    from ladsim.planning.tables import tables_of

    runs, setting = runs_of(study), study.setting
    said: dict[str, Any] = {
        "ladsim": ladsim_version(),
        "kind": kind_of(study),
        "command": command,
        "scenario": runs[0].source.name,
        "currency": runs[0].source.currency,
        "strategies": [run.strategy for run in runs],
        "seed": setting.seed,
        "replications": setting.replications,
        "replications_asked": runs[0].asked,
        "sample": setting.sample,
        "overrides": dict(setting.overrides),
        "interrupted": runs[0].interrupted,
    }
    if isinstance(study, Comparison):
        said |= {
            "best": study.best,
            "runner_up": study.runner_up,
            "verdict": study.verdict,
            "caveat": study.caveat,
            "notes": list(study.notes),
        }
    if isinstance(study, Potential):
        from ladsim.reporting.potential import verdict

        said |= {
            "verdict": verdict(study),
            "budget": study.budget,
            "cost_per_customer": study.costs,
            "value_by": study.basis,
            "no_closed_form": study.reason,
            "gain": dict(zip(("mean", "low", "high"), map(_plain, study.gain), strict=True)),
        }
    if isinstance(study, ProgramValue):
        from ladsim.reporting.programs import sentences

        said |= {"verdict": sentences(study)[0], "answers": sentences(study), "programs": list(study.programs)}
    said["tables"] = {
        name: [{str(column): _plain(value) for column, value in row.items()} for row in table.to_dict("records")]
        for name, table in tables_of(study).items()
    }
    return said


def _plain(value: Any) -> Any:
    """A cell as JSON knows it."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value
