"""The mark of what a scenario file may name already, though this version cannot simulate it: at present nothing.

In: nothing. Out: `Later`, which stands among a field's metadata: such a key has its place in the schema, so that editors complete
it and nobody is told that it is unknown, and `check` refuses it by name; it is never ignored. To bring one to life: give it its
meaning in ``tables``, and take the mark away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

NOT_YET = "cannot be simulated yet (coming with {})"


@dataclass(frozen=True)
class Later:
    """Marks a key of the schema that cannot be simulated yet; `what` it will come with."""

    what: str


# Targets of an effect, beside those that can be simulated.
TARGETS: dict[str, Later] = {}
# What people will call such things: as an unknown key, each is answered by when it comes rather than by "unknown".
WORDS: dict[str, Later] = {}


def mark_of(metadata: list[Any]) -> Later | None:
    """The mark among a field's metadata, if there is one."""
    return next((note for note in metadata if isinstance(note, Later)), None)
