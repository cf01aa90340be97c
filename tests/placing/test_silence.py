"""The silence found from gaps, and who may have bought before the data begin, counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ladsim.placing.silence import UNKNOWN, bought_before, bought_before_doubt, silence_of


def test_nineteen_of_twenty_gaps() -> None:
    """Of 100 gaps, 95 are 10 to 30 days: the silence is 30; of 19 gaps nothing is told."""
    gaps = pd.DataFrame({"gap": [10, 30, 200], "n": [50, 45, 5], "open": 0})
    assert silence_of(gaps) == (30, 100)
    assert silence_of(gaps.assign(n=[10, 5, 4])) == (UNKNOWN, 19)


def test_open_gaps_count_as_long_as_they_were_seen() -> None:
    """By hand: 60 of 200 gaps end after 10 days, 80 are open after 50, 30 of the last 60 end after 100 and the others after 300."""
    gaps = pd.DataFrame({"gap": [10, 50, 100, 300], "n": [60, 0, 30, 30], "open": [0, 80, 0, 0]})
    assert silence_of(gaps) == (300, 120)  # 0.3, then 0.3 + 0.7 / 2 = 0.65, then all
    assert silence_of(gaps.assign(n=[60, 0, 57, 3])) == (100, 120)  # 0.3 + 0.7 · 0.95 = 0.965
    assert silence_of(gaps.assign(n=[95, 0, 0, 5], open=0)) == (10, 100)
    assert silence_of(gaps.assign(n=[95, 0, 0, 5], open=[0, 80, 0, 0])) == (300, 100), "the completed gaps alone would say 10"


def test_who_never_comes_again_has_no_repeat_order() -> None:
    """Half of 2,000 leave at once; the others' gaps are exponential: their 0.95 quantile is found though all are seen for a time."""
    luck = np.random.default_rng(11)
    waits, seen = luck.exponential(60.0, 2_000), luck.uniform(200.0, 700.0, 2_000)
    ended = (luck.random(2_000) < 0.5) & (waits < seen)
    days = np.where(ended, waits, seen).astype(int)
    gaps = pd.DataFrame({"gap": days, "n": ended.astype(int), "open": (~ended).astype(int)}).groupby("gap", as_index=False).sum()
    found, n = silence_of(gaps)
    assert n == ended.sum() and found == pytest.approx(60.0 * np.log(20.0), rel=0.1)


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
