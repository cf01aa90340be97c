"""The workload W(N) in Starsim and in Mesa, each a market that is run twice with the same seed.

In: the referral graph as neighbour lists, a seed, messages a month. Out: ambassadors and all customers at month 24, and revenue of
the 24 months. Both tools go by the day: a hazard h fires in a day with probability 1 − e^(−h/30). Exact start shares, one graph.

Starsim is written as its guide to common random numbers recommends: every decision has a distribution of its own, every draw is
asked for by agent (``dist.rvs(uids)``), and what passes between two agents takes ``ss.multi_random("source", "target")``. Word of
mouth comes in two ways: "ties", Starsim's own way with networks (along every tie, each day, one pairwise draw against the chance
that a message came and convinced), and "messages" (how many, to whom, and whether it convinces are draws of their own).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

MONTHS, DAYS = 24, 30
DT = 1.0 / DAYS
EXITS = [[(1, 0.02)], [(2, 0.10)], [(3, 0.15), (5, 0.10)], [(4, 0.05), (5, 0.04)], [(5, 0.01)], [(2, 0.02)]]
ORDERS = np.array([0.0, 0.0, 0.3, 0.8, 1.2, 0.0])
ANSWERS = np.array([0.15, 0.10, 0.0, 0.0, 0.0, 0.0])
AMBASSADOR = 4
BASKET_LOG_MEAN, BASKET_SPREAD = math.log(22.76) - 0.125, 0.5
MOST_A_DAY = 3  # messages, and orders, of one customer in a day: more come once in 10^6 days of an ambassador

_LEAVING = np.array([sum(rate for _, rate in exits) for exits in EXITS])
LEAVES = 1.0 - np.exp(-_LEAVING * DT)
FIRST_SHARE = np.array([exits[0][1] for exits in EXITS]) / _LEAVING
FIRST_TO, LAST_TO = (np.array([exits[end][0] for exits in EXITS]) for end in (0, -1))

Figures = tuple[float, float, float]  # ambassadors, customers of any kind, revenue


def shares(size: int) -> tuple[int, int]:
    """How many leads there are at the start, and how many leads and prospects."""
    return round(0.90 * size), round(0.98 * size)


def poisson(u: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.int64]:
    """Poisson numbers by inversion, the same uniform under another mean: 0 … MOST_A_DAY."""
    term = np.exp(-mean)
    reached, count = term.copy(), np.zeros(len(u), np.int64)
    for k in range(1, MOST_A_DAY + 1):
        count += u > reached
        term = term * mean / k
        reached += term
    return count


def starsim_markets(
    indptr: NDArray[np.int64], indices: NDArray[np.int32], seed: int, copies: int, messages: float, way: str
) -> list[Figures]:
    """So many markets in one Starsim simulation, as copies of the graph without ties between them; `way` is "ties" or "messages".

    Agents draw apart from each other, so copies are as independent as simulations with other seeds, and cost a tenth of them.
    """
    import starsim as ss

    size, ties = len(indptr) - 1, len(indices)
    starts = np.append((np.arange(copies)[:, None] * ties + indptr[:-1]).ravel(), copies * ties)
    ends = (np.arange(copies)[:, None] * size + indices).ravel()
    ladder = _ladder(ss, starts, ends, seed, copies, messages, way)
    sim = ss.Sim(
        n_agents=copies * size, modules=[ladder], start=ss.days(0), dur=ss.days(MONTHS * DAYS - 1), dt=ss.days(1), rand_seed=seed,
        verbose=0, copy_inputs=False,
    )  # fmt: skip
    sim.run()
    assert ladder.days == MONTHS * DAYS
    rungs = ladder.r.reshape(copies, size)
    columns = ((rungs == AMBASSADOR).sum(axis=1), (ORDERS[rungs] > 0.0).sum(axis=1), ladder.revenue)
    return [(float(a), float(c), float(r)) for a, c, r in zip(*columns, strict=True)]


def _ladder(
    ss: Any, indptr: NDArray[np.int64], indices: NDArray[np.int64], seed: int, copies: int, messages: float, way: str
) -> Any:
    """The module: Starsim's classes exist only where it is installed."""
    degree = np.diff(indptr)
    source = np.repeat(np.arange(len(degree)), degree)
    size = len(degree) // copies

    class Ladder(ss.Module):
        def __init__(self) -> None:
            super().__init__(name="ladder")
            self.leave, self.ordering = ss.random(), ss.random()
            self.baskets = [ss.normal(loc=BASKET_LOG_MEAN, scale=BASKET_SPREAD) for _ in range(MOST_A_DAY)]
            if way == "ties":
                self.along_ties = ss.multi_random("source", "target")
            else:
                self.sending = ss.random()
                self.to_whom = [ss.random() for _ in range(MOST_A_DAY)]
                self.answers = [ss.multi_random("source", "target") for _ in range(MOST_A_DAY)]
            self.revenue, self.days = np.zeros(copies), 0

        def init_post(self) -> None:
            super().init_post()
            leads, waiting = shares(size)
            once = np.repeat([0, 1, 2], [leads, waiting - leads, size - waiting])
            luck = np.random.default_rng(seed)  # drawn once, the same on both sides
            self.r = luck.permuted(np.tile(once, (copies, 1)), axis=1).ravel()

        def step(self) -> None:
            before = self.r.copy()
            self.book(before)
            told = self.tell_along_ties(before) if way == "ties" else self.send_messages(before)
            u = self.leave.rvs(self.sim.people.auids)
            gone = np.flatnonzero(u < LEAVES[before])
            first = u[gone] < (LEAVES * FIRST_SHARE)[before[gone]]
            self.r[gone] = np.where(first, FIRST_TO[before[gone]], LAST_TO[before[gone]])
            told = told[self.r[told] == before[told]]
            self.r[told] += 1
            self.days += 1

        def book(self, before: NDArray[np.int64]) -> None:
            buyers = np.flatnonzero(ORDERS[before] > 0.0)
            count = poisson(self.ordering.rvs(ss.uids(buyers)).astype(float), ORDERS[before[buyers]] * DT)
            for k, basket in enumerate(self.baskets[: count.max(initial=0)]):
                now = buyers[count > k]
                paid = np.exp(basket.rvs(ss.uids(now)).astype(float))
                self.revenue += np.bincount(now // size, weights=paid, minlength=copies)

        def tell_along_ties(self, before: NDArray[np.int64]) -> NDArray[np.int64]:
            live = np.flatnonzero((before == AMBASSADOR)[source] & (before < 2)[indices])
            senders, receivers = source[live], indices[live]
            chance = 1.0 - np.exp(-messages / degree[senders] * ANSWERS[before[receivers]] * DT)
            return np.unique(receivers[self.along_ties.rvs(ss.uids(senders), ss.uids(receivers)) < chance])

        def send_messages(self, before: NDArray[np.int64]) -> NDArray[np.int64]:
            senders = np.flatnonzero(before == AMBASSADOR)
            count = poisson(self.sending.rvs(ss.uids(senders)).astype(float), np.full(len(senders), messages * DT))
            told = [senders[:0]]
            for k in range(count.max(initial=0)):
                now = senders[count > k]
                place = (self.to_whom[k].rvs(ss.uids(now)) * degree[now]).astype(int)
                receivers = indices[indptr[now] + np.minimum(place, degree[now] - 1)]
                drawn = self.answers[k].rvs(ss.uids(now), ss.uids(receivers))
                told.append(receivers[drawn < ANSWERS[before[receivers]]])
            return np.unique(np.concatenate(told))

    return Ladder()


def mesa_market(indptr: NDArray[np.int64], indices: NDArray[np.int32], seed: int, messages: float) -> Figures:
    """One market in Mesa, whose agents draw from the model's one generator."""
    import mesa

    leaves, first_share = LEAVES.tolist(), FIRST_SHARE.tolist()
    orders, answers = ORDERS.tolist(), ANSWERS.tolist()

    class Customer(mesa.Agent):
        def __init__(self, market: Any, rung: int) -> None:
            super().__init__(market)
            self.rung, self.neighbours = rung, []

        def step(self) -> None:
            market, rung, luck = self.model, self.rung, self.model.random
            if luck.random() < leaves[rung]:
                self.rung = (FIRST_TO if luck.random() < first_share[rung] else LAST_TO)[rung]
            if orders[rung]:
                t = luck.expovariate(orders[rung])
                while t < DT:
                    market.revenue += luck.lognormvariate(BASKET_LOG_MEAN, BASKET_SPREAD)
                    t += luck.expovariate(orders[rung])
            if rung == AMBASSADOR:
                t = luck.expovariate(messages)
                while t < DT:
                    other = luck.choice(self.neighbours)
                    if luck.random() < answers[other.rung]:
                        other.rung += 1
                    t += luck.expovariate(messages)

    class Market(mesa.Model):
        def __init__(self) -> None:
            super().__init__(seed=seed)
            size = len(indptr) - 1
            leads, waiting = shares(size)
            rungs = [0] * leads + [1] * (waiting - leads) + [2] * (size - waiting)
            self.random.shuffle(rungs)
            self.revenue = 0.0
            everybody = [Customer(self, rung) for rung in rungs]
            for row, customer in enumerate(everybody):
                customer.neighbours = [everybody[other] for other in indices[indptr[row] : indptr[row + 1]]]

    market = Market()
    for _ in range(MONTHS * DAYS):
        market.agents.do("step")
    rungs = np.array([customer.rung for customer in market.agents])
    return float((rungs == AMBASSADOR).sum()), float((ORDERS[rungs] > 0.0).sum()), market.revenue
