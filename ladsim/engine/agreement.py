"""Do the engines agree? The same future by both, compared row by row of the event log.

In: a scenario. Out: an ``Agreement``: equal or not, and the first event at which the two part.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.model.layout import MONTH, NOBODY_ID
from ladsim.scenario.spec import Scenario


@dataclass(frozen=True)
class Agreement:
    """What a comparison of the two engines found."""

    equal: bool
    events: int  # rows of the SimPy engine's log
    parting: str = ""  # the first rows that differ, in words; empty where the logs are equal


def compare_engines(
    scenario: Scenario, *, strategy: str | None = None, seed: int = 1, replication: int = 0, sample: int | None = None
) -> Agreement:
    """Simulate one future by a process per customer and by arrays, and compare logs, books and every customer's row."""
    simpy, fast = (
        simulate(scenario, strategy=strategy, seed=seed, replication=replication, sample=sample, log=True, engine=engine)
        for engine in ("simpy", "fast")
    )
    assert simpy.log is not None
    equal = simpy.equals(fast)
    return Agreement(equal, len(simpy.log), "" if equal else parting(simpy, fast))


def parting(simpy: History, fast: History) -> str:
    """The first event at which two logs part, as each has it; empty where they are equal."""
    for place, (one, other) in enumerate(zip_longest(_rows(simpy), _rows(fast))):
        if one != other:
            return f"event {place}: simpy {_words(simpy, one)}, fast {_words(fast, other)}"
    return ""


def _rows(history: History) -> list[tuple[int, ...]]:
    return [] if history.log is None else history.log.tolist()


def _words(history: History, row: tuple[int, ...] | None) -> str:
    """One row of the log as a sentence."""
    if row is None or history.log is None:
        return "has no more events"
    found = dict(zip(history.log.dtype.names or (), row, strict=True))
    who = "the market" if found["customer"] == NOBODY_ID else f"customer {found['customer']}"
    return f"month {found['time'] / MONTH:.6f}, {who}, {history.said_of(found)}"
