"""Everything that a run of W writes down, in one record: what a C program and a history of ladsim are compared by.

M months, R rungs, S steps, D days; money by the causes that W has, revenue and goods. Besides these books there is a row per
customer, ``CUSTOMER`` of ladsim's layout. ``c/books.h`` has the same record.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

import ladsim
from ladsim.model.layout import CUSTOMER, TICKS_PER_MONTH

CAUSES = ("revenue", "goods")
LATER = 2**32 - 1  # the C programs count time in 32 bits: a next event beyond is not told apart


def kind(months: int, rungs: int, steps: int) -> np.dtype[Any]:
    """The record's layout; month 0, and day 0, is the start."""
    m, days, causes = months + 1, months * TICKS_PER_MONTH + 1, len(CAUSES)
    shapes: dict[str, tuple[int, ...]] = {
        "counts": (m, rungs),  # customers at the month starts
        "flows": (m, steps),
        "orders": (m, rungs),
        "newcomers": (m, 2),  # new customers; of them referred
        "money": (m, causes, rungs),
        "daily": (days, causes),
        "messages": (m, 2),  # sent, heard
        "cohorts": (m, m, rungs),  # customers of a cohort at the month starts
        "buyers": (m, m),  # of a cohort, with an order in the month
        "returns": (m, 3),
        "leavers": (m, rungs + 1),
    }
    return np.dtype([(name, "i8", shape) for name, shape in shapes.items()])


def of_history(history: ladsim.History) -> np.ndarray[Any, Any]:
    """The record, (1,), of what ladsim wrote down. Raises ValueError where a history holds what W should not have."""
    months, segments, rungs = history.counts.shape
    causes = [history.causes.index(cause) for cause in CAUSES]
    others = [number for number in range(len(history.causes)) if number not in causes]
    beside = {
        "money of other causes": history.money[:, others], "daily money of other causes": history.daily[:, others],
        "market_money": history.market_money, "criticism": history.messages[:, :, 2:], "order_kinds": history.order_kinds,
        "members": history.members, "levels": history.levels, "moods": history.moods, "holdouts": history.holdouts,
    }  # fmt: skip
    found = [name for name, array in beside.items() if array.any()]
    if found or segments != 1 or history.messages.shape[1] != 1:
        raise ValueError(
            f"W has one segment, one layer, revenue and goods: found {segments}, {history.messages.shape[1]}, {found}"
        )
    record = np.zeros(1, kind(months - 1, rungs, history.flows.shape[1]))
    one = record[0]
    one["counts"], one["flows"], one["orders"] = history.counts[:, 0], history.flows[:, :, 0], history.orders[:, 0]
    one["newcomers"], one["messages"] = history.new_customers[:, 0], history.messages[:, 0, :2]
    one["money"], one["daily"] = history.money[:, causes, 0], history.daily[:, causes]
    one["cohorts"], one["buyers"] = history.cohorts, history.cohort_buyers
    one["returns"], one["leavers"] = history.returns[:, 0], history.leavers[:, 0]
    return record


def column(customers: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
    """One column of the customers' rows, as the C programs can have it."""
    return np.ascontiguousarray(np.minimum(customers["due"], LATER) if name == "due" else customers[name])


def fingerprint(record: np.ndarray[Any, Any], customers: np.ndarray[Any, Any]) -> str:
    """A hash of all books and all rows: equal where every number is."""
    found = hashlib.blake2b(record.tobytes(), digest_size=16)
    for name in CUSTOMER.names or ():
        found.update(column(customers, name))
    return found.hexdigest()
