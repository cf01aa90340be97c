"""What the table of goals asks for besides W by one program: each measured in a process of its own.

In: the name of a measurement. Out: one line of JSON, numbers in seconds unless named otherwise.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import ladsim
from benchmarks.export import workload
from benchmarks.workload import SCENARIO, peak_megabytes
from ladsim.engine.rules import parts_of
from ladsim.model.row import PARTS
from ladsim.scenario.draws import resolve
from ladsim.scenario.programs.rules import kind_of
from ladsim.scenario.tables import tables

MILLION = 1_000_000
TWO_STRATEGIES = """
[strategies.more_messages.set]
"rungs.ambassador.messages_per_month" = 2.4
[strategies.more_orders.set]
"rungs.repeat.orders_per_month" = 0.88
"""


def seconds(work: Callable[[], Any]) -> dict[str, float]:
    """CPU and wall seconds of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}


def best(times: list[dict[str, float]]) -> dict[str, float]:
    """The least of each."""
    return {key: min(one[key] for one in times) for key in times[0]}


def study() -> dict[str, float]:
    """Two strategies × 200 replications × 10,000 customers × 24 months, on two processes that are up and running."""
    scenario = workload(TWO_STRATEGIES)

    def compare(replications: int) -> Any:
        return ladsim.compare(scenario, replications=replications, sample=10_000, processes=2, months_after=0)

    compare(4)
    return best([seconds(lambda: compare(200)) for _ in range(2)])


def graph() -> dict[str, float]:
    """ladsim's own Barabási–Albert graph of 1,000,000 customers as rows."""
    from ladsim.world.graph_kinds import drawn

    layer = workload().word_of_mouth[0]
    os.environ["LADSIM_GRAPH_CACHE_GB"] = "0"  # made, not opened
    drawn(layer, 1000, 0, np.zeros(1000, np.uint16))
    return best([seconds(lambda: drawn(layer, MILLION, 0, np.zeros(MILLION, np.uint16))) for _ in range(3)])


def imported() -> dict[str, float]:
    """A networkx graph of 1,000,000 nodes and 4,000,000 ties as rows."""
    small, large = (ladsim.build(workload(), sample=size).layers[0].to_networkx() for size in (1000, MILLION))
    ladsim.ReferralGraph.from_networkx(small)
    return best([seconds(lambda: ladsim.ReferralGraph.from_networkx(large)) for _ in range(3)])


def commands() -> dict[str, dict[str, float]]:
    """Whole processes of the command line: the CPU seconds of all of them, best of five."""
    with tempfile.TemporaryDirectory() as folder:
        run = ["run", str(SCENARIO), "--sample", "10000", "--replications", "1", "--quiet"]
        asked = {
            "help": ["--help"],
            "check": ["check", str(SCENARIO)],
            "run": [*run, "--json", "-"],
            "run_and_report": [*run, "--out", folder],
        }
        return {name: best([process(words) for _ in range(5)]) for name, words in asked.items()}


def process(words: list[str]) -> dict[str, float]:
    """CPU and wall seconds of one command, its children included."""
    before, wall = os.times(), time.perf_counter()
    subprocess.run([sys.executable, "-m", "ladsim.cli", *words], check=True, capture_output=True)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return {"cpu": used, "wall": time.perf_counter() - wall}


def everything() -> dict[str, Any]:
    """W(1,000,000) with everything on (``everything.toml``) beside W itself, in turns, one thread; and what a customer takes."""
    loaded = {"w": workload(), "everything": ladsim.load(SCENARIO.with_name("everything.toml"))}
    for scenario in loaded.values():
        ladsim.simulate(scenario, sample=1000)
    worlds = {name: ladsim.build(scenario, sample=MILLION) for name, scenario in loaded.items()}
    times: dict[str, list[dict[str, float]]] = {name: [] for name in loaded}
    for _ in range(3):
        for name, scenario in loaded.items():
            world = worlds[name]
            times[name].append(
                seconds(lambda s=scenario, w=world: ladsim.simulate(s, world=w, seed=1, threads=1, customers=False))
            )
    layer = worlds["everything"].layers[0]
    graph = sum(array.nbytes for array in vars(layer).values() if isinstance(array, np.ndarray)) / MILLION
    return {name: best(found) for name, found in times.items()} | {"graph_bytes": graph, "bytes": row_bytes(loaded["everything"])}


def row_bytes(scenario: Any) -> dict[str, int]:
    """Bytes of a customer's row: of a membership in each programme, and of all the rest with when its next event is due."""
    laid_out = tables(resolve(scenario, 1, 0))
    needed = parts_of(laid_out, log=False, rows=False)
    whole = sum(PARTS[part].kind.itemsize * needed[part] for part in PARTS) + 8
    found = {
        program.name: PARTS["members"].kind.itemsize
        + PARTS["memory"].kind.itemsize * kind_of(program.kind).memory_size(program.numbers)
        for program in laid_out.programs
    }
    return found | {"rest": whole - sum(found.values())}


def large() -> dict[str, float]:
    """W(100,000,000) with two threads, the graph included, without rows per customer."""
    size, scenario = 100 * MILLION, workload()
    ladsim.simulate(scenario, sample=1000)
    worlds: list[Any] = []
    graph_seconds = seconds(lambda: worlds.append(ladsim.build(scenario, sample=size)))
    run_seconds = seconds(lambda: ladsim.simulate(scenario, world=worlds[0], seed=1, threads=2, customers=False))
    return {**run_seconds, "graph": graph_seconds["wall"], "peak_mb": peak_megabytes()}


if __name__ == "__main__":
    measurements: dict[str, Callable[[], Any]] = {
        "study": study, "graph": graph, "imported": imported, "commands": commands, "everything": everything,
        "large": large,
    }  # fmt: skip
    print(json.dumps(measurements[sys.argv[1]]()))
