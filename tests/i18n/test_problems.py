"""Problems and warnings in the file's language: known by their patterns, whole in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ladsim.errors import Problem, ScenarioError
from ladsim.i18n import catalogue
from ladsim.i18n.problems import in_language, is_known, told
from ladsim.scenario.check import warnings
from ladsim.scenario.load import loads
from tests.scenario.test_check_levers import WRONG
from tests.scenario.test_malformed import MALFORMED
from tests.scenario.test_warnings import ODD

PACKAGE = Path(catalogue.__file__).resolve().parent.parent


THEIRS = {"problems.f_invalid_in", "problems.f_invalid", "problems.f_twice"}  # words of Python's reader of TOML


def known_share(problems: list[Problem]) -> float:
    """Which share of what is found and allowed has a pattern; names, numbers and quoted values need none."""
    messages = [message for problem in problems for message in (problem.found, problem.allowed)]
    words = [message for message in messages if re.search(r"[a-z]{2,} [a-z]{2,}", re.sub(r"'[^']*'", "", message))]
    return sum(map(is_known, words)) / len(words)


def test_every_pattern_is_that_of_a_message() -> None:
    """Words of its longest piece stand in the package: a message that is said otherwise from now on needs its pattern mended."""
    sources = re.sub(r'"\s*\n\s*f?"', "", "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")))
    sources = re.sub(r"\\(.)", r"\1", sources)
    for key, said in catalogue.texts("en").items():
        if key.startswith("problems.") and key not in THEIRS and isinstance(said, str):
            plain = catalogue.loose(said).replace("{{", "{").replace("}}", "}")
            words = max(re.split(r"\{\w+\}", plain), key=len).split()
            runs = {" ".join(words[place : place + 3]) for place in range(max(1, len(words) - 2))}
            runs |= {word for word in words if "." in word[1:-1]}  # a key
            assert any(run.strip(" ()") in sources for run in runs), key


@pytest.mark.parametrize("language", ["da", "nb"])
def test_a_problem_in_another_language(language: str) -> None:
    """Place and names stay, words change; a message within a message, too; English stays as it was."""
    problem = Problem("rungs.lead.share", "1.5", "must be a number at least 0 and at most 1 (5 % is 0.05)", "lead", "shop.toml")
    words = {
        "da": "fandt 1.5, skal være et tal, mindst 0 og højst 1 (5 % er 0.05) (mente du 'lead'?)",
        "nb": "fant 1.5, må være et tall, minst 0 og høyst 1 (5 % er 0.05) (mente du 'lead'?)",
    }
    assert told(problem, language) == f"shop.toml: rungs.lead.share: {words[language]}"
    assert told(problem, "en") == str(problem)
    assert in_language("nobody has ever said this", language) == "nobody has ever said this"


def test_nearly_all_that_check_says_is_known() -> None:
    """Of the problems and warnings that the tests of the check bring about, nineteen in twenty are told in every language."""
    found: list[Problem] = []
    for text, *_ in (*MALFORMED.values(), *WRONG.values()):
        try:
            loads(text)
        except ScenarioError as error:
            found += error.problems
    odd = [problem for text, *_ in ODD.values() for problem in warnings(loads(text))]
    assert known_share(odd) == 1.0
    assert known_share(found) > 0.95


@pytest.mark.parametrize("language", ["da", "nb"])
def test_every_pattern_is_said(language: str) -> None:
    """Whatever its gaps are called, and whatever stands in them."""
    for key, said in catalogue.texts("en").items():
        if key.startswith("problems.") and isinstance(said, str):
            gaps = dict.fromkeys(re.findall(r"(?<!\{)\{(\w+)\}", catalogue.loose(said)), "'x{y}'")
            english = catalogue.loose(said).format(**gaps)
            assert in_language(english, language), key
            if english.strip() and is_known(english):
                assert "'x{y}'" in in_language(english, language) or not gaps, key
