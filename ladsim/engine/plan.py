"""The plan of one run: campaigns, shocks and what policies do, as seen from Python.

What the plan does at a date stands in the rules of ``model.plan``, over arrays that hold all that moves. Here is who calls them,
what follows from their answers, and what a policy's call writes.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ladsim.engine.plan_arrays import contacts_after_events, lay_effect, most_own_effects
from ladsim.errors import StudyError
from ladsim.hosts.block import Block
from ladsim.model import plan as rules_of_the_plan
from ladsim.model.layout import MOST_MONEY, Accumulators, Parameters
from ladsim.model.plan import COSTS_CHANGE, NOTHING_CHANGES, TOO_MUCH
from ladsim.scenario.plan_tables import EffectTable
from ladsim.scenario.tables import Tables


def too_much_money() -> StudyError:
    """What a run ends with whose money no longer fits into the books."""
    return StudyError(
        "money: found more in one run than can be counted exactly (about 20 trillion in a currency with cents, 2,000 trillion without): "
        "give amounts in thousands, or simulate a smaller sample"
    )


class Listener(Protocol):
    """Whom the plan tells what it is about to do."""

    def settle(self, t: int) -> None:
        """Costs are about to change: book what customers cost until `t`."""

    def clocks_change(self) -> None:
        """Rates have changed, for the first time at this instant: clocks follow at the end of this tick's plan phase."""


class _Nobody:
    """Who listens to the plan of a run that is over."""

    def settle(self, t: int) -> None:
        """Nothing to book."""

    def clocks_change(self) -> None:
        """No clock runs."""


class Plan:
    """Campaigns, shocks and policies' factors of one run, and the market's own money."""

    def __init__(
        self, tables: Tables, rules: Parameters, books: Accumulators, scale: float, block: Block, listener: Listener
    ) -> None:
        self.tables, self.books, self.scale = tables, books, scale
        self._record, self._arrays, self._call = rules.plan, rules.plan_arrays, block.call
        self._market = block.address(rules.market)  # that of any thread would do, for the plan's arrays are the same
        self._act, self._take_effect = block.bound(rules_of_the_plan.act), block.bound(rules_of_the_plan.take_effect)
        self._listener: Listener = listener
        self._own: dict[tuple[int, str], int] = {}  # (policy, what) → its effect
        self._bookings: list[NDArray[Any]] = []

    @property
    def is_quiet(self) -> bool:
        """Whether nothing ever moves a lever or looks at the market: then the plan only books fixed costs."""
        tables = self.tables
        moved = tables.campaigns or tables.shocks or tables.scenario.policies or contacts_after_events(tables)
        return not moved and tables.scenario.engagement is None

    @property
    def dates(self) -> list[int]:
        """All times at which the plan acts by itself, 0 included."""
        return [int(date) for date in self._arrays.dates]

    @property
    def market_money(self) -> NDArray[np.int64]:
        """What was booked to the market itself: (M + 1, causes)."""
        return np.asarray(self._arrays.money)

    def close(self) -> None:
        """Tell nobody any more, so that who has listened can go."""
        self._listener = _Nobody()

    def act(self, t: int) -> None:
        """Everything the plan does by itself at `t`: start and end campaigns and shocks, evaluate spend and carry-over."""
        self._follow(t, self._act(self._market, t))

    def accrue_to_the_end(self) -> None:
        """Book fixed costs at all dates, where the plan does nothing else."""
        if not self._call(rules_of_the_plan.accrue_to_the_end, self._market):
            raise too_much_money()

    def spend(self, t: int, cause: int, amount: int) -> None:
        """Book a cost of the market."""
        is_counted = self._call(rules_of_the_plan.spend, self._market, t, cause, min(amount, MOST_MONEY))
        self._collect()
        if not is_counted:
            raise too_much_money()

    def set_spend(self, t: int, place: int, monthly: float) -> None:
        """Change what a campaign spends (amount units a month, simulated part of the market) from `t` on."""
        self._follow(t, self._call(rules_of_the_plan.set_spend, self._market, t, place, monthly))

    def multiply(
        self, t: int, policy: int, on: str, effect: EffectTable, segments: NDArray[np.bool_], rungs: NDArray[np.bool_]
    ) -> None:
        """Let a policy have one effect from `t` on, in place of what it had `on` before."""
        arrays = self._arrays
        first = arrays.effects.size - most_own_effects(self.tables)
        number = self._own.setdefault((policy, on), first + len(self._own))
        reach = arrays.campaigns.size + number - first
        arrays.reached[reach] = np.tile(np.outer(segments, rungs), (arrays.reached.shape[1] // segments.size, 1))
        lay_effect(arrays.effects[number], arrays.sizes[number], effect, reach)
        self._record["effects"] = first + len(self._own)
        self._follow(t, self._call(rules_of_the_plan.act_anew, self._market, t))

    def _follow(self, t: int, answer: int) -> None:
        """Do what a rule's answer asks for."""
        self._collect()
        if answer == TOO_MUCH:
            raise too_much_money()
        if answer == COSTS_CHANGE:
            self._listener.settle(t)  # what was served until now is paid at the old cost
        if answer != NOTHING_CHANGES and self._take_effect(self._market, t):
            self._listener.clocks_change()

    def _collect(self) -> None:
        """Take the market's own bookings out of their buffer."""
        count = int(self._record["bookings"][0])
        if count:
            self._bookings.append(self._arrays.bookings[:count].copy())
            self._record["bookings"] = 0

    def take_bookings(self) -> NDArray[Any]:
        """The market's own bookings since the last time, as rows of the event log (customer: nobody)."""
        rows = np.concatenate([self._arrays.bookings[:0], *self._bookings])
        self._bookings.clear()
        return rows
