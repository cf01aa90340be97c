"""Who is new, who is gone, who is back: what the books say is what an event log tells, read by hand.

Tests: ``scenario/segments.py``.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ladsim
from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.measures.summary import summarise
from ladsim.model.layout import E_MOVE, E_ORDER, E_START, MONTH, NOBODY_ID
from ladsim.scenario.load import validated
from ladsim.scenario.segments import has_bought_before
from ladsim.scenario.spec import Scenario
from tests.strategies import bound, future, scenarios

SEEDS = st.integers(0, 2**40)


@pytest.fixture(autouse=True)
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    bound(monkeypatch)


def told(history: History, scenario: Scenario) -> dict[str, Any]:
    """From the log alone: newcomers, win-backs, first returns and buyers of nobody's cohort by month; leavers by month and rung."""
    assert history.log is not None
    bought_on = [has_bought_before(rung) for rung in scenario.rungs]
    counts = history.is_customer
    found: dict[str, Any] = {name: Counter() for name in ("new", "back", "first_back", "buyers", "leavers", "passed")}
    for customer in np.unique(history.log["customer"]):
        if customer != NOBODY_ID:
            life = history.log[history.log["customer"] == customer]
            _one_life(life[np.isin(life["event"], (E_START, E_MOVE, E_ORDER))], bought_on, counts, found)
    return found


