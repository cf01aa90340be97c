"""Published models that are scenarios of this one: the simulation finds their printed numbers again.

Sizes are small where all of them run in every test; each tolerance is four standard errors at that size, taken from the
replications themselves, and an absolute bound that a wrong model would miss.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ladsim.engine.run import simulate
from ladsim.scenario.spec import Scenario
from ladsim.verifying.markets import cascade_market, copies_of, discounted_value, recency_market
from ladsim.world.build import build


def close(values: list[float], expected: float, bound: float) -> None:
    """The mean of independent replications is `expected` within four standard errors and an absolute bound."""
    mean, error = float(np.mean(values)), float(np.std(values, ddof=1)) / len(values) ** 0.5
    assert abs(mean - expected) <= 4 * error, (mean, expected, error)
    assert abs(mean - expected) <= bound, (mean, expected, bound)


@pytest.mark.parametrize(
    ("recency", "value", "bound"), [(1, 50.114969, 1.0), (2, 4.219907, 0.7), (3, 0.592110, 0.6), (4, -1.980131, 0.4)]
)
def test_pfeifer_and_carraway(recency: int, value: float, bound: float) -> None:
    """V2: the value of a customer on a ladder of recency over four periods (Pfeifer & Carraway 2000)."""
    scenario = recency_ladder(recency)
    close([float(discounted_value(simulate(scenario, replication=k))[0]) for k in range(30)], value, bound)


def recency_ladder(recency: int) -> Scenario:
    """The ladder of recency, where everybody starts on this one."""
    return recency_market(recency)


@pytest.mark.parametrize(("seed_family", "expected"), [("Medici", 3.9494513), ("Strozzi", 3.3858647)])
def test_independent_cascade_on_florentine_families(tmp_path: Path, seed_family: str, expected: float) -> None:
    """V7: invitations that convince with .3 on the marriages of Florentine families, exact by enumeration."""
    copies = 300
    scenario = cascade(tmp_path, copies, seed_family)
    sizes = [float(simulate(scenario, replication=k).counts[-1, 0, 1]) / copies for k in range(30)]
    close(sizes, expected, 4 * 2.325 / (30 * copies) ** 0.5)


@pytest.mark.long
@pytest.mark.parametrize(
    ("probability", "seed_family", "expected"),
    [
        (0.1, "Medici", 1.6928758), (0.2, "Medici", 2.6374276), (0.3, "Medici", 3.9494513),
        (0.1, "Strozzi", 1.4930295), (0.2, "Strozzi", 2.2423814), (0.3, "Strozzi", 3.3858647),
    ],
)  # fmt: skip
def test_a_million_cascades(tmp_path: Path, probability: float, seed_family: str, expected: float) -> None:
    """V7 by the fast engine: 30 runs of 33,334 copies of the graph find the exact size within .0093, four standard errors at most."""
    copies = 33_334
    scenario = cascade(tmp_path, copies, seed_family, probability)
    world = build(scenario)
    runs = [simulate(scenario, replication=k, world=world, engine="fast") for k in range(30)]
    close([float(run.counts[-1, 0, 1]) / copies for run in runs], expected, 0.0093)


def cascade(folder: Path, copies: int, seed: str, probability: float = 0.3) -> Any:
    """Everybody who is convinced tells all neighbours once; each answers with this probability. One start node in every copy."""
    del folder
    return cascade_market(seed, probability, copies)


@pytest.mark.parametrize(("months", "expected"), [(12, 0.0355510), (60, 0.2907387), (120, 0.6770664)])
def test_bass_in_a_small_market(months: int, expected: float) -> None:
    """V3: ten people who all know each other, p = .03 and q = .38 a year: the exact finite market, which tells M from M − 1."""
    copies = 100
    scenario = ten_who_know_each_other(months, copies)
    close([float(simulate(scenario, replication=k).counts[-1, 0, 1]) / (10 * copies) for k in range(30)], expected, 0.02)


def ten_who_know_each_other(months: float, copies: int) -> Scenario:
    """So many small markets, in each of which ten people all know each other."""
    return copies_of("bass_ten", copies, 10)().model_copy(update={"months": months})
