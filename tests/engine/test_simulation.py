"""When a run begins.

Tests: ``engine/market_arrays.py``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ladsim.engine import market_arrays
from ladsim.engine.run import simulate
from ladsim.model.layout import MONTH
from ladsim.scenario.load import validated
from tests.model.by_hand import ladder

RUNGS = [
    {"name": "lead", "share": 0.5},
    {"name": "buyer", "share": 0.5, "orders_per_month": 2.0, "entry_cost": 2.5},
    {"name": "gone", "off_ladder": True},
]
STEPS = [{"from": "lead", "to": "buyer", "rate": 0.5}, {"from": "buyer", "to": "gone", "rate": 0.1}]


@pytest.mark.parametrize("engine", ["simpy", "fast"])
def test_a_policy_begins_at_time_0(engine: str, tmp_path: Path) -> None:
    """Before anything has happened."""
    file = tmp_path / "look.py"
    file.write_text(
        "def look(env, market):\n    market.note(f'it is {env.now}')\n    yield market.months(1)\n    market.note(f'{env.now}')\n",
        encoding="utf-8",
    )
    history = simulate(validated(ladder(RUNGS, STEPS, policies=[{"file": str(file), "function": "look"}])), engine=engine)
    assert history.policy_notes == ((0.0, "it is 0"), (1.0, str(MONTH)))
    assert np.array_equal(history.counts[0].sum(axis=0), [2, 2, 0])


@pytest.mark.parametrize("engine", ["simpy", "fast"])
def test_rows_of_the_log_put_away_within_a_tick_are_the_same(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether rows wait for the end of their tick or are put away customer by customer, the last one too."""
    scenario = validated(ladder(RUNGS, STEPS, market_size=40, months=3))
    whole = simulate(scenario, engine=engine, log=True)
    monkeypatch.setattr(market_arrays, "MANY_ROWS", 0)
    parts = simulate(scenario, engine=engine, log=True)
    assert parts.equals(whole)
    assert parts.log is not None and parts.log.size > 100
