"""A small market with something unknown and three strategies, and a comparison of them that several tests read."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladsim.planning.compare import Comparison, compare
from ladsim.scenario.load import load
from ladsim.scenario.spec import Scenario

MARKET = """
schema = 1
name = "Small shop"
months = 6
market_size = 2_000
currency = "DKK"
start_date = 2027-01-01

[[rungs]]
name = "lead"
share = 0.9
[[rungs]]
name = "customer"
share = 0.1
orders_per_month = 1.0
[[rungs]]
name = "ambassador"
orders_per_month = { low = 1.5, high = 2.5 }
messages_per_month = 0.5
[[rungs]]
name = "lapsed"
off_ladder = true

[[steps]]
from = "lead"
to = "customer"
monthly = { low = 0.02, high = 0.10 }
source = "assumption"
[[steps]]
from = "lead"
to = "customer"
trigger = "message"
probability = 0.1
source = "own CRM 2025"
[[steps]]
from = "customer"
to = "ambassador"
monthly = 0.1
[[steps]]
from = "customer"
to = "lapsed"
monthly = 0.1

[basket]
law = "lognormal"
mean = 60
spread = 0.4
[[word_of_mouth]]
layer = "friends"
graph = { kind = "barabasi_albert", links = 2 }
[money]
margin = 0.5
fixed_cost_per_month = 2_000
discount_per_year = 0.08

[[tactics]]
name = "advertising"
response = { half_at = 1.0 }
effects = [{ on = "steps.lead.customer", full = 1.5 }]
[[tactics]]
name = "care"
response = { half_at = 1.0 }
effects = [{ on = "leaving", full = -0.6 }]

[[goals]]
rung = "customer"
number = 250
by_month = 6
[[goals]]
name = "few lapse"
rung = "lapsed"
share = 0.10
by_month = 3
[[goals]]
step = "lead.customer.time"
converted_share = 0.2
by_month = 6

[strategies.acquisition_first]
label = "New customers first"
campaigns = [{ tactic = "advertising", monthly_spend = 1_000 }]
[strategies.retention_first]
label = "Keep them first"
campaigns = [{ tactic = "care", to = ["customer"], monthly_spend = 1_000 }]
[strategies.dear]
campaigns = [{ tactic = "care", to = ["customer"], monthly_spend = 9_000 }]
"""
SMALL = {"sample": 200, "replications": 6, "processes": 1}


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small market as a file."""
    path = tmp_path_factory.mktemp("scenario") / "shop.toml"
    path.write_text(MARKET, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def shop(shop_file: Path) -> Scenario:
    """The small market."""
    return load(shop_file)


@pytest.fixture(scope="session")
def duel(shop: Scenario) -> Comparison:
    """Its three strategies and the scenario as it stands, six futures of 200 people each."""
    return compare(shop, ["acquisition_first", "retention_first", "dear", "base"], seed=3, **SMALL)
