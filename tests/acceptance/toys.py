"""Parts that take a moment, for the tests of the runner: ``python -m tests.acceptance.toys WORDS``, as the real command.

What they do is asked for in the environment: $LADSIM_TOY is a folder, with the file ``rules.py`` that they rest on.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tests.acceptance.__main__ import main
from tests.acceptance.part import Line, Part, Row, Unit, at_least

FOLDER = Path(os.environ.get("LADSIM_TOY", "."))
UNITS = 12


def even(unit: Unit) -> Row:
    """A row that seed and number fix."""
    return {"value": unit.seed * 1000 + unit.number}


def slow(unit: Unit) -> Row:
    """The same after a while."""
    time.sleep(0.15)
    return even(unit)


def raising(unit: Unit) -> Row:
    """The fourth unit finds something wrong."""
    if unit.number == 3:
        raise ValueError("the fourth | is wrong")
    return even(unit)


def dying(unit: Unit) -> Row:
    """The fourth unit takes its process down, whoever plays it."""
    if unit.number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return even(unit)


def endless(unit: Unit) -> Row:
    """The fourth unit never comes to an end."""
    while unit.number == 3:
        pass
    return even(unit)


def meddling(unit: Unit) -> Row:
    """Changes the rules while they are played."""
    (FOLDER / "rules.py").write_text(f"RULE = {unit.number + 100}\n", encoding="utf-8")
    return even(unit)


def summary(rows: Sequence[Row]) -> list[Line]:
    """The rows are those of their numbers."""
    return [at_least("values", len({row["value"] for row in rows}), len(rows))]


def never(rows: Sequence[Row]) -> list[Line]:
    """A bound that is not kept."""
    return [at_least("values", len(rows), 1_000)]


def toy(name: str, play: Callable[[Unit], Row] = even) -> Part:
    """One of them."""
    return Part(
        name=name, title=f"Toy {name}", shows="Nothing but the runner.", rests_on=(str(FOLDER / "rules.py"),), full=UNITS, small=3,
        play=play, summary=summary, material=lambda unit: f"name = 'unit {unit.number}'\n", most_seconds=2.0,
    )  # fmt: skip


MADE = [toy("even"), *(toy(play.__name__, play) for play in (slow, raising, dying, endless, meddling))]
PARTS = {part.name: part for part in (*MADE, replace(toy("never"), summary=never))}

if __name__ == "__main__":
    from tests.acceptance.toys import PARTS as BY_NAME  # a new Python finds them there, not in its own __main__

    sys.exit(main(parts=BY_NAME))
