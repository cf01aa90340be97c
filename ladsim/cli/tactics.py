"""``ladsim tactics``: the library's tactics and channels, which a campaign may name without the file defining them."""

from __future__ import annotations

from typing import Annotated

import typer

from ladsim.cli import messages
from ladsim.errors import StudyError

LANGUAGES = ("en", "da", "nb")


def tactics(
    language: Annotated[str, typer.Option("--language", metavar="LANGUAGE", help="en, da or nb.")] = "en",
) -> None:
    """List the tactics and channels of the library, with the spoke of the loyalty wheel and the rungs that each fits.

    \b
    Examples:
      ladsim tactics
      ladsim tactics --language da
    """
    from ladsim.scenario.library import in_language, library

    if language not in LANGUAGES:
        raise StudyError(f"--language: found {language!r}, must be one of {', '.join(LANGUAGES)}")
    for items in library().values():
        for name, item in items.items():
            label, said = in_language(item["label"], language), in_language(item["description"], language)
            messages.out(f"{name}  ({label}; {item['spoke']}; {', '.join(item['fits'])})\n    {said}")
