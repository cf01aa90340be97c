"""Tiers: levels by what a member has spent, or how often it has ordered, in the trailing 12 months.

Joining gives the lowest level. After each order the member has the highest level whose threshold its trailing 12 months reach, at
once: when all programmes have dealt with that order, which earns points at the level before it, or, with `at_new_level`, at the new one.
Every 12 months after joining it is given the level that they reach then, which may be a lower one. What the other programmes do with a
level won or lost, they do in their hook `on_level`. Benefits are factors of the level, and it costs so much a month.

Months count from joining, so that a review looks back on exactly 12 months; between reviews the window is the running month of
membership and the eleven before. Spend is what was paid after discounts, VAT in, as the customer
sees it; it is summed and compared in whole amount units, so that two orders of 64.90 reach 129.80. Lost levels without orders, and no
grace beside the review, are an assumption: programmes of the trade differ (Drèze & Nunes 2009; Eggert, Steinhoff & Garnefeld 2015).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from ladsim.compiled import hook, rule
from ladsim.errors import Problem
from ladsim.scenario.distributions import ends, never
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.programs.record import Level, Program
from ladsim.scenario.programs.rulebook import access, layout, membership, money, np
from ladsim.scenario.programs.within_reach import YEAR, most_orders, most_spend
from ladsim.scenario.references import repeated

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario

MOST_LEVELS = 20
NUMBERS = ("level_count", "by_orders", *(f"threshold_{n}" for n in range(1, MOST_LEVELS + 1)))
COUNT, BY_ORDERS, FIRST_THRESHOLD = range(3)
WINDOW = 12  # months of membership, a number remembered for each, by turns
NOISE = 1e-9  # of a threshold in orders: 0.1 + 0.2, ten times, is 3 orders and not 4
LAST = WINDOW  # the month up to which they are right


class Tiers(Program):
    """Levels by spend or by orders in the trailing 12 months."""

    is_alone: ClassVar[bool] = True

    kind: Literal["tiers"]
    at_new_level: bool = Field(
        False, description="the order that lifts a member earns its points at the new level; else what follows it does"
    )
    levels: Annotated[tuple[Level, ...], Field(max_length=MOST_LEVELS)] = Field((), description="the levels, lowest first")

    @property
    def levels_of_members(self) -> tuple[Level, ...]:
        return self.levels or super().levels_of_members

    @property
    def earns_at_new_level(self) -> bool:
        return self.at_new_level

    def numbers(self, scenario: Scenario) -> dict[str, float]:
        """What the levels ask, and of what."""
        asked = [_asked_of(level) for level in self.levels] + [0.0] * (MOST_LEVELS - len(self.levels))
        by_orders = any(level.orders is not None for level in self.levels)
        numbers = {f"threshold_{n}": float(value) for n, value in enumerate(asked, 1)}
        return super().numbers(scenario) | {"level_count": float(len(self.levels)), "by_orders": float(by_orders), **numbers}

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """Levels that ask for nothing, for two things, or for no more than the level below."""
        if not self.levels:
            yield Problem(f"{place}.levels", "nothing", "must be given: at least one level, the lowest first")
        yield from repeated(f"{place}.levels", [level.name for level in self.levels])
        kinds = set()
        below: tuple[Level, Any] | None = None
        for name, level in zip(item_names("levels", self.levels), self.levels, strict=True):
            here = f"{place}.levels.{name}"
            if (level.spend is None) == (level.orders is None):
                found = "neither spend nor orders" if level.spend is None else "spend and orders"
                yield Problem(here, found, "must give exactly one of spend or orders")
                continue
            key, asked = "spend" if level.spend is not None else "orders", _asked_of(level)
            kinds.add(key)
            if below is not None and ends(asked)[0] <= ends(below[1])[1]:
                words = f"must be above that of the level below ({below[0].name}: {ends(below[1])[1]:g}): the levels overlap"
                yield Problem(f"{here}.{key}", f"{ends(asked)[0]:g}", words)
            below = level, asked
        if len(kinds) > 1:
            yield Problem(f"{place}.levels", "levels by spend and levels by orders", "must all ask for the same of the two")

    def warnings(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """A lowest level that asks for something, nothing to climb to, levels that nobody reaches."""
        lowest = self.levels[0]
        if not never(_asked_of(lowest)):
            words = "who joins has the lowest level at once, whatever it asks"
            found = f"a lowest level that asks {ends(_asked_of(lowest))[1]:g}"
            yield Problem(f"{place}.levels.{lowest.name}", found, words)
        if len(self.levels) == 1:
            yield Problem(f"{place}.levels", "one level", "there is nothing to climb to")
        orders = most_orders(scenario, min(YEAR, scenario.months))
        for name, level in zip(item_names("levels", self.levels), self.levels, strict=True):
            key, most = ("orders", orders) if level.orders is not None else ("spend", orders * most_spend(scenario))
            if ends(_asked_of(level))[0] > most:
                allowed = f"hardly anybody ever reaches it: even a very active customer has fewer than {most:,.4g} in 12 months"
                yield Problem(f"{place}.levels.{name}.{key}", f"{ends(_asked_of(level))[0]:g}", allowed)


def _asked_of(level: Level) -> Any:
    """The spend or the orders that a level asks for; 0 where it names neither."""
    return level.spend if level.spend is not None else level.orders if level.orders is not None else 0.0


def memory(_: Mapping[str, float]) -> int:
    """Whole numbers remembered of each customer: 12 months, and the last of them."""
    return WINDOW + 1


@rule
def roll(m, row, place, month):  # type: ignore[no-untyped-def]
    """Empty the months that have come since the last one."""
    last = access.memory(m, row, place, LAST)
    for new in range(max(last + 1, month - WINDOW + 1), month + 1):
        access.set_memory(m, row, place, new % WINDOW, 0)
    access.set_memory(m, row, place, LAST, max(month, last))


@rule
def earned(m, row, place):  # type: ignore[no-untyped-def]
    """The level that the months remembered reach, at least the lowest."""
    total = np.int64(0)
    for month in range(WINDOW):
        total += access.memory(m, row, place, month)
    by_orders = access.number(m, place, BY_ORDERS) > 0.0
    level = np.int64(1)
    for above in range(1, np.int64(access.number(m, place, COUNT))):
        threshold = access.number(m, place, FIRST_THRESHOLD + above)
        if total >= (np.int64(math.ceil(threshold - NOISE)) if by_orders else money.units(m, threshold)):
            level = np.int64(above + 1)
    return level


@hook
def on_join(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """Nothing spent yet; the first review a year from now."""
    m = access.market(address)
    for word in range(WINDOW + 1):
        access.set_memory(m, row, place, word, 0)
    access.member(m, row, place).due = t + WINDOW * layout.MONTH
    return 0.0


@hook
def level_after(address, row, place, t, paid):  # type: ignore[no-untyped-def]
    """An order counts, and may lift a member to a higher level at once."""
    m = access.market(address)
    own = access.member(m, row, place)
    if own.level == 0:
        return 0.0
    month = max(money.month_of(t - own.since), np.int64(1))
    roll(m, row, place, month)
    new = money.seen(m, paid) if access.number(m, place, BY_ORDERS) == 0.0 else np.int64(1)
    access.set_memory(m, row, place, month % WINDOW, access.memory(m, row, place, month % WINDOW) + new)
    return np.float64(max(earned(m, row, place), np.int64(own.level)))


@hook
def on_date(address, row, place, t, number):  # type: ignore[no-untyped-def]
    """The yearly review: the level that the last 12 months reach."""
    m = access.market(address)
    own = access.member(m, row, place)
    roll(m, row, place, money.month_of(t - own.since))
    own.due = t + WINDOW * layout.MONTH
    membership.set_level(m, row, place, t, earned(m, row, place))
    return 0.0
