"""Promises that hold together: known joint levels, brute force, and how often they are kept."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ladsim.planning.attainment import as_in_market
from ladsim.planning.pairs import fewest, met_with, rank
from ladsim.planning.promises import depth, together

FIVE = [True] * 5


@pytest.mark.parametrize("paired", [False, True])
def test_promises_that_move_together_hold_together(paired: bool) -> None:
    """Five times the same number: what one promise is worth, five are; the level need not rise."""
    one = np.random.default_rng(1).binomial(1000, 0.3, 200).astype(float)
    found = together(np.stack([one] * 5, axis=1), FIVE, 0.8, paired)
    assert found.values == (met_with(one, 0.8, paired).value,) * 5
    assert found.share.value == pytest.approx(0.8, abs=0.02)
    assert found.each == pytest.approx(0.8, abs=0.02)


def test_independent_promises_have_a_known_level() -> None:
    """Five independent binomials: all hold at once in 0.8⁵ = 33 % of the futures, and with 80 % if each holds with 0.8^(1/5) = 95.6 %."""
    numbers = np.random.default_rng(2).binomial(100_000, 0.3, (5_000, 5)).astype(float)
    found = together(numbers, FIVE, 0.8, paired=False)
    assert found.share.value == pytest.approx(0.8**5, abs=4 * math.sqrt(0.33 * 0.67 / 5_000))
    assert found.each == pytest.approx(0.8 ** (1 / 5), abs=0.006)


def test_fewer_is_better_is_turned_around() -> None:
    """A number not to exceed is the promise of its negative."""
    x = np.random.default_rng(3).normal(size=(100, 2))
    plain, turned = together(x, [True, True], 0.8, True), together(x * [1.0, -1.0], [True, False], 0.8, True)
    assert turned.share == plain.share
    assert turned.values == (plain.values[0], -plain.values[1])


@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("futures", [7, 12, 31])
def test_depth_by_brute_force(paired: bool, futures: int) -> None:
    """A future meets the r-th worst of the futures of other draws, for every promise, exactly if its depth is at least r; ties included."""
    x = np.random.default_rng(futures).integers(0, 6, (futures, 3)).astype(float)
    deep = depth(x, paired)
    for i in range(futures):
        others = np.sort(np.array([x[j] for j in range(futures) if (j // 2 != i // 2 if paired else j != i)]), axis=0)
        for r in range(1, len(others) + 1):
            assert bool((x[i] >= others[r - 1]).all()) == bool(deep[i] >= r)


@pytest.mark.parametrize("paired", [False, True])
def test_one_promise_alone_is_that_of_its_rank(paired: bool) -> None:
    """With one promise there is nothing to raise: the value is that of ``met_with``, whatever the number of futures."""
    for futures in range(fewest(0.8, paired), 60, 2):
        one = np.random.default_rng(futures).normal(size=futures)
        found = together(one[:, None], [True], 0.8, paired)
        assert found.values[0] == met_with(one, 0.8, paired).value
        assert found.each >= rank(0.8, futures, paired) / (futures + 2) - 1e-12


def test_too_few_futures_show_nothing() -> None:
    """Twenty futures cannot show ten independent promises that hold together with 80 %: no number, and still how often all hold; three
    can show nothing at all."""
    x = np.random.default_rng(4).normal(size=(20, 10))
    few = together(x, [True] * 10, 0.8, paired=False)
    assert math.isnan(few.each) and all(map(math.isnan, few.values))
    assert 0.0 <= few.share.low <= few.share.value <= few.share.high
    assert math.isnan(together(x[:3], [True] * 10, 0.8, paired=False).share.value)


@pytest.mark.parametrize("futures", [40, 100])
@pytest.mark.parametrize("shared", [0.0, 0.6], ids=["independent", "alike"])
@pytest.mark.parametrize("paired", [False, True])
def test_joint_promises_are_kept_in_new_futures(futures: int, shared: float, paired: bool) -> None:
    """Over 600 studies of three numbers the promises that hold together do so in 80 % of new futures, within three standard errors and not
    much more often; and as many as said keep the commits made one by one."""
    luck, kept, said, true = np.random.default_rng(futures), [], [], []

    def drawn(count: int, pairs: bool) -> np.ndarray:
        known = luck.normal(size=((count + 1) // 2, 1)).repeat(2, axis=0)[:count] if pairs else luck.normal(size=(count, 1))
        return math.sqrt(shared) * known + math.sqrt(1.0 - shared) * luck.normal(size=(count, 3))

    fresh = drawn(20_000, False)
    for _ in range(600):
        x = drawn(futures, paired)
        found = together(x, FIVE[:3], 0.8, paired)
        kept.append(float((fresh >= found.values).all(axis=1).mean()) if not math.isnan(found.each) else math.nan)
        said.append(found.share.value)
        commits = [met_with(column, 0.8, paired).value for column in x.T]
        true.append(float((fresh >= commits).all(axis=1).mean()))
    shown = np.array(kept)[~np.isnan(kept)]
    assert len(shown) > 590
    error = float(shown.std() / math.sqrt(len(shown)))
    assert 0.8 - 3 * error - 0.005 <= shown.mean() <= 0.86
    apart = np.array(said) - np.array(true)
    slack = 3 * float(apart.std() / math.sqrt(600))
    # A promise from two futures fewer holds a little less often: what is said is never too hopeful, and at most 3 points too low.
    assert -0.03 - slack <= apart.mean() <= 0.01 + slack


@pytest.mark.parametrize("known", [0.0, 1.0, 3.0])
def test_a_sample_has_the_spread_of_its_market(known: float) -> None:
    """What comes from lack of knowledge keeps its spread, luck gets that of the market: variances of 20,000 pairs, known by construction."""
    luck, scale = np.random.default_rng(5), 9.0
    draws = known * luck.normal(size=20_000).repeat(2)
    settled = as_in_market(100.0 + draws + luck.normal(size=40_000), scale, paired=True)
    assert settled.mean() == pytest.approx(100.0, abs=0.1)
    assert settled.var() == pytest.approx(known**2 + 1.0 / scale, rel=0.03)
    within = (settled[::2] - settled[1::2]) ** 2 / 2.0
    assert within.mean() == pytest.approx(1.0 / scale, rel=0.03)


def test_counts_stay_counts_of_people() -> None:
    """No number leaves the range of those it comes from, and a whole market is left alone to the bit."""
    x = np.random.default_rng(6).poisson(0.7, (31, 4, 3)).astype(float) * 20.0
    for paired in (False, True):
        settled = as_in_market(x, 20.0, paired)
        assert (settled >= x.min(axis=0) - 1e-9).all() and (settled <= x.max(axis=0) + 1e-9).all()
        assert as_in_market(x, 1.0, paired) is x
