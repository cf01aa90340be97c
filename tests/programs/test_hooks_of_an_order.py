"""An order's hooks see the levels as they were when it began, in whatever order the programmes stand; what comes off has a least and a most.

Tests: ``model/membership.py``, ``model/orders.py``, ``scenario/programs/discount.py``, ``scenario/programs/tiers.py``.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from ladsim.engine.run import simulate
from ladsim.errors import ContractError
from ladsim.scenario.check import warnings
from ladsim.scenario.load import validated
from ladsim.testing import check_program
from tests.programs.played import market

POINTS = {"kind": "points", "name": "card", "joins": {"probability": 1.0}, "points_per_order": 10.0, "reward_at": 1000.0}
LEVELS = [{"name": "basic", "orders": 0.0}, {"name": "gold", "orders": 2.0, "factors": {"points": 2.0}}]
LATE = "from ladsim.compiled import hook\n\nNUMBERS = {}\n\n\n@hook\ndef level_after(address, row, place, t, paid):\n    return 0.0\n"
TIERS = {"kind": "tiers", "name": "tier", "joins": {"probability": 1.0}, "levels": LEVELS}


def earned(programs: list[dict[str, Any]]) -> list[list[float]]:
    """What each customer's orders earn, in turn."""
    events = simulate(validated(market(programs, market_size=20)), seed=1, log=True, engine="simpy").events()
    found = events[(events["event"] == "earn") & (events["cause"] == "card")].groupby("customer")["amount"].apply(list)
    assert max(map(len, found)) > 3
    return list(found)


@pytest.mark.parametrize(("keys", "second"), [({}, 10.0), ({"at_new_level": True}, 20.0)])
def test_the_order_that_reaches_gold(keys: dict[str, bool], second: float) -> None:
    """Gold from the second order doubles points: it earns as before, or, where the tiers say so, doubled; the order in the file is nothing."""
    for programs in ([POINTS, TIERS | keys], [TIERS | keys, POINTS]):
        assert all(one == [10.0, second, *[20.0] * (len(one) - 2)][: len(one)] for one in earned(programs))


def test_levels_change_behind_all_that_an_order_does() -> None:
    """In the log the new level comes after every earning and booking of its order, whichever programme stands first."""
    back = {"kind": "cashback", "name": "back", "joins": {"probability": 1.0}, "cashback_share": 0.1}
    club = {"kind": "club", "name": "club", "joins": {"probability": 1.0}, "renewal_probability": 1.0, "cost_per_order": 0.5}
    for programs in ([TIERS, POINTS, back, club], [club, back, POINTS, TIERS]):
        events = simulate(validated(market(programs, market_size=20)), seed=2, log=True, engine="simpy").events()
        up = events[(events["event"] == "level") & (events["cause"] == "tier") & (events["amount"] > 1.0)]
        assert len(up) > 10
        for _, row in up.iterrows():
            same = events[(events["customer"] == row["customer"]) & (events["month"] == row["month"])]
            assert row["sequence"] == same["sequence"].max()


def test_a_hook_of_an_order_changes_no_level(tmp_path: Path) -> None:
    """A programme of one's own that changes its level in `on_order` is told what to do; one that says it in `level_after` keeps all promises."""
    text = """
from ladsim.compiled import hook
from ladsim.model import access
from ladsim.model.membership import set_level

NUMBERS = {}


@hook
def on_order(address, row, place, t, paid):
    if access.member(access.market(address), row, place).level == 1:
        set_level(access.market(address), row, place, t, 0)
    return 0.0
"""
    (tmp_path / "early.py").write_text(text, encoding="utf-8")
    with pytest.raises(
        ContractError,
        match=r"on_order changes a level: all hooks of an order see those before it; what it leads to, `level_after`",
    ):
        check_program(tmp_path / "early.py", beside=None)
    for wrong in ("2.0", "-1.0", "float('nan')"):
        (tmp_path / "wrong.py").write_text(LATE.replace("0.0", wrong), encoding="utf-8")
        with pytest.raises(ContractError, match=r"level_after gives level (2|-1|nan), levels are 0 to 1"):
            check_program(tmp_path / "wrong.py", beside=None)
        own = {"kind": "own", "file": str(tmp_path / "wrong.py"), "joins": {"probability": 1.0}}
        history = simulate(validated(market([own], market_size=20)), seed=1, engine="simpy", log=True)
        assert set(history.events().query("event == 'level'")["amount"]) == {1.0}  # nobody is led anywhere
    (tmp_path / "late.py").write_text(LATE, encoding="utf-8")
    own = {"kind": "own", "file": str(tmp_path / "late.py"), "joins": {"probability": 1.0}}
    history = simulate(validated(market([own], market_size=20)), seed=1, engine="simpy", log=True)
    events = history.events()
    left = events[(events["event"] == "level") & (events["amount"] == 0.0)]
    assert len(left) == len(events[events["event"] == "order"]["customer"].unique())  # each by its first order


