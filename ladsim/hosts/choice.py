"""Which host plays: nobody needs to choose, and everybody may.

With ``NUMBA_DISABLE_JIT=1`` it is Python.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from typing import Any

from ladsim.hosts.block import Block

HOSTS = ("native", "plain")


def is_plain() -> bool:
    """Whether nothing is to be compiled."""
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


def block_for(host: str) -> Block:
    """A market's block on a host."""
    if host == "plain":
        from ladsim.hosts.plain import Plain

        return Plain()
    from ladsim.hosts.native import Native

    return Native()


def usual_host() -> str:
    """The host that plays a market where nobody chose one."""
    return "plain" if is_plain() else "native"


def for_arrays(arguments: Sequence[Any]) -> Block:
    """Who plays an entry that needs no market."""
    del arguments
    return _without_market(usual_host())


@cache
def _without_market(host: str) -> Block:
    return block_for(host)


def try_hook(function: Any) -> None:
    """Compile a user's own rule beforehand. Raises PolicyError with the place in the user's file where that cannot be done."""
    if not is_plain():
        from ladsim.hosts.native import hook_of

        hook_of(function)


def is_warm() -> bool:
    """Whether a run starts at once: the rules need no compiler, or were compiled before."""
    if usual_host() != "native":
        return True
    from ladsim.hosts.native import is_warm

    return is_warm()
