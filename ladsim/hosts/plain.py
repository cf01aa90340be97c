"""The plain host: Python runs the rules as they stand, for a debugger, for coverage, for who has no compiler. Some hundred times slower."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np

from ladsim.hosts.block import Block
from ladsim.hosts.entry import Entry


class Reach:
    """Where rules that Python runs reach: from which address on, and which programmes' rules the numbers in records mean."""

    base = 0  # in this process's own memory
    hooks: ClassVar[dict[int, Callable[..., float]]] = {}


@contextmanager
def memory_at(base: int, hooks: dict[int, Callable[..., float]]) -> Iterator[None]:
    """As long as this lasts, rules that Python runs reach into a memory that begins here, in which programmes' rules have these numbers."""
    before = Reach.base, Reach.hooks
    Reach.base, Reach.hooks = base, hooks
    try:
        yield
    finally:
        Reach.base, Reach.hooks = before


class Plain(Block):
    """Memory of this process, and Python."""

    host = "plain"

    def call(self, entry: Entry, *arguments: Any) -> Any:
        """What an entry gives."""
        return self.bound(entry)(*arguments)

    def bound(self, entry: Entry) -> Callable[..., Any]:
        """An entry, ready to be called many times."""
        # As in compiled code: whole numbers of 64 bits begin again at 0, and a division by 0 is infinite.
        return np.errstate(all="ignore")(entry.function)  # type: ignore[no-any-return]

    def hook(self, function: Callable[..., float]) -> int:
        """The number of a programme's rule."""
        number = id(self.keep(function))
        Reach.hooks[number] = function
        return number
