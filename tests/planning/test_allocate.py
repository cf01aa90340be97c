"""The split of a budget: what it may go to, what it costs, what is said of it, and what is refused.

Tests: ``cli/allocate.py``, ``planning/allocate_tables.py``, ``planning/budget_levers.py``, ``planning/budget_market.py``,
``planning/budget_question.py``, ``reporting/allocate.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ladsim
from ladsim.errors import ScenarioError, StudyError
from ladsim.planning.allocate_tables import Told, block_differences
from ladsim.planning.budget_levers import Named, file_budget, levers_of
from ladsim.planning.budget_question import Constraint, Question, question_of, value_of
from ladsim.planning.pairs import Estimate, mean
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy

DUEL = "acquisition_vs_retention"
SEARCH = "strategies.balanced.campaigns.search.monthly_spend"
FEW: dict[str, Any] = {"replications": 4, "sample": 100, "processes": 1, "store": False}


@pytest.fixture(scope="module")
def duel() -> Scenario:
    return ladsim.load(DUEL)


def without_effect(duel: Scenario) -> Scenario:
    """The market with a channel that costs money and does nothing, as the only one of a strategy."""
    dead = duel.channels[0].model_copy(update={"name": "dead", "effects": ()})
    record = duel.strategies["balanced"]
    campaign = record.campaigns[0].model_copy(update={"channel": "dead", "monthly_spend": 100.0})
    other = record.campaigns[0].model_copy(update={"channel": "dead_too", "monthly_spend": 100.0})
    return duel.model_copy(
        update={
            "channels": (*duel.channels, dead, dead.model_copy(update={"name": "dead_too"})),
            "strategies": {"dead": record.model_copy(update={"campaigns": (campaign, other)})},
        }
    )


def test_levers_are_dated_spends_and_a_switch_for_the_rest(duel: Scenario) -> None:
    found = levers_of(duel, ["acquisition_first", "balanced"], 36_000)
    assert [one.key for one in found.all][:2] == [
        "strategies.acquisition_first.campaigns.search.monthly_spend",
        "strategies.acquisition_first.campaigns.social_media.monthly_spend",
    ]
    assert {one.kind for one in found.all} == {"amount"}
    assert len({one.key for one in found.all}) == 7  # of 4 and 7 campaigns, 4 are the same but for what is spent
    points = ladsim.load("program_points")
    kinds = {one.key: one.kind for one in levers_of(points, list(points.strategies), 100_000).all}
    assert kinds["strategies.points"] == "switch"
    assert kinds["strategies.advertising.campaigns.search.monthly_spend"] == "amount"
    assert levers_of(points, ["points", "earlier"], 1e5).apart() == {frozenset({0, 1})}  # both bring a programme of one name


def test_the_file_s_split_plays_what_the_file_s_strategy_plays(duel: Scenario) -> None:
    """The campaigns of the mix at a strategy's own amounts are those of the strategy, but for their names."""
    levers = levers_of(duel, ["acquisition_first", "balanced"], 36_000)
    made = levers.strategy(levers.file_points()["acquisition_first"])
    spent = {one.channel or one.tactic: one.monthly_spend for one in made.campaigns}
    wanted = {one.channel or one.tactic: one.monthly_spend for one in duel.strategies["acquisition_first"].campaigns}
    assert spent == wanted
    assert file_budget(duel, ["acquisition_first"]) == 36_000


