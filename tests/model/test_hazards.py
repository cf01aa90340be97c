"""Clocks: one word that says when they are due, or what is left of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim.model import hazards
from ladsim.model.layout import NEVER


def wound(t: int, exposure: float, hazard: float) -> np.int64:
    """A clock wound at `t`; as in compiled code, a wait at no hazard is infinite."""
    with np.errstate(divide="ignore"):
        return hazards.wound(np.int64(t), np.float64(exposure), np.float64(hazard))


def left(word: np.int64, hazard: float, t: int) -> np.float64:
    return hazards.exposure_left(word, np.float64(hazard), np.int64(t))


def due(word: np.int64) -> np.int64:
    return hazards.due_of(word)


times = st.integers(0, 2**36)
exposures = st.floats(1e-16, 37.0)
rates = st.floats(1e-9, 1e-3)


@given(times, exposures, rates)
def test_a_clock_is_due_when_its_exposure_is_used_up(t: int, exposure: float, rate: float) -> None:
    """t + ⌈E/h⌉, at least one unit of time later."""
    word = wound(t, exposure, rate)
    assert due(word) == word == t + max(1, int(np.ceil(exposure / rate)))


@given(times, exposures, rates, st.floats(0.0, 1.0))
def test_what_is_left_is_what_was_not_lived(t: int, exposure: float, rate: float, share: float) -> None:
    """h·(due − t) is E less what was lived, up to one unit of time."""
    word = wound(t, exposure, rate)
    now = t + int(share * (word - t))
    assert left(word, rate, now) == pytest.approx(max(exposure - rate * (now - t), 0.0), abs=1.0001 * rate, rel=1e-9)


@given(times, exposures)
def test_a_clock_that_stands_still_keeps_its_exposure(t: int, exposure: float) -> None:
    """To the last bit, and it is due never; one that never ran is neither due nor taken for one that stands still."""
    word = wound(t, exposure, 0.0)
    assert due(word) == NEVER
    assert left(word, 0.0, t + 5) == exposure
    assert word != hazards.FRESH
    assert due(hazards.FRESH) == NEVER


def test_a_wait_beyond_all_time_stands_still() -> None:
    """A hazard so low that the wait does not fit into 62 bits parks the clock."""
    assert due(wound(0, 1.0, 1e-30)) == NEVER
    assert left(wound(0, 1.0, 1e-30), 1e-30, 7) == 1.0
    assert left(wound(0, 0.0, 0.0), 0.0, 7) == 0.0
