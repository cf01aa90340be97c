"""Placing: right where the rule is the model's own definition, honest where it is not, the same from dirty files but for what dirt hides.

Tests: ``data/per_customer.py``, ``placing/assign.py``, ``placing/crm.py``, ``placing/facts.py``, ``placing/moves.py``,
``placing/told.py``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.errors import DataError
from ladsim.i18n import Locale
from ladsim.placing.rule import rule_for, rule_of
from ladsim.placing.told import about, month_rows, rung_rows, tactic_rows
from tests.synthetic.markets import TALKING, shop

Csv = Callable[..., Path]


def truth_of(folder: Path, placed: ladsim.Placement) -> np.ndarray[Any, Any]:
    """The rung on which each placed customer really stands."""
    truth = pd.read_csv(folder / "truth.csv", dtype=str).set_index("customer")["rung"]
    return truth.reindex(placed.facts.ids).to_numpy(object)


def likeliest(placed: ladsim.Placement) -> np.ndarray[Any, Any]:
    """The rung on which each customer is placed."""
    return np.array(placed.rule.names, object)[placed.probabilities.argmax(axis=1)]


def chances(placed: ladsim.Placement, customer: str) -> dict[str, float]:
    """The probabilities of one customer, those above 0."""
    row = placed.probabilities[list(placed.facts.ids).index(customer)]
    return {name: round(float(p), 6) for name, p in zip(placed.rule.names, row, strict=True) if p > 0}


def test_the_models_own_definition(tmp_path: Path) -> None:
    """Nobody leaves and all begin as leads: the rule is what the model does, and everybody with an order stands where it says, for sure."""
    scenario = shop(leaving=0.0, customers=0.0)
    made = ladsim.synthesize(scenario, tmp_path / "out", seed=1)
    text = rule_for(scenario).text.replace('gone = "probability"', "gone = 36500")
    (tmp_path / "rule.toml").write_text(text, encoding="utf-8")
    placed = ladsim.place(made.folder / "transactions.csv", rule=tmp_path / "rule.toml")
    assert placed.customers > 900
    same_day = placed.facts.columns["orders"] == 1  # two orders of one day are one to a shop's till
    wrong = likeliest(placed) != truth_of(made.folder, placed)
    assert wrong.sum() <= 5 and not (wrong & ~same_day).any()
    assert (placed.probabilities.max(axis=1) == 1.0).all()


def test_with_the_crm_everybody_has_a_place(tmp_path: Path) -> None:
    """People without an order stand where the last move or snapshot says: all but those who died out of the data are right."""
    scenario = shop(leaving=0.0, customers=0.0)
    made = ladsim.synthesize(scenario, tmp_path / "out", seed=1)
    for file in ("stages", "snapshots"):
        placed = ladsim.place(made.folder / "transactions.csv", made.folder / f"{file}.csv", ladder=scenario)
        assert placed.customers == 2_000
        leads = truth_of(made.folder, placed) == "lead"
        assert (placed.probabilities[leads, 0] == 1.0).all()
        assert placed.crm is not None and placed.crm.is_snapshots == (file == "snapshots")


def reliability(
    made: Path, scenario: ladsim.Scenario, seeds: range, dirt: str = ""
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], list[float]]:
    """Probabilities and whether they came true, over several markets; how far expected counts were off, in halves of their intervals."""
    said, came, off = [], [], []
    for seed in seeds:
        folder = ladsim.synthesize(scenario, made, seed=seed, dirt=f"{seed}-{dirt}" if dirt else None).folder
        placed = ladsim.place(folder / "transactions.csv", ladder=scenario)
        truth = truth_of(folder, placed)
        rungs = placed.rungs().set_index("rung")
        for place, name in enumerate(placed.rule.names):
            said.append(placed.probabilities[:, place])
            came.append(truth == name)
            half = (rungs.loc[name, "high"] - rungs.loc[name, "low"]) / 2
            off.append(abs(rungs.loc[name, "people"] - (truth == name).sum()) / max(half, 1.0))
    return np.concatenate(said), np.concatenate(came), off


def worst(said: np.ndarray[Any, Any], came: np.ndarray[Any, Any]) -> float:
    """The largest difference between what was said and what came true, over tenths with some hundred cases."""
    tenth = np.minimum((said * 10).astype(int), 9)
    counts = np.bincount(tenth, minlength=10)
    means = [np.bincount(tenth, weights=one, minlength=10) / np.maximum(counts, 1) for one in (said, came)]
    return float(np.abs(means[0] - means[1])[counts >= 100].max())


def test_probabilities_come_true(tmp_path: Path) -> None:
    """Two markets in which a third were customers before and 4 % leave a month: tenth by tenth within 8 points."""
    said, came, off = reliability(tmp_path / "out", shop(people=1_500), range(2))
    assert worst(said, came) < 0.08
    assert max(off) < 3.0


@pytest.mark.long
@pytest.mark.parametrize("dirt", ["", "2"])
def test_probabilities_come_true_in_twenty_markets(tmp_path: Path, dirt: str) -> None:
    """Tenth by tenth within 3 points (4 from dirty files), and four in five of the 90 % intervals of counts hold, at least."""
    said, came, off = reliability(tmp_path / "out", shop(people=1_500), range(20), dirt)
    assert worst(said, came) < (0.04 if dirt else 0.03)
    assert np.mean(np.array(off) <= 1.0) >= 0.8


@pytest.mark.long
def test_lapsed_customers_who_come_back(tmp_path: Path) -> None:
    """Where one in a hundred of those who lapsed comes back each month: tenth by tenth within 4 points, four in five intervals hold."""
    back = '\n[[steps]]\nfrom = "lapsed"\nto = "customer"\nmonthly = 0.01\nis_order = true\n'
    said, came, off = [], [], []
    for seed in range(8):
        folder = ladsim.synthesize(shop(people=1_500, more=back), tmp_path / "out", seed=seed).folder
        placed = ladsim.place(folder / "transactions.csv", ladder=shop(more=back))
        truth, lapsed = truth_of(folder, placed) == "lapsed", placed.rungs().set_index("rung").loc["lapsed"]
        said.append(placed.probabilities[:, -1])
        came.append(truth)
        off.append(lapsed["low"] <= truth.sum() <= lapsed["high"])
    assert worst(np.concatenate(said), np.concatenate(came)) < 0.04
    assert np.mean(off) >= 0.8


@pytest.mark.long
def test_a_ladder_that_is_not_the_law(tmp_path: Path) -> None:
    """Where newcomers leave twice as often as repeat buyers and buy less often, probabilities are off, by no more than 6 points."""
    said, came, _ = reliability(tmp_path / "out", shop(people=1_500, first_leaving=0.08, first_orders=0.4), range(10))
    assert worst(said, came) < 0.06


def test_dirty_files_give_the_same_ladder(tmp_path: Path) -> None:
    """The base from a bad export is that of the clean one, within the orders that lost their customer."""
    scenario = shop(people=2_000)
    clean = ladsim.place(ladsim.synthesize(scenario, tmp_path / "a", seed=3).folder / "transactions.csv", ladder=scenario)
    dirty_file = ladsim.synthesize(scenario, tmp_path / "b", seed=3, dirt="5-3", language="da").folder / "transactions.csv"
    dirty = ladsim.place(dirty_file, ladder=scenario)
    assert 0.95 * clean.customers < dirty.customers <= clean.customers
    difference = (dirty.rungs()["share"] - clean.rungs()["share"]).abs()
    assert difference.max() < 0.03
    assert set(dirty.facts.ids) <= set(clean.facts.ids)


def test_facts_are_joined_by_id(csv: Csv) -> None:
    """Orders, referrals, answers, deals and subscriptions of the same ids, leading zeros kept; each decides as the rule says."""
    sales = csv(
        "sales.csv",
        "customer,date,amount",
        *[f"007,2024-0{m}-01,10" for m in range(1, 7)],
        "012,2024-05-01,900",
        "013,2024-06-01,5",
    )
    friends = csv("friends.csv", "customer,referred_by", "012,007", "040,007", "013,")
    votes = csv("votes.csv", "customer,date,nps_score", "007,2024-01-05,3", "007,2024-05-05,10", "012,2024-05-05,2")
    rule = rule_of(
        {
            "gone": 365,
            "rungs": [
                {"name": "promoter", "score": {"at_least": 9}, "referrals_made": {"at_least": 2}},
                {"name": "big", "spend": {"at_least": 900}},
                {"name": "new", "customer_days": {"at_most": 0}},
                {"name": "known"},
            ],
        }
    )
    placed = ladsim.place(sales, friends, votes, rule=rule)
    assert placed.end == datetime.date(2024, 6, 1)
    assert [chances(placed, one) for one in ("007", "012", "013", "040")] == [
        {"promoter": 1.0},
        {"big": 1.0},
        {"new": 1.0},
        {"known": 1.0},
    ]
    table = placed.table(with_ids=True).set_index("customer")
    assert table.loc["007", ["orders", "silent_days"]].tolist() == [6, 0]
    assert table.loc["040", "orders"] == 0 and pd.isna(table.loc["040", "silent_days"])
    assert placed.table()["customer"].tolist() == [1, 2, 3, 4]


def test_several_files_of_one_kind(csv: Csv) -> None:
    """Two years of orders are one shop's; a day that is in both is one order with both amounts. People in no order are told."""
    first = csv("2023.csv", "customer,date,amount", "a,2023-05-01,10", "a,2023-12-31,5")
    second = csv("2024.csv", "customer,date,amount", "a,2023-12-31,7", "b,2024-02-01,1")
    votes = csv("votes.csv", "customer,nps_score", "z,9")
    placed = ladsim.place(first, second, votes)
    assert placed.facts.columns["orders"].tolist() == [2, 1, 0]
    assert placed.facts.columns["spend"].tolist() == [22, 1, 0]
    assert any(line.strip().startswith("1 person is in no order") for line in about(placed, Locale("en")))


