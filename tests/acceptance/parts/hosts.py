"""Every host plays what is recorded: machine code, WebAssembly, Python, and a process per customer; the same hashes for all.

Each unit is one stored entry (``tests/baselines``), played by machine code, by WebAssembly, and by SimPy; without a log by one, two and
three threads that share its customers; saved at a month and gone on from there; every tenth by Python alone. What WebAssembly could not
play is counted by its reason.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
import tomlkit

import ladsim
from ladsim.engine import run
from ladsim.engine.history import History
from ladsim.engine.kernel import Fast
from ladsim.errors import StudyError
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from tests.acceptance.part import Line, Part, Row, Unit, at_least
from tests.acceptance.rules import GENERATOR, STUDIES
from tests.baselines.played import told
from tests.baselines.results import Hashes, results_of
from tests.baselines.stored import KINDS, Entry, difference

SMALL_STEP, PLAIN_STEP = 50, 10
GENERATED = KINDS["generated"]
LEAST_IN_WASM = 0.99  # of all
THREADS = (1, 2, 3)
LEAST_SHARED = {2: 2, 3: 10}  # by so many threads: one in so many of all scenarios at least has people enough for them


def stored(unit: Unit) -> tuple[Entry, str]:
    """The entry and the record of a unit; of the small size, every fiftieth of all."""
    place = unit.number * SMALL_STEP if unit.small else unit.number
    return GENERATED.entries()[place], GENERATED.records()[place]


def scenario_of(entry: Entry) -> tuple[Scenario, str | None]:
    """The scenario of an entry, and its strategy."""
    scenario, place = validated(entry["scenario"]), entry["strategy"]
    return scenario, list(scenario.strategies)[place] if isinstance(place, int) else place


def played(entry: Entry, host: str, **how: Any) -> tuple[History, set[str]]:
    """A future on a host, and the hosts that really played it. Raises StudyError where the future ends in one."""
    scenario, strategy = scenario_of(entry)
    used: set[str] = set()
    plain_block = run.block_for

    def noted(name: str) -> Any:
        used.add(name)
        return plain_block(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LADSIM_HOST", host)
        patch.setattr(run, "block_for", noted)
        patch.setattr(Fast, "chunk", 1)  # 16 customers: so that a small market has several, and threads share them
        own = {"seed": entry["seed"], "replication": entry["replication"], "sample": entry.get("sample")}
        return ladsim.simulate(scenario, strategy=strategy, **own, **how), used


def by_threads(entry: Entry, threads: int) -> tuple[History, int]:
    """A future by machine code without a log, and on how many threads it was really played."""
    used: list[int] = []
    start = Fast.__init__

    def noted(self: Fast, *arguments: Any, **options: Any) -> None:
        start(self, *arguments, **options)
        used.append(self.crew)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Fast, "__init__", noted)
        history, _ = played(entry, "native", threads=threads)
    return history, used[-1]


def hashes(entry: Entry, host: str, **how: Any) -> tuple[Hashes, set[str]]:
    """What comes out on a host, as hashes."""
    history, used = played(entry, host, log=True, **how)
    return results_of(history, scenario_of(entry)[0]), used


def play(unit: Unit) -> Row:
    """Raises with the host and the first part that differs from the record."""
    entry, recorded = stored(unit)
    in_wasm, reason, threads = False, "", 0
    ways: list[tuple[str, dict[str, Any]]] = [("native", {}), ("wasm", {}), ("auto", {"engine": "simpy"})]
    if unit.number % PLAIN_STEP == 0:
        ways.append(("plain", {}))
    for host, how in ways:
        try:
            found, used = hashes(entry, host, **how)
        except (StudyError, ValueError) as error:
            if host != "wasm":
                raise
            reason = str(error)
            continue
        what = difference(recorded, found)
        assert not what, f"{told(entry)} by {host} {how or ''}: {what}"
        in_wasm |= host == "wasm" and used == {"wasm"}
    if "too many" not in reason:
        (first, _), *others = (by_threads(entry, number) for number in THREADS)
        threads = max(number for _, number in others)
        others += [(played(entry, "wasm")[0], 1)] if in_wasm else []
        assert all(first.equals(other) for other, _ in others), f"{told(entry)}: without a log, threads or hosts differ"
    forked = fork(unit, entry)
    is_plain = unit.number % PLAIN_STEP == 0
    return {"wasm": in_wasm, "reason": reason, "plain": is_plain, "forked": forked, "threads": threads}


def fork(unit: Unit, entry: Entry) -> bool:
    """Whether the run was saved at some month and went on from there, to the same history; a run with policies cannot be saved."""
    scenario, strategy = scenario_of(entry)
    applied = with_strategy(scenario, strategy)
    if applied.policies or applied.months < 2:
        return False
    month = 1 + unit.number % (math.ceil(applied.months) - 1)
    history, _ = played(entry, ("native", "wasm")[unit.number % 2], save_at=month, log=unit.number % 3 == 0)
    assert history.fork(strategy).equals(history), f"{told(entry)}: saved at month {month} and gone on, it is another history"
    return True


def material(unit: Unit) -> str:
    """The scenario as a file."""
    entry, _ = stored(unit)
    return f"# {told(entry)}\n{tomlkit.dumps(entry['scenario'])}"


def summary(rows: Sequence[Row]) -> list[Line]:
    """How many WebAssembly really played; entries that differ have raised."""
    reasons = Counter(row["reason"] for row in rows if not row["wasm"])
    lines = [
        at_least("scenarios that WebAssembly really played", sum(row["wasm"] for row in rows), int(LEAST_IN_WASM * len(rows))),
        at_least("scenarios that Python alone played", sum(row["plain"] for row in rows), len(rows) // PLAIN_STEP),
        at_least("scenarios saved at a month, and gone on to the same end", sum(row["forked"] for row in rows), len(rows) // 4),
        *(
            at_least(f"scenarios that {number} threads shared", sum(row["threads"] >= number for row in rows), len(rows) // least)
            for number, least in LEAST_SHARED.items()
        ),
    ]
    return [
        *lines,
        *(
            Line(f"not by WebAssembly: {reason or 'another host played'}", f"{n:,}", "told", True)
            for reason, n in reasons.items()
        ),
    ]


ALL = len(GENERATED.records())
PART = Part(
    name="hosts",
    title="Every host, the same bits",
    shows="The 2,000 generated scenarios that are stored as data give what was recorded by machine code, by WebAssembly, by a process per "
    "customer, on one to three threads, and every tenth by Python alone: each column of the event log, the rows per customer, each table.",
    rests_on=(*STUDIES, *GENERATOR, "tests/baselines", "tests/acceptance/parts/hosts.py"),
    full=ALL,
    small=-(-ALL // SMALL_STEP),
    play=play,
    summary=summary,
    material=material,
    error_means="entries that a host plays otherwise than recorded",
)
