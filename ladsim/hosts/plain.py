"""The plain host: Python runs the rules as they stand, for a debugger, for coverage, for who has no compiler. Some hundred times slower."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ladsim.hosts.block import Block
from ladsim.hosts.entry import Entry

HOOKS: dict[int, Callable[..., float]] = {}  # the rules of programmes by number, which stands for an address


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
        HOOKS[number] = function
        return number
