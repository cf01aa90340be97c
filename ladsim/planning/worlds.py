"""The worlds of a study: each is built once, whoever lives in it.

In: the draws of each strategy's scenario. Out: the world of a replication. Most markets have one world for the whole study, which all
strategies share that ask for the same people and graphs. Where a graph is drawn anew in every replication, or where how large segments
are is uncertain, a world belongs to a replication or a draw; then strategies that share it find it built, as long as the next one is
not asked for.
"""

from __future__ import annotations

from typing import Any

from ladsim.scenario.draws import Draws
from ladsim.scenario.spec import Scenario
from ladsim.world.build import World, build, redrawn


class Worlds:
    """What strategies live in, `sample` people of the market each (None: everybody)."""

    def __init__(self, sample: int | None) -> None:
        self.sample = sample
        self._built: list[World] = []
        self._shapes: list[Any] = []
        self._latest: tuple[Any, World] | None = None

    def settle(self, draws: Draws) -> int | None:
        """Build the world of a scenario if no other has it; its place, or None where every replication has another."""
        if redrawn(draws.scenario) or any(key.startswith("segments.") and key.endswith(".share") for key in draws.keys):
            return None
        plain = draws.scenario_of(0)
        shape = _shape(plain)
        if shape not in self._shapes:
            self._built.append(build(plain, sample=self.sample))
            self._shapes.append(shape)
        return self._shapes.index(shape)

    def at(self, place: int | None) -> World | None:
        """The world at a place, which must not be changed; None where every replication has another."""
        return self._built[place] if place is not None else None

    def of(self, place: int | None, draws: Draws, replication: int) -> World:
        """The world at a place, else that of one replication; it must not be changed."""
        if place is not None:
            return self._built[place]
        plain = draws.scenario_of(replication // 2)
        shape = _shape(plain), replication if redrawn(plain) else 0
        if self._latest is None or self._latest[0] != shape:
            self._latest = None  # two at a time are never needed
            self._latest = shape, build(plain, sample=self.sample, replication=replication)
        return self._latest[1]


def _shape(scenario: Scenario) -> tuple[Any, ...]:
    """All of a resolved scenario that its world is made from."""
    return (
        scenario.market_size,
        scenario.population_seed,
        tuple((segment.name, segment.share) for segment in scenario.segments),
        tuple(rung.name for rung in scenario.rungs),
        scenario.start,
        tuple((layer.layer, layer.graph) for layer in scenario.word_of_mouth),
    )