def test_numbers_of_strategies_and_of_the_scenario_are_set(duel: Scenario) -> None:
    levers = levers_of(duel, ["balanced"], 36_000, [Named("basket.mean", 10, 40), Named(SEARCH, 0, 500)])
    assert [one.kind for one in levers.all] == ["amount", "number"]
    made = duel.model_copy(update={"strategies": {"mix": levers.strategy((2_400.0, 33.0))}})
    found = with_strategy(made, "mix")
    assert found.basket.mean == 33.0
    assert {one.monthly_spend for one in found.campaigns if one.channel == "search"} == {100.0}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question(0), "must be an amount above 0"),
        (Question(float("inf")), "must be an amount above 0"),
        (Question(1_000, (Named("campaigns.serch.monthly_spend"),)), "must be the dotted key of a number"),
        (Question(1_000, (Named("basket.mean"),)), "must have low and high"),
        (Question(1_000, (Named(SEARCH, 500, 100),)), "must be low below high"),
        (Question(1_000, (Named(SEARCH), Named(SEARCH))), "must name each number once"),
        (Question(1_000, (Named(SEARCH),), (Constraint(("nothing",), 5.0),)), "must be the key of an amount"),
        (Question(1_000, (Named(SEARCH),), (Constraint((SEARCH,)),)), "neither at_most nor at_least"),
        (Question(1_000, (Named(SEARCH),), risk="luck"), "must be one of mean, cvar, quantile"),
        (Question(1_000, (Named(SEARCH),), share=1.5), "must be above 0 and below 1"),
        (Question(36_000, (Named(SEARCH),), (Constraint((SEARCH,), 100.0), Constraint((SEARCH,), None, 900.0))), "no split that keeps"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(duel: Scenario, question: Question, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        ladsim.allocate(duel, question, ["balanced"], **FEW)


def test_a_strategy_that_is_not_there_and_a_market_without_levers(duel: Scenario) -> None:
    with pytest.raises(ScenarioError, match="balanced"):
        ladsim.allocate(duel, 1_000, ["balanded"], **FEW)
    with pytest.raises(StudyError, match="nothing that money can go to"):
        ladsim.allocate(ladsim.load("bass_small"), 1_000, **FEW)


def test_levers_without_effect_get_no_money_and_no_gain(duel: Scenario) -> None:
    """Nothing is spent where nothing comes of it; where all must be spent, splits are the same in every future."""
    found = ladsim.allocate(without_effect(duel), Question(12_000), **FEW)
    assert found.cost.value == 0.0
    assert found.point == (0.0, 0.0)
    base = found.against.set_index("split").loc["base"]
    assert (base["ahead"], base["told"]) == (0.0, "same")
    spent = ladsim.allocate(without_effect(duel), Question(12_000, spend_all=True), **FEW | {"replications": 40})
    told = spent.against.set_index("split")
    assert spent.cost.value == pytest.approx(12_000)
    assert set(told["told"]) <= {"best", "same", "behind"}  # surely behind the market without, the same as other splits
    assert told.loc["base", "told"] == "behind"
    assert told.loc["base", "ahead"] == pytest.approx(-12_000)
    assert "ahead" not in set(told["told"])


def test_a_campaign_that_begins_after_the_end_is_no_lever(duel: Scenario) -> None:
    """Nor does it keep the others from being one."""
    record = duel.strategies["acquisition_first"]
    late = record.campaigns[0].model_copy(update={"from_month": 30.0})
    changed = record.model_copy(update={"campaigns": (late, *record.campaigns[1:])})
    scenario = duel.model_copy(update={"strategies": {"late": changed}})
    assert len(levers_of(scenario, ["late"], 36_000).all) == len(record.campaigns) - 1
    assert file_budget(scenario, ["late"]) == 36_000 - 24 * float(record.campaigns[0].monthly_spend)  # type: ignore[arg-type]


def test_the_equal_split_is_among_the_others_where_more_than_spend_costs(duel: Scenario) -> None:
    """With a set-up cost the money for the spends is known once a split was played; the equal split stays the one that was."""
    record = duel.strategies["acquisition_first"]
    campaigns = tuple(one.model_copy(update={"setup_cost": 2_000.0}) for one in record.campaigns[:2])
    scenario = duel.model_copy(update={"strategies": {"two": record.model_copy(update={"campaigns": campaigns})}})
    found = ladsim.allocate(scenario, Question(36_000), **FEW)
    assert "equal" in set(found.against["split"])


def test_an_answer_costs_what_it_says_and_is_on_luck_of_its_own(duel: Scenario) -> None:
    found = ladsim.allocate(duel, Question(36_000, (Named(SEARCH, 0, 1500),)), ["balanced"], **FEW)
    assert found.runs["best"].setting.seed == 2
    assert found.setting.seed == 1
    assert found.cost.value <= 36_000 * 1.006
    # The rest of the strategy always runs here, so it is paid from the budget, too.
    assert found.cost.value == pytest.approx(found.point[0] + 1_200 * 24, rel=1e-3)
    assert found.frontier["part"].tolist() == [0.25, 0.5, 0.75, 1.0, 1.25]
    profit = [one.scalars["profit"] for one in found.runs["best"].summaries]
    other = [one.scalars["profit"] for one in found.runs["base"].summaries]
    assert found.against.set_index("split").loc["base", "ahead"] == pytest.approx(np.subtract(profit, other).mean(), rel=1e-6)


def test_risk_is_the_worst_of_the_futures() -> None:
    values = np.arange(1.0, 11.0)
    assert Question(1, risk="quantile", share=0.2).score(values) == 2.0
    assert Question(1, risk="cvar", share=0.2).score(values) == 1.5
    assert Question(1, risk="cvar", share=0.25).score(values) == pytest.approx((1 + 2 + 1.5) / 2.5)
    assert Question(1).score(values) == 5.5


def test_what_is_told_follows_the_interval() -> None:
    assert Told.of(Estimate(3.0, 1.0, 5.0), 9, False).told == "ahead"
    assert Told.of(Estimate(3.0, -1.0, 5.0), 9, False).told == "open"
    assert Told.of(Estimate(-3.0, -5.0, -1.0), 9, False).told == "behind"
    assert Told.of(Estimate(0.0, 0.0, 0.0), 9, False).told == "same"
    assert Told.of(Estimate(0.0, float("-inf"), float("inf")), 9, False).told == "open"
    assert np.isnan(block_differences(np.arange(20.0), np.zeros(20), np.mean, 2).low)


def trials(many: int) -> int:
    """In how many of so many pairs that are equal in law a difference is reported, in blocks of 20 futures."""
    from ladsim.streams import run_key, uniforms

    wrong = 0
    for number in range(many):
        with np.errstate(over="ignore"):  # whole numbers of 64 bits wrap round
            key = run_key(np.uint64(11), np.uint64(number))
        luck = uniforms(key, np.arange(400, dtype=np.uint64), np.uint64(1), np.uint64(2)).reshape(2, 200)
        found = block_differences(luck[0], luck[1], np.mean, 2)
        wrong += not found.low <= 0.0 <= found.high
        assert np.isfinite(mean(luck[0], False).low)
    return wrong


def test_equals_are_told_apart_in_few_trials() -> None:
    assert trials(40) <= 5


@pytest.mark.long
def test_equals_are_told_apart_in_at_most_a_twentieth_of_the_trials() -> None:
    assert trials(200) <= 17  # 10 expected; 17 is the 98 % quantile of a binomial(200, 0.05)


def test_what_counts_may_be_a_mix(duel: Scenario) -> None:
    assert value_of(["profit", "Ambassador=350"], duel) == (("profit", 1.0), ("end_ambassador", 350.0))
    with pytest.raises(StudyError, match="did you mean 'ambassador'"):
        value_of(["ambasador"], duel)


def test_an_experiment_file_says_levers_and_constraints(duel: Scenario, tmp_path: Path) -> None:
    file = tmp_path / "split.toml"
    file.write_text(
        f"""budget = 9000
risk = "cvar"
share = 0.1
value = {{ profit = 1, ambassador = 350 }}
[[levers]]
key = "{SEARCH}"
high = 800
[[constraints]]
levers = ["{SEARCH}"]
at_most = 400
per = "month"
""",
        encoding="utf-8",
    )
    found = question_of(file, duel, Question(float("nan")))
    assert (found.budget, found.risk, found.share) == (9000.0, "cvar", 0.1)
    assert found.levers == (Named(SEARCH, None, 800.0),)
    assert found.rows(levers_of(duel, ["balanced"], 9000.0, found.levers)) == (((1 / 24,), 400.0, "constraints[0]"),)
    file.write_text("budget = true\nlevr = 3\n[[levers]]\nlow = 1\n", encoding="utf-8")
    with pytest.raises(StudyError) as error:
        question_of(file, duel, Question(float("nan")))
    assert "'levr'" in str(error.value)
    assert "found no key" in str(error.value)


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_the_words_of_an_answer_in_each_language(duel: Scenario, language: str) -> None:
    """A market in which nothing pays is told to spend nothing, and no sentence is left open."""
    from ladsim.reporting.allocate import AllocationWords

    found = ladsim.allocate(without_effect(duel).model_copy(update={"language": language}), Question(12_000), **FEW)
    said = AllocationWords(found).verdict()
    assert {"en": "spend none", "da": "Brug intet", "nb": "Bruk ingenting"}[language] in said[0]
    assert not any("{" in one for one in said)


def test_nonsense_on_the_command_line_is_told_and_nothing_is_simulated() -> None:
    from typer.testing import CliRunner

    from ladsim.cli.program import program

    for words, part in (
        (["--budget", "0"], "must be an amount above 0"),
        (["--budget", "9000", "--risk", "fear"], "must be one of mean, cvar, quantile"),
        (["--budget", "9000", "--value", "ambasador"], "did you mean 'ambassador'"),
        (["--experiment", "not_there.toml"], "cannot be read"),
    ):
        done = CliRunner().invoke(program(), ["allocate", DUEL, *words])
        assert done.exit_code == 2
        assert part in " ".join(done.stderr.split())
