"""How rules are written: plain Python functions of numbers, marked so that every host can play them.

========== ==========================================================================================================
``rule``    a function that only other rules call
``inline``  the same, for the few lines that are written into whoever calls them
``entry``   a function that Python calls, with the kinds of what it takes and gives (``ladsim.hosts.entry``)
``hook``    a rule of a programme: (market's address, row, place, time, number) → number
========== ==========================================================================================================

Marked, a function is what it was: Python can run it, step through it and measure it. Numba compiles it (``hosts.native``), and
``hosts/kernel.wasm`` has it ready for every platform (``hosts.wasm``). With ``NUMBA_DISABLE_JIT=1`` nothing is compiled (``hosts.plain``).
A rule takes and gives whole numbers, floats and addresses; it may calculate, compare, loop and call other rules.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

from ladsim.hosts.entry import RULES, Entry

F = TypeVar("F", bound=Callable[..., Any])


def rule(function: F) -> F:
    """Mark a function that other rules call."""
    RULES.append(function)
    function.compiled_as = "rule"  # type: ignore[attr-defined]
    function.py_func, function.targetoptions = function, {}  # type: ignore[attr-defined]  # as Numba asks what may be written into a caller
    return function


def inline(function: F) -> F:
    """Mark a function of a few lines that are written into whoever calls it."""
    rule(function)
    RULES.remove(function)
    function.targetoptions = {"inline": "always"}  # type: ignore[attr-defined]
    return function


class CallableEntry(Entry):
    """An entry that Python can call as a function: it is played by the host that is usual for its arguments."""

    def __call__(self, *arguments: Any) -> Any:
        from ladsim.hosts.choice import WASM_MOST, for_arrays, host_without_limit

        try:
            return for_arrays(arguments).call(self, *arguments)
        except MemoryError:  # of a host whose memory is limited: another may have room
            return for_arrays(arguments, host_without_limit(WASM_MOST)).call(self, *arguments)


def entry(signature: str) -> Callable[[Callable[..., Any]], CallableEntry]:
    """Mark a function that Python calls: the kinds of what it takes ``->`` and gives."""
    return lambda function: CallableEntry(function, signature)


def hook(function: F) -> F:
    """Mark a rule of a programme: (market's address, row, place, time, number) → number."""
    function.compiled_as = "hook"  # type: ignore[attr-defined]
    return function


class Deferred(ModuleType):
    """A module that is imported when something of it is asked for: of rules whose file is read where nothing is reckoned."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # who only looks what it is
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)
