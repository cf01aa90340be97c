"""Intervals and the split of spread, by formula, by hand and by coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ladsim.errors import StudyError
from ladsim.measures.uncertainty import mean_interval, paired_difference, quantile_fan, share_interval, variance_split


def replications(luck: float, not_knowing: float, pairs: int, seed: int) -> np.ndarray:
    """Normal numbers: 2j and 2j + 1 share a draw."""
    rng = np.random.default_rng(seed)
    return (rng.normal(0, not_knowing, (pairs, 1)) + rng.normal(0, luck, (pairs, 2))).ravel() + 5.0


def test_mean_without_pairs_is_the_t_interval() -> None:
    """The textbook interval."""
    values = np.array([4.0, 5.5, 6.0, 7.0, 3.0])
    found = mean_interval(values, pairs=False)
    low, high = stats.t.interval(0.95, 4, values.mean(), values.std(ddof=1) / np.sqrt(5))
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.holds(5.0)
    assert not found.holds(50.0)


def test_mean_with_pairs_is_the_t_interval_of_pair_means() -> None:
    """Complete pairs: the same as averaging each pair first."""
    values = replications(1.0, 3.0, 20, 1)
    means = values.reshape(-1, 2).mean(axis=1)
    found, plain = mean_interval(values), mean_interval(means, pairs=False)
    assert (found.estimate, found.low, found.high) == pytest.approx((plain.estimate, plain.low, plain.high))
    assert found.units == 20
    assert found.high - found.low > mean_interval(values, pairs=False).high - mean_interval(values, pairs=False).low


def test_pairs_cover_what_they_promise() -> None:
    """Where parameters matter, the interval of pairs holds the truth in 95 of 100 studies; that of single replications does not."""
    studies = [replications(1.0, 2.0, 20, seed) for seed in range(400)]
    with_pairs = np.mean([mean_interval(v).holds(5.0) for v in studies])
    without = np.mean([mean_interval(v, pairs=False).holds(5.0) for v in studies])
    assert 0.92 < with_pairs < 0.98
    assert without < 0.90


@pytest.mark.parametrize(("values", "estimate"), [([], np.nan), ([3.0], 3.0), ([3.0, 5.0], 4.0)])
def test_too_few_for_an_interval(values: list[float], estimate: float) -> None:
    """No independent observations beyond one: no interval, no warning."""
    found = mean_interval(values)
    assert found.estimate == pytest.approx(estimate, nan_ok=True)
    assert np.isnan(found.low)


def test_undefined_replications_are_left_out() -> None:
    """NaN (no payback, say) is no number; an odd count of replications is allowed."""
    assert mean_interval([1.0, np.nan, 3.0, 5.0, np.nan], pairs=False).estimate == 3.0
    assert mean_interval([1.0, 2.0, 3.0]).units == 2


def test_a_strategy_against_itself_differs_by_nothing() -> None:
    """A − A is 0 with an interval of no width."""
    values = replications(1.0, 1.0, 5, 3)
    found = paired_difference(values, values)
    assert (found.estimate, found.low, found.high) == (0.0, 0.0, 0.0)
    assert variance_split(values - values).total == 0.0
    assert np.isnan(variance_split(values - values).share_luck)
    with pytest.raises(StudyError, match="must be as many"):
        paired_difference([1.0], [1.0, 2.0])


def test_same_luck_narrows_the_difference() -> None:
    """What both strategies share falls out of the difference."""
    shared = replications(5.0, 5.0, 30, 4)
    noise = replications(0.1, 0.0, 30, 5) - 5.0
    found = paired_difference(shared + 1.0 + noise, shared)
    assert found.high - found.low < 0.2
    assert found.holds(1.0)


def test_shares() -> None:
    """Jeffreys' interval; the ends are kept; ties may count half."""
    law = stats.beta(12.5, 28.5)
    found = share_interval(12, 40)
    assert (found.low, found.high) == pytest.approx((law.ppf(0.025), law.ppf(0.975)))
    assert share_interval(0, 40).low == 0.0
    assert share_interval(40, 40).high == 1.0
    assert share_interval(12.5, 40).estimate == 0.3125
    assert (share_interval(0, 0).low, share_interval(0, 0).high) == (0.0, 1.0)
    with pytest.raises(StudyError, match="successes"):
        share_interval(5, 4)
    with pytest.raises(StudyError, match="level"):
        share_interval(1, 4, level=95)


def test_fan() -> None:
    """Quantiles at every month, rising from left to right."""
    fan = quantile_fan(np.arange(33.0).reshape(11, 3), [0, 1, 2])
    assert fan.index.tolist() == [0, 1, 2]
    assert fan[0.5].tolist() == [15.0, 16.0, 17.0]
    assert (np.diff(fan.to_numpy(), axis=1) > 0).all()


def test_split_by_hand() -> None:
    """Luck is half the mean squared difference within pairs, the rest of the total lack of knowledge."""
    found = variance_split([1.0, 3.0, 11.0, 13.0, 6.0, 6.0])
    assert found.luck == pytest.approx((4 + 4 + 0) / 3 / 2)
    between = 2 * np.var([2.0, 12.0, 6.0], ddof=1)
    assert found.not_knowing == pytest.approx((between - found.luck) / 2)
    assert found.share_luck + found.share_not_knowing == pytest.approx(1.0)
    assert found.low <= found.share_not_knowing <= found.high


def test_split_at_its_ends() -> None:
    """Only lack of knowledge: share 1. Fewer than two pairs or undefined values: NaN. Negative estimates are shown as 0."""
    only = variance_split([1.0, 1.0, 2.0, 2.0])
    assert (only.share_not_knowing, only.low, only.high) == (1.0, 1.0, 1.0)
    assert np.isnan(variance_split([1.0, 2.0]).total)
    assert np.isnan(variance_split([1.0, np.nan, 2.0, 3.0]).total)
    assert variance_split([1.0, -1.0, 1.0, -1.0]).not_knowing == 0.0


def test_split_covers_what_it_promises() -> None:
    """The share of lack of knowledge lies in its 90 % interval in 90 of 100 studies."""
    truth = 4.0 / 5.0
    found = [variance_split(replications(1.0, 2.0, 20, 1000 + seed)) for seed in range(400)]
    assert 0.86 < np.mean([s.low <= truth <= s.high for s in found]) < 0.94
    assert np.mean([s.luck for s in found]) == pytest.approx(1.0, rel=0.05)
    assert np.mean([s.not_knowing for s in found]) == pytest.approx(4.0, rel=0.1)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5, float("nan")])
def test_a_level_is_a_share(level: float) -> None:
    """95 is no level of confidence, and neither is none or all: refused by whatever takes one."""
    for ask in (
        lambda: mean_interval([1.0, 2.0, 3.0], level=level, pairs=False),
        lambda: mean_interval([], level=level),
        lambda: share_interval(1, 2, level=level),
        lambda: paired_difference([1.0, 2.0], [2.0, 4.0], level=level),
        lambda: variance_split([1.0, 2.0, 3.0, 4.0], level=level),
    ):
        with pytest.raises(StudyError, match=r"level: found .*, must be above 0 and below 1"):
            ask()
