"""A run saved at a month and gone on from there: by the same plan the same bits, by another one what its dates say.

Tests: ``engine/saved.py``, ``scenario/change_of_course.py``.
"""

from __future__ import annotations

import math
import pickle
import re
from copy import deepcopy
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import ladsim
from ladsim import History, Scenario, simulate
from ladsim.engine import kernel
from ladsim.engine.agreement import parting
from ladsim.errors import ScenarioError, StudyError
from ladsim.model.layout import MONTH
from ladsim.scenario.change_of_course import course
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Policy
from ladsim.scenario.strategies import with_strategy
from tests.program_strategies import programs
from tests.strategies import bound, contacts, future, known_today, planned, plans, scenario_data

ENGINES = st.sampled_from(["simpy", "fast"])
THREADS = st.sampled_from([None, 1, 2, 3])


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds for small markets, and chunks of 16 customers, so that threads have to share."""
    bound(monkeypatch)
    monkeypatch.setattr(kernel.Fast, "chunk", 1)


def without_policies(data: dict[str, Any]) -> dict[str, Any]:
    """A generated market of more than one month in which no function is at work."""
    data = deepcopy(data) | {"policies": []}
    if data["months"] == 1.0:
        data["months"] = 2.0
        for arrival in data.get("arrivals", []):
            arrival["per_month"] /= 2.0
        for channel in data["channels"]:
            if today := channel.pop("today", None):  # of other months: solved again where it can be
                channel["response"] = {"curve": "linear", "half_at": 5.0}
                data = known_today(data, today["extra_customers"])
    return data


def some_month(draw: st.DataObject, data: dict[str, Any]) -> int:
    """A month within the run."""
    return draw.draw(st.integers(1, math.ceil(data["months"]) - 1))


def assert_same(one: History, other: History) -> None:
    """Two histories are equal; else the first event at which they part, and what differs."""
    if not one.equals(other):
        names = [part.name for part in fields(one) if part.compare]
        logs = parting(one, other) if one.log is not None and other.log is not None else ""
        differ = [n for n in names if repr(getattr(one, n)) != repr(getattr(other, n))]
        raise AssertionError(f"{differ}: {logs}")


def going_on(history: History, **otherwise: Any) -> History:
    """The same, of which what was saved is played on otherwise."""
    options = replace(history.saved.options, **otherwise)
    return replace(history, saved=replace(history.saved, options=options))


def same_plan(data: dict[str, Any], seed: int, draw: st.DataObject) -> None:
    """Saving changes nothing, and who goes on by the same plan finds the same history, by whichever engine and threads."""
    data = without_policies(data)
    scenario, log = planned(data), draw.draw(st.booleans())
    whole = future(scenario, seed=seed, log=log)
    first = simulate(
        scenario, seed=seed, log=log, engine=draw.draw(ENGINES), threads=draw.draw(THREADS), save_at=some_month(draw, data)
    )
    assert_same(whole, first)
    assert_same(first, going_on(first, engine=draw.draw(ENGINES), threads=draw.draw(THREADS)).fork(None))


@pytest.mark.usefixtures("_small")
@given(scenario_data(), st.integers(0, 2**40), st.data())
def test_the_same_plan_gives_the_same_history(data: dict[str, Any], seed: int, draw: st.DataObject) -> None:
    """Generated markets, saved at any month."""
    same_plan(data, seed, draw)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.usefixtures("_small")
@settings(max_examples=600)
@given(scenario_data(), st.integers(0, 2**40), st.data())
def test_the_same_plan_gives_the_same_history_over_many_markets(data: dict[str, Any], seed: int, draw: st.DataObject) -> None:
    """The same over six hundred."""
    same_plan(data, seed, draw)


def levers(draw: st.DataObject, data: dict[str, Any], who: str) -> dict[str, Any]:
    """A strategy's campaigns; their channels and tactics are added to the market."""
    names = [rung["name"] for rung in data["rungs"]]
    plan = draw.draw(plans(data["steps"], names, data["months"]))
    for key in ("channels", "tactics"):
        data.setdefault(key, []).extend(means | {"name": f"{who}_{means['name']}"} for means in plan.get(key, []))
    campaigns = []
    for place, campaign in enumerate(plan["campaigns"]):
        means = {key: f"{who}_{campaign[key]}" for key in ("channel", "tactic") if key in campaign}
        whole = {"from_month": 0.0, "to_month": data["months"]} if draw.draw(st.booleans()) else {}
        campaigns.append(campaign | means | whole | {"name": f"{who}_{place}"})
    return {"campaigns": campaigns}


