"""What was seen beside what a fit expects: counted right, and the expectation that of the closed form.

Tests: ``reporting/fits.py``.
"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from ladsim.fitting.calibration import Calibration, calibrate
from ladsim.fitting.observed import MOST, Seen, seen_beside
from ladsim.fitting.orders import MODELS, summary
from ladsim.i18n import LANGUAGES, Locale
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.reporting.fits import page
from ladsim.reporting.page import rendered
from ladsim.theory.customer_base import sbg_survival

END = datetime.date(2024, 12, 30)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    """A year of orders of 150 customers, 60 subscriptions by month, and who brought whom."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    folder, rng = tmp_path_factory.mktemp("fits"), np.random.default_rng(3)
    orders, members, brought = ["customer,date"], ["customer,start,end"], ["customer,referrer"]
    begin = datetime.date(2024, 1, 1)
    for c in range(150):
        t, rate, life = float(rng.uniform(0, 250)), rng.gamma(2.0, 1 / 60), rng.exponential(300)
        end = min(364.0, t + life)
        while t < end:
            orders.append(f"{c},{begin + datetime.timedelta(days=int(t))}")
            t += 1 + rng.exponential(1 / rate)
        brought.append(f"{c},{c // 3 if c % 4 == 1 else ''}")
    for c in range(60):
        months = int(rng.integers(1, 12))
        end = begin + datetime.timedelta(days=round(months * DAYS_PER_MONTH))
        members.append(f"m{c},{begin},{end if c % 3 else ''}")
    for name, rows in (("orders", orders), ("members", members), ("brought", brought)):
        (folder / f"{name}.csv").write_text("\n".join(rows), encoding="utf-8")
    return calibrate([folder / f"{name}.csv" for name in ("orders", "members", "brought")], until=END)


def one(found: Calibration, name: str) -> Seen:
    """What was seen by its name."""
    return next(seen for seen in seen_beside(found) if seen.name == name)


def test_orders_are_counted_and_expected_as_the_closed_form_says(found: Calibration) -> None:
    """Every repeat order lies in one week; the weeks' expectations, and the mean of the counts, are those of Pareto/NBD."""
    assert found.tables is not None
    customers = summary(pd.concat(found.tables["transactions"]), until=END)
    fitted = next(fit for fit, _ in found.fits if fit.model == "pareto_nbd")
    wanted = float(np.sum(MODELS["pareto_nbd"](**fitted.parameters).expected_orders(customers["watched"].to_numpy())))
    weeks, orders = one(found, "weeks"), one(found, "orders")
    days = pd.to_datetime(pd.concat(found.tables["transactions"])["date"])
    late = (days - days.min()).dt.days // 7 >= weeks.at.size  # in the part of a week at the end
    assert weeks.seen.sum() == customers["orders"].sum() - late.sum() and late.sum() < 20
    assert weeks.expected["pareto_nbd"].sum() == pytest.approx(wanted, rel=0.02)
    assert orders.seen.sum() == orders.expected["pareto_nbd"].sum() == pytest.approx(len(customers))
    assert orders.seen[0] == (customers["orders"] == 0).sum() and orders.seen[MOST] == (customers["orders"] >= MOST).sum()
    # who never orders again, by the closed form of P(X = 0): the likelihood of no order, whether they left or not
    nobody = np.exp(MODELS["pareto_nbd"](**fitted.parameters).log_likelihood(0.0, 0.0, customers["watched"].to_numpy())).sum()
    assert orders.expected["pareto_nbd"][0] == pytest.approx(float(nobody), rel=0.03)


def test_renewals_begin_with_everybody(found: Calibration) -> None:
    """The share that is there falls from 1, beside the fitted curve."""
    seen = one(found, "renewals")
    assert seen.seen[0] == 1.0 and (np.diff(seen.seen) <= 0).all()
    fitted = next(fit for fit, _ in found.fits if fit.model == "renewals")
    wanted = sbg_survival(fitted.parameters["alpha"], fitted.parameters["beta"], seen.at)
    assert np.allclose(seen.expected["renewals"], wanted)


def test_referrals_are_counted(found: Calibration) -> None:
    """As many were brought as have a referrer; those who brought nobody are left out."""
    seen = one(found, "referrals")
    assert seen.at[0] == 1 and float(seen.at @ seen.seen) == sum(c % 4 == 1 for c in range(150))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_a_picture_of_each(found: Calibration, language: str) -> None:
    """And what the data cannot tell, in each language."""
    locale = Locale(language)
    made = page(found, locale)
    assert len(made.pictures) == 4
    html = rendered(made)
    assert all(locale.text(f"fits.t_{seen.name}") in html for seen in seen_beside(found))
    assert locale.text("fitting.cannot") in html
