"""When months and ticks begin."""

from __future__ import annotations

from ladsim.engine.phases import month_starts, next_tick
from ladsim.model.layout import MONTH, TICK


def test_month_starts_up_to_the_end() -> None:
    """Whole months, and the end, once, wherever it lies."""
    assert month_starts(3 * MONTH) == [MONTH, 2 * MONTH, 3 * MONTH]
    assert month_starts(5 * MONTH // 2) == [MONTH, 2 * MONTH, 5 * MONTH // 2]
    assert month_starts(2 * MONTH + 1) == [MONTH, 2 * MONTH, 2 * MONTH + 1]
    assert month_starts(MONTH // 2) == [MONTH // 2]
    assert [next_tick(t) for t in (0, 1, TICK, TICK + 1)] == [0, TICK, TICK, 2 * TICK]
