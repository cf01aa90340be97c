"""Errors about a file that is none of the scenario's own: what is wrong with it, and in which line, but nothing that stands in it.

A scenario may come from somebody else and name any file of the computer as its graph. What it is told of a file in its own folder, or below,
may quote that file; of another only the words of the message are kept, and its numbers.

In: the English text of an error, the file. Out: the same text with an ellipsis for whatever may come from the file. Words are those of
``file_errors.en.toml``, so that a message which nobody has put there loses all that it says, and not what it should keep.

>>> without_text("/etc/passwd, line 2: found one name ('root:x:0'), a tie needs two, separated by spaces as in the first line", "/etc/passwd")
"/etc/passwd, line 2: found one name (…), a tie needs two, separated by spaces as in the first line (the file lies outside the scenario's
folder, so its text is not shown: a copy in the folder tells more)"
>>> without_text("/etc/passwd: a new thing about root", "/etc/passwd").partition(" (")[0]
'/etc/passwd: found …'
"""

from __future__ import annotations

import os
import re

from ladsim.i18n.catalogue import loose, text
from ladsim.i18n.problems import NUMBERS, is_known, parted, patterns

_WORDS = ("file_errors", "problems")
_NUMBER = re.compile(r"[-−]?[\d,]{1,20}(?:\.\d{1,3})?")
_GAP = "…"
_KEY = r"(?:start\.nodes(?:\.\w+)?|word_of_mouth|market_size)"  # places of the scenario's own
_COLUMN = r"(?:(?:columns(?:\.(?:from|to|weight))?|weights): )?"


def without_text(message: str, file: str) -> str:
    """What an error says of a file, without anything that stands in it."""
    names = "|".join(re.escape(name) for name in (file, os.path.basename(file)) if name)
    begun = re.match(rf"(?:{names}|{_KEY})(?:, line \d+)?: {_COLUMN}", message, re.DOTALL)
    note = f" ({loose(str(text('en', 'file_errors.withheld')))})"
    if begun is None:
        return f"{file}: found {_GAP}{note}"
    rest = message[begun.end() :]
    if rest.endswith("?)"):
        rest = rest.rpartition(" (did you mean ")[0] or rest
    found = rest.removeprefix("found ")
    if found == rest:
        return f"{begun[0]}{_bare(rest) or f'found {_GAP}'}{note}"
    return f"{begun[0]}found {_parts(found)}{note}"


def _parts(found: str) -> str:
    """What was found and what is allowed, as far as both are words: else an ellipsis."""
    whole = _bare(found)
    parts = parted(found, _bare, whole)
    return whole or _GAP if parts is None else f"{_bare(parts[0]) or _GAP}{parts[1]}{_bare(parts[2])}"


def _bare(message: str) -> str | None:
    """A message with its gaps left open, but for numbers and words of messages; None where it is not known."""
    for key, pattern in patterns(_WORDS):
        match = pattern.fullmatch(message)
        if match and key != "problems.or":
            kept = {name: value if _is_own(name, value) else _GAP for name, value in match.groupdict().items()}
            return loose(str(text("en", key))).format(**kept)
    return None


def _is_own(gap: str, value: str) -> bool:
    """Whether what stands in a gap is a number of the message's own, or words of a message without gaps."""
    if gap in NUMBERS and _NUMBER.fullmatch(value):
        return True
    return is_known(value, ("file_errors",)) and _bare(value) == value and "…" not in value