def test_answers_that_are_missing(csv: Csv) -> None:
    """Of three who answered and bought once, two are promoters: who was not asked is one with two thirds; a fact in two conditions is one."""
    sales = csv("sales.csv", "customer,date", *[f"{name},2024-05-0{n}" for n, name in enumerate("abcd", 1)])
    votes = csv("votes.csv", "customer,nps_score", "a,9", "b,10", "c,4")
    rules = [{"name": "promoter", "score": {"at_least": 9}}, {"name": "critic", "score": {"at_most": 6}}, {"name": "other"}]
    placed = ladsim.place(sales, votes, rule=rule_of({"rungs": rules}))
    assert chances(placed, "d") == {"promoter": round(2 / 3, 6), "critic": round(1 / 3, 6)}
    assert chances(placed, "c") == {"critic": 1.0}
    people, low, high = placed.rungs().set_index("rung").loc["promoter", ["people", "low", "high"]]
    share = (2 + 2 / 11) / 4  # by three answers, and one spread over the eleven scores
    reach = 1.645 * (2 / 9 + share * (1 - share) / 5) ** 0.5
    assert people == pytest.approx(2 + 2 / 3) and low == pytest.approx(people - reach, abs=1e-3) and high > people


def test_few_answers_leave_counts_open(csv: Csv) -> None:
    """Ten answers for a thousand who were not asked: the interval holds a true share of which ten answers are as likely as these."""
    sales = csv("sales.csv", "customer,date", *[f"c{n},2024-05-01" for n in range(1_010)])
    votes = csv("votes.csv", "customer,nps_score", *[f"c{n},{9 if n < 5 else 3}" for n in range(10)])
    placed = ladsim.place(
        sales, votes, rule=rule_of({"rungs": [{"name": "promoter", "score": {"at_least": 9}}, {"name": "other"}]})
    )
    people, low, high = placed.rungs().set_index("rung").loc["promoter", ["people", "low", "high"]]
    assert people == 505 and 0.25 < low / 1_010 < 0.3 and 0.7 < high / 1_010 < 0.75
    assert any("missing at random" in line for line in about(placed, Locale("en")))


