"""The benchmark's programs play the model they are timed for, and a program that plays another one is found out."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import ladsim
from benchmarks import books, export, same_model, workload
from benchmarks.peers import c_program, ladsim_engine, numpy_daily
from benchmarks.programs import DAILY, PROGRAMS, SAME
from ladsim.model.layout import CUSTOMER
from ladsim.model.triggers import MESSAGE, TIME
from ladsim.scenario.tables import tables

SIZE, RUNS = 1000, 40


@pytest.fixture(scope="module", autouse=True)
def _markets(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Market files and compiled programs in a folder of their own."""
    folder: Path = tmp_path_factory.mktemp("out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "FOLDER", folder)
        patch.setattr(c_program, "FOLDER", folder)
        yield


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    """ladsim's counts at 1,000 customers."""
    return same_model.reference(SIZE, RUNS)


def runs_of(program: ModuleType, ladder: workload.Ladder, number: int) -> list[dict[str, Any]]:
    """Runs of a program at 1,000 customers, as the driver gets them."""
    prepared = program.prepare(workload.read_market(str(export.export(SIZE))), ladder)
    return [workload.timed(partial(program.play, prepared, ladder), seed) for seed in range(number)]


def test_the_peers_numbers_are_those_of_the_scenario() -> None:
    """Rates, chances, orders, messages and baskets are what ladsim makes of the same file."""
    laid_out, numbers = tables(export.workload()), workload.ladder()
    assert laid_out.rung_names == numbers.rungs
    assert laid_out.rungs["orders"].tolist() == list(numbers.orders)
    assert laid_out.talk[0].tolist() == list(numbers.messages)
    steps = laid_out.steps
    timed = [(s["origin"], s["to"], s["number"]) for s in steps if s["trigger"] == TIME]
    assert timed == [(origin, to, rate) for origin, ways in enumerate(numbers.exits) for to, rate in ways]
    assert {s["origin"]: s["number"] for s in steps if s["trigger"] == MESSAGE} == {0: 0.15, 1: 0.10}
    assert numbers.answers == (0.15, 0.10, 0.0, 0.0, 0.0, 0.0)
    mean = math.exp(numbers.basket_log_mean + 0.5 * numbers.basket_spread**2)
    assert math.isclose(mean, laid_out.market[0]["basket_mean"] / laid_out.unit)


def test_a_days_chances_are_those_of_the_rates() -> None:
    """A customer of W leaves with 0.15 + 0.10 a month, three of five to the rung above."""
    day = workload.ladder().daily()
    assert math.isclose(day.leave[2], 1.0 - math.exp(-0.25 / 30.0))
    assert (day.first[2], day.second[2]) == (3, 5)
    assert math.isclose(day.first_share[2], 0.6)


def test_ladsims_engines_count_the_same(reference: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """auto, day by day and simpy give one history; its counts pass the comparison, a changed one does not."""
    found = {}
    for way in ("auto", "general", "simpy"):
        monkeypatch.setattr(ladsim_engine, "WAY", way)
        found[way] = runs_of(ladsim_engine, workload.ladder(), 2)
    assert same_model.identical(found["general"], found["auto"])
    assert same_model.identical(found["simpy"], found["auto"])
    assert same_model.judged(SAME, found["auto"], reference)["same_model"]
    found["simpy"][1]["orders"] += 1
    assert not same_model.identical(found["simpy"], found["auto"])


def test_days_of_numpy_are_the_same_model(reference: dict[str, Any]) -> None:
    """NumPy's daily steps pass; the same with deaf leads, or with more lapsing, do not."""
    ladder = workload.ladder()
    runs = runs_of(numpy_daily, ladder, 12)
    said = same_model.judged(DAILY, runs, reference)
    assert said["same_model"], said
    assert 0.0 < said["difference"] < said["limit"] < 0.02
    deaf = workload.Ladder(**{**vars(ladder), "answers": (0.0,) * 6})
    assert not same_model.judged(DAILY, runs_of(numpy_daily, deaf, 12), reference)["same_model"]
    faster = tuple(tuple((to, 1.8 * rate if to == 5 else rate) for to, rate in ways) for ways in ladder.exits)
    lapsing = workload.Ladder(**{**vars(ladder), "exits": faster})
    assert not same_model.judged(DAILY, runs_of(numpy_daily, lapsing, 6), reference)["same_model"]


def test_daily_steps_have_a_small_bias() -> None:
    """Without messages: nothing for leads, whose only exit is one step; least for the rungs far from the start."""
    bias = same_model.bias_of_days(np.array([0.90, 0.08, 0.02, 0.0, 0.0, 0.0]))
    assert bias.shape == (4, 6)
    assert bias[:, 0].max() < 1e-12
    assert 1e-5 < bias.max() < 5e-4


@pytest.mark.skipif(c_program.compiler() is None, reason="there is no gcc")
@pytest.mark.parametrize("way", ["general", "horizon"])
@pytest.mark.parametrize(("size", "seeds"), [(1_000, (1, 7)), (10_000, (3,))])
def test_c_programs_equal_ladsim_to_the_last_digit(way: str, size: int, seeds: tuple[int, ...]) -> None:
    """Every book and every column of every customer's row, but that events beyond 32 bits of time are not told apart."""
    market = workload.read_market(str(export.export(size)))
    programs, laid_out, _ = c_program.prepare(market, workload.ladder())
    for seed in seeds:
        record, customers = c_program.played(way, market, seed, programs, laid_out)
        history = ladsim.simulate(export.workload(), seed=seed, sample=size)
        expected = books.of_history(history)
        assert expected.dtype == record.dtype
        for name in expected.dtype.names or ():
            assert expected[name].any(), name
            assert np.array_equal(record[name], expected[name]), name
        assert history.customers is not None
        for name in CUSTOMER.names or ():
            assert np.array_equal(books.column(customers, name), books.column(history.customers, name)), name
        assert books.fingerprint(record, customers) == books.fingerprint(expected, history.customers)


def test_books_hold_all_that_a_history_does() -> None:
    """Each book is the history's own; one that W has not is refused; a fingerprint shows a changed number of books and rows."""
    history = ladsim.simulate(export.workload(), seed=2, sample=SIZE)
    record, revenue, goods = books.of_history(history)[0], history.causes.index("revenue"), history.causes.index("goods")
    assert np.array_equal(record["money"].sum(axis=(0, 2)), history.money.sum(axis=(0, 2, 3))[[revenue, goods]])
    assert int(record["daily"].sum()) == history.profit_units == int(record["money"].sum())
    own = {"newcomers": history.new_customers, "buyers": history.cohort_buyers}
    for name in set(record.dtype.names or ()) - {"money", "daily", "messages"}:
        assert np.array_equal(record[name], own.get(name, getattr(history, name, None)).reshape(record[name].shape)), name
    assert np.array_equal(record["messages"], history.messages[:, 0, :2])
    assert history.customers is not None
    assert history.customers["revenue"].sum() == record["money"][:, 0].sum()
    before = books.fingerprint(books.of_history(history), history.customers)
    history.customers["booked"][5] += 1
    after = books.fingerprint(books.of_history(history), history.customers)
    history.flows[3, 0, 0] += 1
    assert len({before, after, books.fingerprint(books.of_history(history), history.customers)}) == 3
    history.daily[4, history.causes.index("handling")] = -1
    with pytest.raises(ValueError, match="daily money of other causes"):
        books.of_history(history)


def test_every_peer_has_its_file(root: Path) -> None:
    """Each program of the table is a file that says what it is, and all its packages are pinned."""
    pinned = [
        line.split("==")[0].lower() for line in (root / "benchmarks" / "peers.txt").read_text().splitlines() if "==" in line
    ]
    for program in PROGRAMS.values():
        text = (root / "benchmarks" / "peers" / f"{program.module}.py").read_text(encoding="utf-8")
        assert text.startswith('"""W by '), program.module
        assert program.ours or program.module.replace("_", "-") in pinned, program.module
