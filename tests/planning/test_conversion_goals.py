"""Conversion goals: the same numbers as the measures have, and what is extra against the market as it stands.

Tests: ``reporting/conversion_goals.py``.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from ladsim.cli.targets import targets_text
from ladsim.i18n import Locale
from ladsim.i18n.catalogue import loose
from ladsim.measures.ladder import conversion_rate, cumulative_conversion
from ladsim.planning.attainment import as_in_market
from ladsim.planning.compare import Comparison
from ladsim.planning.targets import Targets, set_targets, targets
from ladsim.reporting.conversion_goals import conversion_grid
from ladsim.scenario.load import loads
from tests.reporting.conftest import COFFEE

SEGMENTS = """
[[segments]]
name = "near"
share = 0.3
[[segments]]
name = "far"
share = 0.7
"""


@pytest.fixture(scope="module")
def segmented() -> Targets:
    """A strategy of a market with segments, until month 6."""
    scenario = loads(COFFEE.read_text(encoding="utf-8") + SEGMENTS)
    return set_targets(scenario, next(iter(scenario.strategies)), 6, replications=8, sample=400, processes=1)


def test_today_is_what_the_measures_say(duel: Comparison) -> None:
    """Steps up come first; share a month and share until then are those of the two tables of conversion, all futures and triggers taken together."""
    runs = duel.runs["base"]
    found = targets(runs, 4).conversion_goals.set_index(["from", "to"])
    assert list(found.index)[:2] == [("lead", "customer"), ("customer", "ambassador")]
    for origin, to in found.index:
        tables = (conversion_rate(h, tidy=True) for h in runs.histories)
        monthly = [t[(t["from"] == origin) & (t["to"] == to) & (t["month"] <= 4)] for t in tables]
        taken = sum(float(t["customers"].sum()) for t in monthly)
        stood = sum(float(t.drop_duplicates("month")["stood"].sum()) for t in monthly)
        assert found.loc[(origin, to), "monthly_today"] == pytest.approx(taken / stood)
        assert found.loc[(origin, to), "converted_today"] == pytest.approx(taken / runs.count)
        shares = [cumulative_conversion(h, tidy=True) for h in runs.histories]
        each = [float(t[(t["from"] == origin) & (t["to"] == to) & (t["month"] == 4)]["rate"].sum()) for t in shares]
        assert min(each) <= found.loc[(origin, to), "rate_today"] <= max(each)


def test_a_single_future_has_the_share_of_its_table(duel: Comparison) -> None:
    """With one future the ratio of totals is that future's own share."""
    run = duel.runs["base"]
    one = replace(run, histories=run.histories[:1], summaries=run.summaries[:1], parameters=run.parameters.iloc[:1])
    found = targets(one, 4).conversion_goals.set_index(["from", "to"])
    table = cumulative_conversion(one.histories[0], tidy=True)
    table = table[table["month"] == 4].groupby(["from", "to"])["rate"].sum()
    for pair in found.index:
        assert found.loc[pair, "rate_today"] == pytest.approx(table[pair])
    assert found["number_commit"].isna().all()


def test_a_strategy_against_itself_brings_nothing(duel: Comparison) -> None:
    """The market as it stands has nothing extra: exactly 0 where it is played beside itself, empty where it is alone."""
    run = duel.runs["base"]
    itself = targets(replace(run, strategy="dear"), 4, run).conversion_goals
    assert (itself[["extra_conversions", "extra_conversions_low", "extra_conversions_high"]] == 0.0).all(axis=None)
    assert itself["cost_per_extra_conversion"].isna().all() and (itself["why"] == "no_money").all()
    assert targets(run, 4).conversion_goals["extra_conversions"].isna().all()


def test_money_and_people_by_hand(duel: Comparison) -> None:
    """What one more costs is the spend of the strategy ÷ conversions beyond those of base, where there surely are any; else words."""
    dear, base = duel.runs["dear"], duel.runs["base"]
    found = targets(dear, None, base).conversion_goals
    spent = np.mean([a.scalars["spend"] - b.scalars["spend"] for a, b in zip(dear.summaries, base.summaries, strict=True)])
    for row in found.to_dict("records"):
        steps = [place for place, end in enumerate(dear.histories[0].step_ends) if end[:2] == (row["from"], row["to"])]
        number = [float(np.mean([h.flows[:, steps].sum() * h.scale for h in run.histories])) for run in (dear, base)]
        assert row["extra_conversions"] == pytest.approx(number[0] - number[1])
        wanted = 1.0 if row["meets"] == "at least" else -1.0
        if row["why"]:
            assert math.isnan(row["cost_per_extra_conversion"])
        else:
            assert wanted * row["extra_conversions_low" if wanted > 0 else "extra_conversions_high"] > 0.0
            assert row["cost_per_extra_conversion"] == pytest.approx(spent / (wanted * row["extra_conversions"]), rel=1e-6)