def two_courses(data: dict[str, Any], draw: st.DataObject) -> Scenario:
    """A generated market with two strategies: campaigns by dates and after an event, campaigns and programmes."""
    names = [rung["name"] for rung in data["rungs"]]
    one, other = levers(draw, data, "a"), levers(draw, data, "b")
    if draw.draw(st.booleans()):
        campaign, tactic = draw.draw(contacts(data["steps"], names, []))
        one["campaigns"].append(campaign | {"name": "a_contact", "tactic": "a_letter"})
        data.setdefault("tactics", []).append(tactic | {"name": "a_letter"})
    # News of whom somebody has won would be on its way before anybody can join: of a reward for it the dates alone do not say all.
    drawn = [p for p in draw.draw(programs(names, bool(data["word_of_mouth"]), 2)) if p["kind"] != "referral_reward"]
    other["programs"] = [program | {"name": f"b_{place}"} for place, program in enumerate(drawn)]
    try:
        return validated(data | {"strategies": {"a": one, "b": other}})
    except ScenarioError:  # names that the market has already
        assume(False)
        raise


def by_dates(data: dict[str, Any], seed: int, draw: st.DataObject) -> None:
    """A change of course is the run of a plan that has the same dates from the start; before the month nothing is other than it was."""
    data = without_policies(data)
    scenario, month = two_courses(data, draw), some_month(draw, data)
    options: dict[str, Any] = {"seed": seed, "log": draw.draw(st.booleans())}
    first = future(scenario, strategy="a", engine=draw.draw(ENGINES), save_at=month, **options)
    before, after = (resolve(with_strategy(scenario, name), seed, 0) for name in "ab")
    dated = future(course(before, after, month), engine=draw.draw(ENGINES), **options)
    # Who comes from a silent rung to one on which it announces and talks draws its next message after the announcements where there are
    # programmes, before them where there are none: by dates, a first programme may move it before it begins. The fork keeps what was.
    assume(np.array_equal(dated.messages[: month + 1], first.messages[: month + 1]))
    changed = first.fork("b")
    if not data["programs"] and any(rung.get("announces") for rung in data["rungs"]):
        assume(np.array_equal(changed.customers["due"], dated.customers["due"]))  # the same, of a message yet to come
    assert_same(changed, dated)
    assert np.array_equal(changed.counts[:month], first.counts[:month])
    assert np.array_equal(changed.flows[:month], first.flows[:month])
    if options["log"]:
        rows, known = (history.events() for history in (changed, first))
        rows, known = (table[table["time"] < month * MONTH].astype(str).reset_index(drop=True) for table in (rows, known))
        assert rows.equals(known)
    keeps_its_books(changed)


def keeps_its_books(history: History) -> None:
    """Everybody stands somewhere, and money by day is money by month, and what the log says."""
    assert (history.counts.sum(axis=(1, 2)) == history.size).all()
    booked = history.money.sum(axis=(0, 2, 3)) + history.market_money.sum(axis=0)
    assert np.array_equal(history.daily.sum(axis=0), booked)
    assert history.customers is not None
    kinds = np.array(history.cause_kinds)
    own = history.money.sum(axis=(0, 2, 3))
    for name in ("revenue", "cost"):
        assert history.customers[name].sum() == own[kinds == name].sum()
    if history.log is not None:
        rows = history.log[history.log["event"] == 3]  # book
        totals = np.bincount(rows["cause"], minlength=booked.size)
        assert ((totals > 0) >= (booked != 0)).all()
        assert rows["amount"].sum() == booked.sum()


