"""A small market at time 0 whose rules a test calls one by one, as Python runs them; and what its books say then."""

from __future__ import annotations

from typing import Any

from ladsim.engine.kernel import Fast
from ladsim.engine.run import prepared
from ladsim.engine.simulation import Simulation
from ladsim.hosts.plain import _reach
from ladsim.model import access
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import validated
from ladsim.scenario.tables import tables
from ladsim.world.build import build

UNIT = 100_000  # amount units in one of the currency


def at_start(data: dict[str, Any], **how: Any) -> tuple[Simulation, Any]:
    """A market at time 0, before anybody's life has begun, and its record; the market must outlive it. `how`: as in ``prepared``."""
    plain = resolve(validated(data), 1, 0)
    simulation = prepared(tables(plain), build(plain), Fast, host="plain", **how)
    _reach.hooks = simulation.block._hooks  # type: ignore[attr-defined]  # as while an entry is played, for rules that a test calls itself
    return simulation, access.market(simulation.address)


def ladder(rungs: list[dict[str, Any]], steps: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    """A scenario of a few people, six months long."""
    return {"schema": 1, "name": "small", "months": 6, "market_size": 4, "rungs": rungs, "steps": steps or []} | more


def put(m: Any, row: int, rung: int) -> None:
    """Let a customer stand on a rung, without more ado."""
    access.head(m, row).rung = rung
