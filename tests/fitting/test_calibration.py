"""From files to a scenario: ranges where they belong, sources, what found no place; every file that is written can be checked and played.

Tests: ``fitting/on_ladder.py``, ``fitting/skeletons.py``, ``fitting/words.py``.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.errors import DataError, OutputError, ScenarioError
from ladsim.fitting.calibration import Calibration, calibrate
from ladsim.fitting.on_ladder import numbers_of, pair_called, placed
from ladsim.fitting.orders import fit_orders, fit_spend, summary
from ladsim.fitting.skeletons import rung_name
from ladsim.fitting.words import told
from ladsim.i18n import LANGUAGES, Locale
from ladsim.scenario.draws import uncertain

START = datetime.date(2026, 1, 1)


@pytest.fixture(autouse=True)
def extra() -> None:
    """Skips where the extra `data` is not installed."""
    for library in ("duckdb", "python_calamine", "sqlalchemy"):
        pytest.importorskip(library, reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")


def day(number: float) -> str:
    return (START + datetime.timedelta(days=int(number))).isoformat()


@pytest.fixture
def stages(tmp_path: Path) -> Path:
    """A year of 200 leads, of whom most become customers and some of these lapse; one turns up as a fan, which nothing leads to."""
    rng, rows = np.random.default_rng(4), ["Kundenr;Dato;Trin"]
    for c in range(200):
        t = float(rng.integers(0, 200))
        rows.append(f"{c};{day(t)};Lead")
        for rung, mean in (("Kunde", 90), ("Inaktiv kunde", 150)):
            t += rng.exponential(mean)
            if t >= 365:
                break
            rows.append(f"{c};{day(t)};{rung}")
    path = tmp_path / "trin.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    """A year of orders by 120 customers who differ."""
    rng, rows = np.random.default_rng(5), ["customer,date,amount"]
    for c in range(120):
        t, rate, p, mean = float(rng.integers(0, 120)), rng.gamma(1.0, 1 / 60), rng.beta(1, 4), 40 / rng.gamma(4, 1 / 3)
        while t < 365:
            rows.append(f"{c},{day(t)},{rng.gamma(5, mean / 5):.2f}")
            t += 1 + rng.exponential(1 / rate)
            if rng.random() < p:
                break
    path = tmp_path / "sales.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def values(found: Calibration) -> dict[str, tuple[float, float]]:
    return {one.key: (one.low, one.high) for one in found.placed}


def test_the_rungs_of_the_data_are_the_ladder(stages: Path, tmp_path: Path) -> None:
    """Without a ladder: rungs as last seen, steps as taken, each a range that holds the fit, with its source; the file is played."""
    found = calibrate([stages], until="2026-12-31", language="da")
    path = found.write(tmp_path / "mine.toml")
    scenario = ladsim.load(path)
    assert [rung.name for rung in scenario.rungs] == ["lead", "kunde", "inaktiv_kunde"]
    assert scenario.rungs[2].off_ladder == "lapsed"
    assert (scenario.market_size, scenario.language) == (200, "da")
    (fitted, file), *_ = found.fits
    for key, name in (("steps.lead.kunde.rate", "Lead → Kunde"), ("steps.kunde.inaktiv_kunde.rate", "Kunde → Inaktiv kunde")):
        low, high = values(found)[key]
        assert (low, high) == pytest.approx(fitted.interval(name), rel=1e-3)
        assert low < fitted.parameters[name] < high
        assert scenario.sources[key] == "tilpasset ud fra trin.csv, n = 200"
    assert file == "trin.csv"
    assert set(uncertain(scenario)) == set(values(found))
    history = ladsim.simulate(scenario, seed=1, engine="simpy")
    assert ladsim.measures.rung_counts(history).to_numpy().sum(axis=1).tolist() == [200] * 25


def test_values_in_place_of_ranges(stages: Path) -> None:
    """As many as asked for, with the posterior's mean and ends; too many are refused."""
    found = calibrate([stages], until="2026-12-31", draws=100)
    step = ladsim.loads(found.text).steps[0]
    (fitted, _), *_ = found.fits
    assert step.rate is not None and len(step.rate.values) == 100
    assert np.mean(step.rate.values) == pytest.approx(fitted.parameters["Lead → Kunde"], rel=0.01)
    assert np.quantile(step.rate.values, [0.05, 0.95]) == pytest.approx(fitted.interval("Lead → Kunde"), rel=0.02)
    with pytest.raises(DataError, match="from 0 to 500"):
        calibrate([stages], draws=501)


