"""Small scenarios for the tests of the world."""

from __future__ import annotations

from typing import Any

from ladsim.scenario.spec import Scenario


def scenario(market_size: int = 100, *graphs: dict[str, Any], **tables: Any) -> Scenario:
    """A scenario with one layer of word of mouth per graph (friends, colleagues, family) and three rungs."""
    layers = [{"layer": name, "graph": graph} for name, graph in zip(("friends", "colleagues", "family"), graphs, strict=False)]
    rungs = ({"name": "lead", "share": 0.9}, {"name": "customer", "share": 0.1}, {"name": "ambassador"})
    return Scenario.model_validate(
        {"name": "test", "months": 12.0, "market_size": market_size, "rungs": rungs, "word_of_mouth": tuple(layers), **tables}
    )


def segments(*shares: float) -> tuple[dict[str, Any], ...]:
    """Segments s0, s1, … with these shares."""
    return tuple({"name": f"s{i}", "share": share} for i, share in enumerate(shares))
