"""The words that tell what columns and cells mean, from ``column_words.toml`` and ``cell_words.toml``, where more can be taught.

>>> "juni" in months(), months()["juni"], "ja" in cell_words("yes")
(True, 6, True)
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from ladsim.errors import DataError, without_control

_FOLDER = Path(__file__).parent
_WORDS = re.compile(r"[^\W_]+")


@cache
def words_in(name: str) -> dict[str, Any]:
    """A file of words."""
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


@cache
def cell_words(key: str) -> tuple[str, ...]:
    """The words of a kind, in small letters."""
    return tuple(word.strip() for word in words_in("cell_words.toml")[key].replace("\n", " ").split(","))


def says(text: str, key: str) -> bool:
    """Whether a text holds one of the words of a kind, as whole words that follow each other.

    >>> says("Kort udløbet", "failed_payment"), says("for kort tid", "failed_payment"), says("Spring (control group)", "control")
    (True, False, True)
    """
    said = f" {' '.join(_WORDS.findall(text.casefold()))} "
    return any(f" {' '.join(_WORDS.findall(phrase))} " in said for phrase in cell_words(key))


@cache
def months() -> dict[str, int]:
    """Word → number of the month."""
    lines = words_in("cell_words.toml")["months"].split(";")
    return {word.strip(): number for number, line in enumerate(lines, start=1) for word in line.split(",")}


@contextmanager
def errors_shown() -> Iterator[None]:
    """Errors of data with their texts as a screen may show them."""
    try:
        yield
    except DataError as error:
        raise DataError(without_control(str(error))) from None


def sql_list(words: tuple[str, ...] | list[str]) -> str:
    """Words as a list in SQL."""
    return "[" + ", ".join("'" + word.replace("'", "''") + "'" for word in words) + "]"
