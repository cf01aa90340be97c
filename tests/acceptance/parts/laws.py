"""The laws that hold for every scenario, over generated ones, and points replayed lot by lot.

Each unit is one scenario of the tests' generator with all of ``tests/laws/test_laws.py``, a small market with points programmes whose
log is replayed lot by lot (``tests/programs/test_points.py``), and the scenario compared with itself, where every difference is
exactly 0. A scenario in which messages multiply without end has no future to look at: it is counted, not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import tomlkit
from hypothesis import strategies as st
from hypothesis.errors import UnsatisfiedAssumption

import ladsim
from ladsim.errors import StudyError
from tests.acceptance.drawn import drawn
from tests.acceptance.part import Line, Part, Row, Unit, at_least
from tests.acceptance.rules import GENERATOR, STUDIES
from tests.laws import test_laws
from tests.program_strategies import points
from tests.programs.test_points import test_every_point_is_accounted_for
from tests.strategies import bound, planned, scenario_data

SEEDS = st.integers(0, 2**40)
EXAMPLES = st.tuples(scenario_data(), SEEDS, st.lists(points(["lead", "customer"]), min_size=1, max_size=2))
OF_DATA = ("test_others_lives_change_nothing_of_mine",)  # which take a scenario as the tables of a file
LEFT_OUT = ("test_all_laws_over_many_scenarios",)  # says again what the others say
LAWS: dict[str, Callable[..., None]] = {
    name: law.hypothesis.inner_test
    for name, law in vars(test_laws).items()
    if name.startswith("test_") and hasattr(law, "hypothesis") and name not in LEFT_OUT
}
COMPARED = ("mean", "low", "high")


def play(unit: Unit) -> Row:
    """All laws on one scenario; raises where one is broken."""
    data, seed, programs = drawn(EXAMPLES, unit)
    held = 0
    with pytest.MonkeyPatch.context() as patch:
        bound(patch)
        for name, law in LAWS.items():
            try:
                law(tomlkit.parse(tomlkit.dumps(data)).unwrap() if name in OF_DATA else planned(data), seed)
                held += 1
            except UnsatisfiedAssumption:  # messages multiply without end
                continue
        test_every_point_is_accounted_for.hypothesis.inner_test(programs, seed)
        differences = against_itself(data, seed)
    return {"laws": held, "differences": differences}


def against_itself(data: dict[str, Any], seed: int) -> int:
    """How many numbers of a comparison of the scenario with itself are exactly 0; raises where one is not."""
    try:
        study = ladsim.compare(planned(data), [None, None], seed=seed % 2**32, replications=4, processes=1)
    except StudyError as error:
        if "multiply without end" not in str(error) and "are kept in memory" not in str(error):
            raise
        return 0
    found = 0
    for table in (study.differences, study.by_cause, study.by_flow):
        for column in COMPARED:
            assert (table[column] == 0.0).all(), f"a scenario less itself: {column}\n{table}"
            found += len(table)
    return found


def material(unit: Unit) -> str:
    """The scenario as a file."""
    data, seed, programs = drawn(EXAMPLES, unit)
    lots = "".join(f"# {line}\n" for line in tomlkit.dumps({"programs": programs}).splitlines())
    return f"# seed {seed}; programmes whose points are replayed lot by lot:\n{lots}\n{tomlkit.dumps(data)}"


def summary(rows: Sequence[Row]) -> list[Line]:
    """That the laws were tried; where one is broken, the unit has raised."""
    return [
        at_least(
            f"times that one of {len(LAWS)} laws was tried and held",
            sum(row["laws"] for row in rows),
            7 * len(LAWS) * len(rows) // 10,
        ),
        at_least("small markets with points, each customer's lots replayed", len(rows), 1),
        at_least("numbers of A − A that are exactly 0", sum(row["differences"] for row in rows), 10 * len(rows)),
    ]


PART = Part(
    name="laws",
    title="Laws that hold in every scenario",
    shows="Over scenarios made at random nobody is lost, a life is in order, money booked is money reported to the last unit, messages "
    "are heard once, the same seed gives the same history, the order of customers changes nothing, every point is issued, redeemed, "
    "expired or left, lot by lot, and a scenario less itself is exactly 0.",
    rests_on=(*STUDIES, *GENERATOR, "tests/laws/test_laws.py", "tests/programs", "tests/acceptance/parts/laws.py"),
    full=20_000,
    small=400,
    play=play,
    summary=summary,
    material=material,
    error_means="scenarios in which a law is broken",
)
