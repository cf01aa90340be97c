"""A posterior around its peak: the peak from several starts, a normal law there (Laplace), draws put right by their weights.

In: a log likelihood of positive numbers, and where to look. Out: a `Fitted`. All is done in logarithms of the numbers. The peak is that
of likelihood × prior; draws come from a Student law with the peak's curvature and 8 degrees of freedom and are resampled by their
smoothed weights (``pareto_smoothing``; Tierney & Kadane 1986 for the normal law, Rubin 1988 for the resampling).

The data cannot tell a combination of numbers where the likelihood hardly bends along it: where its central 90 % would span more than
`WIDE` times, by the eigenvalues of the likelihood's Hessian alone, or where a number stands at its bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize
from scipy.special import chdtri, ndtri

from ladsim.errors import StudyError
from ladsim.fitting.fitted import DRAWS, Fitted, stratified, uniforms
from ladsim.fitting.pareto_smoothing import GOOD, smoothed

Floats = NDArray[np.float64]
LogLikelihood = Callable[[Floats], float]
BOUND = 1e6  # times above or below where a number is looked for from: its bounds
WIDE = 30.0  # highest ÷ lowest of the central 90 % of a combination, from which on the data cannot tell it
_PROPOSALS = 1_000
_FREEDOM = 8.0
_Z90 = 2.0 * 1.6448536269514722  # standard deviations in the central 90 %
_STEP = 2e-3  # in logarithms, of differences for the Hessian
_STARTS, _AROUND = 4, 1.5  # beside the one that is given: how many, and how widely spread in logarithms
_AGAIN = 0.4  # k from which on the draws are made a second time


@dataclass(frozen=True)
class Prior:
    """Log-normal laws of positive numbers, one each: what is believed before the data are seen."""

    medians: Mapping[str, float]  # name → median
    spread: float = 1.5  # standard deviation of the logarithm; 1.5: the central 90 % are a twelfth to twelve times the median

    def log_density(self, names: Sequence[str], logs: Floats) -> float:
        """Of the numbers' logarithms, but for a constant."""
        away = (logs - np.log([self.medians[name] for name in names])) / self.spread
        return float(-0.5 * away @ away)


def fit(
    model: str,
    n: int,
    log_likelihood: LogLikelihood,
    starts: Mapping[str, float],
    *,
    prior: Prior | None,
    units: Mapping[str, str] | None = None,
    draws: int = DRAWS,
) -> Fitted:
    """The posterior of positive numbers, given their log likelihood; it takes them in the order of `starts`, where the search begins.

    Raises StudyError where the log likelihood is no number wherever it was tried.
    """
    names = list(starts)
    centre = np.log(list(starts.values()))

    def target(logs: Floats) -> float:
        with np.errstate(all="ignore"):
            value = log_likelihood(np.exp(logs)) + (prior.log_density(names, logs) if prior else 0.0)
        return value if math.isfinite(value) else -1e12

    peak = _peak(model, target, centre)
    of_data = hessian(lambda logs: target(logs) - (prior.log_density(names, logs) if prior else 0.0), peak)
    precision = of_data + (np.eye(len(names)) / prior.spread**2 if prior else 0.0)
    covariance, _ = _inverse(precision)
    drawn, k = _draws(model, target, peak, covariance, draws)
    values = np.exp(peak)
    at = dict(zip(names, map(float, values), strict=True))
    errors = dict(zip(names, (float(x) for x in np.std(drawn, axis=0)), strict=True))
    if prior is None:  # without one, the textbook's: of the likelihood's curvature, by the delta rule
        errors = dict(zip(names, (float(x) for x in values * np.sqrt(np.diag(covariance))), strict=True))
    said = "prior_weak" if prior else "prior_none"
    medians = {name: float(prior.medians[name]) for name in names} if prior else {}
    fitted = Fitted(
        model,
        n,
        at,
        errors,
        float(log_likelihood(values)),
        drawn,
        dict(units or {}),
        pareto_k=k,
        prior=said,
        prior_medians=medians,
    )
    if k > GOOD:
        fitted = fitted.warned("pareto_k", k=round(k, 2))
    return _what_is_flat(fitted, of_data, peak, centre)


def _peak(model: str, target: LogLikelihood, centre: Floats) -> Floats:
    """The highest point found from several starts."""
    bounds = [(c - math.log(BOUND), c + math.log(BOUND)) for c in centre]
    found: list[tuple[float, Floats]] = []

    def below(logs: Any) -> float:
        return -target(logs)

    spread = np.stack([stratified(uniforms(f"{model}.start", _STARTS, place)) for place in range(centre.size)], axis=1)
    for away in [np.zeros(centre.size), *(_AROUND * ndtri(spread))]:
        begin: Any = centre + away
        result = optimize.minimize(below, begin, method="L-BFGS-B", bounds=bounds, jac="3-point", options={"ftol": 1e-13})
        found.append((-float(result.fun), result.x))
    best, peak = max(found, key=lambda one: one[0])
    if best <= -1e11:
        raise StudyError(f"{model}: found a likelihood of 0 at every start, must be data that the model can give")
    return _sharpened(target, peak, bounds)


