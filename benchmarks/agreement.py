"""Do rung counts with word of mouth have the distribution that EoN and FastGEMF, two exact simulators of networks, find?

In: ``--recorded`` to compare with the peers' counts as they were recorded; without it the peers run (EoN and fastgemf must be
installed). Out: ``benchmarks/AGREEMENT.md``, a line per month and rung, and the peers' counts in ``tests/agree/counts_by_*.csv``,
which a long test holds ladsim against where no peer is installed.

Workload W(N) (``w.toml``) on one graph, ladsim's own, with the exact start shares, months 1, 6, 12 and 24. To a peer, a message is a
transition along a tie, from an ambassador to a neighbour whom it convinces: at rate m / degree(sender) × probability with the budget
``per_sender`` (m messages a month in all), m × probability with ``per_edge``. Orders change no rung and are left out there. Peers let
words arrive at once, ladsim at the end of the day, which shifts a share by at most 3e-5.

Tests (``two_samples.py``), over all 48 cells (budget × month × rung) of a peer: Anderson–Darling, α = .001 with Holm's correction; and
TOST at α = .001 in each cell. The margin is one standard deviation of a single run: whoever looks at one run of either would take a
smaller difference of the means for that run's luck. At 10,000 customers that is at most .6 % of the market with ``per_sender``, and up
to 1.6 % (leads at month 24) with ``per_edge``, whose bursts make luck itself larger. A further bound of .5 % of the market, the first
choice, cannot be shown for that one cell by 100 seeds, whatever the means: how many cells keep it is said beside the verdict.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import ladsim
from benchmarks.two_samples import Equivalence, equivalence, holm, same_distribution
from ladsim.engine.run import simulate
from ladsim.scenario.spec import Scenario
from ladsim.world.build import World, build

HERE = Path(__file__).parent
RECORDED = HERE.parent / "tests" / "agree"
MONTHS = (1, 6, 12, 24)
BUDGETS = ("per_sender", "per_edge")
ALPHA = 0.001
MARGIN = 1.0  # standard deviations of a run
SIZE, SEEDS = 10_000, 100
Counts = NDArray[np.int64]  # (seeds, months, rungs)


def workload(budget: str) -> Scenario:
    """W with this budget of messages."""
    scenario = ladsim.load(HERE / "w.toml")
    layer = scenario.word_of_mouth[0].model_copy(update={"budget": budget})
    return scenario.model_copy(update={"word_of_mouth": (layer,)})


def by_ladsim(scenario: Scenario, size: int, seeds: Iterable[int]) -> Counts:
    """Rung counts of the fast engine, all seeds on one graph."""
    world = build(scenario, sample=size)
    runs = [simulate(scenario, seed=1, replication=k, sample=size, world=world, engine="fast") for k in seeds]
    return np.array([run.counts[list(MONTHS)].sum(axis=1) for run in runs])


def start(scenario: Scenario, size: int, seed: int) -> NDArray[np.int64]:
    """Who stands where at month 0: the exact shares, laid out at random."""
    quotas = [round(rung.share * size) for rung in scenario.rungs]
    assert sum(quotas) == size
    return np.random.default_rng([seed, 7]).permutation(np.repeat(np.arange(len(quotas)), quotas))


def steps(scenario: Scenario, trigger: str) -> list[tuple[int, int, float]]:
    """(from, to, hazard or probability) of the steps of one kind."""
    names = [rung.name for rung in scenario.rungs]
    found = [step for step in scenario.steps if step.trigger == trigger]
    return [(names.index(s.from_), names.index(s.to), float(s.rate if trigger == "time" else s.probability)) for s in found]


def telling(scenario: Scenario) -> tuple[int, float]:
    """The one rung that sends, and how many messages a month."""
    ((place, rung),) = [(i, rung) for i, rung in enumerate(scenario.rungs) if rung.messages_per_month]
    return place, float(rung.messages_per_month)


def tie_weights(scenario: Scenario, world: World) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Sender, receiver and share of the sender's messages of every tie (1 for each of them where the budget is per tie)."""
    graph = world.layers[0]
    senders = np.repeat(np.arange(graph.nodes), graph.out_degree)
    if scenario.word_of_mouth[0].budget == "per_edge":
        return senders, graph.indices, np.ones(len(senders))
    return senders, graph.indices, 1.0 / graph.out_degree[senders]


class Luck(random.Random):
    """Python's generator with the one name of numpy's that EoN asks for (numpy's own cannot choose among ties: it returns arrays)."""

    def exponential(self, scale: float) -> float:
        """An exponential wait of this mean."""
        return self.expovariate(1.0 / scale)


