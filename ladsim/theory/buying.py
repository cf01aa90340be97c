"""Customers who buy until, unseen, they stop: Pareto/NBD, BG/NBD and MBG/NBD, and what they spend (gamma-gamma).

In: the numbers of a model, and of each customer the repeat orders x, the time t_x of the last one and the time T watched, both since
the first order and in one unit. Out: log likelihoods, expected orders, the chance to be still there. All buy at a rate λ ~ gamma(r, α)
while they are there. They leave at a rate μ ~ gamma(s, β) (Pareto/NBD: Schmittlein, Morrison & Colombo 1987), or after a repeat
order with chance p ~ beta(a, b) (BG/NBD: Fader, Hardie & Lee 2005), or so after the first order, too (MBG/NBD: Batislam, Denizel & Filiztekin 2007).

Books give these with Gauss's hypergeometric function, as a difference that cancels. Here stand the integrals behind it: of positive
terms only, over ln t by Gauss–Legendre, over p by Gauss–Jacobi, whose error lies far below 1e-9. A further model is a further record.

>>> cdnow = ParetoNBD(0.553277, 10.57768, 0.606240, 11.66874)  # in weeks
>>> [round(float(x), 5) for x in cdnow.expected_orders([1, 39, 52, 78])]
[0.05101, 1.2134, 1.47343, 1.90987]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, gammaln, logsumexp, roots_jacobi, roots_legendre

Floats = NDArray[np.float64]
_NODES = 48  # of Gauss–Legendre over ln t
_OF_P = 80  # of Gauss–Jacobi over p


@dataclass(frozen=True)
class ParetoNBD:
    """Buying at a rate λ ~ gamma(r, α) until a lifetime of rate μ ~ gamma(s, β) ends (Schmittlein, Morrison & Colombo 1987).

    Time is in whatever unit α and β are in. ``log_likelihood`` and ``probability_alive`` follow Fader & Hardie (2005), "A Note on
    Deriving the Pareto/NBD Model and Related Expressions". Raises ValueError where a number is not above 0.

    >>> cdnow = ParetoNBD(0.5533, 10.578, 0.6062, 11.669)
    >>> round(float(cdnow.probability_alive(2, 30.43, 38.86)), 4), round(float(cdnow.orders_to_come(39, 2, 30.43, 38.86)), 4)
    (0.8691, 1.4551)
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")
    r: float  # shape of the order rate; small is much difference between customers
    alpha: float  # scale of the order rate: its mean is r/α
    s: float  # shape of the rate to leave
    beta: float  # scale of the rate to leave: its mean is s/β

    def __post_init__(self) -> None:
        _above_zero(self, self.names)

    def log_likelihood(self, orders: ArrayLike, last: ArrayLike, watched: ArrayLike) -> Floats:
        """ln L of each customer, given x repeat orders, the time t_x of the last and the time T watched."""
        x, t_x, T = _arrays(orders, last, watched)
        return self._size(x) + np.logaddexp(self._there(x, T), self._left(x, t_x, T))

    def probability_alive(self, orders: ArrayLike, last: ArrayLike, watched: ArrayLike) -> Floats:
        """The chance that a customer is still there at T."""
        x, t_x, T = _arrays(orders, last, watched)
        return _logistic(self._there(x, T) - self._left(x, t_x, T))

    def expected_orders(self, time: ArrayLike) -> Floats:
        """E[X(t)]: repeat orders of a new customer until t."""
        t = np.asarray(time, np.float64)
        return self.r / self.alpha * _lived(t, self.beta, self.s)

    def orders_to_come(self, time: ArrayLike, orders: ArrayLike, last: ArrayLike, watched: ArrayLike) -> Floats:
        """Expected orders of each customer between T and T + t, given what was seen until T."""
        x, t_x, T = _arrays(orders, last, watched)
        t = np.asarray(time, np.float64)
        return self.probability_alive(x, t_x, T) * (self.r + x) / (self.alpha + T) * _lived(t, self.beta + T, self.s)

    def _size(self, x: Floats) -> Floats:
        return _gammas(x, self.r, self.alpha) + self.s * np.log(self.beta)

    def _there(self, x: Floats, T: Floats) -> Floats:
        """ln (α+T)^−(r+x) (β+T)^−s: bought so, and still there."""
        return -(self.r + x) * np.log(self.alpha + T) - self.s * np.log(self.beta + T)

    def _left(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """ln ∫ from t_x to T of s (α+t)^−(r+x) (β+t)^−(s+1) dt: left in between; the variable is ln(m + t), m the smaller of α and β."""
        nodes, weights = roots_legendre(_NODES)
        smaller = min(self.alpha, self.beta)
        low = np.log(smaller + t_x)
        width = np.log1p((T - t_x) / (smaller + t_x))
        v = low[..., None] + width[..., None] * (0.5 * (nodes + 1.0))
        beyond = np.exp(v)  # smaller + t
        logs = (
            -(self.r + x)[..., None] * np.log(beyond + (self.alpha - smaller))
            - (self.s + 1.0) * np.log(beyond + (self.beta - smaller))
            + v
        )
        with np.errstate(divide="ignore"):
            return np.log(self.s * width) + logsumexp(logs, axis=-1, b=0.5 * weights)


@dataclass(frozen=True)
class BGNBD:
    """Buying at a rate λ ~ gamma(r, α), leaving after each repeat order with chance p ~ beta(a, b) (Fader, Hardie & Lee 2005).

    Who never came back is still there, by this model. Raises ValueError where a number is not above 0.

    >>> cdnow = BGNBD(0.2425945, 4.4136019, 0.792922, 2.425907)  # in weeks
    >>> [round(float(x), 7) for x in cdnow.expected_orders([1, 39, 52, 78])]
    [0.0531843, 1.19501, 1.4440124, 1.8579584]
    """

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    at_first: ClassVar[int] = 0  # 1: the first order, too, may be the last
    r: float  # shape of the order rate; small is much difference between customers
    alpha: float  # scale of the order rate: its mean is r/α
    a: float  # first shape of the chance to leave after an order: its mean is a/(a+b)
    b: float  # second shape of that chance

    def __post_init__(self) -> None:
        _above_zero(self, self.names)

    def log_likelihood(self, orders: ArrayLike, last: ArrayLike, watched: ArrayLike) -> Floats:
        """ln L of each customer, given x repeat orders, the time t_x of the last and the time T watched."""
        x, t_x, T = _arrays(orders, last, watched)
        stayed = betaln(self.a, self.b + x + self.at_first) - betaln(self.a, self.b)
        there = -(self.r + x) * np.log(self.alpha + T)
        return _gammas(x, self.r, self.alpha) + stayed + there + np.logaddexp(0.0, self._odds(x, t_x, T))

    def probability_alive(self, orders: ArrayLike, last: ArrayLike, watched: ArrayLike) -> Floats:
        """The chance that a customer is still there at T."""
        return _logistic(-self._odds(*_arrays(orders, last, watched)))

    def expected_orders(self, time: ArrayLike) -> Floats:
        """E[X(t)]: repeat orders of a new customer until t, E[(1 − p)^(0 or 1) (1 − (1 + p t/α)^−r)/p]."""
        t = np.asarray(time, np.float64)
        stay = self.b / (self.a + self.b) if self.at_first else 1.0
        return stay * self._until_left(t, self.r, self.alpha, self.b + self.at_first)

    def orders_to_come(self, time: ArrayLike, orders: ArrayLike, last: ArrayLike, watched: ArrayLike) -> Floats:
        """Expected orders of each customer between T and T + t, given what was seen until T."""
        x, t_x, T = _arrays(orders, last, watched)
        x, T, t = np.broadcast_arrays(x, T, np.asarray(time, np.float64))
        found = np.empty(x.shape)
        for number in np.unique(x):
            these = x == number
            found[these] = self._until_left(t[these], self.r + number, self.alpha + T[these], self.b + number + self.at_first)
        return self.probability_alive(x, t_x, T) * found

    def _odds(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """ln of the odds of having left after the last order."""
        k = x + self.at_first
        with np.errstate(divide="ignore", invalid="ignore"):
            odds = np.log(self.a) - np.log(self.b + k - 1.0) + (self.r + x) * (np.log(self.alpha + T) - np.log(self.alpha + t_x))
        return np.where(k > 0, odds, -np.inf)

    def _until_left(self, t: Floats, r: float, alpha: float | Floats, b: float) -> Floats:
        """E[(1 − (1 + p t/α)^−r)/p], p ~ beta(a, b): orders until t of who is there, given λ ~ gamma(r, α)."""
        nodes, weights = roots_jacobi(_OF_P, b - 1.0, self.a - 1.0)
        p = np.maximum(0.5 * (nodes + 1.0), np.finfo(float).tiny)
        return (-np.expm1(-r * np.log1p(p * (t / alpha)[..., None])) / p) @ (weights / weights.sum())


@dataclass(frozen=True)
class MBGNBD(BGNBD):
    """BG/NBD in which the first order, too, may be the last (Batislam, Denizel & Filiztekin 2007).

    Raises ValueError where a number is not above 0.

    >>> round(float(MBGNBD(0.5, 6.0, 0.9, 1.5).probability_alive(0, 0.0, 39.0)), 4)
    0.3783
    """

    at_first: ClassVar[int] = 1


@dataclass(frozen=True)
class GammaGamma:
    """What customers spend an order: gamma with shape p and a scale that differs between them, 1/ν with ν ~ gamma(q, γ).

    Whether somebody buys often says nothing of what they spend. Source: Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value".
    Raises ValueError where a number is not above 0.

    >>> cdnow = GammaGamma(6.24957, 3.74422, 15.44352)
    >>> round(cdnow.mean, 4), round(float(cdnow.expected_spend(7, 73.74)), 4)
    (35.1704, 71.4634)
    """

    names: ClassVar[tuple[str, ...]] = ("p", "q", "gamma")
    p: float  # shape of one customer's orders: their variation is 1/√p
    q: float  # shape of the differences between customers: small is much
    gamma: float  # scale, in the currency

    def __post_init__(self) -> None:
        _above_zero(self, self.names)

    @property
    def mean(self) -> float:
        """Mean spend an order over customers, pγ/(q − 1); infinite for q ≤ 1."""
        return self.p * self.gamma / (self.q - 1.0) if self.q > 1.0 else np.inf

    def log_likelihood(self, orders: ArrayLike, spend: ArrayLike) -> Floats:
        """ln L of each customer, given x orders with a mean spend of z, both above 0."""
        x, z = np.asarray(orders, np.float64), np.asarray(spend, np.float64)
        px = self.p * x
        with np.errstate(divide="ignore"):
            logs = px * np.log(x) + (px - 1.0) * np.log(z) + self.q * np.log(self.gamma)
        return -betaln(px, self.q) + logs - (px + self.q) * np.log(self.gamma + x * z)

    def expected_spend(self, orders: ArrayLike, spend: ArrayLike) -> Floats:
        """A customer's mean spend an order in the long run, given x orders with a mean spend of z: p(γ + xz)/(px + q − 1)."""
        x, z = np.asarray(orders, np.float64), np.asarray(spend, np.float64)
        return self.p * (self.gamma + x * z) / (self.p * x + self.q - 1.0)


def _above_zero(model: object, names: tuple[str, ...]) -> None:
    for name in names:
        if not getattr(model, name) > 0:
            raise ValueError(f"{name}: found {getattr(model, name)!r}, must be above 0")


def _arrays(*given: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.asarray(one, np.float64) for one in given)


def _gammas(x: Floats, r: float, alpha: float) -> Floats:
    """ln Γ(r + x)/Γ(r) α^r."""
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha)


def _logistic(odds: Floats) -> Floats:
    """The chance of which `odds` is the logarithm of the odds; no overflow."""
    return np.exp(-np.logaddexp(0.0, -odds))


def _lived(t: Floats, beta: float | Floats, s: float) -> Floats:
    """Mean time until t that somebody is there whose rate to leave is gamma(s, β): β/(s−1)·(1 − (β/(β+t))^(s−1)), also at s = 1."""
    ages = np.log1p(t / beta)
    y = (s - 1.0) * ages
    safe = np.where(np.abs(y) < 1e-12, 1.0, y)
    return beta * ages * np.where(np.abs(y) < 1e-12, 1.0 - 0.5 * y, -np.expm1(-safe) / safe)
