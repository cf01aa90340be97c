"""What is wrong or odd in a file, in the reader's language: place, what was found, what is allowed.

In: a ``Problem``, whose words are English, a language. Out: the same in Danish or Norwegian. The messages are made where the problem is
seen, in English; ``problems.en.toml`` holds their patterns, by which a message is known again, and ``problems.da.toml`` and
``problems.nb.toml`` the words. Names, keys and numbers go over as they are; what a pattern leaves open may be a known message itself. A
message without a pattern stays English. To translate one more: a line in each of the three files.

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

if TYPE_CHECKING:
    from ladsim.errors import Problem

_FRAME = ("found", "meant", "more")  # what stands around messages
_DEEP = 3  # messages within messages
_OPEN = re.compile(r"\\{(\w+)\\}")


def told(problem: Problem, language: str) -> str:
    """A problem in a language; one without such texts is told in English."""
    if language == "en" or language not in LANGUAGES:
        return str(problem)
    problem = problem.cut()
    where, hint = problem.where(), f" {_said(language, 'meant', name=repr(problem.nearest))}" if problem.nearest else ""
    found, allowed = (in_language(words, language) for words in (problem.found, problem.allowed))
    return f"{where}: {_said(language, 'found', found=found, allowed=allowed)}{hint}"


def more(number: int, language: str) -> str:
    """That there are so many more problems than were told."""
    return more_problems(number) if language == "en" or language not in LANGUAGES else _said(language, "more", n=f"{number:,}")


def in_language(message: str, language: str, deep: int = _DEEP) -> str:
    """An English message in a language, as far as it is known; else as it is."""
    for key, pattern in _patterns():
        match = pattern.fullmatch(message)
        if match and (key != "or" or all(map(is_known, match.groups()))):  # "or" between two messages, not in the midst of one
            values = {
                name: in_language(value, language, deep - 1) if deep else value for name, value in match.groupdict().items()
            }
            return _said(language, key, **values)
    return message


def is_known(message: str) -> bool:
    """Whether a message has a pattern, so that it can be told in every language."""
    return any(pattern.fullmatch(message) for key, pattern in _patterns() if key != "or")


def _said(language: str, key: str, /, **values: str) -> str:
    return loose(str(text(language, f"problems.{key}"))).format(**values)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Keys and patterns of all messages, those with most words of their own first."""
    found = []
    for key, said in texts("en").items():
        name = key.removeprefix("problems.")
        if name != key and name not in _FRAME and isinstance(said, str):
            plain = loose(said).replace("{{", "{").replace("}}", "}")
            whole = re.escape(plain)
            found.append((len(_OPEN.sub("", whole)), name, re.compile(_OPEN.sub(r"(?P<\1>.+?)", whole), re.DOTALL)))
    return tuple((name, pattern) for _, name, pattern in sorted(found, key=lambda one: (-one[0], one[1])))
