"""The sentences, word for word.

Tests: ``planning/notes.py``.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from ladsim.i18n import Locale
from ladsim.planning.extra import Extra, Why
from ladsim.planning.notes import certain
from ladsim.planning.pairs import NOTHING, Estimate
from ladsim.planning.run import replicate
from ladsim.planning.verdict import Choice, amount, caveat, interval, key_in_words, percent, sentence
from ladsim.scenario.load import validated

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
    against=Estimate(2e6, 1.5e6, 2.5e6),
)
PAYS = (
    "\n“Retention first” earns back its money within 24 months: DKK 2.00 million more than the market without it "
    "(95 % interval DKK 1.50 to 2.50 million)."
)


def test_a_clear_choice() -> None:
    """What to choose, by how much, over what time, against whom, and how sure."""
    assert sentence(CHOICE) == (
        "Choose “Retention first”: it earns DKK 1.24 million more over 24 months than “Referral first”, the next best "
        "(95 % interval DKK 0.91 to 1.53 million); of new futures it would be the best of the four in 87 %." + PAYS
    )


def test_ahead_of_another_is_not_enough_to_be_chosen() -> None:
    """Where it is not sure that the best earns back its money, it leads, and the word choose is not said."""
    said = sentence(replace(CHOICE, against=Estimate(50_000.0, -20_000.0, 120_000.0)))
    assert said.startswith(
        "“Retention first” earns DKK 1.24 million more over 24 months than “Referral first”, the next best (95 %"
    )
    assert said.endswith(
        "Whether “Retention first” earns back its money within 24 months cannot be told: DKK +50,000 against the market without it "
        "(95 % interval DKK −20,000 to 120,000)."
    )
    assert "hoose" not in said


def test_one_strategy_against_the_market_as_it_is() -> None:
    """It is chosen, cannot be told, or does not earn back its money; the market as it is is never chosen."""
    one = replace(CHOICE, strategies=2, months=1.0, runner_up="As today", base="other", against=NOTHING)
    assert sentence(one) == (
        "Choose “Retention first”: it earns back its money and brings DKK 1.24 million more over 1 month than the market without it "
        "(95 % interval DKK 0.91 to 1.53 million); of new futures it would be the better of the two in 87 %."
    )
    unsure = sentence(replace(one, gain=Estimate(120_000.0, -80_000.0, 320_000.0)))
    assert unsure.startswith(
        "Whether “Retention first” earns back its money within 1 month cannot be told at this number of runs (40)"
    )
    loses = replace(one, best="As today", runner_up="Retention first", base="best")
    assert sentence(loses) == (
        "“Retention first” does not earn back its money within 1 month: it brings DKK 1.24 million less than the market without it "
        "(95 % interval DKK 0.91 to 1.53 million)."
    )
    assert "changes nothing" in sentence(replace(loses, same=True))


def test_none_is_said_only_where_all_surely_lose() -> None:
    """The one that loses least may surely lose while another still has a chance: then nobody can tell whether any pays."""
    lost = replace(CHOICE, best="As today", runner_up="Google", base="best", against=NOTHING)
    assert sentence(lost).startswith("None of the three strategies")
    assert sentence(replace(lost, none_pays=False)).startswith("Whether any of the three strategies earns back its money")


def test_amounts_are_rounded_once() -> None:
    """0.98516 is 0.99, as the tables say, and not 0.98 by way of 0.985."""
    assert (amount(0.98516, "EUR"), amount(0.9951, "EUR"), amount(0.1349, "EUR")) == ("EUR 0.99", "EUR 1.00", "EUR 0.13")


def test_none_of_several_earns_back_its_money() -> None:
    """The one that loses least is named, and nothing is to be chosen."""
    said = sentence(replace(CHOICE, best="As today", runner_up="Google", base="best", against=NOTHING))
    assert said == (
        "None of the three strategies earns back its money within 24 months. “Google” loses least: DKK 1.24 million against the market "
        "without it (95 % interval DKK 0.91 to 1.53 million)."
    )
    unsure = sentence(
        replace(CHOICE, best="As today", runner_up="Google", base="best", against=NOTHING, gain=Estimate(5e4, -1e4, 1.1e5))
    )
    assert "the best, “Google”, makes DKK −50,000 on average" in unsure and "(95 % interval DKK −110,000 to 10,000)" in unsure
    few = sentence(replace(CHOICE, best="As today", runner_up="Google", base="best", gain=Estimate(5e4, math.nan, math.nan)))
    assert "which are too few to say" in few and "hoose" not in unsure + few + said


@pytest.mark.parametrize(
    ("people", "why", "said"),
    [
        (Estimate(1018.0, 990.0, 1046.0), "", "brings 1,020 extra customers at the end (990 to 1,050), DKK 884 each"),
        (Estimate(10.0, -5.0, 25.0), "unsure", "it is not sure that it brings extra customers by the end (−5 to 25)"),
        (Estimate(-40.0, -60.0, -20.0), "fewer", "ends with 40 customers fewer (−60 to −20)"),
    ],
)
def test_the_extra_customer_has_the_last_word(people: Estimate, why: Why, said: str) -> None:
    """What one more customer costs who would not have come anyway, or in words why nobody can say; what the money brings back."""
    extra = Extra(
        extra_money=Estimate(9e5, 9e5, 9e5), extra_profit=Estimate(-5.3e5, -5.5e5, -5.1e5), extra_customers=people,
        extra_new_customers=people, cost_per_extra_customer=Estimate(884.0, 860.0, 909.0) if not why else NOTHING,
        cost_per_extra_new_customer=NOTHING, return_on_extra_money=Estimate(0.411, 0.39, 0.43), why=why,
    )  # fmt: skip
    told = sentence(replace(CHOICE, extra=extra))
    assert said in told and told.endswith("each DKK 1 extra brings back DKK 0.41 (DKK 0.39 to 0.43).")
    for language, quoted in (("en", "“Retention first”"), ("da", "»Retention first«"), ("nb", "«Retention first»")):
        lines = sentence(replace(CHOICE, extra=extra, locale=Locale(language))).splitlines()
        assert all(quoted in line for line in lines), "a headline may name two strategies: no line says “it” of one of them alone"
    free = sentence(replace(CHOICE, extra=replace(extra, why="no_money")))
    assert (
        "earns back its money" not in free
        and "“Retention first” brings DKK 2.00 million more within 24 months than the market without it" in free
    )
    change = "+" if people.value > 0.0 else "−"
    assert free.splitlines()[-1].startswith(f"Without extra money “Retention first” ends with {change}"), (
        "fewer are never called extra customers"
    )
    earning = replace(extra, why="saves", extra_money=Estimate(-9e5, -9e5, -9e5))
    assert f"fees and savings bring in DKK 900,000, and it ends with {change}" in sentence(replace(CHOICE, extra=earning))
    as_many = sentence(replace(CHOICE, extra=replace(earning, extra_customers=Estimate(0.0, 0.0, 0.0))))
    assert as_many.endswith("and it ends with as many customers as the market without it.")


def test_no_winner_where_the_interval_holds_zero() -> None:
    """An interval that holds 0 is no advice."""
    said = sentence(replace(CHOICE, gain=Estimate(120_000.0, -80_000.0, 320_000.0), p_best=0.45))
    assert said.startswith("“Retention first” and “Referral first” cannot be told apart at this number of runs (40)")
    assert "DKK −80,000 to 320,000" in said
    assert "Choose" not in said and "87" not in said and "45" not in said, "no chance of being best for what cannot be told apart"


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
    assert "explains 70 % of" in caveat(CHOICE, "basket.mean", 0.7, False, (0.03, 0.08), (40_000.0, 90_000.0))


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
    choice = replace(CHOICE, locale=Locale(language))
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


@pytest.mark.parametrize(
    ("low", "says"),
    [(0.0, "cannot be told: DKK +50,000"), (1.0, "“Retention first” earns back its money within 24 months: DKK 50,000 more")],
)
def test_what_just_comes_to_nothing_is_not_sure(low: float, says: str) -> None:
    """An interval that begins at exactly 0 still holds it."""
    assert says in sentence(replace(CHOICE, against=Estimate(50_000.0, low, 100_000.0))).replace("\xa0", " ")


@pytest.mark.parametrize(("key", "said"), [
    ("tactics.offers.effects.orders.full", "the full effect of offers on orders"),
    ("shocks.big_storm.effects.steps.lead.customer.time.full", "the full effect of big storm on the step from lead to customer"),
    ("steps.lead.customer.probability", "the probability of the step from lead to customer"),
    ("steps.lead.customer", "steps.lead.customer"),
    ("steps.a.b.c.d.e", "steps.a.b.c.d.e"),
    ("money.cost.per.order", "money.cost.per.order"),
])  # fmt: skip
def test_numbers_are_called_by_what_they_are_of(key: str, said: str) -> None:
    """A step's number by its ends, an effect's by its lever; what is neither keeps its key."""
    assert key_in_words(key) == said


@pytest.mark.parametrize("name", [{}, {"name": "dearer_coffee"}])
def test_prices_are_certain_where_strategies_differ_in_them(name: dict[str, str]) -> None:
    """An elasticity without evidence is told of where one of two strategies changes its price, with a name or without, and not of one with."""

    def told(source: str, both: bool) -> list[str]:
        price = {"change": 0.1, "elasticity": -1.5, "source": source, **name}
        data = {
            "schema": 1, "name": "dear", "months": 2, "market_size": 20, "steps": [],
            "rungs": [{"name": "customer", "share": 1.0, "orders_per_month": 1.0}],
            "strategies": {"dearer": {"prices": [price]}, "as_ever": {"prices": [price] if both else []}},
        }  # fmt: skip
        scenario = validated(data)
        return certain([replicate(scenario, strategy=name, replications=1, processes=1) for name in scenario.strategies])

    (note,) = told("assumption", both=False)
    assert "(1)" in note
    assert told("own test of 2025", both=False) == []
    assert told("assumption", both=True) == []
