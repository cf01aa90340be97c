"""Comparisons that are played until they know.

Tests: ``planning/leads.py``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.errors import StudyError
from ladsim.i18n import Locale
from ladsim.planning.leads import Leads
from ladsim.planning.run import together
from ladsim.planning.selection import Judgement
from ladsim.planning.tables import tables_of
from ladsim.planning.until_sure import Sure, UntilSure, Watch, arguments_in, can_take_off, verdict_so_far

MARKET = Path(__file__).resolve().parents[1] / "markets" / "tiny_market.toml"
LABELS = {"a": "Ads", "b": "Letters", "base": "As it is"}


@dataclass(frozen=True)
class Future:
    """What a watch reads of a future's summary."""

    scalars: dict[str, float]


def played(profits: dict[str, np.ndarray], contribution: float = 100.0) -> dict[int, tuple[None, Future]]:
    """Finished runs by number, as the pool hands them over."""
    names = list(profits)
    futures = len(profits[names[0]])
    return {
        k * len(names) + place: (None, Future({"profit": float(profits[name][k]), "contribution": contribution}))
        for k in range(futures)
        for place, name in enumerate(names)
    }


def watch(
    profits: dict[str, np.ndarray], terms: UntilSure | None = None, single: bool = True, paired: bool = False
) -> tuple[Watch, int, Sure]:
    """A study watched run by run: the watch, after how many runs it had enough (0: never), and what is known then."""
    found = Watch(terms or UntilSure(within=0.0), list(profits), "base", single, None)
    found.begin(paired)
    runs, done, enough = played(profits), dict[int, tuple[None, Future]](), 0
    for number in runs:
        done[number] = runs[number]
        if found.enough(done, len(profits)):
            enough = number + 1
            break
    return (
        found,
        enough,
        found.conclude(
            {
                name: [Future({"profit": x, "contribution": 100.0}) for x in values[: found.kept]]
                for name, values in profits.items()
            }
        ),
    )  # type: ignore[misc]


UP_DOWN = np.tile([-1.0, 1.0], 50)


def test_it_stops_at_the_first_look_that_knows() -> None:
    """A lead of 1 with s = 1: the sixteenth future is the first look, and stops as soon as the radius is below the lead."""
    profits = {"a": UP_DOWN + 1.0, "b": np.zeros(100), "base": np.full(100, -9.0)}
    _, enough, sure = watch(profits)
    kept = enough // 3
    assert sure.judgement.kind == "best" and sure.judgement.leader == "a"
    assert 16 <= kept < 40 and kept == sure.judgement.units
    shorter = {name: one[: kept - 1] for name, one in profits.items()}
    assert watch(shorter)[1] == 0, "one future fewer was not enough"


def test_the_order_in_which_runs_end_changes_nothing() -> None:
    """Runs may be finished in any order: it looks when all strategies have finished a future, and stops at the same one."""
    profits = {"a": UP_DOWN + 1.0, "b": np.zeros(100), "base": np.full(100, -9.0)}
    runs, found = played(profits), Watch(UntilSure(within=0.0), list(profits), "base", True, None)
    found.begin(False)
    assert not found.enough({number: one for number, one in runs.items() if number % 3}, 3), "one strategy lags"
    assert found.enough(runs, 3) and found.kept == watch(profits)[1] // 3


def test_who_is_out_stays_out() -> None:
    """It is behind surely after 20 futures, and far ahead later: its interval rests on what it had when it was out."""
    turned = np.concatenate([UP_DOWN[:20] - 5.0, np.full(80, 50.0)])
    profits = {"a": UP_DOWN, "b": -UP_DOWN + 0.05, "c": turned, "base": UP_DOWN - 1.5}
    _, enough, sure = watch(profits)
    assert enough == 0 and set(sure.judgement.left) >= {"a", "b"} and "c" not in sure.judgement.left
    assert 16 <= sure.futures["c"] <= 20 and sure.futures["a"] == sure.futures["base"] == 100


