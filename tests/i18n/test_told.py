"""Whatever the package may say as an error is told wholly in Danish or Norwegian, or wholly in English: never half and half."""

from __future__ import annotations

import re

import pytest

from ladsim.errors import Problem
from ladsim.i18n.problems import error_told, in_language, told
from tests.i18n.raised import fillings, own_words, problems, raised

# Errors that only who writes Python for ladsim can bring about: they stay English. By file, and how they begin where others in it are told.
PROGRAMMERS = {
    "engine/fork.py": "a fork is asked for in Python alone",
    "engine/run.py: seed and replication:": "options of simulate that no command hands on unchecked",
    "engine/run.py: sample:": "options of simulate that no command hands on unchecked",
    "engine/parquet.py: x: cannot be read as a Parquet file": "a log is read in Python alone",
    "hosts/choice.py: LADSIM_HOST:": "a variable for those who work on ladsim",
    "measures/equity.py": "arguments of a function",
    "measures/ladder.py: by:": "arguments of a function",
    "measures/price.py": "arguments of a function",
    "measures/referral.py: by:": "arguments of a function",
    "measures/satisfaction.py: by:": "arguments of a function",
    "measures/stability.py": "arguments of a function",
    "measures/tidy.py": "arguments of a function",
    "measures/uncertainty.py": "arguments of a function",
    "measures/value.py": "arguments of a function",
    "testing/": "the kit with which somebody tests a programme or a policy of his own",
    "theory/": "closed forms are asked for in Python alone",
    "world/graph.py": "a graph made in Python",
    "world/graph_files.py: graph: found two nodes that both read": "a graph made in Python",
    "world/population.py: shares:": "arguments of a function",
}
# Errors of which a part is made in another function, as it is there: these are tried with that part.
WHOLE = {
    "data/read.py": "out.txt: found .txt, must end in .csv or .parquet",
    "placing/place.py": "out.txt: found .txt, must end in .csv or .parquet",
    "scenario/programs/rules.py": "club.py: found the hook 'ofer', must be one of join, offer",
    "world/files.py": "a.dl: found a file of UCINET (DL): save it as GraphML or as an edge list "
    '(an edge list under this name needs format = "edge_list")',
    "world/graph_kinds.py": "word_of_mouth.town.graph.copies: found 3, must divide the 20,000 customers simulated (for example 2)",
}
ENGLISH = re.compile(r"\b(found|must|the|which|cannot|whole|stopped|none|nobody|among|mean|with|from|beside|without|use|this)\b")
ODD = {
    "planning/compare.py": "strategies: found none beside 'base', the scenario as it stands; must be at least one (the file has grow, keep)",
    "club.py": "club.py: line 3: cannot be run: NameError: name 'x' is not defined",
    "a law": "x: found the law 'normal', of which 7 % lies below 0, it must be a number above 0 and at most 1: all of these become 0",
    "two layers": "word_of_mouth.town: the same graph as 'club': give it another seed to have other ties",
    "ties": "word_of_mouth.town.graph: 1,200 ties of customers to themselves and 1 tie given twice left out (random matching)",
    "one tie": "word_of_mouth.town.graph: the degrees add up to an odd number: one tie has no other end and is left out",
    "planning/reproduce.py": "made with numpy 1.26.0, now 2.0.0",
    "the disk": "reports/x: cannot be written (No space left on device); nothing was left behind",
}


def is_for_programmers(place: str, text: str) -> bool:
    """Whether an error stands on the list of those that stay English."""
    said = f"{place.partition(':')[0]}: {next(fillings(text))}"
    return any(said.startswith(beginning) for beginning in PROGRAMMERS)


@pytest.mark.parametrize("language", ["da", "nb"])
def test_every_error_of_the_package_is_told(language: str) -> None:
    """With neutral values in its open places; those for programmers stay as they are."""
    untold = []
    for place, texts in raised().items():
        for text in dict.fromkeys(texts):
            is_told = any(error_told(filled, language) != filled for filled in fillings(text))
            is_elsewhere = place.partition(":")[0] in WHOLE
            if own_words(text) and not is_told and not is_elsewhere and not is_for_programmers(place, text):
                untold.append(f"{place}: {text}")
    assert not untold, "\n".join(untold)


