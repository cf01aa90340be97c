"""The scenario as TOML in pieces, between which the page puts what its sliders say.

In: a scenario, sliders. Out: texts, and between them the places of sliders. Read by ``ladsim``, the whole is the scenario with those numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ladsim.pages.sliders import Slider
from ladsim.scenario.address import plain, put
from ladsim.scenario.number_types import Table
from ladsim.scenario.spec import Scenario


def toml_parts(scenario: Scenario, sliders: Sequence[Slider]) -> list[str | int]:
    """Texts, and between them which slider's value stands there."""
    import tomlkit

    raw = plain(scenario)
    for table, key in _files_of(raw):  # by their names alone: a page tells nobody where its maker keeps them
        table[key] = Path(table[key]).name
    for place, slider in enumerate(sliders):
        put(raw, slider.number.path, f"@slider {place}@")
    text = tomlkit.dumps(raw)
    parts: list[str | int] = []
    for n, part in enumerate(re.split(r'"@slider (\d+)@"', text)):
        parts.append(int(part) if n % 2 else part)
    return parts


def files_beside(scenario: Scenario) -> list[str]:
    """The names of the files that must lie beside the TOML: a graph's ties, draws of a calibration."""
    return list(dict.fromkeys(Path(table[key]).name for table, key in _files_of(plain(scenario))))


def _files_of(raw: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Where files are named: the table, and the key in it."""
    found = [(raw, "posterior")] if raw.get("posterior") else []
    graphs = [layer["graph"] for layer in raw.get("word_of_mouth") or () if isinstance(layer.get("graph"), dict)]
    return found + [(graph, "path") for graph in graphs if graph.get("path")]


def value_text(value: Any) -> str:
    """A number, a range or a law as TOML."""
    if not isinstance(value, Table):
        return repr(float(value))
    import tomlkit

    table = tomlkit.inline_table()
    table.update(value.model_dump(by_alias=True, exclude_unset=True))
    return str(table.as_string())
