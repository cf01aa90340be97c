"""Referrals: trees counted by hand, a negative binomial found again, coupons of New York's jazz musicians."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladsim.errors import DataError
from ladsim.fitting.referrals import fit_referrals
from tests.fitting.conftest import real


def grown(mean: float, k: float, seeds: int) -> pd.DataFrame:
    """Trees whose customers each bring a negative binomial number of others."""
    rng = np.random.default_rng(11)
    rows: list[tuple[str, str | None]] = [(str(i), None) for i in range(seeds)]
    place = 0
    while place < len(rows):
        brought = rng.poisson(rng.gamma(k, mean / k))
        rows += [(str(len(rows) + j), str(place)) for j in range(brought)]
        place += 1
    return pd.DataFrame(rows, columns=["customer", "referrer"])


def test_trees_are_found_again() -> None:
    """R = .4 and k = .3 from 600 trees that have died out: within three standard errors."""
    fitted = fit_referrals(grown(0.4, 0.3, 600), prior=None)
    for name, value in (("R", 0.4), ("k", 0.3)):
        assert abs(fitted.parameters[name] - value) < 3 * fitted.standard_errors[name]
    facts = {key: dict(values) for key, values in fitted.facts}["advocates"]
    assert facts["referred"] == fitted.n - 600


def test_the_mean_is_the_simple_one() -> None:
    """The most likely R of a negative binomial is referred ÷ customers."""
    table = grown(0.5, 1.0, 100)
    fitted = fit_referrals(table, prior=None)
    assert fitted.parameters["R"] == pytest.approx(table["referrer"].notna().mean(), rel=1e-5)


def test_what_cannot_be_told_apart() -> None:
    """Messages times chance, who would have come anyway, unknown referrers, and without dates the rate: all said."""
    said = dict(fit_referrals(grown(0.4, 0.3, 200)).cannot_tell)
    assert {"messages_or_chance", "would_have_come", "unknown_referrers", "no_dates"} <= said.keys()
    assert said["unknown_referrers"] == (("n", 200),)


def test_with_dates_there_is_a_rate() -> None:
    """Two brought in 60 + 40 + 0 days and those of the third: gamma(2½, months)."""
    days = ["2027-01-01", "2027-01-21", "2027-03-02"]
    table = pd.DataFrame({"customer": list("abc"), "referrer": [None, "a", "a"], "date": days})
    fitted = fit_referrals(table)
    assert fitted.parameters["rate"] == pytest.approx(2.5 / (100 / 30.4375))
    assert fitted.units["rate"] == "per month"
    assert fitted.draws.shape[1] == 3
    assert "so_far" in dict(fitted.cannot_tell)


def test_a_list_of_referred_people_alone_has_no_mean() -> None:
    """The usual export: 40 who were referred, 10 of them by one another. No R, no k, no rate, whatever the dates; it is said why."""
    table = pd.DataFrame(
        {
            "customer": [f"r{i}" for i in range(40)],
            "referrer": [f"r{i + 20}" if i < 10 else f"old{i % 20}" for i in range(40)],
            "date": pd.date_range("2026-01-01", periods=40),
        }
    )
    fitted = fit_referrals(table)
    assert fitted.parameters == {} and fitted.draws.shape[1] == 0
    assert dict(fitted.cannot_tell)["no_denominator"] == (("n", 40),)
    one_more = pd.concat([table, pd.DataFrame({"customer": ["new"], "referrer": [None]})], ignore_index=True)
    assert fit_referrals(one_more).parameters == {}


def test_the_mean_is_over_all_customers() -> None:
    """40 referred among 400 customers of another file: R = 40/400; the rate is over the time of all of them."""
    table = pd.DataFrame({"customer": [f"r{i}" for i in range(40)], "referrer": [f"c{i % 25}" for i in range(40)]})
    customers = pd.DataFrame({"customer": [*(f"c{i}" for i in range(360)), *table["customer"]], "date": "2026-01-01"})
    fitted = fit_referrals(table, customers=customers, until=datetime.date(2026, 12, 31), prior=None)
    assert fitted.n == 400
    assert fitted.parameters["R"] == pytest.approx(0.1, rel=1e-4)
    assert fitted.parameters["rate"] == pytest.approx(40.5 / (400 * 364 / 30.4375))
    assert fitted.warnings == ()


def test_a_typing_error_is_not_the_last_day() -> None:
    """One who came in 2099: the time of the others ends where it did, and it is told."""
    days = ["2024-01-01", "2024-01-21", "2024-03-01", "2024-03-01"]
    table = pd.DataFrame({"customer": list("abcd"), "referrer": [None, "a", "a", None], "date": days})
    fitted = fit_referrals(table.assign(date=[*days[:3], "2099-01-01"]), written=datetime.date(2024, 6, 1))
    assert fitted.parameters["rate"] == fit_referrals(table).parameters["rate"] == pytest.approx(2.5 / (100 / 30.4375))
    assert ("in_future", (("n", 1),)) in fitted.warnings


def test_jazz(shared_data: Path) -> None:
    """264 musicians, 251 of them by a coupon, 13 seeds: R = .951; most had coupons and brought nobody."""
    table = real(shared_data, "referral_rds_nyjazz/referral_tree.csv")
    fitted = fit_referrals(table, prior=None)
    assert fitted.n == 264
    assert fitted.parameters["R"] == pytest.approx(251 / 264, rel=1e-4)
    assert dict(fitted.cannot_tell)["unknown_referrers"] == (("n", 13),)


def test_mistakes() -> None:
    """Nobody was referred; referrers who are no customers are told."""
    with pytest.raises(DataError, match="nobody who was referred"):
        fit_referrals(pd.DataFrame({"customer": ["a"], "referrer": [None]}))
    fitted = fit_referrals(pd.DataFrame({"customer": ["a", "b", "c"], "referrer": [None, "a", "stranger"]}))
    assert fitted.warnings[0] == ("strange_referrers", (("n", 1),))
