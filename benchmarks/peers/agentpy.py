"""W by AgentPy (Foramitti), day by day: an agent per customer."""

from __future__ import annotations

from typing import Any

import agentpy

from benchmarks.peers.one_day import Day, lists, live
from benchmarks.workload import DAYS, Ladder, Outcome, answer


class Customer(agentpy.Agent):
    """A customer; the town gives it its rung and its neighbours."""

    step = live


class Town(agentpy.Model):
    """The market."""

    def setup(self) -> None:
        """Make the agents and tie them."""
        start, neighbours = self.p.prepared
        self.day = Day(self.p.ladder, start, self.random)
        self.counts = [list(self.day.now)]
        self.people = agentpy.AgentList(self, len(start), Customer)
        people = list(self.people)
        for person, rung, rows in zip(people, start, neighbours, strict=True):
            person.rung = rung
            person.neighbours = [people[row] for row in rows]

    def step(self) -> None:
        """One day of everybody."""
        self.people.step()
        if self.t % DAYS == 0:
            self.counts.append(list(self.day.now))


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Let AgentPy run the model."""
    town = Town({"prepared": prepared, "ladder": ladder, "steps": ladder.months * DAYS, "seed": seed})
    town.run(display=False)
    return Outcome(town.counts, town.day.orders, town.day.revenue, town.day.messages)


if __name__ == "__main__":
    answer(
        lists,
        play,
        version=f"AgentPy {agentpy.__version__}",
        settings="30 steps a month, no reporter",
        leaves_out="who moves twice within a day; money by month and rung",
    )
