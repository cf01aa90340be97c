"""Sizes of tests of two shares against printed ones, and power against size."""

from __future__ import annotations

import math

import pytest

from ladsim.theory.two_shares import customers_for_two_shares, power_of_two_shares


@pytest.mark.parametrize(("control", "treated", "customers"), [(0.10, 0.12, 3_841), (0.10, 0.15, 686), (0.50, 0.60, 388)])
def test_sizes(control: float, treated: float, customers: int) -> None:
    """80 % power at 5 %, two-sided, without correction for continuity."""
    assert customers_for_two_shares(control, treated) == customers
    assert power_of_two_shares(control, treated, customers) == pytest.approx(0.8, abs=0.001)


def test_ends() -> None:
    """Nothing to find takes for ever and is found in α/2; a lower share is found as a higher one; odd shares give NaN."""
    assert customers_for_two_shares(0.2, 0.2) == math.inf
    assert power_of_two_shares(0.2, 0.2, 100, 0.1) == 0.05
    assert power_of_two_shares(0.2, 0.1, 300) == power_of_two_shares(0.1, 0.2, 300)
    assert math.isnan(power_of_two_shares(-0.1, 0.2, 300))
    assert power_of_two_shares(0.0, 1.0, 10) == 1.0
