"""A plan that is followed: lines, since when, probabilities that keep what they say, and the step that goes against the plan.

Tests: ``cli/track.py``, ``reporting/track.py``.
"""

from __future__ import annotations

import json
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
from ladsim.data.actuals import Actuals
from ladsim.errors import StudyError
from ladsim.planning.targets import Targets
from ladsim.planning.track import blamed, names_of, tracked
from ladsim.reporting.track import TrackWords

MARKET = Path(__file__).resolve().parents[1] / "markets" / "tiny_market_not_known.toml"


@pytest.fixture(scope="module")
def plan() -> Targets:
    """200 futures of a small market with uncertain numbers, six months."""
    return ladsim.set_targets(ladsim.load(MARKET), None, 6, replications=200, processes=1)


def actual(values: dict[str, list[float]], months: list[float] | None = None) -> Actuals:
    """Numbers by name, month after month."""
    return Actuals(
        {(name, month): one for name, own in values.items() for month, one in zip(months or range(1, 99), own, strict=False)},
        (),
        (),
    )


def lived(history: Any, months: int, names: tuple[str, ...]) -> Actuals:
    """What a future had on some rungs, month after month."""
    counts = history.counts.sum(axis=1)
    return actual({name: counts[1 : months + 1, history.rung_names.index(name)].astype(float).tolist() for name in names})


def test_probabilities_keep_what_they_say(plan: Targets) -> None:
    """Other futures of the same market, as if they had happened, known until month 3: what is told of month 6 happens as often as told, and
    is nearer to what happens than the plan's own 80 and 50 % (Brier's score)."""
    others = ladsim.replicate(ladsim.load(MARKET), replications=80, processes=1, seed=77).histories
    told, before, happened = [], [], []
    for history in others:
        found = tracked(plan, lived(history, 3, ("customer", "loyal")))
        if not found.can_tell:
            continue
        for row in found.targets[found.targets["target"].isin(["commit", "expect"])].to_dict("records"):
            if row["name"] not in ("customer", "loyal"):
                continue
            end = float(history.counts[-1].sum(axis=0)[history.rung_names.index(row["name"])])
            told.append(row["probability"])
            before.append(row["before"])
            happened.append(end >= row["wanted"])
    told_, before_, happened_ = np.array(told), np.array(before), np.array(happened, float)
    assert len(told_) > 200
    error = 3.0 * np.sqrt(0.25 / 60)  # futures are independent, their four rows are not
    assert abs(told_.mean() - happened_.mean()) < error
    assert ((told_ - happened_) ** 2).mean() < 0.85 * ((before_ - happened_) ** 2).mean()
    sure, unsure = happened_[told_ > 0.8].mean(), happened_[told_ < 0.4].mean()
    assert sure > 0.75 and unsure < 0.5


def test_since_when(plan: Targets) -> None:
    """A number that falls below its line, comes back and falls again has been below since the second time."""
    lines = plan.watched.set_index(["rung", "month"])["warning"]
    own = [lines["loyal", 1.0] - 1.0, lines["loyal", 2.0] + 1.0, lines["loyal", 3.0] - 0.5, lines["loyal", 4.0] - 0.5]
    found = tracked(plan, actual({"loyal": own}))
    row = found.now.set_index("name").loc["loyal"]
    assert row["since"] == 3.0 and row["month"] == 4.0 and row["status"] in ("warning", "alarm")
    assert found.months["status"].ne("fine").tolist() == [True, False, True, True]
    said = " ".join(TrackWords(found).sentences()).replace("\xa0", " ")
    assert said.startswith("Not on track.") and "since month 3" in said
    fine = tracked(plan, actual({"loyal": [lines["loyal", 1.0] + 3.0]}))
    assert TrackWords(fine).sentences()[0].startswith("On track") and np.isnan(fine.now["since"].iloc[0])


def test_fewer_is_better_where_people_are_lost(plan: Targets) -> None:
    """Lapsed above their line are a warning, below it they are fine."""
    line = plan.watched.set_index(["rung", "month"]).loc[("lapsed", 2.0), "warning"]
    above, below = (tracked(plan, actual({"lapsed": [one]}, [2.0])) for one in (line + 40.0, line - 1.0))
    assert above.now["status"].iloc[0] == "alarm" and below.now["status"].iloc[0] == "fine"
    assert "has been above its line" in " ".join(TrackWords(above).sentences())


