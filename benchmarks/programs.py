"""The programs that play W: how each is started, how far it is measured, what it promises.

To add a peer: a file in ``peers/`` (see ``workload.py``), its packages in ``peers.txt``, and a line in PROGRAMS.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "benchmarks" / "out"
PEERS_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
# One thread each: the table compares programs, not numbers of cores.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")} | {"POLARS_MAX_THREADS": "1"}
LONGEST = 200.0  # CPU seconds: what would take longer at a size is left out there

EXACT, DAILY, SAME = "exact", "daily", "same"
"""What a program's counts must be: ours within Monte Carlo error; that and the bias of steps of a day; ours to the last digit."""


class Program(NamedTuple):
    """One way to play W."""

    title: str
    module: str
    way: str = ""
    promise: str = EXACT
    goal: float | None = None  # how many times slower than ladsim it should be at 100,000 customers
    ours: bool = True  # runs in ladsim's environment
    largest: int = 10**9
    why: str = ""  # it is not measured beyond


TOO_MANY_TIES = "networkx needs more than 6 GB for the weighted ties"
PROGRAMS = {
    "auto": Program("ladsim", "ladsim_engine", "auto", SAME),
    "general": Program("ladsim, day by day", "ladsim_engine", "general", SAME),
    "c_horizon": Program("C, run to the horizon", "c_program", "horizon", SAME),
    "c_general": Program("C, day by day", "c_program", "general", SAME),
    "ladsim_simpy": Program("ladsim, engine simpy", "ladsim_engine", "simpy", SAME),
    "simpy": Program("SimPy by hand", "simpy_by_hand", goal=100.0),
    "eon": Program("EoN", "eon", goal=100.0, ours=False, largest=300_000, why=TOO_MANY_TIES),
    "fastgemf": Program("FastGEMF", "fastgemf", goal=100.0, ours=False),
    "starsim": Program("Starsim", "starsim", promise=DAILY, goal=150.0, ours=False),
    "mesa_frames": Program("mesa-frames", "mesa_frames", promise=DAILY, goal=150.0, ours=False),
    "mesa": Program("Mesa", "mesa", promise=DAILY, goal=500.0, ours=False),
    "agentpy": Program("AgentPy", "agentpy", promise=DAILY, goal=500.0, ours=False),
    "numpy": Program("NumPy, day by day", "numpy_daily", promise=DAILY, goal=20.0),
}


def answered(words: list[str], python: Path | str = sys.executable, timeout: float = 900.0, **more: str) -> dict[str, Any]:
    """What a program of the benchmark says: its line of JSON, or {"left_out": why}. `more` goes into its environment."""
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "STARSIM_INSTALL_FONTS": "0"}
    environment |= more
    try:
        done = subprocess.run(
            [str(python), "-m", *words], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired:
        return {"left_out": f"not done after {timeout:.0f} s"}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return {"left_out": f"stopped with code {done.returncode}: {last[:200]}"}
    said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return said


def played(program: Program, small: Path, market: Path, seeds: list[int], **more: str) -> dict[str, Any]:
    """One program's answer on a market."""
    if not program.ours and not PEERS_PYTHON.exists():
        return {"left_out": "not installed: `make bench` makes .venv-bench"}
    python = sys.executable if program.ours else PEERS_PYTHON
    words = [f"benchmarks.peers.{program.module}", str(small), str(market), *map(str, seeds)]
    return answered(words, python, BENCH_WAY=program.way, **more)
