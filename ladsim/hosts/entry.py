"""What Python calls of the rules: a function of numbers and arrays whose kinds are declared, so that every host can play it.

The rules themselves (``ladsim.compiled.rule``) are plain Python functions that call each other. An entry is where Python comes in::

    @entry("i8[] i8[]* -> i8")
    def add_up(numbers, sums): …

Kinds: ``i8 i4 u8 u4 u2 u1 f8 f4 b1`` (NumPy's short names), ``[]`` behind one for an array of them, ``[,]`` for one of two axes, ``*`` for
an array that is written to. What it gives back: nothing, one number, or arrays of one axis. A market is handed over as the address of
its record, an ``i8``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_WORD = re.compile(r"(i8|i4|u8|u4|u2|u1|f8|f4|b1)(\[,*\])?(\*)?")


@dataclass(frozen=True)
class Kind:
    """One argument or result: the kind of its numbers, how many axes it has (0: a number), whether it is written to."""

    dtype: np.dtype[Any]
    axes: int
    written: bool


def kind_of(word: str) -> Kind:
    """The kind that a word of a signature means."""
    import numpy as np  # not before: who only marks rules needs none

    found = _WORD.fullmatch(word)
    if found is None:
        raise ValueError(f"signature: found {word!r}, must be one of i8 i4 u8 u4 u2 u1 f8 f4 b1, with [] for an array")
    return Kind(np.dtype(found[1]), len(found[2] or "") - 1 if found[2] else 0, bool(found[3]))


class Entry:
    """A function of the rules that Python calls, and the kinds of what it takes and gives."""

    def __init__(self, function: Callable[..., Any], signature: str) -> None:
        takes, _, gives = signature.partition("->")
        self.function, self.signature = function, signature
        self.takes = tuple(kind_of(word) for word in takes.split())
        self.gives = tuple(kind_of(word) for word in gives.split())
        self.__doc__, self.__name__, self.__module__ = function.__doc__, function.__name__, function.__module__
        self.__wrapped__ = function
        ENTRIES[self.name] = self

    @cached_property
    def name(self) -> str:
        """Its file and its own name: ``kernel.advance``."""
        return f"{self.function.__module__.rpartition('.')[2]}.{self.function.__name__}"

    @property
    def has_arrays(self) -> bool:
        """Whether it takes or gives arrays."""
        return any(kind.axes for kind in self.takes + self.gives)

    def __repr__(self) -> str:
        return f"<entry {self.name}: {self.signature}>"


RULES: list[Callable[..., Any]] = []  # all rules that were marked, but for those written into their callers
ENTRIES: dict[str, Entry] = {}  # all that were declared, by name
