"""Texts in several languages: what a file may say for people to read, and which of it is shown.

In: a plain text, or a table ``{ en = "Loyal customer", da = "Loyal kunde", nb = "Lojal kunde" }``. Out: one plain text, picked
once while the file is read: the scenario's ``language``, then English, then whatever there is. Nothing behind the loader meets
more than one language.

To add a language: its code in `LANGUAGES` (``spec`` and the JSON Schema follow), its word for an assumption in `ASSUMPTIONS`.

>>> pick({"en": "Customer", "da": "Kunde"}, "da"), pick({"en": "Customer", "da": "Kunde"}, "nb"), pick({"nb": "Kunde"}, "en")
('Kunde', 'Customer', 'Kunde')
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema

from ladsim.errors import Problem, ScenarioError, nearest

Language = Literal["en", "da", "nb"]
LANGUAGES: tuple[str, ...] = get_args(Language)
ALLOWED = "must be en, da or nb (Norwegian bokmål)"
# The word that marks a number behind which nothing but belief stands, in every language of a file.
ASSUMPTIONS = ("assumption", "antagelse", "antakelse")


def pick(texts: Mapping[str, str], language: str) -> str:
    """The text in `language`; in English where there is none; in any language where there is neither; "" of no texts."""
    return texts.get(language) or texts.get("en") or next((text for text in texts.values() if text), "")


def known_language(language: str, place: str = "language") -> str:
    """`language`, if texts can be in it. Raises ScenarioError at `place` in words."""
    if language not in LANGUAGES:
        raise ScenarioError([Problem(place, repr(language), ALLOWED, nearest(language, LANGUAGES))])
    return language


def _one_language(value: Any, info: ValidationInfo) -> Any:
    """The text that a table of texts means in the language that the loader asks for; anything else as it is."""
    if not isinstance(value, Mapping):
        return value
    strange = [key for key in value if key not in LANGUAGES]
    if strange:
        raise ValueError(f"must be a text, or texts by language: en, da, nb; {strange[0]!r} is none of them")
    if not value or not all(isinstance(text, str) for text in value.values()):
        raise ValueError('must be a text, or texts by language, such as { en = "Customer", da = "Kunde", nb = "Kunde" }')
    return pick(value, (info.context or {}).get("language", "en"))


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
