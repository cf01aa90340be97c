"""Laws that hold for every scenario: what any future of any market must obey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladsim.engine.history import History
from ladsim.engine.reference import Reference
from ladsim.engine.run import prepared
from ladsim.errors import StudyError
from ladsim.model.layout import E_BOOK, E_HEAR, E_MOVE, E_ORDER, E_SEND, NEVER, NOBODY_ID, TICK
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import tables
from ladsim.world.build import build
from tests.strategies import bound, future, scenario_data, scenarios

seeds = st.integers(0, 2**40)


@pytest.fixture(autouse=True)
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    bound(monkeypatch)


def rows(history: History, event: int) -> np.ndarray:
    """Rows of one kind of event."""
    assert history.log is not None
    return history.log[history.log["event"] == event]


@given(scenarios(), seeds)
def test_nobody_is_lost(scenario: Scenario, seed: int) -> None:
    """At every snapshot the customers on all rungs add up to the market, and flows explain every change."""
    history = future(scenario, seed=seed)
    assert (history.counts >= 0).all()
    assert history.counts.sum(axis=(1, 2)).tolist() == [scenario.market_size] * len(history.months)
    names = list(history.rung_names)
    change = np.zeros_like(history.counts[1:])
    for s, (origin, to, _) in enumerate(history.step_ends):
        change[:, :, names.index(origin)] -= history.flows[1:, s]
        change[:, :, names.index(to)] += history.flows[1:, s]
    assert np.array_equal(np.diff(history.counts, axis=0), change)
    assert history.flows[0].sum() == 0


@given(scenarios(), seeds)
def test_a_life_is_in_order(scenario: Scenario, seed: int) -> None:
    """A customer's rows count 0, 1, 2 …; its times never fall; each move leaves the rung the former row left it on."""
    history = future(scenario, seed=seed, log=True)
    assert history.log is not None
    declared = {(a, b) for a, b, _ in history.step_ends}
    for customer in np.unique(history.log["customer"]):
        life = history.log[history.log["customer"] == customer]
        assert life["sequence"].tolist() == list(range(len(life)))
        assert (np.diff(life["time"]) >= 0).all()
        if customer == NOBODY_ID:
            continue
        assert (life["origin"][1:] == life["to"][:-1]).all()
        for row in life[life["event"] == E_MOVE]:
            assert (history.rung_names[row["origin"]], history.rung_names[row["to"]]) in declared
    assert history.log["time"].max() <= scenario.months * 30 * TICK


@given(scenarios(), seeds)
def test_money_booked_is_money_reported(scenario: Scenario, seed: int) -> None:
    """The log, the monthly books, the daily books and the customers' own accounts agree to the last unit, cause by cause."""
    history = future(scenario, seed=seed, log=True)
    booked = rows(history, E_BOOK)
    by_cause = np.bincount(booked["cause"], weights=None, minlength=len(history.causes))
    assert by_cause.sum() == len(booked)
    for cause in range(len(history.causes)):
        of_cause = int(booked["amount"][booked["cause"] == cause].sum())
        assert of_cause == history.money[:, cause].sum() + history.market_money[:, cause].sum() == history.daily[:, cause].sum()
    assert history.customers is not None
    kinds = np.array(history.cause_kinds)
    assert history.customers["revenue"].sum() == history.money[:, kinds == "revenue"].sum()
    assert history.customers["contribution"].sum() == history.money[:, kinds != "cost"].sum()
    assert history.customers["cost"].sum() == history.money[:, kinds == "cost"].sum()
    income = np.array([cause == "revenue" or cause.endswith(":fees") for cause in history.causes])
    costs = ~income & np.array(
        [cause != "returns" for cause in history.causes]
    )  # goods sold again may be worth more than is paid back
    assert (history.money[:, income] >= 0).all() and (history.money[:, costs] <= 0).all() and (history.market_money <= 0).all()
    assert len(rows(history, E_ORDER)) == history.orders.sum() == history.customers["booked"].sum()


@given(scenarios(), seeds)
def test_messages_are_heard_once_and_at_the_tick(scenario: Scenario, seed: int) -> None:
    """Every message that is heard was sent, is heard at a tick, at most a tick later, and nobody hears itself."""
    history = future(scenario, seed=seed, log=True)
    sent, heard = rows(history, E_SEND), rows(history, E_HEAR)
    assert len(sent) == history.messages[:, :, 0].sum() and len(heard) == history.messages[:, :, 1].sum()
    assert (heard["time"] % TICK == 0).all()
    assert (heard["customer"] != heard["other"]).all()
    ways = {(int(r["customer"]), int(r["other"]), int(r["cause"])): 0 for r in sent}
    for row in sent:
        ways[int(row["customer"]), int(row["other"]), int(row["cause"])] += 1
    for row in heard:
        way = (int(row["other"]), int(row["customer"]), int(row["cause"]))
        ways[way] -= 1
        assert ways[way] >= 0
    still_on_the_way = sum(ways.values())
    assert still_on_the_way == len(sent) - len(heard)
    last_tick = sent["time"] > round(scenario.months * 30) * TICK - TICK
    assert still_on_the_way <= last_tick.sum()


