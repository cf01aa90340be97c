"""Luck by address, and the functions between luck and a wait."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from scipy import stats

from ladsim import streams

RECORDED_BITS = [688033436510387069, 6483152368196590133, 4194099966249305248]
RECORDED_NORMAL = "0x1.f5c0331eeff82p+0"
RECORDED_PARAMETER = "0x1.a8863d41cb26cp-3"

with np.errstate(over="ignore"):
    KEY = streams.customer_key(streams.key_of_run(7, 0), np.uint64(42))


@pytest.fixture(autouse=True)
def _begins_again_at_0() -> Iterator[None]:
    """Whole numbers of 64 bits, as in compiled code: NumPy would warn of what is meant."""
    with np.errstate(over="ignore"):
        yield


def draws(count: int, purpose: int = streams.CLOCK, a_word: np.uint64 = streams.NO_WORD) -> np.ndarray:
    """`count` uniforms at neighbouring addresses."""
    return streams.uniforms_numbered(KEY, a_word, purpose, 0, count)


def test_luck_is_the_same_on_every_platform() -> None:
    """Recorded draws: a change here changes every result ever published (say so in the changelog)."""
    found = [
        streams.bits(KEY, streams.NO_WORD, purpose, np.uint64(number), k)
        for purpose, number, k in ((1, 0, 0), (10, 3, 0), (12, 3, 2))
    ]
    assert found == RECORDED_BITS
    assert float(streams.log(0.3)).hex() == "-0x1.34378fcbda721p+0"
    assert float(streams.exp(-2.5)).hex() == "0x1.50385c094f425p-4"
    assert float(streams.normal(0.975)).hex() == RECORDED_NORMAL
    assert streams.parameter_uniform(1, 2, "steps.lead.prospect.monthly").hex() == RECORDED_PARAMETER


def test_arrays_hold_what_is_drawn_one_by_one() -> None:
    """By number and by customer: the array's draws are those of the scalar rules, to the last bit."""
    assert draws(50).tolist() == [streams.uniform(KEY, streams.NO_WORD, streams.CLOCK, np.uint64(n), 0) for n in range(50)]
    run, ids = streams.key_of_run(7, 1), np.arange(5, 55, dtype=np.uint64)
    own = [streams.uniform(streams.customer_key(run, one), streams.NO_WORD, streams.CLOCK, 0, 0) for one in ids]
    assert streams.uniforms(run, ids, streams.NO_WORD, streams.CLOCK).tolist() == own


def test_draws_are_uniform_and_addresses_do_not_touch() -> None:
    """Draws by number, by customer and by word are uniform, and no two of 60,000 addresses share a draw."""
    by_number, by_word = draws(20_000), draws(20_000, a_word=streams.stream_id("step a b time"))
    by_customer = streams.uniforms(streams.key_of_run(7, 1), np.arange(20_000, dtype=np.uint64), streams.NO_WORD, streams.CLOCK)
    for sample in (by_number, by_word, by_customer):
        assert stats.kstest(sample, "uniform").pvalue > 0.001
    together = np.concatenate([by_number, by_word, by_customer])
    assert np.unique(together).size == together.size
    assert abs(np.corrcoef(by_number, by_word)[0, 1]) < 4 / math.sqrt(20_000)
    assert ((together > 0) & (together < 1)).all()


@pytest.mark.parametrize("x", [1e-300, 1e-17, 0.1, 0.7071, 1 - 2**-53, 1.0, 1.5, 3.0, 1e10, 1e300])
def test_log_is_within_an_ulp(x: float) -> None:
    """The own logarithm is as good as the library's."""
    assert abs(streams.log(x) - math.log(x)) <= math.ulp(math.log(x))


@pytest.mark.parametrize("x", [-699.0, -20.0, -1e-9, 0.0, 0.5, 1.0, 30.0, 700.0])
def test_exp_is_within_an_ulp(x: float) -> None:
    """The own exponential is as good as the library's."""
    assert abs(streams.exp(x) - math.exp(x)) <= math.ulp(math.exp(x))


def test_the_ends_of_the_number_line() -> None:
    """Overflow and underflow are infinity and nothing, never a wrong number."""
    assert streams.exp(-1000.0) == 0.0
    assert streams.exp(1000.0) == math.inf
    assert streams.log1m(1.0) == math.inf
    assert streams.log1m(0.0) == 0.0
    assert streams.log1m(1e-12) == pytest.approx(1e-12, rel=1e-11)
    assert streams.power(0.0, 2.0) == 0.0
    assert streams.power(4.0, 0.5) == pytest.approx(2.0, rel=1e-15)


