"""Twins: where two lives part, and why, against brute force over whole logs and against markets in which the cause is known.

Tests: ``cli/twin.py``, ``measures/lives.py``, ``reporting/twins.py``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import ladsim
from ladsim.cli.program import program
from ladsim.errors import StudyError
from ladsim.planning.twins import differing, taken_over
from ladsim.reporting.twins import TwinsWords
from ladsim.scenario.load import loads
from ladsim.scenario.spec import Scenario

MARKET = """
schema = 1
name = "Talk"
months = 8
market_size = 120
currency = "EUR"
basket = { law = "lognormal", mean = 20.0, spread = 0.5 }
money = { margin = 0.5 }
segments = [{ name = "north", share = 0.5 }, { name = "south", share = 0.5 }]
word_of_mouth = [{ layer = "friends", graph = { kind = "cycle" } }]
rungs = [
  { name = "lead", share = 0.8 },
  { name = "customer", share = 0.2, orders_per_month = 1.0, messages_per_month = 1.0 },
  { name = "fan", label = "Ambassador", orders_per_month = 2.0, messages_per_month = 2.0 },
]
steps = [
  { from = "lead", to = "customer", trigger = "message", probability = 0.2, is_order = true },
  { from = "lead", to = "customer", monthly = 0.03, is_order = true },
  { from = "customer", to = "fan", monthly = 0.05 },
  { from = "customer", to = "lead", monthly = 0.05 },
]
[[channels]]
name = "ads"
response = { half_at = 100.0, source = "assumption" }
effects = [{ on = "steps.lead.customer", full = 1.0, source = "assumption" }]
[[tactics]]
name = "offers"
response = { half_at = 100.0, source = "assumption" }
effects = [{ on = "orders", full = 0.5, source = "assumption" }]
"""
CAMPAIGN = "{{ {lever}, from_month = {start}, to_month = {end}, monthly_spend = {spend}{more} }}"


def generated(number: int) -> Scenario:
    """A market with two strategies that share some of their levers."""
    luck = np.random.default_rng(number)

    def campaign() -> str:
        start = int(luck.integers(0, 5))
        lever = luck.choice(['channel = "ads"', 'tactic = "offers"'])
        more = luck.choice(["", ', segments = ["north"]'])
        return CAMPAIGN.format(
            lever=lever, start=start, end=start + int(luck.integers(1, 4)), spend=int(luck.integers(10, 400)), more=more
        )

    shared, text = [campaign() for _ in range(luck.integers(0, 2))], MARKET
    for name in ("one", "other"):
        own = [*shared, *(campaign() for _ in range(luck.integers(0, 3)))]
        text += f"[strategies.{name}]\ncampaigns = [{', '.join(own)}]\n"
        if luck.random() < 0.3:
            text += f'set = {{ "steps.customer.fan.monthly" = {luck.uniform(0.02, 0.1):.3f} }}\n'
        if luck.random() < 0.3:
            change, month = luck.uniform(-0.2, 0.2), int(luck.integers(0, 6))
            text += f'prices = [{{ source = "assumption", change = {change:.2f}, elasticity = -1.0, from_month = {month} }}]\n'
    return loads(text)


def instants(events: pd.DataFrame, customer: int) -> dict[int, Counter[Any]]:
    """What happens to a customer at every instant, in no order."""
    found: dict[int, Counter[Any]] = {}
    for row in events.itertuples():
        if row.customer is pd.NA or row.customer != customer or row.event in ("book", "cash"):
            continue
        said = (row.event, row[6], row.to, row.cause, None if row.other is pd.NA else int(row.other), row.amount)
        found.setdefault(row.time, Counter())[said] += 1
    return found


def by_brute_force(here: dict[int, Counter[Any]], there: dict[int, Counter[Any]]) -> int | None:
    """The first instant at which something else happens."""
    return next((time for time in sorted({*here, *there}) if here.get(time) != there.get(time)), None)


def parted(number: int, customers: int) -> int:
    """How many of some customers' lives part in a generated market; each where brute force says so."""
    market = generated(number)
    logs = [ladsim.simulate(market, strategy=name, log=True, seed=number).events() for name in ("one", "other")]
    count = 0
    for customer in np.random.default_rng(number).choice(120, customers, replace=False).tolist():
        wanted = by_brute_force(*(instants(log, customer) for log in logs))
        pair = ladsim.twins(market, "one", "other", customer, seed=number)
        assert (pair.parting.time if pair.parting is not None else None) == wanted, (number, customer)
        count += wanted is not None
        if pair.parting is not None:
            row = pair.parting.here or pair.parting.there
            assert row is not None and row["time"] == wanted and pair.why, "each of few levers counts, or several"
            assert set(pair.why) <= set(pair.levers)
        same = ladsim.twins(market, "other", "other", customer, seed=number)
        assert same.parting is None and same.money is None and not same.levers and not same.why
    return count


