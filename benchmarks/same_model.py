"""Whether a program plays the same model: its rung counts against ladsim's, before its time counts for anything.

Compared are the shares of all rungs at months 6, 12, 18 and 24. ``reference`` plays ladsim on the same graph with seeds of its own
and gives mean and standard deviation of every share. The counts of a peer's k runs must be within

    4.5 · s · √(1/k + 1/R) + margin,

s the standard deviation of one run, R the number of ours. With some 24 comparisons a peer and size, chance alone brings one beyond
4.5 in less than one study of a thousand. The margin is what is known beforehand: messages of a day wait for its end in ladsim
(3e-5 of a share at most); steps of a day let nobody move twice (twice the exact bias of the ladder without messages, from its
matrix exponential, and 1e-4 for what that does to the messages).
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from benchmarks.export import export
from benchmarks.programs import DAILY
from benchmarks.workload import DAYS, Outcome, ladder, read_market

MONTHS = (6, 12, 18, 24)
LIMIT = 4.5
DAY_WINDOWS, BY_MESSAGES = 3e-5, 1e-4
Reals = NDArray[np.float64]


def bias_of_days(start: Reals) -> Reals:
    """(MONTHS, rungs): what steps of a day do to the shares of the ladder without messages, signs aside."""
    numbers, day = ladder(), ladder().daily()
    size = len(numbers.rungs)
    rates, stay = np.zeros((size, size)), np.diag(1.0 - day.leave)
    for origin, ways in enumerate(numbers.exits):
        for to, rate in ways:
            rates[origin, to] += rate
            rates[origin, origin] -= rate
        stay[origin, day.first[origin]] += day.leave[origin] * day.first_share[origin]
        stay[origin, day.second[origin]] += day.leave[origin] * (1.0 - day.first_share[origin])
    return np.array([np.abs(start @ np.linalg.matrix_power(stay, DAYS * m) - start @ expm(m * rates)) for m in MONTHS])


def judged(promise: str, runs: list[dict[str, Any]], reference: dict[str, Any]) -> dict[str, Any]:
    """Whether the runs are of the same model: the greatest difference of a share, in standard errors and beside its limit."""
    mean, spread = np.array(reference["mean"]), np.array(reference["spread"])
    size = mean[0].sum()
    counts = np.array([run["counts"] for run in runs], float)
    found, ours = counts.mean(axis=0)[list(MONTHS)] / size, mean[list(MONTHS)] / size
    error = spread[list(MONTHS)] / size * np.sqrt(1.0 / len(runs) + 1.0 / reference["runs"])
    margin: Any = 2.0 * bias_of_days(mean[0] / size) + BY_MESSAGES if promise == DAILY else DAY_WINDOWS
    apart = np.abs(found - ours)
    worst = np.unravel_index(np.argmax(apart / (LIMIT * error + margin)), apart.shape)
    return {
        "same_model": bool((apart <= LIMIT * error + margin).all()),
        "errors": float(np.maximum(apart - margin, 0.0)[worst] / error[worst]),
        "difference": float(apart[worst]),
        "limit": float((LIMIT * error + margin)[worst]),
        "where": f"{ladder().rungs[worst[1]]}, month {MONTHS[worst[0]]}",
        "runs": len(runs),
    }


def identical(runs: list[dict[str, Any]], ours: list[dict[str, Any]]) -> bool:
    """Whether runs of the same seed count, sell and say the same to the last digit, at least one seed being common."""
    by_seed = {run["seed"]: run for run in ours}
    both = [(run, by_seed[run["seed"]]) for run in runs if run["seed"] in by_seed]
    return bool(both) and all(a[key] == b[key] for a, b in both for key in Outcome._fields)


def reference(size: int, runs: int) -> dict[str, Any]:
    """Mean and standard deviation of our counts, (months + 1, rungs), over seeds that no table uses."""
    from benchmarks.peers import ladsim_engine

    prepared = ladsim_engine.prepare(read_market(str(export(size))), ladder())
    counts = np.array([ladsim_engine.play(prepared, ladder(), seed).counts for seed in range(1001, 1001 + runs)], float)
    spread = counts.std(axis=0, ddof=1) if runs > 1 else np.zeros(counts[0].shape)
    return {"mean": counts.mean(axis=0).tolist(), "spread": spread.tolist(), "runs": runs}


def with_spread_of(few: dict[str, Any], many: dict[str, Any]) -> dict[str, Any]:
    """A reference of few runs, its standard deviations taken from one of many runs at another size (they grow with √N)."""
    sizes = [float(np.sum(said["mean"][0])) for said in (few, many)]
    return few | {"spread": (np.array(many["spread"]) * math.sqrt(sizes[0] / sizes[1])).tolist()}


if __name__ == "__main__":
    print(json.dumps(reference(int(sys.argv[1]), int(sys.argv[2]))))
