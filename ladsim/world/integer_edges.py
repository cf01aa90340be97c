"""Lines of two numbers, compiled: bytes in, numbers out, and numbers into positions.

``pairs`` reads what is plainly two whole numbers a line, at the speed of the disk. At anything else (a name, a quote, a sign, a
leading zero, a line with one field, lines of which some have further fields and some have none, ``#1,#2``) it stops, and whoever called
reads the file another way. Memory is that of the result: numbers
below 2^31 are kept as they are, two int32 a line, until all are known; then a table over all numbers gives each its rank. Larger
or thinly spread ones get their positions from a hash table as they come (open addressing, Knuth 1973): 24 to 48 bytes a name.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ladsim.compiled import entry, rule

_NEWLINE, _RETURN, _SPACE, _TAB, _QUOTE, _HASH, _PERCENT, _ZERO, _NINE = 10, 13, 32, 9, 34, 35, 37, 48, 57
_MOST_DIGITS = 18
_FREE = np.uint64(0xFFFFFFFFFFFFFFFF)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_TEN = np.uint64(10)


@rule
def _past_blanks(text, at, separator):  # type: ignore[no-untyped-def]
    """The first byte that is no space, and no tab but one that separates columns. Every text ends with a line, which ends the search."""
    while text[at] == _SPACE or (text[at] == _TAB and separator != _TAB):
        at += 1
    return at


@rule
def _past_line(text, at):  # type: ignore[no-untyped-def]
    """The first byte of the next line; −1 where there is something in this one that needs a closer look."""
    while text[at] != _NEWLINE:
        odd = text[at] >= 128 or text[at] == _QUOTE or text[at] == 0
        if odd or (text[at] == _RETURN and text[at + 1] != _NEWLINE):
            return -1
        at += 1
    return at + 1


@rule
def _past_comment(text, at, separator):  # type: ignore[no-untyped-def]
    """The first byte behind a line that begins with # or %; −1 where that may be a name: ``#1,#2``."""
    begin = at
    while text[at] == _HASH or text[at] == _PERCENT:
        at += 1
    if separator != _SPACE and text[at] != _SPACE:
        end = at
        while text[end] != _NEWLINE:
            if text[end] == separator:
                return -1
            end += 1
    return _past_line(text, begin)


@rule
def _number(text, at):  # type: ignore[no-untyped-def]
    """Behind a number, and the number; −1 where there is none, or one that is a name."""
    begin, number = at, np.uint64(0)
    while _ZERO <= text[at] <= _NINE:
        number = number * _TEN + np.uint64(text[at] - _ZERO)
        at += 1
    if at == begin or at - begin > _MOST_DIGITS or (text[begin] == _ZERO and at - begin > 1):
        return -1, number
    return at, number


@entry("u1[] i8 u8[]* -> i8")
def pairs(text, separator, numbers):  # type: ignore[no-untyped-def]
    """Write the two numbers of every line into `numbers` (uint64); how many numbers, or −1 where a line is no such line.

    `text` (uint8) ends with a line; `separator` is a byte, 32 for any spaces or tabs. `numbers` needs room for two numbers every 4 bytes.
    """
    made, at, size, further = 0, 0, text.size, -1
    while at < size:
        begin = at
        at = _past_blanks(text, at, separator)
        if text[at] == _HASH or text[at] == _PERCENT:
            at = _past_comment(text, at, separator)
        elif text[at] == _NEWLINE or (text[at] == _RETURN and text[at + 1] == _NEWLINE):
            if at > begin:
                return -1
            at = _past_line(text, at)
        else:
            for side in range(2):
                at, number = _number(text, at)
                if at < 0:
                    return -1
                numbers[made + side] = number
                end = at
                at = _past_blanks(text, at, separator)
                more = text[at] == separator if separator != _SPACE else at > end
                if side == 0:
                    if not more:
                        return -1
                    if separator != _SPACE:
                        at = _past_blanks(text, at + 1, separator)
                elif not more and text[at] != _NEWLINE and text[at] != _RETURN:
                    return -1
            ends = 1 if text[at] == _NEWLINE or text[at] == _RETURN else 0
            if further >= 0 and further == ends:
                return -1
            further = 1 - ends
            at = _past_line(text, at)
            made += 2
        if at < 0:
            return -1
    return made