def eon(scenario: Scenario, world: World) -> Callable[[int], Counts]:
    """EoN's Gillespie_simple_contagion (Kiss, Miller & Simon 2017) on the directed graph: spontaneous and induced transitions."""
    import EoN
    import networkx as nx

    graph, alone, induced = nx.DiGraph(), nx.DiGraph(), nx.DiGraph()
    graph.add_nodes_from(range(world.size))
    graph.add_weighted_edges_from(zip(*(a.tolist() for a in tie_weights(scenario, world)), strict=True), weight="share")
    for origin, to, hazard in steps(scenario, "time"):
        alone.add_edge(origin, to, rate=hazard)
    teller, messages = telling(scenario)
    for origin, to, probability in steps(scenario, "message"):
        induced.add_edge((teller, origin), (teller, to), rate=messages * probability, weight_label="share")
    rungs = list(range(len(scenario.rungs)))

    def run(seed: int) -> Counts:
        at = dict(enumerate(start(scenario, world.size, seed).tolist()))
        times, *counts = EoN.Gillespie_simple_contagion(graph, alone, induced, at, rungs, tmax=max(MONTHS), rng=Luck(seed))
        return np.array(counts)[:, np.searchsorted(times, MONTHS, side="right") - 1].T

    return run


def fastgemf(scenario: Scenario, world: World) -> Callable[[int], Counts]:
    """FastGEMF (Samaei, Darabi Sahneh & Scoglio 2025): the generalised epidemic model, next event by node."""
    import fastgemf as fg
    import scipy.sparse as sp

    senders, receivers, share = tie_weights(scenario, world)
    ties = sp.csr_matrix((share, (senders, receivers)), shape=(world.size, world.size))
    names = [rung.name for rung in scenario.rungs]
    schema = fg.ModelSchema("ladder").define_compartment(names).add_network_layer("friends")
    teller, messages = telling(scenario)
    rates = {}
    for i, (origin, to, hazard) in enumerate(steps(scenario, "time")):
        rates[f"time{i}"] = hazard
        schema = schema.add_node_transition(name=f"t{i}", from_state=names[origin], to_state=names[to], rate=f"time{i}")
    for i, (origin, to, probability) in enumerate(steps(scenario, "message")):
        rates[f"word{i}"] = messages * probability
        ends = {"from_state": names[origin], "to_state": names[to], "inducer": names[teller]}
        schema = schema.add_edge_interaction(name=f"w{i}", network_layer="friends", rate=f"word{i}", **ends)
    model = fg.ModelConfiguration(schema).add_parameter(**rates).get_networks(friends=ties)

    def run(seed: int) -> Counts:
        np.random.seed(seed)  # FastGEMF draws from numpy's global generator
        at = {"exact": start(scenario, world.size, seed)}
        simulation = fg.Simulation(model, initial_condition=at, stop_condition={"time": max(MONTHS)}, nsim=1)
        simulation.run()
        times, counts = simulation.get_results()[:2]
        return np.asarray(counts)[:, np.searchsorted(np.asarray(times), MONTHS, side="right") - 1].T.astype(np.int64)

    return run


# package: (what it is called, its function)
PEERS: dict[str, tuple[str, Callable[[Scenario, World], Callable[[int], Counts]]]] = {
    "eon": ("EoN", eon),
    "fastgemf": ("FastGEMF", fastgemf),
}


@dataclass(frozen=True)
class Cell:
    """One budget, month and rung: two samples compared."""

    budget: str
    month: int
    rung: str
    ours: float
    theirs: float
    sd: float
    p: float
    adjusted: float
    equal: Equivalence


def cells(ours: dict[str, Counts], theirs: dict[str, Counts], rungs: list[str]) -> list[Cell]:
    """All comparisons with one peer, Holm's correction over all of them."""
    places = [(budget, i, r) for budget in BUDGETS for i in range(len(MONTHS)) for r in range(len(rungs))]
    pairs = [(ours[budget][:, i, r], theirs[budget][:, i, r]) for budget, i, r in places]
    p = [same_distribution(*pair, seed=place) for place, pair in enumerate(pairs)]
    found = []
    for (budget, i, r), (a, b), raw, adjusted in zip(places, pairs, p, holm(p), strict=True):
        sd = float(np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2.0))
        equal = equivalence(a, b, MARGIN * sd, ALPHA)
        found.append(Cell(budget, MONTHS[i], rungs[r], a.mean(), b.mean(), sd, raw, float(adjusted), equal))
    return found


