"""Fans over futures of which some lack the number."""

from __future__ import annotations

import numpy as np
import pytest

from ladsim.planning.program_months import QUANTILES, _fan

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
