"""The ladder on a small history, counted by hand: who stands where, who climbs, which goals are met."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.scenario.spec import Goal
from tests.measures.futures import close, futures


def test_rung_counts_are_of_the_whole_market(history: History) -> None:
    """Month × rung, scaled; tidy says the same per segment."""
    table = measures.rung_counts(history)
    assert table.index.tolist() == [0.0, 1.0, 2.0]
    assert table.to_dict("list") == {"lead": [30, 10, 10], "customer": [10, 30, 20], "gone": [0, 0, 10]}
    tidy = measures.rung_counts(history, tidy=True)
    assert list(tidy.columns) == ["month", "segment", "rung", "customers"]
    again = tidy.pivot_table(index="month", columns="rung", values="customers", aggfunc="sum")
    assert again[list(table.columns)].to_numpy().tolist() == table.to_numpy().tolist()


def test_flows_and_conversion(history: History) -> None:
    """Flow over those who stood there at the month's start; nobody there: undefined; everybody who ever stood there as base."""
    assert measures.flows(history)["lead.customer.message"].tolist() == [10.0, 0.0]
    rate = measures.conversion_rate(history)
    assert rate["lead.customer.time"].tolist() == pytest.approx([1 / 3, 0.0])
    assert rate["customer.gone.time"].tolist() == pytest.approx([0.0, 1 / 3])
    assert (rate.columns.name, rate.index.name) == ("step", "month")
    by_segment = measures.conversion_rate(history, by="segment")
    young = by_segment[(by_segment["segment"] == "young") & (by_segment["step"] == "lead.customer.time")]
    assert young["rate"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert (young["from"].unique().tolist(), young["trigger"].unique().tolist()) == (["lead"], ["time"])
    so_far = measures.cumulative_conversion(history)
    assert so_far["customer.gone.time"].tolist() == pytest.approx([0.0, 1 / 3])
    assert so_far["lead.customer.time"].tolist() == pytest.approx([1 / 3, 1 / 3])


def test_goals_are_met_or_missed(history: History) -> None:
    """Numbers and shares of rungs and steps, between snapshots and beyond the horizon."""
    goals = [
        Goal(name="ten", rung="customer", number=30.0, by_month=1.0),
        Goal(rung="customer", share=0.6, by_month=2.0),
        Goal(step="lead.customer", number=20.0, by_month=1.5),
        Goal(step="lead.customer.message", converted_share=0.5, by_month=2.0),
        Goal(step="lead.customer", converted_share=0.6, by_month=2.0),
        Goal(rung="gone", number=1.0, by_month=3.0),
    ]
    table = measures.goal_results(history, iter(goals))
    assert table["reached"].tolist() == pytest.approx([30.0, 0.5, 20.0, 1 / 3, 2 / 3, np.nan], nan_ok=True)
    assert table["met"].tolist() == [True, False, True, False, True, pd.NA]
    assert table["goal"].tolist()[1] == "customer by month 2"
    with pytest.raises(StudyError, match="did you mean 'customer'"):
        measures.goal_results(history, [Goal(rung="custmer", number=1.0, by_month=1.0)])
    with pytest.raises(StudyError, match=r"step: found 'gone\.lead'"):
        measures.goal_results(history, [Goal(step="gone.lead", number=1.0, by_month=1.0)])


def test_ambassadors_stand_on_the_highest_rung_unless_another_is_named_so(history: History) -> None:
    """The top of the ladder by default, a rung called ambassador before it, or the one asked for; shares of all customers."""
    table = measures.number_of_ambassadors(history)
    assert table["rung"].unique().tolist() == ["customer"]
    assert table["ambassadors"].tolist() == [10.0, 30.0, 20.0]
    assert table["share_of_customers"].tolist() == [1.0, 1.0, 1.0]
    named = replace(history, rung_names=("Ambassadør", "partner", "gone"))
    assert measures.number_of_ambassadors(named)["rung"].iloc[0] == "Ambassadør"
    assert measures.number_of_ambassadors(named)["share_of_customers"].tolist() == pytest.approx([0.75, 0.25, 1 / 3])
    by_segment = measures.number_of_ambassadors(history, rung="lead", by="segment")
    assert by_segment["segment"].tolist() == ["young", "old"] * 3
    assert by_segment["ambassadors"].tolist() == [20.0, 10.0, 0.0, 10.0, 0.0, 10.0]
    assert by_segment["share_of_customers"].tolist() == pytest.approx([1.0, 0.5, 0.0, 0.5, 0.0, 0.5])
    with pytest.raises(StudyError, match="did you mean 'lead'"):
        measures.number_of_ambassadors(history, rung="leed")


def test_ambassadors_of_the_reference_ladder() -> None:
    """V1: .006212 of the leads are ambassadors after 12 months."""
    close(
        [measures.number_of_ambassadors(h)["ambassadors"].iloc[-1] / 5000 for h in futures("reference_ladder", 2_000)], 0.006212
    )