def test_onto_a_ladder(stages: Path, tmp_path: Path) -> None:
    """Steps are known by name or label, whatever the language of the data; only their numbers change, comments stay, the rest is told."""
    ladder = tmp_path / "ladder.toml"
    text = """# mine
schema = 1
name = "mine"
months = 12
market_size = 1000
[[rungs]]
name = "lead"
share = 1.0
[[rungs]]
name = "customer"
label = "Kunde"
orders_per_month = 0.5
[[rungs]]
name = "gone"
off_ladder = "lost"
[[steps]]
from = "lead"
to = "customer"
monthly = 0.02   # a guess
source = "assumption"
[[steps]]
from = "customer"
to = "gone"
rate = 0.1
"""
    ladder.write_text(text, encoding="utf-8")
    found = calibrate([stages], ladder=ladder, until="2026-12-31")
    assert list(values(found)) == ["steps.lead.customer.rate"]
    assert "# mine" in found.text and "monthly" not in found.text
    assert found.text.split("[[steps]]")[2].startswith('\nfrom = "customer"\nto = "gone"\nrate = 0.1\n')
    ((_, said),) = [fact for fitted, _ in found.fits for fact in fitted.warnings]
    assert dict(said)["step"] == "Kunde → Inaktiv kunde"
    assert ladder.read_text(encoding="utf-8") == text


def test_orders_make_a_ladder(orders: Path, tmp_path: Path) -> None:
    """Customers buy until they lapse: the better of the two models, with its differences, and what an order is worth; the file is played."""
    found = calibrate([orders], until="2026-12-31")
    best = max(
        (fitted for fitted, _ in found.fits if fitted.model in ("pareto_nbd", "bg_nbd")), key=lambda one: one.log_likelihood
    )
    assert {one.number.split(".")[0] for one in found.placed} == {best.model, "gamma_gamma"}
    scenario = ladsim.load(found.write(tmp_path / "mine.toml"))
    assert scenario.market_size == 120
    assert {"rungs.customer.orders_per_month", "basket.mean", "heterogeneity.orders.gamma_shape"} <= values(found).keys()
    history = ladsim.simulate(scenario, seed=2, engine="simpy")
    assert int(ladsim.measures.rung_counts(history).iloc[-1].sum()) == 120


def test_pareto_goes_where_customers_leave_over_time(orders: Path) -> None:
    """A ladder says by its step which of the two is meant; one with several ordering rungs has no place for either, and that is said."""
    table = ladsim.read_data(orders).table()
    fits = [(fit_orders(summary(table), model), "sales.csv") for model in ("pareto_nbd", "bg_nbd")]
    over_time = ladsim.loads(
        'name="x"\nmonths=12\nmarket_size=10\nheterogeneity.orders.gamma_shape=1.0\n[[rungs]]\nname="c"\nshare=1.0\norders_per_month=1\n'
        '[[rungs]]\nname="l"\noff_ladder="lapsed"\n[[steps]]\nfrom="c"\nto="l"\nrate=0.1\ngamma_shape=1.0\n'
    )
    found, left = placed(fits, over_time)
    assert [one.key for one in found] == [
        "rungs.c.orders_per_month", "heterogeneity.orders.gamma_shape", "steps.c.l.rate", "steps.c.l.gamma_shape",
    ]  # fmt: skip
    assert left == []
    found, left = placed(fits, ladsim.load("five_rungs"))
    assert found == [] and {key for key, _ in left} == {"left_several"}


