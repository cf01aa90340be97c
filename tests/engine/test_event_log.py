"""The event log: in memory, in a file, of all customers and of some; whole or not at all.

Tests: ``engine/event_table.py``, ``engine/followed.py``, ``engine/parquet.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladsim.engine import event_log, market_arrays, parquet
from ladsim.engine.event_table import WORDS
from ladsim.engine.history import History
from ladsim.engine.parquet import read_events
from ladsim.engine.run import simulate
from ladsim.engine.simulation import Simulation
from ladsim.errors import OutputError, PolicyError, StudyError
from ladsim.model.layout import EVENTS, MONTH, NOBODY_ID
from ladsim.scenario.load import load, loads, validated
from ladsim.scenario.spec import Scenario
from tests.strategies import bound, future, scenario_data

ENGINES = ("simpy", "fast")
SHOP = """
name = "shop"
months = 4
market_size = 60
currency = "EUR"
basket = { law = "gamma", mean = 20.0, shape = 2.0 }
money = { fixed_cost_per_month = 100.0 }
word_of_mouth = [{ layer = "friends", graph = { kind = "cycle" } }]
start = { orders = 1 }

[[rungs]]
name = "lead"
share = 0.5
[[rungs]]
name = "customer"
share = 0.5
orders_per_month = 2.0
messages_per_month = 1.0
cost_per_month = 0.7
[[steps]]
from = "lead"
to = "customer"
trigger = "message"
probability = 0.5
[[steps]]
from = "customer"
to = "lead"
monthly = 0.2
[strategies.more]
set = { "rungs.customer.orders_per_month" = 5.0 }
"""


@pytest.fixture(scope="module")
def shop() -> Scenario:
    return loads(SHOP)


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs of small markets meet what else only large ones do: rows put away within a tick, many groups in a file."""
    bound(monkeypatch)
    monkeypatch.setattr(market_arrays, "MANY_ROWS", 5)
    monkeypatch.setattr(parquet, "GROUP_ROWS", 64)


def ids_of(history: History) -> np.ndarray:
    assert history.customers is not None
    return history.customers["id"]


@pytest.mark.usefixtures("small_steps")
@settings(max_examples=60)
@given(scenario_data(), st.integers(0, 2**40))
def test_the_file_says_what_the_memory_says(tmp_path: Path, data: dict[str, Any], seed: int) -> None:
    """Over generated scenarios: the file's table is that of the log in memory, and both engines write the same bytes."""
    pytest.importorskip("pyarrow")
    scenario = validated(data)
    kept = future(scenario, seed=seed, log=True)
    files = [tmp_path / f"{engine}.parquet" for engine in ENGINES]
    for engine, file in zip(ENGINES, files, strict=True):
        written = simulate(scenario, seed=seed, log=file, engine=engine)
        assert written.log is None
        pd.testing.assert_frame_equal(written.events(), kept.events(), check_exact=True)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {file.name for file in files}


@pytest.mark.usefixtures("small_steps")
@settings(max_examples=60)
@given(scenario_data(), st.integers(0, 2**40), st.data())
def test_followed_customers_are_the_full_log_filtered(data: dict[str, Any], seed: int, more: st.DataObject) -> None:
    """Over generated scenarios, a number of customers or ids: their rows bit for bit, in both engines; everything else is counted as ever."""
    scenario = validated(data)
    full = future(scenario, seed=seed, log=True)
    assert full.log is not None
    people = st.sampled_from(ids_of(full).tolist())
    follow = more.draw(st.integers(1, 12) | st.lists(people, min_size=1, max_size=5))
    for engine in ENGINES:
        some = simulate(scenario, seed=seed, follow=follow, engine=engine)
        assert some.log is not None and some.followed is not None
        assert some.log.tolist() == full.log[np.isin(full.log["customer"], some.followed)].tolist()
        if isinstance(follow, int):
            assert some.followed.size == min(follow, ids_of(full).size)
        else:
            assert some.followed.tolist() == sorted(set(follow))
        assert np.array_equal(some.daily, full.daily) and np.array_equal(some.counts, full.counts)
        assert some.customers is not None and some.customers.tolist() == full.customers.tolist()  # type: ignore[union-attr]


