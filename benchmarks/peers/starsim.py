"""W by Starsim (Kerr et al.), day by day: a module over its people's arrays, with its random numbers by agent and purpose."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import starsim

from benchmarks.workload import DAYS, Ladder, Market, Outcome, answer


class Climbing(starsim.Module):
    """The ladder as a module of Starsim."""

    def __init__(self, prepared: Any, ladder: Ladder, seed: int) -> None:
        super().__init__(name="climbing")
        self.market, self.degree = prepared
        self.ladder, self.day, self.answers = ladder, ladder.daily(), np.array(ladder.answers)
        self.define_states(starsim.FloatArr("rung", default=0))
        self.leaving, self.choice = starsim.random(), starsim.random()
        self.buying = starsim.poisson(lam=lambda module, uids: module.day.orders[module.rung[uids].astype(int)])
        self.talking = starsim.poisson(lam=lambda module, uids: module.day.messages[module.rung[uids].astype(int)])
        self.luck = np.random.default_rng(seed)  # baskets and answers: no draw of one agent, so none of Starsim's
        self.counts: list[Any] = []
        self.orders, self.revenue, self.messages = 0, 0.0, 0

    def init_post(self) -> None:
        """Stand where W starts."""
        super().init_post()
        self.rung[self.sim.people.auids] = self.market.start.astype(float)
        self.counts.append(np.bincount(self.market.start, minlength=len(self.ladder.rungs)))

    def step(self) -> None:
        """One day: orders, messages, leaving, answers."""
        everybody, day, luck = self.sim.people.auids, self.day, self.luck
        rung = self.rung.values.astype(int)
        buyers = starsim.uids(np.flatnonzero(day.orders[rung]))
        bought = int(self.buying.rvs(buyers).sum())
        self.orders += bought
        self.revenue += float(luck.lognormal(self.ladder.basket_log_mean, self.ladder.basket_spread, bought).sum())
        talkers = starsim.uids(np.flatnonzero(day.messages[rung]))
        told = self.talking.rvs(talkers).astype(int) if len(talkers) else np.zeros(0, int)
        senders = np.repeat(np.asarray(talkers), told)
        self.messages += senders.size

        leaving = np.flatnonzero(self.leaving.rvs(everybody) < day.leave[rung])
        if leaving.size:
            left = rung[leaving]
            to_first = self.choice.rvs(starsim.uids(leaving)) < day.first_share[left]
            rung[leaving] = np.where(to_first, day.first[left], day.second[left])
        place = (luck.random(senders.size) * self.degree[senders]).astype(np.int64)
        receivers = self.market.indices[self.market.indptr[senders] + place]
        moved = receivers[luck.random(receivers.size) < self.answers[rung[receivers]]]
        rung[np.unique(moved)] += 1
        self.rung[everybody] = rung
        if (self.ti + 1) % DAYS == 0:
            self.counts.append(np.bincount(rung, minlength=len(self.ladder.rungs)))


def prepare(market: Market, ladder: Ladder) -> Any:
    """The arrays as they are."""
    return market, np.diff(market.indptr)


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Make the simulation and run it day by day."""
    module = Climbing(prepared, ladder, seed)
    simulation = starsim.Sim(
        n_agents=prepared[0].size,
        modules=[module],
        start=starsim.days(0),
        dur=starsim.days(ladder.months * DAYS - 1),  # Starsim counts the first step too
        dt=starsim.days(1),
        rand_seed=seed,
        verbose=0,
        copy_inputs=False,
    )
    simulation.run()
    return Outcome(module.counts, module.orders, module.revenue, module.messages)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    answer(
        prepare,
        play,
        version=f"Starsim {starsim.__version__}",
        settings="30 steps a month, its own random numbers for leaving, orders and messages",
        leaves_out="who moves twice within a day; two answers of one receiver on one day; money by month and rung",
    )
