"""What every trigger of a step keeps to, trigger by trigger: it happens, on every host and engine; check, words and closed forms know it.

Tests: ``model/triggers.py``.
"""

from __future__ import annotations

from typing import Any, get_args

import pytest

from ladsim.errors import ScenarioError
from ladsim.i18n import LANGUAGES, Locale
from ladsim.measures.ladder import flows
from ladsim.model import layout, triggers
from ladsim.model.triggers import NAMES, TRIGGERS
from ladsim.reporting.ladder import step_words
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import validated
from ladsim.scenario.naming import Namer
from ladsim.scenario.spec import Step
from ladsim.scenario.tables import tables
from ladsim.testing.trial import FEW, Trial, market
from ladsim.theory.markov import reason_not

WITH = {"months": 1.0, "by_months": 6.0}  # what some keys ask for beside them


def step(name: str, often: Any = 0.6, way: str = "") -> dict[str, Any]:
    """A step of customers to fans, taken so often by one way of saying it."""
    trigger = TRIGGERS[name]
    way = way or trigger.ways[0]
    beside = {"months"} if "months" in trigger.keys else {"by_months"} if way == "cumulative_share" else set()
    return {"from": "customer", "to": "fan", "trigger": name, way: often, **{key: WITH[key] for key in beside}}


def trial(name: str, often: Any = 0.6, **more: Any) -> Trial:
    """The market of the suite with no step to fans but this one."""
    others = [one for one in market()["steps"] if one["to"] != "fan"]
    return Trial(market(steps=[*others, step(name, often) | more]))


def taken(one: Trial, name: str, **how: str) -> float:
    """How many customers take the step in a future of few people."""
    table = flows(one.play(**how, **FEW), tidy=True)
    return float(
        table.loc[(table["from"] == "customer") & (table["to"] == "fan") & (table["trigger"] == name), "customers"].sum()
    )


def problems(*steps: dict[str, Any]) -> str:
    """What is wrong with the market with these steps."""
    try:
        validated(market(steps=[*steps]))
    except ScenarioError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", NAMES)
def test_it_happens(name: str) -> None:
    """Some take the step, and none where its number is 0."""
    assert taken(trial(name), name) > 0
    assert taken(trial(name, 0.0), name) == 0


@pytest.mark.parametrize("name", NAMES)
def test_engines_and_hosts_agree(name: str) -> None:
    """A process per customer and arrays, compiled rules and Python alone give the same event log."""
    one = trial(name)
    first = one.few()
    assert first.equals(one.play(engine="simpy", **FEW))
    assert first.equals(one.few(host="plain"))


@pytest.mark.parametrize("name", NAMES)
def test_every_way_of_saying_how_often(name: str) -> None:
    """Each of its ways is allowed alone; none, or two, are refused with all of them named."""
    ways = TRIGGERS[name].ways
    for way in ways:
        assert problems(step(name, [2.0, 3.0] if way == "beta" else 0.2, way)) == ""
    bare = {key: value for key, value in step(name).items() if key not in ways}
    for wrong in (bare, bare | {ways[0]: 0.2, ways[1]: [2.0, 3.0] if ways[1] == "beta" else 0.2}):
        said = problems(wrong)
        assert "must give exactly one of" in said
        assert all(way in said for way in ways)


@pytest.mark.parametrize("name", NAMES)
def test_keys_of_other_triggers_are_refused(name: str) -> None:
    """And those who own them are named."""
    values = {"beta": [2.0, 3.0], "negative": True, "from_order": 2}
    for key in sorted({key for one in TRIGGERS.values() for key in one.keys} - set(TRIGGERS[name].keys)):
        said = problems(step(name) | {key: values.get(key, 0.5)})
        owners = [other for other, one in TRIGGERS.items() if key in one.keys]
        assert f"must not stand with the trigger '{name}': it belongs to {' or '.join(owners)}" in said


@pytest.mark.parametrize("name", NAMES)
def test_a_step_back_to_its_own_rung(name: str) -> None:
    """It is allowed where the trigger may lead back, and else refused with those that may."""
    said = problems(step(name) | {"to": "customer"})
    assert ("must lead to another rung" in said) is not TRIGGERS[name].leads_back


@pytest.mark.parametrize("name", NAMES)
def test_closed_forms_know_it_or_refuse_it(name: str) -> None:
    """A trigger with a reason is refused with that, where the step may be taken; the others are known where nobody hears of anything."""
    silent = {"word_of_mouth": [], "rungs": [dict(rung, messages_per_month=0.0, announces=False) for rung in market()["rungs"]]}
    steps = [{"from": "lead", "to": "customer", "monthly": 0.05}]
    for often in (0.3, 0.0):
        laid = tables(resolve(validated(market(**silent, steps=[*steps, step(name, often)])), 1, 0))
        refused = TRIGGERS[name].refused if often else ""
        assert reason_not(laid) == (Locale("en").text(f"closed.{refused}") if refused else None)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_its_words(name: str, language: str) -> None:
    """The ladder and the tables say it in every language, and each trigger in other words."""
    locale = Locale(language)
    said = step_words(Step(**step(name, 0.25)), locale)
    assert "25" in said or "22" in said  # 22 %: a hazard of .25, as the share that goes in a month
    assert name == "time" or locale.has(f"ladder.step_{name}")
    namer = Namer(validated(market() | {"language": language}))
    assert len({namer.trigger(one) for one in NAMES}) == len(NAMES)
    assert locale.has(f"trigger.{name}")
    assert locale.has(f"closed.{TRIGGERS[name].refused or 'trigger'}")


def test_one_table_says_which_there_are() -> None:
    """Numbers, columns of the arrays and what a file may say follow from the table."""
    assert get_args(Step.model_fields["trigger"].annotation) == NAMES == layout.TRIGGERS
    assert [getattr(triggers, name.upper()) for name in NAMES] == list(range(len(NAMES)))
    assert {f"{name}_{part}" for name in NAMES for part in ("first", "count")} <= set(layout.RUNG.names or ())
    keys = {key for one in TRIGGERS.values() for key in (*one.keys, *one.ways)}
    assert keys <= set(Step.model_fields)
