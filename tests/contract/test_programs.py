"""What every kind of programme keeps to, alone and all together: the suite that ships as ``ladsim.testing``, kind by kind.

Tests: ``scenario/programs/kinds.py``, ``testing/programs.py``, ``testing/reach.py``, ``testing/trial.py``.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from ladsim.engine.run import simulate
from ladsim.scenario.programs.kinds import KINDS as EVERY_KIND
from ladsim.testing import PROGRAM_PROMISES, ProgramTrial
from ladsim.testing.programs import NOBODY as NOBODY_JOINS
from tests.contract.kinds import KINDS, NOBODY

ALONE_AND_TOGETHER = [(name,) for name in KINDS] + [tuple(KINDS), tuple(KINDS)[::-1]]


@cache
def trial(names: tuple[str, ...]) -> ProgramTrial:
    """These programmes together in the market of the suite."""
    tables: list[dict[str, Any]] = [KINDS[name] | {"name": name} for name in names]
    return ProgramTrial(programs=tables, nobody=[NOBODY.get(table["kind"], NOBODY_JOINS) for table in tables])


@pytest.mark.parametrize("promise", PROGRAM_PROMISES)
@pytest.mark.parametrize("names", ALONE_AND_TOGETHER, ids="+".join)
def test_promises(names: tuple[str, ...], promise: str) -> None:
    """Each promise, by each kind, alone and with all others in either order."""
    assert list(PROGRAM_PROMISES[promise](trial(names))) == []


@pytest.mark.parametrize("names", ALONE_AND_TOGETHER[-2:], ids="+".join)
def test_threads_agree(names: tuple[str, ...]) -> None:
    """All kinds together, by two threads of machine code."""
    one = trial(names)
    assert one.history.equals(simulate(one.scenario(), seed=one.seed, log=True, engine="fast", threads=2))


def test_every_kind_is_tried() -> None:
    """The suite finds a new kind in the table of kinds."""
    assert {form["kind"] for form in KINDS.values()} == set(EVERY_KIND)
