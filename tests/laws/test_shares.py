"""Whatever is called a share lies between nothing and all, in every scenario."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ladsim
from ladsim.measures.dictionary import BOUNDS
from ladsim.measures.summary import summarise
from ladsim.planning.measure_table import unit_of
from ladsim.scenario.spec import Scenario
from tests.strategies import bound, future, scenarios


@pytest.fixture(autouse=True)
def _small_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    bound(monkeypatch)


@given(scenarios(), st.integers(0, 2**40))
def test_shares_are_shares(scenario: Scenario, seed: int) -> None:
    """The measures of a study, conversion by month and so far, churn, retention, and what programmes' members do."""
    history = future(scenario, seed=seed)
    found = {name: value for name, value in summarise(history).scalars.items() if BOUNDS.get(unit_of(name, "EUR")) == (0.0, 1.0)}
    assert {"churn_share", "referred_share", "repurchase_rate", "returning_share"} <= set(found)
    tables = {
        "conversion": ladsim.measures.conversion_rate(history),
        "so far": ladsim.measures.cumulative_conversion(history),
        "churn": ladsim.measures.churn_share(history, by="rung")["churn_share"],
        "retention": ladsim.measures.retention_curve(history),
        "buyers": ladsim.measures.monthly_buyers(history)["share"],
        "returning": ladsim.measures.share_of_returning_customers(history)["share"],
    }
    if history.program_names:
        tables["programmes"] = ladsim.measures.program_results(history)[["active_share", "redemption_rate", "breakage"]]
    for name, values in {**found, **tables}.items():
        known = np.asarray(values, np.float64)
        known = known[~np.isnan(known)]
        assert ((known >= 0.0) & (known <= 1.0)).all(), name
