"""What is too much for a run: money beyond the books, markets without rest, policies that would end ladsim.

Tests: ``engine/message_limits.py``, ``engine/run.py``.
"""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import pytest

from ladsim.engine.kernel import Fast
from ladsim.engine.run import prepared, simulate
from ladsim.engine.simulation import Simulation
from ladsim.errors import PolicyError, StudyError
from ladsim.scenario.load import loads, validated
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import tables
from ladsim.world.build import build

MARKET = """
name = "shop"
months = 3
market_size = 50
rungs = [{{ name = "customer", share = 1.0, orders_per_month = {orders}, entry_cost = {entry} }}, {{ name = "gone", off_ladder = true }}]
steps = [{{ from = "customer", to = "gone", monthly = 0.1 }}]
basket = {{ mean = {basket} }}
money = {{ fixed_cost_per_month = {fixed} }}
"""


def market(orders: float = 1.0, basket: float = 20.0, entry: float = 0.0, fixed: float = 0.0, more: str = "") -> Scenario:
    return loads(MARKET.format(orders=orders, basket=basket, entry=entry, fixed=fixed) + more)


@pytest.mark.parametrize("engine", ["simpy", "fast"])
@pytest.mark.parametrize("much", [{"basket": 1e12}, {"entry": 1e12}, {"fixed": 1e12, "orders": 0.0, "entry": 9e11}])
def test_money_never_wraps_around(much: dict[str, float], engine: str) -> None:
    """More than int64 surely holds ends the run in words, in both engines, instead of a sum with the wrong sign."""
    with pytest.raises(StudyError, match="than can be counted exactly"):
        simulate(market(**much), engine=engine)


@pytest.mark.parametrize("engine", ["simpy", "fast"])
def test_fixed_costs_that_a_policy_looks_on_never_wrap_around(tmp_path: Path, engine: str) -> None:
    """What comes to too much month by month, booked by the plan alone, ends the run in words also where a policy stands beside it."""
    scenario = with_policy(tmp_path, "    yield market.months(1)", fixed=1e12, months=120.0)
    with pytest.raises(StudyError, match="than can be counted exactly"):
        simulate(scenario, engine=engine)


def test_much_money_is_counted_exactly() -> None:
    """Just below the limit every unit is there."""
    history = simulate(market(orders=0.0, entry=2e11))
    assert history.money.sum() == -50 * 2 * 10**11 * 100_000


@pytest.mark.parametrize("engine", ["simpy", "fast"])
def test_ctrl_c_is_heard_in_a_market_without_rest(engine: str) -> None:
    """Customers who order a thousand million times a month can be stopped."""
    timer = threading.Timer(2.0, signal.raise_signal, [signal.SIGINT])
    simulate(market(orders=1.0), engine=engine)  # compiled before the clock runs
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            simulate(market(orders=1e9), engine=engine)
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)


def with_policy(folder: Path, lines: str, fixed: float = 0.0, months: float = 3) -> Scenario:
    file = folder / "policy.py"
    file.write_text(f"import sys\n\ndef act(env, market):\n{lines}\n", encoding="utf-8")
    scenario = market(fixed=fixed, more=f'policies = [{{ file = "{file.as_posix()}", function = "act" }}]\n')
    return scenario.model_copy(update={"months": months})


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("    yield market.months(1)\n    sys.exit(0)", r"act: line 5: RuntimeError: SystemExit"),
        ("    raise GeneratorExit\n    yield", r"act: line 4: RuntimeError: GeneratorExit"),
        ("    market.multiply('basket', 1e308)\n    yield market.months(1)", r"line 4: ValueError: multiply: found 1e\+308"),
        ("    market.spend(1e300)\n    yield market.months(1)", r"line 4: StudyError: money"),
        ("    market.spend(float('nan'))\n    yield market.months(1)", r"line 4: ValueError: spend: found nan"),
        ("    yield env.timeout(-1)", r"line 4: ValueError: Negative delay"),
        ("    yield None", r"act: TypeError: yielded None, must yield market\.months\(…\) or another SimPy event$"),
    ],
)
def test_a_policy_that_misbehaves_is_named(tmp_path: Path, lines: str, said: str) -> None:
    """The file, the function and the line; `sys.exit(0)` is no success."""
    with pytest.raises(PolicyError, match=said):
        simulate(with_policy(tmp_path, lines))


@pytest.mark.parametrize("engine", ["simpy", "fast"])
def test_a_wait_of_half_a_unit_of_time_leaves_the_market_running(tmp_path: Path, engine: str) -> None:
    """A policy that waits for a fraction goes on at the next tick, and the customers live on as without it."""
    scenario = with_policy(tmp_path, "    for _ in range(3):\n        yield env.timeout(0.5)")
    alone = simulate(replace_policies(scenario), engine=engine)
    assert (simulate(scenario, engine=engine).counts == alone.counts).all()
    assert alone.counts[-1].tolist() != alone.counts[0].tolist()


