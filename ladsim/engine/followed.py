"""Customers followed whole: who they are, when the log is of some only.

In: a number of customers, or their ids. Out: the ids. A number takes those with the lowest draw of a purpose of its own, so the choice
hangs on seed, replication and id alone: it is the same under every strategy and in both engines, and the first ten of a hundred are
the ten that would have been followed alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.errors import StudyError


def chosen(follow: int | Iterable[int], ids: NDArray[np.uint64], run: np.uint64) -> NDArray[np.uint64]:
    """Ids of the customers to follow, ascending; all of them where there are no more than were asked for."""
    if isinstance(follow, bool | str):
        raise _mistake(follow)
    if not isinstance(follow, Iterable):
        if not isinstance(follow, Integral) or follow < 1:
            raise _mistake(follow)
        if follow >= ids.size:
            return ids.copy()
        draw = streams.uniforms(run, ids, streams.NO_WORD, streams.FOLLOW)
        return np.sort(ids[np.argpartition(draw, int(follow))[: int(follow)]])
    wanted = list(follow)
    if not wanted or not all(isinstance(one, Integral) and 0 <= one < 2**64 for one in wanted):
        raise _mistake(wanted)
    found = np.unique(np.array([int(one) for one in wanted], np.uint64))
    unknown = found[~np.isin(found, ids)]
    if unknown.size:
        raise StudyError(f"follow: found customer {unknown[0]}, must be ids of customers of this market, {ids[0]} to {ids[-1]}")
    return found


def bits(followed: NDArray[np.uint64], ids: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """A bit per row: whether that customer is followed."""
    return np.packbits(np.isin(ids, followed), bitorder="little")


def _mistake(found: Any) -> StudyError:
    return StudyError(f"follow: found {found!r}, must be a number of customers from 1, or ids of customers")
