"""A study's own figures beside published ranges: which there are, and on which side of them they lie."""

from __future__ import annotations

import math

import pytest

import ladsim
from ladsim.planning.literature import SIDES, literature, side, tables, without_range
from ladsim.planning.pairs import Estimate
from ladsim.planning.replications import Replications

MARKET = """
schema = 1
name = "small"
months = 6
market_size = 300
{trade}
[[rungs]]
name = "visitor"
share = 0.5
[[rungs]]
name = "customer"
share = 0.5
orders_per_month = 0.8
[[steps]]
from = "visitor"
to = "customer"
trigger = "time"
monthly = 0.2
"""


def study(trade: str) -> Replications:
    """Four futures of a small market."""
    scenario = ladsim.loads(MARKET.format(trade=f'trade = "{trade}"' if trade else ""))
    return ladsim.replicate(scenario, replications=4, processes=1)


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [(0.1, 0.2, "below"), (0.6, 0.7, "above"), (0.4, 0.5, "within"), (0.35, 0.45, "unclear"), (0.3, 0.7, "unclear"), (math.nan, math.nan, "unclear")],
)  # fmt: skip
def test_a_figure_lies_where_its_whole_interval_lies(low: float, high: float, wanted: str) -> None:
    """Beside 0.4 to 0.5; an interval over an end, or none at all, cannot be told."""
    assert side(Estimate((low + high) / 2, low, high), 0.4, 0.5) == wanted
    assert wanted in SIDES


def test_a_web_shop_is_shown_what_was_measured_in_web_shops() -> None:
    """Each range of a measure that it has, with its own mean as the table of measures has it; the others are named."""
    runs = study("web_shop")
    found = literature(runs)
    assert list(found["measure"]) == ["repurchase_rate", "repurchase_rate", "ordered_again", "ordered_again"]
    own = ladsim.planning.measure_table.measures(runs).set_index("measure")["mean"]
    assert found["mean"].iloc[0] == own["repurchase_rate"]
    assert {"churn_share", "purchase_frequency"} <= set(without_range(runs))
    assert not {"repurchase_rate", "nps_end"} & set(without_range(runs))  # told; not measured here
    assert list(tables(runs)) == ["literature"]


def test_nothing_is_shown_where_no_trade_matches() -> None:
    """A file without a trade has no table and no measures without one; a trade without figures has the second alone."""
    assert literature(study("")).empty and tables(study("")) == {} and without_range(study("")) == []
    runs = study("cafe")
    assert tables(runs) == {}
    assert "repurchase_rate" in without_range(runs)
