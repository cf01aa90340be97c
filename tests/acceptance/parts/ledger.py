"""The points ledger against a fold written from the model's text alone: every history of a member, and logs of generated programmes.

A unit is either all histories of up to five events of one programme that begin with one kind of event (``tests/ledger/histories.py``; of
the small size: all of up to three events of one programme), or a small market with generated programmes, played by both engines,
whose logs are folded customer by customer (``tests/ledger/logs.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tomlkit
from hypothesis import strategies as st

from ladsim.hosts.choice import has_compiler
from tests.acceptance.drawn import drawn
from tests.acceptance.part import Line, Part, Row, Unit, at_least
from tests.acceptance.rules import ENGINE, GENERATOR
from tests.ledger.cases import CASES, KINDS
from tests.ledger.histories import compare
from tests.ledger.logs import fold_both, scenarios

EVENTS, EVENTS_SMALL = 5, 3
LOGS = 1_000
FULL = KINDS * len(CASES) + LOGS
SMALL = FULL // 50
EXAMPLES = st.tuples(scenarios(), st.integers(0, 2**40))


def histories(unit: Unit) -> tuple[str, int, int]:
    """The programme of a unit, the kind of its first event (−1: any), how many events at most; no name where it is one of the logs."""
    names = list(CASES)
    case, first, most = (unit.number, -1, EVENTS_SMALL) if unit.small else (*divmod(unit.number, KINDS), EVENTS)
    return (names[case] if case < len(names) else "", first, most)


def play(unit: Unit) -> Row:
    """Compare; raises with the first history, or the first row of a log, where rules and fold part."""
    name, first, most = histories(unit)
    if name:
        found = compare(CASES[name], most, "native" if has_compiler() else "plain", first)
        assert not found.difference, f"{name}: {found.difference}"
        return {"program": name, "histories": found.histories, "changes": 0}
    data, seed = drawn(EXAMPLES, unit)
    return {"program": "", "histories": 0, "changes": fold_both(data, seed)}


def material(unit: Unit) -> str:
    """The scenario of a log as a file."""
    if histories(unit)[0]:
        return ""
    data, seed = drawn(EXAMPLES, unit)
    return f"# seed {seed}\n{tomlkit.dumps(data)}"


def summary(rows: Sequence[Row]) -> list[Line]:
    """That nothing was left out; where rules and fold part, the unit has raised."""
    lines = []
    for name in CASES:
        units = [row for row in rows if row["program"] == name]
        found = sum(row["histories"] for row in units)
        lines.append(at_least(f"histories: {name}", found, expected(units)))
    logs: list[Any] = [row["changes"] for row in rows if not row["program"]]
    if not logs:  # histories come first: a part that was stopped among them has no log yet
        return lines
    lines.append(at_least("generated markets, played by both engines", len(logs), 1))
    lines.append(at_least("changes of a balance in their logs, each as the fold says", sum(logs), 100 * len(logs)))
    return lines


def expected(units: Sequence[Row]) -> int:
    """How many histories so many units must have: all of up to three events, or those behind each kind of first event."""
    small = sum(KINDS**n for n in range(1, EVENTS_SMALL + 1))
    if len(units) == 1 and units[0]["histories"] == small:
        return small
    return len(units) * sum(KINDS**n for n in range(EVENTS))


PART = Part(
    name="ledger",
    title="The points ledger, every history of it",
    shows=f"Programmes with points by a fold of their own, in whole numbers, lot by lot. All histories of up to {EVENTS} events of {KINDS} "
    "kinds, none left out: an order just below, at or above a threshold, of which all, half or nothing is kept (or one of nine amounts), now, a "
    "month or an expiry later, with what comes by itself in between. And logs of generated markets by both engines, earning by earning.",
    rests_on=(
        *ENGINE, *GENERATOR, "tests/ledger/fold.py", "tests/ledger/cases.py", "tests/ledger/histories.py", "tests/ledger/logs.py",
        "tests/acceptance/parts/ledger.py",
    ),
    full=FULL,
    small=SMALL,
    play=play,
    summary=summary,
    material=material,
    error_means="units in which rules and fold differ",
)  # fmt: skip