def recorded(name: str) -> tuple[dict[str, Counts], str]:
    """A peer's counts per budget as they were recorded, and the lines that say how."""
    lines = (RECORDED / f"counts_by_{name}.csv").read_text(encoding="utf-8").splitlines()
    said = "\n".join(line for line in lines if line.startswith("#"))
    rows = list(csv.reader(line for line in lines if not line.startswith("#")))[1:]
    counts = {}
    for budget in BUDGETS:
        mine = np.array([[int(word) for word in row[3:]] for row in rows if row[0] == budget], np.int64)
        counts[budget] = mine.reshape(-1, len(MONTHS), mine.shape[1])
    return counts, said


def record(name: str, counts: dict[str, Counts]) -> None:
    """Write a peer's counts, with what made them."""
    graph = "ladsim's Barabasi-Albert graph (links 4, seed 1)"
    said = [
        f"# People on each rung, simulated by {PEERS[name][0]} {version(name)}; made by benchmarks/agreement.py, which remakes it.",
        f"# benchmarks/w.toml with {SIZE} customers on {graph}, exact start shares;",
        f"# seeds 0 to {SEEDS - 1}; budget = how messages are shared out over a sender's ties.",
    ]
    with (RECORDED / f"counts_by_{name}.csv").open("w", newline="", encoding="utf-8") as file:
        file.write("\n".join(said) + "\n")
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["budget", "seed", "month", *rung_names()])
        for budget, runs in counts.items():
            for seed, run in enumerate(runs):
                out.writerows([budget, seed, month, *row] for month, row in zip(MONTHS, run, strict=True))


def rung_names() -> list[str]:
    """The rungs of W."""
    return [rung.name for rung in workload(BUDGETS[0]).rungs]


def verdict(title: str, found: list[Cell]) -> str:
    """One peer's result in words."""
    differ = sum(c.adjusted <= ALPHA for c in found)
    equal = sum(c.equal.p <= ALPHA for c in found)
    limits = [max(abs(c.equal.low), abs(c.equal.high)) for c in found]
    widest = max(limit / c.sd for limit, c in zip(limits, found, strict=True))
    within = sum(limit <= 0.005 * SIZE for limit in limits)
    return (
        f"**{title}**: {differ} of {len(found)} distributions differ (smallest p {min(c.p for c in found):.2g}, after Holm "
        f"{min(c.adjusted for c in found):.2g}); {equal} of {len(found)} means are equivalent: the 99.8 % limits on a difference reach at "
        f"most {widest:.2f} standard deviations of a run, and in {within} of {len(found)} cells at most .5 % of the market "
        f"(widest {max(limits) / SIZE:.2%})."
    )


def table(found: list[Cell]) -> str:
    """The cells in Markdown."""
    rows = ["| budget | month | rung | ladsim | peer | sd of a run | p | p after Holm | difference, 99.8 % limits |"]
    rows.append("|---|---|---|---|---|---|---|---|---|")
    rows += [
        f"| {c.budget} | {c.month} | {c.rung} | {c.ours:,.2f} | {c.theirs:,.2f} | {c.sd:.2f} | {c.p:.3g} | {c.adjusted:.3g} "
        f"| {c.equal.difference:+.2f} ({c.equal.low:+.2f} to {c.equal.high:+.2f}) |"
        for c in found
    ]
    return "\n".join(rows)


def simulated(name: str) -> dict[str, Counts]:
    """A peer's counts per budget, by the peer itself."""
    counts = {}
    for budget in BUDGETS:
        scenario = workload(budget)
        run = PEERS[name][1](scenario, build(scenario, sample=SIZE))
        counts[budget] = np.array([run(seed) for seed in range(SEEDS)])
    return counts


def main() -> None:
    """Run ladsim, and every peer or what was recorded of it; compare; write."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--recorded", action="store_true", help="compare with the recorded counts, without running the peers")
    asked = words.parse_args()
    ours = {budget: by_ladsim(workload(budget), SIZE, range(SEEDS)) for budget in BUDGETS}
    page = [
        "# Rung counts beside other simulators",
        "",
        *__doc__.split("\n\n", 2)[2:],
        f"{SEEDS} seeds. Remade by `make bench-agreement`.",
    ]
    for name in PEERS:
        if not asked.recorded:
            record(name, simulated(name))
        theirs, said = recorded(name)
        found = cells(ours, theirs, rung_names())
        title = said.split("simulated by ")[1].split(";")[0]
        print(verdict(title, found), flush=True)
        page += ["", f"## {title}", "", verdict(title, found), "", table(found)]
    (HERE / "AGREEMENT.md").write_text("\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
