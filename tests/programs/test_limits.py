"""Limits of what a shop gives: least orders, most of an order, of a month, of a year; met to the amount unit, as the customer sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from ladsim import History, simulate
from ladsim.model import access
from ladsim.model.layout import E_BOOK, E_EARN, E_ORDER, M_ISSUED, MONTH
from ladsim.scenario.load import validated
from ladsim.scenario.programs import cashback
from ladsim.scenario.warnings import ODDITIES
from tests.model.by_hand import UNIT
from tests.programs.test_kinds import market
from tests.programs.test_rules_by_hand import HERE, counted, member_of, program

VAT = Fraction(1, 4)
BACK: dict[str, Any] = {"kind": "cashback", "name": "back", "joins": {"probability": 1.0}, "cashback_share": 0.1}
CLUB: dict[str, Any] = {
    "kind": "club", "name": "club", "joins": {"probability": 1.0}, "renewal_probability": 1.0, "discount_share": 0.2, "cost_per_order": 2.0,
}  # fmt: skip


@pytest.fixture(autouse=True)
def numbers_as_compiled() -> Iterator[None]:
    """Whole numbers of 64 bits begin again at 0 without a word."""
    with np.errstate(all="ignore"):
        yield


def given(limits: dict[str, float], orders: list[tuple[int, int]]) -> list[int]:
    """What orders give back, one by one: (time, amount units with VAT in) of a member, at 10 % and a VAT of 25 %."""
    stage, m, here = member_of(
        program("cashback", cashback_share=0.1, payout_probability=1e-9, **limits), amounts_include_vat=float(VAT), months=14
    )
    told, before = [], 0
    for t, seen in orders:
        paid = float(seen / (1 + VAT))
        m.order_paid = paid
        cashback.on_order(here, 0, HERE, t, paid)
        told.append(int(access.member(m, 0, HERE).balance) - before)
        before += told[-1]
    assert sum(counted(stage, M_ISSUED)) == before
    return told


def test_thresholds_to_the_amount_unit() -> None:
    """An order of 20 gives, one of an amount unit less does not; 1 with VAT in is .80 on the balance."""
    twenty = 20 * UNIT
    assert given({"min_order": 20.0}, [(5, twenty - 1), (5, twenty), (5, twenty + 1)]) == [0, 160_000, 160_000]
    assert given({"max_amount": 1.0}, [(5, 10 * UNIT - 10), (5, 10 * UNIT), (5, twenty)]) == [79_999, 80_000, 80_000]
    both = {"min_order": 20.0, "max_amount": 1.0}
    assert given(both, [(5, twenty - 1), (5, twenty)]) == [0, 80_000]


def test_months_and_years_begin_anew() -> None:
    """3.50 a month at 2 an order: the second gives the rest, the third nothing; what reaches the 5 of a year is cut off, too."""
    twenty, year = 20 * UNIT, 12 * MONTH
    month = [(5, twenty), (6, twenty), (MONTH, twenty), (MONTH + 1, twenty)]
    assert given({"max_per_month": 3.5}, month) == [160_000, 120_000, 0, 160_000]
    both = {"max_per_month": 3.5, "max_per_year": 5.0, "minimum_balance": 1000.0}
    assert given(both, [*month, (year, twenty), (year + 1, twenty)]) == [160_000, 120_000, 0, 120_000, 0, 160_000]
    assert given({"max_per_year": 3.0}, [(0, twenty), (year, twenty), (year + 1, twenty)]) == [160_000, 80_000, 160_000]


def shop(program: dict[str, Any]) -> dict[str, Any]:
    """Orders of 12, 24 and 48 (VAT in) of which a third come back by a quarter, for a programme that everybody is in."""
    kinds = [{"name": f"times_{n}", "share": share, "basket_factor": float(n)} for n, share in ((1, 0.5), (2, 0.25), (4, 0.25))]
    return market(
        [program], order_kinds=kinds, basket={"law": "constant", "mean": 12.0}, amounts_include_vat=float(VAT), months=14, engine="simpy",
        market_size=30, money={"margin": 0.5, "returns": {"share": 0.33, "whole_share": 0.0, "part": 0.25}},
    )  # fmt: skip


def told(history: History) -> Iterator[tuple[int, int, int, Fraction, dict[str, int]]]:
    """Each order: customer, time, what it costs (amount units, VAT taken out), the share kept, and what was booked or earned with it."""
    assert history.log is not None
    by_order: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in history.log:
        by_order[int(row["customer"]), int(row["time"])].append(row)
    for (customer, t), rows in by_order.items():
        orders = [int(row["amount"]) for row in rows if row["event"] == E_ORDER]
        if len(orders) != 1:
            assert not orders
            continue
        found: dict[str, int] = defaultdict(int)
        for row in rows:
            if row["event"] == E_BOOK:
                found[history.causes[row["cause"]]] += int(row["amount"])
            elif row["event"] == E_EARN:
                found["issued"] += int(row["amount"])
        # Of the goods nothing is saved, so that all of this cause is what goes back.
        yield customer, t, orders[0], 1 + Fraction(found["returns"], orders[0]), found


def fold(limits: dict[str, float], orders: Iterator[tuple[int, int, int, Fraction, dict[str, int]]]) -> tuple[int, int]:
    """Reckon what each order gives back a second time, in fractions; how many gave nothing, and how many less than the share."""
    in_month: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    in_year: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    units = {key: Fraction(str(limit)) * UNIT for key, limit in limits.items()}
    nothing = less = 0
    for customer, t, amount, kept, found in orders:
        month, year = (customer, -(-t // MONTH)), (customer, max(0, (-(-t // MONTH) - 1) // 12))
        paid = amount + found["back:discounts"] / kept  # credit goes back with what comes back
        whole = paid * kept * (1 + VAT) / 10
        allowed = [whole]
        if "max_amount" in units:
            allowed.append(units["max_amount"])
        if "max_per_month" in units:
            allowed.append(units["max_per_month"] - in_month[month])
        if "max_per_year" in units:
            allowed.append(units["max_per_year"] - in_year[year])
        seen = min(allowed) if paid * (1 + VAT) >= units.get("min_order", 0) else Fraction(0)
        assert abs(found["issued"] - seen / (1 + VAT)) <= Fraction(3, 2), (customer, t, amount, kept, dict(found))
        in_month[month] += seen
        in_year[year] += seen
        nothing += seen == 0
        less += 0 < seen < whole
    return nothing, less


@pytest.mark.parametrize(
    "limits",
    [
        {"min_order": 24.0}, {"max_amount": 2.0}, {"max_per_month": 3.3}, {"max_per_year": 17.0},
        {"min_order": 20.0, "max_amount": 3.0, "max_per_month": 7.7, "max_per_year": 30.0},
    ],
)  # fmt: skip
@pytest.mark.parametrize("minimum", [{}, {"minimum_balance": 1e6}], ids=["credit", "paid_out"])
def test_every_order_by_a_second_reckoning(limits: dict[str, float], minimum: dict[str, float]) -> None:
    """All orders of a year and two months, from the log alone; each limit is met, and each lets something through."""
    history = simulate(validated(shop(BACK | limits | minimum)), seed=5, log=True)
    nothing, less = fold(limits, told(history))
    assert history.members[:, 0, 5].sum() > 0
    assert nothing > 10 if "max_amount" not in limits else less > 10


def test_members_of_a_club() -> None:
    """20 % off orders of at least 24, at most 6 off one; so many deliveries are free; of what comes back the discount goes back."""
    history = simulate(validated(shop(CLUB | {"min_order": 24.0, "max_amount": 6.0})), seed=2, log=True)
    sizes: dict[int, int] = defaultdict(int)
    for _, _, amount, kept, found in told(history):
        seen = amount * (1 + VAT) / UNIT
        sizes[int(seen)] += 1
        off = {12: Fraction(0), 24: Fraction(48, 10), 48: Fraction(6)}[int(seen)]
        assert abs(found["club:discounts"] + off * UNIT * kept / (1 + VAT)) <= Fraction(1, 2)
        assert found["club:rewards"] == (-2 * UNIT if seen >= 24 else 0)
    assert set(sizes) == {12, 24, 48}


ODD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "an order's limit above a month's": (
        BACK | {"max_amount": 9.0, "max_per_month": 8.0}, ["programs.back.max_amount: found 9, it changes nothing: max_per_month is 8"],
    ),
    "a month's limit above a year's": (
        BACK | {"max_amount": 2.0, "max_per_month": 8.0, "max_per_year": 8.0},
        ["programs.back.max_per_month: found 8, it changes nothing: max_per_year is 8"],
    ),
    "orders that give nothing": (
        BACK | {"min_order": 1e5}, ["programs.back.min_order: found 100000, hardly any order gives anything back: even a large one is below"],
    ),
    "a payout out of reach": (
        BACK | {"minimum_balance": 50.0, "max_per_year": 12.0},
        ["programs.back.minimum_balance: found 50, hardly anything is ever paid out: even a very active customer has less than 24"],
    ),
    "all back, up to a limit": (BACK | {"cashback_share": 1.0, "max_amount": 1.0}, []),
    "a limit of no discount": (
        CLUB | {"discount_share": 0.0, "max_amount": 6.0}, ["programs.club.max_amount: found a limit without discount_share, it changes nothing"],
    ),
    "a least order for nothing": (
        CLUB | {"discount_share": 0.0, "cost_per_order": 0.0, "min_order": 20.0},
        ["programs.club.min_order: found a least order without discount_share and cost_per_order, it changes nothing"],
    ),
    "benefits of no order": (
        CLUB | {"min_order": 1e5}, ["programs.club.min_order: found 100000, hardly any order has benefits: even a large one is below"],
    ),
    "free orders, up to a limit": (CLUB | {"discount_share": 1.0, "max_amount": 6.0}, []),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_about_limits(case: str) -> None:
    """Limits that never bind, or that nothing gets through; what is free up to a limit is not odd."""
    odd, words = ODD[case]
    scenario = validated(shop(odd | {"source": "assumption"}))
    found = [str(one) for look in ODDITIES for one in look(scenario) if one.place.startswith("programs.")]
    assert [line[: len(start)] for line, start in zip(found, words, strict=True)] == words