def test_segments_add_up(segmented: Targets) -> None:
    """Everybody is the sum of the segments: who stands there, who is converted, what is extra; each step has a row for each of them."""
    found = segmented.conversion_goals
    whole, parts = found[found["segment"] == ""], found[found["segment"] != ""]
    assert len(parts) == len(whole) * len(segmented.runs.histories[0].segment_names)
    for column in ("potential", "converted_today", "extra_conversions"):
        added = parts.groupby(["from", "to"])[column].sum()
        for row in whole.to_dict("records"):
            assert row[column] == pytest.approx(added[(row["from"], row["to"])])


def test_a_segment_has_no_price(segmented: Targets) -> None:
    """The money reaches all segments together: where all conversions have a price, a segment has a dash and says why."""
    found = segmented.conversion_goals
    parts = found[found["segment"] != ""]
    priced = set(map(tuple, found[(found["segment"] == "") & (found["why"] == "")][["from", "to"]].to_numpy()))
    assert priced and found["cost_per_extra_conversion"].notna().sum() == len(priced)
    of_price = ["cost_per_extra_conversion", "cost_per_extra_conversion_low", "cost_per_extra_conversion_high"]
    assert parts[of_price].isna().all(axis=None) and (parts["why"] != "").all() and "segment" in set(parts["why"])
    assert parts["extra_conversions"].notna().all()
    words = Locale(segmented.source.language).text("extra.why_segment")
    grid = conversion_grid(found, segmented.runs, segmented.month)
    assert [row[-1].small == words for row in grid.rows] == (found["why"] == "segment").tolist()


def test_page_and_screen_show_them(segmented: Targets) -> None:
    """The table has a row for each, named with its segment; the terminal prints the same; what is not sure has words for a price."""
    found_goals = segmented.conversion_goals
    found = conversion_grid(found_goals, segmented.runs, segmented.month)
    assert len(found.rows) == len(segmented.conversion_goals)
    assert found.head[-1] == Locale(segmented.source.language).text("page.h_each_extra")
    assert all(row[-1].small for row, why in zip(found.rows, segmented.conversion_goals["why"], strict=True) if why)
    assert loose(found.caption) in loose(targets_text(segmented))


def test_steps_down_and_out_are_to_be_few_and_steps_back_many(segmented: Targets) -> None:
    """Every pair of rungs has a row; at most so many take a step down or out, at least so many one up or back, in 80 % of futures."""
    runs, place = segmented.runs, 6
    first, found = runs.histories[0], segmented.conversion_goals
    found = found[found["segment"] == ""]
    ends = {end[:2] for end in first.step_ends if end[0] in first.rung_names and end[0] != end[1]}
    assert set(zip(found["from"], found["to"], strict=True)) == ends
    ladder = [name for name, on in zip(first.rung_names, first.on_ladder, strict=True) if on]
    seen = set()
    for row in found.to_dict("records"):
        leaves = row["to"] not in ladder or (row["from"] in ladder and ladder.index(row["to"]) < ladder.index(row["from"]))
        assert (row["meets"] == "at most") == leaves
        steps = [place for place, end in enumerate(first.step_ends) if end[:2] == (row["from"], row["to"])]
        numbers = as_in_market(np.array([h.flows[: place + 1, steps].sum() * h.scale for h in runs.histories]), first.scale, True)
        kept = numbers <= row["number_commit"] + 1e-9 if leaves else numbers >= row["number_commit"] - 1e-9
        assert kept.mean() >= 0.8
        seen.add(row["meets"])
    assert seen == {"at least", "at most"}
    locale = Locale(runs.source.language)
    words = [
        locale.text("page.at_least" if meets == "at least" else "page.at_most") for meets in segmented.conversion_goals["meets"]
    ]
    shown = conversion_grid(segmented.conversion_goals, runs, segmented.month)
    column = shown.head.index(locale.text("page.h_meets"))
    assert [row[column].text for row in shown.rows] == words
