"""Ctrl-C while a graph is made is a KeyboardInterrupt and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, signal, threading, time
import ladsim
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started this may ignore it
friends = {"layer": "friends", "graph": {"kind": "erdos_renyi", "mean_degree": 8.0}}
rungs = ({"name": "lead", "share": 1.0},)
data = {"name": "x", "months": 1.0, "market_size": 400_000, "rungs": rungs, "word_of_mouth": (friends,)}
scenario = ladsim.Scenario.model_validate(data)
ladsim.build(scenario, sample=1000)
heard = 0
for wait in range(12):
    timer = threading.Timer(0.01 + 0.02 * wait, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    try:
        ladsim.build(scenario)
        timer.join()
        time.sleep(0.05)
    except KeyboardInterrupt:
        heard += 1
print(heard)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_while_a_graph_is_made(tmp_path: Path) -> None:
    """Whenever it comes, a KeyboardInterrupt comes out, and the process lives on."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LADSIM_GRAPH_CACHE_GB": "0"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) >= 10
