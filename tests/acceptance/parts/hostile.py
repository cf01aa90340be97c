"""Broken scenario files through ``ladsim check``: an answer in words and an exit code, within seconds, whatever stands in them.

Each unit is one shipped scenario with one to four changes (``tests/acceptance/broken.py``). A unit raises where the command raises
anything of its own, ends with another exit code than 0 or 2, says nothing where it refuses, or takes more than five seconds of
processor time.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from typer.testing import CliRunner

from ladsim.cli import app
from ladsim.scenario.load import SHIPPED, shipped
from tests.acceptance.broken import CHANGES, broken
from tests.acceptance.part import Line, Part, Row, Unit, at_least

FINE, REFUSED = 0, 2
MOST_SECONDS = 5.0


def example(unit: Unit) -> tuple[list[str], bytes]:
    """What was changed, and the file."""
    luck = random.Random(f"ladsim hostile {unit.seed} {unit.number}")
    name = luck.choice(shipped())
    return broken((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"), luck)


def play(unit: Unit) -> Row:
    """Check one file; raises where the answer is none."""
    changes, whole = example(unit)
    with tempfile.TemporaryDirectory(prefix="ladsim-hostile-") as folder:
        path = Path(folder) / "broken.toml"
        path.write_bytes(whole)
        begin = time.process_time()
        result = CliRunner().invoke(app, ["check", str(path)])
        seconds = time.process_time() - begin
    what = f"({', '.join(changes)}; {len(whole):,} bytes)"
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    if result.exit_code not in (FINE, REFUSED):
        raise AssertionError(f"exit code {result.exit_code}, must be {FINE} or {REFUSED} {what}: {result.output[-500:]}")
    if "Traceback (most recent call last)" in result.output or not result.output.strip():
        raise AssertionError(f"no words {what}: {result.output[-500:]}")
    if seconds > MOST_SECONDS:
        raise AssertionError(f"{seconds:.1f} s, must be at most {MOST_SECONDS:g} s {what}")
    return {"refused": result.exit_code == REFUSED, "seconds": seconds, "changes": changes, "words": len(result.output)}


def material(unit: Unit) -> str:
    """The file, its bytes kept."""
    return example(unit)[1].decode("utf-8", "surrogateescape")


def summary(rows: Sequence[Row]) -> list[Line]:
    """That the files were broken, in each of the ways, and how fast the answers came."""
    ways = Counter(change for row in rows for change in row["changes"])
    refused, slowest = sum(row["refused"] for row in rows), max(row["seconds"] for row in rows)
    rare = min(CHANGES, key=lambda name: ways[name])
    return [
        at_least("files refused in words", refused, len(rows) // 2),
        at_least("files that can be simulated all the same", len(rows) - refused, 1),
        at_least(f"files changed in the rarest way ({rare})", ways[rare], len(rows) // (4 * len(CHANGES))),
        Line("slowest answer, seconds of processor time", f"{slowest:.2f}", f"at most {MOST_SECONDS:g}", slowest <= MOST_SECONDS),
    ]


PART = Part(
    name="hostile",
    title="Broken scenario files",
    shows="Shipped scenarios with lines deleted, doubled and moved, numbers too large, values of other kinds, names and keys of any length, "
    "tables nested deeply, strange bytes: `ladsim check` says in words what is wrong, or that all is well, within five seconds.",
    rests_on=(
        "ladsim/errors.py", "ladsim/scenario", "scenarios", "ladsim/cli", "tests/acceptance/broken.py",
        "tests/acceptance/parts/hostile.py",
    ),
    full=100_000,
    small=2_000,
    play=play,
    summary=summary,
    material=material,
    error_means="files that are answered otherwise than in words, or too late",
    most_seconds=60.0,
)  # fmt: skip
