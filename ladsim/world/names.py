"""Names of people: numbers kept as numbers, 8 bytes a name instead of about 100; whole numbers written as decimals; Unicode forms.

>>> names = Numerals(np.array([7, 12], np.uint64))
>>> names[1], list(names), names == ("7", "12")
('12', ['7', '12'], True)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

_WITHOUT_WIDTH = "\ufeff\u200b\u200e\u200f\u2060"  # signs that nobody sees
MOST_DIGITS = 18  # so that a name fits into 64 bits
_WHOLE = re.compile(r"\d+(?:[.,]0+)?")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([., '\u00a0\u2009\u202f\u2019])\d{3})(?:\1\d{3})*")
_SIGNS = " #+*'\"№@&.,:;!?()[]{}<>-_/\\"  # in front of a name or behind it, they may be no part of it
_ROUNDED = re.compile(r"\d[.,]\d+[eE]\+\d+")


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


def plain_name(name: str) -> str:
    """A name as it is compared: without spaces around it, in one Unicode form (NFC).

    >>> plain_name(" A\u030ase ") == "\u00c5se"
    True
    """
    name = name.strip().strip(_WITHOUT_WIDTH).strip()
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def is_whole(name: str) -> bool:
    """Whether a name is a whole number, be it written as a decimal.

    >>> is_whole("1001"), is_whole("1001.0"), is_whole("1001,00"), is_whole("10.5"), is_whole("A1")
    (True, True, True, False, False)
    """
    return name.isascii() and _WHOLE.fullmatch(name) is not None


def as_whole(name: str) -> str:
    """A whole number without its decimals.

    >>> as_whole("1001.0"), as_whole("007")
    ('1001', '007')
    """
    return re.split("[.,]", name, maxsplit=1)[0]


def grouped_twins(names: Sequence[str]) -> tuple[str, str] | None:
    """Two different names that are one whole number, of which one has a thousands separator, such as 1001 and 1.001.

    >>> grouped_twins(["999", "1.001", "1001"]), grouped_twins(["999", "1.001", "2.001"]), grouped_twins(["1 001", "1,001"])
    (('1001', '1.001'), None, ('1 001', '1,001'))
    """
    marked = {name: without_marks(name) for name in names if _GROUPED.fullmatch(name)}
    if not marked:
        return None
    plain = set(marked.values()).intersection(names)
    seen: dict[str, str] = {}
    for name, digits in marked.items():
        other = digits if digits in plain else seen.setdefault(digits, name)
        if other != name:
            return other, name
    return None


def without_marks(name: str) -> str:
    """The digits of a whole number with thousands separators."""
    return re.sub(r"\D", "", name)


def nearly_twins(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of different names that are the same but for signs in front or behind, or for capitals: two people, or one written in two ways.

    >>> nearly_twins(["1003", "#1003", "Anna", "anna", "Bo"]), nearly_twins(["#1", "#2"])
    ([('1003', '#1003'), ('Anna', 'anna')], [])
    """
    bare = [name.strip(_SIGNS).casefold() or name for name in names]
    if len(set(bare)) == len(bare):
        return []
    seen: dict[str, str] = {}
    return [(seen[core], name) for core, name in zip(bare, names, strict=True) if seen.setdefault(core, name) != name]


def rounded(names: Sequence[str]) -> str | None:
    """A number that a spreadsheet has rounded, and which may be several people, such as 4.57E+12; None where there is none."""
    return next((name for name in names if _ROUNDED.fullmatch(name)), None)


def twins(names: Sequence[str]) -> tuple[str, str] | None:
    """Two different names that read as the same number, such as 042 and 42, or 7 and 7.0."""
    seen: dict[str, str] = {}
    for name in names:
        if is_whole(name):
            other = seen.setdefault(as_whole(name).lstrip("0"), name)
            if other != name:
                return other, name
    return None
