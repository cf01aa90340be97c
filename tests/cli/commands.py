"""The commands of the program, asked of the program itself: a new one is tried wherever all of them are."""

from __future__ import annotations

from typing import Any

import typer.main

from ladsim.cli import app

COMMANDS: dict[str, Any] = dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]  # in the order of work


def those_with(parameter: str) -> list[str]:
    """The commands that take an argument or an option of this name, as ``scenario`` or ``replications``."""
    return [name for name, command in COMMANDS.items() if any(one.name == parameter for one in command.params)]


FROM_FILES = [*those_with("scenario"), *those_with("manifest")]
# backtest plays customers' own data; page plays in the browser
STUDIES = [name for name in those_with("replications") if name in those_with("scenario") and name in those_with("processes")]
# Those that need nothing but a scenario.
NEEDING_MORE = {*those_with("one"), *those_with("campaign"), *those_with("map_over"), *those_with("risk"), "page"}
SIMULATING = [name for name in those_with("scenario") if name in those_with("sample") and name not in NEEDING_MORE]