def test_two_futures_of_a_draw_are_one_unit() -> None:
    """In pairs the first look is after 32 futures, and only whole pairs are kept."""
    profits = {"a": np.repeat(UP_DOWN, 2) + 9.0, "base": np.zeros(200)}
    found, enough, sure = watch(profits, paired=True)
    assert enough == 64 and found.kept == 32 and sure.futures["a"] == 32
    assert watch(profits, single=False, paired=True)[0].kept == 160, "twenty blocks of four pairs"


def test_within_is_a_hundredth_of_what_the_leader_contributes() -> None:
    """Unless it is given."""
    profits = {"a": UP_DOWN, "base": np.zeros(100)}
    assert watch(profits, UntilSure())[2].judgement.within == 1.0
    assert watch(profits, UntilSure(within=7.0))[2].judgement.within == 7.0
    assert watch(profits, UntilSure(within=7.0))[2].judgement.kind == "as_good"


def test_time_ends_it_with_whole_pairs() -> None:
    """Where the time is over after the first runs, what is whole is kept, and nothing is known."""
    profits = {"a": UP_DOWN + 1.0, "base": np.zeros(100)}
    found, enough, sure = watch(profits, UntilSure(seconds=1e-9), paired=True)
    assert found.kept == 2 and enough == 4
    assert sure.judgement.kind == "open" and math.isnan(sure.limits("a", "base")[0]) and sure.limits("a", "a") == (0.0, 0.0)


@pytest.mark.parametrize(
    ("terms", "said"), [({"within": -1.0}, "within"), ({"futures": 1}, "futures"), ({"seconds": 0.0}, "seconds")]
)
def test_terms_that_are_none(terms: dict[str, float], said: str) -> None:
    """Are refused by name."""
    with pytest.raises(StudyError, match=said):
        UntilSure(**terms)  # type: ignore[arg-type]


def test_leads_of_a_fixed_number_and_of_one_that_was_looked_at() -> None:
    """The mean is the same; the interval that allows for looking is wider; who was out is surely behind the one that is left."""
    profits = {"a": UP_DOWN[:40] + 1.0, "b": np.zeros(40), "c": UP_DOWN[:40] - 9.0, "base": UP_DOWN[:40] - 7.0}
    found, _, sure = watch(profits)
    kept = {name: one[: found.kept] for name, one in profits.items()}
    fixed, looked = Leads(kept, False), Leads(kept, False, sure)
    assert fixed.of("a", "b").value == looked.of("a", "b").value
    assert looked.of("a", "b").low < fixed.of("a", "b").low < 1.0
    assert all(looked.surely("a", other) for other in ("b", "c", "base")) and not looked.surely("c", "a")


def words(sure: Sure, language: str = "en") -> str:
    """Without what is said of humps: numbers that go up and down have two."""
    return verdict_so_far(replace(sure, humps=None), {**LABELS, "c": "Club"}, "EUR", Locale(language), 100).replace("\xa0", " ")


def test_what_is_said() -> None:
    """Who is best, who is as good, what it would take, who earns the same, in so many futures."""
    profits = {"a": UP_DOWN + 1.0, "b": np.zeros(100), "base": np.full(100, -9.0)}
    assert (
        words(watch(profits)[2])
        == "That “Ads” earns most is known from 100 futures, although we checked after every few of them."
    )
    close = {"a": UP_DOWN * 3.0 + 0.2, "b": np.zeros(100), "base": np.full(100, -9.0)}
    good, unknown = watch(close, UntilSure(within=5.0))[2], watch(close)[2]
    assert words(good).startswith("“Ads” is as good as the best to within EUR 5.00: none of the others earns over EUR 5.00 more.")
    assert unknown.judgement.kind == "open"
    more = f"{float(f'{unknown.judgement.needed:.2g}'):,.0f}"
    assert words(unknown).endswith(
        f"the best of “Ads” and “Letters”. If they go on like this, some {more} futures in all would tell."
    )
    copy = watch({"a": UP_DOWN, "b": UP_DOWN.copy(), "base": np.full(100, -9.0)})[2]
    assert words(copy) == "“Ads” and “Letters” earn the same in all 100 futures: nothing has yet parted them."
    assert "»Ads«" in words(unknown, "da") and "«Ads»" in words(unknown, "nb")


