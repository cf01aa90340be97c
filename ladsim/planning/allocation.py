"""Whom to win first when money is short: groups of people, what one of them is worth, what winning one costs.

In: per group the worth of one more customer w (the highest cost that still pays), the cost c of winning one, and how many there are
to win. Out: how many of each to win. The most money is made by taking the groups by w/c, the best first, each as far as there are
people, until the budget is spent: the fractional knapsack, for which this greedy rule is exact (Dantzig 1957). A group whose
customers cost more than they are worth (w ≤ c) is never taken, however much money is left.

>>> for share in split(value=[100.0, 60.0], cost=[50.0, 20.0], room=[500.0, 100.0], budget=10_000.0):
...     print(share)
Share(group=1, people=100.0, spend=2000.0, limit='people')
Share(group=0, people=160.0, spend=8000.0, limit='budget')
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple


class Share(NamedTuple):
    """A group's part of the budget."""

    group: int
    people: float  # customers won, on average; part of one where the money ends
    spend: float
    limit: Literal["people", "budget"]  # what ran out


def split(value: Sequence[float], cost: Sequence[float], room: Sequence[float], budget: float | None) -> list[Share]:
    """The groups that pay, best first, each with its part of the budget (None: as much as pays).

    A group whose worth or cost is not known (NaN) is left out, and so is one that the budget does not reach. Of groups that pay
    alike the first comes first.
    """
    pays = [g for g in range(len(value)) if value[g] > cost[g] > 0.0]
    left, found = math.inf if budget is None else budget, []
    for group in sorted(pays, key=lambda g: -value[g] / cost[g]):
        wanted = room[group] * cost[group]
        spend = min(wanted, left)
        if spend > 0.0:
            found.append(Share(group, spend / cost[group], spend, "people" if spend == wanted else "budget"))
            left -= spend
    return found
