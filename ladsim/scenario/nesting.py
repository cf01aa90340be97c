"""How deep a file may nest, how long its words may be and how much it may hold, looked at before anybody makes sense of it.

In: a text, or what was parsed. Out: the first problem, or nothing. A reader of TOML takes a dotted key apart in time that grows with the
square of its parts, and whatever walks through tables goes one call deeper with each: a few kilobytes could keep a machine busy for
minutes, or end in Python's limit. No scenario needs a tenth of what is allowed.

>>> print(in_text("[strategies." + "a." * 40 + "a]"))
line 1: found a key of 42 parts, must have at most 32
>>> print(in_text("values = " + "[" * 40))
line 1: found lists or tables 33 deep, must be at most 32 deep
>>> print(in_text("values = [" + "1," * 600_000 + "]"))
file: found more than 500,000 values, must be fewer
>>> in_text('label = "a.b.c.d.e" # [[[['), in_tables({"a": [1, {"b": 2}]})
(None, None)
"""

from __future__ import annotations

import re
from typing import Any

from ladsim.errors import Problem

MOST_DEEP = 32
MOST_IN_A_WORD = 1_000  # characters of a key, or of a number
_DEEPER = (dict, list, tuple)  # what readers of TOML and JSON give; to ask for these is ten times as fast as to ask for a Mapping
MOST_TABLES = 5_000  # in one list
MOST_KEYS = 60_000  # of one table
MOST_VALUES = 1_500_000  # in all
MOST_IN_TOML = 500_000  # values in a text: to read as many takes a second
_TOO_MANY = (f"more than {MOST_VALUES:,} values", "must be fewer")
# Texts and comments. One that has no end reaches to the end of the file: there the reader of TOML stops.
_TEXTS = re.compile(
    r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+(?:"{3,5}|\Z)'
    r"|'''(?:[^']++|'(?!''))*+(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'[^'\n]*+'"
    r"|#[^\n]*+"
    r"|[\"'][\s\S]*+"
)
_BRACKET = re.compile(r"[\[\]{}\n]")
_BETWEEN_KEYS = re.compile(r"[=\[\]{},]")
_WORD = re.compile(r"[^\s=\[\]{},.\"]++")
_TEXT_OF_JSON = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)


def in_text(text: str) -> Problem | None:
    """What is nested too deep, or too long, in a text of TOML that nobody has parsed yet."""
    bare = _TEXTS.sub(lambda found: '"' + "\n" * found[0].count("\n"), text)
    if bare.count(",") > MOST_IN_TOML:
        return Problem("file", f"more than {MOST_IN_TOML:,} values", "must be fewer")
    return _long_key(bare) or _deep(bare) or _long_word(bare)


def in_json(text: str | bytes) -> Problem | None:
    """What is too much in a text of JSON that nobody has parsed yet: its commas outside texts part its values.

    >>> print(in_json("[" + "[]," * 2_000_000 + "[]]"))
    file: found more than 1,500,000 values, must be fewer
    >>> in_json('{"label": "' + "," * 2_000_000 + '"}')
    """
    words = text if isinstance(text, str) else text.decode("latin-1")  # commas and quotation marks are the same bytes in UTF-8
    if words.count(",") < MOST_VALUES or _TEXT_OF_JSON.sub("", words).count(",") < MOST_VALUES:
        return None
    return Problem("file", *_TOO_MANY)


def in_tables(data: Any, most: int = MOST_DEEP) -> Problem | None:
    """What is nested too deep, has too long a name or is too much, in tables and lists; a loop and no call, however deep they are."""
    waiting: list[tuple[Any, int, str]] = [(data, 0, "")]
    looked = 0
    while waiting:
        here, depth, place = waiting.pop()
        if depth > most:
            return Problem(place, f"lists or tables more than {most} deep", f"must be at most {most} deep")
        looked += len(here) if isinstance(here, _DEEPER) else 1
        if looked > MOST_VALUES:
            return Problem(place or "file", *_TOO_MANY)
        if isinstance(here, dict):
            if len(here) > MOST_KEYS:
                return Problem(place or "file", f"a table of {len(here):,} keys", f"must have at most {MOST_KEYS:,}")
            for key in here:
                if len(key) > MOST_IN_A_WORD:
                    return Problem(f"{key[:40]}…", f"a key of {len(key):,} characters", _ALLOWED)
            waiting += [(item, depth + 1, place or key) for key, item in here.items() if isinstance(item, _DEEPER)]
        elif isinstance(here, list | tuple):
            if len(here) > MOST_TABLES and (tables := sum(isinstance(item, _DEEPER) for item in here)) > MOST_TABLES:
                return Problem(place, f"{tables:,} lists or tables in a list", f"must be at most {MOST_TABLES:,}")
            waiting += [(item, depth + 1, place) for item in here if isinstance(item, _DEEPER)]
    return None


_ALLOWED = f"must have at most {MOST_IN_A_WORD:,}"


def _long_key(bare: str) -> Problem | None:
    for number, line in enumerate(bare.split("\n"), start=1):
        if line.count(".") < MOST_DEEP:
            continue
        parts = 1 + max(piece.count(".") for piece in _BETWEEN_KEYS.split(line))
        if parts > MOST_DEEP:
            return Problem(f"line {number}", f"a key of {parts:,} parts", f"must have at most {MOST_DEEP}")
    return None


def _deep(bare: str) -> Problem | None:
    depth, number = 0, 1
    for bracket in _BRACKET.finditer(bare):
        sign = bracket[0]
        if sign == "\n":
            number += 1
        elif sign in "[{":
            depth += 1
            if depth > MOST_DEEP:
                return Problem(f"line {number}", f"lists or tables {depth} deep", f"must be at most {MOST_DEEP} deep")
        else:
            depth = max(0, depth - 1)
    return None


def _long_word(bare: str) -> Problem | None:
    if max(map(len, _WORD.findall(bare)), default=0) <= MOST_IN_A_WORD:  # nearly always; a file may have a million words
        return None
    for word in _WORD.finditer(bare):
        size = word.end() - word.start()
        if size > MOST_IN_A_WORD:
            return Problem(f"line {bare.count(chr(10), 0, word.start()) + 1}", f"a word of {size:,} characters", _ALLOWED)
    return None
