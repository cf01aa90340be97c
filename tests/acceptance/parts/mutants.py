"""Small changes of the core, one at a time: do the tests notice? 120 of each folder, drawn by the seed, tried without a compiler.

Each unit is one mutant (``tests/acceptance/mutants``). What is drawn hangs on the sources alone, so that a unit that survived can be played
again when a test was added: ``--retry``. The tests themselves make no table stale: more of them kill no fewer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.acceptance.mutants.hosts import FOLDERS
from tests.acceptance.mutants.mutate import OPERATORS, Mutant, drawn
from tests.acceptance.mutants.tried import SECONDS, tried
from tests.acceptance.mutants.verdicts import verdicts
from tests.acceptance.part import Line, Part, Row, Unit, at_least
from tests.acceptance.rules import STUDIES

FULL, SMALL = 600, 12
ALL_TOGETHER, A_FOLDER = 0.85, 0.75  # killed, of those drawn
_LUCK = 6  # mutants below which a score says nothing
_FEW = 50  # mutants below which half is asked for: chance moves a score of few
_ENDS = ("killed", "too long")


def mutant_of(unit: Unit) -> Mutant:
    """The mutant of a unit: folders by turns."""
    place, folder = divmod(unit.number, len(FOLDERS))
    return drawn(unit.seed)[FOLDERS[folder]][place]


def play(unit: Unit) -> Row:
    """Try one mutant."""
    mutant = mutant_of(unit)
    found = tried(mutant)
    return {
        "folder": mutant.file.rpartition("/")[0],
        "operator": mutant.operator,
        "mutant": mutant.name,
        "change": mutant.change,
        "end": found.end,
        "by": found.by,
        "seconds": found.seconds,
    }


def survived(row: Row) -> bool:
    """Whether no killer noticed."""
    return row["end"] not in _ENDS


def summary(rows: Sequence[Row]) -> list[Line]:
    """The scores, and a line for each survivor with its verdict."""
    late = sum(row["end"] == "too long" for row in rows)
    fewest = min(Counter(row["folder"] for row in rows).values())
    return [
        _score("mutants killed", rows, ALL_TOGETHER),
        *(_score(f"of {folder}", [row for row in rows if row["folder"] == folder], A_FOLDER) for folder in FOLDERS),
        *(Line(f"of {name}", _share([row for row in rows if row["operator"] == name]), "said", True) for name in OPERATORS),
        Line(
            f"of the killed, by a limit of time ({SECONDS} s of processor time in all)",
            f"{late:,}",
            "at most a tenth",
            10 * late <= len(rows) or len(rows) < _FEW,
        ),
        at_least("mutants of the folder with fewest", fewest, 80 if len(rows) >= _FEW else 1),
        *_survivors([row for row in rows if survived(row)], is_full=len(rows) >= _FEW),
    ]


def _survivors(left: Sequence[Row], is_full: bool) -> Iterator[Line]:
    """How many of each verdict, then each; of a few, which are others after any change, nobody has to have judged each."""
    known = [verdicts().get((row["mutant"], row["change"])) for row in left]
    kinds = Counter(one.kind if one else "no verdict yet" for one in known)
    yield Line(
        "survivors by verdict", ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()) or "none", "said", True
    )
    for row, one in sorted(zip(left, known, strict=True), key=lambda pair: pair[0]["mutant"]):
        reached = "" if row["end"] == "survived" else " (reached by no killer)"
        words = f"{one.kind}: {one.why}" if one else "none"
        yield Line(
            f"{row['mutant']}: `{row['change']}`{reached}",
            words,
            "a verdict" if is_full else "said",
            one is not None or not is_full,
        )


def _score(what: str, rows: Sequence[Row], bound: float) -> Line:
    killed = sum(not survived(row) for row in rows)
    asked = bound if len(rows) >= _FEW else 0.5
    if len(rows) < _LUCK:
        return Line(what, _share(rows), "said", True)
    return Line(what, _share(rows), f"at least {asked:.0%}", killed >= asked * len(rows))


def _share(rows: Sequence[Row]) -> str:
    killed = sum(not survived(row) for row in rows)
    return f"{killed:,} of {len(rows):,} ({killed / max(len(rows), 1):.0%})"


PART = Part(
    name="mutants",
    title="Small changes of the core, and whether tests notice",
    shows="Mutants of `model`, `programs`, `engine`, `measures` and `planning`, as many of each operator, each played by the tests and "
    "recorded scenarios that reach its function: rules by Python, all else with the rules as WebAssembly. Those that survive have a line "
    "each, and a verdict.",
    rests_on=(
        *STUDIES, "tests/acceptance/mutants/mutate.py", "tests/acceptance/mutants/judge.py", "tests/acceptance/mutants/hosts.py",
        "tests/acceptance/mutants/tried.py", "tests/acceptance/parts/mutants.py",
    ),
    full=FULL,
    small=SMALL,
    play=play,
    summary=summary,
    error_means="mutants that could not be tried",
    again=survived,
)  # fmt: skip