@pytest.mark.parametrize(("keys", "price", "off"), [
    ({"min_order": 50.0}, 49.99, 0.0), ({"min_order": 50.0}, 50.0, 10.0), ({"min_order": 50.0}, 64.9, 12.98),
    ({"max_amount": 8.0}, 39.0, 7.8), ({"max_amount": 8.0}, 40.0, 8.0), ({"max_amount": 8.0}, 400.0, 8.0),
    ({"min_order": 50.0, "max_amount": 11.0}, 100.0, 11.0),
])  # fmt: skip
def test_a_discount_has_a_least_order_and_a_most(keys: dict[str, float], price: float, off: float) -> None:
    """A fifth off, VAT in: from so large an order on, and no more than so much of one."""
    program = {"kind": "discount", "to": ["customer"], "discount_share": 0.2} | keys
    data = market([program], market_size=10, basket={"law": "constant", "mean": price}, amounts_include_vat=0.25)
    history = simulate(validated(data), seed=1, engine="simpy")
    orders = int(history.orders.sum())
    taken = -history.money[:, history.causes.index("discount:discounts")].sum() / history.unit
    assert taken == pytest.approx(off / 1.25 * orders, abs=1e-5 * orders)
    assert orders > 20


def test_odd_discounts() -> None:
    """A least order that nobody reaches is told; all of an order is no gift where a most is given."""
    program = {"kind": "discount", "to": ["customer"], "discount_share": 1.0}
    said = {
        key: [str(one) for one in warnings(validated(market([program | keys])))]
        for key, keys in {"dear": {"min_order": 10.01}, "all": {}, "some": {"max_amount": 2.0}}.items()
    }
    assert any(
        "discount.min_order: found 10.01, hardly any order is lowered: even a large one is below 10" in one
        for one in said["dear"]
    )
    assert any("all of an order comes off" in one for one in said["all"])
    assert not any("comes off" in one for one in said["some"])


OFF = {
    "a share": {"kind": "discount", "to": ["customer"], "discount_share": 0.2},
    "a share of large orders": {"kind": "discount", "to": ["customer"], "discount_share": 0.1, "min_order": 9.0},
    "credit": {"kind": "cashback", "joins": {"probability": 1.0}, "cashback_share": 0.1},
    "a club": {"kind": "club", "joins": {"probability": 1.0}, "discount_share": 0.05, "fee": 1.0, "renewal_probability": 1.0},
    "points": {"kind": "points", "joins": {"probability": 1.0}, "points_per_unit": 1.0, "point_value": 0.05, "min_points": 20.0},
}


@pytest.mark.parametrize(("one", "other"), [*combinations(OFF, 2)])
def test_what_is_taken_off_does_not_depend_on_the_file(one: str, other: str) -> None:
    """Two programmes take the same money off, whichever stands first: to a unit of each order, in which shares are rounded."""
    both = [OFF[one] | {"name": "x"}, OFF[other] | {"name": "y"}]
    first, second = (simulate(validated(market(order, market_size=40)), engine="simpy", seed=1) for order in (both, both[::-1]))
    taken = [
        history.money[:, [n for n, c in enumerate(history.causes) if c.endswith(":discounts")]].sum()
        for history in (first, second)
    ]
    orders = first.orders.sum()
    assert orders == second.orders.sum() and taken[0] < 0
    if {one, other} == {"credit", "points"}:  # both pay of what is left: who comes first is said by the file
        return
    assert abs(taken[0] - taken[1]) <= 3 * orders
