"""A customer's life in words says what the log says."""

from __future__ import annotations

import re

from ladsim.engine.run import simulate
from ladsim.measures.lives import by_eventfulness
from ladsim.reporting.customer_history import life_text
from ladsim.scenario.load import loads
from ladsim.scenario.spec import Scenario

TALK = """
name = "talk"
months = 6
market_size = 40
currency = "EUR"
basket = { mean = 20.0 }
money = { margin = 0.5 }
word_of_mouth = [{ layer = "friends", graph = { kind = "cycle" } }, { layer = "all", graph = { kind = "everyone" } }]
rungs = [
  { name = "lead", label = "Curious", share = 0.9 },
  { name = "fan", share = 0.1, orders_per_month = 2.0, announces = true },
]
steps = [
  { from = "lead", to = "fan", trigger = "message", probability = 0.1, is_order = true },
  { from = "fan", to = "lead", monthly = 0.3 },
]
"""


def told(scenario: Scenario) -> tuple[list[str], int, object]:
    events = simulate(scenario, seed=2, follow=10).events()
    who = by_eventfulness(events)[0]
    return life_text(events, who, scenario, most_lines=10_000).splitlines(), who, events[events["customer"] == who]


def test_a_life_in_words() -> None:
    """Every change of rung, order and message heard is there, with its month; messages to all at once are one; the sum is right."""
    lines, who, life = told(loads(TALK))
    text = "\n".join(lines)
    assert lines[0] == f"Customer {who} in the first of the futures, over 6 months"
    count = life["event"].value_counts()  # type: ignore[index]
    assert count["move"] >= 2
    assert len(re.findall("goes from Curious to fan|goes from fan to Curious", text)) == count["move"]
    assert text.count("orders for EUR\u00a020.00") == count["order"]
    heard = re.findall(r"hears of it from (?:customer \d+|(\d+) customers) \((?:friends|all)\)", text)
    assert sum(int(number or 1) for number in heard) == count["hear"]
    assert "tells 39 customers (all)" in text and "tells 2 customers (friends)" in text
    assert f"{count['order']} orders" in lines[-1] and f"{count['hear']} heard" in lines[-1]
    assert f"EUR\u00a0{10 * count['order']}" in lines[-1]
    months = [float(line.split()[1]) for line in lines[1:-1]]
    assert months == sorted(months) and months[0] == 0.0


def test_a_long_life_is_cut() -> None:
    """What does not fit is counted."""
    scenario = loads(TALK)
    events = simulate(scenario, seed=2, follow=10).events()
    lines = life_text(events, by_eventfulness(events)[0], scenario, most_lines=4).splitlines()
    whole, _, _ = told(scenario)
    assert lines[:5] == whole[:5] and lines[-1] == whole[-1]
    assert lines[5].strip() == f"… and {len(whole) - 6} more moments"
