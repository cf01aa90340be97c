"""Texts by language: one of them is picked while a file is read, and what stands behind the loader sees plain texts."""

from __future__ import annotations

import json

import pytest

from ladsim.errors import ScenarioError
from ladsim.planning.manifest import as_json, from_json
from ladsim.planning.sensitivity import is_assumption
from ladsim.scenario.address import set_number
from ladsim.scenario.json_schema import schema_json
from ladsim.scenario.load import loads
from ladsim.scenario.spec import Scenario

SHOP = """
name = "shop"
title = { en = "A shop", da = "En butik", nb = "En butikk" }
description = "plain"
months = 12
market_size = 100
language = "da"

[[rungs]]
name = "lead"
label = { da = "Potentiel kunde", nb = "Potensiell kunde" }
share = 1.0
source = { en = "assumption", da = "antagelse", nb = "antakelse" }
[[rungs]]
name = "customer"
label = { en = "Customer", da = "Kunde" }
orders_per_month = 1.0
source = "own CRM"

[[steps]]
from = "lead"
to = "customer"
monthly = 0.1
[[goals]]
label = { nb = "Ti kunder" }
rung = "customer"
number = 10
by_month = 12

[sources]
"steps.lead.customer.monthly" = { en = "a guess", da = "et gæt" }

[strategies.wait]
label = { en = "Wait", da = "Vent", nb = "Vent litt" }
"""


def labels(scenario: Scenario) -> list[str]:
    """What the shop's texts became, from title to strategy."""
    rungs = [rung.label for rung in scenario.rungs]
    return [scenario.title, scenario.description, *rungs, scenario.goals[0].label, scenario.strategies["wait"].label]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (None, ["En butik", "plain", "Potentiel kunde", "Kunde", "Ti kunder", "Vent"]),
        ("da", ["En butik", "plain", "Potentiel kunde", "Kunde", "Ti kunder", "Vent"]),
        ("nb", ["En butikk", "plain", "Potensiell kunde", "Customer", "Ti kunder", "Vent litt"]),
        ("en", ["A shop", "plain", "Potentiel kunde", "Customer", "Ti kunder", "Wait"]),
    ],
)
def test_the_language_picks(language: str | None, texts: list[str]) -> None:
    """The language asked for, else the file's own; then English, then any; a plain text is the same in all."""
    scenario = loads(SHOP, language=language)
    assert labels(scenario) == texts
    assert scenario.language == (language or "da")


def test_sources_have_languages_too() -> None:
    """A source is a text for people; the word for an assumption is known in each language."""
    danish = loads(SHOP)
    assert danish.sources == {"steps.lead.customer.monthly": "et gæt"}
    assert [loads(SHOP, language=code).rungs[0].source for code in ("en", "da", "nb")] == ["assumption", "antagelse", "antakelse"]
    assert all(is_assumption(loads(SHOP, language=code).rungs[0].source) for code in ("en", "da", "nb"))
    assert not is_assumption(danish.rungs[1].source)


def test_the_heading_is_the_title_or_the_name() -> None:
    """A scenario without a title goes by its name."""
    assert loads(SHOP).heading == "En butik"
    assert loads(SHOP.replace("title", "#")).heading == "shop"


def test_texts_stay_when_a_number_changes_or_a_manifest_is_read() -> None:
    """What was picked once is plain, and comes back from a manifest."""
    scenario = loads(SHOP, language="nb")
    assert labels(set_number(scenario, "months", 6)) == labels(scenario)
    assert from_json(as_json(scenario)) == scenario


@pytest.mark.parametrize("language", ["de", "no", "", "DA"])
def test_an_unknown_language_is_refused_in_words(language: str) -> None:
    """Asked for, or in the file: the message says which there are."""
    with pytest.raises(ScenarioError, match=f"language: found '{language}', must be en, da or nb"):
        loads(SHOP, language=language)
    with pytest.raises(ScenarioError, match=f"language: found '{language}', must be one of 'en', 'da' or 'nb'"):
        loads(SHOP.replace('language = "da"', f'language = "{language}"'))


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ('{ de = "Kunde" }', "'de' is none of them"),
        ("{ en = 3 }", "must be a text, or texts by language"),
        ("{}", "must be a text, or texts by language"),
        ("3", "must be text in quotes"),
        ('["Kunde"]', "must be text in quotes"),
    ],
)
def test_a_text_that_is_none_is_refused_at_its_place(label: str, said: str) -> None:
    """The message names the label, and the rest of the file is still checked."""
    broken = SHOP.replace('{ en = "Customer", da = "Kunde" }', label).replace("monthly = 0.1", "monthly = 1.0")
    with pytest.raises(ScenarioError) as caught:
        loads(broken)
    problems = {problem.place: problem.allowed for problem in caught.value.problems}
    assert said in problems["rungs.customer.label"]
    assert set(problems) == {"rungs.customer.label", "steps.lead.customer.monthly"}


def test_the_json_schema_allows_both_ways() -> None:
    """An editor completes en, da and nb under a label, and takes a plain text."""
    label = json.loads(schema_json())["$defs"]["Rung"]["properties"]["label"]["anyOf"]
    assert label[0] == {"type": "string"}
    assert set(label[1]["properties"]) == {"en", "da", "nb"}
    assert label[1]["additionalProperties"] is False


@pytest.mark.parametrize("sign", ["\\u001b", "\\u0000", "\\u0007", "\\u202e", "\\u009b"])
def test_control_characters_are_refused(sign: str) -> None:
    """In a label, a title, a name, a currency, whatever its language: what a terminal would obey is no text."""
    for old, place in (
        ('en = "Customer"', "rungs.customer.label"),
        ('en = "A shop"', "title"),
        ('name = "shop"', "name"),
    ):
        with pytest.raises(ScenarioError) as caught:
            loads(SHOP.replace(old, old[:-1] + sign + '"'))
        (problem,) = caught.value.problems
        assert problem.place == place
        assert problem.allowed == f"must be a text without control characters; U+{sign[2:].upper()} is one"
    with pytest.raises(ScenarioError, match="without control characters"):
        loads(f'currency = "{sign}"\n{SHOP}')


def test_a_key_does_not_colour_the_message() -> None:
    """A problem at a key that holds an escape is told with the escape written out."""
    with pytest.raises(ScenarioError) as caught:
        loads(SHOP + '"\\u001b[31m" = 1\n')
    assert "\x1b" not in str(caught.value)
    assert "\\x1b[31m" in str(caught.value)


def test_labels_are_one_line() -> None:
    """A break of the line in a label or a name is a space; descriptions and sources keep theirs."""
    scenario = loads(
        SHOP.replace('da = "Kunde"', 'da = " Fast\\n  kunde\\t"')
        .replace('"own CRM"', '"own\\nCRM"')
        .replace('"shop"', '"my\\nshop"')
    )
    assert scenario.rungs[1].label == "Fast kunde"
    assert scenario.rungs[1].source == "own\nCRM"
    assert scenario.name == "my shop"
