"""What is wrong or odd in a file, in the reader's language: place, what was found, what is allowed.

In: a ``Problem``, whose words are English, or the text of an error, a language. Out: the same in Danish or Norwegian. The messages are
made where the problem is seen, in English; their patterns, by which a message is known again, stand in ``problems.en.toml`` (what is wrong
in a scenario), ``errors.en.toml`` (what was asked for, what could not be done), ``file_errors.en.toml`` (files of ties and people) and
``data_errors.en.toml`` (customers' data), and the files of the other languages hold the words. Names, keys and numbers that stand in a file
go over as they are; the message's own (`NUMBERS`) get the marks of the language; what a pattern leaves open may be a known message itself.
A message without a pattern stays English. To translate one more: a line in each of the three files.

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

_FRAME = (  # what stands around messages
    *("problems.found", "problems.meant", "problems.more", "errors.found_alone", "data_errors.column"),
    *("file_errors.place", "file_errors.line", "file_errors.line_column", "file_errors.withheld"),
)
_ERRORS = ("problems", "errors", "file_errors", "data_errors")  # catalogues of what an error may say
# What is open in a pattern and is a number that the message found, not one that stands in the file or is to be written there.
NUMBERS = frozenset({"n", "m", "percent", "number", "sum", "size", "all", "most", "amount", "kinds"})
_MARKED = re.compile(r"[-−]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")  # as English writes it
_GROUPED = re.compile(r"[-−]?\d{1,3}(,\d{3})+(\.\d+)?")
_DEEP = 3  # messages within messages
_WITH_CELLS = ("file_errors.", "data_errors.")
_OPEN = re.compile(r"\\{(\w+)\\}")


def told(problem: Problem, language: str) -> str:
    """A problem in a language; one without such texts is told in English."""
    if language == "en" or language not in LANGUAGES:
        return str(problem)
    problem = problem.cut()
    where, hint = (
        _place_told(problem.where(), language),
        f" {_said(language, 'problems.meant', name=repr(problem.nearest))}" if problem.nearest else "",
    )
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

    whole_line = in_language(line, language, subjects=_ERRORS if ": found " not in line else ("problems", "errors"))
    if whole_line != line:
        return whole_line
    line, withheld = _without_note(line, language)
    place, colon, rest = line.partition(": found ") if ": found " in line else line.partition(": ")
    if colon == ": found ":
        rest = f"found {rest}"
    place, hint = _place_told(place, language), ""
    if rest.endswith("?)") and " (did you mean " in rest:
        rest, _, name = rest.rpartition(" (did you mean ")
        hint = f" {_said(language, 'problems.meant', name=name.removesuffix('?)'))}"
    found = rest.removeprefix("found ")
    if colon and found != rest and (said := _found_told(found, language)) is not None:
        return f"{place}: {said}{hint}{withheld}"
    return f"{place}: {words(rest)}{hint}{withheld}" if colon and words(rest) != rest else f"{line}{withheld}"


def _found_told(found: str, language: str) -> str | None:
    """What was found, and perhaps what is allowed; None where neither is known.

    A comma may stand between the two, or within one of them: first choice are two that are known, then one that ends in words of its own.
    """

    def words(message: str, closed: bool = False) -> str | None:
        said = in_language(message, language, subjects=_ERRORS, closed=closed)
        return None if said == message else said

    parts = [(found[: comma.start()], words(found[comma.end() :])) for comma in re.finditer("[,;] ", found)]
    pairs = [(one, allowed) for one, allowed in parts if allowed is not None]
    whole = words(found, closed=True)
    best = next((pair for pair in pairs if words(pair[0])), None) or (pairs[0] if pairs and whole is None else None)
    if best is not None:
        return _said(language, "problems.found", found=words(best[0]) or best[0], allowed=best[1])
    whole = whole or words(found)
    return None if whole is None else _said(language, "errors.found_alone", found=whole)


def _without_note(line: str, language: str) -> tuple[str, str]:
    """A line without the note that a file's text is not shown, and that note in a language."""
    note = f" ({_said('en', 'file_errors.withheld')})"
    return (line.removesuffix(note), f" ({_said(language, 'file_errors.withheld')})") if line.endswith(note) else (line, "")


def _place_told(place: str, language: str) -> str:
    """A place with its words for lines and columns in a language."""
    place = re.sub(r"^(.*), line (\d+)(?=: |$)", lambda m: _said(language, "file_errors.place", file=m[1], n=m[2]), place)
    place = re.sub(
        r"(?:^|(?<=: ))line (\d+), column (\d+)$", lambda m: _said(language, "file_errors.line_column", n=m[1], m=m[2]), place
    )
    place = re.sub(r"(?:^|(?<=: ))line (\d+)$", lambda m: _said(language, "file_errors.line", n=m[1]), place)
    return re.sub(r"(?:^|(?<=: ))column (.+)$", lambda m: _said(language, "data_errors.column", name=m[1]), place)


def more(number: int, language: str) -> str:
    """That there are so many more problems than were told."""
    return (
        more_problems(number)
        if language == "en" or language not in LANGUAGES
        else _said(language, "problems.more", n=marked(language, f"{number:,}"))
    )


def in_language(
    message: str, language: str, deep: int = _DEEP, subjects: tuple[str, ...] = ("problems",), closed: bool = False
) -> str:
    """An English message in a language, as far as it is known; else as it is. `closed`: by a pattern that ends in words of its own."""
    for key, pattern in patterns(subjects):
        match = None if closed and pattern.pattern.endswith(("+?)", "]+)")) else pattern.fullmatch(message)
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
    if name in NUMBERS and _MARKED.fullmatch(value):
        return marked(language, value)
    return in_language(value, language, deep - 1, subjects) if deep else value


def is_known(message: str, subjects: tuple[str, ...] = ("problems",)) -> bool:
    """Whether a message has a pattern, so that it can be told in every language."""
    return any(pattern.fullmatch(message) for key, pattern in patterns(subjects) if key != "problems.or")


def _said(language: str, key: str, /, **values: str) -> str:
    return loose(str(text(language, key))).format(**values)


def _gap(found: re.Match[str]) -> str:
    """What may stand in a gap of a message about a file, whose cells may be anything: a number where one belongs."""
    return rf"(?P<{found[1]}>[-−]?[\d.,]+)" if found[1] in NUMBERS else rf"(?P<{found[1]}>.+?)"


@cache
def patterns(subjects: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Keys and patterns of all messages of some catalogues, those with most words of their own first."""
    found = []
    for key, said in texts("en").items():
        if key.partition(".")[0] in subjects and key not in _FRAME and isinstance(said, str):
            plain = loose(said).replace("{{", "{").replace("}}", "}")
            whole = re.escape(plain)
            gap = _gap if key.startswith(_WITH_CELLS) else r"(?P<\1>.+?)"
            found.append((len(_OPEN.sub("", whole)), key, re.compile(_OPEN.sub(gap, whole), re.DOTALL)))
    return tuple((key, pattern) for _, key, pattern in sorted(found, key=lambda one: (-one[0], one[1])))