@pytest.mark.usefixtures("_small")
@given(scenario_data(), st.integers(0, 2**40), st.data())
def test_a_change_of_course_is_a_plan_by_dates(data: dict[str, Any], seed: int, draw: st.DataObject) -> None:
    """What begins at the month begins there, what ends there ends there: bit for bit what the same dates give from the start."""
    by_dates(data, seed, draw)


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.usefixtures("_small")
@settings(max_examples=400)
@given(scenario_data(), st.integers(0, 2**40), st.data())
def test_a_change_of_course_is_a_plan_by_dates_over_many_markets(data: dict[str, Any], seed: int, draw: st.DataObject) -> None:
    """The same over four hundred."""
    by_dates(data, seed, draw)


def market(**more: Any) -> dict[str, Any]:
    """A hundred people, leads and customers, six months."""
    return {
        "schema": 1, "name": "shop", "months": 6, "market_size": 100,
        "rungs": [{"name": "lead", "share": 0.6}, {"name": "customer", "share": 0.4, "orders_per_month": 1.0}],
        "steps": [{"from": "lead", "to": "customer", "rate": 0.2}, {"from": "customer", "to": "lead", "rate": 0.1}],
        "basket": {"mean": 10.0},
    } | more  # fmt: skip


def changed(before: dict[str, Any], after: dict[str, Any], month: int = 3, **options: Any) -> History:
    """A market that goes on as another one from a month."""
    return simulate(validated(before), save_at=month, log=True, **options).fork(validated(after))


def cost_of(history: History, cause: str) -> list[float]:
    """What was booked to a cause month by month, in currency."""
    place = history.causes.index(cause)
    booked = history.money[:, place].sum(axis=(1, 2)) + history.market_money[:, place]
    return (-booked / history.unit).tolist()


@pytest.mark.parametrize("engine", ["simpy", "fast"])
def test_costs_are_settled_at_the_old_rates(engine: str) -> None:
    """Serving costs 1 until month 3 and 4 afterwards, the firm 50 and then 80; nobody moves."""
    still = {"steps": [], "engine": engine}
    rungs = market()["rungs"]
    before = market(rungs=[rungs[0], rungs[1] | {"cost_per_month": 1.0}], money={"fixed_cost_per_month": 50.0}, **still)
    after = market(rungs=[rungs[0], rungs[1] | {"cost_per_month": 4.0}], money={"fixed_cost_per_month": 80.0}, **still)
    found = changed(before, after)
    assert cost_of(found, "rung_cost") == [0.0, 40.0, 40.0, 40.0, 160.0, 160.0, 160.0]
    assert cost_of(found, "fixed_cost") == [0.0, 50.0, 50.0, 50.0, 80.0, 80.0, 80.0]
    free = changed(market(**still), after)
    assert cost_of(free, "rung_cost") == [0.0, 0.0, 0.0, 0.0, 160.0, 160.0, 160.0]
    assert cost_of(changed(before, market(**still)), "rung_cost") == [0.0, 40.0, 40.0, 40.0, 0.0, 0.0, 0.0]
    keeps_its_books(found)


def test_clocks_go_on_at_the_new_rates() -> None:
    """A rate of nothing lets nobody move from the month on; one that is there again is drawn from what was left."""
    steps = market()["steps"]
    closed = market(steps=[step | {"rate": 0.0} for step in steps])
    found = changed(market(), closed, seed=4)
    assert found.flows[1:4].sum() > 20
    assert found.flows[4:].sum() == 0
    open_again = changed(closed, market(), seed=4)
    assert open_again.flows[:4].sum() == 0
    assert open_again.flows[4:].sum() > 20
    # The exposure was drawn at the start and has not been used: everybody goes as in the open market, three months later.
    usual = simulate(validated(market()), seed=4, log=True)
    firsts = [history.events().query("event == 'move'").groupby("customer")["time"].min() for history in (open_again, usual)]
    late = (firsts[0] - firsts[1]).dropna()
    assert len(late) > 20 and set(late) == {3 * MONTH}


