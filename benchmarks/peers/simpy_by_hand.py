"""W by SimPy as one would write it by hand: a process per customer, one wait for its next event, an interrupt by a message."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.workload import Ladder, Market, Outcome, answer


class Town:
    """The market while it is played."""

    def __init__(self, market: Any, ladder: Ladder, seed: int) -> None:
        self.indptr, self.indices, start = market
        self.ladder, self.luck, self.env = ladder, random.Random(seed), simpy.Environment()
        self.rung = list(start)
        self.now = [self.rung.count(place) for place in range(len(ladder.rungs))]
        self.counts: list[list[int]] = []
        self.orders, self.revenue, self.messages = 0, 0.0, 0
        leaving = [sum(rate for _, rate in ways) for ways in ladder.exits]
        self.total = [sum(rates) for rates in zip(leaving, ladder.orders, ladder.messages, strict=True)]
        self.lives = [self.env.process(self.life(who)) for who in range(len(self.rung))]
        self.env.process(self.count())

    def move(self, who: int, to: int) -> None:
        """Stand on another rung."""
        self.now[self.rung[who]] -= 1
        self.now[to] += 1
        self.rung[who] = to

    def life(self, who: int) -> Generator[simpy.Event, Any, None]:
        """Wait for whatever comes next, and do it."""
        env, luck, ladder, rung = self.env, self.luck, self.ladder, self.rung
        while True:
            here = rung[who]
            try:
                yield env.timeout(luck.expovariate(self.total[here]))
            except simpy.Interrupt:
                continue
            left = luck.random() * self.total[here]
            for to, rate in ladder.exits[here]:
                if left < rate:
                    self.move(who, to)
                    break
                left -= rate
            else:
                if left < ladder.orders[here]:
                    self.orders += 1
                    self.revenue += luck.lognormvariate(ladder.basket_log_mean, ladder.basket_spread)
                else:
                    self.tell(who)

    def tell(self, who: int) -> None:
        """Send one message to a random neighbour, who may climb a rung at once."""
        self.messages += 1
        first = self.indptr[who]
        other = self.indices[first + int(self.luck.random() * (self.indptr[who + 1] - first))]
        if self.luck.random() < self.ladder.answers[self.rung[other]]:
            self.move(other, self.rung[other] + 1)
            self.lives[other].interrupt()

    def count(self) -> Generator[simpy.Event, Any, None]:
        """Note the counts at every month start."""
        while True:
            self.counts.append(list(self.now))
            yield self.env.timeout(1.0)


def prepare(market: Market, ladder: Ladder) -> Any:
    """Plain lists: Python reads them faster than arrays."""
    return market.indptr.tolist(), market.indices.tolist(), market.start.tolist()


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Play the months, the last count included."""
    town = Town(prepared, ladder, seed)
    town.env.run(until=ladder.months + 1e-9)
    return Outcome(town.counts, town.orders, town.revenue, town.messages)


if __name__ == "__main__":
    answer(
        prepare,
        play,
        version=f"simpy {simpy.__version__}",
        settings="a process per customer, one exponential wait at a time, messages answered at once",
        leaves_out="money by month and rung",
    )
