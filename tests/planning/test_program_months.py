"""Fans over futures of which some lack the number."""

from __future__ import annotations

import numpy as np
import pytest

from ladsim.measures import program_members
from ladsim.planning.program_months import QUANTILES, _fan, level_fan
from ladsim.planning.run import replicate
from ladsim.scenario.load import validated
from tests.programs.played import market

GONE = np.nan


@pytest.mark.parametrize(
    "values",
    [
        [[1.0, 2.0], [3.0, 8.0], [2.0, 5.0]],
        [[1.0, GONE, GONE], [3.0, 8.0, GONE], [2.5, 1e-9, GONE]],
        [[GONE], [GONE]],
        [[4.0, 1e12]],
    ],
)
def test_each_month_is_that_of_the_futures_that_have_it(values: list[list[float]]) -> None:
    """Mean and quantiles of a month are those of its own known values, to the last bit; of none there is none."""
    array = np.array(values)
    table = _fan(array, np.arange(array.shape[1], dtype=np.float64), what="members")
    assert list(table) == ["month", "what", "mean", *QUANTILES]
    for month, column in enumerate(array.T):
        known = column[~np.isnan(column)]
        row = table.iloc[month]
        if not known.size:
            assert row[["mean", *QUANTILES]].isna().all()
            continue
        assert row["mean"] == known.mean()
        assert [row[name] for name in QUANTILES] == [np.quantile(known, q) for q in QUANTILES.values()]


def test_levels_of_two_programmes_are_kept_apart() -> None:
    """Everybody is on the first level of both: the fans are the market's size, of each level of its own programme."""
    tiers = {
        "kind": "tiers", "joins": {"probability": 1.0},
        "levels": [{"name": "silver", "orders": 0.0}, {"name": "gold", "orders": 900.0}],
    }  # fmt: skip
    card = {"kind": "points", "joins": {"probability": 1.0}, "points_per_order": 1.0, "reward_at": 5.0, "reward_cost": 1.0}
    runs = replicate(validated(market([tiers, card], months=2, market_size=30)), replications=2, processes=1)
    assert level_fan(runs, "tiers", "silver").tolist() == [[30.0] * 3] * 2
    assert level_fan(runs, "tiers", "gold").tolist() == [[0.0] * 3] * 2
    (only,) = set(program_members(runs.histories[0]).query("program == 'points'")["level"])
    assert level_fan(runs, "points", only).tolist() == [[30.0] * 3] * 2
