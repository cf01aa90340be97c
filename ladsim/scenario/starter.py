"""The scenario to start from: ``ladsim new`` writes a commented starter in the language asked for.

In: a path, a language. Out: a file there that passes ``ladsim check``, to be changed number by number. The starters say the same,
each to its own readers: ``starter.toml`` in euro, ``starter.da.toml`` and ``starter.nb.toml`` in kroner, ten to the euro.
"""

from __future__ import annotations

import os
from pathlib import Path

from ladsim.errors import OutputError
from ladsim.files import no_file, write_text
from ladsim.scenario.currency import in_currency
from ladsim.scenario.texts import known_language

TEMPLATE = Path(__file__).with_name("starter.toml")


def template(language: str = "en") -> Path:
    """The starter of a language. Raises ScenarioError for a language that there is not."""
    known_language(language, "--language")
    return TEMPLATE if language == "en" else TEMPLATE.with_suffix(f".{language}.toml")


def new(path: str | Path, force: bool = False, language: str = "en", currency: str | None = None) -> Path:
    """Write the starter to `path` (``.toml`` is added where no ending is given); returns the path written.

    With a `currency` its amounts are in that one, at the library's rates. Raises OutputError where a file stands there already
    (unless `force`) or the folder cannot be written to, ScenarioError for an unknown language or currency.
    """
    starter = template(language)
    place = place_for(path, force)
    text = starter.read_text(encoding="utf-8")
    write_text(place, text if currency is None else in_currency(text, currency))
    return place


def place_for(path: str | Path, force: bool) -> Path:
    """Where a new scenario goes: `path`, with ``.toml`` where no ending is given. Raises OutputError as ``new`` does."""
    path = Path(path)
    if not path.name:
        raise OutputError(f"{str(path)!r}: is no name of a file; give one, such as my_shop.toml")
    if (found := no_file(path)) and found != "a folder":
        raise OutputError(f"{path}: is {found}; give the name of a file")
    if not path.suffix:
        path = path.with_suffix(".toml")
    if os.path.isdir(path):
        raise OutputError(f"{path}: is a folder; give the name of a file")
    if os.path.exists(path) and not force:
        raise OutputError(f"{path}: exists already; choose another name, or --force to replace it")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: the folder {path.parent} does not exist")
    return path
