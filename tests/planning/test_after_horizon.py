"""A second look, after the horizon: what it is made of, for how long, and that it changes nothing before.

Tests: ``planning/pool.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ladsim.engine.run import simulate
from ladsim.errors import StudyError
from ladsim.measures.value import profit_so_far
from ladsim.planning import after_horizon, workers
from ladsim.planning.after_horizon import extra_after, months_of
from ladsim.planning.compare import Comparison, compare
from ladsim.planning.output import write_study
from ladsim.planning.replications import Replications
from ladsim.planning.reproduce import again
from ladsim.planning.run import replicate, together
from ladsim.planning.tables import tables_of
from ladsim.scenario.after_horizon import gone_on
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Policy, Scenario
from ladsim.scenario.strategies import with_strategy
from tests import policies

SMALL: dict[str, Any] = {"sample": 100, "replications": 4, "processes": 1, "seed": 3}


def found(bare: Replications) -> int:
    """How many months a study finds from the futures of the market as it is."""
    return months_of(bare.source, [summary.ratios["mean_lifetime_months"] for summary in bare.summaries])


@pytest.fixture(scope="module")
def study(request: pytest.FixtureRequest) -> Comparison:
    """Two strategies beside base, looked at for five months more."""
    shop: Scenario = request.getfixturevalue("shop")
    return compare(shop, ["acquisition_first", "dear"], months_after=5, **SMALL)


def test_the_figures_of_the_horizon_do_not_move(shop: Scenario, study: Comparison) -> None:
    """With and without the look all that the file's horizon says is the same, bit for bit; what is played on agrees with it until then."""
    plain = compare(shop, ["acquisition_first", "dear"], months_after=0, **SMALL)
    assert plain.after_horizon.empty and all(run.after is None for run in plain.runs.values())
    for name, run in study.runs.items():
        assert all(one.equals(other) for one, other in zip(run.histories, plain.runs[name].histories, strict=True))
        assert run.after is not None and run.after.times[-1] == shop.months + 5
        until = np.array([profit_so_far(history) for history in run.histories])
        assert np.array_equal(run.after.profit[:, : until.shape[1]], until)
    tables, before = tables_of(study), tables_of(plain)
    assert set(tables) - set(before) == {"after_horizon", "profit_after_horizon"}
    assert all(tables[name].equals(before[name]) for name in before if name != "verdict")


def test_what_is_played_on_is_the_longer_market(shop: Scenario, study: Comparison) -> None:
    """Future by future the profit is that of the market that goes on, with the same luck and the same draw."""
    run = study.runs["dear"]
    assert run.after is not None
    for k in (0, 3):
        longer = simulate(gone_on(with_strategy(shop, "dear"), 5), seed=3, replication=k, sample=100)
        assert np.array_equal(run.after.profit[k], profit_so_far(longer))


def test_a_strategy_against_itself_differs_by_nothing(shop: Scenario) -> None:
    """Exactly 0, then as before."""
    runs = together(shop, ["dear", "dear"], months_after=4, **SMALL)
    row = extra_after(runs, runs["dear"]).set_index("strategy").loc["dear (2)"]
    assert all(row[f"extra_profit{when}{end}"] == 0.0 for when in ("", "_then") for end in ("", "_low", "_high"))


def test_the_table_is_arithmetic(study: Comparison) -> None:
    """The extra profit is that beyond base, of all futures at the horizon, and of those that were played on at their end."""
    table = study.after_horizon.set_index("strategy")
    assert list(table.index) == ["acquisition_first", "dear"] and (table["months_after"] == 5).all()
    after = {name: run.after for name, run in study.runs.items()}
    assert after["dear"] is not None and after["base"] is not None
    then = (after["dear"].until_end - after["base"].until_end).mean()
    assert table.loc["dear", "extra_profit_then"] == pytest.approx(then, abs=1e-6)
    extra = study.extra.set_index("strategy")
    assert table.loc["dear", "extra_profit"] == pytest.approx(extra.loc["dear", "extra_profit"], abs=1e-5)


