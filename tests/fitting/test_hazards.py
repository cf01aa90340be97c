"""Hazards of histories: counted by hand, the gamma posterior of SciPy, and what is said of steps that nobody took.

Tests: ``fitting/fitted.py``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ladsim.data.panels import is_panel
from ladsim.errors import DataError
from ladsim.fitting.fitted import Fitted, stratified, uniforms
from ladsim.fitting.hazards import Stays, fit_hazards, stays_of

MONTH = 30.4375


def history(rows: list[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer", "date", "stage"])


def test_stays_by_hand() -> None:
    """Rows in any order; who is told to be where he is has not moved; the last stay is open until the last date."""
    table = history(
        [("b", "2027-01-11", "lead"), ("a", "2027-01-31", "buyer"), ("a", "2027-01-01", "lead"), ("a", "2027-02-10", "buyer")]
    )
    stays = stays_of(table)
    found = sorted(zip(stays.origin, (stays.months * MONTH).round(), [to or "" for to in stays.to], strict=True))
    assert found == [("buyer", 10.0, ""), ("lead", 30.0, ""), ("lead", 30.0, "buyer")]
    assert stays.customers == 2


def test_the_posterior_is_gamma() -> None:
    """d steps in E months: gamma(½ + d, E), its mean, its spread, its quantiles; two ways out of a rung share the time at risk."""
    stays = Stays(
        np.array(["lead"] * 50, object),
        np.full(50, 2.0),
        np.array(["buyer"] * 20 + ["gone"] * 5 + [None] * 25, object),
        50,
    )
    fitted = fit_hazards(stays)
    law = stats.gamma(20.5, scale=1 / 100.0)
    assert list(fitted.parameters) == ["lead → buyer", "lead → gone"]
    assert fitted.parameters["lead → buyer"] == pytest.approx(law.mean(), rel=1e-12)
    assert fitted.standard_errors["lead → buyer"] == pytest.approx(law.std(), rel=1e-12)
    assert fitted.interval("lead → buyer") == pytest.approx(law.ppf([0.05, 0.95]), rel=0.01)
    assert fitted.parameters["lead → gone"] == pytest.approx(0.055)
    assert ("few_seen", (("step", "lead → gone"), ("n", 5), ("months", 100.0))) in fitted.cannot_tell
    table = fitted.table()
    assert table.columns.tolist() == ["parameter", "estimate", "standard_error", "low", "high", "unit"]
    assert table["unit"].unique().tolist() == ["per month"]


def test_steps_of_a_ladder_that_nobody_took() -> None:
    """One without a step has an upper end, one without anybody at risk no number; a step that the ladder has not is told."""
    stays = Stays(np.array(["lead", "lead"], object), np.array([10.0, 20.0]), np.array(["gone", None], object), 2)
    fitted = fit_hazards(stays, [("lead", "buyer"), ("buyer", "gone")])
    assert list(fitted.parameters) == ["lead → buyer"]
    assert dict(fitted.cannot_tell)["none_seen"] == (
        ("step", "lead → buyer"),
        ("months", 30.0),
        ("most", pytest.approx(0.064, abs=0.002)),
    )
    assert dict(fitted.cannot_tell)["nobody_there"] == (("step", "buyer → gone"), ("rung", "buyer"))
    assert fitted.warnings == (("no_such_step", (("step", "lead → gone"), ("n", 1))),)


def test_a_hazard_that_falls_with_age_is_warned_of() -> None:
    """Half leave in the first month and nobody later: said. With one hazard nothing is."""
    u = (np.arange(400) + 0.5) / 400
    waits = -np.log(1 - u) / 0.2
    even = Stays(np.full(400, "lead", object), np.minimum(waits, 12.0), np.where(waits < 12, "buyer", None).astype(object), 400)
    assert fit_hazards(even).warnings == ()
    early = Stays(np.full(400, "lead", object), np.where(u < 0.5, u, 12.0), np.where(u < 0.5, "buyer", None).astype(object), 400)
    ((key, values),) = fit_hazards(early).warnings
    assert key == "hazard_by_age" and dict(values)["times"] > 5


def test_panels_are_known() -> None:
    """Who is told month by month to stand where they stood is in a panel; a history never repeats a rung."""
    assert is_panel(history([("a", f"2027-0{m}-28", "lead") for m in range(1, 7)]))
    assert is_panel(history([("a", "2027-01-01", "lead"), ("b", "2027-01-01", "lead")]))
    moved = [(str(c), f"2027-0{m}-{c + 10}", rung) for c in range(9) for m, rung in ((1, "lead"), (3, "buyer"))]
    assert not is_panel(history(moved))


def test_mistakes() -> None:
    """No date, nobody at risk, a number that is none: in words."""
    with pytest.raises(DataError, match="no date"):
        stays_of(pd.DataFrame({"customer": ["a"], "date": [None], "stage": ["lead"]}))
    nobody = Stays(np.array([], object), np.array([]), np.array([], object), 0)
    with pytest.raises(DataError, match="nobody on a rung"):
        fit_hazards(nobody, [("lead", "buyer")])
    fitted = fit_hazards(Stays(np.array(["a"], object), np.array([1.0]), np.array(["b"], object), 1))
    with pytest.raises(DataError, match="must be one of a → b"):
        fitted.interval("a")


def test_luck_has_an_address() -> None:
    """The same name gives the same luck, another name other luck; stratified, there is one draw in each part."""
    assert (uniforms("one", 8) == uniforms("one", 8)).all()
    assert not (uniforms("one", 8) == uniforms("two", 8)).any()
    spread = stratified(uniforms("one", 400))
    assert sorted(np.floor(spread * 400)) == list(range(400))


def test_facts_are_kept_apart() -> None:
    """What was found, what to look at, and what cannot be told: three lists, and the record before stays as it was."""
    one = Fitted("m", 1, {"x": 1.0}, {"x": 0.1}, 0.0, np.ones((4, 1)))
    told = one.told("a", n=1).warned("b").open("c", step="s")
    assert (told.facts, told.warnings, told.cannot_tell) == ((("a", (("n", 1),)),), (("b", ()),), (("c", (("step", "s"),)),))
    assert one.facts == ()
