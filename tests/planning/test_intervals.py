"""Every interval, quantile and p value that we work out ourselves is the one that scipy.stats gives, to 9 digits (8 where luck has its own).

We take quantiles from scipy.special, since scipy.stats is slow to load, and write the formulas around them ourselves; so the oracle
is another code for each: tests of means, of shares and of correlations, a one-way analysis of variance, laws' quantiles.

Tests: ``measures/uncertainty.py``, ``planning/holdouts.py``, ``planning/pairs.py``, ``planning/sensitivity.py``,
``scenario/distributions.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ladsim import streams
from ladsim.measures.uncertainty import mean_interval, paired_difference, quantile_fan, share_interval, variance_split
from ladsim.planning import pairs
from ladsim.planning.holdouts import chance_noticed
from ladsim.planning.sensitivity import _Z95, _correlation, _p_value, _ranks, _share_low
from ladsim.scenario.distributions import Z95, quantile
from ladsim.scenario.number_types import Distribution, Limits, Range

# Whole numbers in tenths: what is alike is alike to the bit in both codes, and nothing is lost to rounding.
TENTHS = st.integers(-10_000, 10_000).map(lambda n: n / 10)
LEVELS = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])
CHANCES = st.floats(1e-6, 1.0 - 1e-6)


def several(least: int, most: int = 40) -> st.SearchStrategy[list[float]]:
    """Some numbers, not all alike."""
    return st.lists(TENTHS, min_size=least, max_size=most).filter(lambda values: len(set(values)) > 1)


def same(*expected: float) -> Any:
    """To 9 digits, and to a billionth where numbers cancel."""
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(several(2), LEVELS)
def test_the_interval_of_a_mean(values: list[float], level: float) -> None:
    """That of Student's test of one sample, with its standard error."""
    found = mean_interval(values, level=level, pairs=False)
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(level)
    assert (found.low, found.high) == same(expected.low, expected.high)
    assert (found.standard_error, found.units) == same(float(stats.sem(values)), len(values))
    assert pairs.mean(values, paired=False) == same(np.mean(values), *stats.ttest_1samp(values, 0.0).confidence_interval(0.95))


@given(st.lists(st.tuples(TENTHS, TENTHS), min_size=2, max_size=20), LEVELS)
def test_the_interval_of_a_mean_in_pairs(values: list[tuple[float, float]], level: float) -> None:
    """That of the means of the pairs, which are the independent units."""
    means = np.mean(values, axis=1)
    if means.min() == means.max():
        return
    found = mean_interval(np.ravel(values), level=level)
    expected = stats.ttest_1samp(means, 0.0).confidence_interval(level)
    assert (found.low, found.high) == same(expected.low, expected.high)
    assert found.standard_error == pytest.approx(float(stats.sem(means)), rel=1e-9)


@given(st.lists(st.tuples(TENTHS, TENTHS), min_size=2, max_size=30), LEVELS)
def test_the_interval_of_a_difference(values: list[tuple[float, float]], level: float) -> None:
    """That of Student's test of two related samples."""
    one, other = np.transpose(values)
    if np.ptp(one - other) < 1e-9:
        return
    found = paired_difference(one, other, level=level, pairs=False)
    expected = stats.ttest_rel(one, other).confidence_interval(level)
    assert (found.low, found.high) == same(expected.low, expected.high)


@given(st.integers(1, 2_000), st.floats(0.0, 1.0), LEVELS)
def test_the_interval_of_a_share(trials: int, share: float, level: float) -> None:
    """Quantiles of Jeffreys' posterior, a beta law; none and all keep their end."""
    hits = round(2 * share * trials) / 2  # a tie counts half
    found = share_interval(hits, trials, level=level)
    low, high = stats.beta(hits + 0.5, trials - hits + 0.5).interval(level)
    assert (found.low, found.high) == same(0.0 if hits == 0 else low, 1.0 if hits == trials else high)


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=60))
def test_the_probability_over_futures(hits: list[float]) -> None:
    """The same, where futures stand alone."""
    law = stats.beta(sum(hits) + 0.5, len(hits) - sum(hits) + 0.5)
    low = 0.0 if sum(hits) == 0 else law.ppf(0.025)
    high = 1.0 if sum(hits) == len(hits) else law.ppf(0.975)
    assert pairs.probability(hits, paired=False) == same(np.mean(hits), low, high)


@given(several(1, 30).map(lambda values: values * 2), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5))
def test_quantiles_of_a_fan(values: list[float], chances: list[float]) -> None:
    """Type 7 of Hyndman and Fan: alpha = beta = 1."""
    found = quantile_fan(np.array(values)[:, None], quantiles=chances).to_numpy()[0]
    assert found == pytest.approx(np.asarray(stats.mstats.mquantiles(values, chances, alphap=1, betap=1)), rel=1e-9, abs=1e-9)


