"""The sentences, word for word."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from ladsim.planning.pairs import Estimate
from ladsim.planning.verdict import Choice, amount, caveat, interval, percent, sentence
from ladsim.words import Words

CHOICE = Choice(
    best="Retention first",
    runner_up="Referral first",
    gain=Estimate(1_243_000.0, 912_000.0, 1_534_000.0),
    best_profit=4e6,
    p_best=0.87,
    strategies=4,
    months=24.0,
    currency="DKK",
    futures=40,
    same=False,
)


def test_a_clear_choice() -> None:
    """What to choose, by how much, over what time, against whom, and how sure."""
    assert sentence(CHOICE) == (
        "Choose “Retention first”: it earns DKK 1.24 million more over 24 months than “Referral first”, the next best "
        "(95 % interval DKK 0.91 to 1.53 million), and is the best of the four in 87 % of the futures simulated."
    )


def test_two_strategies() -> None:
    """Of two there is no next best."""
    said = sentence(replace(CHOICE, strategies=2, months=1.0))
    assert said.endswith("and is the better of the two in 87 % of the futures simulated.")
    assert "more over 1 month than “Referral first” (95 %" in said


def test_no_winner_where_the_interval_holds_zero() -> None:
    """An interval that holds 0 is no advice."""
    said = sentence(replace(CHOICE, gain=Estimate(120_000.0, -80_000.0, 320_000.0), p_best=0.45))
    assert said.startswith("“Retention first” and “Referral first” cannot be told apart at this number of runs (40)")
    assert "DKK −80,000 to 320,000" in said
    assert "Choose" not in said


@pytest.mark.parametrize(("low", "high"), [(0.0, 300_000.0), (-300_000.0, 0.0), (0.0, 0.0)])
def test_an_interval_that_ends_at_nothing_names_no_winner(low: float, high: float) -> None:
    """A limit of exactly 0 still holds 0: the two may be equal, so nobody is to choose."""
    said = sentence(replace(CHOICE, gain=Estimate((low + high) / 2, low, high)))
    assert "cannot be told apart" in said
    assert "Choose" not in said


def test_losses_are_called_losses() -> None:
    """Where even the best loses money, it loses less."""
    assert "it loses DKK 1.24 million less over 24 months than" in sentence(replace(CHOICE, best_profit=-2e6))


def test_the_same_and_the_unknown() -> None:
    """Equal futures are no difference; one pair of futures has no interval."""
    assert sentence(replace(CHOICE, same=True)).startswith(
        "There is no difference between “Retention first” and “Referral first”"
    )
    assert "too few to say" in sentence(replace(CHOICE, gain=Estimate(5.0, math.nan, math.nan), futures=2))


def test_an_assumption_that_decides() -> None:
    """The second sentence names the number in words, and says whether the verdict turns with it."""
    said = caveat(CHOICE, "steps.lead.customer.time.monthly", 0.7, True, (0.03, 0.08), (-40_000.0, 90_000.0))
    assert "the monthly chance of the step from lead to customer" in said
    assert "the verdict turns: “Retention first” against “Referral first” is DKK −40,000" in said
    assert "(about 3 %) and DKK +90,000 where it is high (about 8 %)" in said
    assert "makes 70 % of" in caveat(CHOICE, "basket.mean", 0.7, False, (0.03, 0.08), (40_000.0, 90_000.0))


@pytest.mark.parametrize(
    ("language", "order", "hedge"),
    [
        ("en", "Measure that number", "With so few futures this may still be chance"),
        ("da", "Mål det tal", "Med så få forløb kan det stadig være tilfældigt"),
        ("nb", "Mål det tallet", "Med så få forløp kan det fortsatt være tilfeldig"),
    ],
)
def test_nobody_is_sent_to_measure_on_few_draws(language: str, order: str, hedge: str) -> None:
    """With few draws the caveat says that it may be chance, and orders nothing; with enough it may order, and does not hedge."""
    choice = replace(CHOICE, speech=Words(language))
    for turns in (True, False):
        few, enough = (caveat(choice, "basket.mean", 0.9, turns, (40.0, 60.0), (-4e4, 9e4), few=few) for few in (True, False))
        assert hedge in few.replace("\xa0", " ") and order not in few
        assert hedge not in enough.replace("\xa0", " ") and (order in enough) == turns


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "EUR 0"),
        (1.5, "EUR 1.50"),
        (999.6, "EUR 1,000"),
        (12_345.0, "EUR 12,300"),
        (-2.5e9, "EUR −2.50 billion"),
        (1e6, "EUR 1.00 million"),
    ],
)
def test_amounts_have_three_digits(value: float, words: str) -> None:
    """Amounts are rounded to three digits and named in thousands, millions, billions."""
    assert amount(value, "EUR") == words


def test_intervals_and_shares() -> None:
    """Both ends of an interval stand in one unit; only what is certain is 0 or 100 %."""
    assert interval(-0.2e6, 1.15e6, 0.5e6, "EUR") == "EUR −0.20 to 1.15 million"
    assert interval(4_739.7, 8_763.0, 6_751.0, "EUR") == "EUR 4,740 to 8,760", "the digits of the tables"
    assert interval(3.0, 3.0, 3.0, "EUR") == "EUR 3.00 to 3.00"
    assert (percent(0.0), percent(0.001), percent(0.999), percent(1.0)) == ("0 %", "1 %", "99 %", "100 %")
