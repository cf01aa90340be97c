"""A record of commits: what is entered and when, once, how often it held, and what is refused.

Tests: ``cli/commit_record.py``, ``reporting/commit_record.py``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import ladsim
from ladsim.cli.program import program
from ladsim.errors import StudyError
from ladsim.i18n import Locale
from ladsim.i18n.problems import error_told
from ladsim.planning.commit_record import Commit, CommitRecord, enter, exact_interval, plan_of, read_record
from ladsim.reporting.commit_record import answer, sentences

MARKET = Path(__file__).resolve().parents[1] / "markets" / "tiny_market.toml"
ONE = Commit("a", "shop", None, "2027-01-01", 6.0, "loyal", "at least", 100.0, 120.0)


def test_held_is_at_least_or_at_most() -> None:
    """On the line it holds; fewer lapsed are better."""
    assert replace(ONE, actual=100.0).held and not replace(ONE, actual=99.0).held
    assert replace(ONE, meets="at most", actual=100.0).held and not replace(ONE, meets="at most").held


def test_the_same_plan_entered_twice_counts_once(tmp_path: Path) -> None:
    """Its later actuals take the place of the earlier ones; another plan's stay."""
    place = tmp_path / "commits.json"
    assert enter(place, [ONE]).commits == (ONE,) and read_record(place).commits == (ONE,)
    before = place.read_bytes()
    assert enter(place, [ONE]).commits == (ONE,) and place.read_bytes() == before
    other, later = replace(ONE, plan="b", month=12.0), replace(ONE, actual=90.0)
    enter(place, [other])
    found = enter(place, [later])
    assert set(found.commits) == {other, later} and found.entered == (later,) and found.held == 1
    assert read_record(tmp_path / "none.json").commits == () and not (tmp_path / "none.json").exists()
    assert enter(tmp_path / "none.json", []).commits == () and not (tmp_path / "none.json").exists()


def test_commits_for_the_same_market_and_month_count_as_one() -> None:
    """Four commits of two outcomes: the interval is that of two trials; one plan alone tells next to nothing."""
    rung, month = replace(ONE, rung="customer", actual=50.0), replace(ONE, plan="b", month=12.0)
    four = CommitRecord("x", (ONE, rung, month, replace(month, rung="customer")))
    assert four.share == (0.75, *exact_interval(1.5, 2)) and (four.held, four.outcomes) == (3, 2)
    two = CommitRecord("x", (ONE, rung)).share
    assert two.high - two.low > four.share.high - four.share.low
    assert np.isnan(CommitRecord("x", ()).share.value) and answer(CommitRecord("x", ())) is None


def test_the_interval_holds_what_it_says() -> None:
    """2,000 records of 12 plans with three commits that share all their luck, of 80 %: 95 % of the intervals hold that, or more."""
    luck, inside = np.random.default_rng(3), []
    for _ in range(2000):
        held = luck.random(12) < 0.8
        own = [replace(ONE, month=float(at), rung=r, actual=101.0 if h else 99.0) for at, h in enumerate(held) for r in "abc"]
        share = CommitRecord("x", tuple(own)).share
        inside.append(share.low <= 0.8 <= share.high)
    assert np.mean(inside) > 0.94


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("month,loyal\n1,5\n", "is no record of commits"),
        ("[1, 2]", "is no record of commits"),
        ('{"ladsim_manifest": 1}', "is no record of commits"),
        ('{"ladsim_commits": 9}', "has the form 9, this version"),
        ('{"ladsim_commits": 1, "commits": 3}', "was changed since"),
        ("", "is no record of commits"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """And left as it is; in words, in all languages."""
    place = tmp_path / "r.json"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=said) as problem:
        enter(place, [ONE])
    assert place.read_text(encoding="utf-8") == text
    for language in ("da", "nb"):
        assert error_told(str(problem.value), language) != str(problem.value)
    with pytest.raises(StudyError, match="is no record of commits"):
        read_record(tmp_path)


@pytest.mark.parametrize("change", [("99.0", "100.0"), ('"at least"', '"at most"'), ('"loyal"', '"loyall"')])
def test_an_edited_record_is_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    """A number that would have held, a word, a name: the fingerprint no longer fits."""
    place = tmp_path / "commits.json"
    enter(place, [replace(ONE, actual=99.0)])
    text = place.read_text(encoding="utf-8")
    assert change[0] in text
    place.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(StudyError, match="was changed since ladsim track wrote it"):
        enter(place, [ONE])


