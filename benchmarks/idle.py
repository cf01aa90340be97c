"""A policy that does nothing, for the workload that must go day by day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def idle(env: Any, market: Any) -> Iterator[Any]:
    """Wake every month, look, and do nothing."""
    while True:
        yield market.months(1)
