"""Laws without measure: their rough ends are numbers all the same, and what is drawn of them is finite.

Tests: ``scenario/number_types.py``.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

from ladsim.scenario.check import warnings
from ladsim.scenario.distributions import ends
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import loads
from ladsim.scenario.number_types import Distribution
from tests.scenario.texts import with_end

WILD: list[dict[str, Any]] = [
    {"law": "lognormal", "median": 1.0, "spread": 1000.0},
    {"law": "lognormal", "mean": 1.0, "spread": 1e200},
    {"law": "beta", "a": 1e-200, "b": 1e-200},
    {"law": "gamma", "shape": 1e-300, "scale": 1e308},
    {"law": "normal", "mean": 1.0, "sd": 1e308},
]


@pytest.mark.parametrize("law", WILD, ids=lambda law: str(law["law"]))
def test_ends_of_wild_laws(law: dict[str, Any]) -> None:
    """The lower end is not above the higher, and neither is missing."""
    low, high = ends(Distribution(**law))
    assert low <= high


def test_ends_of_sound_laws() -> None:
    """Mean ∓ 1.645 standard deviations; of a lognormal e to the power of that."""
    assert ends(Distribution(law="normal", mean=5.0, sd=1.0)) == pytest.approx((3.355146, 6.644854))
    assert ends(Distribution(law="lognormal", median=2.0, spread=0.5)) == pytest.approx((0.8787282, 4.5520332))
    assert ends(Distribution(law="beta", a=2.0, b=2.0)) == pytest.approx(
        (0.5 - 1.6448536 * 0.2236068, 0.5 + 1.6448536 * 0.2236068)
    )


@pytest.mark.parametrize("law", WILD, ids=lambda law: str(law["law"]))
def test_wild_laws_are_drawn(law: dict[str, Any]) -> None:
    """An elasticity, which can be anything, is drawn as a number; the file is checked without a traceback."""
    said = ", ".join(f'{key} = "{value}"' if key == "law" else f"{key} = {value!r}" for key, value in law.items())
    scenario = loads(with_end(f"[[prices]]\nchange = 0.1\nelasticity = {{ {said} }}\n"))
    warnings(scenario)
    for draw in range(8):
        drawn = resolve(scenario, 1, draw).prices[0].elasticity
        assert math.isfinite(drawn) and abs(drawn) <= 1e12
