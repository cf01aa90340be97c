"""A small market with programmes, played to the end: its history, and what each programme remembers of each customer."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from ladsim.engine.history import History
from ladsim.engine.kernel import Fast
from ladsim.engine.run import prepared, simulate
from ladsim.engine.state import columns
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import validated
from ladsim.scenario.tables import tables
from ladsim.world.build import build
from tests.agree.forms import check_z

__all__ = ["check_z", "futures", "market", "members"]
REPLICATIONS = 30


def market(programs: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Customers who order once a month, an order of 10, and never leave; `changes` say otherwise."""
    plain = {
        "schema": 1, "name": "small", "months": 6, "market_size": 60,
        "rungs": [{"name": "customer", "share": 1.0, "orders_per_month": 1.0}],
        "basket": {"law": "constant", "mean": 10.0},
        "programs": programs,
    }  # fmt: skip
    return plain | changes


def members(data: dict[str, Any], seed: int = 1) -> NDArray[Any]:
    """What the programmes know of the customers at the horizon, (P, N)."""
    plain = resolve(validated(data), seed, 0)
    laid_out = tables(plain)
    simulation = prepared(laid_out, build(plain), Fast, seed=seed)
    simulation.run()
    return columns(simulation.market, simulation.state.rows, "members", len(laid_out.programs)).T.copy()


def futures(data: dict[str, Any], log: bool = False) -> list[History]:
    """So many replications as a closed form is compared with."""
    scenario = validated(data)
    return [simulate(scenario, seed=20, replication=replication, log=log) for replication in range(REPLICATIONS)]
