"""What it would take: against values played one by one, where more is worse, where nothing does it, and what cannot be asked.

Tests: ``cli/backward.py``, ``planning/backward_columns.py``, ``reporting/backward.py``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

import ladsim
from ladsim.cli.program import program
from ladsim.errors import StudyError
from ladsim.planning.backward import Asked, Want, arguments_in, wants_of
from ladsim.planning.pairs import rank
from ladsim.planning.tables import tables_of
from ladsim.planning.targets import Targets
from ladsim.reporting.backward import sentences
from ladsim.reporting.page import page_html
from ladsim.scenario.naming import Namer
from ladsim.scenario.spec import Scenario

MARKET = Path(__file__).resolve().parents[1] / "markets" / "tiny_market.toml"
STEP, LOYAL = "steps.lead.customer.monthly", "steps.customer.loyal.probability"


@pytest.fixture(scope="module")
def market() -> Scenario:
    """300 people, six months, nobody talks."""
    return ladsim.load(MARKET)


def asked_back(market: Scenario, asked: Asked, strategy: str | None = None, replications: int = 40) -> Targets:
    """The study, in this process."""
    return ladsim.set_targets(market, strategy, 6, asked=asked, replications=replications, processes=1)


def hits(market: Scenario, changes: Mapping[str, float], rung: str, number: float, seed: int = 1) -> int:
    """In how many of 40 futures so many people stand on a rung after six months."""
    runs = ladsim.replicate(market, replications=40, processes=1, overrides=changes, seed=seed)
    place = runs.histories[0].rung_names.index(rung)
    return sum(int(history.counts[-1].sum(axis=0)[place]) >= number for history in runs.histories)


def test_the_smallest_change_is_what_playing_value_by_value_finds(market: Scenario) -> None:
    """The value found reaches the target, one that is a little nearer to today's does not; its probability is that of fresh luck."""
    found = asked_back(market, Asked((Want("loyal", 110.0),), 0.8, ((STEP, 0.08, 0.6),))).backward
    assert found is not None
    row = found.levers.iloc[0]
    assert row["answer"] == "reached" and 0.08 < row["needed"] < 0.6 and math.isnan(row["reached_to"])
    enough, nearer = rank(0.8, 40, False), row["needed"] - (0.6 - 0.08) / 8 / 2**4
    assert hits(market, {STEP: row["needed"]}, "loyal", 110) >= enough > hits(market, {STEP: nearer}, "loyal", 110)
    fresh = hits(market, {STEP: row["needed"]}, "loyal", 110, seed=2) / 40
    assert row["probability"] == fresh and row["probability_low"] < fresh <= row["probability_high"]
    assert found.now.value == hits(market, {}, "loyal", 110) / 40 and row["now"] == 0.08
    for value, p in found.tried[found.tried["reached"]][["value", "probability"]].to_numpy():
        assert p == hits(market, {STEP: value}, "loyal", 110) / 40


def test_reached_is_never_told_with_less_than_was_asked(market: Scenario) -> None:
    """On this luck the smallest value falls short on other luck (28 of 40): the next one on that side is played, on luck of its own."""
    asked = Asked((Want("loyal", 105.0),), 0.8, ((STEP, 0.08, 0.6),))
    found = ladsim.set_targets(market, None, 6, asked=asked, replications=40, processes=1, seed=4).backward
    assert found is not None
    row, reached = found.levers.iloc[0], sorted(found.tried[found.tried["reached"]]["value"])
    assert hits(market, {STEP: reached[0]}, "loyal", 105, seed=5) < 32 and row["needed"] in reached[1:4]
    assert row["answer"] == "reached" and row["probability"] >= 0.8
    place = reached.index(row["needed"])
    assert row["probability"] == hits(market, {STEP: row["needed"]}, "loyal", 105, seed=5 + place) / 40


def test_nearly_is_said_where_nothing_further_helps(market: Scenario) -> None:
    """The value that the search found is the greatest there is, and falls short on other luck: nearly, in words, with the interval."""
    asked = Asked((Want("loyal", 105.0),), 0.8, ((STEP, 0.08, 0.1916),))
    study = ladsim.set_targets(market, None, 6, asked=asked, replications=40, processes=1, seed=4)
    assert study.backward is not None
    rows = study.backward.levers.set_index("lever")
    assert rows["answer"].tolist() == ["nearly"] and rows.loc[STEP, "probability"] < 0.8
    assert rows.loc[STEP, "needed"] == 0.1916 and rows.loc[STEP, "probability_high"] > rows.loc[STEP, "probability"]
    said = " ".join(sentences(study, Namer(study.source))).replace("\xa0", " ")
    assert "is nearly enough" in said and "wanted were 80 %" in said and "is enough" not in said


