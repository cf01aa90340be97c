"""W by EoN (Kiss, Miller & Simon): Gillespie's algorithm, with contagion along weighted ties."""

from __future__ import annotations

import random
from importlib.metadata import version
from typing import Any

import EoN
import networkx as nx
import numpy as np

from benchmarks.workload import Ladder, Market, Outcome, answer, monthly

TALKER = 4


class Luck(random.Random):
    """Python's generator with the one further draw that EoN asks for. NumPy's cannot choose among EoN's pairs of nodes."""

    def exponential(self, mean: float) -> float:
        """A wait."""
        return self.expovariate(1.0 / mean)


def prepare(market: Market, ladder: Ladder) -> Any:
    """A networkx graph: a sender's messages spread evenly over its ties."""
    degree = np.diff(market.indptr)
    senders = np.repeat(np.arange(market.size), degree)
    graph: nx.DiGraph = nx.DiGraph()
    graph.add_nodes_from(range(market.size))
    graph.add_weighted_edges_from(
        zip(senders.tolist(), market.indices.tolist(), (1.0 / degree[senders]).tolist(), strict=True), weight="share"
    )
    return graph, dict(enumerate(market.start.tolist()))


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Play the months by the rates of the ladder."""
    graph, start = prepared
    alone: nx.DiGraph = nx.DiGraph()
    for origin, ways in enumerate(ladder.exits):
        for to, rate in ways:
            alone.add_edge(origin, to, rate=rate)
    by_message: nx.DiGraph = nx.DiGraph()
    for rung, chance in enumerate(ladder.answers):
        if chance:
            rate = ladder.messages[TALKER] * chance
            by_message.add_edge((TALKER, rung), (TALKER, rung + 1), rate=rate, weight_label="share")
    rungs = list(range(len(ladder.rungs)))
    times, *counts = EoN.Gillespie_simple_contagion(graph, alone, by_message, start, rungs, tmax=ladder.months, rng=Luck(seed))
    return Outcome(monthly(times, np.array(counts).T, ladder.months))


if __name__ == "__main__":
    answer(
        prepare,
        play,
        version=f"EoN {version('EoN')}",
        settings="Gillespie_simple_contagion, weights 1/degree, its networkx graph built before the clock starts",
        leaves_out="orders, money, messages without effect",
    )
