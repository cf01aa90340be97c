"""What is wrong or odd in a file, in the reader's language: place, what was found, what is allowed.

In: a ``Problem``, whose words are English, or the text of an error, a language. Out: the same in Danish or Norwegian. The messages are
made where the problem is seen, in English; their patterns, by which a message is known again, stand in ``problems.en.toml`` (what is wrong
in a scenario), ``errors.en.toml`` (what was asked for, what could not be done), ``file_errors.en.toml`` (files of ties and people),
``data_errors.en.toml`` (customers' data), ``fitting_errors.en.toml`` (data that a ladder is fitted to, or a plan is followed with) and
``planning_errors.en.toml`` (tests, targets and plans), ``budget_errors.en.toml`` (the split of a budget), and
the files of the other languages hold the words. Names, keys and numbers that stand in a file go over as they are; the message's own
(`NUMBERS`) get the marks of the language; what a pattern leaves open may be a known message itself.
A message with a part that no pattern knows stays English as a whole: it is never half and half. Only what other programs say (`error`) is
quoted in it as it is. To translate one more: a line in each of the three files.

>>> from ladsim.errors import Problem
>>> told(Problem("rungs.lead.share", "1.5", "must be a number at least 0 and at most 1", file="shop.toml"), "da")
'shop.toml: rungs.lead.share: fandt 1.5, skal være et tal, mindst 0 og højst 1'
>>> told(Problem("steps.a.b.to", "'customr'", "must be one of the rungs (lead, customer)", "customer"), "nb")
"steps.a.b.to: fant 'customr', må være en av filens rungs (lead, customer) (mente du 'customer'?)"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, reduce
from typing import TYPE_CHECKING

from ladsim.errors import more_problems
from ladsim.i18n.catalogue import LANGUAGES, loose, text, texts
from ladsim.i18n.numerals import marked

if TYPE_CHECKING:
    from ladsim.errors import Problem

_FRAME = (  # what stands around messages
    *("problems.found", "problems.meant", "problems.more", "errors.found_alone", "data_errors.column"),
    *("errors.place_own", "errors.place_sweep", "fitting_errors.place_by_rung", "fitting_errors.place_before"),
    *("file_errors.place", "file_errors.line", "file_errors.line_column", "file_errors.withheld"),
)
_PLACES = ("errors.place_own", "fitting_errors.place_by_rung", "fitting_errors.place_before")  # those in words
_ERRORS = (
    "problems",
    "errors",
    "file_errors",
    "data_errors",
    "fitting_errors",
    "planning_errors",
    "budget_errors",
)  # catalogues of what an error may say
# What is open in a pattern and is a number that the message found, not one that stands in the file or is to be written there.
NUMBERS = frozenset({"n", "m", "percent", "number", "sum", "size", "all", "most", "amount", "kinds"})
_MARKED = re.compile(r"[-−]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")  # as English writes it
_GROUPED = re.compile(r"[-−]?\d{1,3}(,\d{3})+(\.\d+)?")
_AMOUNT_IN = re.compile(
    r"(?P<quoted>'[^']*'|\"[^\"]*\"|[\[{].*)|(?<![\d.,])\d{1,3}(?:,\d{3})+(?!,?\d)(?:\.\d+)?", re.DOTALL
)  # not of a file
_DEEP = 3  # messages within messages
_WITH_CELLS = ("file_errors.", "data_errors.", "fitting_errors.")
_OPEN = re.compile(r"\\{(\w+)\\}")
# Gaps for what Python, a library or the system says: quoted, like a name.
_QUOTED = frozenset({"error"})
_IN_QUOTES = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|»[^«]*«")
# Words by which English is told from names: none of them is Danish or Norwegian.
_ENGLISH = re.compile(
    r"\b(the|of|which|must|than|with|and|are|this|that|cannot|its|be|has|from|without|there|not|any|every|only|found|one|needs|where"
    r"|nobody|nothing|anything|everything|would|ever|never|between|above|below|when|who|into|does|gets|more|less|each|if|is)\b"
)
_WORDS = re.compile(r"[a-z]{2,} (?:[\d.,]+ )?[a-z]{2,}")  # a number between two words is no end of a sentence: the 400 customers
_VALUE = re.compile(r"\[.*(\]|…)|\{.*(\}|…)|'[^']*…|\"[^\"]*…", re.DOTALL)  # a list, a table or a text of the file, perhaps cut
_NAME = r"(?:'[^']*'|[\w.]+)"
_NAMES = re.compile(rf"{_NAME}(?:, {_NAME})*(?: or {_NAME}(?:, {_NAME})*)+")  # such as 'time', 'order' or 'message'


def told(problem: Problem, language: str) -> str:
    """A problem in a language; one without such texts is told in English."""
    if language == "en" or language not in LANGUAGES:
        return str(problem)
    problem = problem.cut()
    found, allowed = (_as_part(words, language, ("problems",)) for words in (problem.found, problem.allowed))
    if found is None or allowed is None:
        return str(problem)
    hint = f" {_said(language, 'problems.meant', name=repr(problem.nearest))}" if problem.nearest else ""
    return f"{_place_told(problem.where(), language)}: {_said(language, 'problems.found', found=found, allowed=allowed)}{hint}"


def error_told(message: str, language: str) -> str:
    """What an error says, line by line, in a language; a line of which a part is not known stays English.

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
    whole_line = _known(line, language, subjects=_ERRORS if ": found " not in line else ("problems", "errors"))
    if whole_line is not None:
        return whole_line
    bare, withheld = _without_note(line, language)
    bare, hint = _without_hint(bare, language)
    if bare.startswith("found ") and (said := _found_told(bare.removeprefix("found "), language)) is not None:
        return f"{said}{hint}{withheld}"
    for colon in re.finditer(": (?=found )" if ": found " in bare else ": ", bare):
        place, rest = bare[: colon.start()], bare[colon.end() :]
        found = rest.removeprefix("found ")
        said = _found_told(found, language) if found != rest else None
        said = _known(rest, language, subjects=_ERRORS) if said is None else said
        place = _place_told(place, language)
        if said is not None and not _is_english(place):
            return f"{place}: {said}{hint}{withheld}"
    return line