def test_more_is_not_always_better(market: Scenario) -> None:
    """Who becomes loyal is a customer no more: with both wanted there is a window, and beyond it the target is missed again."""
    both = (Want("customer", 20.0), Want("loyal", 100.0))
    found = asked_back(market, Asked(both, 0.5, ((LOYAL, 0.02, 0.98),))).backward
    assert found is not None
    row, tried = found.levers.iloc[0], found.tried.set_index("value")["reached"]
    assert row["answer"] == "reached" and row["needed"] <= row["reached_to"] < 0.98
    beyond = min(value for value in tried.index if value > row["reached_to"])
    assert tried[row["reached_to"]] and not tried[beyond] and not tried[0.98]


def test_it_cannot_be_reached(market: Scenario) -> None:
    """With every number at its best the upper limit of the probability is below what is asked; with less asked nothing need change."""
    change = ((STEP, 0.05, 0.2), (LOYAL, 0.1, 0.3))
    study = asked_back(market, Asked((Want("loyal", 250.0),), 0.8, change))
    assert study.backward is not None
    whole = study.backward.levers.set_index("lever").loc["all"]
    assert whole["answer"] == "cannot" and whole["probability_high"] < 0.8
    assert set(study.backward.levers["answer"]) == {"not_alone", "cannot"}
    assert "It cannot be reached by these numbers" in page_html(study)
    few = asked_back(market, Asked((Want("loyal", 1.0),), 0.8, change)).backward
    assert few is not None and set(few.levers["answer"]) == {"already"} and few.tried.empty


def test_all_together_reach_what_none_does_alone(market: Scenario) -> None:
    """The share of the way that the search found is the smallest that is enough; a little less is not."""
    change = ((STEP, 0.08, 0.25), (LOYAL, 0.2, 0.5))
    found = asked_back(market, Asked((Want("loyal", 150.0),), 0.8, change)).backward
    assert found is not None
    rows = found.levers.set_index("lever")
    assert rows.loc["all", "answer"] == "reached" and {rows.loc[STEP, "answer"], rows.loc[LOYAL, "answer"]} == {"not_alone"}
    best, share = rows["best"], rows.loc["all", "needed"]

    def part(way: float) -> dict[str, float]:
        return {key: rows.loc[key, "now"] + way * (best[key] - rows.loc[key, "now"]) for key in (STEP, LOYAL)}

    first = found.tried.query("lever == 'all' and reached")[
        "value"
    ].min()  # of the search; on other luck a little more may be needed
    assert 0.0 < first <= share < 1.0 and rows.loc["all", "probability"] >= 0.8
    assert hits(market, part(first), "loyal", 150) >= rank(0.8, 40, False) > hits(market, part(first - 0.02), "loyal", 150)


def test_campaigns_are_the_levers_where_nobody_says_otherwise(market: Scenario) -> None:
    """Their spends, from nothing to ten times today's; what is spent more is the difference, over all months."""
    found = asked_back(market, Asked((Want("customer", 70.0),)), "a").backward
    assert found is not None
    row = found.levers.iloc[0]
    assert (row["lever"], row["now"], row["lowest"], row["highest"]) == (
        "strategies.a.campaigns.ads.monthly_spend",
        100.0,
        0.0,
        1000.0,
    )
    value = row["needed"] if row["answer"] == "reached" else row["best"]
    assert row["extra_spend"] == pytest.approx(6 * (value - 100.0))
    tables = tables_of(asked_back(market, Asked((Want("customer", 70.0),)), "a"))
    assert {"backward", "backward_tried"} <= set(tables)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked((Want("loyal", 301.0),)), r"want: found loyal=301, must be at most 300, as many people"),
        (Asked((Want("loyal", -1.0),)), "must be a number of people from 0"),
        (Asked((Want("loyal", 10.0),), 1.5), "sure: found 1.5, must be a probability above 0 and below 1"),
        (Asked((Want("loyal", 10.0),), 0.999), "sure: found 0.999, must be at most 0.97, which is what 40 futures can show"),
        (Asked((Want("loyal", 10.0),), 0.8, (("steps.lead.custmer.monthly", 0.0, 1.0),)), "change: found .*did you mean"),
        (Asked((Want("loyal", 10.0),), 0.8, ((STEP, 0.3, 0.1),)), "must be LOW:HIGH with LOW below HIGH"),
        (Asked((Want("loyal", 10.0),)), "change: found no campaign that spends anything"),
    ],
)
def test_nonsense_is_refused_before_anything_is_played(market: Scenario, asked: Asked, said: str) -> None:
    """A target above the market, probability 1.5, numbers that are not there."""
    with pytest.raises(StudyError, match=said):
        asked_back(market, asked)


def test_what_is_wanted_in_words(market: Scenario) -> None:
    """Rungs by name or label, steps by both ends."""
    assert wants_of(["Loyal = 1_000", "customer.lapsed=30"], market) == (
        Want("loyal", 1000.0),
        Want("customer.lapsed", 30.0, True),
    )
    for wrong in ("loyl=3", "loyal", "loyal=many", "=3"):
        with pytest.raises(StudyError, match="want: found"):
            wants_of([wrong], market)


