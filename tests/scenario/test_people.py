"""People in place of shares: the same market, exactly; what does not add up is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import ladsim
from ladsim.errors import ScenarioError
from ladsim.reporting.ladder import ladder_text
from ladsim.scenario.json_schema import schema_json
from ladsim.scenario.load import load, loads, validated
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario

HEADS = {"lead": 27_600, "customer": 2_400, "repeat": 3_001, "ambassador": 599, "lapsed": 6_400}
TOTAL = sum(HEADS.values())


def shop(**more: Any) -> dict[str, Any]:
    """A register of customers as somebody knows it."""
    rungs = [{"name": name, "people": people} for name, people in HEADS.items()]
    rungs[1] |= {"orders_per_month": 1.0}
    rungs[-1] |= {"off_ladder": "lapsed"}
    return {"name": "shop", "months": 1.0, "market_size": TOTAL, "rungs": rungs, **more}


def start_of(scenario: Scenario) -> list[int]:
    """How many stand on each rung at month 0."""
    found: list[int] = ladsim.simulate(scenario, seed=3).counts[0].sum(axis=0).tolist()
    return found


def test_exactly_as_many_people_start_on_a_rung() -> None:
    """To the last one, whatever the rounding of their shares; segments likewise."""
    segments = [{"name": "town", "people": 12_345}, {"name": "land", "people": TOTAL - 12_345}]
    scenario = validated(shop(segments=segments))
    history = ladsim.simulate(scenario, seed=3)
    assert history.counts[0].sum(axis=0).tolist() == list(HEADS.values())
    assert history.counts[0].sum(axis=1).tolist() == [12_345, TOTAL - 12_345]
    assert [rung.share for rung in scenario.rungs] == [people / TOTAL for people in HEADS.values()]


def test_people_and_shares_are_the_same_market() -> None:
    """The same events as with the shares written out."""
    shares = [{k: v for k, v in rung.items() if k != "people"} | {"share": rung["people"] / TOTAL} for rung in shop()["rungs"]]
    assert ladsim.simulate(validated(shop()), seed=3).equals(ladsim.simulate(validated(shop(rungs=shares)), seed=3))


def test_those_whose_place_is_named_are_counted_too() -> None:
    """People on a rung count those in ``start.nodes``, in each copy of the graph."""
    ties = [{"layer": "friends", "graph": {"kind": "cycle", "copies": 2}}]
    rungs = [{"name": "lead", "people": 14}, {"name": "customer", "people": 6}]
    data = {"name": "s", "months": 1.0, "market_size": 20, "rungs": rungs, "word_of_mouth": ties}
    assert start_of(validated(data | {"start": {"nodes": {"customer": [1, 4]}}})) == [14, 6]
    with pytest.raises(ScenarioError, match="must count those named there, too"):
        validated(data | {"start": {"nodes": {"customer": [1, 2, 3, 4]}}})
    everybody = data | {"start": {"nodes": {"customer": [0, 1, 2], "lead": [3, 4, 5, 6, 7, 8, 9]}}}
    assert start_of(validated(everybody)) == [14, 6]


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"people": 2_500}, "rungs", f"people that add up to {TOTAL + 100:,}, must add up to market_size ({TOTAL:,}): 100 are too many"),
        ({"people": 2_399}, "rungs", "1 are missing"),
        ({"share": 0.1}, "rungs.customer", "people and a share, must give one of them"),
        ({"people": 0.5}, "rungs.customer.people", "found 0.5, must be a whole number"),
        ({"people": -3}, "rungs.customer.people", "found -3, must be at least 0"),
        ({"people": "2.400"}, "rungs.customer.people", "found '2.400', must be a whole number"),
    ],
)  # fmt: skip
def test_what_does_not_add_up(change: dict[str, Any], place: str, words: str) -> None:
    """One problem, which says what is missing."""
    data = shop()
    data["rungs"][1] |= change
    with pytest.raises(ScenarioError) as caught:
        validated(data)
    assert [p.place for p in caught.value.problems] == [place]
    assert words in str(caught.value)


def test_people_and_shares_are_not_mixed() -> None:
    """Neither among the rungs nor among the segments; a segment has one of them."""
    data = shop()
    data["rungs"][0] = {"name": "lead", "share": 0.7}
    with pytest.raises(ScenarioError, match="people on customer and a share on lead, must be all in people"):
        validated(data)
    for segment, words in (({"share": 0.5}, "a share on land"), ({}, "segments.land.share: found nothing, must be given")):
        with pytest.raises(ScenarioError, match=words):
            validated(shop(segments=[{"name": "town", "people": 5}, {"name": "land"} | segment]))
    with pytest.raises(ScenarioError, match="people and a share"):
        override(validated(shop()), {"rungs.customer.people": 5})


def test_a_file_may_count_what_another_shares(tmp_path: Path) -> None:
    """By ``extends`` people take the place of shares, and shares that of people."""
    (tmp_path / "below.toml").write_text(
        "name = 'b'\nmonths = 3\nmarket_size = 100\n[[rungs]]\nname = 'a'\nshare = 0.5\n[[rungs]]\nname = 'b'\nshare = 0.5\n"
    )
    (tmp_path / "above.toml").write_text(
        "extends = 'below'\n[[rungs]]\nname = 'a'\npeople = 30\n[[rungs]]\nname = 'b'\npeople = 70\n".replace(
            "'below'", "'below.toml'"
        )
    )
    assert [rung.share for rung in load(tmp_path / "above.toml").rungs] == [0.3, 0.7]
    (tmp_path / "top.toml").write_text(
        "extends = 'above.toml'\n[[rungs]]\nname = 'a'\nshare = 0.2\n[[rungs]]\nname = 'b'\nshare = 0.8\n"
    )
    assert [rung.share for rung in load(tmp_path / "top.toml").rungs] == [0.2, 0.8]


def test_show_says_the_one_and_the_other() -> None:
    """Shares of those given in people, people of those given as shares; a range has both ends."""
    assert "6 % at start, 2,400 people" in ladder_text(validated(shop()))
    ranged = "name = 's'\nmonths = 3\nmarket_size = 200\n[[rungs]]\nname = 'a'\nshare = { low = 0.4, high = 0.6 }\n[[rungs]]\nname = 'b'\nshare = 0.5"
    assert "40 % to 60 % at start, 80 to 120 people" in ladder_text(loads(ranged))


def test_the_schema_asks_for_one_of_both() -> None:
    """Editors take `people` on rungs and segments, and a segment needs that or a share."""
    schema = json.loads(schema_json())["$defs"]
    assert "people" in schema["Rung"]["properties"] and "people" in schema["Segment"]["properties"]
    assert schema["Segment"]["required"] == ["name"]
    assert schema["Segment"]["anyOf"] == [{"required": ["share"]}, {"required": ["people"]}]
