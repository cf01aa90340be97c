"""What is paid in advance is earned over the time that it is for: a club's fees, contracts; what is received is cash, in no sum.

Tests: ``model/prepaid.py``, ``scenario/payments.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ladsim
from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import ScenarioError
from ladsim.measures.programs import program_results
from ladsim.measures.value import discounted_profit, income_statement, money_by_cause
from ladsim.model.layout import E_CASH, MONTH
from ladsim.model.money import earned
from ladsim.scenario.load import validated
from ladsim.scenario.strategies import with_strategy
from tests.strategies import future, scenarios

MARKET: dict[str, Any] = {
    "schema": 1, "name": "advance", "months": 12, "market_size": 100,
    "rungs": [
        {"name": "customer", "share": 1.0, "customer": True, "cost_per_month": 1.0},
        {"name": "lapsed", "off_ladder": True},
    ],
    "steps": [{"from": "customer", "to": "lapsed", "monthly": 0.0}],
}  # fmt: skip


def club(**keys: Any) -> dict[str, Any]:
    """A club that everybody joins, and nobody leaves by choice."""
    return {"kind": "club", "joins": {"probability": 1.0}, "renewal_probability": 1.0, **keys}


def played(data: dict[str, Any], **options: Any) -> History:
    """One future, customer by customer."""
    return simulate(validated(data), seed=1, **{"engine": "simpy", **options})


def leaving(data: dict[str, Any], months: float) -> dict[str, Any]:
    """The market that everybody leaves so many months after the start."""
    step = {"from": "customer", "to": "lapsed", "trigger": "renewal", "months": months, "probability": 1.0}
    return data | {"steps": [step]}


def totals(history: History) -> dict[str, float]:
    """Each line of the accounts over the whole time; of what is owed, that at the end."""
    table = income_statement(history)
    return {name: float(table[name].iloc[-1] if name == "prepaid" else table[name].sum()) for name in table}


@pytest.mark.parametrize(("fee", "every", "cash", "owed"), [(120.0, 12.0, 24_000, 12_000), (10.0, 1.0, 13_000, 1_000)])
def test_a_year_is_twelve_months(fee: float, every: float, cash: float, owed: float) -> None:
    """100 members at 120 a year or 10 a month earn 12,000 in 12 months, whatever falls due exactly at the horizon."""
    history = played(MARKET | {"programs": [club(fee=fee, fee_every_months=every)]})
    found = totals(history)
    assert (found["club:fees"], found["cash"], found["prepaid"]) == (12_000, cash, owed)
    assert found["profit"] == 12_000 - 1_200  # cash is in no sum
    assert program_results(history)["fees"].tolist() == [0.0] + 12 * [1_000.0]
    assert program_results(history)["prepaid"].iloc[-1] == owed
    by_segment = money_by_cause(history, by="segment")
    assert by_segment.loc[by_segment["cause"] == "cash", "amount"].sum() == cash


@pytest.mark.parametrize("months", [5.5, 11.9, 12.5])
def test_what_is_earned_goes_by_the_time(months: float) -> None:
    """Of 100 a year a run of any length earns its part, in every day's books in the middle of its interval."""
    history = played(MARKET | {"months": months, "programs": [club(fee=100.0, fee_every_months=12.0)]})
    ticks = round(months * 30)
    assert totals(history)["club:fees"] == pytest.approx(100 * 100.0 * ticks / 360, abs=0.01)
    by_day = history.daily[:, history.causes.index("club:fees")] / history.unit
    assert by_day[[15, 45, 75]] == pytest.approx(100 * 100.0 / 12, abs=0.001)
    assert by_day.nonzero()[0].tolist()[:3] == [15, 45, 75]


