"""Target groups: numbers counted by hand, worths beside their closed form, costs against an audience known in advance.

Tests: ``planning/acquisition_cost.py``, ``planning/customer_value.py``, ``planning/marginal_value.py``,
``planning/segment_numbers.py``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladsim.errors import ScenarioError, StudyError
from ladsim.planning.acquisition_cost import spent, winning_campaigns
from ladsim.planning.columns import columns_of, meanings_of
from ladsim.planning.marginal_value import MarginalValue, with_nowhere
from ladsim.planning.output import write_study
from ladsim.planning.potential import Potential, _classes, _shares, potential
from ladsim.planning.reproduce import again
from ladsim.planning.run import run_with_extra
from ladsim.planning.tables import tables_of
from ladsim.scenario.draws import Draws
from ladsim.scenario.load import load, loads
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import tables
from ladsim.theory.markov import lifetime_value, value_within

REFERENCE = Path(__file__).resolve().parents[2] / "scenarios" / "classics" / "reference_ladder.toml"
QUICK = {"replications": 2, "processes": 1}

# Leads stay what they are, buyers leave at .1 a month: everything can be counted by hand.
STILL = """
schema = 1
name = "Still market"
months = 12
market_size = 1_000
[[rungs]]
name = "lead"
share = 0.6
[[rungs]]
name = "buyer"
share = 0.4
orders_per_month = 1.0
cost_per_month = 2.0
entry_cost = 3.0
[[steps]]
from = "lead"
to = "buyer"
rate = 0.0
is_order = true
[[steps]]
from = "buyer"
to = "lead"
rate = 0.1
[basket]
law = "constant"
mean = 10
[money]
margin = 0.5
cost_per_order = 1.0
discount_per_year = 0.1
"""
SEGMENTS = """
[[segments]]
name = "one"
share = 0.25
addressable_share = 0.8
[[segments]]
name = "two"
share = 0.75
addressable_share = 0.5
margin = 0.7
factors = { basket = 2.0 }
"""


@pytest.fixture(scope="module")
def still() -> Scenario:
    """A market of 1,000 in two segments, whose leads stay what they are."""
    return loads(STILL + SEGMENTS)


@pytest.fixture(scope="module")
def counted(still: Scenario) -> Potential:
    """What there is to win in it with 900."""
    return potential(still, None, 900.0, cost_per_customer={"one": 20.0, "two": 8.0}, **QUICK)


def row(table: pd.DataFrame, **where: str) -> pd.Series:
    """The one row where columns have these values."""
    for column, value in where.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def test_how_many_there_are_and_can_be(counted: Potential) -> None:
    """Of 250 and 750 people, .8 and .5 have the need: 200 and 375; who is a customer already is no longer to be won."""
    for name, size, can_be in (("one", 250.0, 200.0), ("two", 750.0, 375.0)):
        own = row(counted.segments, segment=name)
        assert (own["size"], own["can_be"]) == (size, can_be)
        buyers = row(counted.rungs, segment=name, rung="buyer")
        assert buyers["now"] == own["customers_now"]
        assert own["addressable"] == pytest.approx(can_be - own["customers_now"])
        assert buyers["room"] == pytest.approx(can_be - buyers["now"])
    assert counted.rungs["now"].sum() == 1000.0
    assert counted.segments["customers_now"].sum() == 400.0


def test_worth_and_highest_cost_by_hand(counted: Potential) -> None:
    """A buyer earns 1·(10·.5 − 1) − 2 = 2 a month and leaves at .1: V = 2/(δ + .1). Winning one books an order (4) and an entry (3).

    In segment two the basket is 20 and the margin .7: 13 − 2 = 11 a month, the order 13. Leads never buy: they are worth 0.
    """
    discount = np.log(1.1) / 12
    for name, monthly, order in (("one", 2.0, 4.0), ("two", 11.0, 13.0)):
        value = monthly / (discount + 0.1)
        assert row(counted.rungs, segment=name, rung="buyer")["customer_value"] == pytest.approx(value, rel=1e-9)
        assert row(counted.rungs, segment=name, rung="lead")["customer_value"] == pytest.approx(0.0, abs=1e-12)
        highest = row(counted.winning, segment=name)["max_acquisition_cost"]
        assert highest == pytest.approx(value + order - 3.0, rel=1e-9)
        assert row(counted.segments, segment=name)["max_acquisition_cost"] == pytest.approx(highest)
    assert counted.basis == "closed form" and counted.reason == ""


def test_the_budget_goes_where_it_brings_most(counted: Potential) -> None:
    """Segment two brings more for a cost of 8; what is left when all there are won does not go to one, who costs 20 for 19.5."""
    two = row(counted.segments, segment="two")
    part = row(counted.plan, segment="two")
    assert part["people"] == pytest.approx(min(two["addressable"], 900.0 / 8.0))
    assert part["gain"] == pytest.approx(part["people"] * (two["max_acquisition_cost"] - 8.0))
    one = row(counted.segments, segment="one")
    assert one["max_acquisition_cost"] < 20.0
    assert counted.plan["segment"].tolist() == ["two"]
    assert two["behind"] == 0.0
    assert one["behind"] == pytest.approx(two["max_acquisition_cost"] / 8.0 - one["max_acquisition_cost"] / 20.0)


def test_own_margins_change_what_is_earned(still: Scenario, counted: Potential) -> None:
    """Earned is revenue × own margin − orders × cost per order − serving − entries, per segment, from the futures' own books."""
    total = np.zeros(2)
    for history in counted.runs.histories:
        revenue = history.money[:, 0].sum(axis=(0, 2)) / history.unit
        orders = history.orders.sum(axis=(0, 2))
        serving = history.money[:, [3, 4]].sum(axis=(0, 1, 3)) / history.unit
        total += revenue * np.array([0.5, 0.7]) - orders * 1.0 + serving
    assert counted.segments["earned"].to_numpy() == pytest.approx(total / 2)
    assert counted.segments["profit_share"].sum() == pytest.approx(1.0)
    assert counted.segments["customer_share"].sum() == pytest.approx(1.0)


