"""Orders that come back: what is kept, what is booked of the rest, and what programmes see of it.

Tests: ``model/returns.py``, ``scenario/returns.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import ScenarioError
from ladsim.measures.programs import program_results
from ladsim.measures.value import income_statement
from ladsim.scenario.load import validated
from ladsim.scenario.tables import tables
from ladsim.theory.markov import reason_not

RETURNS = {"share": 0.4, "whole_share": 0.5, "part": 0.3, "cost": 2.0, "resale_share": 0.8}


def shop(returns: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """Customers who order once a month for 50, of which the goods cost 20."""
    return {
        "schema": 1, "name": "shop", "months": 12, "market_size": 200,
        "rungs": [
            {"name": "customer", "share": 1.0, "orders_per_month": 1.0},
            {"name": "regular", "orders_per_month": 1.0}, {"name": "lapsed", "off_ladder": True},
        ],
        "basket": {"law": "constant", "mean": 50.0},
        "money": {"margin": 0.6, "cost_per_order": 1.0, **({} if returns is None else {"returns": returns})},
        **more,
    }  # fmt: skip


def played(data: dict[str, Any], **options: Any) -> History:
    """One future, customer by customer."""
    return simulate(validated(data), **{"engine": "simpy", "seed": 3, **options})


def sums(history: History) -> dict[str, float]:
    """Each line of the accounts over the whole time."""
    return {str(name): float(value) for name, value in income_statement(history).sum().items()}


def test_what_is_booked_of_returns() -> None:
    """Of 1,000s of orders .4 come back, half of them as a whole, half by .3; the goods' saved part and the cost of each beside it."""
    history = played(shop(RETURNS), log=True)
    found, without = sums(history), sums(played(shop(None)))
    orders = history.orders.sum()
    assert all(found[line] == without[line] for line in ("revenue", "goods", "handling"))  # the same orders, gross
    booked = history.events().query("event == 'book' and cause == 'returns'")
    back, saved, cost = (booked["amount"][at].sum() for at in (
        booked["amount"] < -2.0, booked["amount"] > 0.0, booked["amount"] == -2.0))  # fmt: skip
    spread = 4 * 50.0 * np.sqrt(orders * 0.24)
    assert abs(back + orders * 50.0 * 0.4 * (0.5 + 0.5 * 0.3)) < spread
    assert saved == pytest.approx(-0.4 * 0.8 * back)  # goods are .4 of what they sell for
    assert cost == -2.0 * (booked["amount"] == -2.0).sum() and abs(-cost / 2.0 / orders - 0.4) < 4 * np.sqrt(0.24 / orders)
    assert found["returns"] == pytest.approx(back + saved + cost)
    assert found["contribution"] == pytest.approx(without["contribution"] + found["returns"])
    assert found["profit"] == pytest.approx(found["contribution"]) and found["spend"] == 0.0


@pytest.mark.parametrize(
    ("factors", "share"),
    [({"factors_per_rung": {"customer": 2.0}}, 0.6), ({"factors_per_segment": {"all": 0.5}, "factors_per_order_kind": {"dress": 3.0}}, 0.45),
     ({"factors_per_rung": {"customer": 9.0}}, 1.0), ({"factors_per_order_kind": {"dress": 0.0}}, 0.0)],
)  # fmt: skip
def test_who_sends_more_back(factors: dict[str, Any], share: float) -> None:
    """Factors of kind, segment and rung multiply the share, up to all."""
    more = {"segments": [{"name": "all", "share": 1.0}], "order_kinds": [{"name": "dress", "share": 1.0}]}
    found = sums(history := played(shop({"share": 0.3, **factors}, **more)))
    orders = history.orders.sum()
    assert abs(-found["returns"] / 50.0 / orders - share) <= 4 * np.sqrt(share * (1 - share) / orders) + 1e-12


def test_nothing_that_is_not_said_changes() -> None:
    """A share of 0 is a market without returns, to the last event."""
    one, other = (played(shop(found), log=True) for found in (None, {"share": 0.0}))
    assert one.log is not None and other.log is not None
    assert one.log.tolist() == other.log.tolist()


def card(kind: str, **keys: Any) -> dict[str, Any]:
    """A programme that everybody is in."""
    return {"kind": kind, "joins": {"probability": 1.0}, **keys}


