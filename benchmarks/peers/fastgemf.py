"""W by FastGEMF (Samaei, Sahneh & Scoglio): the next event of each node, rates updated along the ties of an event."""

from __future__ import annotations

import warnings
from importlib.metadata import version
from typing import Any

import fastgemf
import numpy as np
import scipy.sparse

from benchmarks.workload import Ladder, Market, Outcome, answer, monthly

TALKER = 4


def prepare(market: Market, ladder: Ladder) -> Any:
    """A sparse matrix: a sender's messages spread evenly over its ties."""
    degree = np.diff(market.indptr)
    shares = np.repeat(1.0 / degree, degree)
    return scipy.sparse.csr_matrix((shares, market.indices, market.indptr)), market.start.astype(int)


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Play the months by the rates of the ladder."""
    ties, start = prepared
    np.random.seed(seed)
    schema = fastgemf.ModelSchema("ladder").define_compartment(list(ladder.rungs)).add_network_layer("friends")
    rates = {}
    for origin, ways in enumerate(ladder.exits):
        for to, rate in ways:
            name = f"r{origin}{to}"
            rates[name] = rate
            schema = schema.add_node_transition(name=name, from_state=ladder.rungs[origin], to_state=ladder.rungs[to], rate=name)
    for rung, chance in enumerate(ladder.answers):
        if chance:
            name = f"m{rung}"
            rates[name] = ladder.messages[TALKER] * chance
            schema = schema.add_edge_interaction(
                name=name,
                from_state=ladder.rungs[rung],
                to_state=ladder.rungs[rung + 1],
                inducer=ladder.rungs[TALKER],
                network_layer="friends",
                rate=name,
            )
    model = fastgemf.ModelConfiguration(schema).add_parameter(**rates).get_networks(friends=ties)
    simulation = fastgemf.Simulation(
        model, initial_condition={"exact": start.copy()}, stop_condition={"time": ladder.months}, nsim=1
    )
    simulation.run()
    times, counts = simulation.get_results()
    return Outcome(monthly(np.asarray(times), np.asarray(counts).T, ladder.months))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    answer(
        prepare,
        play,
        version=f"FastGEMF {version('fastgemf')}",
        settings="defaults, weights 1/degree",
        leaves_out="orders, money, messages without effect",
    )