def test_a_loss_has_no_share_of_what_is_earned() -> None:
    """Beside a segment that loses 20 the one that earns 120 has all of it, not 120 %: 150 of 160 in both futures together."""
    found = _shares(np.array([[120.0, -20.0], [30.0, 10.0]]))
    assert found.mean(axis=0).tolist() == [150 / 160, 10 / 160]
    assert np.isnan(_shares(np.array([[-1.0, 0.0], [-2.0, -3.0]]))).all(), "where nobody gains there is no share"


def test_a_conversion_factor_is_a_factor_on_the_steps_that_win(still: Scenario) -> None:
    """It stands on lead → buyer alone, beside the segment's own factors; a step away from customers keeps its rate."""
    text = STILL.replace("rate = 0.0", "rate = 0.2") + SEGMENTS.replace(
        'name = "one"\n', 'name = "one"\nconversion_factor = 1.5\nfactors = { "steps.lead.buyer" = 2.0 }\n'
    )
    laid_out = tables(loads(text))
    names = laid_out.step_names
    assert laid_out.segment_step[:, names.index("lead.buyer")].tolist() == [3.0, 1.0]
    assert laid_out.segment_step[:, names.index("buyer.lead")].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("segment", [0, 1])
def test_simulated_worths_meet_their_closed_form(segment: int) -> None:
    """V1: what people put on a rung bring within 24 months is ∫ e^(−δt) e^(Qt) r dt, |z| ≤ 4 on every rung; a lost one brings 0."""
    text = REFERENCE.read_text(encoding="utf-8") + SEGMENTS
    scenario = override(loads(text), {"months": 24.0, "market_size": 2_000})
    apart, rungs = Draws(with_nowhere(scenario), 5), tuple(range(6))
    _, (found,) = run_with_extra(
        scenario, [None], lambda together: [MarginalValue(together, apart, segment, rungs)], seed=5, replications=30, sample=None, processes=1,
        progress=None, overrides=None,
    )  # fmt: skip
    customer_values = np.array(found)
    laid_out = tables(scenario)
    market = laid_out.market.copy()
    market["margin"] = 0.7 if segment else 1.0
    wanted = value_within(replace(laid_out, market=market), 24.0, segment).to_numpy()
    error = customer_values.std(axis=0, ddof=1) / np.sqrt(len(customer_values))
    assert (np.abs(customer_values.mean(axis=0) - wanted) <= 4.0 * error + 1e-9).all()
    assert (customer_values[:, 5] == 0.0).all()