def test_old_customers_are_counted_by_an_estimate(csv: Csv) -> None:
    """How many of those first seen in the first month had bought before is an estimate: the interval is wider than each one's own luck."""
    days = [datetime.date(2023, 1, 5 + n % 20) for n in range(300)]
    days += [datetime.date(2023, month, 5 + n % 20) for month in range(2, 13) for n in range(60)]
    lines = [f"c{n},{day}" for n, day in enumerate(days)] + [
        f"c{3 * n},{day + datetime.timedelta(days=10)}" for n, day in enumerate(days[::3])
    ]
    rules = [{"name": "repeat", "orders": {"at_least": 2}}, {"name": "customer"}]
    placed = ladsim.place(csv("sales.csv", "customer,date", *lines), rule=rule_of({"rungs": rules}))
    luck = (placed.probabilities * (1 - placed.probabilities)).sum(axis=0)
    row = placed.rungs().set_index("rung").loc["repeat"]
    usual = 61 * (1 / 366 + 1 / 300) ** 0.5 / 300  # 61 new ones a month, seen in six months; 300 in the first
    assert placed.chances.edge == 200 and luck[0] > 0
    assert row["people"] - row["low"] == pytest.approx(1.645 * (luck[0] + (200 * usual) ** 2) ** 0.5, rel=1e-3)