def test_what_no_future_looks_like_cannot_be_told(plan: Targets) -> None:
    """Ten times as many as in any future, or too few futures: no probability, and the reason in words."""
    far = tracked(plan, actual({"loyal": [5000.0]}))
    assert far.outside == ("loyal",) and not far.can_tell and far.targets["probability"].isna().all()
    assert "no future of the plan looks like" in " ".join(TrackWords(far).sentences())
    runs = plan.runs
    few = replace(
        plan, runs=replace(runs, histories=runs.histories[:16], summaries=runs.summaries[:16], parameters=runs.parameters[:16])
    )
    middle = float(np.median([history.counts[2].sum(axis=0)[2] for history in few.runs.histories]))
    found = tracked(few, actual({"loyal": [middle]}, [2.0]))
    assert not found.can_tell and not found.outside and found.carried_by < 12.0
    assert "are needed" in " ".join(TrackWords(found).sentences())


def test_the_step_that_goes_against_the_plan(plan: Targets) -> None:
    """Of measured steps the one that is furthest behind what the futures had; one that is in order is not named."""
    first = plan.runs.histories[0]
    taken = {name: np.mean([h.flows[1:3, at].sum() for h in plan.runs.histories]) / 2 for at, name in enumerate(first.step_names)}
    low = {name: [taken[name]] * 2 for name in ("lead.customer", "customer.loyal")}
    low["lead.customer"] = [0.3 * taken["lead.customer"]] * 2
    low["loyal"] = [1.0, 1.0]
    found = tracked(plan, actual(low))
    step = blamed(found)
    assert step is not None and step["step"] == "lead.customer" and step["measured"] and step["behind"] > 1.0
    even = tracked(plan, actual({name: [taken[name]] * 2 for name in ("lead.customer", "customer.loyal")}))
    assert blamed(even) is None


def test_names_in_three_languages() -> None:
    """A rung goes by its name, and by its label in each language that the file has."""
    found = names_of(
        ladsim.set_targets(ladsim.load("acquisition_vs_retention"), None, 2, replications=4, sample=100, processes=1)
    )
    assert {found["ambassador"], found["Ambassador"], found["Ambassadør"]} == {"ambassador"}
    assert found["customer.repeat"] == "customer.repeat" and found["prospect.customer"] == "prospect.customer"
    assert found["prospect.customer.time"] == "prospect.customer.time"


def test_a_step_by_both_ends_is_all_that_sets_it_off() -> None:
    """Half as many as in the mean future, by whatever way: the step is named by both its ends."""
    plan = ladsim.set_targets(ladsim.load("acquisition_vs_retention"), None, 3, replications=20, sample=300, processes=1)
    first = plan.runs.histories[0]
    ways = [at for at, name in enumerate(first.step_names) if name.startswith("prospect.customer")]
    mean = float(np.mean([h.flows[1, ways].sum() * h.scale for h in plan.runs.histories]))
    found = tracked(plan, actual({"prospect.customer": [0.2 * mean]}))
    step = blamed(found)
    assert step is not None and step["step"] == "prospect.customer" and step["measured"]
    assert len(ways) == 2 and "Prospect → Customer" in TrackWords(found).name("prospect.customer")


def test_the_spread_that_fitting_takes_is_given_back(plan: Targets) -> None:
    """The probabilities are those of the futures moved by the fitted line, spread by √(n/(n − F − 1)): reckoned here by normal equations."""
    runs, names = plan.runs, ("customer", "loyal", "lapsed")
    histories = runs.histories[:60]
    few = replace(plan, runs=replace(runs, histories=histories, summaries=runs.summaries[:60], parameters=runs.parameters[:60]))
    places = [histories[0].rung_names.index(name) for name in names]
    at = np.array([[h.counts[3].sum(axis=0)[p] for p in places] for h in histories], float)
    now = np.round(at.mean(axis=0))
    found = tracked(few, actual({name: [one] for name, one in zip(names, now, strict=True)}, [3.0]))
    apart = (at - now) / at.std(axis=0, ddof=1)
    distance = np.sqrt((apart**2).mean(axis=1))
    weights = np.maximum(0.0, 1.0 - (distance / np.sort(distance)[30]) ** 2)
    pairs = weights.reshape(-1, 2).sum(axis=1)
    n = pairs.sum() ** 2 / (pairs**2).sum()
    assert found.carried_by == pytest.approx(n) and (found.figures, found.fit) == (3, "line")
    design, factor, without = np.column_stack([np.ones(60), apart]), np.sqrt(n / (n - 4.0)), []
    for row in found.targets.to_dict("records"):
        if row["name"] not in names:
            continue
        end = np.array([h.counts[-1].sum(axis=0)[h.rung_names.index(row["name"])] for h in histories], float)
        slopes = np.linalg.solve(design.T @ (weights[:, None] * design), design.T @ (weights * end))[1:]
        moved = end - apart @ slopes
        middle = np.average(moved, weights=weights)
        spread = middle + factor * (moved - middle)
        sign = -1.0 if row["name"] == "lapsed" else 1.0
        shares = [np.average(sign * one >= sign * row["wanted"], weights=weights) for one in (spread, moved)]
        assert row["probability"] == pytest.approx(shares[0], abs=1e-9)
        without.append(shares[1] - shares[0])
    assert len(without) == 9 and np.abs(without).max() > 0.01 and factor > 1.1


