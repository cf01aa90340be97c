"""What is worked out of a study's futures is worked out once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ladsim.planning.replications import Replications

R = TypeVar("R")


def once(work: Callable[[Replications], R]) -> Callable[[Replications], R]:
    """What is worked out of futures and nothing else, kept with them: page, tables and screen ask for the same. Not to be changed."""
    key = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def kept(runs: Replications) -> R:
        if key not in runs.__dict__:
            runs.__dict__[key] = work(runs)
        found: R = runs.__dict__[key]
        return found

    return kept
