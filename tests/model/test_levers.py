"""Response curves: the contract that every curve keeps, and one number of each by hand."""

from __future__ import annotations

from typing import get_args

import pytest

from ladsim.model.fatigue import effect_left, leaving_factor
from ladsim.model.levers import CURVES, multiplier, response
from ladsim.model.plan_layout import NO_CURVE
from ladsim.scenario.plan_spec import Response


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("half_at", [0.3, 5.0])
def test_every_curve_keeps_the_contract(name: str, half_at: float) -> None:
    """Nothing without pressure, half of the effect at `half_at`, never falling, never above the full effect."""
    found = [response(CURVES.index(name), step * half_at / 4, half_at, 2.0) for step in range(200)]
    assert found[0] == 0.0
    assert found[4] == pytest.approx(0.5, rel=1e-12)
    assert found == sorted(found)
    assert found[-1] <= 1.0


def test_curves_by_hand() -> None:
    """At three times `half_at`: linear is full, exponential 1 − 1/8, hill with slope 2 is 9/10; without a curve there is nothing."""
    found = [response(curve, 6.0, 2.0, 2.0) for curve in (*map(CURVES.index, ("linear", "exponential", "hill")), NO_CURVE)]
    assert found == pytest.approx([1.0, 0.875, 0.9, 0.0], rel=1e-12)


def test_a_file_may_name_every_curve() -> None:
    """What a scenario can say is what there is a rule for."""
    assert set(get_args(Response.model_fields["curve"].annotation)) == set(CURVES)


def test_a_multiplier_is_never_negative() -> None:
    """1 + effect · strength, and 0 where that would be below."""
    assert [multiplier(0.5, 0.5), multiplier(-0.5, 0.5), multiplier(-3.0, 1.0)] == [1.25, 0.75, 0.0]


def test_contacts_above_the_free_ones() -> None:
    """4 above the free ones, tiring .25: e^−1 of an effect is left, and leaving is 1 + .1 · 4 as fast; without, all is as before."""
    assert [effect_left(0.0, 0.25), effect_left(4.0, 0.25)] == pytest.approx([1.0, 0.36787944117144233])
    assert [leaving_factor(0.0, 0.1), leaving_factor(4.0, 0.1)] == pytest.approx([1.0, 1.4])
