"""The silence found from gaps, and who may have bought before the data begin, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ladsim.placing.silence import UNKNOWN, bought_before, bought_before_doubt, silence_of


def test_nineteen_of_twenty_gaps() -> None:
    """Of 100 gaps, 95 are 10 to 30 days: the silence is 30; of 19 gaps nothing is told."""
    gaps = pd.DataFrame({"gap": [10, 30, 200], "n": [50, 45, 5]})
    assert silence_of(gaps) == (30, 100)
    assert silence_of(gaps.assign(n=[10, 5, 4])) == (UNKNOWN, 19)


def firsts(*counts: int) -> np.ndarray:
    """Days of first orders: so many in the middle of each month."""
    return np.concatenate([np.full(n, int((month + 0.5) * 30.4375)) for month, n in enumerate(counts)])


def test_old_customers_at_the_left() -> None:
    """100, then 40, then 20 a month with a silence of two months: four in five of the first month, half of the second bought before."""
    found = bought_before(firsts(100, 40, *[20] * 10), 365, 61)
    assert found[:3].round(6).tolist() == [0.8, 0.5, 0.0]
    assert found[3:].sum() == 0


def test_a_market_that_wanes_has_no_old_customers() -> None:
    """Fewer new ones each month, by a tenth, is no sign of old ones; nor is a cohort, nor a time too short to tell."""
    waning = [round(200 * 0.9**month) for month in range(18)]
    assert bought_before(firsts(*waning), 18 * 31, 61).sum() == 0
    assert bought_before(firsts(300, 200), 18 * 31, 61).sum() == 0
    assert bought_before(firsts(100, 20, 20), 3 * 31, 61).sum() == 0


def test_how_far_the_share_of_old_customers_may_be_off() -> None:
    """Of 300 customers first seen in the first month 100 are new: over drawn markets the share is off by as much as is said."""
    rng = np.random.default_rng(1)
    found, said = [], []
    for _ in range(300):
        counts = [rng.poisson(300), *rng.poisson(100, 23)]
        first, days = firsts(*counts), int(24 * 30.4375)
        before = bought_before(first, days, 60)
        found.append(before[0])
        said.append(bought_before_doubt(before, first, days, 60)[0])
    assert np.std(found) == pytest.approx(np.mean(said), rel=0.15)
