"""Worlds are built once, and shared by all who ask for the same."""

from __future__ import annotations

import pytest

import ladsim
from ladsim.planning import worlds as room
from ladsim.planning.run import together
from ladsim.scenario.draws import Draws
from ladsim.scenario.load import loads
from ladsim.scenario.spec import Scenario
from tests.planning.conftest import MARKET


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The replications for which a world was built, as they come."""
    found: list[int] = []

    def build(scenario: Scenario, *, sample: int | None, replication: int = 0) -> ladsim.World:
        found.append(replication)
        return ladsim.build(scenario, sample=sample, replication=replication)

    monkeypatch.setattr(room, "build", build)
    return found


def test_one_world_for_a_study(built: list[int]) -> None:
    """Strategies that change nobody's ties live in one world, in every replication."""
    together(loads(MARKET), ["retention_first", "dear", "base"], replications=3, sample=50, processes=1)
    assert built == [0]


def test_a_redrawn_world_is_built_once_a_replication(built: list[int]) -> None:
    """A graph drawn anew in every replication is drawn once in it, whoever lives there, and again in the next."""
    scenario = loads(MARKET.replace("links = 2", "links = 2, redraw = true"))
    runs = together(scenario, ["retention_first", "base"], replications=3, sample=50, processes=1)
    assert built == [0, 1, 2]
    alone = ladsim.simulate(scenario, strategy="retention_first", replication=2, sample=50)
    assert (alone.counts == runs["retention_first"].histories[2].counts).all()


def test_uncertain_segments_are_settled_once_a_draw(built: list[int]) -> None:
    """How many there are in a segment is drawn for two futures; so is who they are."""
    own = '\n[[segments]]\nname = "a"\nshare = { low = 0.2, high = 0.4 }\n[[segments]]\nname = "b"\nshare = 0.7\n'
    together(loads(MARKET + own), ["retention_first", "base"], replications=4, sample=50, processes=1)
    assert built == [0, 2]


def test_other_people_live_elsewhere() -> None:
    """A strategy that sets another population has another world; who asks for the same again has the same."""
    market = loads(MARKET)
    other = market.model_copy(update={"population_seed": 9})
    worlds = room.Worlds(sample=40)
    places = [worlds.settle(Draws(one, 1)) for one in (market, other, market)]
    assert places == [0, 1, 0]
    assert worlds.at(0) is worlds.of(0, Draws(market, 1), 5)
    assert worlds.at(None) is None