def test_the_closed_form_is_that_of_the_reference_ladder() -> None:
    """V1: the worths for life are those of verification.md; within 400 months they are as good as reached."""
    found = potential(load(REFERENCE), **QUICK).rungs.set_index("rung")["customer_value"]
    published = {"lead": 59.86309, "prospect": 95.04927, "customer": 225.79747, "repeat": 320.30788, "ambassador": 458.75076}
    assert found[list(published)].tolist() == pytest.approx(list(published.values()), rel=1e-7)
    laid_out = tables(load(REFERENCE))
    assert value_within(laid_out, 2000.0).to_numpy() == pytest.approx(lifetime_value(laid_out).to_numpy(), rel=1e-6)


def test_recommending_is_part_of_a_worth() -> None:
    """One who never buys but tells a friend every month, whereupon the friend surely buys once, is worth what the friends buy.

    Every friend's order leaves 10. Everybody is a friend of everybody and there are many: nobody hears it twice in a month.
    """
    text = """
schema = 1
name = "Talkers"
months = 1
market_size = 20_000
[[rungs]]
name = "lead"
share = 1.0
customer = false
[[rungs]]
name = "buyer"
customer = true
[[rungs]]
name = "talker"
messages_per_month = 2.0
[[steps]]
from = "lead"
to = "buyer"
trigger = "message"
probability = 1.0
is_order = true
[basket]
law = "constant"
mean = 10
[[word_of_mouth]]
layer = "all"
graph = { kind = "everyone" }
"""
    found = potential(loads(text), seed=2, replications=30, processes=1)
    value = row(found.rungs, segment="everybody", rung="talker")
    assert found.basis == "simulated" and "messages" in found.reason
    error = (value["customer_value_high"] - value["customer_value_low"]) / 2.0 / 2.045
    # Delivered at the end of the day: of two messages a month those of the last day arrive, too; 100 talkers meet each other rarely.
    assert value["customer_value"] == pytest.approx(20.0, abs=4.0 * error + 0.2)


CAMPAIGN = """
[[channels]]
name = "search"
response = { half_at = 1.0 }
effects = [{ on = "steps.lead.buyer", full = 4.0 }]
[[campaigns]]
channel = "search"
monthly_spend = 500
"""


def test_a_campaign_says_what_a_customer_costs() -> None:
    """The cost is spend ÷ customers that would not have come: here by the rates with and without it, in closed form."""
    text = STILL.replace("rate = 0.0", "rate = 0.01").replace("share = 0.6", "share = 1.0").replace("share = 0.4\n", "")
    text = (
        text.replace("market_size = 1_000", "market_size = 4_000")
        .replace("months = 12", "months = 1")
        .replace("rate = 0.1", "rate = 0.0")
    )
    found = potential(loads(text + CAMPAIGN), replications=20, processes=1)
    own = row(found.segments, segment="everybody")
    strength = 1.0 - 0.5 ** (500 / 4_000)
    wanted = 500.0 / (4_000 * (np.exp(-0.01) - np.exp(-0.01 * (1.0 + 4.0 * strength))))
    assert own["cost_from"] == "campaigns"
    assert own["cost_low"] <= wanted <= own["cost_high"]
    assert own["cost"] == pytest.approx(wanted, rel=0.25)
    assert found.basis == "simulated" and "campaigns" in found.reason


def test_a_campaign_set_off_by_an_event_stays_in_the_market(still: Scenario) -> None:
    """Only the campaigns that aim at people who are no customers are left out; one after an event has no dates, and is kept."""
    after = """
[[tactics]]
name = "hello"
effects = []
[[campaigns]]
tactic = "hello"
after = "order"
cost_per_contact = 0.5
"""
    text = STILL.replace("rate = 0.0", "rate = 0.05")
    found = potential(loads(text + CAMPAIGN + after), **QUICK)
    plain = potential(loads(text + CAMPAIGN), **QUICK)
    own, alone = (row(study.segments, segment="everybody") for study in (found, plain))
    assert own["cost_from"] == "campaigns"
    assert own["cost"] == alone["cost"]
    assert own["earned"] < alone["earned"]