@given(st.lists(st.tuples(TENTHS, TENTHS), min_size=2, max_size=25), LEVELS)
def test_the_split_of_the_spread(values: list[tuple[float, float]], level: float) -> None:
    """The ratio of mean squares is that of a one-way analysis of variance over the pairs, its limits are quantiles of F."""
    found = variance_split(np.ravel(values), level=level)
    table = np.array(values)
    if np.ptp(table[:, 0] - table[:, 1]) + abs(table[0, 0] - table[0, 1]) < 1e-9 or np.ptp(table.mean(axis=1)) < 1e-9:
        return
    f, m = float(stats.f_oneway(*table).statistic), len(values)
    assert found.share_not_knowing == pytest.approx(max(0.0, (f - 1) / (f + 1)), rel=1e-9, abs=1e-9)
    limits = [f / stats.f.ppf(chance, m - 1, m) for chance in (0.5 + level / 2, 0.5 - level / 2)]
    assert (found.low, found.high) == same(*(max(0.0, (one - 1) / (one + 1)) for one in limits))


@given(st.lists(st.tuples(TENTHS, st.integers(1, 1_000)), min_size=2, max_size=20))
def test_the_interval_of_a_ratio(values: list[tuple[float, float]]) -> None:
    """The jackknife, unit by unit: the error that pseudo-values have in Student's interval, around the ratio of totals."""
    above, below = np.transpose(values)
    n = len(values)
    found = pairs.ratio(above, below, paired=False)
    left_out = np.array([np.delete(above, k).sum() / np.delete(below, k).sum() for k in range(n)])
    pseudo = n * above.sum() / below.sum() - (n - 1) * left_out
    half = stats.t.ppf(0.975, n - 1) * stats.sem(pseudo)
    assert found == same(above.sum() / below.sum(), above.sum() / below.sum() - half, above.sum() / below.sum() + half)


@given(st.lists(st.tuples(TENTHS, TENTHS), min_size=3, max_size=20))
def test_fiellers_limits_are_where_students_test_turns(values: list[tuple[float, float]]) -> None:
    """At a limit r, above − r · below has a mean that Student's test calls 0 with p = 5 %: by the definition, not by the formula."""
    above, below = np.transpose(values)
    found = pairs.ratio_of_differences(above, below, paired=False)
    p_below = stats.ttest_1samp(below, 0.0).pvalue if np.ptp(below) else 0.0 if below[0] else 1.0
    if math.isnan(found.value):
        assert p_below > 0.05 - 1e-9
        return
    assert p_below < 0.05 + 1e-9
    for limit in (found.low, found.high):
        left = above - limit * below
        if np.ptp(left) > 1e-6 and abs(limit) < 1e4:
            assert stats.ttest_1samp(left, 0.0).pvalue == pytest.approx(0.05, rel=1e-5)


@given(CHANCES, st.integers(1, 500), st.floats(0.001, 0.999))
def test_quantiles_of_a_binomial(chance: float, n: int, p: float) -> None:
    """The least number with at least that chance at or below it."""
    assert pairs._binomial_quantile(chance, n, p) == stats.binom.ppf(chance, n, p)


@pytest.mark.skipif(not hasattr(stats, "quantile_test"), reason="SciPy has this test from 1.12 on")
@given(st.integers(8, 200), st.sampled_from([0.2, 0.5, 0.8]))
def test_the_interval_of_a_promise(count: int, chance: float) -> None:
    """Of the numbers 1 … n the ranks of scipy's test of a quantile, the binomial one; never beyond what is promised itself."""
    values = np.arange(1.0, count + 1)
    found = pairs.met_with(values, chance, paired=False)
    expected = stats.quantile_test(values, p=1.0 - chance).confidence_interval(0.95)
    if math.isfinite(found.low):
        assert found.low == min(expected.low, found.value)
    if math.isfinite(found.high):
        assert found.high == max(expected.high, found.value)
    assert math.isfinite(found.low) or not math.isfinite(expected.low) or found.value == 1.0


@given(st.lists(st.tuples(TENTHS, TENTHS), min_size=5, max_size=60))
def test_how_much_a_difference_leans(values: list[tuple[float, float]]) -> None:
    """Spearman's correlation, ties and all, and its p value; never below what the rarest of all orders has."""
    one, other = np.transpose(values)
    if np.ptp(one) == 0.0 or np.ptp(other) == 0.0:
        return
    expected = stats.spearmanr(one, other)
    rho = _correlation(_ranks(one), _ranks(other))
    assert rho == pytest.approx(expected.statistic, rel=1e-9, abs=1e-12)
    assert _ranks(one).tolist() == stats.rankdata(one).tolist()
    if abs(rho) < 1.0 - 1e-9:
        rarest = 2 / math.factorial(len(values)) if len(values) < 20 else 0.0
        assert _p_value(rho, len(values)) == pytest.approx(max(expected.pvalue, rarest), rel=1e-6)