def test_no_interval_where_days_decide(csv: Csv) -> None:
    """A number of days says who has gone, and nothing how far that is off: no interval that claims to know."""
    sales = csv("sales.csv", "customer,date", "a,2024-01-05", "b,2024-05-05", "b,2024-06-05")
    text = ladsim.place(sales).rule.text
    placed = ladsim.place(sales, rule=csv("rule.toml", text.replace('gone = "probability"', "gone = 90")))
    assert not placed.has_interval and {row[2] for row in rung_rows(placed, Locale("en"))} == {"–"}
    assert any("no interval" in line for line in about(placed, Locale("en")))
    assert "90 %" not in placed.scenario()


def test_leads_and_deals(csv: Csv) -> None:
    """Without sales, a deal that was won is an order; who has one open is a prospect, others are leads; nobody can be said to be gone."""
    deals = csv(
        "deals.csv",
        "lead_id,created_date,won_date,lost_date",
        "a,2024-01-01,2024-02-01,",
        "b,2024-01-01,,",
        "c,2024-01-01,,2024-03-01",
    )
    placed = ladsim.place(deals)
    assert [chances(placed, one) for one in "abc"] == [{"customer": 1.0}, {"prospect": 1.0}, {"lead": 1.0}]
    assert placed.leaving.way == "none"


def test_subscriptions(csv: Csv) -> None:
    """Who has none any more is gone, for sure."""
    subscriptions = csv(
        "subs.csv",
        "customer,start_date,end_date",
        "a,2024-01-01,2024-03-01",
        "b,2024-01-01,",
        "c,2024-01-01,2024-02-01",
        "c,2024-03-01,2025-01-01",
    )
    rule = ladsim.Rule
    for until in (datetime.date(2024, 6, 1), None):  # the end of 2025 is planned: it does not set the day
        placed = ladsim.place(subscriptions, until=until)
        assert isinstance(placed.rule, rule) and placed.end == (until or datetime.date(2024, 3, 1))
        assert [chances(placed, one) for one in "abc"] == [{"lapsed": 1.0}, {"customer": 1.0}, {"repeat": 1.0}]