@pytest.mark.parametrize(("replications", "fit"), [(56, "no_spread"), (200, "line")])
def test_it_is_said_where_there_are_too_many_figures(replications: int, fit: str) -> None:
    """Every rung and step in the actuals: of few futures the spread cannot be given back, and that is said; of more it can."""
    shop = ladsim.load("acquisition_vs_retention")
    plan = ladsim.set_targets(shop, None, 3, replications=replications, sample=300, processes=1)
    first, every = plan.runs.histories[0], plan.runs.histories
    means = {name: np.mean([h.counts[1].sum(axis=0)[at] * h.scale for h in every]) for at, name in enumerate(first.rung_names)}
    means |= {name: np.mean([h.flows[1, at].sum() * h.scale for h in every]) for at, name in enumerate(first.step_names)}
    found = tracked(plan, actual({name: [float(mean)] for name, mean in means.items()}))
    assert found.can_tell and found.fit == fit and found.figures > 15
    assert (found.carried_by > found.figures + 1) == (fit == "line")
    said = " ".join(TrackWords(found).sentences())
    assert (f"figures of actuals ({found.figures}) the spread" in said) == (fit == "no_spread")
    assert "could not be moved to the actuals" in " ".join(TrackWords(replace(found, fit="no_line")).sentences())


@pytest.fixture
def ladsim_track(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command, in a folder with a plan."""
    monkeypatch.chdir(tmp_path)
    words = ["targets", str(MARKET), "--replications", "60", "--processes", "1", "--out", "plan"]
    assert CliRunner().invoke(program(), words).exit_code == 0

    def called(text: str, *more: str, plan: str = "plan") -> Any:
        Path("a.csv").write_text(text, encoding="utf-8")
        return CliRunner().invoke(program(), ["track", plan, "a.csv", "--processes", "1", *more])

    return called


def test_the_command(ladsim_track: Callable[..., Any]) -> None:
    """It says whether the plan is on track, as JSON too, and writes a page and tables; mistakes in words, with exit code 2."""
    done = ladsim_track("month,loyal,visits\n1,20\n2,25\n", "--out", "x")
    assert done.exit_code == 0, done.stderr
    assert "Passed over" in done.stdout and "How probable each target is" in done.stdout
    assert "<script" in Path("x/track.html").read_text(encoding="utf-8") and len(pd.read_csv("x/track_months.csv")) == 2
    told = json.loads(ladsim_track("month,loyal\n1,20\n", "--json", "-").stdout)
    assert told["month"] == 1.0 and told["verdict"] and told["tables"]["track_months"][0]["actual"] == 20.0
    for text, said in (
        ("", "found an empty file"),
        ("month,loyal\n0,5\n", "must be after the start of the plan"),
        ("month,loyl\n1,5\n", "did you mean 'loyal'"),
    ):
        refused = ladsim_track(text)
        assert refused.exit_code == 2 and said in refused.stderr
    assert "nowhere" in ladsim_track("month,loyal\n1,5\n", plan="nowhere").stderr


def test_only_a_study_of_targets_is_a_plan(tmp_path: Path) -> None:
    """The manifest of another study is refused by its kind."""
    from ladsim.planning.output import write_study

    folder = write_study(tmp_path / "run", ladsim.replicate(ladsim.load(MARKET), replications=2, processes=1))
    (tmp_path / "a.csv").write_text("month,loyal\n1,5\n", encoding="utf-8")
    with pytest.raises(StudyError, match="found a study of 'run', must be one of targets"):
        ladsim.track(folder, tmp_path / "a.csv", processes=1)


def test_neither_the_actuals_nor_the_plan_are_replaced(ladsim_track: Callable[..., Any]) -> None:
    """--json onto the file of actuals, --out into the plan's folder: refused before anything is simulated."""
    text = "month,loyal\n1,20\n"
    for more, said in (
        (("--json", "a.csv"), "a.csv: found the source itself"),
        (("--json", "plan/manifest.json"), "found the source itself"),
        (("--out", "plan"), "holds files but no track.html of ladsim"),
    ):
        done = ladsim_track(text, *more)
        assert done.exit_code in (2, 4) and said in done.stderr
    assert Path("a.csv").read_text(encoding="utf-8") == text and not Path("plan/track.html").exists()


def test_the_tables_are_those_that_the_command_names(plan: Targets) -> None:
    """Which files of an older answer are ladsim's is known before there is a new one."""
    from ladsim.cli.track import TABLES
    from ladsim.reporting.track import tables

    found = tracked(plan, actual({"loyal": [20.0]}))
    assert tuple(f"{name}.csv" for name in tables(found)) == TABLES
