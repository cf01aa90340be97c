"""What a rule may ask of a customer: facts, what they need, and conditions on them.

In: a condition of a rule's file, such as ``orders = { at_least = 2 }``. Out: a `Condition`, which is tried on columns of facts. To ask for
something else: a line in ``FACTS``, and a column of that name in ``facts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.errors import Problem, nearest

NUMBER, TRUTH, WORD = "number", "truth", "word"


@dataclass(frozen=True)
class Fact:
    """Something that is known of a customer: what it is, and the kinds of data of which one is needed."""

    kind: str
    needs: tuple[str, ...]


BUYING = ("transactions", "deals", "subscriptions")  # the first of them that there is says what an order is
FACTS: dict[str, Fact] = {
    "orders": Fact(NUMBER, BUYING),  # days with an order; of deals, those won; of subscriptions, those begun
    "orders_12_months": Fact(NUMBER, ("transactions", "deals")),
    "spend": Fact(NUMBER, ("transactions", "deals")),
    "spend_12_months": Fact(NUMBER, ("transactions", "deals")),
    "silent_days": Fact(NUMBER, BUYING),  # since the last order
    "customer_days": Fact(NUMBER, BUYING),  # since the first order
    "gone": Fact(TRUTH, BUYING),  # has probably left
    "referrals_made": Fact(NUMBER, ("referrals",)),
    "referred": Fact(TRUTH, ("referrals",)),
    "score": Fact(NUMBER, ("survey",)),
    "subscribed": Fact(TRUTH, ("subscriptions",)),
    "deal": Fact(WORD, ("deals",)),  # open, won, lost
    "stage": Fact(WORD, ("stages",)),  # as the CRM calls it
}
BOUNDS = ("at_least", "at_most")
DEALS = ("open", "won", "lost")


@dataclass(frozen=True)
class Condition:
    """A condition on one fact."""

    fact: str
    at_least: float = -np.inf
    at_most: float = np.inf
    value: bool = True
    words: tuple[str, ...] = ()  # in small letters

    def holds(self, column: NDArray[Any]) -> NDArray[np.bool_]:
        """Of whom it is true; never of those of whom the fact is not known."""
        kind = FACTS[self.fact].kind
        if kind == NUMBER:
            return np.asarray((column >= self.at_least) & (column <= self.at_most))
        if kind == TRUTH:
            return np.asarray(column == self.value)
        return np.asarray(pd.Series(column).isin(self.words))


def condition_of(place: str, fact: str, said: Any) -> Condition | Problem:
    """The condition that a file says, or what is wrong with it."""
    where = f"{place}.{fact}"
    kind = FACTS[fact].kind
    if kind == TRUTH:
        return Condition(fact, value=said) if isinstance(said, bool) else Problem(where, shown(said), "must be true or false")
    if kind == WORD:
        words = [said] if isinstance(said, str) else said
        if not isinstance(words, list) or not words or not all(isinstance(word, str) and word.strip() for word in words):
            return Problem(where, shown(said), "must be a text, or a list of texts")
        found = tuple(word.strip().casefold() for word in words)
        if fact == "deal" and (odd := next((word for word in found if word not in DEALS), None)) is not None:
            return Problem(where, shown(odd), f"must be one of {', '.join(DEALS)}", nearest(odd, DEALS))
        return Condition(fact, words=found)
    if not isinstance(said, Mapping) or not said:
        return Problem(where, shown(said), "must be a table such as { at_least = 2 } or { at_least = 2, at_most = 5 }")
    for key, number in said.items():
        if key not in BOUNDS:
            return Problem(f"{where}.{key}", shown(number), f"must be one of {', '.join(BOUNDS)}", nearest(str(key), BOUNDS))
        if isinstance(number, bool) or not isinstance(number, int | float) or not abs(number) < 1e15:
            return Problem(f"{where}.{key}", shown(number), "must be a number")
    low, high = (float(said.get(key, edge)) for key, edge in zip(BOUNDS, (-np.inf, np.inf), strict=True))
    if low > high:
        return Problem(where, f"{low:g} to {high:g}", "must have at_least no higher than at_most")
    return Condition(fact, low, high)


def shown(said: Any) -> str:
    """What a file says, as an error shows it."""
    text = repr(said) if not isinstance(said, bool) else str(said).lower()
    return text if len(text) <= 80 else text[:79] + "…"
