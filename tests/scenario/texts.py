"""A small right scenario, and ways to spoil it."""

from __future__ import annotations

GOOD = """\
# A comment at the top.
name = "shop"
months = 12
market_size = 1000

[[rungs]]
name = "lead"      # who has heard of us
share = 0.9
[[rungs]]
name = "customer"
share = 0.1
orders_per_month = 0.5
[[rungs]]
name = "repeat"
orders_per_month = { low = 1.0, high = 4.0 }
[[rungs]]
name = "lapsed"
off_ladder = true

[[steps]]
from = "lead"
to = "customer"
monthly = 0.05     # a guess
source = "assumption"
[[steps]]
from = "lead"
to = "customer"
trigger = "message"
probability = 0.2
[[steps]]
from = "customer"
to = "repeat"
trigger = "order"
probability = 0.6
[[steps]]
from = "customer"
to = "lapsed"
trigger = "order"
probability = 0.3
[[steps]]
from = "repeat"
to = "repeat"
trigger = "renewal"
months = 12
probability = 0.8
[[steps]]
from = "repeat"
to = "lapsed"
cumulative_share = 0.2
by_months = 12

[[word_of_mouth]]
layer = "friends"
graph = { kind = "barabasi_albert", links = 3 }

[[channels]]
name = "search"
response = { half_at = 0.5 }
[[channels.effects]]
on = "climbing"
per_rung = { lead = 0.5 }

[[tactics]]
name = "welcome"
[[tactics.effects]]
on = "orders"
full = 0.1

[[goals]]
rung = "repeat"
number = 50
by_month = 12

[strategies.ads]
campaigns = [{ channel = "search", to_month = 6, monthly_spend = 100 }]
[strategies.care]
campaigns = [{ channel = "search", tactic = "welcome", to = ["customer"], to_month = 6, monthly_spend = 100 }]
set = { "rungs.repeat.orders_per_month" = { low = 2.0, high = 4.0 } }
"""


def spoiled(old: str, new: str, text: str = GOOD) -> str:
    """The text with its first `old` exchanged for `new`."""
    assert old in text, old
    return text.replace(old, new, 1)


def with_top(line: str) -> str:
    """The good text with a line before its first table."""
    return spoiled("market_size = 1000\n", f"market_size = 1000\n{line}\n")


def with_end(lines: str) -> str:
    """The good text with more tables at its end."""
    return GOOD + "\n" + lines + "\n"
