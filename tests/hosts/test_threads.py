"""Runs in several threads of one process: each has its own market's memory, also where Python runs a user's own rules."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, time
from concurrent.futures import ThreadPoolExecutor
import ladsim
from ladsim.model import access
scenario = ladsim.load("experiments/birthday.toml").model_copy(update={"months": float(sys.argv[2])})
people = int(sys.argv[1])
def played(replication):
    return ladsim.simulate(scenario, sample=people, strategy="gift", replication=replication)
alone = [played(number) for number in range(6)]
sys.setswitchinterval(1e-5)
member = access.member
def slow(m, row, place):
    time.sleep(1e-6)  # another thread's turn
    return member(m, row, place)
access.member = slow
with ThreadPoolExecutor(4) as threads:
    beside = list(threads.map(played, range(6)))
assert all(one.equals(other) for one, other in zip(alone, beside, strict=True)), "unequal histories"
print(sum(int(history.counts.sum()) for history in alone) > 0)
"""


@pytest.mark.parametrize(("host", "people", "months"), [("wasm", 500, 12), ("plain", 20, 3)])
def test_two_runs_beside_each_other(host: str, people: int, months: int) -> None:
    """With a programme of one's own: the histories of each run alone."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LADSIM_HOST": host, "PYTHONFAULTHANDLER": "1"}
    environment.pop("NUMBA_DISABLE_JIT", None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(people), str(months)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "True"), done.stderr[-2000:]
