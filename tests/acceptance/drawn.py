"""Generated scenarios by number: what the tests' Hypothesis strategies make of a stream of bytes that the seed and the number fix.

In: a strategy, a unit. Out: one example, the same each time with the same version of Hypothesis. Nothing is minimised and no
database of examples is read: an example must not depend on those before it.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.acceptance.part import Unit

_BYTES = 8000
_TRIES = 50  # streams that may be too short, or end where a strategy finds nothing


@cache
def _taker(strategy: Any) -> Any:
    """A Hypothesis test that does nothing but remember what it was given."""

    @settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def take(example: Any) -> None:
        _taken.append(example)

    return take


_taken: list[Any] = []


def drawn(strategy: Any, unit: Unit) -> Any:
    """The example of a unit."""
    luck = random.Random(f"ladsim acceptance {unit.seed} {unit.number}")
    _taken.clear()
    for _ in range(_TRIES):
        _taker(strategy).hypothesis.fuzz_one_input(luck.randbytes(_BYTES))
        if _taken:
            return _taken.pop()
    raise RuntimeError(f"no example in {_TRIES} streams of {_BYTES} bytes")
