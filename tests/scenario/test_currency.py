"""Presets and starters in the money of their readers: every amount is turned, nothing else is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario import presets
from ladsim.scenario.address import numbers
from ladsim.scenario.currency import OF_LANGUAGE, PER_EURO, in_currency
from ladsim.scenario.distributions import middle
from ladsim.scenario.load import SHIPPED, load, loads, shipped

# Last parts of the keys of amounts, written down apart from the schema.
AMOUNTS = {
    "cost_per_month", "entry_cost", "basket.mean", "cost_per_order", "fixed_cost_per_month", "half_at", "monthly_spend", "setup_cost",
    "cost_per_contact", "running_cost_per_month", "cost_per_member", "reward_cost", "perceived_value", "statement_cost", "fee", "spend",
    "minimum_balance", "referrer_reward", "referred_reward", "min_order", "max_amount", "per", "point_value",
}  # fmt: skip
NUMBERS = """\
# 7 euro
name = "8.5 'x' # 9"
months = 3
market_size = 1_000
start_date = 2026-01-31
rungs = [{ name = 'r2', share = 1.0, orders_per_month = 2, cost_per_month = { low = 2, high = 1e1 } }] # 5
[basket]
law = 'lognormal'
mean = { law = 'draws', values = [10, 20.0] }
spread = 0.7
[money]
fixed_cost_per_month = { law = 'lognormal', median = 100, spread = 0.5 }
"""
MONEY_WORDS = re.compile(r"\beuros?\b|€|\bkroner?\b|\bkr\b|\bDKK\b|\bNOK\b|\bEUR\b", re.IGNORECASE)


def is_amount(key: str, raw: Any) -> bool:
    """Whether a dotted key is that of an amount; what a referral brings may be points or months."""
    last = key.rpartition(".")[2]
    if last in ("referrer_reward", "referred_reward"):
        programs = [*raw.get("programs", []), *(p for s in raw.get("strategies", {}).values() for p in s.get("programs", []))]
        return all(program.get("reward", "money") == "money" for program in programs)
    return last in AMOUNTS or key in AMOUNTS


@pytest.mark.parametrize("language", ["da", "nb"])
@pytest.mark.parametrize("name", shipped())
def test_every_amount_of_every_preset(name: str, language: str, tmp_path: Path) -> None:
    """In Danish in DKK and in Norwegian in NOK: amounts times the library's rate, to three digits; all other numbers as they were."""
    own = load(name, language)
    raw = tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
    copy = load(presets.write(name, tmp_path / "copy.toml", language))
    assert copy.currency == OF_LANGUAGE[language]
    rate = PER_EURO[copy.currency] / PER_EURO[own.currency]
    before, after = numbers(own), numbers(copy)
    assert list(before) == list(after)
    turned = 0
    for key, number in before.items():
        old, found = middle(number.value), middle(after[key].value)
        if not number.given:
            assert found == old, key
        elif is_amount(key, raw):
            assert found == pytest.approx(old * rate, rel=5e-3), key
            turned += old > 0.0
        elif key.endswith("points_per_unit"):
            assert found == pytest.approx(old / rate, rel=5e-3), key
        else:
            assert found == old, key
    assert turned or not any(is_amount(key, raw) and n.given and middle(n.value) > 0 for key, n in before.items())
    budgets = [
        sum(middle(c.each_month) for c in strategy.campaigns) for strategy in copy.strategies.values() if strategy.campaigns
    ]
    former = [sum(middle(c.each_month) for c in strategy.campaigns) for strategy in own.strategies.values() if strategy.campaigns]
    assert budgets == pytest.approx([money * rate for money in former], rel=5e-3)


@pytest.mark.parametrize("name", shipped())
def test_texts_of_presets_name_no_currency(name: str) -> None:
    """Comments, descriptions and sources hold in any currency, for they are not turned."""
    text = NUMBERS
    assert loads(text).currency == "EUR"
    expected = text.replace("low = 2, high = 1e1", "low = 15, high = 75").replace("[10, 20.0]", "[75, 150]")
    assert in_currency(text, "DKK") == 'currency = "DKK"\n' + expected.replace("median = 100", "median = 750")


def test_a_currency_without_a_rate_is_refused() -> None:
    """With those that have one, and the nearest."""
    with pytest.raises(ScenarioError, match="--currency: found 'DKR', must be one of EUR, DKK, NOK, SEK"):
        in_currency('name = "x"', "DKR")
    with pytest.raises(ScenarioError, match="currency: found 'BEANS'"):
        in_currency('currency = "BEANS"', "DKK")


def test_a_file_in_another_currency_than_the_one_it_extends(tmp_path: Path) -> None:
    """Found: the yarn shop's ready strategies spent 57,600 euros as kroner. What is not given anew is turned; what is, stands; also twice."""
    own = tmp_path / "own.toml"
    own.write_text('extends = "web_shop"\nname = "own"\ncurrency = "DKK"\n[money]\ncost_per_order = 35\n', encoding="utf-8")
    euros, kroner = numbers(load("web_shop")), numbers(load(own))
    assert (kroner["basket.mean"].value, kroner["money.cost_per_order"].value) == (360.0, 35.0)
    key = "strategies.acquisition_first.campaigns.search.monthly_spend"
    assert (euros[key].value, kroner[key].value) == (800.0, 6000.0)
    assert kroner["channels.search.response.half_at"].value == pytest.approx(0.45)
    assert kroner["money.margin"].value == euros["money.margin"].value
    twice = tmp_path / "twice.toml"
    twice.write_text('extends = "own.toml"\nname = "twice"\ncurrency = "EUR"\n', encoding="utf-8")
    again = numbers(load(twice))
    assert (again["basket.mean"].value, again[key].value) == (48.0, 800.0)
    assert again["money.cost_per_order"].value == pytest.approx(4.67)
    same = tmp_path / "same.toml"
    same.write_text('extends = "own.toml"\nname = "same"\n', encoding="utf-8")
    assert numbers(load(same)) == kroner and load(same).currency == "DKK"
    same.write_text('extends = "own.toml"\nname = "same"\ncurrency = "XYZ"\n', encoding="utf-8")
    assert numbers(load(same))["basket.mean"].value == 360.0, "no rate is known: as it stands"
