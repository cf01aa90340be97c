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
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ladsim.hosts.choice import reason_against_wasm
from ladsim.scenario.load import SHIPPED
from tests.acceptance.mutants.hosts import PACKAGE, environment, host_of
from tests.acceptance.mutants.judge import KILLED, SURVIVED, TOO_LONG
from tests.acceptance.mutants.killers import stored
from tests.acceptance.mutants.mutate import Mutant, mutated
from tests.acceptance.rules import ROOT

SECONDS = 60  # of processor time for one mutant
_IDLE, _WORK = 60.0, 0.5  # seconds in which a process works for less than this: it waits for ever
_MEMORY = 4 << 30  # bytes


@dataclass(frozen=True)
class Tried:
    """How a mutant ended: ``killed``, ``too long`` (killed by the limit of time), ``survived``, or ``not reached`` by any killer."""

    end: str
    by: str
    seconds: float  # of processor time


def tried(mutant: Mutant) -> Tried:
    """Try a mutant by its killers. Raises AssertionError where the killer finds something in the unchanged package, too."""
    host = host_of(mutant.file, mutant.function)
    against = reason_against_wasm() if host == "wasm" else ""
    assert not against, against
    names = stored()[host].for_function((mutant.file, mutant.function))
    if not names:
        return Tried("not reached", "", 0.0)
    found = _played(mutant, names, host)
    if found.end != "survived":
        assert _lives(_said_so(found.by, names), host), (
            f"{found.by or names[0]} does not pass without any change, or is gone: measure killers anew"
        )
    return found


def _said_so(by: str, names: list[str]) -> tuple[str, ...]:
    """The killers that can have said so: the one that is named, or those of a file that could not be read; else all of them."""
    those = [name for name in names if name == by] or [name for name in names if "::" in name and name.startswith(f"{by}::")]
    return tuple(those or names)


@cache
def _lives(names: tuple[str, ...], host: str) -> bool:
    """Whether the package as it stands passes these killers."""
    return _played(None, list(names), host).end == "survived"


def _played(mutant: Mutant | None, names: list[str], host: str) -> Tried:
    """Play these killers against a mutant, or against the package as it stands."""
    known = stored()[host].seconds
    with TemporaryDirectory(prefix="ladsim-mutant-") as place:
        folder = Path(place)
        _copy(folder / "ladsim", mutant)
        (folder / SHIPPED.name).symlink_to(SHIPPED)  # the package looks for its scenarios beside itself
        order = folder / "killers.json"
        order.write_text(json.dumps({name: known.get(name, 1.0) for name in names}), encoding="utf-8")
        home = folder / "home"
        home.mkdir()
        own = environment([folder, ROOT], host) | {"TMPDIR": str(home), "HOME": str(home)}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.mutants.judge", str(order)],
            env=own, cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            start_new_session=True, preexec_fn=_limits,
        )  # fmt: skip
        return _ended(process)


def _ended(process: subprocess.Popen[str]) -> Tried:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        said, waits_for_ever = _said(process)
    finally:
        _end(process)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1)
    by = next((line.removeprefix("killer: ") for line in said.splitlines()[::-1] if line.startswith("killer: ")), "")
    code = process.returncode
    if code == SURVIVED:
        return Tried("survived", "", seconds)
    if waits_for_ever or code in (TOO_LONG, -signal.SIGXCPU, -signal.SIGKILL):
        return Tried("too long", by, seconds)
    assert code == KILLED or code < 0, f"the judge itself ended with {code}"
    return Tried("killed", by, seconds)


def _said(process: subprocess.Popen[str]) -> tuple[str, bool]:
    """What it says until its end, and whether it must be ended since it does nothing: what waits for ever meets no limit of work."""
    worked, since = 0.0, time.monotonic()
    while True:
        try:
            return process.communicate(timeout=1.0)[0], False
        except subprocess.TimeoutExpired:
            now = _worked(process.pid)
        if now >= worked + _WORK:
            worked, since = now, time.monotonic()
        elif time.monotonic() > since + _IDLE:
            _end(process)
            return process.communicate()[0], True


def _end(process: subprocess.Popen[str]) -> None:
    """End it, with all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _worked(session: int) -> float:
    """Seconds of processor time of what is running in a session, by ``/proc/*/stat``: behind the name in brackets, the 4th and the 12th and 13th."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended since
            words = file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            ticks += (int(words[11]) + int(words[12])) * (int(words[3]) == session)
    return ticks / os.sysconf("SC_CLK_TCK")


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))


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
