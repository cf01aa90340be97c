"""The table of measures that every study has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladsim.measures.explanation import study_measures
from ladsim.measures.stability import revenue_stability
from ladsim.planning.compare import Comparison
from ladsim.planning.tables import tables_of


def test_every_measure_has_its_mean_and_its_uncertainty(duel: Comparison) -> None:
    """A row per number of the summaries; mean, interval, quantiles and spread are those of the futures."""
    run = duel.runs["base"]
    table = run.measures.set_index("measure")
    assert table.index.tolist() == list(run.summaries[0].scalars)
    profit = np.array([summary.scalars["profit"] for summary in run.summaries])
    row = table.loc["profit"]
    assert (row["name"], row["unit"], row["futures"]) == ("Profit", "DKK", 6)
    assert row["mean"] == pytest.approx(profit.mean())
    assert row["sd"] == pytest.approx(profit.std(ddof=1))
    assert row["p05"] <= row["p50"] <= row["p95"]
    pair_means = profit.reshape(-1, 2).mean(axis=1)
    half = 4.302653 * pair_means.std(ddof=1) / np.sqrt(3)  # t quantile, 2 degrees of freedom
    assert [row["low"], row["high"]] == pytest.approx([profit.mean() - half, profit.mean() + half], rel=1e-6)
    assert table.loc["end_ambassador", "unit"] == "people"
    assert table.loc["end_ambassador", "mean"] == table.loc["ambassadors_end", "mean"]
    steady = revenue_stability(run.histories).iloc[0]
    assert table.loc["revenue", "sd"] / table.loc["revenue", "mean"] == pytest.approx(steady["future_to_future"])
    assert table.loc["revenue_variation", "mean"] == pytest.approx(steady["month_to_month"])


def test_futures_without_a_number_are_left_out(duel: Comparison) -> None:
    """A number that exists in some futures only has the mean of those, and says how many; in none: nothing."""
    run = duel.runs["base"]
    holes = tuple(
        replace(s, scalars={**s.scalars, "profitable_from_month": float(k) if k < 3 else np.nan, "orders": np.nan})
        for k, s in enumerate(run.summaries)
    )
    table = replace(run, summaries=holes).measures.set_index("measure")
    assert table.loc["profitable_from_month", ["mean", "p50", "futures"]].tolist() == [1.0, 1.0, 3]
    assert table.loc["orders", "futures"] == 0
    assert np.isnan(table.loc["orders", "mean"]) and np.isnan(table.loc["orders", "p50"])


def test_names_are_in_the_language_of_the_scenario(duel: Comparison) -> None:
    """Danish names for a Danish scenario; the keys and units stay."""
    run = duel.runs["base"]
    danish = replace(run, scenario=run.scenario.model_copy(update={"language": "da"})).measures.set_index("measure")
    assert danish.loc["churn_share", "name"] == "Frafaldsandel"
    assert danish.loc["end_customer", "name"] == "Personer på et trin: customer"
    assert danish["unit"].tolist() == run.measures["unit"].tolist()


def test_a_comparison_has_them_for_every_strategy(duel: Comparison) -> None:
    """The table of the study's folder is that of its results."""
    table = duel.measures
    assert table["strategy"].unique().tolist() == list(duel.runs)
    assert len(table) == len(duel.runs) * len(duel.runs["base"].measures)
    assert table.equals(tables_of(duel)["measures"])
    numbers = {name for name in table["measure"] if not name.startswith("end_")}
    absent = {"nps_end", "satisfaction_end", "members_end"}  # of scenarios with satisfaction, with programmes
    assert numbers == {name for name in study_measures() if name != "end_RUNG"} - absent