def test_orders_begin_where_there_were_none() -> None:
    """A rung on which nobody could order has orders from the month on, and they are counted."""
    rungs = market()["rungs"]
    quiet = market(rungs=[rungs[0], rungs[1] | {"orders_per_month": 0.0, "customer": True}])
    loud = market(rungs=[rungs[0], rungs[1] | {"customer": True}])
    found = changed(quiet, loud)
    assert found.orders[:4].sum() == 0
    assert found.orders[4:].sum() > 50
    assert found.customers is not None and found.customers["booked"].sum() == found.orders.sum()
    ended = changed(loud, quiet)
    assert ended.orders[4:].sum() == 0 < ended.orders[:4].sum()


def test_arrivals_come_by_the_new_numbers() -> None:
    """Two a month until month 3, five afterwards; nobody comes twice."""
    rungs = [{"name": "lead", "share": 0.5}, {"name": "customer"}, {"name": "outside", "off_ladder": "outside", "share": 0.5}]
    few, many = (market(rungs=rungs, arrivals=[{"to": "lead", "per_month": n}]) for n in (2.0, 5.0))
    for seed in range(5):
        found = changed(few, many, seed=seed)
        assert found.flows[:, found.step_names.index("outside.lead.arrival")].sum(axis=1).tolist() == [0, 2, 2, 2, 5, 5, 5]
        assert found.counts[:, :, 2].sum(axis=1).tolist() == [50, 48, 46, 44, 39, 34, 29]


def test_who_recommends_is_counted_anew() -> None:
    """Two points more make promoters of those who stand there, at the month and for good."""
    plain, liked = (market(satisfaction={"start": 7.0, "quality": 7.0}, recommendation={"base": base}) for base in (0.0, 2.5))
    found = changed(plain, liked)
    promoters, people = found.moods[..., 0].sum(axis=(1, 2)), found.moods[..., :3].sum(axis=(1, 2, 3))
    assert promoters.tolist() == [0, 0, 0, 100, 100, 100, 100]
    assert (people == 100).all()
    assert_same(changed(plain, plain), simulate(validated(plain), log=True))


def test_another_campaign_of_the_same_name_goes_on() -> None:
    """Its money is booked to one cause, its setup is paid once; what is new pays it at the month, what is over keeps its money."""
    channel = {"name": "ads", "response": {"half_at": 1.0}, "effects": [{"on": "steps.lead.customer", "full": 1.0}]}
    spends = {"channel": "ads", "monthly_spend": 100.0, "setup_cost": 7.0}
    strategies = {
        "little": {"campaigns": [spends | {"name": "both"}, spends | {"name": "old"}]},
        "much": {"campaigns": [spends | {"name": "new"}, spends | {"name": "both", "monthly_spend": 300.0}]},
    }
    scenario = validated(market(channels=[channel], strategies=strategies))
    first = simulate(scenario, strategy="little", save_at=2)
    found = first.fork("much")
    assert found.strategy == "much"
    assert cost_of(found, "both") == [7.0, 100.0, 100.0, 300.0, 300.0, 300.0, 300.0]
    assert cost_of(found, "new") == [0.0, 0.0, 7.0, 100.0, 100.0, 100.0, 100.0]
    assert cost_of(found, "old") == [7.0, 100.0, 100.0, 0.0, 0.0, 0.0, 0.0]
    assert first.fork(None).counts[:3].tolist() == first.counts[:3].tolist()
    back = first.fork("much", save_at=4).fork("little")
    assert cost_of(back, "both") == [7.0, 100.0, 100.0, 300.0, 300.0, 100.0, 100.0]
    assert cost_of(back, "old") == [7.0, 100.0, 100.0, 0.0, 0.0, 100.0, 100.0]  # set up already


def test_a_programme_goes_on_with_its_members() -> None:
    """Points are kept, and one that begins at the month has nobody before."""
    joins = {"joins": {"probability": 1.0}}
    points = {"kind": "points", "name": "points", "points_per_order": 1.0, "reward_at": 4.0, "reward_cost": 2.0, **joins}
    club = {"kind": "club", "name": "club", "fee": 1.0, "renewal_probability": 1.0, **joins}
    plain, more = market(programs=[points]), market(programs=[club, points | {"points_per_order": 3.0}])
    first = simulate(validated(plain), save_at=3, log=True)
    found = first.fork(validated(more))
    places = [history.program_names.index("points") for history in (first, found)]
    assert np.array_equal(first.members[:4, places[0]], found.members[:4, places[1]])
    issued = found.members[:, places[1], 5] / 1000
    orders = found.members[:, places[1], 3]
    assert np.array_equal(issued, orders * np.array([1, 1, 1, 1, 3, 3, 3]))
    clubs = found.members[:, found.program_names.index("club"), 0]
    assert clubs[:3].sum() == 0
    assert clubs[3] == found.counts[3, 0, 1]  # all customers join at the month
    keeps_its_books(found)


