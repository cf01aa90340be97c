"""The loyalty wheel of a history small enough to count by hand, and its means over futures.

Tests: ``planning/wheel.py``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import ladsim
from ladsim import measures
from ladsim.engine.history import History
from ladsim.measures.value import income_statement
from ladsim.measures.wheel import SPOKES, campaign_spokes, rung_spokes, touchpoints
from ladsim.model.layout import CAUSES, CUSTOMER, M_ACTIVE, MEMBER_COUNTS, MOODS, PROGRAM_CAUSES
from ladsim.scenario.spec import Scenario

# Ten people, three months, each standing for ten; amounts in hundredths. What happens is written beside FLOWS.
FILE = """
schema = 1
name = "wheel"
months = 3
market_size = 100
[[rungs]]
name = "lead"
share = 1.0
[[rungs]]
name = "first"
orders_per_month = 1
[[rungs]]
name = "returning"
orders_per_month = 1
[[rungs]]
name = "fan"
role = "ambassador"
orders_per_month = 1
[[rungs]]
name = "lapsed"
off_ladder = "lapsed"
[[steps]]
from = "lead"
to = "first"
monthly = 0.1
[[steps]]
from = "first"
to = "returning"
monthly = 0.1
[[steps]]
from = "first"
to = "lapsed"
monthly = 0.1
[[steps]]
from = "returning"
to = "fan"
monthly = 0.1
[[steps]]
from = "fan"
to = "returning"
monthly = 0.1
[[steps]]
from = "lapsed"
to = "returning"
monthly = 0.1
[[tactics]]
name = "posters"
spoke = "attraction"
touchpoints = ["bus stop"]
response = { half_at = 1.0 }
[[tactics]]
name = "mystery"
response = { half_at = 1.0 }
[[campaigns]]
tactic = "posters"
monthly_spend = 10
[[campaigns]]
tactic = "welcome_series"
monthly_spend = 20
[[campaigns]]
tactic = "mystery"
name = "aimed"
to = ["lapsed", "returning"]
monthly_spend = 5
[[campaigns]]
tactic = "mystery"
name = "everywhere"
monthly_spend = 7
"""
RUNGS = ("lead", "first", "returning", "fan", "lapsed")
# step: people who took it in months 1, 2, 3
FLOWS = {
    ("lead", "first"): (4, 2, 0),
    ("first", "returning"): (0, 2, 1),
    ("first", "lapsed"): (0, 1, 1),
    ("returning", "fan"): (0, 0, 2),
    ("fan", "returning"): (0, 0, 1),
    ("lapsed", "returning"): (0, 0, 1),
}
COUNTS = [[8, 2, 0, 0, 0], [4, 6, 0, 0, 0], [2, 5, 2, 0, 1], [2, 3, 3, 1, 1]]
NAMES = ("posters", "welcome_series", "aimed", "everywhere")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return ladsim.loads(FILE)


@pytest.fixture(scope="module")
def history() -> History:
    """Two customers from the start; four are won in month 1, two in month 2. A stamp card, and satisfaction at the end."""
    causes = (*CAUSES, *NAMES, *(f"card:{cause}" for cause in PROGRAM_CAUSES))
    market = np.zeros((4, len(causes)), np.int64)
    market[1, 6:10] = -1000, -2000, -500, -700
    money = np.zeros((4, len(causes), 1, 5), np.int64)
    money[2, 10:14, 0, 2] = 300, -100, -400, -50  # fees, discounts, rewards, running
    flows = np.zeros((4, len(FLOWS), 1), np.int64)
    flows[1:, :, 0] = np.array(list(FLOWS.values())).T
    cohorts = np.zeros((4, 4, 5), np.int64)
    cohorts[0, 0, 1], cohorts[1, 1, 1], cohorts[2, 2, 1] = 2, 4, 2
    buyers = np.array([[0, 0, 0, 0], [1, 2, 0, 0], [2, 1, 1, 0], [1, 1, 1, 0]])  # 3, 4 and 3 buyers
    orders = np.zeros((4, 1, 5), np.int64)
    orders[1, 0, 1], orders[2, 0, 1], orders[3, 0, 2] = 3, 4, 5
    new = np.zeros((4, 1, 2), np.int64)
    new[1, 0], new[2, 0] = [4, 0], [2, 1]
    customers = np.zeros(10, CUSTOMER)
    customers["booked"] = [3, 2, 2, 1, 1, 1, 1, 1, 0, 0]
    members = np.zeros((4, 1, len(MEMBER_COUNTS)), np.int64)
    members[1:, 0, M_ACTIVE] = 0, 2, 2
    moods = np.zeros((4, 1, 5, len(MOODS)), np.int64)
    moods[3, 0, 1, :4] = 1, 1, 1, 18_000_000
    moods[3, 0, 2, :4] = 3, 0, 0, 27_000_000
    moods[3, 0, 3, :4] = 1, 0, 0, 9_000_000
    steps = tuple((a, b, "time") for a, b in FLOWS)
    return History(
        strategy=None, seed=1, replication=0, scale=10.0, unit=100, months=np.array([0.0, 1.0, 2.0, 3.0]), rung_names=RUNGS,
        step_names=tuple(f"{a}.{b}" for a, b, _ in steps), step_ends=steps, segment_names=("all",), layer_names=(), kind_names=(),
        causes=causes, on_ladder=np.array([True] * 4 + [False]), is_customer=np.array([False, True, True, True, False]),
        talks=np.zeros(5, bool), discount_per_month=0.0, counts=np.array(COUNTS)[:, None, :], flows=flows, orders=orders,
        order_kinds=np.zeros((4, 0), np.int64), new_customers=new, money=money, market_money=market,
        daily=np.zeros((91, len(causes)), np.int64), messages=np.zeros((4, 0, 3), np.int64), cohorts=cohorts, cohort_buyers=buyers,
        returns=np.zeros((4, 1, 3), np.int64), leavers=np.zeros((4, 1, 6), np.int64),
        customers=customers, cause_kinds=("revenue", "contribution", "contribution"), program_names=("card",),
        program_kinds=("points",), program_units=(1000,), level_names=(("", "member"),), members=members,
        levels=np.zeros((4, 2), np.int64), moods=moods,
    )  # fmt: skip


def test_every_rung_has_a_spoke(history: History, scenario: Scenario) -> None:
    """By its role: said, or by its name or place on the ladder."""
    spokes = ["attraction", "onboarding", "repurchase", "engagement", "repurchase"]
    assert rung_spokes(history, scenario) == dict(zip(RUNGS, spokes, strict=True))


def test_scores_counted_by_hand(history: History, scenario: Scenario) -> None:
    """Each is 100 × the share that its definition says."""
    table = measures.wheel_scores(history, scenario)
    assert table["spoke"].tolist() == list(SPOKES)
    # won: 6 of 8 leads; climbed on: 3 of 2 + 6 who stood on `first`; buyers 10 of customer-months 4 + 6.5 + 7; members 4 of 10
    # buyers; satisfaction 54 of 70 points; ordered twice: 3 of 8.
    wanted = [75.0, 100 * 3 / 8, 100 * 10 / 17.5, 40.0, 100 * 54 / 70, 100 * 3 / 8]
    assert table["score"].tolist() == pytest.approx(wanted)
    assert table["measured_by"].tolist() == ["won", "climbed", "active", "members", "satisfaction", "bought_twice"]


def test_what_cannot_be_measured_has_no_score(history: History, scenario: Scenario) -> None:
    """Without programmes, satisfaction and orders the score is NaN, not 0; a slim history needs the repurchase rate."""
    bare = replace(
        history, program_names=(), program_kinds=(), level_names=(), moods=np.zeros(0, np.int64), orders=0 * history.orders,
        causes=history.causes[:10], customers=None,
    )  # fmt: skip
    table = measures.wheel_scores(bare, scenario, repurchase=float("nan"))
    assert table["measured_by"].tolist() == ["won", "climbed", "", "", "", ""]
    assert np.isnan(table["score"][2:]).all()
    with pytest.raises(ladsim.LadsimError, match="rows per customer"):
        measures.wheel_scores(bare, scenario)


def test_onboarding_without_a_rung_above(history: History) -> None:
    """On a ladder of lead and customer, those count who order in the month after: 1 of 4 won in month 1, 1 of 2 in month 2."""
    scenario = ladsim.loads(FILE.replace('role = "ambassador"\norders_per_month = 1', ""))
    steps = tuple(("first", "lapsed", "time") if a == "first" else (a, b, t) for a, b, t in history.step_ends)
    table = measures.wheel_scores(replace(history, step_ends=steps), scenario)
    assert table["measured_by"][1] == "ordered_again"
    assert table["score"][1] == pytest.approx(100 * 2 / 6)


def test_spend_is_all_that_is_spent(history: History, scenario: Scenario) -> None:
    """Own spoke, the library's, the audience's, none; a programme's costs, without its fees, are reward."""
    assert campaign_spokes(scenario) == dict(zip(NAMES, ["attraction", "onboarding", "repurchase", "unassigned"], strict=True))
    table = measures.wheel_spend(history, scenario)
    assert table["lever"].tolist() == [*NAMES, "card"]
    assert table["spoke"].tolist() == ["attraction", "onboarding", "repurchase", "unassigned", "reward"]
    assert table["spend"].tolist() == pytest.approx([100.0, 200.0, 50.0, 70.0, 55.0])
    campaigns = table.loc[table["kind"] == "campaign", "spend"].sum()
    assert campaigns == pytest.approx(income_statement(history)["spend"].sum())


