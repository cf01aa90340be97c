"""How much less noisy a difference is when both sides have the same luck: ladsim beside Starsim and Mesa.

In: names of tools (all by default) and ``--pairs N``. Out: ``benchmarks/out/paired_luck.json`` and ``benchmarks/PAIRED_LUCK.md``.

Workload W(N) (``w.toml``) with 2,000 customers on one graph, as it stands and with 20 % more messages a month. Pair k has seed k on
both sides. For a figure at month 24, a without and b with the change,

    ratio = (var a + var b) / var (b − a):

the variance of the difference of two independent runs over that of two paired ones. So many times more runs does a comparison
without paired luck need for the same precision. The interval is the 95 % percentile bootstrap over pairs (Efron 1979).

Starsim draws by agent, as its guide to common random numbers asks (``paired_peers.py``), with words sent in two ways; twenty pairs
are copies of the graph in one simulation. Mesa's agents share one generator, with the same seed on both sides.

What the ratio depends on. In ladsim the wait for a message is an exposure over a rate: a fifth more messages bring every message
forward, and many customers move a little earlier. Starsim's daily draws leave the old messages where they were and add new ones: few
customers move, and by much. Small shifts of many suit what adds up over time (revenue); few changes suit a count on one day
(customers). The line "thinned" shows it: the same market in ladsim with the messages of the busier side on both sides, of which on
one side fewer convince, which adds as Starsim does. Where extra ambassadors come one by one, d of them on average, var (b − a)
cannot be much below d, and 2 var a / d, about 220, is as far as a ratio for ambassadors goes.

Finished pairs are kept in ``benchmarks/out/paired_*.csv``: a stopped run goes on from there. Delete them to start anew, which a
change of the model or of a peer calls for. The peers are those of ``benchmarks/agreement.txt``; one that is missing is left out.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import ladsim
from benchmarks.paired_peers import Figures, mesa_market, starsim_markets
from ladsim.engine.run import simulate
from ladsim.scenario.address import with_values
from ladsim.scenario.spec import Scenario
from ladsim.world.build import World, build

HERE = Path(__file__).parent
OUT = HERE / "out"
SIZE, MESSAGES, MORE = 2_000, 2.0, 2.4
FIGURES = ("ambassadors", "customers", "revenue")
RESAMPLES = 10_000
BLOCK = 20  # pairs between two times of writing down
Runs = Callable[[int, int, float], list[Figures]]


@cache
def workload() -> tuple[Scenario, World]:
    """W(N), and its world of SIZE customers."""
    scenario = ladsim.load(HERE / "w.toml")
    return scenario, build(scenario, sample=SIZE)


def by_ladsim(first: int, number: int, messages: float) -> list[Figures]:
    """Ambassadors and all customers at month 24, and revenue until then, in ladsim, in so many runs."""
    return runs_of(with_values(workload()[0], {"rungs.ambassador.messages_per_month": messages}), first, number)


def by_ladsim_thinned(first: int, number: int, messages: float) -> list[Figures]:
    """The same market in other words: MORE messages on both sides, of which a share convinces, as if the rest had not been sent."""
    scenario = with_values(workload()[0], {"rungs.ambassador.messages_per_month": MORE})
    steps = [
        step.model_copy(update={"probability": step.probability * messages / MORE}) if step.trigger == "message" else step
        for step in scenario.steps
    ]
    return runs_of(scenario.model_copy(update={"steps": tuple(steps)}), first, number)


def runs_of(scenario: Scenario, first: int, number: int) -> list[Figures]:
    """The figures of so many replications."""
    figures = []
    for k in range(first, first + number):
        history = simulate(scenario, seed=1, replication=k, sample=SIZE, world=workload()[1], engine="fast")
        revenue = history.daily[:, history.causes.index("revenue")].sum() / history.unit
        at_end = history.counts[-1, 0]
        ambassadors, customers = at_end[history.rung_names.index("ambassador")], at_end[history.is_customer].sum()
        figures.append((float(ambassadors), float(customers), float(revenue)))
    return figures


def by_starsim(way: str) -> Runs:
    """The same in Starsim, words sent in one of two ways."""

    def runs(first: int, number: int, messages: float) -> list[Figures]:
        graph = workload()[1].layers[0]
        return starsim_markets(graph.indptr, graph.indices, first, number, messages, way)

    return runs


def by_mesa(first: int, number: int, messages: float) -> list[Figures]:
    """The same in Mesa."""
    graph = workload()[1].layers[0]
    return [mesa_market(graph.indptr, graph.indices, seed, messages) for seed in range(first, first + number)]


# name: the package, what to say about it, how it runs
TOOLS: dict[str, tuple[str, str, Runs]] = {
    "ladsim": ("ladsim", "luck by address", by_ladsim),
    "ladsim-thinned": ("ladsim", "luck by address, the words thinned", by_ladsim_thinned),
    "starsim-ties": ("starsim", "common random numbers, one pairwise draw per tie and day", by_starsim("ties")),
    "starsim-messages": ("starsim", "common random numbers, messages drawn one by one", by_starsim("messages")),
    "mesa": ("mesa", "the same seed", by_mesa),
}


def kept(name: str) -> list[list[float]]:
    """The pairs that earlier runs wrote down."""
    file = OUT / f"paired_{name}.csv"
    return [[float(word) for word in row] for row in csv.reader(file.read_text().splitlines())] if file.exists() else []


def pairs_of(name: str, wanted: int) -> NDArray[np.float64]:
    """(pairs, 6), at least as many pairs as wanted: FIGURES without the change, then with it."""
    rows, runs = kept(name), TOOLS[name][2]
    with (OUT / f"paired_{name}.csv").open("a", newline="", encoding="utf-8") as out:
        for first in range(len(rows), wanted, BLOCK):
            number = min(BLOCK, wanted - first)
            without, changed = runs(first, number, MESSAGES), runs(first, number, MORE)
            pairs = [[*a, *b] for a, b in zip(without, changed, strict=True)]
            rows += pairs
            csv.writer(out).writerows(pairs)
            out.flush()
    return np.array(rows, float).reshape(-1, 2 * len(FIGURES))


def ratios(rows: NDArray[np.float64], figure: int, seed: int = 1) -> NDArray[np.float64]:
    """The ratio of these pairs, and after it that of each resample."""
    luck = np.random.default_rng(seed)
    chosen = np.vstack([np.arange(len(rows)), luck.integers(0, len(rows), (RESAMPLES, len(rows)))])
    before, after = rows[chosen, figure], rows[chosen, len(FIGURES) + figure]
    apart = before.var(axis=1, ddof=1) + after.var(axis=1, ddof=1)
    return np.asarray(apart / (after - before).var(axis=1, ddof=1))


def summary(name: str, rows: NDArray[np.float64]) -> dict[str, Any]:
    """One tool's line: means, spreads, ratio and interval per figure."""
    package, setting, _ = TOOLS[name]
    line: dict[str, Any] = {"tool": package, "version": version_of(package), "setting": setting, "pairs": len(rows)}
    for i, figure in enumerate(FIGURES):
        found = ratios(rows, i)
        low, high = np.quantile(found[1:], [0.025, 0.975])
        difference = rows[:, len(FIGURES) + i] - rows[:, i]
        line[figure] = {
            "mean": rows[:, i].mean(), "sd": rows[:, i].std(ddof=1),
            "difference": difference.mean(), "difference_sd": difference.std(ddof=1),
            "ratio": found[0], "low": low, "high": high,
        }  # fmt: skip
    return line


