"""Measures every killer alone: whether it passes, its processor time, and which lines of the core it reaches.

``python -m tests.acceptance.mutants.measure`` (an hour of one processor; goes on where it was stopped), then writes
``killers.json.xz``. To be done anew where tests were added that mutants should meet; ``tests/planning/test_new.py --anew`` measures these
and keeps what is known of the others, on this machine. What is known of a test that is no longer there is left out. Needs ``coverage``.

Each test is run by a copy of this process that has collected the tests and done nothing else: what tests share and remember is paid for
by each. Where Python plays rules, and is watched, tests take long: there killers are above all recorded scenarios.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ladsim.hosts.choice import reason_against_wasm
from tests.acceptance.mutants.hosts import FOLDERS, HOSTS, PACKAGE, environment, host_of, options
from tests.acceptance.mutants.killers import Function, Measured, chosen, write
from tests.acceptance.rules import ROOT
from tests.acceptance.runner import FOLDER

SECONDS = 5  # of processor time, measuring included: what takes longer is no killer
_MEMORY = 4 << 30  # bytes
# Where killers are looked for, by host. Left out: tests of documents, sources and whole programs, and of the tests themselves.
_PATHS = {
    "plain": (
        *("tests/model", "tests/programs", "tests/contract", "ladsim/model", "ladsim/scenario/programs"),
        *("tests/scenario/test_check_programs.py", "tests/engine"),
    ),
    "wasm": (
        *(f"tests/{folder}" for folder in ("planning", "measures", "engine", "contract", "reporting", "theory", "cli")),
        *(f"ladsim/{folder}" for folder in ("planning", "measures", "engine")),
        "tests/test_restaurant.py",
    ),
}  # fmt: skip
# Every n-th recorded scenario, and every n-th generated one by both engines.
_EACH = {"plain": {"generated": 4, "shipped": 40}, "wasm": {"generated": 50, "shipped": 10}}
_BOTH_EACH = {"plain": 80, "wasm": 50}
_AGAIN = [sys.executable, "-m", "tests.acceptance.mutants.measure"]
Raw = dict[str, Any]


def main(words: Sequence[str] | None = None) -> int:
    """Measure what is not yet known, by each host, then write the data."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.acceptance.mutants.measure", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("tests", nargs="*", metavar="TESTS", help="of these tests alone")
    parser.add_argument("--scenarios", action="store_true", help="of recorded scenarios alone")
    parser.add_argument("--anew", action="store_true", help="also what is known")
    parser.add_argument("--write", action="store_true", help="measure nothing, write what is known")
    parser.add_argument("--host", choices=HOSTS, action="append", help="where this host plays (default: both)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--reading", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--names", action="store_true", help=argparse.SUPPRESS)
    said = parser.parse_args(words)
    if said.reading:
        return _reading()
    if said.names:
        return _say_names(said.host[0])
    if said.inside:
        _measure(said, said.host[0])
        return 0
    if not said.write:
        subprocess.run([*_AGAIN, "--reading"], env=environment([ROOT], "plain"), check=True)
    for host in () if said.write else said.host or HOSTS:
        own = [*(words or sys.argv[1:]), "--host", host, "--inside"]
        subprocess.run([*_AGAIN, *own], env=environment([ROOT], host), check=True)
    raw = {host: still_there(_known(_kept(host)), _names(host)) for host in HOSTS}
    passing = {host: [_measured(one, host) for one in those.values() if one["passes"]] for host, those in raw.items()}
    read = _known(_kept("reading")).get("reading", {"name": "reading", "seconds": 0.0, "lines": {}})
    write({host: chosen(those, _measured(read, host).lines) for host, those in passing.items()})
    print("; ".join(f"{host}: {len(passing[host]):,} of {len(raw[host]):,} pass in time" for host in HOSTS))
    return 0


def still_there(those: Mapping[str, Raw], tests: Collection[str]) -> dict[str, Raw]:
    """Of all that was measured, recorded scenarios and the tests that there are now: a killer that is gone would end its mutants' trial."""
    return {name: one for name, one in those.items() if "::" not in name or name in tests}


def _names(host: str) -> list[str]:
    """The tests that there are now for a host."""
    ran = subprocess.run(
        [*_AGAIN, "--names", "--host", host], env=environment([ROOT], host), check=True, stdout=subprocess.PIPE, text=True
    )
    return list(json.loads(ran.stdout.splitlines()[-1]))


def _say_names(host: str) -> int:
    """Collect a host's tests, and print their names as the last line."""
    names: list[str] = []

    class Names:
        """Notes what is found, and runs nothing."""

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: pytest.Session) -> bool:
            names.extend(item.nodeid for item in session.items)
            return True

    _collect(_PATHS[host], Names())
    print(f"\n{json.dumps(names)}")
    return 0


def _collect(paths: Sequence[str], plugin: object) -> None:
    pytest.main([*options(), "-m", "not long", "--continue-on-collection-errors", *paths], plugins=[plugin])


def is_for(test: str, host: str) -> bool:
    """Whether a test lies where this host's killers are looked for."""
    file = test.partition("::")[0]
    return any(file == path or file.startswith(f"{path}/") for path in _PATHS[host])


def _kept(host: str) -> Path:
    return FOLDER / f"killers-{host}.jsonl"


def _measure(said: argparse.Namespace, host: str) -> None:
    """Measure by the host of this process."""
    kept = _kept(host)
    kept.parent.mkdir(exist_ok=True)
    _watch()  # without coverage, an error comes before anything is measured
    if host == "wasm" and (against := reason_against_wasm()):  # what is opened here, copies need not open
        raise RuntimeError(against)
    _import_all()
    known = {} if said.anew else _known(kept)
    if not said.tests:
        _scenarios(known, kept, host)
    if not said.scenarios:
        _tests(said.tests or _PATHS[host], known, kept, host)


