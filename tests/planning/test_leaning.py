"""Which uncertain number a difference leans on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ladsim.planning.compare import compare
from ladsim.planning.leaning import deciding, leaning
from ladsim.scenario.address import NumberAt, numbers
from ladsim.scenario.load import load
from ladsim.scenario.spec import Scenario

DRAWS = 24


@pytest.fixture
def parameters() -> pd.DataFrame:
    """Two numbers over 24 draws, in an order that has nothing to do with each other; two futures each."""
    first = np.arange(DRAWS) / DRAWS
    second = (np.arange(DRAWS) * 7 % DRAWS) / DRAWS
    return pd.DataFrame(
        {"steps.lead.customer.time.monthly": np.repeat(first, 2), "rungs.ambassador.orders_per_month": np.repeat(second, 2)}
    )


@pytest.fixture
def known(shop: Scenario) -> dict[str, NumberAt]:
    return numbers(shop)


def test_the_number_that_makes_the_difference_comes_first(parameters: pd.DataFrame, known: dict[str, NumberAt]) -> None:
    """A difference that is a number, plus luck that cancels in pairs, leans on it wholly, and turns where it changes sign."""
    number = parameters["steps.lead.customer.time.monthly"].to_numpy()
    table = leaning(number - 0.5 + np.tile([1.0, -1.0], DRAWS), parameters, known)
    top = table.iloc[0]
    assert top["key"] == "steps.lead.customer.time.monthly"
    assert top["share"] == pytest.approx(1.0)
    assert top["direction"] == 1.0
    assert top["p_value"] == 0.0
    assert (top["low_value"], top["high_value"]) == pytest.approx((5.5 / DRAWS, 17.5 / DRAWS))
    assert top["difference_low"] == pytest.approx(5.5 / DRAWS - 0.5)
    assert bool(top["turns"])
    assert bool(top["is_assumption"])
    assert table.iloc[1]["share"] < 0.2
    found = deciding(table)
    assert found is not None
    assert found["key"] == top["key"]


def test_a_number_with_a_source_is_no_caveat(parameters: pd.DataFrame, known: dict[str, NumberAt]) -> None:
    """What rests on evidence may decide without a warning; what hardly matters does not decide."""
    number = parameters["steps.lead.customer.time.monthly"].to_numpy()
    table = leaning(number - 0.5, parameters, known)
    table.loc[0, "is_assumption"] = False
    assert deciding(table) is None
    weak = leaning(number * 0.01 + np.sin(np.repeat(np.arange(DRAWS), 2) * 2.0) + 3.0, parameters, known)
    assert deciding(weak) is None


def test_less_of_a_number_may_favour_the_best(parameters: pd.DataFrame, known: dict[str, NumberAt]) -> None:
    """The direction is that of the difference, and a difference that stays positive does not turn."""
    table = leaning(5.0 - parameters["steps.lead.customer.time.monthly"].to_numpy(), parameters, known)
    assert table.iloc[0]["direction"] == -1.0
    assert not table.iloc[0]["turns"]
    assert table.iloc[0]["difference_low"] > table.iloc[0]["difference_high"]


def test_too_few_draws_say_nothing(parameters: pd.DataFrame, known: dict[str, NumberAt]) -> None:
    """Three draws cannot show what a difference leans on."""
    table = leaning(np.arange(6.0), parameters.iloc[:6], known)
    assert table["share"].isna().all()
    assert deciding(table) is None
    assert leaning(np.arange(6.0), parameters[[]].iloc[:6], known).empty


def test_few_draws_prove_nothing(parameters: pd.DataFrame, known: dict[str, NumberAt]) -> None:
    """With four draws even a perfect order comes by chance once in twelve, for each number looked at: nothing is said to decide."""
    few = parameters.iloc[:8]
    table = leaning(few["steps.lead.customer.time.monthly"].to_numpy() - 0.05, few, known)
    assert table.loc[0, "share"] == pytest.approx(1.0)
    assert table.loc[0, "p_value"] == pytest.approx(2 * 2 / 24)
    assert deciding(table) is None


def test_numbers_of_a_tactic_that_nobody_uses_are_left_out() -> None:
    """Chance may tie a difference to a number that plays no part in either strategy; only what a campaign of one of the two uses stays."""
    scenario = load("coffee_chain")
    study = compare(scenario, ["acquisition_first", "referral_first"], replications=8, sample=300, processes=1)
    tables = {tuple(key.split(".")[:2]) for key in study.leaning["key"]}
    levers = {name for table, name in tables if table in ("channels", "tactics")}
    assert levers == {"local_ads", "social_media", "offers", "refer", "community"}
    assert ("steps", "potential") in tables and set(study.runs["referral_first"].parameters.columns) > set(study.leaning["key"])