def test_a_plan_is_known_by_what_determines_its_numbers() -> None:
    """Not by its folder, command or machine; another seed or month is another plan."""
    made = {
        "kind": "targets",
        "month": 6.0,
        "setting": {"seed": 1},
        "scenario": {"name": "x"},
        "strategies": [None],
        "inputs": {},
    }
    assert plan_of(made) == plan_of({**made, "command": "ladsim targets y", "platform": "other"})
    assert plan_of({**made, "inputs": {"/a/x.csv": "1"}}) == plan_of({**made, "inputs": {"/b/x.csv": "1"}}) != plan_of(made)
    assert len({plan_of(made), plan_of({**made, "month": 7.0}), plan_of({**made, "setting": {"seed": 2}})}) == 3


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_in_words(language: str) -> None:
    """How many of this plan, how many of all, the interval and what was promised; nothing where there are none."""
    locale = Locale(language)
    one, two = sentences(CommitRecord("there/commits.json", (ONE, replace(ONE, rung="x", actual=1.0)), (ONE,)), locale)
    assert "commits.json" in one and "there" not in one
    assert all(part in two.replace("\xa0", " ") for part in ("50 %", "80 %"))
    assert sentences(CommitRecord("x", ()), locale) == sentences(None, locale) == []


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The commands, in a folder with a plan and its actuals to the end; `loyal` held, `customer` did not."""
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(program(), ["targets", str(MARKET), "--replications", "40", "--processes", "1", "--out", "plan"])
    assert made.exit_code == 0, made.stderr
    Path("early.csv").write_text("month,loyal,customer\n5,20,20\n", encoding="utf-8")
    Path("all.csv").write_text("month,loyal,customer\n5,60,20\n6,290,1\n", encoding="utf-8")

    def called(*words: str) -> Any:
        return CliRunner().invoke(program(), [*words, "--processes", "1"])

    return called


def test_the_commands(plans: Callable[..., Any]) -> None:
    """Nothing is entered before the month is over; then once, also of a copy; two plans share a record that the next plan tells of."""
    assert plans("track", "plan", "early.csv").exit_code == 0 and not Path("plan/commits.json").exists()
    for folder in ("plan", "plan", "copy"):
        shutil.copytree("plan", "copy", dirs_exist_ok=True)
        done = plans("track", folder, "all.csv", "--record", "all.json", "--out", "x")
        assert done.exit_code == 0, done.stderr
        assert "1 of its 2 commits held" in done.stdout and "What came of the commits for month 6" in done.stdout
    table = pd.read_csv("x/track_record.csv").set_index("rung")
    assert table["held"].to_dict() == {"loyal": True, "customer": False} and table.loc["loyal", "actual"] == 290.0
    assert (
        table.loc["loyal", "committed"] == pd.read_csv("plan/tables/targets_rungs.csv").set_index("rung").loc["loyal", "commit"]
    )
    assert "commits held" in Path("x/track.html").read_text(encoding="utf-8")
    told = json.loads(plans("track", "plan", "all.csv", "--json", "-").stdout)["record"]
    assert (told["commits"], told["held"], told["outcomes"], told["entered"]) == (2, 1, 1, 2) and Path(
        "plan/commits.json"
    ).is_file()
    again = ("targets", str(MARKET), "--replications", "16", "--by", "5")
    named = plans(*again, "--record", "all.json", "--out", "next")
    assert named.exit_code == 0 and "1 of 2 held" in named.stdout.replace("\n", " ")
    page = Path("next/report.html").read_text(encoding="utf-8")
    assert "Of all commits in the record" in page and "--record all.json" in page
    # Made again in its folder, the plan finds the record there, which stays.
    assert "1 of 2 held" in plans(*again, "--out", "plan").stdout.replace("\n", " ") and Path("plan/commits.json").is_file()
    assert json.loads(plans(*again, "--record", "all.json", "--json", "-").stdout)["record"]["held"] == 1


def test_nothing_is_replaced_that_is_no_record(plans: Callable[..., Any]) -> None:
    """Neither the actuals nor another file nor an edited record: exit code 2 or 4, before anything is simulated."""
    Path("edited.json").write_text('{"ladsim_commits": 1, "commits": [], "sha256": ""}', encoding="utf-8")
    before = {name: Path(name).read_bytes() for name in ("all.csv", "edited.json", "plan/manifest.json")}
    for name, said in (
        ("all.csv", "all.csv"),
        ("edited.json", "was changed"),
        ("plan/manifest.json", "is no record"),
        ("plan", "a folder"),
    ):
        done = plans("track", "plan", "all.csv", "--record", name)
        assert done.exit_code in (2, 4) and said in done.stderr
    assert "was changed" in plans("targets", str(MARKET), "--record", "edited.json").stderr
    assert before == {name: Path(name).read_bytes() for name in before}


def test_from_python(plans: Callable[..., Any]) -> None:
    """`record=False` keeps none; a plan told of a record has it."""
    assert ladsim.track("plan", "all.csv", processes=1, record=False).record is None and not Path("plan/commits.json").exists()
    found = ladsim.track("plan", "all.csv", processes=1, record="r.json").record
    assert found is not None and len(found.entered) == 2
    study = ladsim.set_targets(ladsim.load(MARKET), None, 6, replications=8, processes=1, record="r.json")
    assert study.record == replace(found, entered=())