def replace_policies(scenario: Scenario) -> Scenario:
    return scenario.model_copy(update={"policies": ()})


@pytest.mark.parametrize(
    "odd", [{"seed": -1}, {"seed": 2**64}, {"seed": 1.5}, {"replication": 2**63}, {"sample": 2.5}, {"threads": 0}]
)
def test_odd_numbers_are_refused(odd: dict[str, int]) -> None:
    """Numbers that cannot address luck, or people, are named."""
    with pytest.raises(StudyError, match=f"{next(iter(odd))}.*found"):
        simulate(market(), **odd)  # type: ignore[arg-type]


ENGINES = ["simpy", "fast"]


def loop(*, at_start: str = "announces", people: int = 30, policies: list[dict[str, str]] | None = None) -> Scenario:
    """A market in which every answer announces to everybody, and every announcement is answered."""
    return validated(
        {
            "schema": 1, "name": "loop", "months": 3, "market_size": people,
            "rungs": [
                {"name": "a", "share": 1.0, "announces": at_start == "announces", "messages_per_month": 1.0},
                {"name": "b", "announces": True},
            ],
            "steps": [
                {"from": "a", "to": "b", "trigger": "message", "probability": 1.0},
                {"from": "b", "to": "a", "trigger": "message", "probability": 1.0},
            ],
            "word_of_mouth": [{"layer": "all", "graph": {"kind": "everyone"}}],
            "policies": policies or [],
        }
    )  # fmt: skip


def said(scenario: Scenario, engine: str, **options: object) -> str:
    """The words in which a run ends that is too much."""
    with pytest.raises(StudyError) as error:
        simulate(scenario, engine=engine, **options)  # type: ignore[arg-type]
    return str(error.value)


@pytest.mark.parametrize("most", [0, 500, 869, 870, 871, 40_000])
@pytest.mark.parametrize("at_start", ["announces", "talks"])
def test_messages_that_multiply_without_end(at_start: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Announcements that always lead to announcements end in words, not in the machine's memory: in both engines for the same day."""
    monkeypatch.setattr(Simulation, "most_messages", most)
    one, other = (said(loop(at_start=at_start), engine) for engine in ENGINES)
    assert f"more than {most:,} messages for one day at month 0." in one
    assert "multiply without end" in one
    assert one == other


@pytest.mark.parametrize("most", [0, 100, 2_000, 40_000])
@pytest.mark.parametrize("messages", [870, 30_000, 1 << 24])
def test_a_log_that_outgrows_the_memory(most: int, messages: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of more rows than are kept ends in words; where messages multiply at the same tick, both engines name the same of the two."""
    monkeypatch.setattr(Simulation, "most_rows", most)
    monkeypatch.setattr(Simulation, "most_messages", messages)
    one, other = (said(loop(), engine, log=True) for engine in ENGINES)
    assert one == other
    assert f"log: found more than {most:,} events by month 0.0" in one or f"more than {messages:,} messages" in one


def test_a_log_that_just_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many rows as are allowed are kept, not one more."""
    history = simulate(market(), log=True)
    assert history.log is not None
    for most in (len(history.log), len(history.log) - 1):
        monkeypatch.setattr(Simulation, "most_rows", most)
        for engine in ENGINES:
            if most == len(history.log):
                assert history.equals(simulate(market(), log=True, engine=engine))
            else:
                assert f"more than {most:,} events" in said(market(), engine, log=True)


def test_no_log_no_bound_of_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run without a log never ends because of its rows."""
    monkeypatch.setattr(Simulation, "most_rows", 0)
    assert simulate(market()).log is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_policy_that_fails_later_does_not_hide_the_multiplying(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two errors at one tick the customers' comes first, as the customers do."""
    monkeypatch.setattr(Simulation, "most_messages", 870)
    file = tmp_path / "late.py"
    file.write_text("def act(env, market):\n    yield market.months(1 / 30)\n    1 / 0\n", encoding="utf-8")
    scenario = loop(policies=[{"file": file.as_posix(), "function": "act"}])
    assert "multiply without end" in said(scenario, engine)


def test_a_plan_that_costs_too_much_ends_the_run() -> None:
    """Also where one call plays all of it: a campaign too dear to be set up."""
    ads = {"name": "ads", "response": {"half_at": 1.0}, "effects": [{"on": "orders", "full": 0.5}]}
    data = {
        "schema": 1, "name": "dear", "months": 3, "market_size": 4, "steps": [], "channels": [ads],
        "rungs": [{"name": "buyer", "share": 1.0, "orders_per_month": 1.0}],
        "campaigns": [{"channel": "ads", "monthly_spend": 2.0, "setup_cost": 5.0}],
    }  # fmt: skip
    scenario = validated(data)
    simulation = prepared(tables(scenario), build(scenario), Fast)
    simulation.rules.plan_arrays.campaigns["setup"] = 1e30
    with pytest.raises(StudyError, match="than can be counted exactly"):
        simulation.run()
