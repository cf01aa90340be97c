"""What is wrong or odd in a file, in the reader's language: place, what was found, what is allowed.

In: a ``Problem``, whose words are English, or the text of an error, a language. Out: the same in Danish or Norwegian. The messages are
made where the problem is seen, in English; ``problems.en.toml`` (what is wrong in a file) and ``errors.en.toml`` (what was asked for,
what could not be done) hold their patterns, by which a message is known again, and the files of the other languages the words. Names,
keys and numbers that stand in a file go over as they are; the message's own (`_NUMBERS`) get the marks of the language; what a
pattern leaves open may be a known message itself. A message without a pattern stays English.
To translate one more: a line in each of the three files.

>>> from ladsim.errors import Problem
>>> told(Problem("rungs.lead.share", "1.5", "must be a number at least 0 and at most 1", file="shop.toml"), "da")
'shop.toml: rungs.lead.share: fandt 1.5, skal være et tal, mindst 0 og højst 1'
>>> told(Problem("steps.a.b.to", "'customr'", "must be one of the rungs (lead, customer)", "customer"), "nb")
"steps.a.b.to: fant 'customr', må være en av filens rungs (lead, customer) (mente du 'customer'?)"
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ladsim.errors import more_problems
from ladsim.i18n.catalogue import LANGUAGES, loose, text, texts
from ladsim.i18n.numerals import marked

if TYPE_CHECKING:
    from ladsim.errors import Problem

_FRAME = ("problems.found", "problems.meant", "problems.more", "errors.found_alone")  # what stands around messages
_ERRORS = ("problems", "errors")  # catalogues of what an error may say
# What is open in a pattern and is a number that the message found, not one that stands in the file or is to be written there.
_NUMBERS = frozenset({"n", "m", "percent", "number", "sum", "size", "all", "most", "amount", "kinds"})
_MARKED = re.compile(r"[-−]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")  # as English writes it
_GROUPED = re.compile(r"[-−]?\d{1,3}(,\d{3})+(\.\d+)?")
_DEEP = 3  # messages within messages
_OPEN = re.compile(r"\\{(\w+)\\}")


def told(problem: Problem, language: str) -> str:
    """A problem in a language; one without such texts is told in English."""
    if language == "en" or language not in LANGUAGES:
        return str(problem)
    problem = problem.cut()
    where, hint = problem.where(), f" {_said(language, 'problems.meant', name=repr(problem.nearest))}" if problem.nearest else ""
    found, allowed = (in_language(words, language) for words in (problem.found, problem.allowed))
    return f"{where}: {_said(language, 'problems.found', found=found, allowed=allowed)}{hint}"


def error_told(message: str, language: str) -> str:
    """What an error says, line by line, in a language; what is not known of it stays English.

    >>> error_told("month: found 30, must be a whole month from 1 to 24 (or the horizon itself)", "da")
    'month: fandt 30, skal være en hel måned fra 1 til 24 (eller den sidste dag selv)'
    >>> error_told("reports/x: is a file; name a folder for the results", "nb")
    'reports/x: er en fil; oppgi en mappe for resultatene'
    """
    if language == "en" or language not in LANGUAGES:
        return message
    return "\n".join(_line_told(line, language) for line in message.split("\n"))


def _line_told(line: str, language: str) -> str:
    """A line of an error: known as a whole, or as a place and what is said of it."""

    def words(message: str) -> str:
        return in_language(message, language, subjects=_ERRORS)

    if (said := words(line)) != line:
        return said
    place, colon, rest = line.partition(": ")
    hint = ""
    if rest.endswith("?)") and " (did you mean " in rest:
        rest, _, name = rest.rpartition(" (did you mean ")
        hint = f" {_said(language, 'problems.meant', name=name.removesuffix('?)'))}"
    found = rest.removeprefix("found ")
    if colon and found != rest:
        if (said := words(found)) != found:
            return f"{place}: {_said(language, 'errors.found_alone', found=said)}{hint}"
        for comma in re.finditer("[,;] ", found):
            allowed = found[comma.end() :]
            if (said := words(allowed)) != allowed:
                return f"{place}: {_said(language, 'problems.found', found=words(found[: comma.start()]), allowed=said)}{hint}"
    return f"{place}: {words(rest)}{hint}" if colon and words(rest) != rest else line


def more(number: int, language: str) -> str:
    """That there are so many more problems than were told."""
    return (
        more_problems(number)
        if language == "en" or language not in LANGUAGES
        else _said(language, "problems.more", n=marked(language, f"{number:,}"))
    )


def in_language(message: str, language: str, deep: int = _DEEP, subjects: tuple[str, ...] = ("problems",)) -> str:
    """An English message in a language, as far as it is known; else as it is."""
    for key, pattern in _patterns(subjects):
        match = pattern.fullmatch(message)
        if match and (
            key != "problems.or" or all(map(is_known, match.groups()))
        ):  # "or" between two messages, not in the midst of one
            return _said(
                language,
                key,
                **{name: _filled(name, value, language, deep, subjects) for name, value in match.groupdict().items()},
            )
    return marked(language, message) if _GROUPED.fullmatch(message) else message  # no file has such commas in a number


def _filled(name: str, value: str, language: str, deep: int, subjects: tuple[str, ...]) -> str:
    """What stands in an open place: a number of the message's own with the marks of the language, or what may be a message itself."""
    if name in _NUMBERS and _MARKED.fullmatch(value):
        return marked(language, value)
    return in_language(value, language, deep - 1, subjects) if deep else value


def is_known(message: str, subjects: tuple[str, ...] = ("problems",)) -> bool:
    """Whether a message has a pattern, so that it can be told in every language."""
    return any(pattern.fullmatch(message) for key, pattern in _patterns(subjects) if key != "problems.or")


def _said(language: str, key: str, /, **values: str) -> str:
    return loose(str(text(language, key))).format(**values)


@cache
def _patterns(subjects: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Keys and patterns of all messages of some catalogues, those with most words of their own first."""
    found = []
    for key, said in texts("en").items():
        if key.partition(".")[0] in subjects and key not in _FRAME and isinstance(said, str):
            plain = loose(said).replace("{{", "{").replace("}}", "}")
            whole = re.escape(plain)
            found.append((len(_OPEN.sub("", whole)), key, re.compile(_OPEN.sub(r"(?P<\1>.+?)", whole), re.DOTALL)))
    return tuple((key, pattern) for _, key, pattern in sorted(found, key=lambda one: (-one[0], one[1])))