def _found_told(found: str, language: str) -> str | None:
    """What was found, and perhaps what is allowed; None where a part of it is not known."""

    def words(message: str, closed: bool = False) -> str | None:
        return _known(message, language, subjects=_ERRORS, closed=closed)

    whole = words(found, closed=True)
    parts = parted(found, words, whole)
    if parts is not None and (one := _as_part(parts[0], language, _ERRORS)) is not None:
        return _said(language, "problems.found", found=one, allowed=words(parts[2]) or parts[2])
    whole = whole or words(found)
    return None if whole is None else _said(language, "errors.found_alone", found=whole)


def parted(found: str, known: Callable[[str], str | None], whole: str | None) -> tuple[str, str, str] | None:
    """What was found, the comma, and what is allowed; None where the message has no such parts. `whole`: it, where it is known uncut.

    A comma may stand between the two, or within one of them: first choice are two that are known, then what is known as a whole, then the
    first that is allowed alone.
    """
    cuts = [(found[: comma.start()], comma[0], found[comma.end() :]) for comma in re.finditer("[,;] ", found)]
    cuts = [cut for cut in cuts if known(cut[2]) is not None]
    return next((cut for cut in cuts if known(cut[0]) is not None), None) or (cuts[0] if cuts and whole is None else None)


def _without_hint(line: str, language: str) -> tuple[str, str]:
    """A line without the name that may be meant, and that hint in a language."""
    rest, meant, name = line.rpartition(" (did you mean ")
    if not meant or not name.endswith("?)"):
        return line, ""
    return rest, f" {_said(language, 'problems.meant', name=name.removesuffix('?)'))}"


def _without_note(line: str, language: str) -> tuple[str, str]:
    """A line without the note that a file's text is not shown, and that note in a language."""
    note = f" ({_said('en', 'file_errors.withheld')})"
    return (line.removesuffix(note), f" ({_said(language, 'file_errors.withheld')})") if line.endswith(note) else (line, "")


def _place_told(place: str, language: str) -> str:
    """A place with its words for lines and columns in a language."""
    if (key := next((key for key in _PLACES if place == _said("en", key)), None)) is not None:
        return _said(language, key)
    place = re.sub(r"^sweep of (\S+)$", lambda m: _said(language, "errors.place_sweep", key=m[1]), place)
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


def in_language(message: str, language: str, subjects: tuple[str, ...] = ("problems",)) -> str:
    """An English message in a language, where all of it is known; else as it is."""
    said = _known(message, language, subjects=subjects)
    return message if said is None else said


def _known(
    message: str, language: str, deep: int = _DEEP, subjects: tuple[str, ...] = ("problems",), closed: bool = False
) -> str | None:
    """A message in a language; None where a part of it has no words there. `closed`: by a pattern that ends in words of its own."""
    for key, pattern in patterns(subjects):
        match = None if closed and pattern.pattern.endswith(("+?)", "]+)")) else pattern.fullmatch(message)
        groups = match.groupdict() if match else {}
        if (
            match and key == "problems.or"
        ):  # between two messages, not in the midst of one; the second may leave out its "must be"
            groups["other"] = next((said for said in (groups["other"], f"must be {groups['other']}") if is_known(said)), "")
        if match and (key != "problems.or" or (groups["other"] and is_known(groups["one"]))):
            filled = {name: _filled(name, value, language, deep, subjects) for name, value in groups.items()}
            if None not in filled.values():
                said = {name: str(value) for name, value in filled.items()}
                if key == "problems.or" and said["one"].startswith(must := _said(language, "problems.must_be")):
                    said["other"] = said["other"].removeprefix(must)
                return _said(language, key, **said)
    return marked(language, message) if _GROUPED.fullmatch(message) else None  # no file has such commas in a number


def _filled(name: str, value: str, language: str, deep: int, subjects: tuple[str, ...]) -> str | None:
    """What stands in an open place: a number of the message's own, a message, or a name; None where it is English that is not known."""
    if name in NUMBERS and _MARKED.fullmatch(value):
        return marked(language, value)
    said = _known(value, language, deep - 1, subjects) if deep else None
    if said is None and _NAMES.fullmatch(value):
        one, *rest = value.split(" or ")
        return reduce(lambda told, name: _said(language, "problems.or", one=told, other=name), rest, one)
    if said is None and (name in _QUOTED or not _is_english(value)):
        return _AMOUNT_IN.sub(lambda found: found[0] if found["quoted"] else marked(language, found[0]), value)
    return said


def _is_english(value: str) -> bool:
    """Whether a value is words of English, and not a name, a number or names."""
    bare = _IN_QUOTES.sub("", value)
    return bool(_ENGLISH.search(bare) and _WORDS.search(bare))


def _as_part(message: str, language: str, subjects: tuple[str, ...]) -> str | None:
    """What was found, or is allowed, in a language: words that are known, or a value; None for English that is not known."""
    said = _known(message, language, subjects=subjects)
    if said is None and (_VALUE.fullmatch(message) or not _WORDS.search(_IN_QUOTES.sub("", message))):
        return message
    return said


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
