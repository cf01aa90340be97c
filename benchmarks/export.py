"""The market file of W(N) for every program: ladsim's graph, and a start drawn once.

In: N. Out: ``benchmarks/out/markets/w_N.npz`` with ``indptr`` (N + 1,) int64, ``indices`` (ties,) int32, ``start`` (N,) int8. The
shares at the start are exact; who stands where is a permutation of its own, the same for all peers. ladsim and the C programs
draw who stands where by their own seed, from the same exact shares.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import ladsim
from benchmarks.workload import SCENARIO, ladder

FOLDER = Path(__file__).with_name("out") / "markets"


def workload(strategies: str = "") -> ladsim.Scenario:
    """The scenario W, with more TOML behind it where given."""
    return ladsim.loads(SCENARIO.read_text(encoding="utf-8") + strategies)


def export(size: int) -> Path:
    """The market file of W(size), made where it is missing."""
    path = FOLDER / f"w_{size}.npz"
    if not path.exists():
        graph = ladsim.build(workload(), sample=size).layers[0]
        names = ladder().rungs
        shares = {rung.name: rung.share for rung in workload().rungs}
        quotas = [round(size * (shares[name] or 0.0)) for name in names]
        assert sum(quotas) == size, f"W({size}): the shares at the start give {sum(quotas)} customers"
        start = np.random.default_rng(1).permutation(np.repeat(np.arange(len(names), dtype=np.int8), quotas))
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, indptr=graph.indptr, indices=graph.indices, start=start)
        part.replace(path)
    return path


if __name__ == "__main__":
    for word in sys.argv[1:]:
        print(export(int(float(word))))
