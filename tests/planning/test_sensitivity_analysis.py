"""What would change our mind: indices and flip points against closed forms and brute force, and what is said of them.

Tests: ``cli/sensitivity.py``, ``planning/flip_points.py``, ``planning/given_data.py``, ``planning/held_numbers.py``, ``planning/losing_worlds.py``,
``planning/sensitivity_analysis.py``, ``reporting/best_map.py``, ``reporting/sensitivity.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.errors import StudyError
from ladsim.planning.given_data import FEWEST_DRAWS, indices
from ladsim.planning.held_numbers import MOST_NUMBERS
from ladsim.planning.losing_worlds import FEWEST, losing_worlds
from ladsim.planning.sensitivity_analysis import Sensitivity
from ladsim.reporting.page import page_html
from ladsim.reporting.sensitivity import SensitivityWords
from ladsim.scenario.spec import Scenario

# Two offers that cost what nobody knows against one that costs 700: profit is linear in both numbers, and there is no luck at all.
COSTS = """
schema = 1
name = "Costs"
months = 1
market_size = 10
[[rungs]]
name = "lead"
share = 1.0
[[rungs]]
name = "customer"
[[steps]]
from = "lead"
to = "customer"
monthly = 0.0
[[channels]]
name = "hall"
response = { half_at = 1.0 }
[[channels]]
name = "print"
response = { half_at = 1.0 }
[[campaigns]]
name = "stand"
channel = "hall"
monthly_spend = 0
setup_cost = 700
[strategies.agency]
label = "Agency"
set = { "campaigns.stand.setup_cost" = 0 }
[[strategies.agency.campaigns]]
channel = "hall"
name = "hall"
monthly_spend = 0
setup_cost = { law = "uniform", low = 0, high = 1000 }
[[strategies.agency.campaigns]]
channel = "print"
name = "print"
monthly_spend = 0
setup_cost = { law = "uniform", low = 0, high = 500 }
"""
HALL, PRINT = (f"strategies.agency.campaigns.{name}.setup_cost" for name in ("hall", "print"))
KEY = "steps.lead.customer.time.monthly"


@pytest.fixture(scope="module")
def costs() -> Sensitivity:
    """The two offers, with 100 draws."""
    return ladsim.sensitivity(ladsim.loads(COSTS), replications=200, processes=1, map_over=(HALL, PRINT))


def test_closed_forms(costs: Sensitivity) -> None:
    """Costs u of U(0, 1000) and v of U(0, 500) against 700: Sobol's indices .8 and .2, EVPPI 450²/2000 and 200²/1000, flips at 450 and 200."""
    table = costs.numbers.set_index("key")
    wanted = {HALL: (0.8, 450.0**2 / 2000.0, 450.0), PRINT: (0.2, 200.0**2 / 1000.0, 200.0)}
    assert list(table.index) == [HALL, PRINT]
    assert costs.favourite == "base"
    for key, (share, knowing, flip) in wanted.items():
        row = table.loc[key]
        assert row["first_order_low"] <= share <= row["first_order_high"]
        assert row["first_order"] == pytest.approx(share, abs=0.08)
        assert row["knowing_low"] <= knowing <= row["knowing_high"]
        assert row["knowing"] == pytest.approx(knowing, rel=0.4)
        # The mean of the draws of the other number is off by some units.
        assert row["flip"] == pytest.approx(flip, abs=25.0)
        assert row["flip_low"] < flip < row["flip_high"]
        assert not row["flip_above"]
        assert (row["flip_to"], row["flips"]) == ("agency", 1)
    assert table.loc[HALL, "swing"] == pytest.approx(1000.0)


def test_who_is_best_over_two_numbers(costs: Sensitivity) -> None:
    """The agency where both together cost less than 700, to the unit, and surely, as nothing else is unknown."""
    assert len(costs.plane) == 25
    for row in costs.plane.itertuples():
        assert row.best == ("agency" if row.value_x + row.value_y < 700.0 else "base")
        assert row.lead == row.lead_low == row.lead_high == pytest.approx(abs(row.value_x + row.value_y - 700.0))


def test_where_it_loses(costs: Sensitivity) -> None:
    """The dearest number parts the draws; what is counted in a leaf is what the draws left for counting hold."""
    worst = costs.worlds[0]
    assert worst.where[0].key == HALL
    assert not worst.where[0].above
    assert worst.share.value > 0.75
    assert sum(leaf.draws for leaf in costs.worlds) == 50


def test_it_says_so(costs: Sensitivity) -> None:
    """The flips, what to learn first and where it loses, in three languages; the page holds the map."""
    said = "\n".join(SensitivityWords(costs).verdict())
    assert "below" in said
    assert "“Agency” has the highest mean profit" in said
    assert "Most worth learning before you decide" in said
    for language, word in (("da", "Mest værd at finde ud af"), ("nb", "Mest verdt å finne ut")):
        found = ladsim.sensitivity(ladsim.loads(COSTS), replications=20, processes=1, overrides={"language": language})
        assert word in "\n".join(SensitivityWords(found).verdict())
        assert f'lang="{language}"' in page_html(found)
    html = page_html(costs)
    assert html.count("<svg") >= 2
    assert "best_map" in html