def test_who_is_missing_in_the_last_snapshot(csv: Csv) -> None:
    """Half of the leads of a month are customers in the next: who was last seen as a lead two months ago is one still with a quarter (or so)."""
    lines = []
    for month in (1, 2, 3, 4, 5):
        lines += [f"l{n},2024-0{month}-28,{'Lead' if n >= 200 * (1 - 0.5 ** (month - 1)) else 'Customer'}" for n in range(200)]
    lines += ["gone,2024-01-28,Lead", "gone,2024-02-28,Lead", "gone,2024-03-28,Lead"]
    placed = ladsim.place(csv("crm.csv", "customer,date,stage", *lines))
    found = chances(placed, "gone")
    assert placed.crm is not None and placed.crm.old == 1
    assert found["lead"] == pytest.approx(0.25, abs=0.01) and found["lead"] + found["customer"] == pytest.approx(1.0, abs=1e-5)
    months = placed.months()
    assert months["up"].tolist() == [100, 50, 25, 12] or months["up"].tolist() == [100, 50, 25, 13]


def test_what_a_crm_calls_a_rung(csv: Csv) -> None:
    """Names, labels of all languages and other words count, in capitals or not; stages of no rung are told; whose word goes first, the rule says."""
    crm = csv("crm.csv", "customer,stage", "a,KUNDE", "b,Gjenkjøper", "c,Advocate", "d,Partner", "e,lead")
    sales = csv("sales.csv", "customer,date", "a,2024-01-01", "a,2024-02-01", "b,2024-02-02")
    placed = ladsim.place(crm)
    assert [next(iter(chances(placed, one))) for one in "abcde"] == ["customer", "repeat", "ambassador", "lead", "lead"]
    assert placed.crm is not None and placed.crm.unknown == ("Partner",)
    assert placed.end is None and next(about(placed, Locale("nb"))) == "5 kunder plassert" and "on 1970" not in placed.scenario()
    assert not any("Partner" in line for line in about(placed, Locale("da")))  # of so few rows it may be a person's name
    more = csv("more.csv", "customer,stage", "d,Partner", *[f"{n},lead" for n in range(5)])
    assert any("Partner" in line for line in about(ladsim.place(more), Locale("da")))
    both = ladsim.place(crm, sales)
    assert (chances(both, "a"), chances(both, "b"), chances(both, "c")) == (
        {"repeat": 1.0},
        {"customer": 1.0},
        {"ambassador": 1.0},
    )
    abroad = ladsim.place(csv("da.csv", "Kundenr;Trin", "a;Besøgende", "b;Netbutik", "c;Potensiell kunde"), ladder="web_shop")
    assert [next(iter(chances(abroad, one))) for one in "ac"] == ["visitor", "potential"]
    text = both.rule.text.replace('crm = "without_orders"', 'crm = "first"')
    path = csv("rule.toml", text)
    assert chances(ladsim.place(crm, sales, rule=path), "a") == {"customer": 1.0}


def test_moves_by_hand(csv: Csv) -> None:
    """One customer buys again, one falls silent and comes back, one is new: each in the month in which it happens; the other months are quiet."""
    sales = csv(
        "sales.csv", "customer,date", "up,2024-01-10", "up,2024-03-10", "back,2024-01-05", "back,2024-06-10", "new,2024-05-20", "up,2024-07-02",
        *[f"up,2024-0{month}-15" for month in (4, 5, 6)],
    )  # fmt: skip
    text = ladsim.place(sales).rule.text.replace('gone = "probability"', "gone = 80")
    placed = ladsim.place(sales, rule=csv("rule.toml", text))
    moves = placed.moves()
    found = [(str(row.month)[:7], row._2, row.to, row.people) for row in moves.itertuples()]
    assert sorted(found) == [
        ("2024-03", "customer", "lapsed", 1.0),
        ("2024-03", "customer", "repeat", 1.0),
        ("2024-05", "", "customer", 1.0),
        ("2024-06", "lapsed", "repeat", 1.0),
    ]
    months = placed.months().set_index("month")
    assert months.loc["2024-03-01", ["up", "lapsed"]].tolist() == [1.0, 1.0]
    assert months.loc["2024-06-01", "back"] == 1.0 and months.loc["2024-05-01", "new"] == 1.0
    assert [row[0] for row in month_rows(placed, Locale("da"))][:1] == ["marts\xa02024"]


