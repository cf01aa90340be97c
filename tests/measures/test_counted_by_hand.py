"""Measures of which only a number counted by hand says whether they are right."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np
import pytest

from ladsim import measures
from ladsim.measures.loyalty import nps_survey
from ladsim.model.layout import CUSTOMER, MOODS
from ladsim.scenario.opinion_spec import Survey
from tests.measures.test_tables import by_hand


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


def test_who_only_changes_the_rung_has_not_stopped_to_talk() -> None:
    """Two talking rungs: of three steps taken only the one that leaves both is an end of advocacy.

    R is conversions ÷ endings. If steps between two rungs that both talk (or that both do not) were endings too, R would be 1 ÷ 3 here
    in place of 1, and a market that feeds on itself would look as if its word of mouth died out.
    """
    both_talk = replace(by_hand(), talks=np.array([True, True, False]))  # lead and customer; 2 lead → customer, 1 customer → gone
    found = measures.referral_factor(both_talk)
    assert found["stopped"] == 10.0  # one of ten people each
    assert found["conversions"] == 10.0
    assert found["referral_factor"] == pytest.approx(1.0)
    nobody_talks = replace(by_hand(), talks=np.array([False, False, False]))
    assert measures.referral_factor(nobody_talks)["stopped"] == 0.0
    only_the_lost = replace(by_hand(), talks=np.array([False, False, True]))
    assert measures.referral_factor(only_the_lost)["stopped"] == 0.0


def test_equal_referrers_go_by_id() -> None:
    """Who brought equally many stand in the order of their ids, whatever row they are in: 1 with two, then 10, 20 and 30 with one each.

    The list is cut at ten: without a fixed order, who is on it would hang on how the population is laid out in memory, and the same
    market with its customers renumbered by row would name others.
    """
    customers = np.zeros(9, CUSTOMER)
    customers["id"] = [30, 10, 20, 1, 2, 3, 4, 5, 6]
    customers["rung"], customers["cohort"] = 1, 1
    customers["referrer"], customers["referred"] = -1, 0
    for row, referrer in ((4, 0), (5, 1), (6, 2), (7, 3), (8, 3)):
        customers["referrer"][row], customers["referred"][row] = referrer, 1
    history = replace(by_hand(), customers=customers)
    assert measures.top_referrers(history)["customer"].tolist() == [1, 10, 20, 30]
    assert measures.top_referrers(history, 2)["customer"].tolist() == [1, 10]
