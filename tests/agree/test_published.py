"""Published models that are scenarios of this one: the simulation finds their printed numbers again.

Sizes are small where all of them run in every test; each tolerance is four standard errors at that size, taken from the
replications themselves, and an absolute bound that a wrong model would miss.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.scenario.load import loads, validated
from ladsim.scenario.spec import Scenario
from ladsim.world.build import build

HERE = Path(__file__).parent.parent / "markets"


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
    close([discounted_value(simulate(scenario, replication=k)) for k in range(30)], value, bound)


def recency_ladder(recency: int) -> Scenario:
    """The ladder of recency, where everybody starts on this one."""
    text = (HERE / "recency_ladder.toml").read_text()
    scenario = loads(text, folder=HERE)
    rungs = tuple(r.model_copy(update={"share": float(r.name == f"recency_{recency}")}) for r in scenario.rungs)
    orders: dict[str, int] = {"recency_1": 1} if recency == 1 else {}
    return scenario.model_copy(update={"rungs": rungs, "start": scenario.start.model_copy(update={"orders": orders})})


def discounted_value(history: History) -> float:
    """Present value per customer of everything booked, by the day."""
    days = np.arange(history.daily.shape[0])
    middle = np.where(days > 0, days - 0.5, 0.0) / 30.0
    return float((history.daily.sum(axis=1) * np.exp(-history.discount_per_month * middle)).sum()) / history.unit / history.size


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
    """Everybody on `invited` tells all neighbours once; each answers with this probability. One start node in every copy."""
    marriages = nx.florentine_families_graph()
    path, size = folder / "florentine.csv", copies * marriages.number_of_nodes()
    path.write_text("\n".join(f"{a},{b}" for a, b in marriages.edges))
    return validated(
        {
            "schema": 1, "name": "cascade", "months": 0.5, "market_size": size,
            "rungs": [{"name": "lead", "share": 1.0}, {"name": "invited", "announces": True}],
            "steps": [{"from": "lead", "to": "invited", "trigger": "message", "probability": probability}],
            "word_of_mouth": [{"layer": "marriages", "graph": {"kind": "file", "path": str(path), "copies": copies}}],
            "start": {"nodes": {"invited": [seed]}},
        }
    )  # fmt: skip


@pytest.mark.parametrize(("months", "expected"), [(12, 0.0355510), (60, 0.2907387), (120, 0.6770664)])
def test_bass_in_a_small_market(months: int, expected: float) -> None:
    """V3: ten people who all know each other, p = .03 and q = .38 a year: the exact finite market, which tells M from M − 1."""
    copies = 100
    scenario = ten_who_know_each_other(months, copies)
    close([float(simulate(scenario, replication=k).counts[-1, 0, 1]) / (10 * copies) for k in range(30)], expected, 0.02)


def ten_who_know_each_other(months: float, copies: int) -> Scenario:
    """So many small markets, in each of which ten people all know each other."""
    return validated(
        {
            "schema": 1, "name": "bass", "months": months, "market_size": 10 * copies,
            "rungs": [{"name": "lead", "share": 1.0}, {"name": "adopter", "messages_per_month": 0.38 / 12}],
            "steps": [
                {"from": "lead", "to": "adopter", "rate": 0.03 / 12},
                {"from": "lead", "to": "adopter", "trigger": "message", "probability": 1.0},
            ],
            "word_of_mouth": [{"layer": "all", "graph": {"kind": "everyone", "copies": copies}}],
        }
    )  # fmt: skip
