"""Is a recommendation worth more than advertising? The same number of new customers, found in two ways.

In: nothing, or ``--replications``. Out: what a further customer earns, who was recommended by one of the customers there are (one of
their friends) or won by an advertisement (anybody), on three graphs. Beside the own orders it counts those of everybody they bring,
and those whom these bring in turn: the referral tree (Galton & Watson 1875), less those who would have come anyway.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from claim import Answer, bars, between, in_random_order, interval, options, picture, scenario, worth

import ladsim
from ladsim.reporting.figure_style import PENS
from ladsim.world.build import build
from ladsim.world.graph import ReferralGraph

QUESTION = "Is a recommendation worth more than advertising?"
CUSTOMERS, MORE = 400, 100
END = -np.log1p(-0.08) + np.log(1.08) / 12  # leaving and interest a month
OWN = 20.0 * 0.5 * -np.expm1(-48 * END) / END  # what a customer's own orders are worth, by the scenario's numbers
MARKETS: dict[str, tuple[dict[str, Any], str]] = {
    "friends at random": ({"kind": "erdos_renyi", "mean_degree": 8.0}, "per_sender"),
    "circles of friends": ({"kind": "watts_strogatz", "neighbours": 8, "rewired_share": 0.02}, "per_sender"),
    "a few know very many": ({"kind": "barabasi_albert", "links": 4}, "per_sender"),
    "… and tell them all": ({"kind": "barabasi_albert", "links": 4}, "per_edge"),
}


def market(name: str, customers: list[int]) -> ladsim.Scenario:
    """The scenario on a graph, with its customers of the first day."""
    kind, budget = MARKETS[name]
    plain = scenario("recommended_or_bought")
    (layer,) = plain.word_of_mouth
    talk = {"customer": 0.5 if budget == "per_sender" else 0.0625}  # to each of 8 friends on average
    layer = layer.model_copy(
        update={"graph": layer.graph.model_validate(kind | {"seed": 1}), "budget": budget, "messages_per_month": talk}
    )
    start = plain.start.model_copy(update={"nodes": {"customer": tuple(customers)}})
    return plain.model_copy(update={"word_of_mouth": (layer,), "start": start})


def first_customers(graph: ReferralGraph, size: int) -> list[int]:
    """Customers of the first day: a quarter of them at random, the others their friends, and theirs: nobody begins alone."""
    found = dict.fromkeys(int(p) for p in in_random_order(size, 0)[: CUSTOMERS // 4])
    for person in iter(list(found)):
        for friend in graph.neighbours(person)[:3]:
            found.setdefault(int(friend))
    return list(found)[:CUSTOMERS]


def further(graph: ReferralGraph, customers: list[int], size: int, draw: int) -> dict[str, list[int]]:
    """A hundred further customers: friends of customers, or anybody who is none yet."""
    there = set(customers)
    anybody = [int(p) for p in in_random_order(size, 2 * draw + 1) if int(p) not in there]
    asked = [customers[int(i) % len(customers)] for i in in_random_order(8 * len(customers), 2 * draw + 2)]
    friends = (graph.neighbours(person) for person in asked)
    picked = (int(f[in_random_order(len(f), draw + n)[0]]) for n, f in enumerate(friends) if len(f))
    return {"bought": anybody[:MORE], "recommended": [p for p in dict.fromkeys(picked) if p not in there][:MORE]}


def earned(name: str, replications: int) -> dict[str, np.ndarray]:
    """What each further customer earned with all they brought, by how they were found, in many futures."""
    plain = market(name, [])
    graph = build(plain).layers[0]
    customers = first_customers(graph, plain.market_size)
    found: dict[str, list[float]] = {"bought": [], "recommended": []}
    for k in range(replications):
        before = worth(ladsim.simulate(market(name, customers), replication=k))
        for how, people in further(graph, customers, plain.market_size, k).items():
            with_them = ladsim.simulate(market(name, customers + people), replication=k)
            found[how].append((worth(with_them) - before) / MORE)
    return {how: np.array(values) for how, values in found.items()}


def main(arguments: list[str] | None = None) -> Answer:
    """Every market; the worth of a further customer, recommended and bought."""
    chosen = options("recommended_or_bought", QUESTION, 40, 8, arguments)
    found = {name: earned(name, chosen.replications) for name in MARKETS}
    rows = []
    for name, by in found.items():
        one, other = interval(by["recommended"]), interval(by["bought"])
        gap = interval(by["recommended"] - by["bought"])
        rows.append((name, one.estimate, other.estimate, gap.estimate, gap.low, gap.high, other.estimate / OWN))
    table = pd.DataFrame(rows, columns=["market", "recommended", "bought", "difference", "low", "high", "bought_over_own_orders"])
    draw(chosen.picture, table, found)
    gap = {name: between(interval(by["recommended"] - by["bought"]), "{:+.0f}") for name, by in found.items()}
    tree = {row.market: row.bought_over_own_orders for row in table.itertuples()}
    random, circles, few, hubs = MARKETS
    return Answer(
        QUESTION,
        "Not by itself. At the same number and price, a recommended customer less a bought one is worth "
        f"{gap[random]} where friends are random, {gap[circles]} where they form circles, {gap[few]} where a few know very many, and "
        f"{gap[hubs]} where these tell all their friends (of {OWN:.0f} that one's own orders are worth): those whom a customer knows would "
        "often have come anyway, and their friends have heard it all. What is worth more is that customers talk at all: those whom a bought "
        f"customer brings make it worth {tree[circles]:.1f} times its own orders.",
        "the price. A recommended customer pays better as soon as it is cheaper by the difference above; and how much the friends of "
        "customers know each other, which decides the difference.",
        "In this market friends are not alike; where a customer's friends are of its kind, a recommended one stays longer (see the claim "
        "on referred customers), and whether that makes up for the difference is not tried here. An advertisement reaches anybody, not "
        "those who were about to buy. Reward and advertisement are left out: only what the customer is worth is compared.",
        table,
        chosen.picture,
        "What one further customer is worth, bought or recommended, in four markets, with the worth of its own orders as a line.",
    )


def draw(path: Path, table: pd.DataFrame, found: dict[str, dict[str, np.ndarray]]) -> None:
    """Worth of a further customer by market, and how it was found."""
    with picture(path) as axes:
        for place, how in enumerate(("bought", "recommended")):
            pen = PENS[place]
            x = np.arange(len(table)) - 0.1 + 0.2 * place
            axes.errorbar(
                x, **bars(interval(by[how]) for by in found.values()), fmt=pen.marker, color=pen.colour, capsize=3, label=how
            )
        axes.axhline(OWN, color=PENS[2].colour, linestyle=PENS[2].line, label="own orders alone, formula")
        axes.set(ylabel="worth of a further customer", ylim=(0, None))
        axes.set_xticks(range(len(table)), list(table["market"]))
        axes.legend(frameon=False, loc="lower left")


if __name__ == "__main__":
    print(main())