def test_a_mean_that_may_be_infinite_is_left_out() -> None:
    """Spend with a tail so long that q may be 1 or less: no range of the basket up to a milliard, but the reason; with a short one there is."""
    rng = np.random.default_rng(9)
    scenario = ladsim.load("five_rungs")
    for q, has_mean in ((0.9, False), (6.0, True)):
        spend = rng.gamma(4.0 * 3, 1.0, 400) / (4.0 * 3) * 30.0 / rng.gamma(q, 1.0, 400)
        fits = [(fit_spend(pd.DataFrame({"orders": [3] * 400, "spend": spend})), "sales.csv")]
        found, left = placed(fits, scenario)
        assert ("basket.mean" in {one.key for one in found}) == has_mean
        assert (("left_no_mean", (("number", "gamma_gamma.mean"),)) in left) != has_mean
        assert all(one.high < 1e6 for one in found)


def test_numbers_are_put_where_one_says(stages: Path, tmp_path: Path) -> None:
    """--put: a number goes to a key; an unknown number or key is refused with the nearest right one; a range that a key cannot have is told."""
    shop = tmp_path / "tree.csv"
    rows = [f"{c},{'' if c < 40 else c - 40},{day(c * 3)}" for c in range(100)]
    shop.write_text("customer,referrer,date\n" + "\n".join(rows), encoding="utf-8")
    key = "rungs.ambassador.messages_per_month"
    found = calibrate([shop], ladder="five_rungs_word_of_mouth", put={"referrals.rate": key})
    assert list(values(found)) == [key]
    assert {dict(values_)["number"] for _, values_ in found.left} == {"referrals.R", "referrals.k"}
    with pytest.raises(DataError, match=r"did you mean 'referrals\.rate'"):
        calibrate([shop], ladder="five_rungs", put={"referrals.rat": key})
    with pytest.raises(DataError, match="no number"):
        calibrate([shop], ladder="five_rungs", put={"referrals.rate": "rungs.ambasador.messages_per_month"})
    found = calibrate([shop], ladder="five_rungs", put={"referrals.rate": "money.margin", "referrals.R": "basket.spread"})
    assert [one.key for one in found.placed] == ["money.margin", "basket.spread"]
    tree = "customer,referrer\n" + "\n".join(f"{c},{'' if c == 0 else 0}" for c in range(100))
    shop.write_text(tree, encoding="utf-8")
    found = calibrate([shop], ladder="five_rungs", put={"referrals.R": "money.margin"})  # about one each: no share below 1
    assert found.placed == () and found.left[0][0] == "left_limits"


def test_leads_members_and_failed_payments(tmp_path: Path) -> None:
    """Deals and subscriptions have a part each of one scenario; its ranges are at steps over time and at renewals."""
    rng = np.random.default_rng(6)
    leads = [f"{c},{day(c)},{day(c + 20) if c % 3 == 0 else ''},{day(c + 40) if c % 3 == 1 else ''}" for c in range(150)]
    (tmp_path / "deals.csv").write_text("lead,created,won_date,lost_date\n" + "\n".join(leads), encoding="utf-8")
    members = []
    for c in range(150):
        ends = 30.4375 * rng.geometric(0.15)
        members.append(
            f"{c},{day(0)},{day(ends) if ends < 300 else ''},{('card declined' if c % 5 == 0 else 'moved') if ends < 300 else ''}"
        )
    (tmp_path / "subs.csv").write_text("customer,start,end,reason\n" + "\n".join(members), encoding="utf-8")
    found = calibrate([tmp_path / "deals.csv", tmp_path / "subs.csv"], until="2026-11-30")
    assert list(values(found)) == [
        "steps.lead.customer.rate", "steps.lead.lost.rate", "steps.member.former.beta.a", "steps.member.former.beta.b",
        "steps.member.payment_failed.probability",
    ]  # fmt: skip
    scenario = ladsim.loads(found.text)
    assert scenario.market_size == 300
    assert all(part.low < part.high for part in scenario.steps[2].beta)  # type: ignore[union-attr]


