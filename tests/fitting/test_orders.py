"""Orders fitted: the numbers that are printed for CDNOW, the words where data say little, the summary counted by hand."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladsim.errors import DataError
from ladsim.fitting.calibration import calibrate
from ladsim.fitting.orders import MODELS, best_of, fit_orders, fit_spend, from_the_left, in_weeks, monthly_rates, summary
from ladsim.fitting.words import told
from ladsim.i18n import ENGLISH
from ladsim.theory.buying import ParetoNBD
from ladsim.verifying.fits import PRINTED as FITTED

PRINTED = {
    **{name: FITTED[name] for name in ("pareto_nbd", "bg_nbd")},
    "mbg_nbd": ({"r": 0.524843, "alpha": 6.18308, "a": 0.891359, "b": 1.614002}, -9582.135716),
}


@pytest.mark.parametrize("model", PRINTED)
def test_cdnow(model: str, cdnow: pd.DataFrame) -> None:
    """The numbers of Fader & Hardie's papers (of MBG/NBD: what this likelihood gives, higher than that of any number near) come out again."""
    assert (len(cdnow), int((cdnow["orders"] > 0).sum())) == (2_357, 946)
    fitted = fit_orders(cdnow, model, unit="week", prior=None)
    numbers, likelihood = PRINTED[model]
    assert fitted.parameters == pytest.approx(numbers, rel=1e-3)
    assert fitted.log_likelihood == pytest.approx(likelihood, abs=0.01)
    assert fitted.pareto_k is not None and fitted.pareto_k < 0.7
    assert not fitted.cannot_tell
    low, high = fitted.interval("r")
    assert low < numbers["r"] < high and high - low < 0.35
    rows = cdnow[["orders", "last", "watched"]].to_numpy().T
    for name in numbers:
        for factor in (0.97, 1.03):
            near = MODELS[model](**(fitted.parameters | {name: fitted.parameters[name] * factor}))
            assert near.log_likelihood(*rows).sum() < fitted.log_likelihood


def test_the_weak_prior_is_weak(cdnow: pd.DataFrame) -> None:
    """With 2,357 customers it moves no number by more than half a standard error."""
    without, weak = (fit_orders(cdnow, "bg_nbd", unit="week", prior=prior) for prior in (None, "weak"))
    for name, value in without.parameters.items():
        assert abs(weak.parameters[name] - value) < 0.5 * without.standard_errors[name]


def test_cdnow_39_weeks_later(cdnow: pd.DataFrame) -> None:
    """Repeat orders of all 2,357 by week 78: 4,270.0 by the printed Pareto/NBD (4,339 in fact)."""
    assert ParetoNBD(**PRINTED["pareto_nbd"][0]).expected_orders(cdnow["watched"] + 39).sum() == pytest.approx(4_270.0, abs=0.1)


def test_spend_at_cdnow(cdnow: pd.DataFrame) -> None:
    """Gamma-gamma on the 946 repeat buyers, as printed."""
    fitted = fit_spend(cdnow, prior=None)
    assert fitted.n == 946
    assert fitted.parameters == pytest.approx({"p": 6.24957, "q": 3.74422, "gamma": 15.44352}, rel=1e-3)
    assert fitted.log_likelihood == pytest.approx(-4055.9177, abs=0.01)


@pytest.mark.long
def test_which_model_is_best(cdnow: pd.DataFrame) -> None:
    """At CDNOW BG/NBD and MBG/NBD are alike, and that is said."""
    found = best_of(cdnow, unit="week", names=("bg_nbd", "mbg_nbd"))
    assert [one.model for one in found] == ["mbg_nbd", "bg_nbd"]
    assert found[0].cannot_tell == (("models_alike", (("one", "mbg_nbd"), ("other", "bg_nbd"), ("ahead", 0.29))),)


@pytest.mark.long
def test_units(cdnow: pd.DataFrame) -> None:
    """Fitted in months and told in weeks, the numbers are those fitted in weeks; a month's rates are what follows from either."""
    months = cdnow.assign(last=cdnow["last"] * 7 / 30.4375, watched=cdnow["watched"] * 7 / 30.4375)
    fitted = fit_orders(months, prior=None)
    assert in_weeks(fitted).parameters == pytest.approx(PRINTED["pareto_nbd"][0], rel=1e-3)
    rates = monthly_rates(in_weeks(fitted), "week")
    assert rates["orders_per_month"] == pytest.approx(monthly_rates(fitted)["orders_per_month"], rel=1e-9)
    assert np.median(rates["orders_per_month"]) == pytest.approx(0.553277 / 10.57768 * 30.4375 / 7, rel=0.03)