def test_losses_and_moves_are_all_flows_once(history: History, scenario: Scenario) -> None:
    """Two left from `first`, one fell from `fan`; every other flow is a move, under the spoke of the rung it leaves."""
    losses = measures.wheel_losses(history, scenario).set_index("rung")
    assert losses["lost"].to_dict() == {"lead": 0.0, "first": 20.0, "returning": 0.0, "fan": 0.0}
    assert losses["fallen"].to_dict() == {"lead": 0.0, "first": 0.0, "returning": 0.0, "fan": 10.0}
    moves = measures.wheel_moves(history, scenario)
    steps = moves[moves["measure"] == "step"].set_index("of")
    assert steps["value"].to_dict() == {
        "lead.first": 60.0,
        "first.returning": 30.0,
        "returning.fan": 20.0,
        "lapsed.returning": 10.0,
    }
    assert steps["spoke"].tolist() == ["attraction", "onboarding", "repurchase", "repurchase"]
    together = steps["value"].sum() + losses["lost"].sum() + losses["fallen"].sum()
    assert together == 10 * history.flows.sum()
    other = moves[moves["measure"] != "step"].set_index("measure")["value"]
    assert other[["new_customers", "referred_customers", "customers_end"]].tolist() == [60.0, 10.0, 70.0]
    # 1 of the 2 who ever lapsed came back; promoters 5, detractor 1 of 7
    assert other[["won_back", "nps", "satisfaction"]].tolist() == pytest.approx([0.5, 400 / 7, 54 / 7])
    assert (other["ordered_again"], other["fees"], other["detractors"]) == pytest.approx((2 / 6, 30.0, 10.0))


