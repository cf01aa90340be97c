"""Everything that is recorded, played again: the same hashes as in ``tests/baselines``.

Each unit is one stored entry: a generated scenario, a shipped one under one of its strategies, or a study. The small size plays
every fiftieth. Where a change is meant to change results, the records are written anew and the changelog says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import tomlkit

from tests.acceptance.part import Line, Part, Row, Unit
from tests.acceptance.rules import GENERATOR, STUDIES
from tests.baselines.played import play as hashes_of
from tests.baselines.played import told
from tests.baselines.stored import KINDS, Entry, difference

STEP = 50


@cache
def _all() -> tuple[tuple[str, Entry, str], ...]:
    """Kind, entry and record of everything that is stored."""
    return tuple(
        (kind.name, entry, stored)
        for kind in KINDS.values()
        for entry, stored in zip(kind.entries(), kind.records(), strict=True)
    )


def stored(unit: Unit) -> tuple[str, Entry, str]:
    """What a unit plays; of the small size, every fiftieth of all. Seeds are stored too: that of the command changes nothing."""
    return _all()[unit.number * STEP if unit.small else unit.number]


def play(unit: Unit) -> Row:
    """Raises with the first part that differs from the record."""
    kind, entry, recorded = stored(unit)
    found = hashes_of(entry)
    what = difference(recorded, found)
    assert not what, f"{kind}, {told(entry)}: {what}"
    return {"kind": kind, "parts": len(found)}


def material(unit: Unit) -> str:
    """The scenario as a file, or where it is."""
    kind, entry, _ = stored(unit)
    words = f"# {kind}, {told(entry)}\n"
    if "scenario" not in entry:
        return words
    return words + tomlkit.dumps(entry["scenario"])


def summary(rows: Sequence[Row]) -> list[Line]:
    """That every kind was there; entries that differ have raised."""
    counts = {kind: sum(row["kind"] == kind for row in rows) for kind in KINDS}
    parts = sum(row["parts"] for row in rows)
    lines = [Line(f"{kind} scenarios the same", f"{count:,}", "some", count > 0) for kind, count in counts.items()]
    return [*lines, Line("columns of event logs, tables and other parts the same", f"{parts:,}", "some", parts > 0)]


ALL = sum(len(kind.records()) for kind in KINDS.values())
PART = Part(
    name="same",
    title="The same results as recorded",
    shows="2,000 generated scenarios that are stored as data, every shipped scenario and experiment under each of its strategies, and "
    "studies of them give what was recorded: each column of the event log, the rows per customer and each table, names left out.",
    rests_on=(
        *STUDIES, *GENERATOR, "scenarios", "experiments", "tests/baselines", "tests/acceptance/parts/same.py",
    ),
    full=ALL,
    small=-(-ALL // STEP),
    play=play,
    summary=summary,
    material=material,
    error_means="entries that give other results than recorded",
)  # fmt: skip
