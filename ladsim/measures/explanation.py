"""A measure explained in words a teacher can use: what it says, formula, how it is computed here, how to read it, pitfalls, source.

In: a name (of the measure, of its number in a study, of a function, a short name such as "nps", or its name in any of the
languages) and a language. Out: an `Explanation`, which prints itself. Texts: ``i18n/measures.LANGUAGE.toml``; facts that no language
changes: ``dictionary.ENTRIES``.

>>> print(explain("churn", language="da").name)
Frafaldsandel
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from ladsim.errors import StudyError, nearest
from ladsim.i18n import catalogue
from ladsim.measures.dictionary import END, ENTRIES

TEXTS = ("name", "says", "formula", "computed", "read", "pitfalls")
WIDTH = 100


@dataclass(frozen=True)
class Explanation:
    """One measure in one language."""

    key: str  # its name in ladsim, the same in every language
    language: str
    name: str
    says: str  # in plain words
    formula: str
    computed: str  # which table or function gives it
    unit: str
    read: str  # how to read it
    pitfalls: str
    source: str  # author, year

    def __str__(self) -> str:
        lines = [f"{self.name}  ({self.key})", *_folded(self.says, "  ")]
        for part in ("formula", "computed", "unit", "read", "pitfalls", "source"):
            lines += ["", f"  {_text(self.language, 'parts', part)}", *_folded(getattr(self, part), "    ")]
        return "\n".join(lines)

    @property
    def line(self) -> str:
        """Name and meaning in one line."""
        return f"{self.name}: {self.says}"


class Measure(NamedTuple):
    """What a number of a study means."""

    title: str
    unit: str
    definition: str
    formula: str
    source: str


def explain(name: str, language: str = "en") -> Explanation:
    """The explanation of a measure in a language ("en", "da" or "nb"); print it to read it.

    Raises StudyError with the nearest right name where there is no such measure, or the languages there are.

    >>> import ladsim
    >>> explanation = ladsim.explain("nps", language="da")
    >>> print(explanation.name)
    Net Promoter Score (NPS)
    >>> print(explanation.unit)
    point fra −100 til 100
    """
    every = explanations(language)
    key = _key(name, language)
    if key is None:
        asked = name.strip().lower()
        close = nearest(asked, _names(language)) or nearest(
            asked, [one for other in catalogue.LANGUAGES for one in _names(other)]
        )
        hint = f"did you mean {close!r}?" if close else f"must be one of {', '.join(every)}"
        raise StudyError(f"MEASURE: found {name!r}, {hint}")
    return every[key]


@cache
def explanations(language: str = "en") -> dict[str, Explanation]:
    """Every measure in a language, by name, from the ladder to the programmes.

    Raises StudyError where `language` is none of "en", "da" and "nb".

    >>> import ladsim
    >>> found = ladsim.measures.explanations("nb")
    >>> print(found["customer_lifetime"].line)
    Gjennomsnittlig kundelevetid: Hvor lenge en kunde forblir kunde.
    """
    if language not in catalogue.LANGUAGES:
        raise StudyError(f"language: found {language!r}, must be one of {', '.join(catalogue.LANGUAGES)}")
    return {key: _explanation(key, language) for key in ENTRIES}


@cache
def study_measures(language: str = "en") -> dict[str, Measure]:
    """What each number of a study means in a language, by the keys of ``Summary.scalars``. The unit is the same in all of them.

    Raises StudyError where `language` is none of "en", "da" and "nb".

    >>> import ladsim
    >>> ladsim.measures.study_measures()["new_customers"].title
    'New customers'
    """
    found = {}
    for name, said in explanations(language).items():
        entry = ENTRIES[name]
        if entry.number:
            found[entry.number] = Measure(said.name, entry.unit, said.says, said.formula, entry.source)
    return found


def _explanation(key: str, language: str) -> Explanation:
    said = {part: _text(language, key, part) for part in TEXTS}
    entry = ENTRIES[key]
    return Explanation(
        key=key, language=language, unit=_text(language, "units", entry.unit.replace(" ", "_")), source=entry.source, **said
    )


def _key(name: str, language: str) -> str | None:
    asked = name.strip()
    if asked.startswith(END) and asked not in _names(language):
        return "rung_counts"
    here = (language, *catalogue.LANGUAGES)  # a name in another language is understood, too
    return next((key for key in (_names(one).get(asked.lower()) for one in here) if key is not None), None)


@cache
def _names(language: str) -> dict[str, str]:
    """Everything a measure may be called → its key; where two share a name, the first that bears it most rightly."""
    found = {key: key for key in ENTRIES}
    for names in (_numbers, _functions, _shorts):
        for key in ENTRIES:
            for name in names(key):
                found.setdefault(name, key)
    for key in ENTRIES:
        found.setdefault(_text(language, key, "name").lower(), key)
    return found


def _numbers(key: str) -> tuple[str, ...]:
    return (ENTRIES[key].number,) if ENTRIES[key].number else ()


def _functions(key: str) -> tuple[str, ...]:
    return tuple(name.lower() for name in ENTRIES[key].functions)


def _shorts(key: str) -> tuple[str, ...]:
    return ENTRIES[key].short


def _text(language: str, key: str, part: str) -> str:
    said = catalogue.text(language, f"measures.{key}.{part}")
    if not isinstance(said, str):
        raise KeyError(f"measures.{key}.{part}: is no text in {language}")
    return said


def _folded(text: str, margin: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )
