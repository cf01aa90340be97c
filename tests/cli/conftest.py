"""A tiny market, and the program called as a user calls it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ladsim.cli import app

TINY = """
schema = 1
name = "Tiny shop"
months = 6
market_size = 200
currency = "EUR"

[[rungs]]
name = "lead"
share = 0.8
[[rungs]]
name = "customer"
share = 0.2
orders_per_month = 1.0
[[rungs]]
name = "lapsed"
off_ladder = true

[[steps]]
from = "lead"
to = "customer"
monthly = { low = 0.05, high = 0.15 }
is_order = true
source = "assumption"
[[steps]]
from = "customer"
to = "lapsed"
monthly = 0.1
source = "own CRM"

[basket]
law = "constant"
mean = 30

[money]
margin = 0.5

[[tactics]]
name = "welcome"
response = { half_at = 1.0 }
effects = [{ on = "steps.customer.lapsed", full = -0.3 }]

[[goals]]
rung = "customer"
number = 60
by_month = 6

[strategies.keep]
label = "Keep them"
campaigns = [{ tactic = "welcome", monthly_spend = 100 }]

[strategies.win]
label = "Win more"
set = { "steps.lead.customer.monthly" = 0.12 }
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario file of 200 people and 6 months, in the folder the program is called from."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "shop.toml"
    path.write_text(TINY, encoding="utf-8")
    return path


@pytest.fixture
def ladsim() -> Callable[..., Result]:
    """`ladsim WORDS…`, in this process; what it prints and its exit code."""

    def call(*words: object) -> Result:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call
