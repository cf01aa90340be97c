"""Points as shops run them: whole ones, for each so much paid, from a least order on; spent as money off; three ways to expire.

Tests: ``scenario/programs/points.py``, ``scenario/programs/points_checks.py``, ``scenario/programs/yearly.py``.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import ScenarioError
from ladsim.model import access
from ladsim.model.layout import M_EXPIRED, M_ISSUED, M_REDEEMED, M_REWARDS, MONTH, NEVER, P_DISCOUNTS, P_REWARDS, TICK
from ladsim.model.membership import join
from ladsim.model.orders import reward
from ladsim.planning.program_months import cost_of_unit
from ladsim.planning.run import replicate
from ladsim.scenario.check import warnings
from ladsim.scenario.load import loads, validated
from ladsim.scenario.programs import points, yearly
from tests.model.by_hand import UNIT, at_start, ladder
from tests.programs.played import check_z, futures, market
from tests.scenario.texts import with_end

EVERYBODY = {"kind": "points", "joins": {"probability": 1.0}, "points_per_unit": 0.1, "reward_at": 10.0, "reward_cost": 3.0}
SAVED = {
    "kind": "points",
    "joins": {"probability": 1.0},
    "points_per_order": 1.0,
    "reward_at": 10.0,
    "redemption_probability": 1e-9,
}
RUNGS = [{"name": "buyer", "share": 1.0, "orders_per_month": 1.0}, {"name": "gone", "off_ladder": True}]
NOBODY = {"on_rungs": "gone", "probability": 1.0}


@pytest.fixture(autouse=True)
def numbers_as_compiled() -> Iterator[None]:
    """Whole numbers of 64 bits begin again at 0 without a word."""
    with np.errstate(all="ignore"):
        yield


def member_of(program: dict[str, Any], **more: Any) -> tuple[Any, Any, Any]:
    """A market where customer 0 has joined a programme at the start: the market, its record, and the member."""
    stage, m = at_start(ladder(RUNGS, programs=[program | {"joins": NOBODY}], **more))
    for row in range(4):
        access.member(m, row, 0).due = NEVER
        access.member(m, row, 0).orders = 1.0
    join(m, 0, 0, 0)
    return stage, m, access.member(m, 0, 0)


def booked(stage: Any, m: Any, cause: int) -> float:
    """What was booked to the programme, in the currency."""
    return float(stage.books.money[:, access.program(m, 0).cause + cause].sum()) / UNIT


def counted(stage: Any, what: int) -> int:
    """What was counted of its members in all."""
    return int(stage.books.members[:, 0, what].sum())


def test_whole_points_of_a_constant_order() -> None:
    """A point for each whole 10: 15.90 give one, and each tenth order of a customer is a reward, whoever orders how often."""
    data = market([EVERYBODY | {"whole_points": True}], months=6, market_size=40, basket={"law": "constant", "mean": 15.9})
    data["rungs"] = [{"name": "customer", "share": 1.0, "orders_per_month": 4.0}]
    history = simulate(validated(data), seed=1, log=True)
    events = history.events()
    orders = events[events["event"] == "order"].groupby("customer").size()
    counts = history.members[:, 0].sum(axis=0)
    assert counts[M_ISSUED] == 1000 * orders.sum()
    assert counts[M_REWARDS] == (orders // 10).sum() > 50
    assert -history.money[:, history.causes.index("points:rewards")].sum() == 3 * history.unit * counts[M_REWARDS]


def issued_an_order(history: History) -> list[float]:
    """Points an order, on the mean."""
    return [float(history.members[:, 0, M_ISSUED].sum()) / 1000.0 / float(history.orders.sum())]


def test_what_is_dropped_of_exponential_orders() -> None:
    """Of orders of mean μ, exponential, a point for each whole c is 1/(e^(c/μ) − 1) an order, and not μ/c: of 1.5 points .4449 are dropped."""
    basket = {"law": "gamma", "mean": 15.0, "shape": 1.0}
    whole = futures(market([EVERYBODY | {"whole_points": True}], basket=basket, market_size=100))
    check_z([issued_an_order(history) for history in whole], [1.0 / math.expm1(10.0 / 15.0)])
    assert 1.5 - 1.0 / math.expm1(10.0 / 15.0) == pytest.approx(0.4449, abs=1e-4)


@pytest.mark.parametrize(("paid", "given"), [(900.0, 5000), (899.99, 5000), (449.0, 2494), (720.0, 4000)])
def test_points_for_each_so_much(paid: float, given: int) -> None:
    """Five points for each 900: of 720 four, of a part a part, in thousandths."""
    _, m, own = member_of(SAVED | {"points_per_order": 0.0, "points_per_unit": 5.0, "per": 900.0})
    m.order_paid = paid * UNIT
    points.on_order(access.where(m), 0, 0, 5, paid * UNIT)
    assert own.balance == given


def test_whole_points_are_whole_after_all_factors() -> None:
    """1.6 points of an order are 1; where a campaign doubles them 3.2 are 3, and not 2 times 1."""
    for factor, given in ((1.0, 1000), (2.0, 3000)):
        _, m, own = member_of(SAVED | {"points_per_order": 0.0, "points_per_unit": 0.1, "whole_points": True})
        access.set_points(m, 0, 0, factor)
        m.order_paid = 16.0 * UNIT
        points.on_order(access.where(m), 0, 0, 5, 16.0 * UNIT)
        assert own.balance == given


def test_a_least_order_is_vat_in() -> None:
    """From 50.00 with tax in, 40.00 without; what is a hundredth less gives nothing, and takes a reward all the same."""
    _, m, own = member_of(EVERYBODY | {"min_order": 50.0, "endowed_points": 10.0}, amounts_include_vat=0.25)
    for paid, left in ((39.99, 0), (40.0, 4000)):
        own.balance = 10_000
        m.order_paid = paid * UNIT
        points.on_order(access.where(m), 0, 0, 5, paid * UNIT)
        assert own.balance == left


PAYS = {"kind": "points", "points_per_unit": 1.0, "point_value": 0.1, "endowed_points": 250.4}


@pytest.mark.parametrize(("keys", "price", "used"), [
    ({}, 100.0, 250), ({}, 20.0, 200), ({}, 19.99, 199), ({"max_share_of_order": 0.5}, 100.0, 250), ({"max_share_of_order": 0.15}, 100.0, 150),
    ({"max_share_of_order": 0.29}, 100.0, 250), ({"max_share_of_order": 0.07}, 100.0, 70), ({"min_points": 251}, 100.0, 0),
    ({"min_points": 250}, 100.0, 250), ({"min_points": 201}, 20.0, 0), ({"redemption_probability": 1e-9}, 100.0, 0),
])  # fmt: skip
def test_points_pay_for_an_order(keys: dict[str, float], price: float, used: int) -> None:
    """Whole points, up to the share that they may pay, from the balance before the order; the rest earns; tax in and tax out agree."""
    for vat in (0.0, 0.25):
        stage, m, own = member_of(PAYS | keys, amounts_include_vat=vat)
        reward(m, 0, 5, np.int64(-1), price * UNIT / (1.0 + vat), True, 1.0)
        assert counted(stage, M_REDEEMED) == 1000 * used
        assert counted(stage, M_REWARDS) == (used > 0)
        off, rest = 0.1 * used / (1.0 + vat), (price - 0.1 * used) / (1.0 + vat)
        assert booked(stage, m, P_DISCOUNTS) == pytest.approx(-off, abs=1.0 / UNIT)
        assert booked(stage, m, P_REWARDS) == 0.0
        assert own.balance == pytest.approx(250_400 - 1000 * used + 1000 * rest, abs=1)


def test_points_come_after_all_discounts() -> None:
    """A discount that stands behind in the file comes off first: half of 20, and points pay the other half."""
    half = {"kind": "discount", "joins": {"probability": 1.0}, "discount_share": 0.5}
    pays = PAYS | {"joins": {"probability": 1.0}, "endowed_points": 1e6, "points_per_unit": 0.0, "max_share_of_order": 0.4}
    history = simulate(validated(market([pays, half], basket={"law": "constant", "mean": 20.0})), seed=1)
    orders = int(history.orders.sum())
    taken = {
        name: -history.money[:, history.causes.index(f"{name}:discounts")].sum() / history.unit for name in ("discount", "points")
    }
    assert taken == {"discount": 10.0 * orders, "points": 4.0 * orders}
    assert history.members[:, 0, M_REDEEMED].sum() == 40_000 * orders


def test_what_points_that_pay_are_owed() -> None:
    """Points × their value; what a reward costs, and its threshold, say nothing."""
    runs = replicate(validated(market([PAYS | {"name": "card", "joins": {"probability": 1.0}}])), seed=1, replications=2)
    assert cost_of_unit(runs, "card").tolist() == [0.1, 0.1]


def test_a_silence_ends_the_balance() -> None:
    """Two months after the last order all is gone; an order before begins anew; what is granted later has two months of its own."""
    stage, m, own = member_of(SAVED | {"inactive_months": 2.0})
    here = access.where(m)
    points.on_order(here, 0, 0, MONTH, 10.0 * UNIT)
    assert own.due == 3 * MONTH
    points.on_grant(here, 0, 0, 2 * MONTH, 4.0)  # no order: the silence goes on
    assert own.due == 3 * MONTH
    points.on_order(here, 0, 0, 3 * MONTH - 1, 10.0 * UNIT)
    assert (own.balance, own.due) == (6000, 5 * MONTH - 1)
    points.on_date(here, 0, 0, own.due, 0.0)
    assert (own.balance, own.due, counted(stage, M_EXPIRED)) == (0, NEVER, 6000)
    points.on_grant(here, 0, 0, 6 * MONTH - 5, 1.5)
    assert (own.balance, own.due) == (1500, 8 * MONTH - 5)


def test_how_often_a_silence_ends_it() -> None:
    """Orders at λ a month, gone after m months of silence: λ(T − m)e^(−λm) times by T; λ = .7, m = 1.5, T = 12."""
    rungs = [{"name": "customer", "share": 1.0, "orders_per_month": 0.7}]
    data = market([SAVED | {"inactive_months": 1.5}], rungs=rungs, months=12, market_size=200)
    found = []
    for history in futures(data, log=True):
        assert history.log is not None
        found.append([float((history.events()["event"] == "expire").sum()) / history.size])
    check_z(found, [0.7 * 10.5 * math.exp(-0.7 * 1.5)])


@pytest.mark.parametrize("start", ["2027-01-01", "2023-03-31", "2024-02-29", "1999-12-31"])
@pytest.mark.parametrize("day", ["03-31", "01-01", "02-28", "12-31"])
def test_a_day_of_every_year(start: str, day: str) -> None:
    """For 120 years, 2100 without a leap day among them: the tick nearest to each such day, and the next one after any time."""
    first = datetime.date.fromisoformat(start)
    _, m, _ = member_of(SAVED | {"each_year_on": day}, start_date=first)
    days = [(datetime.date.fromisoformat(f"{first.year + n}-{day}") - first).days for n in range(121)]
    dates = [TICK * round(away / 30.4375 * 30) for away in days if away > 0]
    t = np.int64(0)
    for date in dates:
        assert yearly.next_date(m, 0, points.FIRST_YEAR, t) == date
        assert yearly.next_date(m, 0, points.FIRST_YEAR, date - 1) == date
        t = np.int64(date)


def test_all_is_gone_on_the_day() -> None:
    """From 1 January: on 31 March, tick 88, each balance is gone at once, before that instant's order; the next year again."""
    data = market([SAVED | {"each_year_on": "03-31"}], months=18, start_date=datetime.date(2027, 1, 1))
    events = simulate(validated(data), seed=1, log=True).events()
    gone = events[events["event"] == "expire"]
    ticks = sorted(set((gone["month"] * 30).round(6)))
    assert ticks == [round(89 / 30.4375 * 30), round((89 + 366) / 30.4375 * 30)]
    for tick in ticks:
        held = events[(events["month"] * 30 < tick - 1e-9)].groupby("customer")["event"].apply(lambda one: (one == "earn").sum())
        assert (gone["month"] * 30).round(6).eq(tick).sum() <= (held > 0).sum()
    earned = events[events["event"] == "earn"].groupby("customer")["amount"].sum()
    lost = gone.groupby("customer")["amount"].sum().reindex(earned.index, fill_value=0.0)
    after = events[(events["event"] == "earn") & (events["month"] * 30 > ticks[1] - 1e-9)].groupby("customer")["amount"].sum()
    assert (earned - lost == after.reindex(earned.index, fill_value=0.0)).all()


