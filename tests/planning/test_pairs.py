"""Futures in pairs: probabilities, quantiles by ranks, luck apart from lack of knowledge."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ladsim import streams
from ladsim.planning.pairs import (
    NOTHING,
    effective_sample_size,
    linearised,
    mean,
    met_with,
    probability,
    rank,
    ratio,
    ratio_of_differences,
    split,
)


def test_spread_is_split_by_hand() -> None:
    """Pairs (1, 3), (11, 13), (21, 23): luck 2, between pair means 100, so lack of knowledge is 100 − 2/2 = 99."""
    parts = split([1.0, 3.0, 11.0, 13.0, 21.0, 23.0], paired=True)
    assert parts.luck == pytest.approx(2.0)
    assert parts.not_knowing == pytest.approx(99.0)
    assert parts.share_luck == pytest.approx(2 / 101)
    assert parts.low < parts.share_not_knowing < parts.high


def test_known_variances_are_found() -> None:
    """With normal luck of variance 1 and a normal parameter of variance 4, the split is 1 : 4."""
    draws = 2000
    key = streams.key_of_run(1, 0)
    normal = stats.norm.ppf(streams.uniforms_numbered(key, streams.NO_WORD, streams.PARAMETER, 0, 3 * draws))
    parameter, luck = 2 * normal[:draws], normal[draws:]
    parts = split(np.repeat(parameter, 2) + luck, paired=True)
    assert parts.share_luck == pytest.approx(0.2, abs=0.02)
    assert parts.low < 0.8 < parts.high


def test_a_sample_tells_of_the_luck_of_its_market() -> None:
    """One of 25 people was played: luck of variance 25 there is 1 in the market, beside 4 that is not known, as where all are played."""
    draws = 2000
    key = streams.key_of_run(1, 0)
    normal = stats.norm.ppf(streams.uniforms_numbered(key, streams.NO_WORD, streams.PARAMETER, 0, 3 * draws))
    parameter, luck = 2 * normal[:draws], normal[draws:]
    parts = split(np.repeat(parameter, 2) + 5 * luck, paired=True, scale=25.0)
    assert parts.low < 0.8 < parts.high
    assert parts.share_luck == pytest.approx(0.2, abs=0.08)
    by_hand = split([1.0, 3.0, 11.0, 13.0, 21.0, 23.0], paired=True, scale=4.0)
    assert (by_hand.luck, by_hand.not_knowing) == (0.5, 99.0)
    whole = split([1.0, 3.0, 11.0, 13.0, 21.0, 23.0], paired=True)
    for end, own in ((by_hand.low, whole.low), (by_hand.high, whole.high)):  # odds of lack of knowledge against luck, times 4
        assert end / (1 - end) == pytest.approx(4 * own / (1 - own))
    assert split([1.0, 3.0], paired=False, scale=2.0).total == 1.0


def test_where_nothing_is_unknown_all_is_luck() -> None:
    """Without uncertain numbers all spread is luck, for certain; without spread there is nothing to share."""
    parts = split([1.0, 2.0, 3.0, 4.0], paired=False)
    assert (parts.share_luck, parts.share_not_knowing, parts.low, parts.high) == (1.0, 0.0, 0.0, 0.0)
    none = split([5.0, 5.0, 5.0, 5.0], paired=False)
    assert none.total == 0.0
    assert np.isnan(none.share_luck)


def test_pairs_that_are_alike_count_once() -> None:
    """Two equal futures per draw are worth one each: intervals are as wide as with half as many."""
    values = [1.0, 1.0, 2.0, 2.0, 5.0, 5.0, 9.0, 9.0]
    assert effective_sample_size(values, paired=True) == pytest.approx(4.0)
    assert effective_sample_size(values, paired=False) == 8.0
    assert mean(values, paired=True) == pytest.approx(mean([1.0, 2.0, 5.0, 9.0], paired=False))
    assert probability([1, 1, 0, 0, 1, 1, 0, 0], paired=True) == pytest.approx(probability([1, 0, 1, 0], paired=False))


def test_probability_is_jeffreys() -> None:
    """18 of 20: quantiles of beta(18.5, 2.5); a tie counts its share."""
    found = probability([1.0] * 18 + [0.0] * 2, paired=False)
    assert found == pytest.approx((0.9, stats.beta.ppf(0.025, 18.5, 2.5), stats.beta.ppf(0.975, 18.5, 2.5)))
    assert probability([0.5, 0.5], paired=False).value == 0.5
    assert probability([1.0] * 10, paired=False).high == 1.0


def test_met_with_are_order_statistics() -> None:
    """Of 1 … 100, 81 reach 20 (80 of 101 would be too few); the limits are the ranks of the binomial; fewer is better turns it round."""
    values = np.arange(100, 0, -1)
    low, high = stats.binom.ppf([0.025, 0.975], 100, 0.2)
    assert met_with(values, 0.8, paired=False) == (20.0, low, high + 1)
    assert met_with(values, 0.2, paired=False).value == 80.0
    assert met_with(values, 0.8, paired=False, at_most=True).value == 81.0
    assert (values >= 20).mean() == 0.81


def test_ranks_of_a_promise() -> None:
    """With 20 draws of two futures 34 of 40 must reach a commit; with 40 of one 33; half and a fifth follow the same rule."""
    assert [rank(chance, 40, paired=True) for chance in (0.8, 0.5, 0.2)] == [34, 21, 9]
    assert [rank(chance, 40, paired=False) for chance in (0.8, 0.5, 0.2)] == [33, 21, 9]
    assert [rank(0.8, n, paired=False) for n in (3, 4, 5, 9, 99)] == [4, 4, 5, 8, 80]
    assert [rank(0.8, n, paired=True) for n in (6, 8, 18, 98)] == [7, 8, 16, 80]


@pytest.mark.parametrize(
    ("futures", "paired", "enough"), [(3, False, False), (4, False, True), (7, True, False), (8, True, True)]
)
def test_too_few_futures_promise_nothing(futures: int, paired: bool, enough: bool) -> None:
    """Even the lowest of three futures is met by a fourth with 75 % only, so there is nothing to promise with 80 %; no limits either."""
    for at_most in (False, True):
        found = met_with(np.arange(futures), 0.8, paired, at_most=at_most)
        assert bool(np.isfinite(found.value)) == enough
        assert enough or np.isnan(found).all()
    assert met_with([], 0.8, paired).value != met_with([], 0.8, paired).value


def test_too_few_futures_have_no_limit() -> None:
    """Five futures cannot tell how low the 20 % quantile may lie; a limit is never beyond the number itself."""
    found = met_with([1.0, 2.0, 3.0, 4.0, 5.0], 0.8, paired=False)
    assert found.value == 1.0
    assert np.isnan(found.low)
    for count in range(4, 60):
        for chance in (0.8, 0.5, 0.2):
            for paired in (False, True):
                value, low, high = met_with(np.arange(count), chance, paired)
                assert not low > value and not high < value


@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("chance", [0.8, 0.5, 0.2])
@pytest.mark.parametrize("count", [8, 17, 40, 99])
def test_the_highest_that_may_be_promised(count: int, chance: float, paired: bool) -> None:
    """So many futures meet the number as the rank asks, which is more than the share itself, and no higher outcome is met by so many."""
    values = np.arange(count) * 37 % 101
    found = met_with(values, chance, paired).value
    assert (values >= found).sum() >= rank(chance, count, paired) > chance * count
    higher = values[values > found]
    assert higher.size == 0 or (values >= higher.min()).sum() < rank(chance, count, paired)


@pytest.mark.parametrize("chance", [0.8, 0.5, 0.2])
def test_a_new_future_meets_the_promise(chance: float) -> None:
    """With independent uniform futures a new one meets the number with the probability promised: its mean is that of a beta, by hand."""
    for count in (4, 9, 19, 40):
        place = count - rank(chance, count, paired=False) + 1  # the place-th lowest of n uniforms has the mean place/(n + 1)
        assert 1.0 - place / (count + 1) >= chance - 1e-12
        assert 1.0 - (place + 1) / (count + 1) < chance


def test_a_ratio_is_that_of_totals_with_the_jackknife_by_hand() -> None:
    """Pairs (1, 2, 6) over (1, 1, 2): 9/4; without each in turn 8/3, 7/3, 3/2, so the error is √(2/3 · 13/18); t with 2 degrees."""
    found = ratio([1.0, 1.0, 2.0, 2.0, 6.0, 6.0], [1.0, 1.0, 1.0, 1.0, 2.0, 2.0], paired=True)
    half = stats.t.ppf(0.975, 2) * np.sqrt(2 / 3 * 13 / 18)
    assert found == pytest.approx((2.25, 2.25 - half, 2.25 + half))
    assert ratio([900.0, 900.0], [4.0, 6.0], paired=False).value == 180.0, "not the mean of 225 and 150"


def test_a_ratio_has_no_interval_where_the_sign_may_change() -> None:
    """A denominator that is 0, or has another sign, without one unit: the ratio alone; nothing below at all: no ratio."""
    found = ratio([1.0] * 4, [1.0, 1.0, 0.0, 0.0], paired=True)
    assert found.value == 2.0 and np.isnan(found.low) and np.isnan(found.high)
    assert np.isnan(ratio([1.0, 1.0], [0.0, 0.0], paired=False)).all()


def test_fieller_by_hand() -> None:
    """Fixed money over 8, 10, 12 people: v = 4/3, t² v = 24.68, the limits 1000/(10 ± √24.68), the other way round."""
    found = ratio_of_differences([1000.0] * 3, [8.0, 10.0, 12.0], paired=False)
    half = stats.t.ppf(0.975, 2) * np.sqrt(4 / 3)
    assert found == pytest.approx((100.0, 1000 / (10 + half), 1000 / (10 - half)))
    assert np.isnan(ratio_of_differences([1000.0] * 3, [-8.0, 10.0, 12.0], paired=False)).all(), (
        "the interval of the people holds 0"
    )
    assert np.isnan(ratio_of_differences([1000.0], [8.0], paired=False)).all()


def test_a_linearised_ratio_has_the_mean_and_spread_of_the_ratio() -> None:
    """Its mean is the ratio of totals; where all is below alike, it is the plain quotient of each future."""
    above, below = np.array([3.0, 5.0, 4.0, 8.0]), np.array([1.0, 2.0, 2.0, 5.0])
    assert linearised(above, below).mean() == pytest.approx(20 / 10)
    assert linearised(above, np.full(4, 2.0)) == pytest.approx(above / 2)
    assert np.isnan(linearised([1.0, 2.0], [0.0, 0.0])).all()


def test_of_nothing_nothing_is_said() -> None:
    """Without a future there is no chance of anything, and without a second one no spread; of three, (1, 2, 6), it is 7 with 2 degrees of freedom."""
    assert probability([], paired=False) is NOTHING
    assert probability([], paired=True) is NOTHING
    one = split([5.0], paired=False)
    assert np.isnan(one.total) and one.pairs == 0
    assert split([1.0, 3.0], paired=False).total == 2.0
    three = split([1.0, 2.0, 6.0], paired=False)
    assert (three.total, three.luck, three.not_knowing, three.pairs) == (7.0, 7.0, 0.0, 1)