def test_no_rungs_no_scenario(tmp_path: Path) -> None:
    """Contacts alone make no ladder: told, and nothing is written; a file that stands there stays."""
    path = tmp_path / "mails.csv"
    path.write_text(
        "customer,campaign,outcome\n" + "\n".join(f"{c},{'mail' if c % 2 else 'control'},{int(c % 7 == 0)}" for c in range(80))
    )
    found = calibrate([path], randomised=True)
    assert found.text == "" and found.left == (("left_no_ladder", ()),)
    with pytest.raises(DataError, match="--ladder"):
        found.write(tmp_path / "mine.toml")
    with pytest.raises(DataError, match="no file"):
        calibrate([])
    with pytest.raises(DataError, match="must be a day"):
        calibrate([path], until="soon")


def test_a_file_that_is_there_stays(stages: Path, tmp_path: Path) -> None:
    """Unless forced."""
    found = calibrate([stages])
    found.write(tmp_path / "mine.toml")
    with pytest.raises(OutputError, match="exists already"):
        found.write(tmp_path / "mine.toml")
    written = found.write(tmp_path / "mine.toml", force=True).read_text(encoding="utf-8")
    head, _, rest = written.partition(
        'posterior = "mine.posterior.parquet"\n'
    )  # the file of joint draws, and ranges that name its columns
    assert rest and re.sub(r', posterior = "[^"]*"', "", head + rest) == found.text


def test_rungs_that_are_none_of_the_ladders(stages: Path) -> None:
    """Nothing in common: refused with both lists. An unknown ladder is refused, too."""
    with pytest.raises(DataError, match="must be rungs of the ladder"):
        calibrate([stages], ladder="invitation_cascade")
    with pytest.raises(ScenarioError):
        calibrate([stages], ladder="no_such_ladder")


@pytest.mark.parametrize(("rows", "names"), [(200, 61), (40, 40)])
def test_names_of_people_are_no_rungs(rows: int, names: int, tmp_path: Path) -> None:
    """Too many different ones, or one in nearly every row: refused, and none of them is shown; with a ladder, too."""
    path = tmp_path / "crm.csv"
    lines = [f"{c},{day(c)},Kari {c % names}" for c in range(rows)]
    path.write_text("customer,date,stage\n" + "\n".join(lines), encoding="utf-8")
    for options in ({}, {"ladder": "five_rungs"}):
        with pytest.raises(DataError, match=f"found {names} different ones, must be at most 60") as refused:
            calibrate([path], until="2026-11-29", **options)  # type: ignore[arg-type]
        assert "Kari" not in str(refused.value)


def test_snapshots_are_fitted_as_a_panel(tmp_path: Path) -> None:
    """Month ends: by the matrix exponential. One snapshot says nothing of steps."""
    rng, rows, state = np.random.default_rng(7), ["customer,date,stage"], np.zeros(150, int)
    for month in range(5):
        rows += [f"{c},{day(30.4375 * month)},{('lead', 'buyer')[s]}" for c, s in enumerate(state)]
        state |= rng.random(150) < 0.1
    path = tmp_path / "crm.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    found = calibrate([path])
    assert [fitted.model for fitted, _ in found.fits] == ["panel"]
    low, high = values(found)["steps.lead.buyer.rate"]
    assert low < -np.log(0.9) < high
    open_ = dict(found.fits[0][0].cannot_tell)
    assert open_["steps_unknown"] == (("n", 1),)
    path.write_text("customer,stage\n1,lead\n2,buyer\n3,lead\n", encoding="utf-8")
    with pytest.raises(DataError, match="single snapshot"):
        calibrate([path])


