"""An interval of a number that has bounds ends at them, in every table, on the page and on the screen; a negative one keeps its ends.

Tests: ``reporting/sweep.py``.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

import ladsim
from ladsim.cli.wheel import wheel_text
from ladsim.i18n import Locale
from ladsim.measures.dictionary import BOUNDS
from ladsim.planning import pairs
from ladsim.planning.program_months import survey_by_month
from ladsim.planning.segment_numbers import SegmentNumbers
from ladsim.reporting.page import page_html
from ladsim.scenario.overrides import override


@pytest.fixture(scope="module")
def few() -> ladsim.Replications:
    """Two futures of a handful of people: t intervals of one degree of freedom reach beyond everything."""
    changed = override(ladsim.load("ladder_guide"), {"satisfaction.start": 9.0})
    return ladsim.replicate(changed, replications=4, sample=60, seed=7, processes=1)


@pytest.mark.parametrize("unit", sorted(BOUNDS))
def test_every_unit_with_bounds_keeps_them(unit: str) -> None:
    """A mean at the bound with a wide spread, and one that hits both ends; what lies outside is left as it is, to be seen."""
    least, most = BOUNDS[unit]
    above = most if np.isfinite(most) else 50.0
    found = pairs.of_unit([least, above], unit, paired=False)
    plain = pairs.mean([least, above], paired=False)
    assert plain.low < least and found.low == least
    assert (found.high == most) if np.isfinite(most) else (found.high == plain.high)
    assert pairs.of_unit([least - 2.0, least - 4.0], unit, paired=False) == pairs.mean([least - 2.0, least - 4.0], paired=False)


def test_a_difference_ends_where_one_is_at_its_least_and_the_other_at_its_most() -> None:
    """Of two scores of the NPS at most 200 points; of amounts anything."""
    wide = pairs.Estimate(10.0, -400.0, 420.0)
    assert pairs.apart(wide, "points of NPS") == (10.0, -200.0, 200.0)
    assert pairs.apart(wide, "currency") == wide and pairs.apart(wide, "people") == wide
    assert np.isnan(pairs.apart(pairs.NOTHING, "share").low)


def test_no_table_of_few_futures_passes_a_bound(few: ladsim.Replications) -> None:
    """Measures of the study and moves of the wheel: all that has a unit with bounds, NPS among it; and the wheel's scores and losses."""
    wheel = ladsim.loyalty_wheel(few)
    seen = set()
    for table in (few.measures, wheel.moves):
        for row in table.to_dict("records"):
            least, most = BOUNDS.get(row["unit"], (-np.inf, np.inf))
            if np.isfinite(row["mean"]) and np.isfinite(row["low"]):
                assert least <= row["low"] <= row["mean"] <= row["high"] <= most, row
                seen.add(row["unit"])
    assert {"points of NPS", "0 to 10", "share", "people"} <= seen
    assert wheel.spokes[["score_low", "lost_low", "fallen_low"]].min().min() >= 0.0 and wheel.spokes["score_high"].max() <= 100.0
    assert wheel.losses[["lost_low", "fallen_low"]].to_numpy().min() >= 0.0


def test_the_net_promoter_score_of_few_futures_ends_at_a_hundred(few: ladsim.Replications) -> None:
    """The finding: −83 to 138 on the screen. Page and screen say no number of an NPS beyond ±100, and a negative score keeps its ends."""
    for text in (wheel_text(ladsim.loyalty_wheel(few)), page_html(few)):
        plain = re.sub(r"<[^>]+>", " ", text).replace("−", "-")
        line = re.search(r"net promoter score[^\n]*?((?:\s+-?\d+(?:\.\d+)?(?:\s+to\s+-?\d+(?:\.\d+)?)?)+)", plain, re.IGNORECASE)
        assert line, plain[:300]
        assert all(abs(float(number)) <= 100.0 for number in re.findall(r"-?\d+(?:\.\d+)?", line[1]))


def test_a_negative_score_keeps_its_interval_on_the_page() -> None:
    """Unhappy customers: an NPS of about −90 had "0 to −80" beside it, as though it could not be negative."""
    changed = override(ladsim.load("program_points", language="en"), {"satisfaction.start": 4.0})
    runs = ladsim.replicate(changed, replications=6, sample=200, processes=1)
    found = runs.measures.set_index("measure").loc["nps_end"]
    assert -100.0 <= found["low"] < found["high"] < 0.0
    said = Locale("en")
    assert f"{said.number(found['low'])} to {said.number(found['high'])}" in page_html(runs)


def test_people_in_tables_of_target_groups_are_none_at_least(few: ladsim.Replications) -> None:
    """What ``potential`` counts."""
    numbers = SegmentNumbers(few, None)
    values = np.array([[0.0], [0.0], [40.0], [0.0]])
    assert numbers.columns("customers_end", values)["customers_end_low"] == [0.0]
    assert numbers.columns("gain", values)["gain_low"][0] < 0.0


def test_a_survey_ends_at_a_hundred() -> None:
    """Few answers, nearly all of promoters: the interval of one survey's score, as table and picture show it."""
    asked = {"satisfaction.start": 9.9, "survey.invited": 20, "survey.response_share": 0.2}
    runs = ladsim.replicate(override(ladsim.load("program_points"), asked), replications=2, sample=100, seed=2, processes=1)
    table = survey_by_month(runs).dropna()
    assert ((table["nps"] + 1.96 * table["standard_error"]) > 100.0).any() and table["high"].max() == 100.0
    assert table["low"].min() >= -100.0


def test_no_more_people_than_there_are() -> None:
    """A market of 100: 94 customers (62 to 125) was said; people are none at least and all at most, who is won back twice apart."""
    runs = ladsim.replicate(ladsim.load("bass_small"), replications=2, processes=1)
    people = runs.measures[runs.measures["unit"] == "people"].dropna()
    assert len(people) >= 4 and people["high"].max() == 100.0 and people["low"].min() == 0.0
