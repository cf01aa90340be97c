"""Strategies under the same luck.

Tests: ``planning/break_even.py``, ``planning/compare_tables.py``, ``planning/difference_parts.py``.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import ladsim
from ladsim.errors import ScenarioError, StudyError
from ladsim.i18n import ENGLISH
from ladsim.measures.explanation import explain
from ladsim.measures.summary import Summary
from ladsim.planning.break_even import _stays_from, cumulative_profit
from ladsim.planning.compare import Comparison, compare, compared, profit
from ladsim.planning.replications import Replications
from ladsim.planning.run import together
from ladsim.planning.tables import tables_of
from ladsim.reporting.comparison import page as comparison_page
from ladsim.reporting.comparison_view import Duel
from ladsim.reporting.page_model import Grid
from ladsim.reporting.series import black_from
from ladsim.scenario.spec import Scenario, Strategy

SMALL = {"sample": 200, "replications": 6, "processes": 1}


def test_a_strategy_against_itself(shop: Scenario) -> None:
    """Every difference is exactly 0, and the verdict says so."""
    study = compare(shop, ["acquisition_first", "acquisition_first"], seed=3, **SMALL)
    name = f"“{study.runs['acquisition_first'].label}”"
    assert study.verdict.startswith(f"There is no difference between {name[:-1]}") or "acquisition_first (2)" in study.verdict
    assert study.caveat == ""
    for table in (study.differences, study.by_cause, study.by_flow):
        own = table[table["strategy"] == "acquisition_first (2)"]
        for column in ("mean", "low", "high"):
            assert len(own) and (own[column] == 0.0).all(), column
    row = study.differences.set_index("strategy").loc["acquisition_first (2)"]
    assert (row["spread_sd"], row["p_better"], row["break_even_month"]) == (0.0, 0.5, 0.0)
    chances = study.outcomes.set_index("strategy")["p_best"]
    assert chances["acquisition_first"] == chances["acquisition_first (2)"]
    one, other = (study.extra.set_index("strategy").drop(columns="label").loc[key] for key in study.extra["strategy"])
    assert one.equals(other)


def test_base_is_always_played(shop: Scenario) -> None:
    """The market as it is stands beside the strategies, whether asked for or not, counts among those that can be best, and differs by nothing."""
    alone = compare(shop, ["dear"], seed=3, **SMALL)
    asked = compare(shop, ["dear", "base"], seed=3, **SMALL)
    assert list(alone.runs) == list(asked.runs) == ["dear", "base"]
    assert alone.verdict == asked.verdict and alone.outcomes.equals(asked.outcomes) and alone.extra.equals(asked.extra)
    assert list(alone.extra["strategy"]) == ["dear"], "base brings nothing beyond itself"
    assert "does not earn back its money" in alone.verdict and "hoose" not in alone.verdict


def test_a_strategy_that_does_nothing_is_no_candidate_beside_base(shop: Scenario) -> None:
    """Where a file has a strategy of its own for doing nothing, the verdict is about the others, and counts them alone."""
    idle = shop.model_copy(update={"strategies": {"dear": shop.strategies["dear"], "idle": Strategy()}})
    study = compare(idle, seed=3, months_after=0, **SMALL)
    assert (study.best, study.runner_up) == ("base", "dear") and "idle" in study.runs
    assert study.verdict.startswith("“Dear” does not earn back its money"), study.verdict
    alone = compare(idle, ["idle"], seed=3, **SMALL)
    assert "changes nothing" in alone.verdict


def test_base_is_played_where_a_strategy_has_its_name(shop: Scenario) -> None:
    """A strategy that a file calls base is one of its strategies; the scenario as it stands goes by another name."""
    named = shop.model_copy(update={"strategies": {"base": shop.strategies["dear"]}})
    study = compare(named, ["base"], seed=3, **SMALL)
    assert {name: run.strategy for name, run in study.runs.items()} == {"base": "base", "as it stands": None}


def test_best_is_the_highest_mean_profit(duel: Comparison) -> None:
    """Best and runner-up are the two highest means, and a budget nine times as large for the same does not win."""
    means = {name: profit(run).mean() for name, run in duel.runs.items()}
    ranked = sorted(means, key=means.__getitem__, reverse=True)
    assert [duel.best, duel.runner_up] == ranked[:2]
    assert ranked[-1] == "dear"
    assert duel.differences["strategy"].tolist() == ranked[1:]
    assert (duel.differences["mean"] >= 0.0).all()
    assert duel.verdict.count(duel.runs[duel.best].label) >= 1


def test_differences_are_taken_future_by_future(duel: Comparison) -> None:
    """The mean difference is that of the profits; its interval rests on three pairs; what dear loses is what it spends and earns less."""
    gain = profit(duel.runs[duel.best]) - profit(duel.runs["dear"])
    row = duel.differences.set_index("strategy").loc["dear"]
    assert row["mean"] == pytest.approx(gain.mean())
    pairs = gain.reshape(3, 2).mean(axis=1)
    assert row["high"] - row["mean"] == pytest.approx(4.302652729911275 * pairs.std(ddof=1) / np.sqrt(3))
    assert row["p_better"] == (gain > 0).mean()
    causes = duel.by_cause[duel.by_cause["strategy"] == "dear"]
    assert causes["mean"].sum() == pytest.approx(row["mean"])
    assert causes.set_index("cause").loc["care", "other"] == pytest.approx(-54_000.0)


def test_probabilities_of_being_best_add_up(duel: Comparison) -> None:
    """One strategy is best in every future, so the chances add up to 1."""
    assert duel.outcomes["p_best"].sum() == pytest.approx(1.0)
    assert (
        (duel.outcomes["p_best_low"] <= duel.outcomes["p_best"]) & (duel.outcomes["p_best"] <= duel.outcomes["p_best_high"])
    ).all()


def test_flows_explain_the_rungs(duel: Comparison) -> None:
    """What more is on a rung at the end is what more came in less what more went out: the start is the same."""
    flows = duel.by_flow[duel.by_flow["strategy"] == "dear"]
    steps = flows[flows["kind"] == "step"].set_index("step")["mean"]
    rungs = flows[flows["kind"] == "rung"].set_index("step")["mean"]
    assert rungs["lapsed"] == pytest.approx(steps["customer.lapsed"])
    assert rungs["lead"] == pytest.approx(-steps["lead.customer.time"] - steps["lead.customer.message"])
    assert rungs.sum() == pytest.approx(0.0, abs=1e-9)


def test_goals_are_judged_for_each_strategy(duel: Comparison) -> None:
    """Each goal has its probability under each strategy; a goal on a state off the ladder is a limit."""
    goals = duel.goals.set_index(["strategy", "goal"])
    assert len(goals) == 12
    for name, run in duel.runs.items():
        reached = np.array([h.counts[6, :, 1].sum() * h.scale for h in run.histories])
        assert goals.loc[(name, "customer by month 6"), "probability"] == pytest.approx((reached >= 250).mean())
        lapsed = np.array([h.counts[3, :, 3].sum() / h.size for h in run.histories])
        assert goals.loc[(name, "few lapse"), "probability"] == pytest.approx((lapsed <= 0.10).mean())


def test_two_names_for_two_months(duel: Comparison) -> None:
    """What a strategy has earned back (`payback_month`) and when the business is in profit (`profitable_from_month`) stand in tables of
    their own under names of their own, each explained; the page's row says the second, and the verdict's notes are those of the page."""
    tables = tables_of(duel)
    named = {name: set(table.columns) | set(table.get("measure", ())) for name, table in tables.items()}
    assert {name for name, words in named.items() if "payback_month" in words} == {"outcomes"}
    assert {name for name, words in named.items() if "profitable_from_month" in words} == {"measures", "measures_by_future"}
    assert explain("payback_month").key == "payback_months"
    assert explain("profitable_from_month").key == "profitable_from_month"
    made = comparison_page(duel)
    rows = {row[0].text: [cell.text for cell in row[1:]] for grid in made.first if isinstance(grid, Grid) for row in grid.rows}
    words = [Duel(duel).since(black_from(run)) for run in duel.runs.values()]
    assert rows[ENGLISH.text("page.row_even")] == words
    months = duel.outcomes.set_index("strategy")["payback_month"]
    paid = [Duel(duel).since(months[name]) if run.strategy is not None else "–" for name, run in duel.runs.items()]
    assert rows[ENGLISH.text("page.row_payback")] == paid
    verdict = tables["verdict"]
    assert verdict.loc[verdict["kind"] == "note", "text"].tolist() == list(made.notes)


def test_payback_is_against_the_scenario_as_it_stands(duel: Comparison) -> None:
    """A strategy pays back from the month on from which it stays ahead of no strategy; the base has nothing to pay back."""
    outcomes = duel.outcomes.set_index("strategy")
    assert np.isnan(outcomes.loc["base", "payback_month"])
    lead = (cumulative_profit(duel.runs["acquisition_first"]) - cumulative_profit(duel.runs["base"])).mean(axis=0)
    month = outcomes.loc["acquisition_first", "payback_month"]
    assert lead[-1] > 0
    assert (lead[int(month) :] >= 0).all()
    assert month == 0 or lead[int(month) - 1] < 0


def test_notes_tell_of_unequal_budgets_and_few_runs(duel: Comparison, shop: Scenario) -> None:
    """A budget that differs by more than 1 % is said to; equal ones are not."""
    assert any(note.startswith("The budgets differ") and "Dear: DKK 54,000" in note for note in duel.notes)
    equal = compare(shop, ["acquisition_first", "retention_first"], seed=3, **SMALL)
    assert not any("budgets" in note for note in equal.notes)
    assert any(note.startswith("Only 6 futures") for note in equal.notes)


def test_order_of_strategies_changes_nothing(duel: Comparison, shop: Scenario) -> None:
    """Asked for in another order, the same are best, by the same."""
    other = compare(shop, ["base", "dear", "retention_first", "acquisition_first"], seed=3, **SMALL)
    assert other.verdict == duel.verdict
    assert other.differences.equals(duel.differences)


def test_stopped_comparison_keeps_whole_futures(shop: Scenario) -> None:
    """Ctrl-C in the third future leaves two of each strategy, and the notes say so."""

    def stop(done: int, total: int, left: float | None) -> None:
        if done == 5:
            raise KeyboardInterrupt

    study = compare(shop, ["dear", "base"], progress=stop, **SMALL)
    assert study.interrupted
    assert {run.count for run in study.runs.values()} == {2}
    assert study.notes[0] == "The study was stopped: 2 of 6 futures are in it."


def test_what_cannot_be_compared(shop: Scenario) -> None:
    """The scenario as it stands alone is no comparison, an unknown strategy is named with the nearest."""
    with pytest.raises(StudyError, match="must be at least one"):
        compare(shop, ["base"])
    with pytest.raises(StudyError, match="no strategies"):
        compare(shop.model_copy(update={"strategies": {}}))
    with pytest.raises(ScenarioError, match="did you mean 'dear'"):
        compare(shop, ["deer", "base"])


def test_break_even_is_when_a_lead_stays() -> None:
    """A lead that is lost again does not count; one that never comes has no month."""
    months = np.arange(5.0)
    assert _stays_from(np.array([0.0, 1.0, -1.0, 2.0, 3.0]), months) == 3.0
    assert _stays_from(np.array([0.0, 1.0, 1.0, 2.0, 3.0]), months) == 0.0
    assert np.isnan(_stays_from(np.array([0.0, -1.0, 1.0, 2.0, -3.0]), months))
    assert np.isnan(_stays_from(np.full(5, np.nan), months))


def with_profits(runs: Replications, profits: list[float]) -> Replications:
    """The same futures with other profits written into their summaries."""
    summaries = tuple(
        Summary({**s.scalars, "profit": p, "discounted_profit": p}, s.abc, s.tree_sizes)
        for s, p in zip(runs.summaries, profits, strict=True)
    )
    return replace(runs, summaries=summaries)


def test_a_known_example(shop: Scenario) -> None:
    """Profits of 10, 12, 20, 22 against 9, 13, 15, 17 and 1: means, chances and the split follow by hand."""
    runs = together(shop, ["acquisition_first", "retention_first", "base"], replications=4, sample=20, processes=1)
    profits = {"acquisition_first": [10.0, 12.0, 20.0, 22.0], "retention_first": [9.0, 13.0, 15.0, 17.0], "base": [1.0] * 4}
    study = compared({name: with_profits(run, profits[name]) for name, run in runs.items()})
    assert (study.best, study.runner_up) == ("acquisition_first", "retention_first")
    row = study.differences.iloc[0]
    assert row["mean"] == 2.5  # of 1, −1, 5, 5
    # Wins 3 of 4. The half (1, −1) ties and praises nobody, the half (5, 5) praises by 1 − 3/4: √2 of the mean, 1/8, is taken off.
    less = 0.75 - np.sqrt(2) / 8
    assert row["p_better"] == pytest.approx(less)
    assert study.outcomes["p_best"].tolist() == pytest.approx([less, 1 - less, 0.0])
    # Within pairs: (2² + 0²)/2/2 = 1. Between: pair means 0 and 5, 2·12.5 = 25; lack of knowledge (25 − 1)/2 = 12.
    # Luck is that of the whole market, of which one person here stands for several.
    luck = 1 / runs["base"].histories[0].scale
    assert luck < 0.1
    assert row["share_luck"] == pytest.approx(luck / (12 + luck))
    assert row["share_not_knowing"] == pytest.approx(12 / (12 + luck))


def test_a_choice_is_against_everybody(shop: Scenario) -> None:
    """The third by its mean may be the one that the best cannot be told from: then nothing is to be chosen."""
    runs = together(shop, ["acquisition_first", "retention_first", "dear", "base"], replications=4, sample=20, processes=1)
    profits = {"acquisition_first": [100.0, 102.0, 104.0, 106.0], "retention_first": [90.0, 92.0, 94.0, 96.0]}
    profits |= {"dear": [160.0, 10.0, 150.0, 20.0], "base": [1.0] * 4}
    study = compared({name: with_profits(run, profits[name]) for name, run in runs.items()})
    assert (study.best, study.runner_up) == ("acquisition_first", "retention_first")
    assert "and “Dear” cannot be told apart" in study.verdict and "hoose" not in study.verdict


@pytest.mark.parametrize("replications", [1, 2, 3])
def test_a_few_futures_are_too_few_to_say(shop: Scenario, replications: int) -> None:
    """One, two or three futures, one unit or two: words, no error, and nothing to be chosen."""
    study = compare(shop, ["dear", "retention_first"], seed=3, sample=200, replications=replications, processes=1)
    assert "hoose" not in study.verdict or replications == 3
    if replications < 3:
        assert "too few to say" in study.verdict


def test_strategies_that_share_a_label_go_by_their_names(shop: Scenario) -> None:
    """Everywhere: in tables, in the note of unequal budgets, and beside the market as it is."""
    twins = {name: Strategy(label="Idea", campaigns=shop.strategies[name].campaigns) for name in ("dear", "retention_first")}
    study = compare(shop.model_copy(update={"strategies": twins}), seed=3, **SMALL)
    assert study.outcomes["label"].tolist() == ["dear", "retention_first", "As today"]
    (note,) = [note for note in study.notes if note.startswith("The budgets differ")]
    assert "dear: DKK 54,000" in note and "retention_first: DKK" in note


def test_a_name_alone_is_no_list_of_names(shop: Scenario) -> None:
    """To Python, and to type checkers, a text is a sequence of its letters; of a sweep, too."""
    for ask in (
        lambda: ladsim.compare(shop, "keep"),
        lambda: ladsim.sweep(shop, "basket.mean", [1.0, 2.0], "keep"),
        lambda: ladsim.sweep(shop, "basket.mean", "12"),
    ):
        with pytest.raises(StudyError, match=r"found the text '(keep|12)', must be a list of .*, such as \['(keep|12)'\]"):
            ask()