def test_programmes_see_what_is_kept() -> None:
    """Everything comes back by .3: .7 of the points, the cashback, the spend that counts, the discount."""
    programs = [
        card("discount", discount_share=0.1),
        card("points", points_per_unit=1.0, reward_at=1e6),
        card("cashback", cashback_share=0.1, minimum_balance=1e6),
    ]  # fmt: skip
    history = played(shop({"share": 1.0, "whole_share": 0.0, "part": 0.3}, programs=programs))
    orders, results = history.orders.sum(), program_results(history).groupby("program")
    assert sums(history)["discount:discounts"] == pytest.approx(-orders * 5.0 * 0.7)
    assert results["issued"].sum()["points"] == pytest.approx(orders * 45.0 * 0.7)
    assert results["issued"].sum()["cashback"] == pytest.approx(orders * 4.5 * 0.7)
    assert results["revenue"].sum()["points"] == pytest.approx(orders * 45.0 * 0.7)


@pytest.mark.parametrize("kept", [{}, {"expires_after_months": 3}, {"inactive_months": 6}])
def test_points_that_paid_for_what_comes_back_are_given_back(kept: dict[str, float]) -> None:
    """Points are worth .05: what was redeemed, less what was given back, is the discount on what is kept."""
    pays = card("points", points_per_unit=1.0, point_value=0.05, min_points=20.0, **kept)
    history = played(shop({"share": 0.6, "whole_share": 0.5, "part": 0.4}, programs=[pays]), log=True)
    found = program_results(history)
    redeemed, rewards = found["redeemed"].sum(), found["rewards"].sum()
    assert redeemed > 100.0
    assert redeemed * 0.05 == pytest.approx(-sums(history)["points:discounts"], abs=0.01 * rewards)
    events = history.events()
    taken = events[events["event"] == "redeem"]["amount"]
    assert (taken < 0).any() and (taken > 0).any() and taken.sum() == pytest.approx(redeemed)
    assert found["issued"].sum() == pytest.approx(redeemed + found["expired"].sum() + found["outstanding"].iloc[-1])


def test_used_credit_goes_back() -> None:
    """Credit taken off an order that comes back is the customer's again: issued = redeemed + expired + outstanding, all the same."""
    back = card("cashback", cashback_share=0.5)
    history = played(shop({"share": 0.5}, programs=[back]), log=True)
    found = program_results(history)
    redeemed = found["redeemed"].sum()
    assert redeemed == pytest.approx(-sums(history)["cashback:discounts"])
    assert found["issued"].sum() == pytest.approx(redeemed + found["outstanding"].iloc[-1])
    gone_back = history.events().query("event == 'redeem' and amount < 0")
    assert len(gone_back) > 100


def test_an_order_that_comes_back_as_a_whole_moves_nobody() -> None:
    """It is in the books; no step, no stamp, no level, no campaign after a first order; its delivery is paid, and so is handling."""
    letter = {"name": "hello", "after": "first_order", "tactic": "letter", "running_cost_per_month": 0.0}
    data = shop(
        {"share": 1.0},
        steps=[{"from": "customer", "to": "regular", "trigger": "order", "probability": 1.0}],
        programs=[
            card("points", points_per_order=1.0, reward_at=2.0), card("club", renewal_probability=1.0, cost_per_order=0.5),
            card("tiers", levels=[{"name": "low", "orders": 0}, {"name": "high", "orders": 1}]),
        ],
        tactics=[{"name": "letter", "effects": [{"on": "orders", "full": 0.1}]}], campaigns=[letter],
    )  # fmt: skip
    data["rungs"][0]["bought_before"] = False
    history = played(data)
    orders, found = history.orders.sum(), sums(history)
    assert orders > 1_000 and history.counts[-1, 0].tolist() == [200, 0, 0]
    assert found["handling"] == -orders and found["club:rewards"] == -0.5 * orders
    assert found["returns"] == -found["revenue"]
    results = program_results(history).groupby("program").sum(numeric_only=True)
    assert results.loc["points", ["orders", "issued", "revenue"]].tolist() == [orders, 0.0, 0.0]
    assert results.loc["hello", "contacts"] == 0.0
    assert history.levels[-1, history.level_names[0].__len__() + len(history.level_names[1]) + 2] == 0  # nobody is high


