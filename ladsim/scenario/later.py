"""What a scenario file may name already, though this version cannot simulate it: price, contacts.

In: nothing. Out: records for those tables, and `Later`, the mark of every key that `check` refuses by name. They have their place
here so that editors complete them and nobody is told that they are unknown; a refused key is never ignored. What a later version
will ask of them is not settled: these tables take other keys too.

To bring one to life: give its keys their meaning in ``tables``, and take the mark away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, Field

from ladsim.scenario.kinds import Rate, Real, Share, Table

NOT_YET = "cannot be simulated yet (coming with {})"


@dataclass(frozen=True)
class Later:
    """Marks a key of the schema that cannot be simulated yet; `what` it will come with."""

    what: str


class Open(Table):
    """A table whose keys are not settled: it takes any."""

    model_config = ConfigDict(extra="allow")


class Price(Open):
    """Changes of price, and what they do to orders, renewals and leaving."""

    change: Real | None = None
    from_month: Rate | None = None
    elasticity: Real | None = None
    per_rung: dict[str, Real] | None = Field(None, description="elasticity per rung")
    source: str = ""


class Contacts(Open):
    """Who may be contacted, and how contacts tire."""

    consent_share: Share | None = None
    tiring: Rate | None = None
    source: str = ""


# What one may name elsewhere: the marks stand here so that a section reads alike wherever it occurs.
PRICE, CONTACTS = Later("price and elasticity"), Later("consent and contacts")
TRIGGERED, BELIEVED, TEST_GROUPS = Later("triggered campaigns"), Later("believed rungs"), Later("test groups")
# Targets of an effect, beside those that can be simulated.
TARGETS: dict[str, Later] = {"price": PRICE}
# What people will call such things: as an unknown key, each is answered by when it comes rather than by "unknown".
WORDS: dict[str, Later] = {
    **dict.fromkeys(("elasticity", "prices"), PRICE),
    **dict.fromkeys(("consent", "consent_share", "tiring", "fatigue"), CONTACTS),
    **dict.fromkeys(("season", "seasons", "seasonality"), Later("recurring seasons; until then, give each season as a shock")),
    "test_group": TEST_GROUPS,
}


def mark_of(metadata: list[Any]) -> Later | None:
    """The mark among a field's metadata, if there is one."""
    return next((note for note in metadata if isinstance(note, Later)), None)