def _reading() -> int:
    """Which functions are run while files are read: by a Python that has read none of them yet."""
    kept = _kept("reading")
    kept.parent.mkdir(exist_ok=True)
    kept.unlink(missing_ok=True)
    for name in [name for name in sys.modules if name.startswith("ladsim")]:
        del sys.modules[name]

    def passes() -> bool:
        _import_all()
        return True

    _keep("reading", passes, kept)
    return 0


def _import_all() -> None:
    """What is read late is read here, so that not every copy has to."""
    for folder in (*FOLDERS, "scenario", "world", "reporting"):
        for path in sorted((PACKAGE / folder).glob("*.py")):
            importlib.import_module(f"ladsim.{folder.replace('/', '.')}.{path.stem}")
    for name in ("scipy.stats", "scipy.linalg", "scipy.optimize", "scipy.sparse", "networkx", "matplotlib.pyplot"):
        importlib.import_module(name)


def _known(kept: Path) -> dict[str, Raw]:
    """What is kept, by name; of what was measured twice, the later."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    return {one["name"]: one for one in map(json.loads, lines)}


def _tests(paths: Sequence[str], known: dict[str, Raw], kept: Path, host: str) -> None:
    """Collect these tests, and measure each of this host's."""

    class Alone:
        """Runs each test in a copy of this process."""

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: pytest.Session) -> bool:
            left = [item for item in session.items if item.nodeid not in known and is_for(item.nodeid, host)]
            for number, item in enumerate(left):
                _keep(item.nodeid, lambda item=item: _passes(item), kept)
                if number % 50 == 0:
                    print(f"{number:,} of {len(left):,} tests", file=sys.__stderr__, flush=True)
            return True

    _collect(paths, Alone())


def _passes(item: Any) -> bool:
    from _pytest.runner import runtestprotocol

    reports = runtestprotocol(item, nextitem=None, log=False)
    return all(one.passed for one in reports) and any(one.when == "call" for one in reports)


def _scenarios(known: dict[str, Raw], kept: Path, host: str) -> None:
    from tests.acceptance.mutants.judge import same
    from tests.baselines.stored import KINDS

    counts = {name: len(kind.records()) for name, kind in KINDS.items()}
    names = [f"generated {place} both" for place in range(0, counts["generated"], _BOTH_EACH[host])]
    names += [f"{kind} {place}" for kind, step in _EACH[host].items() for place in range(0, counts[kind], step)]
    for name in names:
        if name not in known:
            _keep(name, lambda name=name: same(name), kept)


def _keep(name: str, passes: Callable[[], bool], kept: Path) -> None:
    """Measure one killer in a copy of this process, and write what was found on a line."""
    begun, (read, written) = time.perf_counter(), os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        _in_child(passes, written)
    os.close(written)
    with open(read, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    try:
        found = json.loads(said)
    except ValueError:  # it took too long, or died
        found = {"passes": False, "seconds": round(time.perf_counter() - begun, 3), "lines": {}}
    with kept.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"name": name, **found}, separators=(",", ":")) + "\n")


def _in_child(passes: Callable[[], bool], written: int) -> None:
    """Run it under coverage, say what was found, and end."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        watch = _watch()
        begun = time.process_time()
        watch.start()
        good = passes()
        watch.stop()
        seconds = time.process_time() - begun
        data = watch.get_data()
        lines = by_function(
            {Path(file).relative_to(PACKAGE).as_posix(): data.lines(file) or () for file in data.measured_files()}
        )
        found = {"passes": good, "seconds": round(seconds, 3), "lines": lines if good else {}}
        with open(written, "wb") as pipe:
            pipe.write(json.dumps(found).encode())
    finally:
        os._exit(0)


def _watch() -> Any:
    from coverage import Coverage

    return Coverage(data_file=None, config_file=False, include=[f"{PACKAGE / folder}/*" for folder in FOLDERS], messages=False)


def by_function(lines: Mapping[str, Iterable[int]]) -> dict[str, list[int]]:
    """Lines counted from each function's first statement, so that they stay when others move: ``model/hazards.py wait`` → 0, 1, 4.

    What stands outside of functions is left out: it is run whenever its file is read.
    """
    found: dict[str, list[int]] = {}
    for file, reached in lines.items():
        owner = _owners(file)
        for line in sorted(reached):
            if line in owner:
                name, first = owner[line]
                found.setdefault(f"{file} {name}", []).append(line - first)
    return found


def _measured(one: Raw, host: str) -> Measured:
    """What was measured, of the functions that this host plays."""
    lines: dict[Function, frozenset[int]] = {}
    for words, reached in one["lines"].items():
        file, _, name = words.partition(" ")
        if (PACKAGE / file).is_file() and host_of(file, name) == host:
            lines[file, name] = frozenset(reached)
    return Measured(one["name"], one["seconds"], lines)


@cache
def _owners(file: str) -> dict[int, tuple[str, int]]:
    """The function that each line of a file's functions belongs to, its first statement's line on, and that line."""
    owner: dict[int, tuple[str, int]] = {}
    for name, node in functions(ast.parse((PACKAGE / file).read_text(encoding="utf-8"))):
        first = node.body[0].lineno
        owner |= dict.fromkeys(range(first, (node.end_lineno or node.lineno) + 1), (name, first))
    return owner


def functions(tree: ast.AST, above: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """All functions with their names: ``Class.method``, ``outer.inner``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name = f"{above}{node.name}"
            if isinstance(node, ast.FunctionDef):
                yield name, node
            yield from functions(node, f"{name}.")
        else:
            yield from functions(node, above)


if __name__ == "__main__":
    sys.exit(main())
