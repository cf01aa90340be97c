"""W by Mesa (Kazil, Masad & Crooks), day by day: an agent per customer."""

from __future__ import annotations

from typing import Any

import mesa

from benchmarks.peers.one_day import Day, lists, live
from benchmarks.workload import DAYS, Ladder, Outcome, answer


class Customer(mesa.Agent):
    """A customer and its neighbours."""

    def __init__(self, model: Town, rung: int) -> None:
        super().__init__(model)
        self.rung = rung
        self.neighbours: list[Customer] = []

    step = live


class Town(mesa.Model):
    """The market."""

    def __init__(self, prepared: Any, ladder: Ladder, seed: int) -> None:
        super().__init__(seed=seed)
        start, neighbours = prepared
        self.day = Day(ladder, start, self.random)
        people = [Customer(self, rung) for rung in start]
        for person, rows in zip(people, neighbours, strict=True):
            person.neighbours = [people[row] for row in rows]

    def step(self) -> None:
        """One day of everybody."""
        self.agents.do("step")


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Make the agents and step them day by day."""
    town = Town(prepared, ladder, seed)
    counts = [list(town.day.now)]
    for _ in range(ladder.months):
        for _ in range(DAYS):
            town.step()
        counts.append(list(town.day.now))
    return Outcome(counts, town.day.orders, town.day.revenue, town.day.messages)


if __name__ == "__main__":
    answer(
        lists,
        play,
        version=f"Mesa {mesa.__version__}",
        settings="30 steps a month, agents.do in the order made, no data collector",
        leaves_out="who moves twice within a day; money by month and rung",
    )