def test_a_campaigns_money_goes_by_its_audience() -> None:
    """All of a campaign's spend is on the segments it aims at, in proportion to their people on its rungs."""
    text = STILL.replace("rate = 0.0", "rate = 0.02") + SEGMENTS + CAMPAIGN
    for aim, wanted in ((None, None), ('["two"]', 0.0)):
        scenario = loads(text + (f"segments = {aim}\n" if aim else ""))
        found = potential(scenario, **QUICK)
        history = found.runs.histories[0]
        money = spent(history, winning_campaigns(tables(scenario)))
        assert money.sum() == pytest.approx(500.0 * 12)
        if wanted is not None:
            assert money[0] == wanted
        else:
            leads = history.counts[:-1, :, 0]
            assert money == pytest.approx((500.0 * leads / leads.sum(axis=1, keepdims=True)).sum(axis=0), rel=1e-9)


OUTSIDE = """
[[rungs]]
name = "newcomer"
off_ladder = "outside"
share = 0.1
[[steps]]
from = "newcomer"
to = "buyer"
monthly = 0.05
is_order = true
"""


def test_who_is_still_outside_is_to_be_won_too() -> None:
    """A campaign at people outside the market wins customers: its 500 a month are in the price of one, as those at leads are.

    Left out, a firm that advertises to people who have not moved here yet would be told that they come for nothing, and would be sent
    to win them first. A campaign at buyers alone wins nobody.
    """
    text = STILL.replace("share = 0.6", "share = 0.5") + OUTSIDE
    channel = CAMPAIGN.partition("[[campaigns]]")[0].replace("steps.lead.buyer", "steps.newcomer.buyer")
    found = {}
    for rung in ("newcomer", "lead", "buyer"):
        aimed = f'[[campaigns]]\nname = "{rung}s"\nchannel = "search"\nto = ["{rung}"]\nmonthly_spend = 500\n'
        scenario = loads(text + channel + aimed)
        found[rung] = [campaign.name for campaign in winning_campaigns(tables(scenario))]
        if rung == "newcomer":
            history = potential(scenario, **QUICK).runs.histories[0]
            assert spent(history, winning_campaigns(tables(scenario))).sum() == pytest.approx(500.0 * 12)
            assert row(potential(scenario, **QUICK).segments, segment="everybody")["cost_from"] == "campaigns"
    assert found == {"newcomer": ["newcomers"], "lead": ["leads"], "buyer": []}


def test_without_a_cost_the_rest_still_stands(still: Scenario) -> None:
    """No campaign and no cost: nothing can be divided, but what a customer may cost is known."""
    found = potential(still, None, 900.0, **QUICK)
    assert found.plan.empty
    assert found.segments["cost"].isna().all() and found.segments["max_acquisition_cost"].notna().all()


def test_uncertain_numbers_widen_the_interval() -> None:
    """A worth in closed form differs between the parameter draws: it has an interval, and two futures of a draw share it."""
    text = STILL.replace("mean = 10", "mean = { low = 8, high = 12 }")
    found = potential(loads(text), cost_per_customer=5.0, replications=8, processes=1)
    value = row(found.rungs, segment="everybody", rung="buyer")
    assert value["customer_value_low"] < value["customer_value"] < value["customer_value_high"]
    assert found.basis == "closed form"
    baskets = found.runs.parameters["basket.mean"].to_numpy()
    wanted = ((baskets * 0.5 - 1.0 - 2.0) / (np.log(1.1) / 12 + 0.1)).mean()
    assert value["customer_value"] == pytest.approx(wanted, rel=1e-9)


PROGRAM = """
[[programs]]
kind = "points"
name = "points"
points_per_unit = 1
reward_at = 30
reward_cost = 4
joins = { on_rungs = "buyer", probability = 1.0 }
"""


def test_what_a_programme_costs_is_part_of_a_worth() -> None:
    """With a programme worths are simulated, and a reward of 4 for every three orders makes a buyer worth less than without it."""
    with_it = potential(loads(STILL + PROGRAM), cost_per_customer=5.0, replications=4, processes=1)
    without = potential(loads(STILL), cost_per_customer=5.0, **QUICK)
    assert with_it.basis == "simulated" and "programme" in with_it.reason
    customer_values = [row(study.rungs, segment="everybody", rung="buyer")["customer_value"] for study in (with_it, without)]
    assert customer_values[0] < customer_values[1]
    booked = sum(h.money.sum() / h.unit for h in with_it.runs.histories) / 4
    assert with_it.segments["earned"].iloc[0] == pytest.approx(booked)


