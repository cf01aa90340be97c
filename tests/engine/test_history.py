"""When two histories are the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladsim.engine.run import simulate
from tests.engine.test_instants import scenario


@pytest.mark.parametrize("log", [False, True])
def test_customers_add_up_to_the_books(log: bool) -> None:
    """What was booked to each customer is there whether or not the run keeps a log, and its sum is the market's; without customers it is not kept."""
    shop = scenario(
        [{"name": "customer", "share": 1.0, "orders_per_month": 3.0, "cost_per_month": 0.5}],
        [],
        basket={"mean": 40.0},
        money={"margin": 0.5},
    )
    history = simulate(shop, log=log)
    assert history.customers is not None
    assert history.customers["booked"].sum() == history.orders.sum() > 0
    revenue, goods, cost = (history.money[:, history.causes.index(cause)].sum() for cause in ("revenue", "goods", "rung_cost"))
    found = [history.customers[name].sum() for name in ("revenue", "contribution", "cost")]
    assert found == [revenue, revenue + goods, cost]
    assert min(found[:2]) > 0 > cost
    assert (history.log is not None) == log
    assert simulate(shop, log=log, customers=False).customers is None


def test_what_is_no_number_equals_itself() -> None:
    """A book of real numbers may have no value where there is nobody; a history with such a place is still what it is."""
    history = simulate(scenario([{"name": "lead", "share": 1.0}], []))
    unknown = replace(history, holdouts=np.array([1.0, np.nan]))
    assert unknown.equals(replace(unknown, holdouts=np.array([1.0, np.nan])))
    assert not unknown.equals(replace(unknown, holdouts=np.array([1.0, 2.0])))


def test_one_other_number_makes_another_history() -> None:
    """Of a customer or of the log, in the first column or the last; and columns of another kind are others whatever they hold."""
    history = simulate(scenario([{"name": "lead", "share": 1.0, "entry_cost": 1.0}], []), log=True)
    for name in ("customers", "log"):
        table = getattr(history, name)
        for column in (table.dtype.names[0], table.dtype.names[-1]):
            other = table.copy()
            other[column][-1] += 1
            assert not history.equals(replace(history, **{name: other}))
        wider = table.astype([(column, "f8") for column in table.dtype.names])
        assert not history.equals(replace(history, **{name: wider}))
        assert history.equals(replace(history, **{name: table.copy()}))
