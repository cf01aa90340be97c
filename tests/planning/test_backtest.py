"""A forecast held against what came: the simulated ladder is its closed form, the weeks are counted right, CDNOW's figures.

Tests: ``reporting/backtest.py``.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.errors import DataError
from ladsim.i18n import LANGUAGES, Locale
from ladsim.planning.backtest import Backtest, backtest
from ladsim.reporting.backtest import BacktestWords, answer, page
from ladsim.reporting.page import rendered


@pytest.fixture(autouse=True)
def extra() -> None:
    """Skips where the extra `data` is not installed."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of orders by 200 customers who differ, and of whom some leave."""
    rng, rows = np.random.default_rng(8), ["customer,date,amount"]
    for c in range(200):
        t, rate, life = float(rng.integers(0, 200)), rng.gamma(2.0, 1 / 60), rng.exponential(500)
        end = min(730.0, t + life)
        while t < end:
            rows.append(f"{c},{(datetime.date(2023, 1, 1) + datetime.timedelta(days=int(t))).isoformat()},10")
            t += 1 + rng.exponential(1 / rate)
    path = tmp_path_factory.mktemp("sales") / "sales.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def found(sales: Path) -> Backtest:
    pytest.importorskip("duckdb", reason="the extra `data` is not installed")
    return backtest([sales], weeks=26, origins=2, replications=24)


def test_the_weeks_are_counted(found: Backtest, sales: Path) -> None:
    """Orders of a week by customers known at the origin, their first ones left out, by hand; last year's are a year before."""
    origin = found.origins[0]
    table = pd.read_csv(sales, parse_dates=["date"]).drop_duplicates(["customer", "date"])
    day = pd.Timestamp(origin.day)
    assert day == table["date"].max() - pd.Timedelta(days=182)
    first = table.groupby("customer")["date"].transform("min")
    known = table[(first <= day) & (table["date"] > first)]
    for week in (1, 7, 26):
        these = known["date"].between(day + pd.Timedelta(days=7 * week - 6), day + pd.Timedelta(days=7 * week))
        assert origin.actual[week - 1] == these.sum()
    past = known["date"].between(day - pd.Timedelta(days=6), day)
    assert origin.history[-1] == past.sum()
    year = origin.others["last_year"]
    assert year is not None
    assert year[0] == known["date"].between(day - pd.Timedelta(days=7 * 52 - 1), day - pd.Timedelta(days=7 * 51)).sum()
    assert found.origins[1].day == origin.day - datetime.timedelta(days=182)


def test_the_ladder_is_its_closed_form(found: Backtest) -> None:
    """Draw by draw, simulated and expected orders are less than 4 standard errors apart; futures of a draw differ."""
    for origin in found.origins:
        for ladder in origin.ladders:
            assert abs(ladder.apart) < 4 * ladder.standard_error
            assert ladder.futures.mean(axis=0).sum() == pytest.approx(ladder.expected.sum(), rel=0.1)
            assert not np.array_equal(ladder.futures[0], ladder.futures[1])


def test_a_forecast_of_such_customers_holds(found: Backtest) -> None:
    """Customers who differ and leave: intervals that hold, and much nearer than the mean of history and last year, which both forget that
    customers leave. (They all leave at one rate here, which the fit cannot know: it takes some for longer-lived, and says too much.)"""
    errors = found.origins[0].totals().set_index("method")["error"].abs()
    assert errors.iloc[0] < 0.5 * min(errors["mean"], errors["last_year"])
    assert 0.6 <= found.origins[0].coverage(found.origins[0].ladder) <= 1.0


def test_it_is_the_same_again(found: Backtest, sales: Path) -> None:
    """The same seed, the same figures; fewer futures are the first ones of more."""
    again, before = ladsim.backtest([sales], weeks=26, replications=20).origins[0], found.origins[0]
    assert again.weeks()[["actual", "mean", "pareto_nbd_alone"]].equals(before.weeks()[["actual", "mean", "pareto_nbd_alone"]])
    for one, other in zip(again.ladders, before.ladders, strict=True):
        assert one.model == other.model and one.model_total == other.model_total
        assert np.array_equal(one.futures, other.futures[:20]) and np.array_equal(one.before, other.before[:20])


def test_it_is_told_in_three_languages(found: Backtest) -> None:
    """Sentences, page and JSON; nothing is left to be filled in."""
    said = {language: BacktestWords(found, Locale(language)).sentences() for language in LANGUAGES}
    assert len({lines[0] for lines in said.values()}) == 3
    html = rendered(page(found, "ladsim backtest sales.csv"))
    assert html.count("<svg") >= 2
    assert not re.search(r"\{\w+\}", " ".join(line for lines in said.values() for line in lines))
    values = answer(found)
    assert len(values["tables"]["weeks"]) == 52
    assert values["checks"][0]["standard_error"] > 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"weeks": 100}, "weeks before the first forecast"),
        ({"origins": 0}, "origins: found 0"),
        ({"seed": -1}, "seed: found -1, must be a whole number from 0"),
        ({"seed": 2**64}, "seed: found 18446744073709551616, must be"),
        ({"until": "soon"}, "until: found 'soon'"),
        ({"until": "2020-01-01"}, "no order up to the last day"),
    ],
)
def test_what_cannot_be_judged(sales: Path, asked: dict[str, object], words: str) -> None:
    """Too short, or asked for wrongly."""
    with pytest.raises(DataError, match=words):
        backtest([sales], **asked)  # type: ignore[arg-type]


def test_other_data_are_no_orders(tmp_path: Path) -> None:
    """Rungs have no orders to be forecast."""
    (tmp_path / "trin.csv").write_text(
        "Kundenr;Dato;Trin\n" + "\n".join(f"{c};2026-01-{1 + c % 28:02};Lead" for c in range(40)), "utf-8"
    )
    with pytest.raises(DataError, match="must be transactions"):
        backtest([tmp_path / "trin.csv"])


@pytest.mark.long
def test_cdnow_weeks_40_to_78(shared_data: Path, tmp_path: Path) -> None:
    """The ladder by Pareto/NBD: within 2 standard errors of its closed form, all orders by week 78 within 2.5 %, 80 % intervals hold
    65 to 95 % of 39 weeks. By BG/NBD, likelier in the first part, the total is missed by 3 to 5 %, as the model itself misses it."""
    file = shared_data / "cdnow" / "CDNOW_sample.txt"
    if not file.is_file():
        pytest.skip(f"no real data: {file} is missing (see shared/data)")
    rows = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    table = pd.DataFrame(
        {"customer": [row[0] for row in rows], "date": [row[2] for row in rows], "amount": [row[-1] for row in rows]}
    )
    table.assign(date=pd.to_datetime(table["date"])).to_csv(tmp_path / "cdnow.csv", index=False)
    origin = backtest([tmp_path / "cdnow.csv"], first_part="1997-09-30", replications=200).origins[0]
    assert (origin.customers, origin.before, origin.actual.size) == (2_357, 2_457, 39)
    assert origin.before + origin.actual.sum() == 4_339
    errors = origin.totals().set_index("method")["error_of_all"]
    for ladder in origin.ladders:
        assert abs(ladder.apart) <= 2 * ladder.standard_error
        assert 0.65 <= origin.coverage(ladder) <= 0.95
    assert abs(errors["ladder_pareto_nbd"]) <= 0.025
    assert origin.ladder.model == "bg_nbd"
    assert -0.05 < errors["ladder_bg_nbd"] < -0.03
