"""Customer equity: counted by hand on a small history, and against the closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.scenario.load import load
from ladsim.scenario.tables import tables
from ladsim.theory.lifetime import expected_customer_equity
from ladsim.theory.markov import occupancy
from tests.measures.futures import V1, close, futures


def test_customer_equity_by_hand(history: History) -> None:
    """Earned 400 on day 30 and 250 on day 60, spend 600 on day 30, fixed costs left out; by segment at mid-month."""
    day = [np.exp(-0.01 * (d - 0.5) / 30) for d in (30, 60)]
    row = measures.customer_equity(history).iloc[0]
    assert row["earned"] == pytest.approx(400 * day[0] + 250 * day[1])
    assert row["spend"] == pytest.approx(600 * day[0])
    assert row["customer_equity"] == pytest.approx(-200 * day[0] + 250 * day[1])
    assert row["still_to_come"] == 0.0
    assert measures.summarise(history).scalars["customer_equity"] == pytest.approx(row["customer_equity"])
    value = pd.Series({"lead": 1.0, "customer": 10.0, "gone": 0.0})
    more = measures.customer_equity(history, value).iloc[0]
    assert more["still_to_come"] == pytest.approx(np.exp(-0.02) * (10 * 1.0 + 20 * 10.0))
    assert more["customer_equity"] == pytest.approx(row["customer_equity"] + more["still_to_come"])
    by_segment = measures.customer_equity(history, value, by="segment").set_index("segment")
    month = [np.exp(-0.01 * m) for m in (0.5, 1.5)]
    assert by_segment["earned"].tolist() == pytest.approx([400 * month[0] + 150 * month[1], 100 * month[1], 0.0])
    assert by_segment["spend"].tolist() == pytest.approx([0.0, 0.0, 600 * month[0]])
    assert by_segment["still_to_come"].tolist() == pytest.approx([np.exp(-0.02) * 100, np.exp(-0.02) * 110, 0.0])
    with pytest.raises(StudyError, match="no value for 'gone'"):
        measures.customer_equity(history, value.drop("gone"))


def test_customer_equity_of_the_reference_ladder() -> None:
    """V1: what 12 months bring and what is then still to come is together the value of a lead, whatever part has been realised."""
    scenario = load("classics/reference_ladder")
    found = [expected_customer_equity(h, scenario).iloc[0] for h in futures("reference_ladder", 500)]
    close([row["customer_equity"] / 5000 for row in found], V1["lead"])
    there = occupancy(tables(scenario), "lead", 12.0)
    later = sum(there[rung] * value for rung, value in V1.items()) / 1.1
    close([row["still_to_come"] / 5000 for row in found], later)
    one = next(futures("reference_ladder", 500))
    parts = expected_customer_equity(one, scenario, by="segment")["customer_equity"].sum()
    assert parts == pytest.approx(expected_customer_equity(one, scenario)["customer_equity"][0], rel=1e-4)
