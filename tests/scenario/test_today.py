"""What is known of today in place of a curve: the curve that is solved brings just that, in expectation and in simulation.

Tests: ``scenario/brought.py``, ``scenario/chain.py``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ladsim
from ladsim.errors import ScenarioError
from ladsim.planning.compare import compare
from ladsim.planning.measure_table import by_future
from ladsim.scenario.address import numbers
from ladsim.scenario.chain import BACK, LEFT, ORDERS, course
from ladsim.scenario.check import problems, warnings
from ladsim.scenario.currency import in_currency
from ladsim.scenario.draws import Draws, resolve
from ladsim.scenario.json_schema import schema_json
from ladsim.scenario.load import load, loads, validated
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from ladsim.scenario.tables import tables
from ladsim.scenario.today import _alike
from ladsim.streams import parameter_uniform
from ladsim.theory.lifetime import expected_lifetime_value

SPEND, EXTRA, MOST = 50_000.0, 160.0, 0.6
TODAY = {"monthly_spend": SPEND, "extra_customers": EXTRA, "of_most": MOST}
RUNGS = [
    {"name": "visitor", "share": 0.79},
    {"name": "customer", "share": 0.06, "orders_per_month": 0.6},
    {"name": "lapsed", "share": 0.15, "off_ladder": "lapsed"},
]
STEPS = [
    {"from": "visitor", "to": "customer", "monthly": 0.008, "is_order": True},
    {"from": "customer", "to": "lapsed", "monthly": 0.05},
    {"from": "lapsed", "to": "customer", "monthly": 0.01, "is_order": True},
]
LONG = [{"name": "lead", "share": 0.6}, {"name": "prospect", "share": 0.2}, *RUNGS[1:]]
LONG[2] = LONG[2] | {"share": 0.05}
LONG_STEPS = [
    {"from": "lead", "to": "prospect", "monthly": 0.03},
    {"from": "prospect", "to": "customer", "rate": 0.05, "is_order": True},
    {"from": "prospect", "to": "lead", "monthly": 0.1},
    STEPS[1],
]
CLIMBING = [{"on": "climbing", "per_rung": {"lead": 0.8, "prospect": 0.3}}, {"on": "orders", "full": 0.1}]


def shop(lever: dict[str, Any] | None = None, spend: float = SPEND, key: str = "channels", **more: Any) -> dict[str, Any]:
    """A shop with 40,000 people, and a strategy that goes on as today."""
    one = {"name": "google", "today": TODAY} | (lever or {})
    campaign = {key.removesuffix("s"): "google", "monthly_spend": spend}
    return {
        "name": "shop", "months": 12.0, "market_size": 40_000, "rungs": RUNGS, "steps": STEPS, "basket": {"mean": 420.0},
        key: [one], "strategies": {"as_today": {"campaigns": [campaign]}}, **more,
    }  # fmt: skip


def won(scenario: Scenario, strategy: str | None) -> float:
    """People expected to become customers for the first time within the horizon."""
    return float([*course(tables(resolve(with_strategy(scenario, strategy), 1, 0)))][-1].won.sum())


def extra(scenario: Scenario) -> float:
    """Those of them who would not have come without the strategy, a month."""
    return (won(scenario, "as_today") - won(scenario, None)) / scenario.months


KINDS: dict[str, dict[str, Any]] = {
    "no effects named": {},
    "two steps to climb": {"rungs": LONG, "steps": LONG_STEPS, "lever": {"effects": CLIMBING}},
    "after-effect": {"lever": {"carry_over": 0.5}},
    "consent": {"lever": {"needs_consent": True}, "contacts": {"consent_share": 0.5}},
    "segments": {"segments": [{"name": "a", "share": 0.3, "conversion_factor": 2.0}, {"name": "b", "share": 0.7}]},
    "a season and a price": {"seasons": [{"factors": [0.5, 1.5] * 6, "on": "climbing"}], "prices": [{"change": 0.1, "climbing_elasticity": -1.0}]},
    "a tactic": {"key": "tactics"},
    "other campaigns": {
        "tactics": [{"name": "signs", "response": {"half_at": 1.0}, "effects": [{"on": "climbing", "full": 0.5}]}],
        "campaigns": [{"tactic": "signs", "monthly_spend": 20_000.0}],
    },
    "half a year": {"months": 6.0},
    "steps by order": {
        "rungs": [*RUNGS[:2], {"name": "repeat", "orders_per_month": 1.0}, RUNGS[2]],
        "steps": [*STEPS, {"from": "customer", "to": "repeat", "trigger": "order", "probability": 0.5, "from_order": 2}],
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_the_solved_curve_brings_what_today_brings(kind: str) -> None:
    """In expectation, to six digits: 160 a month at today's spend, and 160 ÷ 0.6 at any money."""
    more = dict(KINDS[kind])
    lever = more.pop("lever", {})
    scenario = validated(shop(lever, **more))
    if kind == "consent":  # whose expectation has no closed form: a segment that consents, and one that does not
        return
    assert extra(scenario) == pytest.approx(EXTRA, rel=1e-5)
    endless = validated(shop(lever, spend=1e11, **more))
    assert extra(endless) == pytest.approx(EXTRA / MOST, rel=1e-4)


