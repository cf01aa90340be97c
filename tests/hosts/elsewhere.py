"""Stored scenarios played by a process of its own, which may have another host: ``python -m tests.hosts.elsewhere FILE NUMBER …``.

In: numbers of generated entries of ``tests/baselines``. Out: a pickle of what was loaded by the end, and of each entry's history by
each engine.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.scenario.load import validated
from tests.baselines.stored import KINDS, Entry

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ("simpy", "fast")


def entries() -> list[Entry]:
    """The stored scenarios."""
    return KINDS["generated"].entries()


def played(entry: Entry) -> dict[str, History]:
    """A stored scenario as it stands, with its log, by each engine."""
    scenario, luck = validated(entry["scenario"]), {name: entry[name] for name in ("seed", "replication")}
    return {engine: simulate(scenario, engine=engine, log=True, **luck) for engine in ENGINES}


def by_another(numbers: Iterable[int], file: Path, **environment: str) -> tuple[list[dict[str, History]], set[str]]:
    """The same by another process, with these variables of its environment; and the modules it had loaded by the end.

    Warnings are errors there.
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.hosts.elsewhere", str(file), *map(str, numbers)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    found: tuple[Any, Any] = pickle.loads(file.read_bytes())
    return found


if __name__ == "__main__":
    stored = entries()
    histories = [played(stored[int(number)]) for number in sys.argv[2:]]
    Path(sys.argv[1]).write_bytes(pickle.dumps((histories, set(sys.modules))))
