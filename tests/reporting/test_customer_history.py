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


CLUB = """
name = "club shop"
months = 18
market_size = 200
currency = "EUR"
start_date = 2027-01-01
basket = { mean = 20.0 }
rungs = [
  { name = "lead", share = 0.5 },
  { name = "customer", share = 0.5, orders_per_month = 1.0 },
  { name = "lapsed", off_ladder = true },
]
steps = [
  { from = "lead", to = "customer", monthly = 0.1, is_order = true, covers_months = 12, refund_on_leaving = true },
  { from = "customer", to = "lapsed", monthly = 0.05 },
  { from = "lapsed", to = "customer", monthly = 0.2, is_order = true },
]
tactics = [{ name = "hello", effects = [{ on = "orders", full = 0.1 }] }]
campaigns = [{ tactic = "hello", after = "entered.customer", cost_per_contact = 1 }]
[money]
margin = 0.5
returns = { share = 0.3, whole_share = 0.5, part = 0.4, cost = 2 }
[[programs]]
kind = "points"
label = "Stars"
points_per_unit = 0.5
reward_at = 30
reward_cost = 5
expires_after_months = 2
joins = { monthly = 0.3 }
[[programs]]
kind = "club"
name = "club"
fee = 24
fee_every_months = 12
renewal_probability = 0.8
refund_on_leaving = true
joins = { monthly = 0.3 }
[[programs]]
kind = "tiers"
name = "levels"
levels = [{ name = "basic", orders = 0 }, { name = "silver", orders = 4 }]
joins = { monthly = 0.3 }
"""


def test_memberships_fees_points_and_returns_are_told() -> None:
    """What the log and its bookings say of 60 lives: each kind as often as it happened, and a day for each moment."""
    scenario = loads(CLUB)
    events = simulate(scenario, seed=1, follow=60).events()
    text = "\n".join(life_text(events, who, scenario, most_lines=10_000) for who in by_eventfulness(events))
    kind, cause, amount = (
        events[name].astype(str) if name != "amount" else events[name] for name in ("event", "cause", "amount")
    )
    fees = (kind == "cash") & (cause == "club:fees")
    level = kind == "level"
    counts = {
        r"pays a fee of EUR\s24\.00 \(club\)": (fees & (amount == 24.0)).sum(),
        r"gets back EUR\s[\d.]+ of the fee": (fees & (amount < 0.0)).sum(),
        r"joins club": (level & (cause == "club") & (amount == 1.0)).sum(),
        r"leaves club": (level & (cause == "club") & (amount == 0.0)).sum(),
        r"loses [\d.]+ points? by expiry \(Stars\)": (kind == "expire").sum(),
        r"uses 30 points": (kind == "redeem").sum(),
        r"climbs to silver in levels": (level & (cause == "levels") & (amount == 2.0)).sum(),
        r"is contacted \(hello\)": (level & (cause == "hello") & (amount == 1.0)).sum(),
        r"of what was paid in advance": ((kind == "cash") & (cause == "revenue") & (amount < 0.0)).sum(),
        r"sends it all back": ((kind.isin(["book", "cash"])) & (cause == "returns") & (amount == -20.0)).sum(),
        r"sends goods for EUR\s8\.00 back": ((kind.isin(["book", "cash"])) & (cause == "returns") & (amount == -8.0)).sum(),
    }
    for words, wanted in counts.items():
        assert wanted > 0, words
        assert len(re.findall(words, text)) == wanted, words
    assert re.search(r"^ +\d+ (January|June) 202[78]  ", text, re.MULTILINE) and "month" not in text.replace("18 months", "")
