"""Exports of a simulated market: they hold what was simulated, are read again whole, and never take the place of anything else.

Tests: ``synthetic/dirt.py``, ``synthetic/exports.py``, ``synthetic/played.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import ladsim
from ladsim.errors import OutputError, StudyError
from ladsim.scenario.naming import label_of
from ladsim.synthetic.dirt import REFUNDS, dirt_of
from ladsim.synthetic.write import dialects
from tests.synthetic.markets import SHOP, TALKING, shop


def truth_of(folder: Path) -> pd.Series:
    """Rung by id, as the folder's truth has it."""
    return pd.read_csv(folder / "truth.csv", dtype=str).set_index("customer")["rung"]


def test_orders_rungs_and_truth_are_those_of_the_history(tmp_path: Path) -> None:
    """Orders and their amount, everybody's rung at the end, and the number of moves are those that ``simulate`` counts with the same seed."""
    scenario = shop(people=600)
    made = ladsim.synthesize(scenario, tmp_path / "out", seed=5)
    history = ladsim.simulate(scenario, seed=5, log=True)
    events = history.events()
    orders = pd.read_csv(made.folder / "transactions.csv", dtype={"customer_id": str})
    ordered = events[events["event"] == "order"]
    assert len(orders) == len(ordered) == made.rows["transactions"] > 300
    assert orders["amount"].sum() == pytest.approx(ordered["amount"].sum(), abs=0.01 * len(orders))
    days = (pd.to_datetime(orders["date"]) - pd.Timestamp("2024-01-01")).dt.days
    assert ((days - ordered["month"].to_numpy() * 30.4375) <= 0).all()
    assert ((days - ordered["month"].to_numpy() * 30.4375) > -1).all()
    rungs = [history.rung_names[place] for place in history.customers["rung"]]  # type: ignore[index]
    assert truth_of(made.folder).tolist() == rungs
    stages = pd.read_csv(made.folder / "stages.csv")
    assert len(stages) == (events["event"].isin(["move", "start"])).sum()


def test_snapshots_are_the_last_moves_before_each_month_end(tmp_path: Path) -> None:
    """At every month's end each customer stands where the last move until that day led; all calendar months are there."""
    made = ladsim.synthesize(shop(people=300, months=7), tmp_path / "out", seed=2)
    stages, snapshots = (pd.read_csv(made.folder / f"{name}.csv", parse_dates=["date"]) for name in ("stages", "snapshots"))
    ends = sorted(snapshots["date"].unique())
    assert [str(day.date()) for day in ends[:3]] == ["2024-01-31", "2024-02-29", "2024-03-31"]
    for day in ends:
        wanted = stages[stages["date"] <= day].groupby("customer_id")["stage"].last()
        found = snapshots[snapshots["date"] == day].set_index("customer_id")["stage"]
        assert wanted.to_dict() == found.to_dict()


def test_referrals_survey_and_contacts(tmp_path: Path) -> None:
    """Who referred whom is known to the log; answers are those of customers; a control group is a fifth of those whom a campaign is for."""
    scenario = shop(people=2_000, more=TALKING)
    made = ladsim.synthesize(scenario, tmp_path / "out", seed=3)
    assert made.missing == ()
    events = ladsim.simulate(scenario, seed=3, log=True).events()
    moved = events[(events["event"] == "move") & events["other"].notna()]
    referrals = pd.read_csv(made.folder / "referrals.csv")
    first = moved.groupby("customer", observed=True)["other"].first()
    assert (
        dict(zip(referrals["customer_id"] - 10_000, referrals["referred_by"] - 10_000, strict=True))
        == first.astype(int).to_dict()
    )
    survey = ladsim.read_data(made.folder / "survey.csv")
    is_customer = truth_of(made.folder).reindex(survey.table()["customer"]).isin(["customer", "repeat"])
    assert is_customer.all()
    share = float(scenario.survey.response_share)
    asked = int(truth_of(made.folder).isin(["customer", "repeat"]).sum())
    assert abs(survey.rows - share * asked) < 4 * (asked * share * (1 - share)) ** 0.5
    contacts = ladsim.read_data(made.folder / "contacts.csv").table()
    kept_out = contacts["campaign"].str.contains("control group").mean()
    assert contacts["customer"].nunique() == len(contacts) == 2_000
    assert abs(kept_out - 0.2) < 4 * (0.16 / 2_000) ** 0.5
    bought = pd.read_csv(made.folder / "transactions.csv", dtype=str)["customer_id"].unique()
    assert contacts["outcome"].sum() == contacts["customer"].isin(bought).sum()


