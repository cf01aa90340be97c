"""P(still a customer): the closed form of Schmittlein, Morrison and Colombo, and the numbers that data were made of."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import hyp2f1

from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.placing.activity import Activity, found_activity
from ladsim.theory.buying import ParetoNBD

DAYS = DAYS_PER_MONTH


def closed_form(r: float, alpha: float, s: float, beta: float, x: float, t: float, whole: float) -> float:
    """P(alive) of Pareto/NBD by Gauss' hypergeometric function (Fader & Hardie 2005, "A note on deriving the Pareto/NBD model")."""
    a, b, c = r + s + x, s + 1.0 if alpha >= beta else r + x, r + s + x + 1.0
    most = max(alpha, beta)

    def part(y: float) -> float:
        return float(hyp2f1(a, b, c, abs(alpha - beta) / (most + y)) / (most + y) ** a)

    odds = s / a * (alpha + whole) ** (r + x) * (beta + whole) ** s * (part(t) - part(whole))
    return 1.0 / (1.0 + odds)


@pytest.mark.parametrize("numbers", [(0.55, 2.4, 0.61, 2.7), (2.0, 5.0, 1.0, 12.0), (0.8, 2.0, 3.0, 40.0)])
def test_the_closed_form(numbers: tuple[float, float, float, float]) -> None:
    """For few and many orders, short and long silences, the integral is the hypergeometric form."""
    r, alpha, s, beta = numbers
    activity = Activity(np.log([r, r / alpha, s, s / beta]), np.eye(4), 1, 1)
    cases = [(0, 0, 10), (1, 3, 6), (4, 11, 12), (12, 20, 24), (30, 23, 24), (0, 0, 36), (3, 1, 18)]
    x, t, whole = (np.array(column, float) for column in zip(*cases, strict=True))
    found = activity.probability(x, t * DAYS, whole * DAYS)
    wanted = [closed_form(*numbers, *case) for case in cases]
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_one_law_for_placing_and_fitting() -> None:
    """Of many customers, some of them alike, the probabilities are those of ``theory.ParetoNBD`` in months."""
    luck = np.random.default_rng(7)
    x = luck.poisson(1.5, 400).astype(float)
    whole = np.floor(luck.uniform(1, 900, 400))
    last = np.where(x > 0, np.floor(whole * luck.random(400)), 0.0)
    x, last, whole = (np.concatenate([one, one[:50]]) for one in (x, last, whole))
    theta = np.log([0.7, 0.3, 0.9, 0.06])
    law = ParetoNBD(0.7, 0.7 / 0.3, 0.9, 0.9 / 0.06)
    found = Activity(theta, np.eye(4), 1, 1).probability(x, last, whole)
    assert found == pytest.approx(law.probability_alive(x, last / DAYS, whole / DAYS), abs=1e-9)


def made_base(n: int, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Customers by Pareto/NBD: repeat orders, days to the last and to the end; who is still there."""
    luck = np.random.default_rng(seed)
    orders, leave = luck.gamma(0.8, 0.5, n), luck.gamma(1.2, 0.1, n)
    whole, life = luck.uniform(1, 30, n), luck.exponential(1.0 / leave)
    end = np.minimum(whole, life)
    x = luck.poisson(orders * end)
    t = np.where(x > 0, end * luck.random(n) ** (1.0 / np.maximum(x, 1)), 0.0)
    return [x, np.floor(t * DAYS).astype(int), np.floor(whole * DAYS).astype(int)], life > whole


def test_the_numbers_are_found_again() -> None:
    """4,000 customers: orders and leaving a month within four standard errors; as many gone as said, tenth by tenth."""
    base, is_there = made_base(4_000, 101)
    found = found_activity(*base)
    assert found is not None
    errors = np.sqrt(np.diag(found.covariance))
    assert (np.abs(found.theta - np.log([0.8, 0.4, 1.2, 0.12])) < 4 * errors).all()
    assert (errors < 0.4).all()
    p = found.probability(*(column.astype(float) for column in base))
    for low in np.arange(0.0, 1.0, 0.1):
        chosen = (p >= low) & (p < low + 0.1)
        spread = np.sqrt((p[chosen] * (1 - p[chosen])).sum())
        assert abs(p[chosen].sum() - is_there[chosen].sum()) < 4 * spread + 2


def test_silence_tells_more_of_those_who_buy_often() -> None:
    """After the same silence, who bought every month is likelier gone than who bought twice; a longer silence never speaks for staying."""
    activity = Activity(np.log([1.0, 0.4, 1.0, 0.05]), np.eye(4), 1, 1)
    often, seldom = activity.probability(np.array([20.0, 2.0]), np.array([600.0, 600.0]), np.array([900.0, 900.0]))
    assert often < seldom
    p = activity.probability(np.full(20, 5.0), np.full(20, 300.0), np.linspace(300, 1500, 20))
    assert (np.diff(p) < 0).all() and p[0] == 1.0


@pytest.mark.parametrize(
    "base", [([0] * 39, [0] * 39, [100] * 39), ([0] * 500, [0] * 500, [300] * 500), ([3] * 60, [0] * 60, [0] * 60)]
)
def test_too_little_to_tell(base: tuple[list[int], ...]) -> None:
    """Few customers, hardly a repeat order, or no time: nothing is said."""
    assert found_activity(*(np.array(column) for column in base)) is None


def test_nobody_leaves() -> None:
    """Where orders come at their rates for ever, no law of leaving is made out of the noise: nothing is said."""
    luck = np.random.default_rng(3)
    n = 1_500
    whole = luck.uniform(1, 30, n)
    x = luck.poisson(luck.gamma(0.8, 0.5, n) * whole)
    t = np.where(x > 0, whole * luck.random(n) ** (1.0 / np.maximum(x, 1)), 0.0)
    assert found_activity(x, np.floor(t * DAYS).astype(int), np.floor(whole * DAYS).astype(int)) is None
