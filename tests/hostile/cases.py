"""More than two hundred hostile inputs, and what must hold of each: `ANSWER` says it. To add one: a line in a table of ``*_cases``.

In: a case and an empty folder. Out: what `ladsim` said, and how long it took; raises AssertionError where that is no answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.hostile.data_cases import DATA
from tests.hostile.file_cases import FILES, Build, check
from tests.hostile.market import put
from tests.hostile.scenario_cases import NUMBERS, STRANGE, TOO_DEEP, TOO_MANY

MOST_SECONDS, MOST_CHARACTERS = 2.0, 4_096
CODES = (0, 2, 4)  # done, a mistake in the input, a place that cannot be written


def _texts(table: dict[str, Callable[[], str]] | dict[str, Callable[[], str | bytes]]) -> dict[str, Build]:
    def build(text: Callable[[], str | bytes]) -> Build:
        return lambda folder: ["check", put(folder, text())]

    return {name: build(text) for name, text in table.items()}


CASES: dict[str, Build] = {
    **_texts(TOO_MANY), **_texts(TOO_DEEP), **_texts(STRANGE), **_texts(NUMBERS),
    **{name: build for table in FILES.values() for name, build in table.items()},
    **DATA,
}  # fmt: skip
__all__ = ["CASES", "Answer", "check", "judged", "listed"]


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    text: str
    seconds: float  # of processor time


def listed(folder: Path) -> set[str]:
    """All that lies in a folder, hidden files too."""
    return {os.path.join(here, name) for here, folders, files in os.walk(folder) for name in (*folders, *files)}


def judged(name: str, answer: Answer, before: set[str], after: set[str], words: Sequence[str]) -> None:
    """Raise AssertionError where a command gave no answer in words, in time, or left something behind."""
    end = answer.text[-600:]
    assert "Traceback" not in answer.text and "Warning:" not in answer.text, f"{name}: no words: {end}"
    assert answer.code in CODES, f"{name}: exit code {answer.code}: {end}"
    assert "\x1b" not in answer.text, f"{name}: it colours the terminal: {end!r}"
    assert answer.text.strip(), f"{name}: nothing was said"
    assert answer.code == 0 or "error" in answer.text.lower(), f"{name}: refused without a reason: {end}"
    assert len(answer.text) <= MOST_CHARACTERS, f"{name}: {len(answer.text):,} characters: {answer.text[:300]} … {end}"
    assert answer.seconds <= MOST_SECONDS, f"{name}: {answer.seconds:.1f} s: {end}"
    assert answer.code == 0 or after == before, f"{name}: left {sorted(after - before)}"
    assert words
