"""Problems and warnings in the file's language: known by their patterns, whole in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ladsim.errors import Problem, ScenarioError
from ladsim.i18n import catalogue
from ladsim.i18n.numerals import marked
from ladsim.i18n.problems import error_told, in_language, is_known, more, told
from ladsim.scenario.check import warnings
from ladsim.scenario.load import loads
from ladsim.scenario.thousands import thousands
from tests.scenario.test_check_levers import WRONG
from tests.scenario.test_malformed import MALFORMED
from tests.scenario.test_warnings import ODD

PACKAGE = Path(catalogue.__file__).resolve().parent.parent


CATALOGUES = ("problems.", "errors.", "file_errors.", "data_errors.", "fitting_errors.", "planning_errors.", "budget_errors.")
THEIRS = {"problems.f_invalid_in", "problems.f_invalid", "problems.f_twice"}  # words of Python's reader of TOML
THEIRS |= {f"file_errors.{name}" for name in ("graphml", "gml", "gexf", "pajek", "tgf")}  # "must be" and the name of a format
THEIRS |= {key for key in catalogue.texts("en") if key.startswith("errors.s_")}  # words of the system
THEIRS |= {"errors.f_log_rows", "errors.divide_customers", "errors.n_both", "errors.n_dropped"}  # put together of pieces
THEIRS |= {f"problems.{name}" for name in ("f_law_below", "f_law_above", "l_above", "l_above_to")}  # so, too


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
        if key.startswith(CATALOGUES) and key not in THEIRS and isinstance(said, str):
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
        if key.startswith(
            ("problems.", "file_errors.", "data_errors.", "fitting_errors.", "planning_errors.", "budget_errors.")
        ) and isinstance(said, str):
            gaps = dict.fromkeys(re.findall(r"(?<!\{)\{(\w+)\}", catalogue.loose(said)), "'x{y}'")
            english = catalogue.loose(said).format(**gaps)
            assert in_language(english, language), key
            if english.strip() and is_known(english):
                assert "'x{y}'" in in_language(english, language) or not gaps, key


# What commands say of what was asked for, and of what could not be done: each with what must stay.
ERRORS = {
    "--strategy: found 'growth', must be one of grow, keep, or base (did you mean 'grow'?)": ("'growth'", "grow, keep", "'grow'"),
    "--strategy: found 'growth', the scenario has no strategies": ("'growth'",),
    "--sample: found 30,000, must be at most the market's 20,000 people": ("30,000", "20,000"),
    "--months: found '2027-01', must be a month after the start, 2027-03-01": ("'2027-01'", "2027-03-01"),
    "--seed: found -1, must be a whole number from 0": ("-1",),
    "month: found 30, must be a whole month from 1 to 24 (or the horizon itself)": ("30", "24"),
    "programs: found none in this scenario, must be at least one to say what it is worth; --strategy points has": ("--strategy points",),
    "--sweep: found --log or --follow beside it, which are for one future; must come without them": ("--log", "--follow"),
    "--follow: found nobody among 100 customers of the first future for 'fan'; try another --seed, or more --months": ("100", "'fan'"),
    "reports/x: cannot be written (no permission to write in reports)": ("reports/x", "reports)"),
    "reports/x: holds files but no manifest.json of ladsim, so nothing in it is replaced; name another folder, or empty this one": ("manifest.json",),
    "--xlsx: found no folder to write into, must come with --out where there is --json": ("--xlsx", "--out", "--json"),
    "MEASURE: found 'chrun', did you mean 'churn'?": ("'chrun'", "'churn'"),
    "shop.toml: exists already; choose another name, or --force to replace it": ("shop.toml", "--force"),
    "reports/x: is no file; name the manifest.json of a study, or its folder": ("manifest.json",),
    "--dirt: found '9', must be a seed and a level from 1 to 3, such as 7-2": ("'9'", "7-2"),
    "stopped: the result rests on the 4 of 40 futures finished by then": ("4", "40"),
}  # fmt: skip
ENGLISH_WORDS = re.compile(r"\b(found|must|the|cannot|which|whole|files|exists|stopped|name|none|nobody|among|mean)\b")


@pytest.mark.parametrize("language", ["da", "nb"])
@pytest.mark.parametrize("message", ERRORS)
def test_an_error_in_another_language(message: str, language: str) -> None:
    """Names and options stay, numbers have the marks of the language, every word is of the reader's language; English is as it was."""
    said = error_told(message, language)
    assert said != message
    assert all((marked(language, kept) if re.fullmatch(r"\d+,\d{3}", kept) else kept) in said for kept in ERRORS[message])
    bare = re.sub(r"'[^']*'|--\w+|\S+\.(?:json|toml)", "", said)
    assert not ENGLISH_WORDS.search(bare), said
    assert error_told(message, "en") == message


def test_what_has_no_words_stays() -> None:
    """An error that nobody has translated is told whole, line by line."""
    text = "a new thing: went wrong in a new way\nmonth: found 0, must be a whole month from 1 to 6 (or the horizon itself)"
    first, second = error_told(text, "da").split("\n")
    assert first == "a new thing: went wrong in a new way" and second.startswith("month: fandt 0, skal være")


def test_a_messages_own_numbers_have_the_marks_of_the_language() -> None:
    """Those that stand in the file, or are to be written there, stay as TOML has them."""
    big = Problem("word_of_mouth.town", "announcements to everyone in a market of 40,000", "it stays empty")
    assert "40.000" in told(big, "da") and "40\xa0000" in told(big, "nb") and "40,000" in told(big, "en")
    few = Problem("rungs", "shares that add up to 0.98", "must add up to 1")
    assert "0,98" in told(few, "da") and "0,98" in told(few, "nb")
    (odd,) = thousands("fee = 1.500")
    assert told(odd, "da") == "linje 1: fandt '1.500', som er 1,5 (hvis tusinder er ment, skriv 1_500; ellers 1.5)"
    assert "fandt 1.5," in told(Problem("rungs.lead.share", "1.5", "must be a number at least 0 and at most 1"), "da")
    assert "1.200" in more(1_200, "da")
