"""What a command hands out that is no study: JSON, and a folder with a page and tables.

In: what was found, as plain values, a page, tables. Out: standard output or files, each whole or not there at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ladsim.cli import messages
from ladsim.cli.request import SCREEN, refuse_unwritable
from ladsim.errors import OutputError

if TYPE_CHECKING:
    import pandas as pd

    from ladsim.reporting.page_model import Page


def refuse_places(json_file: str | None, folder: str | None) -> None:
    """Raise OutputError where something cannot be written, before anything long is begun."""
    for place in (folder, json_file if json_file != SCREEN else None):
        if place is not None:
            refuse_unwritable(Path(place))


def hand_out(said: Callable[[], Mapping[str, Any]], text: Callable[[], str], command: str, json_file: str | None) -> None:
    """Print the text, and the answer with its command as JSON where that was asked for; with '-' nothing else."""
    if json_file is not None:
        from ladsim.cli.answer import plain_value

        whole = {key: _plain(value, plain_value) for key, value in {**said(), "command": command}.items()}
        written = json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1)
        if json_file == SCREEN:
            messages.out(written)
            return
        from ladsim.files import write_text

        write_text(json_file, written)
        messages.note(f"JSON: {json_file}")
    messages.out(text())


def _plain(value: Any, plain_value: Callable[[Any], Any]) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one, plain_value) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one, plain_value) for key, one in value.items()}
    return plain_value(value)


def write_folder(page: Page, name: str, tables: Mapping[str, pd.DataFrame], folder: str, what: str) -> None:
    """The page and the tables (CSV) in a folder, each whole; `what` says so. Raises OutputError."""
    from ladsim.files import in_one_move
    from ladsim.planning.csv_files import csv_bytes
    from ladsim.reporting.page import rendered

    files = {name: rendered(page).encode("utf-8")} | {f"{one}.csv": csv_bytes(table) for one, table in tables.items()}
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for one, data in files.items():
            in_one_move(place / one, partial(_filled, data))
    except OSError as error:
        raise OutputError(f"{place}: cannot be written ({error.strerror or error})") from error
    messages.note(messages.in_words(f"{what} {folder}"))


def _filled(data: bytes, place: Path) -> None:
    place.write_bytes(data)
