"""A part's table as a page of the documentation, and whether a page still says what today's rules do.

In: a ``Run``. Out: ``docs/acceptance/PART.md``, with commit, fingerprint of the rules, seed, units, machine and a line for each thing
that must hold. A table is *stale* where it was made by other rules than those that stand in the sources now.
"""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.acceptance.part import Line, Part, Unit
from tests.acceptance.rules import Commit, fingerprint
from tests.acceptance.runner import Run

PASSED, FAILED, INCOMPLETE, NOT_RUN = "passed", "failed", "incomplete", "not run yet"
SHOWN = 20  # failed units that get a line each


def lines_of(run: Run) -> list[Line]:
    """How many units raised, and what the rows show."""
    if not run.done:
        return []
    failures = len(run.failures)
    lines = [Line(run.part.error_means, f"{failures:,} of {len(run.done):,}", "none", not failures)]
    return lines + (run.part.summary(run.rows) if run.rows else [])


def failed_units(run: Run) -> list[Line]:
    """A line for each unit that raised, the first of them where there are many: the command that plays it again, and its error."""
    failures = run.failures
    lines = [
        Line(f"unit {unit}: {again(run, unit)}", (error.strip() or "no word").splitlines()[-1][:300], "no error", False)
        for unit, error in list(failures.items())[:SHOWN]
    ]
    if len(failures) > SHOWN:
        lines.append(Line("further units that failed", f"{len(failures) - SHOWN:,}", "none", False))
    return lines


def again(run: Run, unit: int) -> str:
    """The command that plays one unit again, with its whole error and its scenario as a file."""
    size = " --small" if run.small else ""
    return f'make acceptance PART={run.part.name} ARGS="--unit {unit} --seed {run.seed}{size}"'


def verdict(run: Run, lines: Sequence[Line]) -> str:
    """One word for all: a line that fails fails it, complete or not."""
    if not run.done:
        return NOT_RUN
    if not all(line.passed for line in lines):
        return FAILED
    return PASSED if run.complete and lines else INCOMPLETE


def page(run: Run, lines: Sequence[Line], commit: Commit, today: datetime.date | None = None) -> str:
    """The page of a part."""
    said = verdict(run, lines)
    done, wanted = f"{len(run.done):,}", f"{run.wanted:,}"
    facts = [
        ("verdict", f"**{said}**"),
        ("units", f"{done} of {wanted}" + (f" ({len(run.failures):,} failed)" if run.failures else "")),
        ("commit", str(commit)),
        ("rules", f"`{run.rules}`"),
        ("seed", str(run.seed)),
        ("date", str(today or datetime.date.today())),
        ("work", f"{run.minutes:.1f} minutes ({run.processor_minutes:.1f} of processor time), all processes together"),
        ("machine", machine()),
        ("again", f"`make acceptance PART={run.part.name} SEED={run.seed}`"),
    ]
    if said == NOT_RUN:
        facts = [("verdict", f"**{said}**"), ("units", f"0 of {wanted}"), ("run it", f"`make acceptance PART={run.part.name}`")]
    parts = [f"# {run.part.title}", run.part.shows, _table(["", ""], facts)]
    if lines:
        rows = [(line.what, line.figure, line.bound, PASSED if line.passed else f"**{FAILED}**") for line in lines]
        rows += [(_code(line.what), _code(line.figure), line.bound, f"**{FAILED}**") for line in failed_units(run)]
        parts.append(_table(["what", "found", "bound", ""], rows))
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    body = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in body)


def _cell(text: str) -> str:
    one = re.sub(r"\s+", " ", text).replace("|", "\\|")
    return one if one.startswith("`") else one.replace("<", "&lt;")


def _code(text: str) -> str:
    """As it stands, to be copied: no quotation mark is made a typographer's, no sign a link."""
    return "`" + text.replace("`", "'") + "`"


def machine() -> str:
    """What played it, without a name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{name} {version(name.lower())}" for name in ("NumPy", "Numba", "Hypothesis"))
    return f"{cores} cores, {memory:.0f} GB, Python {platform.python_version()}, {versions}"


def write(text: str, path: Path) -> None:
    """Write a page whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


@dataclass(frozen=True)
class Standing:
    """What a part's page is worth now."""

    part: str
    sound: bool  # passed, by today's rules
    words: str


def standing(part: Part, folder: Path) -> Standing:
    """Whether a part's page was made by today's rules, and what it says."""
    path = folder / f"{part.name}.md"
    found = _facts(path.read_text(encoding="utf-8")) if path.is_file() else {}
    said, commit = found.get("verdict", "").strip("*"), found.get("commit", "no commit known")
    command = f"make acceptance PART={part.name}"
    if not found or said == NOT_RUN:
        return Standing(part.name, False, f"NOT RUN: {part.name} has no table: {command}")
    now, then = fingerprint(part.rests_on), found.get("rules", "").strip("`")
    if now != then:
        words = f"STALE: {part.name}: its table was made at commit {commit}, by other rules ({then}; now {now}): {command}"
        return Standing(part.name, False, words)
    if said != PASSED:
        return Standing(part.name, False, f"{said.upper()}: {part.name}: so says its table, made at commit {commit}: {command}")
    return Standing(part.name, True, f"{part.name}: passed at commit {commit}, by the rules of now")


def _facts(text: str) -> dict[str, str]:
    rows = re.findall(r"^\| (\w[\w ]*) \| (.*) \|$", text, re.MULTILINE)
    return {name: value for name, value in rows if " | " not in value}


def material(part: Part, unit: Unit, folder: Path) -> Path | None:
    """The scenario of a unit as a file, where the unit has one of its own."""
    text = part.material(unit)
    if not text:
        return None
    path = folder / f"{part.name}-{unit.seed}-unit-{unit.number}{'-small' if unit.small else ''}.toml"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path