def test_moves_after_long_on_a_rung(csv: Csv) -> None:
    """A CRM's move counts in its month, however long somebody stood on the rung before."""
    crm = csv(
        "crm.csv",
        "customer,date,stage",
        "a,2023-01-10,lead",
        "a,2024-03-05,customer",
        "b,2024-02-01,lead",
        "b,2024-03-20,customer",
    )
    placed = ladsim.place(crm)
    assert placed.crm is not None and not placed.crm.is_snapshots
    found = [(str(row.month)[:7], row._2, row.to, row.people) for row in placed.moves().itertuples()]
    assert found == [("2024-03", "lead", "customer", 2.0)]


def test_nothing_of_the_future_counts(csv: Csv) -> None:
    """On a day of the past, and in each month's moves, people stand by what was known then: orders, referrals, answers, deals, the CRM."""
    sales = csv("sales.csv", "customer,date", "a,2024-01-05", "a,2024-02-05", "b,2024-01-20", "b,2024-06-20", "a,2024-06-02")
    referrals = csv("referrals.csv", "customer,referrer,date", "z,a,2024-05-10")
    votes = csv("votes.csv", "customer,date,nps_score", "b,2024-02-01,3", "b,2024-05-01,10")
    deals = csv("deals.csv", "lead_id,created_date,won_date,lost_date", "b,2024-01-01,2024-05-01,", "y,2024-05-01,,")
    crm = csv("crm.csv", "customer,date,stage", "c,2024-01-31,lead", "c,2024-04-30,customer", "d,2024-05-31,lead")
    files, day = (sales, referrals, votes, deals, crm), datetime.date(2024, 3, 31)
    text = ladsim.place(sales).rule.text.replace('gone = "probability"', "gone = 1000")
    rule = csv("rule.toml", text)
    then, now = ladsim.place(*files, rule=rule, until=day), ladsim.place(*files, rule=rule)
    assert then.end == day and set(then.facts.ids) == {"a", "b", "c"} and set(now.facts.ids) == {*"abcdyz"}
    assert [chances(then, one) for one in "abc"] == [{"repeat": 1.0}, {"customer": 1.0}, {"lead": 1.0}]
    assert [chances(now, one) for one in "abc"] == [{"ambassador": 1.0}, {"repeat": 1.0}, {"customer": 1.0}]
    for placed, score, deal in ((then, 3.0, "open"), (now, 10.0, "won")):
        at = list(placed.facts.ids).index("b")
        assert placed.facts.columns["score"][at] == score and placed.facts.columns["deal"][at] == deal
    moved = [(str(row.month)[:7], row._2, row.to) for row in now.moves().itertuples()]
    assert moved == [("2024-05", "repeat", "ambassador")]


def test_who_is_about_to_fall(csv: Csv) -> None:
    """Gaps of 10, 10, 10, 60 days and silent for 40: longer than three in four, not four in five; without the long one it is."""
    days = {"calm": [0, 10, 20, 30, 90], "late": [60, 70, 80, 90], "two": [80, 90], "end": [130]}
    start = datetime.date(2024, 1, 1)
    lines = [f"{name},{start + datetime.timedelta(days=day)}" for name, many in days.items() for day in many]
    sales = csv("sales.csv", "customer,date", *lines)
    rule = csv("rule.toml", ladsim.place(sales).rule.text.replace('gone = "probability"', "gone = 100"))
    placed = ladsim.place(sales, rule=rule)
    assert list(placed.facts.ids[placed.falling]) == ["late"]
    assert placed.table(with_ids=True).set_index("customer")["about_to_fall"].to_dict() == {
        "calm": False,
        "late": True,
        "two": False,
        "end": False,
    }


