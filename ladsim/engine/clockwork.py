"""SimPy's clock, with the phases of a tick as priorities.

At tick T: 1. customers' own events, 2. the courier, 3. the books of time-based amounts, the plan in the order declared, and once
all have acted the customers' clocks follow the levers, and the log is written up to T, 4. the snapshot. SimPy orders events of one
instant by priority, so the phases are priorities. Times are integers; nothing drifts.
"""

from __future__ import annotations

import simpy

from ladsim.model.layout import MONTH, TICK

OWN, COURIER, ACCRUE, PLAN, RETIME, WRITE, SNAPSHOT = 1, 2, 3, 10, 1_000_000, 1_500_000, 2_000_000


class At(simpy.Event):
    """An event at an absolute time, in a phase."""

    def __init__(self, env: simpy.Environment, time: int, priority: int = OWN) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, priority, time - env.now)  # type: ignore[arg-type]


def next_tick(time: int) -> int:
    """The first tick at or after a time."""
    return -(-time // TICK) * TICK


def month_starts(horizon: int) -> list[int]:
    """All month starts after 0 up to the horizon, and the horizon itself."""
    starts = list(range(MONTH, horizon + 1, MONTH))
    return starts if starts and starts[-1] == horizon else [*starts, horizon]