def test_the_choice_depends_on_nothing_else(shop: Scenario) -> None:
    """The same people are followed under every strategy; the first of many are those who would be followed alone; luck decides who."""
    ten = simulate(shop, follow=10).followed
    assert ten is not None and ten.size == 10 and (np.diff(ten) > 0).all()
    assert simulate(shop, follow=10, strategy="more").followed.tolist() == ten.tolist()  # type: ignore[union-attr]
    assert set(simulate(shop, follow=3).followed.tolist()) < set(ten.tolist())  # type: ignore[union-attr]
    others = {tuple(simulate(shop, follow=10, replication=k).followed.tolist()) for k in range(8)}  # type: ignore[union-attr]
    assert len(others) == 8
    every = np.concatenate([simulate(shop, follow=10, seed=k).followed for k in range(60)])  # type: ignore[list-item]
    assert np.bincount(every.astype(int), minlength=60).max() <= 25  # 10 expected of each, standard deviation 2.9
    assert np.unique(every).size == 60


def test_followed_customers_in_a_file(shop: Scenario, tmp_path: Path) -> None:
    """A file of the followed only: their lives, nothing of the market, and who they are stands in the metadata."""
    arrow = pytest.importorskip("pyarrow.parquet")
    some = simulate(shop, follow=[7, 3], log=tmp_path / "lives.parquet")
    kept = simulate(shop, follow=[3, 7])
    pd.testing.assert_frame_equal(some.events(), kept.events())
    assert set(some.events()["customer"]) == {3, 7}
    facts = arrow.read_schema(tmp_path / "lives.parquet").metadata
    assert facts[b"ladsim.followed"] == b"[3, 7]"


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (0, "found 0"),
        (-3, "found -3"),
        (True, "found True"),
        (2.5, "found 2.5"),
        ("3", "found '3'"),
        ([], r"found \[\]"),
        ([1, "a"], "found"),
        ([-1], r"found \[-1\]"),
        ([5, 60], "found customer 60, must be ids of customers of this market, 0 to 59"),
    ],
)
def test_odd_numbers_to_follow_are_refused(shop: Scenario, odd: Any, said: str) -> None:
    """What cannot be followed is named, with what can."""
    with pytest.raises(StudyError, match=f"follow: {said}"):
        simulate(shop, follow=odd)


def test_all_may_be_followed(shop: Scenario) -> None:
    """A number beyond the market follows everybody; the market's own bookings are nobody's life."""
    all_of_them, full = simulate(shop, follow=1_000), simulate(shop, log=True)
    assert all_of_them.log is not None and full.log is not None
    own = full.log["customer"] == NOBODY_ID
    assert own.any()
    assert all_of_them.log.tolist() == full.log[~own].tolist()


def test_the_table_names_everything(shop: Scenario) -> None:
    """Months, names, currency; the market's own bookings have no customer and no rung."""
    history = simulate(shop, log=True)
    assert history.log is not None
    events = history.events()
    assert list(events) == ["month", "time", "customer", "sequence", *WORDS, "other", "amount"]
    assert len(events) == len(history.log)
    assert (events["month"] * MONTH).round().tolist() == events["time"].tolist()
    assert set(events["event"]) == {"start", "move", "order", "book", "send", "hear"} <= set(EVENTS)
    market = events[events["customer"].isna()]
    assert set(market["cause"]) == {"fixed_cost"} and set(market["from"]) == set(market["to"]) == {""}
    assert market["amount"].sum() == pytest.approx(-400.0)
    moves = events[events["event"] == "move"]
    assert set(moves["cause"]) == set(history.step_names)
    assert {*zip(moves["from"], moves["to"], strict=True)} == {("lead", "customer"), ("customer", "lead")}
    assert moves[moves["to"] == "customer"]["other"].notna().all()
    assert events[events["event"] == "book"]["amount"].sum() == pytest.approx(history.profit_units / history.unit)
    rows = history.log[:50]
    for place in range(50):
        assert history.names.cause(int(rows["event"][place]), int(rows["cause"][place])) == events["cause"].iloc[place]