def test_summary_by_hand() -> None:
    """Same-day rows once, amounts of 0 are no spend, what is later than the last day is not there; the first order is no repeat."""
    bought = pd.DataFrame(
        {
            "customer": ["7", "7", "7", "9", "8"],
            "date": pd.to_datetime(["2027-01-01", "2027-01-11", "2027-02-20", "2027-01-21", "2027-03-01"]),
            "amount": [99.0, 10.0, 0.0, 5.0, 1.0],
        }
    )
    found = summary(bought, until=datetime.date(2027, 2, 20), unit="week").set_index("customer")
    assert found["orders"].to_dict() == {"7": 2, "9": 0}
    assert found.loc["7", ["last", "watched", "spend"]].tolist() == pytest.approx([50 / 7, 50 / 7, 10.0])
    assert found.loc["9", ["last", "watched"]].tolist() == pytest.approx([0.0, 30 / 7])
    with pytest.raises(DataError, match="no order"):
        summary(bought, until=datetime.date(2026, 1, 1))


def test_what_a_few_customers_cannot_tell() -> None:
    """Nine customers, three of whom came back: said, with flat directions named, standard errors that are none; the draws stay finite."""
    few = pd.DataFrame({"orders": [0] * 6 + [1, 1, 2], "last": [0.0] * 6 + [1.0, 2.0, 3.0], "watched": [6.0] * 9})
    fitted = fit_orders(few)
    said = [key for key, _ in fitted.cannot_tell]
    assert "few_repeaters" in said
    assert {"flat", "flat_wholly"} & set(said)
    assert any(np.isnan(error) for error in fitted.standard_errors.values())
    assert np.isfinite(fitted.draws).all()


def test_nobody_came_back() -> None:
    """Then nothing is fitted, in words."""
    with pytest.raises(DataError, match="nobody bought again"):
        fit_orders(pd.DataFrame({"orders": [0, 0], "last": [0.0, 0.0], "watched": [5.0, 6.0]}))
    with pytest.raises(DataError, match="must be one of"):
        fit_orders(pd.DataFrame({"orders": [1], "last": [1.0], "watched": [5.0]}), "nbd")
    with pytest.raises(DataError, match="must be at least 2"):
        fit_spend(pd.DataFrame({"orders": [1], "spend": [3.0]}))


def test_spend_that_goes_with_orders_is_warned_of() -> None:
    """Gamma-gamma holds that frequency says nothing of spend; where it does, that is said."""
    orders = np.repeat([1, 2, 4, 8], 40)
    fitted = fit_spend(pd.DataFrame({"orders": orders, "spend": 10.0 * orders + np.tile(np.arange(40.0) / 10, 4)}))
    assert fitted.warnings[0][0] == "spend_depends"


def test_customers_who_may_be_older_than_the_data() -> None:
    """A shop of ten years of which the file has one: half of the customers are first seen in its first month. New ones all year long: nothing."""
    rng = np.random.default_rng(12)
    old = pd.DataFrame({"orders": 2, "last": 5.0, "watched": np.append(rng.uniform(11.2, 12.0, 60), rng.uniform(1.0, 12.0, 60))})
    new = old.assign(watched=np.linspace(0.1, 12.0, 120), last=0.05)
    for table, is_open in ((old, True), (new, False)):
        fitted = from_the_left(fit_orders(table, "bg_nbd"), table)
        said = dict(fitted.cannot_tell)
        assert ("cut_at_the_left" in said) == is_open
        if is_open:
            facts = dict(said["cut_at_the_left"])
            assert facts["of"] == 120 and 60 <= facts["n"] <= 75


def test_calibrate_says_where_the_data_begin(tmp_path: Path) -> None:
    """Every model of the orders says so, in the words of the screen."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    start = pd.Timestamp("2025-01-01")
    rows = [f"{c},{(start + pd.Timedelta(days=c % 20 + (30 + c % 13) * k)).date()}" for c in range(60) for k in range(1 + c % 5)]
    path = tmp_path / "sales.csv"
    path.write_text("customer,date\n" + "\n".join(rows), encoding="utf-8")
    found = calibrate([path], until="2025-12-31")
    assert all("cut_at_the_left" in dict(fitted.cannot_tell) for fitted, _ in found.fits)
    assert any("60 of 60" in line for part in told(found, ENGLISH) for line in part.lines)


def test_a_mean_counts_as_many_orders_as_it_is_of() -> None:
    """Orders that cost nothing are repeat orders, but no part of the mean amount: gamma-gamma fits the same with and without them."""
    days = pd.date_range("2027-01-01", periods=9, freq="7D")
    amounts = [0.0, 20.0, 30.0, 0.0, 0.0, 40.0, 0.0, 0.0, 0.0]
    rows = [(str(c), day, paid * (1 + c % 5)) for c in range(60) for day, paid in zip(days[: 3 + c % 7], amounts, strict=False)]
    whole = pd.DataFrame(rows, columns=["customer", "date", "amount"])
    first = whole.groupby("customer")["date"].transform("min") == whole["date"]
    found = summary(whole)
    assert (found["paid"] <= found["orders"]).all() and (found["paid"] < found["orders"]).any()
    paid_alone = fit_spend(summary(whole[first | (whole["amount"] > 0)]))
    assert list(fit_spend(found).parameters.values()) == pytest.approx(list(paid_alone.parameters.values()), rel=1e-6)
