"""Texts in several languages: what a file may say for people to read, and which of it is shown.

In: a plain text, or a table ``{ en = "Loyal customer", da = "Loyal kunde", nb = "Lojal kunde" }``. Out: one plain text, picked
once while the file is read: the scenario's ``language``, then English, then whatever there is. Nothing behind the loader meets
more than one language.

To add a language: its code in `LANGUAGES` (``spec`` and the JSON Schema follow), its word for an assumption in `ASSUMPTIONS`.

>>> pick({"en": "Customer", "da": "Kunde"}, "da"), pick({"en": "Customer", "da": "Kunde"}, "nb"), pick({"nb": "Kunde"}, "en")
('Kunde', 'Customer', 'Kunde')
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema

from ladsim.errors import Problem, ScenarioError, nearest

Language = Literal["en", "da", "nb"]
LANGUAGES: tuple[str, ...] = get_args(Language)
ALLOWED = "must be en, da or nb (Norwegian bokmål)"
# The word that marks a number behind which nothing but belief stands, in every language of a file.
ASSUMPTIONS = ("assumption", "antagelse", "antakelse")

MOST_IN_A_LABEL = 500
# All but tabs and line ends; and what makes a text run the other way, which hides what it says.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Signs that take no room: a name with one of them looks like another name (Unicode's "default ignorable" ones; all are of the first plane
# but tags and notes of music).
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BREAKS = re.compile(r"[ \t\r\n]+")


def pick(texts: Mapping[str, str], language: str) -> str:
    """The text in `language`; in English where there is none; in any language where there is neither; "" of no texts."""
    return texts.get(language) or texts.get("en") or next((text for text in texts.values() if text), "")


def known_language(language: str, place: str = "language") -> str:
    """`language`, if texts can be in it. Raises ScenarioError at `place` in words."""
    if language not in LANGUAGES:
        raise ScenarioError([Problem(place, repr(language), ALLOWED, nearest(language, LANGUAGES))])
    return language


def known_or_english(language: str) -> str:
    """`language`, if texts can be in it, else English.

    >>> known_or_english("da"), known_or_english("sv")
    ('da', 'en')
    """
    return language if language in LANGUAGES else "en"


def _one_language(value: Any, info: ValidationInfo) -> Any:
    """The text that a table of texts means in the language that the loader asks for; anything else as it is."""
    if not isinstance(value, Mapping):
        return _without_controls(value)
    strange = [key for key in value if key not in LANGUAGES]
    if strange:
        raise ValueError(f"must be a text, or texts by language: en, da, nb; {strange[0]!r} is none of them")
    if not value or not all(isinstance(text, str) for text in value.values()):
        raise ValueError('must be a text, or texts by language, such as { en = "Customer", da = "Kunde", nb = "Kunde" }')
    for text in value.values():
        _without_controls(text)
    return pick(value, (info.context or {}).get("language", "en"))


def _without_controls(value: Any) -> Any:
    """The value, if no sign in it would colour a terminal or turn the line round."""
    found = _CONTROL.search(value) if isinstance(value, str) else None
    if found is not None:
        raise ValueError(f"must be a text without control characters; U+{ord(found[0]):04X} is one")
    return value


def _in_one_line(text: str) -> str:
    """A text with a space for every break of the line."""
    return _BREAKS.sub(" ", text).strip()


def _word(value: Any) -> Any:
    """A name of the author's choice, as a label is."""
    return _in_one_line(_without_controls(value)) if isinstance(value, str) else value


_SCHEMA = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {language: {"type": "string"} for language in LANGUAGES},
            "minProperties": 1,
            "additionalProperties": False,
        },
    ]
}
Text = Annotated[str, BeforeValidator(_one_language), WithJsonSchema(_SCHEMA)]


def _short(text: str) -> str:
    """A label that has room in a table or a picture."""
    if len(text) > MOST_IN_A_LABEL:
        raise ValueError(f"must be at most {MOST_IN_A_LABEL} characters")
    return _in_one_line(text)


Label = Annotated[Text, AfterValidator(_short)]  # what stands in a table or a picture
ONE_LINE = BeforeValidator(_word)  # for what is said alike in every language