@pytest.mark.parametrize("kind", ["no effects named", "two steps to climb", "consent", "after-effect"])
def test_a_simulation_brings_what_today_brings(kind: str) -> None:
    """160 a month more new customers than without, within three standard errors of 16 futures."""
    more = dict(KINDS[kind])
    duel = compare(validated(shop(more.pop("lever", {}), **more)), ["as_today"], replications=16, sample=8_000, processes=1)
    runs = duel.runs
    more_customers = (by_future(runs["as_today"], "new_customers") - by_future(runs["base"], "new_customers")) / 12.0
    error = float(more_customers.std(ddof=1) / np.sqrt(len(more_customers)))
    assert error < 8.0
    assert abs(float(more_customers.mean()) - EXTRA) < 3.0 * error


COUNTED = {"extra_orders": (ORDERS, 400.0, 1.0), "won_back": (BACK, 20.0, 1.0), "kept": (LEFT, 30.0, -1.0)}
RENEWAL = [STEPS[0], {"from": "customer", "to": "lapsed", "trigger": "renewal", "months": 3, "probability": 0.2}, STEPS[2]]
PART = [{"on": "leaving", "per_rung": {"customer": -0.2}}, {"on": "orders", "full": 0.1}]
MARKETS: dict[str, dict[str, Any]] = {
    "plain": {},
    "segments": {"segments": [{"name": "a", "share": 0.3, "factors": {"orders": 2.0}}, {"name": "b", "share": 0.7}]},
    "steps by order": KINDS["steps by order"],
    "other campaigns and a season": KINDS["other campaigns"] | {"seasons": [{"factors": [0.5, 1.5] * 6}]},
    "renewal": {"steps": RENEWAL},
    "part of what could be": {"lever": {"effects": PART}},
    "half a year, after-effect": {"months": 6.0, "lever": {"carry_over": 0.5}},
}  # fmt: skip


def more_counted(scenario: Scenario, what: str) -> float:
    """How many more a month are expected than without the strategy."""
    counter, _, sign = COUNTED[what]
    ends = []
    for strategy in ("as_today", None):
        laid = tables(quiet(resolve(with_strategy(scenario, strategy), 1, 0)))
        ends.append(float([*course(laid, counting=True)][-1].counted[counter].sum()))
    return sign * (ends[0] - ends[1]) / scenario.months


def quiet(scenario: Scenario) -> Scenario:
    """Renewals as hazards that lose as many a month: what the chain knows."""
    steps = tuple(_alike(step) for step in scenario.steps)
    return scenario.model_copy(update={"steps": steps})


@pytest.mark.parametrize("what", COUNTED)
@pytest.mark.parametrize("market", MARKETS)
def test_other_things_that_are_known_of_today(market: str, what: str) -> None:
    """Orders, lapsed customers who come back, customers who stay: as many as said at today's spend, and at any money ÷ of_most."""
    more = dict(MARKETS[market])
    lever = more.pop("lever", {})
    if what == "won_back" and "effects" in lever:
        return  # they move nobody who has lapsed
    wanted = COUNTED[what][1]
    lever = lever | {"today": {"monthly_spend": SPEND, what: wanted, "of_most": MOST}}
    assert more_counted(validated(shop(lever, **more)), what) == pytest.approx(wanted, rel=1e-5)
    assert more_counted(validated(shop(lever, spend=1e11, **more)), what) == pytest.approx(wanted / MOST, rel=1e-4)


