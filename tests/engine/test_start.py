"""How a market stands at time 0, and how long a customer's row is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim.engine.rules import parameters_of, parts_of
from ladsim.engine.state import starting_rungs
from ladsim.hosts.choice import block_for
from ladsim.model import layout
from ladsim.scenario.load import load, validated
from ladsim.scenario.tables import tables
from ladsim.world.build import build
from ladsim.world.population import quotas


def market(**more: Any) -> dict[str, Any]:
    data = {
        "schema": 1, "name": "start", "months": 2, "market_size": 40,
        "rungs": [
            {"name": "lead", "share": 0.5}, {"name": "none", "share": 0.0},
            {"name": "customer", "share": 0.3}, {"name": "repeat", "share": 0.2},
        ],
    }  # fmt: skip
    return data | more


@given(st.lists(st.sampled_from([0.1, 0.2, 0.25, 0.5, 0.9]), min_size=40, max_size=40), st.booleans())
def test_shares_are_dealt_in_the_order_of_draw_and_id(draws: list[float], named: bool) -> None:
    """Selection without sorting gives what sorting by (draw, id) gives, ties at the borders included; who is named stays put."""
    nodes = {"repeat": [3, 7]} if named else {}
    friends = {"layer": "friends", "graph": {"kind": "cycle"}}
    scenario = validated(market(start={"nodes": nodes}, word_of_mouth=[friends]))
    world, laid_out = build(scenario), tables(scenario)
    found = starting_rungs(laid_out, world, np.array(draws))
    free = np.flatnonzero(world.pinned < 0)
    order = free[np.lexsort((world.ids[free], np.array(draws)[free]))]
    wanted = world.pinned.astype(np.int64)
    wanted[order] = np.repeat(np.arange(4), quotas([0.5, 0.0, 0.3, 0.2], free.size))
    assert found.tolist() == wanted.tolist()
    assert not named or found[[3, 7]].tolist() == [3, 3]


def test_a_row_is_as_long_as_the_scenario_needs(root: Any) -> None:
    """The workload's customer is one line of memory; each feature adds its part, and nothing else."""
    scenario = load(root / "benchmarks" / "w.toml")
    laid_out, world = tables(scenario), build(scenario, sample=50)
    assert int(parameters_of(laid_out, world, block_for("plain"), log=False, rows=False).market["stride"][0]) == layout.LINE
    plain = {name for name, count in parts_of(laid_out, log=False, rows=False).items() if count}
    assert plain == {"head", "clocks", "slots", "orders", "talk", "visits"}
    assert {name for name, count in parts_of(laid_out, log=True, rows=True).items() if count} - plain == {"outcome", "sequence"}


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"steps": [{"from": "lead", "to": "customer", "trigger": "renewal", "months": 1.0, "probability": 0.5}]}, "renewals"),
        ({"steps": [{"from": "customer", "to": "lead", "trigger": "order", "probability": 0.5, "from_order": 2}]}, "after"),
        ({"steps": [{"from": "customer", "to": "lead", "trigger": "order", "probability": 0.5, "within_months": 1.0}]}, "stay"),
        ({"heterogeneity": {"orders": {"gamma_shape": 2.0}}}, "traits"),
    ],
)
def test_a_feature_brings_its_part(more: dict[str, Any], part: str) -> None:
    """What a rule remembers of a customer is there when the scenario has the rule."""
    bare = parts_of(tables(validated(market())), log=False, rows=False)
    assert not bare[part]
    assert parts_of(tables(validated(market(**more))), log=False, rows=False)[part]
