"""What `check` says of mistakes that people make, in Danish and Norwegian: no English word is left outside of names and values.

Every tenth key of some presets gets a value of another kind. Tests: ``i18n/problems.py``.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

import ladsim
from ladsim.errors import Problem, ScenarioError
from ladsim.i18n.problems import told
from ladsim.scenario.check import warnings
from ladsim.scenario.load import find, read, validated
from ladsim.scenario.number_types import Table
from ladsim.scenario.schema_walk import fields
from ladsim.scenario.spec import Scenario

WRONG: tuple[Any, ...] = (
    "x",
    -1,
    0,
    1,
    0.7,
    1e13,
    True,
    [],
    {"low": 0.2, "high": 1.5},
    {"low": 2, "high": 1},
    [1, 2],
    1000,
    None,
)
ENGLISH = re.compile(
    r"\b(found|must|the|which|cannot|nobody|among|without|this|up to|an order|and|are|than|is|between|never|every|only|there|has"
    r"|be|at least|at most|above|below|if|or|takes|does|make|each|given|with|not|of)\b"
)
NAMED = re.compile(r"'[^']*'|\"[^\"]*\"|»[^«]*«|«[^»]*»|`[^`]*`|[\[{].*?([\]}]|…)|\([\w, .]*\)|'[^']*…")
LANGUAGES = ("da", "nb")


def english(said: str) -> str:
    """English words that are left in a message, outside of its place, of names and of the file's values."""
    return " ".join(found[0] for found in ENGLISH.finditer(NAMED.sub("", said.split(": ", 1)[-1])))


@pytest.mark.parametrize(
    ("problem", "danish"),
    [
        (
            Problem("programs.half.share", "up to 0.7", "all of an order comes off: these orders are free"),
            "programs.half.share: fandt op til 0,7, hele ordren trækkes fra: disse ordrer er gratis",
        ),
        (
            Problem(
                "steps.a.b.probability",
                "the key 'probability'",
                "must not stand with the trigger 'time': it belongs to order or message",
            ),
            "steps.a.b.probability: fandt nøglen 'probability', må ikke stå sammen med udløseren 'time': "
            "det hører til order eller message",
        ),
        (
            Problem("steps.a.b.trigger", "'tme'", "must be one of 'time', 'order', 'message' or 'renewal'"),
            "steps.a.b.trigger: fandt 'tme', skal være en af 'time', 'order', 'message' eller 'renewal'",
        ),
        (
            Problem("rungs.gone.off_ladder", "7", "must be true or false or one of 'outside', 'lapsed' or 'lost'"),
            "rungs.gone.off_ladder: fandt 7, skal være true eller false eller en af 'outside', 'lapsed' eller 'lost'",
        ),
        (
            Problem("word_of_mouth.town.graph.links", "4", "must be below the 3 customers"),
            "word_of_mouth.town.graph.links: fandt 4, skal være under de 3 kunder",
        ),
        (
            Problem(
                "strategies",
                "budgets that differ: grow 432,000, keep 1,800,000, 'a 5,000'",
                "a fair comparison has equal budgets (within 1 %)",
            ),
            "strategies: fandt budgetter, der er forskellige: grow 432.000, keep 1.800.000, 'a 5,000', "
            "i en fair sammenligning er budgetterne lige store (inden for 1 %)",
        ),
        (
            Problem("label", "{'en': 'A fifth of the money on winning …", "must be text in quotes"),
            "label: fandt {'en': 'A fifth of the money on winning …, skal være en tekst i anførselstegn",
        ),
    ],
)
def test_a_message_of_several_parts_is_told_in_one_language(problem: Problem, danish: str) -> None:
    """Found half or wholly English: limits "up to", names with "or" between them, a number of customers, a value that is cut."""
    assert told(problem, "da") == danish
    assert not english(told(problem, "nb"))


def test_every_key_that_must_be_given_is_described_in_every_language() -> None:
    """ "found nothing, must be given (…)": what the key is for, of all records of a scenario file."""
    left, seen = [], 0
    done: set[type[Table]] = set()
    records: set[type[Table]] = {Scenario}
    while records:
        record = records.pop()
        done.add(record)
        for key, shape in fields(record).items():
            records |= {table for table in (shape.table, *shape.kinds.values()) if table is not None} - done
            if shape.required and shape.description:
                seen += 1
                problem = Problem(key, "nothing", f"must be given ({shape.description.splitlines()[0]})")
                left += [said for language in LANGUAGES if english(said := told(problem, language))]
    assert seen > 10 and left == []


def keys(table: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value and table of a file."""
    items = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    for key, value in items:
        yield (*way, key)
        yield from keys(value, (*way, key))


def mistaken(file: dict[str, Any], way: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """A file with another value in one place; None takes it away."""
    made: Any = copy.deepcopy(file)
    here = made
    for key in way[:-1]:
        here = here[key]
    if value is None:
        del here[way[-1]]
    else:
        here[way[-1]] = value
    return dict(made)


@pytest.mark.parametrize("preset", ["web_shop", "program_cashback", "program_club", "five_rungs_word_of_mouth"])
def test_no_mistake_is_told_in_english(preset: str) -> None:
    """Problems and warnings, told in each language."""
    file = read(find(preset))
    left, seen = [], 0
    for number, way in enumerate(list(keys(file))[::10]):
        try:
            found = warnings(validated(mistaken(file, way, WRONG[number % len(WRONG)])))
        except ScenarioError as error:
            found = list(error.problems)
        except ladsim.LadsimError:
            continue
        for problem in found:
            seen += 1
            left += [f"{language}: {said}" for language in LANGUAGES if english(said := told(problem, language))]
    assert seen > 10 and left == []
