"""A study by segment and rung, by cohort and by referral tree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladsim.measures.referral import ABOVE_ONE
from ladsim.planning import breakdown
from ladsim.planning.replications import Replications
from ladsim.planning.run import replicate
from ladsim.scenario.load import loads
from tests.planning.conftest import MARKET

SEGMENTS = """
[[steps]]
from = "ambassador"
to = "lapsed"
monthly = 0.1
[[segments]]
name = "student"
share = 0.25
factors = { orders = 2.0 }
[[segments]]
name = "office"
share = 0.75
"""


@pytest.fixture(scope="module")
def runs() -> Replications:
    """The small market in two segments, four futures."""
    return replicate(loads(MARKET + SEGMENTS), seed=3, replications=4, processes=1)


def mean(runs: Replications, key: str) -> float:
    return float(np.mean([summary.scalars[key] for summary in runs.summaries]))


def test_segments_add_up_to_the_market(runs: Replications) -> None:
    """People, customers and money of the segments are those of the whole; students order twice as often."""
    table = breakdown.segments(runs).set_index("segment")
    assert table["people"].tolist() == [500, 1500]
    for column in ("new_customers", "customers_end", "revenue", "contribution", "cost_to_serve"):
        assert table[column].sum() == pytest.approx(mean(runs, column)), column
    assert table.loc["student", "orders_per_month"] == pytest.approx(2 * table.loc["office", "orders_per_month"], rel=0.2)


def test_rungs_add_up_to_the_segments(runs: Replications) -> None:
    """Segment × rung holds everybody at both ends, all orders and all money, and the time of all."""
    table = breakdown.segments_and_rungs(runs)
    assert len(table) == 2 * 4
    assert table["people_start"].sum() == table["people_end"].sum() == 2000
    assert table["person_months"].sum() == pytest.approx(2000 * 6)
    assert table["orders"].sum() == pytest.approx(mean(runs, "orders"))
    by_segment = table.groupby("segment", sort=False)["contribution"].sum().to_numpy()
    assert by_segment == pytest.approx(breakdown.segments(runs)["contribution"].to_numpy())


def test_steps_of_the_segments_are_the_flows(runs: Replications) -> None:
    """Steps taken add up to the flows; a conversion is a share."""
    table = breakdown.steps_by_segment(runs)
    flows = np.mean([h.flows.sum(axis=(0, 2)) * h.scale for h in runs.histories], axis=0)
    assert table.groupby("step", sort=False)["taken"].sum().to_numpy() == pytest.approx(flows)
    assert table["conversion"].dropna().between(0, 1).all()


def test_cohorts_and_trees(runs: Replications) -> None:
    """Cohorts begin whole or less and only wins add size; the ABC curve rises from 0 to 1; trees hold every customer once."""
    kept = breakdown.retention(runs)
    assert kept.loc[kept["age"] == 0, "size"].sum() == pytest.approx(mean(runs, "customers_ever"))
    assert (kept["kept"] <= kept["size"]).all()
    curve = breakdown.abc(runs)["share_of_contribution"]
    assert (curve.iloc[0], curve.iloc[-1]) == pytest.approx((0.0, 1.0))
    assert curve.is_monotonic_increasing
    trees = breakdown.referral_trees(runs)
    scale = runs.histories[0].scale
    assert (trees["tree_size"] * trees["trees"]).sum() * scale == pytest.approx(mean(runs, "customers_ever"))


def test_a_referral_factor_above_one_is_told(runs: Replications) -> None:
    """Below 1 nothing is said; where each advocate brings many, a sentence warns."""
    assert (
        breakdown.growth_note(
            replace(runs, histories=tuple(replace(h, new_customers=h.new_customers * 0) for h in runs.histories))
        )
        == ""
    )
    many = tuple(replace(h, new_customers=h.new_customers * 50) for h in runs.histories)
    note = breakdown.growth_note(replace(runs, histories=many))
    assert note.startswith(f"{runs.label}: the referral factor is ")
    assert ABOVE_ONE in note


def test_a_sample_says_that_its_luck_is_larger() -> None:
    """A tenth of the market shows luck about √10 times as large, and says so; the whole market says nothing."""
    scenario = loads(
        """
        schema = 1
        name = "Sampled"
        months = 2
        market_size = 500
        rungs = [{ name = "lead", share = 1.0 }, { name = "customer", orders_per_month = 1.0 }]
        steps = [{ from = "lead", to = "customer", rate = 0.1 }]
        """
    )
    few = replicate(scenario, replications=2, sample=50, processes=1)
    assert "50 people stand for 500: what is luck comes out about 3.2 times as large" in breakdown.sample_note(few)
    assert breakdown.sample_note(replicate(scenario, replications=2, processes=1)) == ""
