"""Whom should one give it to first: those with most friends, anybody, or a friend of anybody?

In: nothing, or ``--replications``. Out: how many have it after a year, by who got it first, on a graph in which a few know very many
(Barabási–Albert) and on one in which all know about as many (Erdős–Rényi), and by how much one who knows many talks.

A friend of anybody knows more people than anybody does (Feld 1991), and can be found without a map of friendships (Cohen, Havlin &
ben-Avraham 2003). The same luck meets all three.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from claim import Answer, bars, between, in_random_order, interval, options, picture, scenario

import ladsim
from ladsim.measures.uncertainty import Interval
from ladsim.reporting.figure_style import PENS
from ladsim.world.build import build
from ladsim.world.graph import ReferralGraph

QUESTION = "Hubs or random people: whom should one give it to first?"
SEEDS, PEOPLE = 40, 4_000
WAYS = ("hubs", "friend of anybody", "anybody")
GRAPHS = {
    "a few know very many": {"kind": "barabasi_albert", "links": 4},
    "all know about as many": {"kind": "erdos_renyi", "mean_degree": 8.0},
}
BUDGETS = {"per_sender": 0.5, "per_edge": 0.0625}  # messages a month: in all, or to each friend; 0.5 at the mean of 8 friends


def market(kind: dict[str, Any], budget: str, seeds: list[int]) -> ladsim.Scenario:
    """The scenario on a graph, with its messages and who has it first."""
    plain = scenario("hubs_or_random")
    (layer,) = plain.word_of_mouth
    graph = layer.graph.model_validate(kind | {"seed": 1})
    layer = layer.model_copy(update={"graph": graph, "budget": budget, "messages_per_month": {"customer": BUDGETS[budget]}})
    start = plain.start.model_copy(update={"nodes": {"customer": tuple(seeds)}})
    return plain.model_copy(update={"word_of_mouth": (layer,), "start": start})


def chosen_people(graph: ReferralGraph, how: str, draw: int) -> list[int]:
    """Whom to give it to: the best known, anybody, or somebody's friend."""
    if how == "hubs":
        return np.argsort(-graph.out_degree, kind="stable")[:SEEDS].tolist()
    anybody = [int(person) for person in in_random_order(PEOPLE, draw)]
    if how == "anybody":
        return anybody[:SEEDS]
    friends = (graph.neighbours(person) for person in anybody)
    named = dict.fromkeys(int(known[in_random_order(len(known), draw)[0]]) for known in friends if len(known))
    return list(named)[:SEEDS]


def adopted(kind: dict[str, Any], budget: str, how: str, replications: int) -> np.ndarray:
    """People who have it at every month start, by replication."""
    graph = build(market(kind, budget, [])).layers[0]
    runs = [ladsim.simulate(market(kind, budget, chosen_people(graph, how, k)), replication=k) for k in range(replications)]
    return np.array([run.counts[:, 0, 1:].sum(axis=1) for run in runs])


def main(arguments: list[str] | None = None) -> Answer:
    """Every graph, budget and kind of first people: adoption after a year, and when half of the end is reached."""
    chosen = options("hubs_or_random", QUESTION, 40, 6, arguments)
    curves = {(g, b, w): adopted(GRAPHS[g], b, w, chosen.replications) for g in GRAPHS for b in BUDGETS for w in WAYS}
    rows, lead = [], {}
    for (graph, budget, way), people in curves.items():
        anybody = curves[graph, budget, "anybody"][:, 12]
        lead[graph, budget, way] = interval(1.0 + (people[:, 12] - anybody) / anybody.mean())
        year, half = interval(people[:, 12]), interval(np.argmax(people >= people[:, -1:] / 2, axis=1))
        more = lead[graph, budget, way]
        rows.append(
            (graph, budget, way, year.estimate, half.estimate, more.estimate, more.low, more.high, float(people[:, -1].mean()))
        )
    names = ["graph", "budget", "first", "after_a_year", "months_to_half", "times_anybody", "low", "high", "after_two_years"]
    table = pd.DataFrame(rows, columns=names)
    draw(chosen.picture, curves, lead)
    few, alike = GRAPHS
    said = {(g, b, w): between(lead[g, b, w], "{:.2f}") for g, b, w in lead}
    return Answer(
        QUESTION,
        f"Where everybody talks to each friend as often, and a few know very many: the hubs. After a year {said[few, 'per_edge', 'hubs']} "
        f"times as many have it as with {SEEDS} people at random, with friends of anybody {said[few, 'per_edge', 'friend of anybody']} times. "
        f"Where all know about as many: {said[alike, 'per_edge', 'hubs']} times. Where everybody talks as much, however many friends they "
        f"have, hubs bring {said[few, 'per_sender', 'hubs']} times as many: no more than anybody.",
        "how much more somebody with more friends talks: in proportion (per_edge) or no more (per_sender). The model is told, it does not "
        "find out. Which of the two holds for one's customers must be measured.",
        "One market of 4,000 with one graph of each kind; hubs cost as much as anybody, all of them take it, and are believed as much. "
        "After two years much of the lead is only speed. Who stops talking after ten months on average decides how far it goes.",
        table,
        chosen.picture,
        "Left: people who have it, by month, three kinds of first people. Right: lead of hubs and of friends over anybody after a year.",
    )


def draw(path: Path, curves: dict[Any, np.ndarray], lead: dict[Any, Interval]) -> None:
    """Adoption month by month where hubs talk more; and the lead after a year in all four markets."""
    few = next(iter(GRAPHS))
    with picture(path, 2, 3.2) as (left, right):
        for place, way in enumerate(WAYS):
            pen = PENS[place]
            left.plot(curves[few, "per_edge", way].mean(axis=0), color=pen.colour, linestyle=pen.line, label=way)
        left.set(xlabel="month", ylabel="people who have it", title=f"{few}, as often to each friend")
        left.legend(frameon=False)
        markets = [(g, b) for b in ("per_edge", "per_sender") for g in GRAPHS]
        for place, way in enumerate(WAYS[:2]):
            pen = PENS[place]
            found = bars(lead[g, b, way] for g, b in markets)
            x = np.arange(len(markets)) - 0.1 + 0.2 * place
            right.errorbar(x, **found, fmt=pen.marker, color=pen.colour, capsize=3, label=way)
        right.axhline(1.0, color=PENS[2].colour, linestyle=PENS[2].line, label="anybody")
        talk = {"per_edge": "to each\nfriend", "per_sender": "as much\nin all"}
        net = dict(zip(GRAPHS, ("few know\nmany", "all alike"), strict=True))
        right.set(ylabel="times as many as with anybody", title="after a year, 95 %", ylim=(0, None))
        right.set_xticks(range(len(markets)), [f"{net[g]},\n{talk[b]}" for g, b in markets])
        right.legend(frameon=False)


if __name__ == "__main__":
    print(main())