def test_two_humps_are_told_as_such() -> None:
    """Where the leader dies out in half of the futures: the share that takes off, and the lead in each group, no mean alone."""
    luck = np.random.default_rng(5)
    up = luck.random(100) < 0.5
    profits = {"a": np.where(up, 50.0, 0.0) + luck.normal(size=100), "b": np.where(up, 20.0, 4.0) + luck.normal(size=100),
               "base": np.full(100, -9.0)}  # fmt: skip
    found, _, sure = watch(profits, single=False)
    assert sure.humps is not None and sure.humps.name == "a"
    assert sure.humps.share.value == up[: found.kept].mean() and sure.humps.share.low < 0.5 < sure.humps.share.high
    assert sure.humps.upper == pytest.approx(30.0, abs=1.0) and sure.humps.lower == pytest.approx(-4.0, abs=1.0)
    first = verdict_so_far(sure, LABELS, "EUR", Locale("en"), 80).splitlines()[0]
    assert first.startswith("The futures fall into two groups") and "“Ads”" in first
    assert watch({"a": luck.normal(size=100), "base": np.zeros(100)}, single=False)[2].humps is None


def test_where_something_may_take_off() -> None:
    """Where people tell each other anything."""
    assert can_take_off([ladsim.load("five_rungs_word_of_mouth")])
    assert not can_take_off([ladsim.load(MARKET)])


def test_a_comparison_until_it_knows_is_the_one_of_so_many_futures() -> None:
    """The same futures as `together` gives with that number, by one process or two; wider intervals, and the table of `again`."""
    market, told = ladsim.load(MARKET), list[Judgement]()
    terms = UntilSure(futures=200)
    study = ladsim.compare(market, ["a", "b"], until=terms, tell=told.append, processes=1)
    assert study.sure is not None and study.sure.judgement.kind == "best" and not study.interrupted
    count = study.setting.replications
    assert 16 <= count < 200 and told[-1] == study.sure.judgement and [one.units for one in told[:3]] == [16, 17, 18]
    assert all(one.kind == "open" for one in told[:-1])
    same = together(market, ["a", "b", None], replications=count, processes=1)
    assert all(
        one.equals(other) for name in same for one, other in zip(study.runs[name].histories, same[name].histories, strict=True)
    )
    fixed = ladsim.compare(market, ["a", "b"], replications=count, processes=1)
    ours, theirs = study.differences.iloc[0], fixed.differences.iloc[0]
    assert ours["mean"] == theirs["mean"] and ours["low"] < theirs["low"] and ours["low"] > 0.0
    assert "is known from" in study.verdict and "is known from" not in fixed.verdict
    two = ladsim.compare(market, ["a", "b"], until=terms, processes=2)
    again = ladsim.compare(market, ["a", "b"], until=UntilSure(futures=count), processes=1)
    for name, table in tables_of(study).items():
        pd.testing.assert_frame_equal(table, tables_of(two)[name])
        pd.testing.assert_frame_equal(table, tables_of(again)[name])
    assert list(tables_of(study)["until_sure"]["strategy"]) == ["a", "b", "base"] and "until_sure" not in tables_of(fixed)


