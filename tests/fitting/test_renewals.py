"""Start and stop lists: the printed fits of Fader & Hardie (2007), failed payments apart, periods counted by hand."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ladsim.errors import DataError
from ladsim.fitting.renewals import Renewals, fit_failed_payments, fit_renewals, renewals_of, survivors
from ladsim.verifying.fits import HIGH_END, REGULAR


@pytest.mark.parametrize(
    ("curve", "alpha", "beta", "likelihood"),
    [(HIGH_END, 0.6681, 3.8061, -1611.158), (REGULAR, 0.7041, 1.1820, -1680.265)],
    ids=["high-end", "regular"],
)
def test_seven_years(curve: tuple[float, ...], alpha: float, beta: float, likelihood: float) -> None:
    """The seven-year fits of a thousand members are those printed."""
    fitted = fit_renewals(survivors([share / 100 for share in curve[:8]], 1_000), prior=None)
    assert fitted.parameters == pytest.approx({"alpha": alpha, "beta": beta}, rel=1e-3)
    assert fitted.log_likelihood == pytest.approx(likelihood, abs=0.01)
    assert fitted.pareto_k is not None and fitted.pareto_k < 0.7


def test_the_curves_are_those_of_the_file(shared_data: Path) -> None:
    """Thirteen years of both segments, as they were published."""
    path = shared_data / "subscription_sbg" / "retention_fh2007.csv"
    if not path.is_file():
        pytest.skip(f"no real data: {path} is not a file")
    with open(path, encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(float(row["pct_alive_highend"]) for row in rows) == HIGH_END
    assert tuple(float(row["pct_alive_regular"]) for row in rows) == REGULAR


def subscriptions(rows: list[tuple[str, str | None, str | None]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["start", "end", "reason"])


def test_periods_by_hand() -> None:
    """Yearly where ends are whole years; an end counts for the nearest renewal, one that is open for those it came through."""
    found = renewals_of(
        subscriptions([("2024-01-01", "2025-01-03", None), ("2024-01-01", "2025-12-30", None), ("2024-06-01", None, None)]),
        until=datetime.date(2026, 6, 2),
    )
    assert found.period_months == 12
    assert (found.cancelled, found.failed, found.going_on) == ((1, 1), (0, 0), (0, 0, 1))
    assert (found.members, found.renewals, found.has_reasons) == (3, 5, False)
    monthly = renewals_of(subscriptions([("2026-01-01", "2026-01-04", None), ("2026-01-01", "2026-04-02", None)]))
    assert (monthly.period_months, monthly.cancelled) == (1, (1, 0, 1))


def test_an_end_that_lies_ahead_is_none() -> None:
    """What ends after the last day goes on; what starts after it is not there."""
    rows = subscriptions([("2026-01-01", "2026-06-01", "moved"), ("2026-05-01", None, None)])
    found = renewals_of(rows, until=datetime.date(2026, 4, 1), period_months=1)
    assert (sum(found.cancelled), found.going_on[2], found.members) == (0, 1, 1)


@pytest.mark.parametrize(
    "reason", ["For kort tid", "kun et kort forløb", "Paid too much", "lost loyalty card", "Har betalt for meget", "job accepted"]
)
def test_reasons_that_share_a_word_with_a_failed_payment(reason: str) -> None:
    """Somebody left: "kort" is also "short", and who paid too much did pay."""
    rows = subscriptions(
        [("2026-01-01", "2026-02-01", reason), ("2026-01-01", "2026-02-01", "kort udløbet"), ("2026-01-01", None, None)]
    )
    found = renewals_of(rows, until=datetime.date(2026, 3, 5), period_months=1)
    assert (found.failed, found.cancelled) == ((1, 0), (1, 0))


@pytest.mark.parametrize(
    "reason", ["Payment failed", "card_declined", "Afvist betaling", "Kortfeil", "Kort: udløbet", "involuntary churn"]
)
def test_failed_payments_are_known(reason: str) -> None:
    """In three languages; what was cancelled is another thing."""
    rows = subscriptions(
        [("2026-01-01", "2026-02-01", reason), ("2026-01-01", "2026-02-01", "too expensive"), ("2026-01-01", None, None)]
    )
    found = renewals_of(rows, until=datetime.date(2026, 3, 5), period_months=1)
    assert (found.failed, found.cancelled) == ((1, 0), (1, 0))
    fitted = fit_failed_payments(found)
    assert fitted.parameters["failed_payment"] == pytest.approx(1.5 / 5.0)  # 1 of 4 renewals, and Jeffreys' halves


def test_a_failed_payment_is_no_cancelling() -> None:
    """Ten more whose payment failed at the third renewal were there through two: the likelihood of cancelling has them as open ones."""
    base = Renewals((30, 20, 10), (0, 0, 0), (0, 0, 10, 100), 1)
    failed = Renewals((30, 20, 10), (0, 0, 10), (0, 0, 0, 100), 1, has_reasons=True)
    assert fit_renewals(failed, prior=None).parameters == fit_renewals(base, prior=None).parameters


def test_what_one_renewal_cannot_tell() -> None:
    """Everybody seen through one renewal: the mean is known, how much members differ is not."""
    fitted = fit_renewals(Renewals((40,), (0,), (0, 60), 12))
    said = dict(fitted.cannot_tell)
    assert "one_renewal" in said
    assert {"flat", "flat_wholly"} & said.keys()


def test_mistakes() -> None:
    """In words: nobody came to a renewal, no reasons, a curve that rises, a period that is none."""
    with pytest.raises(DataError, match="came to a renewal"):
        fit_renewals(Renewals((), (), (5,), 12))
    with pytest.raises(DataError, match="no reasons"):
        fit_failed_payments(Renewals((1,), (0,), (0, 1), 12))
    with pytest.raises(DataError, match="rises"):
        survivors([1.0, 0.5, 0.6], 10)
    with pytest.raises(DataError, match="whole number of months"):
        renewals_of(subscriptions([("2026-01-01", None, None)]), period_months=0)
    with pytest.raises(DataError, match="none that starts"):
        renewals_of(subscriptions([("2026-01-01", None, None)]), until=datetime.date(2025, 1, 1))


def test_an_end_that_is_planned_has_not_happened() -> None:
    """A year's contracts, of which those that run have their end written down: they are still there, without anybody saying the last day."""
    start = pd.Series(pd.date_range("2024-01-01", periods=60))
    gone = pd.Series(np.arange(60) < 20)
    end = (start + pd.Timedelta(days=61)).where(gone, pd.Timestamp("2090-01-01"))
    table = pd.DataFrame({"start": start, "end": end})
    found = renewals_of(table, period_months=1, written=datetime.date(2024, 7, 1))
    bare = renewals_of(table.assign(end=end.where(gone)), period_months=1)
    assert (found.cancelled, found.going_on) == (bare.cancelled, bare.going_on)
    assert (sum(found.cancelled), sum(found.going_on), found.planned, bare.planned) == (20, 40, 40, 0)
    assert fit_renewals(found).parameters == fit_renewals(bare).parameters
    assert fit_renewals(found).warnings[-1] == ("planned_ends", (("n", 40),))
