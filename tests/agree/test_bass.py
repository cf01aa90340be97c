"""Bass (1969) on the complete graph and on sparse graphs (Fibich & Gibori 2010), by the fast engine.

Everybody adopts with .03 a year by themselves and with .38 a year by imitation; who hears of it adopts. The finite market is exact
for any M, so it tells M from M − 1; on a cycle and on a random 3-regular graph adoption is slower, because friends share friends.
Messages are delivered at the end of a day: at these rates that shifts adoption by at most 1.5e-4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario

P, Q = 0.03, 0.38
YEARS = (1, 5, 10, 15)
MANY, FEW = 30, 6  # replications: a standard error of few is itself off by a third


def adopters(size: int, graph: dict[str, Any], replications: int) -> np.ndarray:
    """Share of adopters after 1, 5, 10 and 15 years, (replications, 4)."""
    scenario = bass(size, graph)
    return np.array([adopted(simulate(scenario, seed=2, replication=k, engine="fast")) for k in range(replications)])


def adopted(history: History) -> np.ndarray:
    """The same of one future, (4,)."""
    return np.array([history.counts[12 * year, 0, 1] / history.size for year in YEARS])


def bass(size: int, graph: dict[str, Any]) -> Scenario:
    """Adoption by oneself and by imitation on a graph."""
    return validated(
        {
            "schema": 1, "name": "Bass", "months": 180, "market_size": size,
            "rungs": [{"name": "lead", "share": 1.0}, {"name": "adopter", "messages_per_month": Q / 12}],
            "steps": [
                {"from": "lead", "to": "adopter", "rate": P / 12},
                {"from": "lead", "to": "adopter", "trigger": "message", "probability": 1.0},
            ],
            "word_of_mouth": [{"layer": "all", "budget": "per_receiver", "graph": graph}],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "size", "graph", "expected"),
    [
        ("ten", 170_000, {"kind": "everyone", "copies": 17_000}, (0.0355510, 0.2907387, 0.6770664, 0.8939455)),
        ("a hundred", 100_000, {"kind": "everyone", "copies": 1_000}, (0.0357384, 0.3261821, 0.7993721, 0.9681355)),
        ("cycle", 100_000, {"kind": "cycle"}, (0.0350157, 0.2484627, 0.5582587, 0.7898548)),
        (
            "three friends",
            100_000,
            {"kind": "configuration", "degrees": [3], "redraw": True},
            (0.0352481, 0.2704056, 0.6455519, 0.8898997),
        ),
    ],
)
@pytest.mark.long
def test_bass(name: str, size: int, graph: dict[str, Any], expected: tuple[float, ...]) -> None:
    """V3 (M = 10 and 100) and V4: adoption within ± .004 and four standard errors."""
    found = adopters(size, graph, MANY)
    error = found.std(axis=0, ddof=1) / MANY**0.5
    away = found.mean(axis=0) - np.array(expected)
    assert np.abs(away).max() <= 0.004, (name, away)
    assert (np.abs(away) <= 4 * error + 1.5e-4).all(), (name, away / error)


def test_adoption_lies_between_two_nodes_and_bass() -> None:
    """On any graph without isolated nodes, adoption lies between that of a pair and that of the complete graph."""
    graphs: tuple[dict[str, Any], ...] = (
        {"kind": "cycle"},
        {"kind": "grid", "columns": 50},
        {"kind": "barabasi_albert", "links": 3},
        {"kind": "watts_strogatz", "neighbours": 4, "rewired_share": 0.3},
    )
    t = np.array(YEARS, float)
    pair = np.array([0.0343971, 0.2067175, 0.4055679, 0.5587643])
    decay = np.exp(-(P + Q) * t)
    bass = (1 - decay) / (1 + Q / P * decay)
    for graph in graphs:
        found = adopters(5_000, graph, FEW)
        slack = 4 * found.std(axis=0, ddof=1) / FEW**0.5
        assert (found.mean(axis=0) >= pair - slack).all(), graph
        assert (found.mean(axis=0) <= bass + slack).all(), graph
