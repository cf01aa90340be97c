"""Plain Python and WebAssembly play the rules without a compiler, each alone and beside machine code: always the same bits.

Tests: ``hosts/plain.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladsim import streams
from ladsim.engine.agreement import parting
from ladsim.engine.kernel import Fast
from ladsim.engine.reference import Reference
from ladsim.engine.run import prepared
from ladsim.engine.simulation import Simulation
from ladsim.errors import StudyError
from ladsim.hosts.plain import Plain
from ladsim.model.layout import E_BOOK, E_HEAR, E_LEVEL, E_MOVE, E_ORDER, LOG
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import loads, validated
from ladsim.scenario.tables import tables
from ladsim.world.build import build
from tests.baselines.stored import Entry
from tests.hosts import compiles
from tests.hosts.elsewhere import ENGINES, ROOT, by_another, entries, played
from tests.strategies import WEIGHTED_TIES, bound, scenario_data

COMPILERS = {"numba", "llvmlite"}
# What another process is told, so that it plays on this host.
ENVIRONMENT = {"plain": {"NUMBA_DISABLE_JIT": "1"}, "wasm": {"LADSIM_HOST": "wasm"}}


def is_rich(entry: Entry) -> bool:
    """Programmes of at least two kinds, word of mouth, campaigns and a tactic, few people, in the scenario as it stands."""
    data = entry["scenario"]
    kinds = {program["kind"] for program in data.get("programs", [])}
    return not entry["strategy"] and bool(
        len(kinds) > 1 and data["word_of_mouth"] and data["campaigns"] and data.get("tactics") and data["market_size"] <= 40
    )


def agreed(host: str, count: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first so many rich scenarios: each engine gives on a host what it gives by machine code, and no compiler was loaded there."""
    stored = entries()
    numbers = [number for number, entry in enumerate(stored) if is_rich(entry)][:count]
    assert len(numbers) == count
    others, loaded = by_another(numbers, folder / "histories", **ENVIRONMENT[host])
    assert not COMPILERS & loaded
    monkeypatch.setenv("LADSIM_HOST", "native")
    seen = np.zeros(E_LEVEL + 1, np.int64)
    for number, found in zip(numbers, others, strict=True):
        assert set(found) == set(ENGINES)
        for engine, history in played(stored[number]).items():
            assert history.equals(found[engine]), f"entry {number}, {engine}: {parting(history, found[engine])}"
            assert history.log is not None
            seen += np.bincount(history.log["event"], minlength=seen.size)[: seen.size]
    assert (seen[[E_MOVE, E_ORDER, E_BOOK, E_HEAR, E_LEVEL]] > 10 * count).all(), "and a good deal happened"


