"""All that a page is told: markets, futures, sliders, words, as JSON values, and the blob of bytes.

In: a scenario, strategies, how many people and futures. Raises StudyError where a market cannot go into a page, with what to change.
"""

from __future__ import annotations

from typing import Any

from ladsim.errors import Problem, ScenarioError, StudyError
from ladsim.pages.bytes import Blob
from ladsim.pages.market import Market, kernel_says
from ladsim.scenario.draws import resolve
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from ladsim.world.build import World, build, redrawn

MOST_PEOPLE = 50_000
USUAL_PEOPLE = 5_000  # as many as compare simulates, so that both say the same


def world_of(scenario: Scenario, sample: int | None) -> World:
    """The people and ties of a page. Raises StudyError where they cannot go into one."""
    refuse(scenario)
    if sample is not None and sample > MOST_PEOPLE:
        raise StudyError(f"--sample: found {sample:,}, must be at most {MOST_PEOPLE:,} people in a page")
    fixed = any(layer.graph.path or layer.graph.copies > 1 for layer in scenario.word_of_mouth)
    people = sample if sample is not None or fixed or scenario.market_size <= USUAL_PEOPLE else USUAL_PEOPLE
    world = build(resolve(scenario, 1, None), sample=people)
    if world.size > MOST_PEOPLE:
        raise StudyError(f"market_size: found {world.size:,}, must be at most {MOST_PEOPLE:,} people in a page")
    return world


def refuse(scenario: Scenario) -> None:
    """Raise ScenarioError with all that keeps a scenario out of a page."""
    found = []
    if scenario.policies:
        found.append(
            Problem(
                "policies",
                f"{len(scenario.policies)}",
                "must be left out of a page, which plays none; campaigns with dates can go into it",
            )
        )
    for program in scenario.programs:
        if program.kind.endswith(".py"):
            found.append(
                Problem(f"programs.{program.name}.kind", repr(program.kind), "must be a kind that comes with ladsim in a page")
            )
    for layer in scenario.word_of_mouth:
        if layer.graph.redraw and redrawn(scenario):
            found.append(
                Problem(
                    f"word_of_mouth.{layer.layer}.graph.redraw",
                    f"{layer.graph.redraw}".lower(),
                    "must be false in a page, which has room for one graph",
                )
            )
    if found:
        raise ScenarioError(found)


def markets_of(scenario: Scenario, strategies: list[str | None], world: World, seed: int, futures: int) -> list[Market]:
    """The market under each strategy."""
    for strategy in strategies:
        refuse(with_strategy(scenario, strategy))
    return [Market(scenario, strategy, world, seed, futures) for strategy in strategies]


def said_of(markets: list[Market]) -> tuple[dict[str, Any], bytes]:
    """What the page's driver needs: JSON values, and the packed blob."""
    blob = Blob()
    said = [
        {
            "strategy": market.strategy,
            **market.says(),
            "chunks": blob.chunks_of(market),
            "lucks": [luck.as_json() for luck in market.lucks],
            "draws": [hexed(words) for words in market.differences],
        }
        for market in markets
    ]
    return {"kernel": kernel_says(), "markets": said, "paired": any(market.paired for market in markets)}, blob.packed()


def hexed(words: dict[int, int]) -> list[list[Any]]:
    """Words as the page reads them: [place, value in hexadecimal digits]."""
    return [[place, f"{value:x}"] for place, value in sorted(words.items())]
