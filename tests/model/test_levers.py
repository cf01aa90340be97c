"""Levers by hand: what an effect does to a number, and what is left of it where people tire (response curves: ``contract/test_curves.py``)."""

from __future__ import annotations

import pytest

from ladsim.model.fatigue import effect_left, leaving_factor
from ladsim.model.levers import multiplier


def test_a_multiplier_is_never_negative() -> None:
    """1 + effect · strength, and 0 where that would be below."""
    assert [multiplier(0.5, 0.5), multiplier(-0.5, 0.5), multiplier(-3.0, 1.0)] == [1.25, 0.75, 0.0]


def test_contacts_above_the_free_ones() -> None:
    """4 above the free ones, tiring .25: e^−1 of an effect is left, and leaving is 1 + .1 · 4 as fast; without, all is as before."""
    assert [effect_left(0.0, 0.25), effect_left(4.0, 0.25)] == pytest.approx([1.0, 0.36787944117144233])
    assert [leaving_factor(0.0, 0.1), leaving_factor(4.0, 0.1)] == pytest.approx([1.0, 1.4])