@pytest.mark.parametrize("language", ["da", "nb"])
def test_nearly_every_problem_of_the_package_is_told(language: str) -> None:
    """What is found and what is allowed; the few that are left are put together elsewhere, and tried by the tests of the check."""
    known = {True: 0, False: 0}
    for place, texts in problems().items():
        subjects = ("problems",) if place.startswith("scenario/") else ("problems", "errors", "fitting_errors", "planning_errors")
        for text in filter(own_words, dict.fromkeys(texts)):
            known[any(in_language(filled, language, subjects) != filled for filled in fillings(text))] += 1
    assert known[True] > 450
    assert known[False] < 0.05 * known[True]


# Problems whose pieces no search of the sources finds whole: found, and allowed.
TOGETHER = [
    ("the law 'normal', of which 7 % lies above 1", "it must be a number at least 0 and at most 1: all of these become 1"),
    (
        "160 extra customers a month, 97 % of what any money could bring",
        "must be fewer: at 97 % there are 120 a month to be won so",
    ),
    ("degrees that add up to 7 over the 300 customers", "must add up to an even number"),
    ("1", "all of an order comes off: these orders are free"),
    ("up to 1e+06 orders a month of one customer", "every one is simulated: this never ends"),
    ("2 programmes and 60 campaigns set off by events", "must be at most 50 together"),
    (
        "1",
        "everybody is taken for somebody on another rung, so nobody is reached for whom it is meant: "
        "give the share that is wrong, such as 0.15",
    ),
    (
        "an order that leads to loyal, booked at once",
        "those who renew there pay in advance: give covers_months = 12 where this order pays for the first time, too",
    ),
    ("'entered.lapsed'", "it contacts nobody: whoever it could contact stands on lapsed, and its effects act on customer"),
    (
        "an ad platform's own count",
        "it holds customers who would have come anyway, so the curve promises too much: "
        "take the extra ones that a control group shows, or a range that begins far below",
    ),
]


@pytest.mark.parametrize("language", ["da", "nb"])
@pytest.mark.parametrize(("found", "allowed"), TOGETHER)
def test_problems_that_are_put_together_are_told(found: str, allowed: str, language: str) -> None:
    """Both parts, and none half in English."""
    said = told(Problem("place", found, allowed), language)
    assert not ENGLISH.search(re.sub(r"'[^']*'", "", said)) and not re.search(r"\b(together|of|and)\b", said), said


def test_the_list_of_what_stays_english_is_needed() -> None:
    """Each of its lines is that of an error which is not told."""
    texts = [(place, text) for place, said in raised().items() for text in said]
    stay = [
        f"{place.partition(':')[0]}: {next(fillings(text))}"
        for place, text in texts
        if all(error_told(filled, "da") == filled for filled in fillings(text))
    ]
    assert len(texts) > 300
    assert not [beginning for beginning in PROGRAMMERS if not any(said.startswith(beginning) for said in stay)]


@pytest.mark.parametrize("language", ["da", "nb"])
@pytest.mark.parametrize("place", [*WHOLE, *ODD])
def test_what_is_put_together_is_told(place: str, language: str) -> None:
    """Errors and notes of several functions, and what other programs say in quotation."""
    message = {**WHOLE, **ODD}[place]
    said = error_told(message, language)
    assert said != message
    assert not ENGLISH.search(re.sub(r"'[^']*'|NameError.*", "", said)), said


@pytest.mark.parametrize("language", ["da", "nb"])
@pytest.mark.parametrize(
    "message",
    [
        "--until-sure: found the weather beside it, must come without it",
        "strategies: found none beside 'base', the scenario as it stands; must be at least one of the new kind",
        "month: found one that nobody has ever seen, must be a whole month from 1 to 24 (or the horizon itself)",
        "x: cannot be written (the disk which was here is gone); nothing was left behind",
        "a thing that is new: is a folder; give the name of a file",
    ],
)
def test_a_message_with_an_unknown_part_stays_english(message: str, language: str) -> None:
    """As a whole, its place and the hint, too."""
    assert error_told(message, language) == message
    assert error_told(f"{message} (did you mean 'a'?)", language) == f"{message} (did you mean 'a'?)"


@pytest.mark.parametrize("language", ["da", "nb"])
def test_a_problem_with_an_unknown_part_stays_english(language: str) -> None:
    """What is allowed in words that nobody has translated; a value is no such part."""
    odd = Problem("rungs.lead.share", "1.5", "must be a thing of beauty", "lead", "shop.toml")
    assert told(odd, language) == str(odd)
    assert told(Problem("rungs.lead.share", "1.5", "must be a number"), language) != str(
        Problem("rungs.lead.share", "1.5", "must be a number")
    )
