"""What a strategist reads of the months after the horizon: a yarn shop whose advertising loses within the year and later perhaps does not."""

from __future__ import annotations

import re

import pytest

from ladsim.measures.value import profit_so_far
from ladsim.planning.compare import Comparison, compare
from ladsim.planning.run import replicate
from ladsim.reporting import comparison, run
from ladsim.reporting.page_model import Grid, Points
from ladsim.scenario.load import load
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario, Strategy

SHARES = {"potential": 0.58, "visitor": 0.12, "customer": 0.06, "repeat": 0.075, "ambassador": 0.015, "lapsed": 0.15}
MONEY = {"basket.mean": 420, "money.margin": 0.55, "money.cost_per_order": 35, "money.fixed_cost_per_month": 150_000}
FEW = {"sample": 4_000, "replications": 20, "processes": 1, "seed": 1}
SEARCH = {"name": "search", "channel": "search", "monthly_spend": 75_000}
GOOGLE = {"label": "Google", "campaigns": (SEARCH,)}


def yarn(language: str, strategies: dict[str, object]) -> Scenario:
    """40,000 people, 6,000 active customers, 6,000 lapsed ones, a year's money; the web shop in kroner, told in one language."""
    plain = load("web_shop", "da").model_copy(update={"goals": (), "language": language})
    shares = {f"rungs.{name}.share": share for name, share in SHARES.items()}
    shop = override(plain, {"months": 12, "market_size": 40_000, **shares, **MONEY})
    return shop.model_copy(update={"strategies": {name: Strategy.model_validate(one) for name, one in strategies.items()}})


@pytest.fixture(scope="module")
def study() -> Comparison:
    """Search advertising for a year, in Danish."""
    return compare(yarn("da", {"google": GOOGLE}), months_after=24, **FEW)


def plain(text: str) -> str:
    """A text with ordinary spaces."""
    return re.sub(r"[\u00a0\u202f\u2060]", " ", text)


def test_the_headline_says_both(study: Comparison) -> None:
    """Within 12 months advertising does not earn back its money, by half a million; over 36 that cannot be told; nobody is told to choose."""
    row = study.after_horizon.iloc[0]
    assert -700_000 < row["extra_profit"] < -400_000 and row["extra_profit_high"] < 0.0
    assert row["extra_profit_then_low"] < 0.0 < row["extra_profit_then_high"] and row["extra_profit_then"] > row["extra_profit"]
    headline = plain(study.verdict.splitlines()[0])
    assert headline.startswith("Over 12 måneder: »Google« tjener sig ikke hjem (−"), headline
    assert "; set over 36 måneder, " in headline and "det kan ikke afgøres, om »Google« tjener sig hjem (" in headline
    assert "Vælg" not in study.verdict and headline.count(". ") == 0, "one sentence, and no advice"
    page = comparison.page(study)
    assert page.verdict.splitlines()[0].startswith("Over")
    limits = next(section for section in page.sections if section.key == "limits").items[0]
    looks = next(section for section in page.sections if section.key == "after_horizon")
    assert isinstance(limits, Points)
    assert [line for line in limits.items if f"»{looks.heading}«" in line and "ser længere frem" in line]
    assert not [line for line in limits.items if "tælles ikke med" in line]
    assert "; hver ekstra euro giver " in plain(study.verdict)


def test_the_longer_look_is_that_of_the_whole_market(study: Comparison) -> None:
    """The same twelve months of money in a file of 36 months: the profit of every future, to the last unit."""
    strategies = {"google": {**GOOGLE, "campaigns": (SEARCH | {"to_month": 12},)}}
    longer = yarn("da", strategies).model_copy(update={"months": 36.0})
    for name, strategy in (("google", "google"), ("base", None)):
        runs = replicate(longer, strategy=strategy, **FEW | {"replications": 2})
        after = study.runs[name].after
        assert after is not None
        assert all((profit_so_far(history) == after.profit[k]).all() for k, history in enumerate(runs.histories))


def test_the_page_has_a_section(study: Comparison) -> None:
    """What was looked at, for how long, in how many futures; a row per strategy, with intervals, at both ends."""
    found = next(section for section in comparison.page(study).sections if section.key == "after_horizon")
    assert "20 forløb" in plain(found.lead[0]) and "måned 36" in plain(found.lead[0])
    table = found.items[0]
    assert isinstance(table, Grid) and [plain(head) for head in table.head[1:]] == ["Til måned 12", "Til måned 36"]
    (row,) = table.rows
    assert row[0].text == "Google" and row[1].text.startswith("−") and " til " in plain(row[2].small)
    without = compare(study.scenario, ["google"], months_after=0, **FEW | {"replications": 2})
    assert all(section.key != "after_horizon" for section in comparison.page(without).sections)


@pytest.mark.parametrize(
    ("language", "now", "then"),
    [
        ("en", "brings", "it cannot be told whether “Google” brings more than if nothing were done"),
        ("nb", "gir", "det kan ikke avgjøres om «Google» gir mer enn om ingenting ble gjort"),
    ],
)
def test_one_strategy_against_doing_nothing(language: str, now: str, then: str) -> None:
    """The page of a run says both, too, in every language."""
    shop = yarn(language, {"google": GOOGLE})
    runs = replicate(shop, strategy="google", with_nothing=True, months_after=24, **FEW)
    said = plain(run.page(runs).verdict)
    first = said.splitlines()[0]
    assert "12 " in first and "36 " in first and f"Google{'”' if language == 'en' else '»'} {now} " in first and then in first, (
        said
    )
    assert any(section.key == "after_horizon" for section in run.page(runs).sections)
    assert run.VIEW.answer(runs)["months_after"] == 24


def test_where_both_say_the_same_it_stands() -> None:
    """A strategy that pays from the start is chosen, and a line says that the longer look agrees."""
    cheap = {"label": "Basket", "set": {"basket.mean": 700}}
    found = compare(yarn("en", {"dear": cheap}), months_after=12, **FEW | {"replications": 8})
    lines = plain(found.verdict).splitlines()
    assert (
        lines[0].startswith("Choose “Basket”")
        and lines[-1].startswith("Looked at for 24 months, ")
        and lines[-1].endswith("that stands.")
    )
