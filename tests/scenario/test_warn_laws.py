"""Laws that do not fit their number are odd; usual laws are not."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from ladsim.scenario.check import warnings
from ladsim.scenario.load import loads
from ladsim.scenario.number_types import Distribution, Limits
from ladsim.scenario.warn_laws import outside
from tests.scenario.texts import spoiled


@pytest.mark.parametrize(
    ("key", "law", "words"),
    [
        ("orders_per_month = 0.5", 'law = "normal", mean = 0.1, sd = 100', "of which 50 % lies below 0"),
        ("orders_per_month = 0.5", 'law = "gamma", shape = 1e300, scale = 1e300', "of which 100 % lies above 1e+09"),
        ("orders_per_month = 0.5", 'law = "lognormal", mean = 1, spread = 1e6', "more than a million times its median"),
        ("orders_per_month = 0.5", 'law = "lognormal", median = 1e300, spread = 1', "of which 100 % lies above"),
        ("orders_per_month = 0.5", 'law = "gamma", shape = 1e-9, mean = 1', "more than a million times its median"),
        ("share = 0.9", 'law = "normal", mean = 0.9, sd = 0.2', "of which 31 % lies above 1"),
    ],
)
def test_laws_that_do_not_fit(key: str, law: str, words: str) -> None:
    """A law much of which lies outside of what its number may be, or whose mean never comes, is told."""
    text = spoiled(key, f"{key.split(' = ')[0]} = {{ {law} }}")
    assert any(words in str(odd) for odd in warnings(loads(text))), [str(odd) for odd in warnings(loads(text))]


@pytest.mark.parametrize(
    "law",
    [
        'law = "normal", mean = 0.5, sd = 0.1',
        'law = "gamma", shape = 4, mean = 0.5',
        'law = "gamma", shape = 0.1, mean = 0.5',
        'law = "lognormal", median = 0.5, spread = 0.8',
        'law = "uniform", low = 0.1, high = 0.9',
        'law = "draws", values = [0.0, 0.9]',
    ],
)
def test_laws_that_fit(law: str) -> None:
    """Usual laws are not odd."""
    found = [str(odd) for odd in warnings(loads(spoiled("orders_per_month = 0.5", f"orders_per_month = {{ {law} }}")))]
    assert not any("law" in odd for odd in found), found


@pytest.mark.parametrize("x", [0.2, 1.0, 3.0])
@pytest.mark.parametrize(
    ("keys", "law", "close"),
    [
        ({"law": "normal", "mean": 1.0, "sd": 2.0}, stats.norm(1.0, 2.0), 1e-12),
        ({"law": "lognormal", "mean": 1.0, "spread": 0.7}, stats.lognorm(0.7, scale=math.exp(-0.245)), 1e-12),
        ({"law": "lognormal", "median": 2.0, "spread": 0.7}, stats.lognorm(0.7, scale=2.0), 1e-12),
        ({"law": "gamma", "shape": 4.0, "mean": 1.0}, stats.gamma(4.0, scale=0.25), 0.01),
        ({"law": "gamma", "shape": 0.5, "scale": 2.0}, stats.gamma(0.5, scale=2.0), 0.02),
    ],
)
def test_shares_outside(keys: dict[str, object], law: object, close: float, x: float) -> None:
    """They are those of scipy's distribution functions; of a gamma law nearly."""
    below, above = outside(Distribution(**keys), Limits(x, x))  # type: ignore[arg-type]
    assert below == pytest.approx(law.cdf(x), abs=close)  # type: ignore[attr-defined]
    assert below + above == pytest.approx(1.0)
