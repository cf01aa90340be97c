"""Policies that generated scenarios run: they look, pull levers, spend, and wait in every way a policy can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def nudge(env: Any, market: Any, rung: str) -> Iterator[Any]:
    """Every half month, orders and messages follow how many stand on a rung."""
    while True:
        share = market.count(rung) / market.size
        market.multiply("orders", 0.5 + share)
        market.multiply("messages", 2.0 - share, rungs=[rung])
        yield market.months(0.5)


def restless(env: Any, market: Any, rung: str) -> Iterator[Any]:
    """Waits that end between ticks, and waits for two things at once."""
    for step in range(6):
        market.multiply("climbing" if step % 2 else "leaving", 0.0 if step == 2 else 1.7)
        yield env.timeout(12_345_678) if step % 3 else env.all_of([env.timeout(99), market.months(0.2)])


def spender(env: Any, market: Any, rung: str) -> Iterator[Any]:
    """Spends what a rung's people cost, and makes serving them dearer in the middle of a month."""
    market.spend(12.345 * market.count(rung))
    yield market.months(0.3)
    market.multiply("cost", 1.5, rungs=[rung])
    market.note(f"{market.money():.2f}")