def test_who_referred_waits_for_an_order_that_is_kept() -> None:
    """Half of all orders come back: a newcomer's first kept order, not the first one, brings the reward; none without one."""
    data = {
        "schema": 1, "name": "friends", "months": 6, "market_size": 300,
        "rungs": [
            {"name": "lead", "share": 0.8, "customer": False}, {"name": "customer", "share": 0.2, "orders_per_month": 0.3,
             "messages_per_month": 2.0},
        ],
        "steps": [{"from": "lead", "to": "customer", "trigger": "message", "probability": 0.5, "is_order": True}],
        "word_of_mouth": [{"layer": "talk", "graph": {"kind": "everyone"}}],
        "money": {"returns": {"share": 0.5}}, "programs": [{"kind": "referral_reward", "referrer_reward": 4.0, "referred_reward": 3.0}],
    }  # fmt: skip
    history = played(data, log=True)
    events = history.events()
    booked = events[events["event"] == "book"]
    gets = booked[(booked["cause"] == "referral_reward:rewards") & (booked["amount"] == -3.0)]
    newcomers = events[(events["event"] == "move") & events["other"].notna()]
    assert 0 < len(gets) < len(newcomers) and gets["customer"].is_unique
    for customer in newcomers["customer"]:
        own = booked[booked["customer"] == customer]
        sold = own[own["cause"] == "revenue"]["time"]
        kept = sorted(set(sold) - set(own[own["cause"] == "returns"]["time"]))
        paid = gets[gets["customer"] == customer]["time"].tolist()
        assert paid == kept[:1]


def test_sending_back_is_an_experience() -> None:
    """It follows that of the order, as a recovery follows a failure."""
    data = shop(
        {"share": 1.0, "quality": 1.0},
        satisfaction={"start": 5.0, "expectation": 5.0, "quality": 8.0, "learning": 0.5, "adaptation": 0.0},
    )
    history = played(data, log=True)
    felt = history.events().query("event == 'feel' and customer == 0")["amount"].to_numpy()[:2]
    assert felt == pytest.approx([6.5, 4.5])


def test_a_contract_comes_back_over_its_time() -> None:
    """Six months for 50, of which .3 comes back: what is given back, and the goods saved, are earned over the six months too."""
    leads = [{"name": "lead", "share": 1.0}, {"name": "member", "customer": True}]
    sign = {
        "from": "lead",
        "to": "member",
        "trigger": "renewal",
        "months": 1.0,
        "probability": 1.0,
        "is_order": True,
        "covers_months": 6.0,
    }
    terms = {"share": 1.0, "whole_share": 0.0, "part": 0.3, "resale_share": 0.5, "cost": 1.0}
    table = income_statement(played(shop(terms) | {"rungs": leads, "steps": [sign], "months": 4}))
    half = 200 * 50.0 / 2
    assert table["revenue"].sum() == pytest.approx(half)
    assert table["returns"].sum() == pytest.approx(-0.3 * half + 0.5 * 0.3 * 0.4 * half - 200)
    assert (table["cash"].sum(), table["prepaid"].iloc[-1]) == (pytest.approx(200 * 35.0), pytest.approx(100 * 35.0))


@pytest.mark.parametrize(
    ("returns", "place"),
    [({"share": 0.2, "whole_share": 0.5}, "money.returns.part"),
     ({"share": 0.2, "factors_per_rung": {"custmer": 2.0}}, "money.returns.factors_per_rung"),
     ({}, "money.returns.share"), ({"share": 0.2, "factors_per_segment": {"x": 1.0}}, "money.returns.factors_per_segment")],
)  # fmt: skip
def test_what_cannot_be(returns: dict[str, Any], place: str) -> None:
    """A part that is not said, names that there are not, no share."""
    with pytest.raises(ScenarioError) as told:
        validated(shop(returns))
    assert {problem.place for problem in told.value.problems} == {place}


def test_closed_forms_do_not_reckon_with_them() -> None:
    """A formula that leaves returns out is not shown beside a simulation that has them."""
    assert reason_not(tables(validated(shop(None)))) is None
    assert "how much of it is kept" in (reason_not(tables(validated(shop(RETURNS)))) or "")
