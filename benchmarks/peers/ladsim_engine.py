"""W by ladsim. The environment variable BENCH_WAY names the way, BENCH_THREADS the number of threads.

``auto`` is what a user gets. ``general`` is auto with a policy that does nothing: a market that a policy may look at every month
must go day by day, so no life can be run to the horizon at once. ``simpy`` is the engine with a process per customer.
"""

from __future__ import annotations

import inspect
import os
from pathlib import Path
from typing import Any

import numpy as np

import ladsim
from benchmarks import books
from benchmarks.export import workload
from benchmarks.workload import Ladder, Market, Outcome, answer

WAY = os.environ.get("BENCH_WAY", "auto")
THREADS = int(os.environ.get("BENCH_THREADS", "1"))
IDLE = f'\n[[policies]]\nfile = "{Path(__file__).parent.with_name("idle.py").as_posix()}"\nfunction = "idle"\n'
SETTINGS = {
    "auto": "engine auto, one thread, its graph built before the clock starts",
    "general": "the same with an idle policy: day by day to the end",
    "simpy": "engine simpy: a process per customer, the same history bit for bit",
}


def knows_threads() -> bool:
    """Whether this version lets one run use several threads."""
    return "threads" in inspect.signature(ladsim.simulate).parameters


def totals(history: ladsim.History) -> Outcome:
    """What a history counts, in the peers' terms."""
    revenue = int(history.money[:, history.causes.index("revenue")].sum())
    return Outcome(
        history.counts.sum(axis=1),
        int(history.orders.sum()),
        revenue / history.unit,
        int(history.messages[:, :, 0].sum()),
        lambda: books.fingerprint(books.of_history(history), history.customers),
    )


def prepare(market: Market, ladder: Ladder) -> Any:
    """The scenario, and the world of the market's graph; where everybody starts ladsim draws itself."""
    scenario = workload(IDLE if WAY == "general" else "")
    world = ladsim.build(scenario, sample=market.size)
    assert np.array_equal(world.layers[0].indices, market.indices), "the market file holds another graph: delete benchmarks/out"
    return scenario, world


def simulated(scenario: ladsim.Scenario, world: ladsim.World, seed: int) -> ladsim.History:
    """One run, the way and with the threads asked for."""
    more = {"threads": THREADS} if knows_threads() else {}
    return ladsim.simulate(scenario, seed=seed, world=world, engine="simpy" if WAY == "simpy" else None, **more)


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Simulate."""
    return totals(simulated(*prepared, seed))


if __name__ == "__main__":
    answer(
        prepare,
        play,
        version=f"ladsim {ladsim.__version__}",
        settings=SETTINGS[WAY],
        leaves_out="nothing",
        threads=THREADS if knows_threads() else 1,
    )