@pytest.mark.parametrize("language", list(dialects()))
@pytest.mark.parametrize("level", [None, 1, 2, 3])
def test_every_dialect_is_read_again(tmp_path: Path, language: str, level: int | None) -> None:
    """What a program in a language writes, clean or dirty, is read without a word of help: kinds, days, amounts; of dirt only the sum moves."""
    scenario = shop(people=500, more=TALKING)
    dirt = None if level is None else f"4-{level}"
    made = ladsim.synthesize(scenario, tmp_path / "out", seed=4, language=language, dirt=dirt)
    kinds = {
        "transactions": "transactions",
        "stages": "stages",
        "snapshots": "stages",
        "referrals": "referrals",
        "survey": "survey",
    }
    for file, kind in (kinds | {"contacts": "contacts"}).items():
        assert ladsim.read_data(made.folder / f"{file}.csv").kind == kind
    sales = ladsim.read_data(made.folder / "transactions.csv")
    clean = ladsim.read_data(ladsim.synthesize(scenario, tmp_path / "clean", seed=4).folder / "transactions.csv")
    theirs, ours = (one.table().set_index(["customer", "date"])["amount"] for one in (sales, clean))
    same = theirs.index.isin(ours.index)
    if level is None:
        assert same.all()
        assert (theirs - ours).abs().max() < 1e-6
    else:
        assert same.mean() > 0.995
        assert len(theirs) > 0.85 * len(ours)
        assert (theirs[same] <= ours.reindex(theirs.index[same]) + 1e-6).all()
        assert sales.report.value("no_customer_share") > 0 and sales.report.value("duplicates") > 0  # type: ignore[operator]
        refunds = sales.report.value("refunds")
        assert (
            isinstance(refunds, int) and abs(refunds - REFUNDS[level] * len(ours)) < 5 * (REFUNDS[level] * len(ours)) ** 0.5 + 3
        )


def test_a_fifth_of_the_crm_is_missing(tmp_path: Path) -> None:
    """The usual dirt takes a fifth of a CRM's rows and repeats some; the truth stays whole."""
    made = ladsim.synthesize(shop(people=500), tmp_path / "out", seed=4, dirt="11-2")
    found = ladsim.read_data(made.folder / "snapshots.csv")
    whole = made.rows["snapshots"]
    assert abs(found.rows / whole - 0.8) < 4 * (0.16 / whole) ** 0.5
    assert len(truth_of(made.folder)) == 500


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two folders of one seed are equal, dirt included; another seed of dirt spoils other rows."""
    folders = [
        ladsim.synthesize(shop(people=300), tmp_path / name, dirt=dirt).folder
        for name, dirt in (("a", "1-2"), ("b", "1-2"), ("c", "2-2"))
    ]
    contents = [(folder / "transactions.csv").read_bytes() for folder in folders]
    assert contents[0] == contents[1] != contents[2]


def test_the_truth_is_a_scenario_that_can_be_read(tmp_path: Path) -> None:
    """truth.json holds the scenario as it was played, each number with one value; read again, it has the same rungs and steps."""
    scenario = ladsim.load("web_shop")
    made = ladsim.synthesize(scenario, tmp_path / "out", sample=200)
    told = json.loads((made.folder / "truth.json").read_text(encoding="utf-8"))
    steps = {(step["from"], step["to"], step.get("trigger", "time")): step for step in told["scenario"]["steps"]}
    low, high = 0.02, 0.05  # of the file's range, its central 90 %
    assert isinstance(steps["potential", "visitor", "time"]["monthly"], float)
    assert 0.5 * low < steps["potential", "visitor", "time"]["monthly"] < 2 * high
    assert [rung["name"] for rung in told["scenario"]["rungs"]] == [rung.name for rung in scenario.rungs]
    labels = {label_of(rung) for rung in scenario.rungs}
    assert set(pd.read_csv(made.folder / "stages.csv")["stage"]) <= labels


def test_nothing_else_is_replaced(tmp_path: Path) -> None:
    """An older export is replaced; a folder with anything else in it, a file, and the folder one is in are not."""
    folder = tmp_path / "out"
    ladsim.synthesize(shop(people=200), folder)
    again = ladsim.synthesize(shop(people=200), folder, seed=2)
    assert json.loads((again.folder / "truth.json").read_text(encoding="utf-8"))["seed"] == 2
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(OutputError, match="no exports of ladsim"):
        ladsim.synthesize(shop(people=200), folder)
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a file"):
        ladsim.synthesize(shop(people=200), tmp_path / "file")
    assert (folder / "mine.txt").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "out"]


@pytest.mark.parametrize("said", ["7", "7-4", "-1-2", "a-1", "7-2-1", ""])
def test_dirt_that_cannot_be(said: str, tmp_path: Path) -> None:
    """What is no seed and level is refused in words, before anything is simulated or written."""
    with pytest.raises(StudyError, match="must be a seed and a level from 1 to 3"):
        dirt_of(said)
    with pytest.raises(StudyError, match="--dirt"):
        ladsim.synthesize(shop(people=200), tmp_path / "out", dirt=said)
    assert not (tmp_path / "out").exists()


def test_labels_are_no_formulas(tmp_path: Path) -> None:
    """Labels of rungs come from a scenario, perhaps a stranger's: none is run by a spreadsheet that opens a file."""
    text = SHOP.replace('label = "Repeat buyer"', 'label = "=1+1"').format(
        leaving=0.04, first_leaving=0.04, people=300, customers=0.1, leads=0.8, months=12, first_orders=0.45
    )
    made = ladsim.synthesize(ladsim.loads(text), tmp_path / "out", seed=1)
    for name in ("stages", "snapshots"):
        assert set(pd.read_csv(made.folder / f"{name}.csv")["stage"]) >= {"Lead", "'=1+1"}
