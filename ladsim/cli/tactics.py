"""``ladsim tactics``: the library's tactics and channels, which a campaign may name without the file defining them."""

from __future__ import annotations

from ladsim.cli import messages
from ladsim.cli.options import Language


def tactics(language: Language = None) -> None:
    """List the tactics and channels of the library, with the spoke of the loyalty wheel and the rungs that each fits.

    \b
    Examples:
      ladsim tactics
      ladsim tactics --language da
    """
    from ladsim.scenario.library import in_language, library
    from ladsim.scenario.texts import known_language

    wanted = known_language(language or "en", "--language")
    for items in library().values():
        for name, item in items.items():
            label, said = in_language(item["label"], wanted), in_language(item["description"], wanted)
            messages.out(f"{name}  ({label}; {item['spoke']}; {', '.join(item['fits'])})\n    {said}")