def test_lives_part_where_brute_force_says_so() -> None:
    """In a few generated markets, for a few customers each."""
    assert sum(parted(number, 4) for number in (2, 5, 7)) >= 4


@pytest.mark.long
def test_lives_of_two_hundred_pairs_part_where_brute_force_says_so() -> None:
    """One customer in each of 200 generated markets whose strategies differ."""
    apart = [number for number in range(260) if differing(*(generated(number).strategies[name] for name in ("one", "other")))]
    assert len(apart) >= 200 and sum(parted(number, 1) for number in apart[:200]) > 60


SILENT = (
    MARKET.replace('word_of_mouth = [{ layer = "friends", graph = { kind = "cycle" } }]', "")
    .replace('  { from = "lead", to = "customer", trigger = "message", probability = 0.2, is_order = true },\n', "")
    .replace(", messages_per_month = 1.0", "")
    .replace(", messages_per_month = 2.0", "")
)


def test_what_did_not_reach_somebody_is_no_cause() -> None:
    """Nobody talks, and the offers go to the north alone: they part nobody's lives in the south, where the advertising does."""
    market = loads(
        SILENT + '[strategies.both]\ncampaigns = [{ channel = "ads", from_month = 1, to_month = 8, monthly_spend = 300 }, '
        '{ tactic = "offers", from_month = 0, to_month = 8, monthly_spend = 300, segments = ["north"] }]\n'
    )
    places = ladsim.build(market).segment
    found = {"north": Counter[str](), "south": Counter[str]()}
    for customer in range(60):
        pair = ladsim.twins(market, "both", None, customer)
        where = ("north", "south")[int(places[customer])]
        found[where].update(lever.name for lever in pair.why)
        assert pair.parting is None or (pair.why and pair.parting.month > 0.0)
        assert len(pair.chain) == (pair.parting is not None)
    assert found["south"]["ads"] and not found["south"]["offers"] and found["north"]["offers"]


def test_a_word_is_followed_back_to_whom_the_campaign_reached() -> None:
    """Only the north is advertised to; in the south lives part by somebody's word, whose own two lives had parted before."""
    market = loads(
        MARKET
        + '[strategies.ads]\ncampaigns = [{ channel = "ads", from_month = 0, to_month = 8, monthly_spend = 400, segments = ["north"] }]\n'
    )
    places, long = ladsim.build(market).segment, 0
    for customer in [one for one in range(120) if places[one] == 1]:
        pair = ladsim.twins(market, "ads", None, customer)
        if pair.parting is None:
            continue
        assert [lever.name for lever in pair.why] == ["ads"] and pair.chain[0].customer == customer
        times = [link.parting.time for link in pair.chain]
        assert times == sorted(times, reverse=True)
        last = pair.chain[-1].customer
        assert places[last] == 0, "nobody else was reached"
        long += len(pair.chain) > 1
    assert long


