"""Recommendation, surveys and purchase frequency after joining, on histories whose numbers were written down by hand."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import StudyError
from ladsim.measures.loyalty import nps_survey, purchase_frequency_after_joining
from ladsim.model.layout import MEMBER_COUNTS, MOODS
from ladsim.scenario.load import validated
from ladsim.scenario.opinion_spec import Survey
from tests.measures.small_history import by_hand
from tests.programs.played import market


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


def written(members: list[int], own: list[int], customers: list[int], orders: list[int]) -> History:
    """Three months: members and customers at each month start, orders of members and of all in each month."""
    plain: list[dict[str, Any]] = [{"kind": "discount", "discount_share": 0.1, "joins": {"probability": 1.0}}]
    history = simulate(validated(market(plain, months=3)), seed=1)
    counts = np.zeros_like(history.counts)
    counts[:, 0, 0] = customers
    ordered = np.zeros_like(history.orders)
    ordered[:, 0, 0] = orders
    levels, counted = np.zeros_like(history.levels), np.zeros_like(history.members)
    levels[:, 1] = members
    counted[:, 0, MEMBER_COUNTS.index("orders")] = own
    return replace(history, counts=counts, orders=ordered, levels=levels, members=counted)


def test_purchase_frequency_after_joining_by_hand() -> None:
    """Members 0, 0, 4, 8 with 12 orders in 2 + 6 member-months; 10 customers throughout with 40 orders in 30 months."""
    row = purchase_frequency_after_joining(written([0, 0, 4, 8], [0, 0, 3, 9], [10] * 4, [0, 5, 14, 21])).iloc[0]
    assert row["member_months"] == 8.0 and row["orders"] == 12.0 and row["per_month"] == 1.5
    assert row["others_months"] == 22.0 and row["others_orders"] == 28.0
    assert row["others_per_month"] == pytest.approx(28 / 22)
    assert row["before_per_month"] == 0.5  # month 1: 5 orders of 10 customers
    assert row["ratio"] == pytest.approx(1.5 * 22 / 28)


def test_nothing_to_compare_joining_with() -> None:
    """Everybody is a member from the start: nobody else, and no time before."""
    row = purchase_frequency_after_joining(written([10] * 4, [0, 5, 5, 5], [10] * 4, [0, 5, 5, 5])).iloc[0]
    assert row["per_month"] == 0.5
    assert row[["others_months", "others_per_month", "before_per_month", "ratio"]].isna().all()


def test_nobody_joins() -> None:
    """Without a member there is no frequency of members, and all the time is before."""
    row = purchase_frequency_after_joining(written([0] * 4, [0] * 4, [10] * 4, [0, 5, 5, 5])).iloc[0]
    assert np.isnan(row["per_month"]) and row["before_per_month"] == row["others_per_month"] == 0.5


def test_joining_needs_a_programme() -> None:
    """Nothing to be measured is said in words."""
    with pytest.raises(StudyError, match="programs: found none"):
        purchase_frequency_after_joining(simulate(validated(market([])), seed=1))