def test_normal_quantile_against_scipy() -> None:
    """AS 241 is right to 1e-13 over the whole line."""
    p = np.array([1e-16, 1e-10, 0.001, 0.075, 0.3, 0.5, 0.9, 0.999, 1 - 1e-12])
    assert np.allclose([streams.normal(x) for x in p], stats.norm.ppf(p), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("shape", [0.24, 0.8, 1.0, 3.0])
def test_gamma_factors(shape: float) -> None:
    """Gamma and inverse-gamma factors follow their laws, with mean 1."""
    factors = np.array([streams.gamma_factor(KEY, streams.NO_WORD, streams.TRAIT, np.uint64(n), shape) for n in range(10_000)])
    assert stats.kstest(factors * shape, "gamma", args=(shape,)).pvalue > 0.001
    if shape > 1:
        inverse = [streams.inverse_gamma_factor(KEY, streams.NO_WORD, streams.TRAIT, np.uint64(n), shape) for n in range(10_000)]
        assert stats.kstest(np.array(inverse) / (shape - 1), "invgamma", args=(shape,)).pvalue > 0.001


@pytest.mark.parametrize(("a", "b"), [(0.6681, 3.8061), (0.01, 0.02), (2.0, 2.0)])
def test_beta_draws(a: float, b: float) -> None:
    """Beta draws follow their law, tiny shapes included."""
    found = np.array([streams.beta_draw(KEY, streams.NO_WORD, streams.TRAIT, np.uint64(n), a, b) for n in range(10_000)])
    assert np.isfinite(found).all()
    if a > 0.1:
        assert stats.kstest(found, "beta", args=(a, b)).pvalue > 0.001
    else:
        assert abs(found.mean() - a / (a + b)) < 4 * math.sqrt(a * b / (a + b) ** 2 / (a + b + 1) / found.size)


def test_whole_numbers_below() -> None:
    """`below` reaches every value about equally often."""
    found = np.bincount(
        [streams.below(streams.bits(KEY, streams.NO_WORD, 1, np.uint64(n), 0), 7) for n in range(14_000)], minlength=7
    )
    assert stats.chisquare(found).pvalue > 0.001


KEYS = ("steps.lead.customer.time.monthly", "rungs.repeat.orders_per_month", "basket.mean")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("seed", [0, 1, 2**62])
def test_draws_of_an_unknown_are_balanced(key: str, seed: int) -> None:
    """In every block of eight draws each eighth of (0, 1) is met exactly once, in an order that changes from block to block."""
    blocks = [[streams.parameter_uniform(seed, 8 * block + place, key) for place in range(8)] for block in range(12)]
    orders = [tuple(int(8 * u) for u in block) for block in blocks]
    assert all(sorted(order) == list(range(8)) for order in orders)
    assert len(set(orders)) == len(orders)
    within = [8 * u % 1.0 for block in blocks for u in block]
    assert stats.kstest(within, "uniform").pvalue > 0.001
    assert len(set(within)) == len(within), "each draw has a place of its own inside its eighth"


def test_draws_of_two_unknowns_are_not_related() -> None:
    """Over 800 draws two keys, and two seeds of one key, are uncorrelated (4 standard errors)."""
    drawn = [[streams.parameter_uniform(seed, draw, key) for draw in range(800)] for seed in (1, 2) for key in KEYS]
    related = np.corrcoef(drawn) - np.eye(len(drawn))
    assert np.abs(related).max() < 4 / np.sqrt(800)
    assert stats.kstest(drawn[0], "uniform").pvalue > 0.001


def test_balanced_draws_find_a_mean_sooner() -> None:
    """The mean of 16 balanced draws varies from seed to seed far less than that of 16 independent ones: intervals that take them for
    independent are on the safe side."""
    means = [np.mean([streams.parameter_uniform(seed, draw, KEYS[0]) for draw in range(16)]) for seed in range(100)]
    assert np.std(means) < 0.4 * np.sqrt(1 / 12 / 16)
    assert abs(np.mean(means) - 0.5) < 4 * np.sqrt(1 / 12 / 16 / 100)
