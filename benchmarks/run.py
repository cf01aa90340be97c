"""The benchmarks: W(N) by ladsim, by C programs and by its peers, and the table of goals. ``make bench``, ``make bench-large``.

In: ``--sizes``, ``--large``, ``--only`` for a part, ``--report`` to write the tables of the last run again. Out:
``benchmarks/out/results.json``, ``benchmarks/RESULTS.md`` and its picture ``benchmarks/results.svg``.

Every program plays the same graph, start and months in a process of its own, on one thread, one after the other and round by round,
so that a slow minute of the machine meets all of them; the best CPU seconds count. A program whose next size would take more than
``LONGEST`` is left out there. Its rung counts are compared with ours before its time counts (``same_model.py``).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.export import FOLDER
from benchmarks.programs import LONGEST, OUT, PROGRAMS, ROOT, SAME, Program, answered, played
from benchmarks.report import write
from benchmarks.same_model import identical, judged, with_spread_of

RESULTS = OUT / "results.json"
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
REFERENCE_RUNS = {10_000: 100, 100_000: 40, 1_000_000: 6}
ENOUGH_FOR_SPREAD = 20
SEEDS = 5  # at most, of a program in a round
OFTEN = 12.0  # CPU seconds: what takes longer is run once
Results = dict[str, Any]


def rounds(size: int) -> int:
    """How often every program is run."""
    return 3 if size in (100_000, 1_000_000) else 2


def market_file(size: int) -> Path:
    """The market of W(size), made by a process of its own: a large graph leaves no memory behind in this one."""
    path = FOLDER / f"w_{size}.npz"
    if not path.exists():
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-m", "benchmarks.export", str(size)], cwd=ROOT, env=environment, check=True)
    return path


def expected(results: Results, key: str, size: int) -> float:
    """CPU seconds that a program will take, by its largest size so far."""
    done = {int(n): row[key]["cpu"] for n, row in results["sizes"].items() if int(n) < size and "cpu" in row.get(key, {})}
    return done[max(done)] * size / max(done) if done else 0.0


def why_not(results: Results, key: str, program: Program, size: int) -> str:
    """Why a program is not run at a size; empty where it is."""
    if size > program.largest:
        return program.why
    smaller = [row[key]["left_out"] for n, row in results["sizes"].items() if int(n) < size and "left_out" in row.get(key, {})]
    if smaller:
        return str(smaller[0])
    seconds = expected(results, key, size)
    return f"about {seconds / 60:.0f} minutes expected" if seconds > LONGEST else ""


def gathered(said: list[dict[str, Any]]) -> dict[str, Any]:
    """The answers of all rounds as one: the best seconds, the highest peak, every run."""
    runs = [run for one in said for run in one["runs"]]
    facts = {key: said[0][key] for key in ("version", "settings", "leaves_out")}
    return facts | {
        "cpu": min(run["cpu"] for run in runs),
        "wall": min(run["wall"] for run in runs),
        "cpu_worst": max(min(run["cpu"] for run in one["runs"]) for one in said),
        "peak_mb": max(one["peak_mb"] for one in said),
        "prepare": min(one["prepare"] for one in said),
        "runs": runs,
        "times": len(said),
    }


def measure_size(results: Results, size: int, wanted: list[str]) -> None:
    """All programs at one size."""
    small, market = market_file(1000), market_file(size)
    row: dict[str, Any] = {}
    said: dict[str, list[dict[str, Any]]] = {}
    for turn in range(rounds(size)):
        for key in wanted:
            program = PROGRAMS[key]
            if reason := why_not(results, key, program, size):
                row[key] = {"left_out": reason}
            if key in row or (turn and said[key][0]["runs"][0]["cpu"] > OFTEN):
                continue
            begin = time.perf_counter()
            # Ours are compared seed by seed; for the others more seeds show smaller differences.
            first = 1 if program.promise == SAME else 1 + turn * SEEDS
            one = played(program, small, market, list(range(first, first + SEEDS)))
            if "left_out" in one:
                row[key] = one
            else:
                said.setdefault(key, []).append(one)
            cpu = min((run["cpu"] for run in one.get("runs", [])), default=float("nan"))
            told = one.get("left_out", f"{cpu:10.3f} CPU s")
            print(f"{size:>11,}  {program.title:<22} {told}   ({time.perf_counter() - begin:.0f} s in all)", flush=True)
    results["sizes"][str(size)] = row | {key: gathered(answers) for key, answers in said.items()}


def reference(results: Results, size: int) -> Results:
    """ladsim's own counts at a size; where its runs are few, the spread is taken from another size."""
    references = results.setdefault("references", {})
    if str(size) not in references:
        runs = REFERENCE_RUNS.get(size, 1)
        said = answered(["benchmarks.same_model", str(size), str(runs)])
        if "left_out" in said:
            raise SystemExit(f"W({size:,}): ladsim's own counts: {said['left_out']}")
        references[str(size)] = said if runs >= ENOUGH_FOR_SPREAD else with_spread_of(said, reference(results, 100_000))
    found: Results = references[str(size)]
    return found


