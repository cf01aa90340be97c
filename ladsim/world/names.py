"""Names that are numbers, kept as numbers: 8 bytes a name instead of about 100.

>>> names = Numerals(np.array([7, 12], np.uint64))
>>> names[1], list(names), names == ("7", "12")
('12', ['7', '12'], True)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

MOST_DIGITS = 18  # so that a name fits into 64 bits


class Numerals(Sequence[str]):
    """A row of names, each of them a whole number written without sign or leading zero. Reads like a tuple of strings."""

    def __init__(self, numbers: NDArray[np.uint64]) -> None:
        self.numbers = numbers

    def __len__(self) -> int:
        return int(self.numbers.size)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Numerals: ...
    def __getitem__(self, place: int | slice) -> str | Numerals:
        return Numerals(self.numbers[place]) if isinstance(place, slice) else str(self.numbers[place])

    def __iter__(self) -> Iterator[str]:
        for first in range(0, len(self), 65536):
            yield from map(str, self.numbers[first : first + 65536].tolist())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and is_number(name) and bool((self.numbers == np.uint64(name)).any())

    def __eq__(self, other: Any) -> bool:
        if isinstance(other, Numerals):
            return np.array_equal(self.numbers, other.numbers)
        return (
            isinstance(other, tuple | list) and len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Numerals({self.numbers!r})"


def is_number(name: str) -> bool:
    """Whether a name is a customer's id as it stands: at most 18 digits, no sign, no leading zero."""
    return name.isascii() and name.isdigit() and len(name) <= MOST_DIGITS and (name[0] != "0" or name == "0")
