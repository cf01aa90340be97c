"""Ties as a file says them: names, and pairs of names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ties:
    """What a file says: different names, and ties by position in `names`."""

    names: Sequence[str]
    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    directed: bool
    notes: tuple[str, ...] = ()
