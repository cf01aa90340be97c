"""What all measures ask of a history: groups that it has, and rows per customer where they are needed."""

from __future__ import annotations

import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.errors import StudyError


def test_rows_are_needed_after_slimming(history: History) -> None:
    """What needs rows per customer says so; the rest goes on."""
    with pytest.raises(StudyError, match="holds no rows per customer"):
        measures.abc_curve(history.slim())
    assert measures.churn_rate(history.slim()).equals(measures.churn_rate(history))


def test_unknown_group_is_refused(history: History) -> None:
    """`by` takes segment, rung or nothing."""
    with pytest.raises(StudyError, match="by: found 'age'"):
        measures.churn_rate(history, by="age")
    with pytest.raises(StudyError, match="by: found 'rung'"):
        measures.flows(history, by="rung")