@pytest.mark.parametrize("what", COUNTED)
def test_a_simulation_brings_them_too(what: str) -> None:
    """Counted one by one in the event tables of 16 futures, within three standard errors."""
    lever = {"today": {"monthly_spend": SPEND, what: COUNTED[what][1], "of_most": MOST}}
    duel = compare(validated(shop(lever)), ["as_today"], replications=16, sample=8_000, processes=1)
    sums = []
    for name in ("as_today", "base"):
        for history in duel.runs[name].histories:
            ends = [end[:2] for end in history.step_ends]
            counted = {
                "extra_orders": history.orders.sum(),
                "won_back": history.flows[:, ends.index(("lapsed", "customer"))].sum(),
                "kept": -history.flows[:, ends.index(("customer", "lapsed"))].sum(),
            }
            sums.append(float(counted[what]) * history.scale / 12.0)
    more = np.subtract(sums[:16], sums[16:])
    error = float(more.std(ddof=1) / 4.0)
    assert error < 0.2 * COUNTED[what][1]
    assert abs(float(more.mean()) - COUNTED[what][1]) < 3.0 * error


def test_who_comes_back_is_not_who_is_new() -> None:
    """Of a lapsed lead the first purchase is new; of a lapsed customer it is a win-back; orders by hand."""
    rungs = [
        {"name": "a", "share": 0.5},
        {"name": "c", "orders_per_month": 2.0},
        {"name": "gone", "share": 0.5, "off_ladder": "lapsed"},
    ]
    steps = [
        {"from": "a", "to": "c", "rate": 0.1, "is_order": True}, {"from": "gone", "to": "c", "rate": 0.3, "is_order": True},
        {"from": "a", "to": "gone", "rate": 0.2}, {"from": "c", "to": "gone", "rate": 0.0},
    ]  # fmt: skip
    scenario = validated({"name": "x", "months": 1.0, "market_size": 1000, "rungs": rungs, "steps": steps})
    end = [*course(tables(scenario), counting=True)][-1]
    back = 500.0 * -np.expm1(-0.3)
    assert end.counted[BACK].sum() == pytest.approx(back)
    entered = float(end.counts[0, 1])
    assert end.won.sum() == pytest.approx(entered - back)
    stood = end.counted[ORDERS].sum() - entered  # by the clock: 2 a month of who stands there
    times = (np.arange(20_000) + 0.5) / 20_000
    on_a = 500.0 * np.exp(-0.3 * times)
    on_gone = 500.0 * np.exp(-0.3 * times) + 500.0 * 0.2 * times * np.exp(-0.3 * times)
    assert stood == pytest.approx(2.0 * float(np.mean(1000.0 - on_a - on_gone)), rel=1e-6)
    assert end.counted[LEFT].sum() == 0.0


@pytest.mark.parametrize(
    "way", [{"cost_per_customer": 312.5}, {"cost_per_contact": 5.0, "customers_per_contact": 0.016}, {"extra_customers": 160.0}]
)
def test_ways_to_say_how_many(way: dict[str, float]) -> None:
    """By number, by price, by clicks: the same curve."""
    today = {"monthly_spend": SPEND, "of_most": MOST} | way
    found = resolve(validated(shop({"today": today})), 1, 0).channels[0]
    assert found.today is None and found.response is not None
    assert (found.response.half_at, found.effects[0].full) == pytest.approx((1.342, 1.2267), rel=1e-3)


def test_a_curve_by_hand() -> None:
    """One step, nobody leaves the audience but by it: the closed form of two hazards, solved by hand."""
    hazard, people = 0.01, 100_000.0
    rungs = [{"name": "a", "share": 1.0}, {"name": "b", "orders_per_month": 1.0}]
    data = shop({"today": TODAY | {"extra_customers": 300.0}}, rungs=rungs, steps=[{"from": "a", "to": "b", "rate": hazard}])
    found = resolve(validated(data | {"market_size": int(people), "months": 1.0}), 1, 0).channels[0]

    def factor(extra: float) -> float:
        return float(-np.log(np.exp(-hazard) - extra / people) / hazard)

    most = factor(300.0 / MOST) - 1.0
    assert found.effects[0].full == pytest.approx(most, rel=1e-6)
    share = (factor(300.0) - 1.0) / most
    assert found.response is not None
    assert found.response.half_at == pytest.approx(-(SPEND / people) / np.log2(1.0 - share), rel=1e-6)


