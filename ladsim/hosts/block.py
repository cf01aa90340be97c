"""A market's block of memory, and who plays rules in it.

A market is a handful of arrays that a block hands out. What rules know of them are addresses: the block says where an array lies, as
the rules see it. So the same rules run

========== ============================================================ ===============================================
host        what plays the rules                                         memory
========== ============================================================ ===============================================
``native``  machine code, compiled by Numba                              this process's, as much as there is
``wasm``    ``kernel.wasm``, made beforehand, through wasmtime           a linear memory of its own, up to 4 GB
``plain``   Python: to step through, to measure                          this process's
========== ============================================================ ===============================================

The same bits come out, whoever plays (``make acceptance PART=engines``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.hosts.entry import Entry


class Block(ABC):
    """Memory of a market. This one is the process's own; hosts with another say how theirs is handed out."""

    host = ""
    has_threads = True  # whether several threads may play in it at once

    def __init__(self) -> None:
        self._kept: list[Any] = []

    def zeros(self, shape: Any, dtype: Any, line: int = 8) -> NDArray[Any]:
        """Zeros that begin at a multiple of `line` bytes."""
        kind = np.dtype(dtype)
        if line <= 16:
            return self.keep(np.zeros(shape, kind))
        size = int(np.prod(shape)) * kind.itemsize
        room = np.zeros(size + line, np.uint8)  # pages of zeros cost no memory until they are written to
        first = -room.ctypes.data % line
        return self.keep(room[first : first + size].view(kind).reshape(shape))

    def put(self, array: NDArray[Any], dtype: Any = None) -> NDArray[Any]:
        """The array as it lies in the block. It may be the array itself: who will write to it hands over a copy."""
        return self.keep(np.ascontiguousarray(array, dtype))

    def keep(self, thing: Any) -> Any:
        """Let something live as long as the block."""
        self._kept.append(thing)
        return thing

    def released(self, array: NDArray[Any]) -> NDArray[Any]:
        """An array of the block as it may outlive it."""
        return array

    def address(self, array: NDArray[Any]) -> int:
        """Where an array of the block lies, as the rules see it."""
        return int(array.ctypes.data)

    @abstractmethod
    def call(self, entry: Entry, *arguments: Any) -> Any:
        """What an entry gives."""

    @abstractmethod
    def bound(self, entry: Entry) -> Callable[..., Any]:
        """An entry of numbers alone, ready to be called many times."""

    @abstractmethod
    def hook(self, function: Callable[..., float]) -> int:
        """By which number the rules call a programme's rule."""
