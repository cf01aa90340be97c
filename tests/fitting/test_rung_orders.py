"""Orders by rung: counted by hand, what a day of a step is worth, and onto a ladder with several rungs that order."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladsim.errors import DataError
from ladsim.fitting.calibration import calibrate
from ladsim.fitting.rung_orders import fit_rung_orders

MONTH = 30.4375
RUNGS = pd.DataFrame(
    {"customer": list("aab"), "date": ["2027-01-01", "2027-03-02", "2027-01-31"], "stage": ["new", "fan", "new"]}
)


def test_by_hand() -> None:
    """60 days and 30 of two new customers, one of whom never ordered: three orders, the last on the day of a step; not those of the first day."""
    days = ["2027-01-01", "2027-01-15", "2027-01-15", "2027-02-01", "2027-03-02", "2027-03-20"]
    orders = pd.DataFrame({"customer": ["a"] * 6, "date": days})
    fitted = fit_rung_orders(RUNGS, orders, until=datetime.date(2027, 3, 2))
    assert fitted.n == 2
    assert fitted.parameters == pytest.approx({"orders new": 3.5 / (90 / MONTH)})
    longer = fit_rung_orders(RUNGS, orders, until=datetime.date(2027, 4, 1))
    assert longer.parameters == pytest.approx({"orders new": 3.5 / (120 / MONTH), "orders fan": 1.5 / (30 / MONTH)})
    assert {key for key, _ in longer.cannot_tell} == {"few_rung_orders"}


def test_an_order_that_makes_the_step_counts_for_the_rung_left() -> None:
    """60 customers who each leave "first" by an order after 20 to 79 days: 60 orders in the time there."""
    start = pd.Timestamp("2026-01-01")
    turns = [start + pd.Timedelta(days=20 + c) for c in range(60)]
    rungs = pd.DataFrame(
        [(str(c), day, rung) for c in range(60) for day, rung in ((start, "first"), (turns[c], "repeat"))],
        columns=["customer", "date", "stage"],
    )
    orders = pd.DataFrame([(str(c), day) for c in range(60) for day in (start, turns[c])], columns=["customer", "date"])
    fitted = fit_rung_orders(rungs, orders, until=datetime.date(2026, 6, 30))
    assert fitted.parameters["orders first"] == pytest.approx(60.5 / (sum(20 + c for c in range(60)) / MONTH))
    assert fitted.parameters["orders first"] == pytest.approx(0.6, abs=0.05)


def test_rates_are_found_again() -> None:
    """.3 a month as a new customer, .9 as a fan, in 300 histories: within three standard errors."""
    rng = np.random.default_rng(8)
    rungs, orders = [], []
    for c in range(300):
        turns = float(rng.integers(30, 300))
        rungs += [(str(c), 0.0, "new"), (str(c), turns, "fan")]
        for low, high, rate in ((0.0, turns, 0.3), (turns, 365.0, 0.9)):
            orders += [(str(c), t) for t in rng.uniform(low, high, rng.poisson(rate * (high - low) / MONTH))]
    start = pd.Timestamp("2026-01-01")

    def dated(rows: list, names: list[str]) -> pd.DataFrame:
        table = pd.DataFrame(rows, columns=names)
        return table.assign(date=start + pd.to_timedelta(np.ceil(table["date"]), unit="D"))

    fitted = fit_rung_orders(
        dated(rungs, ["customer", "date", "stage"]), dated(orders, ["customer", "date"]), until=datetime.date(2027, 1, 1)
    )
    for name, rate in (("orders new", 0.3), ("orders fan", 0.9)):
        assert abs(fitted.parameters[name] - rate) < 3 * fitted.standard_errors[name] + 0.01 * rate  # orders of one day are one
    assert fitted.cannot_tell == ()


def test_onto_a_ladder(tmp_path: Path) -> None:
    """Rungs and orders of the same customers: each ordering rung of the ladder has its rate."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    start = datetime.date(2026, 1, 1)

    def day(number: int) -> str:
        return (start + datetime.timedelta(days=number)).isoformat()

    moves = "".join(f"{c},{day(c)},customer\n{c},{day(c + 100 + c % 7)},repeat\n" for c in range(60))
    sold = "".join(f"{c},{day(c + 40 * k + c % 11)},{20 + c % 9 + 3 * (k % 2)}\n" for c in range(60) for k in range(6))
    (tmp_path / "crm.csv").write_text("customer,date,stage\n" + moves, encoding="utf-8")
    (tmp_path / "sales.csv").write_text("customer,date,amount\n" + sold, encoding="utf-8")
    found = calibrate([tmp_path / "crm.csv", tmp_path / "sales.csv"], ladder="five_rungs", until="2026-12-31")
    keys = {one.key: one for one in found.placed}
    for rung in ("customer", "repeat"):
        one = keys[f"rungs.{rung}.orders_per_month"]
        assert one.number == f"rung_orders.orders {rung}" and one.file == "crm.csv, sales.csv"
        assert 0 < one.low < one.high
    assert "basket.mean" in keys


def test_nobody_in_both() -> None:
    """Other ids: refused."""
    with pytest.raises(DataError, match="in both tables"):
        fit_rung_orders(RUNGS, pd.DataFrame({"customer": ["z"], "date": ["2027-01-01"]}))