def test_flips_are_those_of_brute_force(shop: Scenario) -> None:
    """Where the comparison at many values, each played by itself, changes its winner, and nowhere else."""
    few: dict[str, Any] = {"replications": 20, "seed": 3, "processes": 1, "sample": 300}
    names = list(shop.strategies)
    found = ladsim.sensitivity(shop, names, change=[(KEY, 0.005, 0.3)], **few)
    row = found.numbers.iloc[0]
    values = np.linspace(0.005, 0.3, 21)
    swept = ladsim.sweep(shop, KEY, [f"{value:.6g}" for value in values], names, **few)
    favourite = [part.best == found.favourite for part in swept.parts]  # type: ignore[union-attr]
    places = [place for place in range(20) if favourite[place] != favourite[place + 1]]
    assert len(places) == row["flips"] == 1
    assert values[places[0]] <= row["flip"] <= values[places[0] + 1]
    assert bool(row["flip_above"]) == favourite[places[0]]
    beyond = found.tried[(found.tried["value"] > row["flip"]) == row["flip_above"]]["value"]
    nearest = min(beyond, key=lambda value: abs(value - row["flip"]))
    alone = ladsim.compare(shop, names, overrides={KEY: float(nearest)}, months_after=0, **few)
    assert row["flip_to"] == alone.best


def test_what_is_held_is_what_sweep_gives(shop: Scenario) -> None:
    """To the last bit, with the same futures."""
    few: dict[str, Any] = {"replications": 8, "seed": 3, "processes": 1, "sample": 300}
    found = ladsim.sensitivity(shop, **few)
    tried = found.tried[found.tried["key"] == KEY]
    swept = ladsim.sweep(shop, KEY, [float(value) for value in tried["value"]], list(shop.strategies), **few)
    for one, part in zip(tried.to_dict("records"), swept.parts, strict=True):
        means = part.outcomes.set_index("strategy")["profit"]  # type: ignore[attr-defined]
        others = means.drop(found.favourite)
        assert one["lead"] == pytest.approx(means[found.favourite] - others.max(), abs=0.01)


def test_a_number_that_tells_nothing() -> None:
    """Noise explains next to nothing in nearly all of 40 studies, and its interval holds 0."""
    rng = np.random.default_rng(5)
    surely = 0
    for study in range(40):
        x, y = rng.random(60), rng.normal(size=(60, 2, 2))
        found = indices(x, y, 0, 1, seed=study)
        surely += found.knowing.low > 0.0
    assert surely <= 4


def test_intervals_hold_the_truth() -> None:
    """Of 40 studies of a line with luck, at least 34 intervals each hold Sobol's index and the value of knowing."""
    rng = np.random.default_rng(6)
    held = np.zeros(2)
    for study in range(40):
        x, z = rng.random(100), rng.random(100)
        lead = (x - 0.4) + 0.5 * (z - 0.5)
        earned = np.stack([rng.normal(0.0, 0.2, (100, 2)), rng.normal(0.0, 0.2, (100, 2)) + lead[:, None]], axis=2)
        found = indices(x, earned, 1, 0, seed=study)
        held += found.share.low <= 0.8 <= found.share.high, found.knowing.low <= 0.4**2 / 2 <= found.knowing.high
    assert (held >= 34).all(), held


def test_too_few_draws_tell_nothing() -> None:
    """NaN, and no leaf."""
    few = FEWEST_DRAWS - 1
    found = indices(np.arange(float(few)), np.zeros((few, 2, 2)), 0, 1, seed=1)
    assert all(math.isnan(value) for one in found for value in one)
    assert losing_worlds(pd.DataFrame({"a": np.arange(2.0 * FEWEST - 1.0)}), np.arange(2.0 * FEWEST - 1.0) - 9.0) == []


def test_noise_makes_no_tree() -> None:
    """Of 100 trees over ten numbers that have nothing to do with the lead at most a few find a condition."""
    rng = np.random.default_rng(7)
    found = [losing_worlds(pd.DataFrame(rng.random((100, 10))).rename(columns=str), rng.normal(size=100)) for _ in range(100)]
    assert sum(len(leaves) > 1 for leaves in found) <= 5


def test_nonsense_is_refused(shop: Scenario) -> None:
    """In words: an unknown key, limits that are none, all of them at once; nothing uncertain; a map over what is not looked at."""
    with pytest.raises(StudyError) as refused:
        ladsim.sensitivity(shop, change=[("steps.lead.custmer.monthly", 0.1, 0.2), (KEY, 0.3, 0.2)])
    assert "steps.lead.customer" in str(refused.value)
    assert "LOW:HIGH with LOW below HIGH" in str(refused.value)
    certain = ladsim.loads(
        COSTS.replace('{ law = "uniform", low = 0, high = 1000 }', "1").replace('{ law = "uniform", low = 0, high = 500 }', "1")
    )
    with pytest.raises(StudyError, match="at least one number that is uncertain"):
        ladsim.sensitivity(certain)
    with pytest.raises(StudyError, match="must be two of"):
        ladsim.sensitivity(shop, map_over=(KEY, "months"))
    with pytest.raises(StudyError, match="twice"):
        ladsim.sensitivity(shop, map_over=(KEY, KEY))
    with pytest.raises(StudyError, match="no further than the horizon"):
        ladsim.sensitivity(shop, months_after=3)


def test_of_many_numbers_those_are_held_that_matter() -> None:
    """At most so many, and it is said how many are not."""
    found = ladsim.sensitivity(
        ladsim.load("acquisition_vs_retention"), ["retention_first"], replications=8, sample=200, processes=1
    )
    assert len(found.numbers) == MOST_NUMBERS
    assert found.beyond > 0
    assert any("more numbers are uncertain" in note for note in SensitivityWords(found).notes())
