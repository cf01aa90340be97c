"""New customers to come: the level and the growth of the last months, no surer than the months are."""

from __future__ import annotations

import numpy as np

from ladsim.placing.new_customers import QUARTER, new_customers


def test_a_steady_shop_goes_on() -> None:
    """The mean is that of the months, and a quarter's draws are at least as spread as Poisson counts."""
    found = new_customers(np.full(24, 30.0), 4, 4000)
    assert found is not None
    assert np.allclose(found.quarters.mean(axis=0), 30.0, rtol=0.05)
    assert found.quarters[:, 0].std() >= 0.9 * np.sqrt(30.0 / QUARTER)
    assert found.quarters[:, 3].std() > found.quarters[:, 0].std()  # further ahead is less sure


def test_growth_goes_on_and_is_shrunk() -> None:
    """What grows by 3 % a month is taken to grow on, a little less than seen; what falls, to fall."""
    months = np.arange(24)
    for growth in (0.03, -0.03):
        found = new_customers(np.round(100 * np.exp(growth * months)), 4, 400)
        assert found is not None
        assert 0.5 * abs(growth) < abs(found.growth) < abs(growth) * 1.05
        assert np.sign(found.growth) == np.sign(growth)


def test_spread_months_make_it_unsure() -> None:
    """Months that jump about give wider quarters than even ones of the same mean."""
    even, odd = (new_customers(np.tile(pair, 12), 1, 2000) for pair in ([40.0, 40.0], [10.0, 70.0]))
    assert even is not None and odd is not None
    assert odd.dispersion > 10 > even.dispersion
    assert odd.quarters.std() > 2 * even.quarters.std()


def test_too_few_months_say_nothing() -> None:
    """Fewer than three months, or nobody new."""
    assert new_customers(np.array([5.0, 6.0]), 4, 100) is None
    assert new_customers(np.zeros(12), 4, 100) is None