def test_nobody_is_named(csv: Csv, tmp_path: Path) -> None:
    """No id in any word or row for the screen, nor in the file; `with_ids` it holds them, and a formula among them is made harmless."""
    sales = csv(
        "sales.csv",
        "customer,date",
        *[f"=Ole{n},2024-01-{n + 1:02}" for n in range(5)],
        *[f"=Ole{n},2024-03-01" for n in range(5)],
    )
    placed = ladsim.place(sales)
    for language in ("en", "da", "nb"):
        locale = Locale(language)
        said = [
            *about(placed, locale),
            *(str(row) for row in (*rung_rows(placed, locale), *month_rows(placed, locale), *tactic_rows(placed, locale, 3))),
        ]
        assert not any("Ole" in line for line in said)
    assert "Ole" not in repr(placed)
    placed.write(tmp_path / "out.csv")
    assert "Ole" not in (tmp_path / "out.csv").read_text(encoding="utf-8")
    placed.write(tmp_path / "ids.csv", with_ids=True)
    assert "\n'=Ole0," in (tmp_path / "ids.csv").read_text(encoding="utf-8")
    placed.write(tmp_path / "out.parquet", with_ids=True)
    assert (
        ladsim.read_data(tmp_path / "out.parquet", kind="stages", columns={"stage": "rung", "customer": "customer"}).customers
        == 5
    )
    with pytest.raises(DataError, match=r"must end in \.csv or \.parquet"):
        placed.write(tmp_path / "out.txt")
    with pytest.raises(DataError, match="source"):
        placed.write(sales)


@pytest.mark.parametrize("ladder", [None, "web_shop", "ladder_six", "b2b", "coffee_chain"])
def test_the_start_of_a_scenario(tmp_path: Path, csv: Csv, ladder: str | None) -> None:
    """So many people on each rung as were placed, all of them; the file is a scenario."""
    made = ladsim.synthesize(shop(people=400, more=TALKING), tmp_path / "out", seed=2)
    placed = ladsim.place(made.folder / "transactions.csv", made.folder / "referrals.csv", ladder=ladder)
    placed.write_scenario(tmp_path / "start.toml")
    scenario = ladsim.load(tmp_path / "start.toml")
    assert scenario.market_size == placed.customers
    rungs = placed.rungs().set_index("rung")["people"]
    for rung in scenario.rungs:
        assert abs(float(rung.share) * scenario.market_size - rungs.get(rung.name, 0.0)) < 1.0


def test_comebacks_are_told(tmp_path: Path) -> None:
    """How many orders after a long silence are taken for comebacks stands among what is said, in every language."""
    back = '\n[[steps]]\nfrom = "lapsed"\nto = "customer"\nmonthly = 0.03\nis_order = true\n'
    placed = ladsim.place(ladsim.synthesize(shop(people=1_000, more=back), tmp_path / "out", seed=1).folder / "transactions.csv")
    assert placed.leaving.spells is not None
    n = placed.leaving.spells.row.size
    assert n > 10
    for language in ("en", "da", "nb"):
        assert any(line.strip().startswith(f"{n} ") and "comeback" in line for line in about(placed, Locale(language)))


def test_tactics_that_fit(csv: Csv) -> None:
    """Each rung has those of the library whose roles hold its own."""
    fits = ladsim.place(csv("sales.csv", "customer,date", "a,2024-01-01")).fits()
    assert "win_back" in fits["lapsed"] and "win_back" not in fits["lead"]
    assert set(fits) == {"lead", "prospect", "customer", "repeat", "ambassador", "lapsed"}


