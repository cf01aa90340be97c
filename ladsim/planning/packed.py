"""Histories of a study of very many futures, packed in memory: each is unpacked when somebody looks at it.

In: a future's number and what a work gave. Out: the same, with a history behind the first `OPEN` futures as bytes (``unit_bytes``), a third to a
tenth of its size; and a row of histories that looks like any other. The first ones stay as they are, so that a usual study pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

from ladsim.engine.history import History
from ladsim.planning.unit_bytes import decoded, encoded

OPEN = 1_000  # futures of a strategy whose histories stay unpacked


class PackedHistory:
    """A history as bytes."""

    def __init__(self, history: History) -> None:
        self._bytes = encoded(history)

    def opened(self) -> History:
        """The history, to the last bit."""
        found: History = decoded(self._bytes)
        return found


def light(replication: int, unit: Any) -> Any:
    """What a work gave in a replication, its history packed where that is a late one."""
    if replication >= OPEN and isinstance(unit, tuple) and unit and isinstance(unit[0], History):
        return PackedHistory(unit[0]), *unit[1:]
    return unit


def whole_unit(unit: Any) -> Any:
    """The same, unpacked."""
    if isinstance(unit, tuple) and unit and isinstance(unit[0], PackedHistory):
        return unit[0].opened(), *unit[1:]
    return unit


class Histories(Sequence[History]):
    """Histories by replication, some of them packed."""

    def __init__(self, found: Iterable[History | PackedHistory]) -> None:
        self._found = tuple(found)

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, place: int) -> History: ...

    @overload
    def __getitem__(self, place: slice) -> Histories: ...

    def __getitem__(self, place: int | slice) -> History | Histories:
        if isinstance(place, slice):
            return Histories(self._found[place])
        one = self._found[place]
        return one.opened() if isinstance(one, PackedHistory) else one

    def __iter__(self) -> Iterator[History]:
        return (one.opened() if isinstance(one, PackedHistory) else one for one in self._found)


def row_of(found: Sequence[History | PackedHistory]) -> Sequence[History]:
    """Histories as a row: a tuple where none is packed."""
    packed = any(isinstance(one, PackedHistory) for one in found)
    return Histories(found) if packed else tuple(one for one in found if isinstance(one, History))
