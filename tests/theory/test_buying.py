"""Pareto/NBD, BG/NBD, MBG/NBD and gamma-gamma against the formulas of the books, printed numbers, and each other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import beta as beta_function
from scipy.special import hyp2f1

from ladsim.theory.buying import BGNBD, MBGNBD, GammaGamma, ParetoNBD

X = np.array([0.0, 1.0, 2.0, 7.0, 26.0])
LAST = np.array([0.0, 1.71, 30.43, 29.43, 30.86])
WATCHED = np.array([38.86, 38.86, 38.86, 35.0, 31.0])
CDNOW = ParetoNBD(0.553277, 10.57768, 0.606240, 11.66874)
BG_CDNOW = BGNBD(0.2425945, 4.4136019, 0.792922, 2.425907)


def pareto_by_the_book(m: ParetoNBD, x: float, t_x: float, T: float) -> tuple[float, float]:
    """Likelihood and chance to be there with Gauss's function, as Fader & Hardie (2005) have them."""
    r, a, s, b = m.r, m.alpha, m.s, m.beta
    top, more = max(a, b), (s + 1 if a >= b else r + x)
    power = r + s + x

    def part(t: float) -> float:
        return float(hyp2f1(power, more, power + 1, abs(a - b) / (top + t)) / (top + t) ** power)

    whole = math.gamma(r + x) * a**r * b**s / math.gamma(r)
    there = whole / ((a + T) ** (r + x) * (b + T) ** s)
    likelihood = there + whole * s / power * (part(t_x) - part(T))
    return likelihood, there / likelihood


@pytest.mark.parametrize(
    "model", [CDNOW, ParetoNBD(0.8, 4.0, 1.0, 19.0), ParetoNBD(2.0, 30.0, 1.7, 9.0), ParetoNBD(1.0, 8.0, 1.0, 8.0)]
)
def test_pareto_by_the_book(model: ParetoNBD) -> None:
    """Likelihood and chance to be there, to nine digits."""
    wanted = np.array([pareto_by_the_book(model, *one) for one in zip(X, LAST, WATCHED, strict=True)])
    assert np.exp(model.log_likelihood(X, LAST, WATCHED)) == pytest.approx(wanted[:, 0], rel=1e-9)
    assert model.probability_alive(X, LAST, WATCHED) == pytest.approx(wanted[:, 1], rel=1e-9)


def test_customer_1516() -> None:
    """The customer whom the books follow: 26 repeat orders, the last in week 30.86 of 31; about 25.5 more in a year, surely there."""
    assert float(CDNOW.orders_to_come(52, 26, 30.86, 31.0)) == pytest.approx(25.46, abs=0.02)
    assert float(CDNOW.probability_alive(26, 30.86, 31.0)) == pytest.approx(0.9979, abs=2e-4)


def test_bg_by_the_book() -> None:
    """Expected orders of the first customer of the sample (1.226 in Fader, Hardie & Lee 2005), and all of them with Gauss's function."""
    assert float(BG_CDNOW.orders_to_come(39, 2, 30.43, 38.86)) == pytest.approx(1.226, abs=5e-4)
    r, alpha, a, b = BG_CDNOW.r, BG_CDNOW.alpha, BG_CDNOW.a, BG_CDNOW.b
    t = 39.0
    for x, t_x, T in zip(X, LAST, WATCHED, strict=True):
        gone = a / (b + x - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x) if x else 0.0
        wanted = (a + b + x - 1) / (a - 1)
        wanted *= 1 - ((alpha + T) / (alpha + T + t)) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
        assert float(BG_CDNOW.orders_to_come(t, x, t_x, T)) == pytest.approx(wanted / (1 + gone), rel=1e-9)
        assert float(BG_CDNOW.probability_alive(x, t_x, T)) == pytest.approx(1 / (1 + gone), rel=1e-12)


