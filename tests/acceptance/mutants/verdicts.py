"""What is said of mutants that survive: ``verdicts.toml``, each by the mutant's name and its change, so that a verdict ends with its code.

In: a mutant's name and change. Out: kind and reason.

================= ========================================================================================
``equivalent``     no input can tell it from what it was
``speed``          only time, memory, or how much is done at once changes
``compiled``       what it changes is not played in plain mode; tests of the compiled rules see it
``elsewhere``      what it changes is seen by tests that take too long for this, named in the reason
``hole``           tests should see it, and none does
================= ========================================================================================
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

KINDS = ("equivalent", "speed", "compiled", "elsewhere", "hole")
FILE = Path(__file__).with_name("verdicts.toml")


@dataclass(frozen=True)
class Verdict:
    """Why a mutant survives."""

    kind: str
    why: str


@cache
def verdicts() -> dict[tuple[str, str], Verdict]:
    """All verdicts, by a mutant's name and change. Raises ValueError for a kind that there is not, or a verdict without a reason."""
    found = {}
    for one in tomllib.loads(FILE.read_text(encoding="utf-8")).get("verdicts", []):
        if one["kind"] not in KINDS or not one["why"].strip():
            raise ValueError(
                f"{FILE}: {one['mutant']}: found kind {one['kind']!r}, must be one of {', '.join(KINDS)}, with a reason"
            )
        found[one["mutant"], one["change"]] = Verdict(one["kind"], one["why"])
    return found