def test_a_curve_is_a_fact_of_today_whatever_a_strategy_changes() -> None:
    """Solved in the market before the strategy: what it sets elsewhere leaves the curve as it is; what it sets of today counts."""
    data = shop()
    data["strategies"] |= {
        "more": {
            "campaigns": [*data["strategies"]["as_today"]["campaigns"], {"tactic": "signs", "monthly_spend": 30_000.0}],
            "prices": [{"change": 0.1, "climbing_elasticity": -2.0}],
            "shocks": [{"name": "rival", "effects": [{"on": "climbing", "full": -0.5}]}],
        },
        "better": data["strategies"]["as_today"] | {"set": {"steps.visitor.customer.monthly": 0.02}},
        "dearer": data["strategies"]["as_today"] | {"set": {"channels.google.today.extra_customers": 80.0}},
    }
    data["tactics"] = [{"name": "signs", "response": {"half_at": 1.0}, "effects": [{"on": "climbing", "full": 0.5}]}]
    scenario = validated(data)
    assert resolve(with_strategy(scenario, "more"), 1, 0).channels == resolve(with_strategy(scenario, "as_today"), 1, 0).channels
    one, better, dearer = (resolve(with_strategy(scenario, name), 1, 0).channels[0] for name in ("as_today", "better", "dearer"))
    assert one == better
    assert dearer.effects[0].full < one.effects[0].full


def test_ranges_are_solved_draw_by_draw() -> None:
    """Each draw has its own curve, which brings what was drawn; the share of the most is uncertain where nobody says it."""
    today = {"monthly_spend": SPEND, "extra_customers": {"low": 100.0, "high": 200.0}}
    scenario = validated(shop({"today": today}))
    draws = Draws(with_strategy(scenario, "as_today"), 7)
    assert draws.keys == ("channels.google.today.extra_customers", "channels.google.today.of_most")
    for draw in range(3):
        made = draws.scenario_of(draw)
        without = made.model_copy(update={"campaigns": ()})
        found = [float([*course(tables(one))][-1].won.sum()) for one in (made, without)]
        assert (found[0] - found[1]) / 12.0 == pytest.approx(draws.values(draw)[0], rel=1e-5)
    assert numbers(scenario)["channels.google.today.of_most"].uncertain