def _one_life(life: np.ndarray, bought_on: list[bool], counts: np.ndarray, found: dict[str, Any]) -> None:
    start = int(life[0]["to"])
    bought = bought_on[start]
    was_customer, returned, lost = bought and bool(counts[start]), False, bought and not counts[start]
    paths: dict[int, list[int]] = {}  # month → rungs stood on in it, that of its start first
    rung, bought_in = start, set()
    for row in life[1:]:
        month = -(-int(row["time"]) // MONTH)
        if row["event"] == E_MOVE:
            to = int(row["to"])
            paths.setdefault(month, [rung]).append(to)
            if counts[to] and not counts[rung] and lost:
                found["back"][month] += 1
            lost = bool(counts[rung] and not counts[to]) or (lost and not counts[to])
            rung = to
        if row["event"] == E_ORDER or counts[rung]:
            if not was_customer and not bought:
                found["new"][month] += int(row["time"] > 0)
                was_customer = True
            elif not was_customer and not returned:
                found["first_back"][month] += 1
                returned = True
        if row["event"] == E_ORDER and not was_customer and month not in bought_in:
            found["buyers"][month] += 1
            bought_in.add(month)
    for month, path in paths.items():
        if counts[path[0]] and not counts[path[-1]]:
            found["leavers"][month, path[0]] += 1
        if not counts[path[0]] and not counts[path[-1]] and any(counts[rung] for rung in path):
            found["passed"][month] += 1


def by_month(counter: Counter[int], months: int) -> list[int]:
    return [counter[month] for month in range(months)]


@given(scenarios(), SEEDS)
def test_the_log_tells_who_is_new_gone_and_back(scenario: Scenario, seed: int) -> None:
    """Month by month, and rung by rung: newcomers, win-backs, returns from before the start, leavers, those who came and left."""
    history = future(scenario, seed=seed, log=True)
    found, months = told(history, scenario), len(history.months)
    assert history.new_customers[:, :, 0].sum(axis=1).tolist() == by_month(found["new"], months)
    for place, name in enumerate(("back", "first_back", "buyers")):
        assert history.returns[:, :, place].sum(axis=1).tolist() == by_month(found[name], months), name
    leavers = history.leavers.sum(axis=1)
    rungs = range(len(scenario.rungs))
    assert leavers[:, :-1].tolist() == [[found["leavers"][month, rung] for rung in rungs] for month in range(months)]
    assert leavers[:, -1].tolist() == by_month(found["passed"], months)


@given(scenarios(), SEEDS)
def test_a_churn_share_is_a_share(scenario: Scenario, seed: int) -> None:
    """By month, segment and rung nobody is lost who was not there; what is left and who came make the customers of the end."""
    history = future(scenario, seed=seed)
    start = (history.counts * history.is_customer)[:-1]
    lost = history.leavers[1:, :, :-1]
    assert (lost >= 0).all() and (lost <= start).all() and (history.leavers[:, :, -1] >= 0).all()
    whole = ladsim.measures.churn_share(history)["churn_share"].dropna()
    assert whole.between(0.0, 1.0).all()


@given(scenarios(), SEEDS)
def test_who_had_bought_is_of_no_cohort(scenario: Scenario, seed: int) -> None:
    """Customers of the start are cohort 0; lost ones of the start are in none, never new, and have no referrer."""
    history = future(scenario, seed=seed)
    c = history.customers
    assert c is not None
    cohort_0 = sum(
        int(history.counts[0, :, r].sum())
        for r, rung in enumerate(scenario.rungs)
        if history.is_customer[r] and has_bought_before(rung)
    )
    lost = (c["bought_before"] == 1) & (c["cohort"] != 0)
    assert (c["cohort"] == 0).sum() >= cohort_0
    assert (c["cohort"][lost] == -1).all() and (c["referrer"][lost] == -1).all() and not c["referred"][lost].any()
    assert history.cohorts.sum(axis=2)[-1].sum() == (c["cohort"] >= 0).sum()
    assert (c["returned"] == 1).sum() == history.returns[:, :, 1].sum()


def market(**lapsed: Any) -> Scenario:
    """A hundred who stand on `lapsed` and come to order within days."""
    rungs = [{"name": "customer", "orders_per_month": 1.0}, {"name": "lapsed", "off_ladder": True, "share": 1.0, **lapsed}]
    steps = [{"from": "lapsed", "to": "customer", "rate": 50.0, "is_order": True}]
    return validated({"schema": 1, "name": "back", "months": 2, "market_size": 100, "rungs": rungs, "steps": steps})


def test_who_starts_lapsed_is_won_back_unless_the_file_says_otherwise() -> None:
    """On `lapsed` everybody has bought; with `bought_before = false`, or as leads by their role, everybody is new."""
    back = simulate(market())
    assert back.new_customers.sum() == 0
    assert ladsim.measures.win_backs(back)["won_back"].tolist() == [100.0, 0.0]
    assert summarise(back).scalars["customers_ever"] == 100.0
    for new in (simulate(market(bought_before=False)), simulate(market(role="potential"))):
        assert new.new_customers[:, :, 0].sum() == 100
        assert ladsim.measures.win_backs(new)["won_back"].sum() == 0.0
    assert np.array_equal(back.counts, new.counts) and np.array_equal(back.money, new.money)


def test_a_rung_may_say_that_its_people_have_bought() -> None:
    """Readers of a newsletter who bought years ago are won back; customers on trial who never did are new at their first order."""
    rungs = [{"name": "reader", "share": 1.0, "bought_before": True}, {"name": "customer", "orders_per_month": 1.0}]
    steps = [{"from": "reader", "to": "customer", "rate": 50.0}]
    data = {"schema": 1, "name": "years ago", "months": 2, "market_size": 50, "rungs": rungs, "steps": steps}
    history = simulate(validated(data))
    assert (history.new_customers.sum(), history.returns[:, :, 0].sum()) == (0, 50)
    trial = {"name": "trial", "share": 1.0, "customer": True, "orders_per_month": 30.0, "bought_before": False}
    history = simulate(validated(data | {"rungs": [trial], "steps": []}))
    assert history.new_customers[:, :, 0].sum() == 50
    assert history.counts[0].sum() == 50


def test_twenty_per_cent_is_twenty_per_cent() -> None:
    """A monthly loss of 20 % is a churn share of 20 %, and a rate of −ln .8 per customer and month; within 4 standard errors."""
    rungs = [{"name": "customer", "share": 1.0, "orders_per_month": 1.0}, {"name": "gone", "off_ladder": True}]
    steps = [{"from": "customer", "to": "gone", "monthly": 0.2}]
    data = {"schema": 1, "name": "fifth", "months": 12, "market_size": 20_000, "rungs": rungs, "steps": steps}
    found = summarise(simulate(validated(data))).scalars
    exposed = 20_000 * (1 - 0.8**12) / 0.2
    assert abs(found["churn_share"] - 0.2) < 4 * np.sqrt(0.16 / exposed)
    assert abs(found["churn_rate"] + np.log(0.8)) < 0.01


def test_quick_comers_and_goers_are_no_churn_above_all() -> None:
    """Where customers stay for days, the share stays below 1 while the rate is far above; who came and left is counted apart."""
    rungs = [{"name": "lead", "share": 0.9}, {"name": "customer", "share": 0.1, "orders_per_month": 1.0}]
    steps = [{"from": "lead", "to": "customer", "rate": 2.0}, {"from": "customer", "to": "lead", "rate": 10.0}]
    data = {"schema": 1, "name": "quick", "months": 6, "market_size": 2000, "rungs": rungs, "steps": steps}
    history = simulate(validated(data))
    table = ladsim.measures.churn_share(history)
    assert (table["churn_share"] < 1.0).all() and (table["came_and_left"] > 500.0).all()
    assert summarise(history).scalars["churn_rate"] > 5.0
    by_rung = ladsim.measures.churn_share(history, by="rung")
    assert by_rung.groupby("month")["lost"].sum().tolist() == table["lost"].tolist()


@pytest.mark.parametrize("name", ["local_shop", "coffee_chain", "web_shop", "telecom"])
def test_new_customers_of_the_presets_are_those_of_their_logs(name: str) -> None:
    """500 people for two years: first orders and first entries of people who had not bought before, counted from the log."""
    scenario = ladsim.load(name)
    history = simulate(scenario, sample=500, seed=5, log=True)
    found = told(history, scenario)
    assert history.new_customers[:, :, 0].sum() == found["new"].total() > 10
    assert history.returns[:, :, 0].sum() == found["back"].total() > 0
