"""The pull of the next level: orders by a chain solved exactly, each member's factor by a second reckoning from the log, rules by hand.

Tests: ``scenario/programs/gradient.py``, ``scenario/programs/tiers.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import ScenarioError
from ladsim.model import access
from ladsim.model.layout import E_LEVEL, E_ORDER, M_CONTACTS, MONTH, NEVER, P_RUNNING
from ladsim.model.membership import change_levels, foresee_levels, join
from ladsim.scenario.check import warnings
from ladsim.scenario.load import loads, validated
from ladsim.scenario.programs import tiers as rules
from tests.model.by_hand import UNIT, at_start, ladder
from tests.programs.played import check_z, futures, market, members
from tests.programs.test_tiers import tiers
from tests.scenario.texts import with_end

RATE, KAPPA, GAMMA, WORTH = 0.5, 1.5, 2.0, 2.0
GOLD = 4  # orders
RUNGS = [{"name": "customer", "share": 1.0, "orders_per_month": RATE}]
LEVELS = [
    {"name": "basic", "orders": 0.0},
    {"name": "gold", "orders": float(GOLD), "cost_per_member": 0.5, "perceived_value": 1.0},
]
PULLING = {"kind": "tiers", "joins": {"probability": 1.0}, "levels": LEVELS, "goal_gradient": KAPPA, "goal_gradient_power": GAMMA}
MOST = 40  # orders in half a year, of which there are never so many


def orders_per_month(orders: int, is_pulled: bool) -> float:
    """The rate of who has ordered so often: faster towards gold, as ever from there on."""
    pulled = KAPPA * WORTH * (orders / GOLD) ** GAMMA if orders < GOLD and is_pulled else 0.0
    return RATE * (1.0 + pulled)


def after(shares: np.ndarray, months: float, is_pulled: bool) -> np.ndarray:
    """The shares with 0, 1, … orders, so many months later: the forward equation of the chain, solved exactly."""
    rates = np.array([orders_per_month(n, is_pulled) for n in range(MOST)])
    rates[-1] = 0.0
    moves = np.diag(-rates) + np.diag(rates[:-1], 1)
    return np.asarray(shares @ expm(moves * months))


def test_orders_towards_a_level() -> None:
    """Orders, and who has gold, at three times in the first half-year: a chain in which n orders have the rate λ(1 + κ·v·(n / k)^γ)."""
    said, start = [], np.eye(MOST)[0]
    for month in (2, 4, 6):
        shares = after(start, month, is_pulled=True)
        said += [float(shares @ np.arange(MOST)), float(shares[GOLD:].sum())]
    found = [orders_and_gold(history) for history in futures(market([PULLING], rungs=RUNGS, market_size=400))]
    check_z(found, said)
    assert said[4] > 1.2 * RATE * 6  # what the pull does is much more than luck


def orders_and_gold(history: History) -> list[float]:
    """Orders a member until months 2, 4 and 6, and the share that has gold."""
    orders = history.orders.sum(axis=(1, 2)).cumsum()
    return [found for month in (2, 4, 6) for found in (orders[month] / history.size, history.levels[month, 2] / history.size)]


def test_orders_towards_a_level_that_statements_tell_of() -> None:
    """A statement every two months to those who have ordered and have no gold; each is pulled for the month after it, and no other."""
    told, unseen, contacts, said = np.zeros(MOST), np.eye(MOST)[0], 0.0, []
    for month in range(1, 7):
        told, unseen = after(told, 1.0, is_pulled=True), after(unseen, 1.0, is_pulled=False)
        said.append(float((told + unseen) @ np.arange(MOST)))
        everybody = told + unseen
        told = np.zeros(MOST)
        if month % 2 == 0:
            told[1:GOLD] = everybody[1:GOLD]
            contacts += float(told.sum())
        unseen = everybody - told
    program = PULLING | {"statement_every_months": 2.0}
    found = []
    for history in futures(market([program], rungs=RUNGS, market_size=400)):
        sent = history.members[:, 0, M_CONTACTS].sum()
        found.append([*(history.orders.sum(axis=(1, 2)).cumsum()[1:] / history.size), sent / history.size])
    check_z(found, [*said, contacts])


def factor_by_hand(orders: list[tuple[int, int]], levels: list[tuple[int, int]], now: int, asked: list[int], every: int) -> float:
    """What the next level makes of somebody's rate just after `now`: from its (time, amount) of orders and (time, level), member since 0."""

    def level_at(t: int) -> int:
        return max([(1, 0), *((level, time) for time, level in levels if time <= t)], key=lambda found: found[1])[0]

    def held_after(t: int) -> int:
        month = t // MONTH + 1  # the month of membership that follows
        return sum(amount for time, amount in orders if time <= t and -(-time // MONTH) > month - 12)

    def is_to_be_told(t: int) -> bool:
        return level_at(t) < len(asked) and held_after(t) > 0

    if every and not any(is_to_be_told(t) for t in range(every, now + 1, every) if t + MONTH > now):
        return 1.0
    level = level_at(now)
    if level == len(asked):
        return 1.0
    return 1.0 + KAPPA * (held_after(now) / asked[level]) ** GAMMA


@pytest.mark.parametrize("every", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("by", ["orders", "spend"])
@pytest.mark.parametrize("months", [8.3, 14.0, 28.6])
def test_each_factor_by_hand(months: float, by: str, every: float) -> None:
    """What every member's row says at the end is what its log gives: orders that have left the window, levels lost, months since a statement."""
    size = 1 if by == "orders" else 10
    program = tiers(0.0, 3.0 * size, 7.0 * size, by=by, goal_gradient=KAPPA, goal_gradient_power=GAMMA)
    if every:
        program |= {"statement_every_months": every}
    rungs = [{"name": "customer", "share": 1.0, "orders_per_month": 0.2}]
    data = market([program], rungs=rungs, months=months, market_size=80)
    history, rows = simulate(validated(data), seed=1, log=True), members(data)
    assert history.log is not None
    unit, now, found = (1 if by == "orders" else 10 * history.unit), round(months * MONTH), []
    for customer in range(history.size):
        life = history.log[history.log["customer"] == customer]
        orders = [(int(t), unit) for t in life["time"][life["event"] == E_ORDER]]
        given = life[life["event"] == E_LEVEL]
        levels = [(int(row["time"]), int(row["amount"]) // history.unit) for row in given]
        found.append(factor_by_hand(orders, levels, now, [0, 3 * unit, 7 * unit], round(every * MONTH)))
    assert rows["orders"][0] == pytest.approx(found, abs=1e-12)
    assert len(set(found)) > 3


@pytest.mark.parametrize("engine", ["simpy", "fast"])
def test_a_pull_of_nothing_changes_nothing(engine: str) -> None:
    """κ = 0 with statements: the same history as without, but for the contacts."""
    plain, told = tiers(0.0, 2.0, 5.0), tiers(0.0, 2.0, 5.0, statement_every_months=1.0)
    both = [simulate(validated(market([p], rungs=RUNGS, months=14)), log=True, engine=engine) for p in (plain, told)]
    logs = [history.log for history in both]
    assert logs[0] is not None and logs[1] is not None and np.array_equal(logs[0], logs[1])
    contacts = [history.members[:, 0, M_CONTACTS].sum() for history in both]
    assert contacts[0] == 0 < contacts[1]


@pytest.fixture
def numbers_as_compiled() -> Iterator[None]:
    """Whole numbers of 64 bits begin again at 0 without a word."""
    with np.errstate(all="ignore"):
        yield


def member_of(program: dict[str, Any]) -> tuple[Any, Any]:
    """A market of one programme, which customer 0 has joined at the start; its record."""
    rungs = [{"name": "buyer", "share": 1.0, "orders_per_month": 1.0}, {"name": "gone", "off_ladder": True}]
    stage, m = at_start(ladder(rungs, programs=[program | {"joins": {"on_rungs": "gone", "probability": 1.0}}], months=40))
    access.member(m, 0, 0).due = NEVER
    access.member(m, 0, 0).orders = 1.0
    join(m, 0, 0, 0)
    return stage, m


def order(m: Any, t: int, paid: float = 10.0) -> float:
    """The factor after an order."""
    foresee_levels(m, 0, t, paid * UNIT, 1.0)
    change_levels(m, 0, t)
    return float(access.member(m, 0, 0).orders)


def follow(m: Any, until: int) -> list[tuple[int, int, float]]:
    """The member's dates until then, each with level and factor behind it."""
    own, found = access.member(m, 0, 0), []
    while own.due <= until:
        t = int(own.due)
        rules.on_date(access.where(m), 0, 0, t, 0.0)
        assert own.due > t
        found.append((t, int(own.level), float(own.orders)))
    return found


@pytest.mark.usefixtures("numbers_as_compiled")
def test_rules_by_hand() -> None:
    """Silver at 2 orders, gold at 4, κ = 1: one order is half of silver, two are half of gold, three three quarters; gold pulls nobody."""
    _, m = member_of(tiers(0.0, 2.0, 4.0, goal_gradient=1.0))
    assert [order(m, t) for t in (5, MONTH, MONTH + 7, 2 * MONTH)] == [1.5, 1.5, 1.75, 1.0]
    # Gold until the review at 12 months, when all four still count; of these two are gone behind month 12, two behind month 13.
    assert follow(m, 23 * MONTH) == [(12 * MONTH, 3, 1.0)]
    # At the review after two years nothing is left: the lowest level, and nothing pulls.
    assert follow(m, 24 * MONTH) == [(24 * MONTH, 1, 1.0)]


@pytest.mark.usefixtures("numbers_as_compiled")
def test_what_leaves_the_window_pulls_no_longer() -> None:
    """Orders in months 1, 2 and 14 by hand: half of gold and a quarter, until months end."""
    _, m = member_of(tiers(0.0, 4.0, goal_gradient=1.0))
    assert [order(m, t) for t in (5, MONTH + 5)] == [1.25, 1.5]
    assert follow(m, 12 * MONTH) == [(12 * MONTH, 1, 1.25)]  # what was ordered in month 1 counted until then
    assert order(m, 13 * MONTH) == 1.25 + 0.25 - 0.25  # at the end of month 13 that of month 2 leaves, and this one comes
    assert follow(m, 30 * MONTH) == [(24 * MONTH, 1, 1.0)]


@pytest.mark.usefixtures("numbers_as_compiled")
def test_statements_by_hand() -> None:
    """Spend towards 80: told every three months for 0.3 once something is spent; pulled for a month; nobody is told at the top."""
    program = tiers(0.0, 80.0, by="spend", goal_gradient=1.0, statement_every_months=3.0, statement_cost=0.3)
    stage, m = member_of(program)
    assert follow(m, 3 * MONTH) == [(3 * MONTH, 1, 1.0)]  # nothing spent: no statement
    assert order(m, 4 * MONTH, 20.0) == 1.0  # nobody has told her
    assert follow(m, 6 * MONTH) == [(6 * MONTH, 1, 1.25)]
    assert order(m, 6 * MONTH + 1, 20.0) == 1.5
    assert follow(m, 9 * MONTH - 1) == [(7 * MONTH, 1, 1.0)]
    assert order(m, 9 * MONTH - 1, 40.0) == 1.0
    assert access.member(m, 0, 0).level == 2
    assert follow(m, 12 * MONTH) == [(9 * MONTH, 2, 1.0), (12 * MONTH, 2, 1.0)]
    assert stage.books.members[:, 0, M_CONTACTS].sum() == 1
    assert stage.books.money[:, access.program(m, 0).cause + P_RUNNING].sum() == -round(0.3 * UNIT)


def test_a_pull_begins_and_ends_at_a_fork() -> None:
    """Other terms from month 3: the pull is what they say from there on, as in a market that was always pulled where nobody had ordered."""
    plain, pulled = (market([tiers(0.0, 50.0, goal_gradient=pull)], rungs=RUNGS, months=6) for pull in (0.0, 3.0))
    orders = {}
    for name, before, then in (
        ("kept", plain, plain),
        ("begins", plain, pulled),
        ("ends", pulled, plain),
        ("always", pulled, pulled),
    ):
        first = simulate(validated(before), seed=4, save_at=3, log=True)
        orders[name] = first.fork(validated(then)).orders.sum(axis=(1, 2))
    assert np.array_equal(orders["always"], simulate(validated(pulled), seed=4).orders.sum(axis=(1, 2)))
    assert orders["begins"][:4].tolist() == orders["kept"][:4].tolist()
    assert orders["begins"][4:].sum() > orders["kept"][4:].sum()
    assert orders["ends"][:4].tolist() == orders["always"][:4].tolist()
    assert orders["ends"][4:].sum() < orders["always"][4:].sum()


TIERS = """
[[programs]]
kind = "tiers"
joins = { probability = 0.5 }
PROGRAM
[[programs.levels]]
name = "basic"
spend = 0.0
LOWEST
[[programs.levels]]
name = "gold"
spend = 60.0
GOLD
"""


def written(program: str = "", lowest: str = "", gold: str = "") -> str:
    """A file with two levels, and these keys."""
    return with_end(TIERS.replace("PROGRAM", program).replace("LOWEST", lowest).replace("GOLD", gold))


def test_a_value_without_a_cost_is_refused() -> None:
    """What a level is worth is compared with what it costs; where it costs nothing there is no ratio."""
    with pytest.raises(ScenarioError, match=r"levels\.gold\.cost_per_member: found 0, must be above 0 where perceived_value"):
        loads(written("goal_gradient = 0.5", gold="perceived_value = 2"))
    found = warnings(loads(written("goal_gradient = 0.5", gold="perceived_value = 2\ncost_per_member = 1")))
    assert [str(w) for w in found if w.place.startswith("programs")] == []


@pytest.mark.parametrize(
    ("keys", "place", "words"),
    [
        ({"program": "statement_cost = 0.5"}, "programs.tiers.statement_cost", "no statement is ever sent"),
        ({"program": "statement_every_months = 3"}, "programs.tiers.statement_every_months", "do nothing because of it"),
        (
            {"gold": "perceived_value = 2\ncost_per_member = 1"},
            "programs.tiers.levels.gold.perceived_value",
            "without goal_gradient",
        ),
        (
            {"program": "goal_gradient = 1", "lowest": "perceived_value = 2\ncost_per_member = 1"},
            "programs.tiers.levels.basic.perceived_value",
            "the lowest level",
        ),
    ],
)
def test_odd(keys: dict[str, str], place: str, words: str) -> None:
    """Money that buys nothing, and numbers that change nothing, are warned of."""
    assert [str(w) for w in warnings(loads(written(**keys))) if w.place == place and words in str(w)]