def above(ours: NDArray[np.float64], theirs: NDArray[np.float64], figure: int) -> dict[str, float]:
    """Our ratio over theirs, its bootstrap interval, and the share of resamples in which ours is the greater."""
    times = ratios(ours, figure, seed=1) / ratios(theirs, figure, seed=2)
    low, high = np.quantile(times[1:], [0.025, 0.975])
    return {"times": times[0], "low": low, "high": high, "share_above_1": float((times[1:] > 1.0).mean())}


def table(lines: list[dict[str, Any]]) -> str:
    """The lines in Markdown."""
    head = ["tool", "luck", "pairs"]
    for figure in FIGURES:
        head += [f"{figure}, and more by", "ratio (95 %)"]
    rows = [head, ["---"] * len(head)]
    for line in lines:
        cells = [f"{line['tool']} {line['version']}", line["setting"], f"{line['pairs']}"]
        for figure in FIGURES:
            f = line[figure]
            cells += [f"{f['mean']:,.1f}, {f['difference']:+,.2f}", f"{f['ratio']:,.2f} ({f['low']:,.2f} to {f['high']:,.2f})"]
        rows.append(cells)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def version_of(package: str) -> str:
    """The version of a tool; empty where it is not installed."""
    if package == "ladsim":
        return ladsim.__version__
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def beside(found: dict[str, NDArray[np.float64]]) -> dict[str, dict[str, dict[str, float]]]:
    """Our ratio over every other tool's, by figure."""
    return {
        name: {figure: above(found["ladsim"], rows, i) for i, figure in enumerate(FIGURES)}
        for name, rows in found.items()
        if not name.startswith("ladsim") and "ladsim" in found
    }


def page(lines: list[dict[str, Any]], over: dict[str, dict[str, dict[str, float]]]) -> str:
    """PAIRED_LUCK.md."""
    text = ["# Paired luck", "", __doc__.split("\n\n", 2)[2].split("\n\nFinished")[0], "", table(lines), ""]
    text += ["ladsim's ratio over the others' (95 %):", "", f"| | {' | '.join(FIGURES)} |", "|---" * (1 + len(FIGURES)) + "|"]
    for name, figures in over.items():
        cells = [f"{f['times']:.2f} ({f['low']:.2f} to {f['high']:.2f})" for f in figures.values()]
        text.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(text) + "\n"


def main() -> None:
    """Run what is asked for, and write the results of all tools that have pairs."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("tools", nargs="*", metavar="tool", help=f"of {', '.join(TOOLS)}; all by default")
    words.add_argument("--pairs", type=int, default=400)
    asked = words.parse_args()
    if unknown := [name for name in asked.tools if name not in TOOLS]:
        words.error(f"tool: found {unknown[0]!r}, must be one of {', '.join(TOOLS)}")
    OUT.mkdir(exist_ok=True)
    found: dict[str, NDArray[np.float64]] = {}
    for name in TOOLS:
        if not version_of(TOOLS[name][0]):
            print(f"{TOOLS[name][0]} is not installed: see benchmarks/agreement.txt")
        elif name in (asked.tools or TOOLS):
            found[name] = pairs_of(name, asked.pairs)
        elif rows := kept(name):
            found[name] = np.array(rows, float)
    lines, over = [summary(name, rows) for name, rows in found.items()], beside(found)
    (OUT / "paired_luck.json").write_text(json.dumps({"lines": lines, "ladsim_over": over}, indent=1), encoding="utf-8")
    (HERE / "PAIRED_LUCK.md").write_text(page(lines, over), encoding="utf-8")
    print(page(lines, over))


if __name__ == "__main__":
    main()
