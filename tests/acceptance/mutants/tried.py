"""One mutant tried: a private copy of the package with the change, and a Python of its own that plays the killers.

In: a mutant. Out: how it ended, by which killer. Nothing is written into the tree: the copy is a folder of links, in which only the
changed file is a file. A kill counts where the same killer lets the package live as it stands; that is looked at once for each killer.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.acceptance.mutants.judge import KILLED, SURVIVED, TOO_LONG
from tests.acceptance.mutants.killers import stored
from tests.acceptance.mutants.mutate import Mutant, mutated
from tests.acceptance.mutants.plain import PACKAGE, environment
from tests.acceptance.rules import ROOT

SECONDS = 60  # of processor time for one mutant
_WALL = 1000.0  # seconds after which a process that waits for ever is ended
_MEMORY = 4 << 30  # bytes


@dataclass(frozen=True)
class Tried:
    """How a mutant ended: ``killed``, ``too long`` (killed by the limit of time), ``survived``, or ``not reached`` by any killer."""

    end: str
    by: str
    seconds: float  # of processor time


def tried(mutant: Mutant) -> Tried:
    """Try a mutant by its killers. Raises AssertionError where the killer finds something in the unchanged package, too."""
    names = stored().for_function((mutant.file, mutant.function))
    if not names:
        return Tried("not reached", "", 0.0)
    found = _played(mutant, names)
    if found.end != "survived":
        assert _lives(_said_so(found.by, names)), (
            f"{found.by or names[0]} does not pass without any change, or is gone: measure killers anew"
        )
    return found


def _said_so(by: str, names: list[str]) -> tuple[str, ...]:
    """The killers that can have said so: the one that is named, or those of a file that could not be read; else all of them."""
    those = [name for name in names if name == by] or [name for name in names if "::" in name and name.startswith(f"{by}::")]
    return tuple(those or names)


@cache
def _lives(names: tuple[str, ...]) -> bool:
    """Whether the package as it stands passes these killers."""
    return _played(None, list(names)).end == "survived"


def _played(mutant: Mutant | None, names: list[str]) -> Tried:
    """Play these killers against a mutant, or against the package as it stands."""
    known = stored().seconds
    with TemporaryDirectory(prefix="ladsim-mutant-") as place:
        folder = Path(place)
        _copy(folder / "ladsim", mutant)
        order = folder / "killers.json"
        order.write_text(json.dumps({name: known.get(name, 1.0) for name in names}), encoding="utf-8")
        home = folder / "home"
        home.mkdir()
        own = environment([folder, ROOT]) | {"TMPDIR": str(home), "HOME": str(home)}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.mutants.judge", str(order)],
            env=own, cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True, preexec_fn=_limits,
        )  # fmt: skip
        return _ended(process)


def _ended(process: subprocess.Popen[str]) -> Tried:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said, waited = "", True
    try:
        said, _ = process.communicate(timeout=_WALL)
    except subprocess.TimeoutExpired:
        waited = False
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with all that it has started
        process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1)
    by = next((line.removeprefix("killer: ") for line in said.splitlines()[::-1] if line.startswith("killer: ")), "")
    code = process.returncode
    if code == SURVIVED:
        return Tried("survived", "", seconds)
    if not waited or code in (TOO_LONG, -signal.SIGXCPU, -signal.SIGKILL):
        return Tried("too long", by, seconds)
    assert code == KILLED or code < 0, f"the judge itself ended with {code}"
    return Tried("killed", by, seconds)


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _copy(package: Path, mutant: Mutant | None) -> None:
    """The package as links, but for the changed file and the folders above it."""
    package.mkdir()
    parts = Path(mutant.file).parts if mutant else ()
    source, target = PACKAGE, package
    for depth, part in enumerate((*parts, "")):
        for path in source.iterdir():
            if path.name != part:
                (target / path.name).symlink_to(path)
        if depth + 1 < len(parts):
            source, target = source / part, target / part
            target.mkdir()
        else:
            break
    if mutant:
        text = (PACKAGE / mutant.file).read_text(encoding="utf-8")
        (package / mutant.file).write_text(mutated(text, mutant), encoding="utf-8")