def test_mbg_by_the_book() -> None:
    """Batislam, Denizel & Filiztekin (2007): E[X(t)] with Gauss's function."""
    model, t = MBGNBD(0.5, 6.0, 0.9, 1.5), 52.0
    r, alpha, a, b = 0.5, 6.0, 0.9, 1.5
    wanted = b / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b + 1, a + b, t / (alpha + t)))
    assert float(model.expected_orders(t)) == pytest.approx(wanted, rel=1e-9)


def orders_seen(model: Any, T: float) -> list[float]:
    """P(X = x, anything of t_x) for x = 0 … 59, the likelihood summed over all times of the last order (ordered orders before it)."""
    found = [float(np.exp(model.log_likelihood(0, 0.0, T)))]
    for x in range(1, 60):

        def density(t: float, x: int = x) -> float:
            return float(np.exp(model.log_likelihood(x, t, T))) * t ** (x - 1) / math.gamma(x)

        found.append(integrate.quad(density, 0.0, T, epsabs=1e-13)[0])
    return found


@pytest.mark.parametrize("model", [ParetoNBD(1.5, 6.0, 0.8, 9.0), BGNBD(1.5, 6.0, 0.8, 2.5), MBGNBD(1.5, 6.0, 0.8, 2.5)])
def test_everybody_buys_some_number(model: Any) -> None:
    """Likelihoods add up to 1 over all that may be seen, and their mean is the expected number of orders; so do what comes and what came."""
    T = 10.0
    seen = orders_seen(model, T)
    assert sum(seen) == pytest.approx(1.0, abs=1e-6)
    assert sum(x * p for x, p in enumerate(seen)) == pytest.approx(float(model.expected_orders(T)), rel=1e-5)


def test_many_orders_and_long_times_stay_numbers() -> None:
    """A thousand orders, the last long ago: no overflow, no difference that cancels."""
    for model in (CDNOW, BG_CDNOW, MBGNBD(0.5, 6.0, 0.9, 1.5)):
        found = model.log_likelihood([1000.0, 1000.0], [50.0, 500.0], [500.0, 500.0])
        assert np.isfinite(found).all()
        alive = model.probability_alive([1000.0, 1000.0], [50.0, 500.0], [500.0, 500.0])
        assert 0.0 <= alive[0] < 1e-9 and alive[1] > 0.9


def test_gamma_gamma() -> None:
    """The density over z is one; what is expected of a customer is the mean over all of them, drawn towards it."""
    model = GammaGamma(6.24957, 3.74422, 15.44352)
    whole = integrate.quad(lambda z: float(np.exp(model.log_likelihood(3, z))), 0, np.inf)[0]
    assert whole == pytest.approx(1.0, abs=1e-6)
    mean = integrate.quad(lambda z: z * float(np.exp(model.log_likelihood(3, z))), 0, np.inf, limit=200)[0]
    assert mean == pytest.approx(model.mean, rel=1e-6)
    seen = float(model.expected_spend(7, 73.74))
    assert model.mean < seen < 73.74


def test_bg_orders_are_a_beta_mixture() -> None:
    """E[X(t)] is the mean over p of (1 − (1 + p t/α)^−r)/p, by another quadrature, where a is 1, too (no limit is needed)."""
    model = BGNBD(0.7, 3.0, 1.0, 2.0)
    wanted = integrate.quad(
        lambda p: stats.beta.pdf(p, 1.0, 2.0) * (1 - (1 + p * 20 / 3.0) ** -0.7) / p if p else 0.0, 0, 1, epsabs=1e-12
    )[0]
    assert float(model.expected_orders(20.0)) == pytest.approx(wanted, rel=1e-8)
    assert beta_function(1.0, 2.0) == pytest.approx(0.5)


@pytest.mark.parametrize("made", [lambda: ParetoNBD(0, 1, 1, 1), lambda: BGNBD(1, 1, -1, 1), lambda: GammaGamma(1, 1, math.nan)])
def test_numbers_are_above_zero(made: Any) -> None:
    """What is not is named."""
    with pytest.raises(ValueError, match="must be above 0"):
        made()
