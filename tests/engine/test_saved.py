"""When a run can be saved: at which months, and what forbids it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ladsim.engine.saved import month_to_save
from ladsim.errors import StudyError
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Policy
from tests.programs.played import market

PLAIN = validated(market([], months=6))


@pytest.mark.parametrize("month", [1, 5, np.int64(3)])
def test_a_whole_month_within_the_run_is_taken(month: Any) -> None:
    """From 1 to the last but one, as a whole number of Python."""
    found = month_to_save(PLAIN, month, True)
    assert (found, type(found)) == (int(month), int)


@pytest.mark.parametrize("month", [0, -1, 6, 99, 2.0, 1.5, True, "3", None])
def test_any_other_is_refused(month: Any) -> None:
    """Outside of the run, no whole number, or no number at all; a month that is a bool is a mistake."""
    with pytest.raises(StudyError) as caught:
        month_to_save(PLAIN, month, False)
    assert str(caught.value) == f"save_at: found {month!r}, must be a whole month from 1 to 5"


def test_a_short_run_has_no_month_to_stop_at() -> None:
    """A run of a month, or less."""
    with pytest.raises(StudyError, match=r"^save_at: found 1, a run of 1 months has no month to stop at$"):
        month_to_save(validated(market([], months=1)), 1, False)


def test_a_fork_saves_later_than_it_began() -> None:
    """The month from which it goes on is its beginning."""
    assert month_to_save(PLAIN, 4, False, after=3) == 4
    with pytest.raises(StudyError, match=r"^save_at: found 3, must be after month 3, from which this fork goes on$"):
        month_to_save(PLAIN, 3, False, after=3)


def test_all_reasons_are_told_at_once() -> None:
    """A month that is not there, a policy, and a log that is in a file."""
    acting = PLAIN.model_copy(update={"policies": (Policy(file="x.py", function="act"), Policy(file="x.py", function="wait"))})
    with pytest.raises(StudyError) as caught:
        month_to_save(acting, 9, "events.parquet")
    month, policies, log = str(caught.value).splitlines()
    assert month.startswith("save_at: found 9, ")
    assert policies.startswith("save_at: found policies (act, wait), ")
    assert log.startswith("save_at: found a log in a file (events.parquet), must be kept in memory (log=True)")