def _sharpened(target: LogLikelihood, peak: Floats, bounds: list[tuple[float, float]]) -> Floats:
    """A few Newton steps, as long as they climb: the search stops where its differences no longer tell."""
    low, high = np.array(bounds).T
    for _ in range(3):
        gradient = np.array([(target(peak + step) - target(peak - step)) / (2.0 * _STEP) for step in _STEP * np.eye(peak.size)])
        covariance, sure = _inverse(hessian(target, peak))
        new = np.clip(peak + covariance @ gradient, low, high)
        if not sure or target(new) < target(peak):
            break
        peak = new
    return peak


def hessian(function: LogLikelihood, at: Floats) -> Floats:
    """The matrix of second derivatives by central differences, with its sign turned: what bends down has a positive one."""
    steps = _STEP * np.eye(at.size)
    here = function(at)
    found = np.empty((at.size, at.size))
    for i, one in enumerate(steps):
        found[i, i] = (2.0 * here - function(at + one) - function(at - one)) / _STEP**2
        for j in range(i):
            both, apart = one + steps[j], one - steps[j]
            mixed = function(at + both) + function(at - both) - function(at + apart) - function(at - apart)
            found[i, j] = found[j, i] = -mixed / (4.0 * _STEP**2)
    return found


def _inverse(precision: Floats) -> tuple[Floats, bool]:
    """The inverse of a symmetric matrix whose eigenvalues are taken to be at least 1/9, and whether all were above 0."""
    values, vectors = np.linalg.eigh(precision)
    return (vectors / np.maximum(values, 1.0 / 9.0)) @ vectors.T, bool((values > 0).all())


def _draws(model: str, target: LogLikelihood, peak: Floats, covariance: Floats, draws: int) -> tuple[Floats, float]:
    """Draws of the posterior, and k of their weights; where k is large, a second time from the mean and spread of the first ones."""
    logs, weights, k = _weighed(model, target, peak, covariance, 0)
    if k > _AGAIN:
        middle = weights @ logs
        spread = (logs - middle).T @ (weights[:, None] * (logs - middle))
        if np.linalg.eigvalsh(spread).min() > 1e-8:
            second = _weighed(model, target, middle, spread, 1)
            logs, weights, k = second if second[2] < k else (logs, weights, k)
    chosen = resampled(weights, draws, float(uniforms(f"{model}.resampled", 1)[0]))
    return np.exp(logs[chosen]), k


def _weighed(model: str, target: LogLikelihood, middle: Floats, covariance: Floats, time: int) -> tuple[Floats, Floats, float]:
    """Draws of a Student law, in logarithms, their weights, and k."""
    size = middle.size
    luck = [stratified(uniforms(f"{model}.draw{time}", _PROPOSALS, place)) for place in range(size + 1)]
    away = ndtri(np.stack(luck[:size], axis=1)) * np.sqrt(_FREEDOM / chdtri(_FREEDOM, luck[size]))[:, None]
    logs = middle + away @ np.linalg.cholesky(covariance).T
    log_proposal = -0.5 * (_FREEDOM + size) * np.log1p(np.sum(away**2, axis=1) / _FREEDOM)
    weights, k = smoothed(np.array([target(one) for one in logs]) - log_proposal)
    return logs, np.exp(weights), k


def resampled(weights: Floats, count: int, u: float) -> NDArray[np.int64]:
    """Which of the weighted draws are kept, by systematic resampling: each about `count` × its weight times, in their order."""
    edges = np.cumsum(weights / weights.sum())
    edges[-1] = 1.0
    return np.searchsorted(edges, (np.arange(count) + u) / count)


def _what_is_flat(fitted: Fitted, of_data: Floats, peak: Floats, centre: Floats) -> Fitted:
    """The same, saying which numbers the data cannot tell, and why; their standard errors are nan."""
    names, errors = list(fitted.parameters), dict(fitted.standard_errors)
    values, vectors = np.linalg.eigh(of_data)
    for value, vector in zip(values, vectors.T, strict=True):
        spans = math.exp(min(700.0, _Z90 / math.sqrt(value))) if value > 0 else math.inf
        if spans <= WIDE:
            continue
        moved = [name for name, part in zip(names, vector, strict=True) if abs(part) >= 0.4]
        for name in moved:
            errors[name] = math.nan
        if math.isfinite(spans) and spans < 1e9:
            fitted = fitted.open("flat", names=", ".join(moved), times=float(f"{spans:.2g}"), value=float(f"{value:.2g}"))
        else:
            fitted = fitted.open("flat_wholly", names=", ".join(moved), value=float(f"{value:.2g}"))
    for name, away in zip(names, peak - centre, strict=True):
        if abs(away) > 0.999 * math.log(BOUND):
            fitted = fitted.open("at_bound", names=name)
            errors[name] = math.nan
    return replace(fitted, standard_errors=errors)
