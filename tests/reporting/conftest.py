"""Small studies for the tests of the report: a coffee chain with three strategies, and one whose labels mean harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladsim.planning.compare import Comparison, compare
from ladsim.planning.targets import Targets, targets
from ladsim.scenario.load import load, loads
from ladsim.scenario.spec import Scenario

COFFEE = Path(__file__).parent / "coffee.toml"
HARM = """</text><script>alert('x')</script><img src=x onerror="y"> & {0} {label} $\\\\alpha_{2$ %s 顧客 🙂"""


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    """The coffee chain."""
    return load(COFFEE)


@pytest.fixture(scope="session")
def comparison(scenario: Scenario) -> Comparison:
    """Its three strategies in eight futures of 150 people."""
    return compare(scenario, seed=1, replications=8, sample=150, processes=1)


@pytest.fixture(scope="session")
def promised(comparison: Comparison) -> Targets:
    """What the balanced strategy promises for month 12."""
    return targets(comparison.runs["balanced"], 12)


@pytest.fixture(scope="session")
def hostile() -> Comparison:
    """The same chain, with markup, braces and formulas in every text that a file may hold."""
    text = COFFEE.read_text(encoding="utf-8")
    for word in (
        "Coffee chain",
        "New customers first",
        "Keep customers first",
        "Ambassador",
        "Repeat buyer",
        "Lost",
        "Social media",
    ):
        text = text.replace(f'"{word}"', f'"""{HARM} {word}"""')
    text = text.replace('"A fifth of the prospects buy"', f'"""{HARM} goal"""').replace('"own CRM 2025"', f'"""{HARM} source"""')
    text = text.replace('currency = "DKK"', 'currency = "<b>$"')
    return compare(loads(text), ["acquisition_first", "retention_first"], seed=1, replications=2, sample=100, processes=1)
