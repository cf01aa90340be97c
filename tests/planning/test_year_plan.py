"""The year's wheel: what is done, for whom, when and for how much.

Tests: ``planning/year_plan.py``, ``reporting/year_picture.py``, ``reporting/year_wheel.py``.
"""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest

import ladsim
from ladsim.planning.same_budget import cost_in_all
from ladsim.planning.year_plan import activities, year_plan
from ladsim.reporting.page import page_html
from ladsim.reporting.year_wheel import section
from ladsim.scenario.naming import Namer
from tests.cli.conftest import TINY

FEW: dict[str, Any] = {"replications": 4, "processes": 1, "seed": 3, "sample": 300}


@pytest.mark.parametrize(
    ("name", "strategy"), [("web_shop", "retention_first"), ("program_points", "points"), ("telecom", None), ("restaurant", None)]
)
def test_all_that_a_strategy_costs_is_there_once(name: str, strategy: str | None) -> None:
    """Summed over activities and months it is what the strategy costs in all, programmes included."""
    scenario = ladsim.load(name)
    runs = ladsim.replicate(scenario, strategy=strategy or next(iter(scenario.strategies)), **FEW)
    done = activities(runs, scenario.months)
    total = sum(float(one.cost.sum(axis=1).mean()) for one in done)
    assert total == pytest.approx(cost_in_all(runs), abs=0.05 * len(done))
    table = year_plan(runs, scenario.months)
    assert table[table["activity"] == "all"]["cost"].sum() == pytest.approx(total)


def test_a_campaign_stands_with_the_rungs_that_it_moves() -> None:
    """Those of its audience that one of its effects touches, from below; and with its months."""
    scenario = ladsim.load("ladder_guide")
    runs = ladsim.replicate(scenario, strategy="balanced", **FEW)
    done = {one.name: one for one in activities(runs, 12.0)}
    assert done["balanced_attraction"].rungs == ("potential",)
    assert done["balanced_personal_offers"].rungs == ("first_time", "returning", "loyal")
    assert next(one.name for one in activities(runs, 12.0)) == "balanced_attraction"
    assert all((one.first, one.last) == (0.0, 12.0) for one in done.values())


def test_dates_and_set_up() -> None:
    """A campaign from month 2 to 4 costs in months 3 and 4, its set-up at the end of month 2, where it begins."""
    more = """
[[campaigns]]
name = "spring"
channel = "search"
monthly_spend = 50
setup_cost = 20
from_month = 2
to_month = 4
"""
    shop = ladsim.loads(TINY + more)
    runs = ladsim.replicate(shop, replications=2, processes=1)
    spring = next(one for one in activities(runs, 6.0) if one.name == "spring")
    assert (spring.first, spring.last) == (2.0, 4.0)
    assert np.allclose(spring.cost.mean(axis=0), [0.0, 20.0, 50.0, 50.0, 0.0, 0.0])
    table = year_plan(runs, 6.0)
    assert table[table["activity"] == "spring"]["month"].tolist() == [2.0, 3.0, 4.0]


def test_the_page_has_it_in_three_languages() -> None:
    """Wheel, activities, months by name, and the commits of the study; nothing where nothing is done."""
    scenario = ladsim.load("web_shop").model_copy(update={"start_date": datetime.date(2027, 3, 1)})
    study = ladsim.set_targets(scenario, "acquisition_first", 12, **FEW | {"replications": 12})
    found = section(study, Namer(study.source))
    assert found is not None
    _, what, months = found.items
    assert [row[0].text for row in what.rows][-1] == "All together"  # type: ignore[union-attr]
    assert len(months.rows) == 12  # type: ignore[union-attr]
    assert months.rows[0][0].text.startswith("1 (March")  # type: ignore[union-attr]
    commit = study.checkpoints.set_index(["month", "rung"]).loc[(12.0, "ambassador"), "commit"]
    assert months.rows[-1][3].text == Namer(study.source).locale.people(float(commit))  # type: ignore[union-attr]
    for language, heading in (("da", "Årshjulet"), ("nb", "Årshjulet"), ("en", "The year’s wheel")):
        there = ladsim.set_targets(scenario, "acquisition_first", 12, **FEW | {"overrides": {"language": language}})
        html = page_html(there)
        assert heading in html
        assert 'id="year"' in html
    bare = ladsim.set_targets(ladsim.load("five_rungs"), None, 6, **FEW)
    assert (section(bare, Namer(bare.source)) is None) == (not activities(bare.runs, 6.0))