def test_steps_of_snapshots_are_guessed_from_the_shortest_gap(tmp_path: Path) -> None:
    """Lead, buyer, fan, each month a step on, and one in five looks left out: a move of two rungs is no step; that they are guessed is told."""
    rows = ["customer,date,stage"]
    for c in range(120):
        for month in range(6):
            if (c + month) % 5:
                rows.append(f"{c},{day(30.4375 * month)},{('lead', 'buyer', 'fan')[min(2, max(0, month - c % 5))]}")
    path = tmp_path / "crm.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    found = calibrate([path])
    assert [(step.from_, step.to) for step in ladsim.loads(found.text).steps] == [("buyer", "fan"), ("lead", "buyer")]
    assert dict(found.fits[0][0].cannot_tell)["steps_unknown"] == (("n", 2),)


def test_what_comes_after_the_last_day_is_in_no_scenario(stages: Path, orders: Path) -> None:
    """People, rungs and steps as of the last day, as a file that ends there gives them."""
    lines = stages.read_text(encoding="utf-8").splitlines()
    cut = "2026-05-01"
    early = stages.with_name("early.csv")
    early.write_text("\n".join([lines[0], *(line for line in lines[1:] if line.split(";")[1] <= cut)]), encoding="utf-8")
    late, there = (calibrate([path], until=cut, name="x") for path in (stages, early))
    assert late.text.replace("trin.csv", "early.csv") == there.text
    assert ladsim.loads(late.text).market_size < 200
    bought = {line.split(",")[0] for line in orders.read_text(encoding="utf-8").splitlines()[1:] if line.split(",")[1] <= cut}
    assert ladsim.loads(calibrate([orders], until=cut).text).market_size == len(bought)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_in_every_language(language: str, stages: Path, orders: Path) -> None:
    """A part for each fit, the ranges, what is open; every fact has its words, and no placeholder is left."""
    found = calibrate([stages, orders], until="2026-12-31", language=language)
    parts = told(found, Locale(language))
    assert len(parts) >= len(found.fits) + 2
    text = "\n".join(cell for part in parts for cell in (part.title, *part.lines, *(c for row in part.rows for c in row)))
    assert "{" not in text and "trin.csv" in text and "Lead → Kunde" in text
    assert all(len(row) == len(part.head) for part in parts for row in part.rows)


def test_what_several_models_cannot_tell_is_said_once() -> None:
    """With the names of all of them; what priors were believed stands below each fit."""
    customers = summary(
        pd.DataFrame({"customer": list("abc") * 2, "date": pd.to_datetime(["2026-01-01"] * 3 + ["2026-06-01"] * 3)})
    )
    fits = [fit_orders(customers, name).open("no_dates") for name in ("pareto_nbd", "bg_nbd")]
    parts = told(Calibration(tuple((one, "a.csv") for one in fits), "", (), ()), Locale("en"))
    (line,) = [line for line in parts[-1].lines if "there are no dates" in line]
    assert line.startswith("Orders: Pareto/NBD and BG/NBD: how fast referrals come")
    for fitted, part in zip(fits, parts, strict=False):
        (said,) = [line for line in part.lines if line.startswith("medians of the prior (assumptions)")]
        assert all(name in said for name in fitted.parameters)


def test_names_of_rungs() -> None:
    """What a CRM calls a rung becomes a name that a scenario may have; rungs are found by it."""
    assert [rung_name(one) for one in ("Lead", "1. Ny kunde", "VIP/guld", "…")] == ["lead", "r1_ny_kunde", "vip_guld", "rung"]
    assert pair_called(ladsim.load("five_rungs"), "LEAD → Repeat buyer") == ("lead", "repeat")
    assert pair_called(ladsim.load("five_rungs"), "lead → nobody") == ("lead", None)


def test_numbers_that_follow_from_others(orders: Path) -> None:
    """What a ladder takes of a model: orders a month are r/α, whatever the fit's unit."""
    fitted = fit_orders(summary(ladsim.read_data(orders).table()), "bg_nbd")
    found = numbers_of(fitted)
    assert list(found) == ["bg_nbd.orders_per_month", "bg_nbd.orders_shape", "bg_nbd.leaving_a", "bg_nbd.leaving_b"]
    assert found["bg_nbd.orders_per_month"] == pytest.approx(fitted.column("r") / fitted.column("alpha"))