def compare_counts(results: Results, size: int) -> None:
    """Judge every program of a size: the same model, or not."""
    row, ours = results["sizes"][str(size)], reference(results, size)
    for key, found in row.items():
        if "cpu" not in found:
            continue
        found["judged"] = judged(PROGRAMS[key].promise, found["runs"], ours)
        if PROGRAMS[key].promise == SAME and "cpu" in row.get("auto", {}):
            found["judged"]["same_model"] = identical(found["runs"], row["auto"]["runs"])


def measure_goals(results: Results, large: bool) -> None:
    """The rows of the table of goals that are not W by one thread."""
    goals = results["goals"]
    for name in ("commands", "graph", "imported", "everything", "study"):
        goals[name] = answered(["benchmarks.goals", name], **({"NUMBA_NUM_THREADS": "2"} if name == "study" else {}))
        print(f"{name:>11}  {goals[name]}", flush=True)
    size = max((int(n) for n in results["sizes"] if int(n) <= 1_000_000), default=1_000_000)
    goals["threads"] = threads(size)
    print(f"{'threads':>11}  {goals['threads']}", flush=True)
    if large:
        goals["large"] = answered(["benchmarks.goals", "large"], timeout=3600.0, NUMBA_NUM_THREADS="2")
        print(f"{'large':>11}  {goals['large']}", flush=True)


def threads(size: int) -> dict[str, Any]:
    """Wall seconds of one run with one and with two threads, in turns."""
    found: dict[str, list[float]] = {"1": [], "2": []}
    for _ in range(2):
        for number in found:
            more = {"BENCH_THREADS": number, "NUMBA_NUM_THREADS": number}
            said = played(PROGRAMS["general"], market_file(1000), market_file(size), [1, 2], **more)
            if "left_out" in said:
                return said
            if said["threads"] != int(number):
                return {"left_out": "this version runs on one thread"}
            found[number].append(min(run["wall"] for run in said["runs"]))
    return {"size": size, "one": min(found["1"]), "two": min(found["2"])}


def machine() -> dict[str, Any]:
    """What ran it, without a name: cores, memory, versions."""
    import platform
    from importlib.metadata import version

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30 if hasattr(os, "sysconf") else float("nan")
    return {"cores": os.cpu_count(), "memory_gb": round(memory), "python": platform.python_version(), "numba": version("numba")}


def asked() -> argparse.Namespace:
    """The words of the command line."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__.splitlines()[0])
    words.add_argument("--sizes", default=",".join(map(str, SIZES)), help="comma-separated, such as 1e4,1e5")
    words.add_argument("--only", default=",".join(PROGRAMS), help=f"programs, of {','.join(PROGRAMS)}")
    words.add_argument("--large", action="store_true", help="W(100,000,000) too: needs 24 GB")
    words.add_argument("--report", action="store_true", help="measure nothing, write the tables of the last run again")
    return words.parse_args()


def main() -> None:
    """Measure and write."""
    words = asked()
    if words.report:
        write(json.loads(RESULTS.read_text(encoding="utf-8")))
        return
    results: Results = {"machine": machine(), "sizes": {}, "goals": {}}
    begin = time.perf_counter()
    OUT.mkdir(exist_ok=True)
    for size in sorted(int(float(word)) for word in words.sizes.split(",")):
        measure_size(results, size, [key for key in PROGRAMS if key in words.only.split(",")])
        compare_counts(results, size)
        RESULTS.write_text(json.dumps(results), encoding="utf-8")
    measure_goals(results, words.large)
    results["minutes"] = (time.perf_counter() - begin) / 60
    RESULTS.write_text(json.dumps(results), encoding="utf-8")
    write(results)


if __name__ == "__main__":
    main()
