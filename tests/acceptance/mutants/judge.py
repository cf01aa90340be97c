"""Tries one mutant: ``python -m tests.acceptance.mutants.judge FILE`` plays killers until the first that fails.

In: a file with the seconds that each killer takes, by name; and the package that is found on the path, which holds the mutant. Out: an
exit code, and lines of which the last names the killer at work, also where the process dies (a rule that reads at a wrong address).
Time is the processor's, so that a busy machine kills nothing.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

SURVIVED, KILLED, TOO_LONG = 0, 10, 11


def main(words: list[str]) -> int:
    """Play killers, recorded scenarios first; words: a file with seconds by name."""
    seconds: dict[str, float] = json.loads(Path(words[0]).read_text(encoding="utf-8"))
    tests = [name for name in seconds if "::" in name]
    for name in seconds:
        if name not in tests:
            _limit(name, _most(name, seconds))
            if not _survives(name):
                return _killed_by(name)
    return _tests(tests, seconds) if tests else SURVIVED


def _survives(name: str) -> bool:
    try:
        return same(name)
    except (Exception, SystemExit):
        return False


def same(name: str) -> bool:
    """Whether a recorded scenario gives what is recorded; ``… both``: whether both engines, on any number of threads, give the same of it."""
    from tests.baselines.played import play
    from tests.baselines.stored import difference

    kind, place, *ways = name.split()
    entry, record = (those[int(place)] for those in _recorded(kind))
    return _agree(entry) if ways else not difference(record, play(entry))


def _agree(entry: Mapping[str, Any]) -> bool:
    import pytest

    from tests.agree.test_engines import agree
    from tests.strategies import bound

    with pytest.MonkeyPatch.context() as patch:
        bound(patch)
        return agree(entry["scenario"], entry["seed"]) > 0


@cache
def _recorded(kind: str) -> tuple[list[dict[str, Any]], list[str]]:
    from tests.baselines.stored import KINDS

    return KINDS[kind].entries(), KINDS[kind].records()


def _tests(names: list[str], seconds: Mapping[str, float]) -> int:
    import pytest

    import ladsim
    from tests.acceptance.mutants.hosts import options
    from tests.acceptance.rules import ROOT

    # Examples in docstrings are read where the mutant is: pytest would else import their whole folder from the tree, unchanged.
    package = Path(ladsim.__file__).parents[1]
    places = {name: str((package if name.startswith("ladsim/") else ROOT) / name) for name in names}

    def known(nodeid: str) -> str:
        """The killer's name; what is read outside of the tree has lost its file's."""
        return next((name for name in names if "::" in nodeid and name.endswith(nodeid)), nodeid)

    class Watch:
        """Sets the limit of each test, and remembers the first that fails."""

        killer = ""

        def pytest_runtest_logstart(self, nodeid: str) -> None:
            _limit(known(nodeid), _most(known(nodeid), seconds))

        def pytest_runtest_logreport(self, report: Any) -> None:
            self.killer = self.killer or (known(report.nodeid) if report.failed else "")

        def pytest_collectreport(self, report: Any) -> None:
            self.killer = self.killer or (known(report.nodeid) if report.failed else "")

    watch = Watch()
    _limit("pytest", 30.0)
    code = pytest.main([*options(), "-x", *places.values()], plugins=[watch])
    return SURVIVED if code == pytest.ExitCode.OK else _killed_by(watch.killer or f"pytest ({code})")


def _most(name: str, seconds: Mapping[str, float]) -> float:
    """How long a killer may take: several times what it takes when nothing is wrong."""
    return 10.0 + 5.0 * seconds.get(name, 1.0)


def _limit(name: str, most: float) -> None:
    """From now on this killer is at work, for so many seconds of the processor; then the process ends, whatever it is at."""
    _say(name)
    signal.signal(signal.SIGPROF, lambda number, frame: os._exit(TOO_LONG))
    signal.setitimer(signal.ITIMER_PROF, most)


def _killed_by(name: str) -> int:
    _say(name)
    return KILLED


def _say(name: str) -> None:
    print(f"killer: {name}", file=sys.__stdout__, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
