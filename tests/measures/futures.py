"""Replications of the scenarios that tests hold against theory, and how close is close."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.scenario.load import load
from ladsim.scenario.overrides import override

SCENARIOS = Path(__file__).parent.parent / "markets"
REPLICATIONS = 30
V1 = {"lead": 59.86309, "prospect": 95.04927, "customer": 225.79747, "repeat": 320.30788, "ambassador": 458.75076}


def futures(name: str, size: int, **changes: float) -> Iterator[History]:
    """Replications of a scenario with so many people."""
    scenario = load(path if (path := SCENARIOS / f"{name}.toml").is_file() else f"classics/{name}")
    scenario = override(scenario, changes) if changes else scenario
    for replication in range(REPLICATIONS):
        yield simulate(scenario, seed=31, replication=replication, sample=size)


def close(values: list[float], expected: float) -> None:
    """|mean − expected| ≤ 4 standard errors over replications."""
    found = np.array(values)
    z = (found.mean() - expected) / (found.std(ddof=1) / np.sqrt(len(found)))
    assert abs(z) <= 4.0, f"z = {z:.2f}: found {found.mean():.6g}, expected {expected:.6g}"
