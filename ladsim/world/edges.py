"""Ties as a file says them: names, pairs of names, weights where they differ, and what is to be told of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim.i18n import ENGLISH
from ladsim.world.reading import Reading


@dataclass(frozen=True)
class Ties:
    """What a file says: different names, and ties by position in `names`."""

    names: Sequence[str]
    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    directed: bool
    reading: Reading = field(default=Reading(""))
    weights: NDArray[Any] | None = None
    """(ties,) float64, above 0; None where the file gives none, or all the same."""

    @property
    def notes(self) -> tuple[str, ...]:
        """The line about the file in English, ties as the file gives them."""
        return (self.reading.line(ENGLISH, len(self.names), self.sources.size),)
