"""Time to deal: counted by hand, open leads and lost ones allowed for, the real funnel."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladsim.errors import DataError
from ladsim.fitting.deals import fit_deals, incidence, leads_of
from ladsim.fitting.hazards import Stays
from tests.fitting.conftest import real


def test_by_hand() -> None:
    """Won, lost, open, of two tables; one won before it was created is left out and told, so is one without a creation."""
    leads = pd.DataFrame(
        {
            "customer": list("abcd"),
            "created": ["2027-01-01", "2027-01-01", "2027-01-11", "2027-02-01"],
            "lost": [None, "2027-01-31", None, None],
        }
    )
    deals = pd.DataFrame({"customer": list("ade"), "won": ["2027-01-21", "2027-01-15", "2027-01-15"]})
    found = leads_of([leads, deals], until=datetime.date(2027, 3, 2))
    assert found.stays.to.tolist() == ["won", "lost", None]
    assert (found.stays.months * 30.4375).round().tolist() == [20.0, 30.0, 50.0]
    assert (found.not_created, found.won_before, found.has_lost) == (1, 1, True)
    fitted = fit_deals([leads, deals], until=datetime.date(2027, 3, 2))
    assert fitted.parameters["lead → won"] == pytest.approx(1.5 / (100 / 30.4375))
    assert {"not_created", "won_before_created"} <= {key for key, _ in fitted.warnings}


def test_what_comes_after_the_last_day_is_not_there() -> None:
    """A deal won later is still open then; a lead that came in later is none."""
    table = pd.DataFrame({"customer": ["a", "b"], "created": ["2027-01-01", "2027-05-01"], "won": ["2027-03-01", None]})
    found = leads_of([table], until=datetime.date(2027, 2, 1))
    assert found.stays.to.tolist() == [None]
    assert (found.stays.months * 30.4375).round().tolist() == [31.0]


def test_a_typing_error_is_not_the_last_day() -> None:
    """One deal won in 2099: the open leads are watched to the last day of the others, that deal is open, and it is told."""
    created = pd.date_range("2024-01-01", periods=60)
    won = pd.Series(created + pd.Timedelta(days=30)).where(np.arange(60) % 3 == 0)
    table = pd.DataFrame({"customer": range(60), "created": created, "won": won})
    right = fit_deals([table])
    wrong = fit_deals(
        [table.assign(won=won.where(np.arange(60) != 1, pd.Timestamp("2099-01-01")))], written=datetime.date(2024, 6, 1)
    )
    assert wrong.parameters == right.parameters
    assert ("in_future", (("n", 1),)) in wrong.warnings and "in_future" not in dict(right.warnings)


def test_the_share_won_in_time() -> None:
    """Aalen–Johansen by hand: of 4 one is lost at 1, one won at 2 of 3, one open at 3, one won at 4; without censoring the simple share."""
    stays = Stays(np.full(4, "lead", object), np.array([1.0, 2.0, 3.0, 4.0]), np.array(["lost", "won", None, "won"], object), 4)
    assert incidence(stays, "won", 2.0)[0] == pytest.approx(3 / 4 / 3)
    assert incidence(stays, "won", 4.0)[0] == pytest.approx(1 / 4 + 3 / 4 * 2 / 3 * 1)
    assert incidence(stays, "won", 0.5)[0] == 0.0


def test_competing_risks_are_found_again() -> None:
    """Hazards .10 and .05 with half of the leads still open: within three standard errors; two thirds are won in the end."""
    rng = np.random.default_rng(3)
    n = 2_000
    created = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 365, n), unit="D")
    waits = rng.exponential(1 / 0.15, n)
    over = created + pd.to_timedelta((waits * 30.4375).round(), unit="D")
    won = rng.random(n) < 2 / 3
    end = pd.Timestamp("2026-01-01")
    table = pd.DataFrame({"customer": range(n), "created": created, "won": over.where(won), "lost": over.where(~won)})
    fitted = fit_deals([table], until=end.date())
    for name, hazard in (("lead → won", 0.10), ("lead → lost", 0.05)):
        assert abs(fitted.parameters[name] - hazard) < 3 * fitted.standard_errors[name]
    facts = {key: dict(values) for key, values in fitted.facts}
    assert facts["won_in_the_end"]["low"] < 2 / 3 < facts["won_in_the_end"]["high"]
    assert facts["won_within"]["seen"] == pytest.approx(facts["won_within"]["said"], abs=0.05)
    assert fitted.warnings == ()


def test_olist(shared_data: Path) -> None:
    """8,000 leads, 842 deals: one before its lead is left out; nothing says that a lead was lost; the hazard falls with age, and that is said."""
    tables = [
        real(shared_data, f"olist_funnel/olist_{name}_dataset.csv") for name in ("marketing_qualified_leads", "closed_deals")
    ]
    fitted = fit_deals(tables)
    assert fitted.n == 7_999
    assert dict(fitted.facts[0][1])["n"] == 841
    assert dict(fitted.warnings)["won_before_created"] == (("n", 1),)
    assert {"hazard_by_age", "not_constant"} & {key for key, _ in fitted.warnings}
    assert "no_lost" in {key for key, _ in fitted.cannot_tell}


def test_mistakes() -> None:
    """Won deals alone say nothing of how long it took."""
    with pytest.raises(DataError, match="date of creation"):
        fit_deals([pd.DataFrame({"customer": ["a"], "won": ["2027-01-01"]})])