def test_what_is_wanted_of_who_is_lost_is_a_limit(market: Scenario) -> None:
    """Few are to lapse: the number is one not to exceed, and is called so."""
    study = asked_back(
        market, Asked((Want("lapsed", 40.0),), 0.5, (("steps.customer.lapsed.monthly", 0.0, 0.1),)), replications=16
    )
    assert study.backward is not None
    row = study.backward.levers.iloc[0]
    assert row["answer"] == "reached" and row["needed"] < row["now"]
    said = " ".join(sentences(study, Namer(study.source))).replace("\xa0", " ")
    assert "lapsed at most 40" in said and "without spending more" in said


def test_a_step_by_both_ends_is_all_that_sets_it_off() -> None:
    """Who became a customer in whatever way: as many as by each way together, in every future."""
    shop = ladsim.load("acquisition_vs_retention")
    base: Targets = ladsim.set_targets(shop, None, 3, replications=8, sample=300, processes=1)
    first = base.runs.histories[0]
    ways = [at for at, name in enumerate(first.step_names) if name.startswith("prospect.customer")]
    taken = sorted(float(h.flows[:4, ways].sum() * h.scale) for h in base.runs.histories)
    assert len(ways) == 2
    for number, chance in ((taken[3] - 1.0, 0.4), (taken[-1] * 3.0, 0.0)):
        asked = Asked(wants_of([f"prospect.customer={number}"], shop), 0.5, (("basket.mean", 1.0, 2.0),))
        found = ladsim.set_targets(shop, None, 3, asked=asked, replications=8, sample=300, processes=1).backward
        assert found is not None and (found.now.value > chance if chance else found.now.value == 0.0)


def test_a_manifest_brings_it_back() -> None:
    """What was asked is read back; what is damaged is refused."""
    asked = Asked((Want("loyal", 60.0), Want("a.b", 3.0, True)), 0.7, (("x", 0.0, 1.0),))
    assert arguments_in({"backward": json.loads(json.dumps(asked.plain()))}) == {"asked": asked} and arguments_in({}) == {}
    for damaged in ({"wants": 3}, {"wants": [], "sure": "x", "change": []}, []):
        with pytest.raises(ValueError, match="backward"):
            arguments_in({"backward": damaged})


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what it would take and how long it took; `again` makes it again; the answer is in the JSON; wrong options are told."""
    monkeypatch.chdir(tmp_path)
    Path("tiny.toml").write_text(MARKET.read_text(encoding="utf-8"), encoding="utf-8")

    def run(*words: str) -> object:
        return CliRunner().invoke(program(), ["targets", "tiny.toml", "--replications", "16", "--processes", "1", *words])

    done = run("--want", "loyal=110", "--sure", "80%", "--change", f"{STEP}=0.08:0.6", "--out", "x")
    assert done.exit_code == 0, done.stderr
    assert "is enough, with" in done.stdout and "Looking for that took" in done.stdout and "at least 9 values" in done.stderr
    assert CliRunner().invoke(program(), ["again", "x", "--processes", "1"]).exit_code == 0
    told = json.loads(run("--want", "loyal=110", "--change", f"{STEP}=0.08:0.6", "--json", "-").stdout)
    assert told["backward"][0].startswith("Wanted in month") and told["tables"]["backward"][0]["answer"] == "reached"
    for words, said in (
        (("--sure", "0.8"), "without --want"),
        (("--want", "loyal=110", "--sure", "1.5"), "--sure: found '1.5'"),
        (("--want", "loyal=110", "--change", "x"), "must be KEY=LOW:HIGH"),
        (("--want", "loyal=110", "--change", f"{STEP}=0.08:0.6", "--by", "40"), "must be a whole month from 1 to 6"),
    ):
        refused = run(*words)
        assert refused.exit_code == 2 and said in refused.stderr


def test_the_best_of_equals_is_the_one_that_comes_nearest(market: Scenario) -> None:
    """Where no value has any chance the best is still the one with most people where they are wanted: the most is that of all at their best."""
    found = asked_back(market, Asked((Want("loyal", 290.0),), 0.8, ((LOYAL, 0.0, 0.4),)), replications=16).backward
    assert found is not None and found.levers["best"].iloc[0] == 0.4 and not found.tried["probability"].any()


def test_all_together_may_be_nearly_enough_too(market: Scenario) -> None:
    """A second number that does nothing (nobody listens) adds nothing: nearly alone, and nearly together."""
    change = ((STEP, 0.08, 0.1916), ("rungs.lead.messages_per_month", 0.0, 1.0))
    asked = Asked((Want("loyal", 105.0),), 0.8, change)
    study = ladsim.set_targets(market, None, 6, asked=asked, replications=40, processes=1, seed=4)
    assert study.backward is not None
    rows = study.backward.levers.set_index("lever")
    assert rows["answer"].to_dict() == {STEP: "nearly", "rungs.lead.messages_per_month": "not_alone", "all": "nearly"}
    assert rows.loc["all", "probability"] < 0.8
    assert "nearly do: on luck" in " ".join(sentences(study, Namer(study.source)))