def test_who_is_out_is_played_no_further() -> None:
    """Its futures are the first ones of the study, as many as had been looked at; it is said; by two processes and again: the same tables."""
    market, terms, told = ladsim.load(MARKET), UntilSure(within=0.0, futures=120), list[tuple[int, int]]()

    def tell(done: int, total: int, left: float | None) -> None:
        told.append((done, total))

    study = ladsim.compare(market, ["a", "b", "south"], until=terms, processes=1, progress=tell, months_after=12)
    assert study.sure is not None and study.sure.judgement.kind == "best"
    whole, early = study.setting.replications, study.runs["south"].count
    assert 16 <= early < whole < 120 and study.sure.out == {"south": early} and not study.interrupted
    assert {name: run.count for name, run in study.runs.items() if name != "south"} == {"a": whole, "b": whole, "base": whole}
    done, total = told[-1]
    assert done == total == 3 * whole + early + 4 * min(20, early), "what is spared was counted"
    same = together(market, ["south"], replications=early, processes=1)["south"]
    assert all(one.equals(other) for one, other in zip(study.runs["south"].histories, same.histories, strict=True))
    assert f"“Offers in the south” (after {early} futures)" in study.verdict.replace("\xa0", " ")
    two = ladsim.compare(market, ["a", "b", "south"], until=terms, processes=2, months_after=12)
    again = ladsim.compare(market, ["a", "b", "south"], until=replace(terms, futures=whole), processes=1, months_after=12)
    for name, table in tables_of(study).items():
        pd.testing.assert_frame_equal(table, tables_of(two)[name])
        pd.testing.assert_frame_equal(table, tables_of(again)[name])


def test_what_one_earns_that_was_played_no_further_is_told_on_the_luck_of_all() -> None:
    """It had the best futures for itself: its own mean would put it first. Base tells what these futures were worth."""
    luck = np.concatenate([UP_DOWN[:20] + 50.0, UP_DOWN[:60]])
    profits = {"a": luck + np.tile([2.0, 3.0], 40), "c": luck[:20] + 1.0, "base": luck}
    judgement = watch({name: one[:20] for name, one in profits.items()})[2].judgement
    sure = Sure(judgement, None, False, {"a": 80, "c": 20, "base": 80}, None)
    leads = Leads(profits, False, sure)
    assert leads.mean("c").value == pytest.approx(luck.mean() + 1.0) and profits["c"].mean() > profits["a"].mean()
    assert leads.mean("a").value == profits["a"].mean() and leads.ranked() == ["a", "base", "c"]
    # The difference to base never varies: what is left is how sure base itself is, by the futures of `c` as far as they tell.
    own = leads.mean("c")
    assert own.low < own.value < own.high and sure.out == {"c": 20}


def test_a_strategy_and_its_copy_are_out_together() -> None:
    """The same luck, so a difference of exactly zero in every future that both have."""
    study = ladsim.compare(ladsim.load(MARKET), ["a", "b", "south", "south"], until=UntilSure(within=0.0), processes=1)
    assert study.sure is not None and set(study.sure.out) == {"south", "south (2)"}
    assert study.sure.judgement.differences["south", "south (2)"].value == 0.0
    one, other = study.runs["south"], study.runs["south (2)"]
    assert one.count == other.count and all(x.equals(y) for x, y in zip(one.histories, other.histories, strict=True))


def test_it_says_what_it_cannot_tell() -> None:
    """Two that are equal in law, and no δ: after 40 futures it is open, and says how many it would take."""
    study = ladsim.compare(ladsim.load(MARKET), ["north", "south"], until=UntilSure(within=0.0, futures=40), processes=1)
    assert study.sure is not None and study.sure.judgement.kind == "open" and study.setting.replications == 40
    assert "it is not known which is the best" in study.verdict and "would tell" in study.verdict


def test_other_graphs_are_played_for_a_number_of_futures() -> None:
    """Both at once are refused."""
    with pytest.raises(StudyError, match="graphs"):
        ladsim.compare(ladsim.load(MARKET), ["a"], until=UntilSure(), graphs=True)


def test_terms_of_a_manifest() -> None:
    """What a study was asked is read back; what is damaged is refused."""
    setting = {"replications": 57}
    assert arguments_in({"setting": setting}) == {}
    assert arguments_in({"setting": setting, "until_sure": {"within": None}}) == {"until": UntilSure(None, 57)}
    assert arguments_in({"setting": setting, "until_sure": {"within": 5.0}}) == {"until": UntilSure(5.0, 57)}
    for damaged in ({"within": -1}, {"within": "5"}, [], {"within": True}):
        with pytest.raises(ValueError, match="until_sure"):
            arguments_in({"setting": setting, "until_sure": damaged})
