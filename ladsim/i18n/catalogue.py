"""The texts of one language, from the files of this folder.

In: a language and a key such as ``chart.median``. Out: a text with {placeholders}, or several by plural form. The first part of a
key is a table of ``LANGUAGE.toml``, or the name of a file ``SUBJECT.LANGUAGE.toml``, whose keys begin behind the subject. A file is
read when the first of its keys is asked for.

A text with plurals is a table of forms, chosen by the number ``n``: ``people = { one = "{n} person", other = "{n} people" }``.

>>> text("en", "chart.month_axis"), text("da", "chart.month_axis")
('month', 'måned')
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LANGUAGES = ("en", "da", "nb")
FOLDER = Path(__file__).parent
PLURALS = frozenset({"one", "other"})
SPACE, HYPHEN = "\u00a0", "\u2011"  # at which no line breaks


def text(language: str, key: str) -> str | Mapping[str, str]:
    """What the key says in a language: a text, or texts by plural form. Raises KeyError where there is none."""
    subject = key.partition(".")[0]
    found = _subject(language, subject)
    if key not in found:
        raise KeyError(f"{key}: no such text in {language}")
    return found[key]


def has(language: str, key: str) -> bool:
    """Whether there is such a text."""
    return key in _subject(language, key.partition(".")[0])


def texts(language: str) -> dict[str, str | Mapping[str, str]]:
    """All texts of a language, of all its files."""
    found = dict(_read(f"{language}.toml", ""))
    for path in sorted(FOLDER.glob(f"*.{language}.toml")):
        found |= _subject(language, path.name.split(".")[0])
    return found


_TORN = re.compile(
    r"(?<=\d) (?=\d{3}(?!\d))|(?<=\d) (?=(?:kr|mio|mill|mrd|milliard|million|billion|[%€×])(?!\w))|(?<=[A-Z]{3}) (?=[−\d])"
)


def tight(text: str) -> str:
    """A sentence whose numbers no end of a line tears apart: "1 610 kr" and "EUR −1,180" stay together. ``loose`` undoes it.

    >>> tight("1 610 kr af 2,15 mio. kr; EUR −1,180") == "1\u00a0610\u00a0kr af 2,15\u00a0mio. kr; EUR\u00a0−1,180"
    True
    """
    return _TORN.sub("\u00a0", text)


def loose(said: str) -> str:
    """A text with common spaces and hyphens, for the terminal and for tables of data.

    >>> loose(text("da", "screen.interval"))
    '95 %-interval'
    """
    return said.replace(SPACE, " ").replace(HYPHEN, "-")


def _subject(language: str, subject: str) -> Mapping[str, str | Mapping[str, str]]:
    """The texts among which those of a subject are."""
    if language not in LANGUAGES:
        raise KeyError(f"{language}: no such language; there are {', '.join(LANGUAGES)}")
    own = f"{subject}.{language}.toml"
    return _read(own, subject + ".") if _exists(own) else _read(f"{language}.toml", "")


@cache
def _exists(name: str) -> bool:
    return (FOLDER / name).is_file()


@cache
def _read(name: str, before: str) -> Mapping[str, str | Mapping[str, str]]:
    """A file's texts by dotted key; a number and its % belong on one line."""
    data = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))
    return MappingProxyType(dict(_flat(data, before)))


def _flat(data: dict[str, Any], before: str) -> Iterator[tuple[str, str | Mapping[str, str]]]:
    for key, value in data.items():
        if isinstance(value, str):
            yield before + key, _tied(value)
        elif set(value) == PLURALS:
            yield before + key, MappingProxyType({form: _tied(said) for form, said in value.items()})
        else:
            yield from _flat(value, f"{before}{key}.")


def _tied(said: str) -> str:
    return said.replace(" %-", f"{SPACE}%{HYPHEN}").replace(" %", f"{SPACE}%")
