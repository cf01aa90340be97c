"""How fast the SimPy engine is, and how much memory it takes, on the workload W(N).

In: sizes N as arguments (default 1000 and 10000). Out: one line per size. Each size runs in a process of its own, so that the
peak of memory is its own; the rules are compiled before the clock starts. Events are moves, orders and messages sent.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

SCENARIO = Path(__file__).with_name("w.toml")
HEADER = f"{'customers':>10} {'events':>10} {'a customer':>10} {'seconds':>9} {'CPU s':>9} {'events/s':>10} {'peak MB':>9}"


def peak_megabytes() -> float:
    """The most memory this process has held; not a number where the system does not say."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def measure(size: int) -> None:
    """Simulate W(size) once and print its line."""
    import ladsim

    scenario = ladsim.load(SCENARIO)
    ladsim.simulate(scenario, seed=1, sample=50)
    wall, cpu = time.perf_counter(), time.process_time()
    history = ladsim.simulate(scenario, seed=1, sample=size)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    events = int(history.flows.sum() + history.orders.sum() + history.messages[:, :, 0].sum())
    assert history.size == size
    # The process has no shortage of events: 3.64 a customer, whatever the seed.
    assert 2.9 < events / size < 4.4, f"W has 3.64 events a customer; found {events / size:.2f}"
    speed, memory = events / wall, peak_megabytes()
    print(f"{size:>10,} {events:>10,} {events / size:>10.2f} {wall:>9.2f} {cpu:>9.2f} {speed:>10,.0f} {memory:>9.0f}")


def main() -> None:
    """Measure each size in a process of its own."""
    if sys.argv[1:2] == ["--one"]:
        measure(int(sys.argv[2]))
        return
    sizes = [int(float(word)) for word in sys.argv[1:]] or [1_000, 10_000]
    print(HEADER, flush=True)
    for size in sizes:
        subprocess.run([sys.executable, __file__, "--one", str(size)], check=True)


if __name__ == "__main__":
    main()
