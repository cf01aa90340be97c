"""Files nested too deep or with words too long: told in words, before anything walks through them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario.load import load, loads
from ladsim.scenario.nesting import MOST_DEEP, MOST_VALUES, in_json, in_tables, in_text
from ladsim.scenario.overrides import override

MARKET = "name = 'x'\nmonths = 12\nmarket_size = 100\n[[rungs]]\nname = 'lead'\nshare = 1.0\n"


def parts(count: int, part: str = "a") -> str:
    """A dotted key."""
    return ".".join([part] * count)


def nested(count: int) -> str:
    """Inline tables, one in the other."""
    return "{a=" * count + "1" + "}" * count


QUOTED = '"a"'
DEEP = {
    "a dotted key": f"{parts(100_000)} = 1\n{MARKET}",
    "a dotted key of 33": f"{parts(33)} = 1\n{MARKET}",
    "a header": f"{MARKET}[strategies.{parts(900)}]\nx = 1\n",
    "a header of a list": f"{MARKET}[[{parts(20_000)}]]\nx = 1\n",
    "parts in quotation marks": f"{MARKET}[{parts(5_000, QUOTED)}]\nx = 1\n",
    "blanks between the parts": f"{MARKET}[sources]\n{' . '.join(['a'] * 5_000)} = 'x'\n",
    "inline tables": f"{MARKET}[sources]\nx = {nested(900)}\n",
    "lists": f"{MARKET}[sources]\nx = {'[' * 100_000}\n",
    "all of them together, each short enough": f"{MARKET}[{parts(30)}]\n{parts(30)} = {nested(30)}\n",
    "behind a text that ends in four quotes": f"z = '''a''''\n{parts(100_000)} = 1\n{MARKET}",
    "behind a text with a quote": f'z = """\\""" """\n{parts(100_000)} = 1\n{MARKET}',
    "behind a text with a comment's mark": f"z = '#'\n{parts(100_000)} = 1\n{MARKET}",
}
LONG = {
    "a key": f"{'a' * 1_000_000} = 1\n{MARKET}",
    "a key in quotation marks": f'"{"a" * 1_000_000}" = 1\n{MARKET}',
    "a number": f"x = {'1' * 1_000_000}\n{MARKET}",
    "a dotted key in a strategy's set": f'{MARKET}[strategies.s]\nset = {{ "{parts(50_000)}" = 1 }}\n',
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_is_nested_too_deep_is_told(text: str) -> None:
    """One problem in words, in well under a second: a reader that takes the square of the parts, or a stack, is never asked."""
    began = time.perf_counter()
    with pytest.raises(ScenarioError, match=r"(parts|deep), must (have|be) at most 32") as caught:
        loads(text, file="x.toml")
    assert len(caught.value.problems) == 1
    assert len(str(caught.value)) < 200
    assert time.perf_counter() - began < 1.0


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_word_too_long_is_told_shortly(text: str) -> None:
    """A key of a million characters is not printed back."""
    with pytest.raises(ScenarioError, match="must have at most 1,000") as caught:
        loads(text, file="x.toml")
    assert len(str(caught.value)) < 200


def test_what_stands_in_texts_and_comments_is_no_nesting() -> None:
    """Points, brackets and long words in a description or a comment are the writer's own."""
    quoted = f"{parts(50)} {'[' * 50} {'x' * 2_000}"
    text = f'# {quoted}\ndescription = \'{quoted}\'\ntitle = """a \\""" {"[" * 50}"""\n{MARKET}'
    assert in_text(text) is None
    assert loads(text).description == quoted


def test_the_limit_itself_is_allowed() -> None:
    """As many parts and levels as the limit says, and one more is refused."""
    assert in_text(f"{parts(MOST_DEEP)} = 1") is None
    assert in_text(f"x = {'[' * MOST_DEEP}{']' * MOST_DEEP}") is None
    tables: object = 1
    for _ in range(MOST_DEEP + 1):
        tables = {"a": tables}
    assert in_tables(tables) is None
    assert in_tables({"a": tables}) is not None
    assert in_tables({"a": [tables]}) is not None


def test_what_json_holds_is_counted_before_it_is_parsed() -> None:
    """Commas outside texts part its values; in texts they are the writer's own, whatever stands before a quotation mark."""
    assert in_json("[" + "0," * MOST_VALUES + "0]") is not None
    assert in_json("[" + "0," * (MOST_VALUES - 1) + "0]") is None
    assert in_json(b'["' + b"," * (2 * MOST_VALUES) + b'"]') is None
    assert in_json(r'["\\", "\"' + "," * (2 * MOST_VALUES) + '"]') is None
    assert in_json(r'["\\",' + "0," * (2 * MOST_VALUES) + "0]") is not None


def test_what_another_file_gives_is_looked_at_too(tmp_path: Path) -> None:
    """A file that is extended is named, with its line."""
    (tmp_path / "below.toml").write_text(DEEP["a header"], encoding="utf-8")
    (tmp_path / "above.toml").write_text('extends = "below.toml"\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"below\.toml: line 7: found a key of 901 parts"):
        load(tmp_path / "above.toml")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        (parts(60_000), "1", "must have at most 1,000"),
        (f"strategies.s.set.{parts(60_000)}", "1", "must have at most 1,000"),
        ("months", nested(900), "must be a number"),
        ("months", f"{{{parts(20_000)} = 1}}", "must be a number"),
        ("months", "[" * 50_000, "must be a number"),
    ],
)
def test_set_from_the_command_line(key: str, value: str, said: str) -> None:
    """Keys and values of --set are held to the same limits, and what is said is short."""
    scenario = loads(MARKET)
    began = time.perf_counter()
    with pytest.raises(ScenarioError, match=said) as caught:
        override(scenario, {key: value})
    assert len(str(caught.value)) < 300
    assert time.perf_counter() - began < 1.0