@given(st.floats(-0.999, 0.999), st.integers(5, 500))
def test_the_lower_limit_of_a_rank_correlation(rho: float, count: int) -> None:
    """5 % of Fisher's z, with the error of Bonett and Wright, lie below it."""
    error = math.sqrt((1 + rho * rho / 2) / (count - 3))
    limit = math.tanh(stats.norm.ppf(0.05, math.atanh(abs(rho)), error))
    assert _share_low(rho, count) == pytest.approx(max(0.0, limit) ** 2, rel=1e-9, abs=1e-12)


@given(st.floats(-10.0, 10.0), st.floats(0.01, 10.0))
def test_how_likely_a_test_notices(uplift: float, error: float) -> None:
    """A normal estimate beyond 1.96 errors on either side of nothing."""
    law = stats.norm(uplift / error, 1.0)
    assert chance_noticed(uplift, error) == pytest.approx(law.sf(1.96) + law.cdf(-1.96), rel=1e-9)


def test_the_normal_quantiles_that_are_written_out() -> None:
    """95 % to the last digit; 1.96, as the field writes it, to its two."""
    assert float(stats.norm.ppf(0.95)) == Z95 == _Z95
    assert round(float(stats.norm.ppf(0.975)), 2) == 1.96


ANYTHING = Limits(None, None, False)
POSITIVE = st.floats(0.01, 50.0)


@given(CHANCES, st.floats(-100, 100), POSITIVE)
def test_a_normal_number(u: float, mean: float, sd: float) -> None:
    """Its law by mean and spread."""
    found = quantile(Distribution(law="normal", mean=mean, sd=sd), "number", u, ANYTHING)
    assert found == pytest.approx(stats.norm.ppf(u, mean, sd), rel=1e-8, abs=1e-8)


@given(CHANCES, POSITIVE, st.floats(0.01, 2.0))
def test_a_lognormal_number(u: float, middle: float, spread: float) -> None:
    """Its law by median; by mean, which is the median times e to half the square of the spread."""
    law = stats.lognorm(spread, scale=middle)
    found = quantile(Distribution(law="lognormal", median=middle, spread=spread), "amount", u, ANYTHING)
    assert found == pytest.approx(law.ppf(u), rel=1e-8)
    by_mean = quantile(Distribution(law="lognormal", mean=float(law.mean()), spread=spread), "amount", u, ANYTHING)
    assert by_mean == pytest.approx(law.ppf(u), rel=1e-8)


@given(CHANCES, POSITIVE, POSITIVE)
def test_beta_and_gamma_numbers(u: float, a: float, b: float) -> None:
    """Their laws by two parameters; gamma also by its mean."""
    laws = [
        (Distribution(law="beta", a=a, b=b), "share"),
        (Distribution(law="gamma", shape=a, scale=b), "rate"),
        (Distribution(law="gamma", shape=a, mean=a * b), "rate"),
    ]
    gamma = float(stats.gamma.ppf(u, a, scale=b))
    found = tuple(quantile(law, kind, u, ANYTHING) for law, kind in laws)
    assert found == same(float(stats.beta.ppf(u, a, b)), gamma, gamma)


@given(CHANCES, st.floats(0.01, 0.4), st.floats(0.5, 0.99))
def test_a_range(u: float, low: float, high: float) -> None:
    """Nine tenths of a range lie between its ends: normal in logarithms for a rate, in log-odds for a share, as it is for other numbers."""
    z = stats.norm.ppf(u)

    def between(a: float, b: float) -> float:
        return (a + b) / 2 + z * (b - a) / (2 * stats.norm.ppf(0.95))

    found = [quantile(Range(low=low, high=high), kind, u, ANYTHING) for kind in ("rate", "share", "number")]
    odds = between(math.log(low / (1 - low)), math.log(high / (1 - high)))
    expected = [math.exp(between(math.log(low), math.log(high))), 1 / (1 + math.exp(-odds)), between(low, high)]
    assert found == pytest.approx(expected, rel=1e-8, abs=1e-8)


@given(st.floats(1e-12, 1.0 - 1e-12))
def test_the_normal_quantile(u: float) -> None:
    """That of ``streams``, which gives the same bits everywhere."""
    assert float(streams.normal(u)) == pytest.approx(stats.norm.ppf(u), rel=1e-8, abs=1e-8)
