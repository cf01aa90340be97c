"""Money and points meet their thresholds exactly: k orders of an amount reach k times it, never one order later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ladsim.compiled import entry
from ladsim.engine.run import simulate
from ladsim.hosts.block import Block
from ladsim.model import access, money
from ladsim.model.layout import E_LEVEL, E_ORDER, MARKET, NOBODY_ID
from ladsim.scenario.load import validated
from tests.programs.played import market

AMOUNTS = np.arange(1, 200_001)  # cents: .01 to 2,000.00
ODD = [0.07, 0.29, 1.10, 4.35, 8.20, 19.99, 64.90, 129.35, 1000.07, 1999.99]


@entry("i8 f8[] f8[] i8 -> i8")
def _missed(address, amounts, thresholds, orders):  # type: ignore[no-untyped-def]
    """How often the spend of so many orders does not reach the threshold, or one order less reaches it."""
    m = access.market(address)
    missed = 0
    for n in range(amounts.size):
        paid = m.unit * amounts[n] / (1.0 + m.vat)
        total = 0
        for _ in range(orders - 1):
            total += money.seen(m, paid)
        asked = money.units(m, thresholds[n])
        missed += total >= asked
        missed += total + money.seen(m, paid) < asked
    return missed


@entry("f8[] -> i8[]")
def _points(points):  # type: ignore[no-untyped-def]
    found = np.empty(points.size, np.int64)
    for n in range(points.size):
        found[n] = money.thousandths(points[n])
    return found


@pytest.mark.parametrize("vat", [0.0, 0.12, 0.19, 0.25])
def test_every_amount_reaches_its_multiple(vat: float, block: Block) -> None:
    """All amounts to 2,000.00 and all k to 13, with VAT and without: the order that makes it k times reaches it, the one before not."""
    record = block.zeros(1, MARKET)
    record["unit"], record["vat"] = 100_000, vat
    for k in range(1, 14):
        thresholds = np.array([float(f"{k * cents // 100}.{k * cents % 100:02d}") for cents in AMOUNTS])
        assert block.call(_missed, block.address(record), AMOUNTS / 100, thresholds, k) == 0


def test_points_round_half_to_even_once(block: Block) -> None:
    """A half of a thousandth that binary fractions miss is a half: to even, as decimals say; no other number moves."""
    cents = np.arange(1, 20_001)
    for per_unit in (5, 7, 33, 50, 250):  # thousandths of a point for one unit of the currency
        found = block.call(_points, cents / 100 * (per_unit / 1000))
        whole, left = np.divmod(cents * per_unit, 100)  # thousandths, and hundredths of one
        expected = whole + ((left > 50) | ((left == 50) & (whole % 2 == 1)))
        assert found.tolist() == expected.tolist()
    assert block.call(_points, np.array([2.0004999, 2.0005001, 1e12])).tolist() == [2000, 2001, 10**15]


def levels(amount: float, vat: float) -> dict[str, Any]:
    """Baskets of one amount, silver at one of them and gold at three."""
    asked = [0.0, amount, float(f"{3 * amount:.2f}")]
    program = {
        "kind": "tiers",
        "joins": {"probability": 1.0},
        "levels": [{"name": f"level_{n}", "spend": spend} for n, spend in enumerate(asked)],
    }
    return market([program], basket={"law": "constant", "mean": amount}, amounts_include_vat=vat, months=6)


@pytest.mark.parametrize("vat", [0.0, 0.19, 0.25])
@pytest.mark.parametrize("amount", ODD)
def test_a_level_comes_with_the_order_that_reaches_it(amount: float, vat: float) -> None:
    """Played: silver with the first order, gold with the third, for everybody."""
    log = simulate(validated(levels(amount, vat)), log=True).log
    assert log is not None
    seen = 0
    for customer in np.unique(log["customer"][log["customer"] != NOBODY_ID]):
        orders = 0
        for row in log[log["customer"] == customer]:
            orders += row["event"] == E_ORDER
            if row["event"] == E_LEVEL and row["amount"] > 100_000:
                assert orders == {200_000: 1, 300_000: 3}[int(row["amount"])]
                seen += 1
        assert seen or orders == 0
    assert seen > 60


@pytest.mark.parametrize("vat", [0.0, 0.19, 0.25])
@pytest.mark.parametrize("amount", ODD)
def test_cashback_is_paid_with_the_order_that_reaches_the_minimum(amount: float, vat: float) -> None:
    """A tenth of each order comes back; the minimum is a tenth of three: paid out with every third order, VAT in or not."""
    program = {
        "kind": "cashback",
        "joins": {"probability": 1.0},
        "cashback_share": 0.1,
        "minimum_balance": float(f"{3 * amount / 10:.3f}"),
        "payout_probability": 1.0,
    }
    data = market([program], basket={"law": "constant", "mean": amount}, amounts_include_vat=vat, months=6)
    for engine in ("fast", "simpy"):
        history = simulate(validated(data), engine=engine, log=True)
        assert history.customers is not None
        thirds = int((history.customers["booked"] // 3).sum())
        assert history.members[:, 0, 8].sum() == thirds > 60  # rewards


@pytest.mark.parametrize("amount", ODD)
def test_a_reward_comes_with_the_order_that_reaches_it(amount: float) -> None:
    """A point for each unit paid, a reward at three orders' worth: as many rewards as thirds of orders."""
    program = {
        "kind": "points",
        "joins": {"probability": 1.0},
        "points_per_unit": 1.0,
        "reward_at": float(f"{3 * amount:.2f}"),
        "reward_cost": 1.0,
        "redemption_probability": 1.0,
    }
    history = simulate(validated(market([program], basket={"law": "constant", "mean": amount})))
    assert history.customers is not None
    assert history.members[:, 0, 8].sum() == int((history.customers["booked"] // 3).sum()) > 60