def test_only_the_first_futures_are_played_on(shop: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """And every run is counted, those of the look, too."""
    monkeypatch.setattr("ladsim.planning.run.MOST_FUTURES", 2)
    told: list[tuple[int, int]] = []
    looked = compare(shop, ["dear"], months_after=3, **SMALL, progress=lambda done, total, left: told.append((done, total)))
    assert [int(n) for n in looked.after_horizon["futures"]] == [2]
    assert told[-1] == (12, 12) and {total for _, total in told} == {12}, "4 futures and 2 longer ones, of two strategies"


def test_the_number_of_processes_changes_nothing(shop: Scenario, study: Comparison) -> None:
    """Two processes give the same look."""
    looked = compare(shop, ["acquisition_first", "dear"], months_after=5, **SMALL | {"processes": 2})
    assert looked.after_horizon.equals(study.after_horizon) and looked.verdict == study.verdict


def ladder(leaving: float, **more: Any) -> Scenario:
    """Customers who leave at a rate."""
    steps = [{"from": "lead", "to": "customer", "rate": 0.1}]
    steps += [{"from": "customer", "to": "gone", "rate": leaving}] if leaving else []
    return validated(
        {
            "schema": 1, "name": "shop", "months": 6, "market_size": 100, "steps": steps, "basket": {"mean": 10.0},
            "rungs": [
                {"name": "lead", "share": 0.5}, {"name": "customer", "share": 0.5, "orders_per_month": 1.0},
                {"name": "gone", "off_ladder": True},
            ],
        }
        | more
    )  # fmt: skip


@pytest.mark.parametrize(
    ("leaving", "months", "wanted"),
    [
        (1 / 20, 6, 20),
        (1 / 20.6, 6, 21),
        (0.5, 6, 12),
        (1 / 50, 6, 36),
        (1 / 50, 60, 50),
        (1 / 50, 40, 40),
        (0.0, 6, 36),
        (0.0, 48, 48),
    ],
)
def test_as_long_as_a_customer_stays(leaving: float, months: float, wanted: int) -> None:
    """1 ÷ the rate of leaving in closed form, in whole months, at least 12, at most 36 or the horizon; where nobody leaves, the most."""
    assert months_of(ladder(leaving, months=months), []) == wanted


def test_as_long_as_customers_stayed_where_no_closed_form_knows() -> None:
    """Customer-months ÷ departures of the futures that were played; where nobody left, the most."""
    points = {"kind": "points", "points_per_order": 1.0, "reward_at": 9.0, "joins": {"probability": 0.5}}
    market = ladder(0.5, programs=[points])
    assert months_of(market, [(300.0, 10.0), (100.0, 10.0)]) == 20
    assert months_of(market, [(300.0, 0.0)]) == 36


@pytest.mark.parametrize(("shape", "wanted"), [(0.606, 36), (1.0, 36), (3.0, 30), (6.0, 24)])
def test_the_first_to_leave_do_not_say_how_long_customers_stay(shape: float, wanted: int) -> None:
    """Customers differ in how soon they leave: 20 months seen at first are 20·s/(s − 1) on the mean (Lomax), endless for s ≤ 1."""
    won, leaving = {"from": "lead", "to": "customer", "rate": 0.1}, {"from": "customer", "to": "gone", "rate": 0.05}
    assert months_of(ladder(0.05, steps=[won, leaving | {"gamma_shape": shape}]), [(400.0, 20.0)]) == wanted


def test_left_to_itself_it_looks_where_there_is_something_to_compare(shop: Scenario) -> None:
    """compare does, run of a market in which nothing is done does not; where k is asked for, always."""
    alone = replicate(shop, months_after=None, **SMALL)
    assert alone.after is None and alone.setting.months_after == 0
    asked = replicate(shop, months_after=3, **SMALL)
    assert asked.after is not None and asked.setting.months_after == 3
    against = replicate(shop, strategy="dear", with_nothing=True, months_after=None, **SMALL)
    assert against.nothing is not None and against.nothing.after is not None
    assert against.setting.months_after == found(against.nothing)
    assert list(tables_of(against)["after_horizon"]["strategy"]) == ["dear"]


def test_policies_are_not_looked_at(shop: Scenario) -> None:
    """What a user's function does after its horizon nobody knows: the look is left out, and that is said."""
    policy = Policy(file=str(policies.__file__), function="nudge", options={"rung": "lead"})
    dear = shop.strategies["dear"].model_copy(update={"policies": (policy,)})
    looked = compare(shop.model_copy(update={"strategies": {"dear": dear}}), **SMALL)
    assert looked.after_horizon.empty and looked.setting.months_after is None
    assert any("policy" in note for note in looked.notes)


@pytest.mark.parametrize("months", [-1, 1.5, True, "12", 10**9])
def test_no_number_of_months(shop: Scenario, months: Any) -> None:
    """What is none is refused before anything is played."""
    with pytest.raises(StudyError, match="months_after: found"):
        compare(shop, ["dear"], months_after=months, **SMALL)


def test_stopped_in_the_look_the_study_is_whole(shop: Scenario) -> None:
    """Ctrl-C after the last future of the file's horizon leaves out the look, and nothing else."""

    def stop(done: int, total: int, left: float | None) -> None:
        if done == 9:
            raise KeyboardInterrupt

    looked = compare(shop, ["dear"], months_after=3, progress=stop, **SMALL)
    assert not looked.interrupted and looked.after_horizon.empty and looked.setting.months_after == 0
    assert all(run.after_stopped and run.count == 4 for run in looked.runs.values())


def test_it_is_made_again(shop_file: Path, tmp_path: Path) -> None:
    """The manifest keeps for how long, also where that was found and not asked for; without one nothing is looked at."""
    from ladsim.scenario.load import load

    for months in (None, 4, 0):
        made = compare(load(shop_file), ["dear"], months_after=months, **SMALL)
        folder = write_study(tmp_path / str(months), made)
        result = again(folder)
        assert result.identical, result.differing
        assert (
            result.study.setting.months_after
            == made.setting.months_after
            == (found(made.runs["base"]) if months is None else months)
        )


def test_k_is_that_of_the_design() -> None:
    """12 to 36 months, 20 futures."""
    assert (after_horizon.LEAST, after_horizon.MOST, after_horizon.MOST_FUTURES) == (12, 36, 20)


@pytest.mark.parametrize("processes", [1, 2])
def test_memory_that_runs_out_in_the_look_leaves_the_study_whole(
    shop: Scenario, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    """What was finished before is kept; in the first part nothing is, and that is an error in words."""

    if sys.platform != "linux" and processes > 1:
        pytest.skip("processes that are no copies of this one do not know what was replaced here")
    monkeypatch.setattr(workers, "may_copy", lambda: True)

    def too_much(self: object, replication: int, worlds: object) -> None:
        raise MemoryError

    monkeypatch.setattr(after_horizon.LongerTask, "future", too_much)
    looked = compare(shop, ["dear"], months_after=3, **SMALL | {"processes": processes})
    assert looked.after_horizon.empty and all(run.after_stopped and run.count == 4 for run in looked.runs.values())
