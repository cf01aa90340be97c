"""Generated scenarios by both engines: the same event log, bit for bit, whoever is next and however many threads share the work.

Each unit is one scenario of the tests' generator, played by SimPy and by arrays, by one to three threads, lived ahead and month by
month (``tests/agree/test_engines.py``). Some scenarios end because messages multiply without end: by both engines in the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import tomlkit
from hypothesis import strategies as st

from tests.acceptance.drawn import drawn
from tests.acceptance.part import Line, Part, Row, Unit, at_least
from tests.acceptance.rules import ENGINE, GENERATOR
from tests.agree.test_engines import agree
from tests.strategies import bound, loud, scenario_data

SEEDS = st.integers(0, 2**40)
LOUD_EACH = 10  # one scenario in so many is one in which everybody announces
EXAMPLES = st.tuples(scenario_data(), SEEDS)


def example(unit: Unit) -> tuple[dict[str, Any], int]:
    """A scenario as the tables of a file, and its seed."""
    data, seed = drawn(EXAMPLES, unit)
    return (loud(data) if unit.number % LOUD_EACH == LOUD_EACH - 1 else data), seed


def play(unit: Unit) -> Row:
    """Both engines; raises with the first event at which they part."""
    data, seed = example(unit)
    with pytest.MonkeyPatch.context() as patch:
        bound(patch)
        events = agree(data, seed)
    return {"events": events, "programs": len(data["programs"]), "talk": bool(data["word_of_mouth"])}


def material(unit: Unit) -> str:
    """The scenario as a file."""
    data, seed = example(unit)
    return f"# seed {seed}\n{tomlkit.dumps(data)}"


def summary(rows: Sequence[Row]) -> list[Line]:
    """That the load was one; scenarios in which the engines differ have raised."""
    events = [row["events"] for row in rows]
    return [
        at_least("scenarios played alike to the end", sum(n > 0 for n in events), int(0.8 * len(rows))),
        Line(
            "scenarios ended by both engines in the same words",
            f"{sum(n == 0 for n in events):,}",
            "at most a fifth",
            5 * sum(n == 0 for n in events) <= len(rows),
        ),
        at_least("rows of their logs that are equal", sum(events), 50 * len(rows)),
        at_least("scenarios with word of mouth", sum(row["talk"] for row in rows), len(rows) // 4),
        at_least("scenarios with loyalty programmes", sum(row["programs"] > 0 for row in rows), len(rows) // 10),
    ]


PART = Part(
    name="engines",
    title="Two engines, one history",
    shows="Scenarios made at random, with nearly every feature: a process per customer (SimPy) and arrays on one, two and three threads, "
    "lived ahead and month by month, give the same books, customers and event log, bit for bit.",
    rests_on=(*ENGINE, *GENERATOR, "tests/agree/test_engines.py", "tests/acceptance/parts/engines.py"),
    full=60_000,
    small=2_000,
    play=play,
    summary=summary,
    material=material,
    error_means="scenarios in which the engines differ",
)