TEXT = '[[programs]]\nkind = "points"\njoins = { probability = 0.5 }\npoints_per_unit = 1\n'


@pytest.mark.parametrize(("keys", "words"), [
    ("", "reward_at: found nothing, must be given, or point_value"),
    ("reward_at = 5\npoint_value = 1", "found reward_at and point_value, must give only one of them"),
    ("reward_at = 5\nmin_points = 3", "min_points: found no point_value, must have it"),
    ("reward_at = 5\nmax_share_of_order = 0.5", "max_share_of_order: found no point_value"),
    ("point_value = 1\nmax_share_of_order = 0", "max_share_of_order: found 0, must be above 0"),
    ("point_value = 1\ngoal_gradient = 0.5", "min_points: found 0, must be above 0 where goal_gradient is given"),
    ("reward_at = 5\ninactive_months = 3\nexpires_after_months = 2", "expires_after_months and inactive_months, must give only one of them"),
    ('reward_at = 5\neach_year_on = "03-31"', "each_year_on: found '03-31', must have start_date"),
    ('reward_at = 5\neach_year_on = "02-29"', "must be a day of every year, month first, such as 03-31"),
    ('reward_at = 5\neach_year_on = "31-03"', "must be a day of every year"),
    ('reward_at = 5\neach_year_on = "3-31"', "must be a day of every year"),
])  # fmt: skip
def test_refused(keys: str, words: str) -> None:
    """What cannot be is refused in words."""
    with pytest.raises(ScenarioError) as caught:
        loads(with_end(TEXT + keys))
    assert words in str(caught.value)


@pytest.mark.parametrize(("keys", "words"), [
    ("reward_at = 5\nmin_order = 1e6", "programs.points.min_order: found 1e+06, hardly any order gives points"),
    ("reward_at = 5\nwhole_points = true\nper = 1e6", "programs.points.whole_points: found true, at"),
    ("point_value = 1\nmin_points = 1e9", "programs.points.min_points: found 1e+09, points can hardly ever be redeemed"),
])  # fmt: skip
def test_odd(keys: str, words: str) -> None:
    """What is odd is told."""
    assert any(words in str(problem) for problem in warnings(loads(with_end(TEXT + keys))))