@entry("u8[] i4[]* i4[]* i8 -> b1")
def keep(numbers, sources, targets, at):  # type: ignore[no-untyped-def]
    """Take pairs over as they are, from place `at` on; False, and nothing is taken, where one is 2^31 or more."""
    for i in range(numbers.size):
        if numbers[i] >= np.uint64(2147483648):
            return False
    for i in range(numbers.size // 2):
        sources[at + i] = np.int32(numbers[2 * i])
        targets[at + i] = np.int32(numbers[2 * i + 1])
    return True


@entry("i4[]* i4[]* i4[]* -> u8[]")
def ranked(sources, targets, rank):  # type: ignore[no-untyped-def]
    """Replace every number by its rank; the different numbers, ascending: uint64. `rank` is zero for every number there may be."""
    for i in range(sources.size):
        rank[sources[i]] = 1
        rank[targets[i]] = 1
    different = np.int32(0)
    for number in range(rank.size):
        here = rank[number]
        rank[number] = different if here else np.int32(-1)
        different += here
    numbers = np.empty(different, np.uint64)
    for number in range(rank.size):
        if rank[number] >= 0:
            numbers[rank[number]] = number
    for i in range(sources.size):
        sources[i] = rank[sources[i]]
        targets[i] = rank[targets[i]]
    return numbers


@rule
def _place(keys, number):  # type: ignore[no-untyped-def]
    """Where a number is in the hash table, or where it will be."""
    mask = np.uint64(keys.size - 1)
    at = number * _SPREAD
    at = (at ^ (at >> np.uint64(32))) & mask
    while keys[at] != _FREE and keys[at] != number:
        at = (at + np.uint64(1)) & mask
    return at


@entry("u8[] i4[] u8[]* i4[]* ->")
def _moved(keys, codes, larger, larger_codes):  # type: ignore[no-untyped-def]
    for at in range(keys.size):
        if keys[at] != _FREE:
            place = _place(larger, keys[at])
            larger[place] = keys[at]
            larger_codes[place] = codes[at]


@entry("u8[]* i4[]* i8 u8[] i4[]* i4[]* i8 -> i8")
def _coded(keys, codes, known, numbers, sources, targets, at):  # type: ignore[no-untyped-def]
    """Write the positions of pairs into `sources` and `targets` from place `at` on; how many numbers are known then."""
    for i in range(numbers.size):
        place = _place(keys, numbers[i])
        if keys[place] == _FREE:
            keys[place] = numbers[i]
            codes[place] = known
            known += 1
        if i % 2 == 0:
            sources[at + i // 2] = codes[place]
        else:
            targets[at + i // 2] = codes[place]
    return known


@entry("u8[] i4[] i8 -> u8[]")
def _listed(keys, codes, known):  # type: ignore[no-untyped-def]
    """The known numbers in order of their positions."""
    numbers = np.empty(known, np.uint64)
    for at in range(keys.size):
        if keys[at] != _FREE:
            numbers[codes[at]] = keys[at]
    return numbers


@entry("i4[]* i4[] ->")
def renamed(ends, places):  # type: ignore[no-untyped-def]
    """Replace every end by its place."""
    for i in range(ends.size):
        ends[i] = places[ends[i]]


class Positions:
    """Numbers of any size, and positions for them in order of appearance."""

    def __init__(self) -> None:
        self._keys = np.full(1 << 12, _FREE, np.uint64)
        self._codes = np.empty(1 << 12, np.int32)
        self.known = 0

    def write(self, numbers: NDArray[np.uint64], sources: NDArray[np.int32], targets: NDArray[np.int32], at: int) -> None:
        """Positions of pairs into `sources` and `targets`, from place `at` on."""
        size = self._keys.size
        while size < 2 * (self.known + numbers.size):
            size *= 2
        if size > self._keys.size:
            keys, codes = np.full(size, _FREE, np.uint64), np.empty(size, np.int32)
            _moved(self._keys, self._codes, keys, codes)
            self._keys, self._codes = keys, codes
        self.known = int(_coded(self._keys, self._codes, self.known, numbers, sources, targets, at))

    def numbers(self) -> NDArray[np.uint64]:
        """The known numbers by position."""
        return _listed(self._keys, self._codes, self.known)  # type: ignore[no-any-return]