@pytest.mark.parametrize(
    ("today", "place", "words"),
    [
        ({"extra_customers": 3_000.0}, "today", "3,000 extra customers a month, 60 % of what any money could bring, must be fewer"),
        ({"cost_per_customer": 5.0}, "today", "extra_customers and cost_per_customer, must give exactly one"),
        ({"extra_customers": None, "kept": 300.0}, "today", "300 customers kept a month, 60 % of what any money could bring, must be fewer"),
        ({"extra_customers": None, "won_back": 900.0}, "today", "900 customers won back a month, 60 %"),
        ({"won_back": 3.0}, "today", "extra_customers and won_back, must give exactly one"),
        ({"extra_customers": None}, "today", "no customers, must give exactly one of extra_customers"),
        ({"extra_customers": None, "cost_per_contact": 5.0}, "today.customers_per_contact", "found nothing, must be given with cost_per_contact"),
        ({"customers_per_contact": 0.1}, "today.cost_per_contact", "found nothing, must be given with customers_per_contact"),
        ({"of_most": 60.0}, "today.of_most", "60 % is 0.6"),
        ({"of_most": 1.0}, "today.of_most", "must be below 1"),
        ({"monthly_spend": 0.0}, "today.monthly_spend", "must be a number above 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(today: dict[str, Any], place: str, words: str) -> None:
    """At its place, by `check`, before anything is simulated."""
    with pytest.raises(ScenarioError) as caught:
        validated(shop({"today": {k: v for k, v in (TODAY | today).items() if v is not None}}))
    assert [(p.place, words in str(p)) for p in caught.value.problems] == [(f"channels.google.{place}", True)]


def test_no_curve_where_nobody_can_be_won() -> None:
    """Effects that win nobody, no step to move, a curve and today together, neither of them."""
    for lever, words in (
        ({"effects": [{"on": "orders", "full": 0.2}]}, "effects that win nobody"),
        ({"response": {"half_at": 1.0}}, "response and today, must give one of them"),
    ):
        with pytest.raises(ScenarioError, match=words):
            validated(shop(lever))
    bare = shop()
    del bare["channels"][0]["today"]
    with pytest.raises(ScenarioError, match=r"must be given \(from money to effect\), or today = "):
        validated(bare)
    with pytest.raises(ScenarioError, match="must name its effects"):
        validated(shop(steps=STEPS[1:]))


def test_an_ad_platforms_own_count_is_warned_of() -> None:
    """It holds those who would have come anyway."""
    scenario = validated(shop({"today": TODAY | {"attributed": True}}))
    assert problems(scenario) == []
    said = [str(w) for w in warnings(scenario)]
    assert any(
        "channels.google.today.attributed: found an ad platform's own count, it holds customers who would" in one for one in said
    )
    assert not any("attributed" in str(w) or "without effects" in str(w) for w in warnings(validated(shop())))


def test_set_and_extends_and_currency(tmp_path: Path) -> None:
    """`--set` by dotted key, `extends` in place of a curve and back, and amounts in another currency."""
    scenario = override(validated(shop()), {"channels.google.today.extra_customers": 80.0})
    assert extra(scenario) == pytest.approx(80.0, rel=1e-5)
    below = 'name = "b"\nmonths = 3\nmarket_size = 900\ncurrency = "EUR"\n'
    below += 'rungs = [{ name = "a", share = 1.0 }, { name = "b", orders_per_month = 1 }]\n'
    below += 'steps = [{ from = "a", to = "b", monthly = 0.02 }]\n[[channels]]\nname = "ads"\n'
    today = "today = { monthly_spend = 50, cost_per_contact = { low = 2, high = 4 }, customers_per_contact = 0.1 }\n"
    (tmp_path / "b.toml").write_text(below + "response = { half_at = 1.0 }\n")
    (tmp_path / "c.toml").write_text('extends = "b.toml"\n[[channels]]\nname = "ads"\n' + today)
    (tmp_path / "d.toml").write_text('extends = "c.toml"\n[[channels]]\nname = "ads"\nresponse = { half_at = 2.0 }\n')
    assert load(tmp_path / "c.toml").channels[0].response is None
    assert load(tmp_path / "d.toml").channels[0].today is None
    kroner = loads(in_currency(below + today, "DKK")).channels[0].today
    assert kroner is not None
    assert (kroner.monthly_spend, kroner.cost_per_contact.low, kroner.customers_per_contact) == (375.0, 15.0, 0.1)


def test_tables_of_a_scenario_nobody_resolved() -> None:
    """Are refused, rather than laid out without effect; what takes a scenario as it is solves it first."""
    scenario = with_strategy(validated(shop()), "as_today")
    with pytest.raises(ScenarioError, match="today: found a scenario that is not resolved"):
        tables(scenario)
    one, other = (expected_lifetime_value(each) for each in (scenario, resolve(scenario, 1, 0)))
    assert one.equals(other)


def test_the_schema_knows_today() -> None:
    """Editors complete it, and ask for a curve or for that."""
    schema = json.loads(schema_json())["$defs"]
    assert set(schema["Today"]["properties"]) >= {"monthly_spend", "extra_customers", "of_most", "attributed"}
    assert schema["Today"]["required"] == ["monthly_spend"]
    assert schema["Channel"]["anyOf"] == [{"required": ["response"]}, {"required": ["today"]}]


def test_both_engines_play_it_alike() -> None:
    """The same events, bit for bit."""
    scenario = validated(shop({"today": TODAY | {"extra_customers": 4.0}}, market_size=600))
    one, other = (ladsim.simulate(scenario, strategy="as_today", seed=3, engine=engine, log=True) for engine in ("simpy", "fast"))
    assert one.equals(other) and one.events().equals(other.events())


def test_a_range_of_which_an_end_cannot_be_is_refused() -> None:
    """`check` tries the ends of the ranges, not the middle alone, and says from where on it can be."""

    def said(**today: Any) -> list[str]:
        try:
            validated(shop({"today": TODAY | today}))
        except ScenarioError as error:
            return [str(problem) for problem in error.problems]
        return []

    (one,) = said(extra_customers=800.0, of_most={"low": 0.3, "high": 0.9})
    assert "found 800 extra customers a month, 30 % of what any money could bring, must be fewer" in one
    least = float(one.removesuffix(" on").rpartition("from ")[2])
    assert said(extra_customers=800.0, of_most={"low": least, "high": 0.9}) == []
    assert said(extra_customers=800.0, of_most={"low": least - 0.002, "high": 0.9}) != []
    assert "1,600 extra customers" in said(extra_customers={"low": 700.0, "high": 1_600.0})[0]


def test_a_draw_beyond_the_ends_is_taken_at_them_where_no_curve_does_it() -> None:
    """So a file that `check` lets pass can be played; the value is told as it was played."""
    scenario = validated(shop({"today": TODAY | {"extra_customers": 800.0, "of_most": {"low": 0.336, "high": 0.9}}}))
    draws, key = Draws(scenario, 1), "channels.google.today.of_most"
    far = next(draw for draw in range(2_000) if parameter_uniform(1, draw, key) < 0.01)
    assert draws.drawn_of(far).channels[0].today.of_most < 0.33
    assert draws.values(far) == (0.336,)
    assert draws.scenario_of(far).channels[0].response.half_at > 0.0
