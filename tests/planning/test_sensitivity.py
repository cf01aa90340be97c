"""Which uncertain number a difference depends on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ladsim.planning.compare import compare
from ladsim.planning.sensitivity import COLUMNS, _p_value, deciding, sensitivity
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
    """A difference that is a number, plus luck that cancels in pairs, depends on it wholly, and turns where it changes sign."""
    number = parameters["steps.lead.customer.time.monthly"].to_numpy()
    table = sensitivity(number - 0.5 + np.tile([1.0, -1.0], DRAWS), parameters, known)
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
    table = sensitivity(number - 0.5, parameters, known)
    table.loc[0, "is_assumption"] = False
    assert deciding(table) is None
    weak = sensitivity(number * 0.01 + np.sin(np.repeat(np.arange(DRAWS), 2) * 2.0) + 3.0, parameters, known)
    assert deciding(weak) is None


def test_less_of_a_number_may_favour_the_best(parameters: pd.DataFrame, known: dict[str, NumberAt]) -> None:
    """The direction is that of the difference, and a difference that stays positive does not turn."""
    table = sensitivity(5.0 - parameters["steps.lead.customer.time.monthly"].to_numpy(), parameters, known)
    assert table.iloc[0]["direction"] == -1.0
    assert not table.iloc[0]["turns"]
    assert table.iloc[0]["difference_low"] > table.iloc[0]["difference_high"]


def test_too_few_draws_say_nothing(parameters: pd.DataFrame, known: dict[str, NumberAt]) -> None:
    """Three draws cannot show what a difference depends on."""
    table = sensitivity(np.arange(6.0), parameters.iloc[:6], known)
    assert table["share"].isna().all()
    assert deciding(table) is None
    assert sensitivity(np.arange(6.0), parameters[[]].iloc[:6], known).empty


def test_few_draws_prove_nothing(parameters: pd.DataFrame, known: dict[str, NumberAt]) -> None:
    """With four draws even a perfect order comes by chance once in twelve, for each number looked at: nothing is said to decide."""
    few = parameters.iloc[:8]
    table = sensitivity(few["steps.lead.customer.time.monthly"].to_numpy() - 0.05, few, known)
    assert table.loc[0, "share"] == pytest.approx(1.0)
    assert table.loc[0, "p_value"] == pytest.approx(2 * 2 / 24)
    assert deciding(table) is None


def test_numbers_of_a_tactic_that_nobody_uses_are_left_out() -> None:
    """Chance may tie a difference to a number that plays no part in either strategy; only what a campaign of one of the two uses stays."""
    scenario = load("coffee_chain")
    study = compare(scenario, ["acquisition_first", "referral_first"], replications=8, sample=300, processes=1)
    tables = {tuple(key.split(".")[:2]) for key in study.sensitivity["key"]}
    levers = {name for table, name in tables if table in ("channels", "tactics")}
    assert levers == {"local_ads", "social_media", "offers", "refer", "community"}
    assert ("steps", "potential") in tables and set(study.runs["referral_first"].parameters.columns) > set(
        study.sensitivity["key"]
    )


def test_numbers_that_do_nothing_are_not_allowed_for() -> None:
    """A p-value allows for the numbers that act in one of the two, not for those of levers that neither uses."""
    study = compare(load("coffee_chain"), ["acquisition_first", "referral_first"], replications=8, sample=300, processes=1)
    best, other = (study.runs[name] for name in (study.best, study.runner_up))
    drawn = best.parameters.combine_first(other.parameters)
    gain = np.array([a.scalars["profit"] - b.scalars["profit"] for a, b in zip(best.summaries, other.summaries, strict=True)])
    all_of_them = sensitivity(gain, drawn, {}).set_index("key")["p_value"]
    acting = study.sensitivity.set_index("key")["p_value"]
    assert len(acting) < len(all_of_them)
    small = acting[acting < 1.0]
    assert (small < all_of_them[small.index]).all()


def row(**values: object) -> pd.DataFrame:
    """A table of one assumption that is beyond chance and does not turn the verdict."""
    usual = dict.fromkeys(COLUMNS, 0.0) | {"key": "basket.mean", "share": 0.8, "share_low": 0.6, "p_value": 0.001}
    return pd.DataFrame([usual | {"turns": False, "is_assumption": True} | values])


def test_more_than_half_decides() -> None:
    """An assumption is named where it surely makes more than half of the doubt: half, as the docs say, and not nine tenths, nor where it
    only seems to."""
    assert deciding(row()) is not None
    assert deciding(row(share_low=0.51)) is not None
    assert deciding(row(share_low=0.49)) is None
    assert deciding(row(share=0.95, share_low=0.4)) is None
    assert deciding(row(share=0.3, share_low=0.1, turns=True)) is not None


def test_what_may_be_chance_does_not_decide() -> None:
    """Neither a share nor a turn is named where chance alone makes it look so in more than one study of a hundred."""
    assert deciding(row(p_value=0.02)) is None
    assert deciding(row(p_value=0.02, turns=True)) is None
    assert deciding(row(p_value=0.009)) is not None


def test_the_middle_draw_is_in_neither_half() -> None:
    """Of nine draws the fifth is left out of both halves: in the upper one, too, or a middle that stands out would pull that half up."""
    values = np.repeat(np.arange(9.0), 2)
    explained = np.repeat([1.0, 1.0, 1.0, 1.0, 1000.0, 2.0, 2.0, 2.0, 2.0], 2)
    found = sensitivity(explained, pd.DataFrame({"a": values}), {}).iloc[0]
    assert (found["difference_low"], found["difference_high"]) == (1.0, 2.0)
    assert (found["low_value"], found["high_value"]) == (1.5, 6.5)


def test_a_lead_near_nothing_does_not_turn() -> None:
    """Where the lead is about nothing, its two halves have different signs by chance; it turns only where both are surely apart from 0."""
    values = np.repeat(np.arange(12.0), 2)
    weak = np.repeat([-3.0, 1.0, -2.0, 2.0, -1.0, 0.5, 3.0, -1.0, 2.0, -2.0, 1.0, 0.5], 2)
    found = sensitivity(weak, pd.DataFrame({"a": values}), {}).iloc[0]
    assert found["difference_low"] < 0.0 < found["difference_high"]
    assert not found["turns"]
    assert sensitivity(np.repeat(np.arange(12.0) - 5.5, 2), pd.DataFrame({"a": values}), {}).iloc[0]["turns"]


def test_seeds_do_not_name_different_assumptions() -> None:
    """Twenty unknowns that matter alike, ten draws: whatever the seed, none is said to decide; one that makes nearly all is, in all seeds.

    With a limit of 10 % and a plain share above half, one of the twenty was named in every fifth study, each time another.
    """
    named = []
    for seed in range(60):
        luck = np.random.default_rng(seed)
        drawn = luck.normal(size=(10, 20))
        table = pd.DataFrame(np.repeat(drawn, 2, axis=0), columns=[f"n{k}" for k in range(20)])
        found = deciding(sensitivity(np.repeat(drawn.sum(axis=1), 2) + luck.normal(size=20), table, {}))
        named.append(None if found is None else found["key"])
    assert sum(key is not None for key in named) <= 2
    heavy = []
    for seed in range(20):
        luck = np.random.default_rng(seed)
        drawn = luck.normal(size=(20, 20))
        table = pd.DataFrame(np.repeat(drawn, 2, axis=0), columns=[f"n{k}" for k in range(20)])
        found = deciding(sensitivity(np.repeat(30.0 * drawn[:, 3] + drawn.sum(axis=1), 2), table, {}))
        heavy.append(None if found is None else found["key"])
    assert heavy == ["n3"] * 20


@pytest.mark.parametrize(("rho", "count"), [(0.5, 20), (-0.5, 20), (0.3, 8), (0.0, 10), (0.9, 200)])
def test_how_rare_a_correlation_is(rho: float, count: int) -> None:
    """Both tails of Student's t with n − 2 degrees of freedom; a perfect one of five is one order of 120, or its reverse."""
    t = rho * np.sqrt((count - 2) / (1.0 - rho * rho))
    assert _p_value(rho, count) == pytest.approx(2.0 * stats.t.sf(abs(t), count - 2), rel=1e-9)
    assert _p_value(1.0, 5) == _p_value(-1.0, 5) == pytest.approx(2 / 120)
    assert _p_value(0.999999, 4) == pytest.approx(2 / 24)
    assert _p_value(1.0, 30) == 0.0