def test_classes_by_hand() -> None:
    """Of 70, 20, 6 and 4 earned: A as long as less than 80 % come before (70, 20), B until 95 % (6), then C."""
    assert _classes(np.array([6.0, 70.0, 4.0, 20.0])) == ["B", "A", "C", "A"]
    assert _classes(np.array([80.0, 15.0, 5.0])) == ["A", "B", "C"], "80 % is not less than 80 %"
    assert _classes(np.array([-1.0, 0.5])) == ["", ""]


def test_a_market_without_a_way_to_customers() -> None:
    """Where no step leads to customers nobody can be won, and that is said rather than guessed."""
    text = STILL.replace('name = "lead"\nshare = 0.6', 'name = "lead"\ncustomer = true\nshare = 0.6')
    found = potential(loads(text), None, 100.0, cost_per_customer=1.0, **QUICK)
    assert found.winning.empty and found.plan.empty
    assert found.segments["max_acquisition_cost"].isna().all()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"budget": -1.0}, "budget: found -1, must be an amount of at least 0"),
        ({"budget": float("nan")}, "budget: found nan"),
        ({"cost_per_customer": 0.0}, "cost_per_customer: found 0, must be an amount above 0"),
        ({"cost_per_customer": {"onne": 3.0}}, "did you mean 'one'"),
    ],
)
def test_odd_amounts_are_refused(still: Scenario, asked: dict[str, float], said: str) -> None:
    """An amount that cannot be is refused in words before anything is simulated."""
    with pytest.raises(StudyError, match=said.replace("(", r"\(")):
        potential(still, **asked)


def test_an_unknown_strategy_is_refused(still: Scenario) -> None:
    """A strategy that the scenario does not have is refused by name."""
    with pytest.raises(ScenarioError, match="'nothing'"):
        potential(still, "nothing")


def test_a_conversion_factor_needs_a_step_to_act_on() -> None:
    """Where no step wins customers a conversion factor is refused: it would do nothing."""
    text = STILL.replace('name = "lead"\n', 'name = "lead"\ncustomer = true\n') + SEGMENTS.replace(
        "addressable_share = 0.8", "conversion_factor = 2.0"
    )
    with pytest.raises(ScenarioError, match=r"segments\.one\.conversion_factor"):
        loads(text)


def test_made_again_to_the_last_digit(counted: Potential, tmp_path: Path) -> None:
    """The manifest holds budget and costs; the study made from it has the same tables, and every column has a meaning."""
    folder = write_study(tmp_path / "study", counted)
    found = again(folder, processes=1)
    assert found.identical and not found.differing
    meanings = columns_of(tables_of(counted), "EUR", meanings_of(counted))
    assert meanings["meaning"].str.len().gt(0).all()


def test_processes_and_stopping_change_no_number(still: Scenario) -> None:
    """The same study in two processes has the same tables; of one stopped in the middle whole pairs are kept."""
    text = STILL + SEGMENTS + CAMPAIGN
    one, two = (potential(loads(text), replications=4, processes=n).segments for n in (1, 2))
    pd.testing.assert_frame_equal(one, two)

    def stop(done: int, total: int, seconds_left: float | None) -> None:
        if done >= total // 2:
            raise KeyboardInterrupt

    kept = potential(loads(text), replications=4, processes=1, progress=stop)
    assert kept.runs.interrupted and kept.runs.count == 2
    pd.testing.assert_frame_equal(kept.segments, potential(loads(text), replications=2, processes=1).segments)


@pytest.mark.parametrize(
    "change", ["[[seasons]]\nfactors = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3]\n", "[[prices]]\nchange = 0.2\nfrom_month = 6\n"]
)
def test_prices_and_seasons_are_in_the_worth(change: str) -> None:
    """They change what people bring, so worths are simulated and not taken from a closed form that knows nothing of them."""
    found = potential(loads(STILL + change), None, 900.0, cost_per_customer=20.0, **QUICK)
    assert found.basis == "simulated" and "prices and seasons" in found.reason
    assert row(found.rungs, rung="buyer")["customer_value"] > 1.05 * value_within(tables(loads(STILL)), 12.0)["buyer"]
