"""Numbers such as ``230.000`` and ``1.499``, which TOML reads as 230 and one and a half: told, because thousands may be meant.

In: the text of a scenario file, or a value of ``--set``. Out: warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ladsim.errors import Problem
from ladsim.scenario.input_hints import digits_of, grouped
from ladsim.scenario.schema_walk import keys_of_kind
from ladsim.scenario.spec import Scenario

_TEXTS = re.compile(r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*')
_THOUSANDS = re.compile(r"(?<![\w.+-])[1-9]\d{0,2}\.\d{3}(?![\w.])")
_QUOTED_KEY = re.compile(r"""(["'])[A-Za-z][\w.-]*\1(?=\s*=)""")
_KEY = re.compile(r"([\w.-]+)\s*=")
_LIST = re.compile(r"\[([^\[\]{}=]*)\]")
# In a list: a comma with a digit on either side, where other commas have a blank behind them.
_JOINED = re.compile(r"(?<![\w.,+-])([+-]?\d[\d_.]*),(\d{1,2})(?![\w.]|,\d)")
# Keys whose number may be large though it is no amount: people, points.
_COUNTS = frozenset(
    {
        "number",
        "per_month",
        "reward_at",
        "endowed_points",
        "minimum_balance",
        "half_at",
        "points_per_order",
        "budget",
        "per",
        "min_points",
    }
)
_IN_RANGES = frozenset({"low", "high", "median", "mean", "sd", "scale", "values"})
_BESIDE = frozenset({"law", "spread", "shape", "a", "b"})  # what may stand before them in a distribution


def thousands(text: str, amount: bool = False) -> Iterator[Problem]:
    """A warning for each number such as ``230.000``, which TOML reads as 230; what stands in texts and comments is left alone.

    One that does not end in 0, such as 1.499, is warned of where its key is one of an amount, or of many people or points; with
    `amount` the text is such a number.

    >>> [str(odd) for odd in thousands("fee = 1.500  # 2.500 would be too much")]
    ["line 1: found '1.500', which is 1.5 (if thousands are meant, write 1_500; else 1.5)"]
    >>> [odd.allowed for odd in thousands("spread = 1.125, fee = 1.499")]
    ['which is 1.499 (if thousands are meant, write 1_499; else 1.4990)']
    >>> [str(odd) for odd in thousands("values = [1.000,50, 2]")]
    ["line 1: found '1.000,50', which is two numbers, 1 and 50 (if one is meant, write 1000.50; if two are, a blank behind the comma)"]
    """
    bare = _TEXTS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), _with_bare_keys(text))
    for number, line in enumerate(bare.split("\n"), start=1):
        if "." not in line and "[" not in line:
            continue
        joined = list(_one_or_two(line))
        for _, problem in joined:
            yield replace(problem, place=f"line {number}")
        for found in _THOUSANDS.finditer(line):
            said = found[0]
            if any(other.start() <= found.start() < other.end() for other, _ in joined):
                continue
            if not (said.endswith("0") or amount or _may_be_large(line[: found.start()])):
                continue
            whole, other = grouped(digits_of(said)), f"{float(said):g}" if said.endswith("0") else f"{said}0"
            yield Problem(
                f"line {number}", repr(said), f"which is {float(said):g} (if thousands are meant, write {whole}; else {other})"
            )


def _one_or_two(line: str) -> Iterator[tuple[re.Match[str], Problem]]:
    """Items of a list such as ``1,5``, which TOML reads as two numbers, where the commas between other items have a blank behind them."""
    for inside in _LIST.finditer(line):
        if not re.search(r",\s", inside[1]):
            continue
        for found in _JOINED.finditer(line, inside.start(1), inside.end(1)):
            first, second = found[1], found[2]
            whole = digits_of(first) if _THOUSANDS.fullmatch(first) else first
            meant = f"if one is meant, write {whole}.{second}; if two are, a blank behind the comma"
            yield found, Problem("", repr(found[0]), f"which is two numbers, {float(first):g} and {second} ({meant})")


def _with_bare_keys(text: str) -> str:
    """The text with keys such as "basket.mean" out of their quotation marks, as long as before; what stands in texts stays."""

    def bare(found: re.Match[str]) -> str:
        key = _QUOTED_KEY.match(text, found.start())
        return found[0] if key is None else f" {found[0][1:-1]} "

    return _TEXTS.sub(bare, text)


def _may_be_large(before: str) -> bool:
    """Whether the number behind this part of a line is an amount, or counts people or points."""
    keys = _KEY.findall(before)
    if len(keys) > 1 and keys[-1] in _IN_RANGES:
        keys.pop()
        while len(keys) > 1 and keys[-1] in _IN_RANGES | _BESIDE:
            keys.pop()
    last = keys[-1].rpartition(".")[2] if keys else ""
    return last in _COUNTS or last in keys_of_kind(Scenario, "amount")
