"""The bytes of a page: all images' arrays, each once however many strategies have it, packed.

In: markets. Out: one blob, and for every market from where in it to where in memory bytes are copied.
"""

from __future__ import annotations

import gzip
import hashlib

import numpy as np

from ladsim.pages.market import Market


class Blob:
    """Chunks of bytes, each once."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._known: dict[bytes, int] = {}

    def chunks_of(self, market: Market) -> list[list[int]]:
        """[where in memory, where in the blob, bytes] of every array of the image that is not all zeros."""
        first, begun = market.image.first, market.begun
        made = []
        for at, size in sorted(market.image.block.spans):
            data = begun[at - first : at - first + size]
            there = np.flatnonzero(data)
            if there.size:
                made.append([at, self._put(data[: int(there[-1]) + 1].tobytes()), int(there[-1]) + 1])
        return made

    def _put(self, data: bytes) -> int:
        seal = hashlib.blake2b(data).digest()
        if seal not in self._known:
            self._known[seal] = len(self.data)
            self.data += data
        return self._known[seal]

    def packed(self) -> bytes:
        """All of it, by gzip; the same blob gives the same bytes."""
        return gzip.compress(bytes(self.data), 9, mtime=0)
