"""Rules: read, made for ladders, and refused in words with all that is wrong.

Tests: ``placing/conditions.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import ladsim
from ladsim.errors import DataError
from ladsim.placing.conditions import Condition, condition_of
from ladsim.placing.rule import default_rule, read_rule, rule_for
from ladsim.scenario.presets import GROUPS

GOOD = """
crm = "first"
gone = 90
[[rungs]]
name = "gone"
off_ladder = true
gone = true
orders = { at_least = 1 }
[[rungs]]
name = "fan"
label = { en = "Fan", da = "Tilhænger" }
spend = { at_least = 1000, at_most = 5000 }
[[rungs]]
name = "fan"
stage = ["VIP", "Gold"]
[[rungs]]
name = "others"
role = "potential"
"""


def test_a_rule_is_read(csv: Callable[..., Path]) -> None:
    """Rungs from the bottom up, those beside the ladder last; two tables of one rung are two ways to it; labels by language."""
    rule = read_rule(csv("rule.toml", GOOD), "da")
    assert rule.names == ("others", "fan", "gone")
    assert rule.labels == ("others", "Tilhænger", "gone")
    assert rule.on_ladder == (True, True, False)
    assert [line.rung for line in rule.lines] == [2, 1, 1, 0]
    assert (rule.crm, rule.gone, rule.roles) == ("first", 90, ("potential", "", ""))
    assert rule.facts() == {"gone", "orders", "spend", "stage"}
    assert rule.beyond(["transactions"]) == {}
    assert rule.beyond(["survey"]) == {1: {"spend", "stage"}, 2: {"gone", "orders"}}


def test_all_that_is_wrong_at_once(csv: Callable[..., Path]) -> None:
    """Each mistake with its place, what was found, what is allowed and the nearest right word."""
    bad = """
crn = "first"
gone = "soon"
[[rungs]]
name = "fan"
ordrs = { at_least = 1 }
spend = 100
score = { at_leest = 9 }
silent_days = { at_least = 9, at_most = 3 }
subscribed = "yes"
deal = "opened"
role = "ambasador"
[[rungs]]
name = "others"
orders = { at_least = 1 }
"""
    with pytest.raises(DataError) as error:
        read_rule(csv("rule.toml", bad))
    said = str(error.value)
    for part in (
        "crn: found 'first', must be one of schema, scenario, crm, gone, rungs (did you mean 'crm'?)", "gone: found 'soon'",
        "rungs.fan.ordrs", "(did you mean 'orders'?)", "rungs.fan.spend: found 100, must be a table such as", "rungs.fan.score.at_leest",
        "rungs.fan.silent_days: found 9 to 3", "rungs.fan.subscribed: found 'yes', must be true or false", "(did you mean 'open'?)",
        "(did you mean 'ambassador'?)",
    ):  # fmt: skip
        assert part in said
    assert said.count("\n") == 8 and said.count("rule.toml: ") == 9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "rungs: found None, must be tables"),
        ("rungs = 3", "rungs: found 3, must be tables"),
        ('[[rungs]]\nname = "a"\norders = { at_least = 1 }\n', "conditions in the last one, 'a', must have none there"),
        ('[[rungs]]\nlabel = "a"\n', "rungs.1.name: found None, must be a text"),
        ('[[rungs]]\nname = "a\\u001b[31m"\n', "must be a text"),
        ("[[rungs]\n", "is no TOML file"),
        ('[[rungs]]\nname = "a"\n' * 61, "rungs: found 61 tables, must be at most 60"),
        ("x = " + "[" * 5000, "line 1: found lists or tables 33 deep, must be at most 32 deep"),
        ("a" + ".b" * 100_000 + " = 1", "found a key of 100,001 parts, must have at most 32"),
        ('[[rungs]]\nname = "a"\nlabel = { da = "x" }\n', "rungs.a.label"),
        ('gone = 0\n[[rungs]]\nname = "a"\n', "gone: found 0"),
        ('gone = true\n[[rungs]]\nname = "a"\n', "gone: found true"),
    ],
)
def test_what_is_no_rule(csv: Callable[..., Path], text: str, said: str) -> None:
    """Refused in words, never a traceback."""
    with pytest.raises(DataError) as error:
        read_rule(csv("rule.toml", text))
    assert said in str(error.value)


def test_no_file_and_no_text(tmp_path: Path) -> None:
    """A file that is not there, a folder, bytes that are no text, a file of more than a million bytes."""
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "long.toml").write_text("#" * 1_000_001)
    for name, said in (
        ("none.toml", "cannot be read"),
        (".", "cannot be read"),
        ("bytes.toml", "no TOML"),
        ("long.toml", "more than 1,000,000"),
    ):
        with pytest.raises(DataError, match=said):
            read_rule(tmp_path / name)


def test_conditions_hold_only_of_what_is_known() -> None:
    """A number that is missing is within no bounds; ends count; a truth that is missing is neither."""
    column = np.array([1.0, 2.0, 5.0, 6.0, np.nan])
    found = condition_of("rungs.a", "orders", {"at_least": 2, "at_most": 5})
    assert isinstance(found, Condition)
    assert found.holds(column).tolist() == [False, True, True, False, False]
    assert Condition("gone", value=False).holds(np.array([0.0, 1.0, np.nan])).tolist() == [True, False, False]
    assert Condition("stage", words=("vip",)).holds(np.array(["vip", "", "x"], object)).tolist() == [True, False, False]


def test_the_default_rule_in_three_languages() -> None:
    """Six rungs, lead at the bottom, lapsed beside the ladder, in the words of each language."""
    labels = {language: default_rule(language).labels for language in ("en", "da", "nb")}
    assert labels["en"] == ("Lead", "Prospect", "Customer", "Repeat buyer", "Ambassador", "Lapsed")
    assert len(set(labels.values())) == 3
    texts = {language: default_rule(language).text for language in labels}
    first = {language: text.split("\n")[0] for language, text in texts.items()}
    assert [
        word in first[language] for language, word in (("en", "Who stands"), ("da", "hvilket trin"), ("nb", "hvilket trinn"))
    ] == [True] * 3
    assert not any(f"# {language}:" in text for language in labels for text in texts.values())
    assert default_rule().on_ladder == (True,) * 5 + (False,)


@pytest.mark.parametrize("name", [name for names in GROUPS.values() for name in names])
def test_every_ladder_that_is_shipped_has_a_rule(name: str, tmp_path: Path) -> None:
    """Its rungs are the scenario's, each with the library's role; written out and read again it is the same rule."""
    scenario = ladsim.load(name)
    rule = rule_for(scenario, name)
    assert set(rule.names) <= {rung.name for rung in scenario.rungs}
    assert all(rule.roles) and rule.on_ladder.count(False) <= 1
    (tmp_path / "rule.toml").write_text(rule.text, encoding="utf-8")
    assert read_rule(tmp_path / "rule.toml") == rule


def test_steps_of_the_ladder_count_orders() -> None:
    """Where the scenario says that every second order makes a repeat buyer, the rule says so, whatever the rung's role."""
    rule = rule_for(ladsim.load("web_shop"))
    at = {rule.names[line.rung]: {condition.fact: condition.at_least for condition in line.conditions} for line in rule.lines}
    assert at["customer"] == {"orders": 1.0}
    assert at["repeat"] == {"orders": 2.0}
