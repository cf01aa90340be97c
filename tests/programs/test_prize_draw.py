"""Prize draws: what they cost beside a closed form, whose orders take part, and what is said of one that cannot work.

Tests: ``scenario/programs/prize_draw.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ladsim.engine.run import simulate
from ladsim.errors import ScenarioError
from ladsim.i18n import LANGUAGES, Locale
from ladsim.model.layout import E_BOOK, E_ORDER, M_REWARDS
from ladsim.planning.programs import program_value
from ladsim.reporting.page import page_html
from ladsim.scenario.check import warnings
from ladsim.scenario.load import validated
from ladsim.scenario.naming import Namer
from tests.programs.played import check_z, futures, market

DRAW: dict[str, Any] = {"kind": "prize_draw", "joins": {"probability": 1.0}, "every": 3, "chance": 0.25, "prize": 8.0}


def expected_draws(mean: float, every: int) -> float:
    """E⌊N / every⌋ of a Poisson N: Σ over j of P(N ≥ j·every)."""
    below, term, tails = 0.0, math.exp(-mean), []
    for n in range(200):
        tails.append(1.0 - below)  # P(N ≥ n)
        below += term
        term *= mean / (n + 1)
    return sum(tails[every::every])


@pytest.mark.parametrize(("every", "chance"), [(1, 0.25), (3, 0.25), (3, 1.0), (10, 0.5)])
def test_expected_cost(every: int, chance: float) -> None:
    """Draws × chance × prize a member, over 30 futures of 60 members who order once a month for half a year."""
    data = market([DRAW | {"every": every, "chance": chance}])
    costs, wins = [], []
    for history in futures(data):
        cause = history.causes.index("prize_draw:rewards")
        costs.append(-history.daily[:, cause].sum() / history.unit)
        wins.append(history.members[:, 0, M_REWARDS].sum())
    draws = 60 * expected_draws(6.0, every)
    check_z(np.array(wins, float), draws * chance)
    check_z(np.array(costs), draws * chance * 8.0)


def test_the_closed_form_by_hand() -> None:
    """Of every order each is drawn; of pairs, those of N = 2, 3, 4 … give 1, 1, 2 …"""
    assert expected_draws(6.0, 1) == pytest.approx(6.0)
    pairs = sum(n // 2 * math.exp(-2.0) * 2.0**n / math.factorial(n) for n in range(40))
    assert expected_draws(2.0, 2) == pytest.approx(pairs)


def test_which_orders_win() -> None:
    """Who surely wins wins with every third order, at once, and with no other."""
    history = simulate(validated(market([DRAW | {"chance": 1.0}])), seed=3, log=True)
    assert history.log is not None
    prize = history.causes.index("prize_draw:rewards")
    for customer in np.unique(history.log["customer"]):
        life = history.log[history.log["customer"] == customer]
        orders = life["time"][life["event"] == E_ORDER]
        won = life[(life["event"] == E_BOOK) & (life["cause"] == prize)]
        assert won["time"].tolist() == orders[2::3].tolist()
        assert (won["amount"] == -8 * history.unit).all()


def test_what_is_said_of_it() -> None:
    """What must be given, what cannot work, what is odd, keys of other kinds, the nearest kind."""

    def said(**keys: Any) -> list[str]:
        with pytest.raises(ScenarioError) as caught:
            validated(market([{name: value for name, value in (DRAW | keys).items() if value is not None}]))
        return str(caught.value).splitlines()

    assert said(prize=None) == ["programs.prize_draw.prize: found nothing, must be given (what a prize costs the firm)"]
    assert said(chance=0.0) == ["programs.prize_draw.chance: found 0, must be above 0: nobody could ever win"]
    assert said(every=0) == ["programs.prize_draw.every: found 0, must be at least 1"]
    assert said(fee=3.0) == ["programs.prize_draw.fee: found 3.0, belongs to programs of kind club, not prize_draw"]
    assert said(kind="prize_drawing")[0].endswith("'prize_draw' or 'own' (did you mean 'prize_draw'?)")
    odd = [str(w) for w in warnings(validated(market([DRAW | {"every": 10_000}]))) if w.place != "sources"]
    assert odd == ["programs.prize_draw.every: found 10000, hardly any order takes part: even a very active customer has fewer"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_words(language: str) -> None:
    """The kind and its keys have words in every language."""
    namer = Namer(validated(market([DRAW], language=language)))
    assert namer.program("prize_draw") == Locale(language).text("programs.kind_prize_draw") != "prize draw"
    assert len({namer.key(f"programs.prize_draw.{key}") for key in ("chance", "prize")} - {"chance", "prize"}) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_page(language: str) -> None:
    """A study of what it is worth names it in the reader's language; prizes are what it costs, and nothing is redeemed or owed."""
    study = program_value(validated(market([DRAW], language=language)), replications=3, processes=1)
    page = page_html(study)
    assert Locale(language).text("programs.kind_prize_draw") in page
    assert ("Prize draw" in page) == (language == "en")
    row = study.table.iloc[0]
    assert row["program"] == "prize_draw" and row["incremental_profit"] == -row["cost"] < 0
    assert row[["redemption_rate", "breakage", "liability"]].isna().all()
