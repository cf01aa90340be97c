"""W by NumPy, day by day: every customer's chances at once, as arrays. The fastest of the simple ways in Python."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workload import DAYS, Ladder, Market, Outcome, answer


def prepare(market: Market, ladder: Ladder) -> Any:
    """The arrays as they are."""
    return market, np.diff(market.indptr)


def play(prepared: Any, ladder: Ladder, seed: int) -> Outcome:
    """Day by day: orders, messages, leaving, answers."""
    market, degree = prepared
    luck, day, answers = np.random.default_rng(seed), ladder.daily(), np.array(ladder.answers)
    rung = market.start.copy()
    first, second = day.first.astype(np.int8), day.second.astype(np.int8)
    counts = [np.bincount(rung, minlength=len(ladder.rungs))]
    orders, revenue, messages = 0, 0.0, 0
    for step in range(ladder.months * DAYS):
        buyers = np.flatnonzero(day.orders[rung])
        bought = int(luck.poisson(day.orders[rung[buyers]]).sum())
        orders += bought
        revenue += luck.lognormal(ladder.basket_log_mean, ladder.basket_spread, bought).sum()
        talkers = np.flatnonzero(day.messages[rung])
        senders = np.repeat(talkers, luck.poisson(day.messages[rung[talkers]]))
        messages += senders.size

        leaving = np.flatnonzero(luck.random(rung.size) < day.leave[rung])
        left = rung[leaving]
        rung[leaving] = np.where(luck.random(leaving.size) < day.first_share[left], first[left], second[left])

        receivers = market.indices[market.indptr[senders] + (luck.random(senders.size) * degree[senders]).astype(np.int64)]
        moved = receivers[luck.random(receivers.size) < answers[rung[receivers]]]
        rung[np.unique(moved)] += 1
        if (step + 1) % DAYS == 0:
            counts.append(np.bincount(rung, minlength=len(ladder.rungs)))
    return Outcome(counts, orders, float(revenue), messages)


if __name__ == "__main__":
    answer(
        prepare,
        play,
        version=f"numpy {np.__version__}",
        settings="30 steps a month, all customers at once",
        leaves_out="who moves twice within a day; two answers of one receiver on one day",
    )