@compiles
@pytest.mark.parametrize("host", ENVIRONMENT)
class TestBitForBit:
    def test_a_few_scenarios(self, host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Log, books, snapshots and every customer's row, with programmes, word of mouth, campaigns and policies."""
        agreed(host, 12, tmp_path, monkeypatch)

    @pytest.mark.long
    def test_many_scenarios(self, host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same over 120 of them."""
        agreed(host, 120, tmp_path, monkeypatch)


SHOP = """
schema = 1
name = "Shop"
months = 2
market_size = 40
rungs = [{ name = "lead", share = 1.0 }, { name = "customer", orders_per_month = 1.0, messages_per_month = 2.0 }]
steps = [{ from = "lead", to = "customer", monthly = 0.3 }]
word_of_mouth = [{ layer = "friends", graph = { kind = "barabasi_albert", links = 2 } }]
programs = [{ kind = "points", joins = { probability = 1.0 }, points_per_unit = 1.0, reward_at = 3.0, reward_cost = 1.0 }]
[strategies.one.set]
"rungs.customer.orders_per_month" = 1.5
"""


@pytest.mark.parametrize("host", ENVIRONMENT)
@pytest.mark.parametrize("words", [["run"], ["compare", "--replications", "2"]], ids=["run", "compare"])
def test_a_study_without_a_compiler(words: list[str], host: str, tmp_path: Path) -> None:
    """From the graph to the page and its folder: nothing that compiles is loaded, and the study is whole."""
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")
    without_a_compiler([words[0], "shop.toml", "--processes", "1", *words[1:]], tmp_path, ENVIRONMENT[host])


def without_a_compiler(words: list[str], folder: Path, environment: dict[str, str]) -> None:
    """A command whose process loads nothing that compiles, and leaves a study in ``found``."""
    script = (
        "import sys\nfrom ladsim.cli import main\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code, ended.code\n"
        f"assert not {COMPILERS!r} & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *words, "--out", "found"],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (folder / "found" / "manifest.json").is_file()


@pytest.mark.parametrize("words", [["run", "coffee_chain"], ["compare", "program_points"]], ids=["run", "compare"])
def test_the_first_study_of_all_compiles_nothing(words: list[str], tmp_path: Path) -> None:
    """As a newcomer has it: no host asked for, an empty cache, two processes; what is kept is WebAssembly's alone, workers' included."""
    cache = tmp_path / "cache"
    newcomer = {"LADSIM_HOST": "", "NUMBA_DISABLE_JIT": "0", "LADSIM_CACHE_DIR": str(cache)}
    without_a_compiler([*words, "--sample", "300", "--replications", "4", "--processes", "2"], tmp_path, newcomer)
    kept = {file.suffix for file in cache.rglob("*") if file.is_file()}
    assert ".bin" in kept
    assert not kept & {".nbi", ".nbc"}


def log_of(host: str, engine: type[Simulation]) -> np.ndarray:
    """The event log of the shop on a host, in this process."""
    scenario = loads(SHOP)
    simulation = prepared(tables(scenario), build(scenario), engine, seed=4, log=True, host=host)
    simulation.run()
    return simulation.sorted_log()


@compiles
@pytest.mark.parametrize("engine", [Reference, Fast])
def test_hosts_side_by_side(engine: type[Simulation]) -> None:
    """A market is its block's: hosts take turns in one process, and each log is what it was."""
    logs = [log_of(host, engine) for host in ("native", "wasm", "plain", "wasm", "native")]
    assert len(logs[0]) > 100
    assert all(log.tolist() == logs[0].tolist() for log in logs)


YOUNG: dict[str, Any] = {  # what the stored scenarios are too old to have
    "name": "young", "months": 4, "market_size": 40,
    "rungs": [
        {"name": "lead", "people": 25, "messages_per_month": 1.0},
        {"name": "customer", "people": 15, "orders_per_month": 3.0, "messages_per_month": 4.0},
    ],
    "steps": [
        {"from": "lead", "to": "customer", "monthly": 0.2},
        {"from": "lead", "to": "customer", "trigger": "message", "probability": 0.3},
        {"from": "customer", "to": "lead", "monthly": 0.2},
    ],
    "word_of_mouth": [
        {"layer": budget, "budget": budget, "graph": {"kind": "file", "path": str(WEIGHTED_TIES), "copies": 2}}
        for budget in ("per_sender", "per_edge", "per_receiver")
    ],
    "programs": [{"kind": "prize_draw", "every": 2, "chance": 0.5, "prize": 3.0, "joins": {"probability": 1.0}}],
    "channels": [{
        "name": "search", "today": {"monthly_spend": 100.0, "extra_customers": 1.0, "of_most": 0.5},
        "effects": [{"on": "steps.lead.customer", "full": 1.0}],
    }],
    "tactics": [{"name": "letter", "effects": [{"on": "orders", "full": 0.5}]}],
    "campaigns": [
        {"channel": "search", "monthly_spend": 150.0},
        {"tactic": "letter", "after": "order", "lasts_days": 20.0, "running_cost_per_month": 2.0},
    ],
}  # fmt: skip


def outcome(data: dict[str, Any], seed: int, host: str, engine: type[Simulation]) -> list[Any]:
    """The event log of a market on a host, or in which words it ends."""
    plain = resolve(validated(data), seed, 0)
    simulation = prepared(tables(plain), build(plain), engine, seed=seed, log=True, host=host)
    try:
        simulation.run()
        return simulation.sorted_log().tolist()  # type: ignore[no-any-return]
    except StudyError as error:
        return [str(error)]
    finally:
        simulation.close()


@compiles
def test_what_is_new_is_played_alike() -> None:
    """Ties with weights under each budget, prizes, people, a curve solved from today: by each engine on each host."""
    ways = [(host, engine) for host in ("native", "wasm", "plain") for engine in (Fast, Reference)]
    first, *others = (outcome(YOUNG, 3, *way) for way in ways)
    assert all(other == first for other in others)
    what = LOG.names.index("event")
    seen = np.bincount([row[what] for row in first], minlength=E_LEVEL + 1)
    assert (seen[[E_MOVE, E_ORDER, E_BOOK, E_HEAR]] > 20).all()


@compiles
@settings(max_examples=12)
@given(scenario_data(), st.integers(0, 2**40))
def test_what_the_generator_draws_today(data: dict[str, Any], seed: int) -> None:
    """Scenarios that are not stored yet, with everything that the generator knows."""
    with pytest.MonkeyPatch.context() as patch:
        bound(patch)
        first, *others = (outcome(data, seed, host, Fast) for host in ("native", "wasm", "plain"))
    assert all(other == first for other in others)


def test_a_debugger_sees_the_rules() -> None:
    """Python's trace goes through the lines of a customer's life, from the process into what a programme does."""
    seen: set[tuple[str, str]] = set()

    def trace(frame: Any, event: str, argument: object) -> Any:
        seen.add((Path(frame.f_code.co_filename).stem, frame.f_code.co_name))

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        log_of("plain", Reference)
    finally:
        sys.settrace(before)
    lived = {
        ("reference", "customer"),
        ("behaviour", "act"),
        ("behaviour", "move"),
        ("orders", "book_order"),
        ("streams", "bits"),
    }
    assert lived | {("points", "on_order"), ("word_of_mouth", "send"), ("hazards", "order_hazard")} <= seen


def test_whole_numbers_begin_again_at_0_without_a_word() -> None:
    """Arrays come out as from the compiled rules, and an entry may be asked many times."""
    ids = np.arange(4, dtype=np.uint64)
    asked = Plain().bound(streams.uniforms)
    first = asked(streams.key_of_run(3, 0), ids, streams.NO_WORD, streams.CLOCK)
    assert first.tolist() == streams.uniforms(streams.key_of_run(3, 0), ids, streams.NO_WORD, streams.CLOCK).tolist()
    assert asked(streams.key_of_run(3, 0), ids, streams.NO_WORD, streams.CLOCK).tolist() == first.tolist()
    with pytest.warns(RuntimeWarning, match="overflow"):
        streams.run_key(np.uint64(2**63), np.uint64(2**63))
