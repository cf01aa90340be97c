"""W by mesa-frames, day by day: the agents are the rows of a Polars table."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np
import polars
from mesa_frames import AgentSetPolars, ModelDF

from benchmarks.workload import DAYS, Ladder, Market, Outcome, answer


class Customers(AgentSetPolars):
    """All customers, in one table."""

    def __init__(self, model: Town, start: Any) -> None:
        super().__init__(model)
        self += polars.DataFrame({"unique_id": np.arange(start.size), "rung": start.astype(np.int64)})

    def step(self) -> None:
        """One day: orders, messages, leaving, answers."""
        town, luck, day = self.model, self.model.random, self.model.day
        rung = self.agents["rung"].to_numpy().copy()
        buyers = np.flatnonzero(day.orders[rung])
        bought = int(luck.poisson(day.orders[rung[buyers]]).sum())
        town.orders += bought
        town.revenue += float(luck.lognormal(town.ladder.basket_log_mean, town.ladder.basket_spread, bought).sum())
        talkers = np.flatnonzero(day.messages[rung])
        senders = np.repeat(talkers, luck.poisson(day.messages[rung[talkers]]))
        town.messages += senders.size

        leaving = np.flatnonzero(luck.random(rung.size) < day.leave[rung])
        left = rung[leaving]
        rung[leaving] = np.where(luck.random(leaving.size) < day.first_share[left], day.first[left], day.second[left])
        receivers = town.neighbours_of(senders)
        moved = receivers[luck.random(receivers.size) < town.answers[rung[receivers]]]
        rung[np.unique(moved)] += 1
        self["rung"] = polars.Series(rung)


class Town(ModelDF):
    """The market."""

    def __init__(self, prepared: Any, ladder: Ladder, seed: int) -> None:
        super().__init__(seed=seed)
        self.market, self.degree = prepared
        self.ladder, self.day, self.answers = ladder, ladder.daily(), np.array(ladder.answers)
        self.orders, self.revenue, self.messages = 0, 0.0, 0
        self.agents += Customers(self, self.market.start)

    def neighbours_of(self, senders: Any) -> Any:
        """One random neighbour of each sender."""
        place = (self.random.random(senders.size) * self.degree[senders]).astype(np.int64)
        return self.market.indices[self.market.indptr[senders] + place]

    def count(self) -> Any:
        """Customers by rung."""
        rung = self.get_agents_of_type(Customers).agents["rung"].to_numpy()
        return np.bincount(rung, minlength=len(self.ladder.rungs))


def prepare(market: Market, ladder: Ladder) -> Any:
    """The arrays as they are."""
    return market, np.diff(market.indptr)


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Make the table and step it day by day."""
    town = Town(prepared, ladder, seed)
    counts = [town.count()]
    for _ in range(ladder.months):
        for _ in range(DAYS):
            town.agents.do("step")
        counts.append(town.count())
    return Outcome(counts, town.orders, town.revenue, town.messages)


if __name__ == "__main__":
    answer(
        prepare,
        play,
        version=f"mesa-frames {version('mesa-frames')}, polars {polars.__version__}",
        settings="30 steps a month, the step in NumPy on the table's column",
        leaves_out="who moves twice within a day; two answers of one receiver on one day; money by month and rung",
    )