def test_touchpoints_are_those_in_use(scenario: Scenario) -> None:
    """A tactic's own, the library's of a tactic it has, and where no campaign is, the library's as a proposal."""
    found = touchpoints(scenario)
    assert found["attraction"] == (("bus stop",), True)
    assert found["onboarding"][1]
    assert found["feedback"] == (("survey", "customer service", "reviews"), False)


def test_over_futures() -> None:
    """Means lie within their intervals; shares of spend and losses sum to 1; every shipped lever has a spoke."""
    runs = ladsim.replicate(ladsim.load("ladder_guide"), strategy="balanced", replications=4, sample=400, processes=1)
    wheel = ladsim.loyalty_wheel(runs)
    spokes = wheel.spokes
    assert spokes["spoke"].tolist() == list(SPOKES)
    assert spokes["spend_share"].sum() == pytest.approx(1.0)
    assert spokes["lost_share"].sum() == pytest.approx(1.0)
    assert spokes["spend"].sum() == pytest.approx(np.mean([one.scalars["spend"] for one in runs.summaries]))
    known = spokes[spokes["score"].notna()]
    assert (known["score_low"] <= known["score"]).all()
    assert (known["score"] <= known["score_high"]).all()
    assert set(spokes.loc[spokes["score"].isna(), "spoke"]) == {"reward"}
    again = spokes.set_index("spoke")["score"]
    table = runs.measures.set_index("measure")
    assert again["repurchase"] == pytest.approx(100 * table.loc["repurchase_rate", "mean"]), "one number for one measure"
    moves = wheel.moves.set_index("measure")
    assert moves.loc["returning_share", "mean"] == pytest.approx(table.loc["returning_share", "mean"])
