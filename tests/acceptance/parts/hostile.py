"""Hostile input: an answer in words and an exit code, within seconds, whatever it is.

Units from 1,000 on are the cases of ``tests/hostile``, each a command in a process of its own with 4 GB of addresses: files of every kind,
manifests, options and places. Every other unit is one shipped scenario with one to four changes (``tests/acceptance/broken.py``) through
``ladsim check``. A unit raises where the command raises anything of its own, ends with an exit code that the docs do not have, says
nothing where it refuses, or more than four kilobytes (a case), leaves something behind, or takes too long.
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
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
from tests.hostile.cases import CASES, Answer, judged, listed

ROOT = Path(__file__).resolve().parents[3]
FINE, REFUSED = 0, 2
FIRST_CASE = 1_000  # unit that plays the first of them
MOST_SECONDS = 5.0
TO_START = 1.5  # seconds of processor time in which Python, and all that a command needs, is loaded
PATIENCE = 60.0  # seconds for a case, on a machine with other loads


def example(unit: Unit) -> tuple[list[str], bytes]:
    """What was changed, and the file."""
    luck = random.Random(f"ladsim hostile {unit.seed} {unit.number}")
    name = luck.choice(shipped())
    return broken((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"), luck)


def play(unit: Unit) -> Row:
    """Try one case, or check one file; raises where the answer is none."""
    name = _case_of(unit)
    return _case(name) if name else _broken(unit)


def _case_of(unit: Unit) -> str:
    """The name of the case that a unit plays; empty where it breaks a file."""
    names, place = sorted(CASES), unit.number - FIRST_CASE
    return names[place] if 0 <= place < len(names) else ""


def _case(name: str) -> Row:
    """One of the cases of ``tests/hostile``, by a process that has no more memory than a small computer."""
    with tempfile.TemporaryDirectory(prefix="ladsim-hostile-") as place:
        folder = Path(place)
        words = CASES[name](folder)
        if any("\0" in word for word in words):  # no system hands such a word to a program
            return {"refused": True, "seconds": 0.0, "changes": [], "words": 0, "case": name}
        before, begin = listed(folder), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "ladsim.cli", *words], cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=PATIENCE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False, preexec_fn=_little_memory,
        )  # fmt: skip
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime
        answer = Answer(done.returncode, done.stdout, max(0.0, seconds - TO_START))
        judged(name, answer, before, listed(folder), words)
    return {"refused": done.returncode != FINE, "seconds": seconds, "changes": [], "words": len(done.stdout), "case": name}


def _little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (4_000_000_000, 4_000_000_000))


def _broken(unit: Unit) -> Row:
    """One broken file."""
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
    """The file, its bytes kept; of a case its name."""
    if name := _case_of(unit):
        return name
    return example(unit)[1].decode("utf-8", "surrogateescape")


def summary(rows: Sequence[Row]) -> list[Line]:
    """That the files were broken, in each of the ways, and how fast the answers came."""
    cases = [row for row in rows if "case" in row]
    rows = [row for row in rows if "case" not in row]
    if not rows:
        return [_of_cases(cases)]
    ways = Counter(change for row in rows for change in row["changes"])
    refused, slowest = sum(row["refused"] for row in rows), max(row["seconds"] for row in rows)
    rare = min(CHANGES, key=lambda name: ways[name])
    return [
        _of_cases(cases),
        at_least("files refused in words", refused, len(rows) // 2),
        at_least("files that can be simulated all the same", len(rows) - refused, 1),
        at_least(f"files changed in the rarest way ({rare})", ways[rare], len(rows) // (4 * len(CHANGES))),
        Line("slowest answer, seconds of processor time", f"{slowest:.2f}", f"at most {MOST_SECONDS:g}", slowest <= MOST_SECONDS),
    ]


def _of_cases(cases: Sequence[Row]) -> Line:
    return at_least(
        "hostile inputs of all kinds answered, by processes with 4 GB", len({row["case"] for row in cases}), len(CASES)
    )


PART = Part(
    name="hostile",
    title="Broken and hostile files",
    shows="Files, manifests, options and places that mean harm (too much, too deep, without an end, of no kind) are answered in words, within "
    "two seconds and four kilobytes, and leave nothing behind. Shipped scenarios with lines deleted, doubled and moved, numbers too large, "
    "values of other kinds, names and keys of any length, "
    "tables nested deeply, strange bytes: `ladsim check` says in words what is wrong, or that all is well, within five seconds.",
    rests_on=(
        "ladsim/errors.py", "ladsim/scenario", "scenarios", "ladsim/cli", "tests/acceptance/broken.py",
        "tests/acceptance/parts/hostile.py", "tests/hostile", "ladsim/files.py", "ladsim/leftovers.py", "ladsim/python_files.py", "ladsim/world",
        "ladsim/planning",
    ),
    full=100_000,
    small=2_000,
    play=play,
    summary=summary,
    material=material,
    error_means="files that are answered otherwise than in words, or too late",
    most_seconds=60.0,
)  # fmt: skip