def test_the_file_for_others(shop: Scenario, tmp_path: Path) -> None:
    """Any reader of Parquet finds whole numbers, names as dictionaries, and in the metadata what they mean."""
    arrow = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "events.parquet"
    simulate(shop, seed=5, replication=1, strategy="more", sample=30, log=str(file))
    schema = arrow.read_schema(file)
    kinds = {name: str(schema.field(name).type) for name in schema.names}
    word = "dictionary<values=string, indices=int16, ordered=0>"
    assert kinds == {
        "time": "int64", "customer": "uint64", "sequence": "int32", "event": word, "from": word, "to": word, "cause": word,
        "other": "uint64", "amount": "int64",
    }  # fmt: skip
    facts = {key.decode(): value.decode() for key, value in schema.metadata.items() if key.startswith(b"ladsim.")}
    assert facts["ladsim.schema"] == "1" and facts["ladsim.unit"] == "100000" and facts["ladsim.time_per_month"] == str(MONTH)
    assert (facts["ladsim.scenario"], facts["ladsim.strategy"], facts["ladsim.currency"]) == ("shop", "more", "EUR")
    assert (facts["ladsim.seed"], facts["ladsim.replication"], facts["ladsim.scale"]) == ("5", "1", "2.0")
    times = arrow.read_table(file)["time"].to_numpy()
    assert (np.diff(times) >= 0).all() and times.max() <= 4 * MONTH


