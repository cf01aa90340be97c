"""From an export to one answer: the parts agree with the commands they come from, what is known of a base is used, a scenario is kept.

Tests: ``placing/going_on.py``, ``reporting/forecast.py``.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.errors import DataError, OutputError
from ladsim.fitting.joint import joint_file, write_joint
from ladsim.i18n import LANGUAGES
from ladsim.placing.going_on import first_orders
from ladsim.planning import forecast as module
from ladsim.planning.forecast import Forecast, forecast, refuse_edited, tables_of, write
from ladsim.reporting.forecast import ForecastWords, answer, file_names, page
from ladsim.reporting.page import rendered
from ladsim.scenario.load import load

END = datetime.date(2024, 12, 30)


@pytest.fixture(autouse=True)
def extra() -> None:
    """Skips where the extra `data` is not installed."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of orders by 250 customers who begin evenly, order 0.5 times a month, and of whom 5 % leave a month."""
    rng, rows = np.random.default_rng(8), ["customer,date,amount"]
    for c in range(250):
        t = float(rng.uniform(0, 730))
        end = min(730.0, t + rng.exponential(20 * 30.4))
        while t < end:
            rows.append(f"{c},{(datetime.date(2023, 1, 1) + datetime.timedelta(days=int(t))).isoformat()},{rng.integers(5, 50)}")
            t += 1 + rng.exponential(60)
    place = tmp_path_factory.mktemp("sales") / "sales.csv"
    place.write_text("\n".join(rows), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def found(sales: Path) -> Forecast:
    """Its forecast."""
    return forecast([sales], months=6, replications=60, with_backtest=False, processes=1)


def test_the_base_is_the_placed_one(found: Forecast) -> None:
    """The scenario begins with as many people on each rung as were placed there, and nobody new."""
    assert found.targets is not None
    placed = found.placed.rungs().set_index("rung")["people"]
    start = {rung: [] for rung in ("customer", "repeat", "lapsed", "new")}
    for history in found.targets.runs.histories:
        first = ladsim.measures.rung_counts(history).iloc[0]
        for rung, seen in start.items():
            seen.append(float(first[rung]))
    assert not any(start["new"])
    for rung in ("customer", "repeat", "lapsed"):
        error = np.std(start[rung]) / np.sqrt(len(start[rung]) / 2)
        assert abs(np.mean(start[rung]) - placed[rung]) < 4 * error + 1, rung


def test_survivors_order_and_leave_as_the_posterior_says(found: Forecast) -> None:
    """Who still is there leaves later than who is new, and the ranges hold the truth: 0.5 orders a month, 5 % leave."""
    base = found.base
    assert base is not None
    table = base.table
    assert (table["base.repeat_leaving"] <= table["new.leaving"] * 1.001).all()
    for name, true in (("base.repeat_orders", 30.4 / 61), ("base.repeat_leaving", 0.05), ("new.leaving", 0.05)):
        low, high = table[name].quantile([0.02, 0.98])
        assert low < true < high, name
    assert np.allclose(
        table[[f"share.{rung}" for rung in base.names]].sum(axis=1),
        table["share.customer"].iloc[0] / table["people.customer"].iloc[0] * 250,
    )


def test_new_customers_are_counted_by_months_before_the_end(found: Forecast) -> None:
    """Every first order of the whole months lies in one of them."""
    counts = first_orders(found.placed)
    days = -found.placed.facts.first
    assert counts.sum() == (days < counts.size * 30.4375).sum()
    assert 5 < counts.mean() < 16  # 250 in 24 months


def test_targets_are_those_of_the_scenario_that_is_written(found: Forecast, tmp_path: Path) -> None:
    """`ladsim targets scenario.toml` gives the same numbers."""
    write(found, tmp_path / "answer")
    written = load(tmp_path / "answer" / "scenario.toml")
    again = ladsim.set_targets(written, None, replications=60, processes=1)
    assert found.targets is not None
    pd.testing.assert_frame_equal(again.rungs, found.targets.rungs)
    assert {one.name for one in (tmp_path / "answer").iterdir()} == set(file_names(found).values())


def test_an_edited_scenario_is_not_replaced(found: Forecast, tmp_path: Path) -> None:
    """What ladsim wrote is replaced, what somebody edited is not."""
    write(found, tmp_path)
    write(found, tmp_path)
    place = tmp_path / "scenario.toml"
    place.write_text(place.read_text(encoding="utf-8").replace("months = 6", "months = 9"), encoding="utf-8")
    with pytest.raises(OutputError, match="has been edited"):
        refuse_edited(place)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_is_read_and_what_is_open(found: Forecast, language: str) -> None:
    """In each language; no customer's id is on it."""
    told = Forecast(**{**found.__dict__, "language": language})
    words = ForecastWords(told)
    html = rendered(page(told, "ladsim forecast sales.csv"))
    for part in (*words.verdict().splitlines(), words.text("s_cannot"), words.text("s_trust"), words.text("open_season")):
        assert part.split("&")[0].split("'")[0][:40] in html.replace("\u00a0", " ").replace("\u2011", "-") or part in html
    said = answer(told)
    assert said["tables"]["targets_rungs"] and said["cannot_tell"] and said["day"] == found.placed.end.isoformat()  # type: ignore[union-attr]
    assert set(tables_of(told)) == {"rungs.csv", "months.csv", "targets_rungs.csv", "targets_steps.csv", "checkpoints.csv"}


def test_a_crm_with_days_goes_on_from_its_rungs(tmp_path: Path) -> None:
    """The ladder of the CRM, everybody where they were last seen."""
    rows = ["Kundenr;Dato;Trin"]
    for c in range(120):
        rows.append(f"{c};2026-01-01;Lead")
        rows += [f"{c};2026-{2 + c % 9:02}-01;Kunde"] if c % 3 else []
    file = tmp_path / "trin.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    found = forecast([file], months=3, until="2026-11-30", replications=20, processes=1)
    assert found.base is None and found.no_backtest == "no_orders"
    assert found.scenario.start_date == datetime.date(2026, 12, 1)
    assert {rung.name: rung.people for rung in found.scenario.rungs} == {
        "lead": 40,
        "kunde": 80,
    } or found.scenario.market_size == 120
    assert ("crm", ()) in found.open_questions()


def test_what_cannot_be_gone_on_from_is_refused(tmp_path: Path) -> None:
    """A survey alone, or nothing."""
    file = tmp_path / "survey.csv"
    file.write_text("customer,score,date\n" + "\n".join(f"{c},{c % 11},2026-01-01" for c in range(30)), encoding="utf-8")
    with pytest.raises(DataError, match="must be orders"):
        forecast([file])
    with pytest.raises(DataError, match="no file"):
        forecast([])
    with pytest.raises(DataError, match="months"):
        forecast([file], months=0)


def test_ctrl_c_keeps_what_is_done(sales: Path, found: Forecast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted in the simulation: the base and the scenario are there, the targets are not; in the backtest: the targets, too."""

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "calibrate", lambda *_, **__: found.found)
    with monkeypatch.context() as patched:
        patched.setattr(module, "set_targets", stop)
        stopped = forecast([sales], months=3, replications=20, processes=1)
    assert stopped.interrupted and stopped.targets is None and len(stopped.draws) and stopped.no_backtest == "interrupted"
    assert ForecastWords(stopped).text("without_targets") in ForecastWords(stopped).verdict()
    with monkeypatch.context() as patched:
        patched.setattr(module, "backtest", stop)
        stopped = forecast([sales], months=3, replications=20, processes=1)
    assert stopped.interrupted and stopped.targets is not None and stopped.backtest is None


def test_draws_stand_beside_the_scenario(found: Forecast, tmp_path: Path) -> None:
    """Each range names a column of the draws, within rounding its central 90 %."""
    place = tmp_path / "scenario.toml"
    place.write_text(found.text, encoding="utf-8")
    write_joint(found.draws, joint_file(place))
    load(place)  # raises where they do not match
