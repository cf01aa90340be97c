"""Two arms of a test: a verdict that may be looked for at every conversion is false as seldom as promised, and the steps counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ladsim.planning.two_arms import BETTER, OPEN, WORSE, evidence, money_verdict, seen_at_once, verdict_after


def drawn(generator: np.random.Generator, size: int, control: float, treated: float) -> np.ndarray:
    """Who of those who convert is treated, in order of time: exponential times, cut at 1."""
    times = [generator.exponential(1.0 / rate, size) for rate in (control, treated)]
    arm = np.repeat([False, True], size)
    whole = np.concatenate(times)
    kept = whole < 1.0
    return arm[kept][np.argsort(whole[kept])]


def test_the_first_steps_by_hand() -> None:
    """One ratio alone would give θ/(θq + 1 − q): here a mixture of it with the grid, half and half."""
    from ladsim.planning.two_arms import GRID

    one = evidence(np.array([True]), 10, 30, 2.0)
    hand = 0.5 * 2.0 / (2.0 * 0.25 + 0.75) + 0.5 * np.mean([t / (t * 0.25 + 0.75) for t in GRID])
    assert math.exp(one[0, 0]) == pytest.approx(hand)
    other = evidence(np.array([False]), 10, 30, 2.0)
    hand = 0.5 / (2.0 * 0.25 + 0.75) + 0.5 * np.mean([1.0 / (t * 0.25 + 0.75) for t in GRID])
    assert math.exp(other[0, 0]) == pytest.approx(hand)


def test_false_verdicts_of_equal_arms_are_as_seldom_as_promised() -> None:
    """4,000 tests of equal arms, each looked at after every conversion: at most 5 % say something (and noise); the usual test, looked at
    after every tenth conversion, says something far more often."""
    generator, trials, false, naive = np.random.default_rng(3), 4_000, 0, 0
    for _ in range(trials):
        arms = drawn(generator, 300, 0.5, 0.5)
        false += verdict_after(arms, 300, 300, 1.3, 0.05)[0] != OPEN
        counts = np.cumsum(arms)
        looks = range(29, arms.size, 10)
        naive += any(seen_at_once((n + 1 - int(counts[n]), int(counts[n])), (300, 300), 0.05) != OPEN for n in looks)
    assert false / trials <= 0.05 + 3.0 * math.sqrt(0.05 * 0.95 / trials)
    assert naive / trials > 0.10


def test_unequal_arms_of_equal_customers_are_no_difference() -> None:
    """A treated arm three times as large has three times as many converts: that is no verdict."""
    generator, false = np.random.default_rng(4), 0
    for _ in range(1_000):
        control, treated = (generator.exponential(2.0, size) for size in (100, 300))
        times, arm = np.concatenate([control, treated]), np.repeat([False, True], [100, 300])
        kept = times < 1.0
        false += verdict_after(arm[kept][np.argsort(times[kept])], 300, 100, 1.3, 0.05)[0] != OPEN
    assert false / 1_000 <= 0.05 + 3.0 * math.sqrt(0.05 * 0.95 / 1_000)


def test_a_difference_is_found_and_in_its_direction() -> None:
    """Rates of .3 against .2 in 1,500 customers an arm: found nearly always, never the wrong way; the reverse likewise."""
    generator = np.random.default_rng(5)
    found = [verdict_after(drawn(generator, 1_500, 0.2, 0.3), 1_500, 1_500, 1.5, 0.05)[0] for _ in range(100)]
    assert found.count(BETTER) > 90 and WORSE not in found
    back = [verdict_after(drawn(generator, 1_500, 0.3, 0.2), 1_500, 1_500, 1.5, 0.05)[0] for _ in range(100)]
    assert back.count(WORSE) > 90 and BETTER not in back


def test_money_of_skewed_customers() -> None:
    """Lognormal spend of equal arms, looked at in 6 months: at most 5 % say something; twice the spend is seen; few customers say nothing."""
    generator, trials, false = np.random.default_rng(6), 400, 0
    for _ in range(trials):
        control, treated = (generator.lognormal(0.0, 1.5, (6, 5_000)) for _ in range(2))
        sums = [(control[:k].sum(axis=0), treated[:k].sum(axis=0)) for k in range(1, 7)]
        false += any(money_verdict(one, other, 0.05, 6) != OPEN for one, other in sums)
    assert false / trials <= 0.05 + 3.0 * math.sqrt(0.05 * 0.95 / trials)
    spend = generator.lognormal(0.0, 1.0, 4_000)
    assert money_verdict(spend, 2.0 * generator.permutation(spend), 0.05) == BETTER
    assert money_verdict(spend[:1_500], 9.0 * spend[:1_500], 0.05) == OPEN


def test_arms_without_anybody_say_nothing() -> None:
    """No conversion, or no customer in an arm."""
    assert verdict_after(np.zeros(0, bool), 10, 10, 1.5, 0.05) == (OPEN, 0)
    assert verdict_after(np.array([True]), 1, 0, 1.5, 0.05)[0] == OPEN
    assert seen_at_once((0, 0), (0, 10), 0.05) == OPEN
