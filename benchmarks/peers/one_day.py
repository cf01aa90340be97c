"""One day of one customer, for the peers that have an object per customer (Mesa, AgentPy).

A customer has ``rung``, ``neighbours`` and ``model.day``; the day has the chances and the counts. Everything that is read often stands in plain
lists of one plain object, because attributes of an agent or a model can be slow to reach.
"""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

from benchmarks.workload import DAYS, Ladder, Market

ONE_DAY = 1.0 / DAYS


class Day:
    """What a day needs to know, and what it counts."""

    def __init__(self, ladder: Ladder, start: list[int], luck: random.Random) -> None:
        chances = ladder.daily()
        self.chance, self.wait, self.lognormal = luck.random, luck.expovariate, luck.lognormvariate
        self.orders_of, self.messages_of, self.answers = ladder.orders, ladder.messages, ladder.answers
        self.leave, self.first_share = chances.leave.tolist(), chances.first_share.tolist()
        self.first, self.second = chances.first.tolist(), chances.second.tolist()
        self.basket = ladder.basket_log_mean, ladder.basket_spread
        self.now = [start.count(place) for place in range(len(ladder.rungs))]
        self.orders, self.revenue, self.messages = 0, 0.0, 0

    def number(self, rate: float) -> int:
        """How many events of a monthly rate fall into a day."""
        number, at = 0, self.wait(rate)
        while at < ONE_DAY:
            number += 1
            at += self.wait(rate)
        return number

    def move(self, customer: Any, to: int) -> None:
        """Put a customer on another rung."""
        self.now[customer.rung] -= 1
        self.now[to] += 1
        customer.rung = to


def live(customer: Any) -> None:
    """Orders and messages of the rung the day begins on, then leaving, then the messages arrive."""
    day = customer.model.day
    rung, chance = customer.rung, day.chance
    told = 0
    if day.orders_of[rung]:
        for _ in range(day.number(day.orders_of[rung])):
            day.orders += 1
            day.revenue += day.lognormal(*day.basket)
        if day.messages_of[rung]:
            told = day.number(day.messages_of[rung])
    if chance() < day.leave[rung]:
        day.move(customer, day.first[rung] if chance() < day.first_share[rung] else day.second[rung])
    for _ in range(told):
        day.messages += 1
        other = customer.neighbours[int(chance() * len(customer.neighbours))]
        if chance() < day.answers[other.rung]:
            day.move(other, other.rung + 1)


def lists(market: Market, ladder: Ladder) -> tuple[list[int], list[list[int]]]:
    """The start and every customer's neighbours as plain lists."""
    indptr, indices = market.indptr.tolist(), market.indices.tolist()
    return market.start.tolist(), [indices[a:b] for a, b in pairwise(indptr)]
