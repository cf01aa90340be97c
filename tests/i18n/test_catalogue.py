"""The three catalogues say the same things: the same keys, the same placeholders, all of them used, nothing left in English."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from ladsim.i18n import LANGUAGES, catalogue

PACKAGE = Path(catalogue.__file__).resolve().parent.parent
OTHERS = [language for language in LANGUAGES if language != "en"]
# Words of English that neither Danish nor Norwegian has.
TELLTALE = frozenset(
    re.findall(
        r"\w+",
        """
        the and of with which what when where who how is are was were each every future futures month months people customer customers
        step steps rung rungs spend revenue cost costs profit share strategy not nothing from until than that this these there they
        you your more less about between chance number numbers orders if it its been had does or yes all any but only
        first last table small large file word words goal goals one other new again found must allowed
        """,
    )
)


def parts(said: object) -> list[str]:
    """A text, or its plural forms."""
    return [said] if isinstance(said, str) else list(said.values())  # type: ignore[attr-defined]


def placeholders(said: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(said) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_key_is_in_every_language(language: str) -> None:
    """No text is missing in a language, and none is there that English does not have."""
    assert set(catalogue.texts(language)) == set(catalogue.texts("en"))


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_are_the_same_in_every_language(language: str) -> None:
    """Each text has the same {placeholders} as in English, all of them named; plurals stand where English has them."""
    english = catalogue.texts("en")
    for key, said in catalogue.texts(language).items():
        assert isinstance(said, str) == isinstance(english[key], str), key
        wanted = set().union(*map(placeholders, parts(english[key])))
        assert "" not in wanted, key
        for text in parts(said):
            assert placeholders(text) == wanted, (key, text)


@pytest.mark.parametrize("language", OTHERS)
def test_no_english_is_left(language: str) -> None:
    """No telltale English word stands in a Danish or Norwegian text (names in `backticks` apart), and no sentence is the English one."""
    english = catalogue.texts("en")
    for key, said in catalogue.texts(language).items():
        for text in parts(said):
            words = re.findall(
                r"[a-zæøå]+",
                re.sub(
                    r"`[^`]*`|'SELECT [^']*'|\b[A-Z]{3,}\b|customer=Kundenr|\{[^}]*\}|\[\[.*?\]\]|--[\w-]+( all\b|( \w+=\S+)*)|\w+[_.]\w+",
                    " ",
                    text,
                ).lower(),
            )
            assert not TELLTALE & set(words), (key, text)
            assert len(words) < 4 or text not in parts(english[key]), (key, text)


@cache
def strings_of_the_package() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Literal strings of the package and its templates, f-strings as patterns, and what ``say`` is asked for unguarded."""
    literals: set[str] = set()
    patterns: list[str] = []
    asked: list[str] = []
    guarded: list[str] = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                patterns.append(pattern(node))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("say", "has"):
                (asked if node.func.attr == "say" else guarded).extend(pattern(one) for one in keys_in(node.args[0]))
    for path in PACKAGE.rglob("*.html"):
        found = re.findall(r"say\(['\"]([\w.]+)['\"]", path.read_text(encoding="utf-8"))
        literals |= set(found)
        asked += [re.escape(key) for key in found]
    return frozenset(literals), tuple(patterns), tuple(one for one in asked if one not in guarded)


def keys_in(node: ast.expr) -> list[ast.expr]:
    """The strings that an argument may be: itself, or either side of an if."""
    if isinstance(node, ast.IfExp):
        return keys_in(node.body) + keys_in(node.orelse)
    return [node] if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)) else []


def pattern(node: ast.expr) -> str:
    """A string as a regular expression, with anything where an f-string puts a value."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    assert isinstance(node, ast.JoinedStr)
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w]+" for part in node.values)


def test_no_text_is_asked_for_that_is_missing() -> None:
    """Every key that ``say`` is called with, unless ``has`` is asked before, is a text, or one in which a name is put for which there are texts."""
    keys = catalogue.texts("en")
    for wanted in strings_of_the_package()[2]:
        assert any(re.fullmatch(wanted, key) for key in keys), wanted


def test_no_text_is_unused() -> None:
    """Every key is said somewhere in the package."""
    literals, patterns, _ = strings_of_the_package()
    starts = [one for one in patterns if re.match(r"[a-z_]+\\\.", one)]  # an f-string that begins with a subject and a dot
    # Those of errors are found by their patterns: `test_problems` looks for their words in the package.
    said = [
        key
        for key in catalogue.texts("en")
        if not key.startswith(
            ("problems.", "errors.", "file_errors.", "data_errors.", "fitting_errors.", "planning_errors.", "budget_errors.")
        )
    ]
    unused = [key for key in said if key not in literals and not any(re.fullmatch(one, key) for one in starts)]
    assert not unused


UNIDIOMATIC = {
    "da": r"\btaber\b|\btjener (det samme|mest|mere|lige)|\bnære\w* (\w+ )?sig selv|står for \{|En ekstra ordre koster",
    "nb": r"\btaper\b|\btjener (det samme|mest|mer|like)\b|\bnære\w* (\w+ )?seg selv|står for \{|En ekstra ordre koster|\bververe?n?e?\b",
}
"""What gives a translation away: strategies that earn or lose, growth that nourishes itself, a recruiter for whoever recommends."""


@pytest.mark.parametrize("language", sorted(UNIDIOMATIC))
def test_texts_are_as_a_native_writes_them(language: str) -> None:
    """Danish and Norwegian are not translated word by word."""
    for key, text in catalogue.texts(language).items():
        for said in [text] if isinstance(text, str) else text.values():
            assert not re.search(UNIDIOMATIC[language], said), key


def test_an_unknown_key_is_named() -> None:
    """Whoever asks for a text that is not there is told which."""
    with pytest.raises(KeyError, match="nothing"):
        catalogue.text("da", "chart.nothing")
    with pytest.raises(KeyError, match="sv"):
        catalogue.text("sv", "chart.median")
    assert not catalogue.has("da", "chart.nothing")