def test_parts_add_up_to_the_whole() -> None:
    """Each part is the difference of two rounded sums, so an amount that no part divides comes out exactly."""
    paid = type("Paid", (), {"amount": 1_000_003, "since": MONTH // 3, "until": MONTH // 3 + 7 * MONTH})()
    dates = [0, MONTH // 3, *range(MONTH, 9 * MONTH, MONTH // 7)]
    assert np.diff([int(earned(paid, t)) for t in dates]).sum() == 1_000_003
    assert int(earned(paid, paid.since + 7 * MONTH // 2)) == 500_002  # half to even: 500,001.5


@given(scenarios(), st.integers(0, 2**40))
def test_what_is_received_is_earned_or_owed(scenario: Any, seed: int) -> None:
    """Of each club: received less paid back = earned + owed, to the last amount unit, and nothing owed is below 0."""
    history = future(scenario, seed=seed, log=True)
    if not history.payment_sources:
        return
    received, owed = history.cash.sum(axis=(2, 3)).cumsum(axis=0), history.prepaid
    for place, source in enumerate(history.payment_sources):
        if source != "contracts":
            fees = history.money[:, history.causes.index(f"{source}:fees")].sum(axis=(1, 2)).cumsum()
            assert (received[:, place] == fees + owed[:, place]).all()
            assert (owed[:, place] >= 0).all()
    assert history.log is not None
    assert history.log["amount"][history.log["event"] == E_CASH].sum() == history.cash.sum()


@pytest.mark.parametrize(("refund", "fees", "cash"), [(False, 12_000, 12_000), (True, 2_500, 2_500)])
def test_leaving_a_club(refund: bool, fees: float, cash: float) -> None:
    """Everybody leaves the ladder after two and a half of twelve months: the rest is paid back at once, or stays to the fee date."""
    data = leaving(MARKET | {"months": 13}, 2.5) | {
        "programs": [club(fee=120.0, fee_every_months=12.0, refund_on_leaving=refund)]
    }
    found = totals(history := played(data))
    assert (found["club:fees"], found["cash"], found["prepaid"]) == (fees, cash, 0.0)
    members = history.levels[:, 1].tolist()
    assert members == ([100] * 3 + [0] * 11 if refund else [100] * 12 + [0, 0])


def test_a_payment_made_later_earns_the_days_that_are_over() -> None:
    """Every payment fails and is made good ten days later: all the same, a year is a year."""
    data = club(fee=30.0, failed_payment_share=1.0, recovered_share=1.0, retry_days=10.0)
    history = played(MARKET | {"programs": [data]}, log=True)
    events = history.events()
    at_once = events[(events["cause"] == "club:fees") & (events["event"] == "book") & (events["customer"] == 0)]
    late = 10 / 30.4375
    found = at_once.loc[np.isclose(at_once["month"], 1 + late), "amount"].sum()
    assert found == pytest.approx(30.0 * late, abs=1e-4)
    assert totals(history)["club:fees"] == 100 * 12 * 30.0


def test_months_free_earn_nothing() -> None:
    """Two months free after the first: the fee of a month is earned in it, and the two bring nothing."""
    talk = {"layer": "talk", "graph": {"kind": "cycle"}}
    rungs = [{"name": "lead", "share": 1.0, "messages_per_month": 2.0}, {"name": "customer", "customer": True}]
    steps = [{"from": "lead", "to": "customer", "trigger": "message", "probability": 1.0}]
    gift = {"kind": "referral_reward", "referred_reward": 2.0, "reward": "free_month"}
    data = MARKET | {"rungs": rungs, "steps": steps, "word_of_mouth": [talk], "programs": [club(fee=9.0), gift]}
    history = played(data, log=True)
    events = history.events()
    one = int(events.loc[events["event"] == "cash", "customer"].iloc[0])
    own = events[(events["customer"] == one) & (events["cause"] == "club:fees")]
    paid, earned_at = (own[own["event"] == what] for what in ("cash", "book"))
    assert paid["month"].diff().iloc[1] == pytest.approx(3.0)
    first = paid["month"].iloc[0]
    assert earned_at.loc[earned_at["month"] <= first + 3.0, "amount"].sum() == 9.0


def contract(**keys: Any) -> dict[str, Any]:
    """A contract on becoming a customer, one after the other; nobody orders otherwise."""
    terms = {"is_order": True, "covers_months": 6.0, **keys}
    return MARKET | {
        "rungs": [{"name": "lead", "share": 1.0}, *MARKET["rungs"]],
        "steps": [
            {"from": "lead", "to": "customer", "trigger": "renewal", "months": 1.0, "probability": 1.0, **terms},
            {"from": "customer", "to": "customer", "trigger": "renewal", "months": 6.0, "probability": 1.0, **terms},
        ],
        "basket": {"law": "constant", "mean": 60.0},
        "money": {"margin": 0.75, "cost_per_order": 2.0},
        "programs": [{"kind": "discount", "to": ["customer"], "discount_share": 0.1}],
    }  # fmt: skip


def contracted(**keys: Any) -> dict[str, Any]:
    """The same, of those who start as leads."""
    data = contract(**keys)
    data["rungs"][1] = data["rungs"][1] | {"share": 0.0}
    return data


def test_a_contract_earns_over_its_time() -> None:
    """Six months for 60 from month 1: revenue, discount and goods over the time, handling at once, the third one after the horizon."""
    history = played(contracted() | {"months": 13})
    table = income_statement(history)
    assert table["revenue"].tolist() == [0.0, 0.0] + 12 * [1_000.0]
    assert table["goods"].tolist() == [0.0, 0.0] + 12 * [-250.0]
    assert table["discount:discounts"].tolist() == [0.0, 0.0] + 12 * [-100.0]
    assert table["handling"].to_numpy().nonzero()[0].tolist() == [1, 7, 13]
    assert table["cash"].to_numpy().nonzero()[0].tolist() == [1, 7, 13]
    assert table["cash"].sum() == 3 * 100 * 54.0
    assert table["prepaid"].iloc[-1] == 100 * 54.0


@pytest.mark.parametrize(("refund", "revenue", "cash"), [(True, 2_000.0, 1_800.0), (False, 6_000.0, 5_400.0)])
def test_leaving_the_rung_ends_a_contract(refund: bool, revenue: float, cash: float) -> None:
    """Everybody leaves two months after signing for six: the rest is paid back, and its goods are saved, or it is earned then."""
    data = contracted(refund_on_leaving=refund)
    leave = {"from": "customer", "to": "lapsed", "trigger": "renewal", "months": 2.0, "probability": 1.0}
    found = totals(played(data | {"steps": [data["steps"][0], leave]}))
    assert (found["revenue"], found["cash"], found["prepaid"]) == (revenue, cash, 0.0)
    assert (found["goods"], found["discount:discounts"]) == (-revenue / 4, -revenue / 10)


def test_a_contract_signed_again_replaces_the_first() -> None:
    """Signing every four months for six: what is left of the first is earned when the second begins."""
    data = contracted()
    again = data["steps"][1] | {"months": 4.0}
    found = totals(played(data | {"steps": [data["steps"][0], again], "months": 9}))
    assert found["revenue"] == 100 * 2 * 60.0 and found["prepaid"] == 100 * 54.0


def test_terms_that_cannot_be() -> None:
    """What is paid in advance is paid by an order; what is paid back has been paid in advance."""
    data = contracted()
    data["steps"][0] = data["steps"][0] | {"is_order": False}
    data["steps"][1] = {key: value for key, value in data["steps"][1].items() if key != "covers_months"} | {
        "refund_on_leaving": True
    }
    with pytest.raises(ScenarioError) as told:
        validated(data)
    assert {problem.place for problem in told.value.problems} == {
        "steps.lead.customer.covers_months",
        "steps.customer.customer.refund_on_leaving",
    }


def test_a_fork_keeps_what_was_paid() -> None:
    """The fee rises in month 6 of a year that is paid for: nothing changes until the next one, and no amount unit is lost."""
    data = MARKET | {
        "months": 24, "programs": [club(fee=120.0, fee_every_months=12.0)],
        "strategies": {"dearer": {"set": {"programs.club.fee": 240.0, "programs.club.fee_every_months": 6.0}}},
    }  # fmt: skip
    history = simulate(with_strategy(validated(data), None), seed=1, engine="simpy", save_at=6)
    same, dearer = history.fork(None), simulate(validated(data), seed=1, engine="simpy", save_at=6).fork("dearer")
    assert same.equals(history)
    fees = income_statement(dearer)["club:fees"].tolist()
    assert fees == [0.0] + 12 * [1_000.0] + 12 * [4_000.0]


@pytest.mark.parametrize(("strategy", "months"), [("annual_fee", 12), ("monthly_fee", 1)])
def test_the_shipped_club_earns_what_its_payments_cover(strategy: str, months: int) -> None:
    """What was received less what pays for time after the horizon; payments made later cover a few days before they came, too."""
    history = simulate(ladsim.load("program_club"), strategy=strategy, seed=1, sample=200, log=True)
    events = history.events()
    cash, fees = events[events["event"] == "cash"], events[(events["event"] == "book") & (events["cause"] == "club:fees")]
    after = (cash["month"] + months - 24.0).clip(0.0, months) / months
    assert fees["amount"].sum() == pytest.approx((cash["amount"] * (1.0 - after)).sum(), rel=3e-3)
    assert 0.0 < history.prepaid[-1, 0] < cash["amount"].sum() * history.unit


def test_days_that_a_late_payment_earns_are_in_the_month_of_the_payment() -> None:
    """By month the daily books and those of money are the same, also where a fee of one month is paid in the next."""
    late = club(from_month=0.6, fee=30.0, fee_every_months=1.0, failed_payment_share=1.0, recovered_share=1.0, retry_days=15.0)
    history = played(MARKET | {"months": 3.0, "programs": [late]})
    by_month, daily = (table["profit"].tolist() for table in (income_statement(history), discounted_profit(history)))
    assert by_month == daily and by_month[-1] > 0.0