def test_a_wish_finds_somebody_whose_lives_differ() -> None:
    """Who reaches the rung in one of the lives; an id that is none, a wish that is none, and a strategy that is not there are refused."""
    market = generated(2)
    pair = ladsim.twins(market, "one", "other", "fan")
    assert pair.parting is not None
    moves = pd.concat(pair.lives).query("event == 'move'")
    assert "fan" in set(moves["to"])
    for wrong, said in ((120, "0 to 119"), (-1, "0 to 119"), ("fann", "did you mean 'fan'")):
        with pytest.raises(StudyError, match=said):
            ladsim.twins(market, "one", "other", wrong)
    with pytest.raises(StudyError, match="found nobody among 120 customers"):
        ladsim.twins(loads(SILENT + "[strategies.one]\n"), "one", None, "referred")
    with pytest.raises(ladsim.ScenarioError, match="onne"):
        ladsim.twins(market, "onne", "other", 3)


def test_a_lever_taken_over_is_no_difference_any_more() -> None:
    """Taken over one by one, all levers make the one strategy the other."""
    for number in range(12):
        here, there = (generated(number).strategies[name] for name in ("one", "other"))
        for lever in differing(here, there):
            here = taken_over(here, lever.kind, lever.name, lever.there)
        assert not differing(here, there)


@pytest.fixture
def ladsim_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command in an empty folder with a market in it."""
    monkeypatch.chdir(tmp_path)
    Path("talk.toml").write_text(
        MARKET
        + '[strategies.ads]\nlabel = "Advertise"\ncampaigns = [{ channel = "ads", from_month = 0, to_month = 8, monthly_spend = 400 }]\n',
        encoding="utf-8",
    )
    return lambda *words: CliRunner().invoke(program(), ["twin", "talk.toml", *words])


def test_the_command(ladsim_twin: Callable[..., Any]) -> None:
    """It shows both lives, says where they part and why; as JSON; a page and the lives in a folder; in three languages."""
    done = ladsim_twin("ads", "base", "--customer", "ambassador", "--out", "x")
    assert done.exit_code == 0, done.stderr
    assert "The two lives part in month" in done.stdout and "That depends on ads (only in “Advertise”)" in done.stdout
    lives, page = pd.read_csv("x/lives.csv"), Path("x/twin.html").read_text(encoding="utf-8")
    assert set(lives["life"]) == {"ads", "base"} and "here they part" in page and "<script" in page
    told = json.loads(ladsim_twin("ads", "base", "--customer", "ambassador", "--json", "-").stdout)
    assert told["customer"] == lives["customer"].iloc[0] and told["parting"]["month"] > 0.0
    assert told["levers"] == [{"kind": "campaigns", "name": "ads", "decides": True}]
    assert len(told["lives"]) == len(lives) and told["verdict"][0].startswith("The two lives part")
    assert "De to liv skilles" in ladsim_twin("ads", "base", "--language", "da").stdout
    assert "De to livene skilles" in ladsim_twin("ads", "base", "--language", "nb").stdout
    assert "The two lives are the same, event by event." in ladsim_twin("ads", "ads", "--customer", "3").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ads", "bass"), "--strategy: found 'bass'"),
        (("ads",), "A, B: found one strategy, must be two of ads, base"),
        (("ads", "base", "--customer", "120"), "0 to 119"),
        (("ads", "base", "--customer", "custmer"), "--customer: found 'custmer', must be an id, or whom to look for"),
        (("ads", "base", "--seed", "-1"), "--seed"),
    ],
)
def test_mistakes(ladsim_twin: Callable[..., Any], words: tuple[str, ...], said: str) -> None:
    """Exit code 2, the place, what was found and what is allowed."""
    done = ladsim_twin(*words)
    assert done.exit_code == 2 and said in done.stderr


def test_levers_that_only_do_it_together_are_said_to() -> None:
    """Where no lever alone makes the life another, that is said."""
    market = generated(2)
    pair = ladsim.twins(market, "one", "other", "fan")
    told = TwinsWords(pair)
    assert told.sentences()[-1].startswith("That depends on")
    from dataclasses import replace

    assert TwinsWords(replace(pair, why=())).sentences()[-1].startswith("None of the levers brings that about alone")
