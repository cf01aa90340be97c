"""The plain host: Python runs the rules as they stand, for a debugger, for coverage, for who has no compiler. Some hundred times slower."""

from __future__ import annotations

import traceback
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import local
from typing import Any

import numpy as np

from ladsim.errors import PolicyError
from ladsim.hosts.block import Block
from ladsim.hosts.entry import Entry

Find = Callable[[int, int], int]  # (address as the rules see it, bytes) → where that is in this process
Hooks = dict[int, Callable[..., float]]


class _Reach(local):
    """Where the rules reach that Python runs in this thread, and which programmes' rules the numbers in records mean.

    Each thread has its own: what a rule sees is a number, and says neither in which memory nor of which market.
    """

    find: Find | None = None  # None: addresses are those of this process
    hooks: Hooks = {}  # noqa: RUF012 - none, and never filled


_reach = _Reach()


def found(address: int, size: int) -> int:
    """Where so many bytes at an address are in this process."""
    find = _reach.find
    return address if find is None else find(address, size)


def hook_of(number: int) -> Callable[..., float]:
    """The programme's rule that a number means."""
    return _reach.hooks[number]


def run(function: Callable[..., Any], arguments: Sequence[Any], find: Find | None, hooks: Hooks) -> Any:
    """What a rule gives that Python runs, and that reaches into this memory.

    As in compiled code whole numbers of 64 bits begin again at 0, and a division by 0 is infinite.
    """
    before = _reach.find, _reach.hooks
    _reach.find, _reach.hooks = find, hooks
    try:
        with np.errstate(all="ignore"):
            return function(*arguments)
    finally:
        _reach.find, _reach.hooks = before


def run_own(function: Callable[..., float], arguments: Sequence[Any], find: Find, hooks: Hooks) -> float:
    """The same of a user's own rule. Raises PolicyError with the line of the user's file where it goes wrong."""
    try:
        return float(run(function, arguments, find, hooks))
    except Exception as error:
        raise _in_its_file(function, error) from error


def is_own(function: Callable[..., float]) -> bool:
    """Whether a programme's rule is a user's own."""
    return not function.__module__.startswith("ladsim.scenario.programs.")


def outside() -> IndexError:
    """What a rule is told that reaches where nothing of its market is."""
    return IndexError("nothing of the market lies there: a row, a place or an index is out of range")


def _in_its_file(function: Callable[..., float], error: Exception) -> PolicyError:
    """What a user's own rule has raised, with its place in the user's file."""
    file = function.__code__.co_filename
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    where = f"line {lines[-1]}: " if lines else ""
    return PolicyError(f"{Path(file).name}: {function.__name__}: {where}{type(error).__name__}: {error}")


class Plain(Block):
    """Memory of this process, and Python."""

    host = "plain"

    def __init__(self) -> None:
        super().__init__()
        self._hooks: Hooks = {}
        self._begins: list[int] = []  # of its memory's parts, in order; where each ends; how many arrays they are of
        self._ends: list[int] = []
        self._known = 0

    def call(self, entry: Entry, *arguments: Any) -> Any:
        """What an entry gives."""
        return run(entry.function, arguments, None, self._hooks)

    def bound(self, entry: Entry) -> Callable[..., Any]:
        """An entry, ready to be called many times."""
        return lambda *arguments: run(entry.function, arguments, None, self._hooks)

    def hook(self, function: Callable[..., float]) -> int:
        """The number of a programme's rule."""
        number = id(self.keep(function))
        self._hooks[number] = self._own(function) if is_own(function) else function
        return number

    def _own(self, function: Callable[..., float]) -> Callable[..., float]:
        return lambda *arguments: run_own(function, arguments, self._found, self._hooks)

    def _found(self, address: int, size: int) -> int:
        """An address at which there is something of this block. Raises IndexError."""
        if self._known != len(self._kept):
            self._survey()
        part = bisect_right(self._begins, address) - 1
        if part < 0 or address + size > self._ends[part]:
            raise outside()
        return address

    def _survey(self) -> None:
        """Note where the block's arrays lie; what touches is one part."""
        arrays = [thing for thing in self._kept if isinstance(thing, np.ndarray) and thing.size]
        self._begins, self._ends, self._known = [], [], len(self._kept)
        for begin, end in sorted((int(array.ctypes.data), int(array.ctypes.data) + array.nbytes) for array in arrays):
            if self._ends and begin <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._begins.append(begin)
                self._ends.append(end)
