"""The report: what is told, dropped and odd, in three languages; more rows of one kind are one line."""

from __future__ import annotations

import ast
import datetime
import re
from pathlib import Path

import pytest

from ladsim.data import report
from ladsim.data.columns import KINDS
from ladsim.data.report import DataReport
from ladsim.i18n import LANGUAGES, Locale, catalogue

REPORT = (
    DataReport("salg.csv", "transactions")
    .told("rows", n=1_234_567)
    .told("period", first=datetime.date(2024, 1, 31), last=datetime.date(2024, 12, 31))
    .told("leading_zeros", n=0)
    .dropped("totals", n=1)
    .dropped("totals", n=2)
    .dropped("no_date", n=1, column="Dato")
    .dropped("no_date", n=1, column="Slut")
    .odd("beside", role="amount", column="a" * 100, other="b")
)


def test_what_is_told() -> None:
    """Nothing of what did not happen; numbers and days written out; more rows of one kind are one line, of another column another."""
    lines = REPORT.lines(Locale("en"))
    assert lines[:3] == ["salg.csv: transactions", "  1,234,567 rows read", "  from 2024-01-31 to 2024-12-31"]
    assert lines[3:6] == [
        "  Dropped: 3 rows that sum others up",
        "  Dropped: 1 row whose Dato is no date",
        "  Dropped: 1 row whose Slut is no date",
    ]
    assert "a" * 59 + "…" in lines[6]
    assert (REPORT.value("totals"), REPORT.value("leading_zeros"), REPORT.value("period", "last")) == (
        3,
        None,
        datetime.date(2024, 12, 31),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language(language: str) -> None:
    """The same number of lines, no key left in them."""
    lines = REPORT.lines(Locale(language))
    assert len(lines) == 7
    assert not any("_" in line or "{" in line for line in lines)


def test_texts_and_facts_are_the_same() -> None:
    """Every fact that the code tells has its text, and every text is told; names made up at run time apart, which the other tests play."""
    keys: set[str] = set()
    literals: set[str] = set()
    sources = [*Path(report.__file__).parent.glob("*.py"), *Path(report.__file__).parents[1].glob("cli/data.py")]
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                literals.add(node.value.removeprefix("data."))
            called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
            if called in ("told", "dropped", "odd", "drop") and node.args and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
                keys.add(str(node.args[0].value))  # type: ignore[attr-defined]
    texts = {key.removeprefix("data.") for key in catalogue.texts("en") if key.startswith("data.")}
    assert len(keys) > 40
    assert keys <= texts
    made = re.compile(r"(role|name_between|kind|why|order|precise)_\w+")
    assert {text for text in texts - literals if not made.fullmatch(text)} == set()
    roles = {text.removeprefix("role_") for text in texts if text.startswith("role_")}
    known = {role for needs, tells, may in KINDS.values() for role in (*"|".join(needs).split("|"), *tells, *may)}
    assert known <= roles
    assert {text.removeprefix("kind_") for text in texts if text.startswith("kind_")} == set(KINDS)
