"""The scenario as TOML in pieces, between which the page puts what its sliders say.

In: a scenario, sliders. Out: texts, and between them the places of sliders. Read by ``ladsim``, the whole is the scenario with those numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ladsim.pages.sliders import Slider
from ladsim.scenario.address import plain, put
from ladsim.scenario.number_types import Table
from ladsim.scenario.spec import Scenario


def toml_parts(scenario: Scenario, sliders: Sequence[Slider]) -> list[str | int]:
    """Texts, and between them which slider's value stands there."""
    import tomlkit

    raw = plain(scenario)
    for place, slider in enumerate(sliders):
        put(raw, slider.number.path, f"@slider {place}@")
    text = tomlkit.dumps(raw)
    parts: list[str | int] = []
    for n, part in enumerate(re.split(r'"@slider (\d+)@"', text)):
        parts.append(int(part) if n % 2 else part)
    return parts


def value_text(value: Any) -> str:
    """A number, a range or a law as TOML."""
    if not isinstance(value, Table):
        return repr(float(value))
    import tomlkit

    table = tomlkit.inline_table()
    table.update(value.model_dump(by_alias=True, exclude_unset=True))
    return str(table.as_string())