def test_a_rungs_name_is_no_formula(csv: Csv, tmp_path: Path) -> None:
    """A rule may come from a stranger: what a spreadsheet would run is made harmless, whoever wrote it."""
    sales = csv("sales.csv", "customer,date", "@a,2024-01-01", "b,2024-02-01")
    placed = ladsim.place(sales, rule=rule_of({"rungs": [{"name": "=1+1", "orders": {"at_least": 1}}, {"name": "other"}]}))
    placed.write(tmp_path / "out.csv")
    placed.write(tmp_path / "ids.csv", with_ids=True)
    assert [line.split(",")[:2] for line in (tmp_path / "out.csv").read_text("utf-8").splitlines()[1:]] == [
        ["1", "'=1+1"],
        ["2", "'=1+1"],
    ]
    assert [line.split(",")[:2] for line in (tmp_path / "ids.csv").read_text("utf-8").splitlines()[1:]] == [
        ["'@a", "'=1+1"],
        ["b", "'=1+1"],
    ]


@pytest.mark.parametrize("rows", [1, 5])
def test_stages_that_may_be_people(csv: Csv, rows: int) -> None:
    """Where nearly every row has a rung of its own, or there are far too many for a ladder, none is on the screen, in the report or below."""
    lines = [f"{n}-{row},2024-01-01,Kari Nordmann {n}" for n in range(70) for row in range(rows)]
    placed = ladsim.place(csv("crm.csv", "customer,date,stage", *lines), csv("sales.csv", "customer,date", "1-0,2024-01-01"))
    for language in ("en", "da", "nb"):
        locale = Locale(language)
        said = [*about(placed, locale), *(line for one in placed.data for line in one.report.lines(locale))]
        assert not any("Kari" in line for line in said) and any("70" in line and "crm_names" in line for line in said)


def test_what_cannot_be_placed(csv: Csv, tmp_path: Path) -> None:
    """No file, answers of nobody, a ladder without customers, rungs that the scenario has not: in words."""
    with pytest.raises(DataError, match="must be one file at least"):
        ladsim.place()
    sales = csv("sales.csv", "customer,date", "a,2024-01-01")
    with pytest.raises(DataError, match="found twice among the files"):
        ladsim.place(sales, tmp_path / "." / "sales.csv")
    with pytest.raises(DataError, match="must have one of them to place anybody"):
        ladsim.place(csv("friends.csv", "customer,referred_by", "a,b", "c,"))
    with pytest.raises(DataError, match="found nobody up to 2020-01-01"):
        ladsim.place(sales, until=datetime.date(2020, 1, 1))
    with pytest.raises(DataError, match="no column of customers"):
        ladsim.place(csv("votes.csv", "date,nps_score", "2024-01-01,3", "2024-01-02,9"))
    with pytest.raises(DataError, match="no rung of customers"):
        rule_for(ladsim.loads('schema = 1\nname = "x"\nmonths = 1\nmarket_size = 10\n[[rungs]]\nname = "lead"\nshare = 1.0\n'))
    placed = ladsim.place(sales, rule=rule_of({"rungs": [{"name": "mine"}]}))
    with pytest.raises(DataError, match=r"found rungs that five_rungs has not \(mine\)"):
        placed.scenario()
    with pytest.raises(DataError, match=r"must end in \.toml"):
        placed.write_scenario(tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("file", "customers", "low", "high"),
    [("cdnow/CDNOW_master.txt", 23_570, 0.45, 0.65), ("online_retail_uci/invoices.csv", 4_300, 0.2, 0.5)],
)
def test_real_shops(shared_data: Path, file: str, customers: int, low: float, high: float) -> None:
    """The music shop's cohort has mostly lapsed after a year and a half; the gift shop's firms have not."""
    path = shared_data / file
    if not path.exists():
        pytest.skip(f"{path} is not there")
    placed = ladsim.place(path)
    share = placed.rungs().set_index("rung").loc["lapsed", "share"]
    assert abs(placed.customers - customers) < 100 and low < share < high
    assert np.allclose(placed.probabilities.sum(axis=1), 1.0)