def test_a_long_log_goes_to_a_file(shop: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What memory must not hold a file may; only what happens on one day has to fit, and both engines say so alike."""
    pytest.importorskip("pyarrow")
    full = simulate(shop, log=True)
    assert full.log is not None
    monkeypatch.setattr(Simulation, "most_rows", 100)
    with pytest.raises(StudyError, match=r"found more than 100 events by month 0\.00; so many .* write it to a file"):
        simulate(shop, log=True)
    assert len(simulate(shop, log=tmp_path / "long.parquet").events()) == len(full.log) > 900
    monkeypatch.setattr(Simulation, "most_rows", 10)
    said = []
    for engine in ENGINES:
        with pytest.raises(StudyError, match="found more than 10 events on one day, by month") as error:
            simulate(shop, log=tmp_path / "too.parquet", engine=engine)
        said.append(str(error.value))
    assert said[0] == said[1]
    assert [path.name for path in tmp_path.iterdir()] == ["long.parquet"]


def test_costs_of_all_at_one_instant_do_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start and at month starts every customer has rows: they are put away as they come, in order, and not held until all are there."""
    pytest.importorskip("pyarrow")
    shop = loads(SHOP.replace("market_size = 60", "market_size = 20_000").replace("months = 4", "months = 1"))
    held = [0]
    before = event_log.EventLog.take

    def take(self: event_log.EventLog, rows: Any) -> None:
        before(self, rows)
        held.append(self.waiting_rows)

    monkeypatch.setattr(event_log.EventLog, "take", take)
    monkeypatch.setattr(market_arrays, "MANY_ROWS", 2_000)
    for engine in ENGINES:
        del held[1:]
        file = simulate(shop, log=tmp_path / f"{engine}.parquet", engine=engine)
        assert max(held) < 5_000
    log = simulate(shop, log=True).events()
    assert (log["time"] == 0).sum() >= 60_000 and (log["time"] == MONTH).sum() > 9_000
    pd.testing.assert_frame_equal(file.events(), log)
    assert (tmp_path / "simpy.parquet").read_bytes() == (tmp_path / "fast.parquet").read_bytes()


def failing(shop: Scenario, folder: Path) -> Scenario:
    file = folder / "late.py"
    file.write_text("def act(env, market):\n    yield market.months(2)\n    1 / 0\n", encoding="utf-8")
    return loads(SHOP.replace("[[rungs]]", f'policies = [{{ file = "{file.as_posix()}", function = "act" }}]\n[[rungs]]', 1))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_that_fails_leaves_no_file(engine: str, shop: Scenario, tmp_path: Path) -> None:
    """A policy that fails in month 2: the older file of that name stays as it was, and nothing else is there."""
    pytest.importorskip("pyarrow")
    (tmp_path / "in").mkdir()
    file = tmp_path / "in" / "events.parquet"
    simulate(shop, log=file)
    older = file.read_bytes()
    with pytest.raises(PolicyError):
        simulate(failing(shop, tmp_path), log=file, engine=engine)
    assert file.read_bytes() == older and [path.name for path in file.parent.iterdir()] == ["events.parquet"]


def test_ctrl_c_leaves_no_file(shop: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped by Ctrl-C in the middle: nothing is left."""
    pytest.importorskip("pyarrow")
    before = event_log.EventLog.close_tick

    def close_tick(self: event_log.EventLog, t: int) -> None:
        if t >= 2 * MONTH:
            raise KeyboardInterrupt
        before(self, t)

    monkeypatch.setattr(event_log.EventLog, "close_tick", close_tick)
    with pytest.raises(KeyboardInterrupt):
        simulate(shop, log=tmp_path / "events.parquet")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("place", ["replace", "close"])
def test_ctrl_c_at_the_last_moment_leaves_no_file(
    place: str, shop: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped while the file is closed or renamed, and again while it is taken away: nothing is left."""
    arrow = pytest.importorskip("pyarrow.parquet")

    owner, name = (parquet.os, "replace") if place == "replace" else (arrow.ParquetWriter, "close")
    whole, pressed = getattr(owner, name), []

    def stop(*arguments: Any) -> None:
        pressed.append(name)
        if len(pressed) <= 2:  # a third time it is the writer's own end
            raise KeyboardInterrupt
        whole(*arguments)

    monkeypatch.setattr(owner, name, stop)
    with pytest.raises(KeyboardInterrupt):
        simulate(shop, log=tmp_path / "events.parquet")
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fills_up(shop: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file cannot be written to the end: said in words, nothing left behind."""
    arrow = pytest.importorskip("pyarrow.parquet")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(arrow.ParquetWriter, "write_table", full)
    with pytest.raises(OutputError, match=r"events\.parquet: could not be written \(No space left on device\)"):
        simulate(shop, log=tmp_path / "events.parquet")
    assert not list(tmp_path.iterdir())


def test_places_that_cannot_be_written(shop: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing folder and a folder's name are refused before anything is simulated."""
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(Simulation, "run", lambda self: pytest.fail("it was simulated"))
    for place in (tmp_path / "nowhere" / "events.parquet", tmp_path):
        with pytest.raises(OutputError, match="could not be written"):
            simulate(shop, log=place)
    assert not list(tmp_path.iterdir())


def test_a_folder_is_no_file(shop: Scenario, tmp_path: Path) -> None:
    """Where a folder bears the file's name that is what is said."""
    pytest.importorskip("pyarrow")
    with pytest.raises(OutputError, match=rf"{tmp_path.name}: could not be written \({tmp_path} is no file\)"):
        simulate(shop, log=tmp_path)


@pytest.mark.parametrize(("to_file", "said"), [
    (False, "log: found more than 16,777,216 events by month 1.50; so many are kept in memory (0.8 GB), no more: "
            'write it to a file (log="events.parquet"), follow a sample of customers (follow=100), or simulate fewer months or a smaller sample'),
    (True, "log: found more than 16,777,216 events on one day, by month 1.50; so many are kept in memory (0.8 GB), no more: "
           "follow a sample of customers (follow=100), or simulate fewer months or a smaller sample"),
])  # fmt: skip
def test_what_is_said_of_too_many_rows(to_file: bool, said: str) -> None:
    """How many, by when, how much memory that is, and what helps."""
    assert str(event_log.too_many_rows(3 * MONTH // 2, event_log.MOST_ROWS, to_file)) == said


def test_without_pyarrow(shop: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pyarrow is missing the way to get it is said; a log in memory needs none."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(StudyError, match=r"needs pyarrow, which is not installed: pip install pyarrow"):
        simulate(shop, log=tmp_path / "events.parquet")
    assert simulate(shop, log=True).equals(simulate(shop, log=True, engine="simpy"))


def test_files_of_others_are_refused(tmp_path: Path) -> None:
    """What is no event log is named."""
    pytest.importorskip("pyarrow")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "other.parquet")
    (tmp_path / "text.parquet").write_text("no such thing", encoding="utf-8")
    for name, said in (
        ("other", "is no event log of ladsim"),
        ("text", "cannot be read as a Parquet file"),
        ("none", "cannot be read"),
    ):
        with pytest.raises(StudyError, match=said):
            read_events(tmp_path / f"{name}.parquet")


def test_a_history_without_a_log_says_so(shop: Scenario) -> None:
    """Asked for events that were not kept, a history says how to keep them."""
    with pytest.raises(StudyError, match="log=True"):
        simulate(shop).events()


def test_the_workload_in_a_file(root: Path, tmp_path: Path) -> None:
    """The benchmark's workload at 3,000 customers, both engines, in one file each."""
    pytest.importorskip("pyarrow")
    scenario = load(root / "benchmarks" / "w.toml")
    kept = simulate(scenario, seed=7, sample=3000, log=True)
    for engine in ENGINES:
        written = simulate(scenario, seed=7, sample=3000, log=tmp_path / f"{engine}.parquet", engine=engine)
        pd.testing.assert_frame_equal(written.events(), kept.events())
    assert (tmp_path / "simpy.parquet").read_bytes() == (tmp_path / "fast.parquet").read_bytes()
