"""The extra customer: what a strategy brings beyond the same market without it, and what that costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladsim.planning.compare import compare
from ladsim.planning.extra import Extra, extra, money_spent
from ladsim.planning.pairs import Estimate
from ladsim.planning.replications import Replications
from ladsim.planning.run import replicate, together
from ladsim.scenario.spec import Scenario, Strategy

SMALL = {"sample": 200, "replications": 6, "processes": 1}


def with_numbers(runs: Replications, **numbers: list[float]) -> Replications:
    """The same futures with other numbers written into their summaries."""
    summaries = tuple(
        replace(s, scalars=s.scalars | {name: values[k] for name, values in numbers.items()})
        for k, s in enumerate(runs.summaries)
    )
    return replace(runs, summaries=summaries)


@pytest.fixture(scope="module")
def pair(shop: Scenario) -> tuple[Replications, Replications]:
    """Four futures with and without a strategy, without uncertain numbers, to write numbers into."""
    runs = together(shop, ["dear", "base"], replications=4, sample=20, processes=1)
    certain = [replace(run, parameters=run.parameters[[]]) for run in runs.values()]
    return certain[0], certain[1]


BASE = {"spend": [100.0] * 4, "profit": [500.0, 520.0, 480.0, 500.0], "customers_end": [50.0, 55.0, 45.0, 50.0]}


def found(pair: tuple[Replications, Replications], **numbers: list[float]) -> Extra:
    new = {"new_customers": [30.0] * 4}
    base = with_numbers(pair[1], **BASE, **new)
    return extra(with_numbers(pair[0], **{**BASE, **new, **numbers}), base)


def test_who_comes_anyway_is_in_no_price(pair: tuple[Replications, Replications]) -> None:
    """900 extra for 8, 10, 12, 10 extra customers of some 50: 90 each, where all spend ÷ all customers would say 17."""
    one = found(
        pair,
        spend=[1000.0] * 4,
        customers_end=[58.0, 65.0, 57.0, 60.0],
        new_customers=[42.0] * 4,
        profit=[140.0, 160.0, 120.0, 140.0],
    )
    assert one.extra_money == Estimate(900.0, 900.0, 900.0)
    assert one.extra_customers.value == 10.0 and one.extra_new_customers.value == 12.0
    assert one.cost_per_extra_customer.value == 90.0 and one.cost_per_extra_new_customer.value == 75.0
    assert one.cost_per_extra_customer.low < 90.0 < one.cost_per_extra_customer.high
    assert one.extra_profit.value == -360.0
    assert one.return_on_extra_money.value == pytest.approx(0.6)  # (−360 + 900) ÷ 900
    assert one.why == ""


def test_words_where_a_price_would_mislead(pair: tuple[Replications, Replications]) -> None:
    """No extra money, perhaps no extra customers, surely fewer, too few futures: no price, and why."""
    assert found(pair).why == "no_money"
    assert np.isnan(found(pair).cost_per_extra_customer).all()
    unsure = found(pair, spend=[1000.0] * 4, customers_end=[58.0, 45.0, 55.0, 42.0])
    assert unsure.why == "unsure" and np.isnan(unsure.cost_per_extra_customer.value)
    assert unsure.return_on_extra_money.value == 1.0, "what the money brings back is known all the same"
    assert found(pair, spend=[1000.0] * 4, customers_end=[40.0, 46.0, 34.0, 40.0]).why == "fewer"
    assert found(pair, spend=[40.0] * 4, customers_end=[58.0, 65.0, 57.0, 60.0]).why == "saves", "cheaper than without"
    assert found(pair, spend=[40.0, 160.0, 50.0, 170.0]).why == "money_unsure"
    short = tuple(replace(run, summaries=run.summaries[:1], histories=run.histories[:1]) for run in pair)
    assert extra(*short).why == "few"


def test_a_strategy_against_itself_brings_nothing(shop: Scenario) -> None:
    """The same strategy on the same luck: every extra number is exactly 0."""
    runs = together(shop, ["dear", "dear"], **SMALL)
    one = extra(*runs.values())
    for number in (one.extra_money, one.extra_profit, one.extra_customers, one.extra_new_customers):
        assert number == (0.0, 0.0, 0.0)
    assert one.why == "no_money"


def test_the_table_of_a_comparison_is_that_of_its_futures(shop: Scenario) -> None:
    """Each number of the table is the difference of the runs' own means."""
    study = compare(shop, ["dear"], seed=3, **SMALL)
    row, (dear, base) = study.extra.iloc[0], study.runs.values()
    assert row["extra_money"] == pytest.approx((money_spent(dear) - money_spent(base)).mean())
    for name, column in (
        ("customers_end", "extra_customers"),
        ("new_customers", "extra_new_customers"),
        ("profit", "extra_profit"),
    ):
        means = [np.mean([s.scalars[name] for s in run.summaries]) for run in (dear, base)]
        assert row[column] == pytest.approx(means[0] - means[1])


def test_run_plays_the_market_in_which_nothing_is_done(shop: Scenario) -> None:
    """Campaigns, programmes and policies are left out, prices and arrivals stay; where there are none, nothing is played."""
    study = replicate(shop, strategy="dear", with_nothing=True, **SMALL)
    assert study.nothing is not None
    assert study.nothing.scenario.campaigns == () and study.nothing.count == study.count == 6
    plain = replicate(shop, strategy=None, **SMALL)
    assert [s.scalars["profit"] for s in study.nothing.summaries] == [s.scalars["profit"] for s in plain.summaries]
    assert replicate(shop, with_nothing=True, **SMALL).nothing is None
    anew = shop.model_copy(update={"strategies": {"kind": Strategy(set={"basket.mean": 66.0})}})
    kind = replicate(anew, strategy="kind", with_nothing=True, **SMALL)
    assert kind.nothing is not None, "what a strategy sets anew is its doing"
    assert [s.scalars["profit"] for s in kind.nothing.summaries] == [s.scalars["profit"] for s in plain.summaries]
    duel = compare(anew, ["kind"], **SMALL)
    assert duel.extra["extra_profit"].iloc[0] == extra(kind, kind.nothing).extra_profit.value, "run and compare say the same"
    alone = replicate(shop, strategy="dear", **SMALL)
    assert study.measures.equals(alone.measures), "playing it changes no number"
