"""A policy: write to lapsed customers whenever there are too many of them.

A policy is a generator. It looks at the market, pulls levers, says with ``yield market.months(…)`` when it wants to look again, and
goes on from there. ``win_back.toml`` names this file; its options come from there.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any


def win_back(
    env: Any, market: Any, per_active: float = 0.9, cost_per_letter: float = 0.5, lift: float = 3.0, pause: float = 6.0
) -> Generator[Any, Any, None]:
    """Each quarter: if lapsed customers outnumber active ones too far, write to all of them; the letter works for a month."""
    while True:
        lapsed = market.count("lapsed")
        active = sum(market.count(rung) for rung in ("customer", "repeat", "ambassador"))
        if lapsed < per_active * active:
            yield market.months(3)
            continue
        market.spend(cost_per_letter * lapsed)
        market.multiply("steps.lapsed.customer", lift)
        market.note(f"wrote to {lapsed:,} lapsed customers ({active:,} are active)")
        yield market.months(1)
        market.multiply("steps.lapsed.customer", 1.0)
        yield market.months(pause - 1)
