"""The kinds of loyalty programme: which there are, and the record of a file's `kind`.

A kind is one file of this folder, which holds all there is to know of it:

- its record, a class of ``record.Program`` with the keys of its own, their limits and descriptions, what is wrong or odd about a
  programme (`problems`, `warnings`) and what else holds of the kind;
- its rules: functions marked ``@hook``, called as ``ladsim.model.membership`` says, and what they read (``rules`` has the contract).

To add one: its file, and its name in `KINDS`. `prize_draw` is read from ``prize_draw.py``, its record is the class ``PrizeDraw``. Its
words for people stand in ``i18n/``, and ``ladsim.testing.check_program`` says whether it keeps what every programme keeps.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from ladsim.scenario.programs.record import Program

# In the order in which messages and tables name them.
KINDS = (
    "points",
    "tiers",
    "club",
    "cashback",
    "discount",
    "referral_reward",
    "prize_draw",
    "own",
)


def _record(kind: str) -> type[Program]:
    record: type[Program] = getattr(importlib.import_module(f"{__package__}.{kind}"), kind.title().replace("_", ""))
    return record


RECORDS: dict[str, type[Program]] = {kind: _record(kind) for kind in KINDS}
if TYPE_CHECKING:
    AnyProgram = Program
else:
    AnyProgram = Annotated[Union[tuple(RECORDS.values())], Field(discriminator="kind")]  # noqa: UP007 - of as many as there are
