"""Response curves: the contract that every curve keeps, and one number of each by hand."""

from __future__ import annotations

import pytest

from ladsim.model.levers import CURVES, multiplier


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("half_at", [0.3, 5.0])
def test_every_curve_keeps_the_contract(name: str, half_at: float) -> None:
    """Nothing without pressure, half of the effect at `half_at`, never falling, never above the full effect."""
    found = [CURVES[name](step * half_at / 4, half_at, 2.0) for step in range(200)]
    assert found[0] == 0.0
    assert found[4] == pytest.approx(0.5, rel=1e-12)
    assert found == sorted(found)
    assert found[-1] <= 1.0


def test_curves_by_hand() -> None:
    """At three times `half_at`: linear is full, exponential 1 − 1/8, hill with slope 2 is 9/10."""
    found = [CURVES[name](6.0, 2.0, 2.0) for name in ("linear", "exponential", "hill")]
    assert found == pytest.approx([1.0, 0.875, 0.9], rel=1e-12)


def test_a_multiplier_is_never_negative() -> None:
    """1 + effect · strength, and 0 where that would be below."""
    assert [multiplier(0.5, 0.5), multiplier(-0.5, 0.5), multiplier(-3.0, 1.0)] == [1.25, 0.75, 0.0]
