"""The small market that hostile inputs start from, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

TINY = """schema = 1
name = "tiny"
months = 6
market_size = 300
currency = "EUR"

[[rungs]]
name = "lead"
share = 0.7
[[rungs]]
name = "customer"
share = 0.3
orders_per_month = 1.0
messages_per_month = 0.3
[[rungs]]
name = "loyal"
orders_per_month = 2.0
[[rungs]]
name = "lapsed"
off_ladder = true

[[steps]]
from = "lead"
to = "customer"
monthly = 0.05
is_order = true
[[steps]]
from = "lead"
to = "customer"
trigger = "message"
probability = 0.1
is_order = true
[[steps]]
from = "customer"
to = "loyal"
trigger = "order"
probability = 0.2
[[steps]]
from = "customer"
to = "lapsed"
monthly = 0.1

[basket]
law = "lognormal"
mean = 20.0
spread = 0.5
[money]
margin = 0.5

[[word_of_mouth]]
layer = "friends"
budget = "per_sender"
graph = { kind = "barabasi_albert", links = 2, seed = 1 }

[[channels]]
name = "ads"
response = { half_at = 1.0 }
effects = [{ on = "steps.lead.customer", full = 1.0 }]

[strategies.a]
label = "Alpha"
campaigns = [{ channel = "ads", from_month = 0, to_month = 6, monthly_spend = 200 }]
"""
GRAPH = 'graph = { kind = "barabasi_albert", links = 2, seed = 1 }'
POLICY = "def f(env, market):\n    yield market.months(1)\n"


def spoiled(old: str, new: str, text: str = TINY) -> str:
    """The text with one part of it exchanged."""
    assert old in text, old
    return text.replace(old, new, 1)


def with_graph(path: str, **keys: str) -> str:
    """The market with its ties read from a file."""
    more = "".join(f", {key} = {value}" for key, value in keys.items())
    kind = keys.pop("kind", '"file"') if "kind" not in keys else keys["kind"]
    return spoiled(GRAPH, f'graph = {{ kind = {kind}, path = "{path}"{more.replace(f", kind = {kind}", "")} }}')


def with_policy(file: str, function: str = "f") -> str:
    """The market with a policy."""
    return TINY + f'\n[[policies]]\nfile = "{file}"\nfunction = "{function}"\n'


def with_program(file: str) -> str:
    """The market with a programme of one's own."""
    return TINY + f'\n[[programs]]\nkind = "own"\nname = "x"\nfile = "{file}"\n'


def put(folder: Path, text: str | bytes, name: str = "market.toml") -> str:
    """Write a file, and give its full path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return str(path)