@given(scenarios(), seeds)
def test_the_same_seed_gives_the_same_history(scenario: Scenario, seed: int) -> None:
    """Two runs with one seed are equal to the last bit, the log included."""
    assert future(scenario, seed=seed, log=True).equals(future(scenario, seed=seed, log=True))


@given(scenarios(), seeds)
def test_the_log_changes_nothing(scenario: Scenario, seed: int) -> None:
    """Whether a log is kept or not, the future is the same."""
    quiet, loud = future(scenario, seed=seed), future(scenario, seed=seed, log=True)
    assert quiet.customers is not None and loud.customers is not None
    assert quiet.customers.tolist() == loud.customers.tolist()
    assert np.array_equal(quiet.daily, loud.daily)


class Backwards(Reference):
    """The same engine with its customers' processes started in the opposite order."""

    def _start_customers(self) -> None:
        rows_backwards = range(self.state.due.size - 1, -1, -1)
        by_row = {row: self.env.process(self.customer(row)) for row in rows_backwards}
        self.processes = [by_row[row] for row in range(self.state.due.size)]


@given(scenarios(), seeds)
def test_the_order_of_customers_changes_nothing(scenario: Scenario, seed: int) -> None:
    """Customers are independent inside a tick: whoever goes first, the log is the same."""
    logs: list[list | str] = []
    for engine in (Reference, Backwards):
        run = prepared(tables(resolve(scenario, seed, 0)), build(scenario), engine, seed=seed, log=True)
        try:
            run.run()
        except StudyError as error:
            logs.append(str(error))
            continue
        logs.append(run.sorted_log().tolist())
    assert logs[0] == logs[1]


@given(scenarios(), seeds)
def test_clocks_are_never_in_the_past(scenario: Scenario, seed: int) -> None:
    """At the horizon nothing is overdue: whatever is still to come lies behind it."""
    history = future(scenario, seed=seed)
    assert history.customers is not None
    assert (history.customers["due"] > round(scenario.months * 30) * TICK).all()
    assert (history.customers["due"] <= NEVER).all()


@settings(max_examples=10)
@given(scenario_data(), seeds)
def test_others_lives_change_nothing_of_mine(data: dict, seed: int) -> None:
    """Without messages and a plan a customer's life is the same whether the market holds ten others or forty."""
    data = data | {
        "programs": [program for program in data["programs"] if program["kind"] != "referral_reward"],
        "strategies": {},
        "word_of_mouth": [],
        "channels": [],
        "campaigns": [],
        "shocks": [],
        "arrivals": [],
        "segments": [],
        "money": {},
    }
    data |= {"tactics": [], "policies": [], "start": data["start"] | {"nodes": {}}}
    for place, rung in enumerate(data["rungs"]):
        rung.pop("people", None)
        rung |= {"share": float(place == 1), "messages_per_month": 0.0, "announces": False}
    data["steps"] = [step for step in data["steps"] if step["trigger"] != "message"]
    small = future(validated(data | {"market_size": 10}), seed=seed, log=True)
    large = future(validated(data | {"market_size": 40}), seed=seed, log=True)
    assert small.log is not None and large.log is not None
    lives = [history.log[history.log["customer"] < 10].tolist() for history in (small, large)]  # without the market's own costs
    assert lives[0] == lives[1]


def test_replications_differ() -> None:
    """Another replication is another future, not the same one again."""
    data = {
        "schema": 1, "name": "x", "months": 6, "market_size": 50,
        "rungs": [{"name": "a", "share": 1.0, "orders_per_month": 1.0}, {"name": "b"}],
        "steps": [{"from": "a", "to": "b", "rate": 0.2}],
    }  # fmt: skip
    one, two = (future(validated(data), seed=1, replication=k) for k in (0, 1))
    assert not np.array_equal(one.orders, two.orders)


@pytest.mark.long
@settings(max_examples=1000)
@given(scenarios(), seeds)
def test_all_laws_over_many_scenarios(scenario: Scenario, seed: int) -> None:
    """Counts, money and clocks over a thousand generated scenarios."""
    history = future(scenario, seed=seed, log=True)
    assert history.counts.sum(axis=(1, 2)).tolist() == [scenario.market_size] * len(history.months)
    assert rows(history, E_BOOK)["amount"].sum() == history.daily.sum() == history.profit_units
    assert history.equals(future(scenario, seed=seed, log=True))
