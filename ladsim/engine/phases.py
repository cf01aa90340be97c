"""SimPy's clock, with the phases of a tick as priorities.

Times are integers; nothing drifts. SimPy orders events of one instant by priority, so the phases are priorities.
"""

from __future__ import annotations

from enum import IntEnum

import simpy

from ladsim.model.layout import MONTH, TICK


class Phase(IntEnum):
    """What comes when at one tick."""

    OWN = 1  # customers' own events
    COURIER = 2
    ACCRUE = 3  # the books of time-based amounts
    PLAN = 10  # then the policies, in the order declared: the first has PLAN + 1
    RETIME = 1_000_000  # once all have acted, the customers' clocks follow the levers
    WRITE = 1_500_000  # the log is written up to here
    LAST = 2_000_000


class At(simpy.Event):
    """An event at an absolute time, in a phase."""

    def __init__(self, env: simpy.Environment, time: int, phase: int = Phase.OWN) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, phase, time - env.now)  # type: ignore[arg-type]


def next_tick(time: int) -> int:
    """The first tick at or after a time."""
    return -(-time // TICK) * TICK


def month_starts(horizon: int) -> list[int]:
    """All month starts after 0 up to the horizon, and the horizon itself."""
    starts = list(range(MONTH, horizon + 1, MONTH))
    return starts if starts and starts[-1] == horizon else [*starts, horizon]
