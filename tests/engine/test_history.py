"""When two histories are the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ladsim.engine.run import simulate
from tests.engine.test_instants import scenario


def test_what_is_no_number_equals_itself() -> None:
    """A book of real numbers may have no value where there is nobody; a history with such a place is still what it is."""
    history = simulate(scenario([{"name": "lead", "share": 1.0}], []))
    unknown = replace(history, holdouts=np.array([1.0, np.nan]))
    assert unknown.equals(replace(unknown, holdouts=np.array([1.0, np.nan])))
    assert not unknown.equals(replace(unknown, holdouts=np.array([1.0, 2.0])))