def test_a_fork_of_followed_customers_holds_their_whole_log() -> None:
    """Ten are followed before the month and after it."""
    scenario = validated(market())
    first = simulate(scenario, save_at=3, follow=10)
    assert_same(first, first.fork(None))
    assert first.log is not None and {*np.unique(first.log["customer"])} <= {*first.fork(None).followed.tolist()}


def test_what_was_saved_travels() -> None:
    """A history with what was saved can be sent to another process; what a study keeps has let it go."""
    first = simulate(validated(market()), save_at=3)
    assert_same(first, pickle.loads(pickle.dumps(first)).fork(None))
    with pytest.raises(StudyError, match=r"^fork: found a history of which no month was saved"):
        first.slim().fork(None)


MISTAKES: dict[str, tuple[Any, str]] = {
    "too late": ({"save_at": 6}, r"^save_at: found 6, must be a whole month from 1 to 5$"),
    "no month": ({"save_at": 0}, r"^save_at: found 0, must be a whole month from 1 to 5$"),
    "half a month": ({"save_at": 1.5}, r"^save_at: found 1.5, must be a whole month from 1 to 5$"),
    "a file": ({"save_at": 2, "log": "x.parquet"}, r"^save_at: found a log in a file \(x.parquet\), must be kept in memory"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_when_nothing_can_be_saved(case: str) -> None:
    """Another month than there is, a log that is on disk."""
    options, words = MISTAKES[case]
    with pytest.raises(StudyError, match=words):
        simulate(validated(market()), **options)


def test_policies_cannot_be_saved() -> None:
    """All reasons at once; nor can a fork begin with some."""
    scenario = validated(market())
    acting = scenario.model_copy(update={"policies": (Policy(file="x.py", function="act"),)})
    with pytest.raises(StudyError, match=r"(?s)save_at: found 9.*\nsave_at: found policies \(act\)"):
        simulate(acting, save_at=9)
    with pytest.raises(StudyError, match=r"^fork: found policies \(act\)"):
        simulate(scenario, save_at=3).fork(acting)
    with pytest.raises(StudyError, match=r"a run of 1 months has no month to stop at$"):
        simulate(validated(market(months=1)), save_at=1)


JOINS = {"joins": {"probability": 1.0}}
POINTS = {"kind": "points", "name": "card", "points_per_order": 1.0, "reward_at": 4.0} | JOINS
RUNGS = market()["rungs"]
OTHERS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "market": (
        {}, {"months": 7, "market_size": 120, "currency": "DKK"},
        ["months: found 7, must be as before the change of course (6)", "market_size: found 120,", "currency: found DKK,"],
    ),
    "rungs": ({}, {"rungs": [*RUNGS, {"name": "fan"}]}, ["rungs: found lead, customer, fan, must be the same"]),
    "steps": ({}, {"steps": market()["steps"][:1]}, ["steps: found lead.customer, must be the same as before"]),
    "start": (
        {}, {"rungs": [RUNGS[0] | {"share": 0.5}, RUNGS[1] | {"share": 0.5}]},
        [f"rungs.{name}.share: found 0.5," for name in ("lead", "customer")],
    ),
    "customers": (
        {}, {"rungs": [RUNGS[0], RUNGS[1] | {"customer": False}]},
        [f"rungs.customer: found another {what}," for what in ("is customer", "bought before")],
    ),
    "who they are": ({}, {"heterogeneity": {"orders": {"gamma_shape": 1.0}}}, ["heterogeneity: found other laws"]),
    "feelings": ({}, {"satisfaction": {}}, ["satisfaction: found some, must be as before the change of course (none)"]),
    "graph": (
        {"word_of_mouth": [{"layer": "friends", "graph": {"kind": "cycle"}}]},
        {"word_of_mouth": [{"layer": "friends", "graph": {"kind": "everyone"}}]}, ["word_of_mouth: found "],
    ),
    "no programme": ({"programs": [POINTS]}, {}, ["programs.card: found no such programme after the change of course"]),
    "another kind": (
        {"programs": [POINTS]}, {"programs": [{"kind": "club", "name": "card", "fee": 1.0, "renewal_probability": 1.0} | JOINS]},
        ["programs.card: found a programme of the kind club, must be of the kind it was (points)"],
    ),
    "memory": (
        {"programs": [POINTS]}, {"programs": [POINTS | {"expires_after_months": 3}]},
        ["programs.card: found 7 numbers to remember of each member, must be as before (2)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHERS)
def test_what_is_another_market_is_refused(case: str) -> None:
    """Every reason at once, each with its place, what was found and what is allowed."""
    before, after, words = OTHERS[case]
    first = simulate(validated(market(**before)), save_at=3)
    with pytest.raises(StudyError) as caught:
        first.fork(validated(market(**after)))
    lines = str(caught.value).splitlines()
    assert [line[: len(start)] for line, start in zip(lines, words, strict=True)] == words


def test_a_fork_is_saved_later_than_it_begins() -> None:
    """Going back is a fork of the first history; any whole number says a month, and any is looked at."""
    first = simulate(validated(market()), save_at=np.int64(3))
    assert first.fork(None, save_at=np.int64(4)).fork(None).equals(first)
    for month in (np.int64(2), np.int64(3), 2):
        with pytest.raises(StudyError, match=rf"^save_at: found {month}, must be after month 3"):
            first.fork(None, save_at=month)
    with pytest.raises(StudyError, match=r"^save_at: found 3, must be after month 3"):
        first.fork(None, save_at=3)
    assert_same(first, first.fork(None, save_at=5).fork(None))


@pytest.mark.parametrize("plan", [3, ["x"], True])
def test_a_plan_that_is_none(plan: Any) -> None:
    """What was found and what is allowed, and never a TypeError; of ``base``, too, which is a name of the command line alone."""
    scenario = ladsim.load("acquisition_vs_retention")
    history = simulate(scenario, sample=20, save_at=3)
    with pytest.raises(
        StudyError, match=rf"^fork: found {re.escape(repr(plan))}, must be the name of a strategy .*None .*Scenario$"
    ):
        history.fork(plan)
    for play in (simulate, ladsim.replicate):
        with pytest.raises(
            StudyError, match=rf"^strategy: found {re.escape(repr(plan))}, must be the name of a strategy, or None"
        ):
            play(scenario, strategy=plan, sample=20)
    with pytest.raises(
        ScenarioError, match=r"found 'base', must be one of acquisition_first.*; None is the scenario under none of them"
    ):
        history.fork("base")
    assert history.fork(None).equals(history)


@pytest.mark.parametrize("engine", ["fast", "simpy"])
def test_contracts_whose_orders_come_back(engine: str) -> None:
    """What a contract's return pays back, and what goods it saves, are two payments under one cause: a fork keeps both."""
    ladder = {
        "rungs": [{"name": "lead", "share": 1.0}, {"name": "customer", "customer": True}, {"name": "lapsed", "off_ladder": True}],
        "steps": [
            {"from": "lead", "to": "customer", "monthly": 0.5, "is_order": True, "covers_months": 12.0},
            {"from": "customer", "to": "lapsed", "monthly": 0.05},
        ],
        "money": {"margin": 0.5, "returns": {"share": 0.5, "whole_share": 0.3, "part": 0.4, "cost": 2.0, "resale_share": 0.9}},
    }
    whole = simulate(validated(market(months=12, **ladder)), seed=1, engine=engine, save_at=6)
    assert whole.prepaid[6].sum() > 0 > whole.money[:, whole.causes.index("returns")].sum()
    assert_same(whole, whole.fork(None))
