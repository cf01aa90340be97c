"""run --log and --follow: the events of the first future in a file, and lives of customers whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

from ladsim.engine.parquet import read_events
from ladsim.engine.run import simulate
from ladsim.measures.lives import by_eventfulness
from ladsim.reporting.customer_history import life_text
from ladsim.scenario.load import load
from ladsim.scenario.overrides import override

Ladsim = Callable[..., Result]
QUICK = ("--replications", "2", "--processes", "1")


def test_the_log_is_that_of_the_first_future(ladsim: Ladsim, shop: Path) -> None:
    """The file holds every event of replication 0, with the strategy, the seed and the numbers asked for."""
    pytest.importorskip("pyarrow")
    result = ladsim(
        "run", "shop.toml", *QUICK, "--log", "e.parquet", "--strategy", "keep", "--seed", "5", "--months", "3", "--out", "x"
    )
    assert result.exit_code == 0 and "Events of the first future: e.parquet" in result.stderr
    scenario = override(load(shop).model_copy(update={"goals": ()}), {"months": 3})
    wanted = simulate(scenario, strategy="keep", seed=5, log=True).events()
    pd.testing.assert_frame_equal(read_events("e.parquet"), wanted)
    assert not (Path("x") / "lives.csv").exists()


def test_the_log_never_replaces_what_is_read(ladsim: Ladsim, shop: Path) -> None:
    """Also a scenario that has the name of a log: exit code 4 before anything is played, and it stays what it is."""
    shop.rename(shop.with_suffix(".parquet"))
    refused = ladsim("run", "shop.parquet", *QUICK, "--log", "shop.parquet", "--out", "x")
    assert refused.exit_code == 4 and not Path("x").exists()
    assert "--log: found 'shop.parquet', which is a file that is read" in refused.stderr
    assert load("shop.parquet").name == "Tiny shop"


def test_lives_in_the_folder_and_one_on_the_screen(ladsim: Ladsim, shop: Path) -> None:
    """lives.csv has the followed customers' events, the screen the most eventful of them; the next run without them takes it away."""
    result = ladsim("run", "shop.toml", *QUICK, "--follow", "30", "--out", "x")
    assert result.exit_code == 0
    history = simulate(load(shop), follow=30)
    lives = pd.read_csv("x/lives.csv")
    assert lives["customer"].tolist() == history.events()["customer"].tolist()
    assert lives["amount"].tolist() == history.events()["amount"].tolist()
    assert life_text(history.events(), by_eventfulness(history.events())[0], load(shop)) in result.stdout
    assert ladsim("run", "shop.toml", *QUICK, "--out", "x").exit_code == 0
    assert not Path("x/lives.csv").exists()


def test_ids_to_follow(ladsim: Ladsim, shop: Path) -> None:
    """Ids with commas name who is followed; with --log the file has these alone."""
    pytest.importorskip("pyarrow")
    assert ladsim("run", "shop.toml", *QUICK, "--follow", "17,3", "--log", "l.parquet", "--out", "x").exit_code == 0
    assert set(pd.read_csv("x/lives.csv")["customer"]) == set(read_events("l.parquet")["customer"]) == {3, 17}
    only = ladsim("run", "shop.toml", *QUICK, "--follow", "17,", "--out", "x")
    assert "Customer 17 in the first of the futures" in only.stdout


TALKING = """
schema = 1
name = "Talk"
months = 6
market_size = 150
currency = "EUR"
basket = { mean = 20.0 }
money = { margin = 0.5 }
word_of_mouth = [{ layer = "friends", graph = { kind = "cycle" } }]
rungs = [
  { name = "lead", share = 0.8 },
  { name = "customer", share = 0.2, orders_per_month = 1.0, messages_per_month = 1.0 },
  { name = "fan", label = "Ambassador", orders_per_month = 2.0, messages_per_month = 2.0 },
]
steps = [
  { from = "lead", to = "customer", trigger = "message", probability = 0.1, is_order = true },
  { from = "lead", to = "customer", monthly = 0.02, is_order = true },
  { from = "customer", to = "fan", monthly = 0.05 },
]
"""


@pytest.mark.parametrize("wish", ["fan", "Ambassador", "referred"])
def test_a_life_that_fits_a_wish(ladsim: Ladsim, shop: Path, wish: str) -> None:
    """All who are followed fit; they are the most eventful of the future, and the first of them is told."""
    shop.write_text(TALKING, encoding="utf-8")
    result = ladsim("run", "shop.toml", *QUICK, "--follow", wish, "--out", "x")
    events = simulate(load(shop), follow=150).events()
    moves = events[events["event"] == "move"]
    fit = set(moves.loc[moves["other"].notna() if wish == "referred" else moves["to"] == "fan", "customer"])
    assert 3 < len(fit) < 100
    assert set(pd.read_csv("x/lives.csv")["customer"].dropna()) == fit
    told = next(customer for customer in by_eventfulness(events) if customer in fit)
    assert f"Customer {told} in the first" in result.stdout


def test_eventful_is_who_lives_through_most_different_things(shop: Path) -> None:
    """Rungs, orders, messages and being won by another's word count each once; then changes of rung, then events."""
    shop.write_text(TALKING, encoding="utf-8")
    events = simulate(load(shop), follow=150).events()
    ranks = []
    for customer in by_eventfulness(events):
        life = events[(events["customer"] == customer).fillna(False) & (events["event"] != "book")]
        moves = life[life["event"] == "move"]
        rungs = set(life.loc[life["event"].isin(["move", "start"]), "to"])
        kinds = set(life["event"]) - {"move", "start"}
        ranks.append((len(rungs) + len(kinds) + bool(moves["other"].notna().any()), len(moves), len(life)))
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) > 10


def test_where_nobody_fits_nothing_is_played(ladsim: Ladsim, shop: Path) -> None:
    """In a market where nobody talks nobody is referred: exit code 2, how many were looked at, what to try."""
    result = ladsim("run", "shop.toml", *QUICK, "--follow", "referred", "--out", "x")
    assert result.exit_code == 2
    assert "--follow: found nobody among 200 customers of the first future for 'referred'; try another --seed" in result.stderr
    assert not Path("x").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--follow", "0"), 2, "--follow: found '0'"),
        (("--follow", "some"), 2, "--follow: found 'some', must be a number of customers from 1, or ids with commas"),
        (("--follow", "custmer"), 2, "lead, customer, lapsed, referred (did you mean 'customer'?)"),
        (("--follow", "3,200"), 2, "follow: found customer 200, must be ids of customers of this market, 0 to 199"),
        (("--log", "e.csv"), 4, "--log: found 'e.csv', must be the name of a file that ends in .parquet"),
        (("--log", "shop.toml/e.parquet"), 4, "cannot be written"),
        (("--log", "nowhere/e.parquet"), 4, "nowhere/e.parquet: could not be written"),
    ],
)
def test_mistakes_are_named_before_the_study(ladsim: Ladsim, shop: Path, words: tuple[str, ...], code: int, said: str) -> None:
    """Exit code 2 or 4, the place, what was found; nothing is simulated and nothing written."""
    pytest.importorskip("pyarrow")
    result = ladsim("run", "shop.toml", *QUICK, *words, "--out", "x")
    assert result.exit_code == code
    assert said in result.stderr
    assert [path.name for path in shop.parent.iterdir()] == ["shop.toml"]
