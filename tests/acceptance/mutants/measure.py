"""Measures every killer alone: whether it passes in plain mode, its processor time, and which lines of the core it reaches.

``python -m tests.acceptance.mutants.measure`` (a few hours of one processor; goes on where it was stopped), then writes
``killers.json.xz``. To be done anew where tests were added that mutants should meet; ``tests/planning/test_new.py --anew`` measures these
and keeps what is known of the others. Needs ``coverage``.

Each test is run by a copy of this process that has collected the tests and done nothing else: what tests share and remember is paid for by each.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.acceptance.mutants.killers import Function, Measured, chosen, write
from tests.acceptance.mutants.plain import FOLDERS, PACKAGE, environment, options
from tests.acceptance.rules import ROOT
from tests.acceptance.runner import FOLDER

SECONDS = 5  # of processor time, measuring included: what takes longer is no killer
_MEMORY = 4 << 30  # bytes
# Where killers are looked for. Left out: tests of other folders, of documents, sources and whole programs, which take long in plain mode.
_PATHS = (
    *(f"tests/{folder}" for folder in FOLDERS), "tests/contract", "tests/laws", "tests/agree", "tests/theory", "tests/test_restaurant.py",
    *(f"ladsim/{folder}" for folder in FOLDERS), "tests/scenario",
)  # fmt: skip
_NO_RULES = ("tests/measures", "tests/planning", "ladsim/measures", "ladsim/planning")
_EACH = {"generated": 10, "shipped": 20}  # every so manieth recorded scenario
_BOTH_EACH = 40  # every so manieth of the generated ones by both engines
Raw = dict[str, Any]


def main(words: Sequence[str] | None = None) -> int:
    """Measure what is not yet known, then write the data."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.acceptance.mutants.measure", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("tests", nargs="*", metavar="TESTS", help="of these tests alone")
    parser.add_argument("--scenarios", action="store_true", help="of recorded scenarios alone")
    parser.add_argument("--anew", action="store_true", help="also what is known")
    parser.add_argument("--write", action="store_true", help="measure nothing, write what is known")
    said = parser.parse_args(words)
    if os.environ.get("NUMBA_DISABLE_JIT") != "1":
        command = [sys.executable, "-m", "tests.acceptance.mutants.measure", *(words or sys.argv[1:])]
        os.execve(sys.executable, command, environment([ROOT]))
    kept = FOLDER / "killers.jsonl"
    if not said.write:
        kept.parent.mkdir(exist_ok=True)
        _watch("")  # without coverage, an error comes before anything is measured
        known = {} if said.anew else _known(kept)
        if not said.scenarios:
            _tests(said.tests or _PATHS, known, kept)
        if not said.tests or said.scenarios:
            _scenarios(known, kept)
    passing = [one for one in _known(kept).values() if one["passes"]]
    write(chosen([_measured(one) for one in passing]))
    print(f"{len(passing):,} of {len(_known(kept)):,} pass in time")
    return 0


def _known(kept: Path) -> dict[str, Raw]:
    """What is kept, by name; of what was measured twice, the later."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    return {one["name"]: one for one in map(json.loads, lines)}


def _tests(paths: Sequence[str], known: dict[str, Raw], kept: Path) -> None:
    """Collect these tests, and measure each."""
    import pytest

    class Alone:
        """Runs each test in a copy of this process."""

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: pytest.Session) -> bool:
            left = [item for item in session.items if item.nodeid not in known]
            for number, item in enumerate(left):
                _keep(item.nodeid, lambda item=item: _passes(item), kept)
                if number % 50 == 0:
                    print(f"{number:,} of {len(left):,} tests", file=sys.__stderr__, flush=True)
            return True

    pytest.main([*options(), "-m", "not long", "--continue-on-collection-errors", *paths], plugins=[Alone()])


def _passes(item: Any) -> bool:
    from _pytest.runner import runtestprotocol

    reports = runtestprotocol(item, nextitem=None, log=False)
    return all(one.passed for one in reports) and any(one.when == "call" for one in reports)


def _scenarios(known: dict[str, Raw], kept: Path) -> None:
    from tests.acceptance.mutants.judge import same
    from tests.baselines.stored import KINDS

    names = [f"{kind} {place}" for kind, step in _EACH.items() for place in range(0, len(KINDS[kind].records()), step)]
    names += [f"generated {place} both" for place in range(0, len(KINDS["generated"].records()), _BOTH_EACH)]
    for name in names:
        if name not in known:
            _keep(name, lambda name=name: same(name), kept)


def _keep(name: str, passes: Callable[[], bool], kept: Path) -> None:
    """Measure one killer in a copy of this process, and write what was found on a line."""
    begun, (read, written) = time.perf_counter(), os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        _in_child(name, passes, written)
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


def _in_child(name: str, passes: Callable[[], bool], written: int) -> None:
    """Run it under coverage, say what was found, and end."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        watch = _watch(name)
        begun = time.process_time()
        watch.start()
        good = passes()
        watch.stop()
        seconds = time.process_time() - begun
        data = watch.get_data()
        lines = {Path(file).relative_to(PACKAGE).as_posix(): sorted(data.lines(file) or ()) for file in data.measured_files()}
        found = {"passes": good, "seconds": round(seconds, 3), "lines": lines if good else {}}
        with open(written, "wb") as pipe:
            pipe.write(json.dumps(found).encode())
    finally:
        os._exit(0)


def _watch(name: str) -> Any:
    """Lines of the core; of tests that ask for no rule, only those beside the rules, since to watch rules takes most of the time."""
    from coverage import Coverage

    folders = [folder for folder in FOLDERS if not name.startswith(_NO_RULES) or folder in ("measures", "planning")]
    return Coverage(data_file=None, config_file=False, include=[f"{PACKAGE / folder}/*" for folder in folders], messages=False)


def _measured(one: Raw) -> Measured:
    """Lines by function, and those outside of functions left out: they are run whenever their file is read."""
    lines: dict[Function, set[int]] = {}
    for file, reached in one["lines"].items():
        owner = _owners(file)
        for line in reached:
            if line in owner:
                lines.setdefault((file, owner[line]), set()).add(line)
    return Measured(one["name"], one["seconds"], {function: frozenset(those) for function, those in lines.items()})


@cache
def _owners(file: str) -> dict[int, str]:
    """The function that each line of a file's functions belongs to, its first statement's line on."""
    owner: dict[int, str] = {}
    for name, node in functions(ast.parse((PACKAGE / file).read_text(encoding="utf-8"))):
        owner |= dict.fromkeys(range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1), name)
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
