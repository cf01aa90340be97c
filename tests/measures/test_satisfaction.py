"""Recommendation and surveys, on histories whose numbers were written down by hand."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.satisfaction import nps_survey
from ladsim.model.layout import MOODS
from ladsim.scenario.opinion_spec import Survey
from tests.measures.small_history import by_hand


def test_failures_are_asked_for_only_where_people_feel(history: History) -> None:
    """Without satisfaction there is no table of failures, as there is no score; the error says what to add."""
    for measure in (measures.service_failures, measures.net_promoter_score, measures.promoters_and_ambassadors):
        with pytest.raises(StudyError, match=r"satisfaction: found none .*give it a table \[satisfaction\]"):
            measure(history)


def test_the_error_of_a_surveys_score_knows_that_promoters_and_detractors_exclude_each_other() -> None:
    """100 answers, 50 promoters, 20 passives, 30 detractors: NPS 20, and its variance is p₊ + p₋ − (p₊ − p₋)² = .76, not .80.

    Without the last term the interval would be 2.6 % too wide here, and twice as wide where 90 of 100 are promoters and 5 detractors:
    it would be said of a score that it may be chance where it is none. That an error is plausible (above 0, at most 100 ÷ √n) tells nothing.
    """
    moods = np.zeros((3, 2, 3, len(MOODS)), np.int64)
    moods[:, 0, 1, :3] = [30, 20, 10]  # in two segments, and on the rung of customers only
    moods[:, 1, 1, :3] = [20, 0, 20]
    moods[:, 1, 0, :3] = [0, 0, 999]  # no customers: nobody asks them
    history = replace(by_hand(), scale=1.0, moods=moods)
    found = nps_survey(history, Survey(invited=100, response_share=1.0))
    error = 100.0 * sqrt((0.5 + 0.3 - 0.2**2) / 100)
    assert error == pytest.approx(8.717798)
    assert found["answers"].tolist() == [100, 100, 100]
    assert found["nps"].tolist() == pytest.approx([20.0] * 3)
    assert found["standard_error"].tolist() == pytest.approx([error] * 3)
    assert found["low"].tolist() == pytest.approx([20.0 - 1.96 * error] * 3)
    assert found["high"].tolist() == pytest.approx([20.0 + 1.96 * error] * 3)
    moods[:, :, 1, :3] = [[50, 0, 0], [50, 0, 0]]
    everybody = nps_survey(replace(history, moods=moods), Survey(invited=100, response_share=1.0))
    assert everybody["standard_error"].tolist() == [0.0] * 3  # who all say the same leave no doubt
