"""Posteriors around a peak: conjugate ones come out exactly, flat ones are named, two peaks are both looked for; emcee as a judge."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import gammaln

from ladsim.errors import StudyError
from ladsim.fitting.laplace import Floats, Prior, fit, hessian, resampled
from ladsim.fitting.orders import fit_orders
from ladsim.theory.buying import BGNBD


def test_a_gamma_posterior() -> None:
    """A Poisson rate under a log-normal prior, by quadrature: mean, spread and quantiles of the draws."""
    d, months, prior = 4, 20.0, Prior({"rate": 0.1}, 1.0)
    fitted = fit("rate", 1, lambda v: d * math.log(v[0]) - v[0] * months, {"rate": 0.1}, prior=prior)
    grid = np.linspace(-8, 3, 20_001)
    weights = np.exp(d * grid - months * np.exp(grid) - 0.5 * (grid - math.log(0.1)) ** 2)
    weights /= weights.sum()
    mean = weights @ np.exp(grid)
    assert fitted.draws.mean() == pytest.approx(mean, rel=0.02)
    ends = np.exp(np.interp([0.05, 0.95], np.cumsum(weights), grid))
    assert fitted.interval("rate") == pytest.approx(ends, rel=0.1)
    assert fitted.pareto_k is not None and fitted.pareto_k < 0.5


def test_errors_are_those_of_the_likelihood() -> None:
    """Without a prior: a negative binomial's k by its Fisher information, taken from the Hessian of its logarithm."""
    n = np.repeat([0, 1, 2, 5, 9], [50, 30, 20, 8, 2]).astype(float)

    def log_likelihood(v: Floats) -> float:
        m, k = v
        return float(
            np.sum(gammaln(k + n) - gammaln(k) - gammaln(n + 1) - (k + n) * np.log(m + k) + k * np.log(k) + n * np.log(m))
        )

    fitted = fit("nbd", n.size, log_likelihood, {"m": 1.0, "k": 1.0}, prior=None)
    assert fitted.parameters["m"] == pytest.approx(n.mean(), rel=1e-6)
    k = fitted.parameters["k"]
    assert fitted.standard_errors["m"] == pytest.approx(math.sqrt((n.mean() + n.mean() ** 2 / k) / n.size), rel=1e-3)
    assert fitted.log_likelihood == pytest.approx(stats.nbinom.logpmf(n, k, k / (k + n.mean())).sum(), rel=1e-9)


def test_the_higher_of_two_peaks() -> None:
    """Where the search begins there is a low peak, and the high one lies eight times further up or down: found all the same."""
    for high in (2.1, -2.1):

        def log_likelihood(v: Floats, high: float = high) -> float:
            x = math.log(v[0])
            return float(np.logaddexp(-8 * x**2, 5.0 - 8 * (x - high) ** 2))

        assert fit("two", 1, log_likelihood, {"x": 1.0}, prior=None).parameters["x"] == pytest.approx(math.exp(high), rel=1e-3)


def test_only_a_product_is_known() -> None:
    """Messages × chance: the likelihood knows the product. Both are named as flat, and neither has an error; the product's draws are narrow."""

    def log_likelihood(v: Floats) -> float:
        return 400 * math.log(v[0] * v[1]) - 1_000 * v[0] * v[1]

    fitted = fit("product", 400, log_likelihood, {"messages": 1.0, "chance": 0.2}, prior=Prior({"messages": 1.0, "chance": 0.2}))
    ((key, values),) = fitted.cannot_tell
    assert key in ("flat", "flat_wholly") and dict(values)["names"] == "messages, chance"
    assert all(math.isnan(error) for error in fitted.standard_errors.values())
    product = fitted.column("messages") * fitted.column("chance")
    assert product.mean() == pytest.approx(0.4, abs=0.01)
    assert product.std() == pytest.approx(0.02, rel=0.25)
    assert np.log(fitted.column("messages")).std() > 0.7


def test_a_number_at_its_bound() -> None:
    """A likelihood that only rises: the bound is said, not a value passed for an answer."""
    fitted = fit("rises", 5, lambda v: 3.0 * math.log(v[0]), {"x": 1.0}, prior=None)
    assert {key for key, _ in fitted.cannot_tell} == {"at_bound", "flat_wholly"}
    assert math.isnan(fitted.standard_errors["x"])
    levels = fit("levels", 5, lambda v: -1.0 / v[0], {"x": 1.0}, prior=None)
    assert {key for key, _ in levels.cannot_tell} == {"flat_wholly"}


def test_impossible_data() -> None:
    """A likelihood of 0 everywhere is refused."""
    with pytest.raises(StudyError, match="likelihood of 0"):
        fit("never", 1, lambda v: -math.inf, {"x": 1.0}, prior=None)


def test_second_differences() -> None:
    """The Hessian of a quadratic, with its sign turned."""
    wanted = np.array([[2.0, 0.5], [0.5, 1.0]])
    assert hessian(lambda x: float(-0.5 * x @ wanted @ x), np.array([0.3, -0.2])) == pytest.approx(wanted, abs=1e-7)


def test_resampling_is_even() -> None:
    """Each draw comes about as often as its weight says: never off by one or more."""
    weights = np.array([0.5, 0.1, 0.25, 0.15])
    for u in (0.01, 0.5, 0.99):
        counts = np.bincount(resampled(weights, 40, u), minlength=4)
        assert (np.abs(counts - 40 * weights) < 1.0).all() and counts.sum() == 40


@pytest.mark.long
def test_emcee_agrees() -> None:
    """BG/NBD of 150 customers under the weak prior: the ensemble sampler finds the same means, spreads and quantiles."""
    emcee = pytest.importorskip("emcee", reason="emcee is not installed: pip install -c constraints.txt -e '.[oracles]'")
    rng = np.random.default_rng(2)
    rows = []
    for watched in rng.uniform(6.0, 12.0, 150):
        rate, p, t, x, last = rng.gamma(0.8, 1 / 2.0), rng.beta(1.0, 4.0), 0.0, 0, 0.0
        while (t := t + rng.exponential(1 / rate)) < watched:
            x, last = x + 1, t
            if rng.random() < p:
                break
        rows.append((x, last, watched))
    customers = pd.DataFrame(rows, columns=["orders", "last", "watched"])
    prior = Prior({"r": 1.0, "alpha": 2.0, "a": 1.0, "b": 4.0}, 1.0)
    fitted = fit_orders(customers, "bg_nbd", prior=prior)
    data = customers.to_numpy().T

    def log_density(logs: Floats) -> float:
        if np.abs(logs).max() > 10:
            return -math.inf
        return float(BGNBD(*np.exp(logs)).log_likelihood(*data).sum()) + prior.log_density(list(fitted.parameters), logs)

    peak = np.log(list(fitted.parameters.values()))
    sampler = emcee.EnsembleSampler(16, 4, log_density)
    sampler.random_state = np.random.RandomState(3).get_state()
    sampler.run_mcmc(peak + 0.1 * rng.normal(size=(16, 4)), 5_000)
    chain = sampler.get_chain(discard=1_000, flat=True)
    own = np.log(fitted.draws)
    assert own.mean(axis=0) == pytest.approx(chain.mean(axis=0), abs=0.15)
    assert own.std(axis=0) == pytest.approx(chain.std(axis=0), rel=0.2)
    for share in (0.05, 0.95):
        wanted = np.quantile(chain, share, axis=0)
        assert (np.abs(np.quantile(own, share, axis=0) - wanted) < 0.35 * chain.std(axis=0)).all()
